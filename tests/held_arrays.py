"""Functions that hold arrays and generators of NumPy's, and give another result with each call of them."""

from dataclasses import dataclass
from enum import Enum
from io import StringIO
from threading import Lock

import numpy as np
from numpy.random import normal, rand

HELD, SHARED = {}, {}
state = np.zeros(3)


def holding(make):
    """Take a function into the table that makes one which holds arrays."""
    HELD[make.__name__] = make
    return make


def sharing(make):
    """The same for what has no copy: it is used itself, and gets back what it held."""
    SHARED[make.__name__] = make
    return make


@holding
def array_in_place():
    array = np.arange(6.0).reshape(2, 3)

    def call():
        array[0] += 1.0
        return array.tolist()

    return call


@holding
def global_array():
    def call():
        state[1] += 0.5
        return state.tolist()

    return call


@holding
def arrays_of_each_type():
    arrays = [np.arange(3).astype(kind) for kind in ("f4", "i8", "u1", "c16", "U3", "M8[D]")]
    arrays.append(np.array([True, False]))
    arrays.append(np.zeros(2, [("x", float), ("n", int)]))

    def call():
        for array in arrays:
            array[:-1] = array[1:]
        arrays[0] += 1
        arrays[-1]["n"] += 1
        return [array.tolist() for array in arrays], [array.dtype for array in arrays]

    return call


@holding
def arrays_without_entries_and_without_axes():
    empty, one = np.zeros((0, 3)), np.array(2.0)

    def call():
        one[...] = 2.0 * one
        return empty.shape, float(one)

    return call


@holding
def fortran_order():
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))

    def call():
        array[0, 1] += 1.0
        return array.tolist(), array.flags.f_contiguous, array.ravel(order="K").tolist()

    return call


@holding
def views_of_one_array():
    base = np.arange(24.0).reshape(4, 6)
    views = [base.T, base[::2, 1::2], base[::-1], base[:, ::-1].T, base.reshape(-1)[5:17:3], base[1], base]
    views += [base.reshape(2, 2, 6)[1].T, np.broadcast_to(base[0], (3, 6)), base.T[::-1, 1:3]]

    def call():
        for number, view in enumerate(views):
            if view.flags.writeable:
                view += number
        return [view.tolist() for view in views], [view.strides for view in views]

    return call


@holding
def views_of_an_array_that_no_one_holds():
    base = np.arange(12.0).reshape(3, 4)
    left, right = base[:, :2], base[:, 1:]
    del base

    def call():
        left[:, 1] += 1.0
        right[0] *= 2.0
        return left.tolist(), right.tolist()

    return call


@holding
def weights_in_one_vector():
    class Net:
        def __init__(self):
            self.theta = np.arange(10.0)
            self.W, self.b = self.theta[:8].reshape(4, 2), self.theta[8:]

        def call(self):
            self.theta *= 2.0
            self.W -= 1.0
            self.b[0] = self.W.sum()
            return self.theta.tolist()

    return Net().call


@holding
def array_that_is_to_be_read():
    array, log = np.arange(3.0), []
    array.flags.writeable = False

    def call():
        log.append(array.flags.writeable)
        try:
            array[0] = 1.0
        except ValueError as fault:
            return str(fault), len(log)
        return None

    return call


@holding
def objects_in_an_array():
    log = [0]
    array = np.array([log, {"calls": 0}, None, 2.5], dtype=object)
    row = array[:2]

    def call():
        row[0].append(1)
        array[1]["calls"] += 1
        array[3] += log[-1]
        return len(log), row[1]["calls"], array[3]

    return call


@holding
def large_array_that_is_read():
    data, log = np.zeros(1_000_001), []

    def call():
        log.append(data[-1])
        return len(log), data.size

    return call


