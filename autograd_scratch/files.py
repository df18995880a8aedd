"""Files that are there whole or not at all, and JSON from strangers."""

import os
import re
from contextlib import suppress
from pathlib import Path
from shutil import copymode
from threading import get_ident

from .errors import OutputError

_NESTED = 200  # brackets: files of models have some ten


def shallow(text: str) -> str:
    """Return a text of JSON as it is; a ValueError where it is nested so deeply that no file of a model is.

    A reader goes a call deeper for each level, and where it runs in a browser, that may be its end.

    >>> shallow("[" * 1_000)
    Traceback (most recent call last):
    ValueError: it is nested more than 200 deep
    """
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _NESTED:
            raise ValueError(f"it is nested more than {_NESTED} deep")
    return text


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there and raise OutputError.

    What a link points to is written, and a file that was there keeps its rights. A device takes the bytes.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)
    except (OSError, ValueError, RuntimeError) as fault:
        raise OutputError(
            f"cannot write {path}: {getattr(fault, 'strerror', None) or fault}; name a file in a folder "
            "that exists and may be written"
        ) from fault


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside another one, and put it in its place."""
    beside = path.with_name(f".{os.getpid()}-{get_ident()}.part")
    try:
        beside.write_bytes(content)
        with suppress(FileNotFoundError):
            copymode(path, beside)
        beside.replace(path)
    finally:
        with suppress(OSError, ValueError):
            beside.unlink(missing_ok=True)
