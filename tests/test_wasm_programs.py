"""Programs as WebAssembly: sums over many rows, and files that other engines run."""

import json
import math
import pickle
import random
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, Value, cross_entropy, derive, machine_code, relu, sigmoid, tanh, where
from autograd_scratch.errors import MissingPackageError, ProgramError, ShapeError
from autograd_scratch.primitives import gamma
from autograd_scratch.program.wasm import choice, engine

wasmtime = pytest.importorskip("wasmtime")
NODE = shutil.which("node")
SECTION = "autograd_scratch"


def rows(count, width=3, seed=0):
    draw = random.Random(seed).uniform
    return [tuple(draw(-2.0, 2.0) for _ in range(width)) for _ in range(count)]


def of_numbers(backend, activation=tanh, order=1):
    """Return a Program of single numbers, and its parameters."""
    p = [0.5, -0.25, 0.75, 0.1]

    def loss(p, x, y, z):
        return (activation(p[0] * x + p[1] * y) * p[2] + p[3] - z) ** 2

    return derive(loss, inputs=[p, 0.0, 0.0, 0.0], order=order, backend=backend), p


def same(found, expected, tolerance=1e-12):
    (value, slopes), (value_, slopes_) = found, expected
    assert value == pytest.approx(value_, rel=tolerance)
    assert slopes == pytest.approx(slopes_, rel=tolerance, abs=tolerance * max(map(abs, slopes_)))


@pytest.mark.parametrize("count", [1, 2, 127, 128, 129, 1_000])
@pytest.mark.parametrize("way", ["sum", "mean"])
def test_sums_are_those_of_python(count, way):
    (program, p), (python, _) = of_numbers("wasm"), of_numbers("python")
    same(getattr(program, way)(p, rows(count)), getattr(python, way)(p, rows(count)))


