"""How arrays of parameters are drawn, by the names of `torch.nn.init`: `nn.init.zeros_(layer.bias)`.

Each function sets all entries of a `Parameter` and returns it; `seed` is a whole number or a
`random.Random`. For the fans an array is (outputs, inputs, kernel...), as the weights of `Linear` and of
convolutions are.

References: X. Glorot, Y. Bengio, AISTATS 2010 (xavier); K. He et al., ICCV 2015 (kaiming); A. M. Saxe et
al., ICLR 2014 (orthogonal); J. Martens, ICML 2010 (sparse).
"""

import math
from collections.abc import Callable
from math import prod
from random import Random
from typing import Any

from ..errors import DataError, RangeError, ShapeError, look_up
from ..ieee import describe, real
from ..seeds import Seed, random_from
from .parameter import Parameter

GAINS: dict[str, Callable[[float], float]] = {
    **dict.fromkeys(("linear", "identity", "sigmoid", "conv1d", "conv2d"), lambda _: 1.0),
    "tanh": lambda _: 5.0 / 3.0,
    "relu": lambda _: math.sqrt(2.0),
    "leaky_relu": lambda slope: math.sqrt(2.0 / (1.0 + slope * slope)),
    "selu": lambda _: 0.75,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return by what a standard deviation is multiplied before a nonlinearity; `param` is a leaky slope.

    >>> calculate_gain("tanh"), calculate_gain("leaky_relu", 0.0) == calculate_gain("relu")
    (1.6666666666666667, True)
    """
    slope = 0.01 if param is None else real(param, "param of calculate_gain")
    return look_up(nonlinearity, GAINS, "nonlinearity")(slope)


def uniform_(tensor: Parameter, a: float = 0.0, b: float = 1.0, seed: Seed = None) -> Parameter:
    """Draw uniformly from a to b."""
    random = random_from(seed)
    return _filled(tensor, lambda: random.uniform(a, b))


def normal_(tensor: Parameter, mean: float = 0.0, std: float = 1.0, seed: Seed = None) -> Parameter:
    """Draw from a normal distribution."""
    random = random_from(seed)
    return _filled(tensor, lambda: random.gauss(mean, std))


def trunc_normal_(
    tensor: Parameter,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    seed: Seed = None,
) -> Parameter:
    """Draw from a normal distribution, anew what is not from a to b: numbers, not standard deviations."""
    random = random_from(seed)
    if not a < b or a > mean + 4.0 * std or b < mean - 4.0 * std:
        raise RangeError(f"of numbers around {mean} with std={std} hardly any is from a={a} to b={b}")

    def draw() -> float:
        while not a <= (number := random.gauss(mean, std)) <= b:
            pass
        return number

    return _filled(tensor, draw)


def constant_(tensor: Parameter, val: float) -> Parameter:
    """Set all entries to a number."""
    number = real(val, "val of constant_")
    return _filled(tensor, lambda: number)


def zeros_(tensor: Parameter) -> Parameter:
    """Set all entries to 0."""
    return constant_(tensor, 0.0)


def ones_(tensor: Parameter) -> Parameter:
    """Set all entries to 1."""
    return constant_(tensor, 1.0)


def eye_(tensor: Parameter) -> Parameter:
    """Set a matrix to the identity: as far as it goes, if it is not square.

    >>> eye_(Parameter.zeros(2, 3)).data
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    rows, columns = _matrix(tensor, "eye_")
    tensor.data = [[float(i == j) for j in range(columns)] for i in range(rows)]
    return tensor


def dirac_(tensor: Parameter) -> Parameter:
    """Set the weights of a convolution so that it gives its input channels, as many as it can.

    >>> dirac_(Parameter.zeros(1, 1, 3)).data
    [[[0.0, 1.0, 0.0]]]
    """
    outputs, inputs, *kernel = _checked(tensor, "dirac_", 3)
    middle = sum(length // 2 * prod(kernel[axis + 1 :]) for axis, length in enumerate(kernel))
    at = {(i * inputs + i) * prod(kernel) + middle for i in range(min(outputs, inputs))}
    places = iter(range(tensor.numel()))
    return _filled(tensor, lambda: float(next(places) in at))


def xavier_uniform_(tensor: Parameter, gain: float = 1.0, seed: Seed = None) -> Parameter:
    """Draw uniformly from ±gain sqrt(6 / (fan_in + fan_out))."""
    limit = gain * math.sqrt(6.0 / sum(fans(tensor)))
    return uniform_(tensor, -limit, limit, seed)


def xavier_normal_(tensor: Parameter, gain: float = 1.0, seed: Seed = None) -> Parameter:
    """Draw from a normal distribution of standard deviation gain sqrt(2 / (fan_in + fan_out))."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(fans(tensor))), seed)


def kaiming_uniform_(
    tensor: Parameter,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    seed: Seed = None,
) -> Parameter:
    """Draw uniformly from ±gain sqrt(3 / fan); `a` is the slope of a leaky rectifier."""
    limit = math.sqrt(3.0) * _kaiming(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -limit, limit, seed)


def kaiming_normal_(
    tensor: Parameter,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    seed: Seed = None,
) -> Parameter:
    """Draw from a normal distribution of standard deviation gain / sqrt(fan)."""
    return normal_(tensor, 0.0, _kaiming(tensor, a, mode, nonlinearity), seed)


def orthogonal_(tensor: Parameter, gain: float = 1.0, seed: Seed = None) -> Parameter:
    """Draw orthonormal rows, or columns if these are the fewer, times gain; kernels count as columns."""
    rows, *others = _checked(tensor, "orthogonal_", 2)
    columns = prod(others)
    random = random_from(seed)
    basis: list[list[float]] = []
    while len(basis) < min(rows, columns):
        vector = [random.gauss(0.0, 1.0) for _ in range(max(rows, columns))]
        for other in basis * 2:  # twice is enough
            share = math.fsum(map(float.__mul__, vector, other))
            vector = [x - share * y for x, y in zip(vector, other)]
        length = math.hypot(*vector)
        if length > 1e-8:
            basis.append([x / length for x in vector])
    matrix = basis if rows <= columns else [*zip(*basis)]
    entries = iter([gain * x for row in matrix for x in row])
    return _filled(tensor, lambda: next(entries))


def sparse_(tensor: Parameter, sparsity: float, std: float = 0.01, seed: Seed = None) -> Parameter:
    """Draw from a normal distribution, and set a share of each column to 0."""
    rows, columns = _matrix(tensor, "sparse_")
    random: Random = random_from(seed)
    normal_(tensor, 0.0, std, random)
    numbers = tensor.data
    for column in range(columns):
        for row in random.sample(range(rows), math.ceil(sparsity * rows)):
            numbers[row][column] = 0.0
    tensor.data = numbers
    return tensor


def fans(tensor: Parameter) -> tuple[int, int]:
    """Return how many inputs each output has, and how many outputs each input.

    >>> fans(Parameter.zeros(8, 3, 5, 5))
    (75, 200)
    """
    outputs, inputs, *kernel = _checked(tensor, "this initializer", 2)
    return inputs * prod(kernel), outputs * prod(kernel)


def _kaiming(tensor: Parameter, a: float, mode: str, nonlinearity: str) -> float:
    fan = dict(zip(("fan_in", "fan_out"), fans(tensor)))
    return calculate_gain(nonlinearity, a) / math.sqrt(look_up(mode, fan, "mode"))


def _filled(tensor: Any, draw: Callable[[], float]) -> Parameter:
    found: Parameter = _parameter(tensor)
    found.fill(draw)
    return found


def _parameter(tensor: Any) -> Parameter:
    if not isinstance(tensor, Parameter):
        raise DataError(
            f"what is drawn is an array of parameters, such as layer.weight, not {describe(tensor)}; for "
            "one of your own write Parameter([[0.0, 0.0]])"
        )
    return tensor


def _checked(tensor: Any, what: str, least: int) -> tuple[int, ...]:
    shape = _parameter(tensor).shape
    if len(shape) < least:
        raise ShapeError(f"{what} needs at least {least} axes, and this array has the shape {shape}")
    return shape


def _matrix(tensor: Any, what: str) -> tuple[int, ...]:
    shape = _checked(tensor, what, 2)
    if len(shape) != 2:
        raise ShapeError(f"{what} needs a matrix, and this array has the shape {shape}")
    return shape
