"""The text of loops: over the rows of a data set, and over the epochs of a training run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ..optim.clipping import LEAST
from .equations import Equation, Equations, Index
from .expressions import ATOM, Text
from .forms import leaves
from .layout import as_tuple, assigned, guarded, indented, loop_over, returned, unpacking
from .lowering import lower
from .naming import identifier
from .source import Source, Writer
from .statements import Statements

ROWS = "rows"  # the argument that holds all rows, where these are written out
STEP = "step"  # that which counts the steps from 1 on, where the loss depends on it
OWN = (
    *(ROWS, STEP, "losses", "batch_size", "memory", "settings", "schedule"),
    *("epoch", "start", "batch", "row"),
)


class Move(NamedTuple):
    """What an optimizer makes of one parameter: where its operands and its results are."""

    before: list[int]  # of the parameter, of what is remembered of it, and of its gradient
    after: list[Index]  # of the parameter, and of what is remembered of it


class Update(NamedTuple):
    """The step of an optimizer as equations, from the count of steps on."""

    equations: list[Equation]
    step: int
    moves: list[Move]
    settings: Sequence[int] = ()  # those of the optimizer that are arguments


class Loop(NamedTuple):
    """How a training function goes through the rows."""

    seed: str | None  # the argument that each row's loss is multiplied by, one over the rows of a batch
    batches: bool  # in batches, or all at once
    unrolled: bool  # the equations are those of all rows, written out
    matrix: bool  # the rows are a matrix of floats, as numba wants them
    settings: Sequence[str]  # the names of those that are arguments
    scheduled: int  # how many of these, at the end, change: there is a list of numbers for each
    per_batch: bool  # these are for the batches, and not for the epochs
    max_norm: float | None = None  # to which the gradient is shortened
    clipped: int = 0  # of how many parameters that is, the first ones


def rows_source(name: str, equations: Equations, mean: bool, matrix: bool = False) -> Source:
    """Write the function that adds value and derivatives up over the rows of a data set."""
    writer = Writer(f"{name}_over_rows", equations, own=("rows", "row"))
    rows = writer.own["rows"]
    totals = _accumulators(writer)
    results = [equations.value, *equations.gradient, *chain(*equations.hessian)]
    loop = [*writer.body(results, comments=False), *_added(writer, totals, results)]
    count = f" / len({rows})" if mean else ""
    texts = iter(f"{total}{count}" for total in totals)
    parts = [next(texts)]
    if equations.order >= 1:
        parts.append(writer.display(equations.wrt, texts))
    if equations.order >= 2:
        lines = (writer.display(equations.wrt, texts) for _ in equations.hessian)
        parts.append(writer.display(equations.wrt, lines))
    varying = ", ".join(writer.arguments[key] for key in equations.varying)
    body = [
        f'"""The {"mean" if mean else "sum"} of {identifier(name)} over rows of {varying}."""',
        *writer.unpacked(equations.fixed),
        *writer.constants(),
        *_zeroed(totals),
        *(_flat_loop(writer, rows, loop, is_matrix=True) if matrix else writer.row_loop(rows, loop)),
        *returned(parts),
    ]
    arguments = [*(writer.arguments[key] for key in equations.fixed), rows]
    return writer.finished(arguments, body)


def _accumulators(writer: Writer) -> list[str]:
    """Return names for the sums of the value and of all derivatives."""
    equations, new = writer.equations, writer.names.new
    names = [new("total")]
    wrt = [writer.text(index) for index in leaves(equations.wrt)]
    if equations.order >= 1:
        names += [new(f"d_{x}") for x in wrt]
    if equations.order >= 2:
        names += [new(f"d_{x}_d_{y}") for x in wrt for y in wrt]
    return names


def _zeroed(totals: Sequence[str]) -> Iterator[str]:
    """Yield the statements that set all sums to zero."""
    for start in range(0, len(totals), 6):
        yield f"{' = '.join(totals[start : start + 6])} = 0.0"


def _added(writer: Writer, totals: Iterable[str], results: Iterable[Index]) -> Iterator[str]:
    """Yield the statements that add the results of a row to the sums."""
    return (f"{total} += {writer.text(result)}" for total, result in zip(totals, results))


def _flat_loop(writer: Writer, rows: str, body: Sequence[str], is_matrix: bool) -> Iterator[str]:
    """Yield the loop over rows that are flat: tuples, or for numba the rows of a matrix."""
    equations = writer.equations
    names = [writer.text(index) for key in equations.varying for index in leaves(equations.arguments[key])]
    if is_matrix:
        row = writer.own["row"]
        yield f"for {row} in range(len({rows})):"
        yield from indented(f"{name} = {rows}[{row}, {i}]" for i, name in enumerate(names))
    else:
        yield from loop_over(rows, f"{names[0]}," if len(names) == 1 else ", ".join(names))
    yield from indented(body)


def training_source(
    name: str, equations: Equations, moves: Sequence[bool], update: Update, loop: Loop
) -> Source:
    """Write a whole training run: epochs, batches, rows, and the optimizer's step, as one function.

    `moves` says of each parameter whether the update is for it.
    """
    shared = {key for key in (ROWS, STEP) if key in equations.arguments}
    writer = Writer(f"train_{name}", equations, own=[key for key in OWN if key not in shared])
    own = writer.own
    own |= {key: writer.arguments[key] for key in shared}
    parameters = [writer.text(index) for index in leaves(equations.wrt)]
    slopes = {p: slope for p, slope, moved in zip(parameters, equations.gradient, moves) if moved}
    total = writer.names.new("total")
    sums = {total: equations.value}
    sums |= {writer.names.new(f"d_{parameter}"): slope for parameter, slope in slopes.items()}
    states = [
        [parameter, *(writer.names.new(f"memory_{parameter}") for _ in move.after[1:])]
        for parameter, move in zip(slopes, update.moves)
    ]
    memory = [name for state in states for name in state[1:]]
    settings = [writer.names.new(setting) for setting in loop.settings]
    constant, changing = settings[: -loop.scheduled or None], settings[len(settings) - loop.scheduled :]
    columns = [writer.names.new(f"{setting}_of") for setting in changing]
    step = [
        f"{own[STEP]} += 1.0",
        *_gradient(writer, loop, sums),
        *_clipped(writer, loop, list(sums)[1 : 1 + loop.clipped]),
        *_moved(writer, update, states, list(sums)[1:], settings),
    ]
    taken = [key for key in equations.fixed if key != loop.seed]
    body = [
        f'"""Train {identifier(name)}: set the losses, return parameters and the optimizer\'s memory."""',
        *writer.unpacked(taken),
        *(unpacking(memory, own["memory"]) if memory else ()),
        *(unpacking(constant, own["settings"]) if constant else ()),
        *(unpacking(columns, own["schedule"]) if columns else ()),
        *writer.constants(),
        *_epochs(writer, loop, step, total, dict(zip(changing, columns))),
        *returned([as_tuple(parameters), as_tuple(memory)]),
    ]
    arguments = [own[key] for key in (ROWS, "losses", "batch_size", STEP)]
    arguments += [writer.arguments[key] for key in taken if key not in shared]
    arguments += [own[key] for key in ("memory", "settings", "schedule")]
    return writer.finished(arguments, body)


