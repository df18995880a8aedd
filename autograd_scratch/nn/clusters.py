"""Which module each part of a graph belongs to, told by the names of parameters alone.

`layers.0.neurons.1.w.0` is `w.0` of `neurons.1` of `layers.0`. With a parameter belong: what is computed
from it and something else, like a weighted sum; what joins several of those; and a function of one of
them that nothing else uses, its activation. Two models in one graph have a cluster each around theirs.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..primitives.arithmetic import add
from ..primitives.reductions import dot_p
from ..value import Value
from .module import ParameterName

Cluster = tuple[str, ...]

_OF_LOSSES = {"neg", "exp", "log", "abs", "sqrt", "square", "pow", "power", "sum", "mean", "logsumexp"}


def clusters_of(
    order: Sequence[Value], names: Mapping[Value, ParameterName] = MappingProxyType({})
) -> dict[Value, Cluster]:
    """Return the cluster of each Value of a graph, in topological order, that belongs to a module.

    `names` are for parameters that have none, or one of another model, themselves.
    """
    uses = Counter(parent for node in order for parent in node.parents if isinstance(parent, Value))
    homes = _homes_of_parameters(uses, names)
    parameters = set(homes)
    sums: set[Value] = set()
    for node in order:
        values = {parent for parent in node.parents if isinstance(parent, Value)}
        own = [homes[value] for value in _weights(node, values) & parameters]
        joined = {homes.get(value, ()) for value in values}
        first = node.parents[0]
        if own and any(parent not in parameters for parent in node.parents):
            homes[node] = common(own)
            sums.add(node)
        elif (len(values) > 1 or _is_start(node)) and len(joined) == 1 and values <= sums:
            homes[node] = joined.pop()
            sums.add(node)
        elif len(node.parents) == 1 and first in sums and uses[first] == 1 and _may_activate(node):
            homes[node] = homes[first]
    return {value: home for value, home in homes.items() if home}


def _weights(node: Value, values: set[Any]) -> set[Any]:
    """Return what may be weights among the operands of a node: of a weighted sum not its inputs."""
    if node.primitive is not dot_p:
        return values
    half = len(node.parents) // 2
    return values & {*node.parents[:half], *node.parents[2 * half :]}


def _homes_of_parameters(
    leaves: Iterable[Value], given: Mapping[Value, ParameterName]
) -> dict[Value, Cluster]:
    """Return the modules that each parameter stands in, and in front its model if there are several."""
    called = {leaf: given.get(leaf, leaf.name) for leaf in leaves}
    names = {leaf: name for leaf, name in called.items() if isinstance(name, ParameterName)}
    models = list(dict.fromkeys(name.model for name in names.values()))
    numbers = {model: f"model {i}" for i, model in enumerate(models, 1)}
    modules = {leaf: _unit(name) or name.module for leaf, name in names.items()}
    levels = {module: levels_of(module) for module in {*modules.values()}}
    return {
        leaf: ((numbers[name.model],) if len(models) > 1 else ()) + levels[modules[leaf]]
        for leaf, name in names.items()
    }


def _is_start(node: Value) -> bool:
    """Say whether a node is the first of a sum that begins with zero, as Python's own does."""
    return node.primitive is add and any(
        parent.__class__ is float and parent == 0.0 for parent in node.parents
    )


def _may_activate(node: Value) -> bool:
    """Say whether a function of one number may be an activation, and not part of a loss by hand."""
    name = node.primitive.name if node.primitive is not None else ""
    return name.partition("[")[0] not in _OF_LOSSES


def _unit(name: ParameterName) -> str:
    """Return the unit of a layer whose weight has a row for each, as that of `Linear` has; '' for others.

    >>> _unit(ParameterName.of(None, "head.weight.3.1", None)), _unit(ParameterName.of(None, "w.0", None))
    ('head.units.3', '')
    """
    found = re.fullmatch(r"(.+)\.(?:weight\.(\d+)\.\d+|bias\.(\d+))", name.path)
    return f"{found[1]}.units.{found[2] or found[3]}" if found else ""


def levels_of(module: str) -> Cluster:
    """Return the modules on the path of a module.

    >>> levels_of("layers.0.neurons.1")
    ('layers.0', 'neurons.1')
    """
    levels: list[str] = []
    for part in module.split(".") if module else ():
        if part.isdigit() and levels:
            levels[-1] += f".{part}"
        else:
            levels.append(part)
    return tuple(levels)


def common(clusters: Sequence[Cluster]) -> Cluster:
    """Return the levels that all clusters begin with."""
    levels = zip(*clusters)
    return tuple(level for level, *others in levels if all(level == other for other in others))
