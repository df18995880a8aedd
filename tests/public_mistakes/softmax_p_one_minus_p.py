"""The mistake: softmax's gradient is p * (1 - p), element by element; together with the two-sided cross-entropy of the same
library it gives p - y, the gradient of another loss. Source: github.com/eriklindernoren/ML-From-Scratch issue 71, "may be a bug
with activation_functions.py" (class Softmax)."""

import numpy as np

np.random.seed(13)
X = np.random.randn(6, 4)
y = np.eye(3)[[0, 2, 1, 1, 0, 2]]
at = {
    "W": np.random.randn(4, 5) * 0.6,
    "w0": np.random.randn(1, 5) * 0.2,
    "V": np.random.randn(5, 3) * 0.6,
    "v0": np.random.randn(1, 3) * 0.2,
}


class Sigmoid:
    def __call__(self, x):
        return 1 / (1 + np.exp(-x))

    def gradient(self, x):
        return self(x) * (1 - self(x))


class Softmax:
    def __call__(self, x):
        e_x = np.exp(x - np.max(x, axis=-1, keepdims=True))
        return e_x / np.sum(e_x, axis=-1, keepdims=True)

    def gradient(self, x):
        p = self(x)
        return p * (1 - p)

    def backward(self, x, grad):
        p = self(x)
        return p * (grad - np.sum(grad * p, axis=-1, keepdims=True))


class CrossEntropy:
    def loss(self, y, p):
        return -y * np.log(p) - (1 - y) * np.log(1 - p)

    def gradient(self, y, p):
        return -(y / p) + (1 - y) / (1 - p)


hidden_activation, output_activation, entropy = Sigmoid(), Softmax(), CrossEntropy()


def forward(W, w0, V, v0):
    hidden_input = X.dot(W) + w0
    hidden_output = hidden_activation(hidden_input)
    output_layer_input = hidden_output.dot(V) + v0
    return hidden_input, hidden_output, output_layer_input, output_activation(output_layer_input)


def loss(W, w0, V, v0):
    return np.sum(entropy.loss(y, forward(W, w0, V, v0)[-1]))


def _backward(p, right):
    hidden_input, hidden_output, out_input, y_pred = forward(**p)
    grad = entropy.gradient(y, y_pred)
    grad_out = (
        output_activation.backward(out_input, grad)
        if right
        else grad * output_activation.gradient(out_input)
    )
    grad_hidden = grad_out.dot(p["V"].T) * hidden_activation.gradient(hidden_input)
    return {
        "W": X.T.dot(grad_hidden),
        "w0": np.sum(grad_hidden, axis=0, keepdims=True),
        "V": hidden_output.T.dot(grad_out),
        "v0": np.sum(grad_out, axis=0, keepdims=True),
    }


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"softmax_elementwise", "other_loss"}
