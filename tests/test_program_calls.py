"""Calling a Program: arguments as people give them, rows, copies, tracebacks, memory, size."""

import copy
import gc
import inspect
import linecache
import math
import pickle
import subprocess
import sys
import traceback
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from conftest import how_many
from test_program import agree, floats

import autograd_scratch as ag
from autograd_scratch import Value, derive, grad, primitive, where
from autograd_scratch.arrays.containers import blocks
from autograd_scratch.errors import (
    DataError,
    DetachedNumberError,
    OutputError,
    ProgramError,
    ShapeError,
    TracingError,
)
from autograd_scratch.program.forms import leaves, plain

INF, NAN = math.inf, math.nan

chosen = derive(lambda x, y: where(x > 0, x * y, x / y), wrt=[0, 1], inputs=[1.0, 2.0])
line = derive(lambda p, x: p[0] * x[0] + p[1] * x[1], inputs=[[1.0, 2.0], (1.0, 2.0)])
entry = derive(lambda p: p["a"] * p["b"] * 2.0, inputs=[{"a": 1.0, "b": 2.0}])


@pytest.mark.parametrize(
    ("program", "args", "expected"),
    [
        (chosen, (1, 2), (2.0, (2.0, 1.0))),
        (chosen, (True, 2), (2.0, (2.0, 1.0))),
        (chosen, (Fraction(1, 2), 4), (2.0, (4.0, 0.5))),
        (chosen, (np.float32(0.5), np.int64(4)), (2.0, (4.0, 0.5))),
        (chosen, (0.5, np.array(4.0)), (2.0, (4.0, 0.5))),
        (chosen, (-1, 0), (-INF, (INF, INF))),
        (chosen, (-1.0, -0.0), (INF, (-INF, INF))),
        (chosen, (INF, 2), (INF, (2.0, INF))),
        (chosen, (1e308, 1e308), (INF, (1e308, 1e308))),
        (line, ([1, 2], [3, 4]), (11.0, [3.0, 4.0])),
        (line, ((1, True), np.array([3, 4])), (7.0, [3.0, 4.0])),
        (line, ([True, Fraction(2)], (3.0, np.float32(4.0))), (11.0, [3.0, 4.0])),
        (entry, ({"b": 3, "a": 2},), (12.0, {"a": 6.0, "b": 4.0})),
    ],
)
def test_numbers_of_any_kind_give_floats(program, args, expected):
    result = program(*args)
    assert result == expected
    assert len(floats(result)) == 3


@pytest.mark.parametrize("name", ["relu", "abs", "floor", "sign", "square", "identity"])
def test_integers_give_floats(name):
    function = getattr(ag, name, lambda x: x)
    for order in (0, 1, 2):
        program = derive(function, inputs=[0.5], order=order)
        for number in (2, -2, 0, True, Fraction(1, 3), np.int8(3), 10**200):
            assert agree(program(number), program(float(number)))


@pytest.mark.parametrize(
    ("program", "args", "kwargs", "error", "message"),
    [
        (chosen, (1.0,), {}, ShapeError, r"loss\(x, y\) was not given y"),
        (chosen, (), {}, ShapeError, "was not given x, y"),
        (chosen, (1.0, 2.0, 3.0), {}, ShapeError, "takes 2 arguments, and was given 3"),
        (chosen, (1.0,), {"z": 2.0}, ShapeError, "has no argument 'z'"),
        (chosen, (1.0,), {"x": 2.0}, ShapeError, "given 'x' twice, by position and by name"),
        (chosen, ("1", 2.0), {}, DataError, "x must be a real number, not '1'"),
        (chosen, (None, 2.0), {}, DataError, "x must be a real number, not None"),
        (chosen, (1j, 2.0), {}, DataError, "x must be a real number, not 1j"),
        (chosen, (Decimal(1), 2.0), {}, DataError, r"x must be a real number, not Decimal\('1'\)"),
        (chosen, (10**400, 2.0), {}, DataError, "x must fit into a float"),
        (chosen, ([1.0], 2.0), {}, ShapeError, r"x must be one number, not \[1\.0\] \(list\)$"),
        (chosen, (np.array([[1.0], [2.0]]), 2.0), {}, ShapeError, r"not array\(\[\[1\.\], \[2\.\]\]\)"),
        (chosen, ({"x": 1.0}, 2.0), {}, ShapeError, "the argument x must be one number"),
        (line, ([1.0], [1.0, 2.0]), {}, ShapeError, r"p\[1\] is missing"),
        (line, ([1.0, 2.0, 3.0], [1.0, 2.0]), {}, ShapeError, r"p\[2\] is too much"),
        (line, ([[1.0], 2.0], [1.0, 2.0]), {}, ShapeError, r"p\[0\] is missing"),
        (line, ("12", [1.0, 2.0]), {}, ShapeError, "p must be a list of 2, not '12'"),
        (line, (b"12", [1.0, 2.0]), {}, ShapeError, "p must be a list of 2, not b'12'"),
        (line, (5.0, [1.0, 2.0]), {}, ShapeError, r"p must be a list of 2, not 5\.0"),
        (line, ([1.0, "a"], [1.0, 2.0]), {}, DataError, r"p\[1\] must be a real number, not 'a'"),
        (line, ([1.0, None], [1.0, 2.0]), {}, DataError, r"p\[1\] must be a real number, not None"),
        (line, ([1.0, 2.0], np.ones((2, 1))), {}, ShapeError, r"x\[0\] is missing"),
        (entry, ({"a": 1.0},), {}, ShapeError, r"p\['b'\] is missing"),
        (entry, ({"a": 1.0, "b": 2.0, "c": 3.0},), {}, ShapeError, r"p\['c'\] is too much"),
        (entry, ([1.0, 2.0],), {}, ShapeError, "p must be a dict with 'a', 'b'"),
    ],
)
def test_arguments_that_do_not_fit(program, args, kwargs, error, message):
    with pytest.raises(error, match=message):
        program(*args, **kwargs)


