"""How each equation of arrays is written: the view of what it gives, from those of its operands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from ...primitives.arithmetic import mul
from ...stepping.maps import Map, finer
from ..expressions import ATOM, Text
from ..operands import Operand
from ..rolled.structure import Along, Take
from ..variables import Variable
from .constants import constant, quotient, ratio
from .constants import times as scaled
from .contractions import contracted, result_order, times, total, with_ones
from .elementwise import (
    Calls,
    divided,
    larger_than_zero,
    nan_of,
    negative,
    rectified,
    shares,
    sign_of,
    signed,
    tested_for_nan,
)
from .gathers import index_of, without_axes
from .moves import moved, moving
from .plans import Plan, Product
from .reshapes import own_axes, reshaped, reshaped_back, shaped
from .tables import Tables
from .views import View, aligned, averaged, called, full, is_aligned, merged, numbering, seen_through


@dataclass(frozen=True)
class Operations:
    """Writes equations; `view` gives how an operand is seen."""

    view: Callable[[Operand], View]
    tables: Tables
    calls: Calls

    def written(self, plan: Plan, variable: Variable) -> View:
        """Return the view of what an equation gives."""
        primitive: Any = variable.primitive
        if variable in plan.sums:
            return self._sum_of_products(plan.sums[variable], len(variable.shape))
        if variable in plan.products:
            return self._put(plan.products[variable])
        if primitive.__class__ is Take:
            return self._taken(self.view(variable.parents[0]), primitive.map)
        if primitive.__class__ is Along:
            return self._along(variable)
        if variable in plan.means:
            found_ = averaged(self.view(variable.parents[0]))
            if found_ is not None:
                return found_
        found = shares(variable)
        if found is not None:
            texts, axes = merged([self.view(found.x), self.view(found.y)], len(variable.shape))
            return View(divided(found, *texts), axes)
        if signed(variable) is not None:
            return self.view(signed(variable)).changed(sign_of)
        if tested_for_nan(variable) is not None:
            return self.view(tested_for_nan(variable)).changed(nan_of)
        if rectified(variable) is not None:
            return self.view(rectified(variable)).changed(larger_than_zero)
        views = [self.view(parent) for parent in variable.parents]
        if not variable.shape:
            views = [View(aligned(view, 0)) for view in views]
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
        labels = sorted(view.labels)
        if len(labels) < sum(size > 1 for size in map.source):
            return self._taken(view.relabeled(labels.index), without_axes(map, labels))
        index = index_of(map, self.tables.index)
        text = called(full(view, map.source), f"[{', '.join(index.parts)}]")
        return View(text._replace(depth=view.text.depth + 1), index.axes)

    def _sum_of_products(self, products: Sequence[tuple[str, Product]], ndim: int) -> View:
        (sign, first), *others = products
        view = self._put(first)
        total_ = view if sign == "+" else view.changed(negative)
        for sign, product in others:
            texts, axes = merged([total_, self._put(product)], ndim)
            total_ = View(self.calls.sum_of(sign, *texts), axes)
        return total_

    def _put(self, product: Product) -> View:
        """Return the view of a sum that needs no buffer: of what each entry gets from axes of its own."""
        view, kept = self.summed(product)
        found = numbering(kept)
        if found is None or not found.is_simple:
            return reshaped_back(view, kept)
        turned = {numbers[0][0]: dim for dim, numbers in enumerate(found.dims) if numbers}
        return view.relabeled(turned.__getitem__)

    def summed(self, product: Product) -> tuple[View, Map]:
        """Return the view of a product that is summed, and the map of its axes, each of which moves."""
        axes = moving(product.map)
        views = [self.view(factor) for factor in product.factors]
        ones = [axis for axis, size in enumerate(product.space) if size == 1] if len(views) > 1 else []
        order = result_order(product.map, axes, ones)
        views = with_ones(views, ones, order)
        for condition, is_open in product.gates:
            views = _gated(views, self.view(condition), is_open, len(product.space))
        number = product.number
        is_later = product.is_backward and bool(views) and ratio(number) is not None
        if abs(number) != 1.0 and not is_later:
            views.insert(0, View(quotient(number) if product.is_backward else constant(number)))
        view = contracted(product.space, views, order)
        if is_later:
            view = view.changed(lambda text: scaled(number, text))
        elif number == -1.0:
            view = view.changed(negative)
        view, map_ = _within(view, axes), moved(product.map)
        fine = finer(map_)
        if fine is None:
            return view, map_
        parts = View(shaped(full(view, map_.space), fine.space), own_axes(fine.space))
        axes = moving(fine)
        return _within(total(parts, {*axes}), axes), moved(fine)


def _gated(views: Sequence[View], condition: View, is_open: bool, ndim: int) -> list[View]:
    """Return the factors of a product that is zero where a condition holds, or where it does not."""
    for i, view in enumerate(views):
        if {*view.labels} == {*condition.labels}:
            texts, axes = merged([condition, view], ndim)
            arms = f"{texts[1].text}, 0.0" if is_open else f"0.0, {texts[1].text}"
            chosen = Text(f"np.where({texts[0].text}, {arms})", ATOM, 1 + max(t.depth for t in texts))
            return [*views[:i], View(chosen, axes), *views[i + 1 :]]
    arms = "1.0, 0.0" if is_open else "0.0, 1.0"
    text = Text(f"np.where({condition.text.text}, {arms})", ATOM, 1 + condition.text.depth)
    return [*views, View(text, condition.axes)]


def _within(view: View, axes: Sequence[int]) -> View:
    """Return a view in the space of some axes."""
    return view.relabeled(lambda axis: axes.index(axis) if axis in axes else None)


def is_shared(plan: Plan, variable: Variable, views: dict[Variable, View]) -> bool:
    """Say whether an array is only another one seen in another way."""
    if variable in plan.sums:
        return False
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


def wants_kept(plan: Plan, variable: Variable, view: View) -> bool:
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
