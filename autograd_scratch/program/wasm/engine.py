"""Modules compiled and run by wasmtime.

Its engine is there once, a module once for each text, and what runs has a store of its own, with its
memory. Threads may run side by side: nobody holds Python's lock while machine code runs.
"""

import atexit
from array import array
from collections.abc import Sequence
from ctypes import addressof, c_ubyte
from functools import cache, lru_cache
from hashlib import sha256
from threading import Lock
from types import SimpleNamespace
from typing import Any

from ...errors import MissingPackageError
from ...machine_code import OF_A_PROGRAM, kept_module
from .module import PAGE
from .operations import NoFormError

MOST = 2**32 - PAGE  # bytes of memory
WITHOUT_ARGUMENTS = SimpleNamespace(params=[], results=[])
_lock = Lock()
LARGE = 20_000  # bytes of a module, from which on its machine code is kept


def require() -> None:
    """Raise MissingPackageError where wasmtime is not installed, or not made for this machine."""
    _wasmtime()


@cache
def _wasmtime() -> Any:
    try:
        import wasmtime
    except (ImportError, OSError, RuntimeError) as fault:
        raise MissingPackageError(
            'backend="wasm" needs wasmtime, which is made for this machine: pip install wasmtime; or write '
            'backend="python"'
        ) from fault
    return wasmtime


def _engine() -> Any:
    with _lock:  # modules and stores must be of one
        return _made_engine()


@cache
def _made_engine() -> Any:
    wasmtime = _wasmtime()
    config = wasmtime.Config()
    config.parallel_compilation = False  # by threads, which a process that was forked has not
    return wasmtime.Engine(config)


@lru_cache(maxsize=100)
def binary(text: str) -> bytes:
    """Return a module's bytes."""
    return bytes(_wasmtime().wat2wasm(text))


@lru_cache(maxsize=100)
def _compiled(text: str) -> Any:
    wasmtime = _wasmtime()
    try:
        wasm = binary(text)
        if len(wasm) < LARGE:
            return wasmtime.Module(_engine(), wasm)
        return kept_module(_engine(), wasm, f"{OF_A_PROGRAM}{sha256(wasm).hexdigest()[:16]}")
    except wasmtime.WasmtimeError as fault:
        last = str(fault).splitlines()[-1].strip()
        raise NoFormError(
            f'wasmtime refuses a module of {len(text):,} characters ({last}); write backend="python"'
        ) from fault


atexit.register(_made_engine.cache_clear)  # while wasmtime, which frees them, is still there
atexit.register(_compiled.cache_clear)


class Instance:
    """A module that runs, and its memory, with room for some further bytes."""

    def __init__(self, text: str, size: int) -> None:
        """Take the text of a module, and how many bytes its memory must have."""
        if size > MOST:
            raise NoFormError(
                f"WebAssembly has at most 4 GB of memory, and these rows need {size / 2**30:.1f}; give "
                'fewer, or write backend="python"'
            )
        wasmtime = _wasmtime()
        self._store = wasmtime.Store(_engine())
        exports = wasmtime.Instance(self._store, _compiled(text), []).exports(self._store)
        memory = exports["memory"]
        missing = -(-size // PAGE) - memory.size(self._store)
        if missing > 0:
            memory.grow(self._store, missing)
        self._run = exports["run"]
        # a call asks for its type, of new objects, and a Ctrl-C that came when they are freed would be lost
        self._run.type = lambda store: WITHOUT_ARGUMENTS
        begin = addressof(memory.data_ptr(self._store).contents)
        self.bytes = memoryview((c_ubyte * memory.data_len(self._store)).from_address(begin)).cast("B")
        self.floats = self.bytes.cast("d")
        self.whole = self.bytes.cast("I")

    def run(self) -> None:
        """Call the function that the module exports."""
        self._run(self._store)

    def write(self, place: int, numbers: Sequence[float]) -> None:
        """Write floats from a byte on."""
        begin = place // self.floats.itemsize
        self.floats[begin : begin + len(numbers)] = _as_view(numbers)

    def read(self, place: int, count: int) -> list[float]:
        """Return floats from a byte on."""
        begin = place // self.floats.itemsize
        return [*self.floats[begin : begin + count]]


def _as_view(numbers: Any) -> memoryview:
    return numbers if isinstance(numbers, memoryview) else memoryview(array("d", numbers))
