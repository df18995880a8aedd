"""States of optimizers and schedules: through JSON to the same bits, and broken ones are refused."""

import copy
import json
import math
import random
from collections import OrderedDict
from itertools import pairwise

import pytest
from conftest import how_many
from test_optimizer_runs import RUNS, called, network, optimizer_of, schedule_of
from test_optimizers import CLASSES, VARIANTS
from test_schedules import CLASSES as SCHEDULES
from test_schedules import RATES, made, steps

from autograd_scratch import MLP, SGD, Adam, Value, fit, optim
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import DataError, StateError
from autograd_scratch.optim import (
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    OneCycleLR,
    Optimizer,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)


def through_json(state):
    """Return a state as it comes from a file, in which keys have another order."""
    return json.loads(json.dumps(state, allow_nan=False, sort_keys=True))


def bits(thing):
    """Return what tells -0.0 from 0.0, and 1 from True."""
    return repr(thing)


def inside(*things):
    """Return all that optimizers and schedules know, but for which Values and objects these are."""
    told = []
    for thing in things:
        if isinstance(thing, Optimizer):
            scopes = [sorted(scope.items()) for scope in thing.scopes()]
            told.append([scopes, thing._began, [*thing._memory.values()]])
        else:
            parts = inside(*getattr(thing, "schedulers", []))
            left = {"optimizer", "lr_lambda", "schedulers"}
            told.append([{name: own for name, own in vars(thing).items() if name not in left}, parts])
    return bits(told)


def walk(optimizer, weights, rounds, given=(), schedule=None):
    """Take some steps, in each of which another parameter is not reached; return the numbers."""
    for i in rounds:
        optimizer.zero_grad(*given)
        for place, w in enumerate(weights):
            if (i + place) % 4 or i < 2:
                w.grad = math.cos(i * i + place) * (1 + i) - 0.1 * place
        if i % 2:
            weights[-1].zero_grad()  # it begins later than others
        optimizer.step(*given)
        if schedule is not None:
            is_plateau = isinstance(schedule, ReduceLROnPlateau)
            schedule.step(*([[3.0, 2.0, 2.5, 2.0, 2.0, 1.0][i % 6]] if is_plateau else []))
    return [w.data for w in weights]


def weights_of(numbers=(1.5, -0.25, 0.75, -0.0)):
    return [Value(number) for number in numbers]


@pytest.mark.parametrize("optimizer", VARIANTS, ids=repr)
def test_it_goes_on_to_the_same_bits(optimizer):
    whole, first = weights_of(), weights_of()
    one, early = copy.deepcopy(optimizer), copy.deepcopy(optimizer)
    walk(one, whole, range(12), [whole])
    second = weights_of(walk(early, first, range(5), [first]))
    late = copy.deepcopy(optimizer)
    late.load_state_dict(through_json(early.state_dict(first)), second)
    assert inside(late) == inside(early)
    walk(late, second, range(5, 12), [second])
    assert bits(second) == bits(whole)
    assert inside(late) == inside(one)


OWN = {}, {"lr": 0.3}, {"lr": 0.2, "maximize": True}


def in_groups(cls, weights):
    parts = weights[:1], weights[1:3], weights[3:]
    return cls([{"params": part} | own for part, own in zip(parts, OWN)], lr=0.1)


@pytest.mark.parametrize("cls", CLASSES)
def test_groups_go_on_to_the_same_bits(cls):
    whole, first = weights_of(), weights_of()
    one, early = in_groups(cls, whole), in_groups(cls, first)
    schedules = ExponentialLR(one, 0.75), ExponentialLR(early, 0.75)
    walk(one, whole, range(12), schedule=schedules[0])
    second = weights_of(walk(early, first, range(5), schedule=schedules[1]))
    state = through_json([early.state_dict(), schedules[1].state_dict()])
    late = in_groups(cls, second)
    schedule = ExponentialLR(late, 0.75)
    late.load_state_dict(state[0])
    schedule.load_state_dict(state[1])
    assert inside(late, schedule) == inside(early, schedules[1])
    walk(late, second, range(5, 12), schedule=schedule)
    assert bits(second) == bits(whole)
    assert inside(late, schedule) == inside(one, schedules[0])


