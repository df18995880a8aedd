"""Normalization beside PyTorch's numbers: modes, running statistics, and what does not fit."""

import numpy as np
import pytest
from layers import values

from autograd_scratch import derive, functional_call, grad, nn
from autograd_scratch.errors import DataError, ShapeError, StateError
from autograd_scratch.nn import functional as F  # noqa: N812

X = [[1.0, 2.0], [3.0, 7.0], [5.0, 0.0]]


def numbers(outputs):
    return [[x if isinstance(x, float) else x.data for x in row] for row in outputs]


def test_running_statistics_are_used_after_eval():
    layer = nn.BatchNorm1d(2, affine=False)
    layer(X)
    layer.eval()
    before = layer.state_dict()
    for row in (*X, [100.0, 0.0]):
        expected = [
            (x - mean) / (variance + 1e-5) ** 0.5
            for x, mean, variance in zip(row, layer.running_mean, layer.running_var)
        ]
        assert numbers(layer([row]))[0] == pytest.approx(expected, rel=1e-12)
    assert layer.state_dict() == before
    assert layer.num_batches_tracked == 1


def test_running_statistics_are_numbers_and_belong_to_the_state():
    model = nn.Sequential(nn.Linear(2, 2, seed=0), nn.BatchNorm1d(2))
    model(X)
    state = model.state_dict()
    assert all(type(x) is float for x in state["1.running_mean"])
    other = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    other.load_state_dict(state)
    assert numbers(other.eval()(X)) == numbers(model.eval()(X))
    with pytest.raises(StateError, match=r"'1.running_var' must have the shape \(2,\), not \(3,\)"):
        other.load_state_dict(state | {"1.running_var": [1.0] * 3})
    with pytest.raises(StateError, match=r"'1.num_batches_tracked' is a count, not 1\.5"):
        other.load_state_dict(state | {"1.num_batches_tracked": 1.5})


def test_statistics_may_be_set_as_arrays():
    layer = nn.BatchNorm1d(2)
    layer.running_mean = np.array([1.0, 2.0])
    assert layer.state_dict()["running_mean"] == [1.0, 2.0]


def test_reset_parameters_forgets_running_statistics():
    layer = nn.BatchNorm1d(2)
    layer(X)
    before = nn.BatchNorm1d(2).state_dict()
    assert layer.state_dict() != before
    assert layer.reset_parameters().state_dict() == before


def test_functions_of_a_state_change_no_running_statistics():
    layer = nn.BatchNorm1d(2)
    before = layer.state_dict()
    functional_call(layer, {"weight": [2.0, 2.0]}, X)
    derive(lambda x: functional_call(layer, {}, x)[0][0], inputs=[X])
    derive(lambda x: layer(x)[0][0], inputs=[X])
    assert layer.state_dict() == before


def test_running_statistics_in_a_state_are_used_and_have_gradients():
    layer = nn.BatchNorm1d(1).eval()
    state = layer.state_dict() | {"running_mean": [2.0], "running_var": [4.0 - 1e-5]}
    assert functional_call(layer, state, [[3.0]])[0][0].data == pytest.approx(0.5, rel=1e-12)
    slopes = grad(lambda state: functional_call(layer, state, [[3.0]])[0][0])(state)
    assert slopes["running_mean"] == pytest.approx([-0.5], rel=1e-12)
    assert slopes["running_var"] == pytest.approx([-0.5 * 4.0**-1.5], rel=1e-12)
    assert layer.running_mean == [0.0]


def test_instances_are_normalized_alone():
    x = [[[1.0, 3.0, 8.0]], [[100.0, -3.0, 0.0]]]
    whole = nn.InstanceNorm1d(1)(x)
    assert [nn.InstanceNorm1d(1)(each) for each in x] == whole
    assert nn.InstanceNorm2d(1)([[each] for each in x]) == [[each] for each in whole]


def test_a_batch_norm_mixes_samples_in_training_alone():
    layer = nn.BatchNorm1d(2)
    assert layer.mixes_samples
    assert not layer.eval().mixes_samples
    assert nn.BatchNorm1d(2, track_running_stats=False).eval().mixes_samples
    assert not nn.InstanceNorm1d(2).mixes_samples
    assert not nn.LayerNorm(2).mixes_samples


