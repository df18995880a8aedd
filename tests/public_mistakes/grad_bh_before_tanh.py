"""The mistake: the hidden bias gets the gradient of h, not that of htilde: the derivative of tanh is left out there and there
only. Source: github.com/arthurdouillard/deepcourse issue 6 and pull request 9 ("grad_bh depends on grad_htilde, not grad_h,
since tanh is performed on XW+b")."""

import numpy as np

rng = np.random.RandomState(21)
X = rng.randn(7, 4)
targets = rng.randint(0, 3, 7)
at = {
    "Wh": rng.randn(4, 5) * 0.6,
    "bh": rng.randn(5) * 0.2,
    "Wo": rng.randn(5, 3) * 0.6,
    "bo": rng.randn(3) * 0.2,
}


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class MLP:
    def __init__(self, Wh, bh, Wo, bo):
        self.Wh, self.bh, self.Wo, self.bo = Wh, bh, Wo, bo

    def forward(self, X):
        self.htilde = np.dot(X, self.Wh) + self.bh
        self.h = np.tanh(self.htilde)
        self.otilde = np.dot(self.h, self.Wo) + self.bo
        return softmax(self.otilde)

    def cost(self, X, targets):
        probs = self.forward(X)
        return -np.mean(np.log(probs[np.arange(len(X)), targets]))

    def grad(self, X, targets):
        probs = self.forward(X)
        one_hot = np.eye(3)[targets]
        grad_otilde = (probs - one_hot) / len(X)
        grad_Wo = np.dot(self.h.T, grad_otilde)
        grad_bo = np.sum(grad_otilde, axis=0)
        grad_h = np.dot(grad_otilde, self.Wo.T)
        grad_htilde = grad_h * (1 - self.h**2)
        grad_Wh = np.dot(X.T, grad_htilde)
        grad_bh = np.sum(grad_h, axis=0)
        return {"Wh": grad_Wh, "bh": grad_bh, "Wo": grad_Wo, "bo": grad_bo}, np.sum(grad_htilde, axis=0)


def loss(Wh, bh, Wo, bo):
    return MLP(Wh, bh, Wo, bo).cost(X, targets)


def backward(**at):
    return MLP(**at).grad(X, targets)[0]


def right_backward(**at):
    grads, grad_bh = MLP(**at).grad(X, targets)
    return grads | {"bh": grad_bh}


EXPECTED = {"derivative_missing"}
