"""What all tests share: how long they run, reference numbers, a look at whether a test leaves traces."""

import gc
import json
import math
import os
import re
import signal
import sys
from functools import cache
from itertools import compress
from pathlib import Path

import pytest
from hypothesis import settings

from autograd_scratch import modes

REFERENCE = Path(__file__).parent / "reference"
collect_ignore = ["reference"]  # what makes numbers there needs PyTorch
os.environ.setdefault("MPLBACKEND", "Agg")  # plots need no screen
HOW_LONG = {"exhaustive": False}  # before any file of tests is read


def pytest_addoption(parser):
    parser.addoption("--exhaustive", action="store_true", help="all cases of all tables, and full sizes")


def pytest_configure(config):
    HOW_LONG["exhaustive"] = config.option.exhaustive
    # the same examples everywhere and every time
    examples = {"derandomize": True, "deadline": None, "database": None}
    settings.register_profile("reproducible", **examples, max_examples=how_many(25, exhaustive=200))
    settings.load_profile("reproducible")


@pytest.fixture
def hears_ctrl_c():
    """Have Ctrl-C come as in a terminal: who starts the tests in the background has it ignored."""
    if sys.platform == "emscripten":
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request, tmp_path_factory):
    """What makes tabs of a browser, if that is there."""
    browsers = pytest.importorskip("tests.browsers")
    with browsers.running(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found


@pytest.fixture
def torch():
    pytest.importorskip("numpy")
    return pytest.importorskip("torch")


@pytest.fixture
def runtime():
    """What runs models in ONNX."""
    pytest.importorskip("numpy")
    pytest.importorskip("onnx")
    return pytest.importorskip("onnxruntime")


def how_many(plain, *, exhaustive):
    """Return a size or a count: what tells most, and with --exhaustive all of it."""
    return exhaustive if HOW_LONG["exhaustive"] else plain


def long(*values, **settings):
    """Return a case of a table that runs with --exhaustive only."""
    return pytest.param(*values, **settings, marks=pytest.mark.exhaustive)


def every(nth, cases):
    """Return the cases of a table, named by themselves, of which every nth always runs."""
    return [(long if i % nth else pytest.param)(case, id=str(case)) for i, case in enumerate(cases)]


def one_of_each(cases, facets, name=str):
    """Return the cases of a table, those marked exhaustive that have no facet which no earlier one has."""
    seen, marked = set(), []
    for case in cases:
        new = {*facets(case)} - seen
        seen |= new
        marked.append((pytest.param if new else long)(case, id=name(case)))
    return marked


def file_and_test(argument):
    """Take the folders from an id, which are other ones wherever pytest is called from."""
    path, _, test = argument.partition("::")
    return os.path.basename(path), test


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Stay in this process for a named test, and for a missing file, of which workers would say nothing."""
    return None if all(map(os.path.exists, config.args)) else 0


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked, unless it is asked for, or is named by its whole id."""
    differing = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if differing and sys.platform != "emscripten":  # where what is missing stands in tables
        raise pytest.UsageError(f"an id with an address is another one in each process: {differing[0]}")
    asked = {"exhaustive": HOW_LONG["exhaustive"], "browser": "browser" in config.option.markexpr}
    left_out = [mark for mark, is_asked in asked.items() if not is_asked]
    named = {*map(file_and_test, config.args)}
    is_run = [
        not any(map(item.get_closest_marker, left_out)) or file_and_test(item.nodeid) in named
        for item in items
    ]
    config.hook.pytest_deselected(items=[item for item, runs in zip(items, is_run) if not runs])
    items[:] = compress(items, is_run)


def pytest_collection_finish():
    """Spare the collector the ten thousand tests: it would look through them in every collection."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter, config):
    if not HOW_LONG["exhaustive"]:
        terminalreporter.write_line("Long cases are left out; --exhaustive runs them, too.")
    if "browser" not in config.option.markexpr:
        terminalreporter.write_line("What needs a browser is left out; -m browser runs it.")


@cache
def load_reference(name):
    """Return the numbers in tests/reference/NAME.json, measured elsewhere (its README says where)."""
    return json.loads((REFERENCE / f"{name}.json").read_text())


def saying(kind, *words):
    """Expect an exception whose message has all these words."""
    return pytest.raises(kind, match="(?s)" + "".join(f"(?=.*{re.escape(word)})" for word in words))


def close(actual, expected, tolerance=1e-13):
    """Compare floats relative to the larger one; nan equals nan, inf its like, zeros each other."""
    if math.isnan(actual) or math.isnan(expected):
        return math.isnan(actual) and math.isnan(expected)
    if actual == expected:
        return True
    if math.isinf(actual) or math.isinf(expected):
        return False
    return abs(actual - expected) <= tolerance * max(abs(actual), abs(expected))


@pytest.fixture(autouse=True)
def no_traces():
    """Every test leaves the process as it found it."""
    collecting, profiler = gc.isenabled(), sys.getprofile()
    yield
    assert gc.isenabled() == collecting
    assert not modes.open_blocks
    assert sys.getprofile() is profiler
    assert modes.is_recording()
    assert not modes.is_strict()
