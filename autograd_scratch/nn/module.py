"""What a model is: a tree of modules with parameters for leaves.

A class of your own needs no more than a constructor, and a `__call__` or `forward`:

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

import inspect
from abc import ABCMeta
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from numbers import Real
from typing import Any

from ..elsewhere import Elsewhere, named_elsewhere
from ..errors import DataError, ModelError, StateError
from ..ieee import describe
from ..node import forgetting
from ..refusals import refuse_if_tracing, refuse_writing
from ..signatures import call_forms, is_wrong_call, wrong_call
from ..tab import is_hidden
from ..value import Value
from .calls import note_call
from .elsewhere import INSTEAD
from .names import ParameterName as ParameterName
from .outline import outline, outline_table
from .search import SLOTS, found, parameters_of, slots_of
from .states import BUFFERS, entries_of, load, numbers_of
from .tree import Tree


class _NamesItsParameters(ABCMeta):
    """Makes every constructor end by noting where it left leaves, and by naming the parameters below."""

    def __new__(cls, name: str, bases: tuple[type, ...], scope: dict[str, Any], **options: Any) -> Any:
        """Make a class without `__slots__`: a module has a `__dict__`, where its parameters are found."""
        plain = {key: thing for key, thing in scope.items() if key != "__slots__"}
        return super().__new__(cls, name, bases, plain, **options)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        module = super().__call__(*args, **kwargs)
        vars(module)[SLOTS] = slots_of(vars(module))
        _name_parameters(module, "", object())
        return module

    def __dir__(cls) -> list[str]:
        """What the class shows: not the names of other libraries, which are there to be refused."""
        return [name for name in super().__dir__() if not is_hidden(cls, name)]

    @property
    def __signature__(cls: Any) -> inspect.Signature:
        """How the class is called, which the `__call__` above would hide."""
        made = cls.__init__ if cls.__init__ is not object.__init__ else cls.__new__
        if made is object.__new__:
            return inspect.Signature()
        _, *parameters = inspect.signature(made).parameters.values()
        return inspect.Signature(parameters)


_NamesItsParameters.__name__ = "type"  # as Python's own messages call it


@call_forms(
    "parameters",
    "named_parameters",
    "register_parameter",
    "zero_grad",
    "state_dict",
    "load_state_dict",
)
@named_elsewhere("a model", INSTEAD, Elsewhere)
class Module(Tree, metaclass=_NamesItsParameters):
    """The base of all models and layers.

    **Its parameters** are the leaf Values that its constructor makes or is given: what is one of its
    attributes when the constructor ends, or in a list, tuple, dict or array of them; and those of the
    modules that it holds, also of modules that are added later. A parameter may be replaced: what stands
    in its place then is one. What a call keeps in other attributes (`self.x = x`) is no parameter. One
    that is made later is declared by `register_parameter`. A `parameters` method of your own, as in
    micrograd, says it for the module and all below.

        >>> class Remembers(Module):
        ...     def __init__(self):
        ...         self.w = Value(0.5)
        ...     def __call__(self, x):
        ...         self.x = x
        ...         return self.w * x[0]
        >>> model = Remembers()
        >>> model([Value(3.0)]), model.parameters()
        (Value(data=1.5), [Value(data=0.5, name='w')])
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        call_forms("__init__")(cls)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return `forward(...)`: a class of your own defines the one or the other."""
        try:
            output = self.forward(*args, **kwargs)
            note_call(self, (args, kwargs), output)
            return output
        except TypeError as fault:
            if not is_wrong_call(self.forward, fault, args, kwargs):
                raise
        raise wrong_call(self.forward, _in_a_list(args), args, kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return the answer to inputs, as a call of the module does."""
        if type(self).__call__ is Module.__call__:
            raise ModelError(
                f"{type(self).__name__} does not say what it computes; write def __call__(self, x), or "
                "def forward(self, x), in its class"
            )
        return self(*args, **kwargs)

    def parameters(self, *, frozen: bool = False) -> list[Value]:
        """Return the parameters that training may change, each once; with `frozen`, all of them."""
        return [*found(self, frozen=frozen, ask=False)]

    def named_parameters(self, *, frozen: bool = False) -> Iterator[tuple[str, Value]]:
        """Yield the path and the parameter of each that training may change; with `frozen`, of all.

        >>> from autograd_scratch import Neuron
        >>> list(Neuron(1, weights=[2.0], bias=3.0).named_parameters())
        [('w.0', Value(data=2.0, name='w.0')), ('b', Value(data=3.0, name='b'))]
        """
        return ((path, parameter) for parameter, path in found(self, frozen=frozen).items())

    def register_parameter(self, name: str, value: Any) -> None:
        """Declare a parameter: the Value, or those in a list, dict or array, becomes attribute `name`.

        >>> model = Module()
        >>> model.register_parameter("w", [Value(0.5), Value(0.25)])
        >>> model.w, len(model.parameters())
        ([Value(data=0.5, name='w.0'), Value(data=0.25, name='w.1')], 2)
        """
        if not isinstance(name, str) or not name.isidentifier():
            raise DataError(f"the name of a parameter is that of an attribute, not {describe(name)}")
        slots = slots_of({name: value})
        if not slots:
            raise DataError(
                f"a parameter is a leaf Value, or a list, dict or array of such, not {describe(value)}; "
                f"write register_parameter({name!r}, Value(0.5))"
            )
        setattr(self, name, value)
        if SLOTS in vars(self):  # the constructor has run, and has named the others
            vars(self)[SLOTS] |= slots
            _name_parameters(self, *_address(self))

    def _looks_for_parameters(self) -> bool:
        """Say whether the class has no `parameters` of its own."""
        return type(self).parameters is Module.parameters and "parameters" not in vars(self)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, the frozen ones included.

        `set_to_none` is PyTorch's, and changes nothing: what is forgotten reads 0.0, and makes no step.
        """
        any(forgetting(parameters_of(self, frozen=True)))

    def register_buffer(self, name: str, numbers: Any) -> None:
        """Declare what is carried from call to call and is no parameter: numbers in nested lists.

        They become attribute `name`, and belong to the state.
        """
        setattr(self, name, numbers)
        vars(self)[BUFFERS] = (*vars(self).get(BUFFERS, ()), name)

    def state_dict(self) -> dict[str, Any]:
        """Return the number of every parameter by its path, the frozen ones included, and buffers.

        An array of parameters, as `Linear` has, is one entry: nested lists, which `torch.tensor` and JSON
        take.
        """
        refuse_if_tracing("state_dict()", "Write dict(model.named_parameters(frozen=True)) for its Values")
        return numbers_of(entries_of(self))

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Set every parameter from a mapping as `state_dict` gives it: all of them, or none.

        Where not `strict`, paths that only one of both has are left as they are. Arrays may be nested
        lists, NumPy's or PyTorch's. Raises StateError where the paths are not the same, an array has
        another shape, or an entry is no number.

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
        if not isinstance(state, Mapping):
            raise StateError(f"a state is a mapping from path to number, not {describe(state)}")
        entries = entries_of(self)
        missing, extra = entries.keys() - state.keys(), state.keys() - entries.keys()
        if strict and (missing or extra):
            lacks = f"; it lacks {_some(missing)}" if missing else ""
            knows = f"; nothing there is called {_some(extra)}" if extra else ""
            raise StateError(f"this state does not fit {self.signature()}{lacks}{knows}")
        load({path: entry for path, entry in entries.items() if path in state}, state)

    def signature(self) -> str:
        """Return how the module is called in texts; classes of their own may say more."""
        return type(self).__name__

    def __repr__(self) -> str:
        return "\n".join(outline(self))

    def _repr_html_(self) -> str | None:
        """Return the outline as a table; None for a class that writes its own text."""
        written = type(self).__repr__.__module__
        return outline_table(self) if written.startswith(f"{__package__}.") else None


def _in_a_list(inputs: tuple[Any, ...]) -> str:
    """Return the call with the inputs in a list, where they were given one by one."""
    if len(inputs) < 2 or not all(isinstance(x, Real | Value) for x in inputs):
        return ""
    return f"model([{', '.join(f'{x:.6g}' for x in inputs)}])"


def names_in(model: Any) -> dict[Value, ParameterName]:
    """Return what each parameter of a model, also one that is no Module, is called by its path there."""
    token = object()
    paths = found(model, frozen=True)
    return {leaf: ParameterName.of(leaf.name, path, token) for leaf, path in paths.items()}


def _name_parameters(module: Module, prefix: str, model: object) -> None:
    """Name the parameters below a module by their paths, with `prefix` for that of the module."""
    named: dict[str, Value] = {}
    names = []
    for parameter, path in found(module, frozen=True, ask=False, ask_below=False).items():
        if path in named:
            raise StateError(f"two parameters of {module.signature()} have the path {path!r}; rename one")
        named[path] = parameter
        names.append(ParameterName.of(parameter.name, f"{prefix}{path}", model))
    any(map(setattr, named.values(), repeat("name"), names))


def _address(module: Module) -> tuple[str, object]:
    """Return the path of a module with a dot, and the model that it is in, as the names below it tell."""
    for parameter, path in found(module, frozen=True, ask=False, ask_below=False).items():
        name = parameter.name
        if isinstance(name, ParameterName) and name.path.endswith(path):
            return name.path.removesuffix(path), name.model
    return "", object()


def _some(paths: Iterable[str]) -> str:
    """Name the first three of some paths, and count the others."""
    first, more = sorted(map(repr, paths))[:3], len(list(paths)) - 3
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")
