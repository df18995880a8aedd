"""What trains in a page, run by Node: the same bits as `fit` gives with the same module."""

import base64
import json
import math
import random
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from autograd_scratch import MLP, SGD, Adam, Module, Neuron, Value, fit, mean, nn
from autograd_scratch.arrays.containers import entries
from autograd_scratch.datasets import XOR, moons
from autograd_scratch.drawing import explorer
from autograd_scratch.drawing.explorer import training
from autograd_scratch.drawing.explorer.training import training_of
from autograd_scratch.errors import (
    AutogradError,
    DataError,
    GraphError,
    NonFiniteError,
    ProgramError,
    RangeError,
    ShapeError,
    UnknownNameError,
)
from autograd_scratch.nn.batches import outputs_of, takes_batches
from autograd_scratch.nn.search import parameters_of
from autograd_scratch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau, StepLR
from autograd_scratch.primitives import gamma
from autograd_scratch.program.wasm.operations import NoFormError

pytest.importorskip("wasmtime")

NODE = shutil.which("node")
PAGE = Path(explorer.__file__).parent / "page"
in_node = pytest.mark.skipif(NODE is None, reason="there is no Node that would run the page's script")
DERIVED = {"engine": "derived", "backend": "wasm"}

OPTIMIZERS = {
    "sgd": lambda: SGD(5.0),
    "momentum": lambda: SGD(0.5, momentum=0.9, nesterov=True),
    "adam": lambda: Adam(0.01),
    "decayed": lambda: Adam(0.01, amsgrad=True, weight_decay=1e-3),
}


def xor_model(seed=0):
    return MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=seed)


def two_moons(count):
    """Return rows of the classes 0 and 1."""
    return [(x, int(target > 0.0)) for x, target in moons(count, noise=0.1, seed=0)]


def in_page(data, epochs, **asked):
    """Return what the page's trainer finds in Node after some epochs."""
    found = subprocess.run(
        [
            NODE,
            str(Path(__file__).with_name("training_in_node.js")),
            str(PAGE / "dom.js"),
            str(PAGE / "trainer.js"),
        ],
        input=json.dumps({"data": data, "epochs": epochs, **asked}, allow_nan=False),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def doubles(text):
    content = base64.b64decode(text)
    return [*struct.unpack(f"<{len(content) // 8}d", content)]


def numbers(model):
    return [p.data for p in parameters_of(model, frozen=True)]


@in_node
@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_losses_and_weights_are_those_of_fit_bit_for_bit(optimizer, batch_size):
    model, make = xor_model(), OPTIMIZERS[optimizer]
    data = training_of(model, XOR, optimizer=make(), batch_size=batch_size)
    early = {epochs: xor_model() for epochs in (0, 1, 17, 1_023, 1_999)}
    for epochs, other in early.items():
        fit(other, XOR, optimizer=make(), batch_size=batch_size, epochs=epochs, **DERIVED)
    found = in_page(data, 2_000, back=[1_999, 17, 1, 0, 1_023, 2_000, 17])
    history = fit(model, XOR, optimizer=make(), batch_size=batch_size, epochs=2_000, **DERIVED)
    assert doubles(found["losses"])[:2_000] == history.losses
    assert doubles(found["weights"]) == numbers(model)
    back = [*map(doubles, found["back"])]
    assert back == [numbers(early.get(epochs, model)) for epochs in (1_999, 17, 1, 0, 1_023, 2_000, 17)]
    assert found["stopped"] is None
    assert 2 <= found["snapshots"] <= 64


@in_node
def test_the_loss_of_the_epoch_that_is_shown_is_that_before_its_step():
    data = training_of(xor_model(), XOR, optimizer=SGD(5.0), epochs=10)
    found = in_page(data, 10)
    history = fit(xor_model(), XOR, optimizer=SGD(5.0), epochs=11, **DERIVED)
    assert doubles(found["losses"]) == history.losses


@in_node
@pytest.mark.parametrize(
    ("schedule", "per"),
    [
        (lambda: StepLR(step_size=7, gamma=0.9), None),
        (lambda: StepLR(step_size=7, gamma=0.9), "batch"),
        (lambda: OneCycleLR(max_lr=2.0), None),
    ],
)
def test_a_schedule_goes_along(schedule, per):
    model, asked = xor_model(), {"batch_size": 3, "epochs": 150, "schedule_per": per}
    data = training_of(model, XOR, optimizer=SGD(0.5, momentum=0.8), schedule=schedule(), **asked)
    found = in_page(data, 150, back=[40, 150])
    history = fit(model, XOR, optimizer=SGD(0.5, momentum=0.8), schedule=schedule(), **asked, **DERIVED)
    assert doubles(found["losses"])[:150] == history.losses
    assert doubles(found["back"][1]) == numbers(model)


@in_node
def test_an_optimizer_that_has_stepped_and_what_is_frozen_go_on():
    def begun():
        model, optimizer = xor_model(), Adam(0.02)
        model.layers[0].neurons[1].freeze()
        fit(model, XOR, optimizer=optimizer, epochs=5)
        return model, optimizer

    model, optimizer = begun()
    found = in_page(training_of(model, XOR, optimizer=optimizer, epochs=80), 80)
    history = fit(model, XOR, optimizer=optimizer, epochs=80, **DERIVED)
    assert doubles(found["losses"])[:80] == history.losses
    assert doubles(found["weights"]) == numbers(model)


class Own:
    """A model that is no Module."""

    def __init__(self):
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.125)

    def __call__(self, x):
        return self.w[0] * x[0] + self.w[1] * x[1] + self.b

    def parameters(self):
        return [*self.w, self.b]


