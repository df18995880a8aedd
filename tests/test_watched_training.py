"""Training that is looked at: held-out rows, metrics, callbacks, accumulated steps, on all backends."""

import copy
import functools
import gc
import math
import os
import pickle
import re
import signal
import sys
import threading
from collections import Counter
from random import Random

import pytest
from backends import BACKENDS, given_for
from conftest import long

from autograd_scratch import MLP, SGD, Adam, Neuron, Value, fit, mean
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import (
    AttributeNameError,
    CallError,
    DataError,
    MissingPackageError,
    NonFiniteError,
    RangeError,
    ShapeError,
    UnknownNameError,
)
from autograd_scratch.nn import BatchNorm1d, Dropout, L1Loss, Linear, ReLU, Sequential
from autograd_scratch.optim.lr_scheduler import ExponentialLR, ReduceLROnPlateau
from autograd_scratch.training import Callback, Checkpoint, EarlyStopping, History, accuracy
from autograd_scratch.training.callbacks.protocol import OCCASIONS
from autograd_scratch.training.loops import derived
from autograd_scratch.training.orders import order_of, split_of

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")

DATA = [([a / 7.0 - 0.5, (a * 3 % 5) / 5.0], float(a % 2)) for a in range(14)]


def network():
    return MLP(2, [3, 1], "tanh", "sigmoid", seed=0)


def with_dropout():
    return Sequential(Linear(2, 4, seed=0), ReLU(), Dropout(0.4), Linear(4, 1, seed=1))


def with_norm():
    return Sequential(Linear(2, 4, seed=0), BatchNorm1d(4), ReLU(), Linear(4, 1, seed=1))


MODELS = {"network": network, "dropout": with_dropout, "norm": with_norm}


@pytest.fixture(params=[long(name, id=name) if "numba" in name else name for name in BACKENDS])
def backend(request, monkeypatch):
    if "arrays" in request.param:
        monkeypatch.setattr(derived, "LARGE", 0)
    return given_for(request.param)


def numbers(model):
    return [p.data for p in model.parameters()]


def rows(model):
    """Return the data as a model takes them."""
    return DATA if model is network else [(x, [y]) for x, y in DATA]


def trained(make, epochs=6, **given):
    """Return what has been seen, and the weights."""
    model = make()
    given = {"optimizer": Adam(0.05), "batch_size": 4, "seed": 3, **given}
    history = fit(model, rows(make), epochs=epochs, **given)
    return history, numbers(model)


class Looking(Callback):
    """Counts how often it is asked, and looks at each step."""

    def __init__(self):
        self.seen = []

    def on_train_begin(self, training):
        self.seen.append(("train_begin", training.epoch, training.batch))

    def on_epoch_begin(self, training):
        self.seen.append(("epoch_begin", training.epoch, training.batch))

    def on_batch_begin(self, training):
        self.seen.append(("batch_begin", training.epoch, training.batch))

    def on_batch_end(self, training):
        self.seen.append(("batch_end", training.epoch, training.batch))

    def on_epoch_end(self, training):
        self.seen.append(("epoch_end", training.epoch, training.batch))

    def on_train_end(self, training):
        self.seen.append(("train_end", training.epoch, training.batch))


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_who_looks_on_changes_no_bit(make, backend):
    history, weights = trained(make, **backend)
    watched, others = trained(make, callbacks=[Looking()], metrics=["mse", "accuracy"], **backend)
    assert (watched.losses, others) == (history.losses, weights)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("schedule", [None, lambda: ExponentialLR(gamma=0.9)], ids=["constant", "schedule"])
def test_steps_one_by_one_are_those_of_epochs(make, schedule, backend):
    given = {"schedule_per": "batch"} if schedule else {}
    runs = [
        trained(make, callbacks=callbacks, schedule=schedule and schedule(), **given, **backend)
        for callbacks in ([], [Looking()])
    ]
    assert runs[0][0].losses == runs[1][0].losses
    assert runs[0][1] == runs[1][1]


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_three_epochs_and_three_are_six(make, backend):
    history, weights = trained(make, **backend)
    model, optimizer = make(), Adam(0.05)
    given = {"optimizer": optimizer, "batch_size": 4, "seed": 3, **backend}
    parts = [fit(model, rows(make), epochs=3, **given) for _ in range(2)]
    assert [*parts[0].losses, *parts[1].losses] == history.losses
    assert numbers(model) == weights


def test_rows_come_in_an_order_of_seed_and_epoch():
    orders = {tuple(order_of(seed, epoch, 6)) for seed in range(3) for epoch in range(3)}
    assert len(orders) > 6
    assert all(sorted(order) == [*range(6)] for order in orders)


def test_callbacks_are_called_in_order(backend):
    looking = Looking()
    trained(network, epochs=2, callbacks=[looking], **backend)
    of_epoch = [[("batch_begin", i), ("batch_end", i + 1)] for i in range(4)]
    expected = [("train_begin", 0, 0)]
    for epoch in range(2):
        expected.append(("epoch_begin", epoch, 0))
        expected += [(name, epoch, batch) for pair in of_epoch for name, batch in pair]
        expected.append(("epoch_end", epoch, 0))
    assert looking.seen == [*expected, ("train_end", 1, 0)]


