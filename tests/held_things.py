"""Functions that hold something of each kind, and give another result with each call of them."""

import abc
import random
from collections import OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial, wraps
from itertools import count
from random import random as draw
from typing import Generic, Protocol, TypeVar

import counters
from counters import count as count_on

HELD = {}
T = TypeVar("T")
Pair = namedtuple("Pair", ["calls", "log"])


def holding(make):
    """Take a function into the table that makes one which holds something."""
    HELD[make.__name__] = make
    return make


@holding
def closure():
    calls = 0

    def call():
        nonlocal calls
        calls += 1
        return calls

    return call


@holding
def two_functions_of_one_variable():
    calls = 0

    def advance():
        nonlocal calls
        calls += 1

    def call():
        advance()
        return calls

    return call


@holding
def defaults():
    def call(log=[], start=3):  # noqa: B006
        log.append(start)
        return len(log)

    return call


@holding
def defaults_by_name():
    def call(*, log={"calls": 0}):  # noqa: B006
        log["calls"] += 1
        return log["calls"]

    return call


def counted(function):
    """Count the calls of a function, in an attribute of it."""

    @wraps(function)
    def wrapper(*args):
        wrapper.calls += 1
        return function(*args) + wrapper.calls

    wrapper.calls = 0
    return wrapper


@holding
def decorated():
    @counted
    @counted
    def call():
        return 1

    return call


@holding
def part_of_a_function():
    return partial(lambda log, *, step: (log.append(step), len(log))[1], [], step=2)


@holding
def remembered_calls():
    log = []

    @lru_cache
    def length(times):
        log.append(times)
        return len(log)

    return lambda: (length(len(log)), [*log])


@holding
def yielding():
    log = []

    def numbers(many):
        for number in range(many):
            log.append(number)
            yield len(log)

    return lambda: [*numbers(3)]


@holding
def nested():
    log = []

    def call():
        def append(number):
            log.append(number)
            return [2 * inner for inner in log]

        return append(len(log))

    return call


@holding
def function_that_calls_itself():
    log = []

    def call(depth=3):
        log.append(depth)
        return call(depth - 1) if depth else len(log)

    return call


@holding
def method_of_a_list():
    log = []
    append = log.append
    return lambda: (append(1), len(log))


class Plain:
    made = 0
    log = []  # noqa: RUF012

    def __init__(self):
        self.calls = 0

    def call(self):
        self.calls += 1
        return self.calls

    def count_in_the_class(self):
        Plain.made += 1
        type(self).log.append(self.made)
        return self.made, [*self.log]

    @classmethod
    def of_the_class(cls):
        cls.made += 1
        return cls.made

    @staticmethod
    def of_no_object():
        Plain.made += 1
        return Plain.made

    @property
    def twice(self):
        self.calls += 1
        return 2 * self.calls

    @twice.setter
    def twice(self, new):
        self.calls = new // 2

    @cached_property
    def first(self):
        self.calls += 10
        return self.calls

    __call__ = call


@holding
def method():
    return Plain().call


@holding
def callable_object():
    return Plain()


@holding
def attribute_of_the_class():
    return Plain().count_in_the_class


@holding
def class_method():
    return Plain.of_the_class


@holding
def static_method():
    return Plain.of_no_object


@holding
def attribute_that_is_computed():
    thing = Plain()

    def call():
        thing.twice = thing.twice + 2
        return thing.twice

    return call


@holding
def attribute_that_is_computed_once():
    thing = Plain()
    return lambda: (thing.first, thing.call(), "first" in vars(thing))


@holding
def object_made_in_a_call():
    return lambda: (Plain().count_in_the_class(), isinstance(Plain(), Plain), type(Plain()) is Plain)


@holding
def method_hung_on_an_object():
    thing = Plain()
    thing.call = lambda: Plain.call(thing) + 100
    return lambda: thing.call()


class Base(abc.ABC):
    def __init__(self):
        self.__calls = 0

    @abc.abstractmethod
    def step(self):
        """Say by how many to count on."""

    def call(self):
        self.__calls += self.step()
        return self.__calls


class Middle(Base):
    def call(self):
        self.__calls = getattr(self, "_Middle__calls", 0) + 1
        return super().call() + self.__calls


class Lowest(Middle):
    def __init__(self):
        super(Lowest, self).__init__()  # noqa: UP008
        self.names = [kind.__name__ for kind in type(self).__mro__]

    def step(self):
        return 3

    def call(self):
        return super(Lowest, self).call(), isinstance(self, Base), self.names  # noqa: UP008


@holding
def inherited():
    return Lowest().call


