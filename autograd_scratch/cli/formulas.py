"""`autograd-scratch draw`, `grad`, `derive`: the graph of a formula, its gradient, and its derived code."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

from ..checking.rendering import to_plain, write
from ..drawing import draw
from ..errors import OutputError
from ..formulas import Formula, assigned, check_complete, check_used, read
from ..formulas.places import width, wrong
from ..formulas.tokens import plain_name
from ..ledger import explain, explain_nonfinite
from ..program import derive
from ..program.record import EXACT, STYLES
from ..tabular import aligned
from ..value import Value
from ..wording import number

_EXAMPLE = '"tanh(w*x + b)"'
_WITH_VALUES = f"{_EXAMPLE} w=0.5 x=2 b=1"
_SUFFIXES = (".svg", ".png", ".pdf", ".dot", ".gv", ".html")
_HOLDS = (
    "A formula has numbers, names of variables, + - * / **, parentheses, pi, e, inf, nan, and functions of "
    "autograd_scratch that take numbers, such as exp, log, tanh, sigmoid, relu, where, max."
)
_ANYWHERE = 0.5  # where a formula is traced whose variables are given no values
_TAKING_TEXT = ("--output", "--format", "--style", "--wrt")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to a parser."""
    drawing = _added(
        commands, "draw", "draw the graph of a formula", _draw, f"{_WITH_VALUES} --output f.svg"
    )
    drawing.add_argument(
        "--output",
        type=Path,
        default=Path("graph.svg"),
        metavar="FILE",
        help=f"its suffix decides: {' '.join(_SUFFIXES)} (default: %(default)s)",
    )
    drawing.add_argument("--text", action="store_true", help="print the graph as plain text, too")

    grad = _added(commands, "grad", "print value and gradient of a formula", _grad, _WITH_VALUES)
    grad.add_argument("--explain", action="store_true", help="show what each gradient is the sum of")
    grad.add_argument("--format", choices=("text", "json"), default="text", help="(default: %(default)s)")

    deriving = _added(
        commands,
        "derive",
        "print the derived backward pass of a formula as Python",
        _derive,
        f"{_EXAMPLE} --wrt w,b",
        "optional here",
    )
    deriving.add_argument(
        "--wrt", metavar="NAMES", help="by which variables, as in w,b (default: all of them)"
    )
    deriving.add_argument(
        "--style",
        choices=STYLES,
        default=EXACT,
        help="of the derivatives: all digits, or as textbooks write them (default: %(default)s)",
    )


