"""Sweeps over seeds and settings: here, in threads and in processes."""

import functools
import gc
import math
import os
import pickle
import shutil
import signal
import statistics
import subprocess
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest
import sweeps
from conftest import saying
from sweeps import PAIRS, ROWS

from autograd_scratch import MLP, SGD, Adam, fit, optim
from autograd_scratch.errors import (
    CallError,
    DataError,
    ExecutorError,
    ExecutorTimeoutError,
    MissingPackageError,
    NonFiniteError,
    ShapeError,
    UnknownNameError,
)
from autograd_scratch.training import History
from autograd_scratch.training.sweeps.sweeping import sweep
from autograd_scratch.training.sweeps.swept import Sweep, SweepRow

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")

HERE = Path(__file__).parent
GRID = {"hidden": [2, 3], "lr": [0.1, 0.5]}
PLAIN = {"seeds": range(2), "grid": GRID, "optimizer": SGD, "epochs": 4}


@pytest.fixture(scope="module")
def processes():
    with sweeps.spawned(2) as executor:
        yield executor


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_each_run_is_that_of_a_loop_of_ones_own():
    found = sweep(sweeps.build, PAIRS, **PLAIN, metrics={"error": "mse"})
    expected = []
    for hidden in GRID["hidden"]:
        for lr in GRID["lr"]:
            for seed in range(2):
                model = sweeps.build(seed, hidden)
                history = fit(model, PAIRS, optimizer=SGD(lr), epochs=4, metrics={"error": "mse"})
                expected.append(({"hidden": hidden, "lr": lr}, seed, history.losses, model.state_dict()))
    assert [(dict(r.settings), r.seed, r.history.losses, r.model.state_dict()) for r in found] == expected
    assert found.best.loss == min(losses[-1] for _, _, losses, _ in expected)


WORKS = {
    "eager": (sweeps.build, PAIRS, PLAIN),
    "derived": (sweeps.build, PAIRS, {**PLAIN, "engine": "derived", "metrics": {"e": "mse"}}),
    "machine code": (sweeps.build, PAIRS, {**PLAIN, "engine": "derived", "backend": "wasm"}),
    "chance, batches, a class that cannot be sent": (
        sweeps.of_a_local_class,
        ROWS,
        {"seeds": [3, 1], "optimizer": Adam, "lr": 0.1, "epochs": 3, "batch_size": 2},
    ),
    "an optimizer of its own": (
        sweeps.with_optimizer,
        PAIRS,
        {"seeds": [0, 2], "grid": {"lr": [0.1]}, "epochs": 3},
    ),
    "runs that fail": (sweeps.build, PAIRS, {**PLAIN, "grid": {"lr": [0.1, 1e200]}}),
}


@pytest.mark.parametrize(("build", "data", "settings"), WORKS.values(), ids=WORKS)
def test_results_are_the_same_wherever_they_come_from(build, data, settings, threads, processes):
    here = sweeps.numbers(sweep(build, data, **settings))
    assert here == sweeps.numbers(sweep(build, data, **settings))
    for executor in (threads, processes):
        assert sweeps.numbers(sweep(build, data, **settings, executor=executor, timeout=60.0)) == here
    assert gc.isenabled()


def test_a_model_that_cannot_be_sent_is_made_anew(processes):
    (row,) = sweep(
        sweeps.of_a_local_class, ROWS, optimizer=SGD, lr=0.1, epochs=2, executor=processes, timeout=60.0
    )
    assert type(row.model).__qualname__ == "of_a_local_class.<locals>.Net"
    assert int(row.model.state_dict()["net.1.num_batches_tracked"]) == 2


# whom settings are for


