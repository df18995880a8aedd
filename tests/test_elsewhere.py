"""The names of other libraries: what is told where somebody writes them, and that it is true."""

import re

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Adam, Value, datasets, draw, fit, nn, optim, values
from autograd_scratch.aliases import INSTEAD as OF_VALUES
from autograd_scratch.arrays.methods import INSTEAD as OF_ARRAYS
from autograd_scratch.elsewhere import FUNCTIONS
from autograd_scratch.errors import AttributeNameError, DataError, ShapeError, UnknownNameError
from autograd_scratch.signatures import NOWHERE

MODEL = MLP(2, [2, 1], seed=0)
XOR = datasets.XOR


@pytest.mark.parametrize("module", [ag, nn, optim, datasets])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_other_libraries_are_told(module, name):
    assert not hasattr(module, name)
    with pytest.raises(AttributeNameError, match=rf"{module.__name__}' has no attribute '{name}'; .+"):
        getattr(module, name)


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
            for name in ("history", "loss", "epoch")
        ],
    ],
)
def test_attributes_of_other_libraries_are_told(thing, name, told):
    assert not hasattr(thing, name)
    with pytest.raises(AttributeNameError, match=f"{told} `{name}`; .+"):
        getattr(thing, name)


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_attributes_of_other_libraries_arrays_are_told(name):
    test_attributes_of_other_libraries_are_told(values(np.ones(2)), name, "an array of Values has no")


@pytest.mark.parametrize("name", NOWHERE)
@pytest.mark.parametrize("function", [draw, fit, ag.mse, MLP, SGD])
def test_arguments_that_no_function_has_are_told(function, name):
    with pytest.raises(
        TypeError, match=re.escape(f"has no argument {name!r}; {NOWHERE[name]}. It is called")
    ):
        function(**{name: None})


@pytest.mark.parametrize("option", ["shuffle", "generator"])
def test_a_switch_is_not_proposed_as_a_number(option):
    with pytest.raises(TypeError, match=r"did you mean seed=\.\.\.\?"):
        fit(MODEL, XOR, **{option: True})


@pytest.mark.parametrize("settings", [{"activation": "softmax"}, {"output": "softmax"}])
def test_softmax_is_no_activation_of_one_neuron(settings):
    with pytest.raises(UnknownNameError, match="leave the outputs linear"):
        MLP(2, [3], **settings)


@pytest.mark.parametrize("settings", [{}, {"lr": 0.1}])
@pytest.mark.parametrize("kind", [SGD, Adam])
def test_groups_of_parameters_are_told_with_a_rate_or_without(kind, settings):
    with pytest.raises(DataError, match="one group of parameters"):
        kind([{"params": MODEL.parameters(), "lr": 0.1}], **settings)


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
