"""The mistake: the gradient from above is indexed [kernel] for [sample, kernel], so the sample's axis is read with the number of the kernel; and the kernel's
gradient is one sum for each place of the output, written at that place of the kernel. That the shapes fit is chance (as many samples as kernels, channels
and places). Source: GitHub repository Joaomlg/neural-network-from-scratch, commit 45d4461, "Convolutional layer fixes"."""

import numpy as np

rng = np.random.RandomState(454)
samples, channels, kernels, k, side = 2, 2, 2, 2, 3
steps = side - k + 1
input_data = rng.randn(samples, channels, side, side)
label = rng.randn(samples, kernels, steps, steps)
at = {"kernels": rng.randn(kernels, channels, k, k) * 0.6, "bias": rng.randn(kernels) * 0.2}


def forward(kernels, bias):
    out = []
    for s in range(samples):
        for q in range(len(bias)):
            for j in range(steps):
                for i in range(steps):
                    out.append(np.sum(input_data[s, :, j : j + k, i : i + k] * kernels[q]) + bias[q])
    return np.stack(out).reshape(samples, len(bias), steps, steps)


def loss(kernels, bias):
    return 0.5 * np.sum((np.tanh(forward(kernels, bias)) - label) ** 2)


def above(kernels, bias):
    t = np.tanh(forward(kernels, bias))
    return (t - label) * (1 - t**2)


def backward(kernels, bias):
    next_gradient = above(kernels, bias)
    kernel_gradient, bias_gradient = np.zeros_like(kernels), np.zeros_like(bias)
    for sample in range(samples):
        for kernel in range(len(bias)):
            bias_gradient[kernel] += np.sum(next_gradient[kernel])
            for j in range(0, steps):
                for i in range(0, steps):
                    input_slice = input_data[sample, :, j : j + k, i : i + k]
                    kernel_gradient[kernel, :, j, i] += np.sum(input_slice * next_gradient[kernel])
    return {"kernels": kernel_gradient, "bias": bias_gradient}


def right_backward(kernels, bias):
    next_gradient = above(kernels, bias)
    kernel_gradient, bias_gradient = np.zeros_like(kernels), np.zeros_like(bias)
    for sample in range(samples):
        for kernel in range(len(bias)):
            bias_gradient[kernel] += np.sum(next_gradient[sample, kernel])
            for j in range(0, steps):
                for i in range(0, steps):
                    input_slice = input_data[sample, :, j : j + k, i : i + k]
                    kernel_gradient[kernel, :] += input_slice * next_gradient[sample, kernel, j, i]
    return {"kernels": kernel_gradient, "bias": bias_gradient}


EXPECTED = {"?"}
