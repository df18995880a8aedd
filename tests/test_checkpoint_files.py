"""Files of training runs are data: whatever is wrong with one is told, and nothing else is changed."""

import json
import sys
from random import Random

import pytest
from backends import NEEDED
from conftest import how_many
from resumed import Everything, HalfWay, refused, tried
from test_watched_training import DATA

from autograd_scratch import MLP, SGD, fit
from autograd_scratch.errors import (
    MissingPackageError,
    ModelFileError,
)
from autograd_scratch.nn import Linear, Sequential
from autograd_scratch.optim import ExponentialLR, OneCycleLR, StepLR
from autograd_scratch.program.wasm import engine
from autograd_scratch.training import EarlyStopping
from autograd_scratch.training.callbacks import checkpoints


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "run.json"
    Everything().fit(path)
    return path


def test_each_truncation_is_refused(path):
    content = path.read_bytes()
    for end in range(0, len(content), how_many(7, exhaustive=1)):
        path.write_bytes(content[:end])
        with pytest.raises(ModelFileError):
            checkpoints.read_state(path)
    assert "cut short" in refused(path)


def test_bytes_that_are_others(path):
    content, chance = path.read_bytes(), Random(0)
    for _ in range(how_many(100, exhaustive=1_000)):
        other = bytearray(content)
        for _ in range(chance.choice([1, 1, 5])):
            other[chance.randrange(len(other))] = chance.choice(b'0123456789.-eE,:[]{}"\\ \xff\x00')
        path.write_bytes(bytes(other))
        tried(path)


def places(thing, way=()):
    """Yield the way to each place of nested data."""
    yield way
    if isinstance(thing, dict):
        for key in thing:
            yield from places(thing[key], (*way, key))
    elif isinstance(thing, list):
        for i, each in enumerate(thing):
            yield from places(each, (*way, i))


def deep(levels):
    return "[" * levels + "]" * levels


WRONG = [
    "null",
    "true",
    "-1",
    "0",
    "1",
    "0.5",
    "1e999",
    "NaN",
    "-Infinity",
    "1" + "0" * 300,
    "9" * 400,
    "9" * 5000,
    '""',
    '"inf"',
    '"' + "x" * 1000 + '"',
    '"\\ud800"',
    "[]",
    "[[]]",
    "{}",
    '{"not finite": "nan"}',
    '{"not finite": "inf"}',
    '{"not finite": 1}',
    '{"a": 1, "a": 1}',
    deep(20),
    deep(400),
    deep(900),
    deep(100_000),
]


def changed(state, way, chance):
    """Return the text of a state in which something is another thing at a place."""
    mark = "a place 8a1"
    holder = thing = json.loads(json.dumps(state))
    for key in way[:-1]:
        thing = thing[key]
    text = chance.choice(WRONG)
    now = thing[way[-1]] if way else thing
    kind = chance.randrange(4)
    if kind == 0 and isinstance(now, (list, dict)) and now:
        if isinstance(now, list):
            now.pop(chance.randrange(len(now)))
        else:
            del now[chance.choice([*now])]
    elif kind == 1 and isinstance(now, list):
        now.append(chance.choice(now) if now else 0)
    elif kind == 1 and isinstance(now, dict):
        now["another"] = 1
    elif not way:
        return text
    else:
        thing[way[-1]] = mark
    return json.dumps(holder).replace(f'"{mark}"', text)


