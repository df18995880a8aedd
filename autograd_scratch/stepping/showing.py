"""What a person's function, or a loss that is there, computed: `steps`."""

from typing import Any

from ..collector import without_collector
from ..signatures import call_form
from .listing import StepTable
from .tracing import computed, traced


@call_form("steps(f, {'X': X, 'W': W})")
@without_collector
def steps(function: Any, at: Any = None) -> StepTable:
    """Return a table of what each line of a function computed, as arrays: name, shape, operands, line.

    `function` is one in NumPy or plain Python, a method, a model, or an object with a method `loss`; `at`
    are its arguments, by name or in order; whole numbers, such as labels, stay what they are where Values
    will not do. It runs on Values, in a copy, so that nothing of yours is changed. Loops over samples and
    units are axes, sums in loops are sums, and the rounds of a loop over time are the first axis. What is
    computed and not used for the result is left out.

    >>> import numpy as np
    >>> X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> def loss(W, b):
    ...     h = np.tanh(X @ W + b)
    ...     return np.sum(h**2)
    >>> table = steps(loss, {"W": np.ones((3, 4)), "b": np.zeros(4)})
    >>> [(row.name, row.shape, row.computed) for row in table][:3]
    [('X @ W', (2, 4), 'dot(X, W) over 3 terms'), ('X @ W + b', (2, 4), '(X @ W) + b'), ('h', (2, 4), \
'tanh(X @ W + b)')]
    >>> table["h"].operands[0].shape
    (2, 4)

    Or it is a loss that was computed, or an array of such: then there are neither lines nor names of
    intermediate arrays, but shapes, and the modules of a model by their paths.
    """
    run = computed(function, at) or traced(function, at)
    return StepTable(run.title, run.steps(), run.note)
