"""Which equations of arrays get a line of their own, and what is written there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from ...primitives import Primitive
from ...primitives.arithmetic import add, mul, sub
from ...stepping.maps import Map, Shape
from ..expressions import ATOM, POWER, SIGN, Text, written
from ..layout import assigned
from ..naming import Names
from ..statements import DEEPEST, LONGEST
from ..structure import Along, Put, Take
from ..variables import Operand, Variable
from .contractions import contracted, result_order, times, with_ones
from .elementwise import Calls, called_name, constant, rectified
from .gathers import FEW, index_of, listed
from .plans import Addend, Plan, moved, moving, needs_buffer, planned
from .reshapes import reshaped, reshaped_back
from .scatters import block_of, in_a_row, put_into
from .views import View, called, full, is_aligned, merged, numbering, seen_through

STEMS = {"exp": "e", "select": "chosen", "put": "total", "less": "is_less", "max": "top", "largest": "top"}


class Written:
    """One statement: the lines that give a Variable its value."""

    def __init__(self, variable: Variable, lines: list[str]) -> None:
        self.variable = variable
        self.lines = lines


@dataclass
class ArrayStatements:
    """The lines that compute results, and how each Variable is seen in its own shape."""

    names: Names
    tables: dict[Variable, tuple[float, ...]]  # without a name
    integers: dict[tuple[int, ...], str] = field(default_factory=dict)  # arrays of them that have names
    functions: dict[Primitive, str] = field(default_factory=dict)
    lines: list[Written] = field(default_factory=list)
    views: dict[Variable, View] = field(default_factory=dict)
    further: dict[str, tuple[tuple[Any, ...], Shape]] = field(default_factory=dict)  # tables as arguments
    used: set[str] = field(default_factory=set)  # names of integers

    def __post_init__(self) -> None:
        self.calls = Calls(self._function)
        self._known: dict[tuple[Any, ...], str] = {}

    def name(self, variable: Variable, wanted: str | None) -> str:
        """Give a Variable the name it wants, or the next one of its kind, and return it."""
        if wanted:
            name = self.names.new(wanted)
        else:
            primitive = variable.primitive.name if variable.primitive is not None else "x"
            name = self.names.numbered(STEMS.get(primitive, "t"))
        axes = tuple(axis if size > 1 else None for axis, size in enumerate(variable.shape))
        self.views[variable] = View(Text(name, ATOM), axes)
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
        if operand not in self.views and operand in self.tables:
            self.views[operand] = self._literal(self.tables[operand], operand.shape)
        return self.views[operand]

    def whole(self, operand: Operand, shape: Shape) -> Text:
        """Return the text of an operand as an array that has its shape and is nobody else's."""
        if shape == ():
            return self.view(operand).text
        view = self.view(operand)
        if not view.labels and not any(len(axes) == len(shape) for _, axes in view.forms):
            number = full(View(view.text, view.axes), ()).text if view.axes else view.text.text
            is_zero = operand.__class__ is float and repr(operand) == "0.0"
            return Text(f"np.zeros({shape})" if is_zero else f"np.full({shape}, {number})", ATOM)
        text = full(view, shape)
        is_given = not operand.parents
        return called(text, ".copy()") if is_given or text.text.startswith("np.broadcast_to") else text

    def write(self, variables: Sequence[Variable], results: Iterable[Operand]) -> None:
        """Write what `results` need."""
        wanted = {result for result in results if result.__class__ is Variable}
        plan = planned(variables, wanted)
        for variable in variables:
            count = plan.uses.get(variable, 0)
            if not variable.parents or not count:
                continue
            if variable in plan.chains:
                self._collect(plan, variable, plan.chains[variable])
                continue
            if needs_buffer(variable):
                self._collect(plan, variable, [Addend("+", variable, True)])
                continue
            view = self._written(plan, variable)
            is_result = variable in wanted
            is_free = plan.is_free(variable)
            has_line = is_result or (
                variable.name is not None and not (is_free and _is_seen(variable, view))
            )
            if not has_line and (is_free or (count == 1 and _fits(view.text))):
                self.views[variable] = view
                continue
            if (
                view.kept is not None
                and not variable.name
                and not is_result
                and _wants_kept(plan, variable, view)
            ):
                name = self.name(variable, None)
                self.views[variable] = View(Text(name, ATOM), view.kept[1])
                self.lines.append(Written(variable, [*assigned(name, view.kept[0].text)]))
                continue
            self._assign(plan, variable, view, is_result)

    def _collect(self, plan: Plan, variable: Variable, addends: Sequence[Addend]) -> None:
        """Write a sum in a buffer: what has all entries first, then what goes to some of them."""
        views = {i: self._summed(plan, addend.operand) for i, addend in enumerate(addends) if addend.is_put}
        dense = [(a.sign, self._fresh(a.operand, variable.shape)) for a in addends if not a.is_put]
        maps = {i: moved(plan.products[addends[i].operand].map) for i in views}
        joined = None if dense else _joined([(a.sign, views[i], maps[i]) for i, a in enumerate(addends)])
        name = self.name(variable, variable.name)
        if joined is not None:
            self.lines.append(Written(variable, [*assigned(name, joined)]))
            return
        text = Text(f"np.zeros({_shape(variable.shape)})", ATOM)
        for i, (sign, part) in enumerate(dense):
            if i:
                text = written(add if sign == "+" else sub, [text, part], self._function)
            else:
                text = part if sign == "+" else _negative(part)
        lines = [*assigned(name, text.text)]
        filled: set[int] = set(range(prod(variable.shape))) if dense else set()
        for i, view in views.items():
            entries = set(maps[i].positions())
            sign = "" if addends[i].sign == "+" and filled.isdisjoint(entries) else addends[i].sign
            lines += put_into(name, view, maps[i], sign, self._table)
            filled |= entries
        self.lines.append(Written(variable, lines))

    def _fresh(self, operand: Operand, shape: Shape) -> Text:
        """Return the text of an array that may be changed."""
        text = self.whole(operand, shape)
        is_shared = text.text.isidentifier() or operand.primitive.__class__ is Take
        return called(text, ".copy()") if is_shared and not text.text.endswith(".copy()") else text

    def _assign(self, plan: Plan, variable: Variable, view: View, is_result: bool) -> None:
        self.views[variable] = view
        lacks = any(size > 1 and axis not in view.labels for axis, size in enumerate(variable.shape))
        if is_result and variable.shape:
            text = self.whole(variable, variable.shape)
            if _is_shared(plan, variable, self.views) and not text.text.startswith("np.full"):
                text = called(text, "" if text.text.endswith(".copy()") else ".copy()")
        else:
            text = view.text if lacks else full(view, variable.shape)
        name = self.name(variable, variable.name)
        if lacks and not is_result:
            self.views[variable] = View(Text(name, ATOM), view.axes)
        self.lines.append(Written(variable, [*assigned(name, text.text)]))

    def _written(self, plan: Plan, variable: Variable) -> View:
        primitive: Any = variable.primitive
        if variable in plan.products:
            return self._put(plan, variable)
        if primitive.__class__ is Take:
            return self._taken(self.view(variable.parents[0]), primitive.map)
        if primitive.__class__ is Along:
            return self._along(variable)
        is_rectified = rectified(variable) is not None  # whose condition may be written nowhere
        parents = (0.0, *variable.parents[1:]) if is_rectified else variable.parents
        views = [self.view(parent) for parent in parents]
        if primitive is mul and all(view.axes for view in views):  # smaller ones first
            return times(variable.shape, views)
        arrays = [view for view in views if view.axes]
        if len(arrays) == 1:
            return arrays[0].changed(
                lambda text: self.calls.entrywise(
                    variable, [text if view.axes else view.text for view in views], False
                )
            )
        texts, axes = merged(views, len(variable.shape))
        return View(self.calls.entrywise(variable, texts, not axes), axes)

    def _along(self, variable: Variable) -> View:
        primitive: Any = variable.primitive
        views = [self.view(parent) for parent in variable.parents]
        last = len(variable.shape)
        if len(views) == 1 and views[0].axes and views[0].axes[-1] == last:
            (view,) = views
            text, kept = self.calls.along(primitive, [view.text], [len(view.axes)])
            axes = view.axes[:-1]
            return View(text, axes, None if kept is None else (kept, (*axes, None)))
        texts = [
            full(view, parent.shape) if count else view.text
            for view, parent, count in zip(views, variable.parents, primitive.terms)
        ]
        ndims = [last + 1 if count else last for count in primitive.terms]
        text, kept = self.calls.along(primitive, texts, ndims)
        return View(text, tuple(range(last)), None if kept is None else (kept, (*range(last), None)))

    def _taken(self, view: View, map: Map) -> View:  # noqa: A002
        """Return the view of what a map takes from an array that is seen so."""
        found = seen_through(view, map) or reshaped(view, map)
        if found is not None:
            return found
        index = index_of(map, self._table)
        text = called(full(view, map.source), f"[{', '.join(index.parts)}]")
        return View(text._replace(depth=view.text.depth + 1), index.axes)

    def _put(self, plan: Plan, variable: Variable) -> View:
        """Return the view of a sum that needs no buffer: of what each entry gets from axes of its own."""
        view = self._summed(plan, variable)
        kept = moved(plan.products[variable].map)
        found = numbering(kept)
        if found is None or not found.is_simple:
            return reshaped_back(view, kept)
        turned = {numbers[0][0]: dim for dim, numbers in enumerate(found.dims) if numbers}
        return view.relabeled(turned.__getitem__)

    def _summed(self, plan: Plan, variable: Variable) -> View:
        """Return the view of a product that is summed, in the space of the axes that its map moves along."""
        product = plan.products[variable]
        axes = moving(product.map)
        ones = [axis for axis, size in enumerate(product.space) if size == 1]
        views = [self.view(factor) for factor in product.factors]
        if len(views) > 1:
            views = [with_ones(view, ones) for view in views]
        else:
            ones = []
        order = result_order(product.map, axes, ones)
        if abs(product.number) != 1.0:
            views.insert(0, View(constant(product.number)))
        view = contracted(product.space, views, order)
        if product.number == -1.0:
            view = view.changed(_negative)
        return view.relabeled(lambda axis: axes.index(axis) if axis in axes else None)

    def _literal(self, numbers: Sequence[float], shape: Shape) -> View:
        """Return the view of a table without a name."""
        axes = tuple(axis if size > 1 else None for axis, size in enumerate(shape))
        if shape == ():
            return View(constant(numbers[0]))
        if len(shape) == 1 and list(numbers) == [float(i) for i in range(len(numbers))]:
            return View(Text(f"np.arange({float(len(numbers))})", ATOM), axes)
        if len(set(map(repr, numbers))) == 1:
            return View(constant(numbers[0]))
        return View(Text(self._array(tuple(numbers), shape), ATOM), axes)

    def _table(self, numbers: tuple[int, ...], shape: Shape) -> str:
        """Return the text of an array of whole numbers."""
        if numbers in self.integers:
            name = self.integers[numbers]
            self.used.add(name)
            return name if len(shape) == 1 else f"{name}.reshape({shape})"
        return self._array(numbers, shape)

    def _array(self, numbers: tuple[Any, ...], shape: Shape) -> str:
        if len(numbers) <= FEW and all(n == n and abs(n) != float("inf") for n in numbers):
            return listed(numbers, shape)
        key = (*map(repr, numbers), shape)
        if key not in self._known:
            self._known[key] = self.names.numbered("c")
            self.further[self._known[key]] = numbers, shape
        return self._known[key]

    def _function(self, primitive: Primitive) -> str:
        if primitive not in self.functions:
            self.functions[primitive] = self.names.new(called_name(primitive))
        return self.functions[primitive]


