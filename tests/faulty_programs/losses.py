"""A loss that is for something else, or labels that it cannot read."""

from random import Random

from autograd_scratch import MLP, SGD, Adam, nn
from autograd_scratch.datasets import standardize

from . import DEEP_FD, Setup, program, question
from .made import curve, flowers, houses, scaled, two_classes, uniform


@program(
    "https://openillumi.com/en/en-keras-tf-fix-huge-negative-loss-regression",
    "raw outputs in binary_cross_entropy",
    "targets out of reach",
    "labels do not fit outputs",
)
def binary_cross_entropy_for_prices(right):
    """Prices, and a loss of probabilities."""
    model = MLP(4, [8, 1], "relu", seed=0)
    data = scaled(houses(50)) if right else houses(50)
    return Setup("mse" if right else "binary_cross_entropy", model, data, Adam(0.02), 100, 10)


@program(question(44164749), "labels do not fit outputs")
def several_classes_at_once(right):
    """More than one label may be right, and the loss takes one class of several."""
    rows = uniform(60, 3, -1.0, 1.0, seed=2)
    data = [(x, [float(x[0] > 0), float(x[1] > 0), float(x[0] + x[2] > 0)]) for x in rows]
    loss = "binary_cross_entropy_with_logits" if right else "cross_entropy"
    return Setup(loss, MLP(3, [10, 3], "tanh", seed=0), data, Adam(0.03), 100, 20)


@program(question(59325381), "labels do not fit outputs")
def labels_divided_like_pixels(right):
    """Pixels are divided by 255, and so are the labels."""
    rows = flowers(60, seed=3)
    data = [(x, label if right else label / 255.0) for x, label in standardize(rows)]
    return Setup("cross_entropy", MLP(4, [8, 3], "relu", seed=0), data, Adam(0.02), 60, 10)


@program(question(59282996), "labels do not fit outputs", "targets out of reach")
def labels_from_one_on(right):
    """Classes are counted from 1, and the last one has no output."""
    data = [(x, label if right else label + 1) for x, label in standardize(flowers(60, seed=4))]
    return Setup("cross_entropy", MLP(4, [8, 3], "relu", seed=0), data, Adam(0.02), 60, 10)


@program("https://boohere.com/fr/detail/80265.html", "softmax on one unit", "labels do not fit outputs")
def one_output_and_classes(right):
    """Two classes, one output, and the cross-entropy of several."""
    data = two_classes(60, 3)
    if right:
        return Setup("cross_entropy", MLP(3, [6, 2], "relu", seed=1), data, Adam(0.02), 60, 10)
    model = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 1)).reset_parameters(seed=0)
    return Setup("cross_entropy", model, data, Adam(0.02), 60, 10)


@program(
    question(46642627),
    "targets not scaled",
    "raw outputs in binary_cross_entropy",
    "inputs not scaled",
    "labels do not fit outputs",
    "targets out of reach",
)
def counts_as_probabilities(right):
    """Numbers from 1 to 50 are doubled, and the loss is one of probabilities."""
    data = curve(lambda x: 2.0 * x, 1.0, 50.0, 50)
    if right:
        return Setup("mse", MLP(1, [8, 1], "tanh", seed=0), scaled(data), Adam(0.02), 200, 10)
    return Setup(
        "binary_cross_entropy", MLP(1, [8, 1], "tanh", "sigmoid", seed=0), data, SGD(0.01), 200, 10
    )


@program(question(38648195), "regression loss for classes", "too few epochs", "learning rate too small")
def squares_of_probabilities(right):
    """Shares of three classes, squared errors, and small steps of plain gradient descent."""
    data = [(x, [float(k == label) for k in range(3)]) for x, label in standardize(flowers(60, seed=5))]
    if right:
        return Setup("cross_entropy", MLP(4, [10, 3], "relu", seed=0), data, SGD(0.1), 60, 10)
    layers = nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 3), nn.Softmax(dim=-1)
    return Setup("mse", nn.Sequential(*layers).reset_parameters(seed=0), data, SGD(0.01), 20, 20)


@program(
    DEEP_FD + "/tree/main/Benchmark",
    "relu at the end",
    "raw outputs in binary_cross_entropy",
    "learning rate too small",
    "too few epochs",
)
def game_of_life(right):
    """Nine cells tell whether the middle one lives on; a rate too small, and few epochs."""
    random = Random(7)
    rows = [[float(random.random() < 0.4) for _ in range(9)] for _ in range(100)]
    lives = [sum(row) - row[4] == 3 or (row[4] and sum(row) - row[4] == 2) for row in rows]
    data = list(zip(rows, map(float, lives)))
    model = MLP(9, [12, 1], "relu", "sigmoid", seed=0)
    return Setup(
        "binary_cross_entropy", model, data, Adam(0.02 if right else 0.0001), 200 if right else 10, 20
    )
