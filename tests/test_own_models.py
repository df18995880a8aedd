"""Models as people write them: which parameters they have, and that everything works on them."""

import copy
import pickle
import pydoc
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from inspect import signature

import numpy as np
import pytest

from autograd_scratch import (
    MLP,
    SGD,
    Layer,
    Module,
    Neuron,
    Value,
    clip_grad_norm,
    compare,
    draw,
    fit,
    functional_call,
    grad,
    hessian,
    mse,
    tanh,
    values,
)
from autograd_scratch.errors import AutogradError, DataError, GraphError, ModelError, StateError
from autograd_scratch.nn.search import parameters_of

ROWS = [([0.0, 0.5], 0.1), ([1.0, -0.5], 0.6), ([0.3, 0.8], -0.2)]


def line(w, x, b):
    return w[0] * x[0] + w[1] * x[1] + b


class Micrograd(Module):
    def __init__(self):
        self.w = [Value(0.5), Value(-0.25)]
        self.b = Value(0)

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b)

    def parameters(self):
        return [*self.w, self.b]


class GivesTuple(Micrograd):
    def parameters(self):
        return (*self.w, self.b)


class Yields(Micrograd):
    def parameters(self):
        yield from self.w
        yield self.b


class IsProperty(Micrograd):
    @property
    def parameters(self):
        return [*self.w, self.b]


class IsAttribute(Module):
    def __init__(self):
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.0)
        self.parameters = [*self.w, self.b]

    def __call__(self, x):
        return line(self.w, x, self.b)


class LectureNeuron:
    def __init__(self, nin):
        self.w = [Value(0.3 + 0.1 * i) for i in range(nin)]
        self.b = Value(0.1)

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class LectureLayer:
    def __init__(self, nin, nout):
        self.neurons = [LectureNeuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class LectureMLP:
    def __init__(self):
        self.layers = [LectureLayer(2, 2), LectureLayer(2, 1)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


class Arrays:
    def __init__(self):
        self.W, self.b = values([0.5, -0.25]), Value(0.0)

    def __call__(self, x):
        return line(self.W, x, self.b)

    def parameters(self):
        return [self.W, self.b]


class ModuleInPlain:
    def __init__(self):
        self.inner, self.scale = Layer(2, 1, "tanh", seed=0), Value(0.5)

    def __call__(self, x):
        return self.scale * self.inner(x)

    def parameters(self):
        return [*self.inner.parameters(), self.scale]


class OthersInModule(Module):
    def __init__(self):
        self.plain, self.own, self.scale = LectureNeuron(2), {"own": Micrograd()}, Value(0.5)

    def __call__(self, x):
        return self.scale * self.plain(x) + self.own["own"](x)


class PlusSuper(Layer):
    def __init__(self):
        super().__init__(2, 1, "tanh", seed=1)
        self.hidden = lambda: gain
        gain = Value(1.5)

    def __call__(self, x):
        return self.hidden() * super().__call__(x)

    def __reduce__(self):
        return PlusSuper, ()

    def parameters(self):
        return [*super().parameters(), self.hidden()]


class InitLast(Module):
    def __init__(self):
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.0)
        super().__init__()

    def forward(self, x):
        return line(self.w, x, self.b)


class Torch(Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = Layer(2, 2, nonlin=False, seed=1), Layer(2, 1, "linear", seed=2)

    def forward(self, x):
        return self.fc2([tanh(h) for h in self.fc1(x)])


@dataclass
class Data(Module):
    w: list = field(default_factory=lambda: [Value(0.5), Value(-0.25)])
    b: Value = field(default_factory=lambda: Value(0.0))

    def __call__(self, x):
        return line(self.w, x, self.b)


@dataclass(frozen=True, eq=False)
class Immutable(Module):
    w: list = field(default_factory=lambda: [Value(0.5), Value(-0.25)])
    b: Value = field(default_factory=lambda: Value(0.0))

    def __call__(self, x):
        return line(self.w, x, self.b)


class Tied(Module):
    def __init__(self):
        self.encoder, self.b = [Value(0.5), Value(0.25)], Value(0.0)
        self.decoder = {"w": self.encoder[0]}

    def __call__(self, x):
        return line(self.encoder, x, self.b) * self.decoder["w"]


class Buffers(Module):
    def __init__(self):
        self.w, self.seen, self.offset = [Value(0.5), Value(-0.25)], 0, Value(0.5)

    def __call__(self, x):
        self.seen += 1
        return line(self.w, x, self.offset)

    def parameters(self):
        return [p for path, p in self.named_parameters() if path != "offset"]


class Remembers(Module):
    def __init__(self):
        self.x, self.cache = None, {}
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.0)

    def __call__(self, x):
        self.x = self.ctx = x
        self.cache, self.last = {"x": x, "ones": [Value(1.0)]}, [Value(entry) for entry in ROWS[0][0]]
        self.again = self.w
        return line(self.w, x, self.b)


class RemembersBelow(Module):
    def __init__(self):
        self.parts = [Remembers(), Remembers()]

    def __call__(self, x):
        self.inputs = [x]
        return self.parts[0](x) + self.parts[1](x)


class Registers(Module):
    def __init__(self):
        self.register_parameter("w", [Value(0.5), Value(-0.25)])
        self.register_parameter("b", Value(0.0))

    def __call__(self, x):
        return line(self.w, x, self.b)


MODELS = {  # and the number of their parameters
    **dict.fromkeys((Micrograd, GivesTuple, Yields, IsProperty, IsAttribute, Arrays), 3),
    **dict.fromkeys((InitLast, Data, Immutable, Tied, Remembers, Registers), 3),
    LectureMLP: 9,
    ModuleInPlain: 4,
    OthersInModule: 7,
    PlusSuper: 4,
    Torch: 9,
    Buffers: 2,
    RemembersBelow: 6,
}
MODULES = [make for make in MODELS if issubclass(make, Module)]


def numbers(model):
    return [p.data for p in parameters_of(model)]


@pytest.fixture(params=MODELS, ids=lambda make: make.__name__)
def make(request):
    return request.param


def test_a_loop_of_ones_own_trains_the_parameters_and_nothing_else(make):
    model, rows = make(), [([Value(entry) for entry in x], y) for x, y in ROWS]
    optimizer, losses = SGD(0.05, model), []
    for _ in range(20):
        loss = mse([model(x) for x, _ in rows], [y for _, y in rows])
        losses.append(loss.data)
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm(model, 10.0)
        optimizer.step()
    assert losses[-1] < losses[0]
    assert len(parameters_of(model)) == MODELS[make]
    assert [[entry.data for entry in x] for x, _ in rows] == [x for x, _ in ROWS]
    optimizer.zero_grad()
    assert not any(p.is_reached for p in parameters_of(model))


def test_both_engines_fit_it(make):
    models = make(), make()
    runs = [
        fit(model, ROWS, optimizer=SGD(0.05), epochs=20, engine=engine)
        for model, engine in zip(models, ("eager", "derived"))
    ]
    assert runs[0].losses[-1] < runs[0].losses[0]
    assert numbers(models[1]) == pytest.approx(numbers(models[0]), rel=1e-12)
    assert numbers(models[0]) != numbers(make())
    assert {len(parameters_of(model)) for model in models} == {MODELS[make]}


def test_it_is_drawn_with_the_names_of_its_parameters(make):
    model = make()
    boxes = [box for box in draw(model, [1.0, 2.0]).contents.boxes if box.kind == "parameter"]
    assert len(boxes) == len(parameters_of(model)) + (make is Buffers)  # its constructor named that one
    assert not any(box.fields[0].startswith("data") for box in boxes)


def test_drawings_of_plain_classes_have_clusters_and_leave_names_alone():
    model = LectureMLP()
    clusters = {box.cluster for box in draw(model, [1.0, 2.0]).contents.boxes}
    assert {("layers.0", "neurons.1"), ("layers.1", "neurons.0")} <= clusters
    assert {p.name for p in model.parameters()} == {None}


def test_copies_have_parameters_of_their_own(make):
    for copied in (copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))):
        model = make()
        twin = copied(model)
        assert numbers(twin) == numbers(model)
        fit(twin, ROWS, optimizer=SGD(0.05), epochs=1)
        assert len(parameters_of(twin)) == MODELS[make]
        assert numbers(twin) != numbers(model) == numbers(make())


