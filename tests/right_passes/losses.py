"""Losses, each written in several ways: `value(out)` is one number, `delta(out)` its derivative.

A loss is `factor` times a sum of terms. `delta` leaves the factor out, so that it may come early, in the
delta, or late, in the gradients.
"""

import numpy as np

from .activations import sigmoid


class Reduction:
    """How terms become one number: their mean, or a factor times their sum."""

    def __init__(self, name, factor):
        self.name, self.factor = name, factor

    def __call__(self, terms):
        return np.mean(terms) if self.name == "mean" else self.factor * np.sum(terms)

    def halved(self):
        return Reduction(f"{self.name}/2", self.factor / 2)


SUM = Reduction("sum", 1.0)


def mean(draw, y, samples):
    """Draw what a mean is over: all entries, or the samples."""
    return draw.pick([Reduction("mean", 1 / y.size), Reduction("sum/N", 1 / samples)])


class Loss:
    def __init__(self, y, reduction, *ways):
        self.y, self.reduction, self.factor = y, reduction, reduction.factor
        self.name = f"{type(self).__name__}[{','.join([reduction.name, *ways])}]"


class SquaredError(Loss):
    def __init__(self, draw, y, samples):
        if draw.chance(1 / 3):
            reduction = draw.pick([SUM, SUM.halved()])
        else:
            reduction = mean(draw, y, samples)
            reduction = reduction.halved() if draw.chance(0.4) else reduction
        super().__init__(y, reduction)

    def value(self, out):
        return self.reduction((out - self.y) ** 2)

    def delta(self, out):
        return 2 * (out - self.y)


class AbsoluteError(Loss):
    def __init__(self, draw, y, samples):
        self.kinks, self.sign = draw.kinks, draw.pick(["sign", ">", ">="])
        super().__init__(y, SUM if draw.chance(0.3) else mean(draw, y, samples), self.sign)

    def value(self, out):
        return self.reduction(np.abs(out - self.y))

    def delta(self, out):
        rest = out - self.y
        self.kinks.see("absolute error", rest, np.abs(self.y).max())
        if self.sign == "sign":
            return np.sign(rest)
        return np.where(rest > 0 if self.sign == ">" else rest >= 0, 1.0, -1.0)


class Hinge(Loss):
    """y is -1 or 1."""

    def __init__(self, draw, y, samples):
        self.kinks, self.sign = draw.kinks, draw.pick([">", ">="])
        super().__init__(y, SUM if draw.chance(0.3) else mean(draw, y, samples), self.sign)

    def value(self, out):
        return self.reduction(np.maximum(0, 1 - self.y * out))

    def delta(self, out):
        margin = 1 - self.y * out
        self.kinks.see("hinge", margin, 1.0)
        return -self.y * (margin > 0 if self.sign == ">" else margin >= 0)


class BinaryCrossEntropy(Loss):
    """A sigmoid belongs to it; y is 0 or 1, or between."""

    def __init__(self, draw, y, samples):
        self.kinks = draw.kinks
        self.form = draw.pick(["naive", "naive", "logits", "logaddexp", "eps"])
        self.back = "chain" if self.form == "eps" else draw.pick(["p-y", "p-y", "chain"])
        super().__init__(y, mean(draw, y, samples), self.form, self.back)

    def value(self, out):
        y = self.y
        if self.form == "logits":
            return self.reduction(np.maximum(out, 0) - out * y + np.log1p(np.exp(-np.abs(out))))
        if self.form == "logaddexp":
            return self.reduction(np.logaddexp(0, out) - out * y)
        a = sigmoid(out)
        if self.form == "eps":
            return self.reduction(-(y * np.log(a + 1e-9) + (1 - y) * np.log(1 - a + 1e-9)))
        return -self.reduction(y * np.log(a) + (1 - y) * np.log(1 - a))

    def delta(self, out):
        if self.form == "logits":
            self.kinks.see("stable cross-entropy", out)
        y, a = self.y, sigmoid(out)
        if self.back == "p-y":
            return a - y
        eps = 1e-9 if self.form == "eps" else 0
        return (-y / (a + eps) + (1 - y) / (1 - a + eps)) * (a * (1 - a))


class CrossEntropy(Loss):
    """A softmax belongs to it; y has a place for each class, and `labels`, if given, are the right ones."""

    def __init__(self, draw, y, samples, axis, labels=None):
        self.kinks, self.axis, self.labels = draw.kinks, axis, labels
        self.form = draw.pick(["shifted", "shifted", "naive", "log-softmax", "log-sum-exp"])
        self.back = draw.pick(["p-y", "p-y", "p-y", "jacobian"])
        reduction = SUM if draw.chance(0.25) else Reduction("sum/N", 1 / samples)
        super().__init__(y, reduction, self.form, self.back, *[] if labels is None else ["labels"])

    def value(self, out):
        log_p = self.log_softmax(out)
        if self.labels is None:
            return -self.factor * (self.y * log_p).sum()
        samples = np.arange(len(self.labels))
        right = log_p[samples, self.labels] if self.axis == 1 else log_p[self.labels, samples]
        return -self.factor * right.sum()

    def log_softmax(self, out):
        if self.form == "log-sum-exp":
            return out - np.log(self.sum(np.exp(out)))
        if self.form == "log-softmax":
            shifted = out - out.max(axis=self.axis, keepdims=True)
            return shifted - np.log(self.sum(np.exp(shifted)))
        return np.log(self.softmax(out))

    def softmax(self, out):
        if self.shifts:
            out = out - np.max(out, axis=self.axis, keepdims=True)
        e = np.exp(out)
        return e / self.sum(e)

    @property
    def shifts(self):
        """Whether the largest output is subtracted first, which is a kink where two are largest."""
        return self.form in ("shifted", "log-softmax")

    def sum(self, a):
        return a.sum(axis=self.axis, keepdims=True)

    def delta(self, out):
        self.see(out)
        p = self.softmax(out)
        if self.back == "p-y":
            return p - self.y
        dp = -self.y / p
        return p * (dp - self.sum(dp * p))

    def see(self, out):
        if self.shifts and out.shape[self.axis] > 1:
            ordered = np.sort(out, axis=self.axis)
            first, second = np.take(ordered, -1, self.axis), np.take(ordered, -2, self.axis)
            self.kinks.see("max in softmax", first - second)


LOSSES = {
    "squared": SquaredError,
    "absolute": AbsoluteError,
    "hinge": Hinge,
    "binary": BinaryCrossEntropy,
    "classes": CrossEntropy,
}