@pytest.mark.parametrize("number", range(len(RATES)), ids=lambda i: f"{i}-{RATES[i]['schedule'][0]}")
@pytest.mark.parametrize("order", ["optimizer first", "schedule first", "made late", "alone"])
def test_a_schedule_goes_on_to_the_same_bits(number, order):
    """In whichever order the two are loaded, and whatever the fresh one has set at once."""
    run = RATES[number]
    kind = getattr(optim, run["optimizer"])

    def start():
        groups = [{"params": Value(0.0), "lr": rate} for rate in run["rates"]]
        return kind(groups, lr=0.5, **({"momentum": 0.5} if kind is SGD else {}))

    def go(schedule, metrics):
        for metric in metrics:
            schedule.step(*([float(metric)] if run["metrics"] else []))

    metrics = (run["metrics"] or [None] * len(run["seen"]))[: len(run["seen"]) - 1]
    half = len(metrics) // 2
    optimizer = start()
    schedule = schedule_of(run["schedule"], optimizer)
    go(schedule, metrics[:half])
    states = through_json([optimizer.state_dict(), schedule.state_dict()])
    other = start()
    if order == "made late":
        other.load_state_dict(states[0])
    late = schedule_of(run["schedule"], other)
    if order == "optimizer first":
        other.load_state_dict(states[0])
    late.load_state_dict(states[1])
    if order == "schedule first":
        other.load_state_dict(states[0])
    assert inside(other, late) == inside(optimizer, schedule)
    for metric in metrics[half:]:
        go(schedule, [metric])
        go(late, [metric])
        assert inside(other, late) == inside(optimizer, schedule)


@pytest.mark.parametrize("number", range(0, len(RUNS), 3), ids=lambda i: f"{i}-{called(RUNS[i])}")
def test_a_training_goes_on_to_the_same_bits(number):
    run = RUNS[number]
    per = None if run["schedule"] and run["schedule"][0] == "ReduceLROnPlateau" else run["schedule_per"]

    def start():
        model = network()
        optimizer = optimizer_of(run, model)
        return model, optimizer, schedule_of(run["schedule"], optimizer)

    def go(model, optimizer, schedule, epochs):
        fit(
            model,
            XOR,
            optimizer=optimizer,
            schedule=schedule,
            schedule_per=per,
            batch_size=run["batch_size"],
            epochs=epochs,
        )

    kept = []
    for is_loaded in (False, True):
        model, optimizer, schedule = start()
        go(model, optimizer, schedule, 3)
        if is_loaded:
            things = [thing for thing in (model, optimizer, schedule) if thing is not None]
            state = through_json([thing.state_dict() for thing in things])
            model, optimizer, schedule = start()
            for thing, own in zip((model, optimizer, schedule), state):
                thing.load_state_dict(own)
        go(model, optimizer, schedule, 3)
        kept.append([bits(model.state_dict()), inside(optimizer)])
    assert kept[0] == kept[1]


@pytest.mark.parametrize("backend", ["python", "wasm"])
def test_code_leaves_a_state_that_values_go_on_from(backend):
    if backend == "wasm":
        pytest.importorskip("wasmtime")
    model, optimizer = network(), Adam(lr=0.1)
    fit(model, XOR, optimizer=optimizer, epochs=5, engine="derived", backend=backend)
    state = through_json(optimizer.state_dict(model))
    assert {*state["state"]["step"]} == {5}
    other = Adam(lr=0.5)
    other.load_state_dict(state, model.parameters())
    assert inside(other) == inside(optimizer)
    assert other.recalled(model.parameters()) == optimizer.recalled(model.parameters())


def test_the_form_of_a_state():
    a, b = Value(1.0), Value(2.0)
    optimizer = Adam([a, b], lr=0.25, betas=(0.5, 0.75))
    b.grad = 2.0
    optimizer.step()
    settings = {"lr": 0.25, "betas": [0.5, 0.75], "eps": 1e-8, "weight_decay": 0.0}
    settings |= {"amsgrad": False, "maximize": False}
    assert optimizer.state_dict() == {
        "class": "Adam",
        "parameters": 2,
        "defaults": {},
        "param_groups": [{"params": [0, 1], **settings}],
        "scheduled": [None],
        "state": {"params": [1], "step": [1], "slots": [[1.0], [1.0], [0.0]]},
    }
    StepLR(optimizer, step_size=1).step()
    assert optimizer.state_dict()["scheduled"] == [[0.25, 0.025]]
    grouped = Adam([{"params": a, "lr": 0.5}, {"params": b}], lr=0.25, betas=(0.5, 0.75)).state_dict()
    assert grouped["param_groups"] == [{"params": [0], "lr": 0.5}, {"params": [1]}]
    assert grouped["defaults"] == settings


