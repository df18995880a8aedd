"""What a file of safetensors begins with: where the numbers of each name stand.

Eight bytes count those of a JSON object, which is padded with blanks; the numbers follow, without gaps.

    >>> content = written({"w": ([1.0, 2.0], (2,))}, {})
    >>> content[8:64]
    b'{"w":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}} '
    >>> parsed(content[8:64], 16)
    ([Tensor(name='w', kind='F64', shape=(2,), begin=0, end=16)], {})
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from math import prod
from operator import attrgetter
from struct import pack
from typing import Any, NamedTuple, NoReturn

from ..files import shallow
from ..wording import cut
from .kinds import KINDS, UNREAD, kind_of, packed

METADATA = "__metadata__"  # the name that is none of numbers: texts stand there
LONGEST = 100_000_000  # bytes; what is longer, other libraries do not read

_EMPTY = 100_000  # rows without numbers, at most: they stand in no byte, and would fill the memory
_FIELDS = {"dtype", "shape", "data_offsets"}
_ALIGNMENT = 8
_NAME = 60
_LARGEST = 2**63
_AS_FLOATS = "read it with the library that wrote it, and save float32 or float64"
_AXES = 64  # as many as an array of NumPy's has; a product of more could be a number without end


class Tensor(NamedTuple):
    """A name, and where its numbers stand behind the header: from byte `begin` up to `end`."""

    name: str
    kind: str
    shape: tuple[int, ...]
    begin: int
    end: int


class BrokenError(ValueError):
    """What is wrong with a file, and what to do about it."""

    def __init__(self, fault: str, remedy: str = "save it again, or get it again") -> None:
        super().__init__(f"{fault}; {remedy}")


def quoted(name: object) -> str:
    """Return a name in quotes, on one line and cut short: it may come from anywhere.

    >>> quoted("a" * 1_000)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
    """
    return repr(cut(str(name), _NAME))


def written(
    tensors: Mapping[str, tuple[Sequence[float], Sequence[int]]], metadata: Mapping[str, str]
) -> bytes:
    """Return the content of a file: for each name, in order, numbers and their shape."""
    header: dict[str, Any] = (
        {METADATA: {key: metadata[key] for key in sorted(metadata)}} if metadata else {}
    )
    parts: list[bytes] = []
    end = 0
    for name in sorted(tensors):
        numbers, shape = tensors[name]
        kind = kind_of(numbers)
        parts.append(packed(kind, numbers))
        begin, end = end, end + len(parts[-1])
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": (begin, end)}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    if len(text) > LONGEST:
        raise BrokenError(
            f"{len(tensors):,} names make a header of {len(text):,} bytes, and {LONGEST:,} are the most",
            "layers of nn, which have an array for a name, make a shorter one",
        )
    return b"".join([pack("<Q", len(text)), text, *parts])


def parsed(text: bytes, size: int) -> tuple[list[Tensor], dict[str, str]]:
    """Return what a header says stands in the `size` bytes behind it, in order; and its texts.

    Raises BrokenError where the one does not fit the other to the byte.
    """
    header = _json(text)
    metadata = header.pop(METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(told, str) for told in metadata.values()):
        raise BrokenError(f"{METADATA} in its header is no object of texts")
    tensors = sorted(
        (_tensor(name, entry) for name, entry in header.items()), key=attrgetter("begin", "end")
    )
    end = 0
    for tensor in tensors:
        if tensor.begin != end:
            fault = "overlap those of another name" if tensor.begin < end else "begin behind a gap"
            raise BrokenError(f"the numbers of {quoted(tensor.name)} {fault}, at byte {tensor.begin}")
        end = tensor.end
    if end > size:
        raise BrokenError(f"{end - size:,} of the {end:,} bytes of its numbers are missing")
    if end < size:
        raise BrokenError(f"{size - end:,} bytes stand behind its last number")
    return tensors, metadata


def _json(text: bytes) -> dict[str, Any]:
    """Return the object that a header is."""
    try:
        header = json.loads(shallow(text.decode()), object_pairs_hook=_object, parse_constant=_refused)
    except BrokenError:
        raise
    except (ValueError, RecursionError, MemoryError) as fault:
        raise BrokenError(f"its header is no JSON: {cut(str(fault), 2 * _NAME)}") from fault
    if not isinstance(header, dict):
        raise BrokenError("its header is no JSON object")
    return header


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of which each key stands there once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        doubled = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise BrokenError(f"{quoted(doubled)} stands in its header twice")
    return found


def _refused(constant: str) -> NoReturn:
    raise BrokenError(f"its header is no JSON: {constant} is no number there")


def _tensor(name: str, entry: Any) -> Tensor:
    """Return what a header says of a name."""
    if not isinstance(entry, dict) or not entry.keys() >= _FIELDS:
        raise BrokenError(f"of {quoted(name)} its header lacks dtype, shape or data_offsets")
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise _unread(name, kind)
    if not _are_counts(shape) or len(shape) > _AXES:
        raise BrokenError(
            f"the shape of {quoted(name)} is no list of at most {_AXES} whole numbers from 0 on"
        )
    if not _are_counts(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise BrokenError(f"the data_offsets of {quoted(name)} are no two whole numbers, begin and end")
    if 0 in shape and prod(shape[: shape.index(0)]) > _EMPTY:
        raise BrokenError(
            f"{quoted(name)} has {cut(str(tuple(shape)), _NAME)} for a shape, rows without numbers"
        )
    begin, end = offsets
    if KINDS[kind].size * prod(shape) != end - begin:
        told = f"{kind} of shape {cut(str(tuple(shape)), _NAME)}"
        raise BrokenError(f"{end - begin} bytes are too many or too few for {quoted(name)}, {told}")
    return Tensor(name, kind, tuple(shape), begin, end)


def _are_counts(numbers: Any) -> bool:
    """Say whether these are whole numbers from 0 on, as large as a file may be, in a list."""
    if not isinstance(numbers, list):
        return False
    return not numbers or ({*map(type, numbers)} == {int} and 0 <= min(numbers) <= max(numbers) < _LARGEST)


def _unread(name: str, kind: Any) -> BrokenError:
    """Return the error for a kind of numbers that is not read."""
    if isinstance(kind, str) and kind in UNREAD:
        return BrokenError(f"{quoted(name)} has numbers of the kind {kind}, not read here", _AS_FLOATS)
    close = get_close_matches(cut(str(kind), _NAME).upper(), KINDS, n=1)
    meant = f", perhaps {close[0]}" if close else ""
    return BrokenError(f"{quoted(name)} has numbers of an unknown kind, {quoted(kind)}{meant}", _AS_FLOATS)
