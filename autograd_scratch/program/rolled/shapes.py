"""Which shape each expression of a source of arrays has: it is computed once, each loop one round of it."""

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ...stepping.maps import Shape


class Shapes:
    """The shapes of the expressions of a function, whose arguments are known by name.

    >>> import numpy
    >>> body = ast.parse("y = x @ x.T").body
    >>> Shapes(body, {"x": numpy.ones((2, 3))})(body[0].value)
    (2, 2)
    """

    def __init__(self, body: Sequence[ast.stmt], scope: Mapping[str, Any]) -> None:
        import numpy

        self._scope = {**scope}
        self._known: dict[
            int, tuple[ast.expr, Shape]
        ] = {}  # the node as well, so that its id stays its own
        with numpy.errstate(all="ignore"):
            self._run(body)

    def __call__(self, node: ast.expr) -> Shape:
        if id(node) not in self._known:
            self._known[id(node)] = node, self._shape(node)
        return self._known[id(node)][1]

    def _run(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.For):
                with suppress(Exception):
                    self._scope[ast.unparse(statement.target)] = next(iter(self._computed(statement.iter)))
                    self._run(statement.body)
            elif not isinstance(statement, ast.Return):
                with suppress(Exception):  # of people's own functions, at numbers that mean nothing
                    module = ast.Module([statement], [])
                    exec(compile(module, "<shapes>", "exec"), self._scope)

    def _shape(self, node: ast.expr) -> Shape:
        import numpy

        with suppress(Exception), numpy.errstate(all="ignore"):
            return tuple(numpy.shape(self._computed(node)))
        return ()

    def _computed(self, node: ast.expr) -> Any:
        return eval(ast.unparse(node), self._scope)  # whose text is the same to the left of `=`
