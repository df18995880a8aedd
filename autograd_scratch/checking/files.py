"""What a file defines that is to be checked: a loss or a network, the point, and the gradient by hand."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from difflib import get_close_matches
from linecache import checkcache
from pathlib import Path
from traceback import walk_tb
from types import ModuleType
from typing import Any, NamedTuple

from ..errors import AutogradError
from ..wording import Line, cut
from .methods import is_object

_NEEDED = {
    "loss": "a function of the blocks, or net, an object, and inputs, what its loss is called with",
    "at": "a dict of the blocks, by name, or inputs, where the loss finds its arrays itself",
    "hand": "a dict of gradients by hand, or the function that computes them, also called backward",
}
_OTHERS = {"loss": "net", "hand": "backward"}  # what they may be called as well
_WIDTH = 100
_NAMES = 12


class FileError(AutogradError, ImportError):
    """A file cannot be run, or does not define what it should."""


class Definitions(NamedTuple):
    """What a file defines, as it is: `compare` says what is wrong with it."""

    loss: Any
    at: Any = None
    hand: Any = None
    inputs: Any = ()


@contextmanager
def definitions(path: Path) -> Iterator[Definitions]:
    """Run a Python file, and hand out what it defines; in the block its functions can be called.

    In the block its folder is the first on `sys.path`, and what it prints goes to stderr. What one of
    its lines raises, now or in the block, becomes a FileError that names the line.
    """
    file = _found(path)
    with _at_home(file.parent), redirect_stdout(sys.stderr), _told(file):
        yield _taken(_run(file), file)


def _found(path: Path) -> Path:
    if path.is_dir():
        raise FileError(
            f"{path} is a folder; give the Python file in it that defines loss, at and hand, or net"
        )
    if path.suffix != ".py":
        raise FileError(f"{path} is not a Python file; its name must end in .py")
    if not path.exists():
        near = get_close_matches(path.name, [other.name for other in path.parent.glob("*.py")], n=1)
        raise FileError(f"there is no file {path}{f'; did you mean {near[0]}?' if near else ''}")
    return path.resolve()


@contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """Let a file import those beside it in this block; what it imported so is forgotten afterwards."""
    before, known = [*sys.path], {*sys.modules}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = before
        for name in [name for name in {*sys.modules} - known if _is_from(folder, name)]:
            del sys.modules[name]


def _is_from(folder: Path, name: str) -> bool:
    """Say whether a module is a file in the folder, or part of a package in it."""
    file = getattr(sys.modules.get(name.partition(".")[0], None), "__file__", None)
    return file is not None and folder in [*Path(file).parents][:2]


def _run(file: Path) -> ModuleType:
    """Run a file as a module of a name that no other has; no compiled copy is read or left behind."""
    module = ModuleType(f"checked {file.stem}".replace(".", "_"))
    module.__file__ = str(file)
    checkcache(str(file))
    try:
        code = compile(file.read_bytes(), str(file), "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        line = getattr(error, "lineno", None)
        what = f"{getattr(error, 'msg', error)}{',' if line else ''}{_at(file, line)}"
        raise FileError(f"{file.name} is not valid Python: {what}") from error
    sys.modules[module.__name__] = module  # dataclasses look for the module that they are made in
    exec(code, module.__dict__)
    return module


def _taken(module: ModuleType, file: Path) -> Definitions:
    defined = {name: thing for name, thing in vars(module).items() if not name.startswith("__")}
    taken = {name: defined[other] for name, other in _OTHERS.items() if other in defined}
    taken |= {name: defined[name] for name in Definitions._fields if name in defined}
    missing = [name for name in _needed(taken) if name not in taken]
    if missing:
        needed = "; ".join(f"{name}, {_NEEDED[name]}" for name in missing)
        raise FileError(f"{file.name} does not define {needed}. {_instead(missing, [*defined])}")
    return Definitions(**taken)


def _needed(taken: Mapping[str, Any]) -> list[str]:
    """Return what a file has to define: an object has its arrays, and mostly a backward pass."""
    if is_object(taken.get("loss")):
        return ["loss"]
    return ["loss", "hand"] if "inputs" in taken else [*_NEEDED]


def _instead(missing: list[str], defined: list[str]) -> str:
    """Say what a file defines, and which of it may be meant."""
    lower = {name.lower(): name for name in defined}
    for name in missing:
        near = get_close_matches(name, lower, n=1, cutoff=0.75)
        if near:
            return f"Is {cut(lower[near[0]], _WIDTH)} what should be called {name}?"
    if not defined:
        return "It defines nothing."
    more = f" and {len(defined) - _NAMES:,} more" if len(defined) > _NAMES else ""
    return f"It defines {cut(', '.join(defined[:_NAMES]), _WIDTH)}{more}."


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn what a line of the file raises in this block into an error that names it."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        lines = [
            line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(file)
        ]
        if not lines:
            raise  # not the file's doing
        raise FileError(f"{file.name} {_what(error)}{_at(file, lines[-1])}{_advice(error)}") from error


def _what(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return "ends the program"
    return f"raises {raised(error)},"


def raised(error: BaseException) -> str:
    """Return an exception as Python prints it, in a line, also if it cannot say what happened.

    >>> raised(ZeroDivisionError("division by zero")), raised(KeyError())
    ('ZeroDivisionError: division by zero', 'KeyError')
    """
    try:
        message = cut(str(error), 4 * _WIDTH)
    except Exception:  # a person's own
        message = ""
    return f"{type(error).__name__}{f': {message}' if message else ''}"


def _at(file: Path, line: int | None) -> str:
    """Name a line of a file, and what stands there."""
    if line is None:
        return ""
    source = cut(Line(str(file), line).source, _WIDTH)
    return f" in line {line}{f': {source}' if source else ''}"


def _advice(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return "\nWhat only a program does belongs below: if __name__ == '__main__':"
    if isinstance(error, ModuleNotFoundError):
        return f"\nPython looked beside the file, and for what is installed in {sys.prefix}"
    return ""
