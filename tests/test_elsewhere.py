"""The names of other libraries: what is told where somebody writes them, and that it is true."""

import copy
import functools
import re

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import (
    MLP,
    SGD,
    Adam,
    Checkpoint,
    EarlyStopping,
    Value,
    datasets,
    draw,
    fit,
    nn,
    optim,
    values,
)
from autograd_scratch.aliases import INSTEAD as OF_VALUES
from autograd_scratch.arrays.methods import INSTEAD as OF_ARRAYS
from autograd_scratch.elsewhere import FUNCTIONS
from autograd_scratch.errors import AttributeNameError, DataError, ShapeError, UnknownNameError
from autograd_scratch.signatures import NOWHERE
from autograd_scratch.training import History
from autograd_scratch.training.callbacks.early import INSTEAD as OF_EARLY_STOPPING
from autograd_scratch.training.history.history import INSTEAD as OF_HISTORIES

MODEL = MLP(2, [2, 1], seed=0)
XOR = datasets.XOR


@pytest.mark.parametrize("module", [ag, nn, optim, datasets])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_other_libraries_are_told(module, name):
    assert not hasattr(module, name)
    with pytest.raises(AttributeNameError, match=rf"{module.__name__}' has no attribute '{name}'; .+"):
        getattr(module, name)


@pytest.mark.parametrize("module", [ag, nn, optim, datasets])
@pytest.mark.parametrize("name", ["ModelCheckpoint", "train_test_split", "GridSearchCV"])
def test_names_that_are_imported_from_other_libraries_are_told(module, name):
    line = f"from {module.__name__} import __doc__, {name}"
    told = f"cannot import name '{name}' from '{module.__name__}'; {FUNCTIONS[name]}"
    for code in (line, f"def inside():\n    {line}\ninside()"):
        with pytest.raises(ImportError) as raised:
            exec(code, {})
        assert str(raised.value) == told


@pytest.mark.parametrize("name", ["KFold", "GridSearchCV", "evaluate", "predict", "to_categorical"])
def test_what_is_told_of_a_function_runs(name):
    model, data = MLP(2, [2, 1], seed=0), datasets.moons(10, seed=0)
    X, y = [x for x, _ in data], [int(target > 0) for _, target in data]
    code = re.sub("epochs=100", "epochs=1", FUNCTIONS[name].removeprefix("write ").partition(", or ")[0])
    names = {name: getattr(ag, name) for name in ag.__all__}
    exec(code, names | {"autograd_scratch": ag, "model": model, "data": data, "X": X, "y": y})


@pytest.mark.parametrize("name", ["nn.Linear", "optim.Optimizer", "datasets.moons"])
def test_what_is_in_a_room_is_told_with_it(name):
    room, _, own = name.partition(".")
    with pytest.raises(AttributeNameError, match=f"write {name}, with from autograd_scratch import {room}"):
        getattr(ag, own)


@pytest.mark.parametrize(("module", "slip"), [(m, "tahn") for m in (ag, nn, optim, datasets)])
def test_a_slip_in_a_module_is_told_as_python_tells_it(module, slip):
    with pytest.raises(AttributeError) as raised:
        getattr(module, slip)
    assert str(raised.value) == f"module '{module.__name__}' has no attribute 'tahn'"
    assert (raised.value.name, raised.value.obj) == ("tahn", module)  # from which Python proposes tanh


@pytest.mark.parametrize(
    ("thing", "name", "told"),
    [
        *[(Value(2.0), name, "a Value has no") for name in OF_VALUES],
        *[(Adam(MODEL), name, "an optimizer has no") for name in ("params", "parameters", "backward")],
        *[(draw(Value(2.0)), name, "a drawing has no") for name in ("png", "dot", "html")],
        *[
            (fit(MODEL, XOR, optimizer=SGD(0.1), epochs=1), name, "a history has no")
            for name in OF_HISTORIES
        ],
        *[(EarlyStopping(), name, "an EarlyStopping has no") for name in OF_EARLY_STOPPING],
    ],
)
def test_attributes_of_other_libraries_are_told(thing, name, told):
    assert not hasattr(thing, name)
    with pytest.raises(AttributeNameError, match=f"{told} `{name}`; .+"):
        getattr(thing, name)


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_attributes_of_other_libraries_arrays_are_told(name):
    test_attributes_of_other_libraries_are_told(values(np.ones(2)), name, "an array of Values has no")


