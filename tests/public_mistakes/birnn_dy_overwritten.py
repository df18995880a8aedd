"""The mistake: in a bidirectional layer, the left-to-right pass writes its dx into the buffer of dy, and the right-to-left pass takes its dy from there,
so it gets dx of the other direction. Source: GitHub pull request apache/mxnet #18203, "Fix LSTM and GRU layers gradient calculations" ("overwriting y
derivative (dy) tensor by calculated x derivative (dx) tensor before right2left layer could use dy"; C++, here a plain tanh layer in NumPy)."""

import numpy as np

rng = np.random.RandomState(30)
T, H = 3, 2
target = rng.randn(T, 2 * H)
at = {
    "x": rng.randn(T, 2 * H),
    "Wf": rng.randn(H, 2 * H) * 0.6,
    "Uf": rng.randn(H, H) * 0.6,
    "Wb": rng.randn(H, 2 * H) * 0.6,
    "Ub": rng.randn(H, H) * 0.6,
}


def forward(x, Wf, Uf, Wb, Ub):
    hf, hb = [None] * T, [None] * T
    h = np.zeros(H)
    for t in range(T):
        h = np.tanh(Wf @ x[t] + Uf @ h)
        hf[t] = h
    h = np.zeros(H)
    for t in reversed(range(T)):
        h = np.tanh(Wb @ x[t] + Ub @ h)
        hb[t] = h
    return hf, hb


def loss(x, Wf, Uf, Wb, Ub):
    hf, hb = forward(x, Wf, Uf, Wb, Ub)
    total = 0
    for t in range(T):
        total = total + np.sum((hf[t] - target[t, :H]) ** 2) + np.sum((hb[t] - target[t, H:]) ** 2)
    return 0.5 * total


def _direction(x, dh_out, hs, W, U, order):
    dW, dU, dx = np.zeros_like(W), np.zeros_like(U), np.zeros_like(x)
    dh = np.zeros(H)
    for n in reversed(range(T)):
        t = order[n]
        prev = hs[order[n - 1]] if n else np.zeros(H)
        da = (dh_out[t] + dh) * (1 - hs[t] ** 2)
        dW += np.outer(da, x[t])
        dU += np.outer(da, prev)
        dx[t] = W.T @ da
        dh = U.T @ da
    return dW, dU, dx


def _backward(x, Wf, Uf, Wb, Ub, in_place):
    hf, hb = forward(x, Wf, Uf, Wb, Ub)
    dy = np.concatenate([np.array(hf), np.array(hb)], axis=1) - target
    dx = dy if in_place else np.zeros_like(dy)
    dWf, dUf, dx_left = _direction(x, dy[:, :H], hf, Wf, Uf, list(range(T)))
    dx[:] = dx_left
    dWb, dUb, dx_right = _direction(x, dy[:, H:], hb, Wb, Ub, list(reversed(range(T))))
    return {"x": dx + dx_right, "Wf": dWf, "Uf": dUf, "Wb": dWb, "Ub": dUb}


def backward(x, Wf, Uf, Wb, Ub):
    return _backward(x, Wf, Uf, Wb, Ub, True)


def right_backward(x, Wf, Uf, Wb, Ub):
    return _backward(x, Wf, Uf, Wb, Ub, False)


EXPECTED = {"overwritten", "other_operand"}
