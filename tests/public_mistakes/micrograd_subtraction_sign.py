"""The mistake: __sub__ adds 1.0 * out.grad to both operands; the second one's gradient is -1.0 * out.grad. The loss is the SVM
max-margin of micrograd's demo, written 1 - yi * score, with an L2 penalty. (In a loss (yout - ygt) ** 2 it does no harm.)
Source: github.com/AayushSameerShah/Neural-Net-Zero-to-Hero-with-Andrej issue 1, "Micrograd subtraction gradient is wrong"."""

import random

random.seed(1)
xs = [[random.uniform(-1, 1) for _ in range(2)] for _ in range(4)]
ys = [1.0, -1.0, -1.0, 1.0]
at = {
    "w1": [[random.uniform(-1, 1) for _ in range(2)] for _ in range(3)],
    "b1": [random.uniform(-1, 1) for _ in range(3)],
    "w2": [random.uniform(-1, 1) for _ in range(3)],
}
alpha = 0.05


def relu(v):
    return v if v > 0 else 0.0


def loss(w1, b1, w2):
    total = 0.0
    for x, y in zip(xs, ys):
        hs = []
        for w, b in zip(w1, b1):
            hs.append(relu(w[0] * x[0] + w[1] * x[1] + b))
        score = sum(wi * hi for wi, hi in zip(w2, hs))
        total += relu(1 - y * score)
    data_loss = total / len(xs)
    reg = sum(wi * wi for wi in w2)
    for w in w1:
        reg += sum(wi * wi for wi in w)
    return data_loss + alpha * reg


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad, self._prev, self._backward = data, 0.0, children, lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other))

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += SIGN * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(0.0 if self.data < 0 else self.data, (self,))

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, seen = [], set()

        def build(v):
            if v not in seen:
                seen.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


SIGN = 1.0


def _backward(w1, b1, w2, sign):
    global SIGN
    SIGN = sign
    W1, B1, W2 = [[Value(v) for v in w] for w in w1], [Value(v) for v in b1], [Value(v) for v in w2]
    total = Value(0.0)
    for x, y in zip(xs, ys):
        score = Value(0.0)
        for w, b, v in zip(W1, B1, W2):
            score = score + (w[0] * x[0] + w[1] * x[1] + b).relu() * v
        total = total + (Value(1.0) - score * y).relu()
    reg = Value(0.0)
    for v in W2 + W1[0] + W1[1] + W1[2]:
        reg = reg + v * v
    (total * (1 / len(xs)) + reg * alpha).backward()
    return {"w1": [[v.grad for v in w] for w in W1], "b1": [v.grad for v in B1], "w2": [v.grad for v in W2]}


def backward(w1, b1, w2):
    return _backward(w1, b1, w2, 1.0)


def right_backward(w1, b1, w2):
    return _backward(w1, b1, w2, -1.0)


EXPECTED = {"sign"}
