"""What compare_update cannot check, and what it says then."""

import numpy as np
import pytest

from autograd_scratch import errors
from autograd_scratch.checking.updates import assert_update, compare_update
from autograd_scratch.optim import SGD, Adam, Optimizer

AT = {"W": np.array([[0.5, -1.0], [1.5, 0.25]]), "b": np.array([0.1, 0.2])}
RATE = SGD(lr=0.1)


def right(w, g):
    return w - 0.1 * g


def rebinds(w, g):
    w = w - 0.1 * g


def summed(w, g):
    return (w - 0.1 * g).sum(axis=0)


def state_of_four(w, g, state):
    m, v, peak, t = state
    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g, t + 1
    peak = np.maximum(peak, v)
    return w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(peak / (1 - 0.999**t)) + 1e-8), (m, v, peak, t)


def of_jax(i, g, state):
    w, v = state
    v = 0.9 * v + g
    return w - 0.1 * v, v


def logarithm(w, g):
    return w - 0.1 * np.log(g)


class Shared:
    def __init__(self):
        self.v = 0

    def update(self, w, g):
        self.v = 0.9 * self.v + g
        return w - 0.1 * self.v


one = Shared()


def one_velocity(params, grads):
    return {name: one.update(params[name], grads[name]) for name in params}


class WithoutStep:
    def fit(self):
        pass


class Layer:
    def __init__(self):
        self.W = np.zeros(2)


class WantsMore:
    def __init__(self, params, nothing_known):
        self.params = params

    def step(self):
        pass


REFUSED = {
    "no step": (3, AT, RATE, {}, errors.DataError, "takes a step as a function, called as step(w, g)"),
    "no method": (WithoutStep(), AT, RATE, {}, errors.DataError, "no step in WithoutStep"),
    "nothing returned": (rebinds, AT, RATE, {}, errors.DataError, "Write w -= ... on an array"),
    "another shape": (
        summed,
        AT,
        RATE,
        {},
        errors.ShapeError,
        "gives W the shape (2,), where",
    ),
    "one velocity": (one_velocity, AT, RATE, {}, errors.ShapeError, "remembered of one parameter used for"),
    "state of four": (state_of_four, AT, Adam(), {}, errors.DataError, "as state=(0.0, 0.0)"),
    "state with parameters": (of_jax, AT, RATE, {}, errors.DataError, "as state=(0.0, 0.0)"),
    "not finite": (logarithm, AT, RATE, {}, errors.NonFiniteError, "step 1 of logarithm makes W"),
    "no parameters": (right, None, RATE, {}, errors.DataError, "as at={'W': W, 'b': b}"),
    "empty": (right, {}, RATE, {}, errors.DataError, "at has no parameter in it"),
    "empty array": (right, {"w": np.zeros(0)}, RATE, {}, errors.ShapeError, "w is empty"),
    "text": (right, "abc", RATE, {}, errors.DataError, "w must be a real number, not 'abc'"),
    "half": (right, {"w": np.zeros(2, "float16")}, RATE, {}, errors.DataError, "is of float16"),
    "no gradients": (right, Layer(), RATE, {}, errors.DataError, "layer.W and layer.dW"),
    "no optimizer": (right, AT, 3, {}, errors.DataError, "as optimizer=Adam(lr=0.01)"),
    "a misspelt one": (right, AT, "adamm", {}, errors.UnknownNameError, "did you mean 'adam'?"),
    "no steps": (right, AT, RATE, {"steps": 0}, errors.DataError, "steps must be a whole number"),
    "few gradients": (right, 1.0, RATE, {"gradients": [1.0]}, errors.DataError, "write steps=1"),
    "strange gradients": (
        right,
        AT,
        RATE,
        {"gradients": lambda W, b: 3},
        errors.DataError,
        "of W, b",
    ),
    "a wrong name": (right, AT, RATE, {"grads": [1.0]}, errors.CallError, "did you mean gradients"),
    "a wrong seed": (right, AT, RATE, {"seed": "a"}, errors.DataError, "a seed must be a whole number"),
    "a constructor": (WantsMore, AT, RATE, {}, TypeError, "nothing_known"),
}


@pytest.mark.parametrize(
    ("step", "at", "optimizer", "options", "kind", "told"), REFUSED.values(), ids=REFUSED
)
def test_what_cannot_be_checked_is_refused(step, at, optimizer, options, kind, told):
    with pytest.raises(kind) as caught:
        compare_update(step, at, optimizer, **options)
    assert told in str(caught.value)


def test_an_error_of_the_step_itself_comes_through():
    def broken(w, g):
        return w - undefined * g  # noqa: F821

    with pytest.raises(NameError, match="undefined"):
        compare_update(broken, AT, RATE)


def test_what_was_given_is_unchanged():
    kept = Shared()
    before = {name: array.copy() for name, array in AT.items()}
    given = AT["W"].copy()
    compare_update(kept.update, AT, SGD(lr=0.1, momentum=0.9))
    compare_update(kept, {"W": given}, SGD(lr=0.1, momentum=0.9))
    assert kept.v == 0
    assert one.v == 0
    np.testing.assert_array_equal(given, before["W"])
    for name, array in AT.items():
        np.testing.assert_array_equal(array, before[name])


def test_an_optimizer_of_ones_own_is_a_reference_without_a_recipe():
    class Halved(Optimizer):
        def init(self, p):
            return ()

        def update(self, p, g, state, step):
            return p - 0.05 * g, state

    assert compare_update(lambda w, g: w - 0.05 * g, AT, Halved()).verdict == "right"
    report = compare_update(lambda w, g: w - 0.05 * g + 0.01 * w * w, AT, Halved())
    assert report.verdict == "wrong"
    assert not report.mistakes
    assert (report.parting.parameter, report.parting.step) == ("W", 1)


def test_assert_update_has_the_report_as_its_message():
    assert_update(right, AT, RATE)
    with pytest.raises(errors.GradientError, match="the step goes up"):
        assert_update(lambda w, g: w + 0.1 * g, AT, RATE)


def test_the_same_seed_gives_the_same_report():
    def wrong(w, g):
        return w - 0.2 * g

    texts = [str(compare_update(wrong, AT, RATE, seed=seed)) for seed in (7, 7, 8)]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]
