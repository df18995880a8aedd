"""A Program of arrays once more with an equation for each entry: what everything for numbers can read.

Demand, replay, other number types and scalar code know single numbers alone. An array of a shape becomes as
many equations as it has entries, in C order; what only moves entries becomes none at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from math import prod
from operator import itemgetter
from typing import Any

from ...arrays.containers import replaced
from ...collector import without_collector
from ...errors import ProgramError
from ...primitives.reductions import sum_p
from ...stepping.maps import Shape, places
from ..equations import Equation, Equations, Index, flat
from ..forms import Tree, leaves
from .carried import Carried
from .nesting import nested
from .rounds import Entry, Filled, Last, Loop, State
from .rows import written_again
from .structure import Along, Put, Take

Entries = Sequence[Index]  # of an array in C order: positions of scalar equations, or plain numbers


@without_collector
def scalar_equations(equations: Equations) -> Equations:
    """Return the same Program with one equation for each entry of each array.

    In `arguments`, `wrt` and `extras` an array becomes nested lists of its shape; its gradient is flat, in
    the order of the leaves of `wrt`, and its numbers in `frozen` are one float for each entry. A table
    without a name is plain numbers among the operands. Sums add up from left to right. Second derivatives
    are not there for arrays: a ProgramError says so.
    """
    if equations.order > 1:
        raise ProgramError("a Program of arrays has value and gradient alone, no Hessian; take order=1")
    if any(equation.primitive.__class__ is Carried for equation in equations.equations):
        equations = _with_rounds(equations)
    writer = _Writer()
    for i, equation in enumerate(equations.equations):
        if not equation.name and isinstance(equations.frozen.get(i), tuple):
            writer.places.append(equations.frozen[i])
        else:
            writer.write(equation)

    def shape(index: Index) -> Shape:
        return equations.equations[index].shape if isinstance(index, int) else ()

    def size(index: Index) -> int:
        return prod(shape(index))

    def nested(tree: Tree) -> Tree:
        return replaced(tree, lambda index: _nested(writer.entries(index, size(index)), shape(index)))

    return replace(
        equations,
        equations=writer.made,
        arguments={key: nested(tree) for key, tree in equations.arguments.items()},
        frozen={
            place: number
            for index, numbers in equations.frozen.items()
            for place, number in zip(writer.places[index], _numbers(numbers, size(index)), strict=True)
            if isinstance(place, int)
        },
        wrt=nested(equations.wrt),
        value=writer.entries(equations.value, 1)[0],
        gradient=[
            entry
            for index, slope in zip(leaves(equations.wrt), equations.gradient)
            for entry in writer.entries(slope, size(index))
        ],
        extras={key: nested(tree) for key, tree in equations.extras.items()},
    )


def _with_rounds(equations: Equations) -> Equations:
    """Return equations whose loops are taken out."""
    trace, at = written_again(equations)
    found = nested(trace, map(at, equations.results()))

    def new(index: Index) -> Any:
        return found.new(at(index))

    every = [*leaves(dict(equations.arguments)), *leaves(equations.wrt)]
    made, position = flat(trace, map(new, [*equations.results(), *every]))
    moved = equations.moved(made, lambda index: position(new(index)))
    tables = ((position(table), numbers) for table, numbers in trace.tables.items())
    return replace(moved, frozen={place: numbers for place, numbers in tables if place is not None})


class _Writer:
    """Writes the equations of the entries of one array after another, and knows where they are."""

    def __init__(self, made: list[Equation] | None = None) -> None:
        self.made: list[Equation] = [] if made is None else made
        self.places: list[Entries] = []  # of each equation of arrays
        self._suffixes: dict[Shape, list[str]] = {}
        self._loops: dict[Loop, list[list[Index]]] = {}  # the arrays that each fills

    def entries(self, index: Index, size: int) -> Entries:
        """Return the entries of an operand among `size` others: a number stands beside each of them."""
        found = self.places[index] if isinstance(index, int) else (index,)
        return found if len(found) == size else list(found) * size

    def write(self, equation: Equation) -> None:
        """Write the entries of one more array."""
        primitive: Any = equation.primitive
        if primitive.__class__ is Take:
            self.places.append(_picked(self._operand(equation), primitive.map.positions()))
        elif primitive.__class__ is Put:
            self.places.append(self._added_up(equation))
        elif primitive.__class__ is Filled:
            self.places.append(self._filled(equation))
        else:
            self.places.append(self._each(equation))

    def _operand(self, equation: Equation) -> Entries:
        """Return the entries of the one operand of a `take` or `put`."""
        map_: Any = equation.primitive.map  # type: ignore[union-attr]
        return self.entries(
            equation.operands[0], prod(map_.source) if equation.primitive.__class__ is Take else map_.size
        )

    def _added_up(self, equation: Equation) -> Entries:
        """Write the sums of a `put`: of nothing 0.0, and of one term itself."""
        map_: Any = equation.primitive.map  # type: ignore[union-attr]
        terms: list[list[Index]] = [[] for _ in range(prod(map_.source))]
        for place, entry in zip(map_.positions(), self._operand(equation), strict=True):
            terms[place].append(entry)
        found: list[Index] = []
        for name, own in zip(self._names(equation), terms):
            if len(own) > 1:
                found.append(len(self.made))
                self.made.append(Equation(sum_p, tuple(own), name, equation.place))
            else:
                found.append(own[0] if own else 0.0)
        return found

    def _filled(self, equation: Equation) -> Entries:
        """Write all rounds of a loop when the first of its arrays is asked for."""
        primitive: Any = equation.primitive
        loop: Loop = primitive.loop
        if loop not in self._loops:
            self._loops[loop] = self._rounds(loop, dict(zip(loop.inputs, equation.operands)))
        return self._loops[loop][primitive.place]

    def _rounds(self, loop: Loop, given: Mapping[Any, Index]) -> list[list[Index]]:
        arrays: list[list[Index]] = [[0.0] * prod(made.shape) for _, made in loop.filled]
        sizes = [prod(state.found.shape) for state in loop.states]
        starts = [given.get(state.start, state.start) for state in loop.states]
        states = [*map(self.entries, starts, sizes)]
        results = [state.made for state in loop.states]
        results += [entry.made for entry, _ in loop.filled if isinstance(entry, Entry)]
        body, at = flat(loop.trace, [*results, *loop.taken, *(state.found for state in loop.states)])

        def store(t: int, inner: "_Writer | None") -> None:
            """Store what a round makes; the start before the first."""
            for (entry, made), array in zip(loop.filled, arrays):
                size = prod(made.shape[1:])
                if isinstance(entry, Last):
                    array[:] = states[loop.states.index(entry.state)]
                    continue
                if isinstance(entry, State):
                    row, new = t + 1 - loop.is_reversed, states[loop.states.index(entry)]
                elif inner is not None:
                    row, new = t + entry.shift, inner.entries(at(entry.made), size)
                else:
                    continue
                array[row * size : (row + 1) * size] = new

        store(loop.count if loop.is_reversed else -1, None)
        for t in loop.rounds:
            inner = _Writer(self.made)
            known = {at(state.found): own for state, own in zip(loop.states, states)}
            for leaf, (array, shift) in loop.taken.items():
                entries, size = self.entries(given[array], prod(array.shape)), prod(leaf.shape)
                known[at(leaf)] = entries if shift is None else entries[(t + shift) * size :][:size]
            known |= {at(table): numbers for table, numbers in loop.trace.tables.items()}
            for i, equation in enumerate(body):
                if i in known:
                    inner.places.append(known[i])
                else:
                    inner.write(equation)
            states = [inner.entries(at(state.made), size) for state, size in zip(loop.states, sizes)]
            store(t, inner)
        return arrays

    def _each(self, equation: Equation) -> Entries:
        """Write one equation for each entry; terms along an axis are operands, one after another."""
        primitive: Any = equation.primitive
        size, start = prod(equation.shape), len(self.made)
        counts = [0] * len(equation.operands)
        if primitive.__class__ is Along:
            primitive, counts = primitive.inner, primitive.terms
        columns: list[Entries] = []
        for index, count in zip(equation.operands, counts, strict=True):
            entries = self.entries(index, size * (count or 1))
            columns += [entries[k::count] for k in range(count)] if count else [entries]
        rows: Iterable[tuple[Index, ...]] = zip(*columns, strict=True) if columns else repeat((), size)
        names = self._names(equation)
        parts = zip(repeat(primitive), rows, names, repeat(equation.place), repeat(()))
        self.made += map(Equation._make, parts)
        return range(start, start + size)

    def _names(self, equation: Equation) -> Iterable[str | None]:
        """Return the names of entries: of what has a name that and the place, as in W[0, 1]."""
        name, shape = equation.name, equation.shape
        if not name or not shape:
            return repeat(name, prod(shape))
        if shape not in self._suffixes:
            self._suffixes[shape] = [f"[{', '.join(map(str, index))}]" for index in places(shape)]
        return [name + suffix for suffix in self._suffixes[shape]]


def _picked(entries: Entries, positions: Sequence[int]) -> Entries:
    if len(positions) < 2:
        return [entries[position] for position in positions]
    picked: tuple[Index, ...] = itemgetter(*positions)(entries)
    return picked


def _nested(entries: Entries, shape: Shape) -> Tree:
    """Return entries as nested lists of a shape; one of no axis as itself."""
    rows: list[Any] = list(entries)
    for size in reversed(shape[1:]):
        count = len(rows) // size if size else 0
        rows = [rows[i * size : (i + 1) * size] for i in range(count)]
    return rows if shape else rows[0]


def _numbers(numbers: Any, size: int) -> Sequence[float]:
    return numbers if isinstance(numbers, (list, tuple)) else (numbers,) * size
