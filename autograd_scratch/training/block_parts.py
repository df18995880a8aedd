"""A training run as blocks of rows and steps: the nests of both, of a recorded loss of a row."""

from collections.abc import Sequence

from ..optim import Optimizer
from ..program.nests.loops import Array, Nests
from ..program.nests.tracing import nests_of_trace
from ..program.record import Recording
from ..program.updates import Setting, recorded_update, replayed
from ..program.variables import Trace, Variable
from ..program.wasm.formulas import MORE
from ..program.wasm.lanes import in_pairs
from ..program.wasm.operations import NoFormError
from ..program.wasm.row_block import row_block
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
    (name,) = (key for key in recording.arguments if key not in VARYING)
    block = row_block(recording, rows, [name], VARYING)
    (parameters,) = block.fixed
    loss, slopes = block.nests.results
    if isinstance(loss, float) or isinstance(slopes, float):
        raise NoFormError("the loss of a row depends on no row, or on no parameter")
    update, state = _update_of(optimizer, moving[0], settings, parameters, slopes)
    return Parts(
        block=block,
        update=update,
        state=update.arguments[:state],
        settings=update.arguments[state:-2],
        step=update.arguments[-2],
        loss=loss,
        slopes=slopes,
        moving=len(moving),
        is_mean=is_mean,
    )


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
