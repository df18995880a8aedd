"""Arrays of Values in order, with nan and ties where NumPy has them; other types of numbers are refused."""

import warnings

import numpy as np
import pytest

from autograd_scratch import data, values
from autograd_scratch.errors import AutogradError

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.375, -0.75]])
B = np.array([[1.0, -2.0, 0.25], [0.5, 3.0, -1.5]])


def sorted_in_place(z):
    z = z * 1.0
    z.sort()
    return z


NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize(
    "function",
    [
        np.sort,
        lambda z: np.sort(z, axis=0),
        lambda z: np.sort(z, axis=None),
        sorted_in_place,
        lambda z: np.sort(np.partition(z, 1)),
        np.argsort,
        lambda z: z.argsort(axis=0),
        lambda z: np.lexsort((z[0],)),
        np.unique,
        lambda z: np.unique(z, axis=1),
        lambda z: np.unique(z, return_inverse=True, return_counts=True)[2],
        np.median,
        lambda z: np.median(z, axis=1),
        lambda z: np.nanmedian(z, axis=0),
        lambda z: np.quantile(z, 0.75, axis=1, method="lower"),
        np.max,
        lambda z: z.min(axis=1),
        np.argmax,
        np.nanmax,
        np.nan_to_num,
        lambda z: np.nan_to_num(z, nan=1.0, posinf=2.0),
        lambda z: np.sort(z[0]).searchsorted([0.0, 1.0]),
    ],
)
def test_nan_ties_and_infinities_are_where_numpy_has_them(function):
    random = np.random.default_rng(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, of rows without a number
        for columns in (2, 3, 4, 5, 6) * 6:
            z = random.choice(NUMBERS, size=(2, columns))
            np.testing.assert_array_equal(np.array(data(function(values(z)))), function(z))


def test_equal_entries_keep_their_order():
    z = values([1.0, 0.0, 1.0, 0.0], "z")
    assert [entry.name for entry in np.sort(z)] == ["z[1]", "z[3]", "z[0]", "z[2]"]
    assert [entry.name for entry in np.unique(z)] == ["z[1]", "z[0]"]


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble, int, complex])
@pytest.mark.parametrize(
    "function",
    [
        lambda z, dtype: np.exp(z, dtype=dtype),
        lambda z, dtype: np.add(z, B, dtype=dtype),
        lambda z, dtype: np.sum(z, dtype=dtype),
        lambda z, dtype: z.mean(axis=0, dtype=dtype),
        lambda z, dtype: np.var(z, dtype=dtype),
        lambda z, dtype: np.prod(z, dtype=dtype),
        lambda z, dtype: np.cumsum(z, dtype=dtype),
        lambda z, dtype: np.matmul(z, B.T, dtype=dtype),
        lambda z, dtype: np.einsum("ij,ij", z, B, dtype=dtype),
        lambda z, dtype: z.astype(dtype),
        lambda z, dtype: np.array(z, dtype=dtype),
        lambda z, dtype: np.exp(z, out=np.zeros((2, 3), dtype)),
        lambda z, dtype: np.concatenate([z, B], dtype=dtype, casting="unsafe"),
    ],
)
def test_other_types_of_numbers_are_refused(function, dtype):
    with pytest.raises(AutogradError, match=r"leave dtype out|lose its graph|lose their graph"):
        function(values(A), dtype)


def test_double_precision_may_be_asked_for():
    for dtype in (float, np.float64, object, "float64"):
        assert np.sum(values(A), dtype=dtype).data == A.sum()
        assert np.exp(values(A), dtype=dtype)[0, 0].data == np.exp(0.5)
