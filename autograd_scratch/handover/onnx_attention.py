"""How attention is written in ONNX: products, and a softmax over the keys."""

import math
from typing import Any

from .. import nn
from .columns import Columns
from .equations import equations_of_function
from .flows import Flow
from .wires import Wire


def attention(o: Columns, part: Any, given: tuple[Wire, Wire, Wire]) -> tuple[Wire, Wire]:
    """Return what comes out of attention, and the weights of keys, their mean over the heads."""
    samples = [x if part.batch_first else o.transpose(x, (1, 0, 2)) for x in given]  # (N, L, features)
    query, key, value = (_heads(o, part, i, x) for i, x in enumerate(samples))
    scores = (query * (1.0 / math.sqrt(part.head_dim))) @ o.transpose(key, (0, 1, 3, 2))
    weights = o.softmax(scores)
    found = o.transpose(weights @ value, (0, 2, 1, 3))
    outputs = linear(o, part.out_proj, o.reshape(found, (0, 0, part.embed_dim)))
    return (
        outputs if part.batch_first else o.transpose(outputs, (1, 0, 2)),
        o.mean(weights, [1], keepdims=0),
    )


def encoder_layer(o: Columns, part: nn.TransformerEncoderLayer, x: Wire, flow: Flow) -> Wire:
    """Return what a block of attention and of a network gives."""

    def network(x: Wire) -> Wire:
        inside = of_each(o, part.activation, linear(o, part.linear1, x))
        return linear(o, part.linear2, inside)

    if part.norm_first:
        inner = layer_norm(o, part.norm1, x, flow)
        x = x + attention(o, part.self_attn, (inner, inner, inner))[0]
        return x + network(layer_norm(o, part.norm2, x, flow))
    x = layer_norm(o, part.norm1, x + attention(o, part.self_attn, (x, x, x))[0], flow)
    return layer_norm(o, part.norm2, x + network(x), flow)


def linear(o: Columns, part: Any, x: Wire, flow: Flow | None = None) -> Wire:
    """Return the products of x and the weights, and the bias."""
    made = x @ o.graph.constant(o.graph.numpy.array(part.weight.data).T)
    return made if part.bias is None else made + o.graph.constant(part.bias.data)


def of_each(o: Columns, function: Any, x: Wire) -> Wire:
    """Return a function of each entry."""
    equations = equations_of_function(function)
    answers: list[Wire] = equations.run(o, [x], [], [*map(o.graph.constant, equations.constants)])
    return answers[0]


def layer_norm(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return x normalized over its last axes."""
    axes = [*range(-len(part.normalized_shape), 0)]
    if isinstance(part, nn.RMSNorm):
        eps = part.eps if part.eps is not None else float(o.graph.numpy.finfo(float).eps)
        made = x / o.sqrt(o.mean(x * x, axes) + eps)
    else:
        made = normalized(o, x, axes, part.eps)
    return affine(o, part, made, ())


def normalized(o: Columns, x: Wire, axes: list[int], eps: float) -> Wire:
    """Return x with the mean 0 and the variance 1 over some axes."""
    centred = x - o.mean(x, axes)
    return centred / o.sqrt(o.mean(centred * centred, axes) + eps)


def affine(o: Columns, part: Any, x: Wire, after: tuple[int, ...]) -> Wire:
    """Return x times the weight plus the bias, if there are; `after` are ones for the axes after theirs."""
    for name in ("weight", "bias"):
        parameter = getattr(part, name)
        if parameter is not None:
            numbers = o.graph.numpy.array(parameter.data)
            constant = o.graph.constant(numbers.reshape(*numbers.shape, *after))
            x = x * constant if name == "weight" else x + constant
    return x


def _heads(o: Columns, part: Any, i: int, x: Wire) -> Wire:
    """Return queries, keys or values, which are parts 0, 1 and 2, as (N, heads, L, features)."""
    own = slice(i * part.embed_dim, (i + 1) * part.embed_dim)
    array = o.graph.numpy.array
    if part.in_proj_weight is None:
        weight = array(getattr(part, f"{'qkv'[i]}_proj_weight").data)
    else:
        weight = array(part.in_proj_weight.data)[own]
    made = x @ o.graph.constant(weight.T)
    if part.in_proj_bias is not None:
        made = made + o.graph.constant(array(part.in_proj_bias.data)[own])
    return o.transpose(o.reshape(made, (0, 0, part.num_heads, part.head_dim)), (0, 2, 1, 3))
