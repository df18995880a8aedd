"""NumPy's numbers and arrays beside Values; NumPy is no need of the package."""

import numpy as np
import pytest

from autograd_scratch import MLP, Value, mse
from autograd_scratch.errors import DataError, DetachedNumberError


def test_numbers_of_numpy_become_floats():
    for number in (np.float64(2.0), np.float32(2.0), np.int64(2), np.uint8(2)):
        assert type(Value(number).data) is float
        assert type((Value(3.0) * number).data) is float
        assert type((Value(3.0) * number).parents[1]) is float


@pytest.mark.parametrize("number", [np.float64(2.0), np.int64(2), np.float32(2.0)])
def test_numbers_of_numpy_on_the_left(number):
    x = Value(3.0)
    out = number * x + number - number / x
    out.backward()
    assert isinstance(out, Value)
    assert (out.data, x.grad) == (2 * 3 + 2 - 2 / 3, 2 + 2 / 9)


def test_arrays_broadcast_over_values():
    x = Value(2.0)
    for out in (x * np.array([1.0, 2.0]), np.array([1.0, 2.0]) * x, np.array([1, 2]) * x):
        assert out.shape == (2,)
        assert [v.data for v in out] == [2.0, 4.0]
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    z = W @ np.array([1.0, -1.0])
    z.sum().backward()
    assert [w.grad for w in W.ravel()] == [1.0, -1.0, 1.0, -1.0]
    assert [v.data for v in np.exp(np.tanh(z))] == pytest.approx(np.exp(np.tanh([-1.0, -1.0])))


def test_rows_of_arrays_are_inputs_and_targets():
    X, y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[1.0], [0.0]])
    model = MLP(2, [3, 1], "tanh", seed=0)
    loss = mse([model(x) for x in X], y)
    loss.backward()
    assert type(loss.data) is float
    assert loss.data == mse([model(list(x)) for x in X], [1.0, 0.0]).data


def test_arrays_are_no_data_and_graphs_are_not_lost_in_them():
    with pytest.raises(DataError, match="make one Value for each entry"):
        Value(np.array([1.0, 2.0]))
    with pytest.raises(DetachedNumberError):
        np.array([Value(1.0)], dtype=float)
    with pytest.raises(DataError, match="data must be a real number"):
        Value(np.complex128(1j))
