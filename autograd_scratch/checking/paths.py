"""Which gradient is of which array, by the ways to both: layers[0].grads['dW'] is of layers[0].params['W'].

A way is a tuple of attributes and keys. Words that only say what kind of thing comes do not count, and the
end of a way will do if nothing else ends so.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from .names import meant
from .parts import has_parts

_OF_GRADIENTS = frozenset(("grads", "gradients", "grad", "gradient", "dparams", "derivatives"))
_OF_PARAMETERS = frozenset(("params", "parameters", "param"))
_OF_VALUES = frozenset(("data", "value", "values", "val", "array"))  # of an object that has a gradient, too

Path = tuple[Any, ...]


class Ways:
    """The ways to arrays, by the names of these."""

    def __init__(self, paths: Mapping[str, Iterable[Path]]) -> None:
        known = [(name, path) for name, each in paths.items() for path in each]
        self._names = _ends(known)
        for path, names in _ends([(name, _public(path)) for name, path in known]).items():
            self._names.setdefault(path, names)

    def to(self, path: Path, *, is_gradient: bool) -> str | None:
        """Return the array whose gradient is found on a way; with `is_gradient` if the way says that it is.

        >>> ways = Ways({"W": [("net", "W")], "layers[0].b": [("net", "layers", 0, "b")]})
        >>> ways.to(("net", "dW"), is_gradient=True), ways.to(("grads", 0, "b"), is_gradient=True)
        ('W', 'layers[0].b')
        >>> ways.to(("net", "W"), is_gradient=True)
        """
        for way in (each[start:] for start in range(min(len(path), 2)) for each in (path, _public(path))):
            for plain, told in _readings(way):
                known = self._names.get(plain, {})
                nearest = min(known.values(), default=0)
                names = [name for name, left_out in known.items() if left_out == nearest]
                if len(names) == 1 and (told or not is_gradient):
                    return names[0]
        return None


def _ends(known: Iterable[tuple[str, Path]]) -> dict[Path, dict[str, int]]:
    """Return the names to which the ends of ways lead, with how much is left out of these."""
    names: dict[Path, dict[str, int]] = defaultdict(dict)
    for name, path in known:
        plain = tuple(key for key in path if not (isinstance(key, str) and key in _OF_PARAMETERS))
        for end in {len(plain), len(plain) - (plain[-1] in _OF_VALUES)} if plain else ():
            for start in range(end):
                ends = names[plain[start:end]]
                ends[name] = min(start, ends.get(name, start))
    return names


def _public(path: Path) -> Path:
    """Return a way with `W` for `_W`, and for `__W` as Python has it in a class."""
    return tuple(re.sub(r"^(_\w+?__|_+)(?=\w)", "", key) if isinstance(key, str) else key for key in path)


def _readings(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the ways that a way to a gradient may mean, and whether a word on it says that it is one."""
    words = [key for key in path if isinstance(key, str) and key in _OF_GRADIENTS]
    kept = [key for key in path if not (isinstance(key, str) and key in _OF_GRADIENTS | _OF_PARAMETERS)]
    meanings = [(place, each) for place, key in enumerate(kept) for each in _meant(key)]
    for number in range(3):  # of keys that are read as those of gradients
        for chosen in combinations(reversed(meanings), number):
            keys = [*kept]
            for place, each in chosen:
                keys[place] = each
            if keys:
                yield tuple(keys), bool(words or chosen)


def _meant(key: Any) -> Iterable[str]:
    return filter(None, meant(key)) if isinstance(key, str) else ()


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the arrays, numbers and rows of numbers in nested dicts and lists, with the ways to them.

    >>> [*leaves({"W": [[1.0], [2.0]], "more": [{"b": 3.0}]})]
    [(('W',), [[1.0], [2.0]]), (('more', 0, 'b'), 3.0)]
    """
    if isinstance(tree, Mapping):
        for key, part in tree.items():
            yield from leaves(part, (*path, key))
    elif isinstance(tree, (list, tuple)) and has_parts(tree):
        for place, part in enumerate(tree):
            yield from leaves(part, (*path, place))
    else:
        yield path, tree
