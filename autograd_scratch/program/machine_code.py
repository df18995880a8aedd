"""A Program whose code numba compiles.

The source is the same but for its containers: numba wants tuples for lists and dicts, and rows as a matrix.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..arrays.containers import arrange
from .compilation import compiled_by_numba
from .equations import Equations
from .forms import Tree, leaves
from .loops import rows_source
from .program import Program
from .source import Source, sample_source


class MachineCode(Program):
    """A Program with `backend="numba"`: compiled when it is first called, which takes a second or more."""

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function of Python's containers around the compiled one."""
        run = compiled_by_numba(self._sample)
        forms = [tupled(tree) for tree in self.equations.arguments.values()]
        like = self.signature.results

        def function(*args: Any) -> Any:
            given = (arrange(form, leaves(arg)) for form, arg in zip(forms, args, strict=True))
            return arrange(like, leaves(run(*given)))

        return function

    @cached_property
    def _sample(self) -> Source:
        self._check_size()
        return sample_source(self.name, _with_tuples(self.equations), self._about())

    def _loop_source(self, mean: bool) -> Source:
        self._check_size()
        return rows_source(self.name, _with_tuples(self.equations), mean, matrix=True)

    def _compiled_loop(self, mean: bool) -> Callable[..., Any]:
        import numpy

        run = compiled_by_numba(self._loop_source(mean))
        forms = [tupled(self.equations.arguments[key]) for key in self.equations.fixed]
        like = self.signature.sums
        is_flat = all(isinstance(self.equations.arguments[key], int) for key in self.signature.varying)

        def function(*args: Any) -> Any:
            *fixed, rows = args
            given = (arrange(form, leaves(arg)) for form, arg in zip(forms, fixed, strict=True))
            matrix = numpy.array(rows if is_flat else [leaves(row) for row in rows], dtype=float)
            return arrange(like, leaves(run(*given, matrix.reshape(len(rows), -1))))

        return function


def tupled(tree: Tree) -> Tree:
    """Return a tree with tuples for lists and dicts.

    >>> tupled({"w": [1, [2, 3]], "b": 4})
    ((1, (2, 3)), 4)
    """
    if isinstance(tree, dict):
        return tuple(map(tupled, tree.values()))
    return tuple(map(tupled, tree)) if isinstance(tree, (list, tuple)) else tree


def _with_tuples(equations: Equations) -> Equations:
    return replace(
        equations,
        arguments={key: tupled(tree) for key, tree in equations.arguments.items()},
        wrt=tupled(equations.wrt),
        extras=dict(equations.extras),
    )
