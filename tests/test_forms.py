"""Forms of somebody's NumPy code, on arrays of Values and single ones, in `compare` and in a trace."""

import copy
import math

import numpy as np
import pytest
from conftest import every
from table import slope

from autograd_scratch import Value, compare, derive, values
from autograd_scratch.errors import DetachedNumberError, GraphError

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.375, -0.75]])
ELSEWHERE = np.array([[-0.3, 0.8, -1.1], [2.5, -0.65, 0.9]])  # other entries are chosen


def leaky(z):
    h = z.copy()
    h[z < 0] = 0.01 * z[z < 0]
    return h


def leaky_in_place(z):
    h = z * 1.0
    h[h < 0] *= 0.01
    return h


def sigmoid(z):
    out, p = np.zeros_like(z), z >= 0
    out[p] = 1 / (1 + np.exp(-z[p]))
    out[~p] = np.exp(z[~p]) / (1 + np.exp(z[~p]))
    return out


def written(mask, new):
    """Return the function that writes by a mask into a multiple of its argument."""

    def function(z):
        h = 2.0 * z
        h[mask(z)] = new(z)
        return h * z

    return function


def scaled_rows(z):
    h, m = 2.0 * z, z[:, 0] > 1.0
    h[m] *= np.array([1.0, 2.0, 3.0])
    h[m] += z[m] ** 2
    return h


def unpacked(z):
    i, j = np.where(z > 0)
    return z[i, j].mean()


def into_zeros(z):
    out = np.zeros(z.shape)
    out[z > 0] = z[z > 0] ** 2
    return out


def placed_in_zeros(z):
    out = np.zeros(z.shape)
    out[np.where(z > 0)] = 1.0
    return out


def iterated(z):
    out, entries = [], np.nditer(z, flags=["multi_index"])
    while not entries.finished:
        out.append(z[entries.multi_index] ** sum(entries.multi_index))
        entries.iternext()
    return out


def into_an_open_array(z):
    out = np.empty(z.shape)
    out[z > 0] = z[z > 0]
    out[z <= 0] = np.exp(z[z <= 0]) - 1.0
    return out


def placed(name, *arguments, **options):
    """Return the function that NumPy's `name` writes into a multiple of its argument."""

    def function(z):
        h = 2.0 * z
        getattr(np, name)(
            h, *(part(z) for part in arguments), **{k: part(z) for k, part in options.items()}
        )
        return h * z

    return function


B = np.array([[1.0, -2.0, 0.25], [0.5, 3.0, -1.5]])


def rows(z):
    return z[:, 0] > 1.0


