"""Training runs that are stopped and resumed, with all that belongs to them made anew."""

import math
import signal
from itertools import count, product
from random import Random

import pytest
from backends import BACKENDS, given_for
from conftest import long
from test_watched_training import DATA, needs_sigint

from autograd_scratch import MLP, Adam, Value, fit
from autograd_scratch.errors import ModelFileError
from autograd_scratch.nn import LSTM, BatchNorm1d, Dropout, Linear, Module, ReLU, Sequential
from autograd_scratch.optim import ExponentialLR
from autograd_scratch.training import Callback, Checkpoint, EarlyStopping
from autograd_scratch.training.loops import derived

EPOCHS, BATCH = 4, 4  # with 14 rows in 4 steps each, the last of 2 rows
STEPS = 4
NESTED = [(x, [y]) for x, y in DATA]
ROWS = [([x, [0.5 - x[0], x[1]]], [y]) for x, y in DATA]


def network(seed):
    return MLP(2, [3, 1], "tanh", "sigmoid", seed=seed)


def layers(seed):
    return Sequential(Linear(2, 3, seed=seed), ReLU(), Linear(3, 1, seed=seed + 1))


def with_dropout(seed):
    return Sequential(Linear(2, 4, seed=seed), ReLU(), Dropout(0.4), Linear(4, 1, seed=seed + 1))


def with_norm(seed):
    return Sequential(Linear(2, 4, seed=seed), BatchNorm1d(4), ReLU(), Linear(4, 1, seed=seed + 1))


def partly_frozen(seed):
    model = layers(seed)
    model[0].freeze()
    return model


class Recurrent(Module):
    """Answers to the last of several steps."""

    wants_batch = True

    def __init__(self, seed):
        super().__init__()
        self.cell = LSTM(2, 2, batch_first=True, seed=seed)
        self.head = Linear(2, 1, seed=seed + 1)

    def forward(self, x):
        return self.head(self.cell(x)[0][:, -1])


class Plain:
    """No Module at all."""

    def __init__(self, seed):
        drawn = Random(seed)
        self.weights = [Value(drawn.uniform(-1.0, 1.0)) for _ in range(3)]

    def parameters(self):
        return self.weights

    def __call__(self, x):
        a, b, c = self.weights
        return (a * x[0] + b * x[1] + c).sigmoid()


MODELS = {
    "network": (network, DATA),
    "layers": (layers, NESTED),
    "dropout": (with_dropout, NESTED),
    "norm": (with_norm, NESTED),
    "frozen": (partly_frozen, NESTED),
    "recurrent": (Recurrent, ROWS),
    "plain": (Plain, DATA),
}


class Seeing(Callback):
    """Remembers what it is shown at the ends of steps and epochs, through a file too."""

    def __init__(self):
        self.seen = []

    def on_batch_end(self, training):
        self.seen.append([training.epoch, training.batch, training.loss, training.optimizer.lr])

    def on_epoch_end(self, training):
        self.seen.append([training.epoch, training.loss, len(training.history.losses)])

    def state_dict(self):
        return {"seen": self.seen, "nothing yet": math.inf}

    def load_state_dict(self, state):
        assert state["nothing yet"] == math.inf
        self.seen = state["seen"]


class StoppedError(Exception):
    pass


class Stopping(Callback):
    """Ends a training after some steps in one of several ways."""

    def __init__(self, after, how):
        self.after, self.how, self.steps = after, how, count(1)

    def on_batch_end(self, training):
        if next(self.steps) != self.after:
            return False
        if self.how == "error":
            raise StoppedError
        if self.how == "Ctrl-C":
            signal.raise_signal(signal.SIGINT)
        return self.how == "true"


