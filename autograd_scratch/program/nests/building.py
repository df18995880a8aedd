"""From the equations of arrays, written for speed, to loop nests."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ...primitives.exponential import sech_squared
from ..operands import Operand
from ..rolled.nesting import nested
from ..variables import Trace, Variable
from .grouping import Builder, Round
from .groups import Group
from .loops import AddTo, Array, Axis, Local, Loop, Nests, Place, Read, Statement, Write
from .ordering import order_of
from .rounds import Body, Way, maps_of, rows_of
from .storage import Storage
from .tiling import Places, tiled
from .works import computed, is_scalar
from .writing import write

BESIDE = frozenset((sech_squared,))  # which costs little where tanh of the same number is computed


class Blocks(NamedTuple):
    """How nests run for blocks of rows: how many, which arguments are theirs, and which results add up.

    What adds up is never cleared here, but by who runs the nests.
    """

    rows: int
    varying: Collection[Variable]
    added: Collection[Variable]


def in_single_lanes(group: Group, places: Places) -> tuple[list[Statement], list[Array]]:
    """Loop over a nest entry by entry: a compiler finds what can be done in several lanes."""
    return write(*tiled(group, order_of(group, places), places))


def nests_of(
    trace: Trace,
    arguments: Sequence[Variable],
    results: Sequence[Operand],
    tables: Mapping[Variable, Sequence[float]] | None = None,
    carried: Sequence[tuple[Variable, Operand]] = (),
    way: Way = in_single_lanes,
    blocks: Blocks | None = None,
    shared: Mapping[Variable, Array] | None = None,
) -> Nests:
    """Return the loop nests that compute some results of a trace from its arguments.

    `tables` are the plain numbers of what is frozen, beside the tables of the trace itself. `carried`
    says which arguments are replaced by which results: that is where they are written, at once if nobody
    reads there any more, else at the end. So the nests may run once more. `way` says how a nest is looped
    over, and `blocks` that they run for one block of rows after the other. `shared` are arrays that some
    arguments have in other nests.
    """
    unfolded = nested(trace, results, beside=BESIDE)
    new = {r: computed(unfolded.new(r)) if r.primitive else r for r in results if r.__class__ is Variable}
    results = [new.get(r, r) for r in results]
    carried = [(argument, new.get(r, r)) for argument, r in carried]
    constants = {**trace.tables, **{x: tuple(numbers) for x, numbers in (tables or {}).items()}}
    builder = Builder(trace, results, constants)
    maps = maps_of(builder.groups)
    storage = Storage(blocks.rows if blocks else None, rows_of(builder.groups))
    for argument in arguments:
        is_fixed = blocks is None or argument not in blocks.varying
        storage.keep(argument, is_fixed, maps.get(argument, ()), (shared or {}).get(argument))
    needed = {*maps, *builder.scalars, *builder.wanted}
    frozen = {
        storage.keep(table, fixed=True): numbers
        for table, numbers in constants.items()
        if table in needed and table not in storage.arrays
    }
    buffers = []
    for variable, own in maps.items():
        if variable not in storage.arrays:
            if variable.primitive is None:
                raise ValueError(f"{variable.name or 'a Variable'} is neither an argument nor a table")
            buffers.append(storage.keep(variable, variable in builder.wanted, own))
    late = _put_in_place(builder, storage, carried)
    added = {new.get(x, x) for x in blocks.added} if blocks else set()
    for group in builder.groups:
        for store in group.stores if isinstance(group, Group) else ():
            store.adds = store.adds or store.reference.variable in added
    inner = Body(storage, way)
    statements = [*inner.statements(builder, {*added})]
    body: list[Statement] = [
        Read(local, Place(storage.arrays[variable]))
        for variable, local in builder.scalars.items()
        if variable.primitive is None
    ]
    body += statements
    buffers += inner.buffers
    frozen |= inner.tables
    for variable in dict.fromkeys(r for r in results if r.__class__ is Variable):
        if variable.primitive is not None and is_scalar(variable):
            if variable not in storage.arrays:
                buffers.append(storage.keep(variable, fixed=True))
            write = AddTo if variable in added else Write
            body.append(write(Place(storage.arrays[variable]), builder.scalars[variable]))
    kept: dict[Variable, Array] = {}  # arguments that others become, before they are replaced
    for _, result in late:
        if result in arguments and result not in kept:
            kept[result] = Array(None, storage.arrays[result].size)
            body.append(_copied(storage.arrays[result], kept[result]))
    for argument, result in late:
        source: Any = kept.get(result) or storage.arrays.get(result, result)
        body.append(_copied(source, storage.arrays[argument]))
    return Nests(
        body=body,
        arguments=[storage.arrays[argument] for argument in arguments],
        tables=frozen,
        results=[storage.arrays[r] if r.__class__ is Variable else r for r in results],
        buffers=[*(buffer for buffer in buffers if buffer not in storage.unused), *kept.values()],
        strides={storage.arrays[argument]: storage.strides(argument) for argument in arguments},
    )


def _put_in_place(
    builder: Builder, storage: Storage, carried: Sequence[tuple[Variable, Operand]]
) -> list[tuple[Variable, Operand]]:
    """Let results have the arrays of the arguments that they replace; return the pairs that cannot."""
    late: list[tuple[Variable, Operand]] = []
    placed: set[Variable] = set()
    for argument, result in carried:
        is_computed = result.__class__ is Variable and result.primitive is not None
        if result is argument:
            continue
        if (
            not is_computed
            or result in placed
            or argument in builder.wanted
            or result.shape != argument.shape
        ):
            late.append((argument, result))
        elif is_scalar(result):  # which are read first and written last
            storage.arrays[result] = storage.arrays[argument]
            placed.add(result)
        elif _is_read_before(builder.groups, storage, result, argument):
            storage.unused.append(storage.arrays[result])
            storage.arrays[result] = storage.arrays[argument]
            placed.add(result)
        else:
            late.append((argument, result))
    return late


def _is_read_before(
    groups: Sequence[Group | Round], storage: Storage, result: Variable, argument: Variable
) -> bool:
    """Say whether all entries of an argument are read before those of a result are written."""
    loops = (group.loop for group in groups if isinstance(group, Round))
    if any(x in loop.inputs for loop in loops for x in (argument, result)):
        return False
    for group in (group for group in groups if isinstance(group, Group)):
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
        later = (other for other in groups[groups.index(group) + 1 :] if isinstance(other, Group))
        return not any(i.read and i.read.variable is argument for other in later for i in other.items)
    return False


def _copied(source: Array | float, target: Array) -> Loop:
    """Return the loop that copies an array, or one number to each entry."""
    axis, entry = Axis(target.size), Local()
    along = ((axis, 1),)
    if isinstance(source, float):
        return Loop(axis, [Write(Place(target, 0, along), source)])
    place = Place(source, 0, along if source.size == target.size else ())
    return Loop(axis, [Read(entry, place), Write(Place(target, 0, along), entry)])
