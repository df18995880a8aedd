"""How steps become a trace of arrays: each step one Variable, with its operands taken by their maps.

The arguments of a rolled Program are blocks: arrays, and nested lists of Values that are as regular as one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from ..arrays.containers import arrange_blocks, blocks, entries, extent, is_array
from ..primitives.logits import cross_entropy_at, cross_entropy_p
from ..stepping.items import VARYING
from ..stepping.maps import Shape
from ..stepping.recorder import Recorder
from ..stepping.rolling import Operand as Taken
from ..stepping.rolling import Steps
from ..stepping.sources import Source
from ..value import Value
from .forms import Tree
from .naming import identifier
from .record import Recording, given_arguments
from .structure import Along, summed, taken
from .variables import Operand, Trace, Variable

VARYING[cross_entropy_at] = cross_entropy_p


@dataclass(frozen=True, eq=False)
class Lot:
    """Numbers that make one array of a Program: their shape, what they are, and how people have them."""

    shape: Shape
    entries: Sequence[Any]
    kind: type


def lots(tree: Any) -> Tree:
    """Return a tree with a lot for each array, each regular nest of lists, and each number beside these.

    >>> tree = lots({"W": [[1.0, 2.0], [3.0, 4.0]], "b": 0.5})
    >>> tree["W"].shape, tree["W"].entries, tree["b"].shape
    ((2, 2), [1.0, 2.0, 3.0, 4.0], ())
    """
    if isinstance(tree, Mapping):
        return {key: lots(branch) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)):
        found = [entry for _, entry in entries(tree)]
        shape = extent(tree)
        is_regular = found and prod(shape) == len(found) and not any(map(_is_mapping, tree))
        has_arrays = any(is_array(block) for _, block in blocks(tree))
        if is_regular and not has_arrays and (len(shape) > 1 or not any(map(_is_nested, tree))):
            return Lot(shape, found, list)
        return (tuple if isinstance(tree, tuple) else list)(map(lots, tree))
    found = [entry for _, entry in entries(tree)]
    return Lot(tree.shape if is_array(tree) else (), found, type(tree))


def _is_mapping(thing: Any) -> bool:
    return isinstance(thing, Mapping)


def _is_nested(thing: Any) -> bool:
    return isinstance(thing, (list, tuple))


def lots_in(tree: Tree, place: str = "") -> Iterator[tuple[str, Lot]]:
    """Yield the place and the lot of each array of a tree of these, in order."""
    return blocks(tree, place)


class ArrayTrace:
    """Writes steps into a trace."""

    def __init__(self, steps: Steps) -> None:
        self.trace = Trace()
        self.steps = steps
        self.variables: dict[Source, Operand] = {}
        self._names: dict[str, int] = {}

    def argument(self, source: Source) -> Variable:
        """Return the Variable of an argument."""
        variable = self.variables[source] = self.trace.leaf(self._name(source.name), source.shape)
        return variable

    def write(self) -> None:
        """Write all steps."""
        for step in self.steps.all:
            count = len(self.trace.variables)
            operands = tuple(map(self.operand, step.operands))
            terms = tuple(operand.terms for operand in step.operands)
            primitive = Along(step.primitive, terms) if any(terms) else step.primitive
            made = self.variables[step.result] = self.trace.apply(primitive, operands)
            if made.__class__ is Variable and made.parents and not made.name:
                if made in self.trace.variables[count:]:
                    made.name = self._name(step.result.name)

    def operand(self, operand: Taken) -> Operand:
        """Return what a step takes, over the step's space."""
        if operand.source is None or operand.map is None:
            return operand.number
        return taken(operand.map, self.source(operand.source))

    def source(self, source: Source) -> Operand:
        """Return the Variable of a source: a table, or an arrangement, when it is met first."""
        if source not in self.variables:
            if source.kind == "arrangement":
                parts = [
                    summed(put, self._filled(taken(take, self.source(piece)), put.space))
                    for piece, take, put in source.pieces
                ]
                total = parts[0]
                for part in parts[1:]:
                    total = total + part
                self.variables[source] = total
            else:
                numbers = [x._data if isinstance(x, Value) else float(x) for x in source.entries]
                self.variables[source] = self.trace.table(numbers, source.shape, self._name(source.name))
        return self.variables[source]

    def _filled(self, x: Operand, space: Shape) -> Operand:
        return x if x.__class__ is not float else self.trace.table([x] * prod(space), space)

    def _name(self, wanted: str) -> str | None:
        """Return a name that no Variable has yet in the source."""
        if not wanted:
            return None
        name = stem = identifier(wanted.rpartition(".")[2])
        while name in self._names:
            self._names[stem] += 1
            name = f"{stem}_{self._names[stem]}"
        self._names[name] = 1
        return name


def record_rolled(
    loss: Value,
    wrt: Tree,
    inputs: Mapping[str, Tree],
    extras: Mapping[str, Tree],
    name: str,
    recorder: Recorder,
) -> Recording:
    """Write the graph of `loss` into a trace of arrays."""
    given = {key: lots(tree) for key, tree in given_arguments(wrt, inputs).items()}
    asked, further = lots(wrt), {key: lots(tree) for key, tree in extras.items()}
    named = {
        identifier(place) if place != key else key: (lot.shape, lot.entries)
        for key, tree in given.items()
        for place, lot in lots_in(tree, key)
    }
    roots = [loss, *(x for _, lot in lots_in(further) for x in lot.entries if isinstance(x, Value))]
    steps = Steps(roots, named, recorder)
    written = ArrayTrace(steps)
    variables = [written.argument(source) for source in steps.homes.sources[: len(named)]]
    written.write()

    def located(lot: Lot) -> Operand:
        return written.operand(steps.located(lot.entries, lot.shape))

    rest = iter(variables)
    arguments = {key: arrange_blocks(tree, rest) for key, tree in given.items()}
    of_wrt = arrange_blocks(asked, [located(lot) for _, lot in lots_in(asked)])
    own = {id(x) for _, lot in lots_in(asked) for x in lot.entries}
    return Recording(
        name=name,
        trace=written.trace,
        arguments=arguments,
        fixed=tuple(
            key
            for key, tree in given.items()
            if any(id(x) in own for _, lot in lots_in(tree) for x in lot.entries)
        ),
        wrt=of_wrt,
        value=located(Lot((), [loss], Value)),
        extras={
            key: arrange_blocks(tree, [located(lot) for _, lot in lots_in(tree)])
            for key, tree in further.items()
        },
        frozen={},
        forms=given,
        wrt_form=asked,
    )
