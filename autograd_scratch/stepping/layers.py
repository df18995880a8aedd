"""Which module of a model made a step, and what textbooks call it: z the weighted sum, a its activation."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from ..nn.clusters import clusters_of
from ..primitives import is_node
from ..primitives.reductions import dot_p


class Layers:
    """The modules of models, as the names of parameters tell."""

    def __init__(self, nodes: Sequence[Any]) -> None:
        """Find the modules of nodes, in an order in which they can be computed."""
        homes = {node: ".".join(home) for node, home in clusters_of(nodes).items()}
        paths = {*homes.values()}
        whole = {path: _outermost(path, paths) for path in paths}
        self._homes = {node: whole[home] for node, home in homes.items()}

    def module(self, nodes: Iterable[Any]) -> str:
        """Return the path of the module that holds those of all nodes; '' if there is none."""
        return common_path(self._homes.get(node, "") for node in nodes) if self._homes else ""

    def name(self, nodes: Sequence[Any]) -> str:
        """Return what a module computes: `z_0` for the weighted sum of `layers.0`, `a_0` its activation."""
        module = self.module(nodes)
        indices = "".join(f"_{part}" for part in module.split(".") if part.isdigit())
        if not module:
            return ""
        node = nodes[0]
        if node.primitive is dot_p:
            return f"z{indices}"
        first, *others = node.parents
        home = self._homes[node]
        is_of_sum = is_node(first) and first.primitive is dot_p and self._homes.get(first) == home
        return f"a{indices}" if is_of_sum and not any(map(is_node, others)) else ""


def _outermost(path: str, paths: Iterable[str]) -> str:
    """Return the outermost module that has nothing but this one: the layer of one neuron.

    >>> _outermost("layers.1.neurons.0", ["layers.0.neurons.0", "layers.0.neurons.1", "layers.1.neurons.0"])
    'layers.1'
    """
    while True:
        outer = path.rstrip("0123456789").rstrip(".").rpartition(".")[0]
        below = {each for each in paths if each.startswith(f"{outer}.")}
        if not outer or not outer[-1].isdigit() or any(not each.startswith(path) for each in below):
            return path
        path = outer


def common_path(paths: Iterable[str]) -> str:
    """Return the beginning that the paths of modules have in common.

    >>> common_path(["layers.0.neurons.0", "layers.0.neurons.1"])
    'layers.0'
    """
    parts = [path.split(".") for path in dict.fromkeys(paths)]
    shared = [same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*parts))]
    is_one = len(parts) == 1
    while shared and not is_one and not shared[-1].isdigit():
        shared.pop()
    return ".".join(shared)
