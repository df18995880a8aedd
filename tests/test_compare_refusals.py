"""What cannot be compared is told in one message: what happened, where, and what to write instead."""

import math
import traceback
from itertools import count

import numpy as np
import pytest
from conftest import saying

from autograd_scratch import MLP, assert_gradients, compare, mark, mse
from autograd_scratch.checking.traces import OwnLines
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import (
    AutogradError,
    DataError,
    DetachedNumberError,
    GradientError,
    NonFiniteError,
    RuleError,
    ShapeError,
    UnknownNameError,
)
from autograd_scratch.wording import is_users

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])
Y = np.array([[0.2, -0.4], [1.0, 0.3]])
W = np.array([[0.3, -0.8], [1.2, 0.5], [-0.4, 0.9]])
B = np.array([0.1, -0.2])
ERROR = 2.0 * (X @ W + B - Y) / Y.size
DW, DB = X.T @ ERROR, ERROR.sum(axis=0)
AT, HAND = {"W": W, "b": B}, {"W": DW, "b": DB}
HERE = "test_compare_refusals.py:"


def loss(W, b):
    return ((X @ W + b - Y) ** 2).mean()


@pytest.fixture(autouse=True)
def arrays_are_left_alone():
    """Whatever is refused, what people gave stays as it was."""
    before = [array.copy() for array in (X, Y, W, B, DW, DB)]
    yield
    for array, copy in zip((X, Y, W, B, DW, DB), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    assert set(AT) == set(HAND) == {"W", "b"}


@pytest.mark.parametrize("thing", [3.0, None, "loss", loss(W, B), AT, [loss]])
def test_a_loss_that_is_no_function(thing):
    with saying(DataError, "the loss as a function", "loss(**at)", "def loss(W1, b1)"):
        compare(thing, AT, HAND)


@pytest.mark.parametrize("at", [None, {}, [W, B], W, 3.0, "W"])
def test_arrays_without_names(at):
    with saying(DataError, "at", "by name", "at={'W1': W1, 'b1': b1}"):
        compare(loss, at, HAND)


@pytest.mark.parametrize("hand", [None, 3.0, "W", {"W"}, (DB, DB, DB), [0.5, 1.0, 2.0], X[:, :2]])
def test_gradients_without_names_or_order(hand):
    for given in (hand, lambda W, b: hand):
        with saying(
            DataError, "hand", "by name", "{'W1': dW1, 'b1': db1}", "W, b in this order", "backward("
        ):
            compare(loss, AT, given)


def test_no_gradients():
    for hand in ({}, lambda W, b: {}):
        with saying(DataError, "hand has no gradient", "hand={'W1': dW1}"):
            compare(loss, AT, hand)


@pytest.mark.parametrize("key", [1, ("W",), None, 2.5])
def test_names_that_are_no_text(key):
    with saying(DataError, "have names", "at={'W1': W1}"):
        compare(loss, {key: W}, HAND)
    with saying(DataError, "have names", "hand={'W1': dW1}"):
        compare(loss, AT, {key: DW})


@pytest.mark.parametrize(
    ("hand", "wrong", "meant"),
    [
        ({"W1": DW, "bb": DB}, "'bb'", "'b'"),
        ({"dhidden": ERROR, "W11": DW}, "'W11'", "'W1'"),
        (lambda W1, b: {"b": DB, "hidden1": ERROR}, "'hidden1'", "'hidden'"),
        ({"hiden": ERROR}, "'hiden'", "'hidden'"),
    ],
)
def test_unknown_names_with_the_one_that_was_meant(hand, wrong, meant):
    def network(W1, b):
        return ((mark(X @ W1, "hidden") + b - Y) ** 2).mean()

    with saying(UnknownNameError, wrong, f"did you mean {meant}", "Known", "W1", "b", "hidden"):
        compare(network, {"W1": W, "b": B}, hand)


def test_unknown_names_that_are_like_none():
    with saying(UnknownNameError, "'x'", "known: W, b"):
        compare(loss, AT, lambda W, b: {"x": DW})


def test_two_gradients_for_one_array():
    with saying(UnknownNameError, "two gradients", "hand['W'] and hand['dW']", "leave one"):
        compare(loss, AT, {"W": DW, "dW": DW})
    with saying(UnknownNameError, "two gradients for net['W']", "hand['net']['W'] and hand['dW']"):
        compare(lambda net: loss(net["W"], net["b"]), {"net": AT}, {"net": {"W": DW}, "dW": DW})


def test_one_name_for_several_arrays():
    def layers(first, second):
        return loss(first["W"], first["b"]) + loss(second["W"], second["b"])

    with saying(UnknownNameError, "'dW'", "first['W'], second['W']", "one of these"):
        compare(layers, {"first": AT, "second": AT}, {"dW": DW})


def of_model(model):
    return mse([model(x) for x, _ in XOR], [y for _, y in XOR])


def test_names_that_a_model_does_not_have():
    model = MLP(2, [3, 1], seed=0)
    with saying(UnknownNameError, "'layers.0.ww'", "did you mean 'layers.0.w'", "layers.1.b"):
        compare(of_model, model, {"layers.0.ww": np.zeros((3, 2))})
    with saying(UnknownNameError, "layers.0.b", "layers.0.neurons.1.b", "all 3"):
        compare(of_model, model, {"layers.0.neurons.0.b": 1.0})


def test_a_loss_of_a_model_that_takes_something_else():
    with saying(DataError, "loss(model)", "'b'"):
        compare(loss, MLP(2, [1], seed=0), {"layers.0.b": [0.0]})


@pytest.mark.parametrize(
    "call",
    [
        lambda W, b: (X @ W + b - Y) ** 2,
        lambda W, b: {"loss": loss(W, b)},
        lambda W, b: [],
        lambda W, b: [loss(W, b), loss(W, b)],
    ],
)
def test_a_loss_that_is_not_one_number(call):
    with saying(ShapeError, "the loss must be one number", "loss.mean()", "return the loss alone"):
        compare(call, AT, HAND)


@pytest.mark.parametrize(
    ("given", "words"), [(None, ["return"]), ("0.5", ["str"]), (1 + 2j, ["complex"]), (loss, ["function"])]
)
def test_a_loss_that_is_no_number(given, words):
    with saying(DataError, "the loss must be a real number", *words):
        compare(lambda W, b: given, AT, HAND)


def test_a_loss_that_depends_on_nothing_has_the_gradient_zero():
    def constant(W, b):
        return (X**2).sum()

    wrong = compare(constant, AT, HAND)
    assert [block.verdict for block in wrong.blocks.values()] == ["wrong", "wrong"]
    assert "does not use W; is another variable of this name used" in wrong.blocks["W"].note
    assert not wrong.mistakes
    assert compare(constant, AT, {"W": np.zeros((3, 2)), "b": np.zeros(2)}).verdict == "right"
    assert compare(constant, AT, {"b": [0.0, 0.0]}).verdict == "right"


@pytest.mark.parametrize("name", ["b", "z", "V"])
def test_what_the_loss_does_not_use_has_the_gradient_zero(name):
    at = {"W": W, "b": B, "V": np.ones((2, 2, 2))}
    dw = 2.0 * X.T @ (X @ W - Y) / Y.size

    def unused(W, b, V):
        mark(5.0 * V[0], "z")
        mark(5.0 * b, "y")
        return ((X @ W - Y) ** 2).mean()

    shape = {"z": (2, 2), "b": (2,), "V": (2, 2, 2)}[name]
    right = compare(unused, at, {"W": dw, name: np.zeros(shape)})
    assert (right.verdict, right.blocks[name].verdict, [*right.blocks]) == ("right", "right", ["W", name])
    assert f"the loss does not use {name}" in right.blocks[name].note
    for hand in (np.full(shape, 1e-300), np.full(shape, math.nan)):
        wrong = compare(unused, at, {"W": dw, f"d{name}": hand})
        assert (wrong.verdict, wrong.first_wrong, wrong.blocks["W"].verdict) == ("wrong", name, "right")
    wrong = compare(unused, at, {"W": dw, name: np.ones(shape)})
    assert "another variable of this name used in it" in wrong.blocks[name].note
    assert compare(unused, at, {"W": dw, name: np.zeros(3)}).blocks[name].verdict == "shapes do not match"
    assert compare(unused, at, {name: np.zeros(shape)}).verdict == "right"


def test_what_the_loss_uses_on_numbers_alone_is_not_checkable():
    def other(w, v):
        return w * w + (v if type(v) is float else v.data)

    report = compare(other, {"w": 1.5, "v": 2.0}, {"w": 3.0, "v": 0.0})
    assert (report.blocks["w"].verdict, report.blocks["v"].verdict) == ("right", "not checkable")


def test_a_result_with_two_gradients_or_two_results_with_one():
    def layers(W, b):
        z = mark(X @ W + b - Y, "z")
        for _ in range(2):
            z = mark(1.0 * z, "h")
        return (z**2).mean()

    assert compare(layers, AT, HAND | {"z": ERROR}).verdict == "right"
    with saying(UnknownNameError, "two gradients for z", "hand['z'] and hand['dz']", "leave one"):
        compare(layers, AT, HAND | {"z": 2.0 * ERROR, "dz": ERROR})
    with saying(UnknownNameError, "marks 2 results as 'h'", "mark(..., f'h{t}')", "of its own"):
        compare(layers, AT, HAND | {"dh": ERROR})


def test_a_loss_that_changes_from_call_to_call():
    def drawn(W, b):
        return loss(W * np.random.default_rng().random(), b)

    with saying(DataError, "changes from call to call", "dropout", "seed", "outside of the function"):
        compare(drawn, AT, HAND)
    calls = count()
    with saying(DataError, "changes from call to call: 0, then 1"):
        compare(lambda W, b: next(calls), AT, HAND)


def test_a_loss_that_changes_its_inputs():
    def step(W, b):
        W -= 0.1
        return loss(W, b)

    with saying(DataError, "changes what it is given", "W[0, 0]", "W = W - step", "W -= step"):
        compare(step, AT, HAND)

    def last(W, b):
        b[1] = 0.0
        return loss(W, b)

    with saying(DataError, "changes what it is given", "b[1]"):
        compare(last, AT, HAND)

    def of_lists(w):
        w[1] = 5.0
        return w[0] * w[1]

    numbers = [1.0, 2.0]
    with saying(DataError, "w[1]"):
        compare(of_lists, {"w": numbers}, {"w": [5.0, 0.0]})
    assert numbers == [1.0, 2.0]


def test_a_loss_that_changes_what_is_handed_on():
    data = X.copy()

    def normalize(W, b, X):
        X -= X.mean(axis=0)
        return ((X @ W + b - Y) ** 2).mean()

    with saying(DataError, "changes what it is given", "X[0, 0]", "X = X - step"):
        compare(normalize, {**AT, "X": data}, HAND)
    np.testing.assert_array_equal(data, X)


def test_a_backward_function_that_changes_its_inputs_does_no_harm():
    data = X.copy()

    def backward(W, b, X):
        W -= 1.0
        b *= 0.0
        X[:] = 7.0
        return {"W": DW, "b": DB}

    assert compare(lambda W, b, X: loss(W, b), {**AT, "X": data}, backward).ok
    np.testing.assert_array_equal(data, X)


def test_numbers_taken_out_of_the_graph():
    def rounded(w):
        return w * math.ldexp(w, 1)

    with saying(DetachedNumberError, "float", ".data", HERE, "math.ldexp(w, 1)"):
        compare(rounded, {"w": 1.0}, {"w": 4.0})


def fill_by_entries(W, b):
    z = np.zeros((2, 2), int)
    for i in range(2):
        z[i, 0] = X[i] @ W[:, 0] + b[0]
    return (z**2).mean()


def fill_at_once(W, b):
    z = np.zeros((2, 2), int)
    z[:] = X @ W + b
    return (z**2).mean()


@pytest.mark.parametrize("fill", [fill_by_entries, fill_at_once])
def test_values_written_into_an_array_of_whole_numbers(fill):
    with saying(DetachedNumberError, "np.empty(", "dtype=object", HERE, "z"):
        compare(fill, AT, HAND)


def test_a_loss_that_does_not_run_on_values():
    def sort(w):
        return float.__mul__(w, w)

    with saying(RuleError, "runs on numbers and not on Values", "TypeError", HERE, "float.__mul__(w, w)"):
        compare(sort, {"w": 1.0}, {"w": 2.0})


def test_a_loss_that_is_another_one_on_values():
    with saying(DataError, "on numbers", "on Values", "2.25", "3.375"):
        compare(lambda w: w * w if type(w) is float else w * w * w, {"w": 1.5}, {"w": 3.0})


@pytest.mark.parametrize(
    ("number", "told"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf"), (1e400, "inf")]
)
def test_a_loss_that_is_not_finite(number, told):
    with saying(NonFiniteError, f"the loss is {told}", "strict()", "another point"):
        compare(lambda w: w * number, {"w": 1.0}, {"w": 1.0})
    with saying(NonFiniteError, f"the loss is {told}" if told == "nan" else "the loss is"):
        compare(lambda w: w * 1.0, {"w": number}, {"w": 1.0})


NO_NUMBERS = [
    (np.array([["a", "b"]] * 3), ["[0, 0]", "'a'", "float('a')"]),
    ([["0.1", 1.0]] * 3, ["[0][0]", "'0.1'"]),
    ("dW", ["'dW'"]),
    (None, ["None", "return"]),
    (W.astype(complex), ["[0, 0]", "complex"]),
    ([[None, 1.0]] * 3, ["[0][0]", "None"]),
    ({1.0, 2.0}, ["set"]),
    (np.array([[None] * 2] * 3), ["[0, 0]", "None"]),
]


@pytest.mark.parametrize(("thing", "words"), NO_NUMBERS)
def test_what_is_no_number(thing, words):
    with saying(DataError, "hand['W']", "must be a real number", *words):
        compare(loss, AT, {"W": thing, "b": DB})
    with saying(DataError, "at['W']", "must be a real number", *words):
        compare(loss, {"W": thing, "b": B}, HAND)


@pytest.mark.parametrize("empty", [np.zeros((0, 2)), [], np.array([])])
def test_empty_arrays(empty):
    with saying(ShapeError, "at['W']", "empty"):
        compare(loss, {"W": empty, "b": B}, HAND)
    report = compare(loss, AT, {"W": empty, "b": DB})
    assert report.blocks["W"].verdict == "shapes do not match"
    assert report.blocks["b"].verdict == "right"


def test_rows_of_several_lengths():
    report = compare(loss, AT, {"W": [[0.1, 0.2], [0.3], [0.4, 0.5, 0.6]]})
    assert report.verdict == "shapes do not match"
    assert compare(lambda w: w[0][0] * w[1][0], {"w": [[2.0, 1.0], [3.0]]}, {"w": [[3.0, 0.0], [2.0]]}).ok


def test_gradients_of_half_precision():
    with saying(DataError, "hand['W']", "float16", "float32"):
        compare(loss, AT, {"W": DW.astype(np.float16)})


@pytest.mark.parametrize("strange", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", [(0, 0), (2, 1), ...])
def test_a_gradient_that_is_not_finite_is_wrong_and_named_nothing(strange, where):
    hand = DW.copy()
    hand[where] = strange
    report = compare(loss, AT, {"W": hand, "b": DB})
    assert report.verdict == "wrong"
    assert not report.mistakes
    assert report.blocks["b"].verdict == "right"
    assert str(strange) in report.blocks["W"].note
    assert str(report)
    assert report.to_json()


class MineError(Exception):
    """An exception of the person's own."""


@pytest.mark.parametrize(
    "kind", [MineError, TypeError, ValueError, KeyError, ZeroDivisionError, AssertionError]
)
def test_what_a_backward_function_raises_comes_through(kind):
    fault = kind("mine")

    def backward(W, b):
        raise fault

    with pytest.raises(kind) as told:
        compare(loss, AT, backward)
    assert told.value is fault


@pytest.mark.parametrize(
    "kind", [MineError, TypeError, ValueError, KeyError, AttributeError, AssertionError]
)
def test_what_a_loss_raises_on_numbers_comes_through(kind):
    fault = kind("mine")

    def broken(W, b):
        raise fault

    with pytest.raises(kind) as told:
        compare(broken, AT, HAND)
    assert told.value is fault


@pytest.mark.parametrize(
    "backward", [lambda: HAND, lambda x, y: HAND, lambda W: HAND, lambda W, b, /: HAND]
)
def test_a_backward_function_that_takes_something_else(backward):
    with saying(DataError, "hand is a function", "as the loss is", "W, b"):
        compare(loss, AT, backward)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda W: 0.0, ["(W)", "unexpected", "'b'"]),
        (lambda W, b, c: 0.0, ["(W, b, c)", "missing", "'c'"]),
        (lambda W, b, /: 0.0, ["(W, b, /)", "positional"]),
        (lambda *blocks: 0.0, ["(*blocks)", "unexpected", "'W'"]),
    ],
)
def test_a_loss_that_takes_something_else(function, words):
    with saying(DataError, "loss(W=..., b=...)", "signature", "closure", *words):
        compare(function, AT, HAND)


