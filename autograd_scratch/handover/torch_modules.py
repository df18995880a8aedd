"""Modules that PyTorch lacks: `Residual`, and one that runs equations.

They are subclasses of its classes, made when they are first asked for, as attributes of this file: so
PyTorch is imported by nobody who does not use it, and the modules pickle.
"""

from typing import Any

from .equations import Equations
from .flows import leaves_of, over
from .packages import package

ALL_DIGITS = 50.0  # from here on log(1 + exp(x)) is x, in floats of 64 bits

_made: dict[str, type] = {}


class Tensors:
    """The functions of columns, which are tensors: PyTorch's, and those of several columns."""

    def __init__(self, torch: Any, dtype: Any) -> None:
        self._torch = torch
        self._dtype = dtype
        self._stacks: dict[tuple[int, ...], Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._torch, name)

    def side_by_side(self, columns: Any) -> Any:
        """Return columns along a new last axis; the same ones are put there once."""
        key = tuple(map(id, columns))
        if key not in self._stacks:  # with the columns: nothing else has their ids while they are kept
            self._stacks[key] = columns, self._torch.stack(self._torch.broadcast_tensors(*columns), -1)
        return self._stacks[key][1]

    def truth(self, condition: Any) -> Any:
        """Return 1.0 where a condition holds, and 0.0 elsewhere."""
        return condition.to(self._dtype)

    def softplus(self, x: Any) -> Any:
        """Return log(1 + exp(x)); with all digits, where PyTorch's own has nine from 20 on."""
        return self._torch.nn.functional.softplus(x, threshold=ALL_DIGITS)

    def detach(self, x: Any) -> Any:
        """Return a column through which no gradient goes."""
        return x.detach()

    def total(self, stack: Any) -> Any:
        """Return the sums along the last axis."""
        return stack.sum(-1)

    def product(self, stack: Any) -> Any:
        """Return the products along the last axis."""
        return stack.prod(-1)

    def largest(self, stack: Any) -> Any:
        """Return the largest along the last axis; equal ones share the gradient."""
        return stack.amax(-1)

    def first_largest(self, stack: Any) -> Any:
        """Return the largest along the last axis; the first of equal ones has the gradient."""
        return stack.max(-1).values

    def logsumexp(self, stack: Any) -> Any:
        """Return the logarithms of sums of exponentials along the last axis."""
        return stack.logsumexp(-1)

    def length(self, stack: Any) -> Any:
        """Return the roots of sums of squares along the last axis."""
        return self._torch.linalg.vector_norm(stack, dim=-1)


def __getattr__(name: str) -> Any:
    if name not in _METHODS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _made:
        nn = package("torch", "to_torch").nn
        base = nn.Sequential if name == "Residual" else nn.Module
        scope = {"__module__": __name__, "__qualname__": name, **_METHODS[name]}
        _made[name] = type(name, (base,), scope)
    return _made[name]


def _added(self: Any, x: Any) -> Any:
    """Return the sum of x and of what the modules make of it."""
    made = x
    for module in self:
        made = module(made)
    return x + made


def _computed(self: Any, *given: Any) -> Any:
    """Return what the equations give for tensors whose rows are along the axes known."""
    torch = package("torch", "to_torch")
    equations: Equations = self._equations
    ops = Tensors(torch, self._numbers.dtype)
    tensors = [each.to(self._numbers.dtype) for each in leaves_of([*given])]
    inputs: list[Any] = []
    for tensor, (axis, size) in zip(tensors, self._sizes):
        inputs += tensor.movedim(axis, 0).reshape(tensor.shape[axis], size).unbind(1)
    arrays = dict(self.named_parameters(remove_duplicate=False))
    entries = {
        path: arrays[path].reshape(-1).unbind() for path in {path for path, _ in equations.parameters}
    }
    parameters = [entries[path][i] for path, i in equations.parameters]
    columns = equations.run(ops, inputs, parameters, self._numbers.unbind())
    count = tensors[0].shape[self._sizes[0][0]]
    pending = iter([column.expand(count) for column in columns])

    def arranged(answer: Any) -> Any:
        stack = torch.stack([next(pending) for _ in range(answer.size)], 1)
        return stack.reshape(count, *(answer.shape or (1,))).movedim(0, answer.axis)

    return over(arranged, self._answers)


def _of_each(self: Any, x: Any) -> Any:
    """Return the function of each entry."""
    ops = Tensors(package("torch", "to_torch"), x.dtype)
    (answer,) = self._equations.run(ops, [x], [], self._numbers.to(x.dtype).unbind())
    return answer.expand(x.shape)


def _told(self: Any) -> str:
    return f"{len(self._equations.steps)} equations"


_METHODS: dict[str, dict[str, Any]] = {
    "Residual": {"forward": _added, "__doc__": "x + last(... first(x))."},
    "OfRows": {"forward": _computed, "extra_repr": _told, "__doc__": "What a row's equations compute."},
    "OfEach": {"forward": _of_each, "extra_repr": _told, "__doc__": "A function of each entry."},
}