DECAY = "weight_decay"
NAMES = {  # of the settings of a group, in PyTorch 2.13.0, without those that choose among its kernels
    "SGD": {"lr", "momentum", "dampening", DECAY, "nesterov", "maximize"},
    "Adam": {"lr", "betas", "eps", DECAY, "amsgrad", "maximize"},
    "AdamW": {"lr", "betas", "eps", DECAY, "amsgrad", "maximize"},
    "NAdam": {"lr", "betas", "eps", DECAY, "momentum_decay", "decoupled_weight_decay", "maximize"},
    "RAdam": {"lr", "betas", "eps", DECAY, "decoupled_weight_decay", "maximize"},
    "Adamax": {"lr", "betas", "eps", DECAY, "maximize"},
    "RMSprop": {"lr", "momentum", "alpha", "eps", "centered", DECAY, "maximize"},
    "Adagrad": {"lr", "lr_decay", "eps", DECAY, "initial_accumulator_value", "maximize"},
    "Adadelta": {"lr", "rho", "eps", DECAY, "maximize"},
    "ASGD": {"lr", "lambd", "alpha", "t0", DECAY, "maximize"},
    "Rprop": {"lr", "etas", "step_sizes", "maximize"},
    "Lion": {"lr", "betas", DECAY, "maximize"},  # which PyTorch has not
}


@pytest.mark.parametrize("cls", CLASSES)
def test_settings_have_the_names_of_pytorch(cls):
    state = cls([Value(0.0)], lr=0.1).state_dict()
    assert {*state["param_groups"][0]} == {"params", *NAMES[cls.__name__]}
    assert {"state", "param_groups"} < {*state}


THIRD = 0.3333333333333333
AFTER = {  # three steps of `made` in PyTorch 2.13.0, without private names, functions and what is derived
    "LambdaLR": {},
    "StepLR": {"step_size": 2, "gamma": 0.1},
    "MultiStepLR": {"milestones": [2], "gamma": 0.1},
    "ExponentialLR": {"gamma": 0.5},
    "ConstantLR": {"factor": THIRD, "total_iters": 5},
    "LinearLR": {"start_factor": THIRD, "end_factor": 1.0, "total_iters": 5},
    "PolynomialLR": {"total_iters": 5, "power": 1.0},
    "CosineAnnealingLR": {"T_max": 10, "eta_min": 0.0},
    "CosineAnnealingWarmRestarts": {"T_0": 3, "T_mult": 1, "eta_min": 0.0},
    "OneCycleLR": {"total_steps": 50, "cycle_momentum": True},  # its base_lrs are max_lr / div_factor there
    "ReduceLROnPlateau": {"factor": 0.1, "patience": 10, "cooldown": 0, "eps": 1e-8, "mode": "min"}
    | {"threshold": 1e-4, "threshold_mode": "rel", "best": 1.0, "cooldown_counter": 0, "num_bad_epochs": 2},
    "SequentialLR": {},
}


@pytest.mark.parametrize("kind", SCHEDULES)
def test_states_of_schedules_are_those_of_pytorch(kind):
    schedule = made(kind, SGD(lr=0.5))
    steps(schedule, 3)
    expected = {"last_epoch": 3, "base_lrs": [0.5]} | AFTER[kind.__name__]
    state = schedule.state_dict()
    assert {name: state[name] for name in expected} == expected


def test_a_state_is_a_copy():
    w = weights_of()
    optimizer = SGD(w, lr=0.5, momentum=0.5)
    walk(optimizer, w, range(3))
    state = optimizer.state_dict()
    before = bits(state)
    walk(optimizer, w, range(3))
    assert bits(state) == before
    optimizer.load_state_dict(state)
    walk(optimizer, w, range(3))
    assert bits(state) == before


def test_an_older_state_is_gone_back_to():
    """What has been remembered since is forgotten, and that of parameters of others is kept."""
    w, other = weights_of(), weights_of()
    optimizer = SGD(lr=0.5, momentum=0.5)
    none = optimizer.state_dict(w)
    walk(optimizer, w, range(3), [w])
    walk(optimizer, other, range(3), [other])
    kept = optimizer.recalled(other)
    optimizer.load_state_dict(none, w)
    assert optimizer.recalled(w) == [(0, (0.0,))] * 4
    assert optimizer.recalled(other) == kept != [(0, (0.0,))] * 4
    schedule = ReduceLROnPlateau(optimizer, patience=0)
    state = schedule.state_dict()
    steps(schedule, 4)
    assert schedule.best == 1.0
    schedule.load_state_dict(state)
    assert (schedule.best, schedule.last_epoch, optimizer.lr) == (math.inf, 0, 0.5)


def test_views_of_groups_see_what_is_loaded():
    w = weights_of()
    optimizer = SGD([{"params": w[:2]}, {"params": w[2:], "lr": 0.25}], lr=0.5)
    views = optimizer.param_groups
    state = optimizer.state_dict()
    for view in views:
        view.update(lr=0.125, momentum=0.5)
    optimizer.load_state_dict(state)
    assert [view["lr"] for view in views] == [0.5, 0.25]
    assert [view["momentum"] for view in views] == [0.0, 0.0]


