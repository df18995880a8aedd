"""What people write elsewhere, on paper and in other programs, and what is written for it in a formula."""

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

from ..wording import cut, printable
from .tokens import NAME, NUMBER, Token, name_at, number_at
from .vocabulary import CONSTANTS, FUNCTIONS

_SHORT = 24

NAMES = {"π": "pi"}
_OURS = {  # our functions, and what they are called elsewhere
    "acos": "arccos",
    "acosh": "arccosh arcosh",
    "asin": "arcsin",
    "asinh": "arcsinh arsinh",
    "atan": "arctan arctg",
    "atan2": "arctan2",
    "atanh": "arctanh artanh",
    "ceil": "ceiling",
    "cosh": "ch",
    "digamma": "psi ψ",
    "gamma": "Γ",
    "lgamma": "gammaln loggamma",
    "log": "ln loge",
    "log10": "lg",
    "log2": "ld lb",
    "logsumexp": "lse",
    "mean": "average avg",
    "pow": "power",
    "prod": "product Π",
    "sigmoid": "expit logistic sigma \N{GREEK SMALL LETTER SIGMA}",
    "sign": "sgn signum",
    "silu": "swish",
    "sinh": "sh",
    "sqrt": "root",
    "square": "sqr",
    "step": "heaviside",
    "sum": "Σ",
    "tan": "tg",
    "tanh": "th tgh",
    "trunc": "int",
}
ALIASES = {other: ours for ours, others in _OURS.items() for other in others.split()}
WRITTEN_OUT = {  # functions that are written with others
    "cosec": "1/sin(x)",
    "cot": "1/tan(x)",
    "coth": "1/tanh(x)",
    "csc": "1/sin(x)",
    "csch": "1/sinh(x)",
    "dot": "w1*x1 + w2*x2",
    "factorial": "gamma(x + 1)",
    "sec": "1/cos(x)",
    "sech": "1/cosh(x)",
}
OF_LISTS = ("cross_entropy", "dist", "log_softmax", "softmax", "sumprod")
_CHOICE = "write where(step(x), a, b), which is a where x > 0, and b elsewhere"
WORDS = {  # of Python
    "False": "write 0",
    "True": "write 1",
    "else": _CHOICE,
    "if": _CHOICE,
    "lambda": "write what stands behind its colon alone",
}

_PRODUCTS = "\N{MIDDLE DOT}\N{DOT OPERATOR}\N{BULLET OPERATOR}\N{BULLET}\N{MULTIPLICATION SIGN}"
_QUOTIENTS = "\N{DIVISION SIGN}\N{DIVISION SLASH}\N{FRACTION SLASH}"
_DASHES = "\N{MINUS SIGN}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}"
_LOOK_ALIKE = {
    **dict.fromkeys(_PRODUCTS + "\N{N-ARY TIMES OPERATOR}\N{ASTERISK OPERATOR}", "*"),
    **dict.fromkeys(_QUOTIENTS, "/"),
    **dict.fromkeys(_DASHES, "-"),
    "\N{INFINITY}": "inf",
}
_ROOTS_AND_SUMS = {
    "\N{SQUARE ROOT}": "sqrt",
    "\N{CUBE ROOT}": "cbrt",
    "\N{N-ARY SUMMATION}": "sum",
    "\N{N-ARY PRODUCT}": "prod",
}
_KNOWN = "known are exp, log, sin, tanh, relu, where and the like, as in autograd_scratch"
_NO_COMPARISON = "a formula has no comparisons: step(x - y) is 1 where x > y, and 0 elsewhere"
_ROUND = "parentheses are round in a formula: write ( and )"
_NO_TEXT = "a formula has no texts in quotes: names and functions stand as they are"
_TOLD = {
    **dict.fromkeys(("<", ">", "<=", ">=", "==", "!=", *"≤≥≠≈"), _NO_COMPARISON),
    **dict.fromkeys("[]{}", _ROUND),
    **dict.fromkeys("'\"`", _NO_TEXT),
    "//": "a quotient is rounded down by floor: write floor(x / y)",
    "%": "for a remainder write x - y*floor(x / y), and for a percentage x / 100",
    "!": "a factorial is written gamma(x + 1)",
    "@": "a product is written x*y",
    "\\": "a formula is no LaTeX: write it as Python, as in tanh(w*x + b)",
    "°": "degrees are written radians(x)",
}


def instead(token: Token, before: Token, text: str) -> str:
    """Say what to write for a sign that formulas do not have; `before` is the piece before it.

    >>> instead(Token("odd", "^", 1), Token("name", "x", 0), "x^2")
    'a power is written `**`: write x**2'
    """
    sign = token.text
    if sign == "^":
        return _power(before, following(text, token.column + 1))
    if sign == "|":
        inside = re.compile(r"\|([^|]+)\|").match(text, token.column)
        return f"an absolute value is written abs({_short(inside[1].strip()) if inside else 'x'})"
    if sign == ".":
        return _point(before, name_at(text, token.column + 1))
    if sign == "[" and before.kind == NAME:
        return (
            f"`{_short(before.text)}` is one number and has no entries: write {_short(before.text)}0, say"
        )
    if sign in _LOOK_ALIKE:
        return f"{_spelt(sign)} is written {_LOOK_ALIKE[sign]}"
    if sign in _ROOTS_AND_SUMS:
        return f"`{sign}` is written {_called(_ROOTS_AND_SUMS[sign], following(text, token.column + 1))}"
    if sign in _TOLD:
        return _TOLD[sign]
    return _unknown(token, before, text) if len(sign) == 1 else f"`{sign}` has no meaning in a formula"


