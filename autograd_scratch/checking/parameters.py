"""A model's parameters as blocks: the weights of all neurons of a layer are one array.

Models have one number a parameter, and a dotted path for each. What is derived by hand is derived for
arrays.
"""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..arrays.containers import arrange, entries, extent
from ..arrays.conversion import number_of
from ..errors import DataError, UnknownNameError
from ..nn.module import Module
from ..nn.substitution import substituted


def of_blocks(
    loss: Callable[..., Any], model: Module
) -> tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]:
    """Return the loss of a model as a function of its blocks, these, and the paths that they consist of.

    The weights of the neurons of one layer are one block: layers.0.neurons.2.w.1 is entry [2][1] of
    layers.0.w.
    """
    try:
        inspect.signature(loss).bind(model)
    except TypeError as fault:
        raise DataError(f"with a model for at, the loss is called as loss(model): {fault}") from None
    parameters = dict(model.named_parameters())
    paths = _arranged(model)
    at = {
        name: arrange(tree, [parameters[path].data for _, path in entries(tree)])
        for name, tree in paths.items()
    }

    def loss_of_blocks(**blocks: Any) -> Any:
        state: dict[str, Any] = {}
        for name, tree in blocks.items():
            state |= dict(zip((path for _, path in entries(paths[name])), (x for _, x in entries(tree))))
        return substituted(model, state, loss, model)

    return loss_of_blocks, at, paths


def _arranged(model: Module) -> dict[str, Any]:
    """Return the paths of a model's parameters, arranged as in their blocks."""
    groups: dict[str, dict[tuple[int, ...], str]] = defaultdict(dict)
    for path, _ in model.named_parameters():
        name, index = _block_and_index(path)
        groups[name][index] = path
    return {name: _nested(found) for name, found in groups.items()}


def paths_of(model: Module) -> dict[str, list[str]]:
    """Return the paths of a model's parameters by block, in the order of their entries."""
    return {name: [path for _, path in entries(tree)] for name, tree in _arranged(model).items()}


def by_path(hand: Any, paths: Sequence[str]) -> Any:
    """Return the gradients of all parameters of a model, in their order, by path; anything else as it is.

    >>> by_path([0.5, -1.0], ["neurons.0.w", "neurons.1.w"])
    {'neurons.0.w': 0.5, 'neurons.1.w': -1.0}
    """
    if isinstance(hand, tuple) and len(hand) == 2 != len(paths):  # the loss and these
        return tuple(by_path(each, paths) for each in hand)
    if isinstance(hand, Mapping) or extent(hand) != (len(paths),):
        return hand
    return dict(zip(paths, (number for _, number in entries(hand))))


def grouped(hand: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gradients of a model's parameters by block, where they are given one by one."""
    rest = dict(hand)
    for name, tree in groups.items():
        paths = [path for _, path in entries(tree)]
        missing = [path for path in paths if path not in rest]
        if name not in rest and not missing:
            rest[name] = arrange(tree, [number_of(rest.pop(path), path) for path in paths])
        elif name not in rest and len(missing) < len(paths):
            raise UnknownNameError(
                f"{name} is compared as a whole, and hand has no gradient for {missing[0]}, which is part "
                f"of it; give all {len(paths)} of its numbers, or {name} as one array"
            )
    return rest


def _block_and_index(path: str) -> tuple[str, tuple[int, ...]]:
    """Return the block of a parameter, and its place there.

    >>> _block_and_index("layers.0.neurons.2.w.1"), _block_and_index("scale")
    (('layers.0.w', (2, 1)), ('scale', ()))
    """
    first = [int(i) for i in re.findall(r"\.neurons\.(\d+)", f".{path}")]
    name = re.sub(r"\.neurons\.\d+", "", f".{path}")[1:]
    stem = re.sub(r"(\.\d+)+$", "", name)
    return stem, (*first, *map(int, re.findall(r"\d+", name[len(stem) :])))


def _nested(found: Mapping[tuple[int, ...], str]) -> Any:
    """Return paths in nested lists by their indices."""
    if list(found) == [()]:
        return found[()]
    tree: dict[int, dict[tuple[int, ...], str]] = defaultdict(dict)
    for (i, *rest), path in found.items():
        tree[i][tuple(rest)] = path
    return [_nested(tree[i]) for i in sorted(tree)]
