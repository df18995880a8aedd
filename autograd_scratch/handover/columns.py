"""The functions of tensors in a graph of ONNX, under PyTorch's names, for formulas and layers.

They are written of those that onnxruntime has for floats of 64 bits.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from ..errors import ModelError
from .packages import package
from .wires import Graph, Wire

_UNARY = {
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "tanh": "Tanh",
    "relu": "Relu",
    "abs": "Abs",
    "sign": "Sign",
    "floor": "Floor",
    "ceil": "Ceil",
    "round": "Round",
    "sin": "Sin",
    "cos": "Cos",
    "detach": "Identity",
}
FURTHEST, DEGREE = 26.0, 30  # erfc is below all floats from there on; of its polynomial


class Columns:
    """The functions, in a graph; `axes_before` are those that a layer does not count, of rows or none."""

    def __init__(self, graph: Graph, axes_before: int = 0) -> None:
        self.graph = graph
        self.axes_before = axes_before
        self._stacks: dict[tuple[int, ...], Any] = {}

    def __getattr__(self, name: str) -> Callable[[Any], Wire]:
        if name not in _UNARY:
            raise ModelError(
                f"{name} is not handed over: onnxruntime does not have it for floats of 64 bits. Write it "
                "in functions such as exp, log and tanh, which it has"
            )
        return lambda x: self.graph.op(_UNARY[name], x)

    # of single columns

    def where(self, condition: Any, chosen: Any, otherwise: Any) -> Wire:
        """Return one of two tensors where a condition holds, and else the other."""
        return self.graph.op("Where", condition, chosen, otherwise)

    def truth(self, condition: Wire) -> Wire:
        """Return 1.0 where a condition holds, and 0.0 elsewhere."""
        return self.graph.op("Cast", condition, to=self.graph.onnx.TensorProto.DOUBLE)

    def sigmoid(self, x: Wire) -> Wire:
        """Return 1 / (1 + exp(-x)), with all digits.

        Those of onnxruntime's own are gone far out, and up to 1.29 it makes one operation of its product
        with x, which it does not have for floats of 64 bits.
        """
        return 1.0 / (1.0 + self.exp(-x))

    def expm1(self, x: Wire) -> Wire:
        """Return exp(x) - 1, with all digits near 0."""
        return self.tanh(x * 0.5) * (self.exp(x) + 1.0)

    def log1p(self, x: Wire) -> Wire:
        """Return log(1 + x)."""
        return self.log(x + 1.0)

    def softplus(self, x: Wire) -> Wire:
        """Return log(1 + exp(x))."""
        return self.relu(x) + self.log1p(self.exp(-self.abs(x)))

    def asinh(self, x: Wire) -> Wire:
        """Return the inverse hyperbolic sine."""
        size = self.abs(x)
        return self.sign(x) * self.log(size + self.sqrt(size * size + 1.0))

    def acosh(self, x: Wire) -> Wire:
        """Return the inverse hyperbolic cosine."""
        return self.log(x + self.sqrt(x - 1.0) * self.sqrt(x + 1.0))

    def atanh(self, x: Wire) -> Wire:
        """Return the inverse hyperbolic tangent."""
        return self.log((1.0 + x) / (1.0 - x)) * 0.5

    def erf(self, x: Wire) -> Wire:
        """Return the error function."""
        return 1.0 - self.erfc(x)

    def erfc(self, x: Wire) -> Wire:
        """Return 1 - erf(x): with t = 2 / (2 + |x|) it is t exp(-x**2 + a polynomial of t)."""
        size = self.abs(x)
        t = 2.0 / (size + 2.0)
        low, coefficients = erfc_polynomial()
        y = (t * 2.0 - (1.0 + low)) / (1.0 - low)
        last, before = t * 0.0, t * 0.0  # Clenshaw's sums
        for coefficient in coefficients[:0:-1]:
            last, before = y * 2.0 * last - before + coefficient, last
        right = t * self.exp(y * last - before + coefficients[0] - size * size)
        return self.where(x < 0.0, 2.0 - right, right)

    # of several columns

    def side_by_side(self, columns: Sequence[Wire], like: Wire | None = None) -> Wire:
        """Return columns along a new last axis, as long as the longest, or as another one."""
        key = tuple(map(id, columns))
        if key in self._stacks and like is None:
            found: Wire = self._stacks[key][1]
            return found
        if like is None and all(column.numbers is not None for column in columns):
            return self.graph.constant(self.graph.numpy.stack([column.numbers for column in columns], -1))
        long = like or next((column for column in columns if column.is_column), None)
        if long is not None:
            shape = self.graph.op("Shape", long)
            columns = [x if x.is_column else self.graph.op("Expand", x, shape) for x in columns]
        made = self.concat([self.graph.op("Unsqueeze", column, [-1]) for column in columns])
        self._stacks[key] = columns, made
        return made

    def known(self, columns: Sequence[Wire], matrix: Wire) -> None:
        """Say that columns side by side are a matrix."""
        self._stacks[tuple(map(id, columns))] = columns, matrix

    def total(self, x: Wire, axis: int = -1) -> Wire:
        """Return the sums along an axis, the last one."""
        return self.graph.op("ReduceSum", x, [axis], keepdims=0)

    def product(self, x: Wire) -> Wire:
        """Return the products along the last axis."""
        return self.graph.op("ReduceProd", x, [-1], keepdims=0)

    def largest(self, x: Wire) -> Wire:
        """Return the largest along the last axis."""
        return self.graph.op("ReduceMax", x, [-1], keepdims=0)

    first_largest = largest  # they differ in gradients alone

    def logsumexp(self, x: Wire) -> Wire:
        """Return the logarithms of sums of exponentials along the last axis."""
        top = self.graph.op("ReduceMax", x, [-1], keepdims=1)
        rest = self.log(self.graph.op("ReduceSum", self.exp(x - top), [-1], keepdims=1))
        return self.graph.op("Squeeze", top + rest, [-1])

    def length(self, x: Wire) -> Wire:
        """Return the roots of sums of squares along the last axis."""
        return self.sqrt(self.total(x * x))

    # of whole tensors

    def concat(self, tensors: Sequence[Wire], axis: int = -1) -> Wire:
        """Return tensors joined along an axis."""
        return tensors[0] if len(tensors) == 1 else self.graph.op("Concat", *tensors, axis=axis)

    def reshape(self, x: Wire, shape: Sequence[int]) -> Wire:
        """Return a tensor in another shape, in which -1 is what is left."""
        return self.graph.op("Reshape", x, [*shape])

    def transpose(self, x: Wire, order: Sequence[int]) -> Wire:
        """Return a tensor with its axes in another order."""
        return x if [*order] == sorted(order) else self.graph.op("Transpose", x, perm=[*order])

    def taken(self, x: Wire, places: Any, axis: int) -> Wire:
        """Return the entries at some places along an axis, which becomes the axes of these."""
        return self.graph.op("Gather", x, places, axis=axis)

    def part(self, x: Wire, begin: int, end: int) -> Wire:
        """Return some of the entries along the last axis."""
        return self.graph.op("Slice", x, [begin], [end], [-1])

    def mean(self, x: Wire, axes: Sequence[int], keepdims: int = 1) -> Wire:
        """Return the means along some axes."""
        return self.graph.op("ReduceMean", x, [*axes], keepdims=keepdims)

    def softmax(self, x: Wire, axis: int = -1) -> Wire:
        """Return exponentials divided by their sum along an axis."""
        return self.graph.op("Softmax", x, axis=axis)


@cache
def erfc_polynomial() -> tuple[float, list[float]]:
    """Return Chebyshev's coefficients of log(erfc(x) / t) + x**2 for t = 2 / (2 + x), from a t up to 1."""
    chebyshev = package("numpy", "to_onnx").polynomial.Chebyshev
    low = 2.0 / (2.0 + FURTHEST)

    def exponent(t: float) -> float:
        x = 2.0 / t - 2.0
        return math.log(math.erfc(x) / t) + x * x

    found = chebyshev.interpolate(lambda ts: [*map(exponent, ts)], DEGREE, domain=[low, 1.0])
    return low, found.coef.tolist()
