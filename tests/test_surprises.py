"""What surprises people who come from other frameworks: `tests/reference/surprises-frameworks.json`.

A table of tests by the name of an entry; each is given what was measured.
"""

import json
from math import inf
from pathlib import Path
from statistics import pstdev

import numpy as np
import pytest
from layers import assert_close, flat, gradients, values

from autograd_scratch import dot, nn
from autograd_scratch.errors import ShapeError, UnknownNameError

ENTRIES = json.loads((Path(__file__).parent / "reference" / "surprises-frameworks.json").read_text())
MEASURED = {entry["id"]: entry["value"] for entry in ENTRIES["entries"]}


def batch_norm_train(value):
    layer = nn.BatchNorm1d(2)
    assert_close(layer(value["x"]), value["out"])
    assert_close(layer.running_mean, value["running_mean"])
    assert_close(layer.running_var, value["running_var"])
    assert_close(layer.running_var, [0.9 + 0.1 * x for x in value["unbiased"]])


def batch_norm_momentum_none(value):
    layer, x = nn.BatchNorm1d(2, momentum=None), MEASURED["torch.batch_norm_train"]["x"]
    layer(x)
    layer([[2.0 * entry for entry in row] for row in x])
    assert_close(layer.running_mean, value["running_mean"])
    assert_close(layer.running_var, value["running_var"])


def batch_norm_single_value(value):
    layer = nn.BatchNorm1d(2)
    with pytest.raises(ShapeError, match="one value for each channel"):
        layer([[0.0, 0.0]])
    assert layer.num_batches_tracked == 0


def layer_norm(value):
    x = values(value["x"])
    outputs = nn.LayerNorm(3)(x)
    dot(outputs, [1.0, 10.0, 100.0]).backward()
    assert_close([y * c for y, c in zip(outputs, [1.0, 10.0, 100.0])], value["out"])
    assert_close(gradients(x), value["grad"])


def layer_norm_constant_row(value):
    x = values(value["x"])
    outputs = nn.LayerNorm(3)(x)
    outputs[0].backward()
    assert_close(outputs, value["out"])
    assert_close(gradients(x), value["grad"])


def rms_norm_eps(value):
    tiny = [1e-9, 2e-9, 4e-9]
    assert_close(nn.RMSNorm(3)(tiny), value["float64 of 1e-9*[1,2,4]"])
    assert_close(nn.RMSNorm(3, eps=1e-5)(tiny), value["float64 with eps=1e-5"])
    assert_close(nn.RMSNorm(3)([0.0, 0.0, 0.0]), value["zeros"])


def norm_defaults(value):
    assert nn.LayerNorm(2).eps == value["LayerNorm eps"]
    assert nn.GroupNorm(1, 2).eps == value["GroupNorm eps"]
    layer = nn.BatchNorm1d(2)
    assert [layer.eps, layer.momentum] == value["BatchNorm eps, momentum"]
    assert nn.InstanceNorm1d(2).affine == value["InstanceNorm affine"]
    assert nn.RMSNorm(2).eps == value["RMSNorm eps"]


def group_norm(value):
    assert_close(nn.GroupNorm(2, 4)(value["x"]), value["out"])


def dropout(value):
    everything = nn.Dropout(1.0)
    x = values([1.0, 2.0])
    outputs = everything(x)
    (outputs[0] + outputs[1]).backward()
    assert_close(gradients(x), value["p=1 grad"])
    assert_close(everything([inf, 1.0]), value["p=1 of inf 1"])
    assert_close(sorted({*nn.Dropout(0.25, seed=0)([1.0] * 50)}), value["values of p=0.25 on ones"])


NORMALIZATION = {
    "torch.batch_norm_train": batch_norm_train,
    "torch.batch_norm_momentum_none": batch_norm_momentum_none,
    "torch.batch_norm_single_value": batch_norm_single_value,
    "torch.layer_norm": layer_norm,
    "torch.layer_norm_constant_row": layer_norm_constant_row,
    "torch.rms_norm_eps": rms_norm_eps,
    "torch.norm_defaults": norm_defaults,
    "torch.group_norm": group_norm,
    "torch.dropout": dropout,
}


def causal_where_lengths_differ(value):
    """PyTorch counts queries from the first position, and we to the last one, as kept keys need it."""

    def attended(queries, keys, **mask):
        weights = [[float(2 * k + 1)] for k in range(keys)]
        return nn.scaled_dot_product_attention([[0.0]] * queries, [[0.0]] * keys, weights, **mask)

    for (queries, keys), (theirs,) in zip(((3, 2), (2, 4)), value.values()):
        first = [[k <= i for k in range(keys)] for i in range(queries)]
        assert_close(attended(queries, keys, attn_mask=first), theirs)
    assert_close(attended(3, 2, is_causal=True), [[0.0], [1.0], [2.0]])
    assert_close(attended(2, 4, is_causal=True), [[3.0], [4.0]])


