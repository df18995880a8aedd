"""What is recorded of a training run: the loss of a row, or of a whole batch whose rows are mixed.

It is a function of the inputs and targets, of the parameters, and perhaps of more: the number of the row
and of the step, by which layers draw, and what modules carry from batch to batch, their buffers. Of a batch
each of these that varies has an axis of rows, the first.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import isclose, isfinite
from random import Random
from typing import Any, NamedTuple
from weakref import proxy

from ... import graph, modes
from ...arrays.containers import entries, is_array
from ...errors import AutogradError, TracingError
from ...nn.states import Buffer, buffers_of, keeping
from ...node import Node
from ...program.forms import leaves
from ...program.record import example_values
from ...program.repetition import traced_twice
from ...stepping.recorder import Recorder
from ...value import Value
from ..run import Run, numbers
from .moved import moved

VARYING = ("x", "y", "row")  # the arguments that are others for each row
STEP, CARRIED, PARAMETERS = "step", "carried", "parameters"
ALIKE = 1e-9  # relative: how far apart the answers to a row may be, alone and in a batch
_TRIED = 4  # rows


class Recorded(NamedTuple):
    """A recorded loss, the Values that it is a function of, and what becomes of what is carried.

    `buffers` hold what is carried. `watched` gives it once more, with what tells in which order and where
    its nodes were made.
    """

    loss: Value
    nodes: Sequence[Any]
    varying: dict[str, Any]
    fixed: dict[str, Any]
    after: list[Any]
    buffers: list[Buffer]
    watched: "Callable[[], tuple[Recorded, Recorder]]"

    @property
    def arguments(self) -> dict[str, Any]:
        """Return examples of all arguments but for the parameters."""
        return {**self.varying, **self.fixed}


def of_row(run: Run) -> Recorded:
    """Record the loss of one row."""
    run = proxy(run)  # which holds what is recorded

    def loss(x: Any, y: Any, row: Any, step: Any) -> Any:
        return run.loss_of(run.answers([x], step, [row]), [y])

    examples = {"x": run.inputs[0], "y": run.targets[0], "row": 0.0, STEP: 1.0}
    return _recorded(loss, examples, [], "the loss of a row", "a row")


def of_batch(run: Run, count: int) -> Recorded:
    """Record the loss of a batch of so many rows."""
    run = proxy(run)
    buffers = buffers_of(run.model)

    def loss(x: Any, y: Any, row: Any, step: Any, carried: Any) -> Any:
        with keeping(buffers):
            for buffer, held in zip(buffers, carried):
                buffer.held = held
            outputs = run.answers([*x], step, row)
            after = [buffer.held for buffer in buffers]
        return run.loss_of(outputs, [*y]), after

    examples = {
        "x": _batch(run.inputs[:count]),
        "y": _batch(run.targets[:count]),
        "row": [0.0] * count,
        STEP: 1.0,
        CARRIED: [buffer.data for buffer in buffers],
    }
    return _recorded(loss, examples, buffers, "the loss of a batch", "a batch")


def mixes_rows(run: Run) -> bool:
    """Say whether a row's answer depends on the others of a batch, or something is carried on from it.

    That is tried on the first rows, with parameters near to where they are: some may be 0 at the start.
    """
    if run.is_mixed:
        return True
    buffers = buffers_of(run.model)
    with modes.no_grad(), keeping(buffers), moved(run.leaves, Random(0)):
        before = [buffer.data for buffer in buffers]
        if before and run.answers(run.inputs[:1], 1, [0]) and before != [b.data for b in buffers]:
            return True
        rows = [*range(min(_TRIED, run.batch_size, len(run.inputs)))]
        if not run.is_batch or len(rows) < 2:
            return False
        together = run.answers([run.inputs[i] for i in rows], 1, rows)
        try:
            alone = [answer for i in rows for answer in run.answers([run.inputs[i]], 1, [i])]
        except (ValueError, ArithmeticError):  # a row by itself will not do
            return True
    found, expected = (
        [entry for _, entry in entries(numbers(answers)) if isinstance(entry, float)]
        for answers in (together, alone)
    )
    scale = ALIKE * max(map(abs, expected), default=0.0)
    return len(found) != len(expected) or any(abs(x - y) > scale for x, y in zip(found, expected))


def _recorded(
    function: Callable[..., Any],
    examples: dict[str, Any],
    buffers: list[Buffer],
    called: str,
    what: str,
    recorder: Recorder | None = None,
) -> Recorded:
    given = example_values(examples)
    try:
        result, _ = traced_twice(function, [*given.values()], {}, called, recorder)
    except (TypeError, KeyError) as fault:
        if isinstance(fault, AutogradError):
            raise
        raise TracingError(
            f"the derived engine records {what} with Values for its inputs and its target: {fault}. For "
            "an entry that a target numbers take cross_entropy, or where for each class; or write "
            'engine="eager"'
        ) from fault
    loss, after = result if CARRIED in given else (result, [])
    loss = loss if isinstance(loss, Value) else Value.holding(loss)
    if recorder is None:
        with modes.no_grad():
            of_numbers = function(*examples.values())
        _refuse_other(loss.data, of_numbers[0] if CARRIED in given else of_numbers, called)
    own = [
        (buffer, leaves(before), leaves(now))
        for buffer, before, now in zip(buffers, given.pop(CARRIED, []), after)
        if any(x is not y for x, y in zip(leaves(before), leaves(now)))
    ]
    ends = [now for *_, each in own for now in each]
    nodes = graph.toposort(loss, *(x for x in ends if isinstance(x, Node)))
    used = {parent for node in nodes for parent in node.parents if isinstance(parent, Node)}
    draws = not used.isdisjoint(leaves(given["row"]))
    varying = {key: given[key] for key in VARYING if key != "row" or draws}
    fixed = {STEP: given[STEP]} if given[STEP] in used else {}
    if own:
        fixed[CARRIED] = [x for _, before, _ in own for x in before]

    @cache
    def watched() -> tuple[Recorded, Recorder]:
        recorder = Recorder(traced_twice.__code__)
        return _recorded(function, examples, buffers, called, what, recorder), recorder

    return Recorded(loss, nodes, varying, fixed, ends, [buffer for buffer, *_ in own], watched)


def _refuse_other(recorded: float, eager: Any, called: str) -> None:
    """Refuse a loss that is another one of Values than of the numbers that they hold."""
    expected = eager.data if isinstance(eager, Value) else float(eager)
    if (
        isfinite(expected)
        and isfinite(recorded)
        and not isclose(recorded, expected, rel_tol=ALIKE, abs_tol=ALIKE)
    ):
        raise TracingError(
            f"{called} is {expected:.6g} of numbers, and {recorded:.6g} of the Values that the derived "
            "engine records for inputs and targets, of which no two are equal: where it asks whether two "
            "targets are, as y[i] == y[j], y.count or set(y) do, write where(abs(y[i] - y[j]) < 0.5, same, "
            'different), or engine="eager"'
        )


def _batch(rows: Sequence[Any]) -> Any:
    """Return rows as one argument: arrays of one shape as an array, all else in a list."""
    if all(map(is_array, rows)) and len({row.shape for row in rows}) == 1:
        import numpy

        return numpy.stack(rows)
    return [*rows]
