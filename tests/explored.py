"""Graphs that are stepped through in pages, by name, and what the engine knows of them."""

import json
import math
import random
import re
from array import array
from base64 import b64decode
from functools import partial
from zlib import decompress

import autograd_scratch as ag
from autograd_scratch import MLP, Value, cross_entropy, draw
from autograd_scratch.drawing.explorer.explored import Explorer, Subject
from autograd_scratch.drawing.scalars import Sketch
from autograd_scratch.graph import pull_back
from autograd_scratch.nn import GRUCell
from tests.drawn import OF_RECURRENT, recurrent

DRAWINGS = {}


def drawing(make):
    DRAWINGS[make.__name__] = make
    return make


def leaves(**numbers):
    return [Value(number, name) for name, number in numbers.items()]


@drawing
def polynomial(x=3.0, y=-0.5):
    x, y = leaves(x=x, y=y)
    return draw(x * x * y + 3.0 * x - y**3)


def xor_model(numbers):
    model = MLP(2, [4, 1], "sigmoid", "sigmoid", seed=42)
    for name, p in model.named_parameters():
        p.data = numbers.get(name, p.data)
    return model


@drawing
def xor_sample(**numbers):
    return draw((xor_model(numbers)([1.0, 0.0]) - 1.0) ** 2)


@drawing
def mean_of_seven(x=0.25):
    return draw(ag.mean([Value(x, "x"), *(Value(0.5 * i * i - 1.0, f"x{i}") for i in range(6))]) ** 2)


@drawing
def gru_step():
    h = GRUCell(3, 2, seed=0)([1.0, -2.0, 0.5])
    return draw(ag.sum([each * each for each in h]))


@drawing
def softmax_loss(a=0.3, b=-1.2, c=2.0):
    return draw(cross_entropy([leaves(a=a, b=b, c=c)], [1]))


@drawing
def branch(x=0.7, y=-1.5, z=0.2):
    x, y, z = leaves(x=x, y=y, z=z)
    return draw(ag.where(x > y, x * z, y) + ag.maximum(x, z) * ag.minimum(y, z))


@drawing
def quotient(x=2.5, y=0.75):
    x, y = leaves(x=x, y=y)
    return draw(ag.log(x / y) / (x + y) - 1.0 / y)


@drawing
def deep_chain(x=0.5, w=1.001):
    value, w = leaves(x=x, w=w)
    for i in range(300):
        value = value * w if i % 3 else value.sin()
    return draw(value)


@drawing
def several_roots(x=1.5, y=0.5):
    x, y = leaves(x=x, y=y)
    shared = x * y
    return draw(shared + x, shared.exp())


@drawing
def numpy_function():
    return draw(recurrent, OF_RECURRENT)


def network(*sizes):
    """Return a drawing of what a network loses on one row: a number for each weight, and some more."""
    rng = random.Random(0)
    model = MLP(sizes[0], [*sizes[1:]], "tanh", seed=1)
    return draw(cross_entropy([model([rng.gauss(0.0, 1.0) for _ in range(sizes[0])])], [1]))


def tangle(count):
    """Return a drawing of many numbers that belong to nothing."""
    rng = random.Random(1)
    found = leaves(x=0.5, y=-0.25, z=1.5)
    for _ in range(count - len(found)):
        found.append(
            rng.choice(found[-9:]) * rng.choice(found[-9:]) + rng.choice(found)
            if rng.random() < 0.3
            else (rng.choice(found[-9:]) - found[-1]).tanh()
        )
    return draw(found[-1])


LARGE = {"network": partial(network, 30, 27, 4), "tangle": partial(tangle, 500)}


READY = """new Promise((ready) => {
    const isThere = () => typeof explorer === "object" && explorer.status.textContent;
    const look = () => (isThere() ? ready(true) : setTimeout(look, 10));
    look();
})"""
SAID = "explorer.status.textContent"
HOSTILE = {
    "script": "</script><script>alert(1)</script>",
    "image": '"><img src=x onerror="alert(1)">',
    "comment": "<!--<script>",
    "lines": "one\ntwo\r\tthree\x00four",
    "turned": "\u202eevil\u2066\u200f abc",
    "template": "${alert(1)} {{7*7}} `",
    "entity": "&lt;b&gt;&amp;",
    "prototype": "__proto__",
    "astral": "\U0001d54f\ufffe é",
}