@pytest.mark.parametrize(
    ("occasion", "epochs", "taken"),
    [
        ("on_epoch_begin", 2, 8),
        ("on_epoch_end", 3, 12),
        ("on_batch_begin", 0, 2),
        ("on_batch_end", 0, 3),
    ],
)
def test_what_returns_true_stops(occasion, epochs, taken, backend):
    count = 0

    def third(self, training):
        nonlocal count
        count += 1
        return count == 3

    stopping = type("Third", (), {occasion: third})()
    optimizer, model = Adam(0.05), network()
    given = {"optimizer": optimizer, "batch_size": 4, "seed": 3, **backend}
    history = fit(model, DATA, epochs=9, callbacks=[stopping], **given)
    assert len(history.losses) == epochs
    assert optimizer.recall(model.parameters()[0])[0] == taken
    assert history.stopped == f"stopped by Third in epoch {2 if 'epoch' in occasion else 0}"


def by_hand(make, step, batch, epochs=4, max_norm=math.inf):
    """Return the weights after steps on rows in their order, each of the gradients of some batches."""
    model, optimizer = make(), SGD(0.5)
    for _ in range(epochs):
        for start in range(0, len(DATA), step):
            of_step = DATA[start : start + step]
            for p in model.parameters():
                p.grad = 0.0
            for i in range(0, len(of_step), batch):
                part = of_step[i : i + batch]
                loss = mean([(model(x) - y) ** 2 for x, y in part]) * (len(part) / len(of_step))
                loss.backward()
            norm = math.sqrt(sum(p.grad**2 for p in model.parameters()))
            for p in model.parameters():
                p.grad *= min(1.0, max_norm / (norm + 1e-6))
            optimizer.step(model)
    return numbers(model)


@pytest.mark.parametrize(("batch", "accumulate"), [(2, 2), (4, 2), (3, 4), (5, 9)])
def test_a_step_of_several_batches_is_that_of_all_their_rows(batch, accumulate, backend):
    given = {"optimizer": SGD(0.5), "seed": None, "epochs": 4}
    _, weights = trained(network, batch_size=batch, accumulate=accumulate, **given, **backend)
    assert weights == pytest.approx(by_hand(network, batch * accumulate, batch), rel=1e-12)
    _, whole = trained(network, batch_size=batch * accumulate, **given, **backend)
    assert weights == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("max_norm", [0.0, 0.01, 0.1, 100.0])
def test_a_gradient_is_shortened_before_each_step(max_norm, backend):
    given = {"optimizer": SGD(0.5), "seed": None, "epochs": 4, "batch_size": 2, "accumulate": 2}
    _, weights = trained(network, clip_grad_norm=max_norm, **given, **backend)
    assert weights == pytest.approx(by_hand(network, 4, 2, max_norm=max_norm), rel=1e-12)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_gradients_are_shortened_alike_whoever_computes(make, backend):
    def of_groups(model):
        *first, last = model.parameters()
        return SGD([{"params": first}, {"params": [last], "lr": 0.01}], lr=0.5, momentum=0.9)

    def found(**given):
        model = make()
        fit(model, rows(make), optimizer=of_groups(model), epochs=4, batch_size=4, seed=3, **given)
        return numbers(model)

    shortened = found(clip_grad_norm=0.1, **backend)
    assert shortened == pytest.approx(found(clip_grad_norm=0.1), rel=1e-9)
    assert shortened != pytest.approx(found(**backend), rel=1e-3)


def test_a_gradient_whose_squares_overflow_is_shortened(backend):
    model = Linear(1, 1, seed=0)
    weight, bias = numbers(model)
    fit(model, [([1e120], [1e121])], optimizer=SGD(0.5), epochs=1, clip_grad_norm=3.0, **backend)
    assert numbers(model) == pytest.approx([weight + 1.5, bias], rel=1e-12)


MONITORED = [(None, "val_loss"), ("loss", "loss"), ("val_l1_loss", "val_l1_loss"), ("accuracy", "accuracy")]


@pytest.mark.parametrize(("monitor", "name"), MONITORED)
def test_a_plateau_is_one_of_what_is_monitored(monitor, name, backend):
    class Noting(Callback):
        def on_epoch_end(self, training):
            rates.append(training.optimizer.lr)

    def plateau(*optimizer, **own):
        mode = "max" if name == "accuracy" else "min"
        return ReduceLROnPlateau(*optimizer, mode=mode, factor=0.5, patience=0, threshold=0.05, **own)

    rates = []
    given = {"metrics": ["accuracy", "l1_loss"], "validation": 0.3, "callbacks": [Noting()], **backend}
    history, _ = trained(network, schedule=plateau(monitor=monitor), optimizer=SGD(3.0), **given)
    by_hand = plateau(SGD(lr=3.0))
    expected = [[by_hand.step(number), by_hand.get_last_lr()[0]][1] for number in history[name]]
    assert rates == expected
    assert 3.0 > rates[-1] > 0.0


