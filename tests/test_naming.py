"""Names, keys and paths of any text: none is executed, none fails, none is taken for another."""

import ast
import builtins
import dataclasses
import enum
import json
import keyword
import linecache
import math
import os
import pickle
import subprocess
import sys
import traceback
import unicodedata
from fractions import Fraction
from random import Random

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import SGD, Module, Neuron, Value, derive, fit, primitive, value_and_grad
from autograd_scratch.errors import DataError, ProgramError, RuleError, ShapeError
from autograd_scratch.program.naming import identifier, is_dotted_name, literal, remark

BREAKS = ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
STEMS = ["t1", "d_w", "loss", "exp", "inf", "nan", "rows", "key1", "total", "step", "memory", "parameters"]
SIGNS = [
    "",
    "'",
    '"',
    '"""',
    "\\",
    "#",
    "\0",
    "\ue000",
    "\ud800",
    "\u202e",
    "{",
    "%s",
    "_0_",
    "²",
    "\uff11",
    "፩",
]
ALIKE = ["ﬁ", "fi", "x²", "x2", "K", "\u212a", "é", "e\u0301", "a b", "a_b", "x" * 300, "__debug__"]
OURS = [*keyword.kwlist, "match", "len", "print", "eval", "self", "cube", "coding: utf-7", "os", "."]
HEADS = ["", ")", "'", '"""', "\\", "x", "]", "\\'", "); ", "# "]
TAILS = ["", " #", '"""', "\\", "'", "\n"]
CANARY = "__import__('builtins').canary.append(1)"


def hostile(random):
    """Return a name that somebody might take, or that is an attack."""
    if random.random() < 0.5:
        return random.choice(HEADS) + random.choice(BREAKS) + CANARY + random.choice(TAILS)
    return random.choice(random.choice([BREAKS, STEMS, SIGNS, ALIKE, OURS]))


@pytest.fixture
def canary(monkeypatch):
    """A list that stays empty as long as no name is executed."""
    sung = []
    monkeypatch.setattr(builtins, "canary", sung, raising=False)
    return sung


def flat(tree):
    if isinstance(tree, dict):
        return flat([*tree.values()])
    return [x for part in tree for x in flat(part)] if isinstance(tree, (list, tuple)) else [tree]


def agree(found, expected):
    assert flat(found) == pytest.approx(flat(expected), rel=1e-12, abs=0.0)


@pytest.mark.parametrize("text", [*BREAKS, *STEMS, *SIGNS, *ALIKE, *OURS, *(b + CANARY for b in BREAKS)])
def test_what_leaves_the_door(text):
    name = identifier(text)
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert unicodedata.normalize("NFKC", name) == name
    assert len(name) <= 110
    assert ast.literal_eval(literal(text)) == text
    for shown in (remark(text), literal(text)):
        assert shown.isprintable()


def test_no_remark_says_how_a_file_is_encoded():
    assert remark("-*- coding: utf-7 -*-") == "-*- coding : utf-7 -*-"


@pytest.mark.parametrize(
    "text", ["", ".", "a.", "a..b", "a b", "os\nimport sys", "class", "ﬁ", "<locals>.f"]
)
def test_what_cannot_be_imported(text):
    assert not is_dotted_name(text)
    assert is_dotted_name("package.module")


class Text(str):
    __slots__ = ()

    def __repr__(self):
        return CANARY


class Folded(str):
    """A text that is equal to others."""

    __slots__ = ()

    def __eq__(self, other):
        return self.lower() == other.lower()

    def __hash__(self):
        return hash(self.lower())


class Colour(enum.Enum):
    RED = 1
    BLUE = "b\nc"


class Level(enum.IntEnum):
    LOW = 3


@dataclasses.dataclass(frozen=True)
class Place:
    row: object


class Mute:
    def __repr__(self):
        raise ValueError("nothing to say")


class Alike:
    def __repr__(self):
        return "Alike()"


