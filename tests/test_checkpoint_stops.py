"""A training run may be stopped at any step, in any way, and goes on to the same bits."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import count
from random import Random

import pytest
from resumed import BATCH, DATA, NESTED, STEPS, Run, Seeing, Stopping, in_backends, network, prepared
from test_watched_training import needs_sigint

from autograd_scratch import SGD, Adam, fit
from autograd_scratch.training import EarlyStopping

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")


@pytest.fixture
def given(backend, monkeypatch):
    return prepared(backend, monkeypatch)


SETTINGS = {
    "no seed": {"seed": None},
    "a Random": {"seed": lambda: Random(5)},
    "all rows": {"batch_size": None},
    "all rows, no seed": {"batch_size": None, "seed": None},
    "metrics": {"metrics": ["accuracy", "l1_loss"]},
    "metrics of all rows": {"metrics": ["mse"], "batch_size": None, "seed": None},
    "validation": {"validation": 0.3, "metrics": ["mse"]},
    "validation, no seed": {"validation": 0.3, "seed": None},
    "accumulate": {"batch_size": 2, "accumulate": 2},
    "accumulate all": {"batch_size": 3, "accumulate": 5, "metrics": ["mse"]},
    "shortened gradients": {"clip_grad_norm": 0.05},
    "another loss": {"loss": "binary_cross_entropy"},
}


WAYS = "true", "error", "Ctrl-C"
STOPS = [3, 4], [1], [STEPS], [STEPS + 1], [4 * STEPS], [2, 2, 9]


@pytest.mark.parametrize(("backend", "settings", "how"), in_backends(SETTINGS, WAYS))
def test_every_setting(settings, how, given, tmp_path):
    Run(**SETTINGS[settings], **given).check(tmp_path, 3, how=how)


@pytest.mark.parametrize(("backend", "stops", "how"), in_backends(STOPS, WAYS))
def test_every_step(stops, how, given, tmp_path):
    Run("dropout", metrics=["mse"], **given).check(tmp_path, *stops, how=how)


@pytest.mark.parametrize(
    ("backend", "monitor", "patience"),
    in_backends([None, "loss", "val_loss", "accuracy", "val_accuracy"], [2, 50]),
)
def test_early_stopping(monitor, patience, given, tmp_path):
    given = {"validation": 0.4, "metrics": ["accuracy"], "epochs": 12, **given}
    callbacks = {"callbacks": lambda: [EarlyStopping(monitor, patience=patience), Seeing()]}
    Run(optimizer=lambda model: SGD(8.0), **callbacks, **given).check(tmp_path, 2, 7)


def test_two_of_one_class_and_strangers_remember_their_own(tmp_path):
    class Stranger:
        def __init__(self):
            self.best = -math.inf, math.nan

        def on_epoch_end(self, training):
            self.best = max(self.best[0], training.loss), training.loss

        def state_dict(self):
            return {"best": self.best}

        def load_state_dict(self, state):
            self.best = tuple(state["best"])

    def callbacks():
        return [EarlyStopping("loss", patience=2), Stranger(), EarlyStopping("mse", patience=50), Seeing()]

    Run(callbacks=callbacks, metrics=["mse"]).check(tmp_path, 6)


def test_a_random_seed_that_is_another_one_now(tmp_path):
    """The seed that was drawn is in the file, and rows that are held out follow from it."""
    seeds = count(5)
    run = Run("dropout", seed=lambda: Random(next(seeds)), validation=0.3)
    path = tmp_path / "run.json"
    run.stopped(path, 6, "true")
    resumed = run.go(path, Stopping(None, "never"))
    run.given["seed"] = lambda: Random(5)
    assert resumed == run.go()


@pytest.mark.parametrize(("backend", "epochs"), in_backends([9, 1, 2]))
def test_fewer_or_more_epochs_than_before(epochs, given, tmp_path):
    run, path = Run("dropout", callbacks=list, **given), tmp_path / "run.json"
    whole = run.go(path, epochs=2)
    resumed = run.go(path, epochs=epochs)
    assert resumed == (run.go(epochs=epochs) if epochs > 2 else whole)


def test_several_fits_in_a_row(tmp_path):
    path = tmp_path / "run.json"
    run = Run(callbacks=list)
    first = run.go(path)
    assert run.go(path) == first
    model, optimizer = network(1), Adam(0.05)
    given = {"optimizer": optimizer, "batch_size": BATCH, "seed": 3, "checkpoint": path}
    for resume in (False, True):
        fit(model, DATA, epochs=3, resume=resume, **given)
        assert optimizer.recall(model.parameters()[0])[0] == 3 * STEPS
    state = json.loads(path.read_text())
    assert len(state["losses"]) == 3


def test_other_numbers_of_steps_before(tmp_path):
    """An optimizer that has trained before counts on, and rows and dropout follow it."""

    def once_trained(model):
        optimizer = Adam(0.05)
        fit(model, NESTED, optimizer=optimizer, epochs=3, batch_size=3, seed=8)
        return optimizer

    run, path = Run("dropout", once_trained), tmp_path / "run.json"
    run.stopped(path, 6, "true")
    run.optimizer = lambda model: Adam(0.05)
    resumed = run.go(path, Stopping(None, "never"), weights=3)
    run.optimizer = once_trained
    assert resumed == run.go()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer")
@needs_sigint
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # one in a `__del__`
@pytest.mark.parametrize("backend", ["eager", "python", "wasm"])
def test_ctrl_c_at_any_moment(backend, given, tmp_path, capfd):
    """Code trains for many epochs at once, and what is done of them is counted."""
    path, chance = tmp_path / "run.json", Random(backend)
    epochs = {"eager": 60, "python": 300, "wasm": 3_000}[backend]
    run = Run("dropout", callbacks=list, epochs=epochs, **given)
    alone = run.go()
    former = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        for _ in range(5):
            weights = 7 if path.exists() else 0
            with suppress(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-4, 0.08))
                run.go(path, weights=weights)
            signal.setitimer(signal.ITIMER_REAL, 0.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert run.go(path) == alone


def killed_program(path):
    """Return a program that goes on with its run, or does it in one go, and prints what it comes to."""
    kept = f"checkpoint=Checkpoint({str(path)!r}, steps=1), resume=True," if path else ""
    return f"""