MASKS = {
    "leaky": leaky,
    "leaky in place": leaky_in_place,
    "sigmoid": sigmoid,
    "a number": written(lambda z: z < 0, lambda z: 0),
    "a Value": written(lambda z: z < 0, lambda z: z[0, 0]),
    "one condition": written(lambda z: z[0, 0] > 0, lambda z: z[1] ** 2),
    "rows": written(rows, lambda z: 0.5),
    "rows of a vector": written(rows, lambda z: np.array([1.0, 2.0, 3.0])),
    "rows chosen": written(rows, lambda z: z[rows(z)] ** 2),
    "rows scaled": scaled_rows,
    "a boolean mask": written(lambda z: np.array([True, False]), lambda z: [[1.0, 2.0, 3.0]]),
    "place": placed("place", lambda z: z < 0, lambda z: 0.0),
    "place, chosen": placed("place", lambda z: z < 0, lambda z: 0.1 * z[z < 0]),
    "putmask": placed("putmask", lambda z: z < 0, lambda z: z**2),
    "putmask, repeated": placed("putmask", lambda z: z < 0, lambda z: [0.5, 1.5]),
    "copyto": placed("copyto", lambda z: z**2),
    "copyto where": placed("copyto", lambda z: z**2, where=lambda z: z > 0),
    "out where": lambda z: np.exp(z, where=z > 0, out=np.zeros_like(z)),
    "sum": lambda z: np.sum(z[z > 0] ** 2),
    "sum where": lambda z: np.sum(z * z, where=z > 0),
    "prod where": lambda z: np.prod(z, axis=0, where=z > 0),
    "max where": lambda z: np.max(z * z, where=z > 0, initial=0.1),
    "mean": lambda z: np.mean(z[z > 0]) + z[z < 0].mean(),
    "mean where": lambda z: np.mean(z * z, axis=1, where=z > 0),
    "prod": lambda z: z[z > 0].prod(),
    "max": lambda z: z[z > 0].max() + np.min(z[z < 0.85]),
    "var": lambda z: np.var(z[z > 0]) + z[z < 0.85].std(ddof=1),
    "any and all": lambda z: np.any(z[z > 0] > 1.0) * (z[z > 0] < 2.3).all() * z,
    "log": lambda z: np.log(z[z > 0]).sum(),
    "size": lambda z: z[z > 0].sum() / z[z > 0].size,
    "dot": lambda z: z[z > 0] @ np.tanh(z[z > 0]) + np.dot(z[z < 0], z[z < 0]),
    "a chosen one and others": lambda z: (2.0 - z[0, 0] * z[z > 0] / np.float64(3.0) ** z[z > 0]).sum(),
    "where of chosen": lambda z: np.where(z[z > 0] > 1.0, z[z > 0], 0.5).sum(),
    "clip of chosen": lambda z: np.clip(z[z > 0], 0.4, 1.2).sum() + abs(z[z < 0]).sum(),
    "rows summed": lambda z: (z[rows(z)] ** 2).sum(axis=0),
    "rows and their sums": lambda z: (z[rows(z)] ** 2).sum(axis=1).sum(),
    "rows and their norms": lambda z: np.sqrt((z[rows(z)] ** 2).sum(axis=1, keepdims=True) + z[0]).sum(),
    "rows, mean": lambda z: z[rows(z)].mean(axis=0) + z[rows(z)].mean(axis=1).sum() + z[rows(z)].mean(),
    "rows, var": lambda z: z[~rows(z)].var(axis=1).sum() + z[z[:, 0] < 9.0].var(axis=0),
    "rows and a column": written(lambda z: (rows(z), 0), lambda z: z[0, 0]),
    "rows and columns": written(lambda z: (rows(z), slice(0, 2)), lambda z: z[rows(z), 1:] ** 2),
    "columns": written(lambda z: (slice(None), z[0] > 0.7), lambda z: 0.0),
    "a part of a row": written(lambda z: (1, z[0] > 0.7), lambda z: z[0][z[0] > 0.7]),
    "chosen beside other indices": lambda z: z[rows(z), 1].sum() + (z[1, z[0] > 0.7] ** 2).mean(),
    "shape": lambda z: z[z > 0].sum() / z[z > 0].shape[0] + z[rows(z)].sum() / z[rows(z)].shape[1],
    "places": written(lambda z: np.where(z < 0), lambda z: 0.5),
    "places of what is not zero": written(lambda z: np.nonzero(z > 0), lambda z: z[(z > 0).nonzero()] ** 2),
    "places by axes": lambda z: np.exp(z[np.where(z > 0)[0], np.where(z > 0)[1]]).sum(),
    "places unpacked": unpacked,
    "places of rows": lambda z: z[np.where(rows(z))[0], 1:].sum(axis=0) / np.where(rows(z))[0].size,
    "flat places": lambda z: z.ravel()[np.flatnonzero(z > 0)].max() * np.where(z > 0)[0].shape[0],
    "from plain numbers": lambda z: ((z[z > 0] - B[z > 0]) ** 2).mean(),
    "constants in a trace": lambda z: z[np.isnan(0.0 * z) | (B > 0)].sum(),
    "rounded, clipped": lambda z: z[z > 0].clip(0.4, 1.2).sum() * z[z > 0].round(2).max(),
    "extract": lambda z: np.extract(z > 0, z * z).sum(),
}
CHOICES = {
    "condition as float": lambda z: z * (z > 0).astype(float),
    "condition as int": lambda z: z * (z > 0).astype(int),
    "condition as float32": lambda z: z * (z > 0).astype(np.float32),
    "condition as bool": lambda z: z * (z > 0).astype(bool),
    "condition in asarray": lambda z: z * np.asarray(z > 0, dtype=float) * np.array(z < 9, dtype=int),
    "accuracy": lambda z: z * np.mean((z > 0) == (B > 0)),
    "accuracy of labels": lambda z: z * np.mean((z > 0).astype(int) == [1, 0, 1]),
    "product of conditions": lambda z: (z > 0) @ z.T,
    "not": lambda z: ~(z > 0) * z,
    "exclusive or": lambda z: ((z > 0) ^ (z > 1)) * z,
    "sum of two conditions": lambda z: ((z > 0) + (z > 1)) * z,
    "product of two conditions": lambda z: ~((z > 0) * (z < 1.8)) * z,
    "sum of two conditions as numbers": lambda z: ((z > 0).astype(float) + (z > 1).astype(int)) * z,
    "1 - condition": lambda z: (1 - (z > 0)) * z,
    "count": lambda z: z / np.count_nonzero(z > 0),
    "count by rows": lambda z: z[0] / np.count_nonzero(z > -1.0, axis=0),
    "sum of conditions": lambda z: z / (z > 0).sum(),
    "select": lambda z: np.select([z > 1, z < 0], [z * z, 0.1 * z], 0.5 * z),
    "select, numbers": lambda z: np.exp(np.select([z > 1, z < 0], [z, -z], 0.5)),
    "piecewise": lambda z: np.piecewise(z, [z < 0, z >= 0], [lambda t: 0.1 * t, lambda t: t * t]),
    "piecewise, default": lambda z: z * np.piecewise(z, [z < 0], [lambda t, k: k * t, 2.0], 3.0),
    "piecewise, one mask": lambda z: np.piecewise(z[0], z[0] > 0, [np.exp]),
    "heaviside": lambda z: np.heaviside(z, 0.5) * z,
    "signbit": lambda z: np.signbit(z) * z,
    "isposinf": lambda z: np.where(np.isposinf(z) | np.isneginf(z), 0.0, z),
    "nansum": lambda z: np.nansum(z * z, axis=0),
    "nanprod": np.nanprod,
    "nancumsum": lambda z: np.nancumsum(z * z),
    "nanmean": lambda z: np.nanmean(z * z, axis=1, keepdims=True),
    "nanmax": lambda z: np.nanmax(z * z, axis=1),
    "nanmin": lambda z: np.nanmin(z * z),
    "nanvar": lambda z: np.nanvar(z * z, axis=1, ddof=1),
    "nanstd": lambda z: np.nanstd(z * z),
    "average": lambda z: np.average(z * z, weights=z * z + 1.0),
    "average by rows": lambda z: np.average(z, weights=z[0] ** 2 + 1.0, axis=1),
    "average, returned": lambda z: np.sum(np.average(z, weights=z**2, axis=0, returned=True), axis=0),
    "linspace": lambda z: np.linspace(z[0, 0], z[1, 0], 4),
    "linspace of rows": lambda z: np.linspace(z[0], z[1], 4, endpoint=False, axis=1),
    "linspace, step": lambda z: z * np.linspace(0.0, z[0], 3, retstep=True)[1],
    "linspace of one": lambda z: np.linspace(z[0, 0], z[1, 0], 1),
    "logspace": lambda z: np.logspace(0, z[0, 0], 3),
    "geomspace": lambda z: np.geomspace(1, z[0] ** 2 + 1, 3),
    "geomspace, open": lambda z: np.geomspace(-2.0, -(z[0, 0] ** 2) - 1, 3, endpoint=False),
    "norm 1": lambda z: np.linalg.norm(z, 1),
    "norm inf": lambda z: np.linalg.norm(z, np.inf, keepdims=True),
    "norm -1": lambda z: np.linalg.norm(z, -1),
    "norm -inf of each": lambda z: np.linalg.norm(z[None] * [[[1.0]], [[2.0]]], -np.inf, axis=(1, 2)),
    "pad maximum": lambda z: np.pad(z, 1, mode="maximum"),
    "pad minimum": lambda z: np.pad(z, ((0, 2), (1, 0)), mode="minimum", stat_length=2),
    "pad ramp": lambda z: np.pad(z, 2, mode="linear_ramp"),
    "pad ramp to Values": lambda z: np.pad(z, (1, 2), mode="linear_ramp", end_values=z[0, 0]),
}


