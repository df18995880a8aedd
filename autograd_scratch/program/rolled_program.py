"""A Program of arrays: its code is NumPy, and arrays come and go as people have them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from math import prod
from typing import Any

from ..arrays.containers import blocks, replaced
from ..tab import hiding
from .array_forms import as_form, given, in_lists, taken
from .calling import numbers_of
from .compilation import compiled
from .notation import array_source
from .program import FAULTS, Program
from .scalars import scalar_equations
from .source import Source


@hiding("scalar")
class RolledProgram(Program):
    """A loss and its derivatives as a function of arrays.

    Called, it gives what a Program gives. `scalar` is the same with one equation for each number: that is
    what other number types run on, and what answers where the code of arrays gives no finite numbers.
    """

    @cached_property
    def scalar(self) -> Program:
        """The same Program with an equation for each number."""
        equations = scalar_equations(self.equations)
        forms = {key: as_form(tree) for key, tree in equations.forms.items()}
        equations = replace(equations, forms=forms, wrt_form=as_form(equations.wrt_form))
        return Program(self.name, equations, self.frozen_branches)

    def __repr__(self) -> str:
        rolled = self.equations.rolled
        assert rolled is not None  # else it were a Program of numbers
        share = f"{rolled.rolled:,} of {rolled.nodes:,} nodes rolled in {rolled.steps:,} steps"
        return f"{super().__repr__()[:-1]}, {share}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args = self.signature.bound(args, kwargs)
        try:
            arrays = list(map(given, self.equations.forms.values(), args))
        except FAULTS:  # numbers of another type, or what is wrong with them is told
            arrays = self._exact(args)
        results = self._computed(arrays)
        return self._replayed(arrays) if results is None else results

    def run(self, *args: Any, **options: Any) -> Any:
        return self.scalar.run(*args, **options)

    def _exact(self, args: Sequence[Any]) -> list[Any]:
        """Return arguments with exact floats, or say what is wrong with them."""
        arrays = []
        for (key, tree), arg in zip(self.equations.forms.items(), args):
            like = in_lists(tree)
            arrays.append(given(tree, _arranged(tree, numbers_of(arg, like, key))))
        return arrays

    def _computed(self, arrays: Sequence[Any]) -> Any:
        """Return the results of the code; None where they are no finite numbers."""
        import numpy

        tables = self._tables
        with numpy.errstate(all="ignore"):
            try:
                results = self.function(*arrays, *tables)
            except FAULTS:
                return None
            total = _squares(results)
            if not self.signature.shows_all:
                total += _squares(arrays)
        if total - total != 0.0:
            return None
        return self._dressed(results, [*_blocks(arrays), *tables])

    def _dressed(self, results: Any, shared: Sequence[Any]) -> Any:
        equations = self.equations
        if not equations.order and not equations.extras:
            return float(results)
        value, *rest = results
        found = [float(value)]
        if equations.order:
            found.append(taken(equations.wrt_form, rest[0], shared))
        if equations.extras:
            found.append(taken(dict(equations.extras_forms), rest[-1], shared))
        return tuple(found)

    def _replayed(self, arrays: Sequence[Any]) -> Any:
        """Return the results as `backward()` has them."""
        import numpy

        numbers = [x for block in _blocks(arrays) for x in numpy.ravel(block).tolist()]
        signature = self.scalar.signature
        return signature.arranged(self.scalar.on_values(numbers), signature.results)

    @cached_property
    def _tables(self) -> Sequence[Any]:
        """The arrays of plain numbers that the code is given after the arguments."""
        import numpy

        return [numpy.array(table.numbers).reshape(table.shape) for table in self._sample.tables]

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The compiled code itself: it takes arrays of floats, and trusts them."""
        return compiled(self._sample)

    @cached_property
    def _sample(self) -> Source:
        return array_source(self.name, self.equations, self._about())


def _blocks(tree: Any) -> list[Any]:
    """Return the arrays of a tree, in order."""
    return [block for _, block in blocks(tree)]


def _squares(tree: Any) -> float:
    """Return the sum of all squares: a finite number where all numbers are, unless they are very large."""
    import numpy

    return sum((float(numpy.vdot(block, block)) for block in _blocks(tree)), 0.0)


def _arranged(tree: Any, numbers: Sequence[float]) -> Any:
    """Return numbers as arrays, arranged as a tree of lots."""
    import numpy

    rest = iter(numbers)
    return replaced(tree, lambda lot: numpy.array([*islice(rest, prod(lot.shape))]).reshape(lot.shape))
