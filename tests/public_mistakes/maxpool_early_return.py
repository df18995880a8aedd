"""The mistake: the return of the pooling layer's backward stands one level too deep, inside of the loop over the patches: only
the first patch hands its gradient on."""

import numpy as np


class ConvolutionLayer:
    def __init__(self, kernel_num, kernel_size):
        self.kernel_num = kernel_num
        self.kernel_size = kernel_size
        self.kernels = None

    def patches_generator(self, image):
        image_h, image_w = image.shape
        self.image = image
        for h in range(image_h - self.kernel_size + 1):
            for w in range(image_w - self.kernel_size + 1):
                patch = image[h : (h + self.kernel_size), w : (w + self.kernel_size)]
                yield patch, h, w

    def forward_prop(self, image):
        image_h, image_w = image.shape
        convolution_output = np.zeros(
            (image_h - self.kernel_size + 1, image_w - self.kernel_size + 1, self.kernel_num)
        )
        for patch, h, w in self.patches_generator(image):
            convolution_output[h, w] = np.sum(patch * self.kernels, axis=(1, 2))
        return convolution_output

    def back_prop(self, dE_dY):
        dE_dk = np.zeros(self.kernels.shape)
        for patch, h, w in self.patches_generator(self.image):
            for f in range(self.kernel_num):
                dE_dk[f] += patch * dE_dY[h, w, f]
        return dE_dk


class MaxPoolingLayer:
    def __init__(self, kernel_size):
        self.kernel_size = kernel_size

    def patches_generator(self, image):
        self.image = image
        for h in range(image.shape[0] // self.kernel_size):
            for w in range(image.shape[1] // self.kernel_size):
                patch = image[
                    (h * self.kernel_size) : (h * self.kernel_size + self.kernel_size),
                    (w * self.kernel_size) : (w * self.kernel_size + self.kernel_size),
                ]
                yield patch, h, w

    def forward_prop(self, image):
        image_h, image_w, num_kernels = image.shape
        max_pooling_output = np.zeros(
            (image_h // self.kernel_size, image_w // self.kernel_size, num_kernels)
        )
        for patch, h, w in self.patches_generator(image):
            max_pooling_output[h, w] = np.amax(patch, axis=(0, 1))
        return max_pooling_output

    def back_prop(self, dE_dY, right):
        dE_dk = np.zeros(self.image.shape)
        for patch, h, w in self.patches_generator(self.image):
            image_h, image_w, num_kernels = patch.shape
            max_val = np.amax(patch, axis=(0, 1))
            for idx_h in range(image_h):
                for idx_w in range(image_w):
                    for idx_k in range(num_kernels):
                        if patch[idx_h, idx_w, idx_k] == max_val[idx_k]:
                            dE_dk[h * self.kernel_size + idx_h, w * self.kernel_size + idx_w, idx_k] = (
                                dE_dY[h, w, idx_k]
                            )
            if not right:
                return dE_dk
        return dE_dk


class SoftmaxLayer:
    def forward_prop(self, image, weight, bias):
        self.original_shape = image.shape
        image_flattened = image.flatten()
        self.flattened_input = image_flattened
        first_output = np.dot(image_flattened, weight) + bias
        self.output = first_output
        return np.exp(first_output) / np.sum(np.exp(first_output), axis=0)


rng = np.random.RandomState(2)
image, label = rng.rand(7, 7), 2
conv, pool, soft = ConvolutionLayer(2, 2), MaxPoolingLayer(2), SoftmaxLayer()
at = {"kernels": rng.randn(2, 2, 2) / 2, "weight": rng.randn(18, 4) / 3, "bias": np.zeros(4)}


def loss(kernels, weight, bias):
    conv.kernels = kernels
    output = soft.forward_prop(pool.forward_prop(conv.forward_prop(image)), weight, bias)
    return -np.log(output[label])


def loss_rewritten(kernels, weight, bias):
    """The same with lists that are stacked, as the message of the refusal proposes."""
    c = np.stack(
        [
            np.stack([np.sum(image[h : h + 2, w : w + 2] * kernels, axis=(1, 2)) for w in range(6)])
            for h in range(6)
        ]
    )
    p = np.stack(
        [
            np.stack([np.amax(c[2 * h : 2 * h + 2, 2 * w : 2 * w + 2], axis=(0, 1)) for w in range(3)])
            for h in range(3)
        ]
    )
    z = np.dot(p.flatten(), weight) + bias
    output = np.exp(z) / np.sum(np.exp(z), axis=0)
    return -np.log(output[label])


def _backward(kernels, weight, bias, right):
    conv.kernels = kernels
    output = soft.forward_prop(pool.forward_prop(conv.forward_prop(image)), weight, bias)
    gradient = output.copy()
    gradient[label] -= 1
    dpool = (weight @ gradient).reshape(soft.original_shape)
    return {
        "kernels": conv.back_prop(pool.back_prop(dpool, right)),
        "weight": np.outer(soft.flattened_input, gradient),
        "bias": gradient,
    }


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"path_missing", "shared_use_missing", "overwritten"}
