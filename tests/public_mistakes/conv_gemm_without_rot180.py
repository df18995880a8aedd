"""Nothing is wrong: the books rotate the kernel by 180 degrees; caffe's backward_cpu_gemm multiplies with the transposed weights and
scatters with col2im, which comes to the same.
Source: github.com/BVLC/caffe issue 5812, "One question about BaseConvolutionLayer<Dtype>::backward_cpu_gemm function"."""

import numpy as np

rng = np.random.RandomState(5812)
num, ch, side, k = 2, 2, 4, 2
data = rng.randn(num, ch, side, side)
want = rng.randn(num, 2, 2, 2)
at = {"conv1": rng.randn(2, ch, k, k) * 0.5, "conv2": rng.randn(2, 2, k, k) * 0.5}


def im2col_cpu(im):
    c, h, w = im.shape
    col = np.zeros((c * k * k, (h - k + 1) * (w - k + 1)))
    row = 0
    for ci in range(c):
        for y in range(k):
            for x in range(k):
                col[row] = im[ci, y : y + h - k + 1, x : x + w - k + 1].reshape(-1)
                row += 1
    return col


def col2im_cpu(col, shape):
    c, h, w = shape
    im = np.zeros(shape)
    row = 0
    for ci in range(c):
        for y in range(k):
            for x in range(k):
                im[ci, y : y + h - k + 1, x : x + w - k + 1] += col[row].reshape(h - k + 1, w - k + 1)
                row += 1
    return im


def layer(im, weights):
    out = weights.shape[0]
    side_out = im.shape[1] - k + 1
    return (weights.reshape(out, -1) @ im2col_cpu(im)).reshape(out, side_out, side_out)


def loss(conv1, conv2):
    total = 0.0
    for n in range(num):
        top1 = np.tanh(layer(data[n], conv1))
        total += 0.5 * np.sum((layer(top1, conv2) - want[n]) ** 2)
    return total / num


def backward(conv1, conv2):
    d1, d2 = np.zeros((2, ch * k * k)), np.zeros((2, 2 * k * k))
    for n in range(num):
        top1 = np.tanh(layer(data[n], conv1))
        top_diff = ((layer(top1, conv2) - want[n]) / num).reshape(2, -1)
        d2 += top_diff @ im2col_cpu(top1).T
        bottom_diff = col2im_cpu(conv2.reshape(2, -1).T @ top_diff, top1.shape)
        diff1 = (bottom_diff * (1 - top1**2)).reshape(2, -1)
        d1 += diff1 @ im2col_cpu(data[n]).T
    return {"conv1": d1.reshape(conv1.shape), "conv2": d2.reshape(conv2.shape)}


right_backward = backward
EXPECTED = set()
