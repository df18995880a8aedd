"""Sums of products of Variables and their reciprocals, in which what cancels is gone.

A monomial is its factors with their exponents, in order; a polynomial gives each its coefficient, exactly.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import gcd
from sys import float_info
from typing import Any

from ...primitives.arithmetic import div, mul
from ...primitives.powers import power, square
from ..operands import Operand
from ..variables import Trace, Variable

Monomial = tuple[tuple[Variable, int], ...]
Polynomial = dict[Monomial, Fraction]

LONGEST = 12  # monomials; what has more stays as it is
FARTHEST = 1e30  # a number, and its reciprocal, that is no factor of its own
LARGEST = 1 << 20  # of a divisor that is written as such


def of(factor: Operand, exponent: int = 1) -> Polynomial | None:
    """Return the polynomial that is one factor, or a plain number."""
    if factor.__class__ is float:
        if factor == 0.0 and exponent > 0:
            return {}
        if not FARTHEST**-1 < abs(factor) < FARTHEST:
            return None
        return {(): Fraction(factor) ** exponent}
    return {((factor, exponent),): Fraction(1)}


def size(polynomial: Polynomial) -> int:
    """Return how long a polynomial is to write."""
    return sum(1 + sum(abs(exponent) for _, exponent in monomial) for monomial in polynomial)


def added(polynomials: Iterable[Polynomial]) -> Polynomial:
    """Return a sum; 0.1 + 0.2 + 0.7 is 1 there."""
    parts: dict[Monomial, list[Fraction]] = {}
    for polynomial in polynomials:
        for monomial, number in polynomial.items():
            parts.setdefault(monomial, []).append(number)
    totals = ((m, _rounded(numbers) if len(numbers) > 1 else numbers[0]) for m, numbers in parts.items())
    return {monomial: number for monomial, number in totals if number}


def _rounded(numbers: list[Fraction]) -> Fraction:
    """Return a sum, or a shorter number that no sum of floats tells from it."""
    total = sum(numbers, Fraction(0))
    if total.denominator < LARGEST:
        return total
    short = total.limit_denominator(LARGEST)
    return short if abs(short - total) <= 4.0 * float_info.epsilon * max(map(abs, numbers)) else total


def scaled(polynomial: Polynomial, number: Fraction) -> Polynomial:
    """Return a polynomial times a plain number."""
    if number == 1:
        return polynomial
    return {monomial: number * own for monomial, own in polynomial.items()}


def product(x: Polynomial, y: Polynomial) -> Polynomial | None:
    """Return a product; None if it were too long."""
    if len(x) * len(y) > LONGEST:
        return None
    return added({merged(a, b): m * n} for a, m in x.items() for b, n in y.items())


def merged(x: Monomial, y: Monomial) -> Monomial:
    """Return the product of two monomials."""
    if not x or not y:
        return x or y
    exponents = dict(x)
    for factor, exponent in y:
        exponents[factor] = exponents.get(factor, 0) + exponent
    return ordered(exponents)


def ordered(exponents: dict[Variable, int]) -> Monomial:
    """Return factors with exponents as a monomial."""
    return tuple(sorted(((f, e) for f, e in exponents.items() if e), key=lambda pair: id(pair[0])))


def inverse(polynomial: Polynomial) -> Polynomial | None:
    """Return 1 / polynomial, if it is one monomial."""
    if len(polynomial) != 1:
        return None
    ((monomial, number),) = polynomial.items()
    return {tuple((factor, -exponent) for factor, exponent in monomial): 1 / number}


def factors_of(primitive: Any, parents: Sequence[Polynomial]) -> tuple[Polynomial, Polynomial] | None:
    """Return the two polynomials that a primitive multiplies; None for one that multiplies nothing."""
    if primitive is mul:
        return parents[0], parents[1]
    if primitive is div:
        divisor = inverse(parents[1])
        return None if divisor is None else (parents[0], divisor)
    if (primitive is square or primitive == power(2.0)) and len(parents[0]) == 1:
        return parents[0], parents[0]
    return None


def written(trace: Trace, polynomial: Polynomial, position: Callable[[Variable], int]) -> Operand:
    """Write a polynomial into a trace, with what is common to all monomials as a factor."""
    if not polynomial:
        return 0.0
    common = _common(polynomial)
    number = _common_number(list(polynomial.values()))
    inverse_common = tuple((factor, -exponent) for factor, exponent in common)
    terms = [
        (merged(monomial, inverse_common), own / number, sorted(position(f) for f, _ in monomial))
        for monomial, own in polynomial.items()
    ]
    terms.sort(key=lambda term: (term[1] < 0, -len(term[2]), term[2]))
    total: Any = None
    for monomial, own, _ in terms:
        term = _term(trace, monomial, abs(own), 1.0, position)
        signed = term if own > 0 else -term
        total = signed if total is None else total + signed
    return _term(trace, common, number, total, position)


def _common(polynomial: Polynomial) -> Monomial:
    """Return the factors that all monomials have."""
    first, *others = map(dict, polynomial)
    for other in others:
        for factor, exponent in [*first.items()]:
            theirs = other.get(factor, 0)
            is_shared = theirs * exponent > 0
            first[factor] = min(exponent, theirs, key=abs) if is_shared else 0
    return ordered(first)


def _common_number(numbers: list[Fraction]) -> Fraction:
    """Return a number by which all can be divided, so that they are shorter."""
    sign = -1 if all(number < 0 for number in numbers) else 1
    if len({abs(number) for number in numbers}) == 1:
        return sign * abs(numbers[0])
    divisors = {number.denominator for number in numbers}
    if len(divisors) == 1 and (divisor := divisors.pop()) < LARGEST:
        whole = gcd(*(number.numerator for number in numbers))
        return Fraction(sign * whole, divisor)
    return Fraction(sign)


def _term(
    trace: Trace, monomial: Monomial, number: Fraction, first: Operand, position: Callable[[Variable], int]
) -> Operand:
    """Write a plain number times `first` times a monomial; take quotients that are there already."""
    above = sorted((f for f, e in monomial for _ in range(e)), key=position)
    below = sorted((f for f, e in monomial for _ in range(-e)), key=position)
    factors: list[Operand] = []
    for divisor in [*below]:
        for numerator in (*above, 1.0):
            known = trace.known(div, (numerator, divisor))
            if known is not None and not known.place[0]:
                factors.append(known)
                below.remove(divisor)
                if numerator.__class__ is Variable:
                    above.remove(numerator)
                break
    up, down = _as_quotient(number)
    result = first
    for factor in (*sorted([*factors, *above], key=position),):
        result = factor if result.__class__ is float and result == 1.0 else result * factor
    if up != 1.0:
        result = up * result
    for divisor in below:
        result = trace.quotient(result, divisor)
    return trace.quotient(result, down) if down != 1.0 else result


def _as_quotient(number: Fraction) -> tuple[float, float]:
    """Return two floats whose quotient is a number."""
    if 1 < number.denominator < LARGEST and abs(number.numerator) < LARGEST:
        return float(number.numerator), float(number.denominator)
    return float(number), 1.0


def is_less(total: Polynomial, parts: Sequence[Polynomial]) -> bool:
    """Say whether terms of a sum have cancelled, and not only been added up."""
    return any(monomial not in total for part in parts for monomial in part)


def has_cancelled(factors: tuple[Polynomial, Polynomial], found: Polynomial) -> bool:
    """Say whether something in a product of two factors has cancelled."""
    products = [{merged(x, y): Fraction(1)} for x in factors[0] for y in factors[1]]
    if is_less(found, products):
        return True
    exponents = [{f: e for monomial in each for f, e in monomial} for each in factors]
    return any(exponents[0][f] * e < 0 for f, e in exponents[1].items() if f in exponents[0])
