"""How primitives are written that compute entry by entry, or from the last axis of their operands."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...primitives import Primitive
from ...primitives.arithmetic import add, floordiv, mod, mul, neg, remainder, sub
from ...primitives.conditions import CONDITIONS, both, either, opposite
from ...primitives.logits import logsumexp_p
from ...primitives.norms import hypot_p
from ...primitives.piecewise import ceil, clamp_p, equal, floor, less, less_equal, rint, select, step, trunc
from ...primitives.piecewise import sign as sign_p
from ...primitives.powers import power
from ...primitives.reductions import max_p, mean_p, min_p, prod_p
from ...primitives.special import erf, erfc, lgamma
from ..expressions import (
    ATOM,
    CHOICE,
    COMPARISON,
    MATH,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Text,
    largest,
    written,
)
from ..operands import is_variable, is_zero
from ..statements import name_in_source
from ..variables import Variable
from .constants import quotient, times

LACKING = (erf, erfc, lgamma, remainder)  # what NumPy does not have, and `math` has
RENAMED = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"} | {
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "pow": "power",
}
NUMPY = {p: f"np.{RENAMED.get(name, name)}" for p, name in MATH.items() if p not in LACKING} | {
    floordiv: "np.floor_divide",
    sign_p: "np.sign",
    floor: "np.floor",
    ceil: "np.ceil",
    trunc: "np.trunc",
    rint: "np.rint",
    clamp_p: "np.clip",
    mod: "np.mod",
}
SIDES = ((1.0, 0.0), (0.0, 1.0))
AS_NUMBERS = ".astype(float)"  # of truth values
ALONG = {largest: "max", max_p: "max", min_p: "min", prod_p: "prod"}


def as_factor(x: Text) -> Text:
    """Return the text of a factor: truth values need not be made numbers of."""
    if x.text.startswith("(") and x.text.endswith(AS_NUMBERS):
        inner = x.text[1 : -len(AS_NUMBERS) - 1]
        return Text(inner, COMPARISON, x.depth)
    return x


class Calls:
    """Writes operations on texts, and notes the functions that it calls."""

    def __init__(self, function: Callable[[Primitive], str]) -> None:
        self.function = function

    def entrywise(self, variable: Variable, args: Sequence[Text], is_number: bool) -> Text:
        """Return the text of a primitive at each place; `is_number` if there is only one, without axes."""
        primitive, parents = variable.primitive, variable.parents
        assert primitive is not None
        depth = 1 + max((arg.depth for arg in args), default=0)
        if variable.place[0]:
            args = [quotient(p) if p.__class__ is float else arg for arg, p in zip(args, parents)]
        if primitive is select:
            condition, chosen, otherwise = args
            if variable.shape and parents[1:] == (1.0, 0.0) and not is_number:
                return Text(f"{condition.inside(ATOM)}{AS_NUMBERS}", ATOM, depth)
            if variable.shape == ():
                text = f"{chosen.inside(OR)} if {condition.inside(OR)} else {otherwise.text}"
                return Text(text, CHOICE, depth)
            return Text(f"np.where({condition.text}, {chosen.text}, {otherwise.text})", ATOM, depth)
        if primitive in (both, either, opposite):
            truths = [_truth(parent, arg) for parent, arg in zip(parents, args)]
            if variable.shape == ():
                return written(primitive, truths, self.function)
            if primitive is opposite:
                if is_number:
                    return Text(f"np.logical_not({truths[0].text})", ATOM, depth)
                return Text(f"~{truths[0].inside(ATOM)}", SIGN, depth)
            mark = "&" if primitive is both else "|"
            return Text(f" {mark} ".join(truth.inside(SUM) for truth in truths), COMPARISON, depth)
        if primitive is mul:
            args = [
                as_factor(arg) if parent.__class__ is Variable else arg
                for arg, parent in zip(args, parents)
            ]
            for number, arg in zip(parents, args[::-1]):
                if number.__class__ is float and variable.place[0]:
                    return times(number, arg)
            return written(primitive, args, self._called)
        if primitive is sub and args[1].text.startswith("-") and args[1].precedence in (SIGN, PRODUCT):
            return written(add, [args[0], negative(args[1])], self._called)
        if primitive.family is not None and primitive.family[0] is power:
            (exponent,) = primitive.family[1]
            if exponent.is_integer() and abs(exponent) < 100.0:
                return Text(f"{args[0].inside(ATOM)} ** {int(exponent)}", POWER, depth)
        if primitive is step:
            return Text(f"np.heaviside({args[0].text}, 0.0)", ATOM, depth)
        if primitive is neg:
            return negative(args[0])
        if primitive in (largest, max_p, min_p):
            return _nested("np.minimum" if primitive is min_p else "np.maximum", args, depth)
        if primitive is logsumexp_p and len(args) > 1:
            return _nested("np.logaddexp", args, depth)
        if primitive is hypot_p and len(args) != 2:
            return _nested("np.hypot", args, depth)
        return written(primitive, args, self._called)

    def _called(self, primitive: Primitive) -> str:
        return NUMPY.get(primitive) or self.function(primitive)

    def sum_of(self, sign: str, x: Text, y: Text) -> Text:
        """Return the text of a sum, or of a difference."""
        if y.text.startswith("-") and y.precedence in (SIGN, PRODUCT):
            sign, y = ("-" if sign == "+" else "+"), negative(y)
        return written(add if sign == "+" else sub, [x, y], self._called)

    def along(self, primitive: Any, args: Sequence[Text], ndims: Sequence[int]) -> tuple[Text, Text | None]:
        """Return the text of a primitive of the last axis of operands, and that which keeps the axis."""
        inner = primitive.inner
        depth = 1 + max(arg.depth for arg in args)
        if len(args) == 1:
            (x,) = args
            axis = "" if ndims[0] == 1 else "axis=-1" if ndims[0] > 2 else "axis=1"
            kept = f"{axis or 'axis=0'}, keepdims=True"
            if inner in ALONG:
                name = ALONG[inner]
                base, own_axis = _turned_back(x, axis)
                return Text(f"{base}.{name}({own_axis})", ATOM, depth), Text(
                    f"{x.inside(ATOM)}.{name}({axis or 'axis=0'}, keepdims=True)", ATOM, depth
                )
            if inner is mean_p:
                count = float(primitive.terms[0])
                return Text(f"{x.inside(ATOM)}.sum({axis}) / {count!r}", PRODUCT, depth), None
            if inner in (logsumexp_p, hypot_p):
                name = "np.logaddexp" if inner is logsumexp_p else "np.hypot"
                more = f", {axis}" if axis else ""
                return Text(f"{name}.reduce({x.text}{more})", ATOM, depth), Text(
                    f"{name}.reduce({x.text}, {kept})", ATOM, depth
                )
        terms = []
        for arg, ndim, count in zip(args, ndims, primitive.terms):
            if not count:
                terms.append(arg.text)
            elif ndim < 3:
                terms.append(f"*{arg.inside(ATOM)}" + (".T" if ndim == 2 else ""))
            else:
                terms.append(f"*np.moveaxis({arg.text}, -1, 0)")
        return Text(f"{self._called(inner)}({', '.join(terms)})", ATOM, depth), None


def negative(x: Text) -> Text:
    """Return the text of -x.

    >>> negative(Text("-2.0 * x", PRODUCT)).text, negative(Text("x + y", SUM)).text
    ('2.0 * x', '-(x + y)')
    """
    if x.text.startswith("-") and x.precedence in (SIGN, PRODUCT):
        return Text(x.text[1:], PRODUCT, x.depth)
    return Text(f"-{x.inside(POWER)}", SIGN, x.depth + 1)


def _turned_back(x: Text, axis: str) -> tuple[str, str]:
    """Return an array, and the axis in it that is the last one of `x`; `axis` if it is the last in both.

    >>> _turned_back(Text("Z.T", ATOM), "axis=1")
    ('Z', 'axis=0')
    >>> _turned_back(Text("z.transpose(0, 2, 1)", ATOM), "axis=-1")
    ('z', 'axis=1')
    """
    text = x.inside(ATOM)
    if axis == "axis=1" and text.endswith(".T"):
        return text[:-2], "axis=0"
    found = re.fullmatch(r"(.+)\.transpose\(([\d, ]+)\)", text)
    if found:
        *others, last = map(int, found[2].split(","))
        if others == sorted(others):
            return found[1], f"axis={last}"
    return text, axis


def _nested(name: str, args: Sequence[Text], depth: int) -> Text:
    text = args[0].text
    for arg in args[1:]:
        text = f"{name}({text}, {arg.text})"
    return Text(text, ATOM, depth)


def larger_than_zero(x: Text) -> Text:
    """Return the text of a rectifier."""
    return Text(f"np.maximum({x.text}, 0.0)", ATOM, 1 + x.depth)


def rectified(variable: Variable) -> Any:
    """Return the x of a rectifier, a choice between x and 0 by the sign of x; None for anything else."""
    if variable.primitive is not select:
        return None
    condition, chosen, otherwise = variable.parents
    if not (is_variable(condition, less) or is_variable(condition, less_equal)):
        return None
    smaller, larger = condition.parents
    if is_zero(smaller) and larger is chosen and is_zero(otherwise):
        return chosen
    return otherwise if is_zero(larger) and smaller is otherwise and is_zero(chosen) else None


def signed(variable: Variable) -> Any:
    """Return the x of a choice between 1, -1 and 0 by its sign; None for anything else."""
    if variable.primitive is not select or not variable.shape or variable.parents[1] != 1.0:
        return None
    condition, _, rest = variable.parents
    if not is_variable(rest, select) or rest.parents[1:] != (-1.0, 0.0):
        return None
    if not is_variable(condition, less) or not is_variable(rest.parents[0], less):
        return None
    zero, x = condition.parents
    return x if is_zero(zero) and rest.parents[0].parents == (x, zero) else None


def tested_for_nan(variable: Variable) -> Any:
    """Return the x of a condition that x is not even itself; None for anything else."""
    if variable.primitive is not opposite or not variable.shape:
        return None
    (condition,) = variable.parents
    if not (is_variable(condition, less_equal) or is_variable(condition, equal)):
        return None
    x, y = condition.parents
    return x if x is y else None


def argument_of(variable: Variable) -> Any:
    """Return the only x that is written of a rectifier, a sign or a test for nan; None for others."""
    found = (each(variable) for each in (rectified, signed, tested_for_nan))
    return next((x for x in found if x is not None), None)


def nan_of(x: Text) -> Text:
    """Return the text of a test for nan."""
    return Text(f"np.isnan({x.text})", ATOM, 1 + x.depth)


def sign_of(x: Text) -> Text:
    """Return the text of a sign."""
    return Text(f"np.sign({x.text})", ATOM, 1 + x.depth)


class Shares(NamedTuple):
    """What each of two numbers gets of what their larger one gets: all, nothing, or half at a tie."""

    x: Any
    y: Any
    relation: str


def shares(variable: Variable) -> Shares | None:
    """Return what a choice is between 1, 0 and 0.5, by which of two numbers is larger; None for others."""
    if variable.primitive is not select or not variable.shape:
        return None
    condition, chosen, rest = variable.parents
    if not is_variable(rest, select) or rest.parents[2] != 0.5 or (chosen, rest.parents[1]) not in SIDES:
        return None
    if not is_variable(condition, less) or not is_variable(rest.parents[0], less):
        return None
    y, x = condition.parents
    if rest.parents[0].parents != (x, y):
        return None
    return Shares(x, y, ">" if chosen else "<")


def divided(found: Shares, x: Text, y: Text) -> Text:
    """Return the text of shares."""
    relation = found.relation
    if x.text.replace(".", "").isdigit():  # x > 0.0 reads better than 0.0 < x
        x, y, relation = y, x, {"<": ">", ">": "<"}[relation]
    more = f"({x.inside(SUM)} {relation} {y.inside(SUM)})"
    return Text(f"{more} + 0.5 * ({x.inside(SUM)} == {y.inside(SUM)})", SUM, 1 + max(x.depth, y.depth))


def _truth(condition: Any, text: Text) -> Text:
    """Return the text of a condition as a truth value: a number is one if it is not 0."""
    if condition.__class__ is float:
        return Text(str(bool(condition)), ATOM)
    if condition.primitive in CONDITIONS:
        return text
    return Text(f"{text.inside(SUM)} != 0.0", COMPARISON, text.depth + 1)


def called_name(primitive: Primitive) -> str:
    """Return the name by which NumPy or a function of its own is called for a primitive."""
    return MATH.get(primitive) or name_in_source(primitive)
