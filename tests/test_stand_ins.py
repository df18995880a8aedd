"""Arrays of NumPy's makers take Values where a person's program runs on them, and nothing is patched."""

import builtins
import math

import counters
import numpy
import numpy as np
import pytest
from conftest import one_of_each, saying
from idioms.definition import STEP, agree, altered, gradient_of, value_of
from numpy import zeros

from autograd_scratch import compare, derive
from autograd_scratch.errors import AutogradError

AT = {"w": np.array([0.5, -1.2, 0.8, 0.3])}
PLACES = np.array([0, 2, 1, 3])
shared = np.full(4, 0.25)


def buffer():
    return np.zeros(4)


class Holder:
    def __init__(self):
        self.state, self.states = np.ones(4), {"h": [np.full(4, 2.0)]}


holder = Holder()


def empty():
    out = np.empty(4)
    out[:] = 0.5
    return out


def imported_inside():
    import numpy as inside
    from numpy import full

    return inside.ones(4) + full(4, 1.0)


MAKERS = {
    "zeros": lambda: np.zeros(4),
    "zeros by keyword": lambda: np.zeros(shape=(4,), dtype=float),
    "zeros of a matrix": lambda: np.zeros((4, 2))[:, 1],
    "ones": lambda: np.ones(4, dtype=np.float64),
    "full": lambda: np.full((4,), 0.5),
    "empty": empty,
    "zeros_like": lambda: np.zeros_like(PLACES, dtype=float),
    "ones_like": lambda: np.ones_like(shared),
    "full_like": lambda: np.full_like(shared, -1.0),
    "array": lambda: np.array([0.0, 1.0, 2.0, 3.0]),
    "asarray": lambda: np.asarray([0.0, 1.0, 2.0, 3.0], dtype=float),
    "eye": lambda: np.eye(4)[1],
    "identity": lambda: np.identity(4)[:, 2],
    "diag": lambda: np.diag([1.0, 2.0, 3.0, 4.0])[0],
    "linspace": lambda: np.linspace(0.0, 1.0, 4),
    "arange": lambda: np.arange(4.0),
    "tile": lambda: np.tile(np.array([1.0, 0.5]), 2),
    "copy": lambda: shared.copy(),
    "copy of a function": lambda: np.copy(shared),
    "reshaped": lambda: np.zeros((2, 2)).reshape(-1),
    "astype": lambda: shared.astype(float),
    "sum of arrays": lambda: np.zeros(4) + 2.0 * shared,
    "global": lambda: shared,
    "attribute": lambda: holder.state,
    "attribute in a dict of lists": lambda: holder.states["h"][0],
    "nested helper": lambda: [buffer() for _ in range(2)][1],
    "imported name": lambda: zeros(4),
    "another name of the module": lambda: numpy.zeros(4),
    "imported inside": imported_inside,
    "a function in a variable": lambda: (lambda make: make(4))(np.ones),
    "a function by name": lambda: getattr(np, "zeros")(4),  # noqa: B009
    "a map": lambda: [*map(np.zeros, [4, 4])][0],  # noqa: RUF015
}


def by_index(out, new):
    for i in range(4):
        out[i] = new[i]


def by_index_into_each(out, new):
    for i in range(4):
        for j in range(i + 1):
            out[i] += new[j] * (1.5 + out[i])


def by_slices(out, new):
    out[:2] = new[2:]
    out[2:] = new[0]


def backwards(out, new):
    out[::-1] += new


def everywhere(out, new):
    out[...] = new.sum()
    out[1:3] *= new[:2]


def at_places(out, new):
    np.add.at(out, [0, 0, 3, 1], new)


def by_out(out, new):
    np.multiply(new, new + 1.0, out=out)


def by_out_of_a_function(out, new):
    np.exp(out, out=out)
    np.add(out, new, out=out)


def by_fill(out, new):
    out.fill(new[1])


def by_put(out, new):
    out.put([3, 1], new[:2])


def by_copyto(out, new):
    np.copyto(out, new)


def by_flat(out, new):
    out.flat[2] = new[3] * new[2]


def by_places(out, new):
    out[PLACES] = new
    out[[0, 1]] -= new[[2, 2]]


def by_mask(out, new):
    out[PLACES > 1] = new[PLACES < 2]


def through_a_view(out, new):
    half = out[1:]
    half[0] = new[2]
    half[1:] += new[:2]


def in_a_helper(out, new):
    def write(array, values, i=0):
        array[i] = values[i] + 1.0
        if i < 3:
            write(array, values, i + 1)

    write(out, new)


def twice(out, new):
    out += new
    out *= out
    out -= 0.5 * new


WAYS = [
    *(
        by_index,
        by_index_into_each,
        by_slices,
        backwards,
        everywhere,
        at_places,
        by_out,
        by_out_of_a_function,
    ),
    *(by_fill, by_put, by_copyto, by_flat, by_places, by_mask, through_a_view, in_a_helper, twice),
]
FILLED = one_of_each(
    [(maker, way) for maker in MAKERS for way in WAYS],
    lambda case: {case[0], case[1]},
    lambda case: f"{case[0]}, {case[1].__name__}",
)


def filling(make, write):
    def loss(w):
        out = make()
        write(out, w * w + 0.1 * w)
        return (np.sin(out) * np.array([1.0, -2.0, 0.5, 3.0])).sum()

    return loss


