"""What a layer's array of parameters is: nested lists of leaves, with a shape.

    >>> weight = Parameter([[1.0, 2.0], [3.0, 4.0]])
    >>> weight.shape, weight[0, 1], weight[1]
    ((2, 2), Value(data=2.0), [Value(data=3.0), Value(data=4.0)])

A state has it under one key, as PyTorch has: `layer.weight`, where the leaves are `layer.weight.0.1`.
"""

from collections.abc import Callable
from math import prod
from typing import Any

from ..arrays.containers import entries
from ..elsewhere import named_elsewhere
from ..errors import DataError, ShapeError
from ..ieee import real
from ..node import set_data
from ..value import Value
from .lists import Array, Numbers
from .shapes import as_lists, in_shape, nested


@named_elsewhere(
    "a Parameter",
    {
        "requires_grad": "a layer is kept as it is by layer.freeze(), until layer.unfreeze()",
        "clone": "its numbers are `.data`, and copy.deepcopy(parameter) is another one with the same",
    },
)
class Parameter(Array):
    """An array of leaves: a list of Values, or of rows of them, as numbers or Values are given.

    `data` are its numbers in nested lists, and can be set; `grad` are the gradients. It computes entry by
    entry, as arrays do. Rows of several lengths are a ShapeError.

    >>> bias = Parameter([0.5, -0.5])
    >>> bias.data = [1.0, 2.0]
    >>> (bias[0] * bias[1]).backward()
    >>> bias.data, bias.grad
    ([1.0, 2.0], [2.0, 1.0])
    """

    __slots__ = ()

    def __init__(self, numbers: Any) -> None:
        rows, shape = as_lists(numbers, "a parameter")
        if not shape:
            raise ShapeError(f"a Parameter is an array; for one number write Value({numbers!r})")
        leaves = [entry if isinstance(entry, Value) else Value(entry) for _, entry in entries(rows)]
        if any(leaf.primitive is not None for leaf in leaves):
            raise DataError("a Parameter has leaves for entries, and one of these was computed")
        super().__init__(nested(leaves, shape))
        self._with_rows()

    @classmethod
    def zeros(cls, *shape: int) -> "Parameter":
        """Return an array of zeros of this shape."""
        return cls(nested([0.0] * prod(shape), shape))

    @property
    def data(self) -> Any:
        """The numbers, in nested lists; what is put into these goes into the leaves."""
        return Numbers(self)

    @data.setter
    def data(self, new: Any) -> None:
        any(map(set_data, self.leaves, self.numbers_for(new, "the data of a parameter")))

    def fill(self, draw: Callable[[], float]) -> None:
        """Set each entry, in order, to what `draw()` gives."""
        any(map(set_data, self.leaves, [draw() for _ in self.leaves]))

    def numbers_for(self, new: Any, what: str) -> list[float]:
        """Return the entries of an array of the same shape, or say what is wrong with it."""
        rows = in_shape(new, self.shape, what)
        return [entry.data if isinstance(entry, Value) else real(entry, what) for _, entry in entries(rows)]

    def __reduce__(self) -> tuple[Any, ...]:
        return _kept, ([*self],)

    def __repr__(self) -> str:
        return f"Parameter({self.data!r})"


def _kept(rows: list[Any]) -> Parameter:
    """Make a copied or unpickled array of the leaves that it has."""
    parameter = Parameter.__new__(Parameter)
    parameter.extend(rows)
    return parameter
