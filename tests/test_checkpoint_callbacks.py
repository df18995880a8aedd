"""What callbacks and losses do to the file of a training run: what they remember, and where they fail."""

import json
import math
import signal

import pytest
from resumed import Everything
from test_watched_training import DATA, needs_sigint

from autograd_scratch import MLP, SGD, Value, fit, mse
from autograd_scratch.errors import (
    DataError,
    ModelFileError,
    NonFiniteError,
    StateError,
)
from autograd_scratch.nn import Module
from autograd_scratch.training import Callback, Checkpoint

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")


class Remembering(Callback):
    """Has a state as it is told to."""

    def __init__(self, state=None, fails=False):
        self.state, self.fails = state, fails

    def on_epoch_end(self, training):
        pass

    def state_dict(self):
        if self.fails == "state_dict":
            raise KeyError("lost")
        return {"state": self.state}

    def load_state_dict(self, state):
        self.state = state["state"]
        if self.fails:
            raise KeyError("lost")


@pytest.mark.parametrize(
    ("callback", "error", "message"),
    [
        (Remembering({1, 2}), DataError, r"state_dict of Remembering gives is \{1, 2\}"),
        (Remembering({1: 2}), DataError, "texts as keys"),
        (Remembering(Value(1.0)), DataError, "state_dict of Remembering gives"),
        (Remembering({"not finite": "nan"}), StateError, "other keys than 'not finite' alone"),
        (Remembering([math.inf, {"not finite": 1}]), StateError, "other keys than 'not finite' alone"),
        (Remembering(fails="state_dict"), StateError, "state_dict of Remembering has failed: KeyError"),
        (
            type("Half", (), {"state_dict": dict, "on_epoch_end": lambda self, training: None})(),
            DataError,
            "Half has one of them",
        ),
    ],
)
def test_a_callback_that_cannot_be_kept_is_told_before_a_step(callback, error, message, tmp_path):
    everything = Everything()
    before = everything.inside()
    with pytest.raises(error, match=message):
        everything.fit(tmp_path / "run.json", callbacks=[callback])
    assert [p.data for p in everything.model.parameters()] == [
        p.data for p in Everything().model.parameters()
    ]
    assert everything.inside() != "" != before
    assert [*tmp_path.iterdir()] == []


def test_a_callback_that_does_not_take_its_state_changes_nothing(tmp_path):
    path = tmp_path / "run.json"
    first, second = Remembering([1, (2.5, math.inf)]), Remembering("not finite")
    Everything(callbacks=[first, second]).fit(path)
    mine, other = Remembering("mine"), Remembering("other", fails=True)
    other.load_state_dict = lambda state: (_ for _ in ()).throw(KeyError("lost"))
    with pytest.raises(ModelFileError, match="load_state_dict of Remembering does not take it: KeyError"):
        Everything(callbacks=[mine, other]).fit(path, resume=True)
    assert mine.state == "mine"
    taken = Remembering(), Remembering()
    Everything(callbacks=[*taken]).fit(path, resume=True)
    assert [each.state for each in taken] == [[1, [2.5, math.inf]], "not finite"]


def test_numbers_that_are_not_finite_are_kept(tmp_path):
    path = tmp_path / "run.json"

    class Mask(Module):
        def __init__(self, mask):
            super().__init__()
            self.values = [Value(number) for number in mask]

    class Masked(MLP):
        def __init__(self, mask):
            super().__init__(2, [1], seed=0)
            self.mask = Mask(mask)
            self.mask.freeze()

    def largest(outputs, targets):
        return math.nan if len(outputs) > 4 else -math.inf

    def given():
        return {"optimizer": SGD(0.1), "epochs": 2, "metrics": {"largest": largest}, "validation": 0.2}

    mask = [-math.inf, math.nan, math.inf, -0.0]
    history = fit(Masked(mask), DATA, checkpoint=path, **given())
    json.loads(path.read_text(), parse_constant=pytest.fail)
    model = Masked([0.0] * 4)
    resumed = fit(model, DATA, checkpoint=path, resume=True, **given())
    assert repr(resumed.data()) == repr(history.data())
    assert repr([each.data for each in model.mask.values]) == repr(mask)


