"""The mistake: a nearest downsampling takes the top left pixel of a block, its backward pass sends the
gradient to the bottom right pixel of the block. Source: GitHub issue pytorch/pytorch #38985,
"Nearest-neighbor upsampling regression" (CUDA, here NumPy)."""

import numpy as np

rng = np.random.RandomState(389)
target = rng.randn(2, 3, 3)
gain = rng.uniform(0.5, 1.5, (2, 3, 3))
at = {"image": rng.randn(2, 6, 6)}
scale = 2


def loss(image):
    small = image[:, ::scale, ::scale]
    return 0.5 * np.sum((gain * small - target) ** 2)


def _backward(image, offset):
    grad_output = gain * (gain * image[:, ::scale, ::scale] - target)
    grad_input = np.zeros_like(image)
    for y in range(3):
        for x in range(3):
            grad_input[:, y * scale + offset, x * scale + offset] += grad_output[:, y, x]
    return {"image": grad_input}


def backward(image):
    return _backward(image, scale - 1)


def right_backward(image):
    return _backward(image, 0)


EXPECTED = {"permuted"}