@pytest.mark.parametrize("name", [3, None, ["z"], W])
def test_a_mark_without_a_name(name):
    with saying(DataError, "mark takes an array and then its name", "mark(z1, 'z1')", HERE):
        compare(lambda W, b: (mark(X @ W + b - Y, name) ** 2).mean(), AT, HAND)


def test_a_mark_that_is_called_like_an_argument():
    with saying(DataError, "marks a result as 'b'", "another name"):
        compare(lambda W, b: (mark(X @ W + b - Y, "b") ** 2).mean(), AT, HAND)


def test_assert_gradients_raises_with_the_report():
    assert assert_gradients(loss, AT, HAND) is None
    with saying(GradientError, "WRONG", "W", "relative error"):
        assert_gradients(loss, AT, {"W": 1.5 * DW, "b": DB})
    with saying(AssertionError, "shape"):
        assert_gradients(loss, AT, {"W": DW.T, "b": DB})
    with saying(GradientError, "NOT CHECKABLE"):
        assert_gradients(lambda w: (w - 1.0) ** 2, {"w": 1.0}, {"w": 0.0})


def test_every_refusal_is_an_error_of_this_package():
    for at, hand in ((AT, {"x": DW}), (None, HAND), (AT, None), ({"W": "text", "b": B}, HAND)):
        with pytest.raises(AutogradError):
            compare(loss, at, hand)


