"""The mistake: the vectors and biases are updated in the same loop in which the gradients are computed, pair after pair, so the later pairs
see vectors that have moved. Read off the update. Source: GitHub issue hans/glove.py #6, "Bug in gradient updating"."""

import numpy as np

rng = np.random.RandomState(28)
cooccurrences = [(0, 1, 3.0), (0, 2, 1.0), (1, 2, 6.0), (2, 0, 2.0), (1, 0, 4.0)]
x_max, alpha, learning_rate = 5.0, 0.75, 0.1
at = {
    "W": rng.randn(3, 2) * 0.5,
    "W_ctx": rng.randn(3, 2) * 0.5,
    "b": rng.randn(3) * 0.1,
    "b_ctx": rng.randn(3) * 0.1,
}


def weight_of(count):
    return (count / x_max) ** alpha if count < x_max else 1


def loss(W, W_ctx, b, b_ctx):
    global_cost = 0
    for i, j, count in cooccurrences:
        cost_inner = W[i].dot(W_ctx[j]) + b[i] + b_ctx[j] - np.log(count)
        global_cost += 0.5 * weight_of(count) * cost_inner**2
    return global_cost


def run_iter(W, W_ctx, b, b_ctx, right):
    source = [a.copy() for a in (W, W_ctx, b, b_ctx)] if right else (W, W_ctx, b, b_ctx)
    for i, j, count in cooccurrences:
        v_main, v_context, b_main, b_context = source[0][i], source[1][j], source[2][i], source[3][j]
        weight = weight_of(count)
        cost_inner = v_main.dot(v_context) + b_main + b_context - np.log(count)
        grad_main = weight * cost_inner * v_context
        grad_context = weight * cost_inner * v_main
        grad_bias = weight * cost_inner
        W[i] -= learning_rate * grad_main
        W_ctx[j] -= learning_rate * grad_context
        b[i] -= learning_rate * grad_bias
        b_ctx[j] -= learning_rate * grad_bias


def _read_off(at, right):
    new = {k: v.copy() for k, v in at.items()}
    run_iter(**new, right=right)
    return {k: (at[k] - new[k]) / learning_rate for k in at}


def backward(**at):
    return _read_off(at, False)


def right_backward(**at):
    return _read_off(at, True)


EXPECTED = {"stale_weights"}
