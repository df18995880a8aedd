"""Where weights are used, and how a gradient flows back through them: `d @ W.T`, `W.T @ d`, `d * w`.

Which one shows in where the entries of the weights were used: in x @ W those of a column make an entry of
the last axis, in W @ x those of a row one of the first.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from random import Random

from ..passes.forward import Block, Forward
from .operands import factors_of

_SOME = 500  # uses that tell

Use = tuple[int, int, int]  # a node, the place of an edge, and the weight that is its local derivative
Used = tuple[Block, int, list[Use]]  # a block, a line (0 for all), and the uses there
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


def uses_by_line(forward: Forward) -> list[Used]:
    """Return, for each block and line, the edges whose local derivative is a weight of that block.

    An edge is given by its node, its place among the edges, and the weight.
    """
    parameters = [block for block in forward.blocks.values() if block.is_parameter]
    owner = {i: block for block in parameters for i in block.nodes if i >= 0}
    found: dict[tuple[str, int], list[Use]] = defaultdict(list)
    for i in range(len(forward.nodes)):
        if forward.name_of(i) not in ("dot", "mul") or not forward.going_on[i]:
            continue
        for factor in factors_of(forward, i):
            leaf = forward.numbers.get(factor.other, -1)
            if leaf in owner and forward.numbers[factor.parent] not in owner:
                step = forward.steps.of.get(i)
                line = step.line.number if step and step.line else 0
                found[owner[leaf].name, line].append((i, factor.place, leaf))
    by_block: dict[str, list[Use]] = defaultdict(list)
    for (name, _), uses in found.items():
        by_block[name] += uses
    several = [name for name in by_block if sum(key[0] == name for key in found) > 1]
    return [
        *((forward.blocks[name], line, uses) for (name, line), uses in found.items()),
        *((forward.blocks[name], 0, by_block[name]) for name in several),
    ]


def product_of(forward: Forward, block: Block, uses: Sequence[Use]) -> Product:
    """Return how a gradient flows back through the weights of a block, given where these are used."""
    shape = block.shape
    if len(uses) > _SOME:
        uses = Random(0).sample(uses, _SOME)
    leaves = {leaf for _, _, leaf in uses}
    places = {leaf: _index(place, shape) for place, leaf in enumerate(block.nodes) if leaf in leaves}
    entries = _entries(forward, {i for i, _, _ in uses})
    pairs = [(entries[i], places[leaf]) for i, _, leaf in uses if i in entries and leaf in places]
    axes = min((len(out) for out, _ in pairs), default=0)
    if any(forward.name_of(i) == "mul" for i, _, _ in uses):
        return Product(_VECTOR, "{}", "{}.T")
    if len(shape) == 1 and not _are_windows(forward, uses):
        return Product(_OUTER if axes else _VECTOR, "{}", "{}")
    if len(shape) != 2:
        return Product(_ANY, "{}", "{} transposed")
    for least, fits, product in _MATRICES if axes else ():
        if axes >= least and all(fits(out, weight) for out, weight in pairs):
            return product
    return Product("d @ {}")


def _are_windows(forward: Forward, uses: Sequence[Use]) -> bool:
    """Say whether an entry meets several of the weights, as under a kernel that slides."""
    met = [forward.edges[i][place][0] for i, place, _ in uses]
    return len({*met}) < len(met)


def _entries(forward: Forward, nodes: set[int]) -> dict[int, Index]:
    """Return the index of each node in its step."""
    steps = dict.fromkeys(forward.steps.of[i] for i in nodes if i in forward.steps.of)
    return {
        i: _index(place, step.shape) for step in steps for place, i in enumerate(step.nodes) if i in nodes
    }


def _index(place: int, shape: Sequence[int]) -> Index:
    """Return the index of the entry at a place, counted row by row."""
    return tuple(place // prod(shape[axis + 1 :]) % size for axis, size in enumerate(shape))