FORM, FORMAT = "%.3f", "{:.3f}".format
PAIR = "%.1f, %5d"


def told(z):
    """Return what is a number in the end, told on the way."""
    cost = np.sum(z * z)
    alone = np.asarray(cost)
    assert FORM % cost == FORM % alone == f"{cost:.3f}" == f"{alone:.3f}" == FORMAT(cost) == FORMAT(alone)
    return cost


def squeezed(z):
    cost = np.squeeze(np.sum(z * z, keepdims=True))
    assert cost.shape == ()
    assert (cost.ndim, cost.size) == (0, 1)
    return cost


def with_a_dtype(z):
    kind = z.dtype
    return z * np.ones(3, float if kind.hasobject else kind)


def stepped(z):
    w = 2.0 * z
    w @= np.eye(3) + 0.5
    return w * z


def cost(z):
    return z[0] @ z[1]


ONE_VALUE = {
    "squeeze": squeezed,
    "told": told,
    "where": lambda z: np.where(z[0, 0] > 0, z[0, 0] * z[0, 1], 0.5 * z[0, 1]),
    "where, a number": lambda z: z[0, 1] + np.where(z[0, 0] > 9.0, z[0, 0], 0.0),
    "stack": lambda z: np.exp(np.maximum(np.stack([z[0, 0], z[0, 1]]), 0.2)),
    "concatenate": lambda z: np.concatenate([z[0], np.atleast_1d(z[1, 1] * 2.0)]),
    "hstack": lambda z: np.tanh(np.hstack([z[0, 0], z[0, 1], z[1]])),
    "vstack": lambda z: np.vstack([z[0, 0], z[0, 1]]),
    "append": lambda z: np.append(z[0], z[1, 1] ** 2),
    "block": lambda z: np.block([[z[0, 0], z[0, 1]], [z[1, 0], 2.0]]),
    "insert": lambda z: np.insert(z[0], 1, z[1, 1]),
    "full_like": lambda z: np.full_like(z, z[0, 0]) * z,
    "zeros_like": lambda z: np.zeros_like(z[0, 0]) + z,
    "sum": lambda z: np.sum(z[0, 0] * z[0, 1]),
    "mean": lambda z: np.mean(z[0, 0] * z[0, 1]) + np.max(z[0, 0]),
    "clip": lambda z: np.clip(z[0, 0] * z[0, 1], -0.1, 9.0) * z[1, 1],
    "round": lambda z: np.round(z[0, 0] * z[0, 1], 3) * z,
    "reshape": lambda z: np.reshape(z[0, 0] ** 2, (1, 1)),
    "ravel": lambda z: np.ravel(z[0, 0] ** 2) * z[1],
    "atleast_2d": lambda z: np.atleast_2d(z[0, 0] ** 2) @ np.ones((1, 2)),
    "expand_dims": lambda z: np.expand_dims(z[0, 0] ** 2, 0),
    "its methods": lambda z: cost(z).sum() * cost(z).mean() * cost(z).max() * cost(z).copy().squeeze() * z,
    "its shapes": lambda z: cost(z).reshape(1, 1) * cost(z).ravel() * cost(z).flatten() * cost(z).T,
    "its parts": lambda z: np.real(cost(z)) * cost(z).real * cost(z).astype(float) + np.imag(cost(z)),
    "its round": lambda z: cost(z) * cost(z).round(1),
    "broadcast_to": lambda z: np.broadcast_to(z[0, 0], (2, 2)),
    "repeat": lambda z: np.repeat(z[0, 0], 3) * z,
    "tile": lambda z: np.tile(z[0, 0], (2, 1)),
    "outer": lambda z: np.outer(z[0, 0], z[1]),
    "dot": lambda z: np.dot(z[0, 0], z),
    "dot of two": lambda z: np.dot(z[0, 0], z[0, 1]),
    "linalg.norm": lambda z: np.linalg.norm(z[0, 0] * z[1]) + np.linalg.norm(z[0, 0:1]),
    "isnan": lambda z: np.where(np.isnan(z[0, 0]), 0.0, z),
    "transpose": lambda z: np.transpose(z[0, 0]) * z,
    "diff": lambda z: np.diff(z[0], prepend=z[1, 0]),
    "polyval": lambda z: np.polyval([z[0, 0], z[0, 1], 1.0], z[1, 0]),
}
COPIES = {
    "astype float": lambda z: z.astype(float) * z.astype(np.float64) * z.astype(object),
    "copy": lambda z: copy.copy(z) * np.copy(z) * z.copy(),
    "deepcopy of what is computed": lambda z: copy.deepcopy(2.0 * z) ** 2,
    "a dtype": with_a_dtype,
    "empty_like": lambda z: np.empty_like(z) * 0.0 + z,
    "x @= w": stepped,
    "vecdot": lambda z: np.vecdot(z, 2.0 * z) if hasattr(np, "vecdot") else (2.0 * z * z).sum(axis=1),
    "matmul by axes": lambda z: np.matmul(z, z, axes=[(1, 0), (0, 1), (1, 0)]),
    "divmod": lambda z: np.divmod(z, 0.7)[0] * z + np.divmod(z, 0.7)[1] ** 2,
    "divmod into others": lambda z: np.divmod(z, 0.7, out=(np.zeros_like(z), np.zeros_like(z)))[1] ** 2,
    "modf": lambda z: np.modf(1.01 * z)[0] ** 2 + np.modf(1.01 * z)[1] * z,
    "clip into itself": lambda z: written_into(np.clip, z, -1.0, 1.1),
    "maximum into itself": lambda z: written_into(np.maximum, z, 0.1),
}
ITEMS = {
    "item": lambda z: np.sum(z * z).item(),
    "item of an array": lambda z: np.sum(z * z, keepdims=True).item(),
    "item of what is squeezed": lambda z: np.squeeze(np.sum(z * z, keepdims=True)).item(),
    "tolist": lambda z: np.squeeze(np.sum(z * z)).tolist(),
    "places in zeros": lambda z: np.sum(placed_in_zeros(z) * z),
    "entries one by one": lambda z: sum(v * v for v in np.nditer(z)),
    "entries with their places": lambda z: np.sum(iterated(z)),
    "a list of numbers": lambda z: np.max([z[0, 0], z[0, 1] ** 2, 0.5]) * np.var([z[0, 0], 1.0, z[1, 1]]),
    "a list of numbers, stacked": lambda z: np.sum(
        np.stack([z[0, 0], z[0, 1]]) * np.hstack([z[0, 0], 2.0])
    ),
    "dtype of a number": lambda z: cost(z) * (cost(z).dtype == float),
    "masks into zeros": lambda z: np.sum(into_zeros(z) * z),
    "masks into an array that is open": lambda z: np.sum(into_an_open_array(z) * z),
    "deepcopy": lambda z: np.sum(copy.deepcopy(z) ** 2),
    "copy of one": lambda z: copy.copy(z[0, 0]) * copy.deepcopy(z[0, 1]),
    "an array of one": lambda z: np.sum(z * z, keepdims=True),
    "an array of one, flat": lambda z: np.atleast_1d(np.sum(z * z)),
}


