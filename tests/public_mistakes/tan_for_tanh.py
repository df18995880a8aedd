"""The mistake (the reporter's proposal; 1 - output^2 was right): the derivative of tanh is taken for that of tan, 1 + output^2. Source: GitHub
issue gy910210/neural-network-from-scratch #2, "(tanx)'=sec^2 x=1+tan^2 x"."""

import numpy as np

np.random.seed(2)
X, y = np.random.randn(6, 2), np.array([0, 1, 1, 0, 1, 0])
at = {
    "W0": np.random.randn(2, 3) / np.sqrt(2),
    "b0": np.random.randn(1, 3) * 0.1,
    "W1": np.random.randn(3, 2) / np.sqrt(3),
    "b1": np.random.randn(1, 2) * 0.1,
}


class MultiplyGate:
    def forward(self, W, X):
        return np.dot(X, W)

    def backward(self, W, X, dZ):
        return np.dot(X.T, dZ), np.dot(dZ, W.T)


class AddGate:
    def forward(self, X, b):
        return X + b

    def backward(self, X, b, dZ):
        return np.dot(np.ones((1, dZ.shape[0]), dtype=np.float64), dZ), dZ * np.ones_like(X)


class Tanh:
    right = True

    def forward(self, X):
        return np.tanh(X)

    def backward(self, X, top_diff):
        output = self.forward(X)
        if self.right:
            return (1.0 - np.square(output)) * top_diff
        return (1.0 + np.square(output)) * top_diff


class Softmax:
    def predict(self, X):
        exp_scores = np.exp(X)
        return exp_scores / np.sum(exp_scores, axis=1, keepdims=True)

    def loss(self, X, y):
        num_examples = X.shape[0]
        probs = self.predict(X)
        corect_logprobs = -np.log(probs[range(num_examples), y])
        return 1.0 / num_examples * np.sum(corect_logprobs)

    def diff(self, X, y):
        num_examples = X.shape[0]
        probs = self.predict(X)
        probs[range(num_examples), y] -= 1
        return probs / num_examples


mulGate, addGate, softmax = MultiplyGate(), AddGate(), Softmax()


def loss(W0, b0, W1, b1):
    hidden = Tanh().forward(addGate.forward(mulGate.forward(W0, X), b0))
    return softmax.loss(addGate.forward(mulGate.forward(W1, hidden), b1), y)


def _backward(W0, b0, W1, b1, right):
    layer = Tanh()
    layer.right = right
    mul0 = mulGate.forward(W0, X)
    add0 = addGate.forward(mul0, b0)
    hidden = layer.forward(add0)
    mul1 = mulGate.forward(W1, hidden)
    add1 = addGate.forward(mul1, b1)
    db1, dmul1 = addGate.backward(mul1, b1, softmax.diff(add1, y))
    dW1, dhidden = mulGate.backward(W1, hidden, dmul1)
    dadd0 = layer.backward(add0, dhidden)
    db0, dmul0 = addGate.backward(mul0, b0, dadd0)
    dW0, _ = mulGate.backward(W0, X, dmul0)
    return {"W0": dW0, "b0": db0, "W1": dW1, "b1": db1}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"derivative_of_other"}
