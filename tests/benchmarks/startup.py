"""What is paid before the first number: starting Python, importing, all of `autograd-scratch xor`."""

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec

from .former import BEFORE, HERE, Former, command
from .ours import OURS
from .report import table
from .timing import Times

ROUNDS = 9
PEERS = ("micrograd.engine", "numpy", "autograd.numpy", "numba", "casadi", "jax", "torch")


def show(former: Former | None = None) -> list[str]:
    print("### Cold start, in a process of its own\n")
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "Python alone": ["-c", ""],
            f"import {OURS}": command("", HERE)[1:],
            "autograd-scratch xor: train, check, draw": ["-m", OURS, "xor", "--quiet", "--output", folder],
        }
        if former:
            commands[f"import {OURS}, {BEFORE}"] = command("", former.checkout)[1:]
        missing = []
        for name in PEERS:
            if find_spec(name.partition(".")[0]):
                commands[f"import {name}"] = ["-c", f"import {name}"]
            else:
                missing.append(name)
        times = {name: Times() for name in commands}
        for _ in range(ROUNDS):
            for name, arguments in commands.items():
                start = time.perf_counter()
                subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
                times[name].append(time.perf_counter() - start)
    table(["", "time (middle half)"], [[name, str(each)] for name, each in times.items()])
    return missing
