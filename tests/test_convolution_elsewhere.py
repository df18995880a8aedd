"""Layers against numbers that others measured with PyTorch: `tests/reference/layers.json`."""

import json
from pathlib import Path

import numpy as np
import pytest
from layers import assert_close, flat, gradients, values

from autograd_scratch import dot, nn

ENTRIES = json.loads((Path(__file__).parent / "reference" / "layers.json").read_text())["layers"]
ATTRIBUTES = {"w": "weight", "b": "bias"}


def outputs_of(module, entry):
    """Return a module's answer, its parameters set to those of an entry, and its inputs."""
    names = {name: ATTRIBUTES.get(name, name) for name in entry["params"]}
    for name, attribute in names.items():
        setattr(module, attribute, entry["params"][name])
    x = values(entry["inputs"]["x"])
    return module(x), {"x": x} | {name: getattr(module, own) for name, own in names.items()}


def conv2d(entry):
    out_channels, in_channels, *kernel = np.shape(entry["params"]["w"])
    return outputs_of(nn.Conv2d(in_channels, out_channels, tuple(kernel), **entry["config"]), entry)


def pool(kind, entry):
    kernel, *options = entry["config"].values()
    return outputs_of(kind(kernel, **dict(zip([*entry["config"]][1:], options))), entry)


CONVOLUTION = {
    "conv2d": conv2d,
    "maxpool2d": lambda entry: pool(nn.MaxPool2d, entry),
    "avgpool2d": lambda entry: pool(nn.AvgPool2d, entry),
}
CALLS = CONVOLUTION


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e["name"] in CALLS], ids=lambda e: e["name"])
def test_layers_are_pytorchs(entry):
    outputs, leaves = CALLS[entry["name"]](entry)
    assert_close(outputs, entry["outputs"])
    loss = dot(flat(outputs), flat(entry["cotangents"]))
    assert abs(loss.data - entry["loss"]) <= 1e-11 * max(1.0, abs(entry["loss"]))
    loss.backward()
    for name, gradient in entry["grads"].items():
        leaf = leaves[name]
        assert_close(leaf.grad if isinstance(leaf, nn.Parameter) else gradients(leaf), gradient)
