"""Recurrent cells and backpropagation through time."""

import numpy as np

from .draw import inputs, weights


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class LastOutput:
    """h = tanh(x Wx + h Wh + b) over T steps; only the last state reaches the output."""

    mistakes = {
        "Wh and Wx = for +=": "overwritten shared_use_missing",
        "b = for +=": "overwritten shared_use_missing bias_reduction",
        "only the last step": "detached shared_use_missing overwritten",
        "Wh for Wh.T": "transposed",
        "no tanh'": "derivative_missing",
        "tanh' twice": "derivative_twice",
        "tanh' of h": "derivative_argument",
        "sigmoid' for tanh'": "derivative_of_other",
        "Wh transposed": "transposed",
        "no 1/n": "sum_for_mean",
        "divided by T": "scale",
        "Wh already updated": "stale_weights",
        "b forgotten": "bias_forgotten",
    }
    doubles = [("Wh for Wh.T", "no 1/n"), ("no tanh'", "b forgotten")]

    def __init__(self, seed, n=6, T=4, d=3, h=4, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.T = n, T
        self.X = inputs(rng, n, T, d, dtype=dtype)
        self.y = inputs(rng, n, dtype=dtype)
        self.h0 = inputs(rng, n, h, dtype=dtype)
        self.at = weights(rng, dtype, Wx=(d, h), Wh=(h, h), b=(h,), v=(h,))

    def states(self, Wx, Wh, b):
        states = [self.h0]
        for t in range(self.T):
            states.append(np.tanh(self.X[:, t] @ Wx + states[-1] @ Wh + b))
        return states

    def loss(self, Wx, Wh, b, v):
        out = self.states(Wx, Wh, b)[-1] @ v
        return np.sum((out - self.y) ** 2) / (2 * self.n)

    def backward(self, at, *mistakes):
        Wx, Wh, b, v = at.values()
        states = self.states(Wx, Wh, b)
        dout = states[-1] @ v - self.y
        if "no 1/n" not in mistakes:
            dout = dout / self.n
        if "divided by T" in mistakes:
            dout = dout / self.T

        dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
        dh = np.outer(dout, v)
        for t in reversed(range(self.T)):
            dz = dh * self.slope(states[t + 1], mistakes)
            if "Wh and Wx = for +=" in mistakes:
                dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
            if "b = for +=" in mistakes:
                db = np.zeros_like(b)
            dWx += self.X[:, t].T @ dz
            dWh += states[t].T @ dz
            db += dz.sum(axis=0)
            if "only the last step" in mistakes:
                break
            if "Wh already updated" in mistakes:
                Wh = Wh - 0.02 * dWh
            dh = dz @ (Wh if "Wh for Wh.T" in mistakes else Wh.T)
        if "Wh transposed" in mistakes:
            dWh = dWh.T
        if "b forgotten" in mistakes:
            db = np.zeros_like(b)
        return dict(Wx=dWx, Wh=dWh, b=db, v=states[-1].T @ dout)

    def slope(self, h, mistakes):
        if "no tanh'" in mistakes:
            return 1
        if "tanh' twice" in mistakes:
            return (1 - h**2) ** 2
        if "tanh' of h" in mistakes:
            return 1 - np.tanh(h) ** 2
        if "sigmoid' for tanh'" in mistakes:
            return h * (1 - h)
        return 1 - h**2


class EveryOutput:
    """One sequence, a relu state and an output at every step: plain vectors, W @ h."""

    mistakes = {
        "dh_next never passed on": "detached path_missing shared_use_missing",
        "output forgotten before the last step": "path_missing",
        "W = for +=": "overwritten shared_use_missing",
        "U = for +=": "overwritten shared_use_missing",
        "V = for +=": "overwritten shared_use_missing single_sample",
        "U for U.T": "transposed",
        "no relu'": "derivative_missing",
        "no 1/T": "scale sum_for_mean",
        "b = for +=": "overwritten shared_use_missing bias_reduction",
        "absolute error": "other_loss",
    }
    doubles = [("W = for +=", "U for U.T")]

    def __init__(self, seed, T=5, d=3, h=4, k=2):
        rng = np.random.default_rng(seed)
        self.n = 1
        self.X, self.Y, self.h0 = inputs(rng, T, d), inputs(rng, T, k), inputs(rng, h)
        self.at = weights(rng, W=(h, d), U=(h, h), b=(h,), V=(k, h))

    def loss(self, W, U, b, V):
        h, total = self.h0, 0
        for x, y in zip(self.X, self.Y):
            z = W @ x + U @ h + b
            h = np.where(z > 0, z, 0.0)
            total = total + np.sum((V @ h - y) ** 2)
        return total / len(self.X)

    def backward(self, at, *mistakes):
        W, U, b, V = at.values()
        T = len(self.X)
        hs = [self.h0]
        for x in self.X:
            hs.append(np.maximum(W @ x + U @ hs[-1] + b, 0))

        total = {name: np.zeros_like(value) for name, value in at.items()}
        dh_next = np.zeros_like(self.h0)
        for t in reversed(range(T)):
            dout = self.output_delta(V @ hs[t + 1] - self.Y[t], mistakes)
            dh = V.T @ dout + dh_next
            if "output forgotten before the last step" in mistakes and t < T - 1:
                dh = dh_next
            dz = dh if "no relu'" in mistakes else dh * (hs[t + 1] > 0)
            step = dict(W=np.outer(dz, self.X[t]), U=np.outer(dz, hs[t]), b=dz, V=np.outer(dout, hs[t + 1]))
            for name, g in step.items():
                total[name] = g if f"{name} = for +=" in mistakes else total[name] + g
            if "dh_next never passed on" not in mistakes:
                dh_next = (U if "U for U.T" in mistakes else U.T) @ dz
        return total

    def output_delta(self, error, mistakes):
        d = np.sign(error) if "absolute error" in mistakes else 2 * error
        return d if "no 1/T" in mistakes else d / len(self.X)


class Gated:
    """A gate z between the old state and a candidate c: h = (1 - z) h + z c."""

    mistakes = {
        "gate held constant": "detached path_missing",
        "(1 - z) h forgotten": "path_missing",
        "no way through the candidate's state": "path_missing detached",
        "state held constant": "detached shared_use_missing overwritten",
        "no sigmoid' in the gate": "derivative_missing",
        "no tanh' in the candidate": "derivative_missing",
        "sigmoid' for tanh'": "derivative_of_other",
        "tanh' for sigmoid'": "derivative_of_other",
        "Uc for Uc.T": "transposed",
        "Uz and Uc exchanged": "exchanged",
        "= for +=": "overwritten shared_use_missing",
        "no 1/n": "sum_for_mean",
    }
    doubles = [("no sigmoid' in the gate", "no 1/n"), ("Uz and Uc exchanged", "no tanh' in the candidate")]

    def __init__(self, seed, n=4, T=3, d=2, h=3):
        rng = np.random.default_rng(seed)
        self.n, self.T = n, T
        self.X, self.Y, self.h0 = inputs(rng, n, T, d), inputs(rng, n, h), inputs(rng, n, h)
        self.at = weights(rng, Wz=(d, h), Uz=(h, h), Wc=(d, h), Uc=(h, h))

    def forward(self, Wz, Uz, Wc, Uc):
        h, steps = self.h0, []
        for t in range(self.T):
            z = sigmoid(self.X[:, t] @ Wz + h @ Uz)
            c = np.tanh(self.X[:, t] @ Wc + h @ Uc)
            steps.append((h, z, c))
            h = (1 - z) * h + z * c
        return h, steps

    def loss(self, Wz, Uz, Wc, Uc):
        h, _ = self.forward(Wz, Uz, Wc, Uc)
        return 0.5 * np.sum((h - self.Y) ** 2) / self.n

    def backward(self, at, *mistakes):
        _Wz, Uz, _Wc, Uc = at.values()
        h, steps = self.forward(**at)
        total = {name: np.zeros_like(value) for name, value in at.items()}
        dh = h - self.Y if "no 1/n" in mistakes else (h - self.Y) / self.n
        for t in reversed(range(self.T)):
            before, z, c = steps[t]
            dgate, dcandidate = self.gate_deltas(dh, before, z, c, mistakes)
            x = self.X[:, t].T
            step = dict(Wz=x @ dgate, Uz=before.T @ dgate, Wc=x @ dcandidate, Uc=before.T @ dcandidate)
            for name, g in step.items():
                total[name] = g if "= for +=" in mistakes else total[name] + g

            around = 0 if "(1 - z) h forgotten" in mistakes else dh * (1 - z)
            through_gate = 0 if "gate held constant" in mistakes else dgate @ Uz.T
            through_c = dcandidate @ (Uc if "Uc for Uc.T" in mistakes else Uc.T)
            if "no way through the candidate's state" in mistakes:
                through_c = 0
            dh = around + through_gate + through_c
            if "state held constant" in mistakes:
                break
        if "Uz and Uc exchanged" in mistakes:
            total["Uz"], total["Uc"] = total["Uc"], total["Uz"]
        return total

    def gate_deltas(self, dh, before, z, c, mistakes):
        dgate, dcandidate = dh * (c - before), dh * z
        if "tanh' for sigmoid'" in mistakes:
            dgate = dgate * (1 - z**2)
        elif "no sigmoid' in the gate" not in mistakes:
            dgate = dgate * z * (1 - z)
        if "sigmoid' for tanh'" in mistakes:
            dcandidate = dcandidate * c * (1 - c)
        elif "no tanh' in the candidate" not in mistakes:
            dcandidate = dcandidate * (1 - c**2)
        return dgate, dcandidate


def models():
    yield LastOutput(seed=801)
    yield LastOutput(seed=802, n=16, T=3, d=2, h=5, dtype=np.float32)
    yield EveryOutput(seed=803)
    yield Gated(seed=804)
