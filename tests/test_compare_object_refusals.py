"""What cannot be checked of a network is told in one message: what it lacks, and what to write instead."""

import numpy as np
import pytest
from conftest import saying
from networks import X, Y

from autograd_scratch import compare
from autograd_scratch.errors import AutogradError, DataError, ShapeError, UnknownNameError


class Network:
    """A network, of which each test replaces a method."""

    def __init__(self):
        self.W = np.ones((3, 2))

    def loss(self, X, y):
        self.X, self.error = X, X @ self.W - y
        return (self.error**2).sum()

    def backward(self):
        return {"W": 2 * self.X.T @ self.error}


class Two(Network):
    def __init__(self):
        self.first, self.second = Network(), Network()

    def loss(self, X, y):
        return self.first.loss(X, y) + self.second.loss(X, y)

    def backward(self):
        return self.first.backward()


class Whole:
    def loss(self, X, y):
        return (X - y).sum()


def altered(**methods):
    """Return a network with other methods; None is one that is missing."""
    others = {"__init__": Network.__init__, "loss": Network.loss, "backward": Network.backward} | methods
    given = {name: method for name, method in others.items() if method is not None}
    return type("Altered", (), {"__module__": __name__, **given})()


def two(net):
    return {"W": 2.0 * net.W}


NETWORK = Network()
WITHOUT_LOSS = altered(loss=None, fit=Network.loss)
WITHOUT_BACKWARD = altered(backward=None)


@pytest.mark.parametrize(
    ("network", "kind", "words"),
    [
        (WITHOUT_LOSS, DataError, ["no loss in an object of Altered", "compute_loss", "as net.loss"]),
        (WITHOUT_BACKWARD, DataError, ["no backward pass in an object of Altered", "hand=net.b"]),
        (
            WITHOUT_BACKWARD.loss,
            DataError,
            ["no backward pass in an object of Altered", "hand=net.b"],
        ),
        (lambda X, y: NETWORK.loss(X, y), DataError, ["{'W1': dW1, 'b1': db1}", "function"]),
        (Network, DataError, ["Network is a class", "an object of it", "Network(...)"]),
        (
            altered(__init__=lambda net: None, loss=Whole.loss),
            DataError,
            ["holds no array", "at={"],
        ),
        (
            altered(loss=lambda net, X, y: X @ net.W, backward=two),
            ShapeError,
            ["one number", "loss.mean()"],
        ),
        (
            altered(loss=lambda net, X, y: None, backward=two),
            DataError,
            ["a real number, not None", "`return`"],
        ),
        (altered(backward=lambda net: None), DataError, ["returns nothing", "self.dW1", "{'W1': dW1}"]),
        (altered(backward=lambda net: {"Q": X}), UnknownNameError, ["called Q", "holds W", "at=["]),
        (
            altered(backward=lambda net, d, more, up: d),
            DataError,
            ["takes d, more, up", "hand=lambda"],
        ),
        (Two(), UnknownNameError, ["one gradient 'W'", "first.W, second.W", "call it by one of these"]),
    ],
)
def test_what_a_network_lacks(network, kind, words):
    with saying(kind, *words) as told:
        compare(network, inputs=(X, Y))
    assert len(str(told.value).splitlines()[0]) < 300


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({}, DataError, ["loss(X, y)", "missing", "inputs=(X, y)"]),
        ({"inputs": X}, DataError, ["loss(X, y)", "missing a required argument: 'y'"]),
        ({"inputs": (X, Y, Y)}, DataError, ["loss(X, y)", "too many positional arguments"]),
        ({"inputs": {"X": X, "z": Y}}, DataError, ["loss(X, y)", "inputs=(X, y)"]),
        ({"inputs": (X, Y), "at": ["V"]}, UnknownNameError, ["'V'", "known: W"]),
        ({"inputs": (X, Y), "at": "dW"}, UnknownNameError, ["array that the loss holds", "'W'"]),
        ({"inputs": (X, Y), "at": [3]}, DataError, ["at=['W1', 'b1']", "3 (int) is no name"]),
        ({"inputs": (X, Y), "at": NETWORK.W}, DataError, ["at names the arrays", "inputs=(X, y)"]),
        ({"inputs": (X, Y), "at": [NETWORK.W]}, DataError, ["at=['W1', 'b1']", "is no name"]),
        ({"inputs": (X, Y), "at": {"Q": X}}, UnknownNameError, ["'Q'", "W"]),
        (
            {"inputs": (X, Y), "hand": WITHOUT_BACKWARD},
            DataError,
            ["no backward pass in an object of Altered"],
        ),
    ],
)
def test_what_a_call_lacks(options, kind, words):
    with saying(kind, *words):
        compare(NETWORK, **options)


def fails(net, *inputs):
    raise ValueError("of the person's own")


@pytest.mark.parametrize("method", ["loss", "backward"])
def test_a_persons_own_error_stays_what_it_is(method):
    with pytest.raises(ValueError, match="of the person's own") as told:
        compare(altered(**{method: fails}), inputs=(X, Y))
    assert not isinstance(told.value, AutogradError)
