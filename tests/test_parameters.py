"""Which parameters a model has: what its constructor makes, what is changed later, and what is declared."""

import copy
import pickle
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import pytest
from own_models import ROWS, InitLast, LectureNeuron, Micrograd, Registers, Remembers, Torch

from autograd_scratch import (
    MLP,
    SGD,
    Layer,
    Module,
    Neuron,
    Value,
    clip_grad_norm,
    draw,
    fit,
    functional_call,
    grad,
    hessian,
    tanh,
    values,
)
from autograd_scratch.errors import AutogradError, CallError, DataError, GraphError, ModelError
from autograd_scratch.nn.search import parameters_of


def paths(model):
    return [path for path, _ in model.named_parameters()]


BEGIN = ["w.0", "w.1", "b"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda m: m.w.__setitem__(0, Value(7.0)), BEGIN),
        (lambda m: setattr(m, "w", [Value(7.0), Value(8.0)]), BEGIN),
        (lambda m: setattr(m, "w", values([7.0, 8.0])), BEGIN),
        (lambda m: m.w.append(Value(7.0)), ["w.0", "w.1", "w.2", "b"]),
        (lambda m: m.w.insert(0, Value(7.0)), ["w.0", "w.1", "w.2", "b"]),
        (lambda m: setattr(m, "b", [Value(7.0)]), ["w.0", "w.1", "b.0"]),
        (lambda m: setattr(m, "b", 0.0), ["w.0", "w.1"]),
        (lambda m: setattr(m, "x", [Value(7.0)]), BEGIN),
        (lambda m: setattr(m, "x", m.w), BEGIN),
        (lambda m: m.cache.update(x=Value(7.0)), BEGIN),
        (lambda m: setattr(m, "later", Value(7.0)), BEGIN),
        (lambda m: setattr(m, "head", Layer(1, 1)), [*BEGIN, "head.neurons.0.w.0", "head.neurons.0.b"]),
        (
            lambda m: m.cache.update(part=Registers()),
            ["cache.part.w.0", "cache.part.w.1", "cache.part.b", *BEGIN],
        ),
        (lambda m: m.register_parameter("later", {"k": Value(7.0)}), [*BEGIN, "later.k"]),
        (lambda m: m.register_parameter("x", Value(7.0)), ["x", *BEGIN]),
        (lambda m: any(p.named("w") for p in m.parameters()), BEGIN),
        (lambda m: setattr(m, "loop", [m, m.w, vars(m)]), BEGIN),
    ],
)
@pytest.mark.parametrize("copied", [lambda m: m, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_what_is_changed_after_the_constructor(change, expected, copied):
    model = Remembers()
    change(model)
    assert paths(copied(model)) == expected


def test_modules_added_to_layers_are_trained_and_run():
    model = MLP(2, [3, 2], "tanh", seed=0)
    model.layers.append(Layer(2, 1, "linear", seed=1))
    assert repr(model).startswith("MLP(2, [3, 2, 1]), 20 parameters")
    model.layers[1] = Torch()
    model.layers[2] = Layer(1, 1, "linear", weights=[[1.0]])
    assert repr(model).startswith("MLP(2, [3, Torch, 1]), ")
    model.layers = [Torch()]
    assert model([1.0, 2.0]).data == Torch()([1.0, 2.0]).data
    assert len(model.parameters()) == 9


def test_neurons_of_ones_own_stand_in_a_layer():
    layer = Layer(2, 2, "linear", seed=0)
    layer.neurons[1] = LectureNeuron(2)
    assert [out.data for out in layer([1.0, 2.0])][1] == LectureNeuron(2)([1.0, 2.0]).data
    assert len(layer.parameters()) == 6


def test_a_module_that_kept_its_input_brings_no_data_into_another():
    inner, x = Remembers(), [Value(1.0), Value(2.0)]
    inner(x)

    class Outer(Module):
        def __init__(self, inner):
            self.inner = inner

    assert paths(Outer(inner)) == [f"inner.{path}" for path in BEGIN]
    assert {entry.name for entry in x} == {None}
    inner.register_parameter("later", Value(1.0))
    assert (inner.later.name, inner.later.name.model) == ("inner.later", inner.b.name.model)


def test_a_weight_that_is_frozen_in_one_place_is_frozen():
    first, second = Registers(), Registers()
    second.b = first.b

    class Both(Module):
        def __init__(self):
            self.parts = [first, second]

    for frozen in (first, second):
        frozen.freeze()
        assert "parts.0.b" not in paths(Both())
        frozen.unfreeze()
    assert len(paths(Both())) == 5


def test_attributes_that_are_called_as_methods_are():
    class Net(Module):
        def __init__(self):
            self.modules = [Registers(), Registers()]

    model = Net().freeze().eval()
    assert (paths(model), len(model.state_dict())) == ([], 6)
    assert not any(module.training for module in [model, *model.modules])


@pytest.mark.parametrize(
    ("neuron", "nonlin", "expected"),
    [
        (Neuron(1, weights=[1.0]), True, 0.0),
        (Neuron(1, False, weights=[1.0]), False, -3.0),
        (Neuron(1, True, weights=[1.0]), True, 0.0),
        (Neuron(1, nonlin=False, weights=[1.0]), False, -3.0),
        (Neuron(1, "tanh", nonlin=False, weights=[1.0]), False, -3.0),
        (Neuron(1, "tanh", nonlin=True, weights=[1.0]), True, tanh(-3.0)),
        (Layer(1, 2, nonlin=False, weights=[[1.0], [1.0]]).neurons[1], False, -3.0),
    ],
)
def test_nonlin(neuron, nonlin, expected):
    assert (neuron.nonlin, neuron([-3.0]).data) == (nonlin, expected)
    neuron.nonlin = not nonlin
    assert (neuron.nonlin, neuron([-3.0]).data) == (not nonlin, 0.0 if not nonlin else -3.0)


def test_a_declaration_holds_for_all_below():
    class Head(Module):
        def __init__(self):
            self.body, self.head = Registers(), Registers()

        def parameters(self):
            return self.head.parameters()

    class Whole(Module):
        def __init__(self):
            self.inner = Head()

    model = Whole()
    assert paths(model) == ["inner.head.w.0", "inner.head.w.1", "inner.head.b"]
    model.inner.head.freeze()
    assert (paths(model), len(model.state_dict())) == ([], 3)


def test_a_constructor_does_not_ask_what_is_not_ready():
    class Later(Module):
        def __init__(self):
            self.part = Micrograd()

        def build(self):
            self.w = Value(1.0)

        def parameters(self):
            return [self.w]

    model = Later()
    model.build()
    assert parameters_of(model) == [model.w]


def test_a_penalty_inside_a_call_follows_the_state():
    class Penalized(Module):
        def __init__(self):
            self.w = [Value(1.0), Value(2.0)]

        def __call__(self, x):
            return x * self.w[0] + sum(p**3 for p in self.parameters())

    model = Penalized()
    state = model.state_dict()
    assert hessian(lambda s: functional_call(model, s, 5.0))(state) == {
        "w.0": {"w.0": 6.0, "w.1": 0.0},
        "w.1": {"w.0": 0.0, "w.1": 12.0},
    }
    assert (
        grad(lambda s: functional_call(model, {"w.0": s * s, "w.1": 2.0}, 5.0))(3.0) == 2 * 3 * 5 + 6 * 3**5
    )


class Lazy(Module):
    def __call__(self, x):
        self.w = [Value(1.0) for _ in x]
        return sum(w * xi for w, xi in zip(self.w, x))


def step(model):
    model([1.0, 2.0]).backward()
    SGD(0.1, model).step()


@pytest.mark.parametrize(
    "train",
    [
        step,
        lambda model: fit(model, ROWS, optimizer=SGD(0.1), epochs=1),
        lambda model: fit(model, ROWS, optimizer=SGD(0.1), epochs=1, engine="derived"),
        lambda model: clip_grad_norm(model, 1.0),
    ],
)
def test_a_model_without_parameters_is_told_how_to_declare_some(train):
    with pytest.raises(
        GraphError, match=r"Lazy has no parameters\..* self\.register_parameter\('w', Value"
    ):
        train(Lazy())


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        (lambda w: None, ModelError, r"parameters\(\) of Wrong gives None; return a list of its Values"),
        (lambda w: "w", ModelError, r"parameters\(\) of Wrong gives 'w' \(str\)"),
        (
            lambda w: [w.data],
            DataError,
            r"must be a Value, not 1\.0 \(float\), which is in parameters\(\) of Wrong",
        ),
        (lambda w: [w * 2.0], GraphError, r"a parameter must be a leaf, and Value\(data=2\.0\) in param"),
    ],
)
@pytest.mark.parametrize("base", [Module, object])
def test_parameters_that_are_none(told, error, message, base):
    class Wrong(base):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, x):
            return self.w * x[0]

        def parameters(self):
            return told(self.w)

    for use in (
        SGD(0.1, Wrong()).zero_grad,
        lambda: fit(Wrong(), ROWS, optimizer=SGD(0.1), epochs=1),
        lambda: draw(Wrong(), [1.0, 2.0]),
    ):
        with pytest.raises(error, match=message):
            use()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "w",
            0.5,
            r"a leaf Value, or a list, dict or array of such, not 0\.5 \(float\); write register_param",
        ),
        ("w", [], "a leaf Value"),
        ("w", Value(1.0) * 2.0, "a leaf Value"),
        ("a.w", Value(1.0), r"that of an attribute, not 'a\.w'"),
        (3, Value(1.0), "that of an attribute, not 3"),
    ],
)
def test_what_cannot_be_registered(name, value, message):
    model = Registers()
    with pytest.raises(DataError, match=message):
        model.register_parameter(name, value)
    assert paths(model) == BEGIN


