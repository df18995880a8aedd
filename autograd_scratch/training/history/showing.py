"""How a history shows itself in a notebook: where each loss began and ended, and the curve."""

from collections.abc import Mapping, Sequence
from math import isfinite, nan
from numbers import Real
from typing import Any

from ...fragments import html_table, image, text
from ...wording import cut, number
from .curve import curve, is_logarithmic
from .metrics import is_rising

_ROWS, _NAME = 20, 32  # metrics that are shown, and signs of a name


def history_fragment(title: str, losses: Sequence[Any], metrics: Mapping[str, Sequence[Any]]) -> str:
    """Return a table of the loss and of the metrics, and a picture of the losses.

    >>> "best" in history_fragment("history", [2.0, 0.5], {})
    True
    """
    if not losses:
        return f"<p>{text(title)}</p>"
    columns = {"loss": losses, **dict([*metrics.items()][:_ROWS])}
    rows = [_row(name, [*map(_real, seen)]) for name, seen in columns.items() if seen]
    if len(metrics) > _ROWS:
        rows.append([f"... {len(metrics) - _ROWS:,} more", *[""] * 4])
    return html_table(title, ["", "first", "last", "best", "in epoch"], rows, None, 1) + _picture(losses)


def _row(name: str, seen: list[float]) -> list[str]:
    known = [i for i, x in enumerate(seen) if x == x]
    best = (max if is_rising(name) else min)(known, key=seen.__getitem__, default=None)
    at = ["-", "-"] if best is None else [number(seen[best]), f"{best:,}"]
    return [cut(name, _NAME), number(seen[0]), number(seen[-1]), *at]


def _picture(losses: Sequence[Any]) -> str:
    numbers = [*map(_real, losses)]
    finite = [*filter(isfinite, numbers)]
    if not finite:
        return "<p>No loss is a finite number.</p>"
    scale = ", on a logarithmic scale" if is_logarithmic(numbers) else ""
    gaps = f"; {len(numbers) - len(finite):,} are not finite" if len(finite) < len(numbers) else ""
    words = (
        f"The loss in epochs 0 to {len(numbers) - 1:,}, from {number(min(finite))} at the bottom to "
        f"{number(max(finite))} at the top{scale}{gaps}."
    )
    return f'<div style="margin-top: 0.5em">{image(curve(numbers), words)}</div><p>{text(words)}</p>'


def _real(x: Any) -> float:
    """Return a number; nan for what is none."""
    return float(x) if isinstance(x, Real) else nan