def total(outputs, targets):
    return sum((p - t) ** 2 for p, t in zip(outputs, targets))


def test_sums_of_rows_are_accumulated_as_sums(backend):
    given = {"optimizer": SGD(0.05), "loss": total, "seed": None}
    _, parts = trained(network, batch_size=3, accumulate=2, **given, **backend)
    _, whole = trained(network, batch_size=6, **given, **backend)
    assert parts == pytest.approx(whole, rel=1e-12)


def test_a_norm_sees_each_batch_by_itself():
    model = with_norm()
    fit(model, rows(with_norm), optimizer=SGD(0.1), epochs=1, batch_size=5, accumulate=2)
    seen = with_norm()
    fit(seen, rows(with_norm), optimizer=SGD(1e-300), epochs=1, batch_size=5)
    assert model[1].num_batches_tracked == seen[1].num_batches_tracked == 3
    given = {"optimizer": SGD(0.1), "epochs": 1, "batch_size": 5, "accumulate": 2}
    with pytest.raises(DataError, match="leave accumulate out"):
        fit(with_norm(), rows(with_norm), engine="derived", **given)


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 0.99])
@pytest.mark.parametrize("seed", [None, 7])
def test_a_split_keeps_each_row_once(share, seed):
    kept, out = split_of(seed, min(share, 1 - 1 / 14), 14)
    assert sorted([*kept, *out]) == [*range(14)]
    assert kept
    assert len(out) == max(1, min(13, round(share * 14)))


def test_held_out_rows_are_not_trained_on(backend):
    given = {"validation": 0.25, "metrics": ["accuracy", "l1_loss"], **backend}
    history, weights = trained(network, **given)
    kept, out = split_of(trained_seed(3), 0.25, len(DATA))
    model = network()
    shuffled = {"optimizer": Adam(0.05), "batch_size": 4, "seed": 3, **backend}
    fit(model, [DATA[i] for i in kept], epochs=6, **shuffled)
    assert weights == numbers(model)
    assert [*history.metrics] == ["accuracy", "l1_loss", "val_loss", "val_accuracy", "val_l1_loss"]
    outputs = [model(DATA[i][0]).data for i in out]
    errors = [abs(p - DATA[i][1]) for p, i in zip(outputs, out)]
    last = {name: seen[-1] for name, seen in history.metrics.items()}
    assert last["val_loss"] == pytest.approx(sum(e * e for e in errors) / len(out), rel=1e-12)
    assert last["val_l1_loss"] == pytest.approx(sum(errors) / len(out), rel=1e-12)
    assert last["val_accuracy"] == sum(e < 0.5 for e in errors) / len(out)
    others = [DATA[i] for i in out]
    again, same = trained_on([DATA[i] for i in kept], **given | {"validation": others})
    assert (again.losses, same) == (history.losses, weights)
    assert again.metrics == history.metrics


@pytest.mark.parametrize("backend", ["eager", "python", "wasm"])
def test_a_loss_that_asks_for_methods_of_values_is_measured_of_held_out_rows(backend):
    def root(outputs, targets):
        return mean([(p - t) ** 2 for p, t in zip(outputs, targets)]).sqrt()

    model, given = network(), {"optimizer": Adam(0.05), "epochs": 2, **given_for(backend)}
    history = fit(model, DATA[4:], loss=root, validation=DATA[:4], **given)
    errors = [model(x).data - y for x, y in DATA[:4]]
    assert history["val_loss"][-1] == pytest.approx((sum(e * e for e in errors) / 4) ** 0.5, rel=1e-12)


SORTED = {
    "a class is held out": (
        [0, 1, 2],
        1 / 3,
        "none of the rows before the last 20, .* has the target 2",
    ),
    "some classes are": (
        [-1.0, 1.0],
        0.25,
        "none of the last 15 rows, .* the target -1, as 30 of all 60",
    ),
    "all are of one class": ([0, 1, 2], 0.2, "none of the last 12 rows, .* the target 0, as 20 of all 60"),
    "one-hot": ([[1, 0], [0, 1]], 0.2, r"none of the last 12 rows, .* has the target \[1, 0\], as 30"),
    "labels as columns": ([[True], [False]], 0.4, "none of the last 24 rows, .* has the target 1, "),
}


