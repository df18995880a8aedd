"""Copies of what a person's functions hold do what the originals do, and change nothing in these."""

import gc
import math
import sys
from collections import Counter
from random import Random
from threading import Thread

import held_arrays
import held_things
import numpy as np
import pytest
from held_arrays import Color, OfMeta, Output
from snapshots import Snapshot

from autograd_scratch import Value, compare, derive
from autograd_scratch.replicas import Replica, Stage
from autograd_scratch.replicas.libraries import returning

HELD = [
    pytest.param(make, id=name)
    for table in (held_things.HELD, held_arrays.HELD, held_arrays.SHARED)
    for name, make in table.items()
]


@pytest.mark.parametrize("make", HELD)
def test_a_copy_does_what_the_original_does_and_changes_nothing(make):
    call = make()
    before, replica = Snapshot(call), Replica()
    copy = replica.of(call)
    first, second = copy(), copy()
    assert first != second
    replica.put_back()
    assert Snapshot(call) == before
    for _ in range(3):
        replica.restore()
        assert copy() == first
        assert copy() == second
    replica.put_back()
    assert Snapshot(call) == before
    assert (call(), call()) == (first, second)


@pytest.mark.parametrize("make", HELD)
def test_each_run_starts_from_what_was_there(make):
    call = make()
    before, stage = Snapshot(call), Stage(restores=True)
    first = stage.staged(call)()
    assert [stage.staged(call)() for _ in range(3)] == [first] * 3
    stage.put_back()
    assert Snapshot(call) == before
    assert call() == first


@pytest.mark.parametrize(
    "thing",
    [
        *(1, 2.5, True, None, "text", b"bytes", ..., range(3), slice(2), (1, (2.0, "c")), frozenset((1,))),
        *(math, np, np.zeros, np.ndarray, math.exp, len, int, Exception, np.float64(2.0), np.linalg.norm),
        *(Value(2.0), Value, compare, OfMeta, OfMeta(), Color, Color.RED, Output(), sys.stdout, Counter()),
    ],
)
def test_what_holds_nothing_of_a_persons_or_cannot_be_copied_is_itself(thing):
    assert Replica().of(thing) is thing


def test_copies_see_each_other_as_the_originals_do():
    class Layer:
        def twin(self):
            return Layer()

    layer, replica = Layer(), Replica()
    layers = {"first": layer, "kind": Layer, "call": layer.twin}
    copy = replica.of(layers)
    assert copy is replica.of(layers)
    assert type(copy["first"]) is copy["kind"] is not Layer
    assert copy["call"].__self__ is copy["first"]
    assert type(copy["call"]()) is copy["kind"]
    assert Replica().of(layer) is not copy["first"]


def test_a_large_array_is_shared_and_told_when_it_is_written_to():
    data = np.zeros(1_000_001)
    copy = Replica().of(data)
    assert np.shares_memory(copy, data)
    with pytest.raises(ValueError, match="read-only"):
        copy[0] = 1.0
    own = Replica(copies_all=True).of(data)
    own[0] = 1.0
    assert data[0] == 0.0


def test_the_end_of_an_original_comes_once():
    ended = []

    class Opened:
        def __init__(self):
            self.w = np.ones(2)

        def __del__(self):
            ended.append(id(self))

        def loss(self, w):
            return ((w + self.w) ** 2).sum()

    opened = Opened()
    identity = id(opened)
    assert compare(opened.loss, {"w": np.ones(2)}, {"w": np.full(2, 4.0)}).ok
    gc.collect()
    assert ended == []
    del opened
    gc.collect()
    assert ended == [identity]


class Network:
    made = 0

    def __init__(self):
        self.W, self.log = np.linspace(-1.0, 1.0, 6).reshape(2, 3), []

    def loss(self, x):
        Network.made += 1
        self.log.append(np.zeros(3))
        self.log[-1][:] = x @ self.W
        return (self.log[-1] ** 2).sum()

    def backward(self, x):
        return 2.0 * self.log[-1] @ self.W.T


def test_checks_and_traces_leave_nothing_in_memory():
    network, at = Network(), {"x": np.array([0.5, -1.0])}

    def check():
        assert compare(network.loss, at, network.backward).verdict == "right"
        assert derive(network.loss, inputs=at, wrt=["x"])(**at)[0] == pytest.approx(network.loss(**at))
        network.log.clear()

    def things():
        gc.collect()
        return Counter(type(thing).__name__ for thing in gc.get_objects())

    for _ in range(3):
        check()
    before = things()
    for _ in range(5):
        check()
    grown = things() - before
    assert {name: many for name, many in grown.items() if many >= 5} == {}
    assert Network.__subclasses__() == []


def test_checks_of_one_object_in_several_threads():
    network, at = Network(), {"x": np.array([0.5, -1.0])}
    before, verdicts = Snapshot(network, Network), []

    def check():
        verdicts.append(compare(network.loss, at, network.backward).verdict)

    threads = [Thread(target=check) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == ["right"] * 4
    assert Snapshot(network, Network) == before


@pytest.mark.parametrize(
    "generator",
    [
        Random(0),
        np.random.RandomState(0),
        np.random.RandomState(np.random.PCG64(0)),
        np.random.default_rng(0),
        np.random.Generator(np.random.MT19937(0)),
    ],
    ids=lambda generator: type(generator).__name__,
)
@pytest.mark.parametrize("drawn", [0, 1, 2, 623, 624, 625])
def test_a_generator_is_put_back_wherever_it_stands(generator, drawn):
    def draw(count):
        normal = getattr(generator, "standard_normal", None) or (lambda: generator.gauss(0.0, 1.0))
        return [generator.random() for _ in range(count)], [normal() for _ in range(count % 4)]

    draw(drawn)
    put_back = returning(generator)
    for count in (1, 2, 3, 312, 624):
        first = draw(count)
        put_back()
        assert draw(count) == first
        put_back()
        put_back()
    assert draw(1248) == (put_back(), draw(1248))[1]