def _is_shared(plan: Plan, variable: Variable, views: dict[Variable, View]) -> bool:
    """Say whether an array is only another one seen in another way."""
    product = plan.products.get(variable)
    if product is not None:
        if len(product.factors) != 1 or product.number != 1.0 or product.map.size != prod(variable.shape):
            return False
        parent: Operand = product.factors[0]
    elif variable.primitive.__class__ is Take:
        parent = variable.parents[0]
    else:
        return False
    return parent.__class__ is float or parent not in views or views[parent].text.text.isidentifier()


def _is_seen(variable: Variable, view: View) -> bool:
    """Say whether the name of a view would stand for what has one, or for what is only broadcast."""
    return view.text.text.isidentifier() or variable.place[0]


def _wants_kept(plan: Plan, variable: Variable, view: View) -> bool:
    """Say whether all that use a sum see it with the axes along which it was summed, of length 1."""
    users = plan.users.get(variable, [])
    if view.kept is None or not users or not all(plan.is_free(user) for user in users):
        return False
    for user in users:
        map_: Map = user.primitive.map  # type: ignore[union-attr]
        plain, kept = (seen_through(View(text, axes), map_) for text, axes in (view.forms[0], view.kept))
        ndim = len(map_.space)
        if plain is None or kept is None or is_aligned(plain.axes, ndim) or not is_aligned(kept.axes, ndim):
            return False
    return True


def _joined(parts: Sequence[tuple[str, View, Map]]) -> str | None:
    """Return the text of vectors one after the other, if that is what some sums are put together to."""
    blocks = []
    for sign, view, map_ in parts:
        block = block_of(map_)
        if block is None or sign != "+":
            return None
        blocks.append((block, in_a_row(view, map_).text))
    blocks.sort()
    ends = [0, *(end for (_, end), _ in blocks)]
    is_tiled = [start for (start, _), _ in blocks] == ends[:-1] and ends[-1] == parts[0][2].source[0]
    return f"np.concatenate([{', '.join(text for _, text in blocks)}])" if is_tiled else None


def _negative(text: Text) -> Text:
    return Text(f"-{text.inside(POWER)}", SIGN, text.depth)


def _fits(text: Text) -> bool:
    return len(text.text) <= LONGEST and text.depth <= DEEPEST


def _shape(shape: Shape) -> str:
    return str(shape[0]) if len(shape) == 1 else str(shape)
