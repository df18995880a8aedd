"""XOR once more, in engines that compile: JAX, CasADi, C. See `xor.py`."""

import ctypes
from functools import cache
from typing import Any

from . import peers
from .ours import training
from .timing import Step, flat
from .xor_start import LOOP, LR, X, Y, start


def _jax_epoch(parameters: Any) -> Any:
    """With sums of products, which XLA fuses: its small matrix products take twice the time of the loop."""
    jax = peers.jax()
    np, x1, x2 = jax.numpy, *([[x[k]] for x in X] for k in range(2))

    def loss_of(parameters: Any) -> Any:
        W1, b1, W2, b2 = parameters
        a1 = 1 / (1 + np.exp(-(np.array(x1) * W1[0] + np.array(x2) * W1[1] + b1)))
        a2 = 1 / (1 + np.exp(-((a1 * W2[:, 0]).sum(axis=1, keepdims=True) + b2)))
        return np.mean((a2 - np.array(Y)) ** 2)

    loss, gradient = jax.value_and_grad(loss_of)(parameters)
    return [p - LR * g for p, g in zip(parameters, gradient)], loss


def _jax_start() -> Any:
    return list(map(peers.jax().numpy.array, start()))


def jax_called() -> Step:
    epoch = peers.jax().jit(_jax_epoch)

    def train(epochs: int) -> Any:
        parameters, losses = _jax_start(), []
        for _ in range(epochs):
            parameters, loss = epoch(parameters)
            losses.append(loss.block_until_ready())
        return losses, parameters

    return training(train)


def jax_trainer(keeps_losses: bool = True) -> Any:
    """Return a new jitted function that trains for a fixed number of epochs."""
    jax = peers.jax()

    def loop(parameters: Any, epochs: int) -> Any:
        def body(i: Any, state: Any) -> Any:
            parameters, loss = _jax_epoch(state[0])
            return parameters, state[1].at[i if keeps_losses else 0].set(loss)

        losses = jax.numpy.zeros(epochs if keeps_losses else 1)
        return jax.lax.fori_loop(0, epochs, body, (parameters, losses), unroll=min(epochs, 4))

    jitted = jax.jit(loop, static_argnums=1)

    def train(epochs: int) -> Any:
        parameters, losses = jitted(_jax_start(), epochs)
        return losses.block_until_ready(), parameters

    return train


def jax_loop(keeps_losses: bool = True) -> Step:
    return training(jax_trainer(keeps_losses), per=LOOP)


def _casadi_epoch() -> Any:
    """Return CasADi's function from all parameters to those after an epoch, and the loss before it."""
    casadi = peers.module("casadi")
    p = casadi.SX.sym("p", 17)
    W1, b1, W2, b2 = casadi.reshape(p[:8], 4, 2).T, p[8:12].T, p[12:16], p[16]

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + casadi.exp(-z))

    rows = [sigmoid(sigmoid(casadi.DM(x).T @ W1 + b1) @ W2 + b2) - y for x, (y,) in zip(X, Y)]
    loss = sum(error**2 for error in rows) / len(rows)
    return casadi.Function("epoch", [p], [p - LR * casadi.gradient(loss, p), loss])


def _casadi_start() -> Any:
    return peers.module("casadi").DM(flat(start()))


def casadi_called() -> Step:
    epoch = _casadi_epoch()

    def train(epochs: int) -> Any:
        p, losses = _casadi_start(), []
        for _ in range(epochs):
            p, loss = epoch(p)
            losses.append(loss)
        return losses, p

    return training(train)


def casadi_trainer() -> Any:
    """Return a function that trains by one new mapaccum for each number of epochs."""
    epoch = _casadi_epoch()
    loop_of = cache(lambda epochs: epoch.mapaccum("loop", epochs))

    def train(epochs: int) -> Any:
        states, losses = loop_of(epochs)(_casadi_start())
        return losses, states[:, -1]

    return train


def casadi_loop() -> Step:
    return training(casadi_trainer(), per=LOOP)


C = """
#include <math.h>
#define EACH(i, n) _Pragma("GCC unroll 16") for (int i = 0; i < n; i++)

static const double x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, y[4] = {0, 1, 1, 0};

void train(long epochs, double lr, double *p, double *losses) {
    double u[4], v[4], b[4], w[4], c = p[16];
    EACH(j, 4) u[j] = p[j], v[j] = p[4 + j], b[j] = p[8 + j], w[j] = p[12 + j];
    for (long epoch = 0; epoch < epochs; epoch++) {
        double a1[4][4], d1[4][4], d2[4], loss = 0, dc = 0;
        EACH(i, 4) EACH(j, 4) a1[i][j] = 1 / (1 + exp(-(x[i][0] * u[j] + x[i][1] * v[j] + b[j])));
        EACH(i, 4) {
            double z = c;
            EACH(j, 4) z += w[j] * a1[i][j];
            double a2 = 1 / (1 + exp(-z)), error = a2 - y[i];
            loss += error * error;
            dc += d2[i] = error / 2 * a2 * (1 - a2);
            EACH(j, 4) d1[i][j] = d2[i] * w[j] * a1[i][j] * (1 - a1[i][j]);
        }
        losses[epoch] = loss / 4;
        c -= lr * dc;
        EACH(j, 4) {
            double du = 0, dv = 0, db = 0, dw = 0;
            EACH(i, 4) du += d1[i][j] * x[i][0], dv += d1[i][j] * x[i][1];
            EACH(i, 4) db += d1[i][j], dw += d2[i] * a1[i][j];
            u[j] -= lr * du, v[j] -= lr * dv, b[j] -= lr * db, w[j] -= lr * dw;
        }
    }
    EACH(j, 4) p[j] = u[j], p[4 + j] = v[j], p[8 + j] = b[j], p[12 + j] = w[j];
    p[16] = c;
}
"""


def c() -> Step:
    """Samples and neurons written out, so that exponentials overlap: a loop takes 1.7 times as long."""
    library = peers.compiled(C)

    def train(epochs: int) -> Any:
        parameters, losses = (ctypes.c_double * 17)(*flat(start())), (ctypes.c_double * epochs)()
        library.train(ctypes.c_long(epochs), ctypes.c_double(LR), parameters, losses)
        return losses, list(parameters)

    return training(train, per=LOOP)
