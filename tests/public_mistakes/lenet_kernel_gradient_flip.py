"""The mistake (the asker's proposal; the code was right): the kernel's gradient is convolve2d(input_map, front_delta), without the reversal of
the input by 180 degrees. convolve2d is a true convolution, in both passes.
Source: github.com/Site1997/LeNet-python issue 2, "gradient descent and update"."""

import numpy as np

np.random.seed(1997)
imgs = np.random.rand(2, 4, 4)
marks = np.array([[1.0, 0.0], [0.0, 1.0]])
at = {
    "kernal": np.random.randn(2, 2, 2) * 0.8,
    "bias": np.random.randn(2) * 0.1,
    "fc": np.random.randn(18, 2) * 0.4,
}


def convolve2d(a, k):
    kh, kw = k.shape
    oh, ow = a.shape[0] - kh + 1, a.shape[1] - kw + 1
    flipped = k[::-1, ::-1]
    out = np.zeros((oh, ow))
    for r in range(oh):
        for c in range(ow):
            out[r, c] = np.sum(a[r : r + kh, c : c + kw] * flipped)
    return out


def forward(kernal, bias, fc):
    feat = np.zeros((2, 2, 3, 3))
    for imgId in range(2):
        for kId in range(2):
            feat[imgId, kId] = np.tanh(convolve2d(imgs[imgId], kernal[kId]) + bias[kId])
    flat = feat.reshape(2, 18)
    e = np.exp(np.dot(flat, fc))
    return feat, flat, e / np.sum(e, axis=1, keepdims=True)


def loss(kernal, bias, fc):
    feat, flat, out = forward(kernal, bias, fc)
    return -np.sum(marks * np.log(out)) / 2


def _backward(kernal, bias, fc, right):
    feat, flat, out = forward(kernal, bias, fc)
    l_delta = (out - marks) / out.shape[0]
    front_delta = np.dot(l_delta, fc.T).reshape(feat.shape) * (1 - feat**2)
    kernal_gradient, bias_gradient = np.zeros(kernal.shape), np.zeros(bias.shape)
    for imgId in range(2):
        for kId in range(2):
            if right:
                kernal_gradient[kId] += convolve2d(imgs[imgId, ::-1, ::-1], front_delta[imgId][kId])
            else:
                kernal_gradient[kId] += convolve2d(imgs[imgId], front_delta[imgId][kId])
            bias_gradient[kId] += np.sum(front_delta[imgId][kId])
    return {"kernal": kernal_gradient, "bias": bias_gradient, "fc": np.dot(flat.T, l_delta)}


def backward(kernal, bias, fc):
    return _backward(kernal, bias, fc, False)


def right_backward(kernal, bias, fc):
    return _backward(kernal, bias, fc, True)


EXPECTED = {"permuted", "?"}