def test_arguments_by_name():
    assert chosen(1.0, y=2.0) == chosen(y=2.0, x=1.0) == chosen(1.0, 2.0)
    odd = derive(Value(2.0, "x y") * Value(3.0, "lambda"), inputs=[])
    assert odd.source.count("x_y, lambda_ =") == 1


@primitive(partials=lambda out, x: (1.0,))
def faulty(x):
    if x > 3.0:
        raise RuntimeError("too big")
    return x


def test_tracebacks_show_the_derived_code():
    program = derive(lambda x: faulty(x) * x, inputs=[1.0])
    assert program(2.0) == (4.0, 4.0)
    with pytest.raises(RuntimeError, match="too big") as caught:
        program(4.0)
    shown = "".join(traceback.format_exception(caught.value))
    assert 'File "<derived loss' in shown
    assert "= faulty(x)" in shown


fit_line = derive(lambda w, x, y: (w[0] * x + w[1] - y) ** 2, inputs=[[1.0, 2.0], 1.0, 2.0], order=2)
bent = derive(lambda w, x: (w * x).tanh(), inputs=[1.0, 2.0])
of_lists = derive(lambda w, x: (w * x[0] + x[1]).exp(), inputs=[1.0, [2.0, 3.0]])
of_dicts = derive(lambda w, x: w * x["a"] + x["b"][0], inputs=[1.0, {"a": 2.0, "b": [3.0]}])
with_outputs = derive(lambda w, x: (w * x, {"h": w + x, "t": (x, [w])}), inputs=[1.0, 2.0])
valued = derive(lambda w, x: w * x, inputs=[1.0, 2.0], order=0)
named_rows = derive(lambda rows, step: rows * step * step, inputs=[1.0, 2.0])
ROWS = [(1.0, 2.0), (3.0, 4.0), (-1.0, 0.5)]


@pytest.mark.parametrize(
    ("program", "fixed", "rows"),
    [
        (fit_line, [0.5, 0.25], ROWS),
        (fit_line, (1, 2), [(1, 2), [3, True], (Fraction(1, 2), np.float32(0.5)), (1, 0)]),
        (fit_line, [0.5, 0.25], [(1e200, 0.0), *ROWS]),
        (fit_line, [0.5, 0.25], [*ROWS, (NAN, 0.0)]),
        (bent, 0.5, [1.0, -2.0, 30.0]),
        (bent, 0.5, [1e308, INF, -1.0]),
        (of_lists, 0.5, [[1.0, 2.0], (3, 4.0), np.array([1.0, 2.0])]),
        (of_lists, 0.5, [[1.0, 2.0], [1000.0, 1000.0]]),
        (of_dicts, 0.5, [{"a": 1.0, "b": [2.0]}, {"b": (3.0,), "a": 1}]),
        (with_outputs, 0.5, [1.0, 2.0]),
        (with_outputs, 0.5, [1.0, INF]),
        (valued, 0.5, [1.0, 2.0]),
        (named_rows, 0.5, [1.0, 2.0]),
        (derive(lambda w, x: 5.0, inputs=[1.0, 2.0]), 0.5, [1.0, 2.0]),
    ],
)  # fmt: skip
def test_sums_over_rows_are_sums_of_calls(program, fixed, rows):
    calls = [floats(program(fixed, *row) if program is fit_line else program(fixed, row)) for row in rows]
    calls = [call[:2] if program is with_outputs else call for call in calls]
    sums = [sum(column) for column in zip(*calls)]
    for given in (rows, tuple(rows), iter(rows), (row for row in rows)):
        assert agree(program.sum(fixed, given), sums)
    assert agree(program.mean(fixed, rows), [total / len(rows) for total in sums])


