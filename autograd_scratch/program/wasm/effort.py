"""How long nests take, roughly: from what stands in them, so that it is the same on every machine."""

from ..nests.loops import Let, Loop, Nests, Statement
from .operations import is_called

MUCH = 300_000  # operands of all rows, from which on machine code is made
SLICE = 2e7  # nanoseconds, roughly, that a call lasts: Ctrl-C is answered after each
OPERATION = 0.1  # nanoseconds of a common processor, for a pair
FUNCTION = 10.0
ENTRY = 0.7  # an entry that is loaded
BLOCK = 50.0  # what goes with each block


def loading(rows: int, width: int) -> float:
    """Return how many nanoseconds it takes, roughly, to load a block of rows."""
    return BLOCK + ENTRY * rows * width


def nanoseconds(nests: Nests) -> float:
    """Return how long nests run once."""
    total = 0.0
    pending: list[tuple[Statement, float]] = [(statement, 1.0) for statement in nests.body]
    while pending:
        statement, rounds = pending.pop()
        if isinstance(statement, Loop):
            pending += [(inner, rounds * statement.axis.size) for inner in statement.body]
        else:
            is_slow = isinstance(statement, Let) and is_called(statement.primitive)
            total += rounds * (FUNCTION if is_slow else OPERATION)
    return total
