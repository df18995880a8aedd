"""Ctrl-C at any time: afterwards no mode is on, and what was begun is done as a whole or not at all.

A timer's signal stands for the key. It comes at random, for the interpreter alone knows at which
instructions it looks for signals; the traceback is kept, as a notebook does.
"""

import contextlib
import gc
import random
import signal
import sys
import time

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import (
    MLP,
    SGD,
    Adam,
    Value,
    compare,
    derive,
    fit,
    grad,
    graph,
    modes,
    no_grad,
    strict,
)
from autograd_scratch.datasets import XOR
from autograd_scratch.freeing import HIGHEST

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer")
LOST = "Exception ignored in. <generator"


class Interrupted(BaseException):
    pass


def interrupt(*_):
    raise Interrupted


@pytest.fixture
def interrupted():
    """Give the function that does some work, interrupted, and returns whether it was.

    What others, as hypothesis, have the collector call is Python: an interrupt there would be lost.
    """
    former = signal.signal(signal.SIGALRM, interrupt)
    callbacks = gc.callbacks.copy()
    gc.callbacks.clear()
    kept = []

    def run(work, after):
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, max(after, 1e-6))
                work()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0.0)
        except Interrupted as fault:
            kept[:] = [fault]
            return True
        return False

    yield run
    kept.clear()
    gc.callbacks[:] = callbacks
    signal.signal(signal.SIGALRM, former)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


x = Value(2.0, "x")
model = MLP(2, [3, 1], "tanh", seed=0)
kept_block = no_grad()


def silent_square(v):
    with no_grad():
        constant = v * v
    return v * v + constant


def in_blocks():
    with no_grad(), modes.recording(), strict(), modes.tracing(), kept_block:
        x * 2.0


@no_grad()
def decorated():
    return x * x


WORKS = {
    "blocks": in_blocks,
    "decorated": decorated,
    "grad": lambda: grad(silent_square)(2.0),
    "derive": lambda: derive(silent_square, inputs=[2.0]),
    "fit": lambda: fit(model, XOR, optimizer=SGD(0.1), epochs=1),
    "compare": lambda: compare(lambda w: ag.mark(w * w, "z"), at={"w": 3.0}, hand={"w": 6.0}),
}


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_no_mode_stays_on(work, interrupted):
    rng, profiler = random.Random(0), sys.getprofile()
    work()
    lasts = seconds(work)

    def forever():
        while True:
            work()

    for _ in range(120 if lasts < 1e-3 else 20):
        assert interrupted(forever, rng.uniform(0.0, 2.0 * lasts))
        assert modes.is_recording()
        assert not modes.is_strict()
        assert not modes.is_tracing()
        assert modes.observer() is None
        assert ag.mark(1.0, "z") == 1.0
        assert gc.isenabled()
        assert sys.getprofile() is profiler


class Backward:
    def __init__(self, **options):
        self.leaves = [Value(0.5), Value(1.5), Value(-0.3)]
        a, b, c = self.leaves
        node = a
        for _ in range(8):
            node = (node * b + c).tanh() + ag.dot([a, b, c], [c, node, b])
        self.nodes = graph.toposort(node)
        self.work = lambda: node.backward(**options)

    def begin(self):
        for node in (*self.leaves, *self.nodes):
            node.grad = 0.25

    def state(self):
        return [getattr(node.grad, "data", node.grad) for node in (*self.leaves, *self.nodes)]


class Parameters:
    """A model, an optimizer that has taken a step, and an array, with which something is done."""

    def __init__(self, work):
        self.model = MLP(2, [8, 1], "tanh", seed=0)
        self.numbers = self.model.state_dict()
        self.array = ag.values(np.arange(12.0).reshape(3, 4))
        self.others = {path: number + 1.0 for path, number in self.numbers.items()}
        self.work = lambda: work(self)

    def begin(self):
        self.model.unfreeze().train().load_state_dict(self.numbers)
        for p in self.model.parameters():
            p.grad = 0.5
        for i, entry in enumerate(self.array.flat):
            entry.data, entry.grad = i, 0.5
        self.sgd, self.adam = SGD(0.1, momentum=0.9), Adam(0.1)
        self.sgd.step(self.model)
        self.adam.step(self.model)
        self.answer = None

    def state(self):
        parameters = self.model.parameters(frozen=True)
        return (
            [(p.data, p.grad, self.sgd.recall(p), self.adam.recall(p)) for p in parameters],
            [(module.frozen, module.training) for module in self.model.modules()],
            [(entry.data, entry.grad) for entry in self.array.flat],
            self.answer,
        )


