"""Derived code compiled by numba: the same numbers, and clear errors where it cannot serve."""

import math
import re
import sys

import pytest
from conftest import long

import autograd_scratch as ag
from autograd_scratch import (
    MLP,
    SGD,
    Adam,
    Value,
    derive,
    erf,
    exp,
    fit,
    gelu,
    hypot,
    log,
    mse,
    relu,
    sigmoid,
    silu,
    sqrt,
    where,
)
from autograd_scratch.datasets import XOR, moons
from autograd_scratch.errors import (
    DataError,
    MissingPackageError,
    ProgramError,
    ShapeError,
    UnknownNameError,
)


def network(seed=0):
    return MLP(2, [4, 1], "tanh", "sigmoid", seed=seed)


def recorded(backend):
    model = network()
    x, y = [Value(0.5, "x1"), Value(-1.0, "x2")], Value(1.0, "y")
    return derive(mse(model(x), y), wrt=model.parameters(), inputs=[x, y], backend=backend)


def pieces(x, scale):
    low = where(x > 0.0, log(x), x * x)
    return (
        where((x > 1.0) & (scale > 0.0), sqrt(x) * low, low) * scale + relu(x - 0.5) + ag.max(x, scale, 0.0)
    )


@pytest.fixture
def numba():
    return pytest.importorskip("numba")


def test_a_network(numba):
    numbers = [p.data for p in network(seed=1).parameters()]
    for x in ([0.5, -1.0], [3.0, 2.0], [1e3, -1e3]):
        assert recorded("numba")(numbers, x, 1.0) == recorded("python")(numbers, x, 1.0)


@pytest.mark.parametrize("x", [-2.0, 0.0, 0.25, 0.5, 1.0, 4.0])
def test_pieces_on_all_sides(numba, x):
    fast = derive(pieces, wrt=["x", "scale"], inputs=[0.5, 2.0], backend="numba")
    plain = derive(pieces, wrt=["x", "scale"], inputs=[0.5, 2.0])
    for scale in (2.0, -1.0):
        value, slopes = plain(x, scale)
        assert fast(x, scale)[0] == pytest.approx(value, rel=1e-14)
        assert fast(x, scale)[1] == pytest.approx(slopes, rel=1e-14)


def test_what_overflows_falls_back(numba):
    fast = derive(sigmoid, inputs=[0.5], backend="numba")
    assert fast(-1000.0) == (0.0, 0.0)
    assert fast(0.0) == (0.5, 0.25)


def test_dicts_and_hessians(numba):
    def f(p, x):
        return exp(p["w"][0] * x) + p["w"][1] ** 2 * p["b"]

    examples = [{"w": [0.5, 2.0], "b": 3.0}, 1.5]
    fast = derive(f, inputs=examples, order=2, backend="numba")
    plain = derive(f, inputs=examples, order=2)
    assert fast(*examples) == plain(*examples)


@pytest.mark.parametrize("doing", ["sum", long("mean")])
def test_rows(numba, doing):
    rows = [((0.5, 1.0), 1.0), ((2.0, -1.0), 0.0), ((0.0, 0.0), 1.0)]
    numbers = [p.data for p in network().parameters()]
    fast, plain = getattr(recorded("numba"), doing), getattr(recorded("python"), doing)
    assert fast(numbers, rows)[0] == pytest.approx(plain(numbers, rows)[0], rel=1e-14)
    assert fast(numbers, rows)[1] == pytest.approx(plain(numbers, rows)[1], rel=1e-13)


def line(p, x, y):
    return (p["w"] * x + p["b"] - y) ** 2, {"h": p["w"] * x, "all": (x, [y])}


def boxed(w, x):
    return w * x["a"] - x["b"][0]


LINE = derive(line, inputs=[{"w": 1.0, "b": 2.0}, 0.5, 4.0], backend="numba")
BOXED = derive(boxed, inputs=[1.0, {"a": 2.0, "b": [3.0]}], backend="numba")


def test_further_outputs(numba):
    value, slopes, outputs = LINE({"w": 1.0, "b": 2.0}, 0.5, 4.0)
    assert (value, slopes) == (2.25, {"w": -1.5, "b": -3.0})
    assert outputs == {"h": 0.5, "all": (0.5, [4.0])}


def test_entries_of_a_dict_go_by_their_keys(numba):
    assert LINE({"b": 2.0, "w": 1.0}, 0.5, 4.0) == LINE({"w": 1.0, "b": 2.0}, 0.5, 4.0)
    rows = [{"a": 1.0, "b": [2.0]}, {"b": [3.0], "a": 5.0}]
    assert BOXED.sum(1.0, rows) == (1.0, 6.0)


