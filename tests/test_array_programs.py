"""Programs of arrays as people write them: their source word by word, and their numbers everywhere.

The golden files are written anew by `python tests/test_array_programs.py`: read what changes in them.
"""

import copy
import pickle
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from array_programs import PROGRAMS, agree, drawn, golden, gradient_of, loops

from autograd_scratch import MLP, Value, derive, value_and_grad
from autograd_scratch.datasets import moons

GOLDEN = Path(__file__).parent / "golden" / "arrays"
OF_TEXTBOOKS = (
    "tutorial_1",
    "tutorial_2",
    "tutorial_3",
    "softmax_one_hot",
    "softmax_classes",
    "penalized",
    "samples_in_columns",
    "of_a_class",
    "lstm_cell",
    "convolution_by_im2col",
)
STYLES = ("exact", "textbook")
every_program = pytest.mark.parametrize("name", PROGRAMS)


@cache
def derived(name, style="exact", backend="python"):
    own = PROGRAMS[name]
    at = drawn(own, seed=0)
    return derive(own.loss, inputs=at, wrt=[*at], style=style, backend=backend)


def of_a_model(width):
    """Return the Program of a model and one sample, and the model's gradient."""
    model = MLP(2, [width, width, 1], "tanh", seed=0)
    x, y = [Value(0.5, "x1"), Value(-0.3, "x2")], Value(1.0, "y")
    loss = (model(x) - y) ** 2
    return derive(loss, wrt=model.parameters(), inputs={"x": x, "y": y}), model, loss, ([0.5, -0.3], 1.0)


def of_a_batch(width):
    """Return the Program of a model and a loop over samples, and the model's gradient."""
    model = MLP(2, [width, 1], "relu", "sigmoid", seed=0)
    rows = moons(24, seed=1)
    X = [[*map(Value, x)] for x, _ in rows]
    y = [Value((1.0 + t) / 2.0) for _, t in rows]
    total = 0.0
    for x, t in zip(X, y):
        total = total + (model(x) - t) ** 2
    loss = total / len(X)
    given = ([[*x] for x, _ in rows], [(1.0 + t) / 2.0 for _, t in rows])
    return derive(loss, wrt=model.parameters(), inputs={"X": X, "y": y}), model, loss, given


MODELS = {
    "model_64": lambda: of_a_model(64),
    "model_4_batch": lambda: of_a_batch(4),
    "model_64_batch": lambda: of_a_batch(64),
}


def method():
    """Return the Program of a method, by what its object holds."""
    net = golden.Net(4)
    wrt = ["W1", "b1", "W2", "b2"]
    return derive(net.loss, wrt=wrt, inputs={"x": golden.points, "t": golden.targets}), net


OVER_TIME = ("classes_over_time", "one_hot_columns_in_dicts", "lstm", "gru", "descent_on_a_network")
KEPT = [name for name, own in PROGRAMS.items() if own.loss.__module__ == golden.__name__]
GOLDEN_SOURCES = {
    **{name: lambda name=name: derived(name) for name in KEPT},
    **{name: lambda name=name: derived(name) for name in OVER_TIME},
    **{
        f"{name}_textbook": lambda name=name: derived(name, "textbook")
        for name in (*OF_TEXTBOOKS, *OVER_TIME)
    },
    **{name: lambda make=make: make()[0] for name, make in MODELS.items()},
    "method": lambda: method()[0],
}


@pytest.mark.parametrize("name", GOLDEN_SOURCES)
def test_golden_source(name):
    expected = (GOLDEN / f"{name}.py.txt").read_text(encoding="utf-8")
    assert GOLDEN_SOURCES[name]().source == expected, (
        "is it better? Then run python tests/test_array_programs.py"
    )


@pytest.mark.parametrize("style", STYLES)
@every_program
def test_numbers_are_those_of_the_graph_and_of_complex_steps(name, style):
    own = PROGRAMS[name]
    program = derived(name, style)
    for seed in (0, 1):
        at = drawn(own, seed)
        value, gradient = program(**at)
        assert type(value) is float
        assert value == pytest.approx(float(np.squeeze(own.loss(**at))), rel=1e-13)
        assert agree(gradient, gradient_of(own, at))
        if name != "convolution_in_loops":  # there Values are written into np.zeros, which only a copy can
            eager, slopes = value_and_grad(own.loss, tuple(range(len(at))))(*at.values())
            assert value == pytest.approx(float(eager), rel=1e-13)
            assert agree(gradient, slopes)


