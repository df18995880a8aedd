"""Models: their parameters, names, states, and what they refuse."""

import json
import pickle
from random import Random

import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, Layer, Module, Neuron, Value
from autograd_scratch.errors import (
    AttributeNameError,
    DataError,
    ShapeError,
    StateError,
    UnknownNameError,
)
from autograd_scratch.nn import ACTIVATIONS, INITIALIZERS
from autograd_scratch.nn.elsewhere import INSTEAD


class Tied(Module):
    def __init__(self):
        self.layer = Layer(2, 1, "tanh", seed=1)
        self.again = self.layer
        self.scale = Value(0.5)
        self.own = Value(1.0, "temperature")
        self.extra = {"bias": Value(0.0), "more": (Value(1.0), [Value(2.0)])}
        self.cached = self.scale * 2.0  # not a leaf, so not a parameter
        self.width = 3

    def __call__(self, x):
        return self.scale * self.layer(x)


class Child(Module):
    def __init__(self, parent):
        self.parent = parent
        self.w = Value(1.0)


class Parent(Module):
    def __init__(self):
        self.child = Child(self)


def test_parameters_are_found_each_once_and_named_by_their_paths():
    paths = [
        "layer.neurons.0.w.0",
        "layer.neurons.0.w.1",
        "layer.neurons.0.b",
        "scale",
        "own",
        "extra.bias",
        "extra.more.0",
        "extra.more.1.0",
    ]
    model = Tied()
    assert list(dict(model.named_parameters())) == paths
    assert [p.name for p in model.parameters()] == [p if p != "own" else "temperature" for p in paths]
    assert list(model.state_dict()) == paths


def test_the_outermost_module_names():
    class Outer(Module):
        def __init__(self, inner):
            self.inner = inner

    inner = Neuron(1, seed=0)
    assert inner.w[0].name == "w.0"
    Outer(Outer(inner))
    assert inner.w[0].name == "inner.inner.w.0"


def test_a_module_may_know_its_parent():
    assert [name for name, _ in Parent().named_parameters()] == ["child.w"]


