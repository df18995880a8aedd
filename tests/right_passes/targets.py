"""What the outputs are compared with: drawn freely, or nearly met, as after a long training."""

import numpy as np

from .activations import sigmoid
from .losses import LOSSES

NEARLY = 1e-8


def loss(draw, kind, out, samples):
    """Draw targets for these outputs, and a loss of this kind."""
    fitted = kind != "hinge" and draw.chance(0.12)
    if fitted:
        draw.notes.append("fitted")
    if kind == "classes":
        y, labels = classes(draw, out, samples, fitted)
        return LOSSES[kind](draw, y.astype(draw.dtype), samples, 0 if draw.columns else 1, labels)
    y = {"hinge": signs, "binary": bits}.get(kind, numbers)(draw, out, fitted)
    return LOSSES[kind](draw, y.astype(draw.dtype), samples)


def numbers(draw, out, fitted):
    noise = draw.rng.normal(size=out.shape)
    if fitted:
        size = draw.pick([float(np.abs(out).max()) or 1.0, 1.0])
        return out + NEARLY * size * noise
    y = noise * draw.pick([1.0, 1.0, 1.0, 10.0, draw.input_scale])
    if draw.kinky and draw.chance(0.3):
        y = np.where(draw.rng.random(out.shape) < 0.5, out, y)  # some are met exactly
    return y


def signs(draw, out, fitted):
    return np.where(draw.rng.random(out.shape) < 0.5, 1.0, -1.0)


def bits(draw, out, fitted):
    if fitted:
        noise = NEARLY * draw.rng.normal(size=out.shape)
        return np.clip(sigmoid(out.astype(float)) + noise, 0, 1)
    y = draw.rng.random(out.shape)
    return y if draw.chance(0.15) else (y < 0.5).astype(float)


def classes(draw, out, samples, fitted):
    """Return a row (or a column) of ones and zeros for each sample, and maybe the classes as numbers."""
    axis = 0 if draw.columns else 1
    count = out.shape[axis]
    if fitted and count > 1:
        out = out.astype(float)
        e = np.exp(out - out.max(axis=axis, keepdims=True))
        noise = NEARLY * draw.rng.normal(size=out.shape)
        return e / e.sum(axis=axis, keepdims=True) + noise - noise.mean(axis=axis, keepdims=True), None
    labels = draw.rng.integers(count, size=samples)
    y = np.eye(count)[labels]
    return (y.T if draw.columns else y), (labels if draw.chance(0.35) else None)
