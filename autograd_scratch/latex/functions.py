"""How functions of numbers are set, entry by entry where they are functions of arrays."""

from collections.abc import Callable, Sequence

from .pieces import (
    ATOM,
    POWER,
    REDUCTION,
    SUM,
    Piece,
    any_of,
    brackets,
    call,
    power,
    product,
    quotient,
    total,
)
from .symbols import escaped

ONE = Piece("1")

Form = Callable[..., Piece]


def function(name: str, arguments: Sequence[Piece]) -> Piece:
    r"""Return a function of arguments, in symbols where it has any.

    >>> function("sqrt", [Piece("x")]).text, function("log1p", [Piece("x")]).text
    ('\\sqrt{x}', '\\log(1 + x)')
    >>> function("my_own_p", [Piece("x"), Piece("y")]).text
    '\\operatorname{my\\_own}(x, y)'
    """
    form = _FORMS.get(name)
    if form is not None:
        return form(*arguments)
    return call(_RENAMED.get(name) or escaped(name.removesuffix("_p")), *arguments)


def _one_minus_square(x: Piece) -> Piece:
    return total([("+", ONE), ("-", power(x, "2"))])


def _sech_squared(x: Piece) -> Piece:
    return _one_minus_square(call("tanh", x))


def _logistic_density(x: Piece) -> Piece:
    p = call("sigmoid", x)
    return product([p, total([("+", ONE), ("-", p)])])


def _between(left: str, right: str) -> Form:
    def form(x: Piece) -> Piece:
        is_grown = x.is_tall or x.text.startswith("-")  # a minus sign after | were one of a difference
        return Piece(brackets(x.text, (left, right), is_grown), ATOM, *any_of(x))

    return form


def _root(x: Piece, degree: str = "") -> Piece:
    return Piece(rf"\sqrt{degree}{{{x.text}}}", ATOM, *any_of(x))


def _logarithm(base: str) -> Form:
    def form(x: Piece) -> Piece:
        return Piece(rf"\log_{{{base}}}{x.parenthesized}", ATOM, *any_of(x))

    return form


def _power(x: Piece, y: Piece) -> Piece:
    return power(x, y.text)


def _exp2(x: Piece) -> Piece:
    return Piece(f"2^{{{x.text}}}", POWER, *any_of(x))


def _hypotenuse(*terms: Piece) -> Piece:
    return _root(total([("+", power(term, "2")) for term in terms]))


_RENAMED = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arsinh",
    "acosh": "arcosh",
    "atanh": "artanh",
    "arcsinh": "arsinh",
    "arccosh": "arcosh",
    "arctanh": "artanh",
    "maximum": "max",
    "minimum": "min",
    "largest": "max",
    "rint": "round",
    "logaddexp": "logsumexp",
}

_FORMS: dict[str, Form] = {
    "abs": _between("|", "|"),
    "floor": _between(r"\lfloor ", r" \rfloor"),
    "ceil": _between(r"\lceil ", r" \rceil"),
    "sqrt": _root,
    "cbrt": lambda x: _root(x, "[3]"),
    "log1p": lambda x: call("log", total([("+", ONE), ("+", x)])),
    "expm1": lambda x: total([("+", call("exp", x)), ("-", ONE)]),
    "exp2": _exp2,
    "log2": _logarithm("2"),
    "log10": _logarithm("10"),
    "one_minus_square": _one_minus_square,
    "sech_squared": _sech_squared,
    "logistic_density": _logistic_density,
    "pow": _power,
    "power": _power,
    "hypot": _hypotenuse,
    "floor_divide": lambda x, y: _between(r"\lfloor ", r" \rfloor")(quotient([x], [y])),
    "floordiv": lambda x, y: _between(r"\lfloor ", r" \rfloor")(quotient([x], [y])),
    "mod": lambda x, y: Piece(rf"{x.inside(REDUCTION)} \bmod {y.inside(REDUCTION)}", SUM, *any_of(x, y)),
}