def test_what_is_frozen_keeps_its_place():
    states = []
    for frozen in ([], [0], [0, 1]):
        model = MLP(2, [2, 1], "tanh", seed=0)
        optimizer = Adam(model, lr=0.5)
        (model([1.0, 2.0]) ** 2).backward()
        optimizer.step()
        for layer in frozen:
            model.layers[layer].freeze()
        states += [optimizer.state_dict(), optimizer.state_dict(model)]
    assert all(state == states[0] for state in states)
    assert states[0]["parameters"] == len(states[0]["state"]["params"]) == 9


def test_a_schedule_whose_rate_was_set_on_a_plateau():
    """Which may be done there, as it goes by the rate that is."""
    optimizer = SGD(lr=0.5)
    schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    steps(schedule, 3)
    optimizer.lr = 0.75
    state = through_json([optimizer.state_dict([]), schedule.state_dict()])
    other = SGD(lr=0.5)
    late = ReduceLROnPlateau(other, factor=0.5, patience=0)
    other.load_state_dict(state[0], [])
    late.load_state_dict(state[1])
    assert other.lr == 0.75
    assert steps(late, 2) == steps(schedule, 2) == [0.1875]


class Warm(Optimizer):
    """One of somebody's own, with settings of all kinds and whole numbers in its memory."""

    def __init__(self, params=None, lr=0.1, *, shape=(1, (2.0, "a")), rise=None, name=None, table=None):
        self.lr = lr
        self.shape = shape
        self.rise = rise
        self.name = name
        self.table = table
        super().__init__(params)

    def init(self, p):
        return (0, 0.0)

    def update(self, p, g, state, step):
        count, mean = state
        mean = 0.5 * mean + g
        return p - self.lr * (self.rise or float)(1 + count) * mean, (count + 1, mean)


class Halved(LRScheduler):
    """One of somebody's own, that remembers."""

    def __init__(self, optimizer=None, pair=(1, 2)):
        self.pair = pair
        self.seen = []
        self.former = None
        super().__init__(optimizer)

    def rate(self, base, step, group):
        return base / (1 + step % self.pair[1])

    def moved_on(self, steps, metrics=()):
        self.former = self.last_epoch
        self.seen = [*self.seen, self.former][-2:]
        super().moved_on(steps, metrics)


def test_ones_own_go_on():
    def make(weights):
        groups = [{"params": weights[:2], "shape": (3, (4.0, "b"))}, {"params": weights[2:], "rise": abs}]
        return Warm(groups, rise=lambda n: n / 2, table={"a": (1, 2)})

    whole, first = weights_of(), weights_of()
    one, early = make(whole), make(first)
    schedules = Halved(one), Halved(early)
    walk(one, whole, range(12), schedule=schedules[0])
    second = weights_of(walk(early, first, range(5), schedule=schedules[1]))
    state = through_json([early.state_dict(), schedules[1].state_dict()])
    assert "rise" not in json.dumps(state)
    late = make(second)
    schedule = Halved(late)
    late.load_state_dict(state[0])
    schedule.load_state_dict(state[1])
    assert late.param_groups[0]["shape"] == (3, (4.0, "b"))
    assert (schedule.former, schedule.seen, schedule.pair) == (4, [3, 4], (1, 2))
    walk(late, second, range(5, 12), schedule=schedule)
    assert bits(second) == bits(whole)
    assert late.recall(second[0])[1][0].__class__ is int


def test_switches_that_are_numbers():
    """PyTorch takes amsgrad=1, too."""
    other = Adam(lr=0.5)
    other.load_state_dict(through_json(Adam(lr=0.5, amsgrad=1).state_dict([])), [])
    assert other.amsgrad is True


class Growing(Warm):
    def update(self, p, g, state, step):
        return p - self.lr * g, (*state, g)


def kept(optimizer, w):
    w.grad = 1.0
    optimizer.step([w])
    return optimizer.state_dict([w])


def with_attribute(thing, name, value):
    setattr(thing, name, value)
    return thing


