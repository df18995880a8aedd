"""Which building blocks models have: a family a file.

The classes and losses are on the page of `autograd_scratch`: `MLP`, `Layer`, `Neuron`, and `Module` for
models of your own. A model is called with one sample, a sequence of as many numbers or Values as it has
inputs, and gives a Value, or a list of them where it has several outputs. A loss takes outputs and targets
of one shape, numbers or nested sequences; an axis of length 1 at the end does not count, so that a column
of targets fits a list of outputs. What does not fit is a `ShapeError`.

Here is what goes by name, as in `MLP(2, [4, 1], activation="tanh", init="he_normal")`. A function does as
well: an activation is one of a Value, an initializer one of a `random.Random` and the counts of inputs and
outputs, a loss one of outputs and targets.

    >>> from autograd_scratch import MLP
    >>> MLP(1, [1], output=lambda z: 2.0 * z, weights=[[[3.0]]])([1.0])
    Value(data=6.0)
"""

from ..elsewhere import functions_elsewhere
from .dense import ACTIVATIONS as ACTIVATIONS
from .dense import MLP as MLP
from .dense import Layer as Layer
from .dense import Neuron as Neuron
from .initializers import INITIALIZERS as INITIALIZERS
from .losses import LOSSES as LOSSES
from .losses import binary_cross_entropy as binary_cross_entropy
from .losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .losses import cross_entropy as cross_entropy
from .losses import half_sum_of_squares as half_sum_of_squares
from .losses import mse as mse
from .losses import smooth_l1 as smooth_l1
from .module import Module as Module
from .substitution import functional_call as functional_call

__getattr__ = functions_elsewhere(__name__)
