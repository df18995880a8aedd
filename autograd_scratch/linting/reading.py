"""What the graph of a loss tells: what made the outputs, and which nodes are units of which layers.

It goes by the operations that were recorded, not by classes, so that models and functions of a person's own
are read as ours are.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ..graph import pull_back, toposort
from ..value import Value

CLOSED = {  # activations, and between which numbers they stay
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, float("inf")),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, float("inf")),
}
SQUEEZING = ("sigmoid", "hard_sigmoid", "tanh", "hard_tanh", "softsign")
_OTHERS = (
    *("leaky_relu", "elu", "selu", "celu", "silu", "mish", "gelu"),
    *("hard_swish", "log_sigmoid", "sin", "cos", "exp"),
)
ACTIVATIONS = frozenset(CLOSED) | frozenset(_OTHERS)
_SUMS = frozenset(("add", "sub", "sum", "mean", "neg", "identity"))
_PRODUCTS = frozenset(("dot", "mul", "div"))


def name_of(node: Any) -> str:
    """Return which operation made a node, without its parameters: `max` of a number and 0 is a relu.

    >>> name_of(Value(1.0).tanh()), name_of(Value(1.0))
    ('tanh', '')
    """
    if node.__class__ is not Value or node.primitive is None:
        return ""
    name = str(node.primitive.name).partition("[")[0]
    if name == "max" and len(node.parents) == 2 and 0.0 in node.parents:
        return "relu"
    return "softmax" if name == "div" and logits_of(node) else name


def logits_of(node: Any) -> list[Any]:
    """Return the logits of a softmax of which a node is one share; none if it is something else.

    >>> from autograd_scratch import softmax
    >>> z = [Value(1.0), Value(2.0)]
    >>> logits_of(softmax(z)[0]) == z
    True
    """
    if node.primitive is None or node.primitive.name != "div" or len(node.parents) != 2:
        return []
    power, total = node.parents
    powers = _terms(total)
    if not any(power is each for each in powers) or not all(_is_exp(each) for each in powers):
        return []
    return [_unshifted(each.parents[0]) for each in powers]


def _terms(total: Any) -> list[Any]:
    """Return what is added up in a node."""
    if name_is(total, ("add", "sum")):
        return [term for parent in total.parents for term in _terms(parent) if term.__class__ is Value]
    return [total]


def name_is(node: Any, names: Iterable[str]) -> bool:
    """Say whether a node was made by one of some operations."""
    return node.__class__ is Value and node.primitive is not None and node.primitive.name in names


def _is_exp(node: Any) -> bool:
    return name_is(node, ("exp",))


def _unshifted(node: Any) -> Any:
    """Return a logit, of which the largest one was perhaps subtracted."""
    return node.parents[0] if name_is(node, ("sub",)) else node


def source_of(node: Any) -> Any:
    """Return what an activation was applied to."""
    logits = logits_of(node) if node.primitive is not None else []
    if logits:
        return _unshifted(node.parents[0].parents[0])
    return next((parent for parent in node.parents if parent.__class__ is Value), node)


class Affine(NamedTuple):
    """A sum of products of parameters: the parameters, and what they are multiplied with.

    It is `whole` where nothing else is added, as what goes past a block is.
    """

    parameters: tuple[Any, ...]
    inputs: tuple[Any, ...]
    whole: bool


def affine_of(node: Any, leaves: Mapping[Any, Any], shared: Collection[Any] = ()) -> Affine:
    """Return the parameters that are added up in a node, and what each is multiplied with, if anything.

    A sum that is `shared`, such as the mean of a batch, is a value of its own, and is not looked into.
    """
    parameters: dict[Any, None] = {}
    inputs: dict[Any, None] = {}
    is_whole = True
    pending = [node]
    while pending:
        each = pending.pop()
        if each in leaves:
            parameters[each] = None
        elif name_is(each, _SUMS) and (each is node or each not in shared):
            pending += [parent for parent in each.parents[::-1] if parent.__class__ is Value]
        elif name_is(each, _PRODUCTS) and any(parent in leaves for parent in each.parents):
            for parent in each.parents:
                if parent.__class__ is Value:
                    (parameters if parent in leaves else inputs)[parent] = None
        elif each.__class__ is Value and each is not node:
            inputs[each] = None
            is_whole = False
    return Affine(tuple(parameters), tuple(inputs), is_whole)


@dataclass
class Unit:
    """A unit of a layer: its parameters, and all nodes that it made, before and after its activation."""

    layer: str
    parameters: tuple[Any, ...]
    activation: str = ""
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """A recorded loss: the outputs of the rows, the nodes in order, adjoints, and paths of parameters."""

    loss: Value
    outputs: Sequence[Any]
    entries: Sequence[Sequence[Any]]  # the numbers in each output
    nodes: Sequence[Any]
    adjoints: Mapping[Any, float]
    paths: Mapping[Any, str]

    @cached_property
    def units(self) -> list[Unit]:
        """Return the units that have an activation, in the order in which they are computed."""
        found: dict[Any, Unit] = {}
        for node in self.nodes:
            name = name_of(node)
            if name not in ACTIVATIONS or name in ("exp", "sin", "cos"):
                continue
            z = source_of(node)
            affine = affine_of(z, self.paths, self.shared)
            if affine.parameters:
                key = affine.parameters[0], name
                if key not in found:
                    layer = layer_of(self.paths[affine.parameters[0]])
                    found[key] = Unit(layer, affine.parameters, name)
                found[key].before.append(z)
                found[key].after.append(node)
        return list(found.values())

    @cached_property
    def shared(self) -> set[Any]:
        """Return the nodes from which more than one other is computed."""
        counts = Counter(p for node in self.nodes for p in {*node.parents} if p.__class__ is Value)
        return {node for node, count in counts.items() if count > 1}

    @cached_property
    def affines(self) -> list[tuple[Any, Affine]]:
        """Return the nodes that are sums of products of parameters, each as a whole, in order."""
        inner = {
            parent
            for node in self.nodes
            if name_is(node, _SUMS)
            for parent in node.parents
            if parent.__class__ is Value
        }
        found = []
        for node in self.nodes:
            if node not in inner and name_is(node, _SUMS | _PRODUCTS):
                affine = affine_of(node, self.paths, self.shared)
                if affine.parameters:
                    found.append((node, affine))
        return found

    def gradients_by_layer(self) -> dict[str, float]:
        """Return the mean size of the gradients in each layer, in the order of the forward pass."""
        order: dict[str, list[float]] = {}
        seen: set[Any] = set()
        for node in self.nodes:
            for parent in node.parents:
                if parent.__class__ is Value and parent in self.paths and parent not in seen:
                    seen.add(parent)
                    sizes = order.setdefault(layer_of(self.paths[parent]), [])
                    sizes.append(abs(self.adjoints.get(parent, 0.0)))
        return {layer: sum(sizes) / len(sizes) for layer, sizes in order.items()}


def look_at(loss: Value, outputs: Sequence[Any], entries: Any, paths: Mapping[Any, str]) -> Look:
    """Return what a loss tells; no gradient is written."""
    nodes = toposort(loss)
    return Look(loss, outputs, entries, nodes, pull_back(nodes, {loss: 1.0}), paths)


def layer_of(path: str) -> str:
    """Return the layer that a parameter belongs to, as its path tells.

    >>> [*map(layer_of, ["layers.0.neurons.3.w.1", "2.weight.0.4", "W1.0.1", "scale"])]
    ['layers.0', '2', 'W1', 'scale']
    """
    parts = path.split(".")
    while len(parts) > 1 and parts[-1].isdigit():
        parts.pop()
    if len(parts) > 1:
        parts.pop()
    if len(parts) > 2 and parts[-2] == "neurons":
        del parts[-2:]
    return ".".join(parts)
