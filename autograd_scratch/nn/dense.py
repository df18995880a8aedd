"""Fully connected networks: `Neuron`, `Layer`, and `MLP`, the multilayer perceptron.

A neuron is two nodes of the graph however many inputs it has: the dot product of weights and inputs
plus the bias, and the activation of that. Activations are given by name or as a function of a Value;
so are initializers. Weights are random, from `seed` (an int or a `random.Random`; None for fresh ones
at each call), and biases zero, unless exact ones are given.
"""

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from operator import index
from typing import Any

from .. import primitives
from ..errors import DataError, ShapeError, UnknownNameError, look_up
from ..ieee import describe, real
from ..primitives.arguments import is_row
from ..seeds import Seed, random_from
from ..value import Value, dot_rows
from .initializers import INITIALIZERS, Initializer, glorot_uniform, he_uniform
from .module import Module, ParameterName

Activation = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """Return `x` as it is.

    >>> linear(2.0)
    2.0
    """
    return x


_RECTIFIERS = ("relu", "leaky_relu", "relu6", "elu", "silu", "mish", "gelu", "softplus")
_METHODS = (
    *_RECTIFIERS,
    *("selu", "celu", "softsign", "sigmoid", "log_sigmoid", "tanh", "sin"),
    *("hard_tanh", "hard_sigmoid", "hard_swish"),
)
ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    **{name: getattr(Value, name) for name in _METHODS},
}


