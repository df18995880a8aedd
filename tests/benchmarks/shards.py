"""How much faster two workers train than none: `python -m tests.benchmarks.shards`.

The least time of a step is taken of each way, in turns. `here` is what the process that asks computes
itself of a step by an executor: what no other worker makes shorter.
"""

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from random import Random

from autograd_scratch import MLP, SGD, fit

ROUNDS = 3
STEPS = 5
MACHINE = {"engine": "derived", "backend": "wasm"}
WORKS = {  # inputs, hidden units, rows of a step
    "Values, 64 rows": (4, [8], 64, {}),
    "Values, 256 rows": (8, [16], 256, {}),
    "Values, 256 rows, a larger network": (16, [32, 32], 256, {}),
    "machine code, 2,000 rows": (32, [64, 64], 2_000, MACHINE),
    "machine code, 20,000 rows": (32, [64, 64], 20_000, MACHINE),
}


def milliseconds(inputs, hidden, rows, settings, executor):
    """Return how long a step takes, and how long this thread computes in it; and the losses."""
    random = Random(0)
    data = [([random.uniform(-1.0, 1.0) for _ in range(inputs)], random.random()) for _ in range(rows)]
    seen = []
    given = {"executor": executor, **settings} if executor else settings
    history = fit(
        MLP(inputs, [*hidden, 1], "tanh", seed=0),
        data,
        optimizer=SGD(0.01),
        epochs=STEPS + 1,
        on_epoch=lambda epoch, loss: seen.append((time.perf_counter(), time.thread_time())),
        **given,
    )
    steps = [[1e3 * (b - a) for a, b in zip(*pair)] for pair in pairwise(seen)]
    return [min(column) for column in zip(*steps)], history.losses


def main():
    """Print the least time of a step of each way."""
    spawned = multiprocessing.get_context("spawn")
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2, mp_context=spawned) as processes:
        executors = {"none": None, "two threads": threads, "two processes": processes}
        for work, case in WORKS.items():
            least = {}
            for _ in range(ROUNDS):
                found = []
                for name, executor in executors.items():
                    times, losses = milliseconds(*case, executor)
                    least[name] = [min(pair) for pair in zip(times, least.get(name, times))]
                    found.append(losses)
                assert found[1] == found[2]
            for name, (took, here) in least.items():
                print(f"{work:36} {name:14} {took:8.2f} ms  {least['none'][0] / took:5.2f} times as fast, "
                      f"{here:7.2f} ms here")  # fmt: skip
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
