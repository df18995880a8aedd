"""Sweeps on a Dask cluster of two worker processes on this machine, one of which is killed."""

import logging
import os
import signal
from concurrent.futures import CancelledError

import pytest
import sweeps
from clusters import SLOWLY, dask_client
from conftest import saying
from killing import when_there
from sweeps import PAIRS, ROWS

from autograd_scratch import MLP, SGD, Module
from autograd_scratch.errors import ExecutorError, ExecutorTimeoutError
from autograd_scratch.training.executing import execute
from autograd_scratch.training.sweeps.sweeping import sweep

SETTINGS = {"seeds": range(4), "grid": {"lr": [0.1, 1e200]}, "optimizer": SGD, "epochs": 5}


@pytest.fixture(scope="module")
def client():
    with dask_client() as client:
        yield client


@pytest.fixture(params=[True, False], ids=["pure", "not pure"])
def executor(client, request):
    return client.get_executor(pure=request.param)


def test_results_are_the_same(executor):
    here = sweeps.numbers(sweep(sweeps.build, PAIRS, **SETTINGS))
    assert here == sweeps.numbers(sweep(sweeps.build, PAIRS, **SETTINGS, executor=executor, timeout=SLOWLY))
    chance = {"seeds": [2], "optimizer": SGD, "lr": 0.1, "epochs": 2, "batch_size": 2}
    here = sweeps.numbers(sweep(sweeps.of_a_local_class, ROWS, **chance))
    there = sweep(sweeps.of_a_local_class, ROWS, **chance, executor=executor, timeout=SLOWLY)
    assert here == sweeps.numbers(there)


def test_lambdas_and_classes_that_are_typed_in_will_do(client):
    class Net(Module):
        def __init__(self, seed):
            self.net = MLP(2, [2, 1], "tanh", seed=seed)

        def forward(self, x):
            return self.net(x)

    def build(seed):
        return Net(seed)

    settings = {"seeds": range(2), "optimizer": lambda lr: SGD(lr), "lr": 0.5, "epochs": 2}
    found = sweep(build, PAIRS, **settings, executor=client.get_executor(), timeout=SLOWLY)
    assert type(found.best.model) is Net
    assert sweeps.numbers(found) == sweeps.numbers(sweep(build, PAIRS, **settings))


def test_equal_calls_are_made_each(client):
    executor = client.get_executor()  # which makes equal calls once
    assert executor.submit(os.urandom, 8).result(SLOWLY)
    first, second = (execute(executor, os.urandom, [(8,)] * 4, timeout=SLOWLY) for _ in range(2))
    assert len({*first, *second}) == 8


def test_runs_of_a_worker_that_is_killed_are_made_again(client, tmp_path):
    sign, killed = tmp_path / "sign", []

    def kill(pid):
        os.kill(int(pid), signal.SIGKILL)
        killed.append(pid)

    settings = {"seeds": range(8), "sign": str(sign), "optimizer": SGD, "lr": 0.1, "epochs": 5}
    thread = when_there(sign, kill)
    found = sweep(
        sweeps.waiting_once, PAIRS, **settings, executor=client.get_executor(pure=False), timeout=SLOWLY
    )
    thread.join()
    assert len(killed) == 1
    assert sweeps.numbers(found) == sweeps.numbers(sweep(sweeps.waiting_once, PAIRS, **settings))


def test_a_run_that_kills_all_workers_is_named_and_the_others_are_kept(client):
    settings = {"optimizer": SGD, "lr": 0.1, "epochs": 2}
    with saying(ExecutorError, "1 of 3 is lost: seed=1 (KilledWorker: ") as caught:
        sweep(
            sweeps.fatal,
            PAIRS,
            seeds=range(3),
            **settings,
            executor=client.get_executor(),
            timeout=SLOWLY,
            retries=0,
        )
    others = sweep(sweeps.build, PAIRS, seeds=[0, 2], **settings)
    assert sweeps.numbers(caught.value.finished) == sweeps.numbers(others)


def test_a_cluster_without_workers_is_told(client):
    import distributed

    with (
        distributed.LocalCluster(
            n_workers=0, dashboard_address=None, silence_logs=logging.CRITICAL
        ) as empty,
        distributed.Client(empty, set_as_default=False) as other,
    ):
        executor = other.get_executor()
        with saying(ExecutorTimeoutError, "8 of 8 are not finished", "are there any workers?"):
            sweep(sweeps.build, PAIRS, **SETTINGS, executor=executor, timeout=0.2)
    with saying(ExecutorError, "the executor takes no calls"):
        sweep(sweeps.build, PAIRS, **SETTINGS, executor=executor, timeout=SLOWLY)


def test_calls_that_are_cancelled_are_lost(client):
    executor = client.get_executor()
    futures = []

    class Cancelled(type(executor)):
        def submit(self, *call):
            futures.append(super().submit(*call))
            futures[-1].cancel()
            return futures[-1]

    with saying(ExecutorError, "1 of 1 is lost, also when tried 2 times") as caught:
        execute(Cancelled(client), pow, [(2, 3)], timeout=SLOWLY)
    assert isinstance(caught.value.__cause__, CancelledError)
    assert len(futures) == 2
