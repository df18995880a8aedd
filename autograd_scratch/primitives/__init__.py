"""What can be differentiated: the calculus table, a family of functions a file."""

from .activations import leaky_relu as leaky_relu
from .activations import relu as relu
from .activations import sigmoid as sigmoid
from .activations import softplus as softplus
from .definition import Family as Family
from .definition import Primitive as Primitive
from .definition import family as family
from .definition import primitive as primitive
from .elementary import cos as cos
from .elementary import exp as exp
from .elementary import log as log
from .elementary import sin as sin
from .elementary import sqrt as sqrt
from .elementary import tanh as tanh
from .piecewise import abs_ as abs_
from .reductions import dot as dot
from .reductions import max_ as max_
from .reductions import mean as mean
from .reductions import min_ as min_
from .reductions import sum_ as sum_