def _gradient(writer: Writer, loop: Loop, sums: Mapping[str, Index]) -> Iterator[str]:
    """Yield the statements that compute loss and derivatives over the rows of a batch, or over all."""
    results = list(sums.values())
    body = [*writer.body(results, comments=False)]
    if loop.unrolled:
        yield from body
        yield from (f"{name} = {writer.text(result)}" for name, result in sums.items())
    else:
        yield from _zeroed(list(sums))
        yield from _flat_loop(
            writer, _rows_of_step(writer, loop), [*body, *_added(writer, sums, results)], loop.matrix
        )


def _clipped(writer: Writer, loop: Loop, slopes: Sequence[str]) -> Iterator[str]:
    """Yield the statements that shorten the gradient to a norm, where there is one.

    Of a norm that is not finite all becomes nan, so that who runs the loop takes the step otherwise.
    """
    if loop.max_norm is None or not slopes:
        return
    norm, scale = writer.names.new("norm"), writer.names.new("scale")
    first, *others = (f"{slope} * {slope}" for slope in slopes)
    yield f"{norm} = {first}"
    yield from (f"{norm} += {square}" for square in others)
    yield f"{norm} **= 0.5"
    yield f"{scale} = {loop.max_norm!r} / ({norm} + {LEAST!r}) + ({norm} - {norm})"
    yield f"if not {scale} >= 1.0:"
    yield from indented(f"{slope} *= {scale}" for slope in slopes)