@pytest.mark.parametrize("name", MODELS)
def test_models_have_the_gradients_of_their_graphs(name):
    program, model, loss, given = MODELS[name]()
    value, slopes = program([p.data for p in model.parameters()], *given)
    loss.backward()
    assert value == pytest.approx(loss.data, rel=1e-13)
    assert agree([slopes], [[p.grad for p in model.parameters()]])


def test_a_method_by_what_its_object_holds():
    program, net = method()
    value, slopes = program(net.W1, net.b1, net.W2, net.b2, golden.points, golden.targets)
    own = PROGRAMS["of_a_class"]
    at = {name: getattr(net, name) for name in ("W1", "b1", "W2", "b2")}
    assert value == pytest.approx(own.loss(**at), rel=1e-14)
    assert agree(slopes, gradient_of(own, at))


def share(program):
    """Return how many nodes are rolled, and how many there are."""
    found = re.search(r"([\d,]+) of ([\d,]+) nodes rolled in [\d,]+ steps>$", repr(program))
    assert found, program
    return [int(number.replace(",", "")) for number in found.groups()]


SINGLED_OUT = {  # the logarithm of one entry of an array, rounds of a loop that differ: each by itself
    "characters": 4,
    "filtered": 6,
    "last_round_that_begins_with_less": 1,
}


@every_program
def test_all_nodes_are_rolled_and_the_source_is_a_page(name):
    for style in STYLES:
        program = derived(name, style)
        rolled, nodes = share(program)
        assert nodes - rolled == SINGLED_OUT.get(name, 0)
        lines = program.source.splitlines()
        assert len(lines) <= PROGRAMS[name].lines
        assert max(map(len, lines)) <= 108


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "name", [name for name, own in PROGRAMS.items() if own.loss.__module__ == loops.__name__]
)
def test_loops_over_time_stay_loops(name, style):
    source = derived(name, style).source
    assert re.search(r"^    for t in range\(\d+\):$", source, re.M)
    assert re.search(r"^    for t in reversed\(range\(\d+\)\):$", source, re.M)


def test_the_source_is_the_same_however_many_rounds_there_are():
    def of_rounds(count):
        def loss(U, x):
            h = x
            for _ in range(count):
                h = np.tanh(U @ h + x)
            return h @ h

        return derive(loss, inputs=[np.ones((2, 2)), np.ones(2)], wrt=["U", "x"]).source

    assert [
        of_rounds(count).replace(str(count + 1), "T + 1").replace(str(count), "T") for count in (30, 70)
    ] == [of_rounds(50).replace("51", "T + 1").replace("50", "T")] * 2
    assert "for t in" not in of_rounds(5)


def network_of(width):
    def loss(W1, b1, W2, b2):
        hidden = np.tanh(golden.points @ W1 + b1)
        return np.mean((hidden @ W2 + b2 - golden.targets) ** 2)

    shapes = {"W1": (3, width), "b1": (1, width), "W2": (width, 2), "b2": (1, 2)}
    return derive(loss, inputs={name: np.ones(shape) for name, shape in shapes.items()}, wrt=[*shapes])


def test_the_source_is_the_same_whatever_the_width():
    assert network_of(4).source == network_of(7).source == network_of(64).source
    four, more = (len(of_a_batch(width)[0].source.splitlines()) for width in (4, 64))
    assert four == more


@pytest.mark.parametrize(
    "name", ["tutorial_2", "softmax_classes", "rational", "weights_of_their_own_each_round"]
)
def test_numba_gives_the_same(name):
    pytest.importorskip("numba")
    own = PROGRAMS[name]
    program = derived(name, backend="numba")
    for seed in (0, 1):
        at = drawn(own, seed)
        value, gradient = program(**at)
        assert value == pytest.approx(float(own.loss(**at)), rel=1e-13)
        assert agree(gradient, gradient_of(own, at))