@holding
def object_of_an_abstract_class_made_in_a_call():
    made = []

    def call():
        made.append(Lowest())
        return [each.call() for each in made]

    return call


class Left(Plain):
    def call(self):
        return super().call() + 1


class Right(Plain):
    def call(self):
        return 10 * super().call()


@holding
def inherited_from_two():
    return type("Both", (Left, Right), {"__module__": __name__})().call


class Speaks(Protocol):
    def call(self): ...


class Boxed(Speaks, Generic[T]):
    def __init__(self, inside: T):
        self.inside = inside

    def call(self):
        self.inside.append(1)
        return len(self.inside)


@holding
def generic():
    return Boxed[list]([]).call


class Slots:
    __slots__ = ("__hidden", "calls", "never")

    def __init__(self):
        self.calls, self.__hidden = 0, []

    def call(self):
        self.calls += 1
        self.__hidden.append(self.calls)
        return [*self.__hidden]


class MoreSlots(Slots):
    __slots__ = "log"

    def call(self):
        self.log = (getattr(self, "log", ()), 1)
        return super().call(), self.log


@holding
def slots():
    return Slots().call


@holding
def slots_of_a_class_and_its_base():
    return MoreSlots().call


@dataclass
class Data:
    calls: int = 0
    log: list = field(default_factory=list)

    def call(self):
        self.calls += 1
        self.log.append(Data(self.calls))
        return [each.calls for each in self.log], self.log[0] == Data(1)


@dataclass(frozen=True)
class Frozen:
    log: dict

    def call(self):
        self.log[len(self.log)] = True
        return [*self.log], self == Frozen(self.log), hash(self.log.get) is not None


@dataclass(slots=True)
class Slotted(Generic[T]):
    log: list
    calls: int = 0

    def call(self):
        self.calls += 1
        self.log.append(self.calls)
        return [*self.log]


@dataclass(frozen=True, slots=True)
class FrozenSlots:
    log: list

    def call(self):
        self.log.append(1)
        return len(self.log)


@holding
def dataclass_():
    return Data().call


@holding
def frozen_dataclass():
    return Frozen({}).call


@holding
def dataclass_with_slots():
    return Slotted([]).call


@holding
def frozen_dataclass_with_slots():
    return FrozenSlots([]).call


class Attributes(dict):
    def __getattr__(self, name):
        return self[name]

    def __setattr__(self, name, new):
        self[name] = new

    def call(self):
        self.calls += 1
        return {**self}


class Stack(list):
    limit = 3

    def call(self):
        self.append(len(self))
        self.limit += 1
        return [*self], self.limit


@holding
def dict_with_methods():
    return Attributes(calls=0).call


@holding
def list_with_methods():
    return Stack([5]).call


@holding
def ordered_dict():
    names = OrderedDict(b=1, a=2, c=3)

    def call():
        names.move_to_end("b")
        names["d"] = names.pop("a", 0) + 1
        return [*names.items()]

    return call


@holding
def dict_with_a_default():
    log, lists = [], defaultdict(list)
    counts = defaultdict(lambda: len(log))

    def call():
        log.append(1)
        lists["a"].append(1)
        return counts[len(log)], {**counts}, [*lists["a"]]

    return call


@holding
def keys_that_are_objects():
    layers = [Plain(), Plain()]
    calls = dict.fromkeys(layers, 0)

    def call():
        calls[layers[0]] += 1
        return [calls[layer] for layer in layers], len(calls)

    return call


@holding
def deque_with_an_end():
    last = deque([1, 2], maxlen=3)

    def call():
        last.append(last[-1] + 1)
        return [*last], last.maxlen

    return call


@holding
def sets():
    seen, layers = {1, 2}, {Plain()}

    def call():
        seen.add(len(seen) + 1)
        return sorted(seen), [layer.call() for layer in layers]

    return call


@holding
def named_tuple():
    pair = Pair(Plain(), [])
    return lambda: (pair.log.append(pair.calls.call()), [*pair.log], type(pair) is Pair, len(pair))


@holding
def what_contains_itself():
    ring, table, thing = [0], {}, Plain()
    ring.append(ring)
    table["self"] = table["thing"] = table
    thing.own, thing.log = thing, (thing, ring)

    def call():
        ring[1][1][0] += 1
        table["self"]["calls"] = table.get("calls", 0) + 1
        return ring[0], table["thing"]["calls"], thing.own.log[0].own.call(), thing.own is thing

    return call


@holding
def one_thing_in_many_places():
    log = []
    places = {"a": log, "b": [log], "c": (log, Plain())}
    places["d"] = places["c"][1]

    def call():
        places["b"][0].append(1)
        places["d"].call()
        return places["a"], len(log), places["c"][1].calls

    return lambda: repr(call())