FUNCTIONS = {
    "layer_norm": (nn.LayerNorm(3), [[1.0, 2.0, 4.0]], lambda x, w, b: F.layer_norm(x, 3, w, b)),
    "rms_norm": (nn.RMSNorm(3), [[1.0, 2.0, 4.0]], lambda x, w, b: F.rms_norm(x, (3,), w)),
    "group_norm": (nn.GroupNorm(1, 3), [[1.0, 2.0, 4.0]], lambda x, w, b: F.group_norm(x, 1, w, b)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_do_what_layers_do(name):
    layer, x, function = FUNCTIONS[name]
    layer.weight = [2.0, -1.0, 0.5]
    if getattr(layer, "bias", None) is not None:
        layer.bias = [0.1, 0.2, 0.3]
    assert numbers(function(x, layer.weight, layer.bias)) == numbers(layer(x))
    assert function(x, None, None) == numbers(type(layer)(*((1, 3) if name == "group_norm" else (3,)))(x))
    weight = values([2.0, -1.0, 0.5])
    function(x, weight, None)[0][1].backward()
    layer(x)[0][1].backward()
    assert [w.grad for w in weight] == layer.weight.grad
    with pytest.raises(ShapeError, match=r"weight of .* must have the shape \(3,\), not \(2,\)"):
        function(x, [1.0, 2.0], None)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: nn.LayerNorm(3)([1.0, 2.0]),
            ShapeError,
            r"shape \(3,\), not the shape \(2,\)",
        ),
        (lambda: nn.LayerNorm((2, 3))([1.0, 2.0, 3.0]), ShapeError, r"last axes have the shape \(2, 3\)"),
        (lambda: nn.LayerNorm(()), ShapeError, r"normalized_shape of LayerNorm has one axis or more"),
        (
            lambda: nn.LayerNorm(0),
            ShapeError,
            "normalized_shape of LayerNorm must be a whole",
        ),
        (lambda: nn.RMSNorm(2)([[]]), ShapeError, "not an empty batch"),
        (lambda: nn.RMSNorm(2, eps="a"), DataError, "eps of RMSNorm must be a real number, not 'a'"),
        (lambda: nn.LayerNorm(2, 1e-5, 1), DataError, "elementwise_affine of LayerNorm is True or False"),
        (lambda: nn.GroupNorm(2, 3), ShapeError, "3 is no multiple of 2"),
        (
            lambda: nn.GroupNorm(2, 4)([1.0, 2.0, 3.0, 4.0]),
            ShapeError,
            r"a batch, \(N, 4, ...\), and one sample as model\(\[x\]\)\[0\], not the shape \(4,\)",
        ),
        (
            lambda: nn.BatchNorm1d(2)([1.0, 2.0]),
            ShapeError,
            r"a batch, \(N, 2\) or \(N, 2, length\), and one sample as model\(\[x\]\)\[0\], not .*\(2,\)",
        ),
        (lambda: nn.BatchNorm1d(2)([[1.0], [2.0]]), ShapeError, r"not the shape \(2, 1\)"),
        (lambda: nn.BatchNorm1d(2)([]), ShapeError, "not an empty batch"),
        (
            lambda: nn.BatchNorm2d(2)([[1.0, 2.0]]),
            ShapeError,
            r"a batch, \(N, 2, height, width\), and one sample",
        ),
        (
            lambda: nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))([[2.0]]),
            ShapeError,
            r"BatchNorm1d\(1, .*\) at 1 was given one value .* more samples.*model\.eval\(\)",
        ),
        (
            lambda: nn.InstanceNorm1d(1)([[[1.0]]]),
            ShapeError,
            "one value for each channel.* more positions",
        ),
        (
            lambda: nn.InstanceNorm1d(1, momentum=None),
            DataError,
            "momentum of InstanceNorm1d must be",
        ),
        (lambda: nn.InstanceNorm1d(2)([[1.0]]), ShapeError, "samples of 2 channels with 1 more axis"),
        (
            lambda: nn.BatchNorm1d(2, momentum="a"),
            DataError,
            "momentum of BatchNorm1d must be",
        ),
    ],
)
def test_what_does_not_fit_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
