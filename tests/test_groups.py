"""Groups of parameters: how they are given, read and set, and what is refused."""

import copy
import pickle
from inspect import signature

import pytest
from test_optimizers import CLASSES

from autograd_scratch import MLP, SGD, Adam, Value, fit, values
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import DataError, GraphError, RangeError, UnknownNameError
from autograd_scratch.optim import ASGD, Adagrad, Optimizer, Rprop


def network():
    return MLP(2, [3, 1], "tanh", seed=0)


def steps(model, optimizer, count=3):
    for _ in range(count):
        optimizer.zero_grad()
        (model([1.0, 2.0]) ** 2).backward()
        optimizer.step()
    return model.state_dict()


OTHERS = {  # a setting of each class that changes its steps
    "betas": (0.5, 0.6),
    "momentum": 0.5,
    "rho": 0.5,
    "lr_decay": 0.5,
    "etas": (0.25, 1.5),
    "alpha": 0.25,
}


@pytest.mark.parametrize("cls", CLASSES)
def test_a_group_is_stepped_as_by_an_optimizer_of_its_own(cls):
    own = {"lr": 0.02, **{k: v for k, v in OTHERS.items() if k in signature(cls).parameters}}
    apart, together = network(), network()
    optimizers = [cls(apart.layers[0], lr=0.05), cls(apart.layers[1], **own)]
    for _ in range(3):
        for optimizer in optimizers:
            optimizer.zero_grad()
        (apart([1.0, 2.0]) ** 2).backward()
        for optimizer in optimizers:
            optimizer.step()
    groups = [{"params": together.layers[0]}, {"params": together.layers[1], **own}]
    assert steps(together, cls(groups, lr=0.05)) == apart.state_dict()


KINDS = {
    "models": lambda m: [{"params": m.layers[0]}, {"params": m.layers[1], "lr": 0.01}],
    "lists": lambda m: [
        {"params": m.layers[0].parameters()},
        {"params": m.layers[1].parameters(), "lr": 0.01},
    ],
    "generators": lambda m: (
        {"params": (p for p in layer.parameters()), "lr": lr} for layer, lr in zip(m.layers, (0.1, 0.01))
    ),
    "dicts of names": lambda m: [
        {"params": dict(m.layers[0].named_parameters())},
        {"params": dict(m.layers[1].named_parameters()), "lr": 0.01},
    ],
    "a tuple of groups": lambda m: (
        {"params": m.layers[0], "lr": 0.1},
        {"params": m.layers[1], "lr": 0.01},
    ),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_groups_are_given_in_many_ways(kind):
    expected = network()
    reference = steps(expected, SGD(KINDS["models"](expected), lr=0.1))
    for make in (
        lambda groups: SGD(groups, lr=0.1),
        lambda groups: SGD(0.1, groups),
        lambda groups: SGD(params=groups, lr=0.1),
    ):
        model = network()
        assert steps(model, make(kind(model))) == reference


def test_a_rate_for_each_group_needs_no_other():
    model = network()
    optimizer = SGD([{"params": model.layers[0], "lr": 0.1}, {"params": model.layers[1], "lr": 0.01}])
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.01]
    with pytest.raises(DataError, match="SGD needs a learning rate"):
        SGD([{"params": model.layers[0], "lr": 0.1}, {"params": model.layers[1]}])
    assert Adam([{"params": model, "lr": 0.1}]).lr == 0.001


@pytest.mark.parametrize("cls", CLASSES)
def test_an_optimizer_without_groups_has_one(cls):
    w = Value(1.0)
    optimizer = cls([w], lr=0.5)
    (group,) = optimizer.param_groups
    assert group["params"] == [w]
    assert [*group] == ["params", *[name for name in signature(cls).parameters if name != "params"]]
    assert len(group) == len([*group])
    group["lr"] = 0.25
    assert optimizer.lr == optimizer.param_groups[0]["lr"] == 0.25
    optimizer.lr = 0.125
    assert group["lr"] == 0.125
    group.update(lr=1, maximize=True)
    assert (optimizer.lr, optimizer.maximize) == (1.0, True)
    assert cls(lr=0.5).param_groups[0]["params"] == []


def test_a_loop_over_groups_sets_all():
    model = network()
    optimizer = SGD(KINDS["models"](model), lr=0.1)
    for group in optimizer.param_groups:
        group["lr"] *= 0.5
    assert [group["lr"] for group in optimizer.param_groups] == [0.05, 0.005]
    assert optimizer.lr == 0.1
    with pytest.raises(
        DataError, match=r"have a setting 'lr' of their own: write optimizer\.param_groups\[0\]"
    ):
        optimizer.lr = 0.3
    optimizer.momentum = 0.5  # which no group names
    assert [group["momentum"] for group in optimizer.param_groups] == [0.5, 0.5]


