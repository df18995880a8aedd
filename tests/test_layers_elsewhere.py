"""Layers against numbers that others measured with PyTorch: `tests/reference/layers.json`."""

import json
from pathlib import Path

import pytest
from layers import assert_close, flat, gradients, values

from autograd_scratch import dot, nn

ENTRIES = json.loads((Path(__file__).parent / "reference" / "layers.json").read_text())["layers"]


def outputs_of(module, entry):
    """Return a module's answer, its parameters set to those of an entry, and its inputs."""
    for name, numbers in entry["params"].items():
        setattr(module, name, numbers)
    x = values(entry["inputs"]["x"])
    return module(x), {"x": x} | {name: getattr(module, name) for name in entry["params"]}


def with_mask(entry):
    """Return `outputs_of` for a dropout that leaves out what an entry says."""
    p, mask = entry["config"]["p"], flat(entry["config"]["mask"])

    class Fixed(nn.Dropout):
        def _masks(self, shape):
            return [kept / (1.0 - p) for kept in mask]

    return outputs_of(Fixed(p), entry)


NORMALIZATION = {
    "layernorm": lambda entry: outputs_of(
        nn.LayerNorm(entry["config"]["normalized_shape"], entry["config"]["eps"]), entry
    ),
    "rmsnorm": lambda entry: outputs_of(nn.RMSNorm(4, entry["config"]["eps"]), entry),
    "dropout_fixed_mask": with_mask,
    "batchnorm_train": lambda entry: outputs_of(nn.BatchNorm1d(3, entry["config"]["eps"]), entry),
}


def attention(entry):
    parts = {name: values(x) for name, x in entry["inputs"].items()}
    config = entry["config"]
    return nn.scaled_dot_product_attention(
        *parts.values(), is_causal=config["causal"], scale=config["scale"]
    ), parts


NAMES = {"w_ih": "weight_ih", "w_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"}


def recurrent(module, entry, suffix="", parts=slice(0, 1)):
    """Return the outputs of a cell, or of a layer, which begins with the state of an entry."""
    parameters = {name: getattr(module, f"{NAMES[name]}{suffix}") for name in entry["params"]}
    for name, parameter in parameters.items():
        parameter.data = entry["params"][name]
    leaves = {name: values(x) for name, x in entry["inputs"].items()}
    states = tuple([part] if suffix else part for name, part in leaves.items() if name != "x")
    answer = module(leaves["x"], states if len(states) > 1 else states[0])
    return (answer if isinstance(answer, tuple) else (answer,))[parts], leaves | parameters


RECURRENT = {
    "rnn_cell_tanh": lambda entry: recurrent(nn.RNNCell(3, 2), entry),
    "lstm_cell": lambda entry: recurrent(nn.LSTMCell(3, 2), entry, parts=slice(0, 2)),
    "lstm_unrolled": lambda entry: recurrent(nn.LSTM(3, 2), entry, "_l0"),
    "gru_unrolled": lambda entry: recurrent(nn.GRU(3, 2), entry, "_l0"),
}


def embedding(entry):
    module = nn.Embedding(5, 3)
    module.weight = entry["params"]["weight"]
    return module(entry["config"]["indices"]), {"weight": module.weight}


CALLS = NORMALIZATION | RECURRENT | {"attention": attention, "embedding": embedding}


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
