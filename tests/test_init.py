"""Initializers by the names of torch.nn.init: what they draw, from what, and what they refuse."""

import json
import math
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
import pytest

from autograd_scratch import nn
from autograd_scratch.errors import DataError, RangeError, ShapeError, UnknownNameError
from autograd_scratch.nn import init

REFERENCE = Path(__file__).parent / "reference" / "surprises-frameworks.json"
SURPRISES = {entry["id"]: entry["value"] for entry in json.loads(REFERENCE.read_text())["entries"]}
SHAPE = (40, 10, 5)  # 50 inputs an output, 200 outputs an input
UNIFORM = {
    "uniform_": (lambda w: init.uniform_(w, -0.5, 0.5, seed=0), 0.5),
    "xavier_uniform_": (lambda w: init.xavier_uniform_(w, gain=2.0, seed=0), 2 * math.sqrt(6 / 250)),
    "kaiming_uniform_": (
        lambda w: init.kaiming_uniform_(w, a=math.sqrt(5), seed=0),
        1 / math.sqrt(50),
    ),
    "kaiming_uniform_ of fan_out": (
        lambda w: init.kaiming_uniform_(w, mode="fan_out", nonlinearity="relu", seed=0),
        math.sqrt(6 / 200),
    ),
}
NORMAL = {
    "normal_": (lambda w: init.normal_(w, 1.0, 0.5, seed=0), 1.0, 0.5),
    "xavier_normal_": (lambda w: init.xavier_normal_(w, seed=0), 0.0, math.sqrt(2 / 250)),
    "kaiming_normal_": (
        lambda w: init.kaiming_normal_(w, nonlinearity="tanh", seed=0),
        0.0,
        5 / 3 / math.sqrt(50),
    ),
    "trunc_normal_": (
        lambda w: init.trunc_normal_(w, seed=0),
        0.0,
        SURPRISES["torch.trunc_normal"]["std after cutting at std 1"],
    ),
    "trunc_normal_ far out": (lambda w: init.trunc_normal_(w, std=0.02, seed=0), 0.0, 0.02),
}


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_numbers_fill_their_bounds(name):
    draw, bound = UNIFORM[name]
    numbers = np.ravel(draw(nn.Parameter.zeros(*SHAPE)).data)
    assert 0.99 * bound < abs(numbers).max() <= bound
    assert abs(fmean(numbers)) < 5 * bound / math.sqrt(3 * numbers.size)


@pytest.mark.parametrize("name", NORMAL)
def test_normal_numbers_have_their_mean_and_deviation(name):
    draw, mean, std = NORMAL[name]
    numbers = np.ravel(draw(nn.Parameter.zeros(*SHAPE)).data).tolist()
    assert abs(fmean(numbers) - mean) < 5 * std / math.sqrt(len(numbers))
    assert abs(pstdev(numbers) / std - 1) < 5 / math.sqrt(2 * len(numbers))


@pytest.mark.parametrize("nonlinearity", SURPRISES["torch.init_gains"])
def test_gains_are_pytorchs(nonlinearity):
    gain = SURPRISES["torch.init_gains"][nonlinearity]
    assert math.isclose(init.calculate_gain(nonlinearity), gain, rel_tol=1e-12)


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 2, 3)])
def test_orthogonal_rows_or_columns(shape):
    matrix = np.array(init.orthogonal_(nn.Parameter.zeros(*shape), gain=2.0, seed=0).data).reshape(
        shape[0], -1
    )
    product = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(product, 4.0 * np.eye(len(product)), atol=1e-13)


def test_a_dirac_convolution_gives_its_input():
    layer = nn.Parameter.zeros(2, 2, 3, 3)
    assert init.dirac_(layer).data == [
        [[[0, 0, 0], [0, float(i == j), 0], [0, 0, 0]] for j in range(2)] for i in range(2)
    ]


def test_a_sparse_matrix_has_its_share_of_zeros_in_each_column():
    numbers = np.array(init.sparse_(nn.Parameter.zeros(10, 4), 0.25, seed=0).data)
    assert (numbers == 0).sum(axis=0).tolist() == [3, 3, 3, 3]


def test_equal_seeds_draw_equal_numbers():
    weights = [init.normal_(nn.Parameter.zeros(2, 2), seed=3).data for _ in range(2)]
    assert weights[0] == weights[1]


def test_a_layer_keeps_its_leaves():
    layer = nn.Linear(3, 2, seed=0)
    leaves = layer.parameters()
    assert init.zeros_(layer.bias) is layer.bias
    assert init.ones_(layer.weight).data == [[1.0] * 3] * 2
    assert layer.parameters() == leaves


@pytest.mark.parametrize("name", ["torch.init_bounds"])
def test_linear_layers_are_drawn_as_pytorchs(name):
    bound = SURPRISES[name]["all three first bounds"]
    layer = nn.Linear(16, 400, seed=0)
    for numbers in (np.ravel(layer.weight.data), np.ravel(layer.bias.data)):
        assert 0.97 * bound < abs(numbers).max() <= bound


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: init.zeros_([0.0]), DataError, r"such as layer.weight, not \[0.0\] \(list\)"),
        (lambda: init.xavier_uniform_(nn.Parameter.zeros(3)), ShapeError, "needs at least 2 axes"),
        (lambda: init.eye_(nn.Parameter.zeros(3, 3, 3)), ShapeError, "eye_ needs a matrix"),
        (lambda: init.kaiming_normal_(nn.Parameter.zeros(3, 3), mode="fan"), UnknownNameError, "no mode"),
        (lambda: init.calculate_gain("rely"), UnknownNameError, "did you mean 'relu'"),
        (lambda: init.trunc_normal_(nn.Parameter.zeros(3), mean=9.0), RangeError, "hardly any"),
    ],
)
def test_what_cannot_be_drawn_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
