"""A scalar autograd engine in pure Python: it derives the backward pass, draws it, and checks yours.

    >>> from autograd_scratch import Value, explain
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b + a
    >>> c.backward()
    >>> a.grad, b.grad
    (-2.0, 2.0)

A `Value` is a number that remembers what it was computed from. `c.backward()` gives every leaf its
gradient, `draw(c)` is the picture of all that, and `explain(c, a)` the account of one gradient. Go on with
networks, with the derived code, or with the gradients that you derived by hand, as you like: all names on
this page are imported from `autograd_scratch` itself. Only what stands on the pages of its rooms is not:
data sets are in `autograd_scratch.datasets`, and errors, a `DataError` for what is no number and a
`ShapeError` for what does not fit, in `autograd_scratch.errors`.

## Formulas

- Numbers with a gradient: `Value`; without graphs: `no_grad`; on arrays: `values`, `data`, `gradients`
- Pictures and accounts: `draw`, `Drawing`; `explain`; a nan: `explain_nonfinite`, `strict`; what each line
  of a program computed: `steps`

## Networks

- Models: `MLP`, `Layer`, `Neuron`; your own: `Module`, `functional_call`; layers and losses of PyTorch's
  names, such as `nn.Conv2d`, are in `autograd_scratch.nn`, more of training in `autograd_scratch.optim`
- Weights in files, as safetensors: `save`, `load`; models for PyTorch and ONNX, and from PyTorch:
  `to_torch`, `to_onnx`, `from_torch`
- Losses: `mse`, `half_sum_of_squares`, `smooth_l1`, `binary_cross_entropy`,
  `binary_cross_entropy_with_logits`, `cross_entropy`, `mse_loss`, `smooth_l1_loss`
- Training: `fit`, and `sweep` over seeds and settings, with `SGD`, `Adam`, `AdamW`, `NAdam`, `RMSprop`,
  `Adagrad`, `Adadelta`; `EarlyStopping`, `Checkpoint`, `Callback`; `clip_grad_norm`, `clip_grad_norm_`
- What is wrong with a network or its training: `lint`
- In plots, beside that of the history that `fit` gives: `plot_boundary`, `plot_gradients`

## Derivatives

- As code that one can read and run: `derive`, `Program`
- Of functions: `grad`, `value_and_grad`, `vjp`, `jvp`, `jacobian`, `hessian`, `hvp`
- Is mine right? `compare`, `assert_gradients`, `mark`; any function: `gradcheck`, `numerical_gradient`; the
  step of an optimizer: `compare_update`
- Rules of your own: `primitive`, `family`, `check_primitive`

## Functions

Of numbers, Values, and arrays of either, entry by entry; `autograd_scratch.primitives` says what they do at
hard points. `sum`, `max`, `min`, `abs`, `round` and `pow` of plain arguments are Python's own.

- Powers, logarithms: `exp`, `exp2`, `expm1`, `log`, `log2`, `log10`, `log1p`, `pow`, `sqrt`, `rsqrt`,
  `cbrt`, `square`, `reciprocal`
- Angles: `sin`, `cos`, `tan`, `asin`, `acos`, `atan`, `atan2`, `sinh`, `cosh`, `tanh`, `asinh`, `acosh`,
  `atanh`, `degrees`, `radians`, `sinc`
- Special: `erf`, `erfc`, `gamma`, `lgamma`, `digamma`
- Pieces: `abs`, `fabs`, `sign`, `step`, `copysign`, `floor`, `ceil`, `trunc`, `round`, `fmod`, `remainder`,
  `clamp`, `clip`, `where`, `minimum`, `maximum`
- One node of many terms: `sum`, `fsum`, `mean`, `prod`, `max`, `min`, `dot`, `sumprod`, `hypot`, `norm`,
  `dist`, `logsumexp`, `logaddexp`, `softmax`, `log_softmax`
- Activations: `sigmoid`, `log_sigmoid`, `logsigmoid`, `softplus`, `softsign`, `relu`, `relu6`,
  `leaky_relu`, `elu`, `selu`, `celu`, `silu`, `mish`, `gelu`, `hard_tanh`, `hardtanh`, `hard_sigmoid`,
  `hardsigmoid`, `hard_swish`, `hardswish`
"""

import typing as _typing

