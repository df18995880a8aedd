"""The one door through which text of anybody's comes into source: as an identifier, a literal or a remark.

Names, keys and paths are whatever people like: they may hold line breaks, quotes, code. What leaves this
room holds none that counts. `Names` keeps identifiers apart, and `Keys` writes the keys of dicts.

>>> names = Names(reserved=["exp"])
>>> [names.new(name) for name in ("layers.0.w", "h", "h", "W[0, 1]", "exp", "lambda", "2x", "")]
['layers_0_w', 'h', 'h_2', 'W_0_1', 'exp_2', 'lambda_', 't_2x', 't']
"""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterable
from math import isnan
from typing import Any

from ..wording import cut

RESERVED = frozenset(dir(builtins))

_LONGEST = 100  # characters of an identifier, and of a remark
_DEEPEST = 20  # tuples inside each other
_LARGEST = 10**1000  # whole numbers that are written in digits; Python refuses those of some thousand

_PLAIN: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    bytes: bytes.__bytes__,
    int: int.__int__,
    float: float.__float__,
    tuple: lambda thing: tuple.__getitem__(thing, slice(None)),
}


def identifier(text: str) -> str:
    r"""Return the name in Python that is nearest to a text.

    >>> identifier("dL/dW[0]"), identifier("∂x"), identifier("class"), identifier("x\nimport os")
    ('dL_dW_0', 'x', 'class_', 'x_import_os')
    """
    if not text.isascii():
        text = "".join(sign if f"t{sign}".isidentifier() else "_" for sign in _normal(text))
    name = re.sub(r"[\W_]+", "_", text).strip("_") or "t"
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST // 2]}_{name[-_LONGEST // 2 :]}"
    if not name.isidentifier():
        name = f"t_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def is_dotted_name(text: str) -> bool:
    r"""Say whether a text is a name that can be imported, `package.module` say, as Python reads it.

    >>> is_dotted_name("os.path"), is_dotted_name("os\nimport sys"), is_dotted_name("__main__.<lambda>")
    (True, False, False)
    """
    parts = text.split(".")
    return _normal(text) == text and all(p.isidentifier() and not keyword.iskeyword(p) for p in parts)


def _normal(text: str) -> str:
    """Return a text as Python reads identifiers: of signs that look alike, one."""
    return unicodedata.normalize("NFKC", text)


def remark(text: object) -> str:
    r"""Return a text for a comment: short, on one line, and what cannot be seen escaped.

    >>> print(remark("layers.0\nimport os"))
    layers.0\nimport os
    """
    shown = cut(repr(str(text))[1:-1], _LONGEST)
    return re.sub("coding(?=[:=])", "coding ", shown)  # at the top of a file that would be its encoding


def literal(thing: Any, depth: int = _DEEPEST) -> str | None:
    """Return the literal that is equal to a thing, or None where there is none.

    >>> literal("w[0]"), literal((1, None)), literal(-float("inf")), literal(float("nan")), literal({})
    ("'w[0]'", '(1, None)', '-1e999', None, None)
    """
    kind = type(thing)
    if kind in (str, bytes, bool, type(None)):
        return repr(thing)
    if kind is int:
        return repr(thing) if abs(thing) < _LARGEST else hex(thing)
    if kind is float:
        if isnan(thing):
            return None
        return repr(thing).replace("inf", "1e999")
    if kind is tuple:
        parts = [literal(part, depth - 1) for part in thing] if depth else [None]
        written = [part for part in parts if part is not None]
        if len(written) < len(parts):
            return None
        return f"({written[0]},)" if len(written) == 1 else f"({', '.join(written)})"
    plain = _plain(thing)
    return None if plain is thing else literal(plain, depth)


def _plain(thing: Any) -> Any:
    """Return the plain text, number or tuple that can stand for another one, NumPy's say; else itself."""
    try:
        plain = next((make(thing) for kind, make in _PLAIN.items() if isinstance(thing, kind)), None)
        if plain is None:
            plain = thing.item()
        is_same = type(plain) in (*_PLAIN, bool) and hash(plain) == hash(thing)
        return plain if is_same and plain == thing and thing == plain else thing
    except Exception:  # whatever somebody's own class raises, it is no plain thing
        return thing


class Names:
    """Gives each thing a name of its own."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {*RESERVED, *reserved}
        self._last: dict[str, int] = {}

    def new(self, wanted: str) -> str:
        """Return `wanted` as an identifier, with a number where it is taken."""
        name = stem = identifier(wanted)
        while name in self._taken:
            self._last[stem] = self._last.get(stem, 1) + 1
            name = f"{stem}_{self._last[stem]}"
        self._taken.add(name)
        return name

    def is_free(self, name: str) -> bool:
        """Say whether nothing is called so yet."""
        return name not in self._taken

    def numbered(self, stem: str) -> str:
        """Return `stem` with the next number.

        >>> names = Names()
        >>> names.numbered("t"), names.numbered("t")
        ('t1', 't2')
        """
        while True:
            self._last[stem] = self._last.get(stem, 0) + 1
            name = f"{stem}{self._last[stem]}"
            if name not in self._taken:
                self._taken.add(name)
                return name


class Keys:
    """Writes the keys of dicts: as literals, or as the names of constants that are handed to the code.

    >>> keys = Keys()
    >>> keys("w"), keys(float("nan")), keys.constants
    ("'w'", 'key1', {'key1': nan})
    """

    def __init__(self, names: Names | None = None) -> None:
        self.constants: dict[str, Any] = {}
        self._names = names or Names()
        self._known: dict[tuple[type, Any], str] = {}

    def __call__(self, key: Any) -> str:
        """Return the text of a key."""
        written = literal(key)
        if written is not None:
            return written
        if (type(key), key) not in self._known:
            name = self._known[type(key), key] = self._names.numbered("key")
            self.constants[name] = key
        return self._known[type(key), key]