WRITTEN = [
    *("w", 'it\'s "w"\n', b"\0w", True, None, 0, -3, 0.1, -0.0, math.inf, -math.inf, 10**30, 10**5_000),
    *((), (1,), ("a", (None, 2.5)), Text("t\n"), Level.LOW, (Level.LOW, Text("t"))),
    *(np.int64(3), np.float32(0.1), np.float64(0.5), np.bool_(True), np.str_("s\n"), np.bytes_(b"s")),
]
NOT_WRITTEN = [
    *(math.nan, float("nan"), (1, math.nan), Colour.RED, Colour.BLUE, (Colour.RED, "x"), Place(1)),
    *(Place("a\n" + CANARY), frozenset([1]), ..., 1j, Fraction(1, 3), np.datetime64("2020-01-01")),
    *(Mute(), Alike(), Alike(), Folded("W"), len, int, range(3)),
]


@pytest.mark.parametrize("key", WRITTEN, ids=lambda key: type(key).__name__)
def test_a_literal_is_equal_to_its_key(key):
    again = eval(literal(key), {"__builtins__": {}})
    assert again == key
    assert hash(again) == hash(key)
    assert type(again) in (str, bytes, bool, type(None), int, float, tuple)


@pytest.mark.parametrize("key", NOT_WRITTEN, ids=lambda key: type(key).__name__)
def test_no_literal_stands_for_what_is_not_equal_to_it(key):
    assert literal(key) is None


@pytest.mark.parametrize("backend", ["python", "numba"])
@pytest.mark.parametrize("kind", [WRITTEN, NOT_WRITTEN], ids=["written", "not written"])
def test_any_key_will_do(kind, backend, canary, tmp_path):
    if backend == "numba":
        pytest.importorskip("numba")
    w = {key: 0.5 + i for i, key in enumerate(dict.fromkeys(kind))}

    def function(w, x):
        return ag.sum([number * number * x for number in w.values()]), {(Colour.RED, "\n"): w[kind[0]] * x}

    expected = value_and_grad(lambda w: function(w, 2.0)[0])(w)
    program = derive(function, inputs=[w, 2.0], backend=backend)
    for x in (2.0, 2):  # in plain code, and in the slow way
        value, slopes, outputs = program(w, x)
        agree((value, slopes), expected)
        assert [*slopes] == [*w]
        assert outputs == {(Colour.RED, "\n"): 2.0 * w[kind[0]]}
        agree(program(dict(reversed(w.items())), x)[:2], expected)
        agree(program.sum(w, [x, x]), [2.0 * number for number in flat(expected)])
    with pytest.raises(ShapeError, match="must be a dict with"):
        program({**w, "another": 1.0}, 2.0)
    compile(program.source, "source", "exec")
    assert canary == []
    program = derive(lambda w: function(w, 2.0)[0], inputs=[w], backend=backend)
    if kind is WRITTEN or backend == "numba":
        assert program.save(tmp_path / "saved.py").exists()
    else:
        with pytest.raises(ProgramError, match="the key nan, of type float, has no literal in Python"):
            program.save(tmp_path / "saved.py")
        assert [*tmp_path.iterdir()] == []


def test_thousands_of_keys():
    w = {f"w {i}": 0.5 for i in range(4_000)}
    program = derive(lambda w: ag.sum([number * number for number in w.values()]), inputs=[w])
    assert program(w) == (1_000.0, dict.fromkeys(w, 1.0))


def test_keys_in_a_pickled_program():
    keys = [Colour.RED, Place(2), math.nan, np.int64(3), (Colour.BLUE, 1), Text("t"), "a\n"]
    w = {key: np.array([1.0 + i, 2.0]) for i, key in enumerate(keys)}
    program = derive(lambda w: ag.sum([(array * array).sum() for array in w.values()]), inputs=[w])
    again = pickle.loads(pickle.dumps(program))
    for x in (w, {key: array.astype(int) for key, array in w.items()}):
        value, slopes = again(x)
        assert value == sum((array**2).sum() for array in w.values())
        assert [array.tolist() for array in slopes.values()] == [(2.0 * a).tolist() for a in w.values()]


@primitive(partials=lambda out, x: (3.0 * x * x,))
def cube(x):
    return x * x * x


def made(name=None, module=None, path=None):
    def inside(x):
        return x * x * x

    inside.__module__, inside.__qualname__ = module or inside.__module__, path or inside.__qualname__
    inside.__name__ = path or "inside"
    return primitive(partials=lambda out, x: (3.0 * x * x,), name=name)(inside)


class Box:
    cube = made(path="Box.cube")


