"""Which layers follow one another: networks with hidden layers, tied weights, residual blocks, and so on.

Each function draws a network with that many outputs (tied weights may need another number).
"""

from typing import Any, NamedTuple

import numpy as np

from .activations import KINKED
from .convolution import Conv1d, Conv2d
from .dense import TURNED, Dense, Flatten, Residual
from .normalization import Norm
from .pooling import TIES, WAYS, Pool
from .recurrent import Recurrent


class Network(NamedTuple):
    layers: list
    x: Any  # the inputs, or a list of them for a recurrent network
    samples: int  # that come out


def softmax(draw, outputs):
    features = draw.width()
    return Network([draw.dense(1, features, outputs)], draw.inputs(features), draw.samples)


def layered(draw, outputs):
    depth = draw.integer(1, 4)
    widths = [draw.width() for _ in range(depth)]
    layers = []
    for k in range(1, depth):
        layers += [draw.dense(k, widths[k - 1], widths[k]), draw.activation()]
    layers.append(draw.dense(depth, widths[-1], outputs))
    return Network(layers, draw.inputs(widths[0]), draw.samples)


def tied(draw, outputs):
    features = draw.width()
    draw_layers = autoencoder if draw.chance(0.6) else repeated
    return Network(draw_layers(draw, features, outputs), draw.inputs(features), draw.samples)


def autoencoder(draw, features, outputs):
    """W there, its transpose back: as many outputs as inputs."""
    there = draw.dense(1, features, draw.width())
    back = Dense("W1", draw.dense_bias(2, features), TURNED[draw.layout], draw.loop)
    return [there, draw.activation(), back]


def repeated(draw, features, outputs):
    """The same square W several times, with the same bias or without one."""
    first = draw.dense(1, features, features)
    again = Dense("W1", first.bias if draw.chance(0.5) else None, draw.layout, draw.loop)
    layers = [first, draw.activation()]
    for _ in range(draw.integer(1, 2)):
        layers += [again, draw.activation()]
    return [*layers, draw.dense(2, features, outputs)]


def residual(draw, outputs):
    features, width = draw.width(), draw.width()
    layers = [draw.dense(1, features, width), draw.activation()]
    number = 2
    for _ in range(draw.integer(1, 3)):
        if draw.chance(0.5):
            inner = [draw.dense(number, width, width), draw.activation()]
        else:
            middle = draw.width()
            inner = [draw.dense(number, width, middle), draw.activation()]
            number += 1
            inner.append(draw.dense(number, middle, width))
        number += 1
        layers.append(Residual(inner, draw.pick([1, 1, 0.5, 0.1])))
        if draw.chance(0.3):
            layers.append(draw.activation())
    layers.append(draw.dense(number, width, outputs))
    return Network(layers, draw.inputs(features), draw.samples)


def normalized(draw, outputs):
    features = draw.width()
    width = draw.integer(1, 6) if draw.chance(0.3) else draw.integer(3, max(4, draw.widest))
    first = draw.dense(1, features, width)
    shape = (width, 1) if draw.columns else draw.pick([(width,), (1, width)])
    for name, start in (("g", 1.0), ("s", 0.0)):
        spread = 0.0 if draw.chance(0.3) else 0.3
        draw.parameter(name, start + spread * draw.rng.normal(size=shape))
    norm = Norm(
        "g",
        "s",
        batch=draw.samples > 1 and draw.chance(0.35),
        columns=draw.columns,
        eps=draw.pick([1e-5, 1e-5, 1e-8, 1e-3]),
        style=draw.pick(["compact", "steps", "var"]),
    )
    layers = [first, norm, draw.activation(), draw.dense(2, width, outputs)]
    return Network(layers, draw.inputs(features), draw.samples)


def convolution(draw, outputs):
    draw.samples = min(draw.samples, 16)
    x, layers, filters, length = (pictures if draw.chance(0.4) else sequences)(draw)
    if length > 1 and draw.chance(0.6):
        way = draw.pick(WAYS)
        layers.append(Pool(way, draw.pick(TIES), draw.kinks))
        length = 1 if way.startswith("all") else length // 2
    layers += [Flatten(), draw.dense(1, filters * length, outputs)]
    return Network(layers, x, draw.samples)


def pictures(draw):
    filters, k, height, width = (
        draw.integer(1, 3),
        draw.integer(1, 3),
        draw.integer(3, 5),
        draw.integer(3, 5),
    )
    draw.weight("K1", filters, k, k)
    draw.bias("c1", *draw.pick([(filters,), (filters, 1), (1, filters)]))
    layers = [Conv2d("K1", "c1"), draw.activation()]
    return draw.data(draw.samples, height, width), layers, filters, (height - k + 1) * (width - k + 1)


def sequences(draw):
    channels, length = draw.integer(1, 2), draw.integer(4, 8)
    x = draw.data(draw.samples, channels, length)
    layers = []
    for number in range(1, 3 if draw.chance(0.4) else 2):
        filters, k = draw.integer(1, 3), draw.integer(1, min(3, length))
        kernel = draw.weight(f"K{number}", filters, channels, k)
        bias = draw.bias(f"c{number}", *draw.pick([(filters,), (filters, 1), (1, filters)]))
        layers += [Conv1d(kernel, bias), draw.activation()]
        channels, length = filters, length - k + 1
    return x, layers, channels, length


def recurrent(draw, outputs):
    draw.samples = min(draw.samples, 8)
    features, width, steps = draw.width(), draw.integer(1, 5), draw.integer(1, 6)
    columns, every = draw.columns, draw.chance(0.4)
    draw.weight("Wx", *((width, features) if columns else (features, width)))
    draw.weight("Wh", width, width)
    draw.bias("bh", *((width, 1) if columns else draw.pick([(width,), (1, width)])))
    state, common = (width, draw.samples), (width, 1)  # of each sample, or one for all
    if not columns:
        state, common = state[::-1], common[::-1]
    if draw.chance(0.3):
        draw.parameter("h0", 0.5 * draw.rng.normal(size=draw.pick([state, common])))
    kinds = KINKED if draw.kinky else ("tanh", "tanh", "sigmoid", "relu", "softplus")
    start = np.zeros(state, draw.dtype)
    layers = [Recurrent(draw.activation(kinds), start, columns=columns, every=every)]
    layers.append(draw.dense(1, width, outputs))
    x = [draw.inputs(features) for _ in range(steps)]
    return Network(layers, x, draw.samples * (steps if every else 1))


COMMON = ("squared", "squared", "squared", "binary", "binary", "classes", "classes", "absolute", "hinge")
FAMILIES = {  # with the losses that they end in
    "layered": (layered, COMMON),
    "softmax": (softmax, ("classes",)),
    "tied": (tied, ("squared", "squared", "squared", "absolute")),
    "residual": (residual, COMMON),
    "normalized": (normalized, COMMON),
    "convolution": (convolution, COMMON),
    "recurrent": (recurrent, COMMON),
}
OFTEN = ("layered", "layered", "layered", *FAMILIES)
