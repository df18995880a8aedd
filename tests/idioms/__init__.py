"""Idioms: small forward passes as people write them, each with the parameters at which it is tried.

    @idiom(W=(3, 2), b=(2,))     # shapes of the parameters, drawn at random
    def sigmoid_layer(W, b):
        return np.sum(1 / (1 + np.exp(-(X @ W + b))))

Every one runs on plain NumPy, and imports nothing of ours. Where `needs_branch` says why, no Program can be
derived, since it would have to go two ways. `samples.py` is the data set, `definition.py` measures
gradients; every other file is a family, and its name stands before the dot in the name of an idiom.
"""

from importlib import import_module
from pkgutil import iter_modules

from .definition import IDIOMS, agree, altered

for room in iter_modules(__path__):
    import_module(f"{__name__}.{room.name}")

__all__ = ["IDIOMS", "agree", "altered"]
