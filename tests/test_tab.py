"""What `dir` and the tab key show of the package and of what it gives: what is public, and nothing else."""

import inspect
import pydoc
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, draw, fit
from autograd_scratch.elsewhere import Elsewhere

ROOMS = {"datasets", "errors", "nn", "optim"}


def shown(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def test_the_package_shows_its_public_names_and_the_rooms_that_one_writes():
    assert shown(ag) >= {*ag.__all__, "sum", "abs", "max", "min", "round", "pow", *ROOMS}
    assert {name for name in shown(ag) if isinstance(getattr(ag, name), ModuleType)} == ROOMS
    assert shown(ag) - ROOMS <= {*ag.__all__, "sum", "abs", "max", "min", "round", "pow"}


def test_what_is_shown_is_there_after_the_import_alone():
    program = "import autograd_scratch as ag; [getattr(ag, name) for name in dir(ag)]"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


X = Value(2.0, "x")
MODEL = MLP(2, [1], seed=0)
PUBLIC = {
    "program": (
        ag.derive(lambda x: x * x, inputs=[1.0]),
        {"backend", "loop_source", "mean", "name", "run", "save", "source", "sum", "to_latex"},
    ),
    "drawing": (draw(X), {"contents", "explore", "image", "save", "source", "svg", "text"}),
    "history": (
        fit(MODEL, [([0.0, 1.0], 1.0)], optimizer=SGD(0.1), epochs=1),
        {"backend", "data", "frame", "losses", "metrics", "plot", "settings", "source", "stopped"},
    ),
    "optimizer": (
        SGD(0.1),
        {
            *{"lr", "momentum", "dampening", "nesterov", "weight_decay"},
            *{"init", "update", "step", "zero_grad", "maximize", "param_groups", "add_param_group"},
            *{"state_dict", "load_state_dict"},
        },
    ),
    "no_grad": (ag.no_grad(), set()),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_an_object_shows_what_one_may_use(name):
    thing, public = PUBLIC[name]
    assert shown(thing) == public


def test_a_model_shows_its_parts():
    assert shown(MODEL) >= {"layers", "parameters", "state_dict", "zero_grad"}
    MODEL.extra = 1
    assert "extra" in dir(MODEL)


def test_a_class_of_ones_own_shows_what_it_has():
    class Trained(MLP):
        def fit(self, data):
            return data

    model = Trained(2, [1])
    model.weights = [1.0]
    assert shown(model) - shown(MODEL) == {"fit", "weights"}
    assert shown(Trained) - shown(MLP) == {"fit"}


@pytest.mark.parametrize("kind", [SGD, Value, ag.Drawing])
def test_help_says_of_a_name_of_another_library_what_stands_for_it(kind):
    text = pydoc.plain(pydoc.render_doc(kind))
    names = {name for name, each in inspect.getmembers_static(kind) if isinstance(each, Elsewhere)}
    assert names
    for name in names:
        assert f"has no `{name}`; " in text


def test_help_of_a_model_shows_its_own_names_alone():
    text = pydoc.plain(pydoc.render_doc(MLP))
    assert " state_dict(" in text
    assert " fit\n" not in text


def test_an_array_of_values_shows_what_a_value_and_an_array_do():
    own = shown(ag.values(np.zeros(2))) - shown(np.zeros(2))
    assert own <= (shown(Value(0.0)) - {"name", "label"}) | {"numpy"}
    assert own >= {"backward", "grad", "zero_grad", "exp", "log", "tanh", "relu"}
