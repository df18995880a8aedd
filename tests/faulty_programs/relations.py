"""Programs whose rows, losses or models do not go with what is to be learned."""

from math import cos, sin
from random import Random

from autograd_scratch import MLP, SGD, Adam, mean, nn
from autograd_scratch.datasets import XOR, blobs

from . import MADE_UP, Setup, program, question
from .made import curve, two_classes, uniform


@program(question(39217567), "inputs tell nothing")
def labels_shuffled_alone(right):
    """The labels were shuffled, and the rows were not."""
    rows = two_classes(80, width=4, seed=5)
    labels = [float(label) for _, label in rows]
    if not right:
        Random(1).shuffle(labels)
    data = [(x, label) for (x, _), label in zip(rows, labels)]
    return Setup(
        "binary_cross_entropy", MLP(4, [6, 1], "relu", "sigmoid", seed=0), data, Adam(0.01), 60, 16
    )


@program(
    "https://community.deeplearning.ai/t/"
    "flattening-images-in-the-logistic-regression-assignment-in-course-1-week-2/149",
    "inputs tell nothing",
)
def reshaped_for_transposed(right):
    """A table of columns was reshaped into rows."""
    rows = uniform(48, 4, -1.0, 1.0, seed=6)
    targets = [a - 2.0 * d for a, _, _, d in rows]
    if not right:
        flat = [x for column in zip(*rows) for x in column]
        rows = [tuple(flat[i : i + 4]) for i in range(0, len(flat), 4)]
    data = list(zip(rows, targets))
    return Setup("mse", MLP(4, [6, 1], "tanh", seed=0), data, Adam(0.01), 120, 12)


def of_all_pairs(outputs, targets):
    """Squares of a column less a row."""
    return mean([(p - t) ** 2 for p in outputs for t in targets])


@program("https://github.com/pytorch/pytorch/issues/16045", "right answers cost more")
def column_less_row(right):
    """Each output is compared with all targets, as arrays of shapes (N, 1) and (N,) are."""
    rows = uniform(24, 2, -1.0, 1.0, seed=7)
    data = [(x, 10.0 + 9.0 * x[0] - 2.0 * x[1]) for x in rows]
    return Setup("mse" if right else of_all_pairs, MLP(2, [1], seed=0), data, SGD(0.1), 150)


@program(
    "https://getcodesolution.com/python/why-are-neural-networks-not-learning/", "labels do not fit outputs"
)
def cross_entropy_of_lengths(right):
    """Two lengths are to be told, by a cross-entropy."""
    rows = uniform(40, 2, -1.0, 1.0, seed=8)
    data = [(x, [1.0 + abs(x[0]), 2.0 + abs(x[1])]) for x in rows]
    model = MLP(2, [14, 2], "relu", seed=0)
    return Setup("mse" if right else "cross_entropy", model, data, Adam(0.02), 200, 10)


@program("https://en.wikipedia.org/wiki/Perceptron", "no hidden layer")
def xor_by_one_layer(right):
    """XOR by a single neuron."""
    layers = [nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1)] if right else [nn.Linear(2, 1)]
    model = nn.Sequential(*layers, nn.Sigmoid()).reset_parameters(seed=3)
    return Setup("binary_cross_entropy", model, XOR, SGD(0.5), 1_000)


@program("https://github.com/rajarsheem/libsdae-autoencoder-tensorflow/issues/3", "softmax inside")
def softmax_in_each_layer(right):
    """A softmax is what bends the layers inside."""

    def bend():
        return nn.Tanh() if right else nn.Softmax(-1)

    model = nn.Sequential(nn.Linear(1, 12), bend(), nn.Linear(12, 12), bend(), nn.Linear(12, 1))
    return Setup("mse", model.reset_parameters(seed=0), curve(sin, -4.0, 4.0, 40), SGD(0.05), 500)


@program("https://stats.stackexchange.com/questions/280372", "learning rate too small")
def cosine_by_plain_descent(right):
    """Plain descent along slopes that are next to nothing."""
    model = MLP(1, [12, 12, 1], "tanh", seed=2)
    data = curve(lambda x: cos(2.0 * x), -1.5, 1.5, 40)
    return Setup("mse", model, data, Adam(0.02) if right else SGD(0.002), 300, 20)


@program(MADE_UP, "learning rate too small")
def squares_that_begin_near(right):
    """The weights drawn are better than a constant by chance, and stay what they are."""
    data = [(x, label - 1.0) for x, label in blobs(60, 3, 0.3, seed=9)]
    model = MLP(2, [8, 1], "tanh", seed=0)
    return Setup("mse", model, data, SGD(0.2 if right else 1e-6), 200)
