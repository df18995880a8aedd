"""Functions of NumPy on arrays of Values, one a line: eagerly, in compare and in derive."""

import numpy as np
import pytest
from array_forms import check_everywhere, slopes, weighted
from conftest import every

from autograd_scratch import Value, compare, data, derive, gradients, values
from autograd_scratch.arrays.buffers import TakesValues, as_buffer
from autograd_scratch.errors import RuleError, TracingError

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.375, -0.75]])
B = np.array([[1.0, -2.0, 0.25], [0.5, 3.0, -1.5]])
S = np.array([[2.0, -1.0, 0.5], [1.0, 3.0, -0.25], [0.75, 0.5, 1.5]])
POSITIVE = np.abs(A) + 0.1
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4)


def on_the_diagonal(a):
    a = a * 1.0
    np.fill_diagonal(a, a[0, 1] * 2)
    return a


def put_along(a):
    a = a * 1.0
    np.put_along_axis(a, np.array([[0], [2]]), a[:, :1] * 3, 1)
    return a


def ordered(a):
    a = a * 1.0
    a.sort(axis=0)
    return a


STATISTICS = {
    "cov": np.cov,
    "cov of columns": lambda a: np.cov(a, rowvar=False),
    "cov, biased": lambda a: np.cov(a, bias=True),
    "cov, ddof": lambda a: np.cov(a, ddof=0),
    "cov of two": lambda a: np.cov(a, B),
    "cov of two vectors": lambda a: np.cov(a[0], a[1]),
    "variance by cov": lambda a: np.cov(a[0]),
    "cov with weights": lambda a: np.cov(a, aweights=[1.0, 2.0, 3.0]),
    "cov with counts": lambda a: np.cov(a, fweights=[1, 2, 3]),
    "corrcoef": np.corrcoef,
    "average": np.average,
    "average by weights": lambda a: np.average(a, axis=0, weights=[1.0, 2.0]),
    "sums of weights": lambda a: np.average(a, axis=1, weights=[1.0, 2.0, 3.0], returned=True)[1] * a[:, 0],
    "average of all": lambda a: np.average(a, weights=B + 3.0, keepdims=True),
    "sort": lambda a: np.sort(a, axis=1),
    "sort of all": lambda a: np.sort(a, axis=None),
    "sort in place": ordered,
    "the largest two": lambda a: np.sort(a.ravel())[-2:],
    "trimmed mean": lambda a: np.sort(a.ravel())[1:-1].mean(),
    "partition": lambda a: np.sort(np.partition(a, 1)),
    "median": np.median,
    "median by axis": lambda a: np.median(a, axis=1, keepdims=True),
    "percentile": lambda a: np.percentile(a, 30),
    "percentiles by axis": lambda a: np.percentile(a, [10, 50.0, 90], axis=0),
    "quantile": lambda a: np.quantile(a, [0.25, 0.8], method="higher"),
    "bincount": lambda a: np.bincount([0, 2, 2], weights=a[0]),
    "bincount with more": lambda a: np.bincount([0, 2, 2], a[0], 5),
    "histogram of weights": lambda a: np.histogram([0.0, 1.0, 1.0], bins=2, weights=a[0])[0],
    "density of weights": lambda a: np.histogram([0.1, 1, 9], [0, 1, 5], None, True, a[0] + 5.0)[0],
    "var": lambda a: np.var(a, axis=1, ddof=1),
    "norm 1 of a matrix": lambda a: np.linalg.norm(a, 1),
    "norm inf of a matrix": lambda a: np.linalg.norm(a, np.inf, keepdims=True),
    "norm -1 of matrices": lambda a: np.linalg.norm(CUBE * a[..., None], -1, axis=(2, 0)),
    "norm -inf of matrices": lambda a: np.linalg.norm(CUBE * a[..., None], -np.inf, axis=(0, 1)),
}
CURVES = {
    "gradient": lambda a: np.gradient(a[0]),
    "gradient by both axes": lambda a: np.stack(np.gradient(a)),
    "gradient by one axis": lambda a: np.gradient(a, 0.5, axis=1),
    "gradient by the last axis": lambda a: np.gradient(a, axis=-1),
    "gradient, several spacings": lambda a: np.stack(np.gradient(a, 0.5, [0.0, 1.0, 3.0])),
    "gradient at the edges": lambda a: np.gradient(a[0], edge_order=2),
    "interp of heights": lambda a: np.interp([0.5, 1.5, 5.0, -1.0, 2.0], [0.0, 1.0, 2.0], a[0]),
    "interp of places": lambda a: np.interp(a, [-1.0, 0.0, 1.0], [1.0, 3.0, 2.0]),
    "interp of one place": lambda a: np.interp(a[0, 0], [-1.0, 0.0, 1.0], [1.0, 3.0, 2.0]),
    "interp beyond the ends": lambda a: np.interp(
        a, [-1.0, 0.0, 1.0], [1.0, 3.0, 2.0], left=5.0, right=a[0, 1]
    ),
    "interp of points": lambda a: np.interp([0.3, 1.2], np.sort(a[1]), B[0]),
    "polyfit": lambda a: np.polyfit([0.0, 1.0, 3.0], a[0], 1),
    "polyfit of columns": lambda a: np.polyfit([0.0, 1.0, 3.0], a.T, 2),
    "polyfit with weights": lambda a: np.polyfit([0.0, 1.0, 3.0], a[0], 1, w=[1.0, 2.0, 0.5]),
    "polyfit of places": lambda a: np.polyfit(a[0], [0.5, 1.0, 3.0], 1),
    "polyval": lambda a: np.polyval(a[0], B),
    "polyval of places": lambda a: np.polyval([1.0, 2.0, 3.0], a),
    "poly": lambda a: np.poly(a[0]),
    "polyder": lambda a: np.polyder(a[0]),
    "polyint": lambda a: np.polyint(a[0]),
    "vander": lambda a: np.vander(a[0], 4),
    "trapezoid": lambda a: (np.trapezoid if hasattr(np, "trapezoid") else np.trapz)(a, [0.0, 1.0, 3.0]),
    "linspace": lambda a: np.linspace(a[0], a[1], 4),
    "linspace, open": lambda a: np.linspace(0.0, a, 3, endpoint=False, axis=1),
    "the step of linspace": lambda a: np.linspace(a[0], a[1], 3, retstep=True)[1],
    "logspace": lambda a: np.logspace(a[0], a[1], 3),
    "convolve": lambda a: np.convolve(a[0], [1.0, 2.0], "same"),
    "correlate": lambda a: np.correlate([1.0, 2.0, -1.0, 0.5], a[0], "full"),
    "cumsum": lambda a: np.cumsum(a, axis=1),
    "cumprod": np.cumprod,
    "diff": lambda a: np.diff(a, n=2, axis=1, prepend=0),
    "ediff1d": lambda a: np.ediff1d(a, to_begin=0.0, to_end=[1.0]),
    "fftshift": np.fft.fftshift,
}
PRODUCTS = {
    "nothing summed": lambda a: np.einsum("ij,ij->ij", a, B),
    "nothing summed of vectors": lambda a: np.einsum("i,i->i", a[0], a[1]),
    "stretched": lambda a: np.einsum("ij,ij->i", a, B[:, :1]),
    "ellipsis": lambda a: np.einsum("...i,...i->...", a, B),
    "ellipsis of batches": lambda a: np.einsum("...ij,...jk->...ik", a[None], CUBE[:, :, :2]),
    "three operands": lambda a: np.einsum("ij,jk,lk->il", a, a.T, B[:, :2]),
    "three vectors": lambda a: np.einsum("i,i,i->i", a[0], a[1], B[0]),
    "three, optimized": lambda a: np.einsum("ij,jk,lk->il", a, a.T, B[:, :2], optimize=True),
    "numbers for letters": lambda a: np.einsum(a, [0, 1], B, [0, 1], [0]),
    "a diagonal": lambda a: np.einsum("ii->i", a[:, :2]),
    "transposed": lambda a: np.einsum("ij->ji", a),
    "with whole numbers": lambda a: np.einsum("ij,ij->ij", a, np.ones((2, 3), int)),
    "kron": lambda a: np.kron(a, B),
    "outer": lambda a: np.outer(a, B),
    "cross": lambda a: np.cross(a, B),
}
PLACES = {
    "insert into floats": lambda a: np.insert(B, 1, a[:, 0], axis=1),
    "insert a Value into floats": lambda a: np.insert(B[0], 1, a[0, 0]),
    "insert a number": lambda a: np.insert(a[0], 1, 5.0),
    "append": lambda a: np.append(B, a),
    "delete": lambda a: np.delete(a, 1, axis=1),
    "tril": np.tril,
    "triu": lambda a: np.triu(a, 1),
    "diag": lambda a: np.diag(a[0], 1),
    "diagflat": np.diagflat,
    "diagonal": lambda a: np.diagonal(a, 1),
    "roll": lambda a: np.roll(a, 1),
    "rot90": np.rot90,
    "flip": np.flip,
    "meshgrid": lambda a: np.stack(np.meshgrid(a[0], a[1], indexing="ij")),
    "apply_along_axis": lambda a: np.apply_along_axis(lambda row: row * row.sum(), 1, a),
    "apply_over_axes": lambda a: np.apply_over_axes(np.sum, a, [0]),
    "vectorize": lambda a: np.vectorize(lambda x, y: x * x + y)(a, B),
    "vectorize of rows": lambda a: np.vectorize(np.sum, signature="(n)->()")(a),
    "take": lambda a: np.take(a, [0, 2], axis=1),
    "choose": lambda a: np.choose(np.array([[0, 1, 0], [1, 1, 0]]), [a, B]),
    "compress": lambda a: np.compress([True, False, True], a, axis=1),
    "extract": lambda a: np.extract(A > 0, a),
    "put_along_axis": put_along,
    "take_along_axis": lambda a: np.take_along_axis(a, np.array([[0], [2]]), 1),
    "fill_diagonal": on_the_diagonal,
    "stack of a vector": lambda a: np.stack(a[0]),
    "hstack of a vector": lambda a: np.hstack(a[0]),
    "column_stack of a vector": lambda a: np.column_stack(a[0]),
    "choose of numbers": lambda a: np.choose([0, 1], a[0]),
    "block": lambda a: np.block([[a, a], [B, a]]),
}
OF_POSITIVE = {
    "average by Values": lambda a: np.average(B, axis=1, weights=a),
    "average of all by Values": lambda a: np.average(B, weights=a),
    "ldexp": lambda a: np.ldexp(a, 2),
    "logaddexp2": lambda a: np.logaddexp2(a, B),
    "logaddexp2.reduce": lambda a: np.logaddexp2.reduce(a, axis=1),
}