ACTIVATIONS = {
    "relu": relu,
    "sigmoid": sigmoid,
    "where": lambda x: where(x < 0.5, x * x, ag.sqrt(ag.abs(x) + 1.0)),
    "power": lambda x: (x * x + 1.0) ** 1.7,
    "sin": ag.sin,
    **{name: getattr(ag, name) for name in ("softplus", "gelu", "elu", "silu", "mish", "atan", "erf")},
    "log": lambda x: ag.log(x * x + 0.5),
    "largest": lambda x: ag.maximum(x, 0.25) - ag.minimum(x * 2.0, 0.5),
    "clamp": lambda x: ag.clamp(x, -0.5, 0.75),
    "logsumexp": lambda x: ag.logsumexp([x, 2.0 * x, 0.3]),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_functions_over_rows(name):
    (program, p), (python, _) = (of_numbers(backend, ACTIVATIONS[name]) for backend in ("wasm", "python"))
    same(program.sum(p, rows(200)), python.sum(p, rows(200)))


@pytest.mark.parametrize("function", [ag.max, ag.min, ag.logsumexp, lambda terms: ag.hypot(*terms)])
def test_the_text_grows_with_the_terms(function):
    def size(count):
        program = derive(
            lambda w, x: function([ag.sin(w * x + float(i)) for i in range(count)]),
            inputs=[0.5, 0.25],
            backend="wasm",
        )
        return len(program.loop_source)

    assert size(16) - size(8) < 1.5 * (size(8) - size(4)) * 2


def test_the_work_decides():
    program, p = of_numbers(None)
    assert "wasm" not in repr(program)
    assert "wasm" in repr(of_numbers("wasm")[0])
    program.sum(p, rows(50))
    assert "machine" not in vars(program._chosen)
    program.sum(p, rows(100_000))
    assert program._chosen.machine is not None
    python, _ = of_numbers("python")
    python.sum(p, rows(100_000))
    assert "machine" not in vars(python._chosen)


def test_what_is_wrong_with_rows_is_told_as_ever():
    (program, p), (python, _) = of_numbers("wasm"), of_numbers("python")
    for bad in ([(1.0, 2.0)], [(1.0, 2.0, 3.0), (1.0, 2.0, [3.0])], [(1.0, 2.0, "3")], []):
        faults = []
        for each in (program, python):
            with pytest.raises((ShapeError, ag.errors.DataError)) as fault:
                each.sum(p, bad)
            faults.append(str(fault.value))
        assert faults[0] == faults[1]


def test_what_is_not_finite_is_that_of_python():
    def loss(w, x):
        return ag.log(w * x) / x

    program, python = (derive(loss, inputs=[1.0, 1.0], backend=backend) for backend in ("wasm", "python"))
    for numbers in ([1.0, 0.0], [1.0, math.inf], [1.0, -1.0], [1e308, 1e-320]):
        for found, expected in zip(program.sum(10.0, numbers), python.sum(10.0, numbers)):
            assert found == pytest.approx(expected, nan_ok=True)


def test_without_wasmtime_python_answers(monkeypatch):
    def missing():
        raise MissingPackageError("no wasmtime")

    program, p = of_numbers(None)
    monkeypatch.setattr(choice, "MUCH", 0)
    monkeypatch.setattr(engine, "_wasmtime", missing)
    engine._compiled.cache_clear()
    assert program.sum(p, rows(30)) == of_numbers("python")[0].sum(p, rows(30))
    with pytest.raises(MissingPackageError):
        of_numbers("wasm", activation=lambda x: x * 1.25)[0].sum(p, rows(30))


def test_what_has_no_form(monkeypatch):
    monkeypatch.setattr(choice, "MUCH", 0)
    own = {"activation": lambda x: gamma(x * x + 1.0)}
    assert of_numbers(None, **own)[0].sum([0.5] * 4, rows(9)) == of_numbers("python", **own)[0].sum(
        [0.5] * 4, rows(9)
    )
    with pytest.raises(ProgramError, match="gamma is not there in WebAssembly"):
        of_numbers("wasm", **own)[0].sum([0.5] * 4, rows(9))
    with pytest.raises(ProgramError, match="no Hessian"):
        of_numbers("wasm", order=2)


LACKING = {  # functions of one number, made of what WebAssembly has no form of
    "fmod": lambda x: ag.fmod(x, 2.0),
    "remainder": lambda x: ag.remainder(x, 2.0),
    "fsum": lambda x: ag.fsum([x, 1.0]),
    **{name: getattr(ag, name) for name in ("gamma", "lgamma", "digamma", "sinc")},
    "%": lambda x: x % 2.0,
    "//": lambda x: x // 2.0,
}


def test_what_has_no_form_is_listed():
    listed = re.search(r"WebAssembly lacks\s(.*?);", derive.__doc__, re.DOTALL)[1]
    assert {*re.findall(r"`(\S+?)`", listed)} == LACKING.keys()
    for function in LACKING.values():
        program = derive(own_function(function), inputs=[0.5, 0.5], backend="wasm")
        with pytest.raises(ProgramError, match="is not there in WebAssembly"):
            program.sum(0.5, [0.5, 0.7])


def own_function(function):
    return lambda w, x: function(w * x)


def test_pickled_it_is_the_same():
    program, p = of_numbers("wasm")
    found = program.sum(p, rows(200))
    other = pickle.loads(pickle.dumps(program))
    assert repr(other) == repr(program)
    assert other.sum(p, rows(200)) == found
    assert other.loop_source == program.loop_source
    assert program.loop_source.startswith("(module")


def test_machine_code_of_large_modules_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(engine, "LARGE", 0)
    monkeypatch.setattr(machine_code, "MOST", 2)
    made, init = [], wasmtime.Module.__init__
    monkeypatch.setattr(wasmtime.Module, "__init__", lambda *args: (made.append(args), init(*args))[1])

    def sums(factor):
        engine._compiled.cache_clear()
        program, p = of_numbers("wasm", activation=lambda x: tanh(factor * x))
        return program.sum(p, rows(30))

    found = sums(1.5)
    assert (sums(1.5), len(made)) == (found, 1)
    (file,) = (tmp_path / "autograd-scratch").iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    assert (sums(1.5), len(made)) == (found, 2)
    assert file.read_bytes() == content
    for factor in (2.5, 3.5):
        sums(factor)
    assert len(list((tmp_path / "autograd-scratch").iterdir())) == 2
    engine._compiled.cache_clear()


def test_arrays_over_rows():
    np = pytest.importorskip("numpy")
    random_ = np.random.default_rng(0)
    W, b, v = random_.normal(size=(3, 5)), random_.normal(size=5), random_.normal(size=5)

    def loss(W, b, v, x, t):
        return (np.tanh(x @ W + b) @ v - t) ** 2

    data = [(x, float(x.sum())) for x in random_.normal(size=(300, 3))]
    found = {}
    for backend in ("wasm", "python"):
        program = derive(loss, wrt=[0, 1, 2], inputs=[W, b, v, *data[0]], backend=backend)
        found[backend] = program.mean(W, b, v, data)
    (value, slopes), (value_, slopes_) = found.values()
    assert value == pytest.approx(value_, rel=1e-12)
    for slope, slope_ in zip(slopes, slopes_):
        assert slope.shape == slope_.shape
        assert slope == pytest.approx(slope_, rel=1e-11, abs=1e-12)


def program_of_a_network():
    model = MLP(2, [3, 2], "tanh", seed=0)
    x = [Value(0.25, "x0"), Value(-0.5, "x1")]
    loss = cross_entropy(model(x), 1)
    return derive(loss, wrt=model.parameters(), inputs=x), [
        [p.data for p in model.parameters()],
        0.25,
        -0.5,
    ]


def described(file):
    """Return the description in a file, found without an engine."""
    content = file.read_bytes()
    begin = content.rindex(SECTION.encode()) + len(SECTION)
    return json.loads(content[begin:])


def run_by_wasmtime(file, arguments):
    """Return the results, by wasmtime and nothing of this package."""
    about = described(file)
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module.from_file(store.engine, str(file)), []).exports(
        store
    )
    memory = exports["memory"]
    for argument, numbers in zip(about["arguments"], arguments, strict=True):
        memory.write(store, struct.pack(f"<{len(numbers)}d", *numbers), argument["offset"])
    exports["run"](store)
    found = {}
    for result in about["results"]:
        size = math.prod(result["shape"])
        content = memory.read(store, result["offset"], result["offset"] + 8 * size)
        found[result["name"]] = list(struct.unpack(f"<{size}d", content))
    return about, found


