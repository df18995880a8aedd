"""Graphs as people have them, to be drawn: a table of functions that give the arguments of `draw`."""

import random
from itertools import cycle

import numpy as np

import autograd_scratch as ag
from autograd_scratch import MLP, Layer, Module, Neuron, Value, cross_entropy, mse, values
from autograd_scratch.datasets import XOR, moons

GRAPHS = {}


def graph(make):
    GRAPHS[make.__name__] = make
    return make


def numbers(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape)


def computed(function, at):
    """Return the loss of a NumPy function on arrays of Values, after its backward pass."""
    loss = function(**{name: values(array, name) for name, array in at.items()})
    loss.backward()
    return loss


def trained(sizes, rows, activation="tanh", **options):
    """Return the loss of a network on some rows, after its backward pass."""
    model = MLP(len(rows[0][0]), sizes, activation, seed=1, **options)
    loss = mse([model(x) for x, _ in rows], [y for _, y in rows])
    loss.backward()
    return loss


@graph
def square():
    x = Value(3.0, "x")
    y = x * x + 3
    y.backward()
    return (y,)


@graph
def neuron():
    return Neuron(2, "tanh", weights=[0.5, -0.25], bias=0.1), [1.0, 2.0]


def of_xor(hidden):
    model = MLP(2, [hidden, 1], "sigmoid", "sigmoid", seed=1)
    loss = (model([1.0, 0.0]) - 1.0) ** 2
    loss.backward()
    return (loss,)


@graph
def xor_of_2():
    return of_xor(2)


@graph
def xor_of_4():
    return of_xor(4)


@graph
def xor_on_all():
    return (trained([4, 1], XOR, "sigmoid", output="sigmoid"),)


@graph
def one_sample():
    return (trained([16, 16, 1], [((0.3, -0.5), 1.0)]),)


@graph
def hundred_samples():
    return (trained([16, 16, 1], moons(100, seed=0)),)


@graph
def classes():
    model = MLP(4, [5, 3], "tanh", seed=1)
    loss = cross_entropy([model([0.3, -0.5, 1.0, 2.0])], [2])
    loss.backward()
    return (loss,)


@graph
def digit():
    drawn = random.Random(0)
    model = MLP(784, [64, 10], seed=1)
    loss = cross_entropy([model([drawn.random() for _ in range(784)])], [2])
    loss.backward()
    return (loss,)


XS, TARGET = numbers(8, 3), numbers(4)


def recurrent(Wx, Wh, b):
    h = np.zeros(4)
    for x in XS:
        h = np.tanh(Wx @ x + Wh @ h + b)
    return np.sum((h - TARGET) ** 2)


OF_RECURRENT = {"Wx": numbers(4, 3), "Wh": numbers(4, 4), "b": np.zeros(4)}


@graph
def recurrent_function():
    return recurrent, OF_RECURRENT


@graph
def recurrent_loss():
    return (computed(recurrent, OF_RECURRENT),)


IMAGE = numbers(6, 6)


def convolutional(K, W, b):
    patches = [IMAGE[i : i + 3, j : j + 3].ravel() for i in range(4) for j in range(4)]
    a = np.maximum(np.array(patches) @ K, 0)
    pooled = a.reshape(2, 2, 2, 2, 3).max(axis=(1, 3)).reshape(-1)
    s = pooled @ W + b
    e = np.exp(s - s.max())
    p = e / e.sum()
    return -np.log(p[1])


OF_CONVOLUTIONAL = {"K": numbers(9, 3), "W": numbers(12, 4), "b": np.zeros(4)}


@graph
def convolutional_function():
    return convolutional, OF_CONVOLUTIONAL


@graph
def convolutional_loss():
    return (computed(convolutional, OF_CONVOLUTIONAL),)


TOKENS = numbers(6, 8)


def attention(Wq, Wk, Wv):
    q, k, v = TOKENS @ Wq, TOKENS @ Wk, TOKENS @ Wv
    s = q @ k.T / np.sqrt(4)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    out = p @ v
    return np.mean(out**2)


OF_ATTENTION = {name: numbers(8, 4) + i for i, name in enumerate(("Wq", "Wk", "Wv"))}


@graph
def attention_function():
    return attention, OF_ATTENTION


@graph
def attention_loss():
    return (computed(attention, OF_ATTENTION),)


X, LABELS = numbers(64, 4), np.random.default_rng(0).integers(0, 3, 64)


