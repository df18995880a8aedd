"""Classes that keep intermediate results: a check uses those of the point, and leaves all as it was."""

from contextlib import suppress
from functools import partial
from itertools import count

import numpy as np
import pytest

from autograd_scratch import Value, assert_gradients, compare
from autograd_scratch.errors import AutogradError
from autograd_scratch.nn import Module

RNG = np.random.default_rng(7)
X, Y = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2))
WEIGHTS = {
    "W1": RNG.normal(size=(3, 4)),
    "b1": RNG.normal(size=4),
    "W2": RNG.normal(size=(4, 2)),
    "b2": RNG.normal(size=2),
}


class Network:
    """A network whose backward pass uses what its forward pass has kept."""

    factor = 1.0

    def __init__(self, dtype=float):
        self.data = X.astype(dtype), Y.astype(dtype)
        self.at = {name: array.astype(dtype) for name, array in WEIGHTS.items()}

    def loss(self, W1, b1, W2, b2):
        self.W1, self.W2 = W1, W2
        self.h = np.tanh(self.data[0] @ W1 + b1)
        self.kept = [self.data[0], self.h]
        self.error = self.h @ W2 + b2 - self.data[1]
        return (self.error**2).mean()

    def backward(self, W1, b1, W2, b2):
        d2 = self.factor * 2 * self.error / self.error.size
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        return self.kept[0].T @ d1, d1.sum(axis=0), self.kept[1].T @ d2, d2.sum(axis=0)

    def state(self):
        """Return all that the network holds, and what is in it."""
        return held(self)


def held(thing):
    """Return what an object holds: who it is, and the bytes of arrays."""
    if isinstance(thing, np.ndarray):
        return id(thing), thing.dtype, thing.tobytes()
    if isinstance(thing, (list, tuple)):
        return id(thing), [held(part) for part in thing]
    if isinstance(thing, dict):
        return id(thing), {name: held(part) for name, part in thing.items()}
    if hasattr(thing, "__dict__") and not callable(thing):
        return id(thing), {name: held(part) for name, part in vars(thing).items()}
    return thing


class Layers(Network):
    """The same of layers, each of which keeps its input and its gradients, and adds a cache a call."""

    class Linear:
        def __init__(self):
            self.inputs = []

        def forward(self, x, W, b):
            self.W = W
            self.inputs.append(x)
            return x @ W + b

        def backward(self, d):
            x = self.inputs.pop()
            self.dW, self.db = x.T @ d, d.sum(axis=0)
            d = d @ self.W.T
            self.W -= 0.1 * self.dW  # a step at once
            return d

    def __init__(self, dtype=float):
        super().__init__(dtype)
        self.layers = [self.Linear(), self.Linear()]

    def loss(self, W1, b1, W2, b2):
        self.h = np.tanh(self.layers[0].forward(self.data[0], W1, b1))
        self.error = self.layers[1].forward(self.h, W2, b2) - self.data[1]
        return (self.error**2).mean()

    def backward(self, **at):
        d = self.layers[1].backward(self.factor * 2 * self.error / self.error.size)
        self.layers[0].backward(d * (1 - self.h**2))
        first, second = self.layers
        return {"dW1": first.dW, "db1": first.db, "dW2": second.dW, "db2": second.db}


@pytest.mark.parametrize("dtype", [float, np.float32])
@pytest.mark.parametrize("kind", [Network, Layers])
def test_what_is_kept_is_of_the_point(kind, dtype):
    network = kind(dtype)
    right = "right" if dtype is float else "right up to rounding"
    for used in (False, True):  # nothing is kept at first; then what another call has left
        if used:
            network.loss(**{name: 2 * array for name, array in network.at.items()})
        before = network.state()
        for _ in range(2):
            assert compare(network.loss, network.at, network.backward).verdict == right
            assert network.state() == before
    network.factor = 1.5
    before = network.state()
    report = compare(network.loss, network.at, network.backward)
    assert (report.verdict, report.mistakes[0].kind) == ("wrong", "scale")
    assert network.state() == before


def stopping(loss, call, stop):
    """Return a loss that raises in one of its calls."""
    calls = count()

    def stopped(**at):
        value = loss(**at)
        if next(calls) == call:
            raise stop
        return value

    return stopped


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), MemoryError(), AutogradError("here")])
@pytest.mark.parametrize("call", [1, 2, 3, 4, 60])
def test_what_is_kept_stays_where_a_check_is_stopped(call, stop):
    network = Network()
    network.loss(**network.at)
    before = network.state()
    loss = stopping(network.loss, call, stop)
    try:
        compare(loss, network.at, network.backward)
    except type(stop):
        pass
    else:
        assert call == 60  # where it was measured, and no number was told
    assert network.state() == before


