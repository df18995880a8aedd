"""From a loss, or a function that computes one, to the Program of its value and derivatives."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from .. import graph
from ..arrays.containers import blocks, entries, extent, is_array, shape_of
from ..collector import without_collector
from ..errors import AutogradError, DataError, ProgramError, look_up
from ..ieee import describe
from ..replicas import Stage
from ..signatures import call_form
from ..stepping.examples import are_whole, by_name, by_position, listed
from ..stepping.recorder import Recorder
from ..value import Value
from ..wording import apart
from .forms import Tree, leaves, plain
from .held import Held
from .machine.numbers import MachineCode
from .machine.program import LoopProgram
from .program import Program
from .record import EXACT, STYLES, TEXTBOOK, Recording, example_values, record
from .repetition import traced_twice
from .rolled.program import RolledProgram
from .rolled.recording import record_rolled
from .textbook import as_written
from .tracing import traced_loss

ORDERS = (0, 1, 2)
PROGRAMS = {"python": Program, "wasm": Program, "numba": MachineCode}
ROLLED = {"python": RolledProgram, "wasm": RolledProgram, "numba": LoopProgram}  # of arrays
_NAMED, _LISTED = "inputs={'x': 0.5}", "derive(f, inputs=[0.5, 1.0])"  # how they are written
FEW_ARGUMENTS = 50  # numbers outside of arrays
MANY = 500  # operands, from which on a Program is of arrays, even if nobody gave one
SOME = 100  # the same where the function computes with arrays


@call_form("derive(f, inputs=[2.0, 3.0])")
@without_collector
def derive(
    loss: Value | Callable[..., Any],
    wrt: Any = None,
    inputs: Any = None,
    *,
    order: int = 1,
    outputs: Mapping[str, Any] | None = None,
    name: str | None = None,
    backend: str | None = None,
    style: str = EXACT,
) -> Program:
    """Return the Program of a loss and its derivatives: code to read, and to run without any nodes.

    `loss` is a Value; then `wrt` and `inputs` are Values of its graph, in lists, dicts or arrays.
    Without `wrt` it is all other leaves. The branches taken when it was computed are frozen.

    >>> w, x = Value(0.5, "w"), Value(2.0, "x")
    >>> program = derive((w * x).tanh(), wrt=w, inputs=[x])
    >>> program(0.5, 2.0)
    (0.7615941559557649, 0.8399486832280519)

    Or `loss` is a function; then `inputs` are examples of its arguments, in a list or by name, and `wrt`
    says by which of them to differentiate, by name or number: the first by default. It may also be a tree
    of Values in the function's closure, such as the parameters of a model. The function is traced, and
    `where` keeps both arms; an `if` on one of the numbers is a TracingError that shows the line to write.
    It is traced in a copy, in which arrays of `np.zeros` and its like can be filled with Values.

    >>> from autograd_scratch import where
    >>> tent = derive(lambda x, height: where(x < 1.0, x, 2.0 - x) * height, inputs=[0.5, 10.0])
    >>> tent(0.5, 10.0), tent(1.5, 10.0)
    ((5.0, 10.0), (5.0, -10.0))

    `wrt` also takes the names of arrays that a function, or the object of a method, holds: they become the
    first arguments. Of functions of arrays the Program is of arrays, in NumPy, and so it is of many
    numbers.

    Whole numbers that choose entries, as labels do, stay what they are: the Program is for these. Those of
    an `Embedding` may be others in each call.

    A Program called gives the value and the gradient, arranged as `wrt` is. With `order` 2 the Hessian
    comes after them; with 0 there is the value alone. `outputs` names further Values to be computed, in
    a dict that comes last; a function returns them after its loss, as `return loss, {"h": h}`.

    `program.sum` and `mean` over many rows run as WebAssembly, if there is much to compute; a single call
    is Python, or NumPy. `backend="wasm"` asks for the one, "python" for the other. WebAssembly lacks
    `fmod`, `remainder`, `fsum`, `gamma`, `lgamma`, `digamma`, `sinc`, `%`, `//`, and norms of powers but 2;
    then the others run. `backend="numba"` compiles single calls, too. numba refuses `digamma` and `fsum`,
    and the derivatives of `gamma`, `lgamma` and `sinc`; the error says what it refuses of a function.

    `style` says how derivatives are written. "exact" keeps all digits, however far out. "textbook" has the
    forms of lectures: a (1 - a) for a sigmoid, 1 - a ** 2 for tanh, z > 0 for relu, p - y for softmax with
    cross-entropy, whether these are ours or spelled by hand. They are the same in real numbers; in floats
    1 - a ** 2 is 0 from z = 19 on, and the exact slope is not. Where it has to be assumed that the rows of
    a table sum to 1, its numbers do, and the docstring of the code says so.

    >>> lesson = derive(lambda z: z.tanh(), inputs=[20.0], style="textbook")
    >>> lesson
    <Program loss(z) of 4 equations, as textbooks write it>
    >>> lesson(20.0), derive(lambda z: z.tanh(), inputs=[20.0])(20.0)
    ((1.0, 0.0), (1.0, 1.6993417021166355e-17))
    """
    if order not in ORDERS:
        raise ProgramError(
            f"the order is 0 for the value, 1 for the gradient, 2 for the Hessian, not {order!r}"
        )
    if name is not None and not isinstance(name, str):
        raise DataError(f"the name of a Program is text, not {describe(name)}; write name='loss', say")
    kind = PROGRAMS["python"] if backend is None else look_up(backend, PROGRAMS, "backend")
    if backend == "wasm" and order == 2:
        raise ProgramError(
            'backend="wasm" has value and gradient, and no Hessian: leave it out, or write order=1'
        )
    look_up(style, dict.fromkeys(STYLES), "style")
    rolls = order < 2 and has_numpy()
    if isinstance(loss, Value):
        recording = _recorded_value(rolls, loss, wrt, inputs, outputs or {}, name)
    else:
        with closing(Stage()) as stage:
            recording = _recorded_function(rolls, stage, loss, wrt, inputs, outputs, name)
    if recording.rolled is not None:
        kind = ROLLED[backend or "python"]
    if style == TEXTBOOK:
        recording = as_written(replace(recording, style=style))
    return kind.of(recording, order, frozen_branches=isinstance(loss, Value), backend=backend)


def _recorded_value(
    rolls: bool, loss: Value, wrt: Any, inputs: Any, outputs: Mapping[str, Any], name: str | None
) -> Recording:
    """Record a loss that was computed."""
    arguments = _named(inputs)
    if wrt is None:
        wrt = _other_leaves(loss, outputs, arguments)
    name = name or loss.name or "loss"
    if rolls and _operands(loss) > MANY:
        rolled = record_rolled(loss, wrt, arguments, outputs, name, Recorder())
        if rolled is not None and rolled.rolled is not None and rolled.rolled.is_worth_it:
            return rolled
    return record(loss, wrt, arguments, outputs, name)


def has_numpy() -> bool:
    """Say whether NumPy is installed."""
    if "numpy" in sys.modules:
        return sys.modules["numpy"] is not None  # as whoever blocks it has it
    with suppress(ImportError):
        return find_spec("numpy") is not None
    return False


def _recorded_function(
    rolls: bool, stage: Stage, function: Any, wrt: Any, inputs: Any, outputs: Any, name: str | None
) -> Recording:
    """Trace a function, and record the loss that it computes."""
    if not callable(function):
        raise DataError(
            f"derive takes a Value, or a function that computes one, not {describe(function)}; "
            "a plain number has no graph"
        )
    if outputs is not None:
        raise ProgramError("a function gives further outputs itself: write return loss, {'h': h}")
    is_named = isinstance(inputs, Mapping)
    given = by_name(inputs, _NAMED) if is_named else by_position(function, inputs, _LISTED)
    name = name or str(getattr(function, "__name__", "loss")).replace("<lambda>", "loss")
    refused = None
    for labels in _labels(given, wrt):  # at first there are none: whole numbers may be data like others
        try:
            return _as_called(rolls, stage, function, wrt, given, labels, name, is_named)
        except AutogradError as fault:
            refused = refused or fault
    assert refused is not None  # there is at least one way to call it
    raise refused


def _labels(given: Mapping[str, Tree], wrt: Any) -> Iterator[set[str]]:
    """Yield which arguments may have to stay whole numbers, as labels and indices: none, rows, or all."""
    yield set()
    asked = [wrt] if isinstance(wrt, (str, int)) else wrt if isinstance(wrt, (list, tuple)) else [0]
    names = list(given)
    asked_names = {names[i] if isinstance(i, int) and -len(names) <= i < len(names) else i for i in asked}
    whole = {key for key, tree in given.items() if key not in asked_names and are_whole(tree)}
    rows = {key for key in whole if len(extent(given[key]) or shape_of(given[key])) < 2}
    yield from filter(None, (rows, whole) if rows != whole else (whole,))


def _as_called(
    rolls: bool,
    stage: Stage,
    function: Any,
    wrt: Any,
    given: Mapping[str, Tree],
    labels: set[str],
    name: str,
    is_named: bool,
) -> Recording:
    """Record a function whose labels stay whole numbers."""
    held = Held(function, wrt, given)
    kept = example_values(held.numbers)
    own = example_values({key: tree for key, tree in given.items() if key not in labels})
    whole = {key: tree for key, tree in given.items() if key in labels}
    arguments = {**kept, **own}
    chosen = _chosen(wrt, arguments, held)
    called_with = {key: whole.get(key, own.get(key)) for key in given}

    def run(recorder: Recorder | None) -> tuple[Value, dict[str, Tree], Any]:
        return traced_loss(held.staged(stage, function, kept), function, called_with, is_named, recorder)

    recorder = Recorder(traced_twice.__code__) if rolls and _are_many(arguments) else None
    loss, extras, names = run(recorder)
    if rolls and recorder is None and (size := _operands(loss)) > SOME:  # few numbers, much data
        recorder = Recorder(traced_twice.__code__)
        loss, extras, names = run(recorder)
        recorder = recorder if recorder.arrays or size > MANY else None
    found = None
    if recorder is not None:
        found = record_rolled(loss, chosen, arguments, extras, name, recorder)
    if found is None or found.rolled is None or not found.rolled.is_worth_it:
        found = record(loss, chosen, arguments, extras, name, names)
    plain_labels = {key: plain(tree) for key, tree in whole.items()}
    return replace(found, given=(*kept, *given), labels=plain_labels)


def _are_many(arguments: Mapping[str, Tree]) -> bool:
    """Say whether arguments are so many numbers, or in arrays, that a Program of arrays is wanted."""
    found = [block for tree in arguments.values() for _, block in blocks(tree)]
    return len(found) > FEW_ARGUMENTS or any(map(is_array, found))


def _operands(loss: Value) -> int:
    """Return how many operands there are in a graph."""
    return sum(len(node.parents) for node in graph.toposort(loss))


def _named(inputs: Any) -> dict[str, Tree]:
    """Return the inputs of a loss that was computed, by name."""
    named: dict[str, Tree] = {}
    if isinstance(inputs, Mapping):
        named |= by_name(inputs, _NAMED)
    else:
        for i, tree in enumerate(listed(inputs)):
            name = _name_of(tree)
            named[name if name and name not in named else apart(f"x{i}", named)] = tree
    for key, tree in named.items():
        for place, entry in entries(tree, key):
            if not isinstance(entry, Value):
                raise DataError(
                    f"the inputs of a loss that was computed are Values of its graph, and {place} is "
                    f"{describe(entry)}; make it a Value first, or derive a function"
                )
    return named


def _name_of(tree: Tree) -> str | None:
    """Return what the names of all Values of a tree begin with, such as `X` of `X[0, 1]`."""
    names = {str(getattr(entry, "name", None) or "").partition("[")[0] for entry in leaves(tree)}
    return names.pop() if len(names) == 1 and names != {""} else None


def _other_leaves(loss: Value, outputs: Mapping[str, Any], arguments: dict[str, Tree]) -> list[Value]:
    """Return the leaves of a graph that are not inputs, in order."""
    known = {entry for tree in arguments.values() for entry in leaves(tree)}
    found: dict[Value, None] = {}
    values = [output for output in leaves(dict(outputs)) if isinstance(output, Value)]
    for node in graph.toposort(loss, *values):
        for parent in node.parents:
            if isinstance(parent, Value) and not parent.parents and parent not in known:
                found[parent] = None
    return list(found)


def _chosen(wrt: Any, arguments: dict[str, Tree], held: Held) -> Tree:
    """Return the Values by which to differentiate, given by name or number of an argument or themselves."""
    if wrt is None:
        return next(iter(arguments.values()), [])
    several = isinstance(wrt, (list, tuple)) and bool(wrt) and all(isinstance(w, (str, int)) for w in wrt)
    if not several and not isinstance(wrt, (str, int)):
        return wrt
    names = list(arguments)
    chosen = []
    for each in wrt if several else [wrt]:
        if isinstance(each, int) and -len(names) <= each < len(names):
            each = names[each]
        if each not in arguments:
            raise ProgramError(
                f"wrt says {each!r}, and the arguments are {', '.join(names) or 'none'}{held.told()}"
            )
        chosen.append(arguments[each])
    return tuple(chosen) if several else chosen[0]
