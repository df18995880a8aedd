"""The text of loops: over the rows of a data set, and over the epochs of a training run."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from .equations import Equation, Equations, Index
from .expressions import ATOM, Text
from .forms import leaves
from .layout import assigned, fitted, guarded, indented, returned, unpacking
from .lowering import lower
from .source import Source, Writer, documented
from .statements import Statements
from .variables import Operand


class Move(NamedTuple):
    """What an optimizer makes of one parameter: the positions of its operands and of its results."""

    parameter: int
    gradient: int
    memory: list[int]
    new_parameter: Index
    new_memory: list[Index]


class Update(NamedTuple):
    """The step of an optimizer as equations, from the count of steps on."""

    equations: list[Equation]
    step: int
    moves: list[Move]


def rows_source(name: str, equations: Equations, mean: bool, matrix: bool = False) -> Source:
    """Write the function that adds value and derivatives up over the rows of a data set."""
    writer = Writer(f"{name}_over_rows", equations, own=("rows", "row"))
    rows = writer.own["rows"]
    fixed = [writer.arguments[key] for key in equations.fixed]
    totals = accumulators(writer, "total")
    results = [equations.value, *equations.gradient, *chain(*equations.hessian)]
    loop = [*writer.body(results, comments=False)]
    loop += [f"{total} += {writer.text(result)}" for total, result in zip(totals, results)]
    count = f" / len({rows})" if mean else ""
    texts = iter(f"{total}{count}" for total in totals)
    parts = [next(texts)]
    if equations.order >= 1:
        parts.append(writer.display(equations.wrt, texts))
    if equations.order >= 2:
        lines = (writer.display(equations.wrt, texts) for _ in equations.hessian)
        parts.append(writer.display(equations.wrt, lines))
    body = [
        *documented(f"The {'mean' if mean else 'sum'} of {name} over rows of {_told(writer)}."),
        *writer.unpacked(equations.fixed),
        *writer.constants(),
        *zeroed(totals),
        *(flat_loop(writer, rows, loop, True) if matrix else writer.row_loop(rows, loop)),
        *returned(parts),
    ]
    head = fitted(f"def {writer.function}(", ", ".join([*fixed, rows]), "):")
    return writer.finished(head, body)


def accumulators(writer: Writer, total: str) -> list[str]:
    """Return names for the sums of the value and of all derivatives."""
    equations = writer.equations
    wrt = [writer.text(index) for index in leaves(equations.wrt)]
    names = [writer.names.new(total), *(writer.names.new(f"d_{name}") for name in wrt)]
    names = names[: 1 + len(equations.gradient)]
    return names + [writer.names.new(f"d_{x}_d_{y}") for x in wrt for y in wrt if equations.hessian]


def zeroed(totals: Sequence[str]) -> Iterator[str]:
    """Yield the statements that set all sums to zero."""
    for start in range(0, len(totals), 6):
        yield f"{' = '.join(totals[start : start + 6])} = 0.0"


def _told(writer: Writer) -> str:
    return ", ".join(writer.arguments[key] for key in writer.varying)


class Loop(NamedTuple):
    """How a training function goes through the rows."""

    seed: str | None  # the argument that each row's loss is multiplied by, one over the rows of a batch
    batches: bool  # in batches, or all at once
    unrolled: bool  # the equations are those of all rows, written out
    matrix: bool  # the rows are a matrix of floats, as numba wants them


def training_source(name: str, equations: Equations, update: Update, loop: Loop) -> Source:
    """Write a whole training run: epochs, batches, rows, and the optimizer's step, as one function."""
    own = ("rows", "losses", "batch_size", "step", "memory", "epoch", "start", "batch", "row")
    writer = Writer(f"train_{name}", equations, own=own)
    mine = writer.own
    if loop.unrolled:
        mine["rows"] = writer.arguments["rows"]
    total = writer.names.new("total")
    parameters = [writer.text(index) for index in leaves(equations.wrt)]
    slopes = {
        parameter: slope
        for parameter, slope in zip(parameters, equations.gradient)
        if not (isinstance(slope, float) and slope == 0.0)
    }
    sums = [writer.names.new(f"d_{parameter}") for parameter in slopes]
    memory = [
        [writer.names.new(f"memory_{parameter}") for _ in move.memory]
        for parameter, move in zip(slopes, update.moves)
    ]
    remembered = [*chain(*memory)]
    rows = mine["batch"] if loop.batches else mine["rows"]
    seed = [f"{writer.arguments[loop.seed]} = 1.0 / len({rows})"] if loop.seed else []
    share = f" * {writer.arguments[loop.seed]}" if loop.seed else ""
    body = [*writer.body([equations.value, *slopes.values()], comments=False)]
    results = zip([total, *sums], [equations.value, *slopes.values()])
    if loop.unrolled:
        batch = [*body, *(f"{name} = {writer.text(result)}" for name, result in results)]
    else:
        body += [f"{name} += {writer.text(result)}" for name, result in results]
        batch = [*zeroed([total, *sums]), *flat_loop(writer, rows, body, loop.matrix)]
    batch += [f"{mine['step']} += 1.0", *moved(writer, update, list(slopes), sums, memory)]
    if loop.batches:
        batch = [*_in_batches(writer, [*seed, *batch], f"{total}{share}")]
        seed = []
    else:
        batch += [f"{mine['losses']}[{mine['epoch']}] = {total}{share}"]
    taken = [key for key in equations.fixed if key != loop.seed]
    lines = [
        *documented(f"Train {name}: set the losses, return parameters and the optimizer's memory."),
        *writer.unpacked(taken),
        *(unpacking(remembered, mine["memory"]) if remembered else ()),
        *writer.constants(),
        *seed,
        f"for {mine['epoch']} in range(len({mine['losses']})):",
        *indented(batch),
        *returned([_row(parameters), _row(remembered)]),
    ]
    named = [mine[key] for key in ("rows", "losses", "batch_size", "step")]
    named += [writer.arguments[key] for key in taken if key != "rows"] + [mine["memory"]]
    return writer.finished(fitted(f"def {writer.function}(", ", ".join(named), "):"), lines)