def made_with(**settings):
    """Return the optimizer's text and the number of epochs of a run."""
    settings = {"optimizer": SGD, "lr": 0.1, "epochs": 2, **settings}
    build = settings.pop("build", sweeps.build)
    (row,) = sweep(build, PAIRS, **settings)
    return row.history.settings, len(row.history.losses)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "mse, SGD(lr=0.1)"),
        ({"momentum": 0.5}, "mse, SGD(lr=0.1, momentum=0.5)"),
        ({"optimizer": SGD(0.3, momentum=0.9, nesterov=True)}, "SGD(lr=0.1, momentum=0.9, nesterov=True)"),
        ({"optimizer": SGD(0.3), "momentum": 0.9, "nesterov": True}, "momentum=0.9, nesterov=True"),
        ({"optimizer": lambda lr: SGD(2 * lr)}, "SGD(lr=0.2)"),
        ({"optimizer": lambda **settings: Adam(**settings)}, "Adam(lr=0.1)"),
        (
            {"optimizer": lambda model, lr: SGD([{"params": model.layers[0], "lr": lr}], 0.7)},
            "[{'lr': 0.1}]",
        ),
        ({"optimizer": functools.partial(SGD, momentum=0.5)}, "SGD(lr=0.1, momentum=0.5)"),
        ({"build": sweeps.with_optimizer, "optimizer": None}, "SGD(lr=0.1, momentum=0.5)"),
        ({"schedule": optim.StepLR(step_size=1)}, "SGD(lr=0.1), StepLR(step_size=1)"),
    ],
)
def test_settings_come_to_the_optimizer(settings, told):
    assert told in made_with(**settings)[0]


def test_a_setting_comes_to_all_who_take_it():
    seen = []

    def build(seed, epochs, lr, **rest):
        seen.append((epochs, lr, rest))
        return MLP(2, [2, 1], seed=seed, **rest)

    told, epochs = made_with(build=build, activation="tanh", epochs=3)
    assert {(e, lr, *rest.items()) for e, lr, rest in seen} == {(3, 0.1, ("activation", "tanh"))}
    assert (told, epochs) == ("mse, SGD(lr=0.1)", 3)


def test_the_grid_may_be_of_optimizers_losses_and_epochs():
    grid = {"optimizer": [SGD, Adam(0.2)], "loss": ["mse", "smooth_l1"], "epochs": [1, 2]}
    found = sweep(sweeps.build, PAIRS, grid=grid, lr=0.1)
    assert [row.history.settings.split("(")[0] for row in found] == [
        f"{loss}, {name}" for name in ("SGD", "Adam") for loss in ("mse", "smooth_l1") for _ in (1, 2)
    ]
    assert [len(row.history.losses) for row in found] == [1, 2] * 4
    assert list(found.data()) == ["optimizer", "loss", "epochs", "seed", "loss_", "error"]


def test_what_is_given_stays_as_it_was():
    optimizer, schedule = SGD(0.3, momentum=0.9), optim.StepLR(step_size=1)
    first = sweep(sweeps.build, PAIRS, seeds=[0, 1], optimizer=optimizer, schedule=schedule, epochs=3)
    assert repr(optimizer) == "SGD(lr=0.3, momentum=0.9)"
    again = sweep(sweeps.build, PAIRS, seeds=[1, 0], optimizer=optimizer, schedule=schedule, epochs=3)
    assert sweeps.numbers(first) == sweeps.numbers(again)[::-1]


def test_batches_follow_from_the_seed_unless_there_is_another_one():
    batches = {"optimizer": SGD, "lr": 0.1, "epochs": 2, "batch_size": 3, "seeds": [5]}
    for settings, seed in (({}, 5), ({"seed": 1}, 1), ({"seed": None}, None)):
        model = sweeps.build(5)
        fit(model, PAIRS, optimizer=SGD(0.1), epochs=2, batch_size=3, seed=seed)
        (row,) = sweep(sweeps.build, PAIRS, **batches, **settings)
        assert row.model.state_dict() == model.state_dict()


def test_data_may_be_given_apart_and_once():
    pairs = sweep(sweeps.build, PAIRS, **PLAIN)
    apart = sweep(sweeps.build, (x for x, _ in PAIRS), (y for _, y in PAIRS), **PLAIN)
    once = sweep(sweeps.build, zip(*zip(*PAIRS)), **PLAIN)
    assert sweeps.numbers(pairs) == sweeps.numbers(apart) == sweeps.numbers(once)


SHARED = MLP(2, [2, 1], seed=0)


def without_model(seed):
    sweeps.build(seed)


