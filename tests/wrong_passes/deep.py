"""Networks of three layers of equal width, in which layers can be exchanged and transposed."""

import numpy as np

from .draw import inputs, weights


def relu(z):
    return np.where(z > 0, z, 0)


class ThreeTanh:
    """Three tanh layers of equal width, a linear output, the mean over samples and outputs."""

    mistakes = {
        "W1 and W2 exchanged": "exchanged",
        "b1 and b2 exchanged": "exchanged",
        "W2 for W2.T": "transposed",
        "W3 for W3.T": "transposed",
        "W2 transposed": "transposed",
        "W3 rows reversed": "permuted",
        "W1 columns rolled": "permuted",
        "divided by n only": "sum_for_mean scale",
        "only W4 doubled": "scale",
        "no tanh' in layer 1": "derivative_missing",
        "no tanh' in layer 2": "derivative_missing",
        "tanh' twice in layer 3": "derivative_twice",
        "1 - z**2 in layer 2": "derivative_argument",
        "W3 already updated": "stale_weights",
        "b2 forgotten": "bias_forgotten",
        "X for a1 in dW2": "other_operand",
        "b3 mean": "bias_reduction sum_for_mean scale",
    }
    doubles = [
        ("W1 and W2 exchanged", "divided by n only"),
        ("no tanh' in layer 2", "b3 mean"),
        ("W3 for W3.T", "b2 forgotten"),
    ]

    def __init__(self, seed, n=6, h=4, k=3):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X, self.y = inputs(rng, n, h), inputs(rng, n, k)
        self.at = weights(rng, W1=(h, h), b1=(h,), W2=(h, h), b2=(h,), W3=(h, h), b3=(h,), W4=(h, k))

    def loss(self, W1, b1, W2, b2, W3, b3, W4):
        a = self.X
        for W, b in [(W1, b1), (W2, b2), (W3, b3)]:
            a = np.tanh(a @ W + b)
        return np.mean((a @ W4 - self.y) ** 2)

    def backward(self, at, *mistakes):
        W1, b1, W2, b2, W3, b3, W4 = at.values()
        a1 = np.tanh(self.X @ W1 + b1)
        z2 = a1 @ W2 + b2
        a2 = np.tanh(z2)
        a3 = np.tanh(a2 @ W3 + b3)
        error = a3 @ W4 - self.y

        dout = 2 * error / (self.n if "divided by n only" in mistakes else error.size)
        slope3 = (1 - a3**2) ** (2 if "tanh' twice in layer 3" in mistakes else 1)
        dz3 = dout @ W4.T * slope3
        dW3 = a2.T @ dz3
        if "W3 already updated" in mistakes:
            W3 = W3 - 0.01 * dW3
        dz2 = dz3 @ (W3 if "W3 for W3.T" in mistakes else W3.T) * self.slope2(z2, mistakes)
        dz1 = dz2 @ (W2 if "W2 for W2.T" in mistakes else W2.T)
        if "no tanh' in layer 1" not in mistakes:
            dz1 = dz1 * (1 - a1**2)
        right = dict(
            W1=self.X.T @ dz1,
            b1=dz1.sum(0),
            W2=(self.X if "X for a1 in dW2" in mistakes else a1).T @ dz2,
            b2=dz2.sum(0),
            W3=dW3,
            b3=dz3.sum(0),
            W4=a3.T @ dout,
        )
        return self.written_down(right, mistakes)

    def slope2(self, z2, mistakes):
        if "no tanh' in layer 2" in mistakes:
            return 1
        if "1 - z**2 in layer 2" in mistakes:
            return 1 - z2**2
        return 1 - np.tanh(z2) ** 2

    def written_down(self, g, mistakes):
        """The mistakes made when the finished gradients are written into the result."""
        if "W1 and W2 exchanged" in mistakes:
            g["W1"], g["W2"] = g["W2"], g["W1"]
        if "b1 and b2 exchanged" in mistakes:
            g["b1"], g["b2"] = g["b2"], g["b1"]
        if "W2 transposed" in mistakes:
            g["W2"] = g["W2"].T
        if "W3 rows reversed" in mistakes:
            g["W3"] = g["W3"][::-1]
        if "W1 columns rolled" in mistakes:
            g["W1"] = np.roll(g["W1"], 1, axis=1)
        if "only W4 doubled" in mistakes:
            g["W4"] = 2 * g["W4"]
        if "b2 forgotten" in mistakes:
            g["b2"] = np.zeros_like(g["b2"])
        if "b3 mean" in mistakes:
            g["b3"] = g["b3"] / self.n
        return g


