"""Programs that train small networks wrongly, as people did in public, each with its repair.

A program is a function of whether it is right, so that what differs can be seen in it, and what counts as a
diagnosis is the names beside it: those of mistakes that somebody who answered, or a public collection of
such programs, found there. They are rebuilt from descriptions, small enough to train in a moment, with data
made up for them: no code and no data are taken over. Those in `first_sight` were written before anything
was tuned, and looked at by the checks only when these were done: 14 of 16 were diagnosed then, and no
repair was accused.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

DEEP_LOCALIZE = "https://github.com/Wardat-ISU/DeepLocalize"
DEEP_FD = "https://github.com/ArabelaTso/DeepFD"
PARTS = (
    "last_layers",
    "losses",
    "scales",
    "rates",
    "weights",
    "settings",
    "first_sight",
    "students",
    "paths",
    "relations",
)


class Setup(NamedTuple):
    """What a program hands to training."""

    loss: Any
    model: Any
    data: Any
    optimizer: Any
    epochs: int
    batch_size: int | None = None
    seed: int | None = 0


class Program(NamedTuple):
    """A program, where it was seen, and what may be named in its faulty version."""

    name: str
    address: str
    names: frozenset[str]
    setup: Callable[[bool], Setup]
    is_first_sight: bool

    def __str__(self) -> str:
        return self.name


MADE_UP = "made up"  # in place of an address
PROGRAMS: list[Program] = []


def question(number: int) -> str:
    """Return the address of a question on Stack Overflow."""
    return f"https://stackoverflow.com/questions/{number}"


def program(address: str, *names: str) -> Callable[[Callable[[bool], Setup]], Callable[[bool], Setup]]:
    """Enter a function into the table, with where it was seen and what may be named."""

    def entered(setup: Callable[[bool], Setup]) -> Callable[[bool], Setup]:
        part = setup.__module__.rpartition(".")[2]
        PROGRAMS.append(Program(setup.__name__, address, frozenset(names), setup, part == "first_sight"))
        return setup

    return entered


def table() -> list[Program]:
    """Return all programs."""
    for part in PARTS:
        import_module(f"{__name__}.{part}")
    return PROGRAMS