def exactly(tree):
    if isinstance(tree, float):
        return Fraction(tree)
    return np.array([Fraction(x) for x in tree.ravel().tolist()], object).reshape(tree.shape)


@pytest.mark.parametrize(
    "name",
    ["rational", "rational_over_time", "tied_weights", "known_entries_of_whole_numbers", "embedding"],
)
def test_fractions_are_exact(name):
    own = PROGRAMS[name]
    at = drawn(own, seed=1)
    value, gradient = derived(name).run(**{key: exactly(x) for key, x in at.items()}, number=Fraction)
    assert type(value) is Fraction
    assert float(value) == pytest.approx(own.loss(**at), rel=1e-12)
    assert agree([np.array(slopes, float) for slopes in gradient], gradient_of(own, at))


@pytest.mark.parametrize(
    "name", ["tutorial_1", "rnn", "lstm_cell", "lstm", "tied_weights", "samples_in_columns"]
)
def test_complex_numbers_move_a_value_along_its_gradient(name):
    own = PROGRAMS[name]
    at = drawn(own, seed=1)
    moved = {key: np.asarray(x) + 1e-30j for key, x in at.items()}
    value, _ = derived(name).run(**moved, number=complex)
    total = sum(map(np.sum, gradient_of(own, at)))
    assert value.imag / 1e-30 == pytest.approx(total, rel=1e-11)


ALONE = """
import importlib.util, inspect, pickle, sys

class Nobody:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "autograd_scratch":
            raise ImportError(name)

sys.meta_path.insert(0, Nobody())
with open(sys.argv[1], "rb") as file:
    tasks = pickle.load(file)
found = {}
for key, (path, name, args, last) in tasks.items():
    spec = importlib.util.spec_from_file_location(key, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found[key] = getattr(module, name)(*args)
    try:
        getattr(module, name)(*args[:last], [[[1.0]]], *args[last + 1 :])
    except ValueError as error:
        assert "must be an array of shape" in str(error), error
    else:
        raise AssertionError(key)
assert not any(name.startswith("autograd_scratch") for name in sys.modules)
with open(sys.argv[2], "wb") as file:
    pickle.dump(found, file)
"""


def test_saved_files_run_with_numpy_alone(tmp_path):
    tasks = {}
    for style in STYLES:
        for name, own in PROGRAMS.items():
            program = derived(name, style)
            path = tmp_path / f"{name}_{style}.py"
            program.save(path)
            left = program.equations.mixed | program.equations.own
            tables = [
                array
                for table, array in zip(program._sample.tables, program._tables, strict=True)
                if table.is_persons and table.numbers not in left
            ]
            args = [*drawn(own, 1).values(), *tables]
            last = len(own.shapes) - 1
            if not isinstance(args[last], float):
                tasks[f"{name}_{style}"] = str(path), program.name, args, last
    (tmp_path / "tasks").write_bytes(pickle.dumps(tasks))
    subprocess.run([sys.executable, "-I", "-c", ALONE, tmp_path / "tasks", tmp_path / "found"], check=True)
    found = pickle.loads((tmp_path / "found").read_bytes())
    assert len(found) >= 2 * len(PROGRAMS) - 8
    for key, (value, gradient) in found.items():
        name, _, style = key.rpartition("_")
        expected, slopes = derived(name, style)(**drawn(PROGRAMS[name], 1))
        assert value == expected
        assert all(map(np.array_equal, gradient, slopes))


def same(result, expected):
    return result[0] == expected[0] and all(map(np.array_equal, result[1], expected[1]))


@every_program
def test_copies_and_pickles_are_the_same_program(name):
    program, at = derived(name), drawn(PROGRAMS[name], 1)
    expected = program(**at)
    for other in (pickle.loads(pickle.dumps(program)), copy.copy(program), copy.deepcopy(program)):
        assert same(other(**at), expected)
        assert other.source == program.source
        assert repr(other) == repr(program)


