"""What all tests share: the reference numbers, and a look at whether a test leaves traces."""

import gc
import json
import math
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from autograd_scratch import modes

# the same examples everywhere and every time
settings.register_profile("plain", derandomize=True, deadline=None, database=None, max_examples=30)
settings.register_profile("exhaustive", settings.get_profile("plain"), max_examples=200)

REFERENCE = Path(__file__).parent / "reference"


def pytest_addoption(parser):
    parser.addoption("--exhaustive", action="store_true", help="run what is marked `exhaustive` too")


def pytest_configure(config):
    settings.load_profile("exhaustive" if config.option.exhaustive else "plain")


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked, unless it is asked for, or named by its whole id."""
    if config.option.exhaustive:
        return
    named = {argument for argument in config.args if "[" in argument}
    left_out = [item for item in items if item.get_closest_marker("exhaustive") and item.nodeid not in named]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish():
    """Spare the collector the ten thousand tests: it would look through them in every collection."""
    gc.collect()
    gc.freeze()


@cache
def load_reference(name):
    """Return the numbers in tests/reference/NAME.json, measured elsewhere (its README says where)."""
    return json.loads((REFERENCE / f"{name}.json").read_text())


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
