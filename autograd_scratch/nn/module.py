"""What a model is: a tree of modules with parameters for leaves.

A `Module` finds its parameters by itself: every leaf Value that is one of its attributes, or in a
list, tuple, dict or array of them, and those of the modules it holds. A class of your own needs no
more than a constructor and a `__call__`:

    >>> from autograd_scratch import Layer, Value
    >>> class Scaled(Module):
    ...     def __init__(self):
    ...         self.layer = Layer(2, 1, seed=1)
    ...         self.scale = Value(0.5)
    ...     def __call__(self, x):
    ...         return self.scale * self.layer(x)
    >>> [name for name, _ in Scaled().named_parameters()]
    ['layer.neurons.0.w.0', 'layer.neurons.0.w.1', 'layer.neurons.0.b', 'scale']

When a constructor has run, the parameters below get these paths as their names, which drawings and
errors use. The outermost module wins; a name of your own stays, and knows its path.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, repeat
from typing import Any, Self

from ..arrays.containers import is_array
from ..errors import DataError, StateError
from ..ieee import describe, real
from ..node import forgetting, set_data
from ..refusals import refuse_if_tracing, refuse_writing
from ..signatures import call_forms
from ..value import Value
from ..wording import printable


class ParameterName(str):
    """The name of a module's parameter: a text that knows its `path` in the module, and which module.

    `model` is the same for all parameters that one constructor has named, and different otherwise.
    """

    __slots__ = ("model", "path")

    path: str
    model: object

    @property
    def module(self) -> str:
        """The path of the module that holds the parameter; '' for the outermost one.

        >>> ParameterName.of(None, "layers.0.neurons.1.w.0", None).module
        'layers.0.neurons.1'
        """
        return self.path.rstrip("0123456789.").rpartition(".")[0]

    @classmethod
    def of(cls, name: str | None, path: str, model: object) -> Self:
        """Return the name for a parameter at `path`, which is `path` unless the user gave another one."""
        given = name is None or (isinstance(name, ParameterName) and name == name.path)
        renamed = cls(path if given else name)
        renamed.path, renamed.model = path, model
        return renamed


class _NamesItsParameters(type):
    """Makes every constructor end by naming the parameters of what it made."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        module = super().__call__(*args, **kwargs)
        named: dict[str, Value] = {}
        names = []
        model = object()
        for path, parameter in module.named_parameters(frozen=True):
            if path in named:
                raise StateError(
                    f"two parameters of {module.signature()} have the path {path!r}; rename one"
                )
            named[path] = parameter
            names.append(ParameterName.of(parameter.name, path, model))
        any(map(setattr, named.values(), repeat("name"), names))
        return module


