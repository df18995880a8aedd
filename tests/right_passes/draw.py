"""The choices that a whole model shares: how many samples, how large the numbers are, which layout."""

import numpy as np

from .activations import KINKED, SMOOTH, Activation
from .dense import TURNED, Dense
from .kinks import Kinks

BIASES = {"(H,)": lambda h: (h,), "(1,H)": lambda h: (1, h), "(H,1)": lambda h: (h, 1)}


class Draw:
    """Draws parameters, data and layers; `params` and `notes` collect what was drawn."""

    def __init__(self, rng, family):
        self.rng = rng
        self.params, self.weights, self.notes = {}, [], []
        self.dtype = np.float32 if self.chance(0.2) else np.float64
        self.kinks = Kinks(self.dtype)
        self.samples = self.integer(*self.pick([(1, 6)] * 7 + [(7, 16)] * 2 + [(17, 64)]))
        self.widest = 8 if self.samples <= 6 else 6 if self.samples <= 16 else 4
        self.draw_sizes()
        self.draw_layout(family)

    def draw_sizes(self):
        self.weight_scale = 1.0 if self.chance(0.45) else 10 ** self.rng.uniform(-2, 1)
        if abs(np.log10(self.weight_scale)) > 0.5:
            self.notes.append(f"w~{self.weight_scale:.2g}")
        self.input_scale = 1.0
        if self.chance(0.15):
            self.input_scale = float(10.0 ** self.pick([-6, -4, -3, -2, 2, 3, 4, 6]))
            self.notes.append(f"x*{self.input_scale:g}")
        self.kinky = self.chance(0.15)  # made to sit on kinks
        self.whole = self.kinky and self.chance(0.5)  # of small whole numbers: exact zeros, and ties
        if self.kinky:
            self.notes.append("whole" if self.whole else "kinky")

    def draw_layout(self, family):
        self.columns = family != "convolution" and self.chance(0.4)  # the samples are columns
        self.layout = "WX" if self.columns else "XW"
        if self.chance(0.25):
            self.layout = TURNED[self.layout]
        self.loop = self.chance(0.25)
        self.bias_form = self.pick(["(H,1)", *BIASES] if self.columns else ["(H,)", "(1,H)", *BIASES])
        self.biased = self.kinky or self.chance(0.9)

    def pick(self, options):
        return options[self.rng.integers(len(options))]

    def chance(self, probability):
        return bool(self.rng.random() < probability)

    def integer(self, low, high):
        """Return a whole number up to and including `high`."""
        return int(self.rng.integers(low, high + 1))

    def width(self):
        return self.integer(1, self.widest if self.chance(0.4) else min(self.widest, 4))

    def weight(self, name, *shape):
        if self.whole:
            values = self.rng.integers(-2, 3, shape) * self.weight_scale
        else:
            values = self.rng.normal(size=shape) * self.weight_scale
            if self.chance(0.3):
                values = values / np.sqrt(shape[0])
        self.weights.append(name)
        return self.parameter(name, values)

    def bias(self, name, *shape):
        values = self.rng.normal(size=shape) * self.pick([0.1, 1.0, self.weight_scale])
        return self.parameter(name, np.zeros(shape) if self.kinky or self.chance(0.25) else values)

    def parameter(self, name, values):
        self.params[name] = values.astype(self.dtype)
        return name

    def data(self, *shape):
        """Return inputs, a sample a row; of a kinky model some samples are zero."""
        x = self.rng.integers(-2, 3, shape) if self.whole else self.rng.normal(size=shape)
        x = x * self.input_scale
        if self.kinky:
            x[self.rng.random(shape[0]) < 0.4] = 0.0
        return x.astype(self.dtype)

    def inputs(self, features):
        x = self.data(self.samples, features)
        return x.T.copy() if self.columns else x

    def activation(self, among=()):
        return Activation(self, self.pick(among or (KINKED if self.kinky else SMOOTH + KINKED)))

    def dense(self, number, inputs, outputs):
        """Draw W1 and b1, say, and return their layer."""
        tall = self.layout in ("XW", "WtX")
        weights = self.weight(f"W{number}", *((inputs, outputs) if tall else (outputs, inputs)))
        return Dense(weights, self.dense_bias(number, outputs), self.layout, self.loop)

    def dense_bias(self, number, outputs):
        return self.bias(f"b{number}", *BIASES[self.bias_form](outputs)) if self.biased else None
