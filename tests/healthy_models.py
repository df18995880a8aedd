"""Small models that are set up and trained well: nothing may be found in them."""

import math
from random import Random

from faulty_programs import Setup

from autograd_scratch import MLP, SGD, Adam, AdamW, Module, Value, fit, log, mean, nn
from autograd_scratch.datasets import (
    XOR,
    blobs,
    digits,
    friedman,
    line,
    moons,
    shaped,
    sine_wave,
    spirals,
    standardize,
)


def xor(loss, model, optimizer, epochs, low=0.0):
    """XOR with targets `low` and 1, or numbers of classes if `low` is None."""
    data = [(x, int(y) if low is None else low + (1.0 - low) * y) for x, y in XOR]
    return Setup(loss, model, data, optimizer, epochs)


def noisy_line():
    """Most of the loss is noise."""
    random = Random(0)
    xs = [random.uniform(-1.0, 1.0) for _ in range(60)]
    data = [((x,), 0.5 * x + random.gauss(0.0, 0.5)) for x in xs]
    return Setup("mse", MLP(1, [8, 1], "tanh", seed=0), data, Adam(0.01), 200)


def noisy_labels():
    """What is right is not more than a part of what the labels say."""
    random = Random(2)
    rows = [tuple(random.gauss(0.0, 1.0) for _ in range(3)) for _ in range(100)]
    data = [(x, float((x[0] > 0.0) != (random.random() < 0.25))) for x in rows]
    return Setup("binary_cross_entropy", MLP(3, [1], output="sigmoid", seed=0), data, Adam(0.03), 40, 20)


def wide_columns():
    """Numbers up to 15, which a network learns from nearly as well as from standardized ones."""
    random = Random(3)
    rows = [(random.gauss(3.0, 1.0), random.gauss(0.0, 4.0)) for _ in range(80)]
    data = [((a, b), float(a + math.sin(b / 2.0) > 3.0)) for a, b in rows]
    return Setup(
        "binary_cross_entropy", MLP(2, [12, 1], "tanh", "sigmoid", seed=0), data, Adam(0.02), 150, 16
    )


def noisy_plane():
    """Rows whose targets are noise for the most part."""
    random = Random(4)
    rows = [(random.gauss(0.0, 1.0), random.gauss(0.0, 1.0)) for _ in range(48)]
    return [((a, b), 0.7 * a + random.gauss(0.0, 0.9)) for a, b in rows]


def linear_autoencoder():
    """Two linear layers, which is all that is needed."""
    random = Random(1)
    pairs = [(random.gauss(0, 1), random.gauss(0, 1)) for _ in range(60)]
    rows = [[a, b, a + b, a - b] for a, b in pairs]
    return Setup("mse", MLP(4, [2, 4], "linear", seed=0), list(zip(rows, rows)), Adam(0.03), 300)


class LastStep(Module):
    """A recurrent layer, and a linear one of its last step."""

    def __init__(self, kind):
        self.cell, self.out = kind(1, 6).reset_parameters(seed=0), nn.Linear(6, 1, seed=1)

    def forward(self, x):
        outputs, _ = self.cell(x)
        return self.out(outputs[-1])


def recurrent(kind):
    """The mean of a sequence."""
    random = Random(0)
    rows = [[[random.uniform(-1, 1)] for _ in range(4)] for _ in range(30)]
    data = [(x, sum(v for (v,) in x) / 4) for x in rows]
    return Setup("mse", LastStep(kind), data, Adam(0.02), 120)


class Bag(Module):
    """The mean of the vectors of some numbers; two of the vectors are never asked for."""

    def __init__(self):
        self.vectors, self.out = nn.Embedding(12, 6), nn.Linear(6, 2, seed=0)
        self.vectors.reset_parameters(seed=0)

    def forward(self, x):
        rows = self.vectors(x)
        return self.out([mean([row[i] for row in rows]) for i in range(6)])


def embedded():
    """More small numbers than large ones, or not."""
    random = Random(0)
    rows = [[random.randrange(10) for _ in range(4)] for _ in range(50)]
    data = [(x, int(sum(t < 5 for t in x) > 2)) for x in rows]
    return Setup("cross_entropy", Bag(), data, Adam(0.05), 100)


