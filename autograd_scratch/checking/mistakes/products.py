"""Where weights are used, and how a gradient flows back through them: `d @ W.T`, `W.T @ d`, `d * w`.

Which one shows in where the entries of the weights were used: in x @ W those of a column make an entry of
the last axis, in W @ x those of a row one of the first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from random import Random

from ..passes.contributions import Contribution
from ..passes.forward import Block, Forward

_SOME = 500  # uses that tell

Index = tuple[int, ...]


@dataclass(frozen=True)
class Product:
    """What flows back, as a form with a place for the weights, and how these are written in it."""

    form: str
    weight: str = "{}.T"
    turned: str = "{}"

    def of(self, weights: str) -> str:
        """Write it with weights that are called so."""
        return self.form.format(self.weight.format(weights))

    def transposed(self, weights: str) -> str:
        """Write it with the weights transposed."""
        return self.form.format(self.turned.format(weights))


_MATRICES: Sequence[tuple[int, Callable[[Index, Index], bool], Product]] = (
    (1, lambda out, w: out[-1] == w[1], Product("d @ {}")),  # x @ W
    (1, lambda out, w: len(out) == 1 and out[0] == w[0], Product("{} @ d")),  # W @ x
    (2, lambda out, w: out[-2] == w[0], Product("{} @ d")),
    (2, lambda out, w: out[-1] == w[0], Product("d @ {}", "{}", "{}.T")),  # x @ W.T
    (2, lambda out, w: out[-2] == w[1], Product("{} @ d", "{}", "{}.T")),  # W.T @ x
)
_VECTOR, _OUTER, _ANY = "d * {}", "np.outer(d, {})", "d times {}"


def product_of(forward: Forward, block: Block, use: Contribution) -> Product:
    """Return how a gradient flows back through the weights of a block, given where these are used."""
    shape, uses = block.shape, [*zip(use.nodes, use.parents, use.others)]
    if len(uses) > _SOME:
        uses = Random(0).sample(uses, _SOME)
    leaves = {leaf for _, _, leaf in uses}
    places = {leaf: _index(place, shape) for place, leaf in enumerate(block.nodes) if leaf in leaves}
    entries = _entries(forward, {i for i, _, _ in uses})
    pairs = [(entries[i], places[leaf]) for i, _, leaf in uses if i in entries and leaf in places]
    axes = min((len(out) for out, _ in pairs), default=0)
    if any(forward.name_of(i) == "mul" for i, _, _ in uses):
        return Product(_VECTOR, "{}", "{}.T")
    slides = len({parent for _, parent, _ in uses}) < len(uses)  # an entry meets several of the weights
    if len(shape) == 1 and not slides:
        return Product(_OUTER if axes else _VECTOR, "{}", "{}")
    if len(shape) != 2:
        return Product(_ANY, "{}", "{} transposed")
    for least, fits, product in _MATRICES if axes else ():
        if axes >= least and all(fits(out, weight) for out, weight in pairs):
            return product
    return Product("d @ {}")


def _entries(forward: Forward, nodes: set[int]) -> dict[int, Index]:
    """Return the index of each node in its step."""
    steps = dict.fromkeys(forward.steps.of[i] for i in nodes if i in forward.steps.of)
    return {
        i: _index(place, step.shape) for step in steps for place, i in enumerate(step.nodes) if i in nodes
    }


def _index(place: int, shape: Sequence[int]) -> Index:
    """Return the index of the entry at a place, counted row by row."""
    return tuple(place // prod(shape[axis + 1 :]) % size for axis, size in enumerate(shape))