@pytest.mark.parametrize("settings", [{}, {"batch_size": 4}])
def test_rows_that_are_held_out_follow_from_the_seed(settings):
    rows = [([x / 20.0, 1.0], float(x >= 10)) for x in range(20)]  # sorted by their class
    seen = []

    def targets_of(outputs, targets):
        seen.append(tuple(targets))
        return 0.0

    given = {"optimizer": SGD(0.1), "epochs": 1, "validation": 0.5, "metrics": [targets_of], **settings}
    sweep(lambda seed: MLP(2, [2, 1], seed=seed), rows, seeds=[3, 4], **given)
    held_out = seen[1::2]
    assert len({*held_out}) == 2
    assert all({0.0, 1.0} == {*targets} for targets in held_out)
    for seed, expected in zip([3, 4], held_out):
        seen.clear()
        fit(MLP(2, [2, 1], seed=seed), rows, **given, seed=seed)
        assert seen[1] == expected
    seen.clear()
    sweep(lambda seed: MLP(2, [2, 1], seed=seed), rows, seeds=[3, 4], **given, seed=0)
    assert seen[1] == seen[3]


def refusals():
    """Yield the kind of an error, words of it, and what makes it instead of what is right."""
    yield (
        CallError,
        "neither build, fit nor SGD takes 'learning_rate'; did you mean lr?",
        {"learning_rate": 1},
    )
    yield CallError, "did you mean hidden?", {"grid": {"hiden": [1]}}
    yield CallError, "did you mean epochs?", {"n_epochs": 5}
    yield CallError, "did you mean executor? Write executor=ThreadPoolExecutor(4)", {"n_jobs": 4}
    yield CallError, "did you mean grid? Write grid=", {"param_grid": {}}
    yield CallError, "did you mean validation?", {"validation_split": 0.2}
    yield CallError, "for folds write", {"cv": 5}
    yield CallError, "build takes seed, hidden; fit takes loss, ", {"zzz": 5}
    yield CallError, "lr, need one: write optimizer=SGD", {"optimizer": None, "zzz": 1}
    yield CallError, "sweep lacks 'epochs'", {"epochs": "left out"}
    yield CallError, "a checkpoint is the file of one run", {"checkpoint": "run.json"}
    yield (
        CallError,
        "build cannot be called with the settings (missing",
        {"build": lambda seed, depth: SHARED},
    )
    yield CallError, "does not take it: write lambda seed", {"build": lambda hidden=1: SHARED}
    yield DataError, "build is a function that makes a new model", {"build": SHARED}
    yield DataError, "not None; is a return missing?", {"build": without_model}
    yield DataError, "build gives the same model each time", {"build": lambda seed: SHARED}
    yield DataError, "build gives other weights each time", {"build": lambda seed: MLP(2, [2, 1])}
    yield DataError, "sweep lacks an optimizer", {"optimizer": None, "lr": "left out"}
    yield DataError, "SGD needs a learning rate", {"lr": "left out"}
    yield DataError, "this SGD has parameters of a model", {"optimizer": SGD(SHARED, lr=0.1)}
    yield DataError, "the function for the optimizer gives one", {"optimizer": lambda lr: lr}
    yield DataError, "the optimizer of a sweep is a class such as SGD", {"optimizer": "sgd"}
    yield DataError, "list is a class", {"optimizer": list}
    yield (
        DataError,
        "there is another one",
        {"build": sweeps.with_optimizer, "lr": 0.1, "optimizer": SGD},
    )
    yield DataError, "write seeds=range(8)", {"seeds": []}
    yield DataError, "write seeds=range(3)", {"seeds": 3}
    yield DataError, "seed 1 is there twice", {"seeds": [1, 2, 1]}
    yield DataError, "a seed must be a whole number from 0 on", {"seeds": [0.5]}
    yield DataError, "a seed must be a whole number from 0 on", {"seeds": [-1]}
    yield DataError, "a grid is a dict of lists", {"grid": [("hidden", [2])]}
    yield DataError, "write 'hidden': [4]", {"grid": {"hidden": 4}}
    yield DataError, "write 'loss': ['mse']", {"grid": {"loss": "mse"}}
    yield DataError, "no values for 'hidden'", {"grid": {"hidden": []}}
    yield DataError, "a value of 'hidden' twice", {"grid": {"hidden": [4, 2, 4]}}
    yield DataError, "lr is in the grid, and is given by lr=", {"grid": {"lr": [0.1]}}
    yield DataError, "write seeds=range(8)", {"grid": {"seed": [0, 1]}}
    yield DataError, "metrics can be gone through once", {"metrics": iter(())}
    yield DataError, "an executor is one such as ThreadPoolExecutor(4)", {"executor": 2}
    yield DataError, "retries", {"retries": 0.5}
    yield DataError, "timeout", {"timeout": 0}
    yield ShapeError, "write sweep(model, X, y, ...)", {"data": [1.0, 2.0]}


