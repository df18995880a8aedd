"""How names and numbers are set: `w_0` as w with an index, `alpha` as a letter, `loss` upright.

What comes out is for math mode alone. No sign of a name can end a group, begin a command, a comment or
another line, or turn the direction of writing.
"""

import re
from collections import Counter
from math import isinf, isnan
from typing import NamedTuple, Self

from ..wording import cut

_LATIN = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi "
    "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", _LATIN.split(), strict=True))
LETTERS = frozenset(GREEK.values())
LONGEST = 48  # characters of a name

PARAMETER = re.compile(r"layers\.\d+\.(?:neurons\.\d+\.)?([^\W\d_]+)(?:\.\d+)*")  # as models name it

_ESCAPES = {
    **{sign: "\\" + sign for sign in "{}$%&#_"},
    "\\": r"\backslash{}",
    "^": r"{\wedge}",
    "~": r"{\sim}",
    " ": r"\ ",
    "'": r"{\prime}",
    **{sign: f"{{{sign}}}" for sign in '-+*/=<>:,;!|?"`@'},
}


class Symbol(NamedTuple):
    r"""What a name is set as: a stem, and indices below it.

    >>> Symbol("w", ("0", "1")).text, Symbol(r"\alpha").text, Symbol("h", ("2",)).at("t + 1").text
    ('w_{0,1}', '\\alpha', 'h_{2,t + 1}')
    """

    stem: str
    indices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The symbol in LaTeX."""
        return f"{self.stem}_{{{','.join(self.indices)}}}" if self.indices else self.stem

    def at(self, index: str) -> Self:
        """Return the symbol with one more index."""
        return self._replace(indices=(*self.indices, index))

    def in_parentheses(self) -> Self:
        """Return the symbol in parentheses, so that no index is taken for one of its own."""
        return type(self)(f"({self.text})")


class Derivative(NamedTuple):
    r"""The derivative of a symbol by others.

    >>> Derivative("L", (Symbol("z"),)).at("t").text, Derivative("L", (Symbol("x"), Symbol("x"))).text
    ('\\frac{\\partial L}{\\partial z_{t}}', '\\frac{\\partial^{2} L}{\\partial x^{2}}')
    """

    of: str
    by: tuple[Symbol, ...]

    @property
    def text(self) -> str:
        """The derivative in LaTeX."""
        order = f"^{{{len(self.by)}}}" if len(self.by) > 1 else ""
        counts = Counter(one.text for one in self.by)
        below = " ".join(rf"\partial {text}" + (f"^{{{n}}}" if n > 1 else "") for text, n in counts.items())
        return rf"\frac{{\partial{order} {self.of}}}{{{below}}}"

    def at(self, index: str) -> Self:
        """Return the derivative by one entry."""
        return self._replace(by=(*self.by[:-1], self.by[-1].at(index)))

    def in_parentheses(self) -> Self:
        """Return the derivative by a symbol in parentheses."""
        return self._replace(by=(*self.by[:-1], self.by[-1].in_parentheses()))


def symbol(name: str) -> Symbol:
    r"""Return what a name is set as; parameters of models are numbered by layer, neuron and input.

    >>> [symbol(name).text for name in ("z1", "W_0_1", "Wx", "alpha", "W[0, 1]", "layers.0.neurons.3.w.1")]
    ['z_{1}', 'W_{0,1}', 'W_{x}', '\\alpha', 'W_{0,1}', 'w_{0,3,1}']
    >>> [symbol(name).text for name in ("loss", "hidden_input2", "x_hat")]
    ['\\mathrm{loss}', '\\mathrm{hidden\\_input}_{2}', 'x_{\\mathrm{hat}}']
    """
    parameter = PARAMETER.fullmatch(name)
    if parameter is not None:
        name = f"{parameter[1]}_{'_'.join(re.findall('[0-9]+', name))}"
    found = re.fullmatch(r"([^\W\d_]+)(\d*)((?:[_.]\w+?|\[\d+(?:, ?\d+)*\])*)", cut(name, LONGEST))
    if found is None:
        return verbatim(name)
    stem, number, rest = found.groups()
    further = re.findall(r"[^\W_]+", rest)
    if re.fullmatch("[WUVb][a-z]", stem) and not rest:  # the weights and the bias of something
        stem, further = stem[0], [stem[1], *further]
    is_letter = len(stem) == 1 or stem in LETTERS
    if not is_letter and any(len(part) > 1 and not part.isdigit() for part in further):
        words = name.rstrip("0123456789")
        number = name[len(words) :]
        return verbatim(words.rstrip("_."))._replace(indices=(number,) if number else ())
    return Symbol(_word(stem), tuple(map(_word, [number, *further] if number else further)))


def verbatim(name: str) -> Symbol:
    r"""Return a name as it is written, upright.

    >>> verbatim("a_1}$").text
    '\\mathrm{a\\_1\\}\\$}'
    """
    return Symbol(rf"\mathrm{{{escaped(cut(name, LONGEST))}}}")


def _word(part: str) -> str:
    if part in GREEK:
        return f"\\{GREEK[part]}"
    if part in LETTERS:
        return f"\\{part}"
    is_plain = part.isascii() and (len(part) == 1 or part.isdigit())
    return part if is_plain else rf"\mathrm{{{escaped(part)}}}"


def escaped(text: str) -> str:
    r"""Return a text as signs of math mode, of which none has a meaning of its own.

    >>> escaped("a_b"), escaped("\\end{x}"), escaped("50% $x$")
    ('a\\_b', '\\backslash{}end\\{x\\}', '50\\%\\ \\$x\\$')
    """
    return "".join(map(_escaped, text))


def _escaped(sign: str) -> str:
    if sign.isascii():
        return _ESCAPES.get(sign, sign if sign.isprintable() else r"\ ")
    if sign in GREEK:
        return rf"{{\{GREEK[sign]}}}"
    return rf"\text{{{sign}}}" if sign.isalpha() else f"U{{+}}{ord(sign):04X}"


def number(x: float, digits: int = 6) -> str:
    r"""Return a number in so many significant digits at most.

    >>> number(1.0), number(0.5), number(1e-12), number(-2.5e20), number(float("inf")), number(2 / 3, 4)
    ('1', '0.5', '10^{-12}', '-2.5 \\cdot 10^{20}', '\\infty', '0.6667')
    """
    if isnan(x):
        return r"\mathrm{nan}"
    if isinf(x):
        return r"\infty" if x > 0.0 else r"-\infty"
    mantissa, _, exponent = f"{x + 0.0:.{digits}g}".partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    if mantissa in ("1", "-1"):
        return mantissa[:-1] + power
    return rf"{mantissa} \cdot {power}"


def is_rounded(x: float, digits: int) -> bool:
    """Say whether so many digits do not say all of a number.

    >>> is_rounded(0.5, 4), is_rounded(1 / 3, 4)
    (False, True)
    """
    return x == x and float(f"{x:.{digits}g}") != x
