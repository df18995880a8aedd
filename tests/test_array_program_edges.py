"""Programs of arrays where input is not as they want it, or where nothing is to be rolled."""

import math
import random
import re
import runpy
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from autograd_scratch import Value, derive, value_and_grad
from autograd_scratch.errors import DataError, DetachedNumberError, ProgramError, ShapeError, TracingError

X = np.arange(6.0).reshape(3, 2) / 7
W, b = np.full((2, 3), 0.3), np.zeros(3)
NAN = math.nan


def of_arrays(W, b):
    return np.sum(np.tanh(X @ W + b) ** 2)


def of_a_dict(p):
    return np.sum(np.tanh(X @ p["W"] + p["b"]) ** 2)


def scaled(scale, W):
    return np.sum(np.tanh(scale * W))


plain = derive(of_arrays, inputs=[W, b], wrt=["W", "b"])
in_a_dict = derive(of_a_dict, inputs=[{"W": W, "b": b}])
of_both = derive(scaled, inputs=[0.5, W], wrt=[0, 1])


def test_they_are_programs_of_arrays():
    assert all("nodes rolled" in repr(program) for program in (plain, in_a_dict, of_both))


@pytest.mark.parametrize(
    "given",
    [
        W.tolist(),
        tuple(map(tuple, W)),
        np.asfortranarray(W),
        np.full((4, 6), 0.3)[::2, ::-2],
        np.broadcast_to(0.3, (2, 3)),
        memoryview(W),
        [[Fraction(0.3)] * 3] * 2,
        np.array([[Fraction(0.3)] * 3] * 2, object),
        [list(W[0]), (0.3, np.float64(0.3), np.array(0.3))],
    ],
    ids=lambda given: type(given).__name__,
)
def test_numbers_in_any_container_are_taken(given):
    value, (dW, db) = plain(given, b)
    expected, slopes = plain(W, b)
    assert value == expected
    assert type(dW) is np.ndarray
    assert np.array_equal(dW, slopes[0])
    assert np.array_equal(db, slopes[1])


@pytest.mark.parametrize("kind", [np.float32, np.float16, np.int64, np.uint8, bool])
def test_numbers_of_any_type_are_floats(kind):
    given = (W * 7).astype(kind)
    value, (dW, _) = plain(given, b)
    assert value == plain(given.astype(float), b)[0]
    assert dW.dtype == float


