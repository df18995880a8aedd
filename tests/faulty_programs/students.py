"""Programs as beginners write them, made up from what is asked again and again, and missed at first."""

from random import Random

from autograd_scratch import (
    MLP,
    SGD,
    Adam,
    Layer,
    Module,
    Neuron,
    Value,
    binary_cross_entropy,
    exp,
    log,
    mean,
    mse,
    nn,
)
from autograd_scratch.datasets import circles, line, polynomial, standardize

from . import MADE_UP, Setup, program
from .made import flowers
from .weights import moons_as_classes


def rings(count=60):
    """Two circles, as numbers 0 and 1."""
    return [(x, float(label)) for x, label in circles(count, seed=1)]


def parabola():
    """Points of a polynomial."""
    return polynomial(40, (0.3, -0.5, 1.5), 0.05, seed=1)


@program(MADE_UP, "raw outputs in nll_loss")
def nll_of_logits(right):
    """NLLLoss of what the last layer gives: the loss falls below zero."""
    end = [nn.LogSoftmax()] if right else []
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3), *end).reset_parameters(seed=1)
    return Setup(nn.NLLLoss(), model, standardize(flowers()), SGD(0.1), 80, 10)


@program(MADE_UP, "raw outputs in nll_loss")
def nll_of_probabilities(right):
    """NLLLoss after a Softmax."""
    end = nn.LogSoftmax() if right else nn.Softmax()
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3), end).reset_parameters(seed=1)
    return Setup(nn.NLLLoss(), model, standardize(flowers()), Adam(0.03), 80, 10)


@program(MADE_UP, "too few units")
def circles_by_one_unit(right):
    """One hidden unit is to tell circles apart."""
    model = MLP(2, [8 if right else 1, 1], "tanh", "sigmoid", seed=1)
    return Setup("binary_cross_entropy", model, rings(), Adam(0.05), 300)


class Recurrent(Module):
    """A recurrent network, and a layer that looks at one of its steps."""

    wants_batch = False

    def __init__(self, step):
        self.network, self.last, self.step = nn.RNN(1, 3, seed=0), nn.Linear(3, 1, seed=0), step

    def forward(self, x):
        return self.last(self.network(x)[0][self.step])


@program(MADE_UP, "unreached inputs")
def first_step_of_a_sequence(right):
    """The first step is looked at, and the answer is in the last one but one."""
    random = Random(1)
    rows = [[[float(random.randint(0, 1))] for _ in range(3)] for _ in range(12)]
    return Setup("mse", Recurrent(-1 if right else 0), [(x, x[-2][0]) for x in rows], Adam(0.1), 60)


@program(MADE_UP, "parts not trained")
def last_layer_alone(right):
    """The optimizer is given the last layer's parameters."""
    model = MLP(2, [3, 1], "tanh", "sigmoid", seed=0)
    parameters = (model if right else model.layers[-1]).parameters()
    return Setup("binary_cross_entropy", model, rings(40), Adam(parameters, 0.05), 300)


@program(MADE_UP, "parts not trained")
def thawing_forgotten(right):
    """What was frozen once is frozen still."""
    model = MLP(2, [4, 4, 1], "tanh", "sigmoid", seed=0)
    if not right:
        model.layers[0].freeze()
        model.layers[1].freeze()
    return Setup("binary_cross_entropy", model, rings(40), Adam(0.05), 300)


@program(MADE_UP, "loss without a least value")
def likelihood_without_its_minus(right):
    """The log-likelihood itself is minimized."""
    sign = -1 if right else 1

    def loss(outputs, targets):
        pairs = zip(outputs, targets)
        return mean([sign * (t * log(p) + (1 - t) * log(1 - p)) for p, t in pairs])

    model = MLP(2, [6, 1], "tanh", "sigmoid", seed=0)
    return Setup(loss, model, moons_as_classes(), SGD(0.1), 100)


@program(MADE_UP, "loss without a least value")
def error_without_its_square(right):
    """Outputs minus targets."""

    def loss(outputs, targets):
        return mean([(p - t) ** 2 if right else p - t for p, t in zip(outputs, targets)])

    return Setup(loss, MLP(1, [8, 1], "tanh", seed=0), parabola(), Adam(0.05), 200)