def test_a_file(tmp_path):
    program, (p, *x) = program_of_a_network()
    file = program.save(tmp_path / "loss.wasm")
    about, found = run_by_wasmtime(file, [p, *([number] for number in x)])
    value, slopes = program(p, *x)
    assert [a["name"] for a in about["arguments"]] == ["parameters", "x0", "x1"]
    assert about["arguments"][0]["shape"] == [len(p)]
    (own,), gradient = found.values()
    assert list(found) == [program.name, "d_parameters"]
    assert own == pytest.approx(value, rel=1e-13)
    assert gradient == pytest.approx(slopes, rel=1e-12)
    assert file.read_bytes() == program.save(tmp_path / "again.wasm").read_bytes()


def test_a_file_of_arrays(tmp_path):
    np = pytest.importorskip("numpy")
    random_ = np.random.default_rng(0)
    W, b, X, y = (random_.normal(size=size) for size in ((3, 4), 4, (6, 3), (6, 4)))

    def loss(W, b, X, y):
        return np.mean((np.tanh(X @ W + b) - y) ** 2)

    program = derive(loss, wrt=["W", "b"], inputs=[W, b, X, y])
    about, found = run_by_wasmtime(program.save(tmp_path / "arrays.wasm"), map(np.ravel, (W, b, X, y)))
    assert [tuple(a["shape"]) for a in about["arguments"]] == [(3, 4), (4,), (6, 3), (6, 4)]
    value, slopes = program(W, b, X, y)
    assert list(found) == ["loss", "d_W", "d_b"]
    assert found["loss"] == [pytest.approx(value, rel=1e-13)]
    for name, slope in zip(("d_W", "d_b"), slopes):
        assert found[name] == pytest.approx(np.ravel(slope), rel=1e-12)


def test_a_file_of_order_2_and_with_outputs(tmp_path):
    def loss(w, x):
        return w[0] * w[0] * x + w[1] ** 3, {"inner": w[0] * x}

    program = derive(loss, inputs=[[2.0, 3.0], 0.5], order=2)
    about, found = run_by_wasmtime(program.save(tmp_path / "x.wasm"), [[2.0, 3.0], [0.5]])
    value, slopes, hessian, outputs = program([2.0, 3.0], 0.5)
    assert found["loss"] == [value]
    assert found["d_w"] == slopes
    assert found["hessian"] == [x for row in hessian for x in row]
    assert found["inner"] == [outputs["inner"]]
    assert [r["shape"] for r in about["results"]] == [[], [2], [2, 2], []]


def test_nan_is_one_and_the_same(tmp_path):
    program = derive(lambda x: ag.log(x) * 2.0, inputs=[1.0], name="loss")
    file = program.save(tmp_path / "log.wasm")
    _, found = run_by_wasmtime(file, [[-1.0]])
    for number in found["loss"]:
        assert struct.pack("<d", number) == struct.pack("<Q", 0x7FF8 << 48)


def test_what_cannot_be_saved(tmp_path):
    program = derive(lambda x: gamma(x), inputs=[1.5])
    with pytest.raises(ProgramError, match="gamma is not there in WebAssembly"):
        program.save(tmp_path / "gamma.wasm")
    assert not (tmp_path / "gamma.wasm").exists()


@pytest.mark.skipif(not NODE, reason="no Node here")
def test_the_lines_of_the_readme_run_in_node(tmp_path):
    program, _ = program_of_a_network()
    program.save(tmp_path / "loss.wasm")
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    (lines,) = re.findall(r"```js\n(.*?)```", readme, re.DOTALL)
    script = "const fs = require('fs');\n(async () => {\n" + lines + "})();\n"
    script = script.replace(
        'WebAssembly.instantiateStreaming(fetch("loss.wasm"))',
        'WebAssembly.instantiate(fs.readFileSync("loss.wasm"))',
    ).replace("console.log(result.name, array(result))", "console.log(JSON.stringify([...array(result)]))")
    (tmp_path / "page.js").write_text(script)
    done = subprocess.run([NODE, "page.js"], check=True, capture_output=True, text=True, cwd=tmp_path)
    found = [number for line in done.stdout.splitlines() for number in json.loads(line)]
    _, own = run_by_wasmtime(tmp_path / "loss.wasm", [[0.5] * 17, [0.5], [0.5]])
    assert found == [number for numbers in own.values() for number in numbers]
