"""Objects of unusual kinds go through `compare` as plain ones do; a check costs the same to its end."""

import weakref
from collections import namedtuple
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd_scratch import compare, derive
from autograd_scratch.checking.objects import ObjectCalls
from autograd_scratch.errors import RuleError

X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 1.0]])
Y = np.array([0.5, -0.25, 1.0])


class Line:
    """A neuron, right or with a gradient that is twice as large."""

    factor = 1

    def __init__(self) -> None:
        self.W, self.b = np.array([0.5, -0.25]), np.array(0.125)

    def loss(self, X: Any, y: Any) -> Any:
        self.kept = X, np.tanh(X @ self.W + self.b), y
        return ((self.kept[1] - y) ** 2).mean()

    def backward(self) -> Any:
        X, h, y = self.kept
        d = 2 * (h - y) / len(y) * (1 - h * h)
        self.dW, self.db = X.T @ d * self.factor, d.sum()


class WithSlots:
    __slots__ = ("W", "b", "dW", "db", "kept", "unset")
    factor = 1
    __init__, loss, backward = Line.__init__, Line.loss, Line.backward


class Picky(Line):
    """Its `__getattr__` knows no AttributeError."""

    def __init__(self) -> None:
        super().__init__()
        self.store: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return self.store[name]


class Kept:
    """A descriptor that raises where it is asked for on the class."""

    def __init__(self) -> None:
        self.kept: Any = weakref.WeakKeyDictionary()

    def __get__(self, thing: Any, kind: Any = None) -> Any:
        return self.kept[thing]


class WithDescriptor(Line):
    note = Kept()


class WithNames(Line):
    """Its attributes are called as those of functions and of arrays are."""

    def __init__(self) -> None:
        super().__init__()
        self.func, self.dtype, self.cache_parameters, self.py_func = np.tanh, float, {}, None


EXECUTED: dict[str, Any] = {"Line": Line, "np": np}
exec(
    "class Executed(Line):\n"
    "    def loss(self, X, y):\n"
    "        h = np.zeros(len(X))\n"
    "        for i in range(len(X)):\n"
    "            h[i] = np.tanh(X[i] @ self.W + self.b)\n"
    "        self.kept = X, h, y\n"
    "        return ((h - y) ** 2).mean()\n",
    EXECUTED,
)
KINDS = [WithSlots, Picky, WithDescriptor, WithNames, EXECUTED["Executed"]]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(("factor", "verdict"), [(1, "right"), (2, "wrong")])
def test_objects_of_any_kind(kind: Any, factor: int, verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind, "factor", factor)
    report = compare(kind(), inputs=(X, Y))
    assert {name: block.verdict for name, block in report.blocks.items()} == {"W": verdict, "b": "right"}


def test_what_is_copied_does_not_grow_with_the_number_of_runs() -> None:
    calls = ObjectCalls(Line(), None, {"X": X, "y": Y})
    sizes = []
    for _ in range(3):
        calls.loss()
        sizes.append((len(calls._numbers._known), len(calls._numbers._restoring)))
    assert sizes[0] == sizes[1] == sizes[2]


def test_an_assertion_about_types_is_told_with_its_line() -> None:
    class Strict(Line):
        def loss(self, X: Any, y: Any) -> Any:
            assert type(self.W) is np.ndarray
            return super().loss(X, y)

    with pytest.raises(RuleError, match=r"AssertionError[\s\S]*assert type\(self.W\) is np.ndarray"):
        compare(Strict(), inputs=(X, Y))


class Link:
    """A layer in a chain, each of which knows the next one."""

    def __init__(self, successor: Any) -> None:
        self.next, self.w = successor, np.array([0.5, 0.75])


