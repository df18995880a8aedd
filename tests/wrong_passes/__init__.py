"""Wrong hand-written backward passes, each with the kinds of mistake that may be named for it.

A model has parameters `at`, a `loss(**at)` and a `backward(at, *mistakes)`: without a mistake
that is the right gradient, and every name in the model's `mistakes` switches one error on.
`cases()` goes through all of them; the last cases are gradients spoilt in no nameable way.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from . import (
    attention,
    convolution,
    deep,
    dense,
    noise,
    normalization,
    recurrent,
    regularized,
    residual,
    shared,
    simple,
    softmax,
)

ROOMS = (
    dense,
    simple,
    deep,
    softmax,
    regularized,
    shared,
    residual,
    convolution,
    recurrent,
    normalization,
    attention,
)


class Case(NamedTuple):
    name: str
    loss: Callable
    at: dict
    hand: dict
    kinds: (
        tuple  # acceptable kinds, the intended one first; both kinds if double; () if nothing may be named
    )
    scale_note: str  # how far the hand gradient is from the right one
    double: bool = False


def cases():
    """Every wrong case: single mistakes, two mistakes at once, and noise."""
    for name, model in all_models():
        visible = [mistake for mistake in model.mistakes if shows(model, mistake)]
        for mistake in visible:
            hand = model.backward(model.at, mistake)
            yield case(f"{name}: {mistake}", model, hand, tuple(model.mistakes[mistake].split()))
        for first, second in model.doubles:
            if first in visible and second in visible:
                yield double_case(f"{name}: {first} and {second}", model, first, second)
    yield from noise_cases()


def double_case(name, model, first, second):
    kinds = tuple(model.mistakes[mistake].split()[0] for mistake in (first, second))
    return case(name, model, model.backward(model.at, first, second), kinds)._replace(double=True)


def noise_cases():
    """Three spoilt gradients for the first model of each room."""
    rng = np.random.default_rng(2024)
    for room in ROOMS:
        model = next(room.models())
        for what, hand in noise.altered(model.backward(model.at), rng):
            yield case(f"noise in {type(model).__name__}: {what}", model, hand, ())


def right_cases():
    """Every model with its right gradient, in which nothing is to be found."""
    for name, model in all_models():
        yield case(f"{name}: right", model, model.backward(model.at), ())


def all_models():
    for room in ROOMS:
        for model in room.models():
            first = next(iter(model.at.values()))
            yield f"{type(model).__name__}(n={model.n}, {first.dtype})", model


def case(name, model, hand, kinds):
    return Case(name, model.loss, model.at, hand, kinds, scale_note(hand, model.backward(model.at)))


def shows(model, mistake):
    """Whether a mistake changes some block visibly; with one sample, for example, 1/n does not."""
    smallest = 1e-6 if model.mistakes[mistake] == "stale_weights" else 1e-4
    off = distances(model.backward(model.at, mistake), model.backward(model.at))
    return max(off.values()) > smallest


def distances(hand, right):
    """For each block the largest difference, in units of the right block's largest entry."""
    return {name: float(np.max(np.abs(hand[name] - g)) / np.max(np.abs(g))) for name, g in right.items()}


def scale_note(hand, right):
    return ", ".join(f"{name} off by {d:.1e}" for name, d in distances(hand, right).items() if d > 1e-6)
