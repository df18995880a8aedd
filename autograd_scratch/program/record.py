"""How a loss that was computed becomes a trace: its graph of Values, written once more with Variables.

`Recording` knows the arguments (trees of Variables, arranged as people have them), the outputs, and what
was frozen: leaves that are neither asked for nor inputs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .. import graph, modes
from ..arrays.containers import arrange, entries
from ..errors import DataError, GraphError, ProgramError
from ..ieee import describe
from ..nn.clusters import clusters_of
from ..nn.module import ParameterName
from ..primitives import Primitive, is_node
from ..primitives.reductions import dot_p
from ..stepping.examples import as_values
from ..stepping.rolling import Share
from ..stepping.tables import Integers
from ..value import Value
from ..wording import apart
from .forms import Tree, form_of, leaves, plain
from .naming import identifier
from .operands import Operand
from .variables import FORWARD, Trace, Variable

EXACT, TEXTBOOK = STYLES = ("exact", "textbook")  # how derivatives are written
LARGEST = 500_000  # equations: some 15 seconds and a gigabyte


@dataclass
class Recording:
    """A function as equations: what goes in, what comes out, what is constant."""

    name: str
    trace: Trace
    arguments: dict[str, Tree]  # of Variables
    fixed: tuple[str, ...]  # the arguments that stay the same from row to row of a data set
    wrt: Tree  # of operands
    value: Operand
    extras: dict[str, Tree]  # of operands
    frozen: dict[Variable, float]
    forms: dict[str, Tree]  # the forms in which people have the arguments, with arrays
    wrt_form: Tree
    extras_forms: Mapping[str, Tree] = field(default_factory=dict)  # of outputs that are arrays
    integers: Mapping[str, Integers] = field(default_factory=dict)  # that choose entries, by name
    mixed: frozenset[tuple[float, ...]] = frozenset()  # arrays with numbers that stand elsewhere, too
    own: frozenset[tuple[float, ...]] = frozenset()  # arrays that the function made of plain numbers
    rolled: Share | None = None  # of a Program of arrays
    style: str = EXACT
    given: tuple[str, ...] = ()  # the names of all arguments, those of labels too
    labels: Mapping[str, Any] = field(default_factory=dict)  # whole numbers that choose entries, in lists


def check_size(count: int) -> None:
    """Refuse a Program of too many equations."""
    if count > LARGEST:
        raise ProgramError(
            f"this Program has {count:,} equations, {count / LARGEST:.1f} times as many as are worth "
            f"compiling ({LARGEST:,}). Derive the loss of one row of the data and sum it over the "
            "rows, or use backward(), which compiles nothing"
        )


def example_values(examples: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return examples of arguments with a new leaf, named after its place, for each number."""
    with modes.tracing():  # an array that is made in a trace takes masks of conditions
        return as_values(examples)


def record(
    loss: Value,
    wrt: Tree,
    inputs: Mapping[str, Tree],
    extras: Mapping[str, Tree],
    name: str,
    names: Mapping[Value, str] = MappingProxyType({}),
) -> Recording:
    """Write the graph of `loss` into a trace; what `wrt` has beside the inputs is an argument, too."""
    trace = Trace()
    lift = Lift(trace, names)
    given = given_arguments(wrt, inputs)
    arguments = {}
    for key, tree in given.items():
        variables = [lift.argument(value, short) for value, short in zip(leaves(tree), _names(key, tree))]
        arguments[key] = arrange(plain(tree), variables)
    lift.graph([loss, *leaves(extras)])
    asked = [lift.operand(value) for value in leaves(wrt)]
    fixed = [key for key, tree in arguments.items() if not {*leaves(tree)}.isdisjoint(asked)]
    return Recording(
        name=name,
        trace=trace,
        arguments=arguments,
        fixed=tuple(fixed),
        wrt=arrange(plain(wrt), asked),
        value=lift.operand(loss),
        extras={key: arrange(plain(tree), map(lift.operand, leaves(tree))) for key, tree in extras.items()},
        frozen=lift.frozen,
        forms={key: form_of(tree) for key, tree in given.items()},
        wrt_form=form_of(wrt),
    )