W = Value(1.0, "w")
UNKEPT = {
    "no parameters": (lambda: SGD(lr=0.1).state_dict(), r"this SGD knows no parameters: write SGD\(model"),
    "of another model": (
        lambda: SGD([W], lr=0.1).state_dict([Value(1.0)]),
        r"name='w'\) is a parameter of this SGD, and not among those that are given: give the whole model",
    ),
    "loading for another model": (
        lambda: SGD([W], lr=0.1).load_state_dict({}, [Value(1.0)]),
        "is a parameter of this SGD, and not among those",
    ),
    "no parameters to load": (lambda: SGD(lr=0.1).load_state_dict({}), "this SGD knows no parameters"),
    "no Values": (lambda: SGD(lr=0.1).state_dict([1.0]), "a parameter must be a Value"),
    "a memory that grows": (lambda: kept(Growing(), W), "Growing remembers 2 or 3 numbers of a parameter"),
    "a setting of Values": (
        lambda: Warm(name=W).state_dict([]),
        r"keeps numbers, texts, lists and dicts with texts as keys; a setting of Warm is Value\(",
    ),
    "keys that are no texts": (lambda: Warm(table={1: 2}).state_dict([]), r"a setting of Warm is \{1: 2\}"),
    "an attribute of a set": (
        lambda: with_attribute(Halved(), "seen", {1}).state_dict(),
        r"'seen' of Halved is \{1\}",
    ),
}


@pytest.mark.parametrize(("wrong", "message"), UNKEPT.values(), ids=UNKEPT)
def test_what_has_no_state(wrong, message):
    with pytest.raises(DataError, match=message):
        wrong()


def trained():
    """Return an optimizer with groups and a schedule, and both after some steps."""
    w = weights_of()
    groups = [{"params": w[:2]}, {"params": w[2:], "lr": 0.25, "betas": (0.5, 0.75)}]
    optimizer = Adam(groups, lr=0.5)
    schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=20)
    walk(optimizer, w, range(4), schedule=schedule)
    return optimizer, schedule


def put(*path):
    """Return what puts the last of the path where the others lead."""
    *way, key, new = path

    def change(state):
        for each in way:
            state = state[each]
        state[key] = new

    return change


def drop(*path):
    *way, key = path

    def change(state):
        for each in way:
            state = state[each]
        del state[key]

    return change