def normalized():
    layers = [nn.Linear(2, 5, seed=0), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 2, seed=1)]
    return nn.Sequential(*layers)


def left_out():
    return nn.Sequential(
        nn.Linear(2, 6, seed=0), nn.Tanh(), nn.Dropout(0.3, seed=5), nn.Linear(6, 2, seed=1)
    )


MODELS = {
    "one": (lambda: MLP(2, [4, 1], "sigmoid", "sigmoid", seed=0), "mse"),
    "wide": (lambda: MLP(2, [16, 16, 1], "tanh", seed=0), "binary_cross_entropy_with_logits"),
    "classes": (lambda: MLP(2, [8, 2], "relu", seed=0), "cross_entropy"),
    "neuron": (lambda: Neuron(2, seed=0), "mse"),
    "normalized": (normalized, "cross_entropy"),
    "left out": (left_out, "cross_entropy"),
    "own": (Own, "mse"),
}


@in_node
@pytest.mark.parametrize("kind", MODELS)
def test_weights_that_are_copied_load_and_the_boundary_is_what_the_model_answers(kind):
    make, loss = MODELS[kind]
    rows = two_moons(41)
    asked = {"loss": loss, "batch_size": 20, "epochs": 30}
    data = training_of(make(), rows[:40], optimizer=Adam(0.03), **asked)
    points = [x for row, _ in rows for x in row]  # one more than a call of the module answers, and fewer
    found = in_page(data, 30, points=points)
    model, copied = make(), make()
    history = fit(model, rows[:40], optimizer=Adam(0.03), **asked, **DERIVED)
    assert doubles(found["losses"])[:30] == history.losses
    exec(found["python"], {"model": copied})
    assert numbers(copied) == numbers(model)
    if isinstance(model, Module):
        assert copied.state_dict() == model.state_dict()
        model.eval()
    inputs = [x for x, _ in rows]
    expected = [
        each.data for y in outputs_of(model, inputs, takes_batches(model)) for _, each in entries(y)
    ]
    assert doubles(found["answers"]) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@in_node
def test_the_grid_goes_from_corner_to_corner():
    data = training_of(xor_model(), XOR, optimizer=SGD(5.0), epochs=3)
    left, right, bottom, top = data["boundary"]["box"]
    assert left < 0.0 < 1.0 < right
    assert bottom < 0.0 < 1.0 < top
    model = xor_model()
    answers = doubles(in_page(data, 0)["answers"])
    corners = [(left, bottom), (right, bottom), (left, top), (right, top)]
    assert len(answers) == 3_600
    found = [answers[place] for place in (0, 59, 59 * 60, 3_599)]
    assert found == pytest.approx([model(corner).data for corner in corners], abs=1e-12)


@in_node
@pytest.mark.parametrize(("rate", "batch_size"), [(1e3, None), (1e150, None), (1e200, 2), (1e307, 2)])
def test_numbers_that_are_not_finite_end_the_training_where_fit_ends_it(rate, batch_size):
    def model():
        return MLP(2, [4, 1], activation="relu", seed=0)

    rows = [([50.0 * x for x in row], y) for row, y in XOR]
    asked = {"optimizer": SGD(rate), "batch_size": batch_size, "epochs": 400}
    found = in_page(training_of(model(), rows, **asked), 400)
    other = model()
    with pytest.raises(NonFiniteError):
        fit(other, rows, **asked, **DERIVED)
    assert found["epoch"] == found["stopped"]["epoch"] < 400
    assert all(map(math.isfinite, doubles(found["weights"])))
    assert all(map(math.isfinite, doubles(found["losses"])))
    assert f"epoch {found['epoch']}" in found["stopped"]["what"]
    if batch_size is None:  # else fit ends within the epoch
        assert doubles(found["weights"]) == numbers(other)


class Unreached(Module):
    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        return x[0] * 2.0


class Fixed(Module):
    def forward(self, x):
        return x[0]


class Factorial(Module):
    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        return gamma(self.w * x[0] + 1.5)


def frozen():
    model = xor_model()
    model.freeze()
    return model


def rows_that_grow(outputs, targets):
    return mean([(p - t) ** 2 for p, t in zip(outputs, targets)]) ** 0.5


