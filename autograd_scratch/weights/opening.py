"""How a file of weights is opened: whole and sound, or an error that says what is wrong with it."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from os import PathLike, fstat
from pathlib import Path
from struct import unpack
from typing import Any, BinaryIO, NamedTuple, Self

from ..errors import DataError, ModelFileError
from ..ieee import describe
from ..nn.shapes import Shape, nested
from ..wording import cut
from .foreign import other_form
from .header import LONGEST, BrokenError, Tensor, parsed
from .kinds import KINDS, unpacked

_COUNT = 8  # bytes that say how many the header has
_HEAD = 4096
_PATH = 80


class Weights(NamedTuple):
    """A file that is open behind its header, what this says, and how the file is called in errors."""

    stream: BinaryIO
    called: str
    tensors: list[Tensor]
    metadata: dict[str, str]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.stream.close()

    def numbers(self) -> dict[str, tuple[Any, ...]]:
        """Read all numbers, by name; those of an array are in one row."""
        size = self.tensors[-1].end if self.tensors else 0
        try:
            content = memoryview(self.stream.read(size))
        except OSError as fault:
            raise ModelFileError(f"cannot load {self.called}: {fault}") from fault
        if len(content) < size:
            raise ModelFileError(f"cannot load {self.called}: it was cut short while it was read")
        found: dict[str, tuple[Any, ...]] = {}
        for kind, group in groupby(self.tensors, attrgetter("kind")):
            row = [*group]
            first = row[0].begin
            numbers = unpacked(
                kind, content[first : row[-1].end]
            )  # at once: of single numbers there are many
            size = KINDS[kind].size
            for each in row:
                found[each.name] = numbers[(each.begin - first) // size : (each.end - first) // size]
        return found

    def state(self) -> dict[str, Any]:
        """Read all numbers, as a `state_dict` has them."""
        flat = self.numbers()
        return {each.name: arranged(flat[each.name], each.shape) for each in self.tensors}


def arranged(numbers: Sequence[Any], shape: Shape) -> Any:
    """Return numbers as nested lists of a shape, rows without numbers among them.

    >>> arranged([1.0, 2.0], (2, 1)), arranged([], (2, 0))
    ([[1.0], [2.0]], [[], []])
    """
    if shape and not numbers:
        empty: list[Any] = [arranged(numbers, shape[1:]) for _ in range(shape[0])] if shape[0] else []
        return empty
    return nested(numbers, shape)


def path_of(path: Any, example: str) -> Path:
    """Return a path, or say that something else was given."""
    if not isinstance(path, (str, PathLike)):
        raise DataError(
            f"weights are in a file, named by a text or Path, not {describe(path)}; write {example}"
        )
    return Path(path)


def opened(path: Any) -> Weights:
    """Open a file whose header fits its size, or raise ModelFileError; who calls closes it, by `with`."""
    file = path_of(path, 'load(model, "model.safetensors")')
    called = called_in_errors(file)
    try:
        _refuse_what_is_no_file(file)
        stream = file.open("rb")
    except (OSError, ValueError) as fault:
        told = getattr(fault, "strerror", None) or fault
        raise ModelFileError(
            f"cannot load {called}: {told}; give the path under which save(model, path) wrote it"
        ) from fault
    try:
        return Weights(stream, called, *_header(stream, str(file)))
    except BaseException as fault:
        stream.close()
        if isinstance(fault, (BrokenError, OSError)):
            raise ModelFileError(f"cannot load {called}: {fault}") from fault
        raise


def called_in_errors(file: Path) -> str:
    """Return what a file is called in errors."""
    return cut(str(file), _PATH)


def _refuse_what_is_no_file(file: Path) -> None:
    """Refuse a folder, a pipe that would be waited for, and what is not there."""
    if file.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    if not file.exists():
        raise FileNotFoundError(None, "there is no such file")
    if not file.is_file():
        raise OSError(None, "it is no file")


def _header(stream: BinaryIO, path: str) -> tuple[list[Tensor], dict[str, str]]:
    """Read the header of a file and hold it against the size of the file, before more is read."""
    size = fstat(stream.fileno()).st_size
    head = stream.read(_HEAD)
    length = unpack("<Q", head[:_COUNT])[0] if len(head) >= _COUNT else 0
    if head[_COUNT : _COUNT + 1] != b"{" or length > min(size - _COUNT, LONGEST):
        raise _not_begun(head, length, size, path)
    text = head[_COUNT : _COUNT + length]
    text += stream.read(length - len(text))
    stream.seek(_COUNT + length)
    if len(text) < length:
        raise BrokenError("it was cut short while it was read")
    return parsed(text, size - _COUNT - length)


def _not_begun(head: bytes, length: int, size: int, path: str) -> BrokenError:
    """Return the error for a file that does not begin as one of safetensors."""
    if not head:
        return BrokenError("it is empty")
    other = other_form(head, path)
    if other:
        return BrokenError(*other)
    if head[_COUNT : _COUNT + 1] != b"{":
        return BrokenError("it is no safetensors file, which has a JSON object from its ninth byte on")
    return BrokenError(
        f"it tells of a header of {length:,} bytes, where {min(size - _COUNT, LONGEST):,} are the most"
    )
