"""The packages that models are handed over with, which need not be there."""

from importlib import import_module
from typing import Any

from ..errors import MissingPackageError

_EXTRAS = {"torch": "torch", "onnx": "onnx", "onnxruntime": "onnx", "numpy": "numpy"}


def package(name: str, who: str) -> Any:
    """Return a package, or say that `who` needs it and how to install it.

    >>> package("onnx.nowhere", "to_onnx")
    Traceback (most recent call last):
    autograd_scratch.errors.MissingPackageError: to_onnx needs onnx: pip install "autograd-scratch[onnx]"
    """
    own = name.partition(".")[0]
    try:
        return import_module(name)
    except ImportError as fault:
        raise MissingPackageError(
            f'{who} needs {own}: pip install "autograd-scratch[{_EXTRAS[own]}]"'
        ) from fault
