"""What is to be drawn: a loss that is there, a model on inputs, or a function that is run for it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Real
from typing import Any

from ..arrays.containers import arrange, indices, is_array
from ..arrays.variables import checked, named_values
from ..errors import DataError
from ..graph import toposort
from ..ieee import describe
from ..nn.clusters import Cluster, clusters_of
from ..nn.module import ParameterName, names_in
from ..nn.search import is_model
from ..stepping.tracing import Run, traced
from ..value import Value
from .variables import leaf_arrays, recorded

_INPUT_NAMES = "xyzuvwabcdefgh"


@dataclass(frozen=True)
class Scene:
    """What was computed, and what is known of it: parameters of a model, and names of variables."""

    run: Run
    parameters: Mapping[Value, ParameterName] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)

    @property
    def roots(self) -> list[Value]:
        """What is drawn with all that it was computed from."""
        return self.run.roots

    @cached_property
    def order(self) -> list[Value]:
        """All Values that were computed, each after those that it was computed from."""
        return toposort(*self.roots)

    @cached_property
    def clusters(self) -> dict[Value, Cluster]:
        """The modules of what belongs to one."""
        return clusters_of(self.order, self.parameters)

    @cached_property
    def layers(self) -> dict[Value, str]:
        """The path of the layer to which each Value of a module belongs, which may hold its neuron."""
        homes = {*self.clusters.values()}
        paths = {home: ".".join(home[:-1] if _is_neuron(home) else home) for home in homes}
        return {value: paths[home] for value, home in self.clusters.items()}

    def layer(self, values: Iterable[Any]) -> str:
        """Return the path of the layer to which all these belong; '' if there is none."""
        found = {self.layers.get(value, "") if isinstance(value, Value) else "" for value in values}
        return found.pop() if len(found) == 1 else ""

    def apart(self, rounds: Mapping[Value, int]) -> dict[Value, Hashable]:
        """Return what tells nodes apart: layers, rounds of these, and arrays that they take entries of."""
        return {
            node: (self.layers.get(node), rounds.get(node), *_arrays(node.parents)) for node in self.order
        }

    @cached_property
    def rounds(self) -> dict[Value, int]:
        """How often a neuron has computed, with each node: its sample, or its round, from 1 on."""
        counts: Counter[Any] = Counter()
        found = {}
        for node in self.order:
            if node in self.clusters:
                key = self.clusters[node], node.primitive
                counts[key] += 1
                found[node] = counts[key]
        return found

    @cached_property
    def called(self) -> dict[Value, str]:
        """What variables are called that hold Values."""
        return named_values(self.names)

    @property
    def is_reached(self) -> bool:
        """Whether `backward` was called on what is drawn."""
        return any(root.is_reached for root in self.roots)

    def parameter(self, thing: Any) -> ParameterName | None:
        """Return the name of a parameter of a model; None for what is none."""
        name = self.parameters.get(thing, thing.name) if isinstance(thing, Value) else None
        return name if isinstance(name, ParameterName) else None

    def name(self, value: Value) -> str:
        """Return what a Value is called, in its module if it is a parameter; '' if nothing is known."""
        name = self.parameters.get(value, value.name)
        if isinstance(name, ParameterName) and name == name.path:
            return name.removeprefix(name.module + ".")
        return str(name) if name else self.called.get(value, "")


def _arrays(parents: Iterable[Any]) -> dict[str, None]:
    """Return the names of the arrays of which some Values are entries: `W` of `W[0, 1]`."""
    names = (parent.name for parent in parents if isinstance(parent, Value) and not parent.parents)
    return dict.fromkeys(str(name).partition("[")[0] for name in names if name and "[" in name)


def _is_neuron(home: Cluster) -> bool:
    """Say whether a module is one of several in a list of another module."""
    return len(home) > 1 and home[-1].rpartition(".")[2].isdigit()


def scene_of(things: Sequence[Any], names: Mapping[str, Any] | None) -> Scene:
    """Return what is to be drawn of the arguments of `draw`; a DataError says what can be."""
    names = checked(names)
    first, *others = things or (None,)
    if is_model(first) and callable(first):
        if not others:
            raise DataError("a model is drawn on an input: write draw(model, x)")
        inputs = [_with_names(x, name) for x, name in zip(others, _INPUT_NAMES)]
        return Scene(_run(first(*inputs), names), names_in(first), names)
    if callable(first) and not isinstance(first, (Value, type)):
        at = others[0] if len(others) == 1 else others
        run = traced(first, at, "draw")
        if len(run.roots) == 1:
            run.roots[0].backward()  # of a copy: nothing of the person's is changed
        variables = reversed(run.recorder.variables.items())  # those of the outermost functions first
        seen = {name: [*things.values()][-1] for name, things in variables}
        return Scene(replace(run, arguments=leaf_arrays({**seen, **names}) | {**run.arguments}), {}, names)
    return Scene(_run(things, names), {}, names)


def _run(thing: Any, names: Mapping[str, Any]) -> Run:
    roots = list(dict.fromkeys(_values(thing)))
    if not roots:
        raise DataError("draw needs something to draw: draw(loss), or draw(model, x)")
    return Run(str(roots[0].name or ""), roots, leaf_arrays(names), recorded(names))


def _values(thing: Any) -> Iterator[Value]:
    """Yield the Values in a thing to draw, which may be nested in containers."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, Iterable) and not isinstance(thing, str):
        for entry in thing.values() if isinstance(thing, Mapping) else thing:
            yield from _values(entry)
    else:
        raise DataError(
            "draw takes Values, as in draw(loss), a model and its inputs, as in draw(model, x), or a "
            f"function and its arguments, as in draw(f, {{'w': 0.5}}), not {describe(thing)}"
        )


def _with_names(x: Any, name: str) -> Any:
    """Make the numbers of an input Values, so that each is one box: x1, x2, ..."""
    if is_array(x):
        places = ("".join(str(i + 1) for i in index) for index in indices(x))
        return arrange(
            x, [_with_names(entry, f"{name}{i}") for i, entry in zip(places, x.ravel().tolist())]
        )
    if isinstance(x, (list, tuple)):
        entries = [_with_names(entry, f"{name}{i}") for i, entry in enumerate(x, 1)]
        return tuple(entries) if isinstance(x, tuple) else entries
    return Value(x, name) if isinstance(x, Real) and not isinstance(x, bool) else x