class ByHand:
    """A network of operators on Values, of no class of ours."""

    def __init__(self):
        random = Random(0)
        self.w = [[Value(random.gauss(0, 1)) for _ in range(2)] for _ in range(5)]
        self.b = [Value(0.0) for _ in range(5)]
        self.v = [Value(random.gauss(0, 0.5)) for _ in range(5)]

    def parameters(self):
        return [*(w for row in self.w for w in row), *self.b, *self.v]

    def __call__(self, x):
        h = [(w[0] * x[0] + w[1] * x[1] + b).tanh() for w, b in zip(self.w, self.b)]
        total = 0.0
        for v, a in zip(self.v, h):
            total = total + v * a
        return 1 / (1 + (-total).exp())


def squares(outputs, targets):
    """A loss of a person's own."""
    return mean([(a - b) ** 2 for a, b in zip(outputs, targets)])


def partly_frozen():
    """The first layer stays as it is."""
    model = MLP(2, [8, 1], "tanh", seed=0)
    model.layers[0].freeze()
    data = [(x, float(y > 0)) for x, y in moons(60, seed=0)]
    return Setup("binary_cross_entropy_with_logits", model, data, Adam(0.05), 200)


def already_trained():
    """Nothing is left to learn."""
    model = MLP(2, [4, 1], "sigmoid", "sigmoid", seed=0)
    fit(model, XOR, loss="mse", optimizer=SGD(5.0), epochs=3_000, engine="derived")
    return Setup("mse", model, XOR, SGD(5.0), 100)


def of_layers(*layers):
    """Return layers one after the other, with weights of a seed."""
    return nn.Sequential(*layers).reset_parameters(seed=0)


def own_nll(outputs, targets):
    """Minus the logarithm of a probability."""
    return mean([-log(p[k]) for p, k in zip(outputs, targets)])


def convolution():
    model = of_layers(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 10))
    return Setup("cross_entropy", model, shaped(digits(100, seed=0), (1, 8, 8)), Adam(0.03), 20, 20)


def residual():
    block = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 8), nn.GELU(), nn.Linear(8, 8))
    model = of_layers(nn.Linear(2, 8), nn.Residual(block), nn.Linear(8, 1))
    return Setup("mse", model, [(x, x[0] * x[1]) for x, _ in moons(60, seed=3)], Adam(0.02), 200)


def counts():
    data = [((x / 10,), float(round(2.718 ** (x / 10)))) for x in range(-10, 15)]
    return Setup("poisson_nll_loss", MLP(1, [4, 1], "tanh", seed=0), data, Adam(0.02), 200)


def several_labels():
    data = [(x, [float(x[0] > 0.5), float(x[1] > 0.2)]) for x, _ in moons(60, seed=4)]
    return Setup("binary_cross_entropy", MLP(2, [8, 2], "tanh", "sigmoid", seed=0), data, Adam(0.03), 200)


def never_negative():
    data = [(x, x[0] ** 2 + x[1] ** 2) for x, _ in moons(60, seed=4)]
    return Setup("mse", MLP(2, [8, 1], "tanh", "softplus", seed=0), data, Adam(0.03), 300)


def friedmans():
    data = standardize([(x[:5], y / 10) for x, y in friedman(100, seed=0)])
    return Setup("mse", MLP(5, [16, 1], "tanh", seed=0), data, Adam(0.01), 300, 20)