HUGE = 10**400
BROKEN = {  # what is done to the state of `trained`, and what is said to it
    "another class": (
        put("class", "SGD"),
        "this state does not fit Adam; it is that of another class, 'SGD'",
    ),
    "a class of no name": (put("class", ["Adam"]), r"another class, \['Adam'\] \(list\)"),
    "a class to import": (put("class", "os.system"), "another class, 'os.system'"),
    "no class": (drop("class"), "a state lacks 'class'"),
    "no memory": (drop("state"), "a state lacks 'state'"),
    "one thing more": (put("more", 1), "a state has 'more' .*, which is none of class, parameters, "),
    "a key that is no text": (put(1, 1), r"a state has 1 \(int\), which is none of"),
    "another number of parameters": (put("parameters", 5), "it is of 5 parameters, and there are 4"),
    "True of them": (put("parameters", True), "'parameters' must be a whole number from 0 on, not True"),
    "4.0 of them": (put("parameters", 4.0), r"whole number from 0 on, not 4\.0"),
    "a great many": (put("parameters", HUGE), "'parameters' must be at most 9007199254740992, not 1000"),
    "a group less": (drop("param_groups", 1), "'param_groups' has 1 entries, where 2 belong"),
    "no list of groups": (put("param_groups", {"0": {}}), "'param_groups' is a list, not "),
    "a group in a list": (
        put("param_groups", 0, [0, 1]),
        r"param_groups\[0\] is a dict with 'params', not",
    ),
    "a group of none": (drop("param_groups", 0, "params"), r"param_groups\[0\] is a dict with 'params'"),
    "a group of others": (put("param_groups", 0, "params", [1, 2]), r"param_groups\[0\] is of other param"),
    "another order": (put("param_groups", 0, "params", [1, 0]), "or these have another order"),
    "a group of more": (put("param_groups", 0, "params", [0, 1, 2]), "has 3 entries, where 2 belong"),
    "True for 1": (
        put("param_groups", 0, "params", [0, True]),
        r"\['params'\]\[1\] must be a whole number",
    ),
    "a setting less": (drop("defaults", "eps"), "'defaults', or the only group, lacks 'eps'"),
    "a setting more": (put("defaults", "momentum", 0.5), "has 'momentum' .*, which is none of lr, betas"),
    "a group's, more": (
        put("param_groups", 1, "__class__", 1),
        r"param_groups\[1\] has '__class__' .*, which",
    ),
    "settings in a list": (put("defaults", [0.5]), "'defaults', or the only group, is a dict, not"),
    "a rate of text": (put("defaults", "lr", "0.5"), "'lr' must be a number, not '0.5'"),
    "a rate of True": (
        put("param_groups", 1, "lr", True),
        r"'lr' of param_groups\[1\] must be a number, not T",
    ),
    "a rate of None": (put("defaults", "lr", None), "'lr' must be a number, not None"),
    "a rate below 0": (put("defaults", "lr", -1.0), "the learning rate of Adam must be at least 0"),
    "a rate of nan": (
        put("param_groups", 1, "lr", math.nan),
        "the learning rate of Adam must be at least 0",
    ),
    "a huge rate": (put("defaults", "lr", HUGE), "'lr' must fit into a float"),
    "one beta": (put("defaults", "betas", [0.9]), "the betas of Adam are two numbers"),
    "three betas": (put("defaults", "betas", [0.9, 0.9, 0.9]), "the betas of Adam are two numbers"),
    "a beta of 1": (put("param_groups", 1, "betas", [0.9, 1]), "the second beta of Adam must be at least"),
    "betas of text": (put("defaults", "betas", "ab"), "'betas' must be a list, not 'ab'"),
    "a switch of 1": (put("defaults", "amsgrad", 1), r"'amsgrad' must be True or False, not 1 \(int\)"),
    "scheduled for one": (put("scheduled", [None]), "'scheduled' has 1 entries, where 2 belong"),
    "scheduled once": (put("scheduled", 0, [0.5]), r"scheduled\[0\] has 1 entries, where 2 belong"),
    "scheduled for ever": (
        put("scheduled", 0, [0.5, math.inf]),
        r"scheduled\[0\]\[1\] must be a finite num",
    ),
    "a table less": (drop("state", "slots"), "'state' lacks 'slots'"),
    "memory in a list": (put("state", []), r"'state' is a dict, not \[\]"),
    "of a parameter too far": (
        put("state", "params", 0, 4),
        r"state\['params'\]\[0\] must be at most 3, not 4",
    ),
    "of one twice": (put("state", "params", 1, 0), r"state\['params'\] has a parameter twice"),
    "of one before": (put("state", "params", 0, -1), "whole number from 0 on, not -1"),
    "of none": (put("state", "params", None), r"state\['params'\] is a list, not None"),
    "steps of one": (put("state", "step", [1]), r"state\['step'\] has 1 entries, where 4 belong"),
    "steps below 0": (
        put("state", "step", 1, -3),
        r"state\['step'\]\[1\] must be a whole number from 0 on",
    ),
    "steps of True": (put("state", "step", 0, True), "whole number from 0 on, not True"),
    "half a step": (put("state", "step", 0, 0.5), r"whole number from 0 on, not 0\.5"),
    "very many steps": (put("state", "step", 0, HUGE), "must be at most 9007199254740992"),
    "a slot less": (drop("state", "slots", 0), r"state\['slots'\] has 2 entries, where 3 belong"),
    "a short slot": (drop("state", "slots", 1, 0), r"state\['slots'\]\[1\] has 3 entries, where 4 belong"),
    "a slot of dicts": (put("state", "slots", 0, {}), r"state\['slots'\]\[0\] is a list, not \{\}"),
    "nan in a slot": (
        put("state", "slots", 2, 1, math.nan),
        r"\['slots'\]\[2\]\[1\] must be a finite numb",
    ),
    "True in a slot": (put("state", "slots", 2, 1, True), "must be a finite number, not True"),
    "text in a slot": (put("state", "slots", 0, 3, "0x1p3"), "must be a finite number, not '0x1p3'"),
    "a list in a slot": (put("state", "slots", 0, 3, [1.0]), "must be a finite number, not"),
    "a huge number in a slot": (put("state", "slots", 0, 3, HUGE), "must fit into a float"),
}
BROKEN_SCHEDULES = {
    "another class": (put("class", "StepLR"), "this state does not fit OneCycleLR; it is that of another"),
    "no count": (drop("last_epoch"), "a state lacks 'last_epoch'"),
    "one thing more": (put("optimizer", 1), "a state has 'optimizer' .*, which is none of class, "),
    "other arguments": (
        put("total_steps", 30),
        r"it has total_steps=30 \(int\), and here it is 20: make the schedule with the same arguments",
    ),
    "arguments of another kind": (
        put("three_phase", 0),
        r"it has three_phase=0 \(int\), and here it is Fal",
    ),
    "a count of text": (put("last_epoch", "3"), "'last_epoch' must be a whole number from 0 on, not '3'"),
    "a count of True": (put("last_epoch", True), "'last_epoch' must be a whole number from 0 on, not True"),
    "a count below 0": (put("last_epoch", -1), "'last_epoch' must be a whole number from 0 on, not -1"),
    "a count beyond": (put("last_epoch", 21), "step 21 is too much for a OneCycleLR of total_steps=20"),
    "a rate less": (drop("base_lrs", 0), "'base_lrs' has 1 entries, where 2 belong"),
    "a rate of nan": (put("base_lrs", 0, math.nan), r"'base_lrs'\[0\] must be a finite number, not nan"),
    "a rate below 0": (put("base_lrs", 0, -1.0), "the base learning rate of OneCycleLR must be at least 0"),
    "no settings": (put("_last", []), "'_last' has 0 entries, where 2 belong"),
    "settings of others": (put("_last", 0, {"lr": 0.5}), "each of '_last' lacks 'betas'"),
    "settings that are none": (put("_last", 1, 0.5), r"each of '_last' is a dict, not 0\.5"),
    "a rate set below 0": (
        put("_last", 1, "lr", -0.5),
        "the learning rate of OneCycleLR must be at least 0",
    ),
    "a beta set to 1": (put("_last", 1, "betas", [1, 0.5]), "the first beta of Adam must be at least 0"),
}
PLATEAU = {
    "a best of nan": (put("best", math.nan), "'best' must be a number, not nan"),
    "a best of True": (put("best", True), "'best' must be a number, not True"),
    "too bad": (put("num_bad_epochs", 4), "'num_bad_epochs' must be at most 3, not 4"),
    "bad below 0": (put("num_bad_epochs", -1), "'num_bad_epochs' must be a whole number from 0 on"),
    "cooled for long": (put("cooldown_counter", 3), "'cooldown_counter' must be at most 2, not 3"),
    "cooled for None": (put("cooldown_counter", None), "'cooldown_counter' must be a whole number"),
}
SEQUENCE = {
    "a part less": (drop("schedulers", 0), "'schedulers' has 1 entries, where 2 belong"),
    "another part": (put("schedulers", 0, "class", "StepLR"), "it is that of another class, 'StepLR'"),
    "a part of another kind": (put("schedulers", 1, 3), r"a state is a dict, not 3 \(int\)"),
    "parts of a dict": (put("schedulers", {}), "'schedulers' is a list, not"),
    "a part of other arguments": (
        put("schedulers", 1, "gamma", 0.25),
        r"it has gamma=0\.25 .* here it is 0\.1",
    ),
    "another pace": (put("is_for_batches", True), "its parts make 'is_for_batches' False, not True"),
    "steps below 0": (put("_steps", -1), "the count of steps must be a whole number"),
    "other milestones": (put("milestones", [9]), r"it has milestones=\[9\] \(list\), and here it is \[3\]"),
}


