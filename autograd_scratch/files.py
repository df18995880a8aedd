"""Files that are there whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from shutil import copymode
from threading import get_ident

from .errors import OutputError


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
