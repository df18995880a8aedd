"""What `fit` does with training mode, and what it draws by chance."""

import pickle
from random import Random

import pytest
from backends import ENGINES

from autograd_scratch import SGD, Adam, Module, Value, draw, fit, mse, nn
from autograd_scratch.errors import ShapeError

X = [[0.5, 1.0], [-1.0, 0.3], [0.2, -0.7], [1.5, 0.1], [0.0, 0.9]]
Y = [[1.0], [0.0], [0.5], [-0.5], [0.25]]
engines = pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.get("backend", "eager"))


def with_dropout(**options):
    return nn.Sequential(
        nn.Linear(2, 6, seed=0), nn.Tanh(), nn.Dropout(0.5, **options), nn.Linear(6, 1, seed=1)
    )


def trained(model, optimizer=None, **options):
    fit(model, X, Y, optimizer=optimizer or SGD(0.1), **{"epochs": 4, **options})
    return model.state_dict()


@engines
def test_equal_seeds_give_equal_bits(engine):
    for options in ({"seed": 3}, {"seed": 3, "batch_size": 2}, {"seed": Random(3), "batch_size": 2}):
        first = trained(with_dropout(), **pickle.loads(pickle.dumps(options)), **engine)
        assert trained(with_dropout(), **pickle.loads(pickle.dumps(options)), **engine) == first
    assert trained(with_dropout(), seed=4, batch_size=2, **engine) != first
    own = trained(with_dropout(seed=0), **engine)
    assert trained(with_dropout(seed=0), **engine) == own
    assert trained(with_dropout(seed=1), **engine) != own


@engines
def test_each_epoch_leaves_out_something_else(engine):
    """With a rate that moves nothing, losses differ by what is left out alone."""
    model = with_dropout(seed=0)
    history = fit(model, X, Y, optimizer=SGD(1e-300), epochs=6, **engine)
    assert len({*history.losses}) == 6


@engines
def test_training_is_resumed_bit_by_bit(engine):
    whole, parts = with_dropout(seed=0), with_dropout(seed=0)
    trained(whole, Adam(0.01), epochs=5, batch_size=2, **engine)
    optimizer = Adam(0.01)
    trained(parts, optimizer, epochs=2, batch_size=2, **engine)
    parts, optimizer = pickle.loads(pickle.dumps((parts, optimizer)))
    trained(parts, optimizer, epochs=3, batch_size=2, **engine)
    assert parts.state_dict() == whole.state_dict()


@engines
def test_functions_draw_as_layers_do(engine):
    class Functional(Module):
        def __init__(self):
            self.first, self.last = nn.Linear(2, 6, seed=0), nn.Linear(6, 1, seed=1)

        def forward(self, x):
            x = nn.functional.tanh(self.first(x))
            return self.last(nn.functional.dropout(x, 0.5, training=self.training))

    found = trained(Functional(), seed=2, batch_size=2, **engine)
    layers = trained(with_dropout(), seed=2, batch_size=2, **engine)
    assert [*found.values()] == [*layers.values()]


def test_rows_of_a_batch_and_layers_have_masks_of_their_own():
    seen = []

    class Watched(Module):
        def __init__(self):
            self.first, self.second = nn.Dropout(seed=0), nn.Dropout(seed=0)
            self.w = Value(1.0)

        def forward(self, x):
            masks = [layer([1.0] * 40) for layer in (self.first, self.second)]
            seen.extend(tuple(mask) for mask in masks)
            return [self.w * x[0]]

    fit(Watched(), X, Y, optimizer=SGD(0.1), epochs=2)
    assert len(seen) == len({*seen}) == 2 * 2 * len(X)


def test_batches_leave_out_what_their_rows_do_alone():
    states = []
    for layers in ((), (nn.Flatten(),)):
        model = nn.Sequential(*layers, *with_dropout())
        states.append([*trained(model, seed=0, batch_size=2).values()])
    assert states[0] == states[1]


@engines
def test_metrics_are_those_of_evaluation(engine):
    model = with_dropout()
    before = pickle.loads(pickle.dumps(model)).eval()
    history = fit(model, X, Y, optimizer=SGD(0.1), epochs=1, metrics={"error": "mse"}, **engine)
    expected = mse([before(x) for x in X], Y).data
    assert history.metrics["error"][0] == pytest.approx(expected, rel=1e-12)
    assert history.losses[0] != pytest.approx(expected, rel=1e-3)


def test_losses_without_modes_are_metrics_as_they_are():
    calls = []

    def model(x):
        calls.append(x)
        return [w * x[0]]

    w = Value(0.5)
    model.parameters = lambda: [w]
    fit(model, X, Y, optimizer=SGD(0.1), epochs=3, metrics={"error": "mse"})
    assert len(calls) == 3 * len(X)


@engines
def test_modes_are_as_they_were(engine):
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.BatchNorm1d(3), nn.Dropout(seed=0))
    model[1].eval()
    before = model.state_dict()
    fit(model, X, [[0.0] * 3] * 5, optimizer=SGD(0.1), epochs=2, **engine)
    assert [part.training for part in model.modules()] == [True, True, False, True]
    after = model.state_dict()
    assert after["1.running_mean"] == before["1.running_mean"]
    assert after["0.weight"] != before["0.weight"]


@engines
def test_a_model_in_eval_mode_is_trained_in_training_mode(engine):
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.BatchNorm1d(3)).eval()
    fit(model, X, [[0.0] * 3] * 5, optimizer=SGD(0.1), epochs=2, **engine)
    assert model[1].num_batches_tracked == 2
    assert not any(part.training for part in model.modules())


@engines
def test_a_last_batch_of_one_row_is_told_before_anything_is_done(engine):
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.BatchNorm1d(3), nn.Linear(3, 1, seed=1))
    before = model.state_dict()
    with pytest.raises(ShapeError, match=r"BatchNorm1d\(3, .* at 1 was given one value") as caught:
        fit(model, X, Y, optimizer=SGD(0.1), epochs=2, batch_size=2, **engine)
    assert "5 rows in batches of 2 leave one" in caught.value.__notes__[0]
    assert model.state_dict() == before


def test_a_drawing_changes_no_running_statistics():
    model = nn.Sequential(nn.Linear(2, 1, seed=0), nn.BatchNorm1d(1))
    before = model.state_dict()
    draw(model, X)
    assert model.state_dict() == before