@call_forms(
    "parameters", "named_parameters", "zero_grad", "train", "freeze", "state_dict", "load_state_dict"
)
class Module(metaclass=_NamesItsParameters):
    """The base of all models and layers."""

    training = True
    frozen = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        call_forms("__init__")(cls)

    def parameters(self, *, frozen: bool = False) -> list[Value]:
        """Return the parameters that training may change, each once; with `frozen`, all of them."""
        return [parameter for _, parameter in self.named_parameters(frozen=frozen)]

    def named_parameters(self, *, frozen: bool = False) -> Iterator[tuple[str, Value]]:
        """Yield the path and the parameter of each that training may change; with `frozen`, of all.

        >>> from autograd_scratch import Neuron
        >>> list(Neuron(1, weights=[2.0], bias=3.0).named_parameters())
        [('w.0', Value(data=2.0, name='w.0')), ('b', Value(data=3.0, name='b'))]
        """
        return (
            (path, thing)
            for path, thing, owner in self._below()
            if isinstance(thing, Value) and (frozen or not owner.frozen)
        )

    def modules(self) -> Iterator["Module"]:
        """Yield this module and all modules below it, each once."""
        return (thing for _, thing, _ in self._below() if isinstance(thing, Module))

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters, the frozen ones included."""
        any(forgetting(self.parameters(frozen=True)))

    def train(self, mode: bool = True) -> Self:
        """Set `training`, here and below; layers like dropout differ by it. Returns this module."""
        any(map(setattr, [*self.modules()], repeat("training"), repeat(mode)))
        return self

    def eval(self) -> Self:
        """Set `training` to False, here and below."""
        return self.train(False)

    def freeze(self, frozen: bool = True) -> Self:
        """Take the parameters below out of `parameters()`, so that no optimizer changes them.

        >>> from autograd_scratch import MLP
        >>> model = MLP(2, [4, 1], seed=0)
        >>> model.layers[0].freeze()
        Layer(2, 4, 'relu'), 12 parameters, frozen
          neurons.0 to 3: Neuron(2, 'relu'), 3 parameters, frozen each
        >>> len(model.parameters()), len(model.state_dict())
        (5, 17)
        """
        any(map(setattr, [*self.modules()], repeat("frozen"), repeat(frozen)))
        return self

    def unfreeze(self) -> Self:
        """Undo `freeze`."""
        return self.freeze(False)

    def state_dict(self) -> dict[str, float]:
        """Return the number of every parameter by its path, the frozen ones included."""
        refuse_if_tracing("state_dict()", "Write dict(model.named_parameters(frozen=True)) for its Values")
        return {path: parameter.data for path, parameter in self.named_parameters(frozen=True)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set every parameter from a mapping as `state_dict` gives it: all of them, or none.

        Raises StateError where the paths are not the same, or an entry is no number.

        >>> from autograd_scratch import Neuron
        >>> neuron = Neuron(2, weights=[1.0, 2.0], bias=3.0)
        >>> neuron.load_state_dict({"w.0": 4.0, "w.1": 5.0})
        Traceback (most recent call last):
        autograd_scratch.errors.StateError: this state does not fit Neuron(2, 'relu'); it lacks 'b'
        """
        if Value.is_traced():
            refuse_writing(
                "the parameters of a model", "Give the new numbers back from the function instead"
            )
        parameters = dict(self.named_parameters(frozen=True))
        if not isinstance(state, Mapping):
            raise StateError(f"a state is a mapping from path to number, not {describe(state)}")
        missing, extra = parameters.keys() - state.keys(), state.keys() - parameters.keys()
        if missing or extra:
            lacks = f"; it lacks {_some(missing)}" if missing else ""
            knows = f"; nothing there is called {_some(extra)}" if extra else ""
            raise StateError(f"this state does not fit {self.signature()}{lacks}{knows}")
        try:
            numbers = {path: real(state[path], f"the state of {path!r}") for path in parameters}
        except DataError as fault:
            raise StateError(str(fault)) from fault
        any(map(set_data, parameters.values(), numbers.values()))

    def signature(self) -> str:
        """Return how the module is called in texts; classes of their own may say more."""
        return type(self).__name__

    def __repr__(self) -> str:
        return "\n".join(_outline(self))

    def _below(self, deep: bool = True) -> Iterator[tuple[str, "Value | Module", "Module"]]:
        """Yield the path, the thing and its owner, for this module and all below in order."""
        seen: dict[int, Any] = {
            id(self): self
        }  # kept alive: a row of an array is made anew, and its id too
        pending: list[tuple[str, Any, Module]] = _entries("", vars(self), self)
        yield "", self, self
        while pending:
            path, thing, owner = pending.pop()
            if id(thing) in seen:
                continue
            seen[id(thing)] = thing
            if isinstance(thing, Value):
                if thing.primitive is None:
                    yield path, thing, owner
            elif isinstance(thing, Module):
                yield path, thing, owner
                if deep:
                    pending += _entries(path, vars(thing), thing)
            else:
                pending += _entries(path, thing, owner)


def _entries(path: str, container: Any, owner: Module) -> list[tuple[str, Any, Module]]:
    """List the entries of a container that parameters may be in, the last one first."""
    items = container.items() if isinstance(container, dict) else enumerate(container)
    prefix = f"{path}." if path else ""
    entries = [
        (f"{prefix}{key}", thing, owner)
        for key, thing in items
        if isinstance(thing, (Value, Module, list, tuple, dict)) or _may_hold_values(thing)
    ]
    return entries[::-1]


def _may_hold_values(thing: Any) -> bool:
    return is_array(thing) and thing.dtype == object


def _some(paths: Iterable[str]) -> str:
    """Name the first three of some paths, and count the others."""
    first, more = sorted(map(repr, paths))[:3], len(list(paths)) - 3
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def _outline(module: Module, above: tuple[Module, ...] = ()) -> Iterator[str]:
    """Yield the lines that show a module and those in it, children that are alike as one."""
    count = len(dict(module.named_parameters(frozen=True)))
    frozen = ", frozen" if module.frozen else ""
    yield f"{module.signature()}, {count} parameter{'s' * (count != 1)}{frozen}"
    children = [
        (path, [*_outline(child, (*above, module))])
        for path, child, _ in module._below(deep=False)
        if isinstance(child, Module) and child is not module and child not in above
    ]
    for lines, alike in groupby(children, key=lambda child: child[1]):
        paths = [path for path, _ in alike]
        path = paths[0] if len(paths) == 1 else f"{paths[0]} to {paths[-1].rpartition('.')[2]}"
        yield f"  {printable(path)}: {lines[0]}{' each' * (len(paths) > 1)}"
        yield from (f"  {line}" for line in lines[1:])
