"""Print the table. Each cell is the median of the rounds, with the spread from lowest to highest."""

import gc
import platform
import subprocess
import sys
import tempfile
import time
import tracemalloc
from datetime import date
from importlib import import_module
from statistics import median
from types import SimpleNamespace

import autograd_scratch

from .workloads import WORKLOADS

ROUNDS = 15


def engines():
    """Return the engines that are installed; ours first."""
    found = {"autograd_scratch": autograd_scratch}
    try:
        engine, nn = import_module("micrograd.engine"), import_module("micrograd.nn")
    except ImportError:
        return found
    return found | {"micrograd": SimpleNamespace(Value=engine.Value, MLP=nn.MLP)}


def timed(steps, repeat):
    """Time each engine's step in turn, ROUNDS times, and return seconds a step.

    What one engine leaves to the garbage collector is collected before the next one's turn.
    """
    seconds = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            gc.collect()
            start = time.perf_counter()
            for _ in range(repeat):
                step()
            seconds[name].append((time.perf_counter() - start) / repeat)
    return seconds


def show(seconds):
    middle = median(seconds)
    unit, scale = ("ms", 1e3) if middle >= 1e-3 else ("µs", 1e6)
    low, middle, high = (f"{number * scale:.4g}" for number in (min(seconds), middle, max(seconds)))
    return f"{middle} {unit} ({low} to {high})"


def bytes_a_node(engine, operation):
    """Return the bytes that one node of a chain of 20,000 takes, before backward."""
    x = node = engine.Value(1.5)
    nodes = [x]
    tracemalloc.start()
    for _ in range(20_000):
        node = operation(node, x)
        nodes.append(node)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (size - sys.getsizeof(nodes)) / 20_000


def cold_start():
    """Return the seconds from starting Python to a trained and drawn XOR network."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "autograd_scratch", "xor", "--quiet", "--output", folder]
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - start)
    return seconds


def main():
    found = engines()
    version = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{version}, {platform.machine()}, {date.today()}; medians (lowest to highest)")
    print(f"| work | {' | '.join(found)} | ratio |")
    print(f"|---|{'---|' * (len(found) + 1)}")
    for title, (workload, repeat) in WORKLOADS.items():
        seconds = timed({name: workload(engine) for name, engine in found.items()}, repeat)
        row(title, map(show, seconds.values()), [median(values) for values in seconds.values()])
    for sign, operation in {"*": lambda a, b: a * b, "+": lambda a, b: a + b}.items():
        sizes = [bytes_a_node(engine, operation) for engine in found.values()]
        row(f"bytes a node, `{sign}`", (f"{size:.0f}" for size in sizes), sizes)
    row("`autograd-scratch xor`, cold start, drawing included", [show(cold_start())], [])


def row(title, cells, numbers):
    ratio = f"{numbers[1] / numbers[0]:.1f}" if len(numbers) > 1 else ""
    print(f"| {title} | {' | '.join(cells)} | {ratio} |")


if __name__ == "__main__":
    main()
