"""How an optimizer turns gradients into a step.

An optimizer is two small functions of one parameter: `init(p)` gives what it remembers, and
`update(p, g, state, step)` the new number and memory from the number, its gradient and the count of
steps, from 1 on. They use arithmetic alone. Everything else is here once, for loops of your own:

    >>> from autograd_scratch import MLP, mse
    >>> model = MLP(2, [4, 1], seed=0)
    >>> optimizer = SGD(0.1, model)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     loss = mse([model([0.0, 1.0]), model([1.0, 1.0])], [1.0, 0.0])
    ...     loss.backward()
    ...     optimizer.step()

Formulas and names are PyTorch's.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Protocol

from .errors import DataError, GraphError, NonFiniteError
from .ieee import describe, real
from .primitives.piecewise import equal, where
from .value import Value


class HasParameters(Protocol):
    """A model, or whatever else has parameters to train."""

    def parameters(self) -> list[Value]: ...


Parameters = HasParameters | Iterable[Value]
State = tuple[Any, ...]


class Optimizer(ABC):
    """The base of all optimizers: steps over parameters, with a memory for each."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        if not hasattr(parameters, "parameters"):  # a model is asked anew at each step: it may be frozen
            parameters = None if parameters is None else _listed(parameters)
        self._parameters = parameters
        self._memory: dict[Value, tuple[int, State]] = {}

    @abstractmethod
    def init(self, p: Any) -> State:
        """Return what is remembered of a parameter before its first step."""

    @abstractmethod
    def update(self, p: Any, g: Any, state: State, step: int) -> tuple[Any, State]:
        """Return the new number of a parameter and what is remembered of it."""

    def step(self, parameters: Parameters | None = None) -> None:
        """Take a step: change the given parameters (or a model's, or those given at the start).

        Parameters that no backward pass has reached stay as they are. Where a new number is not
        finite, NonFiniteError names the parameter, and none is changed.
        """
        given = self._given(parameters)
        reached = [p for p in given if p.is_reached]
        if given and not reached:
            raise GraphError("no parameter has a gradient; call loss.backward() before optimizer.step()")
        changes = []
        for p in reached:
            step, state = self.recall(p)
            gradient = p.grad.data if isinstance(p.grad, Value) else p.grad
            number, state = self.update(p.data, gradient, state, step + 1)
            if not math.isfinite(number):
                raise NonFiniteError(
                    f"the step would make {p!r} {number}; nothing is changed. Lower the learning rate, "
                    "or look for the operation that overflows"
                )
            changes.append((p, number, (step + 1, state)))
        for p, number, memory in changes:
            p.data = number
            self._memory[p] = memory

    def recall(self, p: Value) -> tuple[int, State]:
        """Return how many steps a parameter has taken, and what is remembered of it."""
        return self._memory.get(p) or (0, self.init(p.data))

    def remember(self, p: Value, step: int, state: State) -> None:
        """Set what `recall` gives."""
        self._memory[p] = step, state

    def zero_grad(self, parameters: Parameters | None = None) -> None:
        """Forget the gradients of the given parameters, or of those given at the start."""
        given: Any = self._parameters if parameters is None else parameters
        if hasattr(given, "zero_grad"):  # a model forgets those of its frozen parameters too
            given.zero_grad()
            return
        for p in self._given(given):
            p.zero_grad()

    def _given(self, parameters: Parameters | None) -> list[Value]:
        parameters = self._parameters if parameters is None else parameters
        if parameters is None:
            name = type(self).__name__
            raise DataError(
                f"this {name} knows no parameters; write optimizer.step(model), or give them at the "
                f"start: {name}(0.1, model)"
            )
        return _listed(parameters)


class SGD(Optimizer):
    """Gradient descent: p ← p - lr · g, with momentum, Nesterov's variant of it, and weight decay.

    >>> w = Value(1.0, "w")
    >>> optimizer = SGD(0.25, [w])
    >>> (w * w).backward(); optimizer.step(); w.data
    0.5
    """

    def __init__(
        self,
        lr: float,
        parameters: Parameters | None = None,
        *,
        momentum: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        if isinstance(lr, (list, tuple)) or hasattr(lr, "parameters"):
            raise DataError("the learning rate comes first: write SGD(0.1, model)")
        self.lr = _at_least_zero(lr, "the learning rate of SGD")
        self.momentum = _at_least_zero(momentum, "the momentum of SGD")
        self.dampening = _at_least_zero(dampening, "the dampening of SGD")
        self.nesterov = nesterov
        if nesterov and (self.momentum == 0.0 or self.dampening != 0.0):
            raise DataError("Nesterov's variant needs momentum, and no dampening: write momentum=0.9")
        self.weight_decay = _at_least_zero(weight_decay, "the weight decay of SGD")
        super().__init__(parameters)

    def init(self, p: Any) -> State:
        return (0.0,)

    def update(self, p: Any, g: Any, state: State, step: int) -> tuple[Any, State]:
        if self.weight_decay:
            g = g + self.weight_decay * p
        if self.momentum:
            (velocity,) = state
            following = self.momentum * velocity + (1.0 - self.dampening) * g
            velocity = where(equal(step, 1.0), g, following) if self.dampening else following
            state = (velocity,)
            g = g + self.momentum * velocity if self.nesterov else velocity
        return p - self.lr * g, state


def _listed(parameters: Any) -> list[Value]:
    given = parameters.parameters() if hasattr(parameters, "parameters") else parameters
    if not isinstance(given, Iterable):
        raise DataError(f"parameters are a model, or a list of Values, not {describe(given)}")
    listed = list(given)
    for p in listed:
        if not isinstance(p, Value):
            raise DataError(f"a parameter must be a Value, not {describe(p)}")
    return listed


def _at_least_zero(number: Any, what: str) -> float:
    checked = real(number, what)
    if not 0.0 <= checked < math.inf:
        raise DataError(f"{what} must be at least 0 and finite, not {checked}")
    return checked
