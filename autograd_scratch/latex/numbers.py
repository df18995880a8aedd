"""How formulas are set with numbers in the place of names."""

import ast
from collections.abc import Callable, Mapping
from math import isfinite

from .formulas import DIGITS, Typesetter
from .fractions import constant
from .pieces import Piece
from .setting import Index
from .symbols import Derivative, Symbol, is_rounded
from .trees import arms_of, extremum_of, is_zero


class InNumbers(Typesetter):
    """Sets expressions with numbers in the place of names; it notes whether any was rounded."""

    def __init__(
        self,
        values: Mapping[str, float],
        names: Mapping[str, Symbol | Derivative],
        holds: Callable[[ast.expr], bool],
    ) -> None:
        super().__init__(names, lambda node: ())
        self._values = values
        self._holds = holds
        self.is_rounded = False

    def name(self, node: ast.Name, index: Index) -> Piece:
        if node.id not in self._values:
            return super().name(node, index)
        x = self._values[node.id]
        self.is_rounded = self.is_rounded or is_rounded(x, DIGITS)
        return constant(x, DIGITS)

    def is_nothing(self, term: ast.expr) -> bool:
        return is_zero(term) and all(
            isfinite(self._values.get(part.id, 0.0))
            for part in ast.walk(term)
            if isinstance(part, ast.Name)
        )

    def choice(self, node: ast.expr, index: Index) -> Piece:
        """Return the arm that is taken."""
        if extremum_of(node) is not None:
            return super().choice(node, index)
        while (arms := arms_of(node)) is not None:
            node = arms[1] if self._holds(arms[0]) else arms[2]
        return self.piece(node, index)
