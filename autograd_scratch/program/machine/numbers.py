"""A Program whose code numba compiles.

The source is the same but for its containers: numba wants tuples for lists and dicts, and rows as a matrix.
Machine code checks none of its arguments, so they are arranged and converted before it runs: from what does
not fit it would make numbers all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ...arrays.containers import arrange
from ...errors import ShapeError
from ...ieee import real
from ..compilation import compiled_by_numba
from ..equations import Equations
from ..forms import Tree, leaves
from ..program import Program


class MachineCode(Program):
    """A Program with `backend="numba"`: compiled when it is first called, which takes a second or more."""

    takes_matrix = True

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The compiled code, called with the containers that people have."""
        run = compiled_by_numba(self._sample)
        trees = list(self.equations.arguments.values())
        like = self.signature.results

        def function(*args: Any) -> Any:
            given = [in_tuples(arg, tree) for arg, tree in zip(args, trees, strict=True)]
            return arrange(like, leaves(run(*given)))

        return function

    @cached_property
    def _in_source(self) -> Equations:
        equations = self.equations
        return replace(
            equations,
            arguments={key: _tupled(tree) for key, tree in equations.arguments.items()},
            wrt=_tupled(equations.wrt),
            extras=_tupled(equations.extras),
        )

    def _compiled_loop(self, mean: bool) -> Callable[..., Any]:
        run = compiled_by_numba(self._loop_source(mean))
        trees = [self.equations.arguments[key] for key in self.equations.fixed]
        varying = [self.equations.arguments[key] for key in self.signature.varying]
        row_like = varying[0] if len(varying) == 1 else tuple(varying)
        like = self.signature.sums

        def function(*args: Any) -> Any:
            *fixed, rows = args
            given = [in_tuples(arg, tree) for arg, tree in zip(fixed, trees, strict=True)]
            return arrange(like, leaves(run(*given, _matrix(rows, row_like))))

        return function


def in_tuples(argument: Any, like: Tree) -> Any:
    """Return an argument with tuples for lists and dicts, in the order of `like`, and exact floats.

    Where it is arranged otherwise, TypeError, ValueError or LookupError is raised, as in plain code.

    >>> in_tuples({"b": 4, "w": [1.5, 2.5]}, like={"w": [0, 1], "b": 2})
    ((1.5, 2.5), 4.0)
    """
    if isinstance(like, dict):
        if len(argument) != len(like):
            raise ShapeError("there are other keys")
        return tuple(in_tuples(argument[key], branch) for key, branch in like.items())
    if isinstance(like, (list, tuple)):
        return tuple(in_tuples(part, branch) for part, branch in zip(argument, like, strict=True))
    return real(argument, "an argument")


def _matrix(rows: Sequence[Any], like: Tree) -> Any:
    """Return rows, each arranged as `like`, as a matrix of floats; what does not fit raises, as above."""
    import numpy

    width = len(leaves(like))
    if isinstance(like, int):
        row_shape: tuple[int, ...] = ()
    elif isinstance(like, (list, tuple)) and all(isinstance(branch, int) for branch in like):
        row_shape = (width,)
    else:
        rows, row_shape = [leaves(in_tuples(row, like)) for row in rows], (width,)
    matrix = numpy.array(rows)
    if matrix.dtype.kind not in "biuf" or matrix.shape[1:] != row_shape:
        raise ShapeError("the rows are no matrix of numbers")
    return matrix.astype(float).reshape(len(rows), width)


def _tupled(tree: Tree) -> Tree:
    """Return a tree with tuples for lists and dicts."""
    if isinstance(tree, dict):
        return tuple(map(_tupled, tree.values()))
    return tuple(map(_tupled, tree)) if isinstance(tree, (list, tuple)) else tree
