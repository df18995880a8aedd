"""The mistake (the asker's proposal; out.data was right): Value.exp adds self.data * out.grad, not exp(x) * out.grad. tanh is built of exp in
one neuron, as in the lecture. Source: GitHub issue karpathy/nn-zero-to-hero #52, "Bug on micrograd_lecture_second_half_roughly.ipynb"."""

import math

import numpy as np

at = {"x1": 2.0, "x2": 0.5, "w1": -0.3, "w2": 1.0, "b": 0.68}


class Value:
    right = False

    def __init__(self, data, _children=()):
        self.data, self.grad, self._prev = data, 0.0, _children
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

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

    def __pow__(self, other):
        out = Value(self.data**other, (self,))

        def _backward():
            self.grad += other * (self.data ** (other - 1)) * out.grad

        out._backward = _backward
        return out

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __sub__(self, other):
        return self + (-other)

    def __neg__(self):
        return self * -1

    def exp(self):
        out = Value(math.exp(self.data), (self,))

        def _backward():
            self.grad += (out.data if Value.right else self.data) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()


def neuron(x1, x2, w1, w2, b):
    n = x1 * w1 + x2 * w2 + b
    e = (2 * n).exp()
    return (e + -1) / (e + 1)


def loss(x1, x2, w1, w2, b):
    n = x1 * w1 + x2 * w2 + b
    e = np.exp(2 * n)
    return (e + -1) / (e + 1)


def _backward(p, right):
    Value.right = right
    p = {k: Value(float(v)) for k, v in p.items()}
    neuron(**p).backward()
    return {k: v.grad for k, v in p.items()}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"derivative_of_other", "derivative_argument"}