@pytest.mark.parametrize(
    ("program", "args", "kwargs", "error", "message"),
    [
        (
            plain,
            (W.T, b),
            {},
            ShapeError,
            r"W must be an array of shape \(2, 3\), not .*\(3, 2\): ",
        ),
        (plain, (W, b[None]), {}, ShapeError, r"b must be an array of shape \(3,\), not .*\(1, 3\)"),
        (plain, (W, np.zeros(0)), {}, ShapeError, r"of shape \(3,\), not an array of shape \(0,\)"),
        (plain, (W, 0.5), {}, ShapeError, r"b must be an array of shape \(3,\), not 0\.5 \(float\)$"),
        (plain, (W, None), {}, ShapeError, r"b must be an array of shape \(3,\), not None$"),
        (plain, (W, "abc"), {}, ShapeError, r"b must be an array of shape \(3,\), not 'abc' \(str\)$"),
        (plain, (W.T.tolist(), b), {}, ShapeError, r"the argument W .* W\[0\]\[2\] is missing"),
        (plain, ([[1.0, 2.0, 3.0], [1.0]], b), {}, ShapeError, r"W\[1\]\[1\] is missing"),
        (plain, (W, [0.5]), {}, ShapeError, r"b\[1\] is missing"),
        (plain, (W, ["1", "2", "3"]), {}, DataError, r"b\[0\] must be a real number, not '1' \(str\)"),
        (plain, (W, [0.0, None, 0.0]), {}, DataError, r"b\[1\] must be a real number, not None"),
        (plain, (W, b + 0j), {}, DataError, r"b\[0\] must be a real number, not 0j \(complex\)"),
        (plain, (W, [10**400, 0, 0]), {}, DataError, r"b\[0\] must fit into a float"),
        (plain, (W, [Value(0.0)] * 3), {}, DetachedNumberError, r"b\[0\] is Value.*write \.data"),
        (plain, (W, np.array([Value(0.0)] * 3)), {}, DetachedNumberError, r"b\[0\] is Value"),
        (plain, (W,), {}, ShapeError, r"of_arrays\(W, b\) was not given b"),
        (plain, (W, b, b), {}, ShapeError, "takes 2 arguments, and was given 3"),
        (plain, (W,), {"c": b}, ShapeError, "has no argument 'c'"),
        (plain, (W,), {"W": W}, ShapeError, "was given 'W' twice, by position and by name"),
        (in_a_dict, ({"W": W, "b": b, "c": b},), {}, ShapeError, r"p\['c'\]\[0\] is too much"),
        (in_a_dict, ({"W": W},), {}, ShapeError, r"p\['b'\]\[0\] is missing"),
        (in_a_dict, ({"W": W, "B": b},), {}, ShapeError, r"p\['b'\]\[0\] is missing"),
        (in_a_dict, ([W, b],), {}, ShapeError, r"p must be a dict with 'W', 'b'"),
        (in_a_dict, ({"W": W.T, "b": b},), {}, ShapeError, r"p\['W'\] must be an array of shape \(2, 3\)"),
        (in_a_dict, ({"W": W, "b": "abc"},), {}, ShapeError, r"p\['b'\] must be .*, not 'abc' \(str\)$"),
        (of_both, (np.array([0.5]), W), {}, ShapeError, r"scale must be one number, not .*shape \(1,\)"),
        (of_both, (None, W), {}, DataError, "scale must be a real number, not None"),
        (of_both, (0.5j, W), {}, DataError, "scale must be a real number, not 0.5j"),
    ],
)
def test_what_is_no_argument_is_refused(program, args, kwargs, error, message):
    with pytest.raises(error, match=message):
        program(*args, **kwargs)


def test_names_and_orders_are_free():
    assert plain(b=b, W=W)[0] == plain(W, b)[0] == in_a_dict({"b": b, "W": W})[0]
    assert of_both(np.float32(0.5), W)[0] == of_both(np.array(0.5), W)[0] == of_both(0.5, W)[0]


def test_nothing_is_half_done_after_a_refusal():
    before = plain(W, b)
    for bad in (W.T, None, W + 0j):
        with pytest.raises((ShapeError, DataError)):
            plain(bad, b)
    after = plain(W, b)
    assert before[0] == after[0]
    assert all(map(np.array_equal, before[1], after[1]))


@pytest.mark.parametrize("where", [0, -1])
@pytest.mark.parametrize("number", [math.inf, -math.inf, NAN])
def test_infinities_and_nan_give_what_the_graph_gives(number, where):
    given = W.copy()
    given.flat[where] = number
    value, slopes = plain(given, b)
    expected, graph = value_and_grad(of_arrays, (0, 1))(given, b)
    assert np.allclose(value, float(expected), rtol=1e-13, equal_nan=True)
    assert all(np.allclose(x, y, rtol=1e-13, equal_nan=True) for x, y in zip(slopes, graph))


def by_rows(W):
    total = 0.0
    for x in X:
        z = x @ W
        if z[0] > 0.5:
            z = z**2
        total = total + z.sum()
    return total


def until_small(W):
    z = W
    while np.sum(z**2) > 0.1:
        z = z / 2
    return np.sum(z)


def growing():
    calls = [0]

    def loss(W):
        calls[0] += 1
        return np.sum(X[: calls[0]] @ W)

    return loss


def noisy(W):
    return np.sum((X + random.random()) @ W)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (by_rows, r"goes one way or another at .*`if z\[0\] > 0.5:`.*write where\("),
        (until_small, r"`while np.sum.*Loop a number of times that is the same"),
        (growing(), "called twice with the same arguments, does not do the same"),
        (noisy, "called twice with the same arguments, does not do the same"),
        (lambda W: W[np.arange(2), np.argmax(W, axis=1)].sum(), "np.argmax.*z.max()"),
        (lambda W: W * 2.0, "returns one number, its loss"),
        (lambda W: None, "returned None"),
    ],
)
def test_what_is_no_one_program_is_refused(loss, message):
    with pytest.raises(TracingError, match=message):
        derive(loss, inputs=[W])


