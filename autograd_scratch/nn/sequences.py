"""Modules of modules: one after the other, and around what they are given."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from ..errors import DataError, ShapeError
from ..ieee import describe
from .shapes import as_lists, like
from .standard import Standard


class Sequential(Standard):
    """x -> ... -> last(second(first(x))): modules, each called with what the one before gave.

    They are called by their places, as in PyTorch, or by the keys of a dict; functions may stand among
    them. What they are given is what the first one takes.

    >>> from autograd_scratch.nn import Linear, Tanh
    >>> model = Sequential(Linear(2, 3), Tanh(), Linear(3, 1)).reset_parameters(seed=0)
    >>> model
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    >>> list(model.state_dict()), len(model.parameters())
    (['0.weight', '0.bias', '2.weight', '2.bias'], 13)
    """

    def __init__(self, *modules: Any) -> None:
        named = modules[0] if len(modules) == 1 and isinstance(modules[0], Mapping) else enumerate(modules)
        pairs = named.items() if isinstance(named, Mapping) else named
        self._order: tuple[str, ...] = ()
        for name, module in pairs:
            self._add(str(name), module)

    def _add(self, name: str, module: Any) -> None:
        if isinstance(module, type) or not callable(module):
            remedy = f"; write {module.__name__}(...)" if isinstance(module, type) else ""
            raise DataError(f"{type(self).__name__} is made of modules, not {describe(module)}{remedy}")
        vars(self)[name] = module
        self._order = (*self._order, name)

    def add_module(self, name: str, module: Any) -> None:
        """Add a module at the end, under a name."""
        self._add(name, module)

    def append(self, module: Any) -> Self:
        """Add a module at the end; returns this one."""
        self._add(str(len(self._order)), module)
        return self

    def forward(self, x: Any) -> Any:
        """Return what the last module gives."""
        for module in self:
            try:
                x = module(x)
            except ShapeError as fault:
                if isinstance(x, tuple):
                    fault.add_note(
                        "a recurrent layer gives a pair, (output, state): put lambda pair: pair[0] after it"
                    )
                raise
        return x

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return iter([vars(self)[name] for name in self._order])

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, place: Any) -> Any:
        parts = [*self][place]
        return type(self)(*parts) if isinstance(place, slice) else parts

    def signature(self) -> str:
        return f"{type(self).__name__}()"


class ModuleList(list[Any]):
    """Modules in a list: any list will do, in an attribute of a module; the paths are the same."""


class ModuleDict(dict[str, Any]):
    """Modules in a dict: any dict will do, in an attribute of a module; the paths are the same."""


class Residual(Sequential):
    """x + last(... first(x)): what the modules add to what they are given, of the same shape.

    K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.

    >>> from autograd_scratch.nn import Linear
    >>> block = Residual(Linear(2, 2))
    >>> block[0].weight, block[0].bias = [[0.0, 1.0], [1.0, 0.0]], [0.0, 0.0]
    >>> block([1.0, 10.0])
    [Value(data=11.0), Value(data=11.0)]
    """

    def forward(self, x: Any) -> Any:
        """Return the sum of x and of what the modules make of it."""
        rows, shape = as_lists(x, "the input of Residual")
        added, own = as_lists(super().forward(x), "the output of the modules in Residual")
        if own != shape:
            raise ShapeError(
                f"Residual adds what its modules give to its input: they give the shape {own}, and the "
                f"input has {shape}"
            )
        return like(x, sums(rows, added))


def sums(x: Any, y: Any) -> Any:
    """Add nested lists of one shape, entry by entry.

    >>> sums([[1.0, 2.0]], [[10.0, 20.0]])
    [[11.0, 22.0]]
    """
    return [sums(a, b) for a, b in zip(x, y)] if isinstance(x, list) else x + y


class Flatten(Standard):
    """The entries of each sample in one row: axes from `start_dim` to `end_dim` become one.

    As in PyTorch the first axis, 0, is that of the batch; a sample by itself is flattened by
    `start_dim=0`.

    >>> Flatten()([[[1.0, 2.0], [3.0, 4.0]]])
    [[1.0, 2.0, 3.0, 4.0]]
    >>> Flatten(start_dim=0)([[1.0, 2.0], [3.0, 4.0]])
    [1.0, 2.0, 3.0, 4.0]
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = start_dim
        self.end_dim = end_dim
        self.wants_batch = start_dim > 0 or None

    def forward(self, x: Any) -> Any:
        """Return x with fewer axes."""
        rows, shape = as_lists(x, "the input of Flatten")
        begin, end = (axis + len(shape) if axis < 0 else axis for axis in (self.start_dim, self.end_dim))
        if not 0 <= begin <= end < len(shape):
            raise ShapeError(
                f"{self.signature()} needs axes {self.start_dim} to {self.end_dim}, and the input has the "
                f"shape {shape}; of one sample without a batch it is Flatten(start_dim=0)"
            )
        return like(x, _joined(rows, begin, end - begin))

    def signature(self) -> str:
        return f"Flatten(start_dim={self.start_dim}, end_dim={self.end_dim})"


def _joined(rows: Any, axes: int, count: int) -> Any:
    """Return nested lists with `count` axes fewer, which are joined after the first `axes`."""
    if axes:
        return [_joined(row, axes - 1, count) for row in rows]
    for _ in range(count):
        rows = [entry for row in rows for entry in row]
    return rows
