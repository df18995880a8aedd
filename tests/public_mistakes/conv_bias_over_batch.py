"""The mistake (the asker's proposal; the sum was right, as the loss divides by the batch size already): the convolution's bias
gradient is divided by the batch size.
Source: github.com/heyxhh/nnet-numpy issue 1 (on the gradient of the convolution layer's bias)."""

import numpy as np

np.random.seed(11)
batch, c_in, size, n_filter, k = 3, 1, 4, 2, 2
x = np.random.randn(batch, c_in, size, size)
labels = np.random.randn(batch, 2)
h_out = size - k + 1
at = {
    "w": np.random.randn(n_filter, c_in, k, k) * 0.7,
    "b": np.random.randn(n_filter, 1) * 0.2,
    "fc": np.random.randn(n_filter * h_out * h_out, 2) * 0.4,
}


def img2col():
    cols = []
    for i in range(batch):
        for r in range(h_out):
            for c in range(h_out):
                cols.append(x[i, :, r : r + k, c : c + k].reshape(-1))
    return np.array(cols).T


def forward(w, b, fc):
    x_col = img2col()
    w_row = w.reshape(n_filter, -1)
    out = w_row @ x_col + b
    out = out.reshape(n_filter, batch, h_out, h_out).transpose(1, 0, 2, 3)
    a = 1 / (1 + np.exp(-out))
    flat = a.reshape(batch, -1)
    return x_col, a, flat, flat @ fc


def loss(w, b, fc):
    y = forward(w, b, fc)[-1]
    return np.sum((y - labels) ** 2) / batch


def _backward(w, b, fc, right):
    x_col, a, flat, y = forward(w, b, fc)
    dy = 2 * (y - labels) / batch
    d_out = (dy @ fc.T).reshape(a.shape) * a * (1 - a)
    d_out_col = d_out.transpose(1, 0, 2, 3).reshape(n_filter, -1)
    d_w = (d_out_col @ x_col.T).reshape(w.shape)
    d_b = d_out_col.sum(axis=1).reshape(n_filter, 1)
    if not right:
        d_b = d_b / batch
    return {"w": d_w, "b": d_b, "fc": flat.T @ dy}


def backward(w, b, fc):
    return _backward(w, b, fc, False)


def right_backward(w, b, fc):
    return _backward(w, b, fc, True)


EXPECTED = {"bias_reduction", "sum_for_mean", "scale"}