def test_integers_are_floats_as_large_as_they_like(numba):
    cube = derive(lambda x: 0.5 * (x * x * x), inputs=[0.5], backend="numba")
    assert cube(10**7) == cube(1e7) == (5e20, 1.5e14)
    assert cube(10**30)[0] == pytest.approx(5e89)
    product = derive(lambda w, x: w * x, inputs=[0.5, 2.0], backend="numba")
    assert product.sum(2, [1, True, 10**30]) == (pytest.approx(2e30), pytest.approx(1e30))


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda: LINE({"w": 1.0}, 0.5, 4.0), ShapeError, r"p\['b'\] is missing"),
        (lambda: LINE({"w": 1.0, "b": "2"}, 0.5, 4.0), DataError, "must be a real number, not '2'"),
        (lambda: BOXED(1.0, {"a": 1.0, "b": [2.0, 3.0]}), ShapeError, r"x\['b'\]\[1\] is too much"),
        (lambda: LINE.sum({"w": 1.0, "b": 2.0}, [(1.0,)]), ShapeError, "row 0 must be a tuple of x, y"),
        (lambda: LINE.sum({"w": 1.0, "b": 2.0}, [(1.0, 2.0, 3.0)]), ShapeError, "row 0 must be a tuple"),
        (lambda: LINE.sum({"w": 1.0, "b": 2.0}, [(1.0, 2.0), 1.0]), ShapeError, "row 1 must be a tuple"),
        (lambda: LINE.sum({"w": 1.0, "b": 2.0}, [("1", 2.0)]), DataError, "real number, not '1'"),
        (lambda: BOXED.sum(1.0, [(1.0, 2.0)]), ShapeError, r"x\['a'\] is missing"),
        (lambda: BOXED.sum(1.0, [{"a": 1.0, "b": []}]), ShapeError, r"x\['b'\]\[0\] is missing"),
    ],
)
def test_arguments_that_do_not_fit(numba, use, error, message):
    with pytest.raises(error, match=message):
        use()


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (XOR, {"batch_size": 2, "seed": 0}),
        long(XOR, {}),
        long(XOR, {"batch_size": 3}),
        long(moons(50, seed=0), {}),
    ],
)
@pytest.mark.parametrize("optimizer", [lambda: SGD(0.5, momentum=0.5), lambda: Adam(0.01)])
def test_training(numba, data, options, optimizer):
    models, losses = [], []
    for backend in ("python", "numba"):
        models.append(network())
        history = fit(
            models[-1],
            data,
            optimizer=optimizer(),
            epochs=30,
            engine="derived",
            backend=backend,
            **options,
        )
        losses.append(history.losses)
    assert losses[1] == pytest.approx(losses[0], rel=1e-12)
    assert [p.data for p in models[1].parameters()] == pytest.approx(
        [p.data for p in models[0].parameters()], rel=1e-12
    )


def test_names_of_primitives_are_no_code_for_it(numba):
    def cube(x):
        return x * x * x

    cube.__qualname__ = "f\nstore i8 0, ptr null"  # numba writes it into the source that LLVM reads
    cube.__module__ = "\ud800"
    of_any_name = ag.primitive(partials=lambda out, x: (3.0 * x * x,), name='"\n')(cube)
    program = derive(lambda x: of_any_name(x) * x, inputs=[2.0], name="'\n", backend="numba")
    assert program(2.0) == (16.0, 32.0)


def test_without_numba_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(MissingPackageError, match=r"autograd-scratch\[numba\]"):
        derive(lambda x: exp(exp(x)), inputs=[0.5], backend="numba")(0.5)  # what nobody compiled before
    model = MLP(2, [3], seed=0)
    before = model.state_dict()
    with pytest.raises(MissingPackageError, match=r"autograd-scratch\[numba\]"):
        fit(
            model,
            [([0.0, 1.0], [0.0, 1.0, 2.0])],
            optimizer=Adam(0.01),
            epochs=7,
            engine="derived",
            backend="numba",
        )
    assert model.state_dict() == before


def test_backends_have_names():
    with pytest.raises(UnknownNameError, match="did you mean 'numba'"):
        recorded("nunba")
    with pytest.raises(DataError, match='engine="derived"'):
        fit(network(), XOR, optimizer=SGD(0.1), epochs=1, backend="numba")


