"""What can be done from a terminal.

`autograd-scratch xor` trains an XOR network, shows what came of it, checks its gradients three ways,
and draws the graph of one sample. Exit status: 0 where XOR is learnt, 1 where it is not.

`autograd-scratch check FILE` holds the gradients that a file derives by hand against derived and measured
ones. Exit status: 0 where they are right, 1 where they are wrong, 3 where that cannot be checked.

The exit status of a command that could not do what it was asked is 2.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

import autograd_scratch

from . import xor_report
from .checking import compare
from .checking.files import definitions, raised
from .checking.rendering import write
from .checking.report import Report
from .errors import AutogradError, OutputError
from .files import write_whole
from .xor import NETWORKS, Result, train

if TYPE_CHECKING:
    from rich.progress import Progress

_REFRESH = 0.1  # seconds between two looks of the progress bar


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if sys.stdout is None:
            raise OutputError("there is no standard output to print to")
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads the output has seen enough; see the library's note on SIGPIPE
        _let_go(sys.stdout)
        return 2
    except (AutogradError, OSError) as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        return _failed("interrupted")
    except BaseException as error:  # 1 is an answer, and this is none
        *_, (frame, line) = walk_tb(error.__traceback__)
        return _failed(f"cannot go on: {raised(error)}, in line {line} of {frame.f_code.co_filename}")
    return status


def _failed(why: str) -> int:
    """Say why a command could not do what it was asked, where that can be read; return its exit status."""
    text = f"autograd-scratch: {why}\n"
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograd-scratch", description="Backprop derived, drawn and checked, in pure Python."
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"%(prog)s {autograd_scratch.__version__}",
        help="print the version and stop",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_xor(commands)
    _add_check(commands)
    return parser


def _add_xor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    xor = commands.add_parser(
        "xor",
        help="train the XOR network, check its gradients, draw its graph",
        description="Train the XOR network, check its derived gradients three ways, and draw the graph.",
        epilog="Exit status: 0 where XOR is learnt, 1 where it is not, 2 for an error.",
    )
    xor.set_defaults(run=_xor)
    xor.add_argument(
        "--network", choices=NETWORKS, default="default", help="which network (default: %(default)s)"
    )
    xor.add_argument(
        "--epochs", type=int, metavar="N", help="passes over the data (default: the network's own)"
    )
    xor.add_argument("--lr", type=float, metavar="X", help="learning rate (default: the network's own)")
    xor.add_argument("--seed", type=int, metavar="N", help="of the initial weights (default: 0)")
    xor.add_argument(
        "--output", type=Path, default=Path(), metavar="DIR", help="folder for xor.svg (default: here)"
    )
    xor.add_argument("--quiet", action="store_true", help="print the outcome alone")


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser(
        "check",
        help="check the gradients that a file derives by hand",
        description="Check the gradients that a Python file derives by hand: it defines `loss`, a "
        "function; `at`, a dict of the arrays that it is called with; and `hand` or `backward`, a dict "
        "of their gradients or the function that computes them. Or it defines `net`, an object that has "
        "its arrays and the methods `loss` and `backward`, and `inputs`, what these are called with; "
        "`at` then names the arrays, where not all are meant.",
        epilog="Exit status: 0 where they are right, 1 where they are wrong, 3 where that cannot be "
        "checked, 2 for an error.",
    )
    check.set_defaults(run=_check_file)
    check.add_argument("file", type=Path, metavar="FILE", help="the Python file")
    check.add_argument(
        "--format", choices=_FORMATS, help="of the report (default: as the name of --output ends, or text)"
    )
    check.add_argument(
        "--output", type=Path, metavar="REPORT", help="file for the report; without it, it is printed"
    )
    check.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of what is drawn by chance (default: 0)"
    )


_FORMATS: dict[str, Callable[[Report], str]] = {
    "text": str,
    "markdown": Report.to_markdown,
    "json": Report.to_json,
    "html": Report.to_html,
}
_ENDINGS = {".md": "markdown", ".json": "json", ".html": "html", ".htm": "html"}


def _check_file(options: argparse.Namespace) -> int:
    output: Path | None = options.output
    if output is not None:
        _check_output(output, options.file)
    with definitions(options.file) as (loss, at, hand, inputs):
        report = compare(loss, at=at, hand=hand, inputs=inputs, seed=options.seed)
    if output is not None:
        form = options.format or _ENDINGS.get(output.suffix.lower(), "text")
        write_whole(output, (_FORMATS[form](report).rstrip("\n") + "\n").encode(errors="backslashreplace"))
        write(f"{str(report).partition(chr(10))[0]}\nThe report: {output.resolve()}", sys.stdout)
    elif options.format in (None, "text"):
        report.print()
    else:
        write(_FORMATS[options.format](report), sys.stdout)
    if report.ok:
        return 0
    return 3 if report.verdict == "not checkable" else 1


def _check_output(output: Path, checked: Path) -> None:
    """Refuse a file that cannot be written before anything is computed, and that which is checked."""
    if output.is_dir():
        raise OutputError(f"{output} is a folder; give --output the file in it that is to be written")
    if not output.parent.is_dir():
        raise OutputError(f"there is no folder {output.parent} for {output.name}; make it first")
    if output.exists() and checked.exists() and output.samefile(checked):
        raise OutputError(f"{output} is what is checked, and would be lost; give another --output")


def _xor(options: argparse.Namespace) -> int:
    network = NETWORKS[options.network]
    if network.start is not None and options.seed is not None:
        raise AutogradError(f"{network.name} starts from its published weights; leave out --seed")
    epochs = network.epochs if options.epochs is None else options.epochs
    start = time.perf_counter()
    with _progress(epochs, options.quiet) as on_epoch:
        result = train(network, epochs=epochs, lr=options.lr, seed=options.seed or 0, on_epoch=on_epoch)
    seconds = time.perf_counter() - start
    if not options.quiet:
        print(xor_report.report(result, seconds))
    print(xor_report.verdict(result))
    print(f"The graph of one sample, with values and gradients: {_save(result, options.output)}")
    return 0 if result.learnt else 1


@contextmanager
def _progress(epochs: int, quiet: bool) -> Iterator[Callable[[int, float], None] | None]:
    """Show a bar that the given function moves by one epoch."""
    if quiet:
        yield None
        return
    bar = _bar()
    task = bar.add_task("training", total=epochs)
    shown = 0.0  # when it was; 0 for not yet

    def on_epoch(epoch: int, loss: float) -> None:
        nonlocal shown
        now = time.perf_counter()
        if now - shown > _REFRESH or epoch == epochs - 1:
            shown = now
            bar.start()
            bar.update(task, completed=epoch + 1, refresh=True)

    try:
        yield on_epoch
    finally:
        if shown:
            bar.stop()


def _bar() -> "Progress":
    """Return a progress bar on stderr; where that is no terminal, its last state is all that it prints."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _save(result: Result, folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {folder}: {error.strerror}; give another --output"
        ) from error
    return result.draw_sample().save(folder / "xor.svg").resolve()