def test_calls_and_forward():
    class Doubles(MLP):
        def forward(self, x):
            return 2.0 * super().forward(x)

    class Nothing(Module):
        pass

    model, x = MLP(2, [2, 1], seed=0), np.array([1.0, 2.0])
    assert model.forward(x).data == model(x).data == Doubles(2, [2, 1], seed=0)(x).data / 2.0
    assert model.layers[0].forward(x)[0].data == model.layers[0].neurons[0].forward(x).data
    assert Micrograd().forward([1.0, 2.0]).data == Micrograd()([1.0, 2.0]).data
    for call in (Nothing(), Nothing().forward):
        with pytest.raises(ModelError, match=r"Nothing does not say what it computes; write def __call__"):
            call(x)


def test_parameters_in_slots_are_found():
    class Slotted(Module):
        __slots__ = ("w",)

        def __init__(self, w):
            self.w = w

    @dataclass(slots=True)
    class Data(Module):
        w: Value
        layers: list[Layer] = field(default_factory=lambda: [Layer(1, 1, seed=0)])
        power: int = 2

    for model, expected in [
        (Slotted, ["w"]),
        (Data, ["w", "layers.0.neurons.0.w.0", "layers.0.neurons.0.b"]),
    ]:
        made = model(Value(0.5))
        assert paths(made) == expected
        assert paths(copy.deepcopy(made)) == expected
        made.load_state_dict(dict.fromkeys(expected, 2.0))
        assert made.w.data == 2.0
    assert Data(Value(0.5)).power == 2