from autograd_scratch import Adam, fit
from autograd_scratch.nn import Dropout, Linear, ReLU, Sequential
from autograd_scratch.training import Checkpoint, EarlyStopping

model = Sequential(Linear(2, 6, seed=0), ReLU(), Dropout(0.3), Linear(6, 1, seed=1))
data = [([i / 7.0, (i * 5 % 11) / 11.0], [float(i % 2)]) for i in range(12)]
stopping = EarlyStopping("val_loss", patience=200)
print("ready", flush=True)
history = fit(
    model, data, optimizer=Adam(0.02), epochs=80, batch_size=2, seed=3, validation=0.25,
    callbacks=[stopping], {kept}
)
print(repr([history.losses, history.metrics, model.state_dict(), stopping.best_epoch]))
"""


def progress(path):
    """Return how far the run in a file is; what is not whole is no JSON."""
    state = json.loads(path.read_text()) if path.exists() else {"losses": [], "taken": 0}
    return len(state["losses"]), state["taken"]


@pytest.mark.skipif(os.name != "posix" or sys.platform == "emscripten", reason="kill -9 is POSIX")
def test_killed_at_any_moment(tmp_path):
    path, chance = tmp_path / "run.json", Random(0)

    def start(path):
        program = [sys.executable, "-c", killed_program(path)]
        return subprocess.Popen(program, stdout=subprocess.PIPE, text=True)

    alone, before = start(None), (0, 0)
    for _ in range(3):
        program = start(path)
        while progress(path) <= before and program.poll() is None:
            time.sleep(0.001)
        time.sleep(chance.uniform(0.0, 0.05))
        program.kill()
        program.communicate()
        assert progress(path) > before
        before = progress(path)
    told, _ = start(path).communicate()
    assert told
    assert told == alone.communicate()[0]