def test_primitives_that_call_others(numba):
    fast = derive(lambda x: silu(x) + gelu(x) + erf(x), inputs=[0.5], backend="numba")
    assert fast(1.25) == pytest.approx(derive(lambda x: silu(x) + gelu(x) + erf(x), inputs=[0.5])(1.25))


# from https://docs.python.org/3/library/math.html, and by their definitions
LACKING = {
    "cbrt": (lambda x, y: ag.cbrt(x), lambda x, y: math.cbrt(x)),
    "fmod": (lambda x, y: ag.fmod(x, y), math.fmod),
    "remainder": (lambda x, y: ag.remainder(x, y), math.remainder),
    "hypot of three": (lambda x, y: hypot(x, y, 2.0), lambda x, y: math.hypot(x, y, 2.0)),
    "hypot of one": (lambda x, y: hypot(x), lambda x, y: abs(x)),
    "dist": (
        lambda x, y: ag.dist([x, y, 1.0], [y, 3.0, x]),
        lambda x, y: math.dist([x, y, 1.0], [y, 3.0, x]),
    ),
    "logsumexp": (
        lambda x, y: ag.logsumexp(x, y, 0.5),
        lambda x, y: math.log(math.exp(x) + math.exp(y) + math.exp(0.5)),
    ),
    "log_softmax": (
        lambda x, y: ag.log_softmax([x, y])[1],
        lambda x, y: y - math.log(math.exp(x) + math.exp(y)),
    ),
    "gelu by tanh": (
        lambda x, y: gelu(x, approximate="tanh"),
        lambda x, y: 0.5 * x * (1.0 + math.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3))),
    ),
}


@pytest.mark.parametrize("name", LACKING)
def test_what_numba_lacks_is_made_of_what_it_has(numba, name):
    function, known = LACKING[name]
    fast = derive(function, wrt=["x", "y"], inputs=[0.5, 2.0], backend="numba")
    plain = derive(function, wrt=["x", "y"], inputs=[0.5, 2.0])
    for x, y in ((2.5, 1.0), (-7.5, 3.0), (0.5, -2.25), (3.0, 2.0), (5.0, 2.0), (-1e-3, 1.75)):
        value, slopes = fast(x, y)
        assert value == pytest.approx(known(x, y), rel=1e-12)
        assert slopes == pytest.approx(plain(x, y)[1], rel=1e-12)


REFUSED = {
    "digamma": lambda x: ag.digamma(x),
    "fsum": lambda x: ag.fsum([x, 1.0]),
    "gamma": lambda x: ag.gamma(x),
    "lgamma": lambda x: ag.lgamma(x),
    "sinc": lambda x: ag.sinc(x),
}


def test_what_numba_refuses_is_listed():
    listed = re.search(r"numba refuses (.*?);", derive.__doc__, re.S)[1]
    assert set(re.findall(r"`(\w+)`", listed)) == REFUSED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_what_numba_refuses_is_named(numba, name):
    called = {"gamma": "digamma", "lgamma": "digamma", "sinc": r"sinc_derivative\[1\]"}.get(name, name)
    fast = derive(lambda x: exp(x) * REFUSED[name](x), inputs=[0.5], backend="numba")
    said = rf'cannot compile {called} in loss, where it says \'.*\'; write backend="python"'
    with pytest.raises(ProgramError, match=said):
        fast(1.0)


def test_a_primitive_of_ones_own_that_numba_refuses_is_named(numba):
    @ag.primitive(partials=lambda out, x: (1.0,))
    def counted(x):
        return math.fsum((x,))

    fast = derive(lambda x: exp(counted(x)), inputs=[0.5], backend="numba")
    with pytest.raises(
        ProgramError, match=r"cannot compile counted in loss, where it says 'loss = exp\(counted\(x\)\)'"
    ):
        fast(1.0)


def twice(x):
    return 2.0 * x


def test_a_primitive_of_ones_own_may_call_functions(numba):
    @ag.primitive(partials=lambda out, x: (2.0,))
    def doubled(x):
        return twice(x)

    assert derive(lambda x: exp(doubled(x)), inputs=[0.0], backend="numba")(0.0) == (1.0, 2.0)


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "round"])
def test_whole_numbers_beyond_the_integers_of_machines(numba, name):
    function = getattr(ag, name)
    fast = derive(lambda x: function(x), inputs=[0.5], backend="numba")
    for x in (-1e300, -(2.0**63), -2.5, -0.5, 0.5, 1.5, 2.0**52 + 1.0, 2.0**63, 1e19, 1e300):
        assert fast(x) == (float(getattr(math, name, round)(x)), 0.0)