def test_a_list_where_the_loss_needs_an_array_is_told():
    with pytest.raises(DataError, match=r"at\['w'\] is a list .* np\.array\(w\)"):
        compare(lambda w: (w**2).sum(), {"w": [1.0, 2.0]}, {"w": [2.0, 4.0]})


def test_an_error_comes_without_the_lines_of_the_package_and_with_those_of_people():
    def helper(w):
        if type(w).__name__ != "float":
            raise ValueError("numbers only")
        return w

    def loss(w):
        return 2.0 * helper(w)

    with pytest.raises(RuleError) as refused:
        compare(loss, {"w": 0.5}, {"w": 2.0})
    names = [frame.name for frame in traceback.extract_tb(refused.value.__cause__.__traceback__)]
    assert names == ["loss", "helper"]
    with pytest.raises(ValueError, match="numbers only") as own:
        compare(lambda w: helper(1 + 0j * w), {"w": 0.5}, {"w": 2.0})
    names = [frame.name for frame in own.traceback]
    assert names[-2:] == ["<lambda>", "helper"]
    assert len(names) <= 2 + 2  # this test, and how `compare` is called


def test_a_fault_of_the_package_keeps_all_its_lines():
    with pytest.raises(AttributeError) as fault, OwnLines():
        is_users(None)
    assert fault.traceback[-1].name == "is_users"
