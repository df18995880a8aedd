"""Models as functions of their parameters."""

import numpy as np
import pytest

from autograd_scratch import MLP, Module, Value, functional_call, grad, hessian, hvp, jacobian, mse, values
from autograd_scratch.errors import DataError, StateError

X, Y = [0.3, -0.2], 0.5


def loss_of(model):
    return lambda state: mse(functional_call(model, state, X), Y)


def test_gradients_are_those_of_backward_and_the_model_is_untouched():
    model = MLP(2, [3, 1], "tanh", seed=0)
    before = [(p, p.data, p.name) for p in model.parameters()]
    gradient = grad(loss_of(model))(model.state_dict())
    assert [(p, p.data, p.name) for p in model.parameters()] == before
    assert not any(p.is_reached for p in model.parameters())
    mse(model(X), Y).backward()
    assert gradient == {path: p.grad for path, p in model.named_parameters()}


def test_hessians_of_models():
    model = MLP(2, [2, 1], "tanh", seed=1)
    state = model.state_dict()
    second = hessian(loss_of(model))(state)
    for path in state:
        direction = {other: float(other == path) for other in state}
        column = hvp(loss_of(model), state, direction)
        assert column == pytest.approx(
            {other: second[other][path] for other in state}, rel=1e-12, abs=1e-15
        )


def test_numbers_are_enough_and_what_is_left_out_stays():
    model = MLP(2, [1], seed=0)
    assert functional_call(model, {"layers.0.neurons.0.b": 10.0}, X).data == model(X).data + 10.0
    assert functional_call(model, {}, X).data == model(X).data


class Tied(Module):
    def __init__(self, holder=list):
        self.scale = Value(2.0)
        self.again = holder([self.scale])
        self.W = values([[1.0, 2.0], [3.0, 4.0]])

    def __call__(self, x):
        return self.scale * self.again[0] * (self.W @ x).sum()


def test_a_parameter_in_two_places_is_replaced_in_both_and_arrays_are_too():
    model = Tied()
    assert functional_call(model, {"scale": 3.0, "W.0.1": 0.0}, np.array([1.0, 1.0])).data == 9.0 * 8.0
    assert model(np.array([1.0, 1.0])).data == 40.0
    assert jacobian(lambda s: functional_call(model, s, np.ones(2)))({"scale": 3.0})["scale"] == 60.0


def test_the_model_is_put_back_after_an_error():
    model = Tied()
    with pytest.raises(TypeError):
        functional_call(model, {"scale": 3.0})
    assert model.scale.data == 2.0


def test_bad_states_are_told():
    model = MLP(2, [1], seed=0)
    with pytest.raises(StateError, match=r"nothing in MLP\(2, \[1\]\) is called 'w'"):
        functional_call(model, {"w": 1.0}, X)
    with pytest.raises(StateError, match="a state is a mapping"):
        functional_call(model, [1.0], X)
    with pytest.raises(DataError, match="takes a model"):
        functional_call(3.0, {}, X)
    with pytest.raises(StateError, match="is in a tuple"):
        functional_call(Tied(tuple), {"scale": 1.0}, np.ones(2))
    with pytest.raises(DataError, match="compute with functional_call"):
        grad(lambda m: m(X))(model)
