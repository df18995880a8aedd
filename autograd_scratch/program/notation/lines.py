"""How assignments of arrays are laid out in lines."""

import re
from collections.abc import Iterator

from ..layout import indented, wrapped

WIDTH = 92  # which stand further to the right in a function


def assigned(name: str, text: str) -> Iterator[str]:
    """Yield the statement that gives a name a value; a long one is broken at operators."""
    yield from added(name, "", text)


def added(target: str, sign: str, text: str) -> Iterator[str]:
    """Yield the statement that gives a target a value, or adds or subtracts it.

    >>> list(added("d[1:]", "+", "x"))
    ['d[1:] += x']
    """
    start = f"{target} {sign}= "
    if len(start) + len(text) <= WIDTH:
        yield start + text
        return
    for signs in ("+-", "*/@"):
        terms = _terms(text, signs)
        if len(terms) > 1 and max(map(len, terms)) <= WIDTH - 4:
            yield f"{start}("
            yield from indented(_packed(terms))
            yield ")"
            return
    if _is_call(text):
        before, inside = text.split("(", 1)
        yield from _wrapped(f"{start}{before}(", inside[:-1])
        return
    yield from _wrapped(f"{start}(", text)


def _wrapped(before: str, inside: str) -> Iterator[str]:
    """Yield what stands in brackets in lines of its own."""
    yield before
    yield from indented(wrapped(inside, WIDTH - 4))
    yield ")"


def _terms(text: str, signs: str) -> list[str]:
    """Return the parts between operators that stand in no brackets, with the operators before."""
    depth, begin, terms = 0, 0, []
    for place in re.finditer(r"[()\[\]{}]| ([-+*/@]) ", text):
        if place[1] is None:
            depth += 1 if place[0] in "([{" else -1
        elif depth == 0 and place[1] in signs:
            terms.append(text[begin : place.start()])
            begin = place.start() + 1
    return [*terms, text[begin:]]


def _packed(terms: list[str]) -> list[str]:
    """Return terms in as few lines as there is room for."""
    lines = [terms[0]]
    for term in terms[1:]:
        if len(lines[-1]) + len(term) + 1 <= WIDTH - 4:
            lines[-1] += f" {term}"
        else:
            lines.append(term)
    return lines


def _is_call(text: str) -> bool:
    """Say whether a text is one call, whose bracket closes at its very end."""
    if not re.match(r"[\w.]+\(", text):
        return False
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and sign == ")":
            return i == len(text) - 1
    return False
