"""The loss in double precision, where a person's program has arrays of float32.

What is measured of a loss that rounds is a staircase. So its arrays get the digits of float64 in the runs
that measure it, and what is written by hand is held to what float32 lets it be.
"""

import math
from dataclasses import replace

from .calls import Calls
from .evaluation import once
from .inputs import Problem


def in_double(problem: Problem, calls: Calls, value: float) -> tuple[Problem, float]:
    """Return the problem and the loss as they are where no array of the program rounds to float32."""
    calls.widen()
    try:
        exact = once(problem)
    except (AssertionError, AttributeError, TypeError, ValueError):  # a program that insists on float32
        exact = math.nan
    arrays = calls.single_arrays()
    if not arrays or exact - exact != 0.0:
        calls.narrow()
        return problem, value
    if exact == value:
        return problem, exact
    hand, by_columns = (
        {name: each._replace(is_single=True) for name, each in found.items()}
        for found in (problem.hand, problem.by_columns)
    )
    note = (
        f"Arrays of float32 round what is computed: {', '.join(arrays)}. So the loss was run with float64 "
        "in their place, and your gradients are held to some six digits."
    )
    return replace(problem, hand=hand, by_columns=by_columns, notes=(*problem.notes, note)), exact
