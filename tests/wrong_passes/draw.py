"""Random parameters and data, drawn the same way by every model of the corpus."""

import numpy as np


def weights(rng, dtype=np.float64, **shapes):
    """A dictionary of parameters: one normal array for each name=shape."""
    return {name: (0.7 * rng.normal(size=shape)).astype(dtype) for name, shape in shapes.items()}


def inputs(rng, *shape, dtype=np.float64):
    """Data whose features do not have mean zero, so that no path vanishes by chance."""
    return (rng.normal(size=shape) + 0.3).astype(dtype)


def one_hot(labels, classes, dtype=np.float64):
    return np.eye(classes, dtype=dtype)[labels]
