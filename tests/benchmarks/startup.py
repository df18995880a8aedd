"""What is paid before the first number: starting Python, importing, all of `autograd-scratch xor`."""

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec

from .ours import OURS
from .report import table
from .timing import Times

ROUNDS = 5
PEERS = ("micrograd.engine", "numpy", "autograd.numpy", "numba", "casadi", "jax", "torch")


def show() -> list[str]:
    print("### Cold start, in a process of its own\n")
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "Python alone": ["-c", ""],
            f"import {OURS}": ["-c", f"import {OURS}"],
            "autograd-scratch xor: train, check, draw": ["-m", OURS, "xor", "--quiet", "--output", folder],
        }
        missing = []
        for name in PEERS:
            if find_spec(name.partition(".")[0]):
                commands[f"import {name}"] = ["-c", f"import {name}"]
            else:
                missing.append(name)
        times = {name: Times() for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run([sys.executable, *command], check=True, capture_output=True)
                times[name].append(time.perf_counter() - start)
    table(["", "time (middle half)"], [[name, str(each)] for name, each in times.items()])
    return missing
