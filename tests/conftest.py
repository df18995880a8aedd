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
settings.register_profile("reproducible", derandomize=True, deadline=None, database=None, max_examples=200)
settings.load_profile("reproducible")

REFERENCE = Path(__file__).parent / "reference"


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
