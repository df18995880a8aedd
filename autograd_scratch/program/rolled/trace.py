"""How steps become a trace of arrays: each step one Variable, with its operands taken by their maps."""

import ast
from array import array
from collections.abc import Hashable, Iterable, Sequence
from math import isfinite, prod
from typing import Any

from ...nn.module import ParameterName
from ...primitives.arithmetic import div, neg, sub
from ...primitives.reductions import max_p, mean_p, min_p, sum_p
from ...stepping.literals import OPERATORS, Literals, is_named
from ...stepping.maps import Map, Shape, spread, strides_of
from ...stepping.operands import NotRolledError
from ...stepping.operands import Operand as Taken
from ...stepping.rolling import Steps
from ...stepping.singles import Singles
from ...stepping.sites import Site
from ...stepping.sources import Source
from ...stepping.step import Step
from ...value import Value
from ..naming import identifier
from ..operands import Operand
from ..variables import FORWARD, Trace, Variable
from .carried import begun, close, whole
from .structure import Along, summed, taken

LONG = 10_000  # entries that are looked up among those of variables


class ArrayTrace:
    """Writes steps into a trace."""

    def __init__(self, steps: Steps) -> None:
        self.trace = Trace()
        self.steps = steps
        self.variables: dict[Source, Operand] = {}
        self._names: dict[str, int] = {}
        self._literals = Literals(steps.recorder)
        self.singles = Singles(steps.recorder, self._literals)
        self._lists = steps.recorder.lists
        self._constants: dict[tuple[str, float | None], Variable] = {}
        self._tables: dict[Hashable, Variable] = {}
        self._sites: dict[Operand, Site | None] = {}  # of sums
        self._loops: dict[Source, Variable] = {}  # which are to be closed by what a step makes

    def argument(self, source: Source) -> Variable:
        """Return the Variable of an argument."""
        variable = self.variables[source] = self.trace.leaf(self._name(source.name), source.shape)
        return variable

    def write(self) -> None:
        """Write all steps."""
        for step in self.steps.all:
            self.trace.place = (False, step.module)
            count = len(self.trace.variables)
            operands = tuple(
                self._literal(step, i) if operand.source is None else self._numbers_of(step, i)
                for i, operand in enumerate(step.operands)
            )
            terms = tuple(operand.terms for operand in step.operands)
            primitive = step.primitive
            if primitive in (max_p, min_p) and len(terms) > 1 and {*terms} == {1}:
                operands = tuple(map(_of_one_term, operands))
            elif any(terms):
                primitive = Along(primitive, terms)
            made = self._mean(step, operands) or self.trace.apply(primitive, operands)
            if primitive.__class__ is Along and primitive.inner is sum_p and made.__class__ is Variable:
                self._sites[made] = step.site
            self._made(step.result, made)
            if made.__class__ is Variable and not made.name and made in self.trace.variables[count:]:
                made.name = self._name(step.result.name)
        self.trace.place = FORWARD

    def _made(self, result: Source, made: Operand) -> None:
        """Note what a step makes, and close what rounds carry on of it."""
        loop = self._loops.pop(result, None)
        if loop is not None:
            made = whole(self.trace, made, result.shape)
            close(loop, made)
        self.variables[result] = made

    def _mean(self, step: Step, operands: Sequence[Operand]) -> Operand | None:
        """Return the mean that one instruction computed as a sum over how many it adds up."""
        if step.primitive is not div or step.site is None or self._sites.get(operands[0]) != step.site:
            return None
        terms = operands[0].primitive.terms
        if len(terms) > 1 or operands[1] != float(terms[0] or 1):
            return None
        return self.trace.apply(Along(mean_p, terms), operands[0].parents)

    def _literal(self, step: Step, position: int) -> Operand:
        """Return a plain number, or the Variables of the names that a person wrote for it."""
        number = step.operands[position].number
        expression = self._literals.expression(step.site, position, number)
        if expression is None or step.site is None:
            part = self._part(step, position, [number], ())
            return number if part is None else part
        self.singles.mix((), step.site, position)
        code = step.site.calls[-1].code

        def written(part: Any) -> Operand:
            if is_named(part):
                value, name = self._literals.value(code, part), ast.unparse(part)
                if (name, value) not in self._constants:
                    constant = self.trace.constant(value or 0.0, self._name(name) or "c")
                    self._constants[name, value] = constant
                return self._constants[name, value]
            if isinstance(part, ast.BinOp):
                return OPERATORS[type(part.op)](written(part.left), written(part.right))
            if isinstance(part, ast.UnaryOp):
                return -written(part.operand)
            return self._literals.value(code, part)

        return written(expression)

    def _numbers_of(self, step: Step, position: int) -> Operand:
        """Return what a step takes of plain numbers, which may be entries of a variable's array."""
        operand = step.operands[position]
        source = operand.source
        if source is not None and source.kind in ("constants", "table") and source not in self.variables:
            table = self._table(source)
            is_nameless = table.__class__ is float or (table in self.trace.tables and not table.name)
            if is_nameless and source.kind == "table":
                self.singles.mix(_numbers(source), step.site, position)
            elif is_nameless:
                part = self._part(step, position, source.entries, source.shape)
                table = table if part is None else part
            self.variables[source] = table
        return self.operand(operand)

    def _part(self, step: Step, position: int, entries: Sequence[Any], shape: Shape) -> Operand | None:
        """Return plain numbers as entries of a variable's array; None if they are of none that is known."""
        part = self.singles.part(entries, shape, step.site, position)
        if part is None:
            self.singles.mix(entries, step.site, position)
            return None
        self.singles.mix((), step.site, position, known=part.name)
        numbers = [float(x) for x in part.array.ravel().tolist()]
        return taken(part.map, self._named_table(numbers, part.array.shape, part.name))

    def operand(self, operand: Taken) -> Operand:
        """Return what a step takes, over the step's space."""
        if operand.source is None or operand.map is None:
            return operand.number
        source = self.source(operand.source)
        if operand.source.kind == "argument" and operand.map.table is None:
            source, map_ = self._view(operand.source, operand.map)
            return taken(map_, source)
        found = taken(operand.map, source)
        if operand.map.table is not None and found.__class__ is Variable and not found.name:
            found.name = self._name(self._held(operand.source, operand.map.table))
        return found

    def _held(self, source: Source, table: Sequence[int]) -> str:
        """Return the variable that holds what a table takes, as `v` of `v = W[center]`; or ''."""
        if len(table) > LONG:
            return ""
        known = self.steps.recorder.names.get(tuple(source.entries[place] for place in table), {})
        return next(iter(known.values()), "")

    def _view(self, source: Source, map_: Map) -> tuple[Operand, Map]:
        """Return a part of a flat argument by the name that its parameters have in common."""
        whole = self.source(source)
        kept = map_.kept
        entries = source.entries
        if len(source.shape) != 1 or not kept.space or not isinstance(entries[0].name, ParameterName):
            return whole, map_
        name = common_name(entries[place].name for place in kept.positions())
        view = taken(kept, whole)
        if not name or view is whole:
            return whole, map_
        if not view.name:
            view.name = self._name(name)
        axes = [axis for axis, stride in enumerate(map_.strides) if stride]
        return view, spread(kept.space, map_.space, axes)

    def source(self, source: Source) -> Operand:
        """Return the Variable of a source: a table, or an arrangement, when it is met first."""
        if source not in self.variables:
            if source.kind == "carried":
                self.variables[source] = self._begun(source)
            elif source.kind == "arrangement":
                parts = [
                    summed(put, self._filled(taken(take, self.source(piece)), put.space))
                    for piece, take, put in source.pieces
                ]
                total = parts[0]
                for part in parts[1:]:
                    total = total + part
                if total.__class__ is Variable and not total.name:
                    total.name = self._name(source.name)
                self.variables[source] = total
            elif source.kind == "step":
                raise NotRolledError
            else:
                self.variables[source] = self._table(source)
        return self.variables[source]

    def _begun(self, source: Source) -> Variable:
        """Begin what rounds carry on, which is closed by what a step makes, or what was carried before."""
        (start, map_, _), (result, take, _) = source.pieces
        count, *shape = take.space
        loop = begun(self.trace, taken(map_, self.source(start)), count, tuple(shape))
        if result.kind == "carried":
            loop.name = self._name(source.name)
        if result.kind == "carried" or result in self.variables:
            close(loop, taken(take, self.source(result)))
        else:
            self._loops[result] = loop
        return loop

    def _table(self, source: Source) -> Operand:
        """Return a table of plain numbers; one that is y, 1 - y or -y of a variable is written so."""
        numbers = _numbers(source)
        called = source.name or self._lists.get((source.shape, tuple(numbers)), "")
        if not called:
            is_one = len({*map(repr, numbers)}) == 1  # as np.zeros gives
            for name, array in self.steps.recorder.plain.items() if not is_one else ():
                written = self._written(numbers, source.shape, name, array)
                if written is not None:
                    return written
            if is_one:
                return numbers[0]
        return self._named_table(numbers, source.shape, called)

    def _written(self, numbers: list[float], shape: Shape, name: str, held: Any) -> Operand | None:
        """Return numbers by a variable that holds an array of plain numbers; None if they are others."""
        if held.shape != shape or not all(map(isfinite, numbers)):
            return None
        given = [float(x) for x in held.ravel().tolist()]
        if [*map(repr, numbers)] == [*map(repr, given)]:
            return self._named_table(given, shape, name)
        if numbers == [1.0 - x for x in given]:
            return self.trace.apply(sub, (1.0, self._named_table(given, shape, name)))
        if numbers == [-x for x in given]:
            return self.trace.apply(neg, (self._named_table(given, shape, name),))
        return None

    def _named_table(self, numbers: list[float], shape: Shape, name: str) -> Variable:
        """Return the table of a name, which is made once."""
        key = (name, shape, array("d", numbers).tobytes()) if name else object()  # 0.0 is not -0.0
        if key not in self._tables:
            self._tables[key] = self.trace.table(numbers, shape, self._name(name))
        return self._tables[key]

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


def _numbers(source: Source) -> list[float]:
    return [x._data if isinstance(x, Value) else float(x) for x in source.entries]


def _of_one_term(x: Operand) -> Operand:
    """Return an operand without its axis of terms, of which there is one."""
    if x.__class__ is float:
        return x
    return taken(Map(x.shape[:-1], x.shape, 0, strides_of(x.shape)[:-1]), x)


def common_name(names: Iterable[Any]) -> str | None:
    """Return the short name of what parameters have in common, if they differ by numbers alone.

    >>> common_name(["layers.0.neurons.0.w.0", "layers.0.neurons.1.w.1"])
    'w_0'
    """
    parts = [str(name).split(".") for name in names]
    if len({len(each) for each in parts}) > 1:
        return None
    words: list[str] = []
    indices: list[str] = []
    for same in map(set, zip(*parts)):
        if len(same) == 1:
            (part,) = same
            (indices if part.isdigit() else words).append(part)
        elif not all(part.isdigit() for part in same):
            return None
    return "_".join([*words[-1:], *indices])