@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_thousands_of_changes(engine, tmp_path):
    path, chance = tmp_path / "run.json", Random(engine)
    Everything(engine=engine).fit(path)
    state = json.loads(path.read_text())
    ways = [*places(state)]
    top = [way for way in ways if len(way) < 4]
    went_on, changes = 0, how_many(250, exhaustive=1_500)
    for _ in range(changes):
        way = chance.choice(chance.choice([ways, top]))
        path.write_text(changed(state, way, chance))
        went_on += tried(path, engine=engine)
    assert 0 < went_on < changes / 2  # of some numbers there may be others


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("format", "safetensors", "no checkpoint of a training run"),
        ("format", ["autograd_scratch training run"], "no checkpoint of a training run"),
        ("version", 2, "version 2 .*go on with the version of the package that wrote it"),
        ("version", 0, "version 0"),
        ("version", True, "version True"),
        ("version", 1.0, r"version 1\.0"),
        ("version", None, "version None"),
        ("backend", "cuda", "computed by 'cuda'"),
        ("seed", -1, "'seed' must be a whole number"),
        ("seed", 2**48, "'seed' must be at most"),
        ("taken", 4, "'taken' must be at most 3"),
        ("before", 2**60, "'before' must be at most"),
        ("losses", [1.0, True], "a number of its 'losses' must be a number, not True"),
        ("losses", [], "its metrics are not as many as its losses"),
        ("measuring", {}, "has not measured"),
        ("total", "1", "its 'total' must be a real number"),
        ("callbacks", [], "other callbacks than this run, which has 'EarlyStopping'"),
    ],
)
def test_what_is_wrong_is_named(name, wrong, message, path):
    state = json.loads(path.read_text())
    path.write_text(json.dumps(state | {name: wrong}))
    assert str(path) in refused(path, message)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"data": DATA[1:]}, "rows .* and this one"),
        ({"data": [(x, 1.0 - y) for x, y in DATA]}, "rows .* and this one"),
        ({"model": MLP(2, [3, 1], seed=0)}, "trained parameters 9, and this one 13"),
        ({"model": Sequential(Linear(2, 2), Linear(2, 1))}, "it is of another model"),
        ({"batch_size": 5}, "batch_size 4, and this one 5"),
        ({"accumulate": 2}, "accumulate 1, and this one 2"),
        ({"clip_grad_norm": 1.0}, "clip_grad_norm 'none', and this one 1.0"),
        ({"loss": "l1_loss"}, "loss 'mse', and this one 'l1_loss'"),
        ({"optimizer": SGD(0.05)}, "optimizer 'Adam', and this one 'SGD'"),
        ({"schedule": StepLR(step_size=3)}, "schedule 'ExponentialLR', and this one 'StepLR'"),
        ({"schedule": ExponentialLR(gamma=0.8)}, "gamma=0.9"),
        ({"schedule": None}, "schedule 'ExponentialLR', and this one 'none'"),
        ({"schedule_per": "epoch"}, None),
        ({"seed": 4}, "seed 3, and this one 4"),
        ({"seed": None}, "shuffling True, and this one False"),
        ({"engine": "derived"}, "engine 'eager', and this one 'derived'"),
        ({"callbacks": []}, "other callbacks than this run, which has none"),
        ({"callbacks": [EarlyStopping("val_loss"), EarlyStopping("loss")]}, "other callbacks"),
        ({"metrics": ["l1_loss"]}, "the metrics 'mse', 'val_loss', 'val_mse', and this run 'l1_loss'"),
        ({"validation": 0.5}, "rows"),
        ({"validation": DATA[:4]}, "rows"),
        ({"validation": None, "callbacks": [EarlyStopping("loss"), HalfWay()]}, "rows"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_another_run_is_refused_by_what_differs(other, message, path):
    if message is None:
        assert tried(path, **other)
    else:
        refused(path, message, **other)


@pytest.mark.parametrize("wrong", [[1], [[]], [["Seeing", None]], {}, None, 1])
def test_callbacks_that_are_none_are_named(wrong, tmp_path):
    path = tmp_path / "run.json"
    given = {"optimizer": SGD(0.1), "epochs": 1, "checkpoint": path, "resume": True}
    fit(MLP(2, [1], seed=0), DATA, **given)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"callbacks": wrong}))
    with pytest.raises(ModelFileError, match="other callbacks than this run, which has none"):
        fit(MLP(2, [1], seed=0), DATA, **given)


@pytest.mark.parametrize("is_own", [False, True])
def test_a_schedule_of_other_steps_is_refused(is_own, tmp_path):
    path, model = tmp_path / "run.json", MLP(2, [1], seed=0)

    def given(epochs):
        optimizer = SGD(0.1, momentum=0.5)
        schedule = OneCycleLR(max_lr=0.5)
        if is_own:
            schedule = OneCycleLR(optimizer, max_lr=0.5, total_steps=epochs * 4)
        return {"optimizer": optimizer, "schedule": schedule, "epochs": epochs, "batch_size": 4}

    fit(model, DATA, checkpoint=path, **given(3))
    other = given(5)
    before = [
        repr(other[name].state_dict(*more)) for name, more in (("optimizer", [model]), ("schedule", []))
    ]
    with pytest.raises(ModelFileError, match="total_steps"):
        fit(model, DATA, checkpoint=path, resume=True, **other)
    after = [
        repr(other[name].state_dict(*more)) for name, more in (("optimizer", [model]), ("schedule", []))
    ]
    assert after == before


@pytest.mark.parametrize("backend", ["wasm", "numpy", "numba"])
def test_a_missing_backend_is_refused_by_name(backend, tmp_path, monkeypatch):
    pytest.importorskip(NEEDED.get(backend, "numpy"))
    path = tmp_path / "run.json"
    Everything(engine="derived").fit(path)
    path.write_text(path.read_text().replace('"backend":"python"', f'"backend":"{backend}"'))
    if backend == "numpy":
        refused(path, "computed by 'numpy'", engine="derived")
        return
    monkeypatch.setattr(engine, "_wasmtime", engine._wasmtime.__wrapped__)  # which looks for it again
    engine._compiled.cache_clear()
    monkeypatch.setitem(sys.modules, NEEDED[backend], None)
    everything = Everything(engine="derived", weights=9)
    before = everything.inside()
    with pytest.raises(MissingPackageError, match=NEEDED[backend]):
        everything.fit(path, resume=True)
    assert everything.inside() == before


@pytest.mark.parametrize("key", ["weights", "before"])
@pytest.mark.parametrize("wrong", [{}, {"a": 1.0}, 3, [], "all x"])
def test_weights_of_early_stopping_that_are_of_another_model(key, wrong, path):
    assert tried(path)
    state = json.loads(path.read_text())
    own = state["callbacks"][0][1]
    own[key] = dict.fromkeys(own["weights"], "x") if wrong == "all x" else wrong
    path.write_text(json.dumps(state))
    refused(path, "EarlyStopping|another model|state of")
