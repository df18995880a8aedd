"""What an optimizer is.

Two small functions of one parameter: `init(p)` gives what it remembers, and `update(p, g, state, step)`
the new number and memory from the number, its gradient and the count of steps, from 1 on. They use
arithmetic and primitives alone, and `if` on hyperparameters only: so they compute on floats, and can be
recorded on nodes. Everything else is here once, for loops of your own:

    >>> from autograd_scratch import MLP, SGD, mse
    >>> model = MLP(2, [4, 1], seed=0)
    >>> optimizer = SGD(model.parameters(), lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     loss = mse([model([0.0, 1.0]), model([1.0, 1.0])], [1.0, 0.0])
    ...     loss.backward()
    ...     optimizer.step()
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from inspect import signature
from itertools import chain
from typing import Any, ClassVar, Self

from ..arrays.conversion import number_of
from ..elsewhere import named_elsewhere
from ..errors import DataError, GraphError, NonFiniteError
from ..ieee import NAN, real
from ..nn.search import is_model, nothing_to_train
from ..node import forgetting, set_data
from ..signatures import call_forms
from ..tab import hiding
from ..value import Value
from .arguments import (
    NAMES,
    RATE,
    Parameters,
    ParametersOrRate,
    groups_in,
    in_any_order,
    listed,
    right_form,
    told_settings,
)
from .groups import Group, Held, added_group, held_of, with_settings
from .states import loading, state_of

State = tuple[Any, ...]

_KEPT = ("_began", "_groups", "_memory")  # attributes that are no settings

INSTEAD = {
    "learning_rate": "the learning rate is `.lr`, to be read and set",
    **dict.fromkeys(("params", "parameters"), "those of the model are model.parameters()"),
    **dict.fromkeys(("backward", "minimize"), "write loss.backward(), and then optimizer.step()"),
    **dict.fromkeys(("update_step", "apply_gradients"), "write optimizer.step() after loss.backward()"),
}


@hiding("alone", "began_with", "chosen_among", "commit", "decoupled_weight_decay", "places")
@hiding("recall", "recalled")
@hiding("restore", "scopes", "set_by_schedule", "setting_names", "variants", "with_scopes")
@named_elsewhere("an optimizer", INSTEAD)
@call_forms("add_param_group", "load_state_dict", "state_dict", "step", "zero_grad")
class Optimizer(ABC):
    """The base of all optimizers: steps over parameters, with a memory for each.

    Constructors that begin with parameters and `lr`, also those of your own, take them in either order. In
    place of parameters there may be groups of them, dicts with settings of their own:
    `[{"params": model.a}, {"params": model.b, "lr": 0.01}]`.
    """

    setting_names: ClassVar[list[str]]
    maximize: bool = False
    """Whether a step goes uphill."""
    decoupled_weight_decay: bool = False  # what `update` may look at, as at `maximize`

    def __init_subclass__(cls: Any, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            call_forms("__init__")(cls)
            cls.__init__ = in_any_order(cls.__init__)
        cls.setting_names = [name for name in signature(cls).parameters if name not in NAMES]

    def __init__(self, parameters: ParametersOrRate = None) -> None:
        self._groups: list[Held] = []
        self._memory: dict[Value, tuple[int, State]] = {}
        self._began: dict[int, tuple[float, float]] = {}  # rates before a schedule, and as it set them
        groups = groups_in(parameters)
        for group in groups:
            self.add_param_group(group)
        if not groups:
            self._groups.append(held_of(parameters, {}))

    @abstractmethod
    def init(self, p: Any) -> State:
        """Return what is remembered of a parameter before its first step: finite numbers, in a tuple."""

    @abstractmethod
    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        """Return the new number of a parameter and what is remembered of it."""

    def step(self, parameters: Parameters | None = None) -> None:
        """Take a step: change the given parameters (or a model's, or those given at the start).

        Parameters that no backward pass has reached stay as they are. Where a new number is not
        finite, NonFiniteError names the parameter, and none is changed.
        """
        found = reached(self._given(parameters), "optimizer.step")
        variants, places = self.variants(), self.places(found)
        numbers, memory = [], {}
        for p, place in zip(found, places):
            own = variants[place]
            step, state = self._memory.get(p) or (0, own.init(p.data))
            number, state = own._updated(p, state, step + 1)
            numbers.append(real(number))
            memory[p] = step + 1, state
        self.commit(map(set_data, found, numbers), memory)

    def chosen_among(self, parameters: list[Value]) -> list[Value]:
        """Return those of some parameters that were given at the start; all, if none were."""
        if self._groups[0].parameters is None:
            return parameters
        own = {*listed(self._given(None))}
        chosen = [p for p in parameters if p in own]
        if parameters and not chosen:
            raise GraphError(
                f"this {type(self).__name__} has the parameters of another model; make a new one: "
                f"{right_form(self)}"
            )
        return chosen

    @property
    def param_groups(self) -> tuple[Group, ...]:
        """The groups of parameters, each a dict of these and of all settings, to be read and set.

        An optimizer without groups has one, whose settings are its own.
        """
        return tuple(Group(self, held) for held in self._groups)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Add a group, `{"params": model.b, "lr": 0.01}`; what it does not set is the optimizer's.

        A parameter that another group has is a DataError, as is a setting that the optimizer does not have;
        a group without parameters is a GraphError.
        """
        others = [held for held in self._groups if held.parameters is not None]
        self._groups = [*others, added_group(self, group, others)]

    def alone(self, own: Mapping[str, Any]) -> Self:
        """Return an optimizer with other settings, without parameters and memory."""
        other = copy(self)
        vars(other).update(own, _groups=[], _memory={}, _began={})
        return other

    def scopes(self) -> list[dict[str, Any]]:
        """Return what this optimizer is set to, and then for each group the settings that are its own."""
        own = {name: value for name, value in vars(self).items() if name not in _KEPT}
        return [own, *(dict(held.own) for held in self._groups)]

    def with_scopes(self, scopes: Sequence[Mapping[str, Any]]) -> Self:
        """Return an optimizer of the same parameters and memory with other settings, as `scopes` gives."""
        other = copy(self)
        groups = [held._replace(own=dict(own)) for held, own in zip(self._groups, scopes[1:])]
        vars(other).update(scopes[0], _groups=groups)
        return other

    def restore(self, scopes: Sequence[Mapping[str, Any]]) -> None:
        """Set all settings to what they were when `scopes` was asked for."""
        vars(self).update(scopes[0])
        for held, own in zip(self._groups, scopes[1:]):
            held.own.clear()
            held.own.update(own)

    def variants(self) -> list[Self]:
        """Return this optimizer, and then for each group one that has the group's settings."""
        return [self, *(self.alone(held.own) if held.own else self for held in self._groups)]

    def places(self, parameters: Sequence[Value]) -> list[int]:
        """Return which of the variants steps each parameter: those in no group are the optimizer's."""
        if not any(held.own for held in self._groups):
            return [0] * len(parameters)
        own = {p: i for i, held in enumerate(self._groups, 1) if held.own for p in held.all()}
        return [own.get(p, 0) for p in parameters]

    def recall(self, p: Value) -> tuple[int, State]:
        """Return how many steps a parameter has taken, and what is remembered of it."""
        return self.recalled([p])[0]

    def recalled(self, parameters: Sequence[Value]) -> list[tuple[int, State]]:
        """Return of each parameter how many steps it has taken, and what is remembered of it."""
        variants, places = self.variants(), self.places(parameters)
        return [
            self._memory.get(p) or (0, variants[place].init(p.data)) for p, place in zip(parameters, places)
        ]

    def began_with(self) -> list[float]:
        """Return the learning rate of each group, as it was before a schedule set it."""
        rates = [real(group["lr"], "a learning rate") for group in self.param_groups]
        began = [self._began.get(i, (rate, rate)) for i, rate in enumerate(rates)]
        return [before if now == rate else rate for rate, (before, now) in zip(rates, began)]

    def set_by_schedule(self, settings: Iterable[Mapping[str, Any]]) -> None:
        """Set what a schedule says for each group, if all of it can be set."""
        changes = list(zip(self.began_with(), self._groups, settings))
        for _, held, own in changes:
            with_settings(self, held.own | dict(own))
        for i, (before, held, own) in enumerate(changes):
            group = Group(self, held)
            group.update(own)
            self._began[i] = before, group["lr"]

    def commit(self, changes: Iterable[Any], memory: Mapping[Value, tuple[int, State]]) -> None:
        """Set what `recall` gives, and carry out the changes of parameters: all, or none at Ctrl-C.

        From the first to the last of it the interpreter does not look for Ctrl-C, since `changes` is C.
        """
        new = {**self._memory, **memory}
        self._memory = new
        any(changes)

    def _updated(self, p: Value, state: State, step: int) -> tuple[float, State]:
        try:
            number, state = self.update(p.data, number_of(p.grad, "a gradient"), state, step)
        except ArithmeticError:  # Python raises where IEEE 754 has inf or nan
            number = NAN
        if not math.isfinite(number):
            raise NonFiniteError(
                f"the step would make {p!r} {number}; nothing is changed. Lower the learning rate, "
                "or look for the operation that overflows"
            )
        if not all(map(math.isfinite, state)):
            raise NonFiniteError(
                f"the gradient of {p!r} is too large for {type(self).__name__} to remember; nothing is "
                "changed. Look for the operation that makes it, or shorten it with clip_grad_norm"
            )
        return number, state

    def zero_grad(self, parameters: Parameters | None = None, set_to_none: bool = True) -> None:
        """Forget the gradients of the given parameters, or of those given at the start.

        `set_to_none` is PyTorch's, and changes nothing: what is forgotten reads 0.0, and makes no step.
        """
        any(forgetting(self._all(parameters)))

    def state_dict(self, parameters: Parameters | None = None) -> dict[str, Any]:
        """Return settings and memory as plain data, which JSON writes, to go on from to the same bits.

        Parameters are called by their places among those of the groups, or the given ones, a model's say.
        """
        return state_of(self, self._all(parameters))

    def load_state_dict(self, state: Mapping[str, Any], parameters: Parameters | None = None) -> None:
        """Set what `state_dict` gave of an optimizer of this class, for parameters in the same order.

        Raises StateError, and changes nothing, if it does not fit.
        """
        any(loading(self, state, self._all(parameters)))

    def __repr__(self) -> str:
        groups = [repr([held.own for held in self._groups])] if any(h.own for h in self._groups) else []
        return f"{type(self).__name__}({', '.join([*groups, *told_settings(self, RATE)])})"

    def _all(self, parameters: Parameters | None) -> list[Value]:
        """Return the given parameters, or those given at the start, each once, also frozen ones."""
        given = self._groups if parameters is None else [held_of(parameters, {})]
        if given[0].parameters is None:
            self._given(parameters)  # which says that there are none
        return [*dict.fromkeys(chain.from_iterable(map(Held.all, given)))]

    def _given(self, parameters: Parameters | None) -> Any:
        if parameters is None:
            sets = [held.parameters for held in self._groups]
            parameters = sets if len(sets) > 1 else sets[0]
        if parameters is None:
            raise DataError(
                f"this {type(self).__name__} knows no parameters: {right_form(self)}, or give them to each "
                "step, optimizer.step(model)"
            )
        return parameters


def reached(parameters: Parameters, doing: str) -> list[Value]:
    """Return those of the parameters, each once, that a backward pass has reached, if any are given."""
    given = dict.fromkeys(listed(parameters))
    sets = parameters if isinstance(parameters, list) else [parameters]
    frozen = None if given else next(filter(is_model, sets), None)
    if frozen is not None:
        raise nothing_to_train(frozen)
    found = [p for p in given if p.is_reached]
    if given and not found:
        raise GraphError(f"no parameter has a gradient; call loss.backward() before {doing}()")
    return found


def decayed(optimizer: Any, p: Any, g: Any) -> tuple[Any, Any]:
    """Return a parameter and the gradient along which it goes down, with the weight decay in one of them.

    That is weight_decay · p more of the gradient, or, decoupled, a parameter shrunk by lr · weight_decay.
    """
    g = -g if optimizer.maximize else g
    weight_decay = optimizer.weight_decay
    if not is_on(weight_decay):
        return p, g
    if optimizer.decoupled_weight_decay:
        return (1.0 - optimizer.lr * weight_decay) * p, g
    return p, g + weight_decay * p


def is_on(setting: Any) -> bool:
    """Say whether a setting that 0 switches off is on, as whatever is recorded is."""
    return setting.__class__ is not float or setting != 0.0
