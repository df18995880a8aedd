"""SciPy's functions on arrays of Values: the elementwise ones, and those that stand in for its others."""

import numpy as np
import pytest
from array_forms import check_everywhere

from autograd_scratch import Value, grad

special = pytest.importorskip("scipy.special")

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.375, -0.75]])
POSITIVE = np.abs(A) + 0.1
SHARES = 1.0 / (1.0 + np.exp(-A))
OTHERS = 2.0 * POSITIVE[::-1]


def left(name):
    return lambda a: getattr(special, name)(a, OTHERS)


def right(name):
    return lambda a: getattr(special, name)(OTHERS, a)


OF_ONE = ["expit", "log_expit", "erf", "erfc", "ndtr", "exp10", "exprel", "cosm1"]
OF_TWO = ["xlogy", "xlog1py", "rel_entr", "kl_div", "huber", "pseudo_huber", "boxcox", "boxcox1p"]
ELEMENTWISE = {
    **{name: (getattr(special, name), A) for name in OF_ONE},
    **{name: (getattr(special, name), POSITIVE) for name in ("gamma", "gammaln", "psi", "entr")},
    **{f"{name}, left": (left(name), POSITIVE) for name in OF_TWO},
    **{f"{name}, right": (right(name), POSITIVE) for name in OF_TWO},
    "logit": (special.logit, SHARES),
    "logit in the middle": (special.logit, 0.5 + 0.1 * A),
    "log_ndtr": (special.log_ndtr, 4.0 * A),
    "log_ndtr, far below": (special.log_ndtr, A - 20.0),
    "exprel near zero": (special.exprel, 1e-3 * A),
    "rel_entr of what is near": (lambda a: special.rel_entr(a, POSITIVE * 1.001), POSITIVE),
    "boxcox of the power 0": (lambda a: special.boxcox(a, 0.0), POSITIVE),
    "huber of a number": (lambda a: special.huber(1.0, a), A),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_functions(name):
    check_everywhere(*ELEMENTWISE[name])


@pytest.mark.parametrize(
    ("name", "points"),
    {
        "xlogy": [(0.0, 0.0), (0.0, -1.0), (0.0, np.inf), (0.0, np.nan), (1.0, 0.0), (2.0, -1.0)],
        "xlog1py": [(0.0, -1.0), (0.0, -2.0), (0.0, np.inf), (1.0, -1.0), (2.0, 1e-20)],
        "rel_entr": [
            (0.0, 0.0),
            (0.0, 2.0),
            (1.0, 0.0),
            (-1.0, 1.0),
            (0.0, -1.0),
            (1.0, 1.0),
            (np.nan, 1.0),
        ],
        "kl_div": [(0.0, 0.0), (0.0, 2.0), (1.0, 0.0), (-1.0, 1.0), (1.0, 1.0)],
        "huber": [(-1.0, 0.5), (0.0, 1.0), (1.0, 1.0), (1.0, np.inf), (2.0, -0.5)],
        "pseudo_huber": [(-1.0, 0.5), (0.0, 1.0), (1.0, 0.0), (1.0, 1e-9), (1e3, 1e-3)],
        "boxcox": [(2.0, 0.0), (0.0, 2.0), (-1.0, 1.0), (3.0, 1e-9), (1e-3, -2.0)],
        "entr": [(0.0,), (-1.0,), (1.0,), (np.inf,), (np.nan,)],
        "logit": [(0.0,), (1.0,), (0.5,), (0.5 + 1e-12,), (1e-300,), (-0.5,), (np.nan,)],
        "exprel": [(0.0,), (1e-10,), (-40.0,), (-np.inf,), (np.nan,)],
        "log_ndtr": [
            (0.0,),
            (-15.0,),
            (-15.1,),
            (-40.0,),
            (-1e5,),
            (40.0,),
            (-np.inf,),
            (np.inf,),
            (np.nan,),
        ],
        "ndtr": [(0.0,), (-30.0,), (np.inf,), (-np.inf,)],
    }.items(),
)
def test_ends_of_domains(name, points):
    function = getattr(special, name)
    for point in points:
        found = function(*map(Value, point))
        np.testing.assert_allclose(found.data, function(*point), rtol=1e-13, err_msg=str(point))


@pytest.mark.parametrize(
    ("function", "point", "slope"),
    [
        (special.entr, 0.0, np.inf),
        (lambda x: special.rel_entr(x, 2.0), 0.0, -np.inf),
        (lambda x: special.xlogy(x, 2.0), 0.0, np.log(2.0)),
        (lambda y: special.xlogy(0.0, y), 0.0, 0.0),
        (lambda y: special.kl_div(0.0, y), 3.0, 1.0),
        (special.exprel, 0.0, 0.5),
        (special.exprel, 1e-9, 0.5 + 1e-9 / 3.0),
        (lambda power: special.boxcox(2.0, power), 0.0, np.log(2.0) ** 2 / 2.0),
        (special.logit, 0.5, 4.0),
        (special.log_ndtr, -1e4, 1e4 + 1e-4),  # -x - 1 / x + ..., by the series of Mills' ratio
        (special.log_ndtr, 40.0, 0.0),
    ],
)
def test_slopes_where_formulas_of_textbooks_have_none(function, point, slope):
    assert grad(function)(point) == pytest.approx(slope, rel=1e-14)