TABLES = ((STATISTICS, A), (CURVES, A), (PRODUCTS, A), (PLACES, A), (OF_POSITIVE, POSITIVE))
FORMS = {name: (form, at) for table, at in TABLES for name, form in table.items()}


@pytest.mark.parametrize("name", every(4, FORMS))
def test_forms(name):
    check_everywhere(*FORMS[name])


NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.0, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize(
    "function", [np.sort, np.median, lambda z: np.quantile(z, 0.4), lambda z: np.sort(z)[1]]
)
def test_a_program_puts_all_numbers_in_order(function):
    random = np.random.default_rng(5)
    loss = weighted(function, np.arange(5.0))
    program = derive(loss, inputs=[np.arange(5.0)])
    for _ in range(40):
        place = random.choice(NUMBERS[:5], size=5)
        z = values(place)
        total = loss(z)
        total.backward()
        value, gradient = program(place)
        assert value == total.data
        np.testing.assert_allclose(
            gradient, gradients(z), rtol=1e-15
        )  # equal numbers keep their order, too


@pytest.mark.parametrize("function", [lambda z: np.sort(z)[1], lambda z: np.sort(z)[-1], np.median])
def test_a_program_puts_nan_last(function):
    random = np.random.default_rng(6)
    program = derive(function, inputs=[np.arange(5.0)], order=0)
    for _ in range(40):
        place = random.choice(NUMBERS, size=5)
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal(program(place), data(function(values(place))))