def written_into(function, z, *arguments):
    h = 2.0 * z
    function(h, *arguments, out=h)
    return h * z


@pytest.mark.parametrize("name", every(5, MASKS))
def test_masks(name):
    check(MASKS[name])


@pytest.mark.parametrize("name", every(5, CHOICES))
def test_choices(name):
    check(CHOICES[name])


@pytest.mark.parametrize("name", every(5, ONE_VALUE))
def test_functions_of_values_in_no_array(name):
    check(ONE_VALUE[name])
    assert isinstance(ONE_VALUE[name](values(A)), Value) == (np.ndim(ONE_VALUE[name](A)) == 0)


@pytest.mark.parametrize("name", every(5, COPIES))
def test_copies_and_functions_of_several_results(name):
    check(COPIES[name])


@pytest.mark.parametrize("name", every(5, ITEMS))
def test_what_runs_where_somebody_looks_on(name):
    loss = ITEMS[name]
    gradient = slopes(loss, A)
    assert compare(loss, {"z": A}, hand={"z": gradient}).verdict == "right"
    for point in (A, ELSEWHERE):
        value, derived = derive(loss, inputs=[A])(point)
        assert value == pytest.approx(
            loss(point).item() if np.ndim(loss(point)) else loss(point), rel=1e-12
        )
        assert derived == pytest.approx(slopes(loss, point), rel=1e-7, abs=1e-8)