def test_examples_are_numbers_of_any_type():
    loss = scaled
    expected = of_both(0.5, W)
    for example in (W.astype(np.float32), np.ones((2, 3), int), np.ones((2, 3), bool), W.tolist()):
        value, (slope, slopes) = derive(loss, inputs=[1, np.array(example)], wrt=[0, 1])(0.5, W)
        assert (value, slope) == expected[0:1] + expected[1][0:1]
        assert np.array_equal(slopes, expected[1][1])
    with pytest.raises(DataError, match="must be a real number"):
        derive(loss, inputs=[1.0, W + 0j])
    of_values = derive(lambda W: np.sum(W**2), inputs=[np.array([Value(1.0), Value(2.0)])])
    assert of_values([3.0, 4.0])[0] == 25.0


def in_place(W):
    W *= 2.0
    W[0] = 0.0
    return np.sum(np.tanh(W) ** 2)


def test_a_function_may_write_to_its_arguments():
    given = W.copy()
    value, slopes = derive(in_place, inputs=[W])(given)
    assert np.array_equal(given, W)
    assert value == pytest.approx(in_place(W.copy()), rel=1e-14)
    t = np.tanh(0.6)
    assert np.allclose(slopes, [[0.0] * 3, [4.0 * t * (1.0 - t**2)] * 3], rtol=1e-14, atol=0.0)


def by_hand(W):
    """Mix entries by no rule."""
    z = [W[i, j] for i in range(2) for j in range(3)]
    a = z[0] * np.exp(z[3]) / (1.5 + z[1] ** 2)
    c = np.sin(a - z[2]) * z[5] + z[4] / (2.0 + a * a)
    return (c * a + z[0]) ** 2 / (1.0 + np.cos(z[1] * c) ** 2)


def test_what_has_no_rolled_form_stays_scalar_with_the_same_numbers():
    program = derive(by_hand, inputs=[W])
    assert re.fullmatch(r"<Program by_hand\(W\) of \d+ equations>", repr(program))
    at = np.array([[0.5, -0.25, 1.5], [0.75, -1.0, 0.3]])
    value, slopes = program(at)
    expected, graph = value_and_grad(by_hand)(at)
    assert value == pytest.approx(float(expected), rel=1e-14)
    assert np.allclose(slopes, graph, rtol=1e-12)


def determinant(W):
    return np.linalg.det(W @ W.T + np.eye(2)) + np.sum(np.cumsum(W) * np.arange(6))


def test_what_is_rolled_in_part_says_how_much():
    program = derive(determinant, inputs=[W])
    rolled, nodes = re.search(r"(\d+) of (\d+) nodes rolled", repr(program)).groups()
    assert 0 < int(rolled) < int(nodes)
    at = np.array([[0.5, -0.25, 1.5], [0.75, -1.0, 0.3]])
    value, slopes = program(at)
    expected, graph = value_and_grad(determinant)(at)
    assert value == pytest.approx(float(expected), rel=1e-14)
    assert np.allclose(slopes, graph, rtol=1e-12)


WITHOUT_NUMPY = """
import sys

class Nobody:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "numpy":
            raise ModuleNotFoundError(name)

if sys.argv[1:] == ["refused"]:
    sys.meta_path.insert(0, Nobody())
elif sys.argv[1:] == ["blocked"]:
    sys.modules["numpy"] = None

from autograd_scratch import MLP, Value, derive, tanh

X, y = [[0.5, -1.0], [0.25, 2.0], [1.5, 0.5]], [1.0, 0.0, 1.0]

def loss(W, v):
    total = 0.0
    for x, t in zip(X, y):
        h = [tanh(sum(w * a for w, a in zip(row, x))) for row in W]
        total = total + (sum(a * b for a, b in zip(v, h)) - t) ** 2
    return total / 3

W, v = [[0.01 * i - 0.05 * j for j in range(2)] for i in range(60)], [0.01 * i for i in range(60)]
program = derive(loss, inputs=[W, v], wrt=["W", "v"])
model = MLP(2, [16, 16, 1], seed=0)
x = [Value(0.5), Value(0.25)]
other = derive((model(x) - 1.0) ** 2, wrt=model.parameters(), inputs=[x])
print(("rolled" in repr(program), "rolled" in repr(other)))
print((program(W, v), other([p.data for p in model.parameters()], [0.5, 0.25])))
"""


