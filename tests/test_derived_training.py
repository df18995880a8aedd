"""fit(engine="derived") does what the eager engine does: losses, parameters, memory, errors, metrics."""

import math
import random

import numpy as np
import pytest
from conftest import one_of_each
from test_models import LOSS, MODELS, OPTIMIZER, assert_close, build, flat
from test_optimizers import VARIANTS

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Adam, Module, Value, fit, mean
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import NonFiniteError, ProgramError, TracingError
from autograd_scratch.optim import Optimizer
from autograd_scratch.training.loops import derived


@pytest.fixture(autouse=True, params=["by work", "wasm"])
def backend(request, monkeypatch):
    """Train by what is chosen for a little to do, and in WebAssembly all the same."""
    if request.param == "wasm":
        pytest.importorskip("wasmtime")
        monkeypatch.setattr(derived, "MUCH", 0)


CLASSES = [(x, int(y)) for x, y in XOR]


def trained(engine, make, data, optimizer, fits=1, **settings):
    """Return all that a training run has left and seen, as numbers, and the error that ended it."""
    model = make()
    optimizer = optimizer()
    seen, error, on_epoch = [], None, settings.pop("on_epoch", None)
    if on_epoch is not None:
        settings["on_epoch"] = lambda *at: (seen.extend(at), on_epoch(*at, optimizer))
    engines = engine if isinstance(engine, tuple) else (engine,) * fits
    for engine in engines:
        seed = settings.get("seed")
        given = settings | {"seed": random.Random(7)} if seed == "a Random" else settings
        try:
            history = fit(model, data, optimizer=optimizer, **({"epochs": 20} | given), engine=engine)
        except Exception as fault:
            error = fault
            break
        seen += history.losses + [x for column in history.metrics.values() for x in column]
    for p in model.parameters(frozen=True):
        step, memory = optimizer.recall(p)
        seen += [p.data, step, *memory]
    return seen, error


def same(*arguments, engines=("eager", "derived"), tolerance=1e-12, **settings):
    """Train by two engines, and hold the results against each other."""
    (expected, fault), (actual, error) = (trained(e, *arguments, **settings) for e in engines)
    assert (error, fault) == (None, None)
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected):
        assert abs(a - e) <= tolerance * max(abs(e), 1e-3)


def network():
    return MLP(2, [4, 1], "tanh", "sigmoid", seed=0)


@pytest.mark.parametrize(
    ("reference", "name"),
    [pytest.param(m, name, id=f"{m['name']}-{name}") for m in MODELS for name in m["trajectories"]],
)
def test_trajectories(reference, name):
    run, loss = reference["trajectories"][name], LOSS[reference["loss"]]
    if reference["loss"] == "cross_entropy":
        loss = "cross_entropy"  # the textbook's looks its logits up by the target
    kind = name.partition("_")[0]
    model, optimizer = build(reference), OPTIMIZER[kind](**run["hyper"])
    data, losses = list(zip(reference["X"], reference["Y"])), []
    for after in sorted(int(key[6:]) for key in run if key.startswith("after_")):
        history = fit(
            model, data, loss=loss, optimizer=optimizer, epochs=after - len(losses), engine="derived"
        )
        losses += history.losses
        assert_close([p.data for p in model.parameters()], flat(run[f"after_{after}"]), 1e-11)
    for step, expected in run["losses"]:
        assert losses[step - 1] == pytest.approx(expected, rel=1e-11)


def options(number):
    """Return the options of a variant that are not as by default, each with its class."""
    kind, _, settings = repr(VARIANTS[number]).partition("(")
    return [(kind, setting.rstrip(")")) for setting in settings.split(", ")]


@pytest.mark.parametrize("number", one_of_each(range(len(VARIANTS)), options, lambda i: repr(VARIANTS[i])))
def test_every_optimizer_in_all_its_variants(number):
    def optimizer():
        kind = type(VARIANTS[number])
        return kind(**{k: v for k, v in vars(VARIANTS[number]).items() if not k.startswith("_")})

    # quotients of running means multiply what the last bits differ by
    same(network, XOR, optimizer, batch_size=3, fits=2, tolerance=1e-9)


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 1},
        {"batch_size": 3},
        {"batch_size": 9},
        {"batch_size": 2, "seed": 5},
        {"seed": 5},
        {"seed": "a Random", "batch_size": 3},
        {"epochs": 0},
        {"metrics": {"mse": "mse", "bce": "binary_cross_entropy"}},
        {"metrics": {"mse": "mse"}, "batch_size": 3, "seed": 1},
        {"on_epoch": lambda epoch, loss, optimizer: None},
        {"on_epoch": lambda epoch, loss, optimizer: setattr(optimizer, "lr", 0.5 / (1 + epoch))},
        {"on_epoch": lambda epoch, loss, optimizer: setattr(optimizer, "momentum", 0.1 * (epoch % 3))},
        {"fits": 3},
    ],
)
def test_settings(settings):
    same(network, XOR, lambda: SGD(0.5, momentum=0.9), **settings)
    same(network, XOR, lambda: Adam(0.05), **{k: v for k, v in settings.items() if k != "on_epoch"})