def test_rows_in_arrays():
    rows = np.array(ROWS)
    assert agree(fit_line.sum([0.5, 0.25], rows), fit_line.sum([0.5, 0.25], ROWS))
    assert agree(fit_line.sum(np.array([0.5, 0.25]), zip(*rows.T)), fit_line.sum([0.5, 0.25], ROWS))
    assert agree(bent.sum(0.5, rows[:, 0]), bent.sum(0.5, [1.0, 3.0, -1.0]))
    assert agree(of_lists.sum(0.5, rows), of_lists.sum(0.5, ROWS))
    of_arrays = derive(lambda W, x: ((W @ x) ** 2).sum(), inputs=[np.eye(2), np.ones(2)], order=2)
    test_sums_over_rows_are_sums_of_calls(of_arrays, np.eye(2), [np.ones(2), np.zeros(2), [1.0, 2.0]])
    assert agree(bent.sum(0.5, range(3)), bent.sum(0.5, [0.0, 1.0, 2.0]))


@pytest.mark.parametrize(
    ("program", "args", "error", "message"),
    [
        (fit_line, ([1.0, 2.0],), ShapeError, "was not given rows"),
        (fit_line, ([1.0, 2.0], ROWS, 1.0), ShapeError, "takes 2 arguments, and was given 3"),
        (fit_line, ([1.0], ROWS), ShapeError, r"w\[1\] is missing"),
        (fit_line, ([1.0, 2.0], [(1.0,)]), ShapeError, "row 0 must be a tuple of x, y"),
        (fit_line, ([1.0, 2.0], [*ROWS, (1.0, 2.0, 3.0)]), ShapeError, "row 3 must be a tuple of x, y"),
        (fit_line, ([1.0, 2.0], [1.0, 2.0]), ShapeError, r"row 0 .* write zip\(X, y\)"),
        (fit_line, ([1.0, 2.0], ["ab"]), ShapeError, "row 0"),
        (fit_line, ([1.0, 2.0], [None]), ShapeError, "row 0"),
        (fit_line, ([1.0, 2.0], None), ShapeError, "rows are a list with a tuple for each row, not None"),
        (fit_line, ([1.0, 2.0], 3.0), ShapeError, "rows are a list"),
        (fit_line, ([1.0, 2.0], [(None, 1.0)]), DataError, "row 0: x must be a real number, not None"),
        (fit_line, ([1.0, 2.0], [("a", 1.0)]), DataError, "row 0: x must be a real number, not 'a'"),
        (bent, (1.0, [(1.0,)]), ShapeError, "the argument x must be one number"),
        (of_lists, (1.0, [[1.0, 2.0], [1.0]]), ShapeError, r"row 1: .* x\[1\] is missing"),
        (of_lists, (1.0, [1.0, 2.0]), ShapeError, "x must be a list of 2"),
        (entry, ({"a": 1.0, "b": 1.0}, [1.0]), ProgramError, "no argument that could differ"),
        (fit_line, ([1.0, 2.0], []), ShapeError, "no rows"),
    ],
)
def test_rows_that_do_not_fit(program, args, error, message):
    with pytest.raises(error, match=message):
        program.mean(*args)


SCRIPT = """
import pickle, sys
program = pickle.loads(sys.stdin.buffer.read())
sys.stdout.write(repr((program(0.5, 2.0), program.sum(0.5, [1.0, 2.0]), program.source)))
"""


def test_a_pickled_program_is_the_same_in_another_process():
    w, x = Value(0.3, "w"), Value(2.0, "x")
    program = derive((w * x).tanh() * ag.silu(w) ** 3 + w**x, wrt=w, inputs=[x], order=2)
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=pickle.dumps(program), capture_output=True, check=True
    )
    expected = repr((program(0.5, 2.0), program.sum(0.5, [1.0, 2.0]), program.source))
    assert run.stdout.decode() == expected


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies(copied):
    program = derive(lambda p: p["W"] @ [1.0, 2.0] @ [p["b"], 2.0], inputs=[{"W": np.eye(2), "b": 2.0}])
    for _ in range(2):  # before and after it is compiled
        twin = copied(program)
        assert twin.source == program.source
        assert agree(twin({"W": np.ones((2, 2)), "b": 1.0}), program({"W": np.ones((2, 2)), "b": 1.0}))


