"""What rounding may excuse: no more in deep passes than in shallow ones, and float32 in all blocks."""

import numpy as np
import pytest
from conftest import long

from autograd_scratch import compare
from autograd_scratch.checking.inputs import Gradient
from autograd_scratch.checking.judgement import Comparison

HALF = 0.5**0.5


def turned(x):
    """Half a right angle at each step: the length stays, and the terms of its gradient cancel."""
    a, b = x[0], x[1]
    for _ in range(92):
        a, b = HALF * (a - b), HALF * (a + b)
    return a * a + b * b


@pytest.mark.parametrize(("slope", "verdict"), [(2.0, "right"), (1.0, "wrong"), (2.0 + 1e-6, "wrong")])
def test_terms_that_cancel_excuse_nothing(slope, verdict):
    assert compare(turned, {"x": np.array([1.0, 0.0])}, {"x": np.array([slope, 0.0])}).verdict == verdict


class Recurrent:
    """A tanh network over many steps, whose state neither fades nor grows of itself."""

    def __init__(self, steps, size=3, stretch=1.1):
        rng = np.random.default_rng(steps)
        self.x = rng.normal(size=(steps, size))
        self.at = {
            "U": stretch * np.linalg.qr(rng.normal(size=(size, size)))[0],
            "V": rng.normal(size=size),
        }

    def loss(self, U, V):
        h = np.zeros(len(V))
        for x in self.x:
            h = np.tanh(x + U @ h)
        return (V @ h - 1.0) ** 2

    def backward(self, U, V, truncated=None):
        states = [np.zeros(len(V))]
        for x in self.x:
            states.append(np.tanh(x + U @ states[-1]))
        d = 2.0 * (V @ states[-1] - 1.0)
        dh, dU = d * V, np.zeros_like(U)
        for t in range(len(self.x), 0 if truncated is None else len(self.x) - truncated, -1):
            dz = dh * (1.0 - states[t] ** 2)
            dU += np.outer(dz, states[t - 1])
            dh = U.T @ dz
        return {"U": dU, "V": d * states[-1]}


@pytest.mark.parametrize("steps", [50, long(100)])
def test_many_steps_through_time_are_checked(steps):
    network = Recurrent(steps)
    assert compare(network.loss, network.at, network.backward(**network.at)).verdict == "right"
    report = compare(network.loss, network.at, network.backward(**network.at, truncated=4))
    assert [report.blocks[name].verdict for name in "VU"] == ["right", "wrong"]


class Deep:
    """Many tanh layers of few units."""

    def __init__(self, layers, size=2):
        rng = np.random.default_rng(layers)
        self.x, self.y = rng.normal(size=(2, 3, size))
        self.at = {f"W{i}": np.linalg.qr(rng.normal(size=(size, size)))[0] for i in range(layers)}

    def states(self, weights):
        states = [self.x]
        for W in weights.values():
            states.append(np.tanh(states[-1] @ W))
        return states

    def loss(self, **weights):
        return ((self.states(weights)[-1] - self.y) ** 2).mean()

    def backward(self, forgotten=None):
        states = self.states(self.at)
        da, found = 2.0 * (states[-1] - self.y) / self.y.size, {}
        for i in reversed(range(len(self.at))):
            dz = da if i == forgotten else da * (1.0 - states[i + 1] ** 2)
            found[f"W{i}"] = states[i].T @ dz
            da = dz @ self.at[f"W{i}"].T
        return found


@pytest.mark.parametrize("layers", [16, long(80)])
def test_one_forgotten_derivative_of_many_layers_is_wrong_and_named(layers):
    network = Deep(layers)
    assert compare(network.loss, network.at, network.backward()).verdict == "right"
    for forgotten in (2, layers - 1):
        report = compare(network.loss, network.at, network.backward(forgotten))
        assert report.first_wrong == f"W{forgotten}"
        assert report.mistakes[0].kind == "derivative_missing"