def _added(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    what: str,
    run: Callable[[argparse.Namespace], int],
    example: str,
    values: str = "one for each variable",
) -> argparse.ArgumentParser:
    """Add a command that takes a formula and values."""
    command = commands.add_parser(
        name,
        help=what,
        description=fill(f"{what[0].upper()}{what[1:]}. {_HOLDS}", 79),
        epilog=f"Example:\n  autograd-scratch {name} {example}\n\nExit status: 0, or 2 for an error.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    command.add_argument("formula", metavar="FORMULA", help=f"in quotes, such as {_EXAMPLE}")
    command.add_argument("values", nargs="*", metavar="NAME=VALUE", help=f"such as w=0.5; {values}")
    return command


def told_from_options(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command line, formulas such as -x**2 with a blank before the sign.

    >>> told_from_options(["grad", "-x**2", "x=3", "--format", "json"])
    ['grad', ' -x**2', 'x=3', '--format', 'json']
    """
    if not {"draw", "grad", "derive"}.intersection(arguments[:1]):
        return [*arguments]
    return [
        f" {argument}" if _begins_with_minus(argument) and before not in _TAKING_TEXT else argument
        for before, argument in zip(("", *arguments), arguments)
    ]


def _begins_with_minus(argument: str) -> bool:
    return argument.startswith("-") and not argument.startswith("--") and argument not in ("-", "-h")


class Computed(NamedTuple):
    """A formula at a point: its variables, and its value, whose backward pass was run."""

    formula: Formula
    variables: dict[str, Value]
    value: Value

    @property
    def gradient(self) -> dict[str, float]:
        return {name: float(variable.grad) for name, variable in self.variables.items()}

    @property
    def nonfinite(self) -> str:
        """Where a number stopped being finite; '' if none did."""
        finding = explain_nonfinite(self.value)
        if finding.kind == "input":  # perhaps it was made of numbers in the text, as in 1/0
            of_numbers = explain_nonfinite(self.formula(self.variables, Value))
            finding = of_numbers if of_numbers.kind == "value" else finding
        return "" if finding.kind == "nothing" else str(replace(finding, where=""))

    def lines(self) -> list[str]:
        """Value and gradient, a line each, and what is wrong with them."""
        labels = ["value", *(f"d / d {name}" for name in self.variables)]
        numbers = aligned([number(x) for x in (self.value.data, *self.gradient.values())])
        room = max(map(width, labels))
        rows = [f"{label}{' ' * (room - width(label))}  {x}".rstrip() for label, x in zip(labels, numbers)]
        fault = self.nonfinite
        return [*rows, "", fault] if fault else rows


def _computed(options: argparse.Namespace) -> Computed:
    given = assigned(options.values)
    formula = read(options.formula, given)
    check_complete(formula, given)
    check_used(formula, given)
    variables = {name: Value(given[name], name) for name in formula.variables}
    result = formula(variables)
    value = result if isinstance(result, Value) else Value(result)
    value.backward()
    return Computed(formula, variables, value)


def _draw(options: argparse.Namespace) -> int:
    output: Path = options.output
    if output.suffix.lower() not in _SUFFIXES:
        better = output.with_suffix(".svg") if output.name else "graph.svg"
        raise OutputError(
            f"cannot draw into {output}: its name must end in one of {' '.join(_SUFFIXES)}; "
            f"write --output {better}"
        )
    computed = _computed(options)
    _check_variables(computed.formula, "drawn")
    drawing = draw(computed.value)
    print_lines(computed.lines())
    print_lines([f"The graph, with values and gradients: {drawing.save(output).resolve()}"])
    if options.text:
        print_lines(["", drawing.text.rstrip("\n")])
    return 0


def _grad(options: argparse.Namespace) -> int:
    computed = _computed(options)
    ledgers = {
        name: explain(computed.value, variable)
        for name, variable in computed.variables.items()
        if options.explain
    }
    if options.format == "json":
        told = {
            "formula": computed.formula.text,
            "variables": {name: variable.data for name, variable in computed.variables.items()},
            "value": computed.value.data,
            "gradient": computed.gradient,
            "nonfinite": computed.nonfinite or None,
        }
        if options.explain:
            told["ledgers"] = {name: ledger.to_dict() for name, ledger in ledgers.items()}
        print_lines([json.dumps(to_plain(told), indent=2, allow_nan=False)])
        return 0
    print_lines(computed.lines())
    for ledger in ledgers.values():
        print_lines(["", str(ledger)])
    return 0


def _derive(options: argparse.Namespace) -> int:
    given = assigned(options.values)
    asked = [plain_name(name.strip()) for name in options.wrt.split(",")] if options.wrt is not None else []
    formula = read(options.formula, [*given, *asked])
    check_used(formula, given)
    check_used(formula, asked, "is asked for by --wrt")
    _check_variables(formula, "derived")
    program = derive(
        lambda **values: formula(values),
        wrt=[*dict.fromkeys(asked or formula.variables)],
        inputs={name: given.get(name, _ANYWHERE) for name in formula.variables},
        style=options.style,
    )
    print_lines([program.source.rstrip("\n")])
    return 0


def _check_variables(formula: Formula, what: str) -> None:
    if not formula.variables:
        is_now = f"it is {number(formula({}))}"
        raise wrong(
            formula.text, 0, f"there is no variable in the formula, and nothing to be {what}: {is_now}"
        )


def print_lines(lines: list[str]) -> None:
    """Print lines, whatever signs standard output knows."""
    write("\n".join(lines), sys.stdout)
