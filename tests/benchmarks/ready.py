"""What it takes until a Program is ready: processor time and memory, each in a process of its own.

`python -m tests.benchmarks ready`. Imports of packages are not counted; what they load when they are first
used is.
"""

import json
import subprocess
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from autograd_scratch import MLP, SGD, derive, fit
from autograd_scratch.datasets import moons

from . import peers, two_layers
from .former import BEFORE, HERE, Former, command
from .ours import OURS
from .report import table

ROUNDS = 3
LONG = 5.0  # seconds, from which on once is enough
TOO_LONG = 60.0  # seconds, after which a process is ended


def trained(hidden: int, backend: str) -> Callable[[], Any]:
    """Return what derives and compiles the training of a network on 100 points, and trains for an epoch."""
    data, model = moons(100, seed=1), MLP(2, [hidden, hidden, 1], "tanh", "tanh", seed=0)
    return lambda: fit(model, data, optimizer=SGD(0.1), epochs=1, engine="derived", backend=backend)


def called(width: int) -> Callable[[], Any]:
    """Return what records one sample's loss, derives, compiles and calls it."""
    model = MLP(2, [width, width, 1], "tanh", seed=0)

    def run() -> Any:
        loss = (model([0.5, -0.25]) - 1.0) ** 2
        return derive(loss, wrt=model.parameters())([p.data for p in model.parameters()])

    return run


def classified() -> Callable[[], Any]:
    """Return what records a softmax classifier of 64 pictures in NumPy, and derives it."""
    np = peers.module("numpy")
    rng = np.random.default_rng(0)
    X, Y = rng.random((64, 784)), np.eye(10)[rng.integers(10, size=64)]
    W1, W2 = rng.normal(size=(784, 64)) / 28, rng.normal(size=(64, 10)) / 8
    args = [W1, np.zeros(64), W2, np.zeros(10), X, Y]
    return lambda: derive(two_layers.softmax(np), inputs=args, wrt=two_layers.PARAMETERS)(*args)


TASKS: dict[str, Callable[[], Callable[[], Any]]] = {
    "fit, 2-16-16-1 on 100 points": partial(trained, 16, "python"),
    "fit, 2-16-16-1 on 100 points, WebAssembly": partial(trained, 16, "wasm"),
    "fit, 2-16-16-1 on 100 points, numba": partial(trained, 16, "numba"),
    **{f"one sample of 2-{w}-{w}-1": partial(called, w) for w in (16, 32, 64, 128)},
    "784-64-10 in NumPy, 64 rows": classified,
}


def tell(name: str, *modules: str) -> None:
    """Do a task, and print its processor time, its seconds, and by how many MB the process grew."""
    for module in modules:
        peers.module(module)
    run = TASKS[name]()
    before = _peak()
    start, cpu = time.perf_counter(), time.process_time()
    run()
    print(json.dumps([time.process_time() - cpu, time.perf_counter() - start, _peak() - before]))


def _peak() -> float:
    import resource  # which Pyodide and Windows have not

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(name: str, checkout: str) -> list[list[float]] | None:
    """Return processor time, seconds and MB of some runs; None where it takes too long."""
    used = {"numba": "numba", "WebAssembly": "wasmtime"}
    modules = ["numpy", *(module for name_, module in used.items() if name.endswith(name_))]
    for module in modules:
        peers.module(module)
    text = f"from tests.benchmarks.ready import tell; tell({name!r}, *{modules!r})"
    runs: list[list[float]] = []
    while len(runs) < ROUNDS and not (runs and runs[-1][1] > LONG):
        try:
            done = subprocess.run(
                command(text, checkout),
                check=True,
                capture_output=True,
                timeout=TOO_LONG,
            )
        except subprocess.TimeoutExpired:
            return None
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return runs


def show(former: Former | None = None) -> list[str]:
    print("### Ready: record, derive, compile and run once, in a process of its own, imports not counted\n")
    checkouts = {OURS: HERE, **({BEFORE: former.checkout} if former else {})}
    rows, missing = [], []
    for name in TASKS:
        for build, checkout in checkouts.items():
            try:
                runs = measured(name, checkout)
            except peers.NotHereError as what:
                missing.append(str(what))
                continue
            if runs is None:
                rows.append([f"{name}, {build}", f"over {TOO_LONG:.0f} s", "", ""])
            else:
                cpu, seconds, megabytes = map(median, zip(*runs))
                rows.append([f"{name}, {build}", f"{cpu:.3f} s", f"{seconds:.3f} s", f"{megabytes:.0f} MB"])
    table(["what", "processor time", "seconds", "memory"], rows)
    return missing
