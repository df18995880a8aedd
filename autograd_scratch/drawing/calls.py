"""Which module computed what, told by the calls of modules while a model ran.

The names of parameters tell less: pooling has none, and the gates of a recurrent layer are of one name.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..arrays.containers import entries
from ..nn.activations import Elementwise
from ..nn.calls import Call
from ..nn.clusters import Cluster, common, levels_of
from ..nn.module import ParameterName
from ..nn.search import models_by_path, parameters_of
from ..nn.sequences import Sequential
from ..nn.standard import Standard
from ..value import Value


class Home(NamedTuple):
    """The module in which something was computed, and whether it has all that is computed in it."""

    levels: Cluster
    is_whole: bool


def homes_of(calls: Sequence[Call], model: Any = None) -> tuple[dict[Value, Home], dict[str, str]]:
    """Return the modules of what was computed in calls, and what the modules are, by their paths.

    A layer has all that is computed in it; what holds layers has the rest, and the model itself nothing.
    """
    paths = (
        {id(each): path.rstrip(".") for path, each in models_by_path(model)} if model is not None else {}
    )
    whole = [call for call in calls if _is_whole(call.module)]
    others = [call for call in calls if not _is_whole(call.module) and not _joins(call.module)]
    homes: dict[Value, Home] = {}
    told: dict[str, str] = {}
    for call in (*reversed(whole), *others):
        path = _path(call.module, paths)
        if path:
            told[path] = call.module.signature()
            home = Home(levels_of(path), _is_whole(call.module))
            homes |= dict.fromkeys(_computed(call, homes), home)
    return homes, told


def joined(named: Mapping[Value, Cluster], called: Mapping[Value, Home]) -> dict[Value, Cluster]:
    """Return the modules that calls tell, and of these the parts that names tell: of a layer its units."""
    found = {**named}
    for node, (levels, is_whole) in called.items():
        more = named.get(node, ())[len(levels) :] if named.get(node, ())[: len(levels)] == levels else None
        if more is None or (is_whole and not all(part.startswith("units.") for part in more)):
            found[node] = levels
    return found


def _is_whole(module: Any) -> bool:
    return isinstance(module, Standard) and not isinstance(module, Sequential | Elementwise)


def _joins(module: Any) -> bool:
    """Say whether what a module computes belongs to the layer before it, as activations do."""
    return isinstance(module, Elementwise)


def _path(module: Any, paths: Mapping[int, str]) -> str:
    """Return the path of a module in the model, or by the names of its parameters, or else its class."""
    path = paths.get(id(module))
    if path is None:
        names = [p.name for p in parameters_of(module, frozen=True)]
        own = [levels_of(name.module) for name in names if isinstance(name, ParameterName)]
        path = ".".join(common(own)) if own else ""
    return path or (type(module).__name__ if _is_whole(module) else "")


def _computed(call: Call, known: Container[Value]) -> Iterable[Value]:
    """Return what was computed in a call, and is of no module yet."""
    given = {x for _, x in entries(call.inputs) if isinstance(x, Value)}
    found: dict[Value, None] = {}
    pending = [x for _, x in entries(call.output) if isinstance(x, Value)]
    while pending:
        node = pending.pop()
        if node.parents and node not in given and node not in found:
            found[node] = None
            pending += [parent for parent in node.parents if isinstance(parent, Value)]
    return [node for node in found if node not in known]
