"""What can be differentiated: the calculus table, a family of functions a file.

Names and call forms are those of `math` and of PyTorch. Plain numbers give a plain number, arrays an array;
with a Value among the arguments the answer is a Value. Where people's engines disagree, this happens here:

| at | value, derivative |
|---|---|
| overflow, a pole, 0/0 | inf or nan as IEEE 754 has it, never an exception, never complex |
| outside of a function's domain | nan, and so are its derivatives of every order |
| `abs`, `relu`, `sign` at 0 | derivative 0; `clamp` has 1 on its bounds |
| equal terms of `max`, `maximum` | they share the gradient; in a max pool the first one has it |
| `hypot`, `norm`, `atan2` at the origin | derivatives 0, second ones nan |
| `where(x > 0, log(x), 0.0)` at 0 | 0, 0: the arm that is not taken leaves no trace |
| `sigmoid`, `tanh`, `gelu`, ... far out | all digits of the derivative, where 1 - tanh² x has none |
| `cross_entropy` of logits of 1000 | exact, where log of softmax is infinite |

The functions themselves are on the page of `autograd_scratch`. Here is what they are made of, for rules of
your own: `primitive` makes a `Primitive`, and `family` a `Family` of them.
"""

from .activations import celu as celu
from .activations import elu as elu
from .activations import gelu as gelu
from .activations import hard_sigmoid as hard_sigmoid
from .activations import hard_swish as hard_swish
from .activations import hard_tanh as hard_tanh
from .activations import leaky_relu as leaky_relu
from .activations import mish as mish
from .activations import relu as relu
from .activations import relu6 as relu6
from .activations import selu as selu
from .activations import silu as silu
from .activations import softsign as softsign
from .arguments import entry_by_entry as entry_by_entry
from .arguments import has_arrays as has_arrays
from .arguments import has_nodes as has_nodes
from .arguments import is_array as is_array
from .arguments import is_node as is_node
from .arithmetic import fmod as fmod
from .arithmetic import remainder as remainder
from .binding import is_ours as is_ours
from .definition import Family as Family
from .definition import Primitive as Primitive
from .definition import family as family
from .definition import primitive as primitive
from .exponential import exp as exp
from .exponential import exp2 as exp2
from .exponential import expm1 as expm1
from .exponential import log as log
from .exponential import log1p as log1p
from .exponential import log2 as log2
from .exponential import log10 as log10
from .exponential import log_sigmoid as log_sigmoid
from .exponential import logarithm as logarithm
from .exponential import sigmoid as sigmoid
from .exponential import softplus as softplus
from .exponential import tanh as tanh
from .hyperbolic import acosh as acosh
from .hyperbolic import asinh as asinh
from .hyperbolic import atanh as atanh
from .hyperbolic import cosh as cosh
from .hyperbolic import sinh as sinh
from .logits import logaddexp as logaddexp
from .logits import logsumexp as logsumexp
from .norms import dist as dist
from .norms import hypot as hypot
from .norms import norm as norm
from .piecewise import abs_ as abs_
from .piecewise import ceil as ceil
from .piecewise import clamp as clamp
from .piecewise import copysign as copysign
from .piecewise import floor as floor
from .piecewise import rint as rint
from .piecewise import round_ as round_
from .piecewise import sign as sign
from .piecewise import step as step
from .piecewise import trunc as trunc
from .piecewise import where as where
from .powers import cbrt as cbrt
from .powers import pow_ as pow_
from .powers import reciprocal as reciprocal
from .powers import rsqrt as rsqrt
from .powers import sqrt as sqrt
from .powers import square as square
from .reductions import dot as dot
from .reductions import fsum as fsum
from .reductions import max_ as max_
from .reductions import maximum as maximum
from .reductions import mean as mean
from .reductions import min_ as min_
from .reductions import minimum as minimum
from .reductions import prod as prod
from .reductions import sum_ as sum_
from .reductions import sumprod as sumprod
from .special import digamma as digamma
from .special import erf as erf
from .special import erfc as erfc
from .special import gamma as gamma
from .special import lgamma as lgamma
from .trigonometric import acos as acos
from .trigonometric import asin as asin
from .trigonometric import atan as atan
from .trigonometric import atan2 as atan2
from .trigonometric import cos as cos
from .trigonometric import degrees as degrees
from .trigonometric import radians as radians
from .trigonometric import sin as sin
from .trigonometric import sinc as sinc
from .trigonometric import tan as tan
