"""Files that are there whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from ..errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there and raise OutputError."""
    beside = path.with_name(f".{os.getpid()}-{get_ident()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except (OSError, ValueError) as fault:
        with suppress(OSError, ValueError):
            beside.unlink()
        raise OutputError(
            f"cannot write {path}: {getattr(fault, 'strerror', None) or fault}; name a file in a folder "
            "that exists and may be written"
        ) from fault
