"""SciPy's functions on arrays of Values: the elementwise ones, and those that stand in for its others."""

import numpy as np
import pytest
from array_forms import check_everywhere, slopes
from conftest import every

from autograd_scratch import Value, compare, data, derive, grad, values
from autograd_scratch.arrays.scipy_functions import FUNCTIONS_OF_SCIPY
from autograd_scratch.errors import AutogradError, RuleError

special = pytest.importorskip("scipy.special")
linalg = pytest.importorskip("scipy.linalg")
signal = pytest.importorskip("scipy.signal")
stats = pytest.importorskip("scipy.stats")

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.375, -0.75]])
POSITIVE = np.abs(A) + 0.1
SHARES = 1.0 / (1.0 + np.exp(-A))
OTHERS = 2.0 * POSITIVE[::-1]


def left(name):
    return lambda a: getattr(special, name)(a, OTHERS)


def right(name):
    return lambda a: getattr(special, name)(OTHERS, a)


OF_ONE = ["expit", "log_expit", "erf", "erfc", "ndtr", "exp10", "exprel", "cosm1"]
OF_TWO = ["xlogy", "xlog1py", "rel_entr", "kl_div", "huber", "pseudo_huber", "boxcox", "boxcox1p", "betaln"]
ELEMENTWISE = {
    **{name: (getattr(special, name), A) for name in OF_ONE},
    **{
        name: (getattr(special, name), POSITIVE) for name in ("gamma", "gammaln", "loggamma", "psi", "entr")
    },
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


@pytest.mark.parametrize("name", every(4, ELEMENTWISE))
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
        "loggamma": [(0.5,), (-0.5,), (0.0,), (np.inf,)],
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


# Those that stand in for SciPy's: of plain numbers they call SciPy's own, against which they are held

LOGITS = FUNCTIONS_OF_SCIPY["scipy.special.logsumexp"]
SOLVE = FUNCTIONS_OF_SCIPY["scipy.linalg.solve"]
TRIANGULAR = FUNCTIONS_OF_SCIPY["scipy.linalg.solve_triangular"]
CHOLESKY = FUNCTIONS_OF_SCIPY["scipy.linalg.cholesky"]
SQUARE = np.array([[2.0, -1.0, 0.5], [1.0, 3.0, -0.25], [0.75, 0.5, 1.5]])
IMAGE = np.sin(np.arange(20.0)).reshape(4, 5)
KERNEL = np.cos(np.arange(6.0)).reshape(2, 3)
SIGNS = np.array([[1.0, -0.5, 2.0], [0.0, 3.0, 0.25]])


def positive(a):
    return a @ a.T + np.eye(3)


def solved_by_cholesky(a):
    factor = FUNCTIONS_OF_SCIPY["scipy.linalg.cho_factor"](positive(a), lower=True)
    return FUNCTIONS_OF_SCIPY["scipy.linalg.cho_solve"](factor, A[1])


STAND_INS = {
    "logsumexp": (LOGITS, A),
    "logsumexp of large ones": (lambda a: LOGITS(1000.0 * a, axis=0), A),
    "logsumexp of rows": (lambda a: LOGITS(a, axis=1), A),
    "logsumexp with dimensions": (lambda a: LOGITS(a, axis=(0, 1), keepdims=True), A),
    "logsumexp with weights": (lambda a: LOGITS(a, axis=1, b=POSITIVE), A),
    "logsumexp with signs": (lambda a: LOGITS(a, axis=0, b=SIGNS), A[::-1]),
    "weights of logsumexp": (lambda b: LOGITS(A, axis=1, b=b), POSITIVE),
    "logsumexp and its sign": (lambda a: LOGITS(a, b=-POSITIVE, return_sign=True)[0], A),
    "softmax": (FUNCTIONS_OF_SCIPY["scipy.special.softmax"], A),
    "softmax of rows": (lambda a: FUNCTIONS_OF_SCIPY["scipy.special.softmax"](a, axis=-1), A),
    "log_softmax": (lambda a: FUNCTIONS_OF_SCIPY["scipy.special.log_softmax"](a, axis=1), A),
    "solve": (lambda a: SOLVE(a, A[1]), SQUARE),
    "solve, positive definite": (lambda a: SOLVE(positive(a), A[0], assume_a="pos"), SQUARE),
    "solve, one triangle": (lambda a: SOLVE(a, A[0], assume_a="sym", lower=True), SQUARE),
    "solve, transposed": (lambda a: SOLVE(a, A[0], transposed=True), SQUARE),
    "inv": (FUNCTIONS_OF_SCIPY["scipy.linalg.inv"], SQUARE),
    "det": (FUNCTIONS_OF_SCIPY["scipy.linalg.det"], SQUARE),
    "pinv": (FUNCTIONS_OF_SCIPY["scipy.linalg.pinv"], A),
    "cholesky": (lambda a: CHOLESKY(positive(a)), SQUARE),
    "cholesky, lower": (lambda a: CHOLESKY(positive(a), lower=True), SQUARE),
    "cho_solve": (solved_by_cholesky, SQUARE),
    **{
        f"solve_triangular, {options}": (lambda a, options=options: TRIANGULAR(a, A[1], **options), SQUARE)
        for options in (
            {},
            {"lower": True},
            {"trans": "T"},
            {"lower": True, "trans": 1, "unit_diagonal": True},
        )
    },
    "the right side of a triangle": (lambda b: TRIANGULAR(SQUARE, b[0]), A),
    **{
        f"{name}, {mode}, {side}": (
            lambda a, f=FUNCTIONS_OF_SCIPY[f"scipy.signal.{name}"], mode=mode, side=side: (
                f(IMAGE, a, mode) if side == "kernel" else f(a, KERNEL, mode)
            ),
            A if side == "kernel" else IMAGE,
        )
        for name in ("convolve2d", "correlate2d", "convolve", "correlate", "fftconvolve")
        for mode in ("full", "same", "valid")
        for side in ("kernel", "image")
    },
}


NORMAL = FUNCTIONS_OF_SCIPY["scipy.stats.norm"]
STAND_INS |= {
    **{
        f"norm.{name}": (getattr(NORMAL, name), A)
        for name in ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf")
    },
    "norm.logpdf of a mean and a scale": (lambda a: NORMAL.logpdf(a[0], a[1], scale=a[0] * a[0] + 1.0), A),
    "norm.pdf of a scale": (lambda a: NORMAL.pdf(0.5, 0.25, POSITIVE + a * a), A),
    "norm with parameters": (lambda a: NORMAL(0.5, 2.0).cdf(a) + NORMAL(0.5, scale=2.0).std(), A),
    **{
        f"cdist, {metric}": (
            lambda a, metric=metric: FUNCTIONS_OF_SCIPY["scipy.spatial.distance.cdist"](A, a + 0.3, metric),
            SQUARE,
        )
        for metric in ("euclidean", "sqeuclidean", "cityblock")
    },
    "cdist of both sides": (lambda a: FUNCTIONS_OF_SCIPY["scipy.spatial.distance.cdist"](a, SQUARE), A),
    "GELU": (lambda a: a * NORMAL.cdf(a), A),
}


@pytest.mark.parametrize("name", every(4, STAND_INS))
def test_stand_ins(name):
    check_everywhere(*STAND_INS[name], tolerance=1e-11)


@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
@pytest.mark.parametrize("shape", every(3, [(2, 2), (3, 3), (1, 4)]))
def test_boundaries(name, mode, boundary, shape):
    kernel = np.cos(np.arange(float(np.prod(shape)))).reshape(shape)
    found = FUNCTIONS_OF_SCIPY[f"scipy.signal.{name}"](values(IMAGE), kernel, mode, boundary, 0.5)
    np.testing.assert_allclose(
        data(found), getattr(signal, name)(IMAGE, kernel, mode, boundary, 0.5), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("name", ["convolve2d", "correlate2d", "convolve", "correlate"])
def test_a_kernel_may_be_larger_than_the_image(name):
    found = FUNCTIONS_OF_SCIPY[f"scipy.signal.{name}"](values(KERNEL), IMAGE, "valid")
    np.testing.assert_allclose(
        data(found), getattr(signal, name)(KERNEL, IMAGE, "valid"), rtol=1e-12, atol=1e-14
    )


def test_several_right_sides():
    for name, options in (("solve", {}), ("solve_triangular", {"lower": True}), ("solve_triangular", {})):
        found = FUNCTIONS_OF_SCIPY[f"scipy.linalg.{name}"](values(SQUARE), A.T, **options)
        np.testing.assert_allclose(data(found), getattr(linalg, name)(SQUARE, A.T, **options), rtol=1e-12)


def test_logsumexp_of_lists_and_weights_that_are_all_zero():
    assert LOGITS([Value(0.0), Value(0.0)]).data == special.logsumexp([0.0, 0.0])
    assert LOGITS(values([1.0, 2.0]), b=[0.0, 0.0]).data == -np.inf
    np.testing.assert_allclose(data(LOGITS(values([1e3, 0.0]), b=[0.0, 2.0])), np.log(2.0), rtol=1e-15)


@pytest.mark.parametrize(
    "call",
    [
        lambda make: FUNCTIONS_OF_SCIPY["scipy.signal.convolve2d"](make(IMAGE), A[0]),
        lambda make: FUNCTIONS_OF_SCIPY["scipy.signal.correlate"](make(IMAGE), A, "half"),
        lambda make: SOLVE(make(np.zeros((2, 2))), np.ones(2)),
        lambda make: TRIANGULAR(make(np.zeros((2, 2))), np.ones(2)),
        lambda make: CHOLESKY(make(-np.eye(2)), lower=True),
        lambda make: FUNCTIONS_OF_SCIPY["scipy.spatial.distance.cdist"](make(A), SQUARE[:, :2]),
    ],
)
def test_what_scipy_refuses_is_refused(call):
    with pytest.raises((ValueError, linalg.LinAlgError)) as own:
        call(np.asarray)
    with pytest.raises((ValueError, linalg.LinAlgError)) as found:
        call(values)
    assert issubclass(found.type, own.type)


logsumexp = special.logsumexp


cdist = pytest.importorskip("scipy.spatial.distance").cdist


def likelihood(W):
    scores = logsumexp(W, axis=1) + special.log_softmax(W, axis=1)[:, 0]
    return (
        (scores * special.expit(W[:, 1])).sum()
        + stats.norm.logpdf(W).sum()
        + cdist(W, KERNEL).sum()
        + signal.convolve2d(W, KERNEL, "same").sum()
    )


def test_they_stand_in_where_somebodys_function_calls_scipys():
    measured = slopes(likelihood, A)
    report = compare(likelihood, {"W": A}, {"W": measured})
    assert report.ok, report
    value, gradient = derive(likelihood, inputs=[A])(A)
    np.testing.assert_allclose(value, likelihood(A), rtol=1e-13)
    np.testing.assert_allclose(gradient, measured, rtol=1e-8)
    assert special.logsumexp is logsumexp


def exponential(W):
    return linalg.expm(W).sum()


def test_other_functions_of_scipys_refuse_values_by_name():
    with pytest.raises(AutogradError, match=r"scipy\.linalg\.expm does not run on Values"):
        compare(exponential, {"W": SQUARE}, {"W": SQUARE})
    with pytest.raises(RuleError, match=r"scipy\.linalg\.expm does not run on Values.*\(data\(x\)\)"):
        derive(exponential, inputs=[SQUARE])