class Neuron(Module):
    """activation(w[0] x[0] + ... + b), with `nin` inputs; without activation by `nonlin=False`.

    >>> neuron = Neuron(2, "sigmoid", weights=[0.5, -0.25], bias=0.1)
    >>> neuron([1.0, 2.0])
    Value(data=0.52497918747894)
    """

    def __init__(
        self,
        nin: int,
        activation: str | Activation = "relu",
        *,
        nonlin: bool = True,
        weights: Iterable[Any] | None = None,
        bias: Any = 0.0,
        init: str | Initializer | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin = _size(nin, "inputs")
        self.activation = _activation(activation, nonlin)
        if weights is None:
            (weights,) = _draw(self.nin, 1, self.activation, init, seed)
        self.w = [_parameter(weight) for weight in _several(weights, self.nin, "weights of a neuron")]
        self.b = _parameter(bias)

    def forward(self, x: Sequence[Any]) -> Value:
        """Return the answer to `x`, a sequence of `nin` numbers or Values; one may come without a list."""
        (weighted,) = dot_rows([(self.w, self.b)], _inputs(self, x))
        value: Value = self.activation(weighted)
        return value

    @property
    def nonlin(self) -> bool:
        """Whether there is an activation, as micrograd has it."""
        return self.activation is not linear

    @nonlin.setter
    def nonlin(self, nonlin: bool) -> None:
        present = vars(self).get("activation", linear)
        relu = ACTIVATIONS["relu"]
        self.activation = linear if not nonlin else relu if present is linear else present

    def signature(self) -> str:
        return f"Neuron({self.nin}, {_called(self.activation)})"


class Layer(Module):
    """`nout` neurons that share `nin` inputs; `weights` has a row a neuron, `biases` an entry.

    As in micrograd the activation is "relu" unless another one is given, and `nonlin=False` is "linear",
    which PyTorch's `Linear` is.

    >>> layer = Layer(2, 2, "linear", weights=[[1.0, 2.0], [3.0, 4.0]], biases=[0.0, 1.0])
    >>> layer([1.0, 1.0])
    [Value(data=3.0), Value(data=8.0)]
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | Activation = "relu",
        *,
        nonlin: bool = True,
        weights: Iterable[Iterable[Any]] | None = None,
        biases: Iterable[Any] | None = None,
        init: str | Initializer | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin, self.nout = _size(nin, "inputs"), _size(nout, "outputs")
        activation = _activation(activation, nonlin)
        if weights is None:
            weights = _draw(self.nin, self.nout, activation, init, seed)
        rows = _several(weights, self.nout, "rows of weights of a layer, one a neuron")
        offsets = _several([0.0] * self.nout if biases is None else biases, self.nout, "biases of a layer")
        self.neurons = [
            Neuron(self.nin, activation, weights=row, bias=offset) for row, offset in zip(rows, offsets)
        ]

    def forward(self, x: Sequence[Any]) -> Any:
        """Return the answers to `x`: a Value where there is one neuron, a list where there are several."""
        return _unwrapped(self.outputs(x))

    def outputs(self, x: Sequence[Any]) -> list[Value]:
        """Return the answers to `x`, always as a list."""
        if {*map(type, self.neurons)} != {Neuron}:  # there are others among them, which know what they do
            return [neuron(x) for neuron in self.neurons]
        weighted = dot_rows([(neuron.w, neuron.b) for neuron in self.neurons], _inputs(self, x))
        return [neuron.activation(z) for neuron, z in zip(self.neurons, weighted)]

    def signature(self) -> str:
        return f"Layer({self.nin}, {self.nout}, {_called(self.neurons[0].activation)})"


class MLP(Module):
    """A chain of layers: `nin` inputs, then as many neurons a layer as `nouts` says.

    `activation` is that of the layers inside, `output` that of the last one: names, as on the page of
    `autograd_scratch.nn`, or functions. Weights are drawn by `init`, by default He's for rectifiers and
    Glorot's for others, the same for the same `seed`; or they are given: `weights[k][i][j]` goes from
    input j to neuron i of layer k, and `biases[k][i]` belongs to that neuron.

    It is called with one sample, `nin` numbers or Values, and gives a Value, or a list of them where it
    has several outputs. Another number of inputs is a ShapeError.

    >>> model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=42)
    >>> model
    MLP(2, [4, 1]), 17 parameters
      layers.0: Layer(2, 4, 'sigmoid'), 12 parameters
        neurons.0 to 3: Neuron(2, 'sigmoid'), 3 parameters each
      layers.1: Layer(4, 1, 'sigmoid'), 5 parameters
        neurons.0: Neuron(4, 'sigmoid'), 5 parameters
    >>> print(f"{model([1.0, 0.0]):.6f}")
    0.295210
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        *,
        weights: Iterable[Iterable[Iterable[Any]]] | None = None,
        biases: Iterable[Iterable[Any]] | None = None,
        init: str | Initializer | None = None,
        seed: Seed = None,
    ) -> None:
        sizes = [*nouts] if isinstance(nouts, Iterable) else [nouts]
        outside = (activation,) if isinstance(nouts, Iterable) else (activation, output)
        more = [n for n in outside if isinstance(n, Integral) and not isinstance(n, bool)]
        if more or not isinstance(nouts, Iterable):
            raise ShapeError(f"nouts are the sizes of all layers after the inputs: write {[*sizes, *more]}")
        sizes = [nin, *sizes]
        depth = len(sizes) - 1
        if not depth:
            raise ShapeError("an MLP needs at least one layer; write nouts=[1], say")
        random, inner, last = random_from(seed), _activation(activation), _activation(output)
        unset: list[Any] = [None] * depth
        given_weights = _several(unset if weights is None else weights, depth, "weights, one a layer")
        given_biases = _several(unset if biases is None else biases, depth, "biases, one a layer")
        self.layers = [
            Layer(fan_in, fan_out, called, weights=w, biases=b, init=init, seed=random)
            for fan_in, fan_out, called, w, b in zip(
                sizes, sizes[1:], [inner] * (depth - 1) + [last], given_weights, given_biases
            )
        ]

    def forward(self, x: Sequence[Any]) -> Any:
        """Return the answer to `x`: a Value where there is one output, a list where there are several."""
        for layer in self.layers:
            outputs = layer.outputs(x) if type(layer) is Layer else layer(x)
            x = [outputs] if isinstance(outputs, Value) else outputs
        return _unwrapped(x)

    def signature(self) -> str:
        nin, *nouts = [getattr(self.layers[0], "nin", "..."), *map(_called_size, self.layers)]
        return f"MLP({nin}, [{', '.join(nouts)}])"


