"""How much faster two workers sweep over eight seeds than one: `python -m tests.benchmarks.sweeps`.

All ways take turns, and the ratios are within a round, so that a machine whose speed drifts tells the same.
"""

import multiprocessing
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from autograd_scratch import MLP, SGD
from autograd_scratch.datasets import moons
from autograd_scratch.training.sweeps.sweeping import sweep

ROUNDS = 3
DATA = moons(200, noise=0.1, seed=0)
MACHINE = {"engine": "derived", "backend": "wasm", "epochs": 8_000}
WAYS = {"machine code": MACHINE, "Python": {"epochs": 6}}


def build(seed):
    """Make a small network."""
    return MLP(2, [16, 16, 1], "tanh", seed=seed)


def seconds(executor, settings):
    """Return how long a sweep takes, and what it finds."""
    start = time.perf_counter()
    found = sweep(build, DATA, seeds=range(8), optimizer=SGD, lr=0.1, executor=executor, **settings)
    return time.perf_counter() - start, [row.history.losses for row in found]


def main():
    """Print the median time of each way, and the median of the ratios."""
    spawned = multiprocessing.get_context("spawn")
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2, mp_context=spawned) as processes:
        executors = {"here": None, "two threads": threads, "two processes": processes}
        for work, settings in WAYS.items():
            times = {name: [] for name in executors}
            for turn in range(ROUNDS + 1):  # the first is to start workers and to compile
                found = []
                for name, executor in executors.items():
                    took, losses = seconds(executor, settings)
                    found.append(losses)
                    times[name] += [took] * (turn > 0)
                assert found[0] == found[1] == found[2]
            for name, own in times.items():
                ratio = statistics.median(here / each for here, each in zip(times["here"], own))
                print(f"{work:13} {name:14} {statistics.median(own):6.2f} s  {ratio:5.2f} times as fast")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
