"""What a wrong call is told: the argument that was meant, and the right form; and what stays as it was."""

import functools
import inspect
import pickle
import pydoc
import traceback

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Adam, Layer, Module, Neuron, Value, nn
from autograd_scratch.errors import AutogradError, CallError, DataError
from autograd_scratch.signatures import NAMES_ELSEWHERE, call_form

X = Value(2.0, "x")
Y = X * X
MODEL = MLP(2, [2, 1], seed=0)
PROGRAM = ag.derive(lambda a, b: a * b, inputs=[1.0, 2.0])
ROWS = [([0.0, 1.0], 1.0)]


def f(x, y=1.0):
    return x * x * y


WRONG = [
    (lambda: ag.hvp(f, 1.0, 2.0, 3.0), "hvp takes 3 arguments, and was given 4", "hvp(f, (x, y), (v, w))"),
    (lambda: ag.hvp(f, 1.0), "hvp lacks 'tangents'", "hvp(f, primals, tangents)"),
    (lambda: ag.jvp(f, 1.0), "jvp lacks 'tangents'", "jvp(f, (x, y), (v, w))"),
    (lambda: ag.vjp(f), "vjp takes the arguments of the function too", "vjp(f, x)"),
    (lambda: ag.grad(), "grad lacks 'f'", "grad(f)(x)"),
    (lambda: ag.grad(f, 1.0, 2.0), "grad takes 2 arguments by position, the others by name", "grad(f)(x)"),
    (lambda: ag.grad(f, argnum=1), "grad has no argument 'argnum'", "did you mean argnums=1?"),
    (lambda: ag.draw(Y, rankdir="TB"), "draw has no argument 'rankdir'", "did you mean direction='TB'?"),
    (lambda: ag.draw(Y).save(file="a.svg"), "Drawing.save has no argument 'file'", "Drawing.save(path"),
    (lambda: ag.Drawing(), "Drawing lacks", "Write draw(value)"),
    (lambda: ag.fit(MODEL, ROWS, lr=0.1), "fit has no argument 'lr'", "optimizer=SGD(lr=0.1)"),
    (lambda: ag.fit(MODEL, ROWS, n_epochs=9), "fit has no argument 'n_epochs'", "epochs=9"),
    (lambda: ag.fit(MODEL, ROWS, iterations=9), "fit has no argument 'iterations'", "epochs=9"),
    (lambda: ag.fit(MODEL, ROWS, criterion="mse"), "fit has no argument 'criterion'", "loss='mse'"),
    (
        lambda: ag.fit(MODEL, ROWS),
        "fit lacks 'optimizer' and 'epochs'",
        "optimizer=SGD(lr=0.1), epochs=100",
    ),
    (lambda: MLP(2, [4, 1], activations="relu"), "MLP has no argument 'activations'", "activation='relu'"),
    (lambda: MLP(2, [4, 1], act="tanh"), "MLP has no argument 'act'", "activation='tanh'"),
    (lambda: MLP(2), "MLP lacks 'nouts'", "MLP(nin, nouts, "),
    (lambda: Layer(2), "Layer lacks 'nout'", "Layer(nin, nout, "),
    (lambda: Neuron(), "Neuron lacks 'nin'", "Neuron(nin, "),
    (lambda: SGD(eta=0.1), "SGD has no argument 'eta'", "lr=0.1"),
    (lambda: SGD(0.1, beta=0.9), "SGD has no argument 'beta'", "momentum=0.9"),
    (lambda: Adam(beta1=0.9), "Adam has no argument 'beta1'", "betas=(0.9, 0.999)"),
    (lambda: SGD(0.1, MODEL).step(1, 2), "SGD.step takes 1 argument, and was given 2", "SGD.step("),
    (lambda: MODEL.state_dict(1), "MLP.state_dict takes no arguments, and was given 1", "MLP.state_dict()"),
    (
        lambda: MODEL.load_state_dict(),
        "MLP.load_state_dict lacks 'state'",
        "load_state_dict(state, strict=True)",
    ),
    (lambda: ag.derive(), "derive lacks 'loss'", "derive(f, inputs=[2.0, 3.0])"),
    (lambda: ag.derive(f, argnums=0), "derive has no argument 'argnums'", "did you mean wrt=0?"),
    (lambda: ag.Program(), "Program lacks", "Write derive(f, inputs=[2.0, 3.0])"),
    (lambda: PROGRAM.save(), "Program.save lacks 'path'", "Program.save(path)"),
    (lambda: ag.gradcheck(f), "gradcheck lacks 'inputs'", "gradcheck(f, (x, y))"),
    (lambda: ag.gradcheck(f, 1.0, tol=0.5), "gradcheck has no argument 'tol'", "did you mean atol=0.5?"),
    (lambda: ag.compare(), "compare lacks 'loss'", 'compare(loss, {"W": W}, {"W": dW})'),
    (lambda: ag.compare(f, {}, grads={}), "compare has no argument 'grads'", "did you mean hand=...?"),
    (
        lambda: ag.assert_gradients(),
        "assert_gradients lacks 'loss'",
        "as in assert_gradients(loss, ",
    ),
    (lambda: ag.numerical_gradient(f), "numerical_gradient lacks 'at'", "numerical_gradient(f, x)"),
    (lambda: ag.check_primitive(), "check_primitive lacks 'primitive'", "check_primitive(primitive, "),
    (lambda: ag.mark(Y), "mark lacks 'name'", 'mark(z1, "z1")'),
    (lambda: ag.explain(Y), "explain lacks 'w'", "explain(loss, w)"),
    (lambda: ag.explain_nonfinite(), "explain_nonfinite lacks 'loss'", "explain_nonfinite(loss)"),
    (lambda: ag.no_grad(f), "no_grad takes no arguments, and was given 1", "@no_grad() above a function"),
    (lambda: ag.values(), "values lacks 'array'", "values(array, name=None)"),
    (
        lambda: ag.clip_grad_norm(MODEL),
        "clip_grad_norm lacks 'max_norm'",
        "clip_grad_norm(parameters, max_norm)",
    ),
    (lambda: ag.functional_call(MODEL), "functional_call lacks 'state'", "functional_call(model, state, "),
    (lambda: ag.mse([1.0]), "mse lacks 'targets'", "mse(outputs, targets, *, reduction='mean')"),
    (
        lambda: ag.primitive(backward=f),
        "primitive has no argument 'backward'",
        "Write @primitive(partials=",
    ),
    (lambda: ag.log(), "log lacks 'x'", "log(x, base=None)"),
    (lambda: ag.sum([X], begin=1.0), "sum has no argument 'begin'", "sum(*terms, start="),
    (lambda: ag.leaky_relu(X, slope=0.2), "leaky_relu has no argument 'slope'", "negative_slope=0.2"),
    (lambda: ag.clamp(X, low=0), "clamp has no argument 'low'", "min=0"),
    (lambda: ag.relu(X, inplace=True), "relu has no argument 'inplace'", "relu(x)"),
    (lambda: ag.atan2(y=1.0, x=2.0), "atan2 takes its arguments by position alone", "atan2(y, x)"),
    (lambda: ag.abs(X, 1), "abs takes 1 argument, and was given 2", "abs("),
]


