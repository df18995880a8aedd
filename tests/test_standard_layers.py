"""What all layers of PyTorch's names have in common: arrays of parameters, states, batches, texts."""

import copy
import json
import pickle

import numpy as np
import pytest

from autograd_scratch import SGD, Module, Value, fit, functional_call, grad, nn, relu
from autograd_scratch.errors import DataError, ShapeError, StateError


@pytest.fixture
def model():
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).reset_parameters(seed=0)


def test_a_state_has_whole_arrays_by_pytorchs_keys(model):
    state = model.state_dict()
    assert [*state] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert np.shape(state["0.weight"]) == (3, 2)
    other = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    other.load_state_dict(json.loads(json.dumps(state)))
    assert other.state_dict() == state
    other.load_state_dict({key: np.array(value) for key, value in state.items()})
    assert other([1.0, 2.0])[0].data == model([1.0, 2.0])[0].data


def test_a_state_of_another_shape_changes_nothing(model):
    before = model.state_dict()
    with pytest.raises(StateError, match=r"'2.weight' must have the shape \(1, 3\), not \(3, 1\)"):
        model.load_state_dict(before | {"0.bias": [9.0] * 3, "2.weight": [[1.0], [2.0], [3.0]]})
    assert model.state_dict() == before


def test_a_state_has_both_names_of_an_array_that_two_layers_share():
    class Tied(Module):
        def __init__(self):
            self.one, self.other = nn.Linear(2, 2, seed=0), nn.Linear(2, 2, bias=False, seed=1)
            self.other.weight = self.one.weight

    model = Tied()
    assert [*model.state_dict()] == ["one.weight", "other.weight", "one.bias"]
    assert len(model.parameters()) == 6


def test_leaves_are_named_by_their_places(model):
    assert model[0].weight[2, 1].name == "0.weight.2.1"
    assert [name for name, _ in model.named_parameters()][-2:] == ["2.weight.0.2", "2.bias.0"]


def test_samples_batches_and_arrays_come_back_as_they_were_given(model):
    one = model([1.0, 2.0])[0].data
    assert [row[0].data for row in model([[1.0, 2.0], (1, 2)])] == [one, one]
    array = model(np.array([[1.0, 2.0]]))
    assert array.shape == (1, 1)
    assert array[0, 0].data == one
    assert model([[[1.0, 2.0]]])[0][0][0].data == one
    assert model(np.array([Value(1.0), Value(2.0)], object))[0].data == one


def test_a_model_is_copied_and_pickled_whole(model):
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other.state_dict() == model.state_dict()
        other[0].bias.data = [0.0, 0.0, 0.0]
        assert other.state_dict() != model.state_dict()
        assert type(other[0].weight) is nn.Parameter


def test_a_function_of_the_state_is_differentiated(model):
    gradient = grad(lambda state: functional_call(model, state, [1.0, 2.0])[0])(model.state_dict())
    model([1.0, 2.0])[0].backward()
    assert gradient == {
        "0.weight": model[0].weight.grad,
        "0.bias": model[0].bias.grad,
        "2.weight": model[2].weight.grad,
        "2.bias": model[2].bias.grad,
    }


def test_an_array_of_numbers_takes_the_place_of_a_parameter(model):
    leaf = model[0].weight[0, 0]
    model[0].weight = np.arange(6.0).reshape(3, 2)
    assert model[0].weight.data == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    assert model[0].weight[0, 0] is leaf
    with pytest.raises(ShapeError, match=r"must have the shape \(3, 2\), not \(2, 3\)"):
        model[0].weight = np.zeros((2, 3))


def test_equal_seeds_draw_equal_parameters():
    states = [
        nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)).reset_parameters(7).state_dict() for _ in "12"
    ]
    assert states[0] == states[1]
    assert nn.Linear(2, 3, seed=1).state_dict() == nn.Linear(2, 3, seed=1).state_dict()


