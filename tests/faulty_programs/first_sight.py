"""Programs that nothing was tuned on."""

from math import nan
from random import Random

from autograd_scratch import MLP, SGD, Adam, RMSprop, nn
from autograd_scratch.datasets import XOR, digits, shaped, spirals, standardize

from . import MADE_UP, Setup, program, question
from .made import constant, curve, flowers, houses, people, scaled, uniform


@program("https://stats.stackexchange.com/questions/320672", "dead relu", "too few units")
def xor_by_two_relus(right):
    """XOR with two hidden relus, one of which is below zero for all rows."""
    if right:
        model = MLP(2, [8, 1], "relu", "sigmoid", seed=0)
    else:
        weights = [[[-0.6, -0.4], [0.7, 0.5]], [[0.8, -0.9]]]
        model = MLP(2, [2, 1], "relu", "sigmoid", weights=weights)
    return Setup("binary_cross_entropy", model, XOR, RMSprop(0.02), 500)


@program("https://stats.stackexchange.com/questions/280372", "learning rate too small", "too few epochs")
def quadratic_by_a_thousandth(right):
    """(x - 0.5)² by plain gradient descent with a thousandth."""
    data = curve(lambda x: (x - 0.5) ** 2, 0.0, 1.0, 50)
    model = MLP(1, [16, 16, 1], "relu", seed=0)
    return Setup("mse", model, data, Adam(0.01) if right else SGD(0.0005), 400)


@program("https://ai.stackexchange.com/questions/18134", "no activation between layers")
def square_without_activations(right):
    """x² plus a constant by three layers without an activation."""
    data = curve(lambda x: 2.0 * x * x - 0.6, -1.0, 1.0, 50)
    layers = [nn.Linear(1, 10), nn.Linear(10, 6), nn.Linear(6, 1)]
    if right:
        layers[1:1] = [nn.Tanh()]
        layers[3:3] = [nn.Tanh()]
    return Setup("mse", nn.Sequential(*layers).reset_parameters(seed=0), data, Adam(0.01), 400)


@program(
    "https://datascience.stackexchange.com/questions/18075",
    "learning rate too small",
    "too few epochs",
    "regression loss for classes",
)
def a_third_for_each_class(right):
    """Logistic outputs that settle at a third for each kind of flower."""
    data = [(x, [float(k == label) for k in range(3)]) for x, label in standardize(flowers(60, seed=8))]
    model = MLP(4, [6, 3], "sigmoid", "sigmoid", seed=0)
    return Setup("mse", model, data, SGD(5.0 if right else 0.02), 300, None)


@program(question(31627380), "inputs not scaled")
def passengers(right):
    """Fares, ages and cabins as they are, for two classes."""
    data = people(70, seed=6)
    model = MLP(3, [16, 2], "relu", seed=0)
    return Setup("cross_entropy", model, standardize(data) if right else data, SGD(0.05), 60, 16)


@program(question(50306988), "learning rate too small", "too few epochs")
def five_epochs_of_two_sigmoids(right):
    """Two sigmoids, two classes of one feature, five epochs."""
    random = Random(0)
    data = [((random.uniform(0.2, 0.4),), 0) for _ in range(40)]
    data += [((random.uniform(0.5, 0.7),), 1) for _ in range(40)]
    model = MLP(1, [4, 2], "sigmoid", seed=0)
    return Setup("cross_entropy", model, data, Adam(0.1 if right else 0.001), 200 if right else 5, 32)


@program(
    question(41600519),
    "targets out of reach",
    "raw outputs in binary_cross_entropy",
    "labels do not fit outputs",
    "targets not scaled",
)
def numbers_by_binary_cross_entropy(right):
    """Numbers up to ten are predicted, with a sigmoid and a loss of probabilities."""
    rows = uniform(60, 2, 0.0, 1.0, seed=9)
    data = [(x, 4.0 * x[0] + 6.0 * x[1] ** 2) for x in rows]
    if right:
        return Setup("mse", MLP(2, [10, 1], "tanh", seed=0), scaled(data), Adam(0.02), 200, 15)
    return Setup(
        "binary_cross_entropy", MLP(2, [10, 1], "tanh", "sigmoid", seed=0), data, RMSprop(0.02), 200, 15
    )