@pytest.mark.parametrize(("kind", "words", "settings"), [*refusals()])
def test_what_cannot_be_meant_is_refused(kind, words, settings):
    given = {"build": sweeps.build, "data": PAIRS, "optimizer": SGD, "lr": 0.1, "epochs": 2, **settings}
    given = {
        name: each for name, each in given.items() if not (isinstance(each, str) and each == "left out")
    }
    with saying(kind, words):
        sweep(given.pop("build"), given.pop("data"), **given)


# what goes wrong on the way


def test_a_run_that_fails_is_a_row(threads):
    for executor in (None, threads):
        found = sweep(sweeps.build, PAIRS, **{**PLAIN, "grid": {"lr": [1e200, 0.1]}, "executor": executor})
        assert [type(row.error) for row in found] == [
            NonFiniteError,
            NonFiniteError,
            type(None),
            type(None),
        ]
        assert found[0].model is found[0].history is None
        assert math.isnan(found[0].loss)
        assert found.best.settings["lr"] == 0.1
        assert [row.settings["lr"] for row in found.ranked()] == [0.1, 0.1, 1e200, 1e200]
        assert found[0].error.__traceback__ is None
        assert "line" in found[0].error.__notes__[-1]
        assert "4 runs, 2 failed; best: lr=0.1, seed=" in str(found)
        assert [(each.runs, each.finished) for each in found.summary()] == [(2, 0), (2, 2)]


def test_where_all_runs_fail_the_first_error_is_raised():
    with saying(NonFiniteError, "the loss is inf") as caught:
        sweep(sweeps.build, PAIRS, **{**PLAIN, "grid": {"lr": [1e200]}})
    assert "all 2 runs of the sweep failed" in caught.value.__notes__[-1]
    with saying(UnknownNameError, "no loss is called 'none'"):
        sweep(sweeps.build, PAIRS, **PLAIN, loss="none")


def test_the_runs_that_a_dead_worker_had_are_named_and_the_others_are_kept():
    settings = {"optimizer": SGD, "lr": 0.1, "epochs": 2}
    with sweeps.spawned(1) as executor:
        with saying(ExecutorError, "2 of 3 are lost: seed=1; seed=2 (BrokenProcessPool: ") as caught:
            sweep(sweeps.fatal, PAIRS, seeds=range(3), **settings, executor=executor, timeout=60.0)
        finished = caught.value.finished
        assert sweeps.numbers(finished) == sweeps.numbers(sweep(sweeps.build, PAIRS, **settings))
        assert finished.interrupted
        assert "1 of 3 runs, the others have not finished" in repr(finished)
        with saying(ExecutorError, "takes no calls (BrokenProcessPool: "):
            sweep(sweeps.build, PAIRS, **settings, executor=executor)


def test_lambdas_are_for_threads(threads, processes):
    settings = {"optimizer": SGD, "lr": 0.1, "epochs": 2, "timeout": 60.0}
    assert len(sweep(lambda seed: MLP(2, [1], seed=seed), PAIRS, **settings, executor=threads)) == 1
    with saying(ExecutorError, "cannot be sent to another process", "def and class at the top of a module"):
        sweep(lambda seed: MLP(2, [1], seed=seed), PAIRS, **settings, executor=processes)
    assert len(sweep(sweeps.build, PAIRS, **settings, executor=processes)) == 1


class Idle(Executor):
    """An executor without workers."""

    def submit(self, function, *args):
        from concurrent.futures import Future

        return Future()


def test_without_workers_the_time_is_over():
    with saying(ExecutorTimeoutError, "4 of 4 are not", "lr=0.1, seed=0", "any workers?") as caught:
        sweep(sweeps.build, PAIRS, **{**PLAIN, "grid": {"lr": [0.1, 0.2]}}, executor=Idle(), timeout=0.02)
    assert len(caught.value.finished) == 0
    assert str(caught.value.finished) == "no run has finished"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs signals")
