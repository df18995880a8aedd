"""The gradients that steps are tried on: of many sizes and both signs, with zeros among them.

What tells one step from another shows at different sizes: eps where gradients are small, what is
remembered where they change, and a zero where something is divided by them.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any

from ...errors import DataError
from ...ieee import describe
from ...optim import Lion, Optimizer
from ...seeds import random_from
from .blocks import Named, Numbers, Parameters, checked
from .roles import arguments_of

_MANY = 1_000  # entries of a parameter: from there on their gradients come again

Gradients = Callable[[int, Numbers], Numbers]  # by the step, from 1 on, and the parameters before it

_SIDES = (0.8, 0.96, 1.04, 1.25)  # of the gradient at which a sign turns
_NEAR = 0.7  # of the gradients are near that
_COURSES = (  # sizes in the course of the steps; an entry has one of these
    (1e-8, 3e-8, 0.0, 1e-7, 1e-3, 1.0, 1.0, 1e-3, 1.0, 1.0),
    (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    (0.0, 1e-7, 1e-7, 1e-4, 1.0, 1.0, 0.1, 1.0, 1.0, 1.0),
    (10.0, 10.0, 1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-4, 1e-5, 1e-6),
)


def drawn(
    blocks: Parameters, steps: int, seed: int, *, zeros: bool = True, signs: tuple[float, ...] = (-1.0, 1.0)
) -> Gradients:
    """Return gradients of many sizes, by the step, with some signs; without `zeros` none of them is 0."""
    random = random_from(seed)
    rows: list[dict[str, list[float]]] = []
    for t in range(steps):
        row = {}
        for name, start in blocks.starts.items():
            count = min(len(start), _MANY)
            courses = (_COURSES[i % len(_COURSES)] for i in range(count))
            sizes = [course[t % len(course)] or 1e-5 * (not zeros) for course in courses]
            numbers = [random.choice(signs) * random.uniform(0.5, 1.5) * size for size in sizes]
            numbers = [*map(_single, numbers)] if blocks.is_single else numbers
            row[name] = (numbers * (len(start) // count + 1))[: len(start)]
        rows.append(row)
    return lambda t, parameters: rows[t - 1]


def near_turns(blocks: Parameters, steps: int, seed: int, betas: tuple[float, float]) -> Gradients:
    """Return gradients that all but turn the sign of what Lion steps by, to one side or the other.

    Of other gradients its steps are the same for nearly all weights of its running mean.
    """
    random = random_from(seed)
    beta1, beta2 = betas
    means = {name: [0.0] * len(start) for name, start in blocks.starts.items()}
    rows: list[dict[str, list[float]]] = []
    for t in range(steps):
        row = {}
        for name, mean in means.items():
            ahead = [-beta1 / (1.0 - beta1) * m * random.choice(_SIDES) for m in mean]
            fresh = [random.choice((-1.0, 1.0)) * random.uniform(0.5, 1.5) for _ in mean]
            chosen = [g if t and random.random() < _NEAR else h for g, h in zip(ahead, fresh)]
            row[name] = [*map(_single, chosen)] if blocks.is_single else chosen
            means[name] = [beta2 * m + (1.0 - beta2) * g for m, g in zip(mean, row[name])]
        rows.append(row)
    return lambda t, parameters: rows[t - 1]


def _single(x: float) -> float:
    return float(struct.unpack("f", struct.pack("f", x))[0])


def gradients_of(
    given: Any, blocks: Parameters, steps: int, seed: int, optimizer: Optimizer | None = None
) -> Gradients:
    """Return the gradients of each step: those that are given, those of a function, or drawn ones.

    What is drawn is such that it tells the steps of the `optimizer` from others.
    """
    if given is None and isinstance(optimizer, Lion):
        return near_turns(blocks, steps, seed, optimizer.betas)
    if given is None:
        return drawn(blocks, steps, seed)
    if callable(given):
        return lambda t, parameters: _read(_called(given, blocks, parameters), blocks)
    rows = [_read(row, blocks) for row in given] if isinstance(given, (list, tuple)) else []
    if len(rows) < steps:
        raise DataError(
            f"gradients has those of {len(rows)} steps, one entry a step in the form of at; write "
            f"steps={len(rows) or 'len(gradients)'}, or give a function that is called as gradients(**at)"
        )
    return lambda t, parameters: rows[t - 1]


def _called(function: Callable[..., Any], blocks: Parameters, parameters: Numbers) -> Any:
    """Call a function with the parameters: by their names, in the order that it has for these."""
    arrays = blocks.arrays(parameters)
    if not blocks.is_named:
        return function(blocks.whole(arrays))
    order = [*(arguments_of(function) or ())]
    if {*order} == {*arrays}:
        return function(*(arrays[name] for name in order))
    return function(**arrays)


def _read(gradients: Any, blocks: Parameters) -> dict[str, list[float]]:
    """Return gradients by the names of parameters."""
    if isinstance(gradients, Mapping):
        gradients = Named(gradients)
    elif blocks.is_named and isinstance(gradients, (list, tuple)) and len(gradients) == len(blocks.starts):
        gradients = dict(zip(blocks.starts, gradients))
    elif blocks.is_named and len(blocks.starts) == 1:
        gradients = dict.fromkeys(blocks.starts, gradients)
    parts = blocks.parts(gradients)
    if parts is None:
        raise DataError(
            f"gradients are to be in the form of at, with those of {', '.join(blocks.starts)}; not "
            f"{describe(gradients)}"
        )
    return {
        name: checked(f"the gradient of {name}", part, blocks.shapes[name], "gradients")
        for name, part in parts.items()
    }