HEALTHY = {
    "xor, squares": lambda: xor("mse", MLP(2, [4, 1], "sigmoid", "sigmoid", seed=0), SGD(5.0), 2_000),
    "xor, no epochs said": lambda: xor("mse", MLP(2, [4, 1], "sigmoid", "sigmoid", seed=0), SGD(5.0), None),
    "xor, no optimizer said": lambda: xor(
        "binary_cross_entropy", MLP(2, [4, 1], "tanh", "sigmoid", seed=1), None, None
    ),
    "xor, probabilities": lambda: xor(
        "binary_cross_entropy", MLP(2, [4, 1], "tanh", "sigmoid", seed=1), SGD(1.0), 1_000
    ),
    "xor, logits": lambda: xor(
        "binary_cross_entropy_with_logits", MLP(2, [4, 1], "tanh", seed=1), SGD(1.0), 1_000
    ),
    "xor, relus": lambda: xor("mse", MLP(2, [8, 1], "relu", seed=1), Adam(0.02), 500),
    "xor, -1 and 1": lambda: xor("mse", MLP(2, [4, 1], "tanh", "tanh", seed=1), SGD(0.5), 1_000, -1.0),
    "xor, classes": lambda: xor("cross_entropy", MLP(2, [6, 2], "tanh", seed=1), Adam(0.05), 300, None),
    "xor, by hand": lambda: xor(squares, ByHand(), SGD(1.0), 1_000),
    "moons, hinge": lambda: Setup(
        "hinge", MLP(2, [8, 1], "relu", seed=0), moons(60, noise=0.1, seed=0), SGD(0.5), 100
    ),
    "moons, tanh": lambda: Setup(
        "mse", MLP(2, [8, 1], "tanh", "tanh", seed=0), moons(100, seed=1), Adam(0.03), 200, 20
    ),
    "moons, weight decay": lambda: Setup(
        "mse", MLP(2, [8, 1], "tanh", seed=0), moons(60, seed=0), AdamW(0.02, weight_decay=0.01), 300
    ),
    "spirals": lambda: Setup(
        "cross_entropy", MLP(2, [16, 3], "tanh", seed=0), spirals(90, arms=3, seed=0), Adam(0.02), 500
    ),
    "softmax regression": lambda: Setup(
        "cross_entropy", MLP(2, [3], seed=0), blobs(90, seed=0), SGD(0.5), 50
    ),
    "slow softmax regression": lambda: Setup(
        "cross_entropy",
        MLP(2, [2], seed=0),
        blobs(60, centers=[[3.0, 1.0], [5.0, 2.0]], noise=0.4, seed=0),
        SGD(0.1),
        300,
    ),
    "logistic regression": lambda: Setup(
        "binary_cross_entropy",
        MLP(2, [1], output="sigmoid", seed=0),
        blobs(60, centers=2, seed=0),
        SGD(0.5),
        100,
    ),
    "digits": lambda: Setup(
        "cross_entropy", MLP(64, [12, 10], "relu", seed=0), digits(100, seed=0), Adam(0.02), 20, 20
    ),
    "two layers of sigmoids": lambda: Setup(
        "cross_entropy",
        of_layers(nn.Linear(64, 20), nn.Sigmoid(), nn.Linear(20, 20), nn.Sigmoid(), nn.Linear(20, 10)),
        digits(100, seed=3),
        Adam(0.01),
        40,
        20,
    ),
    "labels of which a quarter is wrong": noisy_labels,
    "columns a few units wide": wide_columns,
    "noise that could be learned by heart": lambda: Setup(
        "mse", MLP(2, [8, 1], "relu", seed=0), noisy_plane(), Adam(0.01), 30, 16
    ),
    "convolution": convolution,
    "line": lambda: Setup("mse", MLP(1, [1], seed=0), line(40, seed=0), SGD(0.1), 200),
    "noisy line": noisy_line,
    "sine": lambda: Setup("mse", MLP(1, [16, 1], "tanh", seed=0), sine_wave(60, seed=0), Adam(0.02), 500),
    "friedman": friedmans,
    "batch norm": lambda: Setup(
        "cross_entropy",
        of_layers(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)),
        blobs(48, noise=0.3, seed=1),
        Adam(0.03),
        30,
        16,
    ),
    "dropout": lambda: Setup(
        "cross_entropy",
        of_layers(nn.Linear(2, 24), nn.ReLU(), nn.Dropout(0.5), nn.Linear(24, 3)),
        blobs(60, noise=0.3, seed=1),
        Adam(0.02),
        60,
        20,
    ),
    "residual": residual,
    "recurrent": lambda: recurrent(nn.RNN),
    "gated": lambda: recurrent(nn.GRU),
    "linear autoencoder": linear_autoencoder,
    "embedding": embedded,
    "partly frozen": partly_frozen,
    "already trained": already_trained,
    "log-probabilities": lambda: Setup(
        "nll_loss",
        of_layers(nn.Linear(2, 10), nn.ReLU(), nn.Linear(10, 3), nn.LogSoftmax(dim=-1)),
        blobs(60, seed=2),
        Adam(0.02),
        80,
    ),
    "probabilities": lambda: Setup(
        own_nll,
        of_layers(nn.Linear(2, 10), nn.ReLU(), nn.Linear(10, 3), nn.Softmax(dim=-1)),
        blobs(60, seed=2),
        Adam(0.02),
        80,
    ),
    "pixels at the edge": lambda: Setup(
        "cross_entropy",
        of_layers(nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 10)),
        digits(80, seed=1),
        Adam(0.02),
        20,
        16,
    ),
    "shares as targets": lambda: Setup(
        "cross_entropy",
        MLP(1, [6, 3], "tanh", seed=0),
        [((x,), [0.3 + 0.2 * x, 0.3, 0.4 - 0.2 * x]) for x in (k / 20 - 1.0 for k in range(41))],
        Adam(0.03),
        200,
    ),
    "several labels": several_labels,
    "counts": counts,
    "never negative": never_negative,
}