def hostile():
    """Return a drawing of names that would like to be code, one of which names an output."""
    terms = [Value(float(i + 1), name) * 2.0 for i, name in enumerate(HOSTILE.values())]
    return draw(ag.sum(terms), title=HOSTILE["script"])


def broken(x=0.0):
    """Return a drawing with inf and nan in it."""
    x, y = leaves(x=x, y=1e200)
    huge = (x + 1.0) * y * y
    return draw(huge - huge + x, names={"huge": huge})


def saved(drawn, path, optimizer=None):
    """Write the page of a drawing."""
    of = drawn._subject
    return Explorer([Subject(of.scene, of.figures, of.title, of.words, optimizer)]).save(path)


def page_of(drawn, folder, optimizer=None):
    """Write the page of a drawing into a folder."""
    return saved(drawn, folder / "graph.html", optimizer)


def graph_in(page):
    """Return the first graph in the text of a page."""
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
    return json.loads(data)["graphs"][0]


class Machine:
    """The module in the data of a page, started as a browser does."""

    def __init__(self, graph):
        import wasmtime

        self._store = wasmtime.Store()
        module = wasmtime.Module(self._store.engine, decompress(b64decode(graph["module"])))
        exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        self._exports, self._memory, self._places = exports, exports["memory"], graph["places"]

    def read(self, name, count):
        begin = self._places[name]
        return [*memoryview(self._memory.read(self._store, begin, begin + 8 * count)).cast("d")]

    def write(self, name, numbers):
        self._memory.write(self._store, array("d", numbers).tobytes(), self._places[name])

    def run(self, root):
        self._memory.write(self._store, (8 * root).to_bytes(4, "little"), self._places["root"])
        self._exports["run"](self._store)

    def update(self):
        self._exports["update"](self._store)


class Known:
    """What the engine knows of a drawing, of boxes by their numbers."""

    def __init__(self, drawn):
        subject = drawn._subject
        self.things = Sketch(subject.scene, subject.figures).things
        self.place = {x: i for i, x in enumerate(self.things) if isinstance(x, Value)}
        self.root = subject.scene.roots[0]
        self.roots = subject.scene.roots
        self.values = [x.data if isinstance(x, Value) else float(x) for x in self.things]
        self.operations = [i for i, x in enumerate(self.things) if isinstance(x, Value) and x.parents]
        self.partials = [float(slope) for i in self.operations for slope in self.things[i].partials]
        adjoints = pull_back(subject.scene.order, {self.root: 1.0})
        self.adjoints = {self.place[x]: float(adjoint) for x, adjoint in adjoints.items()}

    def sweep(self):
        """Give each node that gets something in a backward pass, and its gradient so far."""
        so_far = {self.root: 1.0}
        yield self.place[self.root], 1.0
        for i in reversed(self.operations):
            node = self.things[i]
            if node not in so_far:
                continue
            for parent, slope in zip(node.parents, node.partials):
                if isinstance(parent, Value):
                    so_far[parent] = so_far.get(parent, 0.0) + so_far[node] * slope
                    yield self.place[parent], so_far[parent]


def close(found, exact, tolerance=1e-12):
    """Say whether two numbers are as near as the digits of a float allow; nan is nan."""
    found, exact = float(found), float(exact)
    return (math.isnan(found) and math.isnan(exact)) or math.isclose(
        found, exact, rel_tol=tolerance, abs_tol=1e-300
    )


def differing(found, exact, tolerance=1e-12):
    """Return where two sequences of numbers differ."""
    assert len(found) == len(exact)
    return [(i, x, y) for i, (x, y) in enumerate(zip(found, exact)) if not close(x, y, tolerance)]
