"""Layers without parameters as functions of arrays, by the names of `torch.nn.functional`.

    >>> from autograd_scratch.nn import functional as F
    >>> F.relu([[-1.0, 2.0]]), F.softmax([0.0, 0.0], dim=-1)
    ([[0.0, 2.0]], [0.5, 0.5])

They take what layers take: lists, arrays of NumPy's, Values and numbers, and give lists back for lists.
Losses are there too, those of `autograd_scratch`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..elsewhere import tell_elsewhere
from ..errors import ShapeError
from ..primitives import dot
from ..seeds import Seed
from . import activations, pooling, rearranging
from .attention import scaled_dot_product_attention as scaled_dot_product_attention
from .convolution import conv1d as conv1d
from .convolution import conv2d as conv2d
from .dropout import Dropout
from .lists import Array
from .losses import binary_cross_entropy as binary_cross_entropy
from .losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .losses import cosine_embedding_loss as cosine_embedding_loss
from .losses import cosine_similarity as cosine_similarity
from .losses import cross_entropy as cross_entropy
from .losses import gaussian_nll_loss as gaussian_nll_loss
from .losses import hinge_embedding_loss as hinge_embedding_loss
from .losses import huber_loss as huber_loss
from .losses import kl_div as kl_div
from .losses import l1_loss as l1_loss
from .losses import margin_ranking_loss as margin_ranking_loss
from .losses import mse_loss as mse_loss
from .losses import multi_margin_loss as multi_margin_loss
from .losses import nll_loss as nll_loss
from .losses import pairwise_distance as pairwise_distance
from .losses import poisson_nll_loss as poisson_nll_loss
from .losses import smooth_l1_loss as smooth_l1_loss
from .losses import soft_margin_loss as soft_margin_loss
from .losses import triplet_margin_loss as triplet_margin_loss
from .normalization import Affine, GroupNorm, LayerNorm, RMSNorm
from .shapes import Shape, as_lists, each_sample, like

tell_elsewhere(__name__)


def _function(layer: type[Any], name: str) -> Callable[..., Any]:
    """Return what a layer does, with its options after the input."""

    def function(input: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: A002
        return layer(*args, **kwargs)(input)

    function.__name__ = function.__qualname__ = name
    formula = (layer.__doc__ or "").partition("\n")[0]
    function.__doc__ = f"{formula}\n\nThe input comes before the arguments of `{layer.__name__}`."
    return function


relu = _function(activations.ReLU, "relu")
relu6 = _function(activations.ReLU6, "relu6")
leaky_relu = _function(activations.LeakyReLU, "leaky_relu")
elu = _function(activations.ELU, "elu")
selu = _function(activations.SELU, "selu")
celu = _function(activations.CELU, "celu")
gelu = _function(activations.GELU, "gelu")
silu = _function(activations.SiLU, "silu")
mish = _function(activations.Mish, "mish")
softplus = _function(activations.Softplus, "softplus")
softsign = _function(activations.Softsign, "softsign")
sigmoid = _function(activations.Sigmoid, "sigmoid")
logsigmoid = _function(activations.LogSigmoid, "logsigmoid")
tanh = _function(activations.Tanh, "tanh")
hardtanh = _function(activations.Hardtanh, "hardtanh")
hardsigmoid = _function(activations.Hardsigmoid, "hardsigmoid")
hardswish = _function(activations.Hardswish, "hardswish")
softmax = _function(activations.Softmax, "softmax")
log_softmax = _function(activations.LogSoftmax, "log_softmax")
max_pool1d = _function(pooling.MaxPool1d, "max_pool1d")
max_pool2d = _function(pooling.MaxPool2d, "max_pool2d")
avg_pool1d = _function(pooling.AvgPool1d, "avg_pool1d")
avg_pool2d = _function(pooling.AvgPool2d, "avg_pool2d")
lp_pool1d = _function(pooling.LPPool1d, "lp_pool1d")
lp_pool2d = _function(pooling.LPPool2d, "lp_pool2d")
adaptive_avg_pool1d = _function(pooling.AdaptiveAvgPool1d, "adaptive_avg_pool1d")
adaptive_avg_pool2d = _function(pooling.AdaptiveAvgPool2d, "adaptive_avg_pool2d")
adaptive_max_pool1d = _function(pooling.AdaptiveMaxPool1d, "adaptive_max_pool1d")
adaptive_max_pool2d = _function(pooling.AdaptiveMaxPool2d, "adaptive_max_pool2d")
unfold = _function(rearranging.Unfold, "unfold")


def linear(input: Any, weight: Any, bias: Any = None) -> Any:  # noqa: A002
    """y[j] = sum over i of weight[j][i] input[i], plus bias[j]: what `Linear` does, with these arrays.

    >>> linear([1.0, 2.0], [[3.0, 4.0]], [0.5])
    [11.5]
    """
    rows, shape = as_lists(input, "the input of linear")
    weights, _ = as_lists(weight, "the weight of linear")
    offsets = as_lists(bias, "the bias of linear")[0] if bias is not None else [None] * len(weights)
    pairs = [*zip(weights, offsets)]
    answer = each_sample(lambda x: [dot(w, x, b) for w, b in pairs], rows, len(shape) - 1)
    return like(input, answer)


def dropout(
    input: Any,  # noqa: A002
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    seed: Seed = None,
) -> Any:
    """0 with probability p, else input / (1 - p), where `training`: what `Dropout` does.

    In `fit` it draws as a layer does; elsewhere a `seed` leaves out the same in each call.

    >>> dropout([1.0, 2.0, 3.0, 4.0], training=False)
    [1.0, 2.0, 3.0, 4.0]
    """
    return Dropout(p, inplace, seed=seed).train(training)(input)


def layer_norm(
    input: Any,  # noqa: A002
    normalized_shape: int | Sequence[int],
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias, over the last axes: what `LayerNorm` does.

    >>> layer_norm([1.0, 3.0], (2,), bias=[0.0, 1.0])
    [-0.9999950000374997, 1.9999950000374997]
    """
    layer = LayerNorm(normalized_shape, eps, elementwise_affine=False)
    return _with(layer, layer.normalized_shape, weight, bias)(input)