def plateau():
    optimizer = SGD(weights_of(), lr=0.5)
    return optimizer, ReduceLROnPlateau(optimizer, patience=3, cooldown=2)


def sequence():
    optimizer = SGD(weights_of(), lr=0.5)
    return optimizer, SequentialLR(optimizer, [LinearLR(), StepLR(step_size=2)], [3])


CASES = [
    pytest.param(make, place, *case, id=f"{make.__name__}-{name}")
    for make, place, table in (
        (trained, 0, BROKEN),
        (trained, 1, BROKEN_SCHEDULES),
        (plateau, 1, PLATEAU),
        (sequence, 1, SEQUENCE),
    )
    for name, case in table.items()
]


@pytest.mark.parametrize(("make", "place", "change", "message"), CASES)
def test_broken_states_change_nothing(make, place, change, message):
    state = make()[place].state_dict()
    for is_text in (False, True):
        broken = copy.deepcopy(state)
        if is_text:
            broken = through_json(broken)
        change(broken)
        things = make()
        steps(things[1], 2)
        before = inside(*things)
        with pytest.raises(StateError, match=message):
            things[place].load_state_dict(broken)
        assert inside(*things) == before
        things[place].load_state_dict(state)


@pytest.mark.parametrize("state", [None, 3, [], "Adam", [1], {}, {"class": None}, {"class": "Adam"}, Adam])
def test_what_is_no_state_at_all(state):
    for thing in (Adam([W]), StepLR(SGD(lr=0.5), 3), StepLR(step_size=3)):
        before = inside(thing)
        with pytest.raises(StateError, match=f"this state does not fit {type(thing).__name__}; "):
            thing.load_state_dict(state)
        assert inside(thing) == before


def test_other_optimizers_and_schedules_are_refused():
    w = weights_of()
    for one, other in pairwise([*CLASSES, CLASSES[0]]):
        with pytest.raises(StateError, match=f"another class, '{one.__name__}'"):
            other(w, lr=0.5).load_state_dict(one(w, lr=0.5).state_dict())
    for one, other in pairwise([*SCHEDULES, SCHEDULES[0]]):
        with pytest.raises(StateError, match=f"another class, '{one.__name__}'"):
            made(other, SGD(lr=0.5)).load_state_dict(made(one, SGD(lr=0.5)).state_dict())
    with pytest.raises(StateError, match="'base_lrs' has 1 entries, where 0 belong"):
        StepLR(step_size=2).load_state_dict(StepLR(SGD(lr=0.5), step_size=2).state_dict())