def test_a_backward_pass_that_fails_leaves_what_is_kept():
    network = Network()
    before = network.state()
    with pytest.raises(ZeroDivisionError):
        compare(network.loss, network.at, lambda **at: 1 / 0)
    assert network.state() == before


def test_gradients_in_a_dict_are_taken_before_the_loss_overwrites_them():
    network = Network()
    network.loss(**network.at)
    hand = dict(zip(network.at, network.backward(**network.at), strict=True))

    def loss(**at):
        for gradient in hand.values():
            gradient[...] = 0.0
        return network.loss(**at)

    assert_gradients(loss, network.at, hand)


class Remembers(Module):
    """A model that keeps Values of its last call."""

    def __init__(self):
        self.w = Value(0.5)

    def __call__(self, x):
        self.x = x
        self.out = (self.w * x).tanh()
        return self.out


def test_a_model_that_keeps_its_last_call():
    model = Remembers()

    def loss(model):
        return (model(2.0) - 1.0) ** 2

    def backward(model):
        y = model.out.data
        return {"w": 2 * (y - 1.0) * (1 - y * y) * model.x}

    assert compare(loss, model, backward).verdict == "right"
    assert not hasattr(model, "out")
    out = model(2.0)
    for _ in range(2):
        assert compare(loss, model, backward).verdict == "right"
        assert (model.out, model.w.data) == (out, 0.5)


def test_a_class_that_calls_methods_of_values():
    class Unit:
        def loss(self, w, b):
            self.h = (2.0 * w + b).tanh()
            return (self.h - 0.3) ** 2

        def backward(self, w, b):
            d = 2 * (self.h.data - 0.3) * (1 - self.h.data**2)
            return {"w": 2 * d, "b": d}

    def loss(w, k):
        return (2.0 * w).exp() * k

    hand = {"w": 4.0 * np.exp(2.0)}
    assert compare(loss, {"w": 1, "k": 2}, lambda w, k: hand).verdict == "right"
    unit = Unit()
    for at in ({"w": 0.5, "b": 0.1}, {"w": Value(0.5), "b": Value(0.1)}):
        assert compare(unit.loss, at, unit.backward).verdict == "right"
        assert not vars(unit)


class Averaging:
    """A layer that averages over its calls, counts and logs them, and goes on from what it kept."""

    def __init__(self):
        self.mean, self.last = np.zeros(4), np.zeros(4)
        self.calls, self.log = 0, []

    def loss(self, W):
        z = X @ W
        self.last = np.zeros_like(self.last) + z.sum(axis=0)
        self.mean = 0.9 * self.mean + 0.1 * z.mean(axis=0)
        self.calls += 1
        self.log.append(self.calls)
        self.h = np.tanh(z + self.last)
        return (self.h**2).mean()

    def backward(self, W):
        d = 2 * self.h / self.h.size * (1 - self.h**2)
        return X.T @ d + np.outer(X.sum(axis=0), d.sum(axis=0))


@pytest.mark.parametrize("wrap", [lambda f: f, partial, lambda f: lambda W: f(W)])
def test_a_check_leaves_nothing_behind(wrap):
    layer = Averaging()
    before = held(layer)
    for factor, verdict in ((1.0, "right"), (1.5, "wrong"), (1.0, "right")):
        hand = wrap(lambda W, factor=factor: factor * layer.backward(W))
        report = compare(wrap(layer.loss), {"W": WEIGHTS["W1"]}, hand)
        assert (report.verdict, report.method) == (verdict, "complex step")
        assert held(layer) == before


class Caching:
    """A layer that computes what is missing in its cache, and by an attribute that its first call adds."""

    def __init__(self):
        self.cache = {}

    def loss(self, W):
        if "z" not in self.cache:
            self.cache["z"] = X @ W
        if not hasattr(self, "h"):
            self.h = np.tanh(self.cache["z"])
        return (self.h**2).mean()


def test_what_a_call_adds_is_taken_away_before_the_next_one():
    layer, W = Caching(), WEIGHTS["W1"]
    h = np.tanh(X @ W)
    right = X.T @ (2.0 * h * (1.0 - h**2) / h.size)
    assert compare(layer.loss, {"W": W}, {"W": right}).verdict == "right"
    layer = Caching()
    assert compare(layer.loss, {"W": W}, {"W": 2.0 * right}).verdict == "wrong"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_a_check_that_is_stopped_leaves_no_values_behind(stop):
    layer, calls = Averaging(), count()

    def loss(W):
        result = layer.loss(W)
        if next(calls) == 20:
            raise stop
        return result

    with suppress(stop):
        compare(loss, {"W": WEIGHTS["W1"]}, {"W": np.zeros((3, 4))})
    assert (layer.calls, layer.mean.dtype, layer.last.dtype) == (0, float, float)
    assert assert_gradients(loss, {"W": WEIGHTS["W1"]}, layer.backward) is None