def given_arguments(wrt: Tree, inputs: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return all arguments by name: what `wrt` has beside the inputs, and these."""
    given = {apart(key, inputs): tree for key, tree in _parameters(wrt, inputs).items()} | dict(inputs)
    _refuse_repeated(given)
    return given


def _parameters(wrt: Tree, inputs: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return, by name, what is asked for and no input: `parameters`, or the entries of a dict."""
    known = {value for tree in inputs.values() for value in leaves(tree)}
    for place, value in entries(wrt, "wrt"):
        if not isinstance(value, Value):
            raise DataError(
                f"derivatives are by Values, or by arguments of a function; {place} is {describe(value)}"
            )
    rest = [value for value in leaves(wrt) if value not in known]
    if not rest:
        return {}
    if isinstance(wrt, dict) and len(rest) == len(leaves(wrt)) and all(map(_is_identifier, wrt)):
        return wrt
    if isinstance(wrt, Value):
        return {str(wrt.name or "parameter"): wrt}
    return {"parameters": wrt if len(rest) == len(leaves(wrt)) else list(dict.fromkeys(rest))}


def _is_identifier(key: Any) -> bool:
    return isinstance(key, str) and key.isidentifier()


def _refuse_repeated(arguments: Mapping[str, Tree]) -> None:
    """Refuse a Value that would be given by two arguments, perhaps with two numbers."""
    known: dict[Value, str] = {}
    for key, tree in arguments.items():
        for place, value in entries(tree, key):
            if value in known:
                raise ProgramError(
                    f"{known[value]} and {place} are the same Value, whose number can only be given once; "
                    "leave one out"
                )
            known[value] = place


def _names(key: str, tree: Tree) -> Iterator[str | None]:
    """Yield the names of an argument's Variables: the user's, short paths of parameters, or places."""
    if isinstance(tree, Value):
        yield key
        return
    values = leaves(tree)
    paths = [value.name.path if isinstance(value.name, ParameterName) else None for value in values]
    short = short_names(paths)
    for value, path, (place, _) in zip(values, paths, entries(tree, key)):
        yield short[path] if path is not None and value.name == path else value.name or place


class Lift:
    """Writes graphs of Values into a trace: each node once, each leaf as its own Variable."""

    def __init__(self, trace: Trace, names: Mapping[Value, str] = MappingProxyType({})) -> None:
        self.trace = trace
        self.names = names  # of Values that have none themselves
        self.frozen: dict[Variable, float] = {}
        self._operands: dict[Value, Operand] = {}
        self._taken: dict[str, int] = {}

    def argument(self, value: Value, name: str | None) -> Variable:
        """Make a Value an argument: what it was computed from does not count."""
        variable = self._operands.get(value)
        if variable is None:
            variable = self._operands[value] = self.trace.leaf(self._name(name))
        return variable

    def graph(self, roots: Iterable[Any]) -> None:
        """Write the graph below `roots`, in which plain numbers are constants."""
        order = [
            node
            for node in graph.toposort(*(root for root in roots if isinstance(root, Value)))
            if node not in self._operands
        ]
        check_size(len(order))
        homes = clusters_of(order)
        for node in order:
            home = ".".join(homes.get(node, ()))
            self.trace.place = (False, home)
            operands = tuple(map(self.operand, node.parents))
            count = len(self.trace.variables)
            assert node.primitive is not None  # it has parents
            made = self._operands[node] = self.trace.apply(node.primitive, operands)
            if made.__class__ is Variable and made.parents and not made.name:
                is_new = len(self.trace.variables) > count
                by_module = name_in_module(made.primitive, made, home) if home and is_new else None
                made.name = self._name(node.name or self.names.get(node) or by_module)
        self.trace.place = FORWARD

    def _name(self, wanted: str | None) -> str | None:
        """Return a name that no Variable has yet in the source, so that its adjoint is named after it."""
        if not wanted:
            return None
        name = wanted = str(wanted)
        stem = identifier(wanted)
        while identifier(name) in self._taken:
            self._taken[stem] += 1
            name = f"{wanted}_{self._taken[stem]}"
        self._taken[identifier(name)] = 1
        return name

    def operand(self, thing: Any) -> Operand:
        """Return what stands for a Value of the graph: a Variable, or a float for a constant."""
        if not isinstance(thing, Value):
            return float(thing)
        operand = self._operands.get(thing)
        if operand is None:
            if thing.primitive is not None:
                raise GraphError(
                    f"this Value, made by {thing.primitive.name}, has no graph to derive from: it was "
                    "computed inside no_grad(), or its graph was released; compute it again outside"
                )
            operand = self._operands[thing] = self.trace.leaf(thing.name)
            self.frozen[operand] = thing._data
        return operand


def name_in_module(primitive: Primitive | None, variable: Variable, home: str) -> str | None:
    """Name what a module computes as textbooks do: z the weighted sum, a its activation."""
    indices = "".join(f"_{part}" for part in home.split(".") if part.isdigit())
    if primitive is dot_p:
        return f"z{indices}"
    first = variable.parents[0]
    is_activation = first.__class__ is Variable and first.name == f"z{indices}" and first.place[1] == home
    return f"a{indices}" if is_activation and not any(map(is_node, variable.parents[1:])) else None


def short_names(names: Iterable[str | None]) -> dict[str, str]:
    """Return short names for paths of parameters, where these stay apart.

    >>> short_names(["layers.0.neurons.1.w.0", "layers.0.neurons.1.b", "a.scale", "b.scale"])
    {'layers.0.neurons.1.w.0': 'w_0_1_0', 'layers.0.neurons.1.b': 'b_0_1', 'a.scale': 'a.scale', \
'b.scale': 'b.scale'}
    """
    short: dict[str, str] = {}
    for name in filter(None, names):
        parts = name.split(".")
        words = [part for part in parts if not part.isdigit()]
        indices = [part for part in parts if part.isdigit()]
        short[name] = "_".join([words[-1] if words else "p", *indices])
    counts = Counter(short.values())
    return {name: brief if counts[brief] == 1 else name for name, brief in short.items()}
