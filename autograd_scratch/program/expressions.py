"""How one equation is written in Python, given the texts of its operands.

A text comes with the precedence of its outermost operator, so that parentheses stand only where they
are needed. Products and sums whose second operand is compound are turned round, which changes no bit.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..primitives import Primitive, arithmetic, exponential, powers, primitive, special, trigonometric
from ..primitives import hyperbolic as hyper
from ..primitives.conditions import both, either, opposite
from ..primitives.norms import hypot_p
from ..primitives.piecewise import abs_, copysign, equal, less, less_equal, select
from ..primitives.reductions import dot_p, mean_p, prod_p, sum_p

CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)


class Text(NamedTuple):
    """A piece of source, the precedence of its outermost operator, and how deep operations are nested."""

    text: str
    precedence: int
    depth: int = 0

    def inside(self, precedence: int) -> str:
        """Return the text as an operand of an operator that binds at least as tightly as `precedence`."""
        return self.text if self.precedence >= precedence else f"({self.text})"


MATH = {
    primitive: primitive.forward.__name__.rstrip("_")
    for primitive in (
        *(exponential.exp, exponential.exp2, exponential.expm1, exponential.log, exponential.log2),
        *(exponential.log10, exponential.log1p, powers.sqrt, powers.cbrt, special.erf, special.erfc),
        *(trigonometric.sin, trigonometric.cos, trigonometric.tan, trigonometric.asin, trigonometric.acos),
        *(trigonometric.atan, trigonometric.atan2, hyper.sinh, hyper.cosh, exponential.tanh, hyper.asinh),
        *(hyper.acosh, hyper.atanh, special.lgamma, arithmetic.fmod, arithmetic.remainder, copysign),
    )
} | {
    powers.pow_p: "pow",
    hypot_p: "hypot",
    trigonometric.degrees: "degrees",
    trigonometric.radians: "radians",
}

# Python's max, which takes no notice of nan: for code alone
largest = primitive(partials=lambda out, *terms: (0.0,) * len(terms), name="largest")(max)
COMPARED = {less: "<", less_equal: "<=", equal: "=="}


def constant(x: float) -> Text:
    """Write a plain number, exactly.

    >>> constant(0.1).text, constant(-2.0).text, constant(math.inf).text
    ('0.1', '-2.0', 'inf')
    """
    if math.isnan(x):
        return Text("nan", ATOM)
    if math.isinf(x):
        return Text("inf" if x > 0.0 else "-inf", ATOM if x > 0.0 else SIGN)
    return Text(repr(x), SIGN if math.copysign(1.0, x) < 0.0 else ATOM)


def written(primitive: Primitive, args: Sequence[Text], called: Callable[[Primitive], str]) -> Text:
    """Return the text of an equation; `called` gives the name of a primitive that has to be called."""
    depth = 1 + max((arg.depth for arg in args), default=0)
    form = _FORMS.get(primitive)
    if primitive.family is not None and primitive.family[0] is powers.power:
        (exponent,) = primitive.family[1]
        text, precedence = f"{args[0].inside(ATOM)} ** {constant(exponent).inside(ATOM)}", POWER
    elif form is not None:
        text, precedence = form(*args)
    elif primitive in COMPARED:
        x, y = args
        if x.text.removeprefix("-").replace(".", "").isdigit() and primitive is not equal:
            # 0.0 < x reads better as x > 0.0
            text = f"{y.inside(SUM)} {COMPARED[primitive].replace('<', '>')} {x.text}"
        else:
            text = f"{x.inside(SUM)} {COMPARED[primitive]} {y.inside(SUM)}"
        precedence = COMPARISON
    else:
        text, precedence = f"{called(primitive)}({', '.join(arg.text for arg in args)})", ATOM
    return Text(text, precedence, depth)


Form = tuple[str, int]


def _is_literal(x: Text) -> bool:
    return x.text.removeprefix("-")[:1].isdigit()


def _add(x: Text, y: Text) -> Form:
    if y.precedence == SUM and x.precedence != SUM:
        x, y = y, x
    if y.text.startswith("-") and y.precedence in (SIGN, PRODUCT):
        return f"{x.inside(SUM)} - {y.text[1:]}", SUM
    return f"{x.inside(SUM)} + {y.inside(PRODUCT)}", SUM


def _sub(x: Text, y: Text) -> Form:
    if y.text.startswith("-") and y.precedence == SIGN:
        return f"{x.inside(SUM)} + {y.text[1:]}", SUM
    return f"{x.inside(SUM)} - {y.inside(PRODUCT)}", SUM


def _mul(x: Text, y: Text) -> Form:
    if y.precedence == PRODUCT and x.precedence != PRODUCT and not _is_literal(x):
        x, y = y, x
    return f"{x.inside(PRODUCT)} * {y.inside(SIGN)}", PRODUCT


def _div(x: Text, y: Text) -> Form:
    return f"{x.inside(PRODUCT)} / {y.inside(SIGN)}", PRODUCT


def _neg(x: Text) -> Form:
    return f"-{x.inside(POWER)}", SIGN


def _select(condition: Text, chosen: Text, otherwise: Text) -> Form:
    return f"{chosen.inside(OR)} if {condition.inside(OR)} else {otherwise.text}", CHOICE


def _sum(*terms: Text) -> Form:
    return " + ".join([terms[0].inside(SUM), *(term.inside(PRODUCT) for term in terms[1:])]), SUM


def _mean(*terms: Text) -> Form:
    total, _ = _sum(*terms)
    return f"({total}) / {float(len(terms))!r}", PRODUCT


def _prod(*terms: Text) -> Form:
    return " * ".join([terms[0].inside(PRODUCT), *(term.inside(SIGN) for term in terms[1:])]), PRODUCT


def _dot(*args: Text) -> Form:
    return " + ".join(dot_terms(args)), SUM


def dot_terms(args: Sequence[Text]) -> list[str]:
    """Return the terms of a dot product: weights times inputs, and a bias if there is one."""
    size = len(args) // 2
    products = [f"{w.inside(PRODUCT)} * {x.inside(SIGN)}" for w, x in zip(args, args[size : 2 * size])]
    return products + [bias.inside(PRODUCT) for bias in args[2 * size :]]


_FORMS: dict[Primitive, Any] = {
    arithmetic.add: _add,
    arithmetic.sub: _sub,
    arithmetic.mul: _mul,
    arithmetic.div: _div,
    arithmetic.neg: _neg,
    select: _select,
    sum_p: _sum,
    mean_p: _mean,
    prod_p: _prod,
    dot_p: _dot,
    powers.square: lambda x: (f"{x.inside(ATOM)} ** 2", POWER),
    abs_: lambda x: (f"abs({x.text})", ATOM),
    largest: lambda *terms: (f"max({', '.join(term.text for term in terms)})", ATOM),
    both: lambda x, y: (f"{x.inside(AND)} and {y.inside(NOT)}", AND),
    either: lambda x, y: (f"{x.inside(OR)} or {y.inside(AND)}", OR),
    opposite: lambda x: (f"not {x.inside(NOT)}", NOT),
}