def assert_right(loss, at=AT):
    """Hold a check and a derived program against numbers alone."""
    gradient = gradient_of(loss, at, STEP)
    assert compare(loss, at, gradient).ok
    assert compare(loss, at, altered(gradient)).verdict == "wrong"
    value, derived = derive(loss, inputs=at, wrt=[*at])(**at)
    assert abs(value - value_of(loss, at)) <= 1e-12
    assert agree(dict(zip(at, derived, strict=True)), gradient)


@pytest.fixture(autouse=True)
def nothing_is_patched():
    """NumPy, math, Python and the person's modules are what they were, with the same things in them."""
    modules = np, np.random, np.linalg, math, builtins, counters
    before = [dict(vars(module)) for module in modules]
    arrays = shared.copy(), holder.state.copy(), holder.states["h"][0].copy()
    yield
    for module, names in zip(modules, before, strict=True):
        assert vars(module).keys() == names.keys()
        assert all(vars(module)[name] is thing for name, thing in names.items())
    for array, old in zip((shared, holder.state, holder.states["h"][0]), arrays, strict=True):
        assert type(array) is np.ndarray
        np.testing.assert_array_equal(array, old)


@pytest.mark.parametrize("case", FILLED)
def test_an_array_that_is_filled(case):
    maker, write = case
    loss = filling(MAKERS[maker], write)
    if maker in ("global", "attribute", "attribute in a dict of lists"):  # which go on with each call
        start = MAKERS[maker]().copy()
        gradient = gradient_of(filling(lambda: start.copy(), write), AT, STEP)
        assert compare(loss, AT, gradient).ok
        assert compare(loss, AT, altered(gradient)).verdict == "wrong"
    else:
        assert_right(loss)


def one_maker_for_numbers_and_values(w):
    def states(first):
        out = np.zeros((2, 4))
        out[0] = first
        return out

    numbers, values = states(PLACES), states(w)
    return (numbers @ values.T).sum() + numbers[0, 1] * (values**2).sum()


def arrays_of_numbers_and_values(w):
    rows = np.array([[w[0], 1.0], [2.0, w[1] * w[2]]])
    return (rows @ np.array([1.0, w[3]])).sum() + np.asarray([w[0], 2.0], dtype=float).prod()


def floats(w):
    total = float(0)
    for number in w:
        total += float(number) * float("2") + float(number * number)
    return float(total)


def functions_of_math(w):
    a, b, c, d = w
    out = math.exp(a) * math.tanh(b) + math.log(math.sqrt(c)) + math.pow(d, 2) * math.pi
    return out + math.sin(a) * math.atan2(b, c) + math.fabs(b) + math.hypot(a, d) + math.erf(c)


def maxima(w):
    return max(0.0, w[0]) * min(w[1], w[2]) + max(w) + sum(max(x, 0.1 * x) for x in w)


def types_of_numbers(w):
    h = np.zeros(4)
    for i, x in enumerate(w):
        h[i] = x * x if isinstance(x, (float, np.floating)) else 1.0
    return h.sum() if isinstance(h, np.ndarray) and h.dtype != np.int64 else 0.0


def states_of_steps(w):
    states = np.zeros((5, 2))
    states[0, 1] = 0.5
    outputs = []
    for t in range(4):
        states[t + 1] = np.tanh(states[t] * w[t] + states[t, ::-1] + w[0])
        outputs.append(states[t + 1].max())
    return np.stack(outputs).sum() + (states**2).mean()


def pixels(w):
    image, kernel = np.arange(20.0).reshape(4, 5) / 10.0, w.reshape(2, 2)
    out = np.zeros((3, 4))
    for i in range(3):
        for j in range(4):
            out[i, j] = (image[i : i + 2, j : j + 2] * kernel).sum()
    pooled = np.zeros((1, 2))
    for j in range(2):
        pooled[0, j] = out[:2, 2 * j : 2 * j + 2].max()
    return np.exp(-pooled).sum() + np.pad(out, 1).var()


@pytest.mark.parametrize(
    "loss",
    [
        *(
            one_maker_for_numbers_and_values,
            arrays_of_numbers_and_values,
            floats,
            functions_of_math,
            maxima,
        ),
        *(types_of_numbers, states_of_steps, pixels),
    ],
)
def test_programs_that_make_arrays_and_numbers(loss):
    if loss is maxima:  # whose arms are those of one point in a program
        gradient = gradient_of(loss, AT, STEP)
        assert compare(loss, AT, gradient).ok
        assert compare(loss, AT, altered(gradient)).verdict == "wrong"
    else:
        assert_right(loss)


def counted_in_a_whole_array(w):
    counts = np.zeros(4, dtype=int)
    counts[1] = w[1]
    return (counts * w).sum()


def written_over_labels(w):
    labels = PLACES.copy()
    labels[:2] = w[:2]
    return (labels * w).sum()


@pytest.mark.parametrize(
    ("loss", "line"),
    [(counted_in_a_whole_array, "counts[1] = w[1]"), (written_over_labels, "labels[:2] = w[:2]")],
)
def test_an_array_of_whole_numbers_takes_no_values(loss, line):
    for run in (lambda: compare(loss, AT, {"w": AT["w"]}), lambda: derive(loss, inputs=AT)(**AT)):
        with saying(AutogradError, "test_stand_ins.py", line):
            run()
