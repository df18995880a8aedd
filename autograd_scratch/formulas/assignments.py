"""Which values the variables of a formula are given, as `w=0.5`."""

import keyword
from collections.abc import Collection, Iterable

from ..errors import FormulaError
from ..wording import cut, printable
from .places import moved, wrong
from .reading import Formula, read
from .tokens import name_at, plain_name
from .vocabulary import FUNCTIONS

_SHORT = 24


def assigned(texts: Iterable[str]) -> dict[str, float]:
    """Return the values that texts give to names; a value may be a formula of numbers.

    >>> assigned(["w=0.5", "x = -pi/2"])
    {'w': 0.5, 'x': -1.5707963267948966}
    >>> assigned(["w=two"])
    Traceback (most recent call last):
    autograd_scratch.errors.FormulaError: `two` is no number: write w=0.5
      w=two
        ^
    """
    given: dict[str, float] = {}
    for text in texts:
        name, value = _parts(text)
        if name in given:
            raise wrong(text, 0, f"`{_short(name)}` is given twice: leave one out")
        given[name] = value
    return given


def _parts(text: str) -> tuple[str, float]:
    """Return the name and the number of one text."""
    text = text.strip()
    left, _, right = text.partition("=")
    name = check_name(left.strip(), text)
    if not right.strip():
        raise wrong(text, len(text), f"`{_short(name)}` has no value: write {_short(name)}=0.5")
    begin = len(text) - len(right.lstrip())
    try:
        formula = read(right)
        for word, column in formula.columns.items():
            raise wrong(right.strip(), column, f"`{_short(word)}` is no number: write {_short(name)}=0.5")
        return name, formula({})
    except FormulaError as error:
        raise moved(error, text, begin) from None


def check_name(name: str, text: str) -> str:
    """Return the name of a variable as Python knows it, or refuse it; `text` is what was typed."""
    if not name or name_at(name, 0) != name:
        raise wrong(
            text,
            0,
            f"`{_short(text)}` is no value of a variable: write w=0.5, and the formula in quotes",
        )
    name = plain_name(name)
    if keyword.iskeyword(name):
        raise wrong(text, 0, f"`{name}` is a word of Python's: give the variable another name")
    if name in FUNCTIONS:
        raise wrong(text, 0, f"`{name}` is a function: give the variable another name, such as {name}_0")
    return name


def check_complete(formula: Formula, given: Collection[str]) -> None:
    """Refuse a formula some of whose variables have no value.

    >>> check_complete(read("w*x"), ["x"])
    Traceback (most recent call last):
    autograd_scratch.errors.FormulaError: `w` has no value: write w=0.5
      w*x
      ^
    """
    missing = [name for name in formula.variables if name not in given]
    if not missing:
        return
    *first, last = (f"`{_short(name)}`" for name in missing)
    has = f"{', '.join(first)} and {last} have" if first else f"{last} has"
    remedy = " ".join(f"{_short(name)}=0.5" for name in missing)
    strange = [f"; `{_short(name)}` is not in the formula" for name in given if name not in formula.columns]
    why = f"{has} no value: write {remedy}{''.join(strange[:1])}"
    raise wrong(formula.text, formula.columns[missing[0]], why)


def check_used(formula: Formula, given: Iterable[str], what: str = "is given") -> None:
    """Refuse names that are not in a formula.

    >>> check_used(read("w*x"), ["w", "x", "b"])
    Traceback (most recent call last):
    autograd_scratch.errors.FormulaError: `b` is given, and not in the formula, which has w, x
    """
    for name in given:
        if name not in formula.columns:
            has = ", ".join(map(_short, formula.variables[:8])) or "no variables"
            raise FormulaError(f"`{_short(name)}` {what}, and not in the formula, which has {has}")


def _short(text: str) -> str:
    return cut(printable(text), _SHORT)
