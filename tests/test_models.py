"""Losses, gradients and training of whole models, against PyTorch."""

import pytest
from conftest import load_reference

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, RMSprop, Value
from autograd_scratch.errors import ShapeError
from autograd_scratch.nn import LOSSES


def cross_entropy(outputs, targets):
    rows = [ag.log(ag.sum([o.exp() for o in row])) - row[target] for row, target in zip(outputs, targets)]
    return ag.mean(rows)


LOSS = {
    "mse": LOSSES["mse"],
    "bce": LOSSES["binary_cross_entropy"],
    "bce_logits": LOSSES["binary_cross_entropy_with_logits"],
    "hinge": LOSSES["hinge"],
    "huber": LOSSES["huber"],
    "l1": LOSSES["l1_loss"],
    "cross_entropy": cross_entropy,
}
OPTIMIZER = {
    "sgd": SGD,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": NAdam,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
}
MODELS = [m for m in load_reference("models")["models"] if m["loss"] in LOSS]


def build(reference):
    activations = reference["activations"]
    inner = activations[0] if len(activations) > 1 else "linear"
    return MLP(
        reference["sizes"][0],
        reference["sizes"][1:],
        inner,
        activations[-1],
        weights=[layer["W"] for layer in reference["params"]],
        biases=[layer["b"] for layer in reference["params"]],
    )


def flat(layers):
    return [x for layer in layers for row, b in zip(layer["W"], layer["b"]) for x in (*row, b)]


def assert_close(actual, expected, tolerance):
    floor = 1e-3 * max(map(abs, expected))
    for a, e in zip(actual, expected, strict=True):
        assert abs(a - e) <= tolerance * max(abs(e), floor)


def test_there_are_models():
    assert {"linreg", "xor_sigmoid_bce", "relu_hinge"} <= {m["name"] for m in MODELS}


@pytest.mark.parametrize("reference", MODELS, ids=lambda m: m["name"])
def test_loss_and_gradients(reference):
    model = build(reference)
    X = [[Value(x) for x in row] for row in reference["X"]]
    outputs = [model(x) for x in X]
    loss = LOSS[reference["loss"]](outputs, reference["Y"])
    loss.backward()
    assert loss.data == pytest.approx(reference["mean"]["loss"], rel=1e-13)
    assert_close([p.grad for p in model.parameters()], flat(reference["mean"]["grads"]), 1e-12)
    grad_X = [x for row in reference["mean"]["grad_X"] for x in row]
    assert_close([x.grad for row in X for x in row], grad_X, 1e-12)


@pytest.mark.parametrize(
    ("reference", "name"),
    [pytest.param(m, name, id=f"{m['name']}-{name}") for m in MODELS for name in m["trajectories"]],
)
def test_training(reference, name):
    run = reference["trajectories"][name]
    model = build(reference)
    optimizer = OPTIMIZER[name.partition("_")[0]](**run["hyper"])
    losses = dict(run["losses"])
    for step in range(1, 51):
        loss = LOSS[reference["loss"]]([model(x) for x in reference["X"]], reference["Y"])
        if step in losses:
            assert loss.data == pytest.approx(losses[step], rel=1e-11)
        model.zero_grad()
        loss.backward()
        optimizer.step(model)
        if f"after_{step}" in run:
            assert_close([p.data for p in model.parameters()], flat(run[f"after_{step}"]), 1e-11)


OF_CLASSES = ("cross_entropy", "nll_loss", "multi_margin_loss")
OF_SIGNS = ("hinge", "squared_hinge", "soft_margin_loss", "hinge_embedding_loss")


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in OF_CLASSES + OF_SIGNS])
def test_losses_take_numbers_columns_and_single_outputs(name):
    loss = LOSSES[name]
    assert type(loss([0.3, 0.6], [0.0, 1.0])) is float
    assert (
        loss([0.3, 0.6], [[0.0], [1.0]]) == loss([[0.3], [0.6]], [0.0, 1.0]) == loss([0.3, 0.6], [0.0, 1.0])
    )
    assert loss(Value(0.3), 1).data == pytest.approx(loss([0.3], [1.0]), rel=1e-15)
    assert loss([0.3, 0.6], [0.0, 1.0]) == pytest.approx(loss([Value(0.3), 0.6], [0, 1]).data, rel=1e-15)


@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        ([0.1, 0.2], [0.1], r"not shapes \(2,\) and \(\)"),
        ([[0.1, 0.2]], [[0.1], [0.2]], r"not shapes \(1, 2\) and \(2,\)"),
        ([[0.1], [0.2, 0.3]], [0.1, 0.2], "the outputs of mse have rows of different lengths"),
        ([0.1, [0.2]], [0.1, 0.2], "the outputs of mse mix numbers and sequences"),
        ([], [], "mse of nothing"),
    ],
)
def test_outputs_and_targets_that_do_not_fit(outputs, targets, message):
    with pytest.raises(ShapeError, match=message):
        LOSSES["mse"](outputs, targets)
