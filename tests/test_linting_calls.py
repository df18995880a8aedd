"""Calls of lint with wrong or odd arguments: a clear error, or a finding, and never a fault of its own."""

import pytest
from conftest import saying

from autograd_scratch import MLP, SGD, Module, Value, log
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import DataError, ShapeError, UnknownNameError
from autograd_scratch.linting import lint


def test_wrong_calls():
    model = MLP(2, [1], seed=0)
    with saying(DataError, "model", "Module"):
        lint("mse", lambda x: x, XOR)
    with saying(DataError, "rows that fit is given"):
        lint("mse", model)
    with saying(UnknownNameError, "loss", "msee"):
        lint("msee", model, XOR)
    with saying(ShapeError, "lint(model, X, y, ...)"):
        lint("mse", model, [1.0, 2.0])


@pytest.mark.parametrize("optimizer", [SGD, "sgd", 0.1, False])
def test_what_is_no_optimizer(optimizer):
    with saying(DataError, "lr=0.1"):
        lint("mse", MLP(2, [1], seed=0), XOR, optimizer=optimizer)


@pytest.mark.parametrize("ignore", [None, 3])
def test_what_has_no_names(ignore):
    with saying(DataError, "ignore", "dead relu"):
        lint("mse", MLP(2, [1], seed=0), XOR, ignore=ignore)


def test_numbers_that_no_float_is():
    data = [((10**400, 1), 1.0), ((0, 1), 0.0)]
    assert lint("mse", MLP(2, [1], seed=0), data).names == ("nan in data",)


def test_inputs_whose_squares_are_infinite():
    data = [((1e308, -1e308), 1.0), ((0.0, 1.0), 0.0)]
    assert lint("mse", MLP(2, [2, 1], "tanh", seed=0), data, optimizer=SGD(0.1), epochs=20) is not None


class Returning(Module):
    """A model that returns something else than numbers."""

    def __init__(self, returned):
        self.w = Value(0.5)
        self.returned = returned

    def __call__(self, x):
        return self.returned


@pytest.mark.parametrize("returned", [None, {"out": 1.0}, "a"])
def test_outputs_that_are_no_numbers(returned):
    report = lint("mse", Returning(returned), XOR, optimizer=SGD(0.1), epochs=5)
    assert report.names == ("does not run",)
    assert "list of Values" in report["does not run"].remedy


def test_a_loss_that_fails_for_another_reason_than_labels():
    report = lint(lambda outputs, targets: log(outputs), MLP(2, [1], seed=0), XOR, optimizer=SGD(0.1))
    assert report.names == ("does not run",)
    assert "two lists" in report["does not run"].remedy
