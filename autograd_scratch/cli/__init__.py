"""What can be done from a terminal.

`autograd-scratch xor` trains an XOR network, shows what came of it, checks its gradients three ways,
and draws the graph of one sample. Exit status: 0 where XOR is learnt, 1 where it is not.

`autograd-scratch check FILE` holds the gradients that a file derives by hand against derived and measured
ones. Exit status: 0 where they are right, 1 where they are wrong, 3 where that cannot be checked.

`autograd-scratch draw FORMULA`, `grad FORMULA` and `derive FORMULA` draw the graph of a formula such as
"tanh(w*x + b)", print its value and gradient, and the derived backward pass as Python.

The exit status of a command that could not do what it was asked is 2.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from traceback import walk_tb
from typing import Any

import autograd_scratch

from ..checking.files import raised
from ..errors import AutogradError, FormulaError, OutputError
from . import checks, formulas, networks


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _options(sys.argv[1:] if arguments is None else arguments)
    try:
        if sys.stdout is None:
            raise OutputError("there is no standard output to print to")
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the output has seen enough; see the library's note on SIGPIPE
        _let_go(sys.stdout)
        return 2
    except FormulaError as error:
        return _failed(str(error), "error")
    except (AutogradError, OSError) as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        return _failed("interrupted")
    except BaseException as error:  # 1 is an answer, and this is none
        *_, (frame, line) = walk_tb(error.__traceback__)
        return _failed(f"cannot go on: {raised(error)}, in line {line} of {frame.f_code.co_filename}")
    return status


def _failed(why: str, speaker: str = "autograd-scratch") -> int:
    """Say why a command could not do what it was asked, where that can be read; return its exit status."""
    text = f"{speaker}: {why}\n"
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # none, full, or closed by the file that was checked
        with suppress(OSError):
            os.write(2, text.encode(errors="backslashreplace"))
    for stream in (sys.stdout, sys.stderr):
        _let_go(stream)
    return 2


def _let_go(stream: Any) -> None:
    """Let nothing take what a stream still holds and cannot write, or Python fails at it when it ends."""
    with suppress(AttributeError, OSError, ValueError):  # as above
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the arguments ask for; values of variables may also stand behind options."""
    parser = _parser()
    options, others = parser.parse_known_args(formulas.told_from_options(arguments))
    values = getattr(options, "values", None)
    strange = [other for other in others if values is None or other.startswith("-")]
    if strange:
        parser.error(f"unrecognized arguments: {' '.join(strange)}")
    if values is not None:
        values += others
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograd-scratch", description="Backprop derived, drawn and checked, in pure Python."
    )
    parser.set_defaults(run=lambda options: _help(parser))
    parser.add_argument(
        "--version",
        action="version",
        version=f"%(prog)s {autograd_scratch.__version__}",
        help="print the version and stop",
    )
    commands = parser.add_subparsers(metavar="COMMAND")
    networks.add(commands)
    checks.add(commands)
    formulas.add(commands)
    return parser


def _help(parser: argparse.ArgumentParser) -> int:
    """Say what there is, where no command is given."""
    parser.print_help()
    return 0