def test_interp_at_its_points_and_of_nan():
    places, heights = [0.0, 1.0, 2.0], values([1.0, 3.0, -2.0])
    at = [0.0, 1.0, 2.0, -0.0, np.nan, np.inf, -np.inf]
    np.testing.assert_array_equal(
        data(np.interp(at, places, heights)), np.interp(at, places, data(heights))
    )
    np.testing.assert_array_equal(
        data(np.interp(values(at), places, data(heights))), np.interp(at, places, data(heights))
    )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda a: np.interp(a, [0.0, 1.0], [1.0, 2.0], period=3.0), RuleError, r"np\.interp\(x % period"),
        (lambda a: np.interp(a, [0.0, 1.0], [1.0, 2.0, 3.0]), ValueError, "same length"),
        (lambda a: np.gradient(A, a[0, :2], axis=0), RuleError, "divide what it gives by the Value"),
        (lambda a: np.gradient(a[:, :1], axis=1), ValueError, "too small"),
        (lambda a: np.polyfit([0.0, 1.0, 2.0], a[0], 1, full=True), RuleError, "leave out full and cov"),
        (lambda a: np.polyfit([1.0, 1.0, 1.0], a[0], 1), RuleError, "needs a matrix of full rank, 2"),
        (lambda a: np.average(a, axis=0, weights=[1.0, -1.0]), ZeroDivisionError, "sum to zero"),
        (lambda a: np.average(a, weights=[1.0, 2.0]), TypeError, "Axis must be specified"),
        (
            lambda a: np.fft.rfft(a),
            RuleError,
            r"np\.fft\.rfft of Values would give complex.*x @ np\.cos\(k\)",
        ),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(values(A))


def test_what_the_refusal_of_a_transform_says_to_write_is_right():
    i = np.arange(3)
    k = 2 * np.pi * np.outer(i, i) / 3
    np.testing.assert_allclose(A @ np.cos(k), np.fft.fft(A).real, atol=1e-14)
    np.testing.assert_allclose(-A @ np.sin(k), np.fft.fft(A).imag, atol=1e-14)