def test_ctrl_c_keeps_what_has_finished():
    epochs = []

    def interrupting(epoch, loss):
        epochs.append(epoch)
        if len(epochs) == 5:
            os.kill(os.getpid(), signal.SIGINT)

    settings = {"optimizer": SGD, "lr": 0.1, "epochs": 2}
    found = sweep(sweeps.build, PAIRS, seeds=range(9), **settings, on_epoch=interrupting)
    assert found.interrupted
    assert [row.seed for row in found] == [0, 1]
    assert sweeps.numbers(found) == sweeps.numbers(sweep(sweeps.build, PAIRS, seeds=range(2), **settings))
    epochs[:] = range(4)
    with pytest.raises(KeyboardInterrupt):
        sweep(sweeps.build, PAIRS, **settings, on_epoch=interrupting)


def run_script(text, folder, *command):
    path = folder / "script.py"
    path.write_text(text)
    paths = os.pathsep.join([str(HERE), str(HERE.parent)])
    return subprocess.run(
        [*command, sys.executable, "-W", "error", *(["-m", "mpi4py.futures"] if command else []), path],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        start_new_session=True,
    )


INTERRUPTED = """
import os, pathlib, signal, time
from autograd_scratch import SGD
from autograd_scratch.training.sweeps.sweeping import sweep
from killing import when_there
from sweeps import PAIRS, spawned, waiting_once

def press(_):
    time.sleep(2.0)  # until what is done has come here
    os.killpg(0, signal.SIGINT)

if __name__ == "__main__":
    sign = pathlib.Path(__file__).with_name("sign")
    with spawned(1) as executor:
        thread = when_there(sign, press)
        found = sweep(waiting_once, PAIRS, seeds=range(6), sign=str(sign), optimizer=SGD, lr=0.1, epochs=2,
                      executor=executor)
    thread.join()
    print([row.seed for row in found if row.seed < 4], found.interrupted)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
def test_ctrl_c_in_a_terminal_comes_to_workers_too(tmp_path):
    """What was handed to a worker before may still be done by it, as seed 4."""
    run = run_script(INTERRUPTED, tmp_path)
    assert run.stdout == "[0, 1, 2] True\n", run.stderr


UNGUARDED = """
from autograd_scratch import SGD
from autograd_scratch.training.sweeps.sweeping import sweep
from sweeps import PAIRS, build, spawned

with spawned(1) as executor:
    sweep(build, PAIRS, optimizer=SGD, lr=0.1, epochs=2, executor=executor)
"""


def test_a_file_that_begins_itself_anew_is_told_the_line_that_it_lacks(tmp_path):
    run = run_script(UNGUARDED, tmp_path)
    *_, last = filter(None, run.stderr.splitlines())
    assert last.startswith(
        "autograd_scratch.errors.ExecutorError: 1 of 1 is lost: seed=0 (BrokenProcessPool"
    )
    assert 'lacks if __name__ == "__main__":' in last


BY_MPI = """
from autograd_scratch import SGD
from autograd_scratch.training.sweeps.sweeping import sweep
from sweeps import PAIRS, build, numbers

if __name__ == "__main__":
    from mpi4py.futures import MPIPoolExecutor

    settings = {"seeds": range(3), "grid": {"lr": [0.1, 1e200]}, "optimizer": SGD, "epochs": 3}
    with MPIPoolExecutor() as executor:
        found = sweep(build, PAIRS, **settings, executor=executor, timeout=60.0)
    print(numbers(found) == numbers(sweep(build, PAIRS, **settings)), len(found))