def step_of_an_array(it):
    with no_grad():
        it.array -= 0.5 * it.array.grad


def fill_an_array(it):
    with no_grad():
        it.array[1:] = np.ones((2, 4))


def call_with_others(it):
    it.answer = ag.functional_call(it.model, it.others, [1.0, 2.0]).data


def fit_derived(it):
    fit(it.model, XOR, optimizer=it.sgd, epochs=2, engine="derived")


WHOLES = {
    "backward": Backward(),
    "backward with create_graph": Backward(create_graph=True),
    "step": Parameters(lambda it: it.sgd.step(it.model)),
    "step of Adam": Parameters(lambda it: it.adam.step(it.model)),
    "load_state_dict": Parameters(lambda it: it.model.load_state_dict(it.others)),
    "zero_grad": Parameters(lambda it: it.model.zero_grad()),
    "zero_grad of an optimizer": Parameters(lambda it: it.sgd.zero_grad(it.model.parameters())),
    "zero_grad of an array": Parameters(lambda it: it.array.zero_grad()),
    "clip_grad_norm": Parameters(lambda it: ag.clip_grad_norm(it.model, 0.01)),
    "freeze": Parameters(lambda it: it.model.freeze()),
    "eval": Parameters(lambda it: it.model.eval()),
    "step of an array": Parameters(step_of_an_array),
    "array filled": Parameters(fill_an_array),
    "functional_call": Parameters(call_with_others),
    "fit derived": Parameters(fit_derived),
}


@pytest.mark.parametrize("it", WHOLES.values(), ids=WHOLES)
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <generator:pytest.PytestUnraisableExceptionWarning"
)
def test_all_or_nothing_is_done(it, interrupted):
    """What comes as a generator is freed, and its end recorded, is lost; all is done then."""
    rng = random.Random(0)
    it.begin()
    before, lasts = it.state(), seconds(it.work)
    after = it.state()
    assert before != after
    it.begin()
    lasts = min(lasts, seconds(it.work))
    for _ in range(120 if lasts < 1e-3 else 5):
        it.begin()
        if interrupted(it.work, rng.uniform(0.0, 1.2 * lasts)):
            assert it.state() in (before, after)
            if it.state() == before:
                it.work()
        assert it.state() == after


def interrupted_at_call(work, number, kept):
    """Do some work, interrupted as a function of contextlib is entered; return how many are."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if frame.f_code.co_filename == contextlib.__file__:
            count += 1
            if count == number:
                raise Interrupted

    sys.settrace(trace)
    try:
        work()
    except Interrupted as fault:
        kept.append(fault)  # which holds on to all that was entered
    finally:
        sys.settrace(None)
    return count


def test_a_run_begins_or_all_is_as_before():
    it = WHOLES["fit derived"]
    it.begin()
    it.work()  # what is compiled once is
    it.begin()
    before, entered = it.state(), interrupted_at_call(it.work, 0, [])
    after = it.state()
    for number in range(entered):
        kept = []
        it.begin()
        interrupted_at_call(it.work, number + 1, kept)
        assert kept
        assert it.state() in (before, after)


def test_no_python_runs_where_something_is_freed():
    """What comes there is printed, and lost."""
    program, deep = derive(silent_square, inputs=[2.0]), Value(1.0)
    program(2.0)
    for _ in range(2 * HIGHEST):
        deep = deep * 1.0
    things, calls = [program, deep], []
    del program, deep
    sys.setprofile(lambda frame, event, _: calls.append(frame.f_code.co_name) if event == "call" else None)
    try:
        things.clear()
    finally:
        sys.setprofile(None)
    assert calls == []
