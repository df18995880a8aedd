"""A call of a function whose arguments are nodes, and what its graph can answer.

Each number among the arguments becomes a fresh node, so that nothing else is differentiated by: the
same Value may come in through a closure too. While the function runs, these nodes are leaves like any
others, so a transform called inside it sees that its result depends on them, and keeps the graph.
Afterwards they become constants.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from math import isfinite, prod
from operator import index
from typing import Any

from .. import graph, modes
from ..adjoints import partials_as_nodes
from ..anomalies import in_graph
from ..arrays.containers import arrange, arrange_blocks, blocks, entries, is_array, replaced, shape_of, unit
from ..arrays.subclass import block_of
from ..errors import DataError, NonFiniteError, ShapeError
from ..guards import Adjoint, guarded_partials
from ..ieee import describe, real
from ..primitives.piecewise import identity
from ..value import Value

Function = Callable[..., Any]
ArgumentNumbers = int | Sequence[int]


class Call:
    """A call of a function with nodes for its arguments, and what can be asked of the graph it leaves."""

    def __init__(
        self,
        f: Function,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        argnums: ArgumentNumbers,
        has_aux: bool = False,
    ) -> None:
        positions = _positions(argnums, len(args))
        self.several = isinstance(argnums, Sequence)
        self.wanted = [args[i] for i in positions]
        given = [list(entries(args[i], f"argument {i}")) for i in positions]
        arguments = list(args)
        self.inputs: list[Value] = []
        born: set[Value] = set()
        with modes.recording(), modes.noting(born):
            for i, places in zip(positions, given):
                inputs = [_input(place, entry) for place, entry in places]
                arguments[i] = arrange(args[i], inputs)
                self.inputs += inputs
            result = f(*arguments, **kwargs)
        self.output, aux = _pair(result) if has_aux else (result, None)
        self.outputs = [_checked(place, entry) for place, entry in entries(self.output, "the result")]
        self.order = graph.toposort(*filter(_is_value, self.outputs))
        holds_values = any(x._first is not None for x in self.inputs)
        self._close()
        self.of_values = holds_values or any(leaf not in born for leaf in _leaves(self.order, self.outputs))
        self.aux = _without_own_nodes(aux, born) if has_aux else None
        any(map(modes.note, born))

    def _close(self) -> None:
        """Make constants of the inputs that are leaves."""
        for x in self.inputs:
            if x._first is None:
                x.primitive = identity
                x.connect((x._data,), (1.0,))

    def gradient(self) -> Any:
        """Return the gradient of the output, which must be one number."""
        if len(self.outputs) != 1 or isinstance(self.output, (list, tuple, dict)) or is_array(self.output):
            is_pair = isinstance(self.output, (list, tuple)) and len(self.output) == 2
            aux = ", or has_aux=True if the second of the two is only to come out" if is_pair else ""
            raise ShapeError(
                f"a gradient needs a function whose result is one number, not {describe(self.output)}; "
                f"write jacobian, or add the numbers up{aux}"
            )
        return self.arranged([derivative] for derivative in self.pull_back([1.0]))

    def pull_back(self, cotangents: Iterable[Any]) -> list[Any]:
        """Return the gradient by each input, given the cotangent of each output."""
        given: dict[Value, Any] = {}
        for out, cotangent in zip(self.outputs, cotangents, strict=True):
            if _is_value(out) and _is_moving(cotangent):
                given[out] = given[out] + cotangent if out in given else cotangent
        partials_of = self._partials_of()
        wrt = self.inputs if self.of_values else None  # the share of others in the graph is not visited
        with modes.deriving():
            adjoints = graph.pull_back(self.order, _entering(given), wrt, partials_of)
            slopes = [_leaving(adjoints.get(x, 0.0)) for x in self.inputs]
        return self._checked_derivatives(slopes)

    def push_forward(self, tangents: Iterable[Any]) -> list[Any]:
        """Return the tangent of each output, given the tangent of each input."""
        given = {
            x: tangent for x, tangent in zip(self.inputs, tangents, strict=True) if _is_moving(tangent)
        }
        partials_of = self._partials_of()
        with modes.deriving():
            moved = graph.push_forward(self.order, _entering(given), partials_of)
            slopes = [_leaving(moved.get(out, 0.0)) if _is_value(out) else 0.0 for out in self.outputs]
        return self._checked_derivatives(slopes)

    def all_derivatives(self) -> list[list[Any]]:
        """Return the derivatives of each output by all inputs."""
        rows, columns = len(self.outputs), len(self.inputs)
        if columns <= rows:
            by_input = [self.push_forward(unit(j, columns)) for j in range(columns)]
            return [[derivatives[i] for derivatives in by_input] for i in range(rows)]
        return [self.pull_back(unit(i, rows)) for i in range(rows)]

    def values(self) -> list[Any]:
        """Return the outputs: as they are where Values take part, else their numbers."""
        if self.of_values:
            return [out if _is_value(out) else Value.holding(out) for out in self.outputs]
        return [out._data if _is_value(out) else out for out in self.outputs]

    def arranged(self, columns: Iterable[list[Any]], shape: tuple[int, ...] = ()) -> Any:
        """Arrange derivatives as the arguments are, given for each input those of a block of outputs."""
        columns = iter(columns)
        arranged = []
        for argument in self.wanted:
            parts = []
            for _, block in blocks(argument):
                own = list(islice(columns, prod(shape_of(block))))
                flat = [column[i] for i in range(prod(shape)) for column in own]
                parts.append(block_of(shape + shape_of(block), flat))
            arranged.append(arrange_blocks(argument, parts))
        return tuple(arranged) if self.several else arranged[0]

    def _partials_of(self) -> Callable[[Any], tuple[Any, ...]]:
        if not self.of_values:
            return graph.stored_partials
        if modes.is_tracing():
            return guarded_partials
        return partials_as_nodes if modes.is_recording() else graph.stored_partials

    def _checked_derivatives(self, found: Iterable[Any]) -> list[Any]:
        """Return derivatives as they are given out: numbers, or nodes of their own, never somebody's leaf.

        Inside `strict()` raises NonFiniteError if one stopped being finite on its way.
        """
        derivatives = list(found)
        if modes.is_strict() and not all(isfinite(d._data if _is_value(d) else d) for d in derivatives):
            for node in filter(_is_value, (*self.outputs, *derivatives)):
                finding = in_graph(node)
                if finding.kind not in ("nothing", "input"):
                    raise NonFiniteError(str(finding))
        return list(map(Value.holding, derivatives)) if self.of_values else derivatives


def _pair(result: Any) -> tuple[Any, Any]:
    """Return the two things that a function gives where it has something besides its result."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise ShapeError(
            "with has_aux=True the function gives a pair, its result and what else is to come out; "
            f"write `return result, aux` in it. It gave {describe(result)}"
        )
    return result[0], result[1]