def test_mlp_computes_what_its_layers_do():
    weights = [[[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], [[1.0, -1.0, 2.0]]]
    biases = [[0.0, 0.1, -0.1], [0.5]]
    model = MLP(2, [3, 1], weights=weights, biases=biases)
    hidden = [max(0.0, w[0] * 2.0 + w[1] * -1.0 + b) for w, b in zip(weights[0], biases[0])]
    expected = sum(w * h for w, h in zip(weights[1][0], hidden)) + 0.5
    assert model([2.0, -1.0]).data == pytest.approx(expected, rel=1e-15)
    assert model([Value(2.0), -1]).data == pytest.approx(expected, rel=1e-15)


def test_one_output_is_a_value_and_several_are_a_list():
    assert isinstance(MLP(2, [3, 1], seed=0)([1, 2]), Value)
    assert [type(out) for out in MLP(2, [3, 2], seed=0)([1, 2])] == [Value, Value]
    assert isinstance(MLP(2, [1, 1], seed=0)([1, 2]), Value)  # a hidden layer of one neuron
    assert isinstance(Layer(2, 1, seed=0)([1, 2]), Value)


def test_a_neuron_is_two_nodes():
    out = Neuron(16, "tanh", seed=0)([0.1] * 16)
    assert out.primitive.name == "tanh"
    assert out.parents[0].primitive.name == "dot"


def test_weights_may_be_fixed_to_plain_numbers():
    neuron = Neuron(2, "linear", weights=[1.0, 2.0], bias=0.5)
    neuron.w[1] = 3
    out = neuron([10.0, 100.0])
    out.backward()
    assert out.data == 310.5
    assert [p.grad for p in neuron.parameters()] == [10.0, 1.0]


def test_the_node_of_a_neuron_is_that_of_dot():
    neuron, x = Neuron(3, "linear", seed=1), [0.3, Value(0.7), -1.1]
    ours, public = neuron(x), ag.dot(neuron.w, x, neuron.b)
    assert (ours.data, ours.parents, ours.partials) == (public.data, public.parents, public.partials)
    with ag.no_grad():
        assert neuron(x).parents == ()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_by_name(activation):
    neuron = Neuron(1, activation, weights=[0.7], bias=0.1)
    expected = ag.__dict__[activation](0.8) if activation != "linear" else 0.7 + 0.1
    assert neuron([1.0]).data == pytest.approx(expected, rel=1e-14)


def test_activation_by_function():
    model = MLP(1, [1], output=lambda x: x * x, weights=[[[3.0]]])
    assert model([2.0]).data == 36.0
    assert Neuron(1, ag.tanh, weights=[1.0])([0.5]).data == ag.tanh(0.5)
    assert "tanh" in repr(Neuron(1, ag.tanh, seed=0))


def test_initialization_is_chosen_by_activation_and_spreads_as_published():
    for activation, fan_in, fan_out, limit in [
        ("relu", 50, 20, (6 / 50) ** 0.5),
        ("tanh", 50, 20, (6 / 70) ** 0.5),
        ("linear", 50, 20, (6 / 70) ** 0.5),
    ]:
        weights = [
            p.data for p in Layer(fan_in, fan_out, activation, seed=3).parameters() if ".w." in p.name
        ]
        assert max(map(abs, weights)) <= limit
        variance = sum(w * w for w in weights) / len(weights)
        assert variance == pytest.approx(limit**2 / 3, rel=0.1)
    assert all(p.data == 0.0 for p in Layer(3, 2, seed=0).parameters() if p.name.endswith(".b"))


@pytest.mark.parametrize(
    ("name", "variance"),
    [("glorot_uniform", 2 / 50), ("glorot_normal", 2 / 50), ("he_uniform", 2 / 30), ("he_normal", 2 / 30)],
)
def test_initializers(name, variance):
    random = Random(0)
    drawn = [INITIALIZERS[name](random, 30, 20) for _ in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(0.0, abs=4 * (variance / 20_000) ** 0.5)
    assert sum(x * x for x in drawn) / len(drawn) == pytest.approx(variance, rel=0.05)
    model = MLP(30, [20], init=name, seed=0)
    assert model.layers[0].neurons[0].w[0].data == INITIALIZERS[name](Random(0), 30, 20)


def test_seeds():
    assert MLP(2, [4, 1], seed=42).state_dict() == MLP(2, [4, 1], seed=42).state_dict()
    assert MLP(2, [4, 1], seed=42).state_dict() == MLP(2, [4, 1], seed=Random(42)).state_dict()
    assert MLP(2, [4, 1], seed=42).state_dict() != MLP(2, [4, 1], seed=43).state_dict()
    assert MLP(2, [4, 1]).state_dict() != MLP(2, [4, 1]).state_dict()


def test_state_goes_through_json_exactly():
    model, twin = MLP(2, [4, 1], seed=1), MLP(2, [4, 1], seed=2)
    twin.load_state_dict(json.loads(json.dumps(model.state_dict())))
    assert twin.state_dict() == model.state_dict()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("b"), "it lacks 'b'"),
        (lambda s: s.update(c=1.0), "nothing there is called 'c'"),
        (lambda s: s.update(b="x"), r"the state of 'b' must be a real number, not 'x'"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, message):
    neuron = Neuron(2, weights=[1.0, 2.0], bias=3.0)
    before = neuron.state_dict()
    state = dict.fromkeys(before, 0.0)
    change(state)
    with pytest.raises(StateError, match=message):
        neuron.load_state_dict(state)
    assert neuron.state_dict() == before


def test_other_states_that_do_not_fit():
    paths = "'layers.0.neurons.3.b', 'layers.0.neurons.3.w.0', 'layers.0.neurons.3.w.1' and 1 more"
    with pytest.raises(StateError, match=rf"does not fit MLP\(2, \[4, 1\]\); it lacks {paths}"):
        MLP(2, [4, 1]).load_state_dict(MLP(2, [3, 1]).state_dict())
    with pytest.raises(StateError, match="a state is a mapping from path to number, not 3"):
        MLP(2, [1]).load_state_dict(3)


def test_modules_of_numpys_and_of_the_packages_own():
    assert MLP(2, [4, 1], activation=ag.relu, seed=0).state_dict() == MLP(2, [4, 1], seed=0).state_dict()
    assert "'relu'" in repr(Neuron(2, ag.relu))
    assert "Neuron(2, abs)" in repr(Neuron(2, ag.abs))


def test_two_parameters_at_one_path_are_refused():
    class Net(Module):
        def __init__(self):
            self.parts = {1: Value(1.0), "1": Value(2.0)}

    with pytest.raises(StateError, match=r"two parameters of Net have the path 'parts\.1'"):
        Net()


def test_own_names_stay_and_know_their_paths():
    name = Tied().own.name
    assert (name, name.path) == ("temperature", "own")
    twin = pickle.loads(pickle.dumps(name))
    assert (twin, twin.path) == ("temperature", "own")


def test_repr_of_modules_that_know_their_parents():
    assert repr(Parent()) == "Parent, 1 parameter\n  child: Child, 1 parameter"


def test_freezing():
    model = MLP(2, [4, 1], seed=0)
    model.layers[0].freeze()
    assert len(model.parameters()) == 5
    assert len(model.parameters(frozen=True)) == len(model.state_dict()) == 17
    assert "12 parameters, frozen" in repr(model)
    model.unfreeze()
    assert len(model.parameters()) == 17


def test_train_and_eval_reach_everything_below():
    model = MLP(2, [4, 1], seed=0)
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    model.train()
    assert all(module.training for module in model.modules())
    assert len(list(model.modules())) == 8


def test_zero_grad_forgets_all_gradients():
    model = MLP(2, [4, 1], seed=0)
    model.layers[0].freeze()
    model([1.0, 2.0]).backward()
    model.zero_grad()
    assert {p.grad for p in model.parameters(frozen=True)} == {0.0}


def test_repr_shows_tree_and_count():
    assert repr(MLP(2, [4, 1], activation="tanh", seed=0)).splitlines() == [
        "MLP(2, [4, 1]), 17 parameters",
        "  layers.0: Layer(2, 4, 'tanh'), 12 parameters",
        "    neurons.0 to 3: Neuron(2, 'tanh'), 3 parameters each",
        "  layers.1: Layer(4, 1, 'linear'), 5 parameters",
        "    neurons.0: Neuron(4, 'linear'), 5 parameters",
    ]
    assert repr(Tied()).startswith("Tied, 8 parameters\n  layer: Layer(2, 1, 'tanh'), 3 parameters")


def test_models_are_pickled():
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    twin = pickle.loads(pickle.dumps(model))
    assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
    assert [p.name for p in twin.parameters()] == [p.name for p in model.parameters()]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: MLP(2, [4, 1])([1.0]),
            ShapeError,
            r"expected 2 inputs for Layer\(2, 4, 'relu'\) at layers\.0, not 1",
        ),
        (lambda: MLP(2, [4, 1])(1.0), ShapeError, r"expected 2 inputs .* not 1\.0 \(float\)"),
        (lambda: Neuron(2)("12"), ShapeError, "expected 2 inputs .* not '12'"),
        (lambda: Neuron(2)(["1", 2]), DataError, "an input must be a real number, not '1'"),
        (lambda: MLP(2, [1], activation="sigmoit"), UnknownNameError, "no activation is called 'sigmoit'"),
        (
            lambda: MLP(2, [2, 1], activation="sigmoit"),
            UnknownNameError,
            "no activation is called 'sigmoit'; did you mean 'sigmoid'",
        ),
        (lambda: MLP(2, [1], activation="ReLU"), UnknownNameError, "called 'ReLU'; did you mean 'relu'"),
        (lambda: MLP(2, [1], output=3), UnknownNameError, "no activation is called 3"),
        (
            lambda: MLP(2, [1], init="glorot"),
            UnknownNameError,
            "no initializer is called 'glorot'; did you mean 'glorot_",
        ),
        (lambda: MLP(2, 1), ShapeError, r"write \[1\]"),
        (lambda: MLP(2, []), ShapeError, "an MLP needs at least one layer"),
        (
            lambda: MLP(2, [1], seed=1.5),
            DataError,
            "a seed must be a whole number or a random.Random, not 1.5",
        ),
        (lambda: MLP(0, [1]), ShapeError, "the number of inputs must be a whole number from 1 on, not 0"),
        (
            lambda: Layer(2, 1.5),
            ShapeError,
            "the number of outputs must be a whole number from 1 on, not 1.5",
        ),
        (
            lambda: Layer(2, 2, weights=[[1, 2]]),
            ShapeError,
            "expected 2 rows of weights of a layer, one a neuron, not 1",
        ),
        (lambda: Neuron(2, weights=[1, 2, 3]), ShapeError, "expected 2 weights of a neuron, not 3"),
        (lambda: MLP(2, 3), ShapeError, r"write \[3\]"),
        (lambda: MLP(2, 4, 1), ShapeError, r"write \[4, 1\]"),
        (lambda: MLP(2, [16, 16], 1), ShapeError, r"write \[16, 16, 1\]"),
        (lambda: Neuron(2, weights="12"), ShapeError, "expected 2 weights of a neuron, not '12'"),
        (lambda: MLP(2, [1], weights=[[[1, None]]]), DataError, "data must be a real number, not None"),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("name", INSTEAD)
