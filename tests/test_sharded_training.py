"""Training whose steps an executor computes: in threads and processes, the same bits everywhere."""

import gc
import json
import os
import pickle
import shutil
import signal
import sys
import threading
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
import sharded
import sweeps
from backends import given_for
from conftest import saying
from killing import when_there
from sharded import CLASSES, PAIRS, ROWS, TEXTS, AtOnce, numbers
from test_sweep import run_script

from autograd_scratch import SGD, Adam, Module, Value, fit, strict
from autograd_scratch.errors import (
    CallError,
    DataError,
    ExecutorError,
    ExecutorTimeoutError,
    GraphError,
    ModelError,
    ModelFileError,
    NonFiniteError,
    RangeError,
)
from autograd_scratch.optim import Adagrad
from autograd_scratch.optim.lr_scheduler import ExponentialLR, LambdaLR, ReduceLROnPlateau
from autograd_scratch.training import Callback, Checkpoint, EarlyStopping
from autograd_scratch.training.loops import array_update
from autograd_scratch.training.shards import derived as derived_shards
from autograd_scratch.training.shards import work as shard_work
from autograd_scratch.training.shards.run import cut
from autograd_scratch.training.sweeps.sweeping import sweep

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")

ENGINES = "eager", "python", "arrays", "wasm"
PLAIN = {"epochs": 3, "batch_size": 8, "seed": 3}


class Quiet(Callback):
    def on_epoch_end(self, training):
        pass


CASES = {
    "a network": (sharded.network, PAIRS, {"optimizer": lambda: SGD(0.5)}),
    "all rows": (sharded.network, PAIRS, {"optimizer": lambda: Adam(0.05), "batch_size": None}),
    "a sum": (sharded.network, PAIRS, {"optimizer": lambda: SGD(0.05), "loss": sharded.sum_of_squares}),
    "a mean of one's own": (
        sharded.network,
        PAIRS,
        {"optimizer": lambda: SGD(0.5), "loss": sharded.squares},
    ),
    "classes": (sharded.of_classes, CLASSES, {"optimizer": lambda: Adam(0.05), "loss": "cross_entropy"}),
    "dropout": (sharded.with_dropout, ROWS, {"optimizer": lambda: SGD(0.1, momentum=0.9)}),
    "batches": (sharded.of_batches, ROWS, {"optimizer": lambda: Adam(0.05, weight_decay=0.1)}),
    "a norm in eval mode": (sharded.with_a_frozen_norm, ROWS, {"optimizer": lambda: Adagrad(0.1)}),
    "frozen parameters": (sharded.half_frozen, PAIRS, {"optimizer": lambda: Adam(0.05)}),
    "some rows of a table": (sharded.Words, TEXTS, {"optimizer": lambda: Adam(0.05), "batch_size": 2}),
    "accumulated": (sharded.network, PAIRS, {"optimizer": lambda: Adam(0.05), "accumulate": 2}),
    "an accumulated sum": (
        sharded.network,
        PAIRS,
        {"optimizer": lambda: SGD(0.05), "loss": "mse", "accumulate": 3, "batch_size": 2},
    ),
    "shortened": (sharded.network, PAIRS, {"optimizer": lambda: SGD(0.5), "clip_grad_norm": 0.05}),
    "schedules": (
        sharded.network,
        PAIRS,
        {
            "optimizer": lambda: SGD(0.5),
            "schedule": lambda: ExponentialLR(gamma=0.9),
            "schedule_per": "batch",
        },
    ),
    "a plateau": (
        sharded.network,
        PAIRS,
        {"optimizer": lambda: SGD(0.5), "schedule": lambda: ReduceLROnPlateau(patience=0)},
    ),
    "what is looked at": (
        sharded.network,
        PAIRS,
        {
            "optimizer": lambda: SGD(0.5),
            "metrics": ["mse", "mae"],
            "validation": 0.2,
            "callbacks": lambda: [EarlyStopping(patience=1), Quiet()],
        },
    ),
}


@pytest.fixture(scope="module")
def processes():
    with sweeps.spawned(2) as executor:
        yield executor


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch):
    if request.param == "arrays":
        monkeypatch.setattr(derived_shards, "LARGE", 0)
        monkeypatch.setattr(array_update, "MANY", 1)
    return given_for(request.param)


