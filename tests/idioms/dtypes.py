"""Types of numbers, casts and copies."""

import copy

import numpy as np

from .definition import idiom
from .samples import X, y


@idiom(W=(3, 2))
def dtype_in_a_variable(W):
    dt = W.dtype
    ones = np.ones(4, dtype=dt)
    return np.sum((ones @ X @ W) ** 2)


@idiom(W=(3, 2))
def data_cast_to_the_type_of_weights(W):
    data = X.astype(W.dtype)
    return np.mean(np.tanh(data @ W))


@idiom(W=(3, 2))
def cast_to_float(W):
    return np.sum(np.sin(X @ W.astype(float)))


@idiom(W=(3, 2))
def asarray(W):
    return np.sum(np.asarray(W) ** 2) + np.asarray(X @ W).mean()


@idiom(W=(3, 2))
def copy_by_method(W):
    V = W.copy()
    V *= 2
    return np.sum(V * W)


@idiom(W=(3, 2))
def copy_by_function(W):
    V = np.copy(W)
    V[0] = 0
    return np.sum(V**2 + W)


@idiom(W=(3, 2))
def deep_copy(W):
    V = copy.deepcopy(W)
    V += 1
    return np.sum(V * W)


@idiom(params={"W": (3, 2), "b": (2,)})
def deep_copy_of_a_dict(params):
    p = copy.deepcopy(params)
    p["b"] += 0.5
    return np.mean(np.tanh(X @ p["W"] + p["b"]))


@idiom(a=(), b=())
def array_of_two_scalars(a, b):
    w = np.array([a, b])
    return np.sum(np.exp(np.maximum(0, w))) + np.sum(w**2)


@idiom(a=(), b=(), c=())
def array_of_scalars_through_functions(a, b, c):
    w = np.array([a, b, c])
    return np.mean(np.tanh(X @ w)) + np.log(np.clip(w, 0.1, 1)).sum() + np.abs(w).sum()


@idiom(a=(), b=())
def nested_array_of_scalars(a, b):
    M = np.array([[a, b], [b, 1.0]])
    return np.sum(np.where(M > 0, M, 0.1 * M) @ M)


@idiom(w=[(), (), ()])
def array_of_a_list(w):
    w = np.asarray(w)
    return np.sum((X @ w - y) ** 2)


@idiom(w=())
def squeeze_of_a_scalar(w):
    return np.squeeze(w) ** 2 + np.where(w > 0, w, 0.5 * w)


@idiom(a=(), b=())
def functions_of_scalars(a, b):
    return np.mean([a, b]) + np.sum(np.stack([a, b]) ** 2) + np.maximum(a, b) + np.dot(a, b) + np.exp(a)


@idiom(a=(), b=())
def concatenated_scalars(a, b):
    v = np.concatenate([[a], [b], y[:1]])
    return np.dot(v, v) + np.hstack([a, b]).prod()


@idiom(w=(3,))
def float_times_integer_arrays(w):
    counts = np.array([1, 2, 3])
    return np.sum(w * counts // 1 * 0) + np.sum(w**counts)


@idiom(w=(3,), between=(0.2, 1.5))
def integer_powers(w):
    return np.sum(w ** np.array([1, 2, 3])) + np.sum(2**w) + np.sum(np.float_power(w, 2))


@idiom(w=(3,))
def numpy_numbers(w):
    scale = np.float64(0.5)
    n = np.int64(4)
    return scale * np.sum(w**2) / n + np.sqrt(n) * w.mean()


@idiom(w=(3,))
def zeros_of_a_type(w):
    out = np.zeros(4, dtype=np.float64)
    out += X @ w
    return np.sum(out**2)


@idiom(w=(3,))
def zeros_of_the_type_of_weights(w):
    out = np.zeros((4,), w.dtype)
    for i in range(4):
        out[i] = X[i] @ w
    return np.sum(np.sin(out))


@idiom(w=(3,))
def checks_of_types(w):
    assert isinstance(w, np.ndarray)
    assert w.ndim == 1
    assert w.shape == (3,)
    assert len(w) == w.size
    return (w**2).sum()


@idiom(w=(3,))
def float32_constants(w):
    data = X.astype(np.float32)
    return np.mean((data @ w) ** 2)


@idiom(w=(3,))
def real_parts(w):
    return np.sum(np.real(w) ** 2 + w.real)


@idiom(a=())
def float_array_of_one(a):
    w = np.atleast_1d(a)
    return np.sum(np.tanh(w)) + w[0] ** 2


@idiom(w=(3,))
def list_of_an_array(w):
    return sum(v**2 for v in list(w)) + sum(v for v in w.tolist())


@idiom(w=(4,))
def from_an_iterator(w):
    v = np.fromiter((x * t for x, t in zip(w, y)), dtype=float)
    return np.sum(v**2)


@idiom(w=(3,))
def finfo_for_safety(w):
    eps = np.finfo(float).eps
    return -np.sum(np.log(1 / (1 + np.exp(-w)) + eps))