class Chain:
    """A chain whose last gradient is wrong where `factor` is not 1."""

    def __init__(self, length: int, factor: float) -> None:
        self.head, self.factor = None, factor
        for _ in range(length):
            self.head = Link(self.head)

    def links(self) -> Any:
        found, link = [], self.head
        while link is not None:
            found.append(link)
            link = link.next
        return found

    def loss(self, X: Any, y: Any) -> Any:
        self.h = [X[:, :2]]
        for link in self.links():
            self.h.append(np.tanh(self.h[-1] * link.w))
        return (self.h[-1] ** 2).sum()

    def backward(self) -> None:
        d = 2 * self.h[-1]
        for link, x, h in reversed([*zip(self.links(), self.h, self.h[1:])]):
            d = d * (1 - h * h)
            link.dw = (d * x).sum(0) * (self.factor if link.next is None else 1.0)
            d = d * link.w


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "right"), (3.0, "wrong")])
def test_a_long_chain_is_compared_to_its_end(factor: float, verdict: str) -> None:
    report = compare(Chain(20, factor), inputs=(X, Y))
    assert len(report.blocks) == 20
    assert report.verdict == verdict


class InNamespace(Line):
    """Its arrays are in a namespace, which leads back to it."""

    def __init__(self) -> None:
        super().__init__()
        self.made = SimpleNamespace(W=self.W, b=self.b, owner=self)
        del self.W, self.b

    def loss(self, X: Any, y: Any) -> Any:
        owner = self.made.owner
        owner.kept = X, np.tanh(X @ owner.made.W + owner.made.b), y
        return ((self.kept[1] - y) ** 2).mean()


def test_a_namespace_is_copied_with_what_it_leads_to() -> None:
    net = InNamespace()
    assert {*compare(net, inputs=(X, Y)).blocks} == {"made.W", "made.b"}
    assert {*vars(net)} == {"made"}
    assert {*vars(net.made)} == {"W", "b", "owner"}


class Flat(Line):
    """Its arrays are views of one vector, and its gradients may be such, too."""

    separate = False

    def __init__(self) -> None:
        self.theta, self.dtheta = np.array([0.5, -0.25, 0.125]), np.zeros(3)
        self.W, self.b = self.theta[:2], self.theta[2:]

    def backward(self) -> None:
        X, h, y = self.kept
        d = 2 * (h - y) / len(y) * (1 - h * h)
        self.dtheta[:] = [*(X.T @ d * self.factor), d.sum()]
        self.dW, self.db = self.dtheta[:2], self.dtheta[2:]
        if self.separate:
            self.dW, self.db = self.dW / self.factor, self.db.copy()


@pytest.mark.parametrize("factor", [1, 2])
def test_views_of_one_vector_are_compared_once(factor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flat, "factor", factor)
    verdict = "right" if factor == 1 else "wrong"
    report = compare(Flat(), inputs=(X, Y))
    assert {name: each.verdict for name, each in report.blocks.items()} == {"W": verdict, "b": "right"}
    monkeypatch.setattr(Flat, "separate", True)
    report = compare(Flat(), inputs=(X, Y))
    assert report.blocks["theta"].verdict == report.verdict == verdict


SCALE = np.array([1024.0])  # so large that a small change of it is seen
W, b = np.zeros(2), np.zeros(())  # which no function of this file looks up: they have attributes called so
kept = np.zeros(4)


class WithBuffer(Line):
    """It keeps arrays that it fills anew in each run, and has gradients of these."""

    def __init__(self) -> None:
        super().__init__()
        self.z = np.zeros(3)

    def loss(self, X: Any, y: Any) -> Any:
        self.z[:] = X @ self.W + self.b
        return super().loss(X, y)

    def backward(self) -> None:
        super().backward()
        self.dz, self.dkept = np.ones(3), np.ones(4)


@pytest.mark.parametrize("runs", [0, 1])
def test_what_a_loss_fills_and_globals_of_the_same_names_are_no_parameters(runs: int) -> None:
    net = WithBuffer()
    for _ in range(runs):
        net.loss(X, Y)
    report = compare(net, inputs=(X, Y))
    assert report.verdict == "right"
    assert {"W", "b"} <= {*report.blocks}


def test_global_arrays_are_at_their_numbers_when_the_gradient_is_taken() -> None:
    line = Line()

    def loss() -> Any:
        return line.loss(X, Y) * SCALE[0]

    def backward() -> dict[str, Any]:
        line.backward()
        return {"W": SCALE[0] * line.dW, "b": SCALE[0] * line.db}

    assert compare(loss, hand=backward).verdict == "right"


