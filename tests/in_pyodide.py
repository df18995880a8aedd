"""A plugin for pytest in Pyodide: a test that needs what there is not, a process, a thread or NumPy, is skipped."""

import builtins
from pathlib import Path

import pytest

from autograd_scratch.errors import MissingPackageError

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


def pytest_collection_finish():
    Missing.is_looked_at = True


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.failed and "Missing" in str(report.longrepr):
        report.outcome, report.longrepr = "skipped", (str(collector.path), 0, "needs NumPy to be read")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    try:
        return (yield)
    except ModuleNotFoundError as error:
        pytest.skip(f"needs {error.name}")
    except MissingPackageError as error:
        pytest.skip(str(error))
    except OSError as error:
        if "does not support processes" not in str(error):
            raise
        pytest.skip("needs a process")
    except RuntimeError as error:
        if "can't start new thread" not in str(error):
            raise
        pytest.skip("needs a thread")
