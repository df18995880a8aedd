"""The functions of `math` on complex numbers: those of `cmath`, and some that it does not have.

On numbers with a tiny imaginary part they keep that part's digits, which complex steps need.
"""

import cmath
import math
from cmath import acos as acos
from cmath import acosh as acosh
from cmath import asin as asin
from cmath import asinh as asinh
from cmath import atan as atan
from cmath import atanh as atanh
from cmath import cos as cos
from cmath import cosh as cosh
from cmath import exp as exp
from cmath import log as log
from cmath import log10 as log10
from cmath import sin as sin
from cmath import sinh as sinh
from cmath import sqrt as sqrt
from cmath import tan as tan
from cmath import tanh as tanh


def expm1(z: complex) -> complex:
    """exp(z) - 1, accurate near 0.

    >>> expm1(1e-20 + 1e-30j)
    (1e-20+1e-30j)
    """
    shrunk = math.expm1(z.real)
    bent = 2.0 * math.sin(0.5 * z.imag) ** 2
    return complex(shrunk - (1.0 + shrunk) * bent, math.exp(z.real) * math.sin(z.imag))


def log1p(z: complex) -> complex:
    """log(1 + z), accurate near 0.

    >>> log1p(1e-20 + 1e-30j)
    (1e-20+1e-30j)
    """
    if z.real <= -1.0:
        return cmath.log(1.0 + z)
    slope = z.imag / (1.0 + z.real)
    return complex(math.log1p(z.real) + 0.5 * math.log1p(slope * slope), math.atan2(z.imag, 1.0 + z.real))
