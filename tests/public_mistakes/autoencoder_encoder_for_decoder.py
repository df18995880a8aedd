"""The mistake: two: the error is handed back through the encoder's matrix where the decoder's (transposed) belongs, and both
gradients, error' * input, have the shape of the transposed matrix and are unrolled so, (:), to be compared. Source: Stack Overflow
question 6552851, "Checking the gradient when doing gradient descent" (MATLAB; one image x)."""

import numpy as np

rng = np.random.RandomState(2)
numHidden, numVisible = 3, 5
low = -4 * np.sqrt(6.0 / (numHidden + numVisible))
x = rng.rand(1, numVisible)
at = {
    "encoder": (low + 2 * -low * rng.rand(numVisible, numHidden)) * 0.3,
    "decoder": (low + 2 * -low * rng.rand(numHidden, numVisible)) * 0.3,
}


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def loss(encoder, decoder):
    a = sigmoid(x @ encoder)
    z = sigmoid(a @ decoder)
    return np.sum(0.5 * (z - x) ** 2)


def backward(encoder, decoder):
    a = sigmoid(x @ encoder)
    z = sigmoid(a @ decoder)
    error_0 = (z - x) * z * (1 - z)
    gDecoder = error_0.T @ a
    error_1 = (error_0 @ encoder) * a * (1 - a)
    gEncoder = error_1.T @ x
    # (:) of MATLAB goes down the columns
    return {
        "encoder": gEncoder.ravel(order="F").reshape(encoder.shape, order="F"),
        "decoder": gDecoder.ravel(order="F").reshape(decoder.shape, order="F"),
    }


def right_backward(encoder, decoder):
    a = sigmoid(x @ encoder)
    z = sigmoid(a @ decoder)
    error_0 = (z - x) * z * (1 - z)
    error_1 = (error_0 @ decoder.T) * a * (1 - a)
    return {"encoder": x.T @ error_1, "decoder": a.T @ error_0}


EXPECTED = {"transposed", "permuted", "other_operand"}
