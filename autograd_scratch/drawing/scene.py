"""What is to be drawn, and what is known of it: modules, names, gradients."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..arrays.variables import named_values
from ..checking.report import Report
from ..graph import toposort
from ..nn.clusters import Cluster, clusters_of
from ..nn.module import ParameterName
from ..primitives.arithmetic import mul
from ..primitives.reductions import dot_p
from ..stepping.tracing import Run
from ..value import Value
from .calls import Home, joined


@dataclass(frozen=True)
class Scene:
    """What was computed, and what is known of it.

    `parameters` are those of models, `names` a person's variables, `models` what these models are called,
    and `slopes` the gradients where those of the Values do not count. `homes` are the modules that calls
    tell, and `told` what these are, by their paths.
    """

    run: Run
    parameters: Mapping[Value, ParameterName] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    models: Mapping[object, str] = field(default_factory=dict)
    slopes: Mapping[Value, Any] | None = None
    homes: Mapping[Value, Home] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    is_there: bool = True  # and was not computed to be drawn
    frozen: AbstractSet[Value] = frozenset()  # parameters that no step moves
    report: Report | None = None  # of `compare`, about its gradients

    @property
    def roots(self) -> list[Value]:
        """What is drawn with all that it was computed from."""
        return self.run.roots

    @cached_property
    def order(self) -> list[Value]:
        """All Values that were computed, each after those that it was computed from."""
        return toposort(*self.roots)

    @cached_property
    def _homes(self) -> dict[Value, Cluster]:
        return joined(clusters_of(self.order, self.parameters), self.homes)

    @cached_property
    def _models(self) -> dict[str, object]:
        """The models by the first of the modules of their parameters: several have numbers there."""
        named = ((home[0], self.parameter(leaf)) for leaf, home in self._homes.items() if not leaf.parents)
        return {first: name.model for first, name in named if name is not None}

    @property
    def has_several_models(self) -> bool:
        """Whether parameters are of different models."""
        return len({*self._models.values()}) > 1

    @cached_property
    def clusters(self) -> dict[Value, Cluster]:
        """The modules of what belongs to one; of several models the first is the model, by its name."""
        if not self.has_several_models:
            return self._homes
        names = {first: self.models.get(model, first) for first, model in self._models.items()}
        return {value: (names.get(home[0], home[0]), *home[1:]) for value, home in self._homes.items()}

    @cached_property
    def neurons(self) -> set[Cluster]:
        """The modules that are neurons: in a list beside others like them, with one output in a round each.

        None of them takes what another one gives in the same round, as layers do.
        """
        counts = Counter((self.clusters[x], self.rounds[x]) for x in self.outputs)
        others = {_holder(home) for (home, _), count in counts.items() if count > 1}
        for node, number in self.rounds.items():
            home = self.clusters[node]
            for parent in node.parents:
                if self.rounds.get(parent) == number and home != (its := self.clusters[parent]):
                    others |= {_holder(home)} if _holder(its) == _holder(home) else set()
        homes = {*self.clusters.values()}
        return {home for home in homes if _is_listed(home) and _holder(home) not in others}

    @cached_property
    def layers(self) -> dict[Value, str]:
        """The path of the layer to which each Value of a module belongs, which may hold its neuron."""
        homes = {*self.clusters.values()}
        paths = {home: ".".join(home[:-1] if home in self.neurons else home) for home in homes}
        return {value: paths[home] for value, home in self.clusters.items()}

    def layer(self, values: Iterable[Any]) -> str:
        """Return the path of the layer to which all these belong; '' if there is none."""
        found = {self.layers.get(value, "") if isinstance(value, Value) else "" for value in values}
        return found.pop() if len(found) == 1 else ""

    def apart(self, rounds: Mapping[Value, int]) -> dict[Value, Hashable]:
        """Return what tells nodes apart: layers, rounds of these, names, and those of what they take."""
        return {
            node: (
                self.layers.get(node),
                rounds.get(node),
                node.name or self._variable(node),
                *dict.fromkeys(self._stem(parent) for parent in node.parents if isinstance(parent, Value)),
            )
            for node in self.order
        }

    def _variable(self, value: Value) -> str:
        """Return the variable that holds a Value itself."""
        name = self.called.get(value, "")
        return "" if "[" in name else name

    def _stem(self, leaf: Value) -> str:
        """Return what leaves have in common that may be one array: a name without an index."""
        if leaf.parents or isinstance(leaf.name, ParameterName):
            return ""
        name = str(leaf.name or self.called.get(leaf, "")).partition("[")[0]
        return name.rstrip("0123456789")

    @cached_property
    def rounds(self) -> dict[Value, int]:
        """How often a neuron has computed, with each node: its sample, or its round, from 1 on."""
        counts: Counter[Any] = Counter()
        found: dict[Value, int] = {}
        for node in self.order:
            home = self.clusters.get(node)
            if home is not None:
                own = tuple(id(parent) for parent in node.parents if self.parameter(parent) is not None)
                inner = [found[p] for p in node.parents if p in found and self.clusters[p] == home]
                counts[home, node.primitive, own] += 1
                is_new = not inner or (bool(own) and node.primitive in (dot_p, mul))
                found[node] = counts[home, node.primitive, own] if is_new else max(inner)
        return found

    @cached_property
    def outputs(self) -> set[Value]:
        """What neurons and layers give: what nothing else of the same round in them is computed from."""
        rounds = self.rounds
        inner = {
            parent
            for node, number in rounds.items()
            for parent in node.parents
            if rounds.get(parent) == number and self.clusters[parent] == self.clusters[node]
        }
        return rounds.keys() - inner

    @cached_property
    def called(self) -> dict[Value, str]:
        """What variables are called that hold Values."""
        return named_values(self.names)

    @property
    def is_reached(self) -> bool:
        """Whether there are gradients of what is drawn."""
        return self.slopes is not None or any(root.is_reached for root in self.roots)

    def parameter(self, thing: Any) -> ParameterName | None:
        """Return the name of a parameter of a model; None for what is none."""
        name = self.parameters.get(thing, thing.name) if isinstance(thing, Value) else None
        return name if isinstance(name, ParameterName) else None

    def holds_parameters(self, entries: Sequence[Any]) -> bool:
        """Say whether an array is one of parameters, by its first entry."""
        return any(self.parameter(entry) is not None for entry in entries[:1])

    def path(self, value: Value) -> str:
        """Return what a Value is called, a parameter by its whole path; '' if nothing is known."""
        return str(self.parameters.get(value, value.name) or "") or self.called.get(value, "")

    def name(self, value: Value) -> str:
        """Return what a Value is called, in its module if it is a parameter; '' if nothing is known."""
        name = self.parameters.get(value, value.name)
        if isinstance(name, ParameterName) and name == name.path:
            return name.removeprefix(name.module + ".")
        return self.path(value)


def _is_listed(home: Cluster) -> bool:
    """Say whether a module is one of several in a list of another module."""
    return len(home) > 1 and home[-1].rpartition(".")[2].isdigit()


def _holder(home: Cluster) -> tuple[Cluster, str]:
    """Return what holds a module that is in a list: another module, and the list."""
    return home[:-1], home[-1].rpartition(".")[0]