def relu_network(computed, mask, given, offset=0.0):
    """A relu network, and its gradient by arithmetic of one type with a mask of another."""
    rng, single = np.random.default_rng(1), np.float32
    X, y = rng.normal(size=(20, 3)).astype(single), rng.normal(size=(20, 2)).astype(single)
    at = {
        "W1": rng.normal(size=(3, 8)).astype(single),
        "b1": np.full(8, 0.1, single),
        "W2": rng.normal(size=(8, 2)).astype(single),
    }

    def loss(W1, b1, W2):
        return ((np.maximum(0, X @ W1 + b1) @ W2 - y) ** 2).mean()

    W1, b1, W2, inputs = (each.astype(computed) for each in (*at.values(), X))
    z = inputs @ W1 + b1
    a = np.maximum(0, z)
    d = computed(2 / y.size) * (a @ W2 - y) * np.ones(y.shape, mask)
    dz = d @ W2.T * (z > 0).astype(mask)
    hand = {"W1": X.T @ dz + mask(offset), "b1": dz.sum(axis=0), "W2": a.T @ d}
    return loss, {name: w.astype(given) for name, w in at.items()}, hand


@pytest.mark.parametrize("given", [np.float32, np.float64])
@pytest.mark.parametrize("mask", [np.float32, np.float64])
def test_numbers_of_float32_have_no_more_digits_in_float64(mask, given):
    assert compare(*relu_network(np.float32, mask, given)).verdict == "right up to rounding"
    assert compare(*relu_network(np.float32, mask, given, offset=1e-4)).verdict == "wrong"


def test_an_error_of_float32s_size_in_one_block_alone_is_wrong():
    loss, at, hand = relu_network(np.float64, np.float64, np.float64)
    assert compare(loss, at, hand).verdict == "right"
    _, _, rough = relu_network(np.float32, np.float64, np.float64)
    assert compare(loss, at, hand | {"W1": rough["W1"]}).verdict == "wrong"


@pytest.mark.parametrize("start", [0.77, 0.2, 0.4])
@pytest.mark.parametrize("steps", [40, 100, 120, 150])
def test_where_rounding_leaves_nothing_no_order_of_terms_is_wrong(start, steps):
    def loss(x):
        for _ in range(steps):
            x = 3.7 * x * (1 - x)
        return x

    x, slope = start, 1.0
    for _ in range(steps):
        slope *= 3.7 * (1 - 2 * x)
        x = 3.7 * (x - x * x)
    assert compare(loss, {"x": start}, {"x": slope}).verdict in ("right up to rounding", "not checkable")


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_an_exponential_that_overflows_on_the_way_hides_no_bar():
    x, y = np.array([1.0, -800.0]), np.array([0.2, 0.3])  # 1 / (1 + inf) is the sigmoid of -800, and 0

    def loss(w, b):
        return ((1 / (1 + np.exp(-w * x)) + b - y) ** 2).sum()

    w, b = 1.0, 0.1
    a = np.array([1 / (1 + np.exp(-w)), 0.0])
    d = 2.0 * (a + b - y)
    right = {"w": (d * a * (1 - a) * x).sum(), "b": d.sum()}
    assert compare(loss, {"w": w, "b": b}, right).ok
    assert compare(loss, {"w": w, "b": b}, right | {"w": 2.0 * right["w"]}).verdict == "wrong"


@pytest.mark.parametrize(("error", "verdict"), [(1e-5, "right up to rounding"), (0.1, "not checkable")])
def test_rounding_excuses_no_large_part_of_a_gradient(error, verdict):
    derived, bar = [2.0, 1.0], 1.0 / 64.0
    hand = Gradient([2.0 + error, 1.0], (2,), False)
    assert Comparison(derived, hand, [bar, bar], [], (2,)).verdict() == verdict


class Normalized:
    """A layer with batch normalization: a bias before it shifts what is centred, and changes nothing."""

    zero = "b"

    def __init__(self, kind=np.float64, samples=6, units=4):
        rng = np.random.default_rng(samples)
        self.X = rng.normal(size=(samples, 3)).astype(kind)
        self.y = rng.normal(size=(samples, units)).astype(kind)
        sizes = {"W": (3, units), "b": units, "gamma": units, "beta": units}
        self.at = {name: rng.normal(size=size).astype(kind) for name, size in sizes.items()}

    def normalized(self, W, b):
        z = self.X @ W + b
        deviation = np.sqrt(((z - z.mean(axis=0)) ** 2).mean(axis=0) + self.X.dtype.type(1e-5))
        return (z - z.mean(axis=0)) / deviation, deviation

    def loss(self, W, b, gamma, beta):
        return ((np.tanh(gamma * self.normalized(W, b)[0] + beta) - self.y) ** 2).mean()

    def backward(self, W, b, gamma, beta, centred=True):
        x, deviation = self.normalized(W, b)
        a = np.tanh(gamma * x + beta)
        dn = 2 * (a - self.y) / self.X.dtype.type(self.y.size) * (1 - a * a)
        dx = dn * gamma
        dz = (dx - x * (dx * x).mean(axis=0) - (dx.mean(axis=0) if centred else 0)) / deviation
        return {
            "W": self.X.T @ dz,
            "b": dz.sum(axis=0),
            "gamma": (dn * x).sum(axis=0),
            "beta": dn.sum(axis=0),
        }