class ColumnRelu:
    """Samples in columns, relu twice, a sigmoid output and squared error: W @ X + b."""

    mistakes = {
        "no 1/m": "sum_for_mean",
        "no 1/2 kept": "scale",
        "A3 - Y": "derivative_missing other_loss",
        "no relu' in layer 1": "derivative_missing",
        "no relu' in layer 2": "derivative_missing",
        "tanh' for relu'": "derivative_of_other",
        "sigmoid' of A3": "derivative_argument",
        "b1 mean": "bias_reduction sum_for_mean scale",
        "b2 from the first column": "bias_reduction single_sample overwritten",
        "W1 in Fortran order": "permuted",
        "dropout's 1/keep missing": "factor_missing",
        "dropout's mask missing": "factor_missing derivative_missing",
        "W3 already updated": "stale_weights",
    }
    doubles = [("no 1/m", "A3 - Y"), ("dropout's 1/keep missing", "W1 in Fortran order")]

    def __init__(self, seed, m=11, d=3, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = m
        self.keep = 0.6
        self.X = inputs(rng, d, m, dtype=dtype)
        self.Y = rng.uniform(size=(2, m)).astype(dtype)
        self.mask = (rng.uniform(size=(6, m)) < self.keep).astype(dtype)
        self.at = weights(rng, dtype, W1=(5, d), b1=(5, 1), W2=(6, 5), b2=(6, 1), W3=(2, 6))

    def loss(self, W1, b1, W2, b2, W3):
        A1 = relu(W1 @ self.X + b1)
        A2 = relu(W2 @ A1 + b2) * self.mask / self.keep
        A3 = 1 / (1 + np.exp(-(W3 @ A2)))
        return np.sum((A3 - self.Y) ** 2) / (2 * self.n)

    def backward(self, at, *mistakes):
        W1, b1, W2, b2, W3 = at.values()
        X, _Y, _m = self.X, self.Y, self.n
        Z1 = W1 @ X + b1
        Z2 = W2 @ relu(Z1) + b2
        A2 = relu(Z2) * self.mask / self.keep
        A3 = 1 / (1 + np.exp(-(W3 @ A2)))

        dZ3 = self.output_delta(A3, mistakes)
        dW3 = dZ3 @ A2.T
        if "W3 already updated" in mistakes:
            W3 = W3 - 0.5 * dW3
        dZ2 = W3.T @ dZ3 * self.dropout_slope(mistakes)
        if "no relu' in layer 2" not in mistakes:
            dZ2 = dZ2 * (Z2 > 0)
        dZ1 = W2.T @ dZ2 * (Z1 > 0)
        if "no relu' in layer 1" in mistakes:
            dZ1 = W2.T @ dZ2
        if "tanh' for relu'" in mistakes:
            dZ1 = W2.T @ dZ2 * (1 - relu(Z1) ** 2)
        dW1 = dZ1 @ X.T
        if "W1 in Fortran order" in mistakes:
            dW1 = dW1.reshape(-1, order="F").reshape(W1.shape)
        db1 = dZ1.sum(axis=1, keepdims=True)
        if "b1 mean" in mistakes:
            db1 = dZ1.mean(axis=1, keepdims=True)
        db2 = dZ2.sum(axis=1, keepdims=True)
        if "b2 from the first column" in mistakes:
            db2 = dZ2[:, :1]
        return dict(W1=dW1, b1=db1, W2=dZ2 @ relu(Z1).T, b2=db2, W3=dW3)

    def output_delta(self, A3, mistakes):
        m = 1 if "no 1/m" in mistakes else self.n
        error = (A3 - self.Y) / m
        if "no 1/2 kept" in mistakes:
            error = 2 * error
        if "A3 - Y" in mistakes:
            return error
        if "sigmoid' of A3" in mistakes:
            again = 1 / (1 + np.exp(-A3))
            return error * again * (1 - again)
        return error * A3 * (1 - A3)

    def dropout_slope(self, mistakes):
        if "dropout's mask missing" in mistakes:
            return 1
        if "dropout's 1/keep missing" in mistakes:
            return self.mask
        return self.mask / self.keep


def models():
    yield ThreeTanh(seed=301)
    yield ColumnRelu(seed=302)
    yield ColumnRelu(seed=305, m=16, d=4, dtype=np.float32)