def test_without_numpy_there_is_a_scalar_program_with_the_same_numbers():
    found = {}
    for how in ("there", "refused", "blocked"):
        command = [sys.executable, "-c", WITHOUT_NUMPY, how]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        assert eval(told[0]) == (how == "there",) * 2
        found[how] = eval(told[1], {"array": np.array})
    assert found["refused"] == found["blocked"]
    for one, other in zip(found["there"], found["refused"]):
        assert one[0] == pytest.approx(other[0], rel=1e-12)
        for x, y in zip(one[1], other[1]):
            assert np.allclose(x, y, rtol=1e-12, atol=1e-14)


integers = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
told = np.array([[0], [1], [1], [0]])
is_known = np.array([[True, False, True], [False, True, True]])
places = np.array([[0, 1], [1, 1]])
counts = np.array([1, 0, 2])


@pytest.mark.parametrize(
    ("loss", "line"),
    [
        (lambda W: np.sum(integers.dot(W) ** 2), "integers @ W"),
        (lambda W: np.sum(X.dot(W) ** 2), "X @ W"),
        (lambda W: np.sum(X.T.dot(X).dot(W) ** 2), "@ W"),
        (lambda W: np.sum(X[::-1].dot(W) ** 2), "X[::-1] @ W"),
        (lambda W: np.sum(np.where(is_known, W, 0.0) ** 2), "np.where(is_known, W, 0.0)"),
        (lambda W: np.sum(W[places] ** 2), "W[places]"),
        (lambda W: np.sum(W**2 * counts), "* counts"),
        (lambda W: np.sum(W**2 * (1 - counts)), "1.0 - counts"),
        (lambda W: np.sum(W**2 * -counts), "counts"),
        (lambda W: np.sum(np.stack([X @ w for w in W.T]) ** 2), "X.T"),
        (lambda W: np.sum(np.logaddexp(0, W)), "np.logaddexp(0.0, W)"),
        (lambda W: np.sum(np.mod(W, 0.4) * np.floor(2 * W)), "np.mod(W, 0.4)"),
        (lambda W: np.sum(W * np.ceil(W) + np.trunc(W)), "np.ceil(W)"),
        (lambda W: np.sum(W * np.rint(W) ** 2), "np.rint(W)"),
    ],
)
def test_what_a_person_named_is_called_so(loss, line):
    program = derive(loss, inputs=[W])
    assert line in program.source, program.source
    assert "autograd_scratch" not in program.source
    at = np.array([[0.5, -0.25, 1.5], [0.75, -1.0, 0.3]])
    value, slopes = program(at)
    expected, graph = value_and_grad(loss)(at)
    assert value == pytest.approx(float(expected), rel=1e-14)
    assert np.allclose(slopes, graph, rtol=1e-13)


def test_a_factor_is_called_by_its_variable():
    def loss(W):
        m = 4
        return -(1 / m) * np.sum(np.log(1 / (1 + np.exp(-(X @ W)))) ** 2)

    program = derive(loss, inputs=[W])
    assert "    m = 4.0\n" in program.source
    assert "1.0 / m" in program.source
    value, _ = program(W)
    assert value == pytest.approx(loss(W), rel=1e-14)


