"""Arrays of plain numbers in source: literals, constants above the function, or further arguments of it."""

from collections.abc import Mapping
from typing import Any

from ...stepping.maps import Shape
from ...stepping.tables import Integers
from ..expressions import ATOM, Text
from ..naming import Names
from ..source import Table
from .constants import quotient
from .lines import assigned
from .reshapes import own_axes
from .views import View

FEW = 16  # entries of an array that is written down; what has more is an argument
SHORT = 40  # characters of one that is written where it is used


class Tables:
    """How arrays of numbers are written, and what must be handed to the function for that.

    `integers` are arrays of whole numbers that have names. `further` are arguments, by their names, and
    `above` are lines before the function.
    """

    def __init__(self, names: Names, integers: Mapping[str, Integers]) -> None:
        self.further: dict[str, Table] = {}
        self.above: list[str] = []
        self._names = names
        self._integers = {numbers: (name, shape) for name, (numbers, shape) in integers.items()}
        self._called: dict[tuple[int, ...], str] = {}  # those that are taken at, in the source
        self._known: dict[tuple[Any, ...], str] = {}

    def literal(self, numbers: tuple[float, ...], shape: Shape, uses: int) -> View:
        """Return the view of a table without a name."""
        if len(set(map(repr, numbers))) == 1:
            return View(quotient(numbers[0]))
        if len(shape) == 1 and [*map(repr, numbers)] == [repr(float(i)) for i in range(len(numbers))]:
            return View(Text(f"np.arange({float(len(numbers))})", ATOM), own_axes(shape))
        text = self._array(numbers, shape, SHORT if uses < 2 else 0)
        return View(Text(text, ATOM), own_axes(shape))

    def index(self, numbers: tuple[int, ...], shape: Shape) -> str:
        """Return the text of an array of whole numbers."""
        if numbers in self._integers:
            wanted, own = self._integers[numbers]
            if numbers not in self._called:
                self._called[numbers] = self._names.new(wanted)
            name = self._called[numbers]
            self.further.setdefault(name, Table(name, numbers, own))
            return name if shape == own else f"{name}.reshape({', '.join(map(str, shape))})"
        return self._array(numbers, shape, SHORT // 2)

    def is_persons(self, text: str) -> bool:
        """Say whether an index is an array that has a name, which may get other numbers."""
        return any(text == name or text.startswith(f"{name}.reshape(") for name in self._called.values())

    def _array(self, numbers: tuple[Any, ...], shape: Shape, longest: int) -> str:
        is_small = len(numbers) <= FEW and all(n == n and abs(n) != float("inf") for n in numbers)
        text = listed(numbers, shape) if is_small else ""
        if is_small and len(text) <= longest:
            return text
        key = (*map(repr, numbers), shape)
        if key not in self._known:
            name = self._known[key] = self._names.numbered("c")
            if is_small:
                self.above += assigned(name, text)
            else:
                self.further[name] = Table(name, numbers, shape, is_persons=False)
        return self._known[key]


def listed(numbers: tuple[Any, ...], shape: Shape) -> str:
    """Return the text of a small array.

    >>> listed((1, 2, 3, 4), (2, 2))
    'np.array([[1, 2], [3, 4]])'
    """
    parts = [repr(number) for number in numbers]
    for size in reversed(shape):
        parts = [f"[{', '.join(parts[i : i + size])}]" for i in range(0, len(parts), size or 1)]
    return f"np.array({parts[0]})"