def test_modules_print_as_pytorchs():
    model = nn.Sequential(
        nn.Linear(2, 4, bias=False),
        nn.Residual(nn.Linear(4, 4), nn.GELU()),
        nn.LeakyReLU(),
        nn.Softmax(dim=1),
    )
    assert repr(model) == (
        "Sequential(\n"
        "  (0): Linear(in_features=2, out_features=4, bias=False)\n"
        "  (1): Residual(\n"
        "    (0): Linear(in_features=4, out_features=4, bias=True)\n"
        "    (1): GELU(approximate='none')\n"
        "  )\n"
        "  (2): LeakyReLU(negative_slope=0.01)\n"
        "  (3): Softmax(dim=1)\n"
        ")"
    )
    assert "0.weight" not in model._repr_html_()
    assert "<table" in model._repr_html_()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda m: m([1.0, 2.0, 3.0]),
            ShapeError,
            r"Linear\(.*\) at 0 takes \(2,\), or a batch of such samples, not the shape \(3,\)",
        ),
        (lambda m: m([]), ShapeError, "not an empty batch"),
        (
            lambda m: m([[1.0, 2.0], [1.0]]),
            ShapeError,
            "input of Linear has rows of several lengths",
        ),
        (lambda m: m([[1.0, 2.0], 1.0]), ShapeError, "the input of Linear mixes numbers and rows"),
        (lambda m: m(["a", 1.0]), DataError, "the input of Linear must be a real number, not 'a'"),
        (
            lambda m: nn.Linear(0, 3),
            ShapeError,
            "in_features of Linear must be a whole number from 1 on, not 0",
        ),
        (lambda m: nn.Sequential(nn.ReLU), DataError, r"not the class ReLU; write ReLU\(\.\.\.\)"),
        (lambda m: nn.Sequential([nn.ReLU()]), DataError, "is made of modules, not "),
        (lambda m: nn.Parameter([[1.0], [1.0, 2.0]]), ShapeError, "rows of several lengths"),
        (lambda m: nn.Parameter([Value(1.0) * 2.0]), DataError, "was computed"),
        (lambda m: nn.Residual(nn.Linear(2, 3))([1.0, 2.0]), ShapeError, r"give the shape \(3,\)"),
        (lambda m: nn.Flatten()([1.0, 2.0]), ShapeError, r"Flatten\(start_dim=0\)"),
    ],
)
def test_what_does_not_fit_is_told(model, call, error, message):
    with pytest.raises(error, match=message):
        call(model)


def test_functions_stand_among_modules():
    model = nn.Sequential(nn.Linear(2, 2, seed=0), lambda x: [relu(z) for z in x])
    assert [type(z) for z in model([1.0, 2.0])] == [Value, Value]


def test_arrays_of_lists_compute_entry_by_entry(model):
    x = model[0]([1.0, 2.0])
    numbers = np.array(x.data)
    np.testing.assert_allclose((x + x).data, numbers + numbers)
    other = [1.0, 2.0, 3.0]
    np.testing.assert_allclose((other + x).data, np.add(other, numbers))
    np.testing.assert_allclose((1.0 - x * 2.0).data, 1 - 2 * numbers)
    np.testing.assert_allclose((x**2 / x).data, numbers)
    np.testing.assert_allclose((np.ones(3) + x).data, 1 + numbers)
    np.testing.assert_allclose(relu(x).data, np.maximum(numbers, 0))
    weight = model[0].weight
    np.testing.assert_allclose((weight[0] + weight[1]).data, np.add(*np.array(weight.data)[:2]))
    np.testing.assert_allclose((weight * [1.0, 2.0]).data, np.array(weight.data) * [1, 2])
    np.testing.assert_allclose((weight @ [1.0, 2.0]).data, np.array(weight.data) @ [1, 2])
    assert (weight**2).sum().data == pytest.approx((np.array(weight.data) ** 2).sum())
    assert (weight.T.shape, weight.numel(), weight.size(0)) == ((2, 3), 6, 3)