@holding
def chain_of_thousands():
    thing = first = Plain()
    for _ in range(3_000):
        thing.next = Plain()
        thing = thing.next
    last = thing

    def call():
        thing, length = first, 0
        while hasattr(thing, "next"):
            thing, length = thing.next, length + 1
        return length, thing.call(), thing is last

    return call


@holding
def numbers_in_sequence():
    log = [*range(5)]
    generator = random.Random(5)

    def call():
        log.append(round(generator.random(), 6))
        return [*log]

    return call


@holding
def the_module_that_draws():
    return lambda: random.random()


@holding
def a_function_that_draws():
    return lambda: (draw(), random.gauss(0.0, 1.0))


@holding
def module():
    return counters.count


@holding
def function_from_a_module():
    return lambda: (count_on(), counters.calls, len(counters.settings["log"]))


@holding
def variables_of_a_module():
    def call():
        counters.calls += 1
        counters.settings["step"] += 1
        counters.added = getattr(counters, "added", 0) + 1
        return counters.calls, counters.settings["step"], counters.count(), counters.added

    return call


@holding
def module_imported_in_a_call():
    def call():
        import counters as ours

        ours.calls += 1
        return ours.count(), counters.calls

    return call


calls, table = 0, {"calls": [0]}


@holding
def global_variable():
    def call():
        global calls, appeared
        calls += 1
        appeared = calls
        table["calls"][0] += 1
        return calls, appeared, table["calls"]

    return lambda: repr(call())


@holding
def global_variable_of_another_function():
    def advance():
        global calls
        calls += 1

    def call():
        advance()
        return calls

    return call


@holding
def several_kinds_of_errors():
    tried = []

    class OwnError(ValueError):
        pass

    def call():
        try:
            tried.append(1)
            raise OwnError(len(tried))
        except OwnError as fault:
            return fault.args
        finally:
            tried.append(2)

    return call


@holding
def matching():
    seen = []

    def call():
        seen.append(Data(len(seen)))
        match seen[-1]:
            case Data(calls=calls):
                return calls
        return None

    return call


@holding
def with_block():
    class Counting:
        depth = 0

        def __enter__(self):
            self.depth += 1
            return self.depth

        def __exit__(self, *fault):
            self.kept = self.depth

    counting = Counting()

    def call():
        with counting as depth:
            return depth, getattr(counting, "kept", None)

    return call


@holding
def operators():
    class Number:
        def __init__(self, number):
            self.number, self.uses = number, 0

        def __add__(self, other):
            self.uses += 1
            return Number(self.number + getattr(other, "number", other) + self.uses)

        __radd__ = __add__

        def __getitem__(self, place):
            return self.number + place

        def __len__(self):
            return self.uses

    one, two = Number(1), Number(2)
    return lambda: ((one + two + 3).number, sum([one, two]).number, len(one), one[4])


@holding
def attribute_of_a_function():
    def call():
        call.calls = getattr(call, "calls", 0) + 1
        call.log.append(call.calls)
        return [*call.log]

    call.log = []
    return call


class Positive:
    """A descriptor, as people write them for arguments that are checked."""

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, thing, owner=None):
        return self if thing is None else getattr(thing, self.name)

    def __set__(self, thing, new):
        assert new > 0
        setattr(thing, self.name, new)


class Checked:
    rate = Positive()

    def __init__(self):
        self.rate = 1

    def call(self):
        self.rate += 1
        return self.rate


@holding
def descriptor():
    return Checked().call


class Registry:
    kinds = {}  # noqa: RUF012

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        Registry.kinds[cls.__name__] = cls

    def call(self):
        self.calls = getattr(self, "calls", 0) + 1
        return self.calls, sorted(Registry.kinds)


class Registered(Registry):
    pass


@holding
def registered_class():
    return Registered().call


class Fluent:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__["asked"] = (*self.__dict__.get("asked", ()), name)
        return len(self.asked)


@holding
def attributes_that_come_when_asked():
    thing = Fluent()
    return lambda: (thing.more, thing.asked)


class Restrained:
    def __setattr__(self, name, new):
        if name != "calls":
            raise AttributeError(name)
        object.__setattr__(self, name, new)

    def call(self):
        self.calls = getattr(self, "calls", 0) + 1
        return self.calls


@holding
def object_that_checks_its_attributes():
    return Restrained().call


@holding
def iterator_of_a_librarys_in_a_call():
    log = []

    def call():
        for number in count():
            log.append(number)
            if number == 2:
                return len(log)
        return None

    return call