def _activation(activation: str | Activation, nonlin: bool = True) -> Activation:
    """Look an activation up by its name, or by the package's function of that name."""
    if isinstance(activation, bool):  # in micrograd's place for nonlin
        activation, nonlin = "relu", activation
    if not nonlin:
        return linear
    if activation == "softmax":
        raise UnknownNameError(
            "softmax is of all outputs together, and an activation of one: leave the outputs linear, train "
            "them by loss='cross_entropy', and write softmax(model(x)) for probabilities"
        )
    if not callable(activation):
        return look_up(activation, ACTIVATIONS, "activation")
    name = getattr(activation, "__name__", "")
    # a method of Value is faster than the function, which has to look what it is given
    return ACTIVATIONS[name] if name in _METHODS and activation is getattr(primitives, name) else activation


def _called(activation: Activation) -> str:
    names = [repr(name) for name, known in ACTIVATIONS.items() if known is activation]
    return names[0] if names else str(getattr(activation, "__name__", activation)).rstrip("_")


def _called_size(layer: Any) -> str:
    """Return the number of a layer's outputs, or the name of one that does not tell it."""
    return str(getattr(layer, "nout", type(layer).__name__))


def _draw(
    nin: int, nout: int, activation: Activation, init: str | Initializer | None, seed: Seed
) -> list[list[float]]:
    """Draw the weights of a layer, neuron by neuron."""
    random = random_from(seed)
    if init is None:
        init = he_uniform if activation in map(ACTIVATIONS.get, _RECTIFIERS) else glorot_uniform
    draw = init if callable(init) else look_up(init, INITIALIZERS, "initializer")
    return [[draw(random, nin, nout) for _ in range(nin)] for _ in range(nout)]


def _parameter(number: Any) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _size(size: Any, what: str) -> int:
    try:
        whole = index(size)
    except TypeError:
        whole = 0
    if whole < 1:
        raise ShapeError(f"the number of {what} must be a whole number from 1 on, not {describe(size)}")
    return whole


def _several(things: Iterable[Any], count: int, what: str) -> list[Any]:
    if not is_row(things):
        raise ShapeError(f"expected {count} {what}, not {describe(things)}")
    things = list(things)
    if len(things) != count:
        raise ShapeError(f"expected {count} {what}, not {len(things)}")
    return things


def _inputs(module: "Neuron | Layer", x: Any) -> list[Value | float]:
    """Check and convert inputs, once for all the neurons that share them; one may come without a list."""
    if module.nin == 1 and isinstance(x, (Real, Value)):
        x = [x]
    if not isinstance(x, (list, tuple)):
        x = [*x] if is_row(x) else x
    if not isinstance(x, (list, tuple)) or len(x) != module.nin:
        raise _refusal(module, x)
    try:
        return [entry if entry.__class__ is Value else real(entry, "an input") for entry in x]
    except DataError:
        if any(map(is_row, x)):
            raise _refusal(module, x) from None
        raise


def _refusal(module: "Neuron | Layer", x: Any) -> ShapeError:
    """Say what is wrong with inputs: a batch, another number of them, or none."""
    named = (p.name.module for p in module.parameters(frozen=True) if isinstance(p.name, ParameterName))
    place = next(named, "")
    if isinstance(module, Layer):
        place = place.removesuffix("neurons.0").rstrip(".")
    told = f"{module.signature()}{f' at {place}' if place else ''}"
    inputs = f"{module.nin} input{'s' * (module.nin != 1)}"
    if not isinstance(x, list | tuple):
        return ShapeError(f"expected {inputs} for {told}, not {describe(x)}")
    if any(map(is_row, x)):
        return ShapeError(
            f"{told} takes one sample of {inputs} at a time; for a batch write [model(x) for x in X]"
        )
    return ShapeError(f"expected {inputs} for {told}, not {len(x)}")


def _unwrapped(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else values
