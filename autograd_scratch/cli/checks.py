"""`autograd-scratch check FILE`: whether the gradients are right that a file derives by hand."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ..checking import compare
from ..checking.files import definitions
from ..checking.rendering import write
from ..checking.report import Report
from ..errors import OutputError
from ..files import write_whole

_FORMATS: dict[str, Callable[[Report], str]] = {
    "text": str,
    "markdown": Report.to_markdown,
    "json": Report.to_json,
    "html": Report.to_html,
}
_ENDINGS = {".md": "markdown", ".json": "json", ".html": "html", ".htm": "html"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to a parser."""
    check = commands.add_parser(
        "check",
        help="check the gradients that a file derives by hand",
        description="Check the gradients that a Python file derives by hand: it defines `loss`, a "
        "function; `at`, a dict of the arrays that it is called with; and `hand` or `backward`, a dict "
        "of their gradients or the function that computes them. Or it defines `net`, an object that has "
        "its arrays and the methods `loss` and `backward`, and `inputs`, what these are called with; "
        "`at` then names the arrays, where not all are meant.",
        epilog="Example: autograd-scratch check net.py --output report.html. "
        "Exit status: 0 where they are right, 1 where they are wrong, 3 where that cannot be "
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
