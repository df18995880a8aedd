"""Networks that are objects are checked as they are: arrays and gradients are found, nothing is changed."""

import importlib.util
from contextlib import suppress
from copy import deepcopy
from itertools import count
from pathlib import Path

import networks
import numpy as np
import pytest
from conftest import every, long
from networks import FUNCTIONS, MISTAKES, NETWORKS, X, Y
from snapshots import Snapshot

from autograd_scratch import compare
from autograd_scratch.errors import AutogradError

SOURCE = Path(networks.__file__).read_text()
SLIPS = [
    (long if i % 3 else pytest.param)(name, *slip, id=f"{name}-{slip[2]}")
    for i, (name, slip) in enumerate((name, slip) for name, slips in MISTAKES.items() for slip in slips)
]


def checked(name, module=networks):
    """Check a network of a module as a person would."""
    if name in module.FUNCTIONS:
        loss, hand, inputs = module.FUNCTIONS[name]
        return compare(loss, hand=hand, inputs=inputs)
    network, inputs = module.NETWORKS[name]
    return compare(network, inputs=inputs)


@pytest.fixture
def slipped(tmp_path):
    """Return what loads the networks with another text in one place."""

    def load(right, wrong):
        assert SOURCE.count(right) == 2  # there, and in the table of mistakes
        file = tmp_path / "slipped_networks.py"
        file.write_text(SOURCE.replace(right, wrong, 1))
        spec = importlib.util.spec_from_file_location(file.stem, file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.mark.parametrize("name", [*NETWORKS, *FUNCTIONS])
def test_a_right_backward_pass_is_right_and_nothing_is_changed(name):
    before = Snapshot(NETWORKS, FUNCTIONS)
    report = checked(name)
    assert report.verdict == "right", report
    assert Snapshot(NETWORKS, FUNCTIONS) == before
    assert str(checked(name)) == str(report)


@pytest.mark.parametrize(("name", "right", "wrong", "first", "kind"), SLIPS)
def test_a_slip_is_found_where_it_is(slipped, name, right, wrong, first, kind):
    module = slipped(right, wrong)
    report = checked(name, module)
    assert (report.verdict, report.first_wrong) == ("wrong", first), report
    assert kind is None or report.mistakes[0].kind == kind


def ways():
    """Yield ways to say the same of a network with two methods, loss and backward."""
    net, inputs = NETWORKS["Attributes"]
    arrays = "W1", "b1", "W2", "b2"
    given = {array: getattr(net, array) for array in arrays}
    yield lambda: compare(net, inputs=inputs)
    yield lambda: compare(net, at=[*arrays], inputs=inputs)
    yield lambda: compare(net, at=[f"self.{array}" for array in arrays], inputs=inputs)
    yield lambda: compare(net, at=given, inputs=inputs)
    yield lambda: compare(net, hand=net.backward, inputs=inputs)
    yield lambda: compare(net.loss, hand=net.backward, inputs=inputs)
    yield lambda: compare(net.loss, hand=net, inputs=dict(zip(("X", "y"), inputs, strict=True)))
    yield lambda: compare(lambda X, y: net.loss(X, y), given, net.backward, inputs=inputs)
    yield lambda: compare(lambda X, y: net.loss(X, y), given, net.backward, inputs={"y": Y, "X": X})
    yield lambda: compare(lambda: net.loss(*inputs), at=[*arrays], hand=net.backward)
    yield lambda: compare(lambda: net.loss(*inputs), at=given, hand=lambda: net.backward())
    yield lambda: compare(lambda: net.loss(*inputs), hand=lambda: net.backward())


@pytest.mark.parametrize("check", [*ways()])
def test_all_ways_to_say_what_is_checked(check):
    before, report = Snapshot(NETWORKS), check()
    assert (report.verdict, [*report.blocks]) == ("right", ["b2", "W2", "b1", "W1"])
    assert Snapshot(NETWORKS) == before


@pytest.mark.parametrize(
    ("name", "at", "blocks"),
    [
        ("Attributes", "W1", ["W1"]),
        ("Attributes", ["b2", "W1"], ["b2", "W1"]),
        ("Dicts", ["params"], ["params['b2']", "params['W2']", "params['b1']", "params['W1']"]),
        ("Dicts", ["W2"], ["params['W2']"]),
        ("Layers", ["layers[0]"], ["layers[0].params['b']", "layers[0].params['W']"]),
        ("Layers", ["W"], ["layers[2].params['W']", "layers[0].params['W']"]),
        ("ByColumns", ["biases", "weights"], ["biases[1]", "weights[1]", "biases[0]", "weights[0]"]),
        ("WithParameters", ["scale"], ["scale.data"]),
        ("Dataclasses", ["second.W"], ["second.W"]),
    ],
)
def test_arrays_are_told_by_name(name, at, blocks):
    network, inputs = NETWORKS[name]
    report = compare(network, at, inputs=inputs)
    assert (report.verdict, [*report.blocks]) == ("right", blocks)


@pytest.mark.parametrize("name", every(3, NETWORKS))
def test_numbers_in_single_precision(name):
    network, inputs = deepcopy(NETWORKS[name])
    for _, holder, key in arrays_in(network):
        holder[key] = holder[key].astype(np.float32)
    report = compare(
        network, inputs=[np.asarray(each, each.dtype.char.replace("d", "f")) for each in inputs]
    )
    assert report.verdict in ("right", "right up to rounding"), report


def arrays_in(thing, seen=()):
    """Yield arrays of floats with the dicts and lists that hold them."""
    holder = getattr(thing, "__dict__", thing)
    if isinstance(holder, (dict, list)):
        for key, part in [*(holder.items() if isinstance(holder, dict) else enumerate(holder))]:
            if isinstance(part, np.ndarray) and part.dtype == float:
                yield part, holder, key
            else:
                yield from arrays_in(part)


class Stopping:
    """A network that is stopped in one of the steps of its methods."""

    stop, stop_at = None, None

    def __init__(self):
        self.W, self.log, self.mean = X[:3] + 1.0, [], np.zeros(3)
        self.steps = count(1)  # which is a library's, and goes on

    def step(self):
        if next(self.steps) == self.stop_at:
            raise self.stop

    def loss(self, X, y):
        self.step()
        self.log.append(len(self.log))
        self.mean += X.mean(axis=0)
        z = self.transform(X)
        self.error = np.tanh(z)[:, :2] - y
        self.z = z
        return np.sum(self.error**2)

    def transform(self, X):
        z = np.zeros((len(X), 3))
        z[:] = X @ self.W
        self.step()
        return z

    def backward(self, X, y):
        self.step()
        d = np.zeros_like(self.z)
        d[:, :2] = 2 * self.error * (1 - np.tanh(self.z[:, :2]) ** 2)
        self.dW = X.T @ d
        self.step()
        self.W -= self.dW


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError, ValueError("here")])
@pytest.mark.parametrize("step", every(5, [1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 30]))
def test_a_network_is_as_it_was_where_a_check_is_stopped(step, stop):
    network = Stopping()
    network.stop, network.stop_at = stop, step
    before = Snapshot(network)
    with suppress(KeyboardInterrupt, SystemExit, MemoryError, ValueError, AutogradError):
        compare(network, inputs=(X, Y))
    assert next(network.steps) > step
    assert Snapshot(network) == before
    assert compare(network, inputs=(X, Y)).verdict == "right"
    assert Snapshot(network) == before


def trained(check):
    """Train networks with counters, averages and dropout for some steps; return their weights."""
    weights = []
    for name in ("BatchNorm", "Dropout", "Updating"):
        network, inputs = deepcopy(NETWORKS[name])
        for _ in range(3):
            if check:
                assert compare(network, inputs=inputs).verdict == "right"
            network.loss(*inputs)
            backward = getattr(network, "backward", None) or network.backprop
            grads = backward(*inputs if name == "Dropout" else ()) or getattr(network, "grads", {})
            for array, gradient in grads.items():
                setattr(network, array, getattr(network, array) - 0.1 * gradient)
        weights.append([array.tobytes() for array, *_ in arrays_in(network)])
    return weights


def test_training_goes_on_as_if_nothing_had_been_checked():
    assert trained(check=True) == trained(check=False)


@pytest.mark.parametrize("inputs", [X, (X,), [X], {"X": X}])
def test_a_function_with_inputs_beside_its_arrays(inputs):
    def loss(X, W):
        return ((X @ W) ** 2).sum()

    W = X[:3]
    hand = {"W": 2 * X.T @ X @ W}
    assert compare(loss, {"W": W}, hand, inputs=inputs).verdict == "right"
