"""The mistake (the asker's proposal; += was right): col2im writes img[...] = col[...] over what other windows have put there.
Source: github.com/hguomin/deep-learning-from-scratch issue 2, "confused about the 'col2im' ?"."""

import numpy as np

np.random.seed(2)
N, C, H, W, FN, FH, FW, stride, pad = 2, 2, 4, 4, 2, 3, 3, 1, 1
x0 = np.random.randn(N, C, H, W)
t = np.array([1, 0])
at = {
    "W1": np.random.randn(FN, C, FH, FW) * 0.3,
    "b1": np.random.randn(FN) * 0.1,
    "W2": np.random.randn(FN, FN, FH, FW) * 0.3,
    "b2": np.random.randn(FN) * 0.1,
    "W3": np.random.randn(FN * H * W, 2) * 0.2,
}


def im2col(input_data, filter_h, filter_w):
    n, c, h, w = input_data.shape
    out_h = (h + 2 * pad - filter_h) // stride + 1
    out_w = (w + 2 * pad - filter_w) // stride + 1
    img = np.pad(input_data, [(0, 0), (0, 0), (pad, pad), (pad, pad)], "constant")
    col = np.zeros((n, c, filter_h, filter_w, out_h, out_w))
    for y in range(filter_h):
        for x in range(filter_w):
            col[:, :, y, x, :, :] = img[
                :, :, y : y + stride * out_h : stride, x : x + stride * out_w : stride
            ]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * out_h * out_w, -1)


def col2im(col, input_shape, filter_h, filter_w, right):
    n, c, h, w = input_shape
    out_h = (h + 2 * pad - filter_h) // stride + 1
    out_w = (w + 2 * pad - filter_w) // stride + 1
    col = col.reshape(n, out_h, out_w, c, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((n, c, h + 2 * pad + stride - 1, w + 2 * pad + stride - 1))
    for y in range(filter_h):
        for x in range(filter_w):
            where = (
                slice(None),
                slice(None),
                slice(y, y + stride * out_h, stride),
                slice(x, x + stride * out_w, stride),
            )
            if right:
                img[where] += col[:, :, y, x, :, :]
            else:
                img[where] = col[:, :, y, x, :, :]
    return img[:, :, pad : h + pad, pad : w + pad]


def conv(x, W, b):
    col = im2col(x, FH, FW)
    out = np.dot(col, W.reshape(FN, -1).T) + b
    return col, out.reshape(N, H, W_, -1).transpose(0, 3, 1, 2)


W_ = W


def forward(p):
    col1, a1 = conv(x0, p["W1"], p["b1"])
    h1 = np.maximum(0, a1)
    col2, a2 = conv(h1, p["W2"], p["b2"])
    h2 = np.maximum(0, a2)
    flat = h2.reshape(N, -1)
    s = np.dot(flat, p["W3"])
    s = s - np.max(s, axis=1, keepdims=True)
    y = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    return col1, a1, h1, col2, a2, flat, y


def loss(**p):
    y = forward(p)[-1]
    return -np.sum(np.log(y[np.arange(N), t] + 1e-7)) / N


def _backward(p, right):
    col1, a1, h1, col2, a2, flat, y = forward(p)
    dy = y.copy()
    dy[np.arange(N), t] -= 1
    py = y[np.arange(N), t]
    dy = dy * (py / (py + 1e-7))[:, None] / N
    grads = {"W3": np.dot(flat.T, dy)}
    d = np.dot(dy, p["W3"].T).reshape(a2.shape) * (a2 > 0)
    dout = d.transpose(0, 2, 3, 1).reshape(-1, FN)
    grads["b2"] = np.sum(dout, axis=0)
    grads["W2"] = np.dot(col2.T, dout).transpose(1, 0).reshape(FN, FN, FH, FW)
    dcol = np.dot(dout, p["W2"].reshape(FN, -1))
    dx = col2im(dcol, h1.shape, FH, FW, right)
    d = dx * (a1 > 0)
    dout = d.transpose(0, 2, 3, 1).reshape(-1, FN)
    grads["b1"] = np.sum(dout, axis=0)
    grads["W1"] = np.dot(col1.T, dout).transpose(1, 0).reshape(FN, C, FH, FW)
    return grads


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"overwritten"}
