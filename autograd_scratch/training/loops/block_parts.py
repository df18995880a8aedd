"""A training run as blocks of rows and steps: the nests of both, of a recorded loss of a row."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...program.nests.loops import Array, Nests
from ...program.nests.tracing import nests_of_trace
from ...program.record import Recording
from ...program.variables import Trace, Variable
from ...program.wasm.formulas import MORE
from ...program.wasm.lanes import in_pairs
from ...program.wasm.operations import NoFormError
from ...program.wasm.row_block import RowBlock, batch_block, row_block
from ...program.wasm.training import Parts
from ...value import Value
from .group_steps import step_of
from .recorded import CARRIED, PARAMETERS, STEP, VARYING
from .tuning import Tuner, Tuning


class Blocks(NamedTuple):
    """Blocks of rows, and which arguments it is that all rows share."""

    fixed: list[str]
    blocks: list[RowBlock]


def blocks_of_rows(recording: Recording, rows: int) -> Blocks:
    """Return the block of so many rows, given the recorded loss of one."""
    fixed, varying = _keys(recording)
    return Blocks(fixed, [row_block(recording, rows, fixed, varying)])


def blocks_of_batches(batches: Mapping[int, Recording]) -> Blocks:
    """Return a block for each size of a batch, given the recorded losses of these."""
    blocks: list[RowBlock] = []
    for size, batch in batches.items():
        fixed, varying = _keys(batch)
        shared = blocks[0].fixed if blocks else ()
        blocks.append(batch_block(batch, size, fixed, varying, carried=CARRIED, shared=shared))
    return Blocks(fixed, blocks)


def _keys(recording: Recording) -> tuple[list[str], list[str]]:
    """Return the arguments that all rows share, and those that each has for itself."""
    fixed, varying = (
        [key for key in keys if key in recording.arguments]
        for keys in ((PARAMETERS, STEP, CARRIED), VARYING)
    )
    return fixed, varying


def parts_of(
    given: Blocks,
    tuner: Tuner,
    tuning: Tuning,
    moving: Sequence[Value],
    is_mean: bool,
    per_batch: bool,
) -> Parts:
    """Return the parts of a module that trains on blocks of rows.

    These may have one parameter more than are moving, on which nothing depends.
    """
    fixed = dict(zip(given.fixed, given.blocks[0].fixed))
    parameters = fixed[PARAMETERS]
    loss, slopes = given.blocks[0].nests.results[:2]
    if isinstance(loss, float) or isinstance(slopes, float):
        raise NoFormError("the loss of a row depends on no row, or on no parameter")
    update, state = _update_of(tuner, tuning, moving, parameters, slopes)
    return Parts(
        blocks=given.blocks,
        update=update,
        state=update.arguments[:state],
        settings=update.arguments[state:-2],
        step=update.arguments[-2],
        loss=loss,
        slopes=slopes,
        moving=len(moving),
        is_mean=is_mean,
        carried=[fixed[CARRIED]] if CARRIED in fixed else [],
        now=[fixed[STEP]] if STEP in fixed else [],
        scheduled=len(tuning.scheduled),
        per_batch=per_batch,
    )


def _update_of(
    tuner: Tuner, tuning: Tuning, moving: Sequence[Value], parameters: Array, slopes: Array
) -> tuple[Nests, int]:
    """Return the nests of a step, and how many of their arguments are parameters and memory.

    These come first, then the settings, first those that a schedule sets, then whose each parameter is if
    there are groups, the count of steps and the slopes.
    """
    trace = Trace()
    shape = (parameters.size,)
    p, slope = trace.leaf("parameters", shape), trace.leaf("slopes", shape)
    step = step_of(trace, tuner, tuning, moving, p, slope)
    state: list[Variable] = [p, *step.memory]
    nests = nests_of_trace(
        trace,
        [*state, *step.scheduled, *step.constant, *step.groups, step.steps, slope],
        step.after,
        in_pairs,
        more=MORE,
        carried={i: i for i in range(len(step.after))},
        shared={p: parameters, slope: slopes},
    )
    return nests, len(state)
