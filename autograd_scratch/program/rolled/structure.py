"""The primitives of arrays: three that move entries, beside all others, which compute entry by entry.

A Variable may stand for an array. Then a primitive of the table is applied at each place, all of its
operands having the same shape or being plain numbers. What brings arrays into one shape are index maps
(see `stepping.maps`):

    take      out[I] = x[map(I)]                             broadcasting, slices, transposes, gathers
    put       out[J] = the sum of all x[I] with map(I) = J   sums along axes; the adjoint of `take`
    along     a primitive of many terms, which are the last axis of its operands

`take` and `put` by one map are each other's adjoints. That is all there is to differentiating arrays.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from ...primitives import Primitive
from ...stepping.maps import Map, Shape, finer, fitted, spread, strides_of
from ..operands import Operand, is_zero
from ..variables import Trace, Variable


class Structural(Primitive):
    """A primitive that is given by more than its name."""

    key: tuple[Any, ...]

    def __init__(self, name: str, key: tuple[Any, ...]) -> None:
        self.name = name
        self.key = key
        self.family = None
        self.is_ours = True
        self.arity = None

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.key == other.key

    def __reduce__(self) -> Any:
        return type(self), self.key

    def __call__(self, *args: Any, **options: Any) -> Any:
        raise TypeError(f"{self.name} is applied to what is written in a trace")

    def shape_of(self, args: Sequence[Any]) -> Shape:
        """Return the shape of what it gives."""
        raise NotImplementedError


class Take(Structural):
    """At each place of a space an entry of its operand, as the map says."""

    def __init__(self, map: Map) -> None:  # noqa: A002, the field's name
        super().__init__("take", (map,))
        self.map = map

    def shape_of(self, args: Sequence[Any]) -> Shape:
        return self.map.space

    def __call__(self, *args: Any, **options: Any) -> Any:
        return args[0]


class Put(Structural):
    """For each entry of its result the sum of all places of its operand that the map sends there."""

    def __init__(self, map: Map) -> None:  # noqa: A002
        super().__init__("put", (map,))
        self.map = map

    def shape_of(self, args: Sequence[Any]) -> Shape:
        return self.map.source

    @property
    def count(self) -> float | None:
        """How many places go to each entry, if equally many do."""
        if self.map.is_spread:
            return self.map.size / (prod(self.map.source) or 1)
        return None

    def __call__(self, *args: Any, **options: Any) -> Any:
        (x,) = args
        if self.count is None:
            raise TypeError("a number that goes to some entries more often than to others gives an array")
        return x * self.count


class Along(Structural):
    """A primitive of many terms, which lie along the last axis of those operands that `terms` counts.

    `terms` has a number for each operand: how long that axis is, or 0 for an operand without.
    """

    def __init__(self, inner: Primitive, terms: tuple[int, ...]) -> None:
        super().__init__(inner.name, (inner, terms))
        self.inner = inner
        self.terms = terms
        self.is_ours = inner.is_ours

    def shape_of(self, args: Sequence[Any]) -> Shape:
        shapes = [
            arg.shape[:-1] if count else arg.shape
            for arg, count in zip(args, self.terms)
            if arg.__class__ is not float
        ]
        return max(shapes, key=len, default=())

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Return what plain numbers give, each of which stands for all terms of its operand."""
        return self.inner(*(x for x, count in zip(args, self.terms) for _ in range(count or 1)))

    def flat(self, args: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the operands of the primitive itself, given the terms of each operand."""
        return [term for terms in args for term in terms]


def inner_of(primitive: Any) -> Any:
    """Return what a primitive computes: of one along an axis the one that takes the terms."""
    return primitive.inner if primitive.__class__ is Along else primitive


def is_made_by(operand: Operand, kind: type[Any]) -> bool:
    """Say whether an operand is what a primitive of some kind made."""
    return operand.__class__ is Variable and operand.primitive.__class__ is kind


def is_single(x: Operand, shape: Shape) -> bool:
    """Say whether an operand is one number, a plain one or not, for each entry of an array."""
    return x.__class__ is float or (not x.shape and bool(shape))


def taken(map: Map, x: Any) -> Any:  # noqa: A002
    """Return a Variable that takes from `x` by a map, or what is the same and simpler.

    A single number, which stands for each entry of an array, still does for what is taken from that.
    """
    if is_single(x, map.source) or map.is_identity:
        return x
    if x.primitive.__class__ is Take and not x.name and not _repeats(map, x.primitive.map):
        whole = x.primitive.map.then(map)
        if whole.table is None or map.table is not None or x.primitive.map.table is not None:
            return taken(whole, x.parents[0])
    fine = finer(map)
    if fine is not None:
        return taken(Map(map.space, fine.space, 0, strides_of(map.space)), taken(fine, x))
    return x.trace.apply(Take(map), (x,))


def _repeats(outer: Map, inner: Map) -> bool:
    """Say whether what is taken by a table is repeated: a longer table would say the same."""
    return inner.table is not None and outer.table is None and outer.size > inner.size


def summed(map: Map, x: Any) -> Any:  # noqa: A002
    """Return a Variable that adds `x` up by a map, or what is the same and simpler.

    A single number stands for one at each place.
    """
    if map.is_identity:
        return x
    put = Put(map)
    if x.__class__ is float:
        return put(x)
    if is_single(x, map.space):
        return (
            x * put.count
            if put.count is not None
            else x.trace.apply(put, (taken(spread((), map.space, []), x),))
        )
    if map.is_permuted:
        return taken(inverse(map), x)
    if x.primitive.__class__ is Put and map.table is None:
        inner = x.primitive.map
        whole = map.then(inner) if inner.table is None else inner
        if whole.table is None:
            return x.trace.apply(Put(whole), x.parents)
    return x.trace.apply(put, (x,))


def added_up(trace: Trace, map: Map, x: Operand) -> Operand:  # noqa: A002
    """Do as `summed`; a plain number, too, may go to some entries more often than to others."""
    if x.__class__ is not float or Put(map).count is not None:
        return summed(map, x)
    return 0.0 if is_zero(x) else summed(map, trace.table((x,), ()))


def inverse(map: Map) -> Map:  # noqa: A002
    """Return the map that takes back what a map of all entries took, each once.

    >>> transposed = Map((3, 2), source=(2, 3), offset=0, strides=(1, 3))
    >>> transposed.then(inverse(transposed)).is_identity
    True
    """
    if map.table is not None:
        places = sorted(range(map.size), key=map.table.__getitem__)
        return fitted(map.source, map.space, places)
    own = strides_of(map.space)
    axes = sorted((axis for axis, size in enumerate(map.space) if size > 1), key=map.strides.__getitem__)
    inner = tuple(map.space[axis] for axis in reversed(axes))
    flat = Map(inner, map.space, 0, tuple(own[axis] for axis in reversed(axes)))
    return flat.then(Map(map.source, inner, 0, strides_of(map.source)))


def over_terms(x: Any, space: Shape) -> Any:
    """Return an array once more for each of some terms, which are the last axis of a space."""
    if x.__class__ is float:
        return x
    return taken(spread(x.shape, space, range(len(x.shape))), x)


def over_all_but_last(x: Any, space: Shape) -> Any:
    """Return a vector once more for each place of all axes of a space but the last."""
    if x.__class__ is float:
        return x
    return taken(spread(x.shape, space, [len(space) - 1]), x)


def table_of(trace: Trace, numbers: tuple[Any, ...], shape: Shape) -> Variable:
    """Return an array of plain numbers without a name, the one that is there if there is one."""
    for table, known in trace.tables.items():
        is_alike = known.__class__ is tuple and table.shape == shape and not table.name
        if is_alike and known == numbers and repr(known) == repr(numbers):  # 0.0 is not -0.0
            return table
    return trace.table(numbers, shape)


def product(x: Operand, y: Operand) -> Operand:
    """Return a product, that of zero and an argument without a look at this: whoever calls has looked."""
    if (is_zero(x) and is_given(y)) or (is_zero(y) and is_given(x)):
        return 0.0
    return x * y


def is_given(x: Operand) -> bool:
    """Say whether an operand is an argument or a table, or taken of one."""
    while x.__class__ is Variable and x.primitive.__class__ is Take:
        x = x.parents[0]
    return x.__class__ is Variable and x.primitive is None