@pytest.mark.parametrize(("labels", "share", "told"), SORTED.values(), ids=SORTED)
def test_rows_that_are_sorted_are_not_held_out_by_class(labels, share, told):
    rows = [([0.1 * i, 0.5], labels[i * len(labels) // 60]) for i in range(60)]
    given = {"loss": lambda outputs, targets: mean(outputs) ** 2, "optimizer": SGD(0.1), "epochs": 1}
    with pytest.raises(DataError, match=f"{told}.* Write seed=0"):
        fit(network(), rows, validation=share, **given)
    mixed = [rows[7 * i % 60] for i in range(60)]
    for other in (mixed, [(x, 0.5 * i) for i, (x, _) in enumerate(rows)], rows[-12:]):
        assert fit(network(), other, validation=share, **given)["val_loss"]
    assert fit(network(), rows, validation=share, seed=0, **given)["val_loss"]
    assert fit(network(), rows[:-20], validation=rows[-20:], **given)["val_loss"]


def trained_seed(seed):
    return Random(seed).getrandbits(48)


def trained_on(data, **given):
    model = network()
    given = {"optimizer": Adam(0.05), "batch_size": 4, "seed": 3, "epochs": 6, **given}
    return fit(model, data, **given), numbers(model)


@pytest.mark.parametrize(
    ("outputs", "targets", "expected"),
    [
        ([0.7, 0.2, 0.6, 0.4], [1, 0, 0, 1], 0.5),
        ([0.1, -0.2, 3.0], [1, -1, -1], 2 / 3),
        ([[0.7], [0.2]], [[1.0], [1.0]], 0.5),
        ([[0.1, 0.9], [0.8, 0.2]], [1, 1], 0.5),
        ([[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]], [[0, 1, 0], [0, 0, 1]], 0.5),
    ],
)
def test_accuracy(outputs, targets, expected):
    assert accuracy(outputs, targets) == expected
    assert accuracy([*map(leaves, outputs)], [*map(leaves, targets)]) == expected
    np = pytest.importorskip("numpy")
    assert accuracy(np.array(outputs), np.array(targets)) == expected


def leaves(numbers):
    return [*map(Value, numbers)] if isinstance(numbers, list) else Value(numbers)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (([1.0], [1.0, 0.0]), ShapeError, "as many outputs as targets"),
        (([], []), ShapeError, "as many outputs as targets"),
        ((network(), DATA), DataError, r"write accuracy\(\[model\(x\) for x in X\], y\), not of MLP"),
        (([0.5], ["cat"]), DataError, "a target of accuracy must be a real number"),
        (([0.5], [1.0], 0.5), CallError, r"as in accuracy\(\[model"),
    ],
)
def test_what_has_no_accuracy_is_told(given, error, message):
    with pytest.raises(error, match=message):
        accuracy(*given)


def test_rows_to_be_held_out_that_do_not_fit_are_told_as_such():
    apart = ([x for x, _ in DATA[:4]], [y for _, y in DATA[:3]])
    for given in ({"validation": apart}, {"validation": [3.0]}):
        with pytest.raises(ShapeError) as raised:
            trained_on(DATA, **given)
        assert "validation=(X_val, y_val)" in raised.value.__notes__[0]


class Worst:
    def __call__(self, outputs, targets):
        return largest(outputs, targets)


def test_metrics_without_a_name_are_called_by_their_kind():
    metrics = [functools.partial(accuracy, threshold=0.25), Worst(), L1Loss(), "mse", largest]
    history, _ = trained_on(DATA, metrics=metrics)
    assert [*history.metrics] == ["accuracy", "Worst", "L1Loss()", "mse", "largest"]


def test_a_metric_is_told_once_with_what_it_is_called():
    with pytest.raises(TypeError) as raised:
        trained_on(DATA, metrics=[lambda outputs, targets: outputs - targets])
    (note,) = raised.value.__notes__
    assert "calls a metric" in note


@pytest.mark.parametrize("loss", ["binary_cross_entropy_with_logits", "hinge"])
def test_the_accuracy_of_logits_and_margins_is_around_zero(loss):
    data = [([1.0], 1.0), ([-1.0], 0.0 if "cross" in loss else -1.0)]
    model = Neuron(1, "linear", weights=[0.3])
    for metric in ("accuracy", accuracy):
        history = fit(model, data, loss=loss, optimizer=SGD(1e-9), epochs=1, metrics=[metric])
        assert history.metrics["accuracy"] == [1.0]


def largest(outputs, targets):
    assert all(type(x) is float for x in outputs)
    return max(abs(p - t) for p, t in zip(outputs, targets))


@pytest.mark.parametrize("accumulate", [1, 2])
def test_metrics_are_of_all_rows_before_an_epoch(accumulate, backend):
    given = {"metrics": {"worst": largest}, "batch_size": 14 // accumulate, "accumulate": accumulate}
    history, _ = trained(network, epochs=2, seed=None, optimizer=SGD(0.5), **given, **backend)
    worst = max(abs(p.data - y) for p, (_, y) in zip(map(network(), [x for x, _ in DATA]), DATA))
    assert history.metrics["worst"][0] == pytest.approx(worst, rel=1e-12)


def test_metrics_are_of_plain_numbers(backend):
    history, _ = trained(network, metrics={"worst": largest}, **backend)
    assert len(history.metrics["worst"]) == 6


def in_an_array(*shape):
    return pytest.importorskip("numpy").full(shape, 0.5)


@pytest.mark.parametrize(
    ("returned", "number"),
    [
        (lambda: Value(0.5), 0.5),
        (lambda: in_an_array()[()], 0.5),
        (lambda: in_an_array(), 0.5),
        (lambda: in_an_array(1, 1), 0.5),
        (lambda: in_an_array() > 0.0, 1.0),
        (lambda: in_an_array(2), None),
        (lambda: "0.5", None),
        (lambda: [0.5], None),
        (lambda: None, None),
        (lambda: 10**400, None),
    ],
)
def test_what_a_metric_may_return(returned, number):
    given = {"metrics": {"own": lambda outputs, targets: returned()}, "validation": 0.2, "epochs": 1}
    if number is not None:
        assert trained_on(DATA, **given)[0]["val_own"] == [number]
    else:
        with pytest.raises(DataError, match=r"the metric 'own' must return a number, not (?!<memory)"):
            trained_on(DATA, **given)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("first", [math.nan, math.inf, -math.inf])
def test_early_stopping_finds_a_best_after_numbers_that_are_not_finite(first, mode):
    worst = math.inf if mode == "min" else -math.inf
    numbers = iter([first, 3.0, 2.0, 3.0, math.nan] + 5 * [2.5])
    stopping = EarlyStopping("own", patience=6, mode=mode)
    given = {"metrics": {"own": lambda outputs, targets: next(numbers)}, "epochs": 10}
    trained_on(DATA, callbacks=[stopping], **given)
    if math.isnan(first) or first == worst:
        assert (stopping.best, stopping.best_epoch) == ((2.0, 2) if mode == "min" else (3.0, 1))
    else:
        assert (stopping.best, stopping.best_epoch) == (first, 0)


@pytest.mark.parametrize("occasion", ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_batch_end"])
@pytest.mark.parametrize("frozen", [True, False])
def test_what_callbacks_freeze_is_not_trained_on_silently(occasion, frozen, backend):
    model = network()
    model.layers[1].freeze(not frozen)
    changing = type(
        "Changing", (), {occasion: lambda self, training: model.layers[1].freeze(frozen) and None}
    )
    told = f"layers.1 was {'' if frozen else 'un'}frozen in a callback: .* another fit"
    with pytest.raises(DataError, match=told):
        fit(model, DATA, optimizer=SGD(0.1), epochs=3, callbacks=[changing()], **backend)


@pytest.mark.parametrize(
    ("settings", "measured", "best_epoch", "last"),
    [
        ({}, [1.0, 5.0, 4.0, 3.0, 3.5, 3.6], 0, 2),
        ({"start_from_epoch": 2}, [1.0, 5.0, 4.0, 3.0, 3.5, 3.6, 0.0], 3, 5),
        ({"start_from_epoch": 9}, [1.0, 5.0, 4.0], None, 2),
        ({"baseline": 0.5}, [3.0, 2.0, 1.0], 1, 1),
        ({"baseline": 2.5}, [3.0, 2.0, 3.0, 1.0, 3.0, 3.0, 0.0], 3, 5),
        ({"baseline": 2.0, "min_delta": 0.5}, [1.8, 1.6, 1.0], 0, 1),
        ({"baseline": 2.0, "min_delta": 0.5}, [1.4, 1.2, 0.8, 1.0, 0.6], 2, 4),
        ({"baseline": 0.5, "mode": "max"}, [0.1, 0.2, 0.6], 1, 1),
        ({"baseline": 0.15, "mode": "max", "start_from_epoch": 1}, [0.9, 0.2, 0.1, 0.1, 0.3], 1, 3),
    ],
)
def test_early_stopping_begins_late_and_asks_for_more_than_a_baseline(settings, measured, best_epoch, last):
    numbers = iter(measured)
    stopping = EarlyStopping("own", patience=2, **settings)
    given = {"metrics": {"own": lambda outputs, targets: next(numbers)}, "epochs": len(measured)}
    history, _ = trained_on(DATA, callbacks=[stopping], **given)
    assert (stopping.best_epoch, len(history.losses) - 1) == (best_epoch, last)
    assert stopping.best == (None if best_epoch is None else measured[best_epoch])


@pytest.mark.parametrize("monitor", ["loss", "val_loss", "val_accuracy"])
def test_early_stopping_gives_the_best_weights_back(monitor, backend):
    seen = []

    class Noting(Callback):
        def on_epoch_begin(self, training):
            seen.append(numbers(training.model))

    stopping = EarlyStopping(monitor, patience=4)
    given = {"validation": 0.4, "metrics": ["accuracy"], "optimizer": SGD(8.0), **backend}
    history, weights = trained(network, epochs=60, callbacks=[Noting(), stopping], **given)
    measured = history.losses if monitor == "loss" else history.metrics[monitor]
    best = (max if "accuracy" in monitor else min)(measured)
    assert stopping.best == best
    assert stopping.best_epoch == measured.index(best)
    assert len(measured) == stopping.best_epoch + 5
    after = stopping.best_epoch + (monitor != "loss")
    assert weights == seen[after]


def test_a_column_of_a_history_is_had_by_its_name():
    history, _ = trained_on(DATA, validation=0.25, metrics={"error": "mae"})
    assert {name: history[name] for name in history.data()} == history.data()
    with pytest.raises(
        UnknownNameError, match="no column of this history is called 'lost'; did you mean 'loss'"
    ):
        history["lost"]
    with pytest.raises(AttributeNameError, match=r"write history\['val_error'\]"):
        _ = history.val_error
    with pytest.raises(AttributeError, match="'History' object has no attribute 'errors'"):
        _ = history.errors
    assert pickle.loads(pickle.dumps(history)) == copy.deepcopy(history) == history


def test_the_best_of_an_accuracy_is_its_largest():
    shown = History([2.0, 1.0], {"val_accuracy": [0.9, 0.4], "val_loss": [0.9, 0.4]})._repr_html_()
    rows = [re.findall(r">([^<>]*)</t[dh]>", row) for row in shown.split("<tr")]
    best = {row[0]: row[3:] for row in rows if len(row) == 5}
    assert best["val_accuracy"] == ["0.9", "0"]
    assert best["val_loss"] == ["0.4", "1"]


def test_a_history_is_data_and_a_frame():
    history, _ = trained(network, epochs=3, validation=0.25)
    data = history.data()
    assert [*data] == ["epoch", "loss", "val_loss"]
    assert data["epoch"] == [0, 1, 2]
    assert data["loss"] == history.losses
    assert data["loss"] is not history.losses
    assert ", val_loss " in repr(history)
    try:
        import pandas
    except ImportError:
        with pytest.raises(MissingPackageError, match=r"history\.data\(\)"):
            history.frame()
    else:
        assert pandas.DataFrame.equals(history.frame(), pandas.DataFrame(data).set_index("epoch"))


class Pressing(Callback):
    """Has somebody press Ctrl-C in a step or at the end of an epoch."""

    def __init__(self, occasion, times=1):
        self.occasion, self.times, self.count = occasion, times, 0

    def _press(self, occasion):
        self.count += occasion == self.occasion
        if occasion == self.occasion and self.count == 3:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)

    def on_batch_end(self, training):
        self._press("batch")

    def on_epoch_end(self, training):
        self._press("epoch")


needs_sigint = pytest.mark.skipif(
    sys.platform == "emscripten" or threading.current_thread() is not threading.main_thread(),
    reason="no SIGINT here",
)


@needs_sigint
@pytest.mark.parametrize(
    ("occasion", "epochs", "taken", "told"),
    [
        ("batch", 0, 3, "interrupted in epoch 0, after 3 of its steps"),
        ("epoch", 3, 12, "interrupted in epoch 3"),
    ],
)
def test_ctrl_c_keeps_what_is_done(occasion, epochs, taken, told, backend, capfd):
    optimizer, model = Adam(0.05), network()
    given = {"optimizer": optimizer, "batch_size": 4, "seed": 3, **backend}
    history = fit(model, DATA, epochs=9, callbacks=[Pressing(occasion)], validation=0.2, **given)
    assert (len(history.losses), history.stopped) == (epochs, told)
    assert {len(seen) for seen in history.metrics.values()} == {epochs}
    assert optimizer.recall(model.parameters()[0])[0] == taken - (taken == 12) * 3
    assert told in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@needs_sigint
def test_a_second_ctrl_c_is_not_held_back():
    with pytest.raises(KeyboardInterrupt) as caught:
        trained(network, callbacks=[Pressing("epoch", times=2), AtTheEnd(raising(KeyboardInterrupt))])
    assert len(caught.value.history.losses) == 3


class AtTheEnd(Callback):
    def __init__(self, do):
        self.on_train_end = do


def raising(fault):
    def do(training):
        raise fault

    return do


def press(training):
    signal.raise_signal(signal.SIGINT)


@needs_sigint
def test_ctrl_c_after_the_last_step_has_nothing_left_to_end():
    history, _ = trained(network, callbacks=[AtTheEnd(press)])
    assert (len(history.losses), history.stopped) == (6, None)
    with pytest.raises(KeyboardInterrupt) as caught:
        trained(network, callbacks=[Pressing("epoch"), AtTheEnd(press)])
    assert len(caught.value.history.losses) == 3


@pytest.mark.parametrize("fault", [OSError("the disk is full"), KeyboardInterrupt(), SystemExit(3)])
def test_an_error_at_the_end_has_the_history(fault):
    with pytest.raises(type(fault)) as caught:
        trained(network, callbacks=[AtTheEnd(raising(fault))])
    assert len(caught.value.history.losses) == 6


def test_a_callback_is_named_whose_answer_is_neither_true_nor_false():
    class Odd(Callback):
        def on_epoch_end(self, training):
            return in_an_array(2)

    with pytest.raises(DataError, match="on_epoch_end of Odd returns nothing, or True"):
        trained(network, callbacks=[Odd()])


@pytest.mark.skipif(not hasattr(os, "kill"), reason="no signals here")
def test_ctrl_c_in_another_thread_is_left_to_others():
    before, found = signal.getsignal(signal.SIGINT), []
    thread = threading.Thread(target=lambda: found.append(trained(network)[0]))
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is before
    assert len(found[0].losses) == 6


def test_an_error_keeps_what_is_done(backend):
    class Failing(Callback):
        def on_epoch_end(self, training):
            if training.epoch == 2:
                raise OSError("the disk is full")

    optimizer, model = Adam(0.05), network()
    given = {"optimizer": optimizer, "batch_size": 4, "seed": 3, **backend}
    with pytest.raises(OSError, match="the disk is full") as caught:
        fit(model, DATA, epochs=9, callbacks=[Failing()], **given)
    history, weights = trained(network, epochs=3, **backend)
    assert caught.value.history.losses == history.losses
    assert numbers(model) == weights
    assert "raised by on_epoch_end of Failing after 3 epochs" in caught.value.__notes__[0]


def test_a_loss_that_is_not_finite_says_where_it_comes_from(backend):
    with pytest.raises(NonFiniteError, match="in epoch") as caught:
        fit(Neuron(1, "linear", weights=[1.0]), [([1e3], 1.0)], optimizer=SGD(1.0), epochs=200, **backend)
    assert caught.value.history.losses
    assert "not finite in epoch" in caught.value.history.stopped


class NoOccasion:
    def on_epoch_ends(self, training):
        pass


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"callbacks": [NoOccasion()]}, DataError, "nobody calls: write on_epoch_end"),
        ({"callbacks": [EarlyStopping]}, DataError, "is a class"),
        ({"callbacks": [print]}, DataError, "a callback has one of the methods on_train_begin"),
        (
            {"callbacks": [EarlyStopping("val_loss")]},
            UnknownNameError,
            r"write fit\(\.\.\., validation=0\.2",
        ),
        ({"callbacks": [EarlyStopping("acc")]}, UnknownNameError, "known: loss"),
        (
            {"callbacks": [EarlyStopping("val_acc")], "metrics": ["accuracy"], "validation": 0.2},
            UnknownNameError,
            "did you mean 'val_accuracy'",
        ),
        (
            {"callbacks": [EarlyStopping("val_mae")]},
            UnknownNameError,
            r"write fit\(\.\.\., metrics=\['mae'\], validation=0\.2",
        ),
        (
            {"schedule": ReduceLROnPlateau(monitor="val_loss")},
            UnknownNameError,
            r"ReduceLROnPlateau monitors 'val_loss', .*: write fit\(\.\.\., validation=0\.2\); known: loss",
        ),
        (
            {"schedule": ReduceLROnPlateau(monitor="accuracy"), "metrics": ["accuracy"]},
            DataError,
            r"write ReduceLROnPlateau\(monitor='accuracy', mode='max'\)",
        ),
        (
            {"callbacks": [ReduceLROnPlateau(patience=2)]},
            DataError,
            r"write fit\(\.\.\., schedule=ReduceLROnPlateau\(patience=2\)\)",
        ),
        ({"accumulate": 0}, DataError, "accumulate must be a whole number"),
        ({"clip_grad_norm": -1.0}, RangeError, "clip_grad_norm must be at least 0, not -1.0"),
        ({"clip_grad_norm": "1"}, DataError, "clip_grad_norm must be a real number"),
        ({"accumulate": 2, "batch_size": None}, DataError, r"write batch_size=\.\.\. with it"),
        ({"validation": 1.0}, RangeError, "a share of the rows"),
        ({"validation": -0.1}, RangeError, "a share of the rows"),
        ({"validation": "0.2"}, DataError, "validation must be a real number"),
        ({"validation": []}, ShapeError, "the data are empty"),
        ({"validation": [([1.0, 2.0, 3.0], 1.0)]}, ShapeError, "expected 2 inputs"),
        ({"validation": [([1.0, 2.0], [1.0, 0.0])]}, ShapeError, "as many outputs as targets"),
        ({"metrics": 3}, DataError, r"or metrics=.*, not 3"),
        ({"metrics": ["acuracy"]}, UnknownNameError, "did you mean 'accuracy'"),
        ({"metrics": ["acc"]}, UnknownNameError, "no metric is called 'acc'; write 'accuracy'"),
        ({"metrics": "mae"}, DataError, r"write metrics=\['mae'\]"),
        ({"metrics": ["mae", "mae"]}, DataError, "two columns of the history would be called 'mae'"),
        ({"metrics": {"loss": "mae"}}, DataError, "would be called 'loss'"),
        ({"metrics": {"epoch": "mae"}}, DataError, "would be called 'epoch'"),
        ({"metrics": {"val_loss": "mae"}, "validation": 0.2}, DataError, "would be called 'val_loss'"),
        ({"metrics": {"a": "mae", "val_a": "mse"}}, DataError, "would be called 'val_a'"),
        ({"metrics": [lambda p, t: 1.0, lambda p, t: 2.0]}, DataError, "would be called '<lambda>'"),
        ({"loss": "mean_squared_error"}, UnknownNameError, "write 'mse'"),
        ({"loss": "sparse_categorical_crossentropy"}, UnknownNameError, "leave softmax out"),
        ({"optimizer": "adam"}, DataError, r"such as Adam\(lr=0\.1\), not 'adam'"),
        ({"metrics": {"text": lambda outputs, targets: "x"}}, DataError, "'text' must return a number"),
    ],
)
def test_what_cannot_be_is_refused_with_nothing_changed(wrong, error, message, backend):
    model, optimizer = network(), Adam(0.05)
    before = numbers(model)
    given = {"optimizer": optimizer, "batch_size": 4, "epochs": 2, **backend}
    with pytest.raises(error, match=message):
        fit(model, DATA, **given | wrong)
    if "text" not in str(wrong):
        assert numbers(model) == before