LOCAL = made()
IN_A_MODULE = [(cube, ""), (Box.cube, "cube = Box.cube\n"), (ag.sinc, "import sinc\n")]
NOWHERE = [
    *(LOCAL, made(module="__main__"), made(module="os", path="system"), made(module="a\nimport os")),
    *(made(path="f\n" + CANARY), made(name="f\n" + CANARY), made(module="no.such.module", path="f")),
    *(made(module="\ud800"), made(path="\ud800"), made(module=5), made(module=__name__, path="class")),
    primitive(partials=lambda out, x: (3.0 * x * x,))(lambda x: x * x * x),
]


@pytest.mark.parametrize("primitive", [*NOWHERE, *(p for p, _ in IN_A_MODULE)], ids=ascii)
def test_a_program_runs_its_primitives_wherever_they_are_defined(primitive, canary):
    program = derive(lambda x, y: primitive(x) * y + ag.exp(x), inputs=[0.5, 2.0])
    expected = value_and_grad(lambda x: primitive(x) * 2.0 + ag.exp(x))(0.5)
    agree(program(0.5, 2.0), expected)
    agree(program.mean(0.5, [2.0, 2.0]), expected)
    assert canary == []


@pytest.mark.parametrize("primitive", NOWHERE, ids=ascii)
def test_what_cannot_be_imported_is_said_and_not_saved(primitive, canary, tmp_path):
    program = derive(lambda x: primitive(x) + ag.exp(x), inputs=[0.5])
    assert ": the primitive " in program.source
    assert "\n".join(program.source.splitlines()) + "\n" == program.source
    with pytest.raises(ProgramError, match=r"cannot save loss: the primitive .* cannot be imported"):
        program.save(tmp_path / "saved.py")
    assert [*tmp_path.iterdir()] == []
    assert canary == []


@pytest.mark.parametrize(("primitive", "line"), IN_A_MODULE, ids=ascii)
def test_what_can_be_imported_is(primitive, line):
    program = derive(lambda x: primitive(x) + ag.exp(x), inputs=[0.5])
    assert line in program.source
    scope = {}
    exec(program.source, scope)
    agree(scope["loss"](0.5), program(0.5))


def test_a_function_that_is_called_by_another_name_than_its_primitives():
    x = Value(0.5, "cube")  # so the primitive is called cube_2
    program = derive(cube(x) + Box.cube(x), wrt=x, name="cube_2")
    scope = {}
    exec(program.source, scope)
    agree(scope["derived_cube_2"](0.5), (0.25, 1.5))


def test_the_lines_of_a_traceback_are_those_of_the_source():
    program = derive(lambda x: cube(x) + ag.log(x), inputs=[1.0])
    with pytest.raises(ValueError, match=r"math domain error|expected a positive input") as caught:
        program.function(-1.0)
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert frame.line == "loss = cube(x) + log(x)"
    assert linecache.getlines(frame.filename) == program.source.splitlines(keepends=True)


def test_adjoints_of_names_that_look_alike():
    names = ["ﬁ", "fi", "a b", "a.b", "x" * 300, "x" * 300, "K", "\u212a"]
    values = [Value(1.0 + i, name) for i, name in enumerate(names)]
    loss = ag.sum([ag.sin(v * v) for v in values])
    text = derive(loss, wrt=values).source
    (arguments, *_) = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assign))
    called = [name.id for name in arguments.targets[0].elts]
    assert len({*called}) == len(names)
    for name in called:
        assert f"d_{name} = " in text if len(name) < 99 else True
    agree(
        derive(loss, wrt=values)([v.data for v in values])[1],
        [2 * v.data * math.cos(v.data**2) for v in values],
    )


def test_arguments_without_a_name_do_not_take_that_of_another():
    x, y = Value(1.0, "x1"), Value(2.0)
    assert derive(x * y, wrt=[], inputs=[x, y])(3.0, 4.0) == (12.0, [])
    assert derive(lambda x1, *x: x1 * x[0] * x[1], inputs=[1.0, 2.0, 3.0])(3.0, 4.0, 5.0) == (60.0, 20.0)
    w = {"rows": Value(1.0, "rows"), "rows_": Value(2.0, "rows_")}
    program = derive(w["rows"] * w["rows_"] * x, wrt=[*w.values()], inputs=[*w.values(), x])
    assert program.sum(2.0, 3.0, [4.0]) == (24.0, [12.0, 8.0])


