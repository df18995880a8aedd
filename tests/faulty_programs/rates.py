"""Steps that are too large, too small, or too few."""

import math

from autograd_scratch import MLP, SGD, Adam, RMSprop
from autograd_scratch.datasets import XOR, blobs, moons, standardize

from . import DEEP_FD, Setup, program, question
from .made import curve, flowers, houses, scaled, two_classes


@program(question(31556268), "learning rate too small", "too few epochs")
def xor_by_small_steps(right):
    """XOR through sigmoids, absolute errors, a rate of 0.05."""
    model = MLP(2, [4, 1], "sigmoid", "sigmoid", seed=0)
    if right:
        return Setup("mse", model, XOR, SGD(5.0), 2_000)
    return Setup("l1_loss", model, XOR, SGD(0.05, momentum=0.11), 1_000)


@program(question(48934338), "learning rate too large", "targets not scaled")
def parabola_that_diverges(right):
    """Five times the square of numbers up to 5, by steps of 0.1."""
    data = curve(lambda x: 5.0 * x * x + math.sin(9.0 * x), 0.0, 5.0, 50)
    if right:
        return Setup("mse", MLP(1, [20, 10, 1], "relu", seed=0), scaled(data), SGD(0.02), 300)
    return Setup("mse", MLP(1, [20, 10, 1], "relu", seed=0), data, SGD(0.1), 300)


@program(question(37624102), "learning rate too large", "dead relu")
def momentum_and_a_large_rate(right):
    """Deep relus, momentum 0.9, and a rate at which they die."""
    data = standardize(flowers(60, seed=6))
    model = MLP(4, [16, 16, 3], "relu", seed=0)
    return Setup("cross_entropy", model, data, SGD(0.02 if right else 3.0, momentum=0.9), 60, 20)


@program(
    question(51181393),
    "learning rate too small",
    "too few epochs",
    "targets not scaled",
    "inputs not scaled",
)
def degrees(right):
    """Celsius to Fahrenheit by steps of a thousandth."""
    data = curve(lambda c: 1.8 * c + 32.0, -40.0, 40.0, 20)
    if right:
        return Setup("mse", MLP(1, [1], seed=0), scaled(data), RMSprop(0.01), 500)
    return Setup("mse", MLP(1, [1], seed=0), data, RMSprop(0.001), 500)


@program(question(44998910), "learning rate too small", "too few epochs")
def cosine_by_few_steps(right):
    """A wave, a hidden layer of sigmoids, and few epochs of small steps."""
    data = curve(lambda x: math.cos(2.0 * x), -1.5, 1.5, 40)
    model = MLP(1, [12, 1], "tanh", seed=0)
    return Setup("mse", model, data, Adam(0.02) if right else SGD(0.001), 500 if right else 50)


@program(question(41977498), "learning rate too small", "too few epochs")
def ten_epochs(right):
    """Three classes, ten epochs at a rate of a thousandth."""
    data = standardize(flowers(60, seed=7))
    model = MLP(4, [12, 3], "relu", seed=0)
    return Setup("cross_entropy", model, data, RMSprop(0.01 if right else 0.0002), 100 if right else 10, 20)


@program(question(56380303), "learning rate too large", "dead relu")
def classes_that_diverge(right):
    """A rate of 20 for a softmax of four classes."""
    model = MLP(2, [10, 4], "relu", seed=0)
    data = blobs(80, centers=4, noise=0.2, seed=2)
    return Setup("cross_entropy", model, data, SGD(0.2 if right else 50.0), 100, 20)


@program(question(37213388), "too few epochs", "learning rate too small")
def two_epochs(right):
    """Two epochs of a network that needs a hundred."""
    data = moons(80, noise=0.1, seed=0)
    model = MLP(2, [12, 1], "tanh", "tanh", seed=0)
    return Setup("mse", model, data, SGD(0.1), 150 if right else 1, 10)


@program(DEEP_FD + "/tree/main/Benchmark", "learning rate too large", "saturated units", "dead relu")
def key_points_by_a_large_rate(right):
    """Adam with a rate of one on a smooth regression."""
    data = scaled(houses(60, seed=2))
    model = MLP(4, [16, 1], "tanh", seed=0)
    return Setup("mse", model, data, Adam(0.01 if right else 3.0), 100, 20)


@program(
    "https://geek-tips.imtqy.com/articles/631334/index.html", "learning rate too small", "too few epochs"
)
def xor_by_default_steps(right):
    """XOR through a hyperbolic tangent at a rate of 0.01."""
    model = MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
    return Setup("binary_cross_entropy", model, XOR, SGD(1.0 if right else 0.001), 1_000)


@program(
    "https://community.deeplearning.ai/t/loss-values-do-not-change/324182",
    "relu at the end",
    "dead relu",
    "targets out of reach",
    "learning rate too small",
)
def line_through_relus(right):
    """2 x - 1 through three small layers of relus, the last one too."""
    data = curve(lambda x: 2.0 * x - 1.0, -1.0, 5.0, 14)
    if right:
        return Setup("mse", MLP(1, [8, 1], "relu", seed=0), scaled(data), Adam(0.02), 300)
    return Setup("mse", MLP(1, [4, 2, 1], "relu", "relu", seed=3), data, Adam(0.001), 300)


@program("https://stats.stackexchange.com/questions/420006", "learning rate too large", "dead relu")
def four_clusters(right):
    """Four clusters through deep relus at a rate that is far too large."""
    data = blobs(40, centers=4, noise=0.15, seed=3)
    model = MLP(2, [10, 10, 10, 4], "relu", seed=0)
    return Setup("cross_entropy", model, data, SGD(0.1 if right else 8.0), 300)


@program(
    "https://theneuralbase.com/keras/learn/beginner/loss-not-decreasing-learning-rate/",
    "learning rate too small",
    "too few epochs",
)
def hardly_moving(right):
    """Two classes by Adam at a millionth."""
    model = MLP(2, [8, 1], "relu", "sigmoid", seed=0)
    return Setup("binary_cross_entropy", model, two_classes(), Adam(0.01 if right else 1e-6), 60, 20)