def test_a_loss_that_is_not_finite_leaves_the_steps_before(tmp_path):
    path, steps = tmp_path / "run.json", iter(range(1_000))
    broken = {9}

    def loss(outputs, targets):
        worst = math.inf if next(steps) in broken else 1.0
        return mse(outputs, targets) * worst

    with pytest.raises(NonFiniteError) as caught:
        Everything(loss=loss, validation=None, callbacks=[]).fit(path)
    state = json.loads(path.read_text())
    assert state["losses"] == caught.value.history.losses
    assert (len(state["losses"]), state["taken"]) == (2, 1)
    broken.clear()
    runs = []
    for keeping in (path, tmp_path / "other"):
        everything = Everything(loss=loss, validation=None, callbacks=[])
        runs.append([everything.fit(keeping, resume=True).losses, everything.inside()])
    assert runs[0] == runs[1]


def test_a_step_that_is_not_finite_leaves_the_steps_before(tmp_path):
    path = tmp_path / "run.json"

    class Raising(Callback):
        def on_batch_begin(self, training):
            if (training.epoch, training.batch) == (1, 1):
                training.optimizer.lr = 1e308

    optimizer = SGD(1.0, momentum=0.9)
    loss = "cross_entropy"
    model, data = MLP(2, [2], seed=0), [([1e3, -1e3], i % 2) for i in range(12)]
    given = {"optimizer": optimizer, "loss": loss, "epochs": 3, "batch_size": 4, "callbacks": [Raising()]}
    with pytest.raises(NonFiniteError, match="the step would make"):
        fit(model, data, checkpoint=path, **given)
    state = json.loads(path.read_text())
    assert (len(state["losses"]), state["taken"]) == (1, 1)
    assert state["optimizer"]["state"]["step"] == [4] * 6


def test_settings_come_from_the_file_and_a_callback_may_set_others(tmp_path):
    path = tmp_path / "run.json"

    class Lower(Callback):
        def __init__(self, after):
            self.after = after

        def on_train_begin(self, training):
            self.on_epoch_end(training)

        def on_epoch_end(self, training):
            if len(training.history.losses) == self.after:
                training.optimizer.lr = 0.01

    def go(path, epochs, after, lr=0.5):
        model = MLP(2, [2, 1], "tanh", "sigmoid", seed=0)
        given = {"optimizer": SGD(lr), "epochs": epochs, "callbacks": [Lower(after)], "resume": True}
        return fit(model, DATA, checkpoint=path, **given).losses

    alone = go(tmp_path / "alone", 6, None)
    lowered = go(tmp_path / "lowered", 6, 3)
    assert alone != lowered
    go(path, 3, None)
    content = path.read_bytes()
    assert go(path, 6, None, lr=1e-30) == alone
    path.write_bytes(content)
    assert go(path, 6, 3) == lowered


class Failing:
    def __init__(self, occasion, fails=True):
        self.count, self.fails = 0, fails
        setattr(self, occasion, self._look)

    def _look(self, training):
        self.count += 1
        if self.fails and self.count == 3:
            raise OSError("no such thing")


@pytest.mark.parametrize("every", [{}, {"steps": 1}, {"epochs": 1}])
@pytest.mark.parametrize("occasion", ["epoch_begin", "epoch_end", "batch_begin", "batch_end"])
def test_a_callback_that_fails_loses_nothing_that_was_kept(occasion, every, tmp_path):
    path = tmp_path / "run.json"
    runs = []
    for fails, keeping in ((True, Checkpoint(path, **every)), (False, path), (False, tmp_path / "other")):
        everything = Everything(epochs=4)
        everything.given["callbacks"][1] = Failing(f"on_{occasion}", fails)
        try:
            runs.append([everything.fit(keeping, resume=True).data(), everything.inside()])
        except OSError:
            assert fails
    assert len(runs) == 2
    assert runs[0] == runs[1]


@needs_sigint
def test_ctrl_c_twice_in_a_step_keeps_the_file_before(tmp_path):
    path = tmp_path / "run.json"

    class Twice(Callback):
        def __init__(self, presses):
            self.presses = presses

        def on_epoch_end(self, training):
            if self.presses and training.epoch == 1:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)

    runs = []
    for presses, keeping in ((True, Checkpoint(path, steps=1)), (False, path), (False, tmp_path / "other")):
        everything = Everything()
        everything.given["callbacks"] = [Twice(presses), everything.stopping]
        runs.append([everything.fit(keeping, resume=True).data(), everything.inside()])
    assert runs[0] != runs[1] == runs[2]