def trained(make, data, settings, **more):
    """Return all that runs have to agree about, first what may differ in the last digits."""
    given = {
        name: each() if name in {"optimizer", "schedule", "callbacks"} and callable(each) else each
        for name, each in {**PLAIN, **settings, **more}.items()
    }
    model = make()
    history = fit(model, data, **given)
    seen = [*history.losses, *(x for column in history.metrics.values() for x in column), *numbers(model)]
    return seen, history.stopped, [*history.metrics]


def are_near(found, expected):
    scale = 1e-12 * max(map(abs, expected[0]))
    assert found[1:] == expected[1:]
    assert len(found[0]) == len(expected[0])
    assert all(abs(x - y) <= scale for x, y in zip(found[0], expected[0]))


@pytest.mark.parametrize("case", CASES)
def test_results_are_those_without_an_executor(case, engine, processes):
    expected = trained(*CASES[case])
    with ThreadPoolExecutor(3) as three, ThreadPoolExecutor(1) as one:
        found = trained(*CASES[case], **engine, executor=three, timeout=60.0)
        are_near(found, expected)
        for executor in (one, AtOnce(), sharded.Forgetful(), processes):
            assert trained(*CASES[case], **engine, executor=executor, timeout=60.0) == found
    assert not shard_work._held


def test_rows_are_cut_by_their_number_alone():
    rows = [*range(19)]
    for count in range(1, 25):
        parts = cut(rows, count)
        assert [row for part in parts for row in part] == rows
        assert len(parts) == min(count, 19)
        assert len({*map(len, parts)}) <= 2


def test_shards_are_what_is_asked_for():
    sizes = []

    class Noting(AtOnce):
        def submit(self, made, function, ticket, call):
            _, work, shard = call
            if work is None:
                sizes.append(len(shard.rows))
            return super().submit(made, function, ticket, call)

    given = {"optimizer": SGD(0.1), "epochs": 2}
    fit(sharded.network(), PAIRS, **given, executor=Noting(), shards=3)
    assert sizes[-3:] == [6, 6, 7]
    sizes.clear()
    fit(sharded.network(), PAIRS, **given, executor=Noting())
    assert sizes[-8:] == [2, 2, 3, 2, 2, 3, 2, 3]
    sizes.clear()
    fit(sharded.network(), PAIRS, **given, executor=Noting(), shards=1, batch_size=8, accumulate=2)
    assert sizes[-3:] == [8, 8, 3]


def test_the_work_goes_to_a_worker_once():
    sent = []

    class Noting(AtOnce):
        def submit(self, made, function, ticket, call):
            sent.append(call[1] is not None)
            return super().submit(made, function, ticket, call)

    fit(sharded.network(), PAIRS, optimizer=SGD(0.1), epochs=3, executor=Noting(), shards=4)
    assert sent == [False] * 4 + [True] + [False] * 3 + [False] * 8


def test_a_run_is_resumed_bit_by_bit(engine, tmp_path, processes):
    make, data, settings = CASES["dropout"]
    with ThreadPoolExecutor(2) as threads:
        expected = trained(make, data, settings, **engine, executor=threads, epochs=4)
        path = tmp_path / "run.json"

        class Stop(Callback):
            def on_batch_end(self, training):
                return training.epoch == 1 and training.batch == 2

        given = {**engine, "checkpoint": Checkpoint(path, steps=1), "epochs": 4}
        trained(make, data, settings, **given, executor=threads, callbacks=[Stop()])
        again = {**given, "resume": True, "callbacks": [Quiet()]}
        with saying(ModelFileError, "shards 8", "ask for the same"):
            trained(make, data, settings, **again)
        with saying(ModelFileError, "shards 8, and this one 4"):
            trained(make, data, settings, **again, executor=threads, shards=4)
    with path.open() as file:
        text = file.read().replace('["Stop",null]', '["Callback",null]')
    path.write_text(text)
    assert trained(make, data, settings, **again, executor=processes)[0] == expected[0]


def test_calls_that_are_lost_are_made_again():
    expected = trained(*CASES["dropout"], executor=AtOnce())
    often = AtOnce(lambda number, future: number % 3 == 1 and not future.set_exception(OSError("gone")))
    assert trained(*CASES["dropout"], executor=often) == expected


def broken(number, future):
    if number >= 32:
        raise BrokenExecutor("broken")
    return False


def gone(number, future):
    return number >= 32 and not future.set_exception(OSError("gone"))


