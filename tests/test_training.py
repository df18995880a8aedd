"""Optimizers in loops of one's own, and `fit`."""

import gc
from fractions import Fraction
from itertools import product
from typing import ClassVar

import numpy as np
import pytest

from autograd_scratch import MLP, SGD, Module, Neuron, Value, fit, mse
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import DataError, GraphError, NonFiniteError, ShapeError, UnknownNameError


def test_a_loop_of_ones_own_and_fit_do_the_same():
    by_hand, fitted = MLP(2, [4, 1], "tanh", "sigmoid", seed=0), MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
    optimizer = SGD(0.5, by_hand, momentum=0.5)
    losses = []
    for _ in range(20):
        loss = mse([by_hand(x) for x, _ in XOR], [y for _, y in XOR])
        losses.append(loss.data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    history = fit(fitted, XOR, loss="mse", optimizer=SGD(0.5, momentum=0.5), epochs=20)
    assert history.losses == losses
    assert fitted.state_dict() == by_hand.state_dict()


def test_a_history_shows_itself_in_a_line():
    history = fit(MLP(2, [1], seed=0), XOR, optimizer=SGD(0.1), epochs=np.int64(3))
    assert repr(history).startswith("<history of 3 epochs, loss ")


def test_fit_watches_metrics_and_calls_back():
    seen = []
    history = fit(
        MLP(2, [2, 1], output="sigmoid", seed=0),
        XOR,
        loss="binary_cross_entropy",
        optimizer=SGD(0.1),
        epochs=3,
        metrics={"mse": mse},
        on_epoch=lambda epoch, loss: seen.append((epoch, loss)),
    )
    assert seen == list(enumerate(history.losses))
    assert len(history.metrics["mse"]) == 3
    assert history.losses[2] < history.losses[0]


def test_models_of_several_outputs():
    data = [((0.0, 1.0), (1.0, 0.0)), ((1.0, 0.0), (0.0, 1.0))]
    history = fit(MLP(2, [3, 2], seed=0), data, optimizer=SGD(0.3), epochs=200, metrics={"mse": mse})
    assert history.metrics["mse"] == history.losses
    assert history.losses[-1] < 0.1 * history.losses[0]


class Frame:
    """A data frame as far as it matters: going through it gives the names of columns."""

    def __init__(self, rows):
        self.rows = np.array(rows)

    def __iter__(self):
        return iter(["first", "second"])

    def __len__(self):
        return len(self.rows)

    def to_numpy(self):
        return self.rows


ROWS, TARGETS = [list(x) for x, _ in XOR], [y for _, y in XOR]
INPUTS = {
    "lists": lambda: ROWS,
    "tuples": lambda: tuple(map(tuple, ROWS)),
    "an array": lambda: np.array(ROWS),
    "whole numbers": lambda: np.array(ROWS, int),
    "booleans": lambda: np.array(ROWS, bool),
    "fractions": lambda: [[*map(Fraction, row)] for row in ROWS],
    "objects": lambda: np.array(ROWS, object),
    "arrays": lambda: [*map(np.array, ROWS)],
    "a generator": lambda: (row for row in ROWS),
    "columns": lambda: zip(*zip(*ROWS)),
    "a data frame": lambda: Frame(ROWS),
}
ANSWERS = {
    "a list": lambda: TARGETS,
    "an array": lambda: np.array(TARGETS),
    "a column": lambda: np.array(TARGETS)[:, None],
    "rows": lambda: [[y] for y in TARGETS],
    "ints": lambda: [*map(int, TARGETS)],
    "booleans": lambda: np.array(TARGETS, bool),
    "fractions": lambda: [*map(Fraction, TARGETS)],
    "a generator": lambda: (y for y in TARGETS),
    "a series": lambda: dict(enumerate(TARGETS)).values(),
}


@pytest.mark.parametrize("engine", ["eager", "derived"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_inputs_and_targets_may_be_given_apart(engine, loss):
    def trained(*data):
        model = MLP(2, [3, 1 if loss == "mse" else 2], "tanh", seed=0)
        optimizer = SGD(model.parameters(), lr=0.1)
        fit(model, *data, loss=loss, optimizer=optimizer, epochs=3, batch_size=3, engine=engine)
        return model.state_dict()

    pairs = trained(XOR)
    for x, y in [*product(INPUTS, ["a list"]), *product(["lists", "an array"], ANSWERS)]:
        assert trained(INPUTS[x](), ANSWERS[y]()) == pairs, (x, y)


def test_an_optimizer_with_some_of_the_parameters_trains_these():
    for engine in ("eager", "derived"):
        model = MLP(2, [2, 1], "tanh", seed=0)
        before = model.state_dict()
        fit(model, XOR, optimizer=SGD(model.layers[1].parameters(), lr=0.1), epochs=2, engine=engine)
        changed = {path for path, number in model.state_dict().items() if number != before[path]}
        assert {path.partition(".neurons")[0] for path in changed} == {"layers.1"}


def test_frozen_parameters_stay():
    model = MLP(2, [2, 1], "tanh", seed=0)
    model.layers[0].freeze()
    before = model.state_dict()
    fit(model, XOR, optimizer=SGD(0.1), epochs=5)
    changed = {path for path, number in model.state_dict().items() if number != before[path]}
    assert changed
    assert all(path.startswith("layers.1") for path in changed)


class Watched(Module):
    """A model that notes whether the garbage collector runs while it computes."""

    states: ClassVar = []

    def __init__(self):
        self.w = Value(0.5)

    def __call__(self, x):
        self.states.append(gc.isenabled())
        return self.w * x[0]


def test_a_model_frozen_later_is_frozen_for_its_optimizer():
    model = MLP(2, [2, 1], "tanh", seed=0)
    optimizer = SGD(0.5, model)
    model.layers[0].freeze()
    before = model.state_dict()
    model([1.0, 2.0]).backward()
    optimizer.step()
    changed = {path for path, number in model.state_dict().items() if number != before[path]}
    assert {path.partition(".neurons")[0] for path in changed} == {"layers.1"}


def test_an_optimizer_forgets_the_gradients_of_frozen_parameters_too():
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].freeze()
    model([1.0, 2.0]).backward()
    SGD(0.1, model).zero_grad()
    assert not any(p.is_reached for p in model.parameters(frozen=True))


def test_momentum_may_be_set_later():
    w = Value(1.0)
    optimizer = SGD(0.1, [w])
    for momentum in (0.0, 0.9):
        optimizer.momentum = momentum
        optimizer.zero_grad()
        (w * 1.0).backward()
        optimizer.step()
    assert w.data == pytest.approx(0.8)


def test_the_collector_pauses_and_comes_back():
    states = []
    model = MLP(2, [1], seed=0)
    fit(model, XOR, optimizer=SGD(0.1), epochs=1, on_epoch=lambda *_: states.append(gc.isenabled()))
    assert states == [True]
    fit(Watched(), [([1.0], 1.0)], optimizer=SGD(0.1), epochs=1)
    assert Watched.states == [False]
    assert gc.isenabled()
    gc.disable()
    try:
        fit(model, XOR, optimizer=SGD(0.1), epochs=1)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_loss_that_is_not_finite_ends_the_training_with_the_last_finite_parameters():
    model = MLP(1, [1], weights=[[[1.0]]])
    states = [model.state_dict()]
    with pytest.raises(NonFiniteError, match=r"the loss is inf in epoch \d+.*Lower the learning rate"):
        fit(
            model,
            [([1e30], 0.0)],
            optimizer=SGD(1e3),
            epochs=100,
            on_epoch=lambda *_: states.append(model.state_dict()),
        )
    assert model.state_dict() == states[-1]
    assert gc.isenabled()


def test_a_step_that_is_not_finite_changes_nothing():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    (a * 1.0 + b * 1e308).backward()
    with pytest.raises(NonFiniteError, match=r"'b'.* nothing is changed"):
        SGD(1e3, [a, b]).step()
    assert (a.data, b.data) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            lambda: SGD("0.1"),
            DataError,
            r"the learning rate of SGD must be a real number, not '0.1' \(str\)",
        ),
        (lambda: SGD(-0.1), DataError, "the learning rate of SGD must be at least 0 and finite, not -0.1"),
        (lambda: SGD(0.1, momentum=float("nan")), DataError, "the momentum of SGD must be at least 0"),
        (
            lambda: SGD(0.1).step(),
            DataError,
            r"write SGD\(model\.parameters\(\), lr=0\.1\), or .* optimizer\.step\(model\)",
        ),
        (lambda: SGD(0.1, [1.0]), DataError, r"a parameter must be a Value, not 1\.0"),
        (lambda: SGD(0.1, [Value(1.0)]).step(), GraphError, r"call loss\.backward\(\) before"),
        (
            lambda: fit(MLP(2, [1]), XOR, loss="mes", optimizer=SGD(1), epochs=1),
            UnknownNameError,
            "did you mean 'mse'",
        ),
        (
            lambda: setattr(SGD(0.1), "lr", [0.2]),
            DataError,
            r"must be a real number, not \[0\.2\] \(list\)",
        ),
        (lambda: SGD(-0.1), ValueError, "the learning rate of SGD"),
        (lambda: fit(MLP, XOR, optimizer=SGD(1), epochs=1), DataError, r"a class, .* write MLP\(\.\.\.\)"),
        (lambda: SGD(0.1, nesterov=True), DataError, "Nesterov's variant needs momentum"),
        (lambda: SGD(0.1).step(3.0), DataError, "parameters are a model, or a list of Values"),
        (
            lambda: fit(MLP(2, [1]), XOR, optimizer="sgd", epochs=1),
            DataError,
            r"such as SGD\(lr=0\.1\), not 'sgd'",
        ),
        (
            lambda: fit(MLP(2, [1]), (1, 2), optimizer=SGD(1), epochs=1),
            ShapeError,
            r"write fit\(model, X, y, ",
        ),
        (
            lambda: fit(MLP(2, [1]), XOR, loss=lambda o, t: 1.0, optimizer=SGD(1), epochs=1),
            DataError,
            "the loss must be a Value",
        ),
        (
            lambda: fit(MLP(2, [1]).freeze(), XOR, optimizer=SGD(1), epochs=1),
            GraphError,
            "nothing to train",
        ),
        (lambda: mse([None], [1.0]), DataError, "is a `return` missing"),
        (lambda: fit(MLP(2, [1]), [], optimizer=SGD(1), epochs=1), ShapeError, "the data are empty"),
        (lambda: fit(MLP(2, [1]), XOR, optimizer=SGD(1), epochs=-1), DataError, "from 0 on, not -1"),
        (lambda: fit(MLP(3, [1]), XOR, optimizer=SGD(1), epochs=1), ShapeError, "expected 3 inputs"),
        (lambda: fit(lambda x: x, XOR, optimizer=SGD(1), epochs=1), DataError, r"and has parameters\(\)"),
    ],
)
def test_bad_input(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


def test_parameters_that_nothing_reached_stay():
    a, b = Value(1.0), Value(2.0)
    (a * 3.0).backward()
    SGD(0.5, [a, b], weight_decay=0.1).step()
    assert b.data == 2.0
    assert a.data == pytest.approx(1.0 - 0.5 * (3.0 + 0.1), rel=1e-15)


@pytest.mark.parametrize("engine", ["eager", "derived"])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            {"metrics": "mse"},
            DataError,
            r"write metrics=\['mse'\]",
        ),
        ({"metrics": {"error": "mes"}}, UnknownNameError, "did you mean 'mse'"),
        ({"loss": "MSE"}, UnknownNameError, "no loss is called 'MSE'; did you mean 'mse'"),
        ({"on_epoch": "x"}, DataError, "on_epoch is a function .*, not 'x'"),
        ({"epochs": "3"}, DataError, "epochs must be a whole number"),
        ({"batch_size": 0}, DataError, "batch_size must be a whole number"),
        ({"seed": 1.5}, DataError, "a seed must be a whole number"),
        ({"loss": ["mse"]}, DataError, r"a loss is a name, .* here it is \['mse'\]"),
        ({"loss": Value(1.0)}, DataError, "mse itself and not what it gives; here it is Value"),
        ({"loss": None}, DataError, "a loss is a name"),
        ({"optimizer": SGD}, DataError, r"SGD is a class, .* write SGD\(lr=0\.1\)"),
        ({"optimizer": [SGD(0.1)]}, DataError, r"must be one such as SGD\(lr=0\.1\), not \[SGD"),
        ({"optimizer": None}, DataError, r"must be one such as SGD\(lr=0\.1\), not None"),
        ({"optimizer": 0.1}, DataError, r"must be one such as SGD\(lr=0\.1\), not 0\.1"),
        (
            {"optimizer": SGD(MLP(2, [1]), lr=0.1)},
            GraphError,
            "this SGD has the parameters of another model",
        ),
        ({"epochs": 2.5}, DataError, "epochs must be a whole number"),
        ({"y": [0, 1]}, ShapeError, r"X has 4 rows, and y has 2: write fit\(model, X, y, \.\.\.\)"),
        ({"y": 1}, DataError, r"y must be rows, in a list or an array, not 1 \(int\)"),
        ({"y": "0110"}, DataError, "y must be rows"),
        ({"y": np.array(1.0)}, DataError, "y must be rows"),
        ({"y": {"a": 1}}, DataError, "y must be rows"),
        ({"y": []}, ShapeError, "X has 4 rows, and y has 0"),
    ],
)
def test_settings_are_refused_before_anything_is_changed(wrong, error, message, engine):
    model = MLP(2, [1], seed=0)
    before = model.state_dict()
    with pytest.raises(error, match=message):
        fit(model, XOR, **({"optimizer": SGD(0.1), "epochs": 2} | wrong), engine=engine)
    assert model.state_dict() == before


def test_batches_are_shuffled_by_any_seed_and_only_by_one():
    data = [([float(i)], float(i % 3)) for i in range(6)]

    def trained(engine, seed):
        model = Neuron(1, "linear", weights=[0.0])
        fit(model, data, optimizer=SGD(0.05), epochs=2, batch_size=1, seed=seed, engine=engine)
        return model.b.data

    for engine in ("eager", "derived"):
        found = [trained(engine, seed) for seed in (None, 0, 1, 2)]
        assert len({*found}) == len(found)
        assert found == [trained(engine, seed) for seed in (None, 0, 1, 2)]