def test_one_number_goes_back_and_several_say_what_to_take(model):
    y = model([1.0, 2.0])
    y.backward()
    assert y.item() == y[0].data
    assert model[2].bias.grad == [1.0]
    with pytest.raises(ShapeError, match=r"backward\(\) is of one number, not of shape \(3,\)"):
        model[0]([1.0, 2.0]).backward()


def test_a_module_as_pytorchs_users_write_it():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(2, 4, seed=0)
            self.blocks = nn.ModuleList([nn.Linear(4, 4, seed=1), nn.Linear(4, 4, seed=2)])
            self.fc2 = nn.Linear(4, 2, seed=3)

        def forward(self, x):
            x = nn.functional.relu(self.fc1(x))
            for block in self.blocks:
                x = x + nn.functional.tanh(block(x))
            return nn.functional.log_softmax(self.fc2(x), dim=-1)

    net = Net()
    by_lists, by_arrays = net([1.0, 2.0]), net(np.array([1.0, 2.0]))
    assert [y.data for y in by_lists] == [y.data for y in by_arrays]
    assert sum(np.exp([y.data for y in by_lists])) == pytest.approx(1.0)
    assert sum(p.numel() for p in net.parameters()) == 62
    assert [name for name, _ in net.named_modules()] == ["", "fc1", "blocks.0", "blocks.1", "fc2"]
    assert [*net.state_dict()][2] == "blocks.0.weight"
    net.fc1.requires_grad_(False)
    assert len(net.parameters()) == 50
    assert net.load_state_dict({"fc2.bias": [0.5, 0.5]}, strict=False) is None
    assert net.fc2.bias.data == [0.5, 0.5]


def test_functional_linear_is_the_layer(model):
    x = [[1.0, 2.0], [3.0, 4.0]]
    assert nn.functional.linear(x, model[0].weight, model[0].bias).data == model[0](x).data


def test_numbers_are_put_into_the_leaves_of_a_parameter():
    layer = nn.Linear(3, 2, seed=0)
    leaves = layer.parameters()
    layer.weight[0] = [1.0, 2.0, 3.0]
    layer.weight[1, 2] = 5.0
    layer.weight[1][0] = -1.0
    layer.bias[:] = 0.5
    layer.weight.data[1][1] = 7.0
    assert layer.weight.data == [[1.0, 2.0, 3.0], [-1.0, 7.0, 5.0]]
    layer.bias.data[0:1] = [9.0]
    assert layer.bias.data == [9.0, 0.5]
    assert layer.parameters() == leaves
    sum(layer([1.0, 1.0, 1.0])).backward()
    layer.weight.data -= 0.5 * layer.weight.grad
    assert layer.weight.data == [[0.5, 1.5, 2.5], [-1.5, 6.5, 4.5]]
    assert layer.bias.grad + layer.bias.grad == [2.0, 2.0]
    with pytest.raises(ShapeError, match=r"must have the shape \(3,\), not \(2,\)"):
        layer.weight[0] = [1.0, 2.0]
    assert type(layer.state_dict()["weight"][0]) is list


def test_a_model_with_batches_first_is_trained_with_batches():
    class Net(nn.Module):
        def __init__(self):
            self.gru = nn.GRU(2, 3, batch_first=True, seed=0)
            self.head = nn.Linear(3, 1, seed=1)

        def forward(self, x):
            out, _ = self.gru(x)
            return self.head(out[:, -1])

    X = np.random.default_rng(0).normal(size=(4, 3, 2))
    y = X.sum(axis=(1, 2))
    model = Net()
    before = np.mean((model(X).data[:, 0] - y) ** 2)
    for engine in ("eager", "derived"):
        history = fit(model, X, y, optimizer=SGD(0.0), epochs=1, engine=engine)
        assert history.losses[0] == pytest.approx(before, rel=1e-12)
