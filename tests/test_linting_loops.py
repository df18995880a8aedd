"""A loss that a loop of one's own has computed tells what does not fit, without a step."""

from math import nan

import pytest

from autograd_scratch import (
    MLP,
    SGD,
    Value,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    clip_grad_norm,
    cross_entropy,
    lint,
    mse,
    nn,
)
from autograd_scratch import round as rounded
from autograd_scratch.datasets import XOR
from autograd_scratch.optim import clip_grad_value


def xor_loss(model):
    return mse([model(x) for x, _ in XOR], [y for _, y in XOR])


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_gradients_that_were_added_up(rounds):
    model = MLP(2, [4, 1], "tanh", seed=0)
    for _ in range(rounds):
        loss = xor_loss(model)
        loss.backward()
    report = lint(loss, model)
    assert report.names == (("gradients added up",) if rounds > 1 else ())
    if rounds > 1:
        assert f"is {rounds} times" in report["gradients added up"].evidence


@pytest.mark.parametrize("clip", [clip_grad_norm, clip_grad_value])
def test_clipped_gradients_are_not_added_up(clip):
    model = MLP(2, [4, 1], "tanh", seed=0)
    loss = xor_loss(model)
    loss.backward()
    clip(model, 1e-3)
    assert lint(loss, model).ok


def test_a_loop_that_steps_and_forgets_is_healthy():
    model = MLP(2, [4, 1], "tanh", seed=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        loss = xor_loss(model)
        assert lint(loss, model).ok
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert lint(loss, model).ok


def test_a_loss_of_a_loop_tells_what_it_does_not_reach():
    model = MLP(2, [4, 1], "tanh", seed=0)
    other = MLP(2, [4, 1], "relu", weights=[[[-1.0, -1.0]] * 4, [[1.0] * 4]])
    assert lint(xor_loss(other), model).names == ("unreached parameters",)
    assert "dead relu" in lint(xor_loss(other), other).names


def of_layers(*layers):
    return nn.Sequential(nn.Linear(2, 6), nn.Tanh(), *layers).reset_parameters(seed=0)


LOSSES = {
    "softmax before cross_entropy": (of_layers(nn.Linear(6, 2), nn.Softmax(-1)), cross_entropy, int),
    "sigmoid before logits": (
        of_layers(nn.Linear(6, 1), nn.Sigmoid()),
        binary_cross_entropy_with_logits,
        float,
    ),
    "raw outputs in binary_cross_entropy": (
        of_layers(nn.Linear(6, 1), nn.ReLU()),
        binary_cross_entropy,
        float,
    ),
    "softmax on one unit": (of_layers(nn.Linear(6, 1), nn.Softmax(-1)), mse, float),
    "labels do not fit outputs": (of_layers(nn.Linear(6, 2)), cross_entropy, lambda y: [2.0 + y, 1.0]),
    "no gradient passes": (MLP(2, [4, 1], "tanh", rounded, seed=0), mse, float),
    "loss not finite": (MLP(2, [4, 1], "tanh", seed=0), mse, lambda y: nan),
}


@pytest.mark.parametrize("name", LOSSES)
def test_what_does_not_fit(name):
    model, loss, target = LOSSES[name]
    computed = loss([model(x) for x, _ in XOR], [target(y) for _, y in XOR])
    assert lint(computed, model).names == (name,)


def test_the_optimizer_of_another_model():
    model, other = MLP(2, [4, 1], "tanh", seed=0), MLP(2, [4, 1], "tanh", seed=0)
    loss = xor_loss(model)
    assert lint(loss, model, optimizer=SGD(model.parameters(), lr=0.1)).ok
    report = lint(loss, model, optimizer=SGD(other.parameters(), lr=0.1))
    assert report.names == ("optimizer of other parameters",)


def test_leaves_that_are_data_are_no_parameters():
    """Inputs may be Values, and a model may learn little of them."""
    data = [([Value(a), Value(b)], 0.1 * a + (-1.0) ** k) for k, ((a, b), _) in enumerate(XOR * 3)]
    report = lint("mse", MLP(2, [1], seed=0), data, optimizer=SGD(0.1), epochs=20)
    assert "parameters not listed" not in report.names