def two_layers(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.sum(np.log(p[np.arange(64), LABELS])) / 64


OF_TWO_LAYERS = {"W1": numbers(4, 16), "b1": np.zeros(16), "W2": numbers(16, 3), "b2": np.zeros(3)}


@graph
def two_layers_function():
    return two_layers, OF_TWO_LAYERS


@graph
def two_layers_loss():
    return (computed(two_layers, OF_TWO_LAYERS),)


@graph
def chain():
    v = Value(1.0, "x")
    for _ in range(2_000):
        v = v * 1.0001 + 0.0001
    v.backward()
    return (v,)


@graph
def thicket():
    """Return a graph without any order: of two earlier nodes each is made, in one of four ways."""
    drawn = random.Random(0)
    nodes = [Value(drawn.random(), f"x{i}") for i in range(20)]
    ways = cycle(
        [lambda a, b: a * b, lambda a, b: a + b, lambda a, b: (a - b).tanh(), lambda a, b: a.sin()]
    )
    for way, _ in zip(ways, range(600)):
        nodes.append(way(*drawn.sample(nodes[-40:], 2)))
    loss = ag.sum(nodes[-10:])
    loss.backward()
    return (loss,)


class Recurrent(Module):
    """A cell of the class of layers, used again and again."""

    def __init__(self):
        self.cell = Layer(3, 2, "tanh", seed=3)
        self.out = Layer(2, 1, "linear", seed=4)

    def __call__(self, xs):
        h = [0.0, 0.0]
        for x in xs:
            h = self.cell([x, *h])
        return self.out(h)


@graph
def layer_used_again():
    return Recurrent(), [0.5, -1.0, 2.0]


class Residual(Module):
    def __init__(self):
        self.first, self.last = Layer(2, 2, "tanh", seed=1), Layer(2, 1, "linear", seed=2)
        self.scale = Value(0.5)

    def __call__(self, x):
        return self.last([a + self.scale * b for a, b in zip(x, self.first(x))])


@graph
def residual():
    return Residual(), [1.0, 2.0]


@graph
def two_models():
    one, two = MLP(2, [3, 1], "tanh", seed=1), MLP(2, [2, 1], "tanh", seed=2)
    loss = (one([1.0, 0.5]) - two([1.0, 0.5])) ** 2
    loss.backward()
    return (loss,)


def small_gpt(length=4, size=4, words=7):
    """Return the loss of a little language model of lists of Values, as a function without arguments."""
    drawn = random.Random(42)

    def matrix(rows, columns):
        return [[Value(drawn.gauss(0.0, 0.2)) for _ in range(columns)] for _ in range(rows)]

    weights = {"wte": matrix(words, size), "wpe": matrix(length, size), "head": matrix(words, size)}
    for name in ("wq", "wk", "wv", "wo", "fc1", "fc2"):
        weights[name] = matrix(size, size)
    tokens = [drawn.randrange(words) for _ in range(length + 1)]

    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(row, x)) for row in w]

    def softmax(logits):
        largest = max(v.data for v in logits)
        exps = [(v - largest).exp() for v in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def rmsnorm(x):
        mean = sum(xi * xi for xi in x) / len(x)
        scale = (mean + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def gpt(token, position, keys, contents):
        x = [t + p for t, p in zip(weights["wte"][token], weights["wpe"][position])]
        x = rmsnorm(x)
        q = linear(x, weights["wq"])
        keys.append(linear(x, weights["wk"]))
        contents.append(linear(x, weights["wv"]))
        scores = [sum(a * b for a, b in zip(q, k)) / size**0.5 for k in keys]
        shares = softmax(scores)
        mixed = [sum(s * v[j] for s, v in zip(shares, contents)) for j in range(size)]
        x = [a + b for a, b in zip(linear(mixed, weights["wo"]), x)]
        hidden = linear(rmsnorm(x), weights["fc1"])
        hidden = [h.relu() for h in hidden]
        x = [a + b for a, b in zip(linear(hidden, weights["fc2"]), x)]
        return linear(x, weights["head"])

    def step():
        keys, contents, losses = [], [], []
        for position in range(length):
            logits = gpt(tokens[position], position, keys, contents)
            probs = softmax(logits)
            losses.append(-probs[tokens[position + 1]].log())
        return (1 / length) * sum(losses)

    return step


@graph
def gpt_function():
    return (small_gpt(),)


@graph
def gpt_loss():
    loss = small_gpt()()
    loss.backward()
    return (loss,)