def _rows_of_step(writer: Writer, loop: Loop) -> str:
    return writer.own["batch"] if loop.batches else writer.own["rows"]


def _epochs(
    writer: Writer, loop: Loop, step: Sequence[str], total: str, columns: Mapping[str, str]
) -> Iterator[str]:
    """Yield the loop over the epochs, each of which is one step, or a step for each batch.

    `columns` are the lists of numbers from which settings are taken.
    """
    epoch, losses = writer.own["epoch"], writer.own["losses"]
    count = writer.names.new("count") if columns and loop.per_batch else epoch
    scheduled = [f"{setting} = {column}[{count}]" for setting, column in columns.items()]
    loss = total
    shared = []
    if loop.seed is not None:
        share = writer.arguments[loop.seed]
        loss = f"{total} * {share}"
        shared = [f"{share} = 1.0 / len({_rows_of_step(writer, loop)})"]
    if count != epoch:
        yield f"{count} = 0"
        step, scheduled = [*scheduled, f"{count} += 1", *step], []
    if loop.batches:
        body = [*scheduled, *_batches(writer, [*shared, *step], loss)]
    else:
        body = [*scheduled, *step, f"{losses}[{epoch}] = {loss}"]
        yield from shared
    yield f"for {epoch} in range(len({losses})):"
    yield from indented(body)


def _batches(writer: Writer, step: Sequence[str], loss: str) -> Iterator[str]:
    """Yield the loop over the batches of an epoch, whose loss is the mean of theirs."""
    own, sum_of_losses = writer.own, writer.names.new("batches")
    rows, size, start = own["rows"], own["batch_size"], own["start"]
    yield f"{sum_of_losses} = 0.0"
    yield f"for {start} in range(0, len({rows}), {size}):"
    yield from indented(
        [f"{own['batch']} = {rows}[{start} : {start} + {size}]", *step, f"{sum_of_losses} += {loss}"]
    )
    yield f"{own['losses']}[{own['epoch']}] = {sum_of_losses} / len(range(0, len({rows}), {size}))"


def _moved(
    writer: Writer,
    update: Update,
    states: Sequence[Sequence[str]],
    gradients: Sequence[str],
    settings: Sequence[str],
) -> Iterator[str]:
    """Yield the statements of the optimizer's step: each parameter moves together with its memory.

    A state is the names of a parameter and of what is remembered of it.
    """
    trace, at = lower(update.equations)
    statements = Statements(writer.names, writer.statements.functions)
    texts = statements.texts
    texts[at(update.step)] = Text(writer.own[STEP], ATOM)
    texts |= {at(index): Text(name, ATOM) for index, name in zip(update.settings, settings)}
    for move, state, gradient in zip(update.moves, states, gradients):
        for index, name in zip(move.before, [*state, gradient]):
            texts[at(index)] = Text(name, ATOM)
    results = [at(index) for move in update.moves for index in move.after]
    statements.write(trace.variables, results, named=False, with_results=False)
    yield from guarded(statements.lines, texts, None)
    for move, state in zip(update.moves, states):
        changes = {name: statements.text(at(index)).text for name, index in zip(state, move.after)}
        changes = {name: text for name, text in changes.items() if name != text}
        if changes:
            yield from assigned(", ".join(changes), ", ".join(changes.values()))
