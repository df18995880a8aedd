"""From the equations of arrays, written for speed, to loop nests."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..variables import Operand, Trace, Variable
from .grouping import Builder, Group, Reference
from .loops import Array, Axis, Loop, Nests, Place, Read, Statement, Write
from .ordering import order_of
from .storage import Storage
from .works import is_scalar
from .writing import write


def nests_of(
    trace: Trace,
    arguments: Sequence[Variable],
    results: Sequence[Operand],
    tables: Mapping[Variable, Sequence[float]] | None = None,
) -> Nests:
    """Return the loop nests that compute some results of a trace from its arguments.

    `tables` are the plain numbers of what is frozen, beside the tables of the trace itself.
    """
    constants = {**trace.tables, **{x: tuple(numbers) for x, numbers in (tables or {}).items()}}
    builder = Builder(trace, results, constants)
    storage = Storage()
    for argument in arguments:
        storage.keep(argument, fixed=True)
    references = _references(builder.groups)
    needed = {*references, *builder.scalars, *builder.wanted}
    tables = {
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
        if variable not in storage.arrays:
            buffers.append(storage.keep(variable, fixed=True))
            body.append(Write(Place(storage.arrays[variable]), builder.scalars[variable]))
    return Nests(
        body=body,
        arguments=[storage.arrays[argument] for argument in arguments],
        tables=tables,
        results=[storage.arrays[r] if r.__class__ is Variable else r for r in results],
        buffers=buffers,
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
    statements, rows = write(group, order_of(group, places), places)
    return [*cleared, *statements], rows
