"""Programs that lay a drawing out, each in a process of its own: Ctrl-C and a time limit end it.

They read DOT from stdin and write the picture to stdout, so nothing is left behind.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from ..errors import DrawingError

MOST_PIXELS = 32_767  # on a side of a PNG, as in cairo; graphviz-pure takes nine bytes for each pixel
_SIZE = re.compile(r"\bsize\s*=")
_WITH_PYGRAPHVIZ = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
form, *settings = sys.argv[1:]
sys.stdout.buffer.write(graph.draw(format=form.removeprefix("-T"), prog="dot", args=" ".join(settings)))
"""


def graphviz_pure() -> list[str] | None:
    """Return the command of the package graphviz-pure; it need not be on the path."""
    program = _installed_by("graphviz-pure") or shutil.which("graphviz-pure")
    return [program] if program else None


def dot() -> list[str] | None:
    """Return the command of the system's Graphviz."""
    program = shutil.which("dot")
    return [program] if program else None


def pygraphviz() -> list[str] | None:
    """Return the command of a second Python with pygraphviz: inside this one nothing could end it."""
    if not find_spec("pygraphviz") or not sys.executable or hasattr(sys, "frozen"):
        return None
    return [sys.executable, "-P", "-c", _WITH_PYGRAPHVIZ]


def render(command: Sequence[str], source: str, form: str, dpi: float, limit: float) -> bytes | None:
    """Return what a command makes of the DOT text `source`; None where it cannot be started.

    Raises DrawingError with what it says if it fails, also where it draws all the same, and TimeoutError
    after `limit` seconds.
    """
    settings = [f"-T{form}", *(_settings_of_png(source, dpi) if form == "png" else ())]
    try:
        status, picture, said = _run([*command, *settings], source.encode(), limit)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    except OSError:  # as where Python may not start programs
        return None
    lines = said.decode(errors="replace").splitlines()
    errors = [line for line in lines if line.startswith("Error: ")]
    if status or errors or not picture:
        reasons = [*errors, *lines[-1:], f"exit status {status}"]
        raise DrawingError(reasons[0].removeprefix("Error: "))
    return picture


def _run(command: Sequence[str], content: bytes, limit: float) -> tuple[int, bytes, bytes]:
    """Return a program's exit status, stdout and stderr; whatever comes, it has ended."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, **_hidden()) as process:
        try:
            written = process.communicate(content, limit)
        except BaseException:
            process.kill()
            process.wait()
            raise
    return process.returncode, *written


def _settings_of_png(source: str, dpi: float) -> list[str]:
    """Return what says how many pixels there are: in the DOT text it would change SVG, too."""
    most = MOST_PIXELS / dpi
    return [f"-Gdpi={dpi}", *([] if _SIZE.search(source) else [f"-Gsize={most:.4f},{most:.4f}"])]


def _installed_by(package: str) -> str | None:
    """Return the program that a package of that name has installed."""
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return None
    places = (str(file.locate()) for file in files if file.stem == package)
    return next(filter(None, map(shutil.which, places)), None)


def _hidden() -> dict[str, Any]:
    """Return how no console window flashes up on Windows."""
    if sys.platform != "win32":
        return {}
    info = subprocess.STARTUPINFO()
    info.dwFlags |= subprocess.STARTF_USESHOWWINDOW
    return {"startupinfo": info}
