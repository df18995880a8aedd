"""A part of a model as a list of equations between columns: an entry of all rows, a parameter, a constant.

They are the nodes of the graph that one row makes. So any model can be handed over that can be derived: an
`if` on one of its numbers is a TracingError, and `where` keeps both arms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from .. import graph
from ..errors import ModelError, TracingError
from ..nn.search import is_module
from ..nn.states import Buffer, entries_of
from ..primitives import Primitive
from ..program.forms import leaves, plain
from ..program.record import example_values
from ..program.repetition import traced_twice
from ..value import Value
from .flows import Calling, Flow, Flows, batch_of, leaves_of, over, row_of
from .formulas import formula_of

LARGEST = 50_000  # equations of a part

Place = tuple[str, int]  # the path of an array of parameters, and which entry of it


class Equations(NamedTuple):
    """What is computed: `steps` are primitives and their operands, positions in a list of columns.

    In that list are first the inputs, then the parameters, the constants, and what the steps compute.
    """

    inputs: int
    parameters: list[Place]
    constants: list[float]
    steps: list[tuple[Primitive, tuple[int, ...]]]
    outputs: list[int]

    def run(self, ops: Any, inputs: Sequence[Any], parameters: Sequence[Any], numbers: Any) -> list[Any]:
        """Return the columns of the outputs; `ops` has the functions of columns."""
        columns = [*inputs, *parameters, *numbers]
        for primitive, operands in self.steps:
            columns.append(formula_of(primitive)(ops, *(columns[i] for i in operands)))
        return [columns[i] for i in self.outputs]


@dataclass(frozen=True)
class Answer:
    """How columns of outputs become an array: the shape of a row's, and the axis along which rows are."""

    shape: tuple[int, ...]
    axis: int

    @property
    def size(self) -> int:
        """How many columns there are."""
        return prod(self.shape)


def equations_of(part: Any, given: Sequence[Flows], calling: Calling) -> Equations:
    """Return the equations of a part of a model, from arrays of which it gets one row's."""
    numbers = [batch_of(each, 1) if calling.is_batch else row_of(each, 0) for each in given]
    inputs = example_values({f"x{i}": tree for i, tree in enumerate(numbers)})
    called = getattr(part, "__name__", type(part).__name__)
    try:
        answer, _ = traced_twice(part, [*inputs.values()], {}, called)
    except TracingError as fault:
        fault.add_note(f"{called} is handed over by the equations that one row makes")
        raise
    part(*numbers)  # what it keeps of a call in its attributes is not left there from a trace
    places = {} if not is_module(part) else _places(part)
    return written(leaves([*inputs.values()]), leaves(plain(answer)), places)


def equations_of_function(function: Callable[[Any], Any]) -> Equations:
    """Return the equations of a function of one number, such as an activation.

    >>> equations_of_function(lambda z: 2.0 * z).steps
    [(<primitive mul>, (1, 0))]
    """
    x = example_values({"x": 0.5})["x"]
    called = getattr(function, "__name__", type(function).__name__)
    answer, _ = traced_twice(function, [x], {}, called)
    return written([x], [answer], {})


def written(inputs: Sequence[Value], outputs: Sequence[Any], places: dict[Value, Place]) -> Equations:
    """Return the equations of outputs, which inputs and the parameters at some places were computed to."""
    order = graph.toposort(*(each for each in outputs if isinstance(each, Value)))
    known = {*inputs}
    order = [node for node in order if node not in known]
    if len(order) > LARGEST:
        raise ModelError(
            f"this part of the model makes {len(order):,} equations for each row, and up to {LARGEST:,} "
            "are handed over; build it of the layers of autograd_scratch.nn in a Sequential, which are "
            "handed over as a whole"
        )
    operands = [operand for node in order for operand in node.parents] + [*outputs]
    parameters = list(dict.fromkeys(x for x in operands if isinstance(x, Value) and x in places))
    rest = [x for x in operands if _is_constant(x, known, places)]
    constants = list(dict.fromkeys(_key(x) for x in rest))
    positions: dict[Any, int] = {}
    for column in (*inputs, *parameters, *constants, *order):
        positions.setdefault(column, len(positions))

    def at(operand: Any) -> int:
        return positions[_key(operand) if _is_constant(operand, known, places) else operand]

    return Equations(
        inputs=len(inputs),
        parameters=[places[leaf] for leaf in parameters],
        constants=[float(text) for text in constants],
        steps=[(_known(node.primitive), tuple(map(at, node.parents))) for node in order],
        outputs=[*map(at, outputs)],
    )


def _known(primitive: Primitive | None) -> Primitive:
    """Return a primitive that has a formula, or say that it has none."""
    assert primitive is not None  # it computed something
    formula_of(primitive)
    return primitive


def answers_of(expected: Flows) -> Any:
    """Return how columns become the arrays of an answer."""
    return over(lambda flow: Answer(flow.entry, flow.axis), expected)


def sizes_of(given: Sequence[Flow]) -> list[tuple[int, int]]:
    """Return for each array the axis of its rows, and how many entries a row has."""
    return [(flow.axis, prod(flow.entry)) for flow in leaves_of(list(given))]


def _is_constant(operand: Any, inputs: set[Value], places: dict[Value, Place]) -> bool:
    if not isinstance(operand, Value):
        return True
    return not operand.parents and operand not in inputs and operand not in places


def _key(constant: Any) -> str:
    """Return the text of a number, which tells zeros of both signs apart, and takes nan for itself."""
    return repr(float(constant.data if isinstance(constant, Value) else constant))


def _places(part: Any) -> dict[Value, Place]:
    """Return where each parameter of a part is."""
    places: dict[Value, Place] = {}
    for path, entry in entries_of(part).items():
        if isinstance(entry, Buffer):
            continue
        for i, leaf in enumerate([entry] if isinstance(entry, Value) else entry.leaves):
            places[leaf] = path, i
    return places