def _without_own_nodes(aux: Any, born: Collection[Value]) -> Any:
    """Return `aux` with numbers for its nodes, but for those that depend on Values of somebody else."""
    nodes: list[Any] = []
    _with_values(aux, nodes.append)
    order = graph.toposort(*nodes)
    of_others = graph.above((leaf for leaf in _leaves(order, nodes) if leaf not in born), order)
    return _with_values(aux, lambda node: node if node in of_others else node._data)


def _with_values(tree: Any, new: Callable[[Value], Any]) -> Any:
    """Return `tree` with `new(value)` for each Value in its lists, tuples, dicts and arrays."""
    return replaced(tree, partial(_with_values_of_block, new))


def _with_values_of_block(new: Callable[[Value], Any], block: Any) -> Any:
    if is_array(block) and block.dtype == object and any(map(_is_value, block.flat)):
        return block_of(block.shape, [new(entry) if _is_value(entry) else entry for entry in block.flat])
    return new(block) if _is_value(block) else block


def _leaves(order: Iterable[Value], roots: Iterable[Any]) -> Iterator[Value]:
    """Yield the leaves of a graph, given its interior nodes and the roots, which may be numbers."""
    for node in chain(order, filter(_is_value, roots)):
        for leaf in node.parents or (node,):
            if leaf.__class__ is Value and leaf._first is None:
                yield leaf


def _entering(given: dict[Value, Any]) -> dict[Value, Any]:
    """Return derivatives as they go through a graph: in a trace they remember the arms on their way."""
    return {node: Adjoint(d) for node, d in given.items()} if modes.is_tracing() else given


def _leaving(derivative: Any) -> Any:
    return derivative.outside() if isinstance(derivative, Adjoint) else derivative


def fitting(tree: Any, like: Any, what: str) -> list[Any]:
    """Return the entries of `tree`, which must be arranged as those of `like`."""
    given, wanted = list(entries(tree, what)), list(entries(like, what))
    if [place for place, _ in given] != [place for place, _ in wanted]:
        raise ShapeError(
            f"{what} must be arranged as {describe(like)}, with {len(wanted)} numbers, not {describe(tree)}"
        )
    return [_checked(place, entry) for place, entry in given]


def check_argnums(transform: str, argnums: Any) -> None:
    """Refuse what says no argument, such as the point itself."""
    try:
        [*map(index, _listed(argnums))]
    except TypeError:
        raise DataError(
            f"argnums is a whole number, or a tuple of them, not {describe(argnums)}. {transform}(f) is a "
            f"function: write {transform}(f)(x) for its answer at x, and argnums=1 for another argument"
        ) from None


def _listed(argnums: ArgumentNumbers) -> list[int]:
    return list(argnums) if isinstance(argnums, Sequence) else [argnums]


def _positions(argnums: ArgumentNumbers, count: int) -> list[int]:
    """Return the positions, from 0 on, that `argnums` says among `count` arguments."""
    wanted = _listed(argnums)
    for i in wanted:
        if not -count <= index(i) < count:
            raise ShapeError(
                f"argnums says argument {i}, counted from 0, and the function is called with {count} "
                "positional arguments; those given by keyword are constants"
            )
    positions = [index(i) % count for i in wanted]
    if len(set(positions)) < len(positions):
        raise ShapeError(f"argnums says the same argument twice: {describe(argnums)}")
    return positions


def _input(place: str, entry: Any) -> Value:
    return Value.holding(entry) if _is_value(entry) else Value(real(entry, place))


def _checked(place: str, entry: Any) -> Any:
    return entry if _is_value(entry) else real(entry, place)


def _is_value(thing: Any) -> bool:
    return isinstance(thing, Value)


def _is_moving(tangent: Any) -> bool:
    """Say whether a tangent is anything but a plain zero, which is left out: 0 * inf would be nan."""
    return _is_value(tangent) or tangent != 0.0
