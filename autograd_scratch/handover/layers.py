"""Which layers correspond one to one to PyTorch's, and by which attributes: a table for both directions.

Names, arguments and layouts are the same there and here. So what a layer is made with is read from its
attributes in one way, on whichever side it is:

    >>> arguments_of(nn.Linear(2, 3, bias=False))
    {'in_features': 2, 'out_features': 3, 'bias': False}
"""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from .. import nn

_CONV = "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode"
_POOL = "kernel_size stride padding ceil_mode count_include_pad"
_RECURRENT = "input_size hidden_size num_layers bias batch_first dropout bidirectional"
_NORM = "num_features eps momentum affine track_running_stats bias"

ATTRIBUTES: Mapping[str, str] = {  # what a layer is made with, in order, by the name of its class
    "Linear": "in_features out_features bias",
    **dict.fromkeys(("Conv1d", "Conv2d"), _CONV),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d"), f"{_CONV} output_padding"),
    **dict.fromkeys(
        ("MaxPool1d", "MaxPool2d"), "kernel_size stride padding dilation return_indices ceil_mode"
    ),
    "AvgPool1d": _POOL,
    "AvgPool2d": f"{_POOL} divisor_override",
    **dict.fromkeys(("LPPool1d", "LPPool2d"), "norm_type kernel_size stride ceil_mode"),
    **dict.fromkeys(("AdaptiveAvgPool1d", "AdaptiveAvgPool2d"), "output_size"),
    **dict.fromkeys(("AdaptiveMaxPool1d", "AdaptiveMaxPool2d"), "output_size return_indices"),
    "Unfold": "kernel_size dilation padding stride",
    **dict.fromkeys(("ZeroPad1d", "ZeroPad2d"), "padding"),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "InstanceNorm1d", "InstanceNorm2d"), _NORM),
    "GroupNorm": "num_groups num_channels eps affine bias",
    "LayerNorm": "normalized_shape eps elementwise_affine bias",
    "RMSNorm": "normalized_shape eps elementwise_affine",
    "Embedding": "num_embeddings embedding_dim padding_idx max_norm scale_grad_by_freq sparse",
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d"), "p inplace"),
    "RNN": f"{_RECURRENT} nonlinearity",
    "LSTM": f"{_RECURRENT} proj_size",
    "GRU": _RECURRENT,
    "RNNCell": "input_size hidden_size bias nonlinearity",
    **dict.fromkeys(("LSTMCell", "GRUCell"), "input_size hidden_size bias"),
    "MultiheadAttention": "embed_dim num_heads dropout bias=in_proj_bias add_bias_kv=bias_k add_zero_attn "
    "kdim vdim batch_first",
    "TransformerEncoderLayer": "d_model=self_attn.embed_dim nhead=self_attn.num_heads "
    "dim_feedforward=linear1.out_features dropout=dropout.p activation layer_norm_eps=norm1.eps "
    "batch_first=self_attn.batch_first norm_first bias=linear1.bias",
    **dict.fromkeys(("Identity", "LogSigmoid", "Mish", "Sigmoid", "Softsign", "Tanh"), ""),
    **dict.fromkeys(("Hardsigmoid", "Hardswish", "ReLU", "ReLU6", "SELU", "SiLU"), "inplace"),
    "LeakyReLU": "negative_slope inplace",
    **dict.fromkeys(("CELU", "ELU"), "alpha inplace"),
    "GELU": "approximate",
    "Softplus": "beta threshold",
    "Hardtanh": "min_val max_val inplace",
    "PReLU": "num_parameters",
    **dict.fromkeys(("LogSoftmax", "Softmax"), "dim"),
    "Flatten": "start_dim end_dim",
}
IS_THERE = ("bias", "add_bias_kv")  # arguments that say whether there is an array
LAYERS: Mapping[type, str] = {getattr(nn, name): name for name in ATTRIBUTES}

# what the activations of a Layer or MLP are as modules, and those of TransformerEncoderLayer
MODULES: Mapping[Any, type] = {
    nn.ACTIVATIONS[name]: kind
    for name, kind in {
        "relu": nn.ReLU,
        "leaky_relu": nn.LeakyReLU,
        "relu6": nn.ReLU6,
        "elu": nn.ELU,
        "silu": nn.SiLU,
        "mish": nn.Mish,
        "gelu": nn.GELU,
        "selu": nn.SELU,
        "celu": nn.CELU,
        "softsign": nn.Softsign,
        "sigmoid": nn.Sigmoid,
        "log_sigmoid": nn.LogSigmoid,
        "tanh": nn.Tanh,
        "hard_tanh": nn.Hardtanh,
        "hard_sigmoid": nn.Hardsigmoid,
        "hard_swish": nn.Hardswish,
    }.items()
}
ACTIVATIONS: Mapping[Any, str] = {nn.functional.relu: "relu", nn.functional.gelu: "gelu"}  # of arrays
CHAINS = (nn.Sequential, nn.Residual)


def name_of(part: Any) -> str | None:
    """Return by which name the table has a part of a model: that of its class, or of one that it is like.

    A class of somebody's own is like one of the table if it computes nothing itself.

    >>> class Mine(nn.Linear):
    ...     pass
    >>> name_of(Mine(1, 1)), name_of(nn.Sequential())
    ('Linear', None)
    """
    kind = like(part, LAYERS)
    return None if kind is None else LAYERS[kind]


def like(part: Any, kinds: Any) -> type | None:
    """Return which of some classes a part is, or computes as."""
    own = type(part)
    for kind in own.__mro__:
        if kind in kinds:
            is_same = all(getattr(own, key, 0) is getattr(kind, key, 0) for key in ("forward", "__call__"))
            return kind if is_same and "forward" not in vars(part) else None
    return None


def arguments_of(layer: Any, name: str | None = None) -> dict[str, Any]:
    """Return what a layer is made with, on either side; `name` is that of its class."""
    found = {}
    for told in ATTRIBUTES[name or type(layer).__name__].split():
        argument, _, path = told.partition("=")
        try:
            value = attrgetter(path or argument)(layer)
        except AttributeError:  # what only the other side has, and is asked for by nobody here
            continue
        found[argument] = value is not None and value is not False if argument in IS_THERE else value
    if found.get("bias") or found.get("affine") is False:  # as it is by itself, in older versions too
        found.pop("bias", None)
    return found


def named_parts(chain: nn.Sequential) -> list[tuple[str, Any]]:
    """Return the parts of a Sequential, functions too, with their names.

    >>> named_parts(nn.Sequential({"a": abs}))
    [('a', <built-in function abs>)]
    """
    parts = {id(part) for part in chain}
    return [(name, thing) for name, thing in vars(chain).items() if id(thing) in parts]
