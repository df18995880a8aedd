"""Machine code that wasmtime made of a module, kept in the user's cache folder.

That is `autograd-scratch` in `$XDG_CACHE_HOME` or `~/.cache`. What stands there can be made again: the code
is kept with a checksum over it and over what it was made of, and where the folder cannot be read or
written, or what it holds is not what was written there, it is made anew. wasmtime itself refuses code of
another version or processor. (It has a cache too, which does not check what it reads: one wrong bit in it
can end the process.) To load code is to run it, and a checksum can be forged: a folder or file that is not
the user's own, or that others may write, is not used. Of many modules those stay that were written last.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from .files import write_whole

OF_A_PROGRAM = "module-"  # how names of files begin
MOST = 100  # of these


def kept_module(engine: Any, wasm: bytes, name: str) -> Any:
    """Return a module as machine code: as it was kept, or made now, and kept."""
    import wasmtime

    made_of = sha256(wasm)
    folder = _folder()
    file = folder / f"{name}.bin"
    with suppress(OSError, wasmtime.WasmtimeError):  # the latter for code of another wasmtime or machine
        kept = _own_bytes(folder, file)
        code = kept[made_of.digest_size :]
        if kept == _checked(made_of, code):
            return wasmtime.Module.deserialize(engine, code)
    module = wasmtime.Module(engine, wasm)
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_own(folder.lstat()):
            write_whole(file, _checked(made_of, bytes(module.serialize())))
            file.chmod(0o600)
            _forget_the_oldest(folder)
    return module


def _forget_the_oldest(folder: Path) -> None:
    """Delete modules of Programs, the oldest first, if there are too many."""
    files = sorted(folder.glob(f"{OF_A_PROGRAM}*.bin"), key=lambda file: file.stat().st_mtime)
    for file in files[:-MOST]:
        file.unlink(missing_ok=True)


def _own_bytes(folder: Path, file: Path) -> bytes:
    """Return what is in a file of the user's; nothing where somebody else may have written it."""
    if not _is_own(folder.lstat()):
        return b""
    if not file.is_file():
        return b""
    with file.open("rb") as opened:
        return opened.read() if _is_own(os.fstat(opened.fileno())) else b""


def _is_own(status: os.stat_result) -> bool:
    """Say whether a folder or file is the user's, who alone may write it; a link counts as everybody's."""
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _checked(made_of: Any, code: bytes) -> bytes:
    """Return machine code behind the checksum of it and of what it is made of."""
    checksum = made_of.copy()
    checksum.update(code)
    digest: bytes = checksum.digest()
    return digest + code


def _folder() -> Path:
    """Return where to keep what can be made again; without a home directory, a place that keeps nothing."""
    places = (os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache"), os.devnull)
    return Path(next(filter(os.path.isabs, places), os.devnull)) / "autograd-scratch"