class IntoBuffers(Line):
    """Its gradients are arrays from the start, and filled by each backward pass."""

    def __init__(self) -> None:
        super().__init__()
        self.grads = {"W": np.zeros(2), "b": np.zeros(1)}

    def backward(self) -> None:
        dW, db = self.grads["W"], self.grads["b"]
        super().backward()
        dW[:], db[:] = self.dW, self.db
        del self.dW, self.db


@pytest.mark.parametrize("at", [None, ["W", "b"]])
def test_gradients_that_are_filled_in_place_are_those_of_the_backward_pass(at: Any) -> None:
    net = IntoBuffers()
    assert compare(net, at, inputs=(X, Y)).verdict == "right"
    assert not net.grads["W"].any()


Pair = namedtuple("Pair", ["W", "b"])


class WithTuple(Line):
    """Its arrays are in a tuple, which it has twice, and beside it a number that no gradient is of."""

    def __init__(self) -> None:
        self.lr, self.params = 0.25, self.pack(np.array([0.5, -0.25]), np.array(0.125))
        self.all = {"first": self.params}

    def pack(self, W: Any, b: Any) -> Any:
        return W, b

    def loss(self, X: Any, y: Any) -> Any:
        (W, _), (_, b) = self.params, self.all["first"]
        self.kept = X, np.tanh(X @ W + b), y
        return ((self.kept[1] - y) ** 2).mean()

    def backward(self) -> Any:
        super().backward()
        grads = self.pack(self.dW, self.db)
        del self.dW, self.db
        return grads


class WithNamedTuple(WithTuple):
    def pack(self, W: Any, b: Any) -> Any:
        return Pair(W, b)


@pytest.mark.parametrize(("kind", "names"), [(WithTuple, "params[{}]"), (WithNamedTuple, "{}")])
@pytest.mark.parametrize("factor", [1, 2])
def test_arrays_in_tuples_are_compared(
    kind: Any, names: str, factor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind, "factor", factor)
    keys = [0, 1] if kind is WithTuple else ["params.W", "params.b"]
    report = compare(kind(), ["params"], inputs=(X, Y))
    assert {name: each.verdict for name, each in report.blocks.items()} == {
        names.format(keys[0]): "right" if factor == 1 else "wrong",
        names.format(keys[1]): "right",
    }


COEFFICIENTS = np.array([0.5, -0.25])


def test_global_arrays_are_those_of_the_person_in_each_run() -> None:
    """What tells parameters from what a loss keeps runs it at other numbers: no later run is at these."""

    def loss() -> Any:
        return (np.tanh(X @ COEFFICIENTS) ** 2).sum()

    def backward() -> Any:
        h = np.tanh(X @ COEFFICIENTS)
        return {"COEFFICIENTS": X.T @ (2 * h * (1 - h * h))}

    report = compare(loss, hand=backward)
    assert report.blocks["COEFFICIENTS"].error < 1e-14


class Private(Line):
    """Its arrays and gradients have private names, and one of both kinds is there twice."""

    def __init__(self) -> None:
        super().__init__()
        self._W, self.__b, self._kept_W = self.W, self.b, self.W.copy()
        del self.W, self.b

    def loss(self, X: Any, y: Any) -> Any:
        self.kept = X, np.tanh(X @ self._W + self.__b), y
        return ((self.kept[1] - y) ** 2).mean()

    def backward(self) -> None:
        super().backward()
        self._dW, self.__db = self.dW, self.db
        del self.dW, self.db


@pytest.mark.parametrize("factor", [1, 2])
def test_private_names(factor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Private, "factor", factor)
    report = compare(Private(), inputs=(X, Y))
    assert {name: each.verdict for name, each in report.blocks.items()} == {
        "_W": "right" if factor == 1 else "wrong",
        "_Private__b": "right",
    }


def test_numbers_of_numpy_are_numbers() -> None:
    net = Line()
    net.b = np.float32(0.125)
    assert compare(net, inputs=(X, Y)).blocks["b"].verdict == "right"


class Linear:
    """A layer with its gradient in a buffer, as a list of one."""

    def __init__(self, weight):
        self.params, self.grads = [weight], [np.zeros_like(weight)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0]

    def backward(self, d):
        self.grads[0][...] = self.x.T @ d
        return d @ self.params[0].T


