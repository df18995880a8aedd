"""The decision boundary that a page draws while it trains: a model's answers in a plane, and the data."""

from collections.abc import Sequence
from itertools import chain
from struct import pack
from typing import Any

from ...arrays.containers import entries
from ...arrays.conversion import number_of
from ...errors import AutogradError
from ...nn.states import Buffer
from ...plotting.classes import classes_of
from ...plotting.grid import Grid, point_of
from ...program.wasm.engine import binary
from ...training.loops.answering import answering
from ...training.run import Run
from ...value import Value

ACROSS = 60  # points of the grid along each axis
MOST = 8  # classes, for which there are colours
_MARGIN = 0.15


def boundary_of(
    run: Run, parameters: Sequence[Value], buffers: Sequence[Buffer], level: float | None
) -> tuple[dict[str, Any] | None, str]:
    """Return the boundary of a run's model as data, or None and why there is none.

    The answers are a function of those parameters and buffers. Of one output, `level` divides two classes
    that are `spread` apart from it; of several the largest is that of the class.
    """
    width = len([*entries(run.inputs[0])])
    if width != 2:
        return None, f"A decision boundary is drawn for models of two inputs; this one has {width}."
    try:
        points = [point_of(x, i) for i, x in enumerate(run.inputs)]
        module = answering(run.model, parameters, buffers, run.inputs[0], ACROSS)
        level = level if module.outputs == 1 else None
        classes = classes_of(run.targets, module.outputs, level)
    except (AutogradError, TypeError, ValueError) as fault:
        return None, f"No decision boundary is drawn: {fault}."
    if len(classes.names) > MOST:
        return (
            None,
            f"A decision boundary is drawn for up to {MOST} classes; here are {len(classes.names)}.",
        )
    spread = 1.0
    if classes.level is not None:
        targets = [number_of(t, "a target") for target in run.targets for _, t in entries(target)]
        spread = max(abs(target - classes.level) for target in targets) or 1.0
    grid = Grid.around(points, _MARGIN, ACROSS)
    return {
        "module": binary(module.text),
        "across": ACROSS,
        "outputs": module.outputs,
        "weights": module.weights,
        "inputs": module.inputs,
        "answers": module.answers,
        "box": [grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]],
        "points": pack(f"<{2 * len(points)}d", *chain.from_iterable(points)),
        "classes": bytes(classes.of_rows),
        "names": classes.names,
        "level": classes.level,
        "spread": spread,
    }, ""
