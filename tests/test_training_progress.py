"""How far a training run is, in a terminal, in a notebook, and in a pipe."""

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr

import pytest

from autograd_scratch import MLP, SGD, fit, sweep
from autograd_scratch.datasets import XOR
from autograd_scratch.training.callbacks import progress

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")

ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
SETTINGS = {
    "eager": {},
    "batches": {"batch_size": 1, "seed": 0, "validation": 0.25},
    "derived": {"engine": "derived", "backend": "python"},
}


CELL = """
from autograd_scratch import MLP, SGD, fit
from autograd_scratch.datasets import XOR
from autograd_scratch.training.callbacks import progress
progress._PERIOD = 0.0
model = MLP(2, [3, 1], "tanh", seed=0)
history = fit(model, XOR, optimizer=SGD(0.5), epochs=4, progress=True)
"""


def trained(epochs=5, **given):
    model = MLP(2, [3, 1], "tanh", seed=0)
    return fit(model, XOR, optimizer=SGD(0.5), epochs=epochs, progress=True, **given), model


@pytest.fixture
def always(monkeypatch):
    """Show each step."""
    monkeypatch.setattr(progress, "_PERIOD", 0.0)


class OfTerminal(io.StringIO):
    def isatty(self):
        return True


def frames_of(out):
    lines = re.split(r"[\r\n]+", ANSI.sub("", out.getvalue()))
    return [line.strip() for line in lines if line.strip()]


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_terminal_shows_a_bar(settings, always, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    out = OfTerminal()
    with redirect_stderr(out):
        history, _ = trained(**settings)
    frames = frames_of(out)
    last = history.losses[-1]
    assert f"epoch 5 of 5, loss {last:.4g}" in frames[-1]
    assert any(f"epoch 1 of 5, loss {history.losses[0]:.4g}" in frame for frame in frames)
    assert ("val_loss" in frames[-1]) == ("validation" in settings)
    assert all(len(frame) <= 100 for frame in frames)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_pipe_is_left_alone(settings, capfd, always):
    shown, model = trained(**settings)
    assert capfd.readouterr() == ("", "")
    silent = MLP(2, [3, 1], "tanh", seed=0)
    history = fit(silent, XOR, optimizer=SGD(0.5), epochs=5, **settings)
    assert (history.losses, silent.state_dict()) == (shown.losses, model.state_dict())


def test_a_bar_is_there_after_ctrl_c_and_the_terminal_as_before(always, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")

    def interrupting(epoch, loss):
        if epoch == 2:
            raise KeyboardInterrupt

    out = OfTerminal()
    with redirect_stderr(out):
        history, _ = trained(on_epoch=interrupting)
    text = out.getvalue()
    assert text.count("\x1b[?25h") == text.count("\x1b[?25l") == 1  # the cursor
    assert history.stopped == "interrupted in epoch 3"
    assert "fit: interrupted in epoch 3" in ANSI.sub("", text)


def test_nothing_is_shown_where_there_is_no_standard_error(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert len(trained()[0].losses) == 5


def test_a_notebook_has_one_output_that_is_written_anew():
    executing = pytest.importorskip("tests.notebooks.executing")
    notebook = executing.executed(executing.notebook_of([CELL]))
    (output,) = notebook.cells[-1].outputs
    assert output["output_type"] == "display_data"
    assert output["data"]["text/plain"].startswith("epoch 4 of 4, loss ")
    assert output["data"]["text/html"].startswith('<progress max="4" value="4"></progress> epoch 4 of 4')


@pytest.mark.skipif(sys.platform == "emscripten", reason="no processes here")
def test_neither_rich_nor_a_notebook_is_loaded_for_nothing():
    program = (
        "import sys; from autograd_scratch import MLP, SGD, fit; from autograd_scratch.datasets import XOR;"
        "fit(MLP(2, [1], seed=0), XOR, optimizer=SGD(0.1), epochs=1, progress=True);"
        "print([name for name in ('rich', 'IPython') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, env={**os.environ}
    )
    assert (run.stdout.strip(), run.stderr) == ("[]", "")


def build(seed, hidden):
    if hidden == 3 and seed == 1:
        raise ValueError("three is too few")
    return MLP(2, [hidden, 1], "tanh", seed=seed)


def test_a_sweep_has_one_bar_of_its_runs(always, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    out = OfTerminal()
    settings = {"seeds": range(2), "grid": {"hidden": [2, 3]}, "optimizer": SGD(0.5), "epochs": 3}
    with redirect_stderr(out):
        found = sweep(build, XOR, **settings, progress=True)
    frames = frames_of(out)
    assert frames[-1].startswith("━" * 20 + " 4 runs, 1 failed; best: ")
    assert f"best: {found.best.name}, loss {found.best.loss:.6g}, " in frames[-1]
    assert any("1 of 4 runs; best: hidden=2, seed=0, loss " in frame for frame in frames)
    assert not any("epoch" in frame for frame in frames)


def test_a_sweep_that_is_ended_leaves_the_terminal_as_it_was(always, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")

    built = []

    def interrupting(seed):
        built.append(seed)
        if len(built) == 3:  # two are tried out
            raise KeyboardInterrupt
        return MLP(2, [2, 1], seed=seed)

    out = OfTerminal()
    with redirect_stderr(out), pytest.raises(KeyboardInterrupt):
        sweep(interrupting, XOR, optimizer=SGD(0.5), epochs=3, progress=True)
    text = out.getvalue()
    assert text.count("\x1b[?25h") == text.count("\x1b[?25l") == 1  # the cursor
    assert "0 of 1 runs" in ANSI.sub("", text)
