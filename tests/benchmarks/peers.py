"""Which other engines are installed. One that is not raises NotHereError, and its row is left out."""

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)  # in the environment before NumPy is imported


class NotHereError(Exception):
    """What a row of a table needs is not installed; the message is its name."""


@cache
def module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise NotHereError(name.partition(".")[0]) from None


def jax() -> Any:
    """Return JAX, computing with 64 bits as all engines here do."""
    module("jax").config.update("jax_enable_x64", True)
    return module("jax")


def torch() -> Any:
    """Return PyTorch on one thread: for work as small as this a second one only waits for its turn."""
    module("torch").set_num_threads(1)
    return module("torch")


def micrograd() -> Any:
    engine, nn = module("micrograd.engine"), module("micrograd.nn")
    return SimpleNamespace(Value=engine.Value, MLP=nn.MLP, Layer=nn.Layer)


@cache
def compiled(source: str) -> ctypes.CDLL:
    """Return C code, compiled by gcc -O3."""
    gcc = shutil.which("gcc")
    if gcc is None:
        raise NotHereError("gcc")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "code.so"
        command = [gcc, "-O3", "-shared", "-fPIC", "-x", "c", "-", "-o", str(library), "-lm"]
        subprocess.run(command, input=source, text=True, check=True, capture_output=True)
        return ctypes.CDLL(str(library))