CALLED = [  # of an array of three axes, as PyTorch has it, and as NumPy has it on plain numbers
    ("x.view(4, 6)", "x.reshape(4, 6)"),
    ("x.view((-1,))", "x.ravel()"),
    ("x.flatten()", "x.ravel()"),
    ("x.flatten(1)", "x.reshape(2, 12)"),
    ("x.flatten(0, -2)", "x.reshape(6, 4)"),
    ("x.flatten(start_dim=1)", "x.reshape(2, 12)"),
    ("x.flatten(end_dim=1)", "x.reshape(6, 4)"),
    ("x.view([2, -1])", "x.reshape(2, 12)"),
    ("x.sum(1, True)", "x.sum(1, keepdims=True)"),
    ("x.argmax(-1, True)", "x.argmax(-1, keepdims=True)"),
    ("x.sum(dim=1)", "x.sum(axis=1)"),
    ("x.mean(-1, keepdim=True)", "x.mean(axis=2, keepdims=True)"),
    ("x.prod(dim=(0, 2))", "x.prod(axis=(0, 2))"),
    ("x.cumsum(dim=0)", "x.cumsum(axis=0)"),
    ("x.argmax(dim=2)", "x.argmax(axis=2)"),
    ("x.abs()", "abs(x)"),
    ("x.pow(2)", "x**2"),
    ("x.numel()", "x.size"),
    ("x.numpy()", "x"),
    ("x.detach()", "x"),
]


@pytest.mark.parametrize("kind", [values, lambda x: nn.lists.Array(values(x).tolist())])
@pytest.mark.parametrize(("called", "meant"), CALLED)
def test_arrays_take_the_calls_of_tensors(kind, called, meant):
    x = np.linspace(-1.0, 2.0, 24).reshape(2, 3, 4)
    got = ag.data(eval(called, {"x": kind(x)}))
    np.testing.assert_allclose(got, eval(meant, {"x": x}), rtol=1e-15)


def test_gradients_flow_through_the_calls_of_tensors_but_not_through_detach():
    x = values([1.0, 2.0, 3.0, 4.0])
    (x.view(2, 2).sum(dim=0).pow(2) * x.detach()[:2]).sum().backward()
    assert x.grad.tolist() == [8.0, 24.0, 8.0, 24.0]


@pytest.mark.parametrize("call", ["max(dim=1)", "min(1, True)", "std(dim=0)", "var(1, unbiased=False)"])
def test_what_tensors_answer_otherwise_is_told(call):
    with pytest.raises(TypeError, match=r"of an array has no argument '\w+'; .*axis=1\)"):
        eval(f"x.{call}", {"x": values(np.ones((2, 2)))})


@pytest.mark.parametrize("call", ["flatten(2, 1)", "flatten(3)", "flatten(-4)", "flatten(0, 3)"])
def test_axes_that_are_not_there_are_not_made_one(call):
    assert values(np.zeros((0, 3, 4))).flatten(1).shape == (0, 12)
    with pytest.raises(ShapeError, match=r"from \S+ to \S+ an array of 3 axes has none"):
        eval(f"x.{call}", {"x": values(np.zeros((2, 3, 4)))})


def test_two_axes_of_three_are_told_to_be_swapped():
    x = values(np.arange(24.0).reshape(2, 3, 4))
    with pytest.raises(TypeError, match=r"write x\.swapaxes\(-2, -1\)"):
        x.transpose(-2, -1)
    assert [x.transpose(*axes).shape for axes in ((2, 0, 1), (), ((1, 0, 2),))] == [
        (4, 2, 3),
        (4, 3, 2),
        (3, 2, 4),
    ]


TOLD = [
    *((FUNCTIONS, name) for name in ("cat", "stack", "einsum", "pad", "normalize", "summary")),
    *((FUNCTIONS, name) for name in ("bmm", "swa_utils", "TransformerEncoder")),
    *((OF_ARRAYS, name) for name in ("permute", "norm", "gather", "topk", "masked_fill", "split", "dim")),
    *((OF_ARRAYS, name) for name in ("mm", "expand", "softmax")),
]


@pytest.mark.parametrize(("names", "name"), TOLD)
def test_what_is_told_in_place_of_tensors_runs(names, name):
    code = re.search(r"write (.+?)(?:, (?:with|the|an|or|which) .+)?$", names[name])[1]
    a, x = values(np.ones((2, 2))), values(np.ones((2, 2, 2)))
    scope = {"np": np, "copy": copy, "model": nn.Linear(2, 1), "mask": x.data > 0, "index": [0, 1]}
    scope |= {"a": a, "b": a, "A": a, "B": a, "x": x, "k": 1, "shape": (2, 2, 2)}
    exec(code.replace(", and after each step for", "\nfor"), vars(ag) | scope)


@pytest.mark.parametrize("name", ["requires_grad", "clone"])
def test_attributes_of_other_libraries_parameters_are_told(name):
    parameter = nn.Linear(2, 1).weight
    test_attributes_of_other_libraries_are_told(parameter, name, "a Parameter has no")
    with pytest.raises(AttributeNameError, match=f"no `{name}`"):
        setattr(parameter, name, False)


@pytest.mark.parametrize("name", NOWHERE)
@pytest.mark.parametrize("function", [draw, fit, ag.mse, MLP, SGD])
def test_arguments_that_no_function_has_are_told(function, name):
    if function is fit and any(name in each for _, each, _ in MEANT):
        pytest.skip("fit has one that others call so")
    with pytest.raises(
        TypeError, match=re.escape(f"has no argument {name!r}; {NOWHERE[name]}. It is called")
    ):
        function(**{name: None})