@pytest.mark.parametrize(
    "wrong",
    [
        *({"patience": 0}, {"mode": "least"}, {"monitor": 3}),
        *({name: wrong} for name in ("min_delta", "baseline") for wrong in ("x", math.nan)),
    ],
)
def test_early_stopping_is_refused(wrong):
    with pytest.raises((DataError, UnknownNameError)):
        EarlyStopping(**wrong)


def keras_style(self, epoch, logs=None):
    """Look at an epoch as Keras' callbacks do."""


@pytest.mark.parametrize(
    ("name", "method", "message"),
    [
        ("on_epoch_end", lambda self: None, r"write def on_epoch_end\(self, training\)"),
        ("on_epoch_end", keras_style, r"written for \(self, epoch, logs\), and called with one argument"),
        ("on_epoch_ends", lambda self, training: None, "nobody calls: write on_epoch_end"),
        ("on_step_end", lambda self, training: None, "nobody calls: write on_batch_end"),
        ("on_train_batch_end", lambda self, training: None, "nobody calls: write on_batch_end"),
        ("on_train_epoch_start", lambda self, training: None, "nobody calls: write on_epoch_begin"),
        ("on_epoch_end", lambda self, training: training.loss, "returns nothing, or True"),
        ("on_epoch_end", lambda self, training: training.logs, "a training has no `logs`"),
        ("on_epoch_end", lambda self, training: training.lr, "training.optimizer.lr"),
        (
            "on_epoch_end",
            lambda self, training: setattr(training, "stop_training", True),
            "returns True stops",
        ),
    ],
)
@pytest.mark.parametrize("base", [Callback, object])
def test_what_would_do_nothing_is_told(name, method, message, base):
    with pytest.raises((DataError, AttributeError), match=message):
        trained(network, callbacks=[type("Other", (base,), {name: method})()])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda epoch, loss: None, "write on_epoch=lambda epoch, loss"),
        (Checkpoint("run.json"), r"write fit\(\.\.\., checkpoint=Checkpoint"),
        (Callback(), "has none"),
    ],
)
def test_what_is_no_callback_is_told_where_it_belongs(wrong, message):
    with pytest.raises(DataError, match=message):
        trained(network, callbacks=[wrong])