from . import errors as errors
from . import nn as nn
from . import optim as optim
from .arrays import data, gradients, log_softmax, logsumexp, softmax, values
from .elsewhere import tell_elsewhere as _tell_elsewhere
from .ledger import explain, explain_nonfinite
from .modes import no_grad, strict
from .namesakes import abs as abs
from .namesakes import max as max
from .namesakes import min as min
from .namesakes import pow as pow
from .namesakes import round as round
from .namesakes import sum as sum
from .nn import (
    MLP,
    Layer,
    Module,
    Neuron,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    functional_call,
    half_sum_of_squares,
    mse,
    smooth_l1,
)
from .nn import mse as mse_loss
from .nn import smooth_l1 as smooth_l1_loss
from .optim import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, RMSprop, clip_grad_norm
from .optim import clip_grad_norm as clip_grad_norm_
from .plotting import plot_boundary, plot_gradients
from .primitives import abs_ as fabs
from .primitives import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    celu,
    clamp,
    copysign,
    cos,
    cosh,
    degrees,
    digamma,
    dist,
    dot,
    elu,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    family,
    floor,
    fmod,
    fsum,
    gamma,
    gelu,
    hard_sigmoid,
    hard_swish,
    hard_tanh,
    hypot,
    leaky_relu,
    lgamma,
    log1p,
    log2,
    log10,
    log_sigmoid,
    logaddexp,
    maximum,
    mean,
    minimum,
    mish,
    norm,
    primitive,
    prod,
    radians,
    reciprocal,
    relu,
    relu6,
    remainder,
    rsqrt,
    selu,
    sigmoid,
    sign,
    silu,
    sin,
    sinc,
    sinh,
    softplus,
    softsign,
    sqrt,
    square,
    step,
    sumprod,
    tan,
    tanh,
    trunc,
    where,
)
from .primitives import clamp as clip
from .primitives import hard_sigmoid as hardsigmoid
from .primitives import hard_swish as hardswish
from .primitives import hard_tanh as hardtanh
from .primitives import log_sigmoid as logsigmoid
from .primitives import logarithm as log
from .program import Program, derive
from .stepping import steps
from .tab import public as _public
from .training import Callback, Checkpoint, EarlyStopping, fit, sweep
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .value import Value

if _typing.TYPE_CHECKING:  # else only when they are asked for, see _LATER
    from . import datasets as datasets
    from .checking import (
        assert_gradients,
        check_primitive,
        compare,
        compare_update,
        gradcheck,
        mark,
        numerical_gradient,
    )
    from .drawing import Drawing, draw
    from .handover import from_torch, to_onnx, to_torch
    from .linting import lint
    from .weights import load, save

__version__ = "0.2.0"

__all__ = [
    "MLP", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Callback", "Checkpoint", "Drawing",
    "EarlyStopping", "Layer", "Module", "NAdam", "Neuron", "Program", "RMSprop", "Value", "acos", "acosh",
    "asin", "asinh", "assert_gradients", "atan", "atan2", "atanh", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "cbrt", "ceil", "celu", "check_primitive", "clamp", "clip",
    "clip_grad_norm", "clip_grad_norm_", "compare", "compare_update", "copysign", "cos", "cosh",
    "cross_entropy", "data", "degrees", "derive", "digamma", "dist", "dot", "draw", "elu", "erf", "erfc",
    "exp", "exp2", "explain", "explain_nonfinite", "expm1", "fabs", "family", "fit", "floor", "fmod",
    "from_torch", "fsum", "functional_call", "gamma", "gelu", "grad", "gradcheck", "gradients",
    "half_sum_of_squares", "hard_sigmoid", "hard_swish", "hard_tanh", "hardsigmoid", "hardswish",
    "hardtanh", "hessian", "hvp", "hypot", "jacobian", "jvp", "leaky_relu", "lgamma", "lint", "load", "log",
    "log1p", "log2", "log10", "log_sigmoid", "log_softmax", "logaddexp", "logsigmoid", "logsumexp", "mark",
    "maximum", "mean", "minimum", "mish", "mse", "mse_loss", "no_grad", "norm", "numerical_gradient",
    "plot_boundary", "plot_gradients", "primitive", "prod", "radians", "reciprocal", "relu", "relu6",
    "remainder", "rsqrt", "save", "selu", "sigmoid", "sign", "silu", "sin", "sinc", "sinh", "smooth_l1",
    "smooth_l1_loss", "softmax", "softplus", "softsign", "sqrt", "square", "step", "steps", "strict",
    "sumprod", "sweep", "tan", "tanh", "to_onnx", "to_torch", "trunc", "value_and_grad", "values", "vjp",
    "where",
]  # fmt: skip


_LATER = {  # rooms that are imported when they are asked for: what most programs need takes 3/5 of all
    "checking": (
        *("assert_gradients", "check_primitive", "compare", "compare_update", "gradcheck", "mark"),
        "numerical_gradient",
    ),
    "datasets": (),
    "drawing": ("Drawing", "draw"),
    "handover": ("from_torch", "to_onnx", "to_torch"),
    "linting": ("lint",),
    "weights": ("load", "save"),
}
_tell_elsewhere(__name__, "nn", "optim", "datasets", "training", later=_LATER)


def __dir__() -> list[str]:
    later = {name for names in _LATER.values() for name in names}
    return sorted({*_public(globals(), "datasets", "errors", "nn", "optim"), "datasets", *later})
