"""How the numbers of a Program are called in its source: by the user's names, as far as Python allows.

>>> names = Names(reserved=["exp"])
>>> [names.new(name) for name in ("layers.0.w", "h", "h", "W[0, 1]", "exp", "lambda", "2x", "")]
['layers_0_w', 'h', 'h_2', 'W_0_1', 'exp_2', 'lambda_', 't_2x', 't']
"""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

RESERVED = frozenset(dir(builtins))


def identifier(text: str) -> str:
    """Return the name in Python that is nearest to a text.

    >>> identifier("dL/dW[0]"), identifier("∂x"), identifier("class")
    ('dL_dW_0', 'x', 'class_')
    """
    name = re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", text)).strip("_")
    name = name or "t"
    if not name.isidentifier():
        name = f"t_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


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
