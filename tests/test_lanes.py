"""Functions in plain arithmetic, held against many digits, and against NumPy where there is no number."""

import math
import random

import pytest

from autograd_scratch.program.machine.lanes import in_lanes

mpmath = pytest.importorskip("mpmath")
numpy = pytest.importorskip("numpy")
pytest.importorskip("numba")

RANGES = {
    "exp": (1, [(-745, 709.78), (-1, 1), (-1e-3, 1e-3), (-745, -700)]),
    "expm1": (2, [(-40, 709.78), (-1, 1), (-1e-3, 1e-3), (-1e-10, 1e-10)]),
    "tanh": (3, [(-22, 22), (-1, 1), (-1e-3, 1e-3), (-1e-10, 1e-10)]),
}


@pytest.mark.parametrize("name", RANGES)
def test_digits(name):
    units, ranges = RANGES[name]
    function = in_lanes()[name]
    chance = random.Random(0)
    with mpmath.workprec(120):
        for low, high in ranges:
            for x in (chance.uniform(low, high) for _ in range(2000)):
                exact = getattr(mpmath, name)(mpmath.mpf(x))
                assert abs(function(x) - exact) <= units * math.ulp(float(exact)), x


EDGES = [0.0, 5e-324, 1e-320, 1e-300, 2e-300, 19.0, 22.0, 37.0, 709.782712893384, 709.7827128933841, 745.2]
EDGES += [745.1332191019411, 745.1332191019412, 1e10, 1e308, math.inf]


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("x", [*EDGES, *(-x for x in EDGES), math.nan])
def test_edges(name, x):
    with numpy.errstate(all="ignore"):
        expected = float(getattr(numpy, name)(x))
    found = in_lanes()[name](x)
    assert found == pytest.approx(expected, rel=1e-15, abs=0.0, nan_ok=True)
    assert math.copysign(1.0, found) == math.copysign(1.0, expected) or math.isnan(x)