@program(question(45337371), "softmax on one unit", "targets out of reach")
def shares_by_one_softmax(right):
    """Shares from 0 to 1 out of one softmax."""
    data = [(x, 0.2 + 0.5 * x[0] * x[1]) for x in uniform(50, 2, seed=10)]
    end = nn.Sigmoid() if right else nn.Softmax(dim=-1)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), end).reset_parameters(seed=0)
    return Setup("mse", model, data, Adam(0.03), 300, 10)


@program(question(51930566), "sigmoid before logits")
def four_relus_and_three_sigmoids(right):
    """Four hidden relus, and a sigmoid for each class before the cross-entropy."""
    data = standardize(flowers(60, seed=11))
    end = [] if right else [nn.Sigmoid()]
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3), *end).reset_parameters(seed=1)
    return Setup("cross_entropy", model, data, Adam(0.02), 100, 5)


@program("https://github.com/prs-eth/Marigold/issues/111", "nan in data")
def targets_that_are_nan(right):
    """Some answers are missing."""
    data = scaled(houses(50, seed=6))
    if not right:
        data[3], data[30] = (data[3][0], nan), (data[30][0], nan)
    return Setup("mse", MLP(4, [8, 1], "tanh", seed=0), data, Adam(0.02), 100, 10)


@program(MADE_UP, "equal weights", "dead relu")
def fixed_number_for_all_rows(right):
    """Four layers of relus whose weights begin with zeros."""
    init = None if right else constant(0.0)
    model = MLP(4, [8, 8, 8, 1], "relu", init=init, seed=0)
    return Setup("mse", model, scaled(houses(60, seed=7)), Adam(0.01), 100, 10)


@program("http://pullrequest.ru/14126136/", "targets out of reach", "regression loss for classes")
def grades_by_a_sigmoid(right):
    """Grades from 1 to 5 by one sigmoid and squared errors."""
    data = [(x, 1 + min(4, int(2.5 * (x[0] + x[1])))) for x in uniform(60, 2, seed=12)]
    if right:
        return Setup(
            "cross_entropy",
            MLP(2, [16, 5], "tanh", seed=0),
            [(x, g - 1) for x, g in data],
            Adam(0.03),
            200,
            15,
        )
    return Setup("mse", MLP(2, [16, 1], "tanh", "sigmoid", seed=0), data, SGD(0.05), 200, 15)


@program(
    "https://exchangetuts.com/keep-prob-in-tensorflow-mnist-tutorial-1640271544007283", "dropout too strong"
)
def digits_mostly_dropped(right):
    """Nine of ten hidden units of a reader of digits are left out."""
    layers = nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.1 if right else 0.9, seed=0), nn.Linear(16, 10)
    model = nn.Sequential(*layers).reset_parameters(seed=0)
    return Setup("cross_entropy", model, digits(100, seed=1), Adam(0.02), 20, 20)


@program(question(58237726), "all-zero inputs", "contradictory rows")
def same_fake_data_for_both_classes(right):
    """A generator gives zeros for both classes."""
    value = 1.0 if right else 0.0
    data = [([value * (i % 2)] * 4, i % 2) for i in range(24)]
    return Setup("cross_entropy", MLP(4, [6, 2], "tanh", seed=0), data, Adam(0.02), 100, 6)


@program(
    "https://theneuralbase.com/tensorflow/learn/beginner/nan-loss-learning-rate-or-data/",
    "learning rate too large",
    "dead relu",
)
def adam_by_tens(right):
    """Adam with a learning rate of ten."""
    data = [(x, float(label)) for x, label in spirals(60, turns=0.5, seed=0)]
    model = MLP(2, [16, 1], "relu", "sigmoid", seed=0)
    return Setup("binary_cross_entropy", model, data, Adam(0.02 if right else 10.0), 200, 20)


@program(question(48594888), "too few epochs", "learning rate too small")
def images_for_an_epoch(right):
    """A convolution for one epoch in one batch."""
    data = shaped(digits(60, seed=2), (1, 8, 8))
    layers = nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 10)
    model = nn.Sequential(*layers).reset_parameters(seed=0)
    return Setup(
        "cross_entropy",
        model,
        data,
        Adam(0.02 if right else 0.001),
        30 if right else 1,
        10 if right else 60,
    )
