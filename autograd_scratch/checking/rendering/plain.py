"""A report as dicts, lists, texts and numbers, which `json.dumps` takes."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from numbers import Integral, Real
from typing import Any

from ..findings import BlockReport, Entry, Findings

# what follows from the fields, and is wanted beside them
_BESIDES: dict[type, tuple[str, ...]] = {
    Entry: ("ratio",),
    BlockReport: ("ok",),
    Findings: ("ok",),
}


def to_plain(thing: Any) -> Any:
    """Return a thing as plain data; nan and the infinities, which JSON does not know, become texts.

    >>> to_plain(Entry((0, 1), 1.0, 0.0))
    {'index': [0, 1], 'yours': 1.0, 'derived': 0.0, 'measured': None, 'bar': None, 'ratio': 'inf'}
    """
    if thing is None or isinstance(thing, (bool, str)):
        return thing
    if isinstance(thing, Integral):
        return int(thing)
    if isinstance(thing, Real):
        return float(thing) if isfinite(thing) else str(float(thing))
    names = _names(thing)
    if names:
        return {name: to_plain(getattr(thing, name)) for name in names}
    if isinstance(thing, Mapping):
        return {str(key): to_plain(value) for key, value in thing.items()}
    if isinstance(thing, Iterable):
        return [to_plain(entry) for entry in thing]
    return str(thing)


def _names(thing: Any) -> list[str]:
    """Return the fields of a thing that has names for them, and what is wanted beside them."""
    own = [field.name for field in fields(thing)] if is_dataclass(thing) else getattr(thing, "_fields", ())
    besides = (names for kind, names in _BESIDES.items() if isinstance(thing, kind))
    return [*own, *(name for names in besides for name in names)]
