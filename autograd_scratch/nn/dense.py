"""Fully connected networks: `Neuron`, `Layer`, and `MLP`, the multilayer perceptron.

A neuron is two nodes of the graph however many inputs it has: the dot product of weights and inputs
plus the bias, and the activation of that. Activations are given by name or as a function of a Value;
so are initializers. Weights are random, from `seed` (an int or a `random.Random`; None for fresh ones
at each call), and biases zero, unless exact ones are given.
"""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from ..errors import ShapeError, look_up
from ..ieee import describe, real
from ..value import Value, dot_rows
from .initializers import INITIALIZERS, Initializer, glorot_uniform, he_uniform
from .module import Module

Activation = Callable[[Any], Any]
Seed = int | Random | None


def linear(x: Any) -> Any:
    """Return `x` as it is.

    >>> linear(2.0)
    2.0
    """
    return x


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "relu": Value.relu,
    "leaky_relu": Value.leaky_relu,
    "softplus": Value.softplus,
    "sigmoid": Value.sigmoid,
    "tanh": Value.tanh,
}
_RECTIFIERS = (Value.relu, Value.leaky_relu, Value.softplus)


class Neuron(Module):
    """activation(w · x + b), with `nin` inputs.

    >>> neuron = Neuron(2, "sigmoid", weights=[0.5, -0.25], bias=0.1)
    >>> neuron([1.0, 2.0])
    Value(data=0.52497918747894)
    """

    def __init__(
        self,
        nin: int,
        activation: str | Activation = "relu",
        *,
        weights: Iterable[Any] | None = None,
        bias: Any = 0.0,
        init: str | Initializer | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin = _size(nin, "inputs")
        self.activation = _activation(activation)
        if weights is None:
            weights = _draw(nin, 1, self.activation, init, seed)[0]
        self.w = [_parameter(weight) for weight in _several(weights, nin, "weights of a neuron")]
        self.b = _parameter(bias)

    def __call__(self, x: Sequence[Any]) -> Value:
        """Return the answer to `x`, a sequence of `nin` numbers or Values."""
        (weighted,) = dot_rows([(self.w, self.b)], _inputs(self, x))
        value: Value = self.activation(weighted)
        return value

    def signature(self) -> str:
        return f"Neuron({self.nin}, {_called(self.activation)})"


class Layer(Module):
    """`nout` neurons that share `nin` inputs; `weights` has a row a neuron, `biases` an entry.

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
        weights: Iterable[Iterable[Any]] | None = None,
        biases: Iterable[Any] | None = None,
        init: str | Initializer | None = None,
        seed: Seed = None,
    ) -> None:
        self.nin, self.nout = _size(nin, "inputs"), _size(nout, "outputs")
        self.activation = _activation(activation)
        if weights is None:
            weights = _draw(nin, nout, self.activation, init, seed)
        rows = _several(weights, nout, "rows of weights of a layer, one a neuron")
        offsets = _several([0.0] * nout if biases is None else biases, nout, "biases of a layer")
        self.neurons = [
            Neuron(nin, self.activation, weights=row, bias=offset) for row, offset in zip(rows, offsets)
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        """Return the answers to `x`: a Value where there is one neuron, a list where there are several."""
        return _unwrapped(self.outputs(x))

    def outputs(self, x: Sequence[Any]) -> list[Value]:
        """Return the answers to `x`, always as a list."""
        weighted = dot_rows([(neuron.w, neuron.b) for neuron in self.neurons], _inputs(self, x))
        return [neuron.activation(z) for neuron, z in zip(self.neurons, weighted)]

    def signature(self) -> str:
        return f"Layer({self.nin}, {self.nout}, {_called(self.activation)})"


class MLP(Module):
    """A chain of layers: `nin` inputs, then as many neurons a layer as `nouts` says.

    `activation` is that of the layers inside, `output` that of the last one. Weights are drawn by
    `init`, by default He's for rectifiers and Glorot's for others, or given: `weights[k][i][j]` goes
    from input j to neuron i of layer k, and `biases[k][i]` belongs to that neuron.

    >>> model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=42)
    >>> model
    MLP(2, [4, 1]) · 17 parameters
      layers.0: Layer(2, 4, 'sigmoid') · 12 parameters
        neurons.0 to 3: Neuron(2, 'sigmoid') · 3 parameters each
      layers.1: Layer(4, 1, 'sigmoid') · 5 parameters
        neurons.0: Neuron(4, 'sigmoid') · 5 parameters
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
        if isinstance(nouts, int):
            raise ShapeError(
                f"nouts is the sizes of all layers after the inputs; write [{nouts}], not {nouts}"
            )
        if not nouts:
            raise ShapeError("an MLP needs at least one layer; write nouts=[1], say")
        random = seed if isinstance(seed, Random) else Random(seed)
        depth = len(nouts)
        given_weights = (
            [None] * depth if weights is None else _several(weights, depth, "weights, one a layer")
        )
        given_biases = [None] * depth if biases is None else _several(biases, depth, "biases, one a layer")
        self.layers = [
            Layer(fan_in, fan_out, called, weights=w, biases=b, init=init, seed=random)
            for fan_in, fan_out, called, w, b in zip(
                [nin, *nouts], nouts, [activation] * (depth - 1) + [output], given_weights, given_biases
            )
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        """Return the answer to `x`: a Value where there is one output, a list where there are several."""
        for layer in self.layers:
            x = layer.outputs(x)
        return _unwrapped(x)

    def signature(self) -> str:
        return f"MLP({self.layers[0].nin}, {[layer.nout for layer in self.layers]})"


def _activation(activation: str | Activation) -> Activation:
    return activation if callable(activation) else look_up(activation, ACTIVATIONS, "activation")


def _called(activation: Activation) -> str:
    names = [name for name, known in ACTIVATIONS.items() if known is activation]
    return repr(names[0]) if names else getattr(activation, "__name__", repr(activation))


def _draw(
    nin: int, nout: int, activation: Activation, init: str | Initializer | None, seed: Seed
) -> list[list[float]]:
    """Draw the weights of a layer, neuron by neuron."""
    random = seed if isinstance(seed, Random) else Random(seed)
    if init is None:
        init = he_uniform if activation in _RECTIFIERS else glorot_uniform
    draw = init if callable(init) else look_up(init, INITIALIZERS, "initializer")
    return [[draw(random, nin, nout) for _ in range(nin)] for _ in range(nout)]


def _parameter(number: Any) -> Value:
    return number if isinstance(number, Value) else Value(number)


def _size(size: Any, what: str) -> int:
    if not isinstance(size, int) or size < 1:
        raise ShapeError(f"the number of {what} must be a whole number from 1 on, not {describe(size)}")
    return size


def _several(things: Iterable[Any], count: int, what: str) -> list[Any]:
    if isinstance(things, str) or not isinstance(things, Iterable):
        raise ShapeError(f"expected {count} {what}, not {describe(things)}")
    things = list(things)
    if len(things) != count:
        raise ShapeError(f"expected {count} {what}, not {len(things)}")
    return things


def _inputs(module: "Neuron | Layer", x: Any) -> list[Value | float]:
    """Check and convert inputs, once for all the neurons that share them."""
    if not isinstance(x, (list, tuple)) or len(x) != module.nin:
        weight = module.w[0] if isinstance(module, Neuron) else module.neurons[0].w[0]
        x = _several(x, module.nin, f"inputs for {module.signature()}, whose first weight is {weight.name}")
    return [entry if entry.__class__ is Value else real(entry, "an input") for entry in x]


def _unwrapped(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else values
