"""What stands in the place of an activation's derivative: its kind of mistake, formula and rule.

The formulas are in terms of the input {z} and the output {a}. Beside the usual ones there is a table of
which one is read off, and what may be computed from another array {b}.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import cosh, exp, tanh
from typing import NamedTuple

from ..passes.activations import Region
from ..passes.functions import ACTIVATIONS, Activation

OTHERS = [
    activation for activation in ACTIVATIONS if activation.name in ("sigmoid", "tanh", "relu", "softplus")
]
Rule = Callable[[Activation | None, float, float, float], float]  # of input, output, right derivative


class Wrong(NamedTuple):
    """What is multiplied instead of a derivative: the kind of mistake, the words, the formula, the rule."""

    kind: str
    what: str
    rank: float
    formula: str
    rule: Rule


_CONSTANTS = {"sqrt": ("0.5", 0.5), "square": ("2", 2.0)}  # what is left of 1 / (2 a) and of 2 z
MISSING = Wrong("derivative_missing", "left out", 1.0, "", lambda known, x, out, slope: 1.0)


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


# in terms of the output {a} and the input {z}
FORMULAS: Mapping[str, Rule] = {
    "{a}": lambda known, x, out, slope: out,
    "(1 - {a})": lambda known, x, out, slope: 1.0 - out,
    "(1 + {a})": lambda known, x, out, slope: 1.0 + out,
    "{a} * (1 + {a})": lambda known, x, out, slope: out * (1.0 + out),
    "{a} ** 2": lambda known, x, out, slope: out * out,
    "(1 + {a} ** 2)": lambda known, x, out, slope: 1.0 + out * out,
    "(1 - {a}) ** 2": lambda known, x, out, slope: (1.0 - out) ** 2,
    "{z}": lambda known, x, out, slope: x,
    "(1 - {z})": lambda known, x, out, slope: 1.0 - x,
    "sigmoid({z})": lambda known, x, out, slope: _sigmoid(x),
    "sigmoid({a})": lambda known, x, out, slope: _sigmoid(out),
    "tanh({z})": lambda known, x, out, slope: tanh(x),
    "tanh({a})": lambda known, x, out, slope: tanh(out),
    "exp({z})": lambda known, x, out, slope: exp(x),
    "exp(-{z})": lambda known, x, out, slope: exp(-x),
    "1 / cosh({z})": lambda known, x, out, slope: 1.0 / cosh(x),
    "1 / cosh({a})": lambda known, x, out, slope: 1.0 / cosh(out),
    "1 / (1 + {z} ** 2)": lambda known, x, out, slope: 1.0 / (1.0 + x * x),
    "1 / (1 + {a} ** 2)": lambda known, x, out, slope: 1.0 / (1.0 + out * out),
    "({z} > 1)": lambda known, x, out, slope: float(x > 1.0),
    "({z} < 1)": lambda known, x, out, slope: float(x < 1.0),
    "({z} > -1)": lambda known, x, out, slope: float(x > -1.0),
    "(1 / the derivative)": lambda known, x, out, slope: 1.0 / slope,
}


def last_of(group: Sequence[Region]) -> Region:
    """Return the activation nearest to the loss, which stands for all in formulas."""
    return max(group, key=lambda region: region.outputs)


def usual(name: str, group: Sequence[Region], z: str, a: str) -> Iterator[Wrong]:
    """Yield the factors that stand most often in a derivative's place."""
    known = group[0].activation
    yield MISSING
    twice = f" * ({last_of(group).derivative}) ** 2"
    yield Wrong("derivative_twice", "applied twice", 1.2, twice, lambda known, x, out, slope: slope**2)
    if known is None or not all(region.activation for region in group):
        return
    if known.name in _CONSTANTS:
        text, constant = _CONSTANTS[known.name]
        what, rule = f"taken for {text}", _applied(lambda x: constant, to_output=False)
        yield Wrong("derivative_missing", what, 1.2, f" * {text}", rule)
    at_output = f" * {known.written(f'{name}({a})', a)}"
    what = "taken at its output instead of its input"
    yield Wrong("derivative_argument", what, 1.1, at_output, _at_output)
    if all(region.activation and region.activation.from_output for region in group):
        what = "computed from its input by the formula for its output"
        yield Wrong("derivative_argument", what, 1.15, f" * {known.written(z, z)}", _of_input)
    if len({region.name for region in group}) > 1:
        return
    for other in OTHERS:
        if other.name != known.name:
            yield from _of_other(other, z, a)


def _of_other(other: Activation, z: str, a: str) -> Iterator[Wrong]:
    """Yield the derivative of another activation, of the input and of the output."""
    what = f"taken for that of `{other.name}`"
    by_input = f" * {other.at(z)}"
    yield Wrong("derivative_of_other", what, 1.4, by_input, lambda known, x, out, slope: other.slope(x))
    if other.from_output is not None:
        rule = _applied(other.from_output, to_output=True)
        yield Wrong("derivative_of_other", what, 1.4, f" * {other.written(a, z)}", rule)


def of_arrays(known: Activation | None) -> Iterator[tuple[str, str, Callable[[float, float], float]]]:
    """Yield what may be computed from another array {b}, and the output {a}: the kind, formula and rule."""
    yield "other_operand", "{b}", lambda x, out: x
    if known is None or known.from_output is None or not known.formula:
        return
    of_output, slope = known.from_output, known.slope
    yield "derivative_argument", known.at("{b}"), lambda x, out: slope(x)
    yield "derivative_argument", known.formula.replace("{a}", "{b}"), lambda x, out: of_output(x)
    if known.name == "sigmoid":
        yield "derivative_argument", "(1 - {b})", lambda x, out: 1.0 - x
        yield "derivative_argument", "{b} * (1 - {a})", lambda x, out: x * (1.0 - out)
        yield "derivative_argument", "{a} * (1 - {b})", lambda x, out: out * (1.0 - x)


def given(known: Activation | None, x: float, out: float, slope: float) -> float:
    """Return a slope that is given."""
    return slope


def _at_output(known: Activation | None, x: float, out: float, slope: float) -> float:
    return known.slope(out) if known else slope


def _of_input(known: Activation | None, x: float, out: float, slope: float) -> float:
    return known.from_output(x) if known and known.from_output else slope


def _applied(formula: Callable[[float], float], to_output: bool) -> Rule:
    return lambda known, x, out, slope: formula(out if to_output else x)


def total(rule: Rule, known: Activation | None, x: float, out: float, slope: float) -> float:
    """Return what a rule gives, and 0 where it gives nothing."""
    try:
        return rule(known, x, out, slope)
    except (ArithmeticError, ValueError):
        return 0.0