@every_program
def test_results_are_arrays_of_their_own(name):
    program, at = derived(name), drawn(PROGRAMS[name], 1)
    before = copy.deepcopy(at)
    expected = copy.deepcopy(program(**at))
    _, gradient = program(**at)
    arrays = [array for array in gradient if isinstance(array, np.ndarray)]
    for i, array in enumerate(arrays):
        others = [*arrays[:i], *at.values(), *program._tables]
        assert not any(np.shares_memory(array, other) for other in others if np.ndim(other))
        assert array.flags.writeable
        array[...] = np.nan
    assert same((0.0, at.values()), (0.0, before.values()))
    assert same(program(**at), expected)


INF, NAN = np.inf, np.nan
x3 = np.array([1.0, 2.0, 3.0])
HARD = {
    "ties of relu": (lambda w: np.sum(np.maximum(w, 0) * x3), [0.0, -0.0, 1.0]),
    "ties of a maximum": (lambda w: np.max(w) * 2.0 + np.sum(w * x3), [1.0, 1.0, 0.5]),
    "zero under a root": (lambda w: np.sum(np.sqrt(w) * x3), [0.0, 4.0, 1.0]),
    "the norm of zeros": (lambda w: np.linalg.norm(w) + np.sum(w * x3), [0.0, 0.0, 0.0]),
    "the size of zero": (lambda w: np.sum(np.abs(w) * x3), [0.0, -0.0, -2.0]),
    "log of zero": (lambda w: np.sum(np.log(w) * x3), [0.0, 1.0, 2.0]),
    "log of less": (lambda w: np.sum(np.log(w) * x3), [-1.0, 1.0, 2.0]),
    "one over zero": (lambda w: np.sum(x3 / w), [0.0, 1.0, -0.0]),
    "an infinity": (lambda w: np.sum(1 / (1 + np.exp(-w)) * x3), [INF, -INF, 0.0]),
    "an infinity in a product": (lambda w: np.sum(w * x3 * np.array([0.0, 1.0, 2.0])), [INF, 1.0, 2.0]),
    "nan": (lambda w: np.sum(np.tanh(w) * x3), [NAN, 1.0, 0.0]),
    "nan and a maximum": (lambda w: np.sum(np.maximum(w, 0.5) * x3), [NAN, 1.0, 0.0]),
    "overflow": (lambda w: np.sum(np.exp(w) * x3), [710.0, 1.0, -800.0]),
    "overflow of a sigmoid by hand": (lambda w: np.sum(1 / (1 + np.exp(-w)) * x3), [-800.0, 800.0, 0.0]),
    "far out": (lambda w: np.sum(np.tanh(w) * x3), [20.0, -350.0, 400.0]),
    "an arm with a pole": (lambda w: np.sum(np.where(w > 0, np.log(w), 0.0) * x3), [0.0, -1.0, 2.0]),
    "an arm that overflows": (lambda w: np.sum(np.where(w > 0, w, np.exp(w) - 1) * x3), [800.0, -1.0, 0.0]),
    "an arm with a root": (lambda w: np.sum(np.where(w == 0, 1.0, np.sqrt(w)) * x3), [0.0, 4.0, 9.0]),
    "softmax far out": (lambda w: -np.log(np.exp(w) / np.sum(np.exp(w)))[0], [700.0, 650.0, -700.0]),
}


def same_number(x, y):
    return np.allclose(x, y, rtol=1e-12, atol=1e-300, equal_nan=True)


@pytest.mark.parametrize("name", HARD)
def test_hard_points_are_those_of_the_graph(name):
    loss, point = HARD[name]
    point = np.array(point)
    program = derive(loss, inputs=[np.array([0.5, 1.5, 0.75])])
    assert share(program)
    for at in (point, np.array([0.25, 1.0, 2.0]), point[::-1]):
        expected, slopes = value_and_grad(loss)(at)
        value, gradient = program(at)
        assert same_number(value, float(expected)), (value, expected)
        assert same_number(gradient, slopes), (gradient, slopes)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, program in GOLDEN_SOURCES.items():
        (GOLDEN / f"{name}.py.txt").write_text(program().source, encoding="utf-8")
