"""Nothing is wrong: the mean's gradient of batch normalization has the extra term gvar * mean(-2 (x - mu)); the reporter took it for a
mistake, it is zero. Source: GitHub issue apache/mxnet #1053, "A bug in BatchNorm Op ?"."""

import numpy as np

rng = np.random.RandomState(10)
X, Y = rng.randn(8, 3), rng.randn(8, 2)
at = {"fc1": rng.randn(3, 4), "slope": 1 + rng.rand(4), "bias": rng.randn(4) * 0.3, "fc2": rng.randn(4, 2)}
eps = 1e-3


def bn_forward(data, slope, bias):
    mean = data.mean(axis=0)
    var = np.mean((data - mean) ** 2, axis=0)
    return slope * (data - mean) / np.sqrt(var + eps) + bias, (data, slope, mean, var)


def bn_backward(grad, aux, extra):
    data, slope, mean, var = aux
    scale = 1.0 / grad.shape[0]
    gvar = np.sum((grad * slope) * (data - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
    gmean = np.sum(grad * slope, axis=0) * (-1.0 / np.sqrt(var + eps))
    if extra:
        tmp = scale * np.sum(-2.0 * (data - mean), axis=0)
        tmp = tmp * gvar
        gmean = gmean + tmp
    gslope = np.sum(grad * (data - mean) / np.sqrt(var + eps), axis=0)
    gbias = np.sum(grad, axis=0)
    gdata = grad * slope / np.sqrt(var + eps) + gvar * scale * 2.0 * (data - mean) + gmean * scale
    return gdata, gslope, gbias


def forward(fc1, slope, bias, fc2):
    d = X @ fc1
    n, aux = bn_forward(d, slope, bias)
    a = np.maximum(n, 0)
    return n, aux, a, a @ fc2


def loss(**p):
    return 0.5 * np.sum((forward(**p)[-1] - Y) ** 2)


def _backward(p, extra):
    n, aux, a, out = forward(**p)
    g = out - Y
    gd, gs, gb = bn_backward(g @ p["fc2"].T * (n > 0), aux, extra)
    return {"fc1": X.T @ gd, "slope": gs, "bias": gb, "fc2": a.T @ g}


def backward(**p):
    return _backward(p, True)


def right_backward(**p):
    return _backward(p, False)


EXPECTED = set()
