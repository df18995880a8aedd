"""Single-headed attention: over one sequence behind an embedding, and over a batch of sequences."""

import numpy as np

from .draw import inputs, weights


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class EmbeddedAttention:
    """E = X P is query, key and value of one sequence; the output is compared with Y."""

    mistakes = {
        "no 1/sqrt(d)": "factor_missing",
        "softmax' over the queries": "softmax_axis",
        "A (1 - A)": "softmax_elementwise",
        "no softmax'": "derivative_missing",
        "attention held constant": "detached path_missing",
        "query path forgotten": "path_missing",
        "value path forgotten": "path_missing",
        "Wq and Wk exchanged": "exchanged",
        "dS for dS.T": "transposed",
        "Wv for Wv.T": "transposed",
        "Wv transposed": "transposed",
        "no 1/T": "sum_for_mean scale",
        "wrong sign": "sign",
        "absolute error": "other_loss",
    }
    doubles = [("no 1/sqrt(d)", "Wv transposed"), ("A (1 - A)", "wrong sign")]

    def __init__(self, seed, T=5, d=3):
        rng = np.random.default_rng(seed)
        self.n, self.root = T, d**0.5
        self.X, self.Y = inputs(rng, T, d), inputs(rng, T, d)
        self.at = weights(rng, P=(d, d), Wq=(d, d), Wk=(d, d), Wv=(d, d))

    def loss(self, P, Wq, Wk, Wv):
        E = self.X @ P
        A = softmax((E @ Wq) @ (E @ Wk).T / self.root)
        return np.sum((A @ (E @ Wv) - self.Y) ** 2) / (2 * self.n)

    def backward(self, at, *mistakes):
        P, Wq, Wk, Wv = at.values()
        E = self.X @ P
        Q, K, V = E @ Wq, E @ Wk, E @ Wv
        A = softmax(Q @ K.T / self.root)
        dO = self.output_delta(A @ V - self.Y, mistakes)

        dV = A.T @ dO
        dS = self.through_softmax(dO @ V.T, A, mistakes)
        if "no 1/sqrt(d)" not in mistakes:
            dS = dS / self.root
        dQ = dS @ K
        dK = (dS if "dS for dS.T" in mistakes else dS.T) @ Q

        from_query, from_key = dQ @ Wq.T, dK @ Wk.T
        from_value = dV @ (Wv if "Wv for Wv.T" in mistakes else Wv.T)
        if "query path forgotten" in mistakes:
            from_query = 0
        if "value path forgotten" in mistakes:
            from_value = 0
        dP = self.X.T @ (from_query + from_key + from_value)
        g = dict(P=dP, Wq=E.T @ dQ, Wk=E.T @ dK, Wv=E.T @ dV)
        if "Wv transposed" in mistakes:
            g["Wv"] = g["Wv"].T
        if "Wq and Wk exchanged" in mistakes:
            g["Wq"], g["Wk"] = g["Wk"], g["Wq"]
        return g

    def output_delta(self, error, mistakes):
        if "absolute error" in mistakes:
            error = np.sign(error)
        if "wrong sign" in mistakes:
            error = -error
        return error if "no 1/T" in mistakes else error / self.n

    def through_softmax(self, dA, A, mistakes):
        if "attention held constant" in mistakes:
            return np.zeros_like(A)
        if "no softmax'" in mistakes:
            return dA
        if "A (1 - A)" in mistakes:
            return dA * A * (1 - A)
        axis = 0 if "softmax' over the queries" in mistakes else 1
        return A * (dA - (dA * A).sum(axis=axis, keepdims=True))


class BatchedAttention:
    """A batch of sequences; the attention's output is averaged over time and goes to a linear output."""

    mistakes = {
        "no 1/sqrt(d)": "factor_missing",
        "softmax' over the queries": "softmax_axis",
        "A (1 - A)": "softmax_elementwise",
        "attention held constant": "detached path_missing",
        "no mean over time": "factor_missing sum_for_mean",
        "no 1/n": "sum_for_mean",
        "dS for dS.T": "transposed",
        "Wq and Wk exchanged": "exchanged",
        "only the first sequence": "single_sample",
        "u reversed": "permuted",
        "b forgotten": "bias_forgotten",
        "b mean": "bias_reduction sum_for_mean scale",
    }
    doubles = [("softmax' over the queries", "no 1/n"), ("no mean over time", "b mean")]

    def __init__(self, seed, n=4, T=3, d=4, h=3, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.T, self.root = n, T, h**0.5
        self.X = inputs(rng, n, T, d, dtype=dtype)
        self.y = inputs(rng, n, dtype=dtype)
        self.at = weights(rng, dtype, Wq=(d, h), Wk=(d, h), Wv=(d, h), u=(h,), b=(1,))

    def loss(self, Wq, Wk, Wv, u, b):
        X = self.X
        A = softmax((X @ Wq) @ (X @ Wk).transpose(0, 2, 1) / self.root)
        out = (A @ (X @ Wv)).mean(axis=1) @ u + b
        return np.mean((out - self.y) ** 2)

    def backward(self, at, *mistakes):
        Wq, Wk, Wv, u, b = at.values()
        X, y = self.X, self.y
        if "only the first sequence" in mistakes:
            X, y = X[:1], y[:1]
        Q, K, V = X @ Wq, X @ Wk, X @ Wv
        A = softmax(Q @ K.transpose(0, 2, 1) / self.root)
        pooled = (A @ V).mean(axis=1)
        dout = 2 * (pooled @ u + b - y)
        if "no 1/n" not in mistakes:
            dout = dout / len(X)

        dO = np.repeat(np.outer(dout, u)[:, None, :], self.T, axis=1)
        if "no mean over time" not in mistakes:
            dO = dO / self.T
        dV = A.transpose(0, 2, 1) @ dO
        dS = self.through_softmax(dO @ V.transpose(0, 2, 1), A, mistakes)
        if "no 1/sqrt(d)" not in mistakes:
            dS = dS / self.root
        dQ = dS @ K
        dK = (dS if "dS for dS.T" in mistakes else dS.transpose(0, 2, 1)) @ Q

        dWq, dWk, dWv = ((X.transpose(0, 2, 1) @ d).sum(axis=0) for d in (dQ, dK, dV))
        if "Wq and Wk exchanged" in mistakes:
            dWq, dWk = dWk, dWq
        du = pooled.T @ dout
        if "u reversed" in mistakes:
            du = du[::-1]
        db = dout.mean(keepdims=True) if "b mean" in mistakes else dout.sum(keepdims=True)
        if "b forgotten" in mistakes:
            db = np.zeros_like(b)
        return dict(Wq=dWq, Wk=dWk, Wv=dWv, u=du, b=db)

    def through_softmax(self, dA, A, mistakes):
        if "attention held constant" in mistakes:
            return np.zeros_like(A)
        if "A (1 - A)" in mistakes:
            return dA * A * (1 - A)
        axis = 1 if "softmax' over the queries" in mistakes else 2
        return A * (dA - (dA * A).sum(axis=axis, keepdims=True))


def models():
    yield EmbeddedAttention(seed=951)
    yield BatchedAttention(seed=952)
    yield BatchedAttention(seed=953, n=8, T=5, dtype=np.float32)
