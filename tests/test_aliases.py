"""The names that micrograd, its author's lectures and microgpt have for the parts of a node."""

import copy
import inspect
import math
import pickle

import pytest

from autograd_scratch import MLP, Value
from autograd_scratch.errors import AttributeNameError, AutogradError, CallError, DataError, RuleError


def test_a_label_is_a_name():
    a, b = Value(2.0, label="a"), Value(-3.0)
    e = a * b
    assert (a.name, a.label, b.name, b.label) == ("a", "a", None, "")
    e.label = "e"
    assert (e.name, e.label, repr(e)) == ("e", "e", "Value(data=-6.0, name='e')")
    e.label = ""
    assert (e.name, Value(1.0, label="").name) == (None, None)
    with pytest.raises(DataError, match="must be text"):
        e.label = 3
    with pytest.raises(DataError, match="another word"):
        Value(1.0, "a", label="b")


@pytest.mark.parametrize(
    ("make", "operation", "parents", "slopes"),
    [
        (lambda a, b: a, "", 0, ()),
        (lambda a, b: a + b, "+", 2, (1.0, 1.0)),
        (lambda a, b: a * b, "*", 2, (-3.0, 2.0)),
        (lambda a, b: a * a, "*", 1, (2.0, 2.0)),
        (lambda a, b: a * 4.0, "*", 1, (4.0,)),
        (lambda a, b: 1.0 - a, "-", 1, (-1.0,)),
        (lambda a, b: b.relu(), "relu", 1, (0.0,)),
        (lambda a, b: a.tanh(), "tanh", 1, (1.0 - math.tanh(2.0) ** 2,)),
        (lambda a, b: a.exp(), "exp", 1, (math.exp(2.0),)),
        (lambda a, b: (a.maximum(b)).maximum(a), "max", 2, (0.5, 0.5)),
    ],
)
def test_the_graph_is_walked_in_other_engines_words(make, operation, parents, slopes):
    node = make(Value(2.0), Value(-3.0))
    assert node._op == operation
    assert isinstance(node._prev, set)
    assert len(node._prev) == parents
    assert set(node._children) == node._prev
    assert node._local_grads == pytest.approx(slopes, rel=1e-12)


def with_children(x):
    return Value(math.cos(x.data), (x,), "cos")


def with_keywords(x):
    return Value(math.cos(x.data), _children=(x,), _op="cos")


def with_children_alone(x):
    return Value(math.cos(x.data), {x})


def with_a_closure(x):
    out = x.cos()
    out._backward = lambda: None
    return out


@pytest.mark.parametrize("write", [with_children, with_keywords, with_children_alone, with_a_closure])
def test_an_operation_of_micrograds_form_is_shown_the_form_of_ours(write):
    with pytest.raises(RuleError, match=r"@primitive\(partials=lambda out, x: \(1 - out \* out,\)\)"):
        write(Value(0.3))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Value(2.0, ()), None),
        (lambda: Value(2.0, (), ""), None),
        (lambda: Value(2.0, (), "", "a"), "a"),
        (lambda: Value(2.0, (), "input"), "input"),
        (lambda: Value(2.0, (), "input", label="a"), "a"),
        (lambda: Value(2.0, _children=(), _op="", label="a"), "a"),
        (lambda: Value(2.0, "a", _children=set()), "a"),
    ],
)
def test_a_leaf_may_be_written_in_micrograds_form(make, name):
    leaf = make()
    assert (leaf.data, leaf.name, leaf.primitive, leaf.parents) == (2.0, name, None, ())


def test_what_is_hung_on_a_parameter_stays_there_and_goes_with_its_copies():
    model = MLP(2, [2, 1], seed=0)
    for i, p in enumerate(model.parameters()):
        p.m, p.v = float(i), 0.0
    for other in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [(p.m, p.v) for p in other.parameters()] == [(float(i), 0.0) for i in range(9)]
    assert copy.deepcopy(model).parameters()[0] is not model.parameters()[0]


OTHERS = ("value", "val", "gradient", "grads", "children", "op", "local_grads", "requires_grad", "numpy")


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_other_libraries_are_answered_by_those_of_ours(name):
    x = Value(1.0)
    assert not hasattr(x, name)
    with pytest.raises(AttributeNameError, match=rf"no `{name}`; .*(\.\w+|no_grad)"):
        getattr(x, name)
    with pytest.raises(AttributeNameError, match=rf"no `{name}`"):
        setattr(x, name, 0.0)


def test_a_subclass_is_refused_when_it_is_written():
    with pytest.raises(RuleError, match="@primitive"):
        type("Mine", (Value,), {})


def test_tab_shows_what_is_public():
    shown = {name for name in dir(Value(1.0)) if not name.startswith("__")}
    assert {
        "data",
        "grad",
        "name",
        "label",
        "parents",
        "partials",
        "primitive",
        "backward",
        "tanh",
    } <= shown
    hidden = {"height", "made", "record", "holding", "connect", "value", "requires_grad", "_data", "_first"}
    assert not shown & hidden


def test_errors_of_pythons_name_value_and_no_class_below_it():
    for wrong in (
        lambda: Value(1.0).backward(1.0, True, False, 3),
        lambda: Value(1.0).item(2),
    ):
        with pytest.raises(TypeError, match=r"^Value\.") as caught:
            wrong()
        assert not isinstance(caught.value, AutogradError)
    assert [*inspect.signature(Value).parameters] == ["data", "name", "label"]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Value(), CallError, r"a Value needs a number: write Value\(2.0\)"),
        (lambda: Value(2.0, requires_grad=True), CallError, "flow to each Value: leave requires_grad out"),
        (lambda: Value(2.0, "a", "b"), RuleError, "takes a number and a name, not 'b'"),
        (lambda: Value(2.0, 3), DataError, "the name of a Value must be text, not 3"),
        (lambda: Value(None), DataError, "data must be a real number, not None"),
    ],
)
def test_a_value_that_cannot_be_made_is_told_how_one_is(make, error, message):
    with pytest.raises(error, match=message):
        make()
