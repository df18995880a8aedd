"""The mistake: bprop_conv adds the gradient of the image at array_grad_I[:, m, h, w] with the output's depth index m, where the input's
depth d = m * stride + t belongs. Convolution over depth and height, loops. Source: GitHub issue NervanaSystems/neon #111, "Bug in
bprop?"."""

import numpy as np

rng = np.random.RandomState(319)
C, D, H, N = 2, 4, 4, 3  # channels, depth, height, samples
T_, R, K = 2, 2, 3  # filter depth and height, number of filters
M, P = D - T_ + 1, H - R + 1
data = rng.randn(5, N)
target = rng.randn(K, M, P, N)
at = {"proj": rng.randn(C * D * H, 5) * 0.5, "F": rng.randn(C, T_, R, K) * 0.5}


def fprop_conv(I, F):
    O = np.zeros((K, M, P, N))
    for m in range(M):
        for p in range(P):
            sliceI = I[:, m : m + T_, p : p + R, :].reshape(-1, N)
            O[:, m, p, :] = np.dot(F.reshape(-1, K).T, sliceI)
    return O


def bprop_conv(F, E, right):
    grad_I = np.zeros((C, D, H, N))
    for m in range(M):
        for p in range(P):
            for t in range(T_):
                for r in range(R):
                    d, h = m + t, p + r
                    slicedF = F[:, t, r, :]
                    slicedE = E[:, m, p, :]
                    if right:
                        grad_I[:, d, h, :] += np.dot(slicedF, slicedE)
                    else:
                        grad_I[:, m, h, :] += np.dot(slicedF, slicedE)
    return grad_I


def update_conv(I, E):
    grad_F = np.zeros((C * T_ * R, K))
    for m in range(M):
        for p in range(P):
            sliceI = I[:, m : m + T_, p : p + R, :].reshape(-1, N)
            grad_F += np.dot(sliceI, E[:, m, p, :].T)
    return grad_F.reshape(C, T_, R, K)


def loss(proj, F):
    I = np.tanh(np.dot(proj, data)).reshape(C, D, H, N)
    return 0.5 * np.sum((fprop_conv(I, F) - target) ** 2)


def _backward(proj, F, right):
    a = np.tanh(np.dot(proj, data))
    I = a.reshape(C, D, H, N)
    E = fprop_conv(I, F) - target
    gI = bprop_conv(F, E, right).reshape(C * D * H, N)
    return {"proj": np.dot(gI * (1 - a**2), data.T), "F": update_conv(I, E)}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"?", "other_operand", "permuted"}