def test_groups_show_themselves():
    model = network()
    optimizer = SGD(KINDS["models"](model), lr=0.1, momentum=0.5)
    assert repr(optimizer) == "SGD([{}, {'lr': 0.01}], lr=0.1, momentum=0.5)"
    assert "'momentum': 0.5" in repr(optimizer.param_groups[0])
    assert optimizer.param_groups[1] == {
        "params": model.layers[1].parameters(),
        "lr": 0.01,
        "momentum": 0.5,
        "dampening": 0.0,
        "weight_decay": 0.0,
        "nesterov": False,
        "maximize": False,
    }


def test_a_group_may_be_added():
    model = network()
    optimizer = SGD(model.layers[0], lr=0.1)
    before = model.state_dict()
    optimizer.add_param_group({"params": model.layers[1], "lr": 0.01})
    after = steps(model, optimizer, 1)
    assert all(after[path] != number for path, number in before.items())
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.01]
    late = Adam(lr=0.1)
    late.add_param_group({"params": values([1.0, 2.0]), "betas": [0, 0.5]})
    (group,) = late.param_groups
    assert (group["betas"], len(group["params"])) == ((0.0, 0.5), 2)


def test_groups_are_asked_anew_what_is_frozen():
    model = network()
    optimizer = SGD(KINDS["models"](model), lr=0.1)
    model.layers[0].freeze()
    before = model.state_dict()
    after = steps(model, optimizer, 1)
    assert {path.partition(".neurons")[0] for path in after if after[path] != before[path]} == {"layers.1"}
    model.layers[1].freeze()
    with pytest.raises(GraphError, match="all parameters are frozen"):
        optimizer.step()
    optimizer.zero_grad()
    assert not any(p.is_reached for p in model.parameters(frozen=True))


def test_what_is_given_to_a_step_is_stepped_by_its_group():
    a, b, other = Value(1.0), Value(1.0), Value(1.0)
    optimizer = SGD([{"params": a}, {"params": b, "lr": 0.25}], lr=0.5)
    (a + b + other).backward()
    optimizer.step([a, b, other])
    assert (a.data, b.data, other.data) == (0.5, 0.75, 0.5)


def test_what_is_remembered_at_first_is_the_groups():
    a, b = Value(1.0), Value(1.0)
    rprop = Rprop([{"params": a}, {"params": b, "lr": 0.25}], lr=0.5)
    assert (rprop.recall(a)[1], rprop.recall(b)[1]) == ((0.0, 0.5), (0.0, 0.25))
    adagrad = Adagrad([{"params": a, "initial_accumulator_value": 2.0}, {"params": b}])
    assert (adagrad.recall(a)[1], adagrad.recall(b)[1]) == ((2.0,), (0.0,))
    assert ASGD([{"params": a, "lr": 0.5}]).recall(a)[1][0] == 0.5


def test_groups_are_pickled_and_copied():
    model = network()
    runs = [(model, Adam(KINDS["models"](model), lr=0.1))]
    steps(*runs[0])
    runs += [pickle.loads(pickle.dumps(runs[0])), copy.deepcopy(runs[0])]
    states = [steps(*run) for run in runs]
    assert states[0] == states[1] == states[2]


@pytest.mark.parametrize("engine", [{}, {"engine": "derived"}, {"engine": "derived", "backend": "wasm"}])
def test_some_of_the_parameters_in_groups(engine):
    if "backend" in engine:
        pytest.importorskip("wasmtime")
    model = MLP(2, [3, 3, 1], "tanh", seed=0)
    before = model.state_dict()
    groups = [{"params": model.layers[2], "lr": 0.5}, {"params": model.layers[0], "weight_decay": 0.1}]
    fit(model, XOR, optimizer=SGD(groups, lr=0.1), epochs=3, **engine)
    changed = {path for path, number in model.state_dict().items() if number != before[path]}
    assert {path.partition(".neurons")[0] for path in changed} == {"layers.0", "layers.2"}


@pytest.mark.parametrize("backend", ["python", "wasm"])
def test_groups_that_change_in_between(backend):
    """Settings, new names of settings, and a new group, between two epochs."""
    if backend == "wasm":
        pytest.importorskip("wasmtime")
    runs = []
    for engine in ({}, {"engine": "derived", "backend": backend}):
        model = MLP(2, [3, 1], "tanh", seed=0)
        groups = [{"params": model.layers[0]}, {"params": model.layers[1].parameters()[:2], "lr": 0.05}]
        optimizer = SGD(groups, lr=0.1)

        def change(epoch, loss, optimizer=optimizer, model=model):
            if epoch == 1:
                optimizer.param_groups[1]["lr"] = 0.25
            if epoch == 3:
                optimizer.param_groups[0]["momentum"] = 0.5
            if epoch == 5:
                optimizer.param_groups[1]["nesterov"] = False
                optimizer.param_groups[1].update(momentum=0.75, weight_decay=0.125)

        history = fit(model, XOR, optimizer=optimizer, epochs=8, on_epoch=change, **engine)
        runs.append([*history.losses, *model.state_dict().values()])
    assert runs[0] == pytest.approx(runs[1], rel=1e-11)