@pytest.mark.parametrize("option", ["shuffle", "generator"])
def test_a_switch_is_not_proposed_as_a_number(option):
    with pytest.raises(TypeError, match=r"did you mean seed=0\?"):
        fit(MODEL, XOR, **{option: True})


MEANT = [  # a call as it is written elsewhere, and what is told
    (fit, {"shuffle": False}, "; without seed that is so: leave it out."),
    (fit, {"verbose": 0}, "did you mean progress=False?"),
    (fit, {"verbose": 2}, "did you mean progress=True?"),
    (fit, {"validation_split": 0.2}, "did you mean validation=0.2?"),
    (fit, {"validation_data": ([[0.0, 1.0]], [1.0])}, "did you mean validation=(X_val, y_val)?"),
    (fit, {"callback": EarlyStopping()}, "did you mean callbacks=[EarlyStopping(patience=10)]?"),
    (fit, {"metric": "accuracy"}, "did you mean metrics=['accuracy']?"),
    (fit, {"metric": ["mse", "mae"]}, "did you mean metrics=['accuracy']?"),
    (fit, {"max_epochs": 5}, "did you mean epochs=5?"),
    (fit, {"accumulate_grad_batches": 4}, "did you mean accumulate=4?"),
    (fit, {"clipnorm": 1.0}, "did you mean clip_grad_norm=1.0?"),
    (fit, {"global_clipnorm": 1.0}, "did you mean clip_grad_norm=1.0?"),
    (fit, {"grad_clip": 0.5}, "did you mean clip_grad_norm=0.5?"),
    (fit, {"gradient_clip_val": 0.5}, "did you mean clip_grad_norm=0.5?"),
    (fit, {"max_grad_norm": 1.0}, "did you mean clip_grad_norm=1.0?"),
    (fit, {"ckpt_path": "models/of/monday/run.json"}, "did you mean checkpoint='run.json'?"),
    (EarlyStopping, {"restore_best_weights": False}, "did you mean restore_best=False?"),
    (EarlyStopping, {"n_iter_no_change": 5}, "did you mean patience=5?"),
    (EarlyStopping, {"tol": 0.5}, "did you mean min_delta=0.5?"),
    (EarlyStopping, {"metric": "val_loss"}, "did you mean monitor='val_loss'?"),
    (functools.partial(Checkpoint, "run.json"), {"every": 5}, "did you mean epochs=5?"),
    (History().plot, {"figsize": (6, 4)}, "write ax=plt.subplots(figsize=(6, 4))[1]"),
    (History().plot, {"path": "history.png"}, ".figure.savefig('history.png') writes a file"),
]


@pytest.mark.parametrize(("function", "arguments", "told"), MEANT)
def test_arguments_of_training_elsewhere_are_told(function, arguments, told):
    with pytest.raises(TypeError) as raised:
        function(**arguments)
    assert told in str(raised.value)


@pytest.mark.parametrize("settings", [{"activation": "softmax"}, {"output": "softmax"}])
def test_softmax_is_no_activation_of_one_neuron(settings):
    with pytest.raises(UnknownNameError, match="leave the outputs linear"):
        MLP(2, [3], **settings)


@pytest.mark.parametrize("engine", ["eager", "derived"])
@pytest.mark.parametrize("loss", [lambda p, t: (p - t) ** 2, lambda p: p])
def test_a_loss_that_does_not_fit_is_told_with_what_it_is_called(loss, engine):
    with pytest.raises(TypeError) as raised:
        fit(MODEL, XOR, loss=loss, optimizer=SGD(0.1), epochs=1, engine=engine)
    (note,) = raised.value.__notes__
    form = re.search("loss=(lambda .+)", note)[1]
    fit(MODEL, XOR, loss=eval(form, {"mean": ag.mean}), optimizer=SGD(0.1), epochs=1, engine=engine)


@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_rows_of_two_numbers_are_told_to_be_pairs(engine):
    X = [x for x, _ in XOR]
    with pytest.raises(ShapeError, match="expected 2 inputs") as raised:
        fit(MODEL, X, optimizer=SGD(0.1), epochs=1, engine=engine)
    assert re.search(r"taken as pairs .* write fit\(model, X, y", raised.value.__notes__[0])
    with pytest.raises(ShapeError) as raised:
        fit(MODEL, [([1.0], 0.0)], optimizer=SGD(0.1), epochs=1, engine=engine)
    assert not hasattr(raised.value, "__notes__")


def test_what_is_called_each_epoch_is_told_with_what():
    with pytest.raises(TypeError) as raised:
        fit(MODEL, XOR, optimizer=SGD(0.1), epochs=1, on_epoch=lambda epoch: None)
    assert "on_epoch=lambda epoch, loss: " in raised.value.__notes__[0]


def test_faults_of_the_package_in_a_loss_speak_for_themselves():
    with pytest.raises(DataError) as raised:
        fit(MODEL, XOR, loss=lambda p, t: ag.mse(p, ["a"] * 4), optimizer=SGD(0.1), epochs=1)
    assert not hasattr(raised.value, "__notes__")
