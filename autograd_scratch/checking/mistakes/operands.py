"""Another number for an operand: what a product multiplies by is left out, squared, or another array's.

A gradient flows back through a product times the other operand: a weight, a gate, a mask, the input of a
layer. In its place may stand nothing, the same array transposed or reversed, or another one of its shape.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, product
from typing import NamedTuple

from ...stepping.groups import Step
from ...wording import in_parentheses, number
from ..passes.arrays import Home
from ..passes.contributions import Contribution, Contributions, Group
from ..passes.forward import Block, Forward
from ..passes.functions import elementary_of
from .products import product_of
from .suspects import Formula, Lead, Suspect

_BRANCH = 0.5  # that it is wrong in one of several terms alone
_EDGES = 300_000  # that are changed in all suspects together


class Other(NamedTuple):
    """What stands in an operand's place: the kind of mistake, the words, what is written, the numbers."""

    kind: str
    what: str
    rank: float
    written: str
    numbers: Sequence[float | None]
    once: bool = False  # whether by the divisor is divided once, and not by its square


@dataclass(frozen=True, eq=False)
class Operands:
    """The passes in which one operand of a product is another one on the way back."""

    forward: Forward
    contributions: Contributions
    hand: Mapping[str, Sequence[float]]

    def of_weights(self) -> Iterator[Lead]:
        """Yield the mistakes at each use of the weights of a block, and at all of them."""
        for block, where, use in self.contributions.of_blocks():
            make = partial(self._of_block, block, where, use)
            yield Lead(1.1, make, self.forward.reach(use.parents))

    def _of_block(self, block: Block, where: str, use: Contribution) -> Iterator[Suspect]:
        """Yield passes that use weights in another order, none, or their gradient."""
        name, back = block.name, product_of(self.forward, block, use)
        for other in self._for_block(block, [self.contributions.homes[i] for i in use.others]):
            written = f"({name} reversed)" if other.kind == "permuted" else other.written or name
            what, implied = f"the factor {name}{where} {other.what}", back.of(written)
            if other.kind == "transposed":
                what = f"{back.turned.format(name)} for {back.weight.format(name)}{where}"
                implied = back.transposed(name)
            elif not other.written:
                implied = "d"
            yield Suspect(
                other.kind,
                f"with {what}",
                other.rank,
                use.with_slopes(self._slopes(use, other.numbers)),
                block=name,
                line=use.step.line,
                formula=Formula(f"what flows back is {back.of(name)}", implied),
            )

    def _for_block(self, block: Block, homes: Sequence[Home]) -> Iterator[Other]:
        """Yield what stands for weights: these in another order, nothing, their gradient."""
        yield from self._rearranged(homes)
        if len(block.shape) == 2 and (block.shape[0] == block.shape[1] or 1 in block.shape):
            width = block.shape[1]
            unit = [float(1 in block.shape or home.place % (width + 1) == 0) for home in homes]
            yield Other("factor_missing", "left out", 1.5, "", unit)
        own, d = self.hand.get(block.name, ()), f"d{block.name}"
        if len(own) == len(block.nodes):
            yield Other("other_operand", f"taken for {d}", 1.5, d, [own[home.place] for home in homes])

    def leads(self) -> Iterator[Lead]:
        """Yield what may stand in the place of each operand of each product."""
        spent, sizes = 0, self.forward.sizes
        for group in self.contributions.groups:
            if group[0].primitive in ("mul", "dot", "div"):
                spent += sum(sizes[i] for step in group for i in step.alive)
                if spent > _EDGES:
                    return
                yield Lead(1.48, partial(self._of_group, group))

    def _of_group(self, group: Group) -> Iterator[Lead]:
        """Yield what may stand there on the way to each of the arrays that a product comes from."""
        for use in (each.of_products for each in self.contributions.uses(group)):
            if use.nodes:
                yield Lead(1.48, partial(self._on_one_way, use), self.forward.reach(use.parents))
        yield Lead(1.48 + _BRANCH, partial(self._of_branches, group))

    def _of_branches(self, group: Group) -> Iterator[Lead]:
        """Yield what may stand there in one of the terms that flow back through a product alone."""
        for user, use in self.contributions.branches(group):
            branch = use.of_products
            if branch.nodes:
                make = partial(self._on_a_branch, user, branch)
                yield Lead(1.48 + _BRANCH, make, self.forward.reach(branch.parents))

    def _on_a_branch(self, user: Step, use: Contribution) -> Iterator[Suspect]:
        """Yield passes with another operand in one of the terms that flow back through a product."""
        told = f" in what flows back from {self.forward.steps.told(user)}"
        for each in self._on_one_way(use):
            if isinstance(each, Suspect):
                yield replace(each, rank=each.rank + _BRANCH, claim=f"{each.claim},{told}")

    def _on_one_way(self, use: Contribution) -> Iterator[Lead | Suspect]:
        """Yield passes with another operand on the way to an array."""
        own = self._operand(use)
        sizes = {*map(abs, own)}
        if sizes != {1.0} and (len(sizes) > 1 or use.others[0] != -1):
            ones, squares = [1.0] * len(own), [x * x for x in own]
            yield self._suspect(use, Other("factor_missing", "left out", 1.48, "", ones))
            yield self._suspect(use, Other("factor_twice", "applied twice", 1.8, "its square", squares))
        if len(sizes) > 1 and 0.0 in sizes:
            most = max(own, key=abs)
            what, kept = "taken for that of the kept entries", [most] * len(own)
            yield self._suspect(use, Other("factor_missing", what, 1.7, number(most), kept))
        if use.step.primitive == "div" and not use.divides:
            once = [x * y for x, y in zip(own, self._data(use.parents))]
            what = "divided by its divisor once, for its square,"
            yield self._suspect(use, Other("factor_missing", what, 2.1, "", once, once=True))
        if use.step.primitive != "div":
            told, own = self.contributions.called(use.origin) or "itself", self._data(use.parents)
            yield self._suspect(use, Other("other_operand", f"taken for {told}", 1.8, told, own))
        yield from self._of_another_power(use)
        homes = self.contributions.homes_of(use.others, use.nodes)
        if homes:
            yield Lead(1.75, partial(self._with_others, use, homes))

    def _of_another_power(self, use: Contribution) -> Iterator[Suspect]:
        """Yield passes with a power as operand, or multiples of it, that has one factor more or less."""
        bases: Sequence[int] = use.others
        own, is_power = self._operand(use), False
        while not is_power and min(bases) >= 0 and len({*map(self.forward.name_of, bases)}) == 1:
            primitive = self.forward.nodes[bases[0]].primitive
            function = elementary_of(primitive) if primitive else None
            is_power = function is not None and function.exponent is not None
            bases = [self.forward.sources[i] for i in bases]
        if not is_power or min(bases) < 0 or not all(self._data(bases)):
            return
        called = self.contributions.called(self.contributions.origin(bases[0])) or "its base"
        for kind, times, numbers in (
            ("factor_twice", "times", [x * y for x, y in zip(own, self._data(bases))]),
            ("factor_missing", "divided by", [x / y for x, y in zip(own, self._data(bases))]),
        ):
            written = f"(... {'*' if times == 'times' else '/'} {called.strip('`')})"
            yield self._suspect(use, Other(kind, f"{times} {called}", 1.9, written, numbers))

    def _with_others(self, use: Contribution, homes: Sequence[Home]) -> Iterator[Suspect]:
        """Yield passes with another array of the operand's shape, or of another round, or rearranged."""
        origin = homes[0].origin
        others: Iterable[Other] = ()  # weights that something else is multiplied by have leads of their own
        if not isinstance(origin, str):
            others = self._rearranged(homes)
        elif origin == use.origin:
            others = self._for_block(self.forward.blocks[origin], homes)
        found = [other._replace(rank=other.rank + 0.65) for other in others]
        for called, is_later, own in self.contributions.others(homes):
            rank = 1.75 + 0.1 * is_later
            found.append(Other("other_operand", f"taken for {called}", rank, called, own))
        yield from (self._suspect(use, other) for other in found)

    def _operand(self, use: Contribution) -> list[float]:
        """Return the numbers that are multiplied or divided by."""
        if use.step.primitive != "div":
            return use.slopes
        if use.divides:
            return [1.0 / d if d else 0.0 for d in use.slopes]
        return [-d * y * y for d, y in zip(use.slopes, self._data(use.parents))]

    def _slopes(self, use: Contribution, numbers: Sequence[float | None]) -> list[float]:
        """Return the local derivatives with other numbers for the operand; None for the same one."""
        if use.step.primitive != "div":
            return [d if x is None else x for d, x in zip(use.slopes, numbers)]
        divisors = numbers if use.divides else self._data(use.parents)
        dividends = [-y if y else None for y in divisors] if use.divides else numbers
        return [
            -x / y / y if x is not None and y else d for d, x, y in zip(use.slopes, dividends, divisors)
        ]

    def _data(self, nodes: Sequence[int]) -> list[float]:
        return [self.forward.nodes[i]._data for i in nodes]

    def _rearranged(self, homes: Sequence[Home]) -> Iterator[Other]:
        """Yield an operand with two axes exchanged, and with some in reverse order."""
        arrays = self.contributions.arrays.get(homes[0].origin, [])
        if len({array.shape for array in arrays}) != 1:
            return
        shape = arrays[0].shape

        def numbers(place_of: Callable[[list[int]], list[int]]) -> list[float]:
            places = [_place(place_of([*index]), shape) for index in product(*map(range, shape))]
            return [arrays[home.time].numbers[places[home.place]] for home in homes]

        for i, j in combinations(range(len(shape)), 2):
            if shape[i] == shape[j] > 1:
                rank, turned = 1.1 + 0.2 * (len(shape) > 2), numbers(partial(_swapped, i, j))
                yield Other("transposed", "transposed", rank, "its transpose", turned)
        long = [axis for axis, size in enumerate(shape) if size > 1]
        for axes in [*([axis] for axis in long), *([long[-2:]] if len(long) > 1 else [])]:
            what = f"in reverse order along axis {' and '.join(map(str, axes))}"
            reversed_ = numbers(partial(_reversed, axes, shape))
            yield Other("permuted", what, 1.6, "the same reversed", reversed_)

    def _suspect(self, use: Contribution, other: Other) -> Suspect:
        """Return the pass with other numbers for an operand."""
        steps, origin = self.forward.steps, self.contributions.called(use.origin)
        source = steps.of.get(use.parents[0])
        operands = {self.contributions.origin(i) for i in use.others}
        called = self.contributions.called(operands.pop()) if len(operands) == 1 else ""
        how = ("divisor", "divides") if use.divides else ("factor", "multiplies")
        told = f"the {how[0]} {called}" if called else f"what {how[1]} each entry"
        to = f" on the way to {origin}" if origin else ""
        x = self.contributions.symbol(source) if source else origin or "x"
        sign, minus, rest = "/" if use.divides else "*", "", ""
        if use.step.primitive == "dot":
            sign = "times"  # which way round is not told here
        if use.step.primitive == "div" and not use.divides:  # by the divisor
            minus, rest = "-", f" / {in_parentheses(x)} ** 2"
        whole = f"d{x} = {minus}d{self.contributions.symbol(use.step)}"
        written = f" {sign} {in_parentheses(other.written)}" if other.written else ""
        operand = in_parentheses(called or f"its {how[0]}")
        once = f" * {operand} / {in_parentheses(x)}"
        implied = once if other.once else f"{written}{rest}"
        return Suspect(
            other.kind,
            f"with {told}{use.step.where} {other.what}{to}",
            other.rank,
            use.with_slopes(self._slopes(use, other.numbers)),
            step=use.step,
            formula=Formula(f"{whole} {sign} {operand}{rest}", f"{whole}{implied}"),
        )


def _swapped(i: int, j: int, index: list[int]) -> list[int]:
    index[i], index[j] = index[j], index[i]
    return index


def _reversed(axes: Sequence[int], shape: Sequence[int], index: list[int]) -> list[int]:
    return [shape[k] - 1 - i if k in axes else i for k, i in enumerate(index)]


def _place(index: Sequence[int], shape: Sequence[int]) -> int:
    """Return at which place the entry at an index is, counted row by row."""
    place = 0
    for size, i in zip(shape, index):
        place = place * size + i
    return place