def rms_norm(
    input: Any,  # noqa: A002
    normalized_shape: int | Sequence[int],
    weight: Any = None,
    eps: float | None = None,
) -> Any:
    """X / sqrt(mean of x**2 + eps) * weight, over the last axes: what `RMSNorm` does.

    >>> rms_norm([3.0, 4.0], 2)
    [0.848528137423857, 1.131370849898476]
    """
    layer = RMSNorm(normalized_shape, eps, elementwise_affine=False)
    return _with(layer, layer.normalized_shape, weight, None)(input)


def group_norm(
    input: Any,  # noqa: A002
    num_groups: int,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias, over groups of channels: what `GroupNorm` does.

    >>> group_norm([[[1.0], [3.0]]], 1)
    [[[-0.9999950000374997], [0.9999950000374997]]]
    """
    _, shape = as_lists(input, "the input of group_norm")
    if len(shape) < 2:
        raise ShapeError(f"group_norm takes a batch, (N, channels, ...), not the shape {shape}")
    layer = GroupNorm(num_groups, shape[1], eps, affine=False)
    return _with(layer, shape[1:2], weight, bias)(input)


def _with(layer: Affine, shape: Shape, weight: Any, bias: Any) -> Affine:
    """Return a layer with weights and biases that were given, or say which shape they must have."""
    for name, given in (("weight", weight), ("bias", bias)):
        if given is not None:
            rows, own = as_lists(given, f"the {name} of {type(layer).__name__}")
            if own != shape:
                raise ShapeError(
                    f"the {name} of {type(layer).__name__} must have the shape {shape}, not {own}"
                )
            setattr(layer, name, Array(rows))
    return layer
