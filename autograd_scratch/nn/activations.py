"""Activations as modules, as `Sequential` takes them: PyTorch's names, arguments and defaults.

    >>> LeakyReLU(0.1)([-1.0, 2.0])
    [-0.1, 2.0]

They go through arrays of any shape, entry by entry; only the two softmaxes look at a whole row.
"""

from collections.abc import Callable
from typing import Any

from .. import primitives
from ..arrays import log_softmax, softmax
from .parameter import Parameter
from .shapes import Shape, as_lists, each_sample, like
from .sizes import flag, size
from .standard import Standard


class Elementwise(Standard):
    """A function of each entry; its options are the arguments of the constructor.

    `inplace` is PyTorch's, and changes nothing: no number is overwritten.
    """

    function: Callable[..., Any]

    def __init__(self, inplace: bool = False) -> None:
        self._set({}, inplace)

    def _set(self, options: dict[str, Any], inplace: bool = False) -> None:
        vars(self).update(options)
        self.inplace = flag(inplace, f"inplace of {type(self).__name__}")
        self._options = options

    def forward(self, x: Any) -> Any:
        """Return the function of each entry."""
        rows, shape = as_lists(x, f"the input of {type(self).__name__}")
        function, options = type(self).function, [getattr(self, name) for name in self._options]
        return like(x, each_sample(lambda entry: function(entry, *options), rows, len(shape)))

    def signature(self) -> str:
        told = [f"{name}={getattr(self, name)!r}" for name in self._options]
        return f"{type(self).__name__}({', '.join([*told, *['inplace=True'] * self.inplace])})"


class ReLU(Elementwise):
    """max(0, x), with derivative 0 at 0."""

    function = staticmethod(primitives.relu)


class ReLU6(Elementwise):
    """min(max(0, x), 6)."""

    function = staticmethod(primitives.relu6)


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x))."""

    function = staticmethod(primitives.sigmoid)


class Tanh(Elementwise):
    """the hyperbolic tangent of x."""

    function = staticmethod(primitives.tanh)


class LogSigmoid(Elementwise):
    """log(1 / (1 + exp(-x)))."""

    function = staticmethod(primitives.log_sigmoid)


class SELU(Elementwise):
    """1.0507 x for x > 0, else 1.7581 (exp(x) - 1)."""

    function = staticmethod(primitives.selu)


class SiLU(Elementwise):
    """x sigmoid(x)."""

    function = staticmethod(primitives.silu)


class Mish(Elementwise):
    """x tanh(softplus(x))."""

    function = staticmethod(primitives.mish)


class Softsign(Elementwise):
    """x / (1 + |x|)."""

    function = staticmethod(primitives.softsign)


class Hardsigmoid(Elementwise):
    """min(max(0, x + 3), 6) / 6."""

    function = staticmethod(primitives.hard_sigmoid)


class Hardswish(Elementwise):
    """x min(max(0, x + 3), 6) / 6."""

    function = staticmethod(primitives.hard_swish)


class Identity(Elementwise):
    """x as it is; arguments are ignored, as PyTorch ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._set({})

    def forward(self, x: Any) -> Any:
        """Return x."""
        return x


class LeakyReLU(Elementwise):
    """x for x > 0, else negative_slope x."""

    function = staticmethod(primitives.leaky_relu)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        self._set({"negative_slope": negative_slope}, inplace)


class ELU(Elementwise):
    """x for x > 0, else alpha (exp(x) - 1)."""

    function = staticmethod(primitives.elu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self._set({"alpha": alpha}, inplace)


class CELU(Elementwise):
    """max(0, x) + min(0, alpha (exp(x / alpha) - 1))."""

    function = staticmethod(primitives.celu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self._set({"alpha": alpha}, inplace)


class GELU(Elementwise):
    """x times the standard normal distribution's share below x; approximate="tanh" is the known formula."""

    function = staticmethod(primitives.gelu)

    def __init__(self, approximate: str = "none") -> None:
        self._set({"approximate": approximate})


class Softplus(Elementwise):
    """log(1 + exp(beta x)) / beta; x itself where beta x is above threshold."""

    function = staticmethod(primitives.softplus)

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self._set({"beta": beta, "threshold": threshold})


class Hardtanh(Elementwise):
    """x, kept between min_val and max_val."""

    function = staticmethod(primitives.hard_tanh)

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        self._set({"min_val": min_val, "max_val": max_val}, inplace)


class PReLU(Standard):
    """x for x > 0, else a x, with the parameter a, `weight`: one for all, or one for each channel.

    Channels are along the first axis of a sample, which is the second one of a batch; with one parameter
    any shape will do. K. He et al., "Delving Deep into Rectifiers", ICCV 2015.

    >>> PReLU()([-2.0, 2.0])
    [Value(data=-0.5), Value(data=2.0)]
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        self.num_parameters = size(num_parameters, "num_parameters of PReLU")
        self.weight = Parameter([init] * num_parameters)
        self.wants_batch = num_parameters > 1 or None

    def forward(self, x: Any) -> Any:
        """Return the function of each entry."""
        rows, shape = as_lists(x, "the input of PReLU")
        if self.num_parameters == 1:
            return like(x, self._channel(rows, self.weight[0], len(shape)))
        axis = min(1, len(shape) - 1)
        if not shape or shape[axis] != self.num_parameters:
            raise self.misfit(shape)
        return like(x, each_sample(lambda each: self._channels(each, len(shape) - axis - 1), rows, axis))

    def _channels(self, x: Any, axes: int) -> Any:
        return [self._channel(each, slope, axes) for each, slope in zip(x, self.weight)]

    def _channel(self, x: Any, slope: Any, axes: int) -> Any:
        return each_sample(lambda z: primitives.where(z > 0.0, z, slope * z), x, axes)

    def expects(self) -> str:
        return f"{self.num_parameters} channels along its second axis"

    def signature(self) -> str:
        return f"PReLU(num_parameters={self.num_parameters})"


class Softmax(Standard):
    """exp(x[i]) / (exp(x[0]) + exp(x[1]) + ...) along axis `dim`.

    >>> Softmax(dim=-1)([[0.0, 0.0], [1000.0, 0.0]])
    [[0.5, 0.5], [1.0, 0.0]]
    """

    function: Callable[..., Any] = staticmethod(softmax)

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim
        self.wants_batch = dim > 0 or None

    def forward(self, x: Any) -> Any:
        """Return the function along the axis."""
        rows, shape = as_lists(x, f"the input of {type(self).__name__}")
        axis = self.dim + len(shape) if self.dim < 0 else self.dim
        if not 0 <= axis < len(shape) or 0 in shape:
            raise self.misfit(shape)
        function = type(self).function
        return like(x, each_sample(lambda rows: _along_first(function, rows, shape[axis:]), rows, axis))

    def expects(self) -> str:
        return f"an array with an axis {self.dim}"

    def signature(self) -> str:
        return f"{type(self).__name__}(dim={self.dim})"


class LogSoftmax(Softmax):
    """x[i] - log(exp(x[0]) + exp(x[1]) + ...) along axis `dim`."""

    function = staticmethod(log_softmax)


def _along_first(function: Callable[[Any], Any], rows: Any, shape: Shape) -> Any:
    """Apply a function of a row along the first axis, for each place in the others."""
    if len(shape) == 1:
        return [*function(rows)]
    columns = [_along_first(function, [*column], (shape[0], *shape[2:])) for column in zip(*rows)]
    return [[*row] for row in zip(*columns)]