@pytest.mark.parametrize("mixed", [("derived", "eager", "derived"), ("eager", "derived", "derived")])
def test_engines_may_take_turns(mixed):
    for optimizer in (lambda: SGD(0.5, momentum=0.9), lambda: Adam(0.05)):
        same(network, XOR, optimizer, engines=(("eager",) * 3, mixed), batch_size=3)


def squares(outputs, targets):
    return [(output - target) ** 2 for output, target in zip(outputs, targets)]


LOSSES = {
    **{name: name for name in ("mse", "half_sum_of_squares", "smooth_l1", "binary_cross_entropy")},
    "logits": "binary_cross_entropy_with_logits",
    "twice the sum": lambda outputs, targets: 2.0 * ag.sum(squares(outputs, targets)),
    "half the mean": lambda outputs, targets: ag.sum(squares(outputs, targets)) / (2 * len(outputs)),
    "a quarter of the sum": lambda outputs, targets: ag.sum(squares(outputs, targets)) / 4,
    "with a constant": lambda outputs, targets: ag.mean(squares(outputs, targets)) + 0.1,
    "by methods": lambda o, t: ag.mean([(1 - (2 * y - 1) * x).relu() + x.exp() for x, y in zip(o, t)]),
    "with where": lambda o, t: ag.mean(
        [ag.where(y == 1, -ag.log(x), -ag.log(1 - x)) for x, y in zip(o, t)]
    ),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_losses(loss):
    same(network, XOR, lambda: SGD(0.1), loss=loss)
    same(network, XOR, lambda: SGD(0.1), loss=loss, batch_size=3, seed=0)


def of_classes(activation="relu"):
    return MLP(2, [4, 3], activation, seed=0)


DATA = {
    "classes": (of_classes, CLASSES, "cross_entropy"),
    "classes of NumPy": (of_classes, [(np.array(x), np.int64(y)) for x, y in CLASSES], "cross_entropy"),
    "columns": (network, [(x, [y]) for x, y in XOR], "mse"),
    "arrays": (network, list(zip(np.array([x for x, _ in XOR]), np.array([[y] for _, y in XOR]))), "mse"),
    "several outputs": (of_classes, [((0.0, 1.0), (1.0, 0.0, 2.0)), ((1.0, 0.5), [0, 1, True])], "mse"),
    "one row": (network, XOR[:1], "mse"),
    "lists and tuples": (network, [([0.0, 1], 1.0), ((1.0, np.float32(0.5)), 0)], "mse"),
    "huge weights": (lambda: scaled(network(), 500.0), XOR, "mse"),
    "huge weights, sigmoid": (lambda: scaled(MLP(2, [4, 1], "sigmoid", seed=0), 5e3), XOR, "smooth_l1"),
    "huge weights, entropy": (lambda: scaled(network(), 5e3), XOR, "binary_cross_entropy"),
}


def scaled(model, factor):
    for p in model.parameters():
        p.data = p.data * factor
    return model


@pytest.mark.parametrize(("make", "data", "loss"), DATA.values(), ids=DATA)
def test_data(make, data, loss):
    same(make, data, lambda: SGD(0.01), loss=loss)
    same(make, data, lambda: SGD(0.01, momentum=0.5), loss=loss, batch_size=1, seed=3)


class Model(Module):
    """A model of three parameters, of which `function(self, x)` makes what it answers."""

    def __init__(self, function):
        self.w, self.b, self.unused = Value(0.3), Value(0.1), Value(0.7)
        self.also_w = self.w
        self.function = function

    def __call__(self, x):
        return self.function(self, x)


def frozen():
    model = network()
    model.layers[0].freeze()
    return model


MODELS_OF_ONES_OWN = {
    "frozen layer": frozen,
    "tied": lambda: Model(lambda m, x: (m.w * x[0] + m.b).tanh() * m.also_w + x[1] * m.w),
    "where": lambda: Model(lambda m, x: ag.where(x[0] > 0.5, m.w * x[0], m.b * 2.0)),
    "of parameters": lambda: Model(lambda m, x: ag.where(m.w > 0.3, m.w * x[0], m.b - m.w)),
    "detached": lambda: Model(lambda m, x: m.w * x[0] + m.b.detach() * m.w),
    "its own gradient": lambda: Model(lambda m, x: ag.grad(lambda u: m.w * u**3)(x[0]) + m.b),
    "without a slope": lambda: Model(lambda m, x: m.w * x[0] + m.b * 0.0),
    "rounded": lambda: Model(lambda m, x: m.w * x[0] + m.b // 0.7),
}


@pytest.mark.parametrize("make", MODELS_OF_ONES_OWN.values(), ids=MODELS_OF_ONES_OWN)
def test_models_of_ones_own(make):
    same(make, XOR, lambda: SGD(0.1, weight_decay=0.1))
    same(make, XOR, lambda: Adam(0.01))


def of_parts(outputs, targets):
    return mean([(o["mu"] - t) ** 2 / ag.exp(o["s"]) + o["s"] for o, t in zip(outputs, targets)])


@pytest.mark.parametrize(
    ("function", "loss", "data"),
    [
        (lambda m, x: [m.w * x[0] + m.b, 0.0], "cross_entropy", CLASSES),
        (lambda m, x: {"mu": m.w * x[0], "s": m.b * x[1]}, of_parts, XOR),
    ],
    ids=["a plain number", "a dict"],
)
def test_outputs_in_containers_and_numbers(function, loss, data):
    same(lambda: Model(function), data, lambda: SGD(0.1), loss=loss, metrics={"error": loss})


class Own(Optimizer):
    """An optimizer as a user writes it; `rule(self, p, g, state, step)` is its update."""

    def __init__(self, rule, start=lambda p: (0.0, p)):
        self.lr, self.count = 0.1, 0
        self._rule, self._start = rule, start
        super().__init__()

    def init(self, p):
        return self._start(p)

    def update(self, p, g, state, step):
        return self._rule(self, p, g, state, step)


def averaged(self, p, g, state, step):
    mean, first = state
    mean = 0.5 * mean + g / (1.0 + abs(g))
    return p - self.lr * mean / ag.sqrt(step) + 1e-3 * (first - p), (mean, first)


def nothing(p):
    return ()


OWN = {
    "averaged": lambda: Own(averaged),
    "without memory": lambda: Own(lambda self, p, g, state, step: (p - self.lr * g, ()), nothing),
    "by the step": lambda: Own(lambda self, p, g, s, step: (p - self.lr * g * 0.9**step, ()), nothing),
    "a constant": lambda: Own(lambda self, p, g, state, step: (0.5, ()), nothing),
    "back and forth": lambda: Own(lambda self, p, g, state, step: (-p, (p, state[0]))),
    "where": lambda: Own(lambda self, p, g, s, step: (p - ag.where(g > 0, 0.1, -0.1), s)),
}


@pytest.mark.parametrize("optimizer", OWN.values(), ids=OWN)
def test_optimizers_of_ones_own(optimizer):
    same(network, XOR, optimizer, batch_size=3, fits=2)


class OfSettings(Optimizer):
    """An optimizer whose step is lr times a factor that `rule` makes of it."""

    def __init__(self, rule, **settings):
        super().__init__()
        self._rule = rule
        vars(self).update({"lr": 0.1} | settings)

    def init(self, p):
        return ()

    def update(self, p, g, state, step):
        return p - self._rule(self) * g, ()


CHANGES = {  # a rule, settings, and what they become after the third epoch
    "one of a pair": (
        lambda o: o.lr * (2.0 if o.b[1] > 0.5 else 1.0),
        {"b": (0.9, 0.6)},
        {"b": (0.9, 0.1)},
    ),
    "a shorter tuple": (lambda o: o.lr * sum(o.b), {"b": (0.5, 0.25)}, {"b": (0.5,)}),
    "a longer tuple": (lambda o: o.lr * sum(o.b), {"b": (0.5,)}, {"b": (0.5, 0.25)}),
    "a tuple for a number": (
        lambda o: sum(o.lr) if type(o.lr) is tuple else o.lr,
        {},
        {"lr": (0.1, 0.2)},
    ),
    "to zero": (lambda o: o.lr * (1.0 + o.b) if o.b else o.lr, {"b": 0.5}, {"b": 0.0}),
    "from zero": (lambda o: o.lr * (1.0 + o.b), {"b": 0.0}, {"b": 0.5}),
    "by the type": (lambda o: o.lr if isinstance(o.lr, float) else 0.0, {}, {"lr": 0.2}),
    "by a table": (lambda o: {0.1: 0.02}.get(o.lr, 0.3), {}, {"lr": 0.2}),
    "by its text": (lambda o: float(str(o.lr)) if type(o.lr) is float else 0.5, {}, {"lr": 0.2}),
    "by a rest": (lambda o: o.lr % 0.03 + 0.1, {}, {"lr": 0.2}),
    "NumPy's": (lambda o: o.lr * o.b, {"b": np.float64(0.5)}, {"b": np.float64(0.75)}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_settings_of_ones_own_that_change(name):
    rule, settings, later = CHANGES[name]

    def change(epoch, loss, optimizer):
        if epoch == 2:
            vars(optimizer).update(later)

    same(network, XOR, lambda: OfSettings(rule, **settings), on_epoch=change, epochs=6)


def test_an_optimizer_that_takes_no_zero():
    def rule(self, p, g, state, step):
        return p - self.lr * (g + 1e-3 * state[0]), state

    same(lambda: Model(lambda m, x: m.w * x[0]), XOR, lambda: Own(rule, lambda p: (1.0 / p,)))


def counting(self, p, g, state, step):
    self.count += 1
    return p - g / self.count, state


REFUSED = [
    (lambda: Own(lambda s, p, g, m, step: (p - g if step == 1 else p, m)), {}, TracingError, "where"),
    (lambda: Own(lambda s, p, g, m, step: (p - 0.1 if g > 0 else p, m)), {}, TracingError, "where"),
    (lambda: Own(lambda s, p, g, m, step: (p - g / int(step), m)), {}, TracingError, "by int"),
    (lambda: Own(counting), {}, TracingError, "changes the optimizer itself"),
    (
        lambda: SGD(0.1),
        {"data": [*XOR] * 501, "loss": lambda o, t: ag.max(squares(o, t))},
        ProgramError,
        "at most 2,000 rows",
    ),
    (
        lambda: SGD(0.1),
        {"make": lambda: Model(lambda m, x: m.w if x[0] > 0.5 else m.b)},
        TracingError,
        r"where\(x\[0\] > 0.5, m.w, m.b\)",
    ),
]


@pytest.mark.parametrize(("optimizer", "settings", "error", "message"), REFUSED)
def test_what_would_train_otherwise_is_refused(optimizer, settings, error, message):
    settings = {"make": network, "data": XOR, **settings}
    before, _ = trained("eager", settings["make"], XOR, lambda: SGD(0.1), epochs=0)
    seen, fault = trained("derived", optimizer=optimizer, **settings)
    assert isinstance(fault, error), fault
    with pytest.raises(error, match=message):
        raise fault
    assert [x for x in seen if x in before]


def straight():
    return MLP(2, [4, 1], "linear", seed=0)


NO_CLASS = [(x, y + 2) for x, y in CLASSES]
FAULTS = {
    "a loss that grows": (straight, lambda: SGD(1e3), {}),
    "in batches": (straight, lambda: SGD(10.0), {"batch_size": 1, "seed": 1}),
    "with memory": (straight, lambda: Adam(1e300), {}),
    "watched": (straight, lambda: SGD(1e3, momentum=0.9), {"on_epoch": lambda *_: None}),
    "a row of nan": (network, lambda: SGD(0.1), {"data": [*XOR, ((math.nan, 1.0), 1.0)]}),
    "rows that differ": (network, lambda: SGD(0.1), {"data": [*XOR, ((0.0, 1.0, 2.0), 1.0)]}),
    "no target": (network, lambda: SGD(0.1), {"data": [((0.0, 1.0), None)]}),
    "text": (network, lambda: SGD(0.1), {"data": [((0.0, "1"), 1.0)]}),
    "no such class": (of_classes, lambda: SGD(0.1), {"data": NO_CLASS, "loss": "cross_entropy"}),
    "half a class": (of_classes, lambda: SGD(0.1), {"data": [((0, 1), 0.5)], "loss": "cross_entropy"}),
}


@pytest.mark.parametrize(("make", "optimizer", "settings"), FAULTS.values(), ids=FAULTS)
def test_the_same_errors_at_the_same_step(make, optimizer, settings):
    settings = {"data": XOR, "epochs": 60, **settings}
    (expected, fault), (actual, error) = (
        trained(engine, make, optimizer=optimizer, **settings) for engine in ("eager", "derived")
    )
    assert type(error) is type(fault)
    assert error is not None
    assert str(error).partition(";")[0] == str(fault).partition(";")[0]
    assert len(actual) == len(expected)
    assert actual == pytest.approx(expected, rel=1e-11)
    if "data" not in settings:
        assert isinstance(error, NonFiniteError)
