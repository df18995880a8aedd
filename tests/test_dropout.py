"""Layers that leave out entries by chance."""

import copy
import math
import pickle

import numpy as np
import pytest

from autograd_scratch import Value, derive, nn
from autograd_scratch.errors import RangeError, ShapeError, TracingError


def test_what_is_kept_is_scaled_and_about_as_much_is_left_out_as_is_said():
    for p in (0.1, 0.25, 0.5, 0.9):
        layer = nn.Dropout(p, seed=0)
        entries = [x for _ in range(20) for x in layer([1.0] * 500)]
        assert {*entries} == {0.0, 1.0 / (1.0 - p)}
        share = entries.count(0.0) / len(entries)
        assert abs(share - p) < 4.0 * math.sqrt(p * (1.0 - p) / len(entries))


def test_gradients_go_where_numbers_go():
    x = [Value(float(i)) for i in range(20)]
    outputs = nn.Dropout(0.5, seed=1)(x)
    for entry, output in zip(x, outputs):
        output.backward()
        assert entry.grad in (0.0, 2.0)
        assert output.data == entry.grad * entry.data


def test_evaluation_gives_what_it_is_given():
    x = [Value(1.0), Value(2.0)]
    assert nn.Dropout(0.9).eval()(x) is x
    assert nn.Dropout(0.0)(x) is x


def test_equal_seeds_leave_out_the_same_call_by_call():
    layers = [nn.Dropout(0.5, seed=3) for _ in "12"]
    first, second = ([layer([1.0] * 40) for _ in range(3)] for layer in layers)
    assert first == second
    assert len({tuple(row) for row in first}) == 3
    assert nn.Dropout(0.5, seed=4)([1.0] * 40) != first[0]
    assert nn.Dropout(0.5)([1.0] * 60) != nn.Dropout(0.5)([1.0] * 60)


def test_models_are_seeded_as_a_whole():
    models = [nn.Sequential(nn.Dropout(), nn.Dropout()).reset_parameters(5) for _ in "12"]
    answers = [[layer([1.0] * 40) for layer in model] for model in models]
    assert answers[0] == answers[1]
    assert answers[0][0] != answers[0][1]


def test_copies_go_on_alike():
    layer = nn.Dropout(0.5, seed=0)
    layer([1.0])
    others = copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))
    expected = layer([1.0] * 40)
    assert [other([1.0] * 40) for other in others] == [expected, expected]


def test_whole_channels_are_left_out():
    for layer, shape in ((nn.Dropout1d(0.5, seed=0), (30, 4)), (nn.Dropout2d(0.5, seed=0), (2, 15, 2, 2))):
        output = layer(np.ones(shape))
        assert output.shape == shape
        channels = output.reshape(30, 4).tolist()
        assert all(channel in ([0.0] * 4, [2.0] * 4) for channel in channels)
        assert [0.0] * 4 in channels
        assert [2.0] * 4 in channels


def test_arrays_and_numbers_come_back_as_they_were_given():
    layer = nn.Dropout(0.5, seed=0)
    assert layer(np.ones((2, 3))).shape == (2, 3)
    assert layer(Value(1.0)).data in (0.0, 2.0)


def test_the_function_does_what_the_layer_does():
    x = [1.0] * 40
    assert nn.functional.dropout(x, 0.5, seed=3) == nn.Dropout(0.5, seed=3)(x)
    assert nn.functional.dropout(x, 0.5, seed=3) == nn.functional.dropout(x, 0.5, seed=3)
    assert nn.functional.dropout(x, 0.5) != nn.functional.dropout(x, 0.5)
    assert nn.functional.dropout(x, training=False) == x


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Dropout(1.5), RangeError, r"p of Dropout must be from 0 to 1, not 1\.5"),
        (
            lambda: nn.Dropout1d(0.5)([1.0]),
            ShapeError,
            r"Dropout1d\(p=0\.5, .* takes arrays with 2 or 3 axes",
        ),
        (lambda: nn.Dropout2d(0.5)([[1.0]]), ShapeError, r"takes arrays with 3 or 4 axes"),
        (lambda: nn.Dropout(0.5)([]), ShapeError, "not an empty batch"),
        (
            lambda: derive(lambda x: nn.Dropout(0.5)(x)[0], inputs=[[1.0, 2.0]]),
            TracingError,
            r"leaves out other entries in each call.*model\.eval\(\)",
        ),
    ],
)
def test_what_does_not_fit_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