def query_without_keys(value):
    query, key = values([[1.0], [1.0]]), [[0.5], [0.5]]
    outputs = nn.scaled_dot_product_attention(query, key, [[1.0], [3.0]], [[False, False], [True, False]])
    dot(flat(outputs), [1.0, 1.0]).backward()
    assert_close(outputs, value["out"])
    assert_close(gradients(query), value["query_grad"])


def layer_without_keys(value):
    """PyTorch's nan with weights is not ours: it is the bias both times, as without."""
    layer, x = nn.MultiheadAttention(2, 1, seed=0), [[1.0, 2.0], [3.0, 4.0]]
    for need_weights in (True, False):
        output, _ = layer(x, x, x, key_padding_mask=[True, True], need_weights=need_weights)
        assert_close(output, value["need_weights=False"])


def attention_init(value):
    layer = nn.MultiheadAttention(64, 2, seed=0)
    for array, bound, seen in (
        (layer.in_proj_weight, value["sqrt(6/256)"], value["in_proj bound seen"]),
        (layer.out_proj.weight, 1 / 8, value["out_proj bound seen"]),
    ):
        largest = max(map(abs, flat(array.data)))
        assert 0.99 * seen < largest <= bound
    assert [*{*layer.in_proj_bias.data}, *{*layer.out_proj.bias.data}] == value["biases"]


ATTENTION = {
    "torch.sdpa_causal_not_square": causal_where_lengths_differ,
    "torch.sdpa_masked_row": query_without_keys,
    "torch.mha_masked_row": layer_without_keys,
    "torch.mha_init": attention_init,
}


def cell(module, value, *states):
    """Return the next state of a cell with measured weights."""
    for name, numbers in value["weights"].items():
        setattr(module, name, numbers)
    return module([value["x"]], *states)


def lstm_cell(value):
    h, c = cell(nn.LSTMCell(1, 1), value, ([value["h"]], [value["c"]]))
    assert_close([h, c], [value["h_new"], value["c_new"]])


def gru_cell(value):
    assert_close(cell(nn.GRUCell(1, 1), value, [value["h"]]), value["h_new"])


def rnn_cell(value):
    assert_close(cell(nn.RNNCell(1, 1), value, [value["h"]]), value["h_new"])
    with pytest.raises(UnknownNameError, match="no nonlinearity of RNNCell is called 'sigmoid'"):
        nn.RNNCell(1, 1, nonlinearity="sigmoid")


def shapes_in_order(module):
    return [[name, [*np.shape(numbers)]] for name, numbers in module.state_dict().items()]


def lstm_projection(value):
    module = nn.LSTM(3, 4, proj_size=2)
    assert shapes_in_order(module) == value
    output, (h, c) = module([[1.0, 2.0, 3.0]])
    assert [len(output[0]), len(h[0]), len(c[0])] == [2, 2, 4]


def bidirectional_names(value):
    assert shapes_in_order(nn.GRU(3, 2, num_layers=2, bidirectional=True)) == value


def init_bounds(value):
    """Of PyTorch one seed was measured; as many numbers of ours come as near to the bound."""
    own = [abs(p.data) for p in nn.LSTM(3, 64, seed=0).parameters()]
    assert 0.999 * value["LSTM(3, 64)"] < max(own) <= value["1/sqrt(64)"]
    rows = [p.data for p in nn.Embedding(1000, 10, seed=0).parameters()]
    assert pstdev(rows) == pytest.approx(value["Embedding(10000, 10) std"], rel=0.03)


def embedding(value):
    module = nn.Embedding(3, 2, padding_idx=1, seed=0)
    assert_close(module.weight.data[1], value["padding row"])
    dot(flat(module([0, 1, 1, 0])), [1.0] * 8).backward()
    assert_close(module.weight.grad, value["grad for 0 1 1 0"])


RECURRENT = {
    "torch.lstm_cell": lstm_cell,
    "torch.gru_cell": gru_cell,
    "torch.rnn_cell": rnn_cell,
    "torch.lstm_projection": lstm_projection,
    "torch.bidirectional_names": bidirectional_names,
    "torch.init_bounds": init_bounds,
    "torch.embedding": embedding,
}
TESTS = NORMALIZATION | ATTENTION | RECURRENT


@pytest.mark.parametrize("name", TESTS)
def test_what_surprises_is_as_measured(name):
    TESTS[name](MEASURED[name])