def never(number, future):
    return number >= 32


def interrupting(number, future):
    if number == 32:
        raise KeyboardInterrupt
    return False


ENDS = {
    "one that breaks": (broken, ExecutorError, ["the executor takes no calls", "broken", "make a new one"]),
    "one that loses": (
        gone,
        ExecutorError,
        ["also when tried 3 times", "shard 1 of step 4; shard 2 of step 4", "gone"],
    ),
    "one without workers": (
        never,
        ExecutorTimeoutError,
        ["the time is over", "shard 1 of step 4; shard 2 of step 4"],
    ),
}


@pytest.mark.parametrize(("wrong", "kind", "words"), ENDS.values(), ids=ENDS)
def test_a_run_that_ends_early_is_as_the_last_step_left_it(wrong, kind, words, engine):
    model, optimizer = sharded.network(), Adam(0.05)
    given = {"epochs": 4, "batch_size": 10, "seed": 1, **engine}
    executor = AtOnce(wrong)
    with saying(kind, *words) as caught:
        fit(model, PAIRS, optimizer=optimizer, **given, executor=executor, timeout=0.3)
    assert "as the last step left them" in caught.value.__notes__[-1]
    history = caught.value.history
    assert history.stopped == "stopped in epoch 1, after 1 of its steps"
    assert all(future.done() for future in executor.futures)
    other, again = sharded.network(), Adam(0.05)
    stopped = fit(other, PAIRS, optimizer=again, **given, executor=AtOnce(), callbacks=[UntilStep(3)])
    assert (history.losses, numbers(model)) == (stopped.losses, numbers(other))
    assert optimizer.state_dict(model.parameters()) == again.state_dict(other.parameters())
    assert not shard_work._held


class UntilStep(Callback):
    def __init__(self, step):
        self.left = step

    def on_batch_end(self, training):
        self.left -= 1
        return not self.left


def test_ctrl_c_cancels_what_waits_and_the_run_can_go_on(engine):
    model, optimizer = sharded.network(), Adam(0.05)
    given = {"batch_size": 10, "seed": 1, **engine}
    executor = AtOnce(interrupting)
    history = fit(model, PAIRS, optimizer=optimizer, epochs=4, **given, executor=executor)
    assert history.stopped == "interrupted in epoch 1, after 1 of its steps"
    other, again = sharded.network(), Adam(0.05)
    fit(other, PAIRS, optimizer=again, epochs=4, **given, executor=AtOnce(), callbacks=[UntilStep(3)])
    assert numbers(model) == numbers(other)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals are as on Unix")
def test_ctrl_c_comes_while_steps_are_waited_for():
    free = threading.Event()

    def loss(outputs, targets):
        if threading.current_thread() is not threading.main_thread():
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            free.wait(60.0)
        return sharded.squares(outputs, targets)

    model = sharded.network()
    before = numbers(model)
    with ThreadPoolExecutor(1) as executor:
        try:
            history = fit(model, PAIRS, loss=loss, optimizer=SGD(0.1), epochs=2, executor=executor)
        finally:
            free.set()
    assert history.stopped == "interrupted in epoch 0"
    assert numbers(model) == before


def test_a_loss_that_is_not_finite_ends_the_training(engine):
    model = sharded.network()
    before = numbers(model)
    rows = [*PAIRS, ([1.0, 1.0], 1e300)]
    with saying(NonFiniteError, "the loss is inf in epoch 0", "Lower the learning rate"):
        fit(model, rows, optimizer=SGD(0.1), epochs=2, executor=AtOnce(), **engine)
    assert numbers(model) == before


def large(outputs, targets):
    return 1e3 * sharded.sum_of_squares(outputs, targets)


def test_a_step_that_overflows_is_not_taken_and_the_run_is_kept(engine, tmp_path):
    kept = []
    for name, executor in {"here": None, "there": AtOnce()}.items():
        path = tmp_path / f"{name}.json"
        given = {"epochs": 4, "batch_size": 10, "checkpoint": Checkpoint(path, steps=100), **engine}
        schedule = LambdaLR(lr_lambda=lambda step: 1e-3 if step < 3 else 1.7e308)
        given |= {"loss": large, "optimizer": SGD(1.0), "schedule": schedule, "schedule_per": "batch"}
        with saying(NonFiniteError, "nothing is changed"):
            fit(sharded.network(), PAIRS, **given, executor=executor)
        kept.append(json.loads(path.read_text()))
    here, there = kept
    assert (len(there["losses"]), there["taken"]) == (len(here["losses"]), here["taken"]) == (1, 1)