def test_outside_of_that_an_item_is_a_number():
    x = Value(2.0)
    assert type(x.item()) is type(x.tolist()) is type(np.squeeze(x).item()) is float
    assert copy.deepcopy(x) is not x
    with pytest.raises(GraphError, match="part of a graph"):
        copy.deepcopy(x * x)


def test_a_copy_of_a_value_has_what_is_hung_on_it():
    x = Value(2.0, "x")
    x.moments, x.grad = [0.5], 3.0
    shallow, deep = copy.copy(x), copy.deepcopy(x)
    assert (
        (shallow.data, shallow.name, shallow.grad) == (deep.data, deep.name, deep.grad) == (2.0, "x", 3.0)
    )
    assert shallow.moments is x.moments
    assert deep.moments == x.moments
    assert deep.moments is not x.moments
    assert copy.deepcopy([x, x])[0] is not x
    assert len({*copy.deepcopy([x, x])}) == 1


@pytest.mark.parametrize(
    "lost", [lambda x: float(x) % 2.0, lambda x: int(x) % 2, lambda x: [0.0, 1.0].index(float(x)), math.exp]
)
def test_a_number_that_goes_into_no_text_is_refused(lost):
    with pytest.raises(DetachedNumberError, match="would lose its graph"):
        lost(Value(1.0))


