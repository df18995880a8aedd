"""Training whose steps a Dask cluster of two worker processes computes, one of which is killed."""

import os
import signal

import pytest
import sharded
from backends import given_for
from clusters import SLOWLY, dask_client
from conftest import saying
from killing import when_there
from sharded import PAIRS, ROWS, AtOnce, numbers

from autograd_scratch import MLP, SGD, Adam, Module, fit
from autograd_scratch.errors import ExecutorError, ExecutorTimeoutError


@pytest.fixture(scope="module")
def client():
    with dask_client() as client:
        yield client


def trained(make, data, **given):
    model = make()
    history = fit(model, data, epochs=3, batch_size=8, seed=3, **given)
    return history.losses, numbers(model)


@pytest.mark.parametrize("pure", [True, False])
@pytest.mark.parametrize("backend", ["eager", "python", "wasm"])
def test_results_are_the_same(client, backend, pure):
    engine = given_for(backend)
    here = trained(sharded.with_dropout, ROWS, optimizer=Adam(0.05), executor=AtOnce(), **engine)
    executor = client.get_executor(pure=pure)
    given = {"optimizer": Adam(0.05), "executor": executor, "timeout": SLOWLY, **engine}
    assert trained(sharded.with_dropout, ROWS, **given) == here


def test_lambdas_and_classes_that_are_typed_in_will_do(client):
    class Net(Module):
        def __init__(self):
            self.net = MLP(2, [2, 1], "tanh", seed=0)
            self.twice = lambda x: 2.0 * x

        def forward(self, x):
            return self.net([*map(self.twice, x)])

    def trained_by(executor):
        def loss(outputs, targets):
            return sum((o - t) ** 2 for o, t in zip(outputs, targets)) / len(targets)

        return trained(Net, PAIRS, loss=loss, optimizer=SGD(0.1), executor=executor, timeout=SLOWLY)

    assert trained_by(client.get_executor(pure=False)) == trained_by(AtOnce())


def test_a_worker_that_is_killed_is_done_without(client, tmp_path):
    sign, killed = tmp_path / "sign", []

    def kill(pid):
        os.kill(int(pid), signal.SIGKILL)
        killed.append(pid)

    loss = sharded.Deadly(sign, os.getpid())
    thread = when_there(sign, kill)
    given = {"loss": loss, "optimizer": SGD(0.1), "timeout": SLOWLY}
    found = trained(sharded.network, PAIRS, executor=client.get_executor(pure=False), **given)
    thread.join()
    assert len(killed) == 1
    assert found == trained(sharded.network, PAIRS, executor=AtOnce(), **given)


def test_a_cluster_without_workers_is_told(client):
    import distributed

    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty,
        distributed.Client(empty, set_as_default=False) as other,
    ):
        executor = other.get_executor(pure=False)
        model = sharded.network()
        with saying(ExecutorTimeoutError, "8 of 8 are not finished", "are there any workers?"):
            fit(model, PAIRS, optimizer=SGD(0.1), epochs=1, executor=executor, timeout=0.2)
    with saying(ExecutorError, "the executor takes no calls"):
        fit(model, PAIRS, optimizer=SGD(0.1), epochs=1, executor=executor, timeout=SLOWLY)
    assert numbers(model) == numbers(sharded.network())