def test_strict_is_heard_of_by_workers():
    def loss(outputs, targets):
        return sharded.squares(outputs, targets) + (outputs[0] * 0.0).sqrt() * 0.0

    with strict(), ThreadPoolExecutor(1) as executor, saying(NonFiniteError, "sqrt"):
        fit(sharded.network(), PAIRS, loss=loss, optimizer=SGD(0.1), epochs=1, executor=executor, shards=1)


def test_what_callbacks_set_counts(engine):
    class Restart(Callback):
        def on_epoch_begin(self, training):
            for p in training.model.parameters():
                p.data = 0.25

    case = CASES["dropout"]
    expected = trained(*case, callbacks=[Restart()])
    are_near(trained(*case, callbacks=[Restart()], executor=AtOnce(), **engine), expected)


def test_two_runs_may_share_an_executor():
    case = CASES["dropout"]
    expected = trained(*case, executor=AtOnce())
    with ThreadPoolExecutor(2) as executor, ThreadPoolExecutor(6) as runs:
        found = [runs.submit(trained, *case, executor=executor) for _ in range(6)]
        assert [each.result() == expected for each in found] == [True] * 6
    assert gc.isenabled()


class Held(Module):
    def __init__(self):
        self.net = sharded.network()
        weight = self.weight = Value(0.5)
        self.times = lambda x: x * weight

    def forward(self, x):
        return self.times(self.net(x))


class Locked(Module):
    def __init__(self):
        self.net = sharded.network()
        self.lock = threading.Lock()

    def forward(self, x):
        return self.net(x)


class Carrying(Module):
    def __init__(self):
        self.net = sharded.network()
        self.register_buffer("calls", 0.0)

    def forward(self, x):
        self.calls = self.calls + 1.0
        return self.net(x)


def penalized(model):
    def loss(outputs, targets):
        return sharded.squares(outputs, targets) + 0.1 * sum(p * p for p in model.parameters())

    return {"model": model, "loss": loss}


EAGER, DERIVED = {}, {"engine": "derived"}
REFUSED = {
    "no executor": ({"executor": 4}, DataError, ["an executor is one such as ThreadPoolExecutor(4)"]),
    "a class": ({"executor": ThreadPoolExecutor}, DataError, ["write ThreadPoolExecutor(4)"]),
    "no timeout": ({"timeout": 0.0}, RangeError, ["more than 0"]),
    "text": ({"timeout": "1"}, DataError, ["timeout"]),
    "no shards": ({"shards": 0}, DataError, ["shards"]),
    "half a shard": ({"shards": 2.5}, DataError, ["shards"]),
    "shards alone": ({"executor": None, "shards": 2}, DataError, ["write executor=... with it"]),
    "a timeout alone": ({"executor": None, "timeout": 2}, DataError, ["write executor=... with it"]),
    "mixed rows": ({"model": sharded.with_norm(), "data": ROWS}, DataError, ["BatchNorm1d at 1 mixes"]),
    "mixed rows, derived": (
        {"model": sharded.with_norm(), "data": ROWS, **DERIVED},
        DataError,
        ["BatchNorm1d at 1 mixes", "leave executor out"],
    ),
    "a count of calls": ({"model": Carrying()}, DataError, ["Carrying mixes", "carries something on"]),
    "another loss": ({"loss": sharded.worst}, DataError, ["neither the mean nor the sum"]),
    "another loss, derived": ({"loss": sharded.worst, **DERIVED}, DataError, ["neither the mean nor"]),
    "a penalty": (penalized(sharded.network()), ModelError, ["do not come with a copy of the model"]),
    "a lambda that holds a weight": ({"model": Held()}, ModelError, ["do not come with a copy"]),
    "a lock": ({"model": Locked()}, ModelError, ["cannot be copied", "leave executor out"]),
    "numba": ({**DERIVED, "backend": "numba"}, DataError, ["WebAssembly, NumPy or Python"]),
    "a constant loss": (
        {**DERIVED, "loss": lambda outputs, targets: sum(t * t for t in targets)},
        GraphError,
        ["depends on no parameter"],
    ),
}


