"""How a primitive is evaluated in another number type."""

import math
import sys
from collections.abc import Sequence
from decimal import Decimal, DecimalException
from fractions import Fraction
from types import BuiltinFunctionType
from typing import Any

from ...errors import ProgramError
from ...primitives import Family, Primitive, is_ours
from ...primitives.binding import Rule, rebind
from . import complex_functions, decimal_functions
from .functions import CONSTANTS, Functions
from .kind import Kind
from .substitutes import substitute_for
from .wrapped import FRACTIONAL_POWER, MissingFunctionError, wrapper_of


class Arithmetic:
    """The calculus table in another number type: Fraction, Decimal, complex, mpmath.mpf and their like.

    `number` is the type. Its functions are found under their names in `math`: those of Decimal are here,
    to the precision of its current context, those of complex are in `cmath`, and those of any other type
    are in the package that the type is from, as mpmath. `functions` gives others, a module or namespace.

    >>> from autograd_scratch.primitives import tanh
    >>> arithmetic = Arithmetic(Decimal)
    >>> print(arithmetic.evaluate(tanh, [arithmetic.constant(0.5)]))
    0.4621171572600097585023184836
    """

    def __init__(self, number: Any, functions: Any = None) -> None:
        self.kind = Kind(number)
        self.wrapper = wrapper_of(self.kind, self._rule_of)
        self.functions = Functions(self.wrapper, _module_of(number) if functions is None else functions)
        self._rules: dict[Primitive, Rule] = {}

    def __repr__(self) -> str:
        return f"<arithmetic in {self.kind.name}>"

    def constant(self, x: float) -> Any:
        """Return a float, exactly. An inf or nan that the type has not stays the float that it is.

        So `clamp` with a bound at infinity works on Fractions; calculating with it is refused.

        >>> Arithmetic(Fraction).constant(0.5)
        Fraction(1, 2)
        """
        return self.kind.constant(x)

    def convert(self, argument: Any, what: str) -> Any:
        """Return an argument, a number of any type, exactly; `what` names it in the error.

        >>> Arithmetic(Decimal).convert(Fraction(1, 3), "x")
        Traceback (most recent call last):
        autograd_scratch.errors.ProgramError: x is Fraction(1, 3), which Decimal cannot hold \
exactly; round it to a Decimal yourself
        """
        return self.kind.convert(argument, what)

    def evaluate(self, primitive: Primitive, args: Sequence[Any]) -> Any:
        """Return the value of a primitive.

        >>> from autograd_scratch.primitives import sigmoid
        >>> Arithmetic(Fraction).evaluate(sigmoid, [Fraction(1, 2)])
        Traceback (most recent call last):
        autograd_scratch.errors.ProgramError: Fraction has no exp, which sigmoid needs; \
use number=decimal.Decimal, or mpmath.mpf
        """
        try:
            out = self._rule_of(primitive)(*map(self._wrapped, args))
            return self.wrapper(out).number
        except MissingFunctionError as missing:
            name = str(missing)
            raise ProgramError(
                f"{self.kind.name} has no {name}, which {primitive.name} needs; {self._advice(name)}"
            ) from None
        except (ArithmeticError, ValueError) as fault:
            reason = _reason(fault)
            shown = ", ".join(map(_shown, args))
            raise ProgramError(
                f"{primitive.name} has no value in {self.kind.name} at ({shown}): {reason}"
            ) from fault
        except (TypeError, AttributeError) as fault:
            raise ProgramError(
                f"{primitive.name} cannot be evaluated in {self.kind.name}: {fault}. Its function may use "
                "operators, `math`, Python's own functions and other primitives"
            ) from fault

    def _wrapped(self, arg: Any) -> Any:
        if isinstance(arg, float) and not (self.kind.has_infinities or math.isfinite(arg)):
            return arg
        return self.wrapper(arg)

    def _rule_of(self, primitive: Primitive) -> Rule:
        """Return the function of a primitive on wrapped numbers."""
        rule = self._rules.get(primitive)
        if rule is None:
            rule = substitute_for(primitive, self.functions) or rebind(primitive.forward, self._replaced)
            if is_ours(primitive.forward):  # what others read may change
                self._rules[primitive] = rule
        return rule

    def _replaced(self, used: Any) -> Any:
        """Return what a rule reads instead of a function or class that is for floats."""
        if used is math:
            return self.functions
        if used is float:
            return self.wrapper
        if isinstance(used, BuiltinFunctionType) and used.__module__ == "math":
            return getattr(self.functions, used.__name__)
        if isinstance(used, Primitive):
            return lambda *args: self._rule_of(used)(*args)
        if isinstance(used, Family):
            return lambda *parameters: self._rule_of(used(*parameters))
        return used

    def _advice(self, name: str) -> str:
        if self.kind.package == "mpmath":
            return "give functions=, a namespace that has it"
        if self.kind.is_complex:
            return "use number=mpmath.mpc"
        in_decimal = name in (*CONSTANTS, FRACTIONAL_POWER) or hasattr(decimal_functions, name)
        decimal = "decimal.Decimal, or " if in_decimal and self.kind.number is not Decimal else ""
        return f"use number={decimal}mpmath.mpf"


def _module_of(number: type) -> Any:
    """Return where the functions of a number type are."""
    for known, module in (
        (float, math),
        (complex, complex_functions),
        (Decimal, decimal_functions),
        (Fraction, None),
    ):
        if number is known:
            return module
    return sys.modules.get(number.__module__.partition(".")[0])


def _reason(fault: Exception) -> str:
    if isinstance(fault, ZeroDivisionError):
        return "division by zero"
    return type(fault).__name__ if isinstance(fault, DecimalException) else str(fault)


def _shown(number: Any) -> str:
    text = str(number)
    return text if len(text) <= 60 else f"{text[:57]}..."