class Shifted:
    """A softmax of logits to which one number is added, the product of two."""

    zero = "c"

    def __init__(self):
        rng = np.random.default_rng(1)
        self.X, self.labels = rng.normal(size=(4, 3)), np.array([0, 2, 1, 1])
        self.at = {"W": rng.normal(size=(3, 3)), "c": 0.3, "k": np.array([2.0])}

    def loss(self, W, c, k):
        e = np.exp(self.X @ W + c * k)
        return -np.log((e / e.sum(axis=1, keepdims=True))[np.arange(4), self.labels]).mean()

    def backward(self, W, c, k):
        e = np.exp(self.X @ W)
        d = (e / e.sum(axis=1, keepdims=True) - np.eye(3)[self.labels]) / 4
        return {"W": self.X.T @ d, "c": d.sum() * 2.0, "k": d.sum(keepdims=True)[0] * c}


class Attention:
    """Attention, whose keys have a bias: it adds the same to all scores of a query."""

    zero = "b"

    def __init__(self):
        rng = np.random.default_rng(2)
        self.X = rng.normal(size=(4, 3))
        self.at = {"Q": rng.normal(size=(3, 3)), "K": rng.normal(size=(3, 3)), "b": rng.normal(size=3)}

    def weights(self, Q, K, b):
        e = np.exp((self.X @ Q) @ (self.X @ K + b).T)
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, Q, K, b):
        return ((self.weights(Q, K, b) @ self.X) ** 2).sum()

    def backward(self, Q, K, b):
        a = self.weights(Q, K, b)
        da = 2.0 * (a @ self.X) @ self.X.T
        ds = a * (da - (da * a).sum(axis=1, keepdims=True))
        dk = ds.T @ (self.X @ Q)
        return {"Q": self.X.T @ (ds @ (self.X @ K + b)), "K": self.X.T @ dk, "b": dk.sum(axis=0)}


CANCELLING = {
    "a bias under batch normalization": Normalized(),
    "of many samples": Normalized(samples=50, units=1),
    "of two samples": Normalized(samples=2, units=3),
    "in float32": Normalized(np.float32),
    "a shift under a softmax": Shifted(),
    "a bias of keys": Attention(),
}


@pytest.mark.parametrize("network", CANCELLING.values(), ids=CANCELLING)
def test_a_gradient_whose_terms_cancel_is_zero_and_zero_is_right(network):
    hand = network.backward(**network.at)
    for zero in (hand[network.zero], np.zeros_like(hand[network.zero])):
        report = compare(network.loss, network.at, hand | {network.zero: zero})
        assert report.ok
        assert report.blocks[network.zero].verdict in ("right", "right up to rounding")
        assert "zero by mathematics: its terms, of size" in report.blocks[network.zero].note


@pytest.mark.parametrize(
    "network",
    [
        long(case, id=name) if name == "of many samples" else pytest.param(case, id=name)
        for name, case in CANCELLING.items()
    ],
)
def test_anything_else_is_wrong_there_and_the_others_are_explained_all_the_same(network):
    right = network.backward(**network.at)
    off = right[network.zero] + right[network.zero].dtype.type(1e-3)
    report = compare(network.loss, network.at, right | {network.zero: off})
    assert [name for name, block in report.blocks.items() if not block.ok] == [network.zero]
    assert report.mistakes == ()
    negative = {name: -gradient for name, gradient in right.items()}
    report = compare(network.loss, network.at, negative | {network.zero: off})
    assert report.mistakes[0].kind == "sign"
    assert f"all blocks but {network.zero} agree" in report.mistakes[0].evidence
    report = compare(network.loss, network.at, negative)
    assert report.mistakes[0].kind == "sign"
    assert report.blocks[network.zero].ok


def test_a_mistake_that_leaves_terms_uncancelled_explains_them_too():
    network = Normalized()
    report = compare(network.loss, network.at, network.backward(**network.at, centred=False))
    assert [name for name, block in report.blocks.items() if not block.ok] == ["b", "W"]
    assert report.mistakes[0].kind in ("path_missing", "detached")
    assert "all 4 blocks agree" in report.mistakes[0].evidence
