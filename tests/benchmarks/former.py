"""The build before: the same work done by another checkout of this package, in a process of its own.

The workloads are those of this checkout, and only `autograd_scratch` is the other one's. It takes its turns
as every engine does, and its time is taken where it runs.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import Any

from .ours import OURS
from .peers import NotHereError
from .timing import Step, Work, flat, settled

BEFORE = "before"
HERE = str(Path(__file__).parents[2])
IMPORTED = (  # the package from the one checkout, and everything after it from the other
    "import sys; sys.path.insert(0, sys.argv[1]); import autograd_scratch; sys.path[0] = sys.argv[2]; "
)


def command(text: str, checkout: str) -> list[str]:
    """Return the command that runs a text on the package of a checkout, and the benchmarks of this one."""
    return [sys.executable, "-P", "-c", IMPORTED + text, checkout, HERE]


@dataclass(frozen=True)
class FormerStep(Step):
    """A step in the other process, which says how long it took."""

    seconds_of: Callable[[int], float] = float

    def seconds(self, count: int) -> float:
        return self.seconds_of(count)


class Former:
    """The process that holds the steps of the other checkout."""

    def __init__(self, checkout: str) -> None:
        if not (Path(checkout) / OURS / "__init__.py").exists():
            raise FileNotFoundError(f"no {OURS} in {checkout}: --former is the folder of a checkout")
        self.checkout = str(Path(checkout).resolve())
        self._process = subprocess.Popen(
            command("from tests.benchmarks.former import answer; answer()", self.checkout),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()

    def beside(self, work: Work) -> Work:
        """Return a workload with the engines of ours doubled by those of the other checkout."""
        doubled = {
            name.replace(OURS, BEFORE): partial(self._step, work.title, name)
            for name in work.engines
            if name.startswith(OURS) and name not in work.alone
        }
        return replace(work, engines={**work.engines, **doubled})

    def _step(self, title: str, engine: str) -> Step:
        key = [title, engine]
        told = self._asked("make", key)
        return FormerStep(
            run=lambda count: None,
            answer=(lambda: self._asked("answer", key)) if told["answers"] else None,
            per=told["per"],
            marginal=told["marginal"],
            once=told["once"],
            seconds_of=lambda count: float(self._asked("seconds", key, count)),
        )

    def _asked(self, *question: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ChildProcessError(f"the process of {self.checkout} has ended")
        kind, told = json.loads(line)
        if kind == "missing":
            raise NotHereError(told)
        return told


def answer() -> None:
    """Answer questions, a line each: make a step, give its answer, or run it and say how long it took."""
    from .sections import WORKS

    questions, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what engines print
    works = {work.title: work for works in WORKS.values() for work in works}
    steps: dict[tuple[str, str], Step] = {}
    for line in questions:
        what, key, *rest = json.loads(line)
        title, engine = key
        try:
            if what == "make":
                step = steps[title, engine] = works[title].engines[engine]()
                told: Any = {
                    "answers": step.answer is not None,
                    "per": step.per,
                    "marginal": step.marginal,
                    "once": step.once,
                }
                settled()
            elif what == "answer":
                own = steps[title, engine].answer
                told = flat(own() if own else [])
            else:
                told = steps[title, engine].seconds(*rest)
        except NotHereError as missing:
            print(json.dumps(["missing", f"{BEFORE}: {missing}"]), file=answers)
        except Exception as fault:
            why = shorten(f"{type(fault).__name__}: {fault}", 60)
            text = f"{engine} on {title} in the build before ({why})"
            print(json.dumps(["missing", text]), file=answers)
        else:
            print(json.dumps(["told", told]), file=answers)
