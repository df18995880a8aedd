"""Shapes of results: NumPy's own, on arrays of Values as on numbers, and what it refuses is refused."""

from itertools import product

import numpy as np
import pytest

from autograd_scratch import values

SHAPES = [(), (2,), (3,), (6,), (2, 3), (3, 2), (2, 6), (6, 1), (3, 4), (4, 3), (2, 1, 3), (2, 3, 2)]
OF_TWO = {
    "add": np.add,
    "matmul": np.matmul,
    "dot": np.dot,
    "inner": np.inner,
    "outer": np.outer,
    "vdot": np.vdot,
    "tensordot": np.tensordot,
    "tensordot, one axis": lambda a, b: np.tensordot(a, b, axes=1),
    "tensordot, axes crossed": lambda a, b: np.tensordot(a, b, axes=([0, 1], [1, 0])),
    "einsum": lambda a, b: np.einsum("ij,jk->ik", a, b),
    "concatenate": lambda a, b: np.concatenate([a, b]),
    "stack": lambda a, b: np.stack([a, b]),
    "where": lambda a, b: np.where(np.asarray(b) > 0.0, a, b),
    "maximum": np.maximum,
}


def shape_of(function, *arrays):
    try:
        return np.shape(function(*arrays))
    except (ValueError, IndexError):
        return "refused"


@pytest.mark.parametrize("function", OF_TWO.values(), ids=OF_TWO)
def test_shapes_are_those_of_numpy_and_what_it_refuses_is_refused(function):
    for one, other in product(SHAPES, SHAPES):
        a, b = np.ones(one), np.ones(other)
        expected = shape_of(function, a, b)
        assert shape_of(function, values(a), b) == expected, (one, other)
        assert shape_of(function, a, values(b)) == expected, (one, other)