@program(MADE_UP, "loss without a least value")
def squares_of_the_wrong_sign(right):
    """Minus the mean of squares."""

    def loss(outputs, targets):
        return mse(outputs, targets) * (1.0 if right else -1.0)

    return Setup(loss, MLP(1, [10, 1], "tanh", seed=0), parabola(), Adam(0.02), 200)


@program(MADE_UP, "constant answer for nothing")
def square_of_the_mean(right):
    """Errors are added up before they are squared."""

    def loss(outputs, targets):
        errors = [p - t for p, t in zip(outputs, targets)]
        return mean([error**2 for error in errors]) if right else mean(errors) ** 2

    return Setup(loss, MLP(1, [8, 1], "tanh", seed=0), parabola(), Adam(0.02), 300)


@program(MADE_UP, "loss made larger")
def maximizing(right):
    """An optimizer that was set up for a reward."""
    optimizer = SGD(0.05, momentum=0.9, maximize=not right)
    return Setup("mse", MLP(1, [10, 1], "tanh", seed=0), parabola(), optimizer, 100)


@program(MADE_UP, "arguments of the loss swapped")
def targets_first(right):
    """The loss is given the targets first, as in Keras."""

    def loss(outputs, targets):
        return binary_cross_entropy(outputs, targets) if right else binary_cross_entropy(targets, outputs)

    model = MLP(2, [6, 1], "tanh", "sigmoid", seed=0)
    return Setup(loss, model, moons_as_classes(), Adam(0.05), 100)


@program(MADE_UP, "saturated units")
def weights_of_thirty(right):
    """Sigmoids whose weights are drawn thirty times as large as is usual."""
    model, random = MLP(2, [8, 1], "sigmoid", "sigmoid", seed=0), Random(0)
    if not right:
        for parameter in model.parameters():
            parameter.data = random.gauss(0, 30)
    return Setup("binary_cross_entropy", model, moons_as_classes(), Adam(0.2), 300)


@program(MADE_UP, "no bias")
def line_through_the_origin(right):
    """No bias, where the line does not go through the origin."""
    model = nn.Sequential(nn.Linear(1, 1, bias=right)).reset_parameters(seed=0)
    return Setup("mse", model, line(30, 2.0, 5.0, seed=0), SGD(0.1), 200)


class ByHand(Module):
    """Two layers of Values, by plain sums."""

    def __init__(self, is_bent):
        random = Random(0)
        self.is_bent = is_bent
        self.w1 = [[Value(random.uniform(-1, 1)) for _ in range(2)] for _ in range(5)]
        self.b1 = [Value(0.0) for _ in range(5)]
        self.w2 = [Value(random.uniform(-1, 1)) for _ in range(5)]
        self.b2 = Value(0.0)

    def __call__(self, x):
        hidden = [sum((w * a for w, a in zip(own, x)), b) for own, b in zip(self.w1, self.b1)]
        if self.is_bent:
            hidden = [h.tanh() for h in hidden]
        return 1 / (1 + exp(-sum((w * h for w, h in zip(self.w2, hidden)), self.b2)))


@program(MADE_UP, "no activation between layers")
def sums_by_hand(right):
    """Two layers that were written by hand, without an activation between them."""
    return Setup("mse", ByHand(right), rings(40), Adam(0.05), 300)


class Forgetful(Module):
    """Three layers, of which forward may forget one, or go on with plain numbers behind the first."""

    def __init__(self, is_whole):
        self.is_whole = is_whole
        self.first, self.last = Layer(2, 6, "tanh", seed=0), Neuron(6, "sigmoid", seed=1)

    def __call__(self, x):
        hidden = self.first(x)
        return self.last(hidden if self.is_whole else [h.data for h in hidden])


@program(MADE_UP, "unreached parameters")
def numbers_for_values(right):
    """The data of the hidden units are passed on, which ends the graph."""
    return Setup("binary_cross_entropy", Forgetful(right), rings(40), Adam(0.05), 300)