class Run:
    """A training run with all that belongs to it, made anew each time, from other weights."""

    def __init__(self, model="network", optimizer=None, schedule=None, callbacks=None, **given):
        self.make, self.rows = MODELS[model]
        self.optimizer = optimizer or (lambda model: Adam(0.05))
        self.schedule = schedule
        self.callbacks = callbacks or (lambda: [Seeing()])
        self.given = {"batch_size": BATCH, "seed": lambda: 3, "epochs": EPOCHS} | given

    def go(self, path=None, *others, weights=0, **more):
        """Train, and return what is to be the same."""
        model = self.make(weights)
        optimizer, callbacks = self.optimizer(model), self.callbacks()
        given = self.given | more
        if callable(given["seed"]):
            given["seed"] = given["seed"]()
        if self.schedule:
            given["schedule"] = self.schedule(optimizer)
        kept = {} if path is None else {"checkpoint": path, "resume": True}
        history = fit(
            model, self.rows, optimizer=optimizer, callbacks=[*callbacks, *others], **given, **kept
        )
        return {
            "history": history.data(),
            "stopped": history.stopped,
            "weights": model.state_dict() if isinstance(model, Module) else [p.data for p in model.weights],
            "optimizer": optimizer.state_dict(*([] if optimizer.param_groups[0]["params"] else [model])),
            "callbacks": [getattr(each, "state_dict", dict)() for each in callbacks],
        }

    def stopped(self, path, after, how, **more):
        """Train until it is stopped after some steps; an error in a step leaves the file before it."""
        if how == "Ctrl-C" and needs_sigint.args[0]:
            pytest.skip(needs_sigint.kwargs["reason"])
        stopping = Stopping(after, how)
        try:
            self.go(Checkpoint(path, steps=1), stopping, **more)
        except StoppedError:
            assert how == "error"

    def check(self, tmp_path, *stops, how="true"):
        """Compare a run that was stopped after some steps, and again after more, with one that was not."""
        path = tmp_path / "run.json"
        for weights, after in enumerate(stops):
            self.stopped(path, after, how, weights=weights)
            assert path.exists()
        # what stops has no state of its own, but its place among the callbacks
        resumed = self.go(path, Stopping(None, "never"), weights=len(stops))
        assert resumed == self.go()
        again = self.go(path, Stopping(None, "never"), weights=9)
        assert again == resumed


def prepared(backend, monkeypatch):
    """Return what `fit` is given for a backend."""
    if "arrays" in backend:
        monkeypatch.setattr(derived, "LARGE", 0)
    return given_for(backend)


def in_backends(*columns):
    """Return each combination with each backend; what tells nothing new of one is long, as numba is."""
    seen, marked = set(), []
    for backend, *case in product(BACKENDS, *columns):
        new = {(backend, i, str(each)) for i, each in enumerate(case)} - seen
        seen |= new
        case_of = pytest.param if new and "numba" not in backend else long
        told = [each.__name__ if callable(each) else str(each) for each in case]
        marked.append(case_of(backend, *case, id="-".join([backend, *told])))
    return marked


class HalfWay(Callback):
    """Stops in the middle of the second epoch."""

    def __init__(self, last=True):
        self.last = last

    def on_batch_end(self, training):
        return self.last and (training.epoch, training.batch) == (1, 2)


class Everything:
    """A model, an optimizer, a schedule and callbacks, with which a run is begun or resumed."""

    def __init__(self, **other):
        self.model = MLP(2, [2, 1], "tanh", "sigmoid", seed=other.pop("weights", 0))
        self.optimizer = Adam(0.05)
        self.schedule = ExponentialLR(gamma=0.9)
        self.stopping, self.last = EarlyStopping("val_loss"), HalfWay()
        self.given = {
            "epochs": 3,
            "batch_size": 4,
            "seed": 3,
            "validation": 0.3,
            "metrics": ["mse"],
            "optimizer": self.optimizer,
            "schedule": self.schedule,
            "callbacks": [self.stopping, self.last],
        } | other

    def fit(self, path, **more):
        given = {"checkpoint": path, **self.given, **more}
        data = given.pop("data", DATA)
        return fit(given.pop("model", self.model), data, **given)

    def inside(self):
        model, optimizer = self.given.get("model", self.model), self.given["optimizer"]
        own = [] if optimizer.param_groups[0]["params"] else [model]
        return repr(
            [
                [p.data for p in model.parameters()],
                optimizer.state_dict(*own),
                self.schedule.state_dict(),
                self.stopping.state_dict(),
            ]
        )


def refused(path, message="", **other):
    """Return what a refusal says; nothing is changed by it."""
    everything = Everything(weights=9, **other)
    before, content = everything.inside(), path.read_bytes()
    with pytest.raises(ModelFileError, match=message or None) as caught:
        everything.fit(path, resume=True)
    assert everything.inside() == before
    assert path.read_bytes() == content
    return str(caught.value)


def tried(path, **other):
    """Go on, or be refused with nothing changed; say which."""
    everything = Everything(weights=9, **other)
    before = everything.inside()
    try:
        everything.fit(path, resume=True, epochs=1)  # which is over: nothing is computed of wrong numbers
    except ModelFileError:
        assert everything.inside() == before
        return False
    return True
