"""Which equations of arrays get a line of their own, and what is written there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from math import prod

from ...primitives import Primitive
from ...primitives.arithmetic import add, sub
from ...stepping.maps import Shape
from ..expressions import ATOM, Text, written
from ..naming import Names
from ..operands import Operand
from ..rolled.rounds import Filled
from ..rolled.structure import Take, is_made_by
from ..statements import DEEPEST, LONGEST
from ..variables import Variable
from .constants import constant
from .elementwise import Calls, called_name, negative
from .lines import assigned
from .moves import needs_buffer
from .operations import Operations, is_shared, wants_kept
from .plans import Addend, Plan, planned
from .reshapes import own_axes
from .rounds import lines_of
from .scatters import joined, put_into
from .tables import Tables
from .views import View, aligned, called, full, is_aligned, sizes

FILLED = ("np.full(", "np.zeros(", "np.ones(")  # arrays of their own, of one number
STEMS = {"exp": "e", "select": "chosen", "put": "total", "less": "mask", "max": "top", "largest": "top"}


class Written:
    """One statement: the lines that give a Variable its value."""

    def __init__(self, variable: Variable, lines: list[str]) -> None:
        self.variable = variable
        self.lines = lines


@dataclass
class ArrayStatements:
    """The lines that compute results, and how each Variable is seen in its own shape."""

    names: Names
    tables: Tables
    means: Set[Variable] = frozenset()  # sums over how many they are of, which are written as means
    numbers: dict[Variable, tuple[float, ...]] = field(default_factory=dict)  # of tables without a name
    functions: dict[Primitive, str] = field(default_factory=dict)
    lines: list[Written] = field(default_factory=list)
    views: dict[Variable, View] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: planned([], set()))
    targets: Mapping[Variable, str] = field(default_factory=dict)  # entries of arrays that a round fills
    last: Set[Variable] = frozenset()  # results that are written by who asks for them
    index: list[str] = field(default_factory=list)  # the name of the number of a round, if there is one

    def __post_init__(self) -> None:
        self.operations = Operations(self.view, self.tables, Calls(self._function))

    def name(self, variable: Variable, wanted: str | None) -> str:
        """Give a Variable the name it wants, or the next one of its kind, and return it."""
        if variable in self.targets:
            name = self.targets[variable]
        elif wanted:
            name = self.names.new(wanted)
        else:
            primitive = variable.primitive.name if variable.primitive is not None else "x"
            name = self.names.numbered(STEMS.get(primitive, "t"))
        self.views[variable] = View(Text(name, ATOM), own_axes(variable.shape))
        return name

    @property
    def texts(self) -> dict[Variable, Text]:
        """The text of each Variable that is known."""
        return {variable: view.text for variable, view in self.views.items()}

    def text(self, operand: Operand) -> Text:
        """Return how an operand is written."""
        return self.view(operand).text

    def view(self, operand: Operand) -> View:
        """Return how an operand is seen in its own shape."""
        if operand.__class__ is float:
            return View(constant(operand))
        if operand not in self.views and operand in self.numbers:
            uses = self.plan.uses.get(operand, 0)
            self.views[operand] = self.tables.literal(self.numbers[operand], operand.shape, uses)
        return self.views[operand]

    def whole(self, operand: Operand, shape: Shape) -> Text:
        """Return the text of an operand as an array that has its shape and is nobody else's."""
        view = self.view(operand)
        if shape == ():
            return aligned(view, 0)
        text = full(view, shape)
        is_given = operand.__class__ is Variable and operand.primitive is None
        is_shared = is_given and not text.text.startswith(FILLED)
        return called(text, ".copy()") if is_shared or text.text.startswith("np.broadcast_to") else text

    def write(self, variables: Sequence[Variable], results: Iterable[Operand]) -> None:
        """Write what `results` need."""
        wanted = {result for result in results if result.__class__ is Variable}
        plan = self.plan = planned(variables, wanted, self.means)
        for variable in variables:
            count = plan.uses.get(variable, 0)
            if variable.primitive is None or not count:
                continue
            if variable.primitive.__class__ is Filled:
                self._write_loop(plan, variable)
                continue
            if variable in plan.chains:
                self._collect(plan, variable, plan.chains[variable])
                continue
            if needs_buffer(variable):
                self._collect(plan, variable, [Addend("+", variable, True)])
                continue
            view = self.operations.written(plan, variable)
            if variable in self.last and count == 1:
                self.views[variable] = view
                continue
            is_result = variable in wanted and variable not in self.last
            is_free = plan.is_free(variable)
            has_line = is_result or (variable in plan.kept and not is_free)
            has_line = has_line or (
                variable.name is not None and not (is_free and _is_seen(variable, view))
            )
            if not has_line and (is_free or (count == 1 and _fits(view.text))):
                self.views[variable] = view
                continue
            if (
                view.kept is not None
                and view.labels
                and not variable.name
                and not is_result
                and wants_kept(plan, variable, view)
            ):
                name = self.name(variable, None)
                self.views[variable] = View(Text(name, ATOM), view.kept[1])
                self.lines.append(Written(variable, [*assigned(name, view.kept[0].text)]))
                continue
            self._assign(plan, variable, view, is_result)

    def inner(self) -> "ArrayStatements":
        """Return what writes the lines of a round."""
        return ArrayStatements(self.names, self.tables, functions=self.functions, index=self.index)

    @property
    def round(self) -> str:
        """The name of the number of a round, in all loops the same."""
        if not self.index:
            self.index.append(self.names.new("t"))
        return self.index[0]

    def texts_of_lines(self) -> Iterator[str]:
        """Yield all lines."""
        return (line for statement in self.lines for line in statement.lines)

    def _write_loop(self, plan: Plan, variable: Variable) -> None:
        """Write the loop that fills an array, if it is not there yet, with all others that it fills."""
        if variable not in self.views:
            loop = variable.primitive.loop  # type: ignore[union-attr]
            wanted = {made for _, made in loop.filled if plan.uses.get(made)}
            self.lines.append(Written(variable, [*lines_of(self, loop, wanted)]))

    def _collect(self, plan: Plan, variable: Variable, addends: Sequence[Addend]) -> None:
        """Write a sum in a buffer: what has all entries first, then what goes to some of them."""
        puts = [
            (i, *self.operations.summed(plan.products[a.operand]))
            for i, a in enumerate(addends)
            if a.is_put
        ]
        others = [a for a in addends if not a.is_put]
        written_as = self._fresh if len(others) == 1 else self._full  # a sum is an array of its own
        dense = [(a.sign, written_as(a.operand, variable.shape)) for a in others]
        row = None if dense else joined([(addends[i].sign, view, map_) for i, view, map_ in puts])
        name = self.name(variable, variable.name)
        if row is not None:
            self.lines.append(Written(variable, [*assigned(name, row)]))
            return
        text = Text(f"np.zeros({sizes(variable.shape)})", ATOM)
        for i, (sign, part) in enumerate(dense):
            if i:
                text = written(add if sign == "+" else sub, [text, part], self._function)
            else:
                text = part if sign == "+" else negative(part)
        lines: list[str] = []
        filled: set[int] = set(range(prod(variable.shape))) if dense else set()
        for i, view, map_ in sorted(puts, key=lambda put: min(put[2].positions())):
            entries = set(map_.positions())
            sign = "" if addends[i].sign == "+" and filled.isdisjoint(entries) else addends[i].sign
            lines += put_into(name, view, map_, sign, self.tables, self.names)
            filled |= entries
        if dense and any(line.startswith((f"{name}.ravel(", f"{name}.reshape(")) for line in lines):
            inside = text.text.removesuffix(".copy()")  # in another order ravel() gives a copy
            text = Text(f'np.array({inside}, order="C")', ATOM)
        self.lines.append(Written(variable, [*assigned(name, text.text), *lines]))

    def _full(self, operand: Operand, shape: Shape) -> Text:
        """Return the text of an array that has a shape."""
        return full(self.view(operand), shape)

    def _fresh(self, operand: Operand, shape: Shape) -> Text:
        """Return the text of an array that may be changed."""
        text = self.whole(operand, shape)
        is_seen = text.text.isidentifier() or text.text.endswith("]")  # a variable, or a part of one
        is_shared = is_seen or is_made_by(operand, Take)
        return called(text, ".copy()") if is_shared and not text.text.endswith(".copy()") else text

    def _assign(self, plan: Plan, variable: Variable, view: View, is_result: bool) -> None:
        if not variable.shape:
            view = View(aligned(view, 0))
        self.views[variable] = view
        lacks = any(size > 1 and axis not in view.labels for axis, size in enumerate(variable.shape))
        lacks = lacks or (prod(variable.shape) == 1 and not view.axes)
        if is_result and variable.shape:
            text = self.whole(variable, variable.shape)
            if is_shared(plan, variable, self.views) and not text.text.startswith(FILLED):
                text = called(text, "" if text.text.endswith(".copy()") else ".copy()")
        else:
            text = view.text if lacks or not variable.name else full(view, variable.shape)
            is_open = view.kept is not None and bool(view.labels) and not variable.name
            for form, axes in view.forms[:2] if is_open else []:
                if len(axes) == len(variable.shape) and is_aligned(axes, len(axes)):
                    view, text = View(form, axes), form
        name = self.name(variable, variable.name)
        if (lacks or not variable.name) and not is_result:
            self.views[variable] = View(Text(name, ATOM), view.axes)
        self.lines.append(Written(variable, [*assigned(name, text.text)]))

    def _function(self, primitive: Primitive) -> str:
        if primitive not in self.functions:
            self.functions[primitive] = self.names.new(called_name(primitive))
        return self.functions[primitive]


def _is_seen(variable: Variable, view: View) -> bool:
    """Say whether the name of a view would stand for what has one, or for what is only broadcast."""
    return view.text.text.isidentifier() or variable.place[0]


def _fits(text: Text) -> bool:
    return len(text.text) <= LONGEST and text.depth <= DEEPEST
