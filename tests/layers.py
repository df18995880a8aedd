"""Layers that PyTorch was asked about: `tests/reference/layers/*.json`, each a case with its numbers."""

import json
from math import inf, nan
from pathlib import Path

import numpy as np

from autograd_scratch import Value, dot, functional_call, nn

REFERENCE = Path(__file__).parent / "reference" / "layers"
TOLERANCE = 1e-11  # of the largest entry, or of an entry that is not a thousandth of it
WORDS = {"inf": inf, "-inf": -inf, "nan": nan}


class Case:
    """A module with its state, inputs, outputs and gradients, as PyTorch has them."""

    def __init__(self, family, number, entry):
        self.name = f"{family} {number}: {entry['module']}"
        self.entry = entry
        self.options = entry["options"]
        self.inputs = entry["inputs"]
        self.cotangent = flat(entry["cotangents"])
        self.slopes = [i for i, each in enumerate(entry["input gradients"]) if each is not None]

    def __repr__(self):
        return self.name

    def made(self):
        """Make the module, with the state that PyTorch's had."""
        module = eval(self.entry["module"], vars(nn) | {"nn": nn})
        module = module if isinstance(module, nn.Module) else Function(module)
        module.train(self.entry["training"])
        module.load_state_dict(self.entry["state"])
        return module

    def loss(self, outputs):
        """Return the sum of the outputs times their cotangents."""
        return dot(flat(outputs), self.cotangent)

    def loss_of(self, module, inputs, state):
        """Return the loss as a function of inputs and parameters."""
        return self.loss(functional_call(module, state, *inputs, **self.options))


class Function(nn.Module):
    """A function, as a module."""

    def __init__(self, function):
        self.forward = function

    def __repr__(self):
        return "Function()"


def flat(tree):
    """Return the entries of nested lists, tuples and arrays, but for None."""
    if isinstance(tree, np.ndarray):
        tree = tree.tolist()
    if isinstance(tree, (list, tuple)):
        return [entry for part in tree for entry in flat(part)]
    return [] if tree is None else [tree]


def values(tree):
    """Return numbers in nested lists as Values."""
    if isinstance(tree, list):
        return [values(part) for part in tree]
    return Value(tree)


def gradients(tree):
    """Return the gradients of Values in nested lists."""
    return [gradients(part) for part in tree] if isinstance(tree, list) else tree.grad


def assert_close(ours, theirs, tolerance=TOLERANCE):
    ours, theirs = flat(ours), [WORDS.get(x, x) for x in flat(theirs)]
    assert len(ours) == len(theirs)
    ours = [float(getattr(x, "data", x)) for x in ours]
    largest = max((abs(x) for x in theirs if abs(x) < inf), default=0.0)
    for x, y in zip(ours, theirs, strict=True):
        scale = max(abs(y), 1e-3 * largest)
        assert x == y or (x != x and y != y) or abs(x - y) <= tolerance * scale, (x, y)


CASES = [
    Case(path.stem, number, entry)
    for path in sorted(REFERENCE.glob("*.json"))
    for number, entry in enumerate(json.loads(path.read_text())["layers"])
]