def test_a_model_may_be_an_abstract_class():
    class Base(Module, ABC):
        def __init__(self):
            self.w = Value(0.5)

        @abstractmethod
        def forward(self, x): ...

    class Scaled(Base):
        def forward(self, x):
            return self.w * x

    assert Scaled()(2.0).data == 1.0
    assert paths(Scaled()) == ["w"]
    with pytest.raises(TypeError, match="abstract"):
        Base()


def test_other_arguments_than_forward_takes():
    class Scaled(Module):
        def forward(self, x, *, scale=1.0):
            return x * scale

    class Selfless(Module):
        def forward():
            return 1.0

    model = MLP(2, [1])
    for call, message in [
        (model, r"^MLP lacks 'x'\. It is called as model\(x\)$"),
        (
            lambda: model(1.0, Value(2.0)),
            r"^MLP takes 1 argument, and was given 2\..*, as in model\(\[1, 2\]\)$",
        ),
        (lambda: model(inputs=[1.0, 2.0]), r"^MLP has no argument 'inputs'\. It is called as model\(x\)$"),
        (
            lambda: Scaled()(2.0, factor=3.0),
            r"^Scaled has no argument 'factor'.* model\(x, \*, scale=1\.0\)$",
        ),
        (Selfless(), r"^forward of Selfless has no place for the object: write def forward\(self\)$"),
    ]:
        with pytest.raises(CallError, match=message):
            call()
    with pytest.raises(TypeError, match="'int' object is not"):  # inside of forward
        InitLast()(3)


@pytest.mark.parametrize(
    ("model", "x", "message"),
    [
        (
            MLP(2, [1]),
            [[1.0, 2.0]] * 3,
            r"at layers\.0 takes one sample of 2 inputs at a time; for a batch",
        ),
        (MLP(2, [1]), np.ones((2, 2)), r"write \[model\(x\) for x in X\]"),
        (Layer(2, 1), [[1.0, 2.0], [3.0, 4.0]], r"write \[model\(x\) for x in X\]"),
    ],
)
def test_inputs_of_another_shape(model, x, message):
    with pytest.raises(AutogradError, match=message):
        model(x)


@pytest.mark.parametrize("x", [3, 3.0, np.float64(3.0), Value(3.0), np.array([3.0]), [3.0]])
@pytest.mark.parametrize("make", [Neuron, Layer, MLP])
def test_a_single_input_needs_no_list(make, x):
    sizes = {Neuron: (1,), Layer: (1, 2), MLP: (1, [3, 2])}[make]
    model = make(*sizes, seed=0)
    answers = [values_of(model(given)) for given in (x, [3.0])]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_a_model_of_one_input_is_fitted_to_a_row_of_numbers(engine):
    model = MLP(1, [1], seed=0)
    fit(model, [0.0, 1.0, 2.0], [1.0, 3.0, 5.0], optimizer=SGD(0.1), epochs=500, engine=engine)
    assert model(3.0).data == pytest.approx(7.0, rel=1e-6)


def values_of(answer):
    return [value.data for value in (answer if isinstance(answer, list) else [answer])]