def _unknown(token: Token, before: Token, text: str) -> str:
    """Say what to write for a sign by what Unicode knows of it."""
    kind = unicodedata.decomposition(token.text).partition(" ")[0]
    if kind == "<super>":
        run = re.compile(r"[\u00b2\u00b3\u00b9\u2070-\u207f]+").match(text, token.column)
        raised = unicodedata.normalize("NFKC", run[0] if run else token.text)
        return _power(before, raised.replace("\N{MINUS SIGN}", "-"))
    plain = unicodedata.normalize("NFKC", token.text)
    if kind == "<sub>":
        return f"an index is part of a name: write {_short(before.text)}{plain}"
    if kind == "<fraction>":
        return f"`{token.text}` is written {unicodedata.numeric(token.text):g}"
    if kind in ("<wide>", "<narrow>", "<small>"):
        return f"{_spelt(token.text)} is written {plain}"
    return f"{_spelt(token.text)} has no meaning in a formula"


def _spelt(sign: str) -> str:
    """Return a sign, and for one that may look like another, or like nothing, its number and name.

    >>> _spelt("$"), _spelt(chr(0x200b))
    ('`$`', 'a sign that cannot be seen (U+200B, zero width space)')
    """
    if sign.isascii() and sign.isprintable():
        return f"`{sign}`"
    name = unicodedata.name(sign, "").lower()
    seen = f"`{sign}`" if sign.isprintable() else "a sign that cannot be seen"
    return f"{seen} (U+{ord(sign):04X}{', ' if name else ''}{name})"


def _power(before: Token, exponent: str) -> str:
    told = "a power is written `**`"
    if before.kind == NAME and before.text in FUNCTIONS:  # as in sin^2(x)
        return f"{told}, behind the parentheses: write {before.text}(x)**{_short(exponent or '2')}"
    if before.text == "e":
        return f"{told}, and that of e exp: write {_called('exp', exponent)}"
    if before.kind in (NAME, NUMBER) and exponent:
        return f"{told}: write {_short(before.text)}**{_short(exponent)}"
    return f"{told}: write **{_short(exponent)}"


def _point(before: Token, after: str) -> str:
    ours = ALIASES.get(after, after)
    if before.kind == NAME and (ours in FUNCTIONS or ours in CONSTANTS):  # as in np.tanh
        return f"functions stand alone: write {ours} for {_short(f'{before.text}.{after}')}"
    if before.kind == NAME:
        return f"`{_short(before.text)}` is one number: nothing is had from it by a point"
    return "a point stands in numbers alone, as in 0.5"


def no_function(name: str, text: str, column: int, variables: Collection[str]) -> str:
    """Say what to write for a function that there is not; its parenthesis is at `column`."""
    arguments, short = following(text, column), _short(name)
    if name in variables or (name not in ALIASES and (len(name) == 1 or name in CONSTANTS)):
        return f"`{short}` is no function: for a product write {short}*{_short(arguments) or '('}"
    none = f"there is no function `{short}`"
    if name in ALIASES:
        return f"{none}; write {_called(ALIASES[name], arguments)}"
    if name in WRITTEN_OUT:
        return f"{none}; write {WRITTEN_OUT[name]}"
    if name in OF_LISTS:
        return f"`{name}` is a function of lists, and a formula is of numbers"
    factor, function = name[:1], ALIASES.get(name[1:], name[1:])
    if function in FUNCTIONS:  # as in xln(x)
        return f"{none}; did you mean {factor}*{_called(function, arguments)}?"
    close = get_close_matches(name.lower(), FUNCTIONS, n=1)
    return f"{none}; {f'did you mean {close[0]}?' if close else _KNOWN}"


def missing_operation(before: Token, token: Token, text: str) -> str:
    """Say what is missing between two pieces that stand side by side, such as `2` and `x`."""
    operand = _short(following(text, token.column) or token.text)
    if before.text in ALIASES:
        return f"`{before.text}` is written {_called(ALIASES[before.text], operand)}"
    if before.text == ")":
        return f"an operation is missing before `{_short(token.text)}`: for a product write *{operand}"
    missing = f"an operation is missing between `{_short(before.text)}` and `{_short(token.text)}`"
    if before.kind == token.kind == NUMBER:
        return f"{missing}; a number has one point, and no blanks in it"
    return f"{missing}: write {_short(before.text)}*{operand}"


def not_called(name: str, token: Token, text: str) -> str:
    """Say how a function is called whose name stands alone; `token` comes after it."""
    operand = following(text, token.column) if token.kind in (NAME, NUMBER) else ""
    return f"`{name}` is a function: write {_called(name, operand)}"


def following(text: str, column: int) -> str:
    """Return the operand that begins at a column: a number, a name, a call, or what is in parentheses.

    >>> following("2 sin(x)(y)", 1), following("(1 + (2))*3", 0), following("+ 1", 0)
    ('sin(x)', '(1 + (2))', '')
    """
    start = column + len(text[column:]) - len(text[column:].lstrip())
    if number := number_at(text, start):
        return number
    name = name_at(text, start)
    depth = 0
    for end in range(start + len(name), len(text)):
        depth += (text[end] == "(") - (text[end] == ")")
        if depth <= 0:
            return text[start : end + 1] if text[end] == ")" and end > start + len(name) else name
    return name


def _called(function: str, operand: str) -> str:
    """Write a call; without an operand, of x."""
    inside = operand[1:-1] if operand.startswith("(") else operand
    return f"{function}({_short(inside) or 'x'})"


def _short(text: str) -> str:
    return cut(printable(text), _SHORT)
