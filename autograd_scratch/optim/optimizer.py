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

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from ..arrays.conversion import number_of
from ..elsewhere import named_elsewhere
from ..errors import DataError, GraphError, NonFiniteError
from ..ieee import NAN, real
from ..nn.search import is_model, nothing_to_train, parameters_of
from ..node import forgetting, set_data
from ..signatures import call_forms
from ..tab import hiding
from ..value import Value
from .arguments import Parameters, ParametersOrRate, in_any_order, listed, right_form

State = tuple[Any, ...]

_RATE = "the learning rate of all parameters is `.lr`, to be read and set"
INSTEAD = {
    **dict.fromkeys(("param_groups", "learning_rate"), _RATE),
    **dict.fromkeys(("params", "parameters"), "those of the model are model.parameters()"),
    **dict.fromkeys(("backward", "minimize"), "write loss.backward(), and then optimizer.step()"),
    **dict.fromkeys(("update_step", "apply_gradients"), "write optimizer.step() after loss.backward()"),
    "state_dict": "it is kept with its model, by pickle.dump((model, optimizer), file)",
}


@hiding("chosen_among", "commit", "recall")
@named_elsewhere("an optimizer", INSTEAD)
@call_forms("step", "zero_grad")
class Optimizer(ABC):
    """The base of all optimizers: steps over parameters, with a memory for each.

    Constructors that begin with parameters and `lr`, also those of your own, take them in either order.
    """

    def __init_subclass__(cls: Any, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            call_forms("__init__")(cls)
            cls.__init__ = in_any_order(cls.__init__)

    def __init__(self, parameters: ParametersOrRate = None) -> None:
        if not is_model(parameters):  # a model is asked anew at each step: it may be frozen
            parameters = None if parameters is None else listed(parameters)
        self._parameters: Any = parameters
        self._memory: dict[Value, tuple[int, State]] = {}

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
        numbers, memory = [], {}
        for p in found:
            step, state = self.recall(p)
            number, state = self._updated(p, state, step + 1)
            numbers.append(real(number))
            memory[p] = step + 1, state
        self.commit(map(set_data, found, numbers), memory)

    def chosen_among(self, parameters: list[Value]) -> list[Value]:
        """Return those of some parameters that were given at the start; all, if none were."""
        if self._parameters is None:
            return parameters
        own = {*listed(self._given(None))}
        chosen = [p for p in parameters if p in own]
        if parameters and not chosen:
            raise GraphError(
                f"this {type(self).__name__} has the parameters of another model; make a new one: "
                f"{right_form(self)}"
            )
        return chosen

    def recall(self, p: Value) -> tuple[int, State]:
        """Return how many steps a parameter has taken, and what is remembered of it."""
        return self._memory.get(p) or (0, self.init(p.data))

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
        given = self._parameters if parameters is None else parameters
        if is_model(given):  # it forgets those of its frozen parameters too
            any(forgetting(parameters_of(given, frozen=True)))
            return
        any(forgetting(listed(self._given(given))))

    def __repr__(self) -> str:
        shown = [
            f"{name}={getattr(self, name)!r}"
            for name, argument in inspect.signature(type(self)).parameters.items()
            if hasattr(self, name) and (name == "lr" or getattr(self, name) != argument.default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _given(self, parameters: Parameters | None) -> Parameters:
        parameters = self._parameters if parameters is None else parameters
        if parameters is None:
            raise DataError(
                f"this {type(self).__name__} knows no parameters: {right_form(self)}, or give them to each "
                "step, optimizer.step(model)"
            )
        return parameters


def reached(parameters: Parameters, doing: str) -> list[Value]:
    """Return those of the parameters, each once, that a backward pass has reached, if any are given."""
    given = dict.fromkeys(listed(parameters))
    if not given and is_model(parameters) and not parameters_of(parameters, frozen=True):
        raise nothing_to_train(parameters)
    found = [p for p in given if p.is_reached]
    if given and not found:
        raise GraphError(f"no parameter has a gradient; call loss.backward() before {doing}()")
    return found


def decayed(p: Any, g: Any, weight_decay: float) -> Any:
    """Return a gradient with that of weight_decay / 2 · p² added."""
    return g + weight_decay * p if is_on(weight_decay) else g


def is_on(setting: Any) -> bool:
    """Say whether a setting that 0 switches off is on, as whatever is recorded is."""
    return setting.__class__ is not float or setting != 0.0