REFUSED = {
    "no rows": ({"data": []}, ShapeError, "the data are empty"),
    "three inputs": ({"data": [([0.0, 1.0, 1.0], 1.0)]}, ShapeError, "2"),
    "rows of several lengths": ({"data": [*XOR, ([0.0], 1.0)]}, ShapeError, ""),
    "nan": ({"data": [([0.0, math.nan], 1.0), *XOR]}, DataError, "not finite"),
    "no parameters": ({"model": Fixed()}, GraphError, "no parameters"),
    "all frozen": ({"model": frozen()}, GraphError, "frozen"),
    "no path": ({"model": Unreached()}, GraphError, "depends on no parameter"),
    "no form": ({"model": Factorial()}, NoFormError, "gamma"),
    "no model": ({"model": 3.0}, DataError, "a model is called"),
    "no loss": ({"loss": "msee"}, UnknownNameError, "mse"),
    "no mean": ({"data": [*XOR] * 501, "loss": rows_that_grow}, ProgramError, "neither the mean"),
    "no optimizer": ({"optimizer": 0.1}, DataError, "SGD"),
    "no epochs": ({"epochs": 0}, DataError, "epochs"),
    "many epochs": ({"epochs": 10**7}, RangeError, "at most 1,000,000 epochs"),
    "no batch": ({"batch_size": 0}, DataError, "batch_size"),
    "plateau": ({"schedule": ReduceLROnPlateau()}, ProgramError, "ReduceLROnPlateau"),
    "long schedule": ({"schedule": StepLR(step_size=9), "epochs": 20_000}, ProgramError, "20,000"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_train_in_a_page_is_refused_by_name(case):
    asked, error, told = REFUSED[case]
    given = {"model": xor_model(), "data": XOR, "optimizer": SGD(0.5), **asked}
    with pytest.raises(error) as caught:
        training_of(given.pop("model"), given.pop("data"), **given)
    assert isinstance(caught.value, AutogradError)
    assert told in str(caught.value)


def test_more_rows_than_a_page_has_room_for_are_refused(monkeypatch):
    monkeypatch.setattr(training, "MOST_BYTES", 1_000)
    with pytest.raises(RangeError, match="at most 1,000 are taken: give some of the rows"):
        training_of(xor_model(), two_moons(400), optimizer=SGD(0.1))


def test_nothing_of_what_is_given_is_changed():
    model, optimizer = normalized(), Adam(0.05)
    fit(model, two_moons(20), loss="cross_entropy", optimizer=optimizer, epochs=2)
    model[0].eval()
    schedule, plain = OneCycleLR(optimizer, max_lr=0.5, total_steps=50), StepLR(step_size=2)
    random.seed(3)
    np.random.seed(3)

    def held():
        return (
            model.state_dict(),
            [(p.grad, p.name) for p in model.parameters()],
            [part.training for part in (model, model[0], model[1])],
            optimizer.scopes(),
            optimizer._began,
            optimizer.recalled(model.parameters()),
            vars(plain),
            {key: x for key, x in vars(schedule).items() if key != "optimizer"},
            random.getstate(),
            repr(np.random.get_state()),
        )

    before = repr(held())
    for each in (None, plain, schedule):
        rows = two_moons(20)
        training_of(model, rows, loss="cross_entropy", optimizer=optimizer, schedule=each, epochs=20)
        assert repr(held()) == before


@pytest.mark.parametrize(
    ("model", "data", "told"),
    [
        (MLP(3, [1], seed=0), [([0.0, 1.0, 2.0], 1.0)], "two inputs; this one has 3"),
        (MLP(2, [1], seed=0), [([0.0, 1.0], 0.1 * i) for i in range(4)], "4 different numbers"),
        (MLP(2, [9], seed=0), [([0.0, 1.0], [0.0] * 8 + [1.0])], "8 classes; here are 9"),
    ],
)
def test_where_there_is_no_boundary_it_is_said_why(model, data, told):
    found = training_of(model, data, optimizer=SGD(0.1))
    assert found["boundary"] is None
    assert told in found["lacks"]


@pytest.mark.parametrize(
    ("loss", "level", "expected"),
    [("mse", None, 0.5), ("binary_cross_entropy_with_logits", None, 0.0), ("mse", 0.25, 0.25)],
)
def test_one_output_divides_where_probabilities_and_logits_do(loss, level, expected):
    found = training_of(MLP(2, [1], seed=0), XOR, loss=loss, optimizer=SGD(0.1), level=level)
    assert found["boundary"]["level"] == expected
    assert found["boundary"]["names"] == ["0", "1"]


def test_what_trains_xor_is_small():
    data = training_of(xor_model(), XOR, optimizer=Adam(0.1))
    scripts = sum((PAGE / name).stat().st_size for name in ("trainer.js", "training.js", "training.css"))
    assert len(json.dumps(data)) + scripts <= 40_000
