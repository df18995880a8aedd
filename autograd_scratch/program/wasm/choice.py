"""Whether sums over rows are computed in WebAssembly: where it is asked for, or there is much to do."""

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from math import prod
from typing import Any

from ...errors import AutogradError, MissingPackageError
from ..equations import Equations
from ..forms import leaves
from ..table import Table
from .effort import MUCH
from .operations import NoFormError
from .rows import WasmRows

LARGEST = 5_000  # equations: of more, machine code takes seconds


class ChosenRows:
    """The sums of a Program over rows in WebAssembly, if that is its choice."""

    def __init__(self, name: str, equations: Equations, backend: str | None) -> None:
        self._name = name
        self._equations = equations
        self._is_asked_for = backend == "wasm"
        is_possible = equations.order < 2 and len(equations.equations) <= LARGEST
        self._may_be = self._is_asked_for or (backend is None and is_possible)
        self._work = sum(prod(e.shape) * len(e.operands) for e in equations.equations)

    @cached_property
    def machine(self) -> WasmRows | None:
        """What adds up; None where there is none, though nobody asked."""
        try:
            return WasmRows(self._name, self._equations)
        except (MissingPackageError, NoFormError):
            if self._is_asked_for:
                raise
            return None

    def text(self) -> str:
        """Return the text of the module."""
        machine = self.machine
        assert machine is not None  # as it was asked for
        return machine.text

    def sums_of_numbers(self, fixed: Sequence[Any], rows: Sequence[Any], count: int) -> list[float] | None:
        """Return the sums of a Program of single numbers, divided by a count, or None as `sums` does."""
        numbers = [[number] for argument in fixed for number in leaves(argument)]
        examples = {key: self._equations.arguments[key] for key in self._equations.varying}
        found = self.sums(numbers, rows, examples)
        return None if found is None else [number / count for (number,) in found]

    def sums(
        self, fixed: Sequence[Sequence[float]], rows: Sequence[Any], examples: dict[str, Any]
    ) -> list[list[float]] | None:
        """Return the sums, array by array; None where others answer: that is little, or no finite numbers.

        `examples` say how the parts of a row are arranged.
        """
        if not self._may_be or not (self._is_asked_for or self._work * len(rows) >= MUCH):
            return None
        if self.machine is None:
            return None
        try:
            table = Table(([row] if len(examples) == 1 else row for row in rows), examples)
        except (AutogradError, TypeError, ValueError, LookupError, AttributeError):
            return None  # others say what is wrong
        try:
            found = self.machine.sums(fixed, table)
        except NoFormError:
            if self._is_asked_for:
                raise
            return None
        is_finite = table.is_finite and all(map(math.isfinite, chain(*fixed, *found)))
        return found if is_finite else None
