"""A scalar autograd engine in pure Python, with the networks, losses and drawings built on it."""

from .drawing import Drawing, draw
from .ledger import explain, explain_nonfinite
from .modes import no_grad, strict
from .nn import (
    MLP,
    Layer,
    Module,
    Neuron,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    half_sum_of_squares,
    mse,
)
from .optim import SGD
from .primitives import abs_ as abs
from .primitives import (
    cos,
    dot,
    exp,
    family,
    leaky_relu,
    log,
    mean,
    primitive,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
)
from .primitives import max_ as max
from .primitives import min_ as min
from .primitives import sum_ as sum
from .training import fit
from .value import Value

__all__ = [
    "MLP",
    "SGD",
    "Drawing",
    "Layer",
    "Module",
    "Neuron",
    "Value",
    "abs",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cos",
    "dot",
    "draw",
    "exp",
    "explain",
    "explain_nonfinite",
    "family",
    "fit",
    "half_sum_of_squares",
    "leaky_relu",
    "log",
    "max",
    "mean",
    "min",
    "mse",
    "no_grad",
    "primitive",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "strict",
    "sum",
    "tanh",
]