def test_signatures_are_those_of_the_constructors(make):
    assert "args" not in str(signature(make))
    assert f"class {make.__name__}" in pydoc.plain(pydoc.render_doc(make))


@pytest.mark.parametrize("make", MODULES)
def test_states_freezing_and_functional_call(make):
    model = make()
    model([Value(1.0), Value(2.0)])
    state = model.state_dict()
    assert len(state) == MODELS[make]
    assert len({name for name, _ in model.named_parameters()}) == MODELS[make]
    model.load_state_dict({path: number + 1.0 for path, number in state.items()})
    assert numbers(model) == [number + 1.0 for number in state.values()]
    model.load_state_dict(state)
    assert (parameters_of(model.freeze()), model.state_dict()) == ([], state)
    model([1.0, 2.0]).backward()
    model.zero_grad()
    assert not any(p.is_reached for p in parameters_of(model, frozen=True))
    with pytest.raises(GraphError, match="all parameters are frozen"):
        fit(model, ROWS, optimizer=SGD(0.1), epochs=1)
    assert len(parameters_of(model.unfreeze())) == MODELS[make]
    assert f", {MODELS[make]} parameters" in repr(model) or make in (Data, Immutable)
    if make is PlusSuper:
        with pytest.raises(StateError, match=r"nothing can stand in for .*: it is in no attribute"):
            functional_call(model, state, [1.0, 2.0])
        return
    gradient = grad(lambda numbers: functional_call(model, numbers, [1.0, 2.0]))(state)
    model([1.0, 2.0]).backward()
    assert gradient == {path: p.grad for path, p in model.named_parameters()}


@pytest.mark.parametrize("make", [m for m in MODULES if m is not PlusSuper])
def test_gradients_are_compared(make):
    def loss(model):
        return mse([model(x) for x, _ in ROWS], [y for _, y in ROWS])

    def backward(model):
        model.zero_grad()
        loss(model).backward()
        return {path: p.grad for path, p in model.named_parameters()}

    assert compare(loss, make(), backward).ok


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
    for args, message in [
        ((), r"^MLP is called as model\(x\)$"),
        ((1.0, Value(2.0)), r"^MLP is called as model\(x\); write model\(\[1, 2\]\)$"),
    ]:
        with pytest.raises(ModelError, match=message):
            MLP(2, [1])(*args)

    class Scaled(Module):
        def forward(self, x, *, scale=1.0):
            return x * scale

    with pytest.raises(ModelError, match=r"^Scaled is called as model\(x, \*, scale=1\.0\)$"):
        Scaled()(2.0, factor=3.0)
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