def test_parameters_in_a_dict_are_called_by_their_keys():
    def loss(params):
        a = X
        for i in (1, 2):
            a = np.tanh(a @ params[f"W{i}"] + params[f"b{i}"])
        return np.sum(a**2)

    params = {"W1": W, "b1": b, "W2": np.full((3, 1), 0.5), "b2": np.zeros((1, 1))}
    program = derive(loss, inputs=[params])
    for line in (
        "W1, b1, W2, b2 = params['W1'], ",
        "X @ W1 + b1",
        "dW2 = a.T @ ",
        "{'W1': dW1, 'b1': db1, ",
    ):
        assert line in program.source, program.source
    value, slopes = program(params)
    expected, graph = value_and_grad(loss)(params)
    assert value == pytest.approx(float(expected), rel=1e-14)
    assert slopes.keys() == params.keys()
    assert all(np.allclose(slopes[key], graph[key], rtol=1e-13) for key in params)


x, y = np.array([1.0, 2.0, 3.0]), np.array([-1.0, 1.0, 3.0])


@pytest.mark.parametrize(
    ("product", "args"),
    [
        (lambda p: np.sum(p["a b"] * p["a_b"] ** 2), [{"a b": x, "a_b": y}]),
        (lambda p, p_0: np.sum(p[0] * p[1] * p_0**2), [[x, np.ones(3)], y]),
        (lambda p: np.sum(p["1"] * p[1] ** 2), [{"1": x, 1: y}]),
        (lambda p: np.sum(p["p"] * p["class"] ** 2), [{"p": x, "class": y}]),
        (lambda p, q: np.sum(p["w"] * q["w"] ** 2), [{"w": x}, {"w": y}]),
        (lambda p, w: np.sum(p["w"] * w**2), [{"w": x}, y]),
        (lambda np_, loss: np.sum(np_ * loss**2), [x, y]),
        (lambda exp, t1: np.sum(exp * np.exp(2.0 * np.log(t1**2)) ** 0.5), [x, y]),
    ],
)
def test_names_that_are_alike_are_kept_apart(product, args):
    program = derive(product, inputs=args, wrt=[*range(len(args))])
    value, slopes = program(*args)
    assert value == pytest.approx(30.0, rel=1e-14)
    found = [array for tree in slopes for array in arrays_in(tree)]
    assert np.allclose(found[0], y**2, rtol=1e-14)
    assert np.allclose(found[-1], 2.0 * x * y, rtol=1e-14)


def arrays_in(tree):
    if isinstance(tree, dict | list):
        parts = tree.values() if isinstance(tree, dict) else tree
        return [array for part in parts for array in arrays_in(part)]
    return [tree]


STACKED, SIX = np.array([0.1, 0.3, 0.5]), np.arange(6.0).reshape(2, 3)


def stacked_of_different_times(W, q):
    s = W @ q
    t = s * q
    return np.sum(t) + np.sum(np.stack([s, W @ W]))


def ones_appended(x, w):
    return np.sum(np.tanh(np.outer(w, w))) + np.dot(np.append(x, 1.0), w)


def parts_in_another_order(V):
    W = np.tanh(V.T)
    return np.sum(W.ravel()[2:] * np.arange(4.0)) + np.sum(np.where(W > 0, W, 0.0) ** 2) + np.sum(W[0])


def norms_of_single_entries(W):
    return np.sum(np.tanh(np.linalg.norm(W, axis=-1)))


def the_least_of_one(W):
    return np.mean((np.min(W) - np.arange(4.0)) ** 2)


def zeros_of_both_signs(W):
    return sum(np.sum(np.copysign(W, X)) for X in (np.array([0.0, 1.0]), np.array([-0.0, 1.0])))


def nothing_but_zeros(W):
    return np.sum(np.tril(W, -1).sum(axis=1)) + np.sum(W)


