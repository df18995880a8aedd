"""Activations: each has several ways to write it, and several ways to write its derivative.

A function takes z. A derivative takes z and a = f(z), since many are written with a alone.
"""

from typing import NamedTuple

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_stable(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid_by_tanh(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def tanh_by_exp(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def softplus_stable(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def swish_slope(z, a):
    s = sigmoid(z)
    return s + z * s * (1 - s)


def swish_slope_by_a(z, a):
    return a + sigmoid(z) * (1 - a)


class Form(NamedTuple):
    """The ways to write a function and its derivative by name, and those of the former that have a kink."""

    functions: dict
    derivatives: dict
    kinked: tuple = ()


def leaky(slope):
    return Form(
        {
            "where": lambda z: np.where(z > 0, z, slope * z),
            "max": lambda z: np.maximum(slope * z, z),
        },
        {
            "z>0": lambda z, a: np.where(z > 0, 1.0, slope),
            "z>=0": lambda z, a: np.where(z >= 0, 1.0, slope),
        },
        kinked=("where", "max"),
    )


FORMS = {
    "sigmoid": Form(
        {"naive": sigmoid, "stable": sigmoid_stable, "tanh": sigmoid_by_tanh},
        {
            "a(1-a)": lambda z, a: a * (1 - a),
            "a-a2": lambda z, a: a - a**2,
            "s(z)s(-z)": lambda z, a: sigmoid(z) * sigmoid(-z),
            "exp": lambda z, a: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        },
        kinked=("stable",),  # smooth, but written with kinks
    ),
    "tanh": Form(
        {"np": np.tanh, "exp": tanh_by_exp},
        {
            "1-a2": lambda z, a: 1 - a**2,
            "1-tanh2": lambda z, a: 1 - np.tanh(z) ** 2,
            "(1-a)(1+a)": lambda z, a: (1 - a) * (1 + a),
            "cosh": lambda z, a: 1 / np.cosh(z) ** 2,
        },
    ),
    "softplus": Form(
        {
            "naive": lambda z: np.log(1 + np.exp(z)),
            "stable": softplus_stable,
            "logaddexp": lambda z: np.logaddexp(0, z),
        },
        {"sigmoid": lambda z, a: sigmoid(z), "1-exp(-a)": lambda z, a: 1 - np.exp(-a)},
        kinked=("stable",),
    ),
    "swish": Form({"z*s": lambda z: z * sigmoid(z)}, {"s": swish_slope, "a": swish_slope_by_a}),
    "relu": Form(
        {
            "max(0,z)": lambda z: np.maximum(0, z),
            "max(z,0)": lambda z: np.maximum(z, 0),
            "z*(z>0)": lambda z: z * (z > 0),
            "where>": lambda z: np.where(z > 0, z, 0.0),
            "where>=": lambda z: np.where(z >= 0, z, 0.0),
        },
        {
            "z>0": lambda z, a: z > 0,
            "z>=0": lambda z, a: z >= 0,
            "a>0": lambda z, a: a > 0,
            "where": lambda z, a: np.where(z > 0, 1.0, 0.0),
        },
        kinked=("max(0,z)", "max(z,0)", "z*(z>0)", "where>", "where>="),
    ),
    "leaky0.01": leaky(0.01),
    "leaky0.2": leaky(0.2),
    "abs": Form(
        {"np": np.abs, "built in": abs},
        {
            "sign": lambda z, a: np.sign(z),
            "z>0": lambda z, a: np.where(z > 0, 1.0, -1.0),
            "z>=0": lambda z, a: np.where(z >= 0, 1.0, -1.0),
        },
        kinked=("np", "built in"),
    ),
}
SMOOTH = ("sigmoid", "tanh", "softplus", "swish")
KINKED = ("relu", "relu", "leaky0.01", "leaky0.2", "abs")


class Activation:
    def __init__(self, draw, kind):
        form = FORMS[kind]
        self.kind, self.kinks = kind, draw.kinks
        way, derivative = draw.pick(list(form.functions)), draw.pick(list(form.derivatives))
        self.function, self.derivative = form.functions[way], form.derivatives[derivative]
        self.kinked = way in form.kinked
        self.name = f"{kind}[{way},{derivative}]"

    def forward(self, p, z):
        a = self.function(z)
        return a, (z, a)

    def backward(self, p, da, cache, gradients):
        z, a = cache
        if self.kinked:
            self.kinks.see(self.kind, z)
        return da * self.derivative(z, a)
