"""Weights that cannot learn from where they begin, and layers that learn nothing."""

from autograd_scratch import MLP, SGD, Adam, Module
from autograd_scratch.datasets import XOR, circles, moons

from . import Setup, program, question
from .made import constant, curve, houses, scaled, two_classes


@program("https://community.deeplearning.ai/t/121049", "equal weights", "dead relu")
def zeros_and_relus(right):
    """All weights are zero, and so is each gradient."""
    data = two_classes(60)
    model = MLP(2, [6, 1], "relu", "sigmoid", init=None if right else constant(0.0), seed=0)
    return Setup("binary_cross_entropy", model, data, SGD(0.5), 100, 20)


@program("https://stats.stackexchange.com/questions/433365", "no activation between layers")
def circles_by_a_line(right):
    """Two circles, and layers without an activation between them."""
    model = MLP(2, [8, 8, 1], "tanh" if right else "linear", "sigmoid", seed=0)
    return Setup("binary_cross_entropy", model, circles(60, noise=0.05, seed=0), Adam(0.05), 200, 20)


@program("https://ai.stackexchange.com/questions/16557", "vanishing gradients")
def many_layers_of_sigmoids(right):
    """Five layers of sigmoids and plain gradient descent."""
    data = curve(lambda x: abs(x) - 0.5, -1.0, 1.0, 40)
    sizes = [8, 1] if right else [8, 8, 8, 8, 8, 8, 1]
    model = MLP(1, sizes, "tanh" if right else "sigmoid", seed=0)
    return Setup("mse", model, data, SGD(0.1), 500, 10)


@program("https://stats.stackexchange.com/questions/450100", "dead relu")
def relus_below_all_rows(right):
    """Positive inputs, and weights that are all negative at the beginning."""
    data = [((x[0] + 2.0, x[1] + 2.0), label) for x, label in two_classes(60)]
    model = MLP(2, [4, 1], "relu", "sigmoid", seed=1)
    for neuron in model.layers[0].neurons if not right else ():
        for weight in neuron.w:
            weight.data = -abs(weight.data) - 0.05
    return Setup("binary_cross_entropy", model, data, Adam(0.02), 150, 20)


@program(
    question(48385830), "no activation between layers", "learning rate too large", "targets out of reach"
)
def nielsens_network(right):
    """Weights of deviation 1, a rate of 3, squared errors, and the sigmoids forgotten."""
    data = [(x, [float(k == label) for k in range(2)]) for x, label in circles(60, noise=0.05, seed=1)]
    activation = "sigmoid" if right else "linear"
    model = MLP(
        2, [12, 2], activation, activation, init=lambda random, nin, nout: random.gauss(0, 1), seed=0
    )
    return Setup("mse", model, data, SGD(3.0), 500, 10)


class Layers(Module):
    """A model of two layers, the second of which is perhaps forgotten when it is called."""

    def __init__(self, is_whole):
        self.first, self.second = (
            MLP(2, [6, 6], "tanh", "tanh", seed=0),
            MLP(6, [6, 6], "tanh", "tanh", seed=1),
        )
        self.last = MLP(6, [1], "linear", "sigmoid", seed=2)
        self.is_whole = is_whole

    def forward(self, x):
        h = self.first(x)
        return self.last(self.second(h) if self.is_whole else h)


@program("https://www.engineermaxxing.com/micro/lessons/pytorch-internals.html", "unreached parameters")
def layer_that_is_not_called(right):
    """A layer is made, and left out of the forward pass."""
    return Setup("binary_cross_entropy", Layers(right), moons_as_classes(), Adam(0.02), 100, 20)


def moons_as_classes():
    """Two half circles of classes 0 and 1."""
    return [(x, float(label > 0)) for x, label in moons(60, noise=0.1, seed=1)]


class Detached(Module):
    """A model that makes numbers of its hidden layer, so that no gradient comes through."""

    def __init__(self, is_detached):
        self.hidden = MLP(2, [6], "tanh", "tanh", seed=0)
        self.last = MLP(6, [1], "linear", "sigmoid", seed=1)
        self.is_detached = is_detached

    def forward(self, x):
        h = self.hidden(x)
        return self.last([entry.data for entry in h] if self.is_detached else h)


@program("https://prodopsy.com/?p=470", "unreached parameters")
def hidden_layer_as_numbers(right):
    """What the hidden layer gives is taken as plain numbers."""
    return Setup("binary_cross_entropy", Detached(not right), moons_as_classes(), Adam(0.05), 400, 20)


@program("https://intvml.com/ml0033-all-zeros-init/", "equal weights")
def ones_and_sigmoids(right):
    """All weights are one, and all units stay the same."""
    init = "glorot_uniform" if right else constant(1.0)
    model = MLP(2, [6, 1], "sigmoid", "sigmoid", init=init, seed=0)
    return Setup("binary_cross_entropy", model, XOR, Adam(0.1), 500)


@program("https://ai.stackexchange.com/questions/11487", "saturated units")
def weights_of_fifty(right):
    """Weights so large that all units are at their ends."""
    data = scaled(houses(50, seed=3))
    init = "glorot_uniform" if right else (lambda random, nin, nout: random.gauss(0, 50))
    return Setup("mse", MLP(4, [12, 12, 1], "tanh", init=init, seed=0), data, Adam(0.01), 100, 10)


@program(
    "https://stackoverflow.com/questions/39217567",
    "vanishing gradients",
    "learning rate too small",
    "too few epochs",
    "saturated units",
)
def bits_through_sigmoids(right):
    """Four bits in and in another order out, three layers of sigmoids, small weights, small steps."""
    rows = [[float(i >> k & 1) for k in range(4)] for i in range(16)]
    data = [(row, row[1:] + row[:1]) for row in rows]
    if right:
        return Setup("mse", MLP(4, [8, 4], "tanh", "sigmoid", seed=0), data, Adam(0.05), 300)
    init = lambda random, nin, nout: random.gauss(0, 0.05)  # noqa: E731
    return Setup("mse", MLP(4, [4, 4, 4], "sigmoid", "sigmoid", init=init, seed=0), data, SGD(0.01), 300)