STRANGE = [
    None,
    True,
    False,
    -1,
    0,
    1,
    2.5,
    -0.0,
    HUGE,
    -HUGE,
    math.nan,
    math.inf,
    "",
    "1",
    "Adam",
    "\ud800",
]
STRANGE += [[], {}, [0], [[0.5]], {"class": "Adam"}, {"params": [0]}, {"": None}, 2**53, 2**63, 1e308]


def nested(depth):
    thing = []
    for _ in range(depth):
        thing = [thing]
    return thing


def places(thing, path=()):
    """Yield the way to each entry of plain data."""
    inner = (
        thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    )
    for key, entry in inner:
        yield (*path, key)
        yield from places(entry, (*path, key))


def mutated(state, chance):
    """Return a state with something put, taken away, doubled or exchanged in it, once or twice."""
    state = copy.deepcopy(state)
    for _ in range(chance.choice([1, 1, 2])):
        ways = [*places(state)]
        *way, key = chance.choice(ways)
        holder = state
        for each in way:
            holder = holder[each]
        what = chance.choice(["put", "put", "put", "drop", "swap", "add"])
        if what == "drop":
            del holder[key]
        elif what == "swap":
            *other, last = chance.choice(ways)
            target = state
            for each in other:
                target = target[each] if isinstance(target, (dict, list)) and _has(target, each) else {}
            if _has(target, last):
                holder[key] = copy.deepcopy(target[last])
        elif what == "add" and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(chance.choice(STRANGE)))
        elif what == "add":
            holder[chance.choice(["lr", "params", "__class__", "optimizer", "x"])] = copy.deepcopy(
                chance.choice(STRANGE)
            )
        else:
            holder[key] = copy.deepcopy(chance.choice([*STRANGE, nested(90)]))
    return state


def _has(holder, key):
    if isinstance(holder, dict):
        return key in holder
    return isinstance(key, int) and key < len(holder)


def own():
    w = weights_of()
    optimizer = Warm([{"params": w[:2], "shape": (3, (4.0, "b"))}, {"params": w[2:]}], table={"a": (1, 2)})
    schedule = Halved(optimizer)
    walk(optimizer, w, range(4), schedule=schedule)
    return optimizer, schedule


@pytest.mark.parametrize("make", [trained, plateau, sequence, own])
def test_mutated_states_load_or_are_refused(make):
    chance = random.Random(make.__name__)
    originals = [thing.state_dict() for thing in make()]
    things, outcomes = make(), []
    for _ in range(how_many(600, exhaustive=20_000)):
        place = chance.choice([0, 1])
        broken = mutated(originals[place], chance)
        if not isinstance(broken, dict):
            continue
        before = inside(*things)
        try:
            things[place].load_state_dict(broken)
        except StateError:
            assert inside(*things) == before
            outcomes.append(False)
        else:
            again = things[place].state_dict()
            things[place].load_state_dict(again)
            assert things[place].state_dict() == again
            for thing, original in zip(things, originals):
                thing.load_state_dict(original)
            outcomes.append(True)
    assert {*outcomes} == {True, False}
    assert [thing.state_dict() for thing in things] == originals


def test_arguments_have_the_same_value():
    """As in a file, where 1.0 may be written 1; in another kind they are others."""
    schedule = StepLR(SGD(lr=0.5), step_size=2, gamma=1.0)
    schedule.load_state_dict(schedule.state_dict() | {"gamma": 1})
    with pytest.raises(StateError, match="it has gamma=True"):
        schedule.load_state_dict(schedule.state_dict() | {"gamma": True})


def test_functions_are_not_kept():
    schedule = LambdaLR(SGD(lr=0.5), lambda step: 0.5**step)
    steps(schedule, 3)
    state = through_json(schedule.state_dict())
    assert state.keys() == {"class", "last_epoch", "base_lrs", "_last"}
    other = LambdaLR(SGD(lr=0.5), [lambda step: 0.5**step])
    other.load_state_dict(state)
    assert steps(other, 1) == steps(schedule, 1) == [0.03125]


def test_other_mappings_are_states():
    w = weights_of()
    optimizer = SGD(w, lr=0.5)
    optimizer.load_state_dict(OrderedDict(SGD(w, lr=0.25).state_dict()))
    assert optimizer.lr == 0.25