def test_what_models_have_elsewhere_is_named(name):
    model = MLP(2, [2, 1], seed=0)
    with pytest.raises(AttributeNameError, match=rf"a model has no `{name}`; .+"):
        getattr(model, name)
    assert not hasattr(model, name)
    setattr(model, name, 3)
    assert getattr(model, name) == 3


def test_what_is_written_in_place_of_fit_predict_save_and_load_works(tmp_path):
    model = MLP(2, [2, 1], seed=0)
    X, y = [[0.0, 1.0], [1.0, 1.0]], [1.0, 0.0]
    ag.fit(model, X, y, optimizer=ag.SGD(lr=0.1), epochs=3)
    answers = [model(x).data for x in X]
    ag.save(model, tmp_path / "model.safetensors")
    other = ag.load(MLP(2, [2, 1], seed=1), tmp_path / "model.safetensors")
    assert [other(x).data for x in X] == answers


def test_a_name_that_nobody_has_and_a_fault_in_a_property_are_told_as_python_does():
    class Faulty(Module):
        @property
        def size(self):
            return self.nothing

    for thing, name, missing in ((Faulty(), "size", "nothing"), (MLP(2, [1]), "layerz", "layerz")):
        with pytest.raises(
            AttributeError, match=f"'{type(thing).__name__}' object has no attribute '{missing}'"
        ):
            getattr(thing, name)


def test_a_neuron_of_ones_own_in_a_layer_computes_as_it_says():
    class Doubled(Neuron):
        def forward(self, x):
            return 2.0 * super().forward(x)

    plain, layer = Layer(2, 3, "tanh", seed=0), Layer(2, 3, "tanh", seed=0)
    layer.neurons[1] = Doubled(2, "tanh")
    layer.load_state_dict(plain.state_dict())
    first, second, third = (out.data for out in plain([0.5, -1.0]))
    assert [out.data for out in layer([0.5, -1.0])] == [first, 2.0 * second, third]