@pytest.mark.parametrize(("call", "fault", "remedy"), WRONG)
def test_a_wrong_call_is_told_the_right_form(call, fault, remedy):
    with pytest.raises(CallError) as told:
        call()
    message = str(told.value)
    assert fault in message
    assert remedy in message
    assert isinstance(told.value, TypeError)
    assert isinstance(told.value, AutogradError)
    assert told.value.__cause__ is None
    assert told.value.__context__ is None


@pytest.mark.parametrize("transform", [ag.grad, ag.value_and_grad, ag.jacobian, ag.hessian])
@pytest.mark.parametrize("point", [2.0, X, [1.0, 2.0], np.array([1.0, 2.0]), {"w": 1.0}, None])
def test_a_point_in_the_place_of_argnums_is_told_where_it_goes(transform, point):
    with pytest.raises(DataError) as told:
        transform(f, point)
    assert f"write {transform.__name__}(f)(x)" in str(told.value)


def test_errors_inside_the_function_pass_through():
    def misuse(x):
        return len(x)

    with pytest.raises(TypeError, match="has no len") as told:
        ag.grad(misuse)(2.0)
    assert not isinstance(told.value, CallError)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'") as told:
        ag.vjp(lambda x, y: x, 1.0)  # of the person's own function Python speaks
    assert not isinstance(told.value, CallError)

    @call_form()
    def outer(x):
        return inner(x, x)

    def inner(x):
        return x

    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given") as told:
        outer(1.0)
    assert not isinstance(told.value, CallError)