def test_debuggers_find_the_source_as_long_as_the_function_lives():
    program = derive(lambda x: x * x, inputs=[1.0])
    function = program.function
    file = function.__code__.co_filename
    assert inspect.getsource(function) == program.source
    linecache.checkcache()
    assert linecache.getline(file, 3).strip() == "loss = x * x"
    del program, function
    gc.collect()
    assert file not in linecache.cache


def test_programs_leave_nothing_behind():
    def cycle():
        x, w = Value(2.0, "x"), Value(0.5, "w")
        program = derive((w * x).exp(), wrt=w, inputs=[x])
        program(1.0, 2.0)
        program.sum(1.0, [1.0, 2.0])
        derive(lambda x: where(x > 0, x, -x), inputs=[1.0])(math.inf)

    def used():
        gc.collect()
        return sys.getallocatedblocks()  # tracemalloc itself keeps the names of files

    for _ in range(300):  # until Python, from 3.13 on, has specialized the code
        cycle()
    before, cached = used(), len(linecache.cache)
    times = how_many(50, exhaustive=200)
    for _ in range(times):
        cycle()
    assert used() - before < times
    assert len(linecache.cache) == cached


def test_a_saved_source_is_a_module(tmp_path, monkeypatch):
    program = derive(lambda x, y: ag.gelu(x) * y**-3 + where(x > 0, x**math.inf, ag.silu(y)),
                     wrt=[0, 1], inputs=[0.5, 2.0], name="curve")  # fmt: skip
    program.save(tmp_path / "derived_curve.py")
    monkeypatch.syspath_prepend(tmp_path)
    for point in [(0.5, 2.0), (-1.0, 0.25)]:
        assert agree(__import__("derived_curve").curve(*point), program(*point))
    with pytest.raises(OutputError, match="give another path"):
        program.save(tmp_path / "missing" / "file.py")


@pytest.mark.parametrize(
    "function",
    [
        lambda z, t: ag.cross_entropy([z], t),
        lambda z, t: ag.cross_entropy([z], 0) * t,
        lambda z, t: ag.logsumexp([z * t]),
        lambda z, t: ag.log_softmax([z])[0] * t,
        lambda z, t: ag.max([z]) * t,
    ],
)
def test_one_logit_needs_no_fallback(function):
    program = derive(function, wrt=["z", "t"], inputs=[0.5, 0.0])
    assert agree(program.function(0.3, 0.0), ag.value_and_grad(function, argnums=(0, 1))(0.3, 0.0))


def test_a_loop_over_no_arguments_is_not_written():
    with pytest.raises(ProgramError, match="no argument that could differ"):
        entry.loop_source  # noqa: B018


def test_a_program_on_the_values_of_a_traced_function_is_refused():
    cube = derive(lambda x: x**3, inputs=[2.0])
    with pytest.raises(TracingError, match="reads the number of a Value"):
        derive(lambda x: cube(x)[0] * x, inputs=[2.0])


@pytest.mark.parametrize("call", [lambda p, x: p(x), lambda p, x: p.run(x)])
def test_a_program_takes_no_values_whose_graph_it_would_lose(call):
    cube = derive(lambda x: x**3, inputs=[2.0])
    with pytest.raises(DetachedNumberError, match=r"write \.data, for those of a model data\(model"):
        call(cube, Value(2.0))
    with pytest.raises(DetachedNumberError):
        grad(lambda x: cube(x)[0] * x)(2.0)


@pytest.mark.parametrize(
    "examples",
    [
        [np.ones(2), 2.0],
        [np.ones(2), np.full(3, 0.5)],
        [np.ones((2, 2)), [0.5, 1.5]],
        [{"w": np.ones(2), "b": 1.0}, np.full(2, 2.0)],
    ],
)
def test_hessians_of_several_blocks_are_arranged_as_by_the_transform(examples):
    def f(w, b):
        total = ag.sum([x * x * x for x in leaves(plain(w))])
        return total * ag.sum([ag.exp(x) for x in leaves(plain(b))]) + total

    found = derive(f, wrt=["w", "b"], inputs=examples, order=2)(*examples)[2]
    wanted = ag.hessian(f, argnums=(0, 1))(*examples)
    pairs = list(zip(blocks(found), blocks(wanted), strict=True))
    assert len(pairs) >= 4
    for (place, block), (other_place, other) in pairs:
        assert place == other_place
        assert np.shape(block) == np.shape(other)
        assert np.allclose(block, other, rtol=1e-13, atol=0.0)
