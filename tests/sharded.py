"""What runs in shards of the tests train, where worker processes find it; and executors that go wrong."""

import os
from concurrent.futures import Executor, Future

from killing import wait_to_be_killed

from autograd_scratch import MLP, Module, mean, nn
from autograd_scratch.arrays.containers import entries
from autograd_scratch.training.shards import work as shard_work

PAIRS = [([a / 7.0 - 0.5, (a * 3 % 5) / 5.0], float(a % 2)) for a in range(19)]
ROWS = [(x, [y]) for x, y in PAIRS]
CLASSES = [([*x], int(y)) for x, y in PAIRS]
TEXTS = [([a % 5, a % 3, a % 4], [a % 2 / 2.0]) for a in range(13)]


def network():
    return MLP(2, [3, 1], "tanh", "sigmoid", seed=0)


def of_classes():
    return MLP(2, [4, 2], "tanh", seed=0)


def with_dropout():
    layers = nn.Linear(2, 5), nn.Tanh(), nn.Dropout(0.4), nn.Linear(5, 1)
    return nn.Sequential(*layers).reset_parameters(seed=0)


def of_batches():
    layers = nn.Flatten(), nn.Linear(2, 5), nn.Tanh(), nn.Dropout(0.4), nn.Linear(5, 1)
    return nn.Sequential(*layers).reset_parameters(seed=0)


def with_a_frozen_norm():
    model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1))
    model.reset_parameters(seed=0)
    model[1].eval()
    return model


def with_norm():
    return nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)).reset_parameters(seed=0)


def half_frozen():
    model = network()
    model.layers[0].requires_grad_(False)
    return model


class Words(Module):
    """Reaches some of the entries of its table alone, others in each step."""

    def __init__(self):
        self.table = nn.Embedding(5, 2, seed=0)
        self.last = nn.Linear(2, 1, seed=1)

    def forward(self, x):
        first, second, third = self.table(x)
        return self.last([a * b + c for a, b, c in zip(first, second, third)])


def squares(outputs, targets):
    return mean([(o - t) ** 2 for o, t in zip(outputs, targets)])


def sum_of_squares(outputs, targets):
    return sum((o - t) ** 2 for o, t in zip(outputs, targets))


def worst(outputs, targets):
    return max((o - t) ** 2 for o, t in zip(outputs, targets))


def numbers(model):
    return [x for _, x in entries([p.data for p in model.parameters()])]


class Deadly:
    """A loss that waits in a worker to be killed, the first time."""

    def __init__(self, sign, at):
        self.sign = str(sign)
        self.at = at

    def __call__(self, outputs, targets):
        if os.getpid() != self.at:
            wait_to_be_killed(self.sign)
        return squares(outputs, targets)


class AtOnce(Executor):
    """Makes each call at once; `wrong` is told the number of a call, and may do something else with it."""

    def __init__(self, wrong=lambda number, future: False):
        self.wrong = wrong
        self.futures = []

    def submit(self, function, *args):
        future = Future()
        is_wrong = self.wrong(len(self.futures), future)
        self.futures.append(future)
        if not is_wrong:
            future.set_result(function(*args))
        return future


class Forgetful(AtOnce):
    """Lets go of every other call's work."""

    def submit(self, *call):
        if len(self.futures) % 2:
            shard_work._held.clear()
        return super().submit(*call)
