"""What flows back comes from another array: a derivative skipped on one way alone, two flows exchanged.

`dW1 = X.T @ da1` has the use of W1 at a1 instead of z1, and `dh = error @ W2.T` that of h at the output. So
a use is moved, with its local derivatives, to another array of the same shape, or one that is stretched.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import permutations

from ...stepping.groups import Key, Step
from ..passes.activations import Region
from ..passes.arrays import Origin, fits, stretched
from ..passes.contributions import Contribution, Contributions, Group
from ..passes.forward import Forward
from ..passes.table import Extra
from .constant_factors import Factors, multiple
from .counts import counted
from .stale import stale_in
from .suspects import Formula, Lead, Suspect, together

_EDGES = 400_000  # that are moved in all suspects together
_LINEAR = 1e-9  # between the slopes of a function that is none
_FUNCTION = 1.35  # the rank of an activation left out

Pairs = Mapping[int, int]  # nodes and those in their places
Told = Callable[[Origin], Suspect]


@dataclass(frozen=True, eq=False)
class Moves:
    """The passes in which uses get what flows back to another array."""

    forward: Forward
    contributions: Contributions
    factors: Factors
    regions: Sequence[Region]
    hand: Mapping[str, Sequence[float]]
    penalty: Sequence[float]

    def leads(self) -> Iterator[Lead]:
        """Yield the mistakes at each use and each array that fits, and at each pair of arrays."""
        groups = [g for g in self.contributions.groups if min(min(step.nodes) for step in g) >= 0]
        functions: dict[Origin, list[tuple[Contribution, Group]]] = defaultdict(list)
        spent, sizes = 0, self.forward.sizes
        edges = {id(group): sum(sizes[i] for step in group for i in step.alive) for group in groups}
        for mine in groups:
            if edges[id(mine)] <= _EDGES and all(_is_square(step.shape) for step in mine):
                told = partial(self._transposed, mine)
                yield from self._leads(mine, partial(_turned, mine), told, 1.6)
        for mine, other in permutations(groups, 2):
            if not _fit(mine, other):
                continue
            spent += edges[id(mine)]
            if spent > _EDGES:
                break
            rank = self._kind(mine, other)[1]
            told = partial(self._told, mine, other)
            yield from self._leads(mine, partial(_pairs, mine, other), told, rank)
            if mine[0].alive[0] < other[0].alive[0] and mine[0].shape == other[0].shape:
                yield Lead(1.72, partial(self._exchanged, mine, other))
            if rank == _FUNCTION:
                yield Lead(1.9, partial(self._moved_and_stale, mine, other))
            function = self._function(mine[0], other[0])
            is_whole = len(mine) == len(self.forward.steps.at[mine[0].key])
            if function and function.is_activation and is_whole:
                for use in self.contributions.of(mine).values():
                    functions[use.origin].append((use, other))
        for many in functions.values():
            if len({use.step for use, _ in many}) > 1:
                yield Lead(1.5, partial(self._without_functions, many))

    def _leads(self, mine: Group, pairs: Callable[[], Pairs], told: Told, rank: float) -> Iterator[Lead]:
        """Yield the passes in which one use by `mine`, or all, get what flows back to other nodes."""
        for use in self.contributions.uses(mine):
            yield Lead(rank, partial(self._moved, use, pairs, told), self.forward.reach(use.parents))

    def _moved(self, use: Contribution, pairs_of: Callable[[], Pairs], told: Told) -> Iterator[Suspect]:
        """Yield the pass in which a use gets what flows back to other nodes."""
        pairs = pairs_of()
        moved = self._to(use, pairs)
        flows = any(self.forward.adjoints[i] for i in use.nodes)
        if moved and flows and not self._are_alike(pairs):
            yield counted(told(use.origin), use.left_out, moved, self.factors.is_simple, 0.8)

    def _to(self, use: Contribution, pairs: Pairs) -> Extra:
        """Return the edges of a use, if they can come from other nodes."""
        ends = [*map(pairs.__getitem__, use.nodes)]
        if not all(map(self._is_below, use.parents, ends)):
            return Extra()
        return Extra.of(ends, use.parents, use.slopes)

    def _moved_and_stale(self, mine: Group, other: Group) -> Iterator[Suspect]:
        """Yield the passes without an activation's derivative on the way through updated weights."""
        pairs = _pairs(mine, other)
        for use in self.contributions.of(mine).values():
            moved, name = self._to(use, pairs), self.contributions.block_of(use.others)
            if not moved or not name or len({*use.nodes}) < 2:  # of one unit, any constant is some step
                continue
            if len(self.hand.get(name, ())) != len(self.forward.blocks[name].nodes):
                continue
            there, told = use.at([pairs[i] for i in use.nodes]), self._told(mine, other, use.origin)
            for stale in stale_in(self.forward, [name], there, self.hand, self.penalty):
                yield together(told, stale, use.left_out + moved)

    def _without_functions(self, many: Sequence[tuple[Contribution, Group]]) -> Iterator[Suspect]:
        """Yield the pass without the derivatives of several activations, on the way to one array alone."""
        steps, more = self.forward.steps, Extra()
        for use, other in many:
            group = tuple(steps.at[use.step.key])
            more += use.left_out + self._to(use, _pairs(group, other))
        told = " and ".join(dict.fromkeys(steps.told(other[0]) for _, other in many))
        x = self._called(many[0][0].origin).strip("`")
        claim = f"with the derivatives of {told} left out{self._way_to(many[0][0].origin)}"
        formula = Formula(f"what flows back to {x} has them", f"what flows back to {x} has them not")
        first = many[0][0].step
        yield Suspect("derivative_missing", claim, 1.5, more, step=first, formula=formula)

    def _exchanged(self, mine: Group, other: Group) -> Iterator[Suspect]:
        """Yield the pass in which two arrays have each other's gradients."""
        edges, pairs = self.forward.edges, _pairs(mine, other)
        if (
            not self._are_terms(mine, other)
            and not self._are_alike(pairs)
            and all(
                self._is_below(parent, j) and self._is_below(p, i)
                for i, j in pairs.items()
                for parent, _ in edges[i]
                for p, _ in edges[j]
            )
        ):
            steps = self.forward.steps
            a, b = self.contributions.symbol(mine[0]), self.contributions.symbol(other[0])
            claim = f"with the gradients of {steps.told(mine[0])} and {steps.told(other[0])} exchanged"
            more = self.forward.changed(
                {i: edges[j] for i, j in pairs.items()} | {j: edges[i] for i, j in pairs.items()}
            )
            formula = Formula(f"d{a}, d{b}", f"d{b}, d{a}")
            yield Suspect("exchanged", claim, 1.72, more, step=mine[0], formula=formula)

    def _are_alike(self, pairs: Pairs) -> bool:
        """Say whether the gradients of both arrays differ by a constant only: that is no other array."""
        adjoints = self.forward.adjoints
        return multiple([adjoints[j] for j in pairs.values()], [adjoints[i] for i in pairs]) is not None

    def _are_terms(self, mine: Group, other: Group) -> bool:
        """Say whether one sum is all that uses two arrays: both get the same gradient, up to the sign."""
        used = [self.forward.steps.users[group[0].key] for group in (mine, other)]
        return used[0] == used[1] and all(primitive in ("add", "sub") for _, primitive in used[0])

    def _is_below(self, parent: int, node: int) -> bool:
        """Say whether what flows back comes to a node before it comes to this parent."""
        return parent < node and self.forward.heights[parent] < self.forward.heights[node]

    def _told(self, mine: Group, other: Group, origin: Origin) -> Suspect:
        """Return the pass, with what is left out on the way if it is only that."""
        steps, first, (kind, rank) = self.forward.steps, mine[0], self._kind(mine, other)
        to = self._way_to(origin)
        a, b = self.contributions.symbol(first), self.contributions.symbol(other[0])
        title = "" if rank == _FUNCTION else f"what flows back to {b} stands for what flows back to {a}"
        claim = f"with the gradient of {steps.told(other[0])} for that of {steps.told(first)}{to}"
        function = self._function(first, other[0])
        if function:
            where = f" in {function.line.short}" if function.line else ""
            claim = f"with the derivative of {function.told}{where} left out{to}"
        formula = Formula(f"d{a} = what flows back to it", f"d{a} = d{b}")
        if origin is not None:
            way = f"what flows back to {self._called(origin).strip('`')} has"
            formula = Formula(f"{way} d{a}", f"{way} d{b}")
        rank += 0.1 * (origin is None)
        return Suspect(kind, claim, rank, step=first, formula=formula, title=title)

    def _transposed(self, mine: Group, origin: Origin) -> Suspect:
        """Return the pass that has an array's gradient transposed."""
        steps, first = self.forward.steps, mine[0]
        a = steps.symbol(first, "a")
        claim = f"with d{a}.T for d{a} of {steps.told(first)}{self._way_to(origin)}"
        formula = Formula(f"d{a}", f"d{a}.T")
        return Suspect("transposed", claim, 1.6, step=first, formula=formula)

    def _way_to(self, origin: Origin) -> str:
        return f" on the way to {self._called(origin)}" if origin is not None else ""

    def _kind(self, mine: Group, other: Group) -> tuple[str, float]:
        """Return the kind of a move and its rank: an activation is left out, more, or neither."""
        if self._function(mine[0], other[0]):
            return "derivative_missing", _FUNCTION
        if mine[0].key not in self._below[other[0].key]:
            return "other_operand", 1.85
        masks = self.forward.masks
        last = other[0]
        is_product = last.primitive in ("mul", "dot") or self.forward.is_weighted_sum(last.alive[0])
        is_function = not is_product and masks[mine[0].alive[0]] == masks[other[0].alive[0]]
        return "derivative_missing" if is_function else "factor_missing", 2.0

    def _function(self, mine: Step, other: Step) -> Region | None:
        """Return the activation that is all there is between two arrays, but for a bias that is added."""
        adjoints = self.forward.adjoints
        flow = [adjoints[i] for i in mine.nodes]
        for region in self._regions_of.get(other.nodes, ()):
            if [adjoints[i] for i in region.inputs] == flow:
                return region
        return None

    @cached_property
    def _regions_of(self) -> Mapping[tuple[int, ...], list[Region]]:
        """The activations by their outputs."""
        found: dict[tuple[int, ...], list[Region]] = defaultdict(list)
        for region in self.regions:
            if region.activation or max(region.slopes) - min(region.slopes) > _LINEAR:
                found[region.outputs].append(region)
        return found

    @cached_property
    def _below(self) -> Mapping[Key, set[Key]]:
        return {key: self.forward.steps.below(key) for key in self.forward.steps.at}

    def _called(self, origin: Origin) -> str:
        return self.contributions.called(origin) or "the rest"


def _is_square(shape: Sequence[int]) -> bool:
    return len(shape) > 1 and shape[-1] == shape[-2] > 1


def _turned(group: Group) -> Pairs:
    """Return for the nodes of square arrays those that are in their places when these are transposed."""
    found: dict[int, int] = {}
    for step in group:
        size = step.shape[-1]
        for place, node in enumerate(step.nodes):
            matrix, (i, j) = place // size**2 * size**2, divmod(place % size**2, size)
            found[node] = step.nodes[matrix + j * size + i]
    return found


def _fit(mine: Group, other: Group) -> bool:
    """Say whether the arrays of `other` have the shapes of those of `mine`, or can be stretched to them."""
    if mine[0].key == other[0].key or len(mine) != len(other):
        return False
    return all(fits(b, a.shape) for a, b in zip(mine, other))


def _pairs(mine: Group, other: Group) -> Pairs:
    """Return for the nodes of `mine` those of `other` which stand in their places."""
    found: dict[int, int] = {}
    for a, b in zip(mine, other):
        places = range(len(a.nodes)) if a.shape == b.shape else stretched(b.shape, a.shape)
        found.update(zip(a.nodes, (b.nodes[place] for place in places)))
    return found
