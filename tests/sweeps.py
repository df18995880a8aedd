"""What sweeps of the tests train, where worker processes find it."""

import multiprocessing
import os
import time

from killing import wait_to_be_killed

from autograd_scratch import MLP, SGD, Module, nn

ROWS = [([0.0, 0.5], [1.0]), ([1.0, -0.5], [0.0]), ([0.25, 1.0], [1.0]), ([-1.0, 0.0], [0.5])]
PAIRS = [(x, y) for x, (y,) in ROWS]


def build(seed, hidden=3):
    return MLP(2, [hidden, 1], "tanh", seed=seed)


def with_chance(seed):
    layers = nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Dropout(0.3), nn.Linear(4, 1)
    return nn.Sequential(*layers).reset_parameters(seed=seed)


def with_optimizer(seed, lr):
    model = build(seed)
    return model, SGD(model.layers[1].parameters(), lr=lr, momentum=0.5)


def of_a_local_class(seed):
    class Net(Module):
        def __init__(self):
            self.net = with_chance(seed)

        def forward(self, x):
            return self.net(x)

    return Net()


def spawned(workers):
    """Return an executor of processes, each of which begins anew."""
    from concurrent.futures import ProcessPoolExecutor

    try:
        return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    except NotImplementedError as fault:  # in a browser
        import pytest

        pytest.skip(str(fault))


def is_worker():
    return multiprocessing.parent_process() is not None


def fatal(seed, deadly=1):
    """Build as `build` does, but end the worker that should do so for one seed."""
    if is_worker() and seed == deadly:
        time.sleep(0.5)  # until the others are done
        os._exit(1)
    return build(seed)


def waiting_once(seed, sign, waits=(3,)):
    """Build as `build` does, but for some seeds wait to be killed, the first that does."""
    if is_worker() and seed in waits:
        wait_to_be_killed(sign)
    return build(seed)


def numbers(found):
    """Return all that sweeps have to agree about."""
    return [
        (
            dict(row.settings),
            row.seed,
            row.history and (row.history.losses, row.history.metrics, row.history.backend),
            row.model and plain(row.model.state_dict()),
            str(row.error),
        )
        for row in found
    ]


def plain(state):
    return {path: getattr(each, "tolist", lambda each=each: each)() for path, each in state.items()}