@pytest.mark.parametrize(
    "function",
    [lambda a: np.histogram(a)[1].sum(), np.unique, lambda a: np.nanmedian(a), np.argsort],
)
def test_what_a_program_cannot_do_for_all_numbers(function):
    with pytest.raises(TracingError, match="reads the number of a Value"):
        derive(lambda a: np.sum(function(a)), inputs=[A])


clipped = np.vectorize(lambda x: x if x > 0 else 0, otypes=[float])
halves = np.vectorize(lambda x, y=1.0: (x * y, 0.5 * x))


def leaky(x, slope):
    return x if x > 0 else slope * x


LOSSES = {
    "of floats": (lambda W: (clipped(W) ** 2).sum(), 2.0 * np.maximum(A, 0.0)),
    "made inside": (lambda W: (np.vectorize(leaky)(W, 0) * B).sum(), B * (A > 0)),
    "without one argument": (
        lambda W: np.vectorize(leaky, excluded={"slope"})(W, slope=0.1).sum(),
        np.where(A > 0, 1.0, 0.1),
    ),
    "of two results": (lambda W: (halves(W, 3.0)[0] * halves(W)[1]).sum(), 3.0 * A),
    "of one number": (lambda W: clipped(W[0, 0]) * 1.0, np.eye(2, 3) * [1.0, 0.0, 0.0]),
}


@pytest.mark.parametrize("name", LOSSES)
def test_functions_made_by_vectorize_are_checked(name):
    loss, gradient = LOSSES[name]
    assert compare(loss, {"W": A}, {"W": gradient}).verdict == "right"
    assert compare(loss, {"W": -A}, {"W": slopes(loss, -A)}).ok  # where the first result is the int 0
    assert clipped(np.array([-1.0, 2.5])).dtype == float


def diagonal(W):
    D = np.eye(3)
    np.fill_diagonal(D, W[0])
    return (D @ W[1]).sum()


def entry_by_entry(W):
    out = np.zeros((2, 3))
    for i, w in enumerate(W.ravel()):
        out.flat[i] = w * w
    return (out * B).sum() + len(out.flat)


def triangle(W):
    L = np.zeros((3, 3))
    L[np.tril_indices(3)] = W.ravel()
    return np.linalg.slogdet(L @ L.T + np.eye(3)).logabsdet


@pytest.mark.parametrize("loss", [diagonal, entry_by_entry, triangle])
def test_arrays_of_floats_are_filled(loss):
    measured = slopes(loss, A)
    assert compare(loss, {"W": A}, {"W": measured}).ok
    value, gradient = derive(loss, inputs=[A])(A)
    np.testing.assert_allclose(value, loss(A), rtol=1e-13)
    np.testing.assert_allclose(gradient, measured, rtol=1e-8, atol=1e-9)


REDUCTIONS = [
    np.sum,
    np.max,
    np.mean,
    np.std,
    np.argmax,
    np.any,
    np.linalg.norm,
    np.median,
    lambda x: x.sum(),
    lambda x: x @ x,
    lambda x: np.dot(x, x),
    lambda x: x.dot(x),
    lambda x: np.einsum("i,i", x, x),
    lambda x: x[0] + 1,
    lambda x: np.sqrt(x.max()),
]


@pytest.mark.parametrize("reduced", REDUCTIONS)
def test_a_number_that_is_computed_from_a_buffer_is_one_as_from_an_array(reduced):
    array = np.arange(6.0)
    expected, found = reduced(array), reduced(as_buffer(array.copy(), "source"))
    assert type(found) is type(expected)
    assert found == expected


def test_the_entries_of_a_buffer_in_a_row_are_those_of_an_array():
    array = np.arange(6.0).reshape(2, 3)
    buffer = as_buffer(array.copy(), "source")
    assert [*buffer.flat] == [*array.flat]
    assert (buffer.flat[4], len(buffer.flat), next(buffer.flat)) == (4.0, 6, 0.0)
    for compared in (buffer.flat == 3.0, buffer.flat > 2.0, np.asarray(buffer.flat) < 4.0):
        assert compared.shape == (6,)
    buffer.flat[1:3] = 9.0
    assert buffer.tolist() == [[0.0, 9.0, 9.0], [3.0, 4.0, 5.0]]
    buffer.flat = [1.0, 2.0]
    assert buffer.tolist() == [[1.0, 2.0, 1.0], [2.0, 1.0, 2.0]]
    with pytest.raises(TakesValues):
        buffer.flat[0] = Value(1.0)
    with pytest.raises(TakesValues):
        buffer.flat = [Value(1.0)]
