"""Pieces of a formula, and how they are put together with as few parentheses as a reader needs.

A product of arrays entry by entry has a circled dot; any other product has its factors side by side.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

UPRIGHT = (r"\mathrm", r"\mathtt")  # letters that would run together with others
UPRIGHT_AT_END = re.compile(r"\\math(?:rm|tt)\{(?:[^{}]|\\[{}])*\}(?:_\{[^{}]*\})?$")

PARENTHESES = ("(", ")")
CHOICE, CONDITION, SUM, HADAMARD, REDUCTION, PRODUCT, FRACTION, POWER, ATOM = range(9)


class Piece(NamedTuple):
    """LaTeX, how tightly its outermost operator binds, and what kind of thing it is.

    It `is_open` where it is an array with axes that have no index, `is_tall` where it is higher than a line
    of letters, and `is_negative` where its minus sign may become that of a term.
    """

    text: str
    binds: int = ATOM
    is_open: bool = False
    is_tall: bool = False
    is_negative: bool = False

    def inside(self, binds: int) -> str:
        """Return the text as an operand of what binds at least so tightly."""
        return self.text if self.binds >= binds else self.parenthesized

    @property
    def parenthesized(self) -> str:
        """The text in parentheses, which grow where it is tall."""
        return brackets(self.text, PARENTHESES, self.is_tall)


def brackets(text: str, pair: tuple[str, str], is_tall: bool) -> str:
    r"""Return a text in brackets.

    >>> brackets("x", PARENTHESES, False), brackets("x", ("\\{", "\\}"), True)
    ('(x)', '\\left\\{x\\right\\}')
    """
    left, right = pair
    return rf"\left{left}{text}\right{right}" if is_tall else f"{left}{text}{right}"


def any_of(*parts: Piece) -> tuple[bool, bool]:
    """Say whether any part is open, and whether any is tall."""
    return any(part.is_open for part in parts), any(part.is_tall for part in parts)


def total(terms: Sequence[tuple[str, Piece]]) -> Piece:
    """Return a sum of terms with their signs.

    >>> total([("-", Piece("a")), ("+", Piece("b", PRODUCT)), ("-", Piece("c + d", SUM))]).text
    '-a + b - (c + d)'
    >>> total([("+", Piece("a")), ("-", total([("-", Piece("b"))]))]).text
    'a + b'
    """
    texts = signed_terms(terms)
    is_negative = len(texts) == 1 and texts[0].startswith("-")
    return Piece(" ".join(texts), SUM, *any_of(*(piece for _, piece in terms)), is_negative)


def signed_terms(terms: Sequence[tuple[str, Piece]]) -> list[str]:
    """Return the texts of terms, each with its sign before it."""
    (sign, first), *others = [_folded(sign, piece) for sign, piece in terms]
    is_alone = sign == "+" and (first.binds == SUM or not others)
    head = first.text if is_alone else ("-" if sign == "-" else "") + first.inside(HADAMARD)
    return [head, *(f"{sign} {piece.inside(HADAMARD)}" for sign, piece in others)]


def _folded(sign: str, piece: Piece) -> tuple[str, Piece]:
    if not piece.is_negative:
        return sign, piece
    return "-" if sign == "+" else "+", piece._replace(
        text=piece.text[1:], binds=HADAMARD, is_negative=False
    )


def product(factors: Sequence[Piece]) -> Piece:
    r"""Return a product.

    >>> product([Piece("x"), Piece("2"), Piece("a + b", SUM)]).text
    'x \\cdot 2 (a + b)'
    >>> product([Piece("X", is_open=True), Piece("A B", PRODUCT, is_open=True)]).text
    'X \\odot (A B)'
    """
    if len(factors) == 1:
        return factors[0]
    is_open, is_tall = any_of(*factors)
    is_hadamard = sum(factor.is_open for factor in factors) > 1
    needed = FRACTION if is_hadamard else PRODUCT
    last = len(factors) - 1
    texts = [
        factor.inside(needed if i < last or factor.binds != REDUCTION else REDUCTION)
        for i, factor in enumerate(factors)
    ]
    text, was_open = texts[0], factors[0].is_open
    for factor, written in zip(factors[1:], texts[1:]):
        sign = r" \odot " if was_open and factor.is_open else _beside(text, written)
        text, was_open = text + sign + written, was_open or factor.is_open
    return Piece(text, HADAMARD if is_hadamard else PRODUCT, is_open, is_tall)


def juxtaposed(left: str, right: str) -> str:
    r"""Return a product without a sign.

    >>> juxtaposed("W", "x"), juxtaposed(r"\mathrm{in}", "W"), juxtaposed("x", "2")
    ('W x', '\\mathrm{in}\\,W', 'x \\cdot 2')
    """
    return left + _beside(left, right) + right


def _beside(left: str, right: str) -> str:
    """Return what stands between two factors: as little as keeps them apart."""
    if re.match(r"\d|\(-\d|\\infty|\\mathrm\{nan\}", right):
        return r" \cdot "
    return r"\," if UPRIGHT_AT_END.search(left) or right.startswith(UPRIGHT) else " "


def quotient(above: Sequence[Piece], below: Sequence[Piece]) -> Piece:
    r"""Return a fraction. What is tall stands beside it, not above the line.

    >>> quotient([Piece("2"), Piece("x")], [Piece("m")]).text
    '\\frac{2 x}{m}'
    """
    beside = [factor for factor in above if factor.is_tall]
    left = [factor for factor in above if not factor.is_tall]
    upper, lower = product(left or [Piece("1")]), product(below)
    is_open, _ = any_of(upper, lower)
    fraction = Piece(rf"\frac{{{upper.text}}}{{{lower.text}}}", FRACTION, is_open, True)
    return product([fraction, *beside])


def power(base: Piece, exponent: str) -> Piece:
    r"""Return a power; that of an array is taken entry by entry.

    >>> power(Piece("a + b", SUM), "2").text, power(Piece("A", is_open=True), "2").text
    ('(a + b)^{2}', 'A^{\\odot 2}')
    """
    raised = rf"\odot {exponent}" if base.is_open else exponent
    function = re.match(r"(\\[a-z]+)(\(|\\left\()", base.text) if base.binds == ATOM else None
    if function and function[1] in NAMED and exponent.isdigit():
        text = f"{function[1]}^{{{raised}}}{base.text[len(function[1]) :]}"
    else:
        text = f"{base.inside(ATOM)}^{{{raised}}}"
    return Piece(text, POWER, base.is_open, base.is_tall)


FUNCTIONS = (
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "arcsin",
    "arccos",
    "arctan",
    "exp",
    "log",
    "max",
    "min",
)
NAMED = frozenset(f"\\{name}" for name in FUNCTIONS)


def call(name: str, *arguments: Piece) -> Piece:
    r"""Return a function of arguments.

    >>> call("tanh", Piece("z")).text, call("erf", Piece("z")).text
    ('\\tanh(z)', '\\operatorname{erf}(z)')
    """
    is_open, is_tall = any_of(*arguments)
    inside = ", ".join(argument.text for argument in arguments)
    return Piece(operator(name) + brackets(inside, PARENTHESES, is_tall), ATOM, is_open, is_tall)


def operator(name: str) -> str:
    """Return the name of a function, upright."""
    return f"\\{name}" if f"\\{name}" in NAMED else rf"\operatorname{{{name}}}"


def cases(rows: Sequence[tuple[Piece, str]]) -> Piece:
    """Return a choice: pieces with their conditions, which are texts."""
    lines = r" \\ ".join(rf"{piece.text} & {condition}" for piece, condition in rows)
    is_open, _ = any_of(*(piece for piece, _ in rows))
    return Piece(rf"\begin{{cases}} {lines} \end{{cases}}", CHOICE, is_open, True)


def indicator(condition: str, is_open: bool) -> Piece:
    """Return the number of a condition: 1 where it holds, else 0."""
    return Piece(rf"\mathbf{{1}}[{condition}]", ATOM, is_open)
