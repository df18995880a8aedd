"""A training run as blocks of rows and steps: the nests of both, of a recorded loss of a row."""

from collections.abc import Sequence
from typing import Any

from ..optim import Optimizer
from ..program.forms import leaves
from ..program.gradients import gradient
from ..program.nests.loops import Array, Nests
from ..program.nests.tracing import nests_of_trace
from ..program.record import Recording
from ..program.rolled.batches import of_rows
from ..program.updates import Setting, recorded_update, replayed
from ..program.variables import Trace, Variable
from ..program.wasm.blocks import Column, add_share
from ..program.wasm.formulas import MORE
from ..program.wasm.lanes import in_pairs
from ..program.wasm.operations import NoFormError
from ..program.wasm.training import Parts
from ..value import Value
from .arrays import VARYING


def parts_of(
    recording: Recording,
    optimizer: Optimizer,
    moving: Sequence[Value],
    settings: Sequence[Setting],
    rows: int,
    is_mean: bool,
) -> Parts:
    """Return the parts of a module that trains on blocks of `rows`.

    The recording may have one parameter more than are moving, on which nothing depends.
    """
    weighted, share = add_share(recording)
    batch = of_rows(weighted, rows, (*VARYING, share))
    (p,) = (leaf for key in batch.arguments if key not in (*VARYING, share) for leaf in _of(batch, key))
    varying = [leaf for key in (*VARYING, share) for leaf in _of(batch, key)]
    (slope,) = gradient(batch.trace, batch.value, [p], 1.0)
    block = nests_of_trace(
        batch.trace, [p, *varying], [batch.value, slope], in_pairs, more=MORE, rows=rows, varying=varying
    )
    parameters, *columns, shares = block.arguments
    loss, slopes = block.results
    if isinstance(loss, float) or isinstance(slopes, float):
        raise NoFormError("the loss of a row depends on no row, or on no parameter")
    update, state = _update_of(optimizer, moving[0], settings, parameters, slopes)
    return Parts(
        block=block,
        update=update,
        rows=rows,
        columns=[Column(array, array.size // rows) for array in columns],
        shares=shares,
        state=update.arguments[:state],
        settings=update.arguments[state:-2],
        step=update.arguments[-2],
        loss=loss,
        slopes=slopes,
        moving=len(moving),
        is_mean=is_mean,
    )


def _of(recording: Recording, key: str) -> list[Any]:
    return leaves(recording.arguments[key])


def _update_of(
    optimizer: Optimizer, parameter: Value, settings: Sequence[Setting], parameters: Array, slopes: Array
) -> tuple[Nests, int]:
    """Return the nests of a step, and how many of their arguments are parameters and memory.

    These come first, then the settings, the count of steps and the slopes.
    """
    update = recorded_update(optimizer, [parameter], settings)
    trace = Trace()
    shape = (parameters.size,)
    p, slope = trace.leaf("parameters", shape), trace.leaf("slopes", shape)
    memory = [trace.leaf("memory", shape) for _ in update.moves[0].after[1:]]
    step = trace.leaf("step")
    symbols = [trace.leaf(name) for name, _ in settings]
    after = replayed(trace, update, [p, *memory, slope], step, symbols)
    state: list[Variable] = [p, *memory]
    nests = nests_of_trace(
        trace,
        [*state, *symbols, step, slope],
        after,
        in_pairs,
        more=MORE,
        carried={i: i for i in range(len(after))},
        shared={p: parameters, slope: slopes},
    )
    return nests, len(state)
