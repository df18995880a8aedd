"""What a Program says in LaTeX."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..arrays.containers import arrange
from ..errors import DataError
from ..ieee import describe
from ..signatures import call_forms
from .calling import Signature, numbers_of
from .equations import Equations
from .figures import Figures
from .parts import Parts, parts_of
from .typesetting import latex_of


@call_forms("to_latex")
class Typeset:
    """A Program as formulas."""

    equations: Equations
    signature: Signature
    _sample: Any

    def to_latex(self, at: Any = None) -> str:
        r"""Return the source as LaTeX: its equations in lines, the forward ones, then the derivatives.

        The text is one `aligned` block for math mode: `IPython.display.Math(program.to_latex())` shows it
        in a notebook; between two `$$` it is for Markdown, KaTeX and MathJax, between `\[` and `\]` for
        LaTeX with amsmath. What the source calls `d_z` or `dz` is set as the derivative of the loss, L, by
        z. Indices count from 0. Functions, fractions and powers of arrays are taken entry by entry, as are
        products with \odot; where shapes differ, arrays are broadcast, along an axis called \ast where the
        source makes one. Slices tell their first and last index. What changes has an arrow, from its first
        value on, and what stands in a loop tells at the right what its index runs through; a brace holds
        the lines of one loop together. Masks and tables of numbers that nobody named are \mathcal{M} and
        \mathcal{C}, parameters without names \theta. Constants have at most six digits.

        Names stand for finite numbers, as in mathematics: what the source does for nan alone, such as a
        third arm of a maximum, and zero times a name are left out.

        With `at`, the arguments of a call in a tuple or list, or in a dict by name, each line goes on with
        numbers in the place of names, and its result, in four digits, as IEEE 754 has it. That is for
        Programs of numbers: one of arrays raises a ProgramError.

        >>> from autograd_scratch import derive
        >>> program = derive(lambda w, x: (w * x - 1.0) ** 2, wrt="w", inputs=[2.0, 3.0])
        >>> print(program.to_latex(at=[2.0, 3.0]))
        \begin{aligned}
        t_{1} &= w x - 1 = 2 \cdot 3 - 1 = 5 \\
        L &= t_{1}^{2} = 5^{2} = 25 \\[2ex]
        \frac{\partial L}{\partial w} &= 2 t_{1} x = 2 \cdot 5 \cdot 3 = 30
        \end{aligned}
        """
        parts = parts_of(self._sample, self.equations.order)
        sample = self._sample
        return latex_of(parts, sample.wrt, sample.tables, self._shapes(), self._figures(parts, at))

    def _shapes(self) -> Callable[[Any], tuple[int, ...]]:
        """Return what tells the shape of an expression of the source."""
        return lambda node: ()

    def _figures(self, parts: Parts, at: Any) -> Figures | None:
        """Return the numbers of the source at some arguments, if there are any."""
        if at is None:
            return None
        is_named = isinstance(at, Mapping)
        args = self.signature.bound(() if is_named else _several(at), at if is_named else {})
        exact = [
            arrange(tree, numbers_of(arg, tree, key))
            for arg, (key, tree) in zip(args, self.equations.arguments.items())
        ]
        return Figures.of(self._sample, parts.taken_apart, dict(zip(parts.arguments, exact)))


def _several(at: Any) -> Sequence[Any]:
    """Return the arguments of a call."""
    if not isinstance(at, (list, tuple)):
        raise DataError(
            "at is a tuple or list of the arguments of a call, or a dict of them by name, "
            f"not {describe(at)}; write at=[x] for a single one"
        )
    return at