@pytest.mark.parametrize(("given", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused(given, kind, words):
    given = {"model": sharded.network(), "data": PAIRS, "executor": AtOnce(), **given}
    model, data = given.pop("model"), given.pop("data")
    optimizer, before = SGD(0.1), numbers(model)
    with saying(kind, *words):
        fit(model, data, optimizer=optimizer, epochs=2, **given)
    assert numbers(model) == before
    assert not getattr(given["executor"], "futures", None)


def test_a_penalty_will_do_where_the_derived_code_has_it():
    model = sharded.network()
    given = {"optimizer": SGD(0.1), "epochs": 3, "engine": "derived"}
    fit(model, PAIRS, **given, loss=penalized(model)["loss"], executor=AtOnce())
    other = sharded.network()
    fit(other, PAIRS, **{**given, "optimizer": SGD(0.1)}, loss=penalized(other)["loss"])
    are_near((numbers(model),), (numbers(other),))


def test_runs_of_a_sweep_are_not_cut():
    with saying(CallError, "sweep takes no 'shards'", "leave it out"):
        sweep(sweeps.build, PAIRS, optimizer=SGD, lr=0.1, epochs=1, shards=2, executor=AtOnce())


def test_a_shut_executor_is_told():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with saying(ExecutorError, "the executor takes no calls", "make a new one"):
        fit(sharded.network(), PAIRS, optimizer=SGD(0.1), epochs=1, executor=executor)


def test_lambdas_are_for_threads(processes):
    def loss(outputs, targets):
        return sharded.squares(outputs, targets)

    given = {"optimizer": SGD(0.1), "epochs": 1, "loss": loss}
    with saying(ExecutorError, "cannot be sent to another process", "def and class at the top of a module"):
        fit(sharded.network(), PAIRS, **given, executor=processes, timeout=60.0)
    with ThreadPoolExecutor(2) as threads:
        fit(sharded.network(), PAIRS, **given, executor=threads)
    fit(sharded.network(), PAIRS, **given, executor=processes, timeout=60.0, engine="derived")


def test_a_worker_that_dies_ends_a_pool_of_processes(tmp_path):
    def kill(pid):
        os.kill(int(pid), signal.SIGKILL)

    sign = tmp_path / "sign"
    model = sharded.network()
    loss = sharded.Deadly(sign, os.getpid())
    thread = when_there(sign, kill)
    with (
        sweeps.spawned(1) as executor,
        saying(ExecutorError, "shard 1 of step 1", "make a new executor") as caught,
    ):
        fit(model, PAIRS, loss=loss, optimizer=SGD(0.1), epochs=2, executor=executor, timeout=60.0)
    thread.join()
    assert caught.value.history.stopped == "stopped in epoch 0"
    assert numbers(model) == numbers(sharded.network())


def test_works_are_sent_without_what_was_made_of_them():
    for settings in (EAGER, DERIVED):
        seen = []

        class Keeping(AtOnce):
            def submit(self, made, function, ticket, call, seen=seen):
                seen += [call[1]] if call[1] else []
                return super().submit(made, function, ticket, call)

        fit(sharded.network(), PAIRS, optimizer=SGD(0.1), epochs=2, executor=Keeping(), **settings)
        (work,) = seen
        assert work._copies if settings == EAGER else work._rows
        fresh = pickle.loads(pickle.dumps(work))
        assert not (fresh._copies if settings == EAGER else fresh._rows)


BY_MPI = """
from autograd_scratch import SGD, fit
from sharded import ROWS, numbers, with_dropout

if __name__ == "__main__":
    from mpi4py.futures import MPIPoolExecutor

    with MPIPoolExecutor() as executor:
        found = []
        for more in ({}, {"executor": executor, "timeout": 60.0}):
            model = with_dropout()
            given = {"optimizer": SGD(0.1), "epochs": 3, "batch_size": 8, "seed": 3}
            found.append([*fit(model, ROWS, **given, **more).losses, *numbers(model)])
    print(max(abs(x - y) for x, y in zip(*found)) < 1e-12)
"""


def test_mpi_gives_the_same(tmp_path):
    pytest.importorskip("mpi4py")
    launcher = shutil.which(
        "mpiexec", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    if launcher is None:
        pytest.skip("mpi4py is here, but no mpiexec")
    run = run_script(BY_MPI, tmp_path, launcher, "-n", "2")
    assert run.stdout == "True\n", run.stderr