class Tied:
    """Two layers with one weight, as it is and transposed; each has a gradient of its own."""

    def __init__(self):
        weight = np.random.default_rng(3).normal(size=(5, 3))
        self.layers = [Linear(weight), Linear(weight.T)]

    def loss(self, X):
        self.h = np.tanh(self.layers[0].forward(X))
        self.out = self.layers[1].forward(self.h)
        return (self.out**2).sum()

    def backward(self):
        d = self.layers[1].backward(2 * self.out)
        self.layers[0].backward(d * (1 - self.h**2))


def test_the_gradients_of_tied_weights_are_added_up():
    X = np.random.default_rng(4).normal(size=(4, 5))
    report = compare(Tied(), inputs=(X,))
    assert (report.verdict, [*report.blocks]) == ("right", ["layers[0].params[0]"])
    assert len(report.notes) == 1
    assert "is the sum of its own" in report.notes[0]


def test_gradients_in_another_order_are_told_by_their_shapes():
    class Net:
        def __init__(self):
            rng = np.random.default_rng(5)
            self.weights, self.biases = [rng.normal(size=(3, 2))], [rng.normal(size=(1, 2))]

        def loss(self, X):
            self.X, self.z = X, X @ self.weights[0] + self.biases[0]
            return (self.z**2).sum()

        def backward(self):
            return [2 * self.z.sum(axis=0, keepdims=True)], [self.X.T @ (2 * self.z)]

    report = compare(Net(), inputs=(np.random.default_rng(6).normal(size=(4, 3)),))
    assert (report.verdict, {*report.blocks}) == ("right", {"weights[0]", "biases[0]"})


def test_what_the_loss_depends_on_and_hand_leaves_out_is_noted():
    class Net:
        def __init__(self):
            self.W, self.b = np.ones((3, 2)), np.ones(2)

        def loss(self, X):
            self.X, self.z = X, X @ self.W + self.b
            return (self.z**2).sum()

        def backward(self):
            self.dW = self.X.T @ (2 * self.z)

    report = compare(Net(), inputs=(np.ones((4, 3)),))
    assert report.verdict == "right"
    assert any("depends on b, too" in note for note in report.notes)


def test_dropout_is_drawn_alike_by_a_loss_and_a_backward_pass_that_runs_it_again():
    class Net:
        def __init__(self):
            self.W, self.rng = np.ones((3, 2)), np.random.default_rng(7)

        def step(self, X):
            mask = self.rng.random((4, 2)) < 0.5
            z = X @ self.W * mask
            return (z**2).sum(), {"W": X.T @ (2 * z * mask)}

    net, X = Net(), np.random.default_rng(8).normal(size=(4, 3))
    assert compare(net.step, inputs=(X,)).verdict == "right"
    assert compare(lambda: net.step(X)[0], hand=lambda: net.step(X)[1]).verdict == "right"


def test_weights_of_whole_numbers_are_noted():
    class Net:
        def __init__(self):
            self.W, self.V = np.array([[1, -1], [0, 1]]), np.ones((2, 1))

        def loss(self, X):
            self.X, self.h = X, X @ self.W
            self.out = self.h @ self.V
            return (self.out**2).sum()

        def backward(self):
            d = 2 * self.out
            self.dV, self.dW = self.h.T @ d, 7.0 * self.X.T @ (d @ self.V.T)

    report = compare(Net(), inputs=(np.ones((4, 2)),))
    assert report.verdict == "right"
    assert any("W is an array of whole numbers" in note for note in report.notes)


def test_a_large_array_that_the_loss_writes_to_is_copied():
    class Net:
        def __init__(self):
            self.W, self.buffer = np.ones((3, 2)), np.zeros((600_000, 2))

        def loss(self, X):
            self.X = X
            self.buffer[:4] = X @ self.W
            return (self.buffer[:4] ** 2).sum()

        def backward(self):
            return {"W": self.factor * self.X.T @ self.buffer[:4]}

    net, X = Net(), np.ones((4, 3))
    for net.factor, verdict in ((2.0, "right"), (3.0, "wrong")):
        assert compare(net, inputs=(X,)).verdict == verdict
        assert not net.buffer.any()
    kept = np.zeros(1_200_000)

    def square(w):
        kept[0] = w * w
        return kept[0] * 2.0

    assert derive(square, inputs=[3.0])(5.0) == (50.0, 20.0)
    assert not kept.any()
