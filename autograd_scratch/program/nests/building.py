"""From the equations of arrays, written for speed, to loop nests."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..variables import Operand, Trace, Variable
from .grouping import Builder, Group, Reference
from .loops import Array, Axis, Local, Loop, Nests, Place, Read, Statement, Write
from .ordering import order_of
from .storage import Storage
from .tiling import tiled
from .works import is_scalar
from .writing import write


def nests_of(
    trace: Trace,
    arguments: Sequence[Variable],
    results: Sequence[Operand],
    tables: Mapping[Variable, Sequence[float]] | None = None,
    carried: Mapping[Variable, Variable] | None = None,
) -> Nests:
    """Return the loop nests that compute some results of a trace from its arguments.

    `tables` are the plain numbers of what is frozen, beside the tables of the trace itself. `carried`
    says which results replace which arguments: that is where they are written, at once if nobody reads
    there any more, else at the end. So the nests may run once more.
    """
    constants = {**trace.tables, **{x: tuple(numbers) for x, numbers in (tables or {}).items()}}
    builder = Builder(trace, results, constants)
    storage = Storage()
    for argument in arguments:
        storage.keep(argument, fixed=True)
    references = _references(builder.groups)
    needed = {*references, *builder.scalars, *builder.wanted}
    kept = {
        storage.keep(table, fixed=True): numbers
        for table, numbers in constants.items()
        if table in needed and table not in storage.arrays
    }
    buffers = []
    for variable in references:
        if variable not in storage.arrays:
            if variable.primitive is None:
                raise ValueError(f"{variable.name or 'a Variable'} is neither an argument nor a table")
            fixed = variable in builder.wanted
            buffers.append(storage.keep(variable, fixed, references[variable]))
    late = _put_in_place(builder, storage, carried or {})
    body: list[Statement] = [
        Read(local, Place(storage.arrays[variable]))
        for variable, local in builder.scalars.items()
        if variable.primitive is None
    ]
    for group in builder.groups:
        statements, rows = _written(group, storage)
        body += statements
        buffers += rows
    for variable in dict.fromkeys(r for r in results if r.__class__ is Variable):
        if variable.primitive is not None and is_scalar(variable):
            if variable not in storage.arrays:
                buffers.append(storage.keep(variable, fixed=True))
            body.append(Write(Place(storage.arrays[variable]), builder.scalars[variable]))
    for result, argument in late.items():
        body.append(_copied(storage.arrays[result], storage.arrays[argument]))
    return Nests(
        body=body,
        arguments=[storage.arrays[argument] for argument in arguments],
        tables=kept,
        results=[storage.arrays[r] if r.__class__ is Variable else r for r in results],
        buffers=[buffer for buffer in buffers if buffer not in storage.unused],
    )


def _references(groups: Sequence[Group]) -> dict[Variable, list[Reference]]:
    found: dict[Variable, list[Reference]] = {}
    for group in groups:
        for item in group.items:
            if item.read is not None:
                found.setdefault(item.read.variable, []).append(item.read)
        for store in group.stores:
            found.setdefault(store.reference.variable, []).append(store.reference)
    return found


def _put_in_place(
    builder: Builder, storage: Storage, carried: Mapping[Variable, Variable]
) -> dict[Variable, Variable]:
    """Let results have the arrays of the arguments that they replace; return those that cannot."""
    late: dict[Variable, Variable] = {}
    found: set[Variable] = set()
    for result, argument in carried.items():
        if argument in found or result.shape != argument.shape:
            raise ValueError("each argument is replaced once, by a result of its shape")
        found.add(argument)
        if result.primitive is None or argument in builder.wanted:
            if result is not argument:
                late[result] = argument
        elif is_scalar(result):  # which are read first and written last
            storage.arrays[result] = storage.arrays[argument]
        elif _is_read_before(builder.groups, storage, result, argument):
            unused = storage.arrays[result]
            storage.arrays[result] = storage.arrays[argument]
            storage.unused.append(unused)
        else:
            late[result] = argument
    return late


def _is_read_before(
    groups: Sequence[Group], storage: Storage, result: Variable, argument: Variable
) -> bool:
    """Say whether all entries of an argument are read before those of a result are written."""
    for group in groups:
        store = next((store for store in group.stores if store.reference.variable is result), None)
        reads = [item for item in group.items if item.read and item.read.variable is argument]
        if store is None:
            continue
        last = max((reduction.stage + 1 for reduction in group.reductions), default=0)
        place = storage.place(store.reference)
        at = (place.offset, {*place.strides})
        is_last = store.stage == last and not store.adds and place.table is None
        if not is_last or any(store.value is item.target for store in group.stores for item in reads):
            return False
        for item in reads:
            assert item.read is not None
            own = storage.place(item.read)
            if own.table is not None or (own.offset, {*own.strides}) != at:
                return False
        later = groups[groups.index(group) + 1 :]
        return not any(i.read and i.read.variable is argument for other in later for i in other.items)
    return False


def _copied(source: Array, target: Array) -> Loop:
    axis, entry = Axis(source.size), Local()
    along = ((axis, 1),)
    return Loop(axis, [Read(entry, Place(source, 0, along)), Write(Place(target, 0, along), entry)])


def _written(group: Group, storage: Storage) -> tuple[list[Statement], list[Array]]:
    places: dict[Any, Place] = {}
    for item in group.items:
        if item.read is not None:
            places[item] = storage.place(item.read)
    cleared: list[Statement] = []
    for store in group.stores:
        places[store] = storage.place(store.reference)
        if store.adds:
            array = places[store].array
            axis = Axis(array.size)
            cleared.append(Loop(axis, [Write(Place(array, 0, ((axis, 1),)), 0.0)]))
    statements, rows = write(*tiled(group, order_of(group, places), places))
    return [*cleared, *statements], rows