def test_the_names_that_others_use_are_of_arguments_that_exist():
    names = [pair for room in (ag, ag.datasets, nn) for pair in vars(room).items()]
    things = [thing for name, thing in names if name[0] != "_" and callable(thing)]
    calls = [thing.__init__ if isinstance(thing, type) else thing for thing in things]
    ours = {key for call in calls for key in inspect.signature(call).parameters}
    assert ours >= NAMES_ELSEWHERE.keys()


def test_a_class_of_ones_own_is_told_too():
    class Scaled(Module):
        def __init__(self, size, *, activation="relu"):
            self.layer = Layer(size, 1, activation, seed=0)

    class Wider(MLP):
        def __init__(self):
            super().__init__(2, [4, 1], nonlinearity="tanh")

    with pytest.raises(CallError, match=r"Scaled lacks 'size'. It is called as Scaled\(size, \*, "):
        Scaled()
    with pytest.raises(
        CallError,
        match=r"^MLP has no argument 'nonlinearity'; did you mean activation='tanh'\? .* as MLP\(",
    ):
        Wider()
    assert len(Scaled(3).parameters()) == 4


def test_constructors_that_are_no_plain_functions_are_left_to_python():
    def refusing(init):
        @functools.wraps(init)
        def constructor(self, size, **options):
            if options:
                raise TypeError("of my own")
            init(self, size)

        return constructor

    def make(self, size, number):
        self.w = [Value(number)] * size

    class Initializer:
        def __get__(self, model, kind=None):
            return functools.partial(make, model, number=0.5)

    class Partial(Module):
        __init__ = functools.partialmethod(make, 2)

    class Described(Module):
        __init__ = Initializer()

    class Decorated(Module):
        @refusing
        def __init__(self, size, seed=0):
            self.w = [Value(0.5)] * size

    for model in (Partial(0.5), Described(2), Decorated(2)):
        assert [w.data for w in model.w] == [0.5, 0.5]
    with pytest.raises(TypeError, match=r"^of my own$"):
        Decorated(2, seed=1)
    with pytest.raises(CallError, match=r"^Decorated lacks 'size'"):
        Decorated()


def test_a_forward_of_somebody_elses_tells_its_own_errors():
    class Measures(Module):
        forward = staticmethod(len)

    assert Measures()([1.0, 2.0]) == 2
    with pytest.raises(TypeError, match="has no len"):
        Measures()(3.0)
    with pytest.raises(CallError, match=r"len lacks 'obj'"):
        Measures()()


