"""Arrays of plain numbers, as objects that can be told apart.

A float has no identity: nothing in `dot(0.0, 1.0, w, v)` says which entry of X it was. But a float object
has one. So while a recorder looks on, an array of numbers that meets Values is made into objects once, and
whoever finds one of these among the parents of a node knows the array and the entry. Views of an array are
views of its objects.
"""

from collections.abc import Hashable
from typing import Any

from .maps import Shape

Integers = tuple[tuple[int, ...], Shape]  # an array of whole numbers: these in C order, and its shape
FEW = 4  # times as many entries as a view has: its array is made into objects as a whole
MANY = 100_000


class Table:
    """An array of plain numbers that was met: `entries` are its objects, in C order."""

    def __init__(self, owner: Any, objects: Any, source: Hashable = None) -> None:
        self.owner = owner  # kept, so that its place in memory stays its own
        self.objects = objects
        self.source = source  # the place in a program that made it
        self.name = ""

    @property
    def made(self) -> Hashable:
        """What arrays have in common that one place makes again and again, of one number."""
        numbers = self.owner.ravel()
        is_one = self.source is not None and numbers.size > 0 and bool((numbers == numbers[0]).all())
        return (self.source, self.shape, repr(float(numbers[0]))) if is_one else self

    @property
    def shape(self) -> Shape:
        shape: Shape = self.owner.shape
        return shape

    @property
    def entries(self) -> list[Any]:
        entries: list[Any] = self.objects.ravel().tolist()
        return entries


class Tables:
    """The arrays of plain numbers that a program computes with, each once."""

    def __init__(self) -> None:
        self.all: list[Table] = []
        self._at: dict[int, Table] = {}

    def __len__(self) -> int:
        return len(self.all)

    def read(self, array: Any) -> Any:
        """Return an array of the same shape with an object of its own for each number.

        >>> import numpy as np
        >>> X = np.array([[0.5, 0.5], [1.5, 0.5]])
        >>> tables = Tables()
        >>> tables.read(X)[1, 0] is tables.read(X[1:])[0, 0], tables.read(X)[0, 0] is tables.read(X)[0, 1]
        (True, False)
        """
        owner = _owner(array)
        table = self._at.get(id(owner))
        objects = None if table is None else _view(table, array)
        if objects is None:
            import numpy

            objects = numpy.asarray(owner, float).astype(object)
            table = Table(owner, objects, getattr(array, "source", None))
            self.all.append(table)
            self._at[id(owner)] = table
            objects = _view(table, array)
        return objects

    def named(self, name: str, array: Any) -> None:
        """Note what a variable is called that holds an array; a view of it has another name."""
        owner = _owner(array)
        table = self._at.get(id(owner))
        if table is not None and not table.name and array.shape == owner.shape:
            table.name = name


def _owner(array: Any) -> Any:
    """Return the array that a view is of, if it is laid out in C order and not much larger."""
    owner = array
    while getattr(owner.base, "shape", None) is not None:
        owner = owner.base
    fits = owner.flags.c_contiguous and owner.dtype == array.dtype
    return owner if fits and owner.size <= FEW * array.size + MANY else array


def _view(table: Table, array: Any) -> Any:
    """Return the objects of a view of a table's array; None where the numbers have changed since."""
    import numpy
    from numpy.lib.stride_tricks import as_strided

    owner = table.owner
    if owner is array:
        objects = table.objects
    else:
        start = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
        flat = table.objects.reshape(-1)
        strides = tuple(stride // owner.itemsize * flat.itemsize for stride in array.strides)
        objects = as_strided(flat[start // owner.itemsize :], array.shape, strides)
    same = numpy.array_equal(objects.astype(float), numpy.asarray(array, float), equal_nan=True)
    return objects if same else None