def test_groups_of_an_optimizer_of_ones_own():
    class SignDescent(Optimizer):
        """Steps of one length."""

        def __init__(self, params=None, length=0.5):
            super().__init__(params)
            self.length = length

        def init(self, p):
            return ()

        def update(self, p, g, state, step):
            return p - self.length * (1.0 if g > 0.0 else -1.0), state

    a, b = Value(1.0), Value(1.0)
    optimizer = SignDescent([{"params": [a]}, {"params": [b], "length": 0.25}])
    (a * 3.0 - b).backward()
    optimizer.step()
    assert (a.data, b.data) == (0.5, 1.25)
    assert [dict(group)["length"] for group in optimizer.param_groups] == [0.5, 0.25]


W, V = Value(1.0, "w"), Value(2.0, "v")
REFUSED = {
    "twice": (
        lambda: SGD([{"params": [W]}, {"params": [V, W]}], lr=0.1),
        DataError,
        r"name='w'\) is in group 0 and in group 1; give each parameter to one",
    ),
    "a part of a model": (
        lambda: SGD([{"params": (m := network())}, {"params": m.layers[0]}], lr=0.1),
        DataError,
        "is in group 0 and in group 1",
    ),
    "twice, added": (
        lambda: SGD([W], lr=0.1).add_param_group({"params": W}),
        DataError,
        "is in group 0 and in group 1",
    ),
    "an unknown setting": (
        lambda: Adam([{"params": W, "momentum": 0.9}]),
        UnknownNameError,
        "no setting of Adam is called 'momentum'.*nown: lr, betas, eps",
    ),
    "a typo": (
        lambda: SGD([{"params": W, "weigth_decay": 0.9}], lr=0.1),
        UnknownNameError,
        "no setting of SGD is called 'weigth_decay'; did you mean 'weight_decay'",
    ),
    "no parameters": (lambda: SGD([{"params": []}], lr=0.1), GraphError, "group 0 has no parameters: "),
    "not a group": (
        lambda: SGD([{"params": W}, V], lr=0.1),
        DataError,
        r"a group is a dict of parameters and their settings, \{'params': model\.a, .*\}, not Value",
    ),
    "not a group, added": (lambda: SGD([W], lr=0.1).add_param_group([V]), DataError, "a group is a dict"),
    "no Value": (
        lambda: SGD([{"params": [1.0]}], lr=0.1),
        DataError,
        "a parameter must be a Value, not 1.0",
    ),
    "a negative rate": (
        lambda: SGD([{"params": W, "lr": -0.1}], lr=0.1),
        RangeError,
        "the learning rate of SGD must be at least 0",
    ),
    "a beta of 1": (
        lambda: Adam([{"params": W, "betas": (1.0, 0.9)}]),
        RangeError,
        "the first beta of Adam must be",
    ),
    "Nesterov without momentum": (
        lambda: SGD([{"params": W, "nesterov": True}], lr=0.1),
        DataError,
        "Nesterov's variant needs momentum",
    ),
    "a negative rate, set": (
        lambda: SGD([W], lr=0.1).param_groups[0].update(lr=-1.0),
        RangeError,
        "the learning rate of SGD must be at least 0",
    ),
    "an unknown setting, set": (
        lambda: SGD([W], lr=0.1).param_groups[0].update(rate=1.0),
        UnknownNameError,
        "no setting of SGD is called 'rate'",
    ),
    "its parameters, set": (
        lambda: SGD([W], lr=0.1).param_groups[0].update(params=[V]),
        DataError,
        r"optimizer\.add_param_group\(\{'params': \.\.\.\}\)",
    ),
    "taken away": (lambda: SGD([W], lr=0.1).param_groups[0].pop("lr"), DataError, "keeps its settings"),
}


@pytest.mark.parametrize(("wrong", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


def test_a_refused_group_changes_nothing():
    optimizer = SGD([{"params": W}, {"params": V, "lr": 0.2}], lr=0.1)
    before = repr(optimizer)
    for wrong in ({"params": W}, {"params": Value(1.0), "lr": -1.0}, {"params": []}):
        with pytest.raises((DataError, GraphError)):
            optimizer.add_param_group(wrong)
    with pytest.raises(RangeError):
        optimizer.param_groups[1]["lr"] = -1.0
    with pytest.raises(KeyError):
        optimizer.param_groups[1]["rate"]
    assert repr(optimizer) == before
    assert optimizer.param_groups[1].get("rate") is None