PUBLIC = {name: getattr(ag, name) for name in ag.__all__}
FUNCTIONS = {name: thing for name, thing in PUBLIC.items() if inspect.isfunction(thing)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_is_what_it_was_to_every_tool(name):
    function = FUNCTIONS[name]
    written = inspect.unwrap(function)
    assert inspect.signature(function) == inspect.signature(written)
    assert function.__doc__ == written.__doc__
    assert function.__globals__ is written.__globals__
    assert inspect.getsource(function) == inspect.getsource(written)
    assert pickle.loads(pickle.dumps(function)) is function
    assert not function.__name__.endswith("_")
    assert f"{function.__name__}(" in pydoc.plain(pydoc.render_doc(function))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_says_what_is_wrong_with_a_call(name):
    with pytest.raises(AutogradError) as told:
        FUNCTIONS[name](no_such_argument=1)
    assert isinstance(told.value, CallError)
    assert f"{FUNCTIONS[name].__name__} has no argument 'no_such_argument'" in str(told.value)


@pytest.mark.parametrize(
    "kind", [SGD, Adam, ag.AdamW, ag.NAdam, ag.RMSprop, ag.Adagrad, ag.Adadelta, Neuron, Layer, MLP]
)
def test_every_public_class_says_what_is_wrong_with_a_call(kind):
    with pytest.raises(CallError, match=f"{kind.__name__} has no argument 'no_such_argument'"):
        kind(no_such_argument=1)
    assert "no_such_argument" not in inspect.signature(kind.__init__).parameters


def test_no_line_of_the_machinery_is_shown_by_pytest():
    try:
        ag.grad(3.0)
    except DataError as fault:
        frames = [frame for frame, _ in traceback.walk_tb(fault.__traceback__)]
    assert [f.f_locals.get("__tracebackhide__") for f in frames if f.f_code.co_name == "called"] == [True]


THINGS = {
    "a gradient": lambda: X.grad,
    "a name": lambda: MODEL.parameters()[0].name,
    "a class": lambda: MLP,
    "an array of Values": lambda: ag.values([1.0, 2.0]),
    "a block": ag.no_grad,
    "a Program": lambda: PROGRAM,
    "a primitive": lambda: ag.tanh,
}
MACHINERY = (
    "_NotYet",
    "Total",
    "ValueArray",
    "TracedArray",
    "Block",
    "Scalar",
    "Node",
    "_Start",
    "ParameterName",
    "_NamesIts",
)


@pytest.mark.parametrize("thing", THINGS)
def test_no_message_names_a_class_of_the_machinery(thing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a name is a path, too
    given = THINGS[thing]()
    calls = [
        lambda: ag.draw(given),
        lambda: ag.grad(f, given),
        lambda: MLP(given, [1]),
        lambda: MODEL(given),
        lambda: SGD(given),
        lambda: ag.fit(given, ROWS, optimizer=SGD(0.1), epochs=1),
        lambda: ag.fit(MODEL, ROWS, optimizer=given, epochs=1),
        lambda: ag.explain(Y, given),
        lambda: given + 1.0,
        lambda: PROGRAM.save(given),
        lambda: given & {},
        lambda: given.missing,
        lambda: given(1, 2, 3),
    ]
    messages = []
    for call in calls:
        try:
            call()
        except (TypeError, ValueError, AttributeError, AutogradError) as fault:
            messages.append(str(fault))
    assert len(messages) >= 9
    assert [message for message in messages if any(name in message for name in MACHINERY)] == []


def test_python_names_floats_in_the_rules_of_primitives():
    @ag.primitive(partials=lambda out, x: (1.0,))
    def odd(x):
        return (1.0 / x).missing

    for point in (1.0, 0.0):  # as written, and on floats that never raise
        with pytest.raises(AttributeError, match="'float' object has no attribute 'missing'"):
            odd(point)


@pytest.mark.parametrize(
    ("args", "hint"),
    [((1,), r"did you mean lr=0\.5\?"), ((1, 0.1), r"has no argument 'learning_rate'\. It is")],
)
def test_what_is_given_by_position_is_no_hint(args, hint):
    @call_form()
    def train(model, lr=0.1, epochs=1):
        return model, lr, epochs

    with pytest.raises(CallError, match=hint):
        train(*args, learning_rate=0.5)
