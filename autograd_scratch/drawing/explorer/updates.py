"""Which numbers of a graph a step of an optimizer changes, and that step as a page takes it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ...errors import GraphError
from ...optim import Optimizer
from ...program.updates import recorded_update, replayed
from ...program.variables import Trace, Variable
from ...program.wasm.graphs import Update
from ...value import Value
from ..scalars import Sketch


def moving(sketch: Sketch, optimizer: Optimizer, frozen: AbstractSet[Value]) -> list[int]:
    """Return which boxes a step moves: the optimizer's own parameters, or those of models, or all leaves.

    What is frozen stays; of an optimizer of another model's parameters all does.
    """
    found: dict[str, list[int]] = {"parameter": [], "input": []}
    for i, (box, thing) in enumerate(zip(sketch.boxes, sketch.things)):
        if isinstance(thing, Value) and box.kind in found:
            found[box.kind].append(i)
    if chosen_by(optimizer, [Value(0.0)]):
        some = found["parameter"] or found["input"]
    else:
        some = sorted([*found["parameter"], *found["input"]])
    chosen = {*chosen_by(optimizer, [sketch.things[i] for i in some if sketch.things[i] not in frozen])}
    return [i for i in some if sketch.things[i] in chosen]


def chosen_by(optimizer: Optimizer, leaves: Iterable[Value]) -> list[Value]:
    """Return those of some leaves that an optimizer was made for: all, if for none in particular."""
    try:
        return optimizer.chosen_among([*leaves])
    except GraphError:  # which means that there are none
        return []


def updates_of(things: Sequence[Any], nodes: Sequence[int], optimizer: Optimizer) -> list[Update]:
    """Return the step of an optimizer for some nodes: one for each of its groups."""
    values = [things[i] for i in nodes]
    known = dict(zip(nodes, optimizer.recalled(values)))
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for i, place in zip(nodes, optimizer.places(values)):
        groups[place].append(i)
    return [_update(things, own, optimizer, known) for own in groups.values()]


def _update(
    things: Sequence[Any],
    nodes: Sequence[int],
    optimizer: Optimizer,
    known: Mapping[int, tuple[int, Sequence[Any]]],
) -> Update:
    move = recorded_update(optimizer, [things[nodes[0]]])
    memory = [[*map(float, known[i][1])] for i in nodes]

    def of(trace: Trace, p: Variable, slope: Variable, memory: Sequence[Variable], steps: Variable) -> Any:
        return replayed(trace, move, [p, *memory, slope], steps)

    return Update(nodes, memory, of, [known[i][0] for i in nodes])


def refuse_strange(optimizer: Optimizer, leaves: Iterable[Value]) -> None:
    """Raise GraphError where an optimizer was made for parameters that are not among some leaves."""
    if not chosen_by(optimizer, leaves):
        name = type(optimizer).__name__
        raise GraphError(
            f"the parameters of this {name} are not in what is drawn; give draw one without any, as in "
            f"optimizer={name}(lr=0.1), which moves those that are there"
        )
