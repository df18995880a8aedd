"""What leaves are called together, and their shape, as their names tell.

Entries of an array are called `W[0, 1]`, parameters of a model by their path, `layers.0.neurons.1.w.0`.
"""

import re
from collections.abc import Sequence
from math import prod
from typing import Any

from .maps import Shape, places

_NUMBER = re.compile(r"(?<!\w)\d+(?!\w)")


def together(leaves: Sequence[Any]) -> tuple[str, Shape, Sequence[Any]]:
    """Return the name of some leaves, their shape, and the leaves in order: a row, if names tell no shape.

    >>> from autograd_scratch import MLP, values
    >>> together(values([[1.0, 2.0], [3.0, 4.0]], "W").T.ravel().tolist())[:2]
    ('W', (2, 2))
    >>> model = MLP(3, [2, 1])
    >>> together([w for neuron in model.layers[0].neurons for w in neuron.w])[:2]
    ('layers.0.w', (2, 3))
    >>> together([neuron.b for neuron in model.layers[0].neurons])[:2]
    ('layers.0.b', (2,))
    """
    names = [str(getattr(leaf, "name", None) or "") for leaf in leaves]
    row = (len(leaves),)
    forms = {_NUMBER.sub("*", name) for name in names}
    if len(forms) > 1 or not names[0]:
        return "", row, leaves
    indices = [tuple(map(int, _NUMBER.findall(name))) for name in names]
    axes = [axis for axis, column in enumerate(zip(*indices)) if len({*column}) > 1]
    shape = tuple(1 + max(column) - min(column) for column in zip(*indices))
    found = tuple(shape[axis] for axis in axes)
    numbers = iter(enumerate(map(str, indices[0])))

    def kept(_: re.Match[str]) -> str:
        axis, number = next(numbers)
        return "*" if axis in axes else number

    called = _short(_NUMBER.sub(kept, names[0]))
    if prod(found) != len(leaves):
        return called, row, leaves
    first = min(indices)
    of = {tuple(a - b for a, b in zip(index, first)): leaf for index, leaf in zip(indices, leaves)}
    if len(of) < len(leaves):
        return called, row, leaves
    return called, found, [of[place] for place in places(shape)]


def _short(form: str) -> str:
    """Return a form of names without the indices that go through all of an axis, and what holds them.

    >>> _short("layers.0.neurons.*.w.*"), _short("W[*, *]"), _short("w.*"), _short("heads[*].q[*, 2]")
    ('layers.0.w', 'W', 'w', 'heads[*].q[*, 2]')
    """
    if "[" in form:
        base, _, index = form.partition("[")
        return base if set(index) <= set("*, ]") else form
    parts = form.split(".")
    words = [
        part
        for part, after in zip(parts, [*parts[1:], ""])
        if part != "*" and not (after == "*" and part != _last_word(parts))
    ]
    return ".".join(words)


def _last_word(parts: Sequence[str]) -> str:
    return next((part for part in reversed(parts) if part != "*" and not part.isdigit()), "")