@pytest.mark.parametrize("make", [
    lambda: derive(lambda **x: 1.0, inputs={0: 1.0}),
    lambda: derive(Value(1.0) * 2.0, wrt=[], inputs={Colour.RED: Value(1.0)}),
    lambda: derive(lambda x: x, inputs=[1.0], name=5),
])  # fmt: skip
def test_what_is_no_name(make):
    with pytest.raises(DataError, match="write"):
        make()
    with pytest.raises(RuleError, match="the name of a primitive is text"):
        primitive(partials=lambda out, x: (1.0,), name=5)


class Parts(Module):
    def __init__(self, keys):
        first, second, third = keys
        self.parts = {first: {second: Neuron(2, seed=0)}, third: Neuron(2, seed=1, activation="tanh")}
        self.first, self.second = self.parts[first][second], self.parts[third]

    def __call__(self, x):
        x = flat(x)
        return self.first(x) + LOCAL(self.second(x))


def of_trees(**trees):
    return ag.sum([cube(number) for tree in trees.values() for number in flat(tree)])


def test_names_of_any_text_everywhere(canary, tmp_path):
    """In values, arguments, keys, paths, outputs, and of programs; run, over rows, pickled, and saved."""
    random = Random(1)
    saved = {}
    for i in range(60):
        names = []
        while len(names) < 6:
            name = hostile(random)
            names += [name] if name not in names else []
        w, x = Value(0.7, names[0]), Value(0.4, names[1])
        inner = (cube(w) * x).named(names[2])
        loss = (inner + ag.exp(w) * inner + ag.where(w > x, w, ag.tanh(x))).named(names[3])
        loss.backward()
        program = derive(loss, wrt=w, inputs=[x], name=names[4], outputs={names[5]: inner})
        assert program(0.7, 0.4)[:2] == (loss.data, w.grad)
        assert program.sum(0.7, [0.4, 0.4]) == pytest.approx((2.0 * loss.data, 2.0 * w.grad), rel=1e-14)
        assert pickle.loads(pickle.dumps(program))(0.7, 0.4)[2] == {names[5]: inner.data}
        repr(program).encode()
        saved[program.save(tmp_path / f"saved{i}.py").stem] = (loss.data, w.grad)
        model = Parts(names[:3])
        loss = model([x, w])
        loss.backward()
        program = derive(loss, wrt=model.parameters(), inputs={names[3]: x, names[4]: w})
        numbers = [p.data for p in model.parameters()]
        assert repr(model).replace("\n", "").isprintable()
        agree(program(numbers, 0.4, 0.7), (loss.data, [p.grad for p in model.parameters()]))
        assert program.source.splitlines() == program.source.split("\n")[:-1]
        tree = {names[0]: {names[1]: 0.7}, names[2]: [0.4]}
        program = derive(of_trees, wrt=names[5], inputs={names[5]: tree, names[4]: tree})
        agree(program(tree, tree), (2 * (0.7**3 + 0.4**3), [3 * 0.7**2, 3 * 0.4**2]))
    script = (
        "import builtins, importlib, json, sys; builtins.canary = []\n"
        "for name, expected in json.loads(sys.argv[1]).items():\n"
        "    module = importlib.import_module(name)\n"
        "    own = [f for f in vars(module).values() if getattr(f, '__module__', None) == name]\n"
        "    assert [*own[0](0.7, 0.4)[:2]] == expected, name\n"
        "assert not builtins.canary\n"
    )
    path = os.pathsep.join(filter(None, [str(tmp_path), *sys.path]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", script, json.dumps(saved)], env=environment, check=True)
    assert canary == []


def test_training_with_names_of_any_text(canary):
    random = Random(2)
    for _ in range(10):
        keys = [f"{hostile(random)}{i}" for i in range(5)]
        rows = [({keys[3]: 0.1, keys[4]: 0.2}, 0.5), ({keys[3]: 0.3, keys[4]: -0.4}, 0.2)]
        options = {"loss": "mse", "optimizer": SGD(0.1), "epochs": 3}
        derived, eager = (
            fit(Parts(keys[:3]), rows, engine=engine, **options) for engine in ("derived", "eager")
        )
        assert derived.losses == pytest.approx(eager.losses, rel=1e-12)
    assert canary == []
