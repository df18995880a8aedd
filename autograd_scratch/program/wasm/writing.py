"""Loop nests as lines of WebAssembly.

Each loop counts in a local. Where the entries of arrays stand is told by cursors: one local for all places
with the same strides, which goes on by its stride at the end of each round. Where an array begins is part
of the instruction that reads or writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from ...primitives.arithmetic import add
from ...primitives.exponential import sech_squared, tanh
from ..layout import indented
from ..nests.loops import (
    AddTo,
    Array,
    Axis,
    Fold,
    Lane,
    Let,
    Local,
    Loop,
    Operand,
    Place,
    Read,
    Statement,
    Update,
    Write,
    statements,
)
from .operations import TANH_AND_SLOPE, combined, number, written
from .pairs import Expression, Pair, pair

FLOAT, INDEX = 8, 4  # bytes
SWAPPED = "8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7"
# axes of open loops, the outermost first, and how many bytes each goes on
Key = tuple[tuple[Axis, int], ...]


class Address(NamedTuple):
    """Where something is: the text of a number of bytes, and further ones that an instruction adds."""

    text: str
    offset: int

    def __str__(self) -> str:
        return f"offset={self.offset} {self.text}" if self.offset else self.text


class Writer:
    """Writes the statements of one function, and knows its locals and which functions it calls."""

    def __init__(self, offsets: Mapping[Array, int], tables: Mapping[tuple[int, ...], int]) -> None:
        """Take where arrays and tables of indices begin, in bytes."""
        self._offsets = offsets
        self._tables = tables
        self.locals: dict[str, str] = {}
        self.called: dict[str, None] = {}
        self._values: dict[Local, Expression] = {}
        self._open: list[Axis] = []
        self._cursors: dict[Key, str] = {}
        self._numbers = count(1)

    def new(self, kind: str, letter: str) -> str:
        """Return a new local."""
        name = f"${letter}{next(self._numbers)}"
        self.locals[name] = kind
        return name

    def lines(self, body: Sequence[Statement]) -> Iterator[str]:
        """Yield the lines of some statements."""
        slopes = _slopes_of_tanh(body)
        for statement in body:
            if isinstance(statement, Loop):
                yield from self._loop(statement)
            elif isinstance(statement, Let) and statement in slopes:
                yield from self._tanh_and_slope(*slopes[statement])
            else:
                yield from self._line(statement)

    def _line(self, statement: Any) -> Iterator[str]:
        if isinstance(statement, Read):
            yield self._set(statement.target, self._loaded(statement.place))
        elif isinstance(statement, Let):
            operands = [self._value(operand) for operand in statement.operands]
            if statement.primitive is None:
                yield self._set(statement.target, operands[0])
            else:
                kept: list[str] = []
                found = self._applied(statement.primitive, operands, kept)
                yield from kept
                yield self._set(statement.target, found)
        elif isinstance(statement, Update):
            total, term = (number(self._value(x)) for x in (statement.target, statement.value))
            yield self._set(statement.target, combined(statement.primitive, total, term))
        elif isinstance(statement, Fold):
            yield from self._folded(statement)
        elif isinstance(statement, Write):
            yield from self._stored(statement.place, number(self._value(statement.value)))
        else:
            yield from self._added(statement.place, number(self._value(statement.value)))

    def _applied(self, primitive: Any, operands: Sequence[Expression], kept: list[str]) -> Expression:
        def keep(x: Expression) -> Expression:
            name = self.new("v128", "v")
            kept.append(f"(local.set {name} {x})")
            return type(x)(f"(local.get {name})")

        found = written(primitive, operands, keep)
        if found.text.startswith("(call $"):
            self.called[found.text[len("(call $") :].partition(" ")[0]] = None
        return found

    def _tanh_and_slope(self, first: Let, second: Let) -> Iterator[str]:
        """Write tanh and its slope as one call."""
        if first.target in self._values and second.target in self._values:
            return
        self.called[TANH_AND_SLOPE] = None
        x = number(self._value(first.operands[0]))
        targets = [self._named(let.target, Pair("")) for let in (first, second)]
        yield f"(call ${TANH_AND_SLOPE} {x})"
        yield from (f"(local.set {name})" for name in reversed(targets))

    def _value(self, operand: Operand) -> Expression:
        return self._values[operand] if isinstance(operand, Local) else pair(operand)

    def _named(self, local: Local, like: Expression) -> str:
        if local not in self._values:
            self._values[local] = type(like)(f"(local.get {self.new('v128', 'v')})")
        return self._values[local].text[len("(local.get ") : -1]

    def _set(self, target: Local, value: Expression) -> str:
        return f"(local.set {self._named(target, value)} {value})"

    def _folded(self, statement: Fold) -> Iterator[str]:
        """Give both lanes what both lanes' terms give together."""
        own = number(self._value(statement.target))
        other = Pair(f"(i8x16.shuffle {SWAPPED} {own} {own})")
        total = combined(statement.primitive, own, other)
        if statement.primitive is not add:  # two zeros may be of different signs
            total = Pair(f"(f64x2.splat (f64x2.extract_lane 0 {total}))")
        yield self._set(statement.target, total)

    def _loop(self, loop: Loop) -> Iterator[str]:
        axis = loop.axis
        if axis.size < 2:
            yield from self.lines(loop.body) if axis.size else ()
            return
        self._open.append(axis)
        keys: dict[Key, None] = {}
        for statement in statements(loop.body):
            if isinstance(statement, (Read, Write, AddTo)):
                for key in self._keys(statement.place):
                    if key and key[-1][0] is axis:
                        keys[key] = None
        before = dict(self._cursors)
        steps = []
        for key in keys:
            name = self.new("i32", "p")
            start = self._cursor(key[:-1])
            step = key[-1][1]
            if step < 0:  # from the last to the first: addresses are never negative
                start = f"(i32.add {start} (i32.const {-step * (axis.size - 1)}))"
            yield f"(local.set {name} {start})"
            self._cursors[key] = f"(local.get {name})"
            steps.append(f"(local.set {name} (i32.add (local.get {name}) (i32.const {step})))")
        index, label = self.new("i32", "i"), f"$l{next(self._numbers)}"
        yield f"(local.set {index} (i32.const {axis.size}))"
        yield f"(loop {label}"
        yield from indented([*self.lines(loop.body), *steps])
        less = f"(local.tee {index} (i32.sub (local.get {index}) (i32.const 1)))"
        yield from indented([f"(br_if {label} {less}))"])
        self._open.pop()
        self._cursors = before

    def _keys(self, place: Place) -> tuple[Key, Key]:
        """Return by which axes a place moves, as far as their loops are open, and its table's entry."""
        return self._key(place.strides, FLOAT), self._key(place.table_strides, INDEX)

    def _key(self, strides: Sequence[tuple[Axis, int]], size: int) -> Key:
        found = {axis: size * stride for axis, stride in strides}
        return tuple((axis, found[axis]) for axis in self._open if found.get(axis))

    def _cursor(self, key: Key) -> str:
        return self._cursors[key] if key else "(i32.const 0)"

    def _moved(self, key: Key, offset: int) -> Address:
        """Return the address of what begins at an offset and moves by a key."""
        offset += sum(step * (axis.size - 1) for axis, step in key if step < 0)
        return Address(self._cursor(key), offset)

    def _address(self, place: Place, lane: int) -> Address:
        """Return where the entry of a lane is."""
        key, table_key = self._keys(place)
        strides, table_strides = _lane(place.strides), _lane(place.table_strides)
        offset = self._offsets[place.array] + FLOAT * (place.offset + lane * strides)
        if place.table is None:
            return self._moved(key, offset)
        begin = self._tables[place.table] + INDEX * (place.table_offset + lane * table_strides)
        entry = f"(i32.load {self._moved(table_key, begin)})"
        own = self._moved(key, offset)
        return Address(f"(i32.add {entry} {own.text})" if key else entry, own.offset)

    def _loaded(self, place: Place) -> Pair:
        first = self._address(place, 0)
        if _lane(place.table_strides) == 0 and _lane(place.strides) in (0, 1):
            return Pair(f"(v128.load{'64_splat' * (not _lane(place.strides))} {first})")
        second = self._address(place, 1)
        offset = f"offset={second.offset} " if second.offset else ""
        return Pair(f"(v128.load64_lane {offset}1 {second.text} (v128.load64_zero {first}))")

    def _stored(self, place: Place, value: Pair) -> Iterator[str]:
        if _lane(place.table_strides) == 0 and _lane(place.strides) == 1:
            yield f"(v128.store {self._address(place, 0)} {value})"
            return
        for lane in (0, 1) if _has_lanes(place) else (0,):
            yield self._stored_lane(self._address(place, lane), lane, value)

    def _added(self, place: Place, value: Pair) -> Iterator[str]:
        if _lane(place.table_strides) == 0 and _lane(place.strides) == 1:
            yield f"(v128.store {self._address(place, 0)} {self._loaded(place) + value})"
            return
        for lane in (0, 1) if _has_lanes(place) else (0,):
            address = self._address(place, lane)
            yield self._stored_lane(address, lane, Pair(f"(v128.load64_splat {address})") + value)

    @staticmethod
    def _stored_lane(address: Address, lane: int, value: Pair) -> str:
        offset = f"offset={address.offset} " if address.offset else ""
        return f"(v128.store64_lane {offset}{lane} {address.text} {value})"


def _lane(strides: Sequence[tuple[Axis, int]]) -> int:
    """Return how far apart the entries of both lanes are."""
    return next((stride for axis, stride in strides if isinstance(axis, Lane)), 0)


def _has_lanes(place: Place) -> bool:
    return bool(_lane(place.strides) or _lane(place.table_strides))


def _slopes_of_tanh(body: Sequence[Statement]) -> dict[Let, tuple[Let, Let]]:
    """Return which statements are tanh and its slope of the same number, by each of the two."""
    lets = [statement for statement in body if isinstance(statement, Let)]
    first = {let.operands[0]: let for let in lets if let.primitive is tanh}
    slopes = [let for let in lets if let.primitive is sech_squared and let.operands[0] in first]
    pairs = [(first[slope.operands[0]], slope) for slope in slopes]
    return {let: both for both in pairs for let in both}