def test_what_goes_into_a_text_in_place():
    text = FORM
    text %= Value(2.0)
    assert (text, PAIR % (Value(0.5), Value(-3.7)), FORM.encode() % Value(0.5)) == (
        "2.000",
        "0.5,    -3",
        b"0.500",
    )


def check(function):
    """Hold value and gradient against those of floats: eagerly, in `compare`, in a Program elsewhere."""
    weights = np.cos(np.arange(np.size(function(A)))).reshape(np.shape(function(A)))

    def loss(z):
        return np.sum(function(z) * weights)

    z = values(A)
    total = loss(z)
    total.backward()
    assert total.data == pytest.approx(loss(A), rel=1e-12)
    assert z.grad == pytest.approx(slopes(loss, A), rel=1e-7, abs=1e-8)
    report = compare(loss, {"z": z.data}, hand={"z": z.grad})
    assert report.verdict == "right", report
    program = derive(loss, inputs=[A])
    for point in (A, ELSEWHERE):
        value, gradient = program(point)
        assert value == pytest.approx(loss(point), rel=1e-12)
        assert gradient == pytest.approx(slopes(loss, point), rel=1e-7, abs=1e-8)


def slopes(loss, point):
    def along(t, place):
        moved = point.copy()
        moved[place] = t
        return float(np.squeeze(loss(moved)))

    places = [*np.ndindex(point.shape)]
    found = [slope(lambda t, place=place: along(t, place), float(point[place])) for place in places]
    return np.reshape(found, point.shape)