def test_a_function_of_epochs_stops_by_true_alone(backend):
    history, _ = trained(network, on_epoch=lambda epoch, loss: epoch == 2, **backend)
    assert (len(history.losses), history.stopped) == (3, "stopped by on_epoch in epoch 2")
    history, _ = trained(network, on_epoch=lambda epoch, loss: loss, **backend)
    assert (len(history.losses), history.stopped) == (6, None)


def test_early_stopping_begins_with_the_first_number():
    count = iter((math.nan, math.nan, 0.1, 0.2, 0.3, 0.4))
    stopping = EarlyStopping("f1", patience=4)
    trained(network, metrics={"f1": lambda outputs, targets: next(count)}, callbacks=[stopping])
    assert (stopping.best, stopping.best_epoch) == (0.4, 5)


def test_every_occasion_has_its_method():
    assert [name for name in vars(Callback) if name.startswith("on_")] == [*OCCASIONS]


def test_ten_thousand_steps_need_no_more_memory():
    model, optimizer = MLP(2, [2, 1], "tanh", seed=0), Adam(0.01)
    given = {"optimizer": optimizer, "batch_size": 1, "seed": 0, "validation": XOR}

    def things():
        gc.collect()
        return Counter(type(thing).__name__ for thing in gc.get_objects())

    for callbacks in ([], [EarlyStopping(patience=10**6)]):
        fit(model, XOR, epochs=2, callbacks=callbacks, **given)
        before = things()
        fit(model, XOR, epochs=100, callbacks=callbacks, **given)
        more = things() - before
        assert {kind: n for kind, n in more.items() if n > 20} == {}