AT_ONCE = [  # of each its arguments where it is derived, and elsewhere
    (stacked_of_different_times, [STACKED, STACKED[::-1] - 0.4], [2.0 * STACKED, STACKED]),
    (ones_appended, [np.ones(2), np.array([0.3, -0.2, 0.5])], [np.full(2, 4.0), STACKED]),
    (
        parts_in_another_order,
        [np.arange(6.0).reshape(2, 3) - 2.5],
        [np.arange(6.0).reshape(2, 3) / 4 - 0.7],
    ),
    (norms_of_single_entries, [np.array([[-2.0], [3.0], [-1.0]])], [np.array([[2.0], [-3.0], [0.5]])]),
    (the_least_of_one, [np.ones((1, 1))], [np.full((1, 1), -2.0)]),
    (zeros_of_both_signs, [np.array([1.0, 2.0])], [np.array([3.0, 0.5])]),
    (nothing_but_zeros, [np.ones((1, 5))], [np.full((1, 5), 2.0)]),
]


@pytest.mark.parametrize(
    ("function", "at", "elsewhere"), AT_ONCE, ids=lambda case: getattr(case, "__name__", "")
)
@pytest.mark.parametrize("style", ["exact", "textbook"])
def test_what_was_frozen_taken_for_another_or_lost(function, at, elsewhere, style):
    places = list(range(len(at)))
    program = derive(function, inputs=at, wrt=places, style=style)
    for point in (at, elsewhere):
        value, gradient = program(*point)
        expected, slopes = value_and_grad(function, tuple(places))(*point)
        assert value == pytest.approx(float(expected), rel=1e-12)
        for own, theirs, array in zip(gradient, slopes, point, strict=True):
            assert own.shape == array.shape
            np.testing.assert_allclose(own, theirs, rtol=1e-12, atol=1e-12)


def test_an_array_of_two_names_is_one_argument():
    class Twice:
        def __init__(self):
            self.W = self.V = np.ones((2, 2))

        def loss(self, x):
            return np.sum(x @ self.W @ self.V)

    with pytest.raises(ProgramError, match="W and V are one array: ask for one of the two"):
        derive(Twice().loss, wrt=["W", "V"], inputs=[np.ones(2)])


def chosen_logit(W, x, y):
    z = x @ W
    return np.log(np.sum(np.exp(z))) - z[y]


def test_labels_are_not_rows_of_a_data_set():
    W, x = np.ones((3, 3)), np.arange(3.0)
    program = derive(chosen_logit, wrt=["W"], inputs=[W, x, 1])
    for rows in ([(x, 1)], [(x, 1), (x, 2)]):
        with pytest.raises(ProgramError, match=r"y holds whole numbers .* targets as rows of 0 and 1"):
            program.mean(W, rows)


def test_the_code_of_a_sum_is_that_of_a_block_of_rows():
    program = derive(lambda w, x: np.sum((w * x) ** 2), wrt=["w"], inputs=[np.ones(3), np.ones(3)])
    assert "The sum over 256 rows" in program.loop_source


def test_indices_that_are_arguments_may_repeat_themselves(tmp_path):
    ids, targets = np.array([0, 2, 1]), np.array([1.0, 2.0, 3.0])
    program = derive(lambda w: np.sum((w[ids] - targets) ** 2), inputs=[np.zeros(4)], name="derived")
    program.save(tmp_path / "saved.py")
    saved = runpy.run_path(str(tmp_path / "saved.py"))["derived"]
    assert saved(np.zeros(4), targets=targets, ids=[2, 2, 1])[1].tolist() == [0.0, -6.0, -6.0, 0.0]


def test_few_numbers_and_much_data_are_of_arrays():
    x, t = np.linspace(0.0, 1.0, 20), np.linspace(1.0, 3.0, 20)

    def line(w, b):
        return np.mean((w * x + b - t) ** 2)

    def wave(w, b):
        state, total = 0.0, 0.0
        for _ in range(200):
            state = w * state + b
            total = total + state * state
        return total

    for loss, text in ((line, "t1 = w * x + b - t"), (wave, "for t in range(200):")):
        program = derive(loss, wrt=[0, 1], inputs=[0.3, 0.2])
        assert text in program.source
        value, slopes = program(0.5, -0.1)
        expected, gradient = value_and_grad(loss, (0, 1))(0.5, -0.1)
        assert value == pytest.approx(float(expected), rel=1e-13)
        assert slopes == pytest.approx(tuple(map(float, gradient)), rel=1e-12)