def _in_batches(writer: Writer, step: Sequence[str], loss: str) -> Iterator[str]:
    """Yield the loop over the batches of an epoch, whose loss is the mean of theirs."""
    mine = writer.own
    rows, size, start, losses = mine["rows"], mine["batch_size"], mine["start"], writer.names.new("batches")
    yield f"{losses} = 0.0"
    yield f"for {start} in range(0, len({rows}), {size}):"
    yield from indented(
        [f"{mine['batch']} = {rows}[{start} : {start} + {size}]", *step, f"{losses} += {loss}"]
    )
    yield f"{mine['losses']}[{mine['epoch']}] = {losses} / len(range(0, len({rows}), {size}))"


def moved(
    writer: Writer,
    update: Update,
    parameters: Sequence[str],
    gradients: Sequence[str],
    memory: Sequence[Sequence[str]],
) -> Iterator[str]:
    """Yield the statements of the optimizer's step, each parameter with its memory at once."""
    trace, made = lower(update.equations)
    statements = Statements(writer.names, writer.statements.functions)
    texts = statements.texts
    texts[made[update.step]] = Text(writer.own["step"], ATOM)
    for move, parameter, gradient, names in zip(update.moves, parameters, gradients, memory):
        for index, name in zip(
            (move.parameter, move.gradient, *move.memory), (parameter, gradient, *names)
        ):
            texts[made[index]] = Text(name, ATOM)

    def new(index: Index) -> Operand:
        return made[index] if isinstance(index, int) else index

    results = [new(index) for move in update.moves for index in (move.new_parameter, *move.new_memory)]
    statements.write(trace.variables, results, named=False, with_results=False)
    yield from guarded(statements.lines, texts, None)
    for move, parameter, names in zip(update.moves, parameters, memory):
        changes = {
            name: statements.text(new(index)).text
            for name, index in zip((parameter, *names), (move.new_parameter, *move.new_memory))
        }
        changes = {name: text for name, text in changes.items() if name != text}
        yield from assigned(", ".join(changes), ", ".join(changes.values()))


def flat_loop(writer: Writer, rows: str, body: Sequence[str], is_matrix: bool) -> Iterator[str]:
    """Yield the loop over rows that are flat: tuples, or for numba the rows of a matrix."""
    places = [index for key in writer.varying for index in leaves(writer.equations.arguments[key])]
    names = [writer.text(index) for index in places]
    if is_matrix:
        row = writer.own["row"]
        yield f"for {row} in range(len({rows})):"
        yield from indented(f"{name} = {rows}[{row}, {i}]" for i, name in enumerate(names))
    else:
        yield from (
            fitted("for (", ", ".join(names) + ",", f") in {rows}:")
            if len(names) > 8
            else [f"for {', '.join(names)}{',' * (len(names) == 1)} in {rows}:"]
        )
    yield from indented(body)


def _row(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"
