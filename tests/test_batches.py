"""How models are called with the rows of a data set: by each itself, or by all as a batch."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from autograd_scratch import SGD, Module, Value, fit, nn, plot_boundary
from autograd_scratch.errors import ModelError, ShapeError
from autograd_scratch.nn.batches import evaluating, has_modes, mixes_samples, outputs_of, takes_batches


class Own(Module):
    def __init__(self, *layers):
        self.layers = [*layers]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class ByRow(Own):
    wants_batch = False

    def forward(self, x):
        return super().forward([x])[0]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (nn.Linear(2, 2), False),
        (nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2), nn.Dropout(), nn.Softmax()), False),
        (nn.Sequential(nn.Flatten(), nn.Linear(4, 1)), True),
        (nn.Sequential(nn.Flatten(start_dim=0), nn.Linear(4, 1)), False),
        (nn.Softmax(dim=1), True),
        (nn.LogSoftmax(dim=-1), False),
        (nn.PReLU(), False),
        (nn.PReLU(3), True),
        (nn.GroupNorm(1, 2), True),
        (nn.BatchNorm1d(2).eval(), True),
        (nn.InstanceNorm1d(2), False),
        (Own(nn.Linear(2, 2), nn.Residual(nn.BatchNorm1d(2))), True),
        (ByRow(nn.Flatten()), False),
        (nn.Sequential(ByRow(nn.Flatten()), nn.Linear(4, 1)), False),
        (nn.Sequential(ByRow(nn.Flatten()), nn.BatchNorm1d(4)), True),
        (nn.GRU(2, 3), False),
        (lambda x: x, False),
    ],
)
def test_models_say_what_they_are_called_with(model, expected):
    assert takes_batches(model) is expected


def test_two_axes_of_a_batch_are_refused():
    with pytest.raises(ModelError, match=r"Flatten\(.*\) at 0 has .* and GRU\(2, 3\) at 1 along"):
        takes_batches(nn.Sequential(nn.Flatten(), nn.GRU(2, 3)))
    assert takes_batches(nn.Sequential(nn.Flatten(), nn.GRU(2, 3, batch_first=True)))


def test_training_mixes_samples_where_it_is_on():
    model = nn.Sequential(nn.Linear(2, 2), Own(nn.BatchNorm1d(2)))
    assert mixes_samples(model)
    model[1].eval()
    assert not mixes_samples(model)


def test_modes_count_in_classes_of_ones_own():
    assert not has_modes(nn.Sequential(nn.Linear(2, 2), nn.Tanh()))
    assert has_modes(nn.Sequential(nn.Linear(2, 2), nn.Dropout()))
    assert has_modes(Own())
    assert not has_modes(lambda x: x)


def test_arrays_of_one_shape_are_one_array():
    seen = []
    outputs_of(lambda x: seen.append(x) or x, [np.zeros(2), np.ones(2)], True)
    assert seen[0].shape == (2, 2)


@pytest.mark.parametrize("answer", [[1.0], Value(1.0), None])
def test_a_batch_has_an_answer_for_each_row(answer):
    with pytest.raises(ShapeError, match=r"called with a batch of 2 rows, and gives .*wants_batch = False"):
        outputs_of(lambda _: answer, [[1.0], [2.0]], True)


def test_evaluation_leaves_all_modes_as_they_were():
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.BatchNorm1d(2))
    model[2].eval()
    with evaluating(model):
        assert not any(part.training for part in model.modules())
    with pytest.raises(ZeroDivisionError), evaluating(model):
        _ = 1 / 0
    assert [part.training for part in model.modules()] == [True, True, True, False]
    assert "training" not in vars(model[0])


IMAGES = [
    ([[1.0, 2.0], [3.0, 4.0]], 1.0),
    ([[0.0, -1.0], [2.0, 0.5]], 0.0),
    ([[1.0, 0.0], [0.0, 1.0]], 0.5),
]


@pytest.mark.parametrize("kind", ["lists", "arrays"])
@pytest.mark.parametrize("engine", [{}, {"engine": "derived"}, {"engine": "derived", "backend": "wasm"}])
def test_models_that_want_batches_are_trained_as_those_that_do_not(engine, kind):
    rows = IMAGES if kind == "lists" else [(np.array(x), y) for x, y in IMAGES]
    states = []
    for model, data in (
        (nn.Sequential(nn.Flatten(), nn.Linear(4, 1), nn.Tanh()), rows),
        (Own(nn.Flatten(), nn.Linear(4, 1), nn.Tanh()), rows),
        (ByRow(nn.Flatten(), nn.Linear(4, 1), nn.Tanh()), rows),
        (nn.Sequential(nn.Linear(4, 1), nn.Tanh()), [(np.ravel(x).tolist(), y) for x, y in IMAGES]),
    ):
        linear = next(part for part in model.modules() if isinstance(part, nn.Linear))
        linear.weight, linear.bias = [[0.1, -0.2, 0.3, 0.4]], [0.5]
        history = fit(
            model, data, optimizer=SGD(0.1), epochs=5, batch_size=2, metrics={"error": "mse"}, **engine
        )
        states.append([*linear.weight.data[0], *linear.bias.data, *history.metrics["error"]])
    for state in states[1:]:
        assert state == pytest.approx(states[0], rel=1e-12)


def test_boundaries_are_drawn_of_models_that_want_batches():
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.BatchNorm1d(3), nn.Dropout(), nn.Linear(3, 1, seed=0))
    before = model.state_dict()
    data = [([0.0, 0.0], 0), ([1.0, 1.0], 1)]
    ax = plot_boundary(model, data, resolution=5, ax=Figure().subplots())
    assert ax.get_xlabel() == "x[0]"
    assert model.state_dict() == before
    assert model.training