@holding
def arrays_in_objects():
    @dataclass
    class Layer:
        W: np.ndarray
        grads: dict

    layers = [Layer(np.ones((2, 2)), {}), Layer(np.ones((2, 1)), {})]

    def call():
        for layer in layers:
            layer.grads["W"] = layer.grads.get("W", 0.0) + layer.W
            layer.W -= 0.5 * layer.grads["W"]
        return [layer.W.tolist() for layer in layers], [layer.grads["W"].tolist() for layer in layers]

    return call


@holding
def generator():
    rng = np.random.default_rng(3)
    return lambda: rng.normal(size=2).tolist()


@holding
def one_generator_in_two_places():
    rng = np.random.default_rng(3)
    pair = rng, {"rng": rng}
    return lambda: (pair[0].random(), pair[1]["rng"].random(), rng.random())


@holding
def legacy_generator():
    rng = np.random.RandomState(3)
    return lambda: rng.randn(2).tolist()


@holding
def method_of_a_generator():
    draw = np.random.default_rng(3).standard_normal
    return lambda: draw()


@holding
def the_generator_of_the_module():
    return lambda: (np.random.rand(2).tolist(), np.random.randint(1000))


@holding
def functions_of_the_generator_of_the_module():
    calls = []

    def call():
        calls.append(1)
        np.random.seed(len(calls))
        return float(rand()), float(np.random.rand()), float(normal())

    return call


@holding
def vectorized():
    log = []
    add = np.vectorize(lambda x: x + log.append(1) if log.append(1) else x + len(log))
    return lambda: add(np.array([1, 2])).tolist()


@holding
def method_of_an_array():
    array = np.zeros(2)
    fill = array.fill

    def call():
        fill(array[0] + 1.0)
        return array.tolist()

    return call


@holding
def iterating():
    array = np.arange(3.0)

    def call():
        for place in np.ndindex(array.shape):
            array[place] += 1.0
        array.flat[0] = 9.0 + array[1]
        return array.tolist()

    return call


class Meta(type):
    pass


class OfMeta(metaclass=Meta):
    def __init__(self):
        self.calls, self.array = 0, np.zeros(2)

    def call(self):
        self.calls += 1
        self.array += 1.0
        self.__dict__.setdefault("log", []).append(1)
        return self.calls, self.array.tolist(), self.log[:]


@sharing
def class_with_a_metaclass_of_its_own():
    return OfMeta().call


class OfMetaWithSlots(metaclass=Meta):
    __slots__ = ("array", "calls", "last")

    def __init__(self):
        self.calls, self.array = 0, np.zeros(2)

    def call(self):
        self.calls += 1
        self.array += 1.0
        self.last = getattr(self, "last", 0) + 2
        return self.calls, self.array.tolist(), self.last


@sharing
def slots_of_a_class_with_a_metaclass_of_its_own():
    return OfMetaWithSlots().call


class Output(StringIO):
    calls = 0

    def call(self):
        self.calls += 1
        return self.calls


@sharing
def object_of_a_subclass_of_a_librarys():
    return Output().call


class OwnError(Exception):
    pass


@sharing
def exception_that_is_kept():
    fault = OwnError(1)
    fault.log, fault.count = [], 0

    def call():
        fault.log.append(1)
        fault.count += 1
        return len(fault.log), fault.count

    return call


class Color(Enum):
    RED = 1
    BLUE = 2


@sharing
def members_of_an_enumeration():
    chosen = [Color.RED]

    def call():
        chosen.append(Color(3 - chosen[-1].value))
        return len(chosen), chosen[0] is Color.RED, chosen[-1] is Color(chosen[-1].value)

    return call


@sharing
def lock():
    class Guarded:
        def __init__(self):
            self.lock, self.calls = Lock(), 0

        def call(self):
            with self.lock:
                self.calls += 1
                return self.calls, self.lock.locked()

    return Guarded().call


@sharing
def what_is_shared_holds_what_is_copied_and_the_other_way():
    class Layer:
        def __init__(self):
            self.calls = 0

    outer, layer = OfMeta(), Layer()
    outer.layer, layer.outer = layer, outer

    def call():
        outer.layer.calls += 1
        return layer.outer.call(), outer.layer.calls

    return call