"""


def test_mpi_gives_the_same(tmp_path):
    pytest.importorskip("mpi4py")
    launcher = shutil.which(
        "mpiexec", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    if launcher is None:
        pytest.skip("mpi4py is here, but no mpiexec")
    run = run_script(BY_MPI, tmp_path, launcher, "-n", "2")
    assert run.stdout == "True 6\n", run.stderr


# what has been found


def row(loss, seed=0, settings=None, **metrics):
    history = History([9.0, loss], {name: [9.0, x] for name, x in metrics.items()})
    return SweepRow(settings or {}, seed, history, "a model")


def failed(seed, settings, words="no good\nat all"):
    return SweepRow(settings, seed, error=ValueError(words))


A, B = {"lr": 0.1, "f": len}, {"lr": 2.0, "f": max}
SAMPLE = Sweep(
    [row(0.5, 0, A), row(1.5, 1, A), row(2.5, 2, A), row(0.25, 0, B), failed(1, B), row(math.nan, 2, B)]
)


def test_seeds_are_summed_up():
    first, second = SAMPLE.summary()
    losses = [0.5, 1.5, 2.5]
    assert first[:5] == (A, 3, 3, statistics.mean(losses), statistics.stdev(losses))
    assert second[:4] == (B, 3, 1, 0.25)
    assert math.isnan(second.spread)
    assert (first.best, second.best) == (SAMPLE[0], SAMPLE[3])


def test_the_best_is_by_what_is_asked_for_and_nan_is_last():
    assert [r.loss for r in SAMPLE.ranked()[:4]] == [0.25, 0.5, 1.5, 2.5]
    assert SAMPLE.best is SAMPLE[3]
    assert SAMPLE.ranked(largest=True)[0] is SAMPLE[2]
    measured = [(1.0, 0.9, math.nan), (2.0, 0.5, 0.25), (3.0, 0.7, 0.5)]
    found = Sweep([row(x, i, val_loss=v, test_accuracy=a) for i, (x, v, a) in enumerate(measured)])
    assert found.best.seed == 1
    assert [r.seed for r in found.ranked("loss")] == [0, 1, 2]
    assert [r.seed for r in found.ranked("test_accuracy")] == [2, 1, 0]
    assert [r.seed for r in found.ranked("test_accuracy", largest=False)] == [1, 2, 0]
    with saying(
        UnknownNameError, "no number that runs have is called 'val_los'", "did you mean 'val_loss'"
    ):
        found.ranked("val_los")


def test_a_sweep_is_printed_as_a_table_of_its_combinations():
    assert str(SAMPLE).splitlines() == [
        "6 runs, 1 failed; best: lr=2, f=max, seed=0, loss 0.25",
        "lr   f      runs  mean loss  spread  best  seed",
        "---  ---  ------  ---------  ------  ----  ----",
        "0.1  len       3       1.5        1  0.5      0",
        "2    max  1 of 3       0.25       -  0.25     0",
        "lr=2, f=max, seed=1 failed: ValueError: no good",
    ]
    assert repr(SAMPLE) == "<sweep of 6 runs, 1 failed; best: lr=2, f=max, seed=0, loss 0.25>"


def test_one_combination_is_printed_as_a_table_of_its_seeds():
    assert str(Sweep([row(0.5, 7, A, error=0.125), failed(8, A)])).splitlines() == [
        "2 runs, 1 failed; best: lr=0.1, f=len, seed=7, loss 0.5",
        "seed  loss  error",
        "----  ----  -----",
        "   7   0.5  0.125",
        "   8   -    -",
        "lr=0.1, f=len, seed=8 failed: ValueError: no good",
    ]


def test_a_long_table_is_cut():
    found = Sweep([row(float(i), i, {"lr": float(i)}) for i in range(50)])
    assert str(found).splitlines()[-1] == "... 30 more; .data() has them all"
    assert found._repr_html_().count("<tr>") == 21


def test_a_notebook_shows_the_table():
    shown = SAMPLE._repr_html_()
    for cell in ("0.1", "len", "1 of 3", "mean loss"):
        assert f">{cell}</t" in shown
    assert "best: lr=2" in shown


def test_data_are_columns():
    data = SAMPLE.data()
    assert {name: column[:4] for name, column in data.items()} == {
        "lr": [0.1, 0.1, 0.1, 2.0],
        "f": [len, len, len, max],
        "seed": [0, 1, 2, 0],
        "loss": [0.5, 1.5, 2.5, 0.25],
        "error": [None] * 4,
    }
    assert data["error"][4] == "ValueError: no good"
    assert math.isnan(data["loss"][4])


def test_a_frame_has_them_too(monkeypatch):
    pandas = pytest.importorskip("pandas")
    pandas.testing.assert_frame_equal(SAMPLE.frame(), pandas.DataFrame(SAMPLE.data()))


def test_without_pandas_there_is_no_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with saying(MissingPackageError, "pip install pandas"):
        SAMPLE.frame()


def test_a_sweep_is_a_sequence_that_can_be_kept():
    found = sweep(sweeps.build, PAIRS, **PLAIN)
    assert len(found) == len([*found]) == 8
    assert found[-1] is found.rows[7]
    assert [r.seed for r in found[2:5]] == [0, 1, 0]
    kept = pickle.loads(pickle.dumps(found))
    assert sweeps.numbers(kept) == sweeps.numbers(found)
    assert str(kept) == str(found)
    with saying(AttributeError, "write .best.settings"):
        _ = found.best_params_
    with saying(AttributeError, r"write .final('val_loss')"):
        _ = found.best.val_loss
