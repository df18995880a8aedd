"""When the file of a training run is written, what is in it, and what is told where it cannot be."""

import gc
import math
import os
import sys
import tracemalloc
from pathlib import Path

import pytest
from conftest import how_many
from resumed import Everything
from test_watched_training import DATA

from autograd_scratch import MLP, SGD, Adam, fit
from autograd_scratch.errors import (
    DataError,
    ModelFileError,
    OutputError,
    RangeError,
)
from autograd_scratch.training import Callback, Checkpoint, EarlyStopping
from autograd_scratch.training.callbacks import checkpoints


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "run.json"
    Everything().fit(path)
    return path


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ("", DataError, "a checkpoint is the path of a file"),
        (3, DataError, "a checkpoint is the path of a file"),
        (b"run.json", DataError, "a checkpoint is the path of a file"),
        ("a\0b", DataError, "a checkpoint is the path of a file"),
        ("missing/run.json", OutputError, "folder that is not there"),
        (".", OutputError, "is no file"),
        pytest.param(
            "x" * 300,
            OutputError,
            "name too long|cannot write",
            marks=pytest.mark.skipif(sys.platform == "emscripten", reason="names are as long as one likes"),
        ),
    ],
    ids=repr,
)
@pytest.mark.parametrize("resume", [None, True, False])
def test_paths_where_nothing_can_be_kept(wrong, error, message, resume, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    everything = Everything()
    before = [p.data for p in everything.model.parameters()]
    with pytest.raises(error, match=message):
        everything.fit(wrong, resume=resume)
    assert [p.data for p in everything.model.parameters()] == before
    assert [*tmp_path.iterdir()] == []


def test_what_is_there_is_not_written_over_without_a_word(path):
    content = path.read_bytes()
    with pytest.raises(OutputError, match="resume=True to go on from it, or resume=False"):
        Everything().fit(path)
    assert path.read_bytes() == content
    with pytest.raises(DataError, match="write checkpoint="):
        Everything().fit(None, resume=True)


def test_a_run_that_could_not_begin_leaves_no_file(tmp_path):
    path = tmp_path / "run.json"
    with pytest.raises(Exception, match="monitors 'val_los'"):
        Everything(callbacks=[EarlyStopping("val_los")]).fit(path)
    assert not path.exists()
    Everything().fit(path)


def test_a_full_disk_keeps_the_file_before(path, monkeypatch):
    content, real, writes = path.read_bytes(), Path.write_bytes, []

    def full(self, data):
        writes.append(self)
        if len(writes) > 3:
            real(self, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    everything = Everything()
    everything.last.last = False
    with pytest.raises(OutputError, match="No space left on device") as caught:
        everything.fit(Checkpoint(path, steps=1), resume=True)
    monkeypatch.undo()
    assert caught.value.history.losses
    assert path.read_bytes() != content
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    runs = []
    for keeping in (path, path.parent / "other"):
        everything = Everything()
        everything.last.last = False
        runs.append([everything.fit(keeping, resume=True).data(), everything.inside()])
    assert runs[0] == runs[1]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="Permission denied"):
            Everything().fit(tmp_path / "run.json")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"steps": 0}, {"seconds": -1.0}, {"seconds": math.nan}])
def test_how_often_is_checked(wrong):
    with pytest.raises((DataError, RangeError)):
        Checkpoint("run.json", **wrong)
    with pytest.raises(DataError, match="write one of them"):
        Checkpoint("run.json", epochs=1, steps=1)


@pytest.mark.parametrize(
    ("every", "writes"),
    [({"epochs": 2}, 5), ({"steps": 5}, 6), ({"seconds": 0.0}, 32), ({"seconds": 1e9}, 2)],
)
def test_how_often_it_is_written(every, writes, tmp_path, monkeypatch):
    """Before the first step and at the end, and in between as often as was asked for."""
    states = []
    monkeypatch.setattr(checkpoints, "write_state", lambda path, state: states.append(state))
    model = MLP(2, [1], seed=0)
    checkpoint = Checkpoint(tmp_path / "run.json", **every)
    fit(model, DATA, optimizer=SGD(0.1), epochs=6, batch_size=4, checkpoint=checkpoint)
    assert len(states) == writes


def test_a_callback_may_change_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()

    class Moving(Callback):
        def on_train_begin(self, training):
            os.chdir("other")

    fit(
        MLP(2, [1], seed=0), DATA, optimizer=SGD(0.1), epochs=1, callbacks=[Moving()], checkpoint="run.json"
    )
    assert (tmp_path / "run.json").exists()


def rows_of(kind):
    if kind == "arrays":
        numpy = pytest.importorskip("numpy")
        return numpy.array([x for x, _ in DATA]), numpy.array([y for _, y in DATA], dtype="float32")
    if kind == "frame":
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame([[*x, y] for x, y in DATA], columns=["a", "b", "y"])
        return frame[["a", "b"]].to_numpy(), frame["y"]
    return [x for x, _ in DATA], [y for _, y in DATA]


@pytest.mark.parametrize("kind", ["arrays", "frame", "lists"])
def test_rows_in_other_forms_are_the_same_rows(kind, tmp_path):
    path = tmp_path / "run.json"

    def go(kind, epochs):
        X, y = rows_of(kind)
        model, optimizer = MLP(2, [1], seed=0), Adam(0.1)
        fit(model, X, y, optimizer=optimizer, epochs=epochs, seed=1, checkpoint=path, resume=True)
        return [p.data for p in model.parameters()]

    go(kind, 2)
    assert len(go("lists", 4)) == 3


def test_texts_are_rows_too(tmp_path):
    class Counting(MLP):
        def __call__(self, text):
            return super().__call__([text.count("a") / 4.0, len(text) / 8.0])

    texts = ["banana", "kiwi\ud800", "papaya", "plum"]

    def go(texts):
        given = {"optimizer": Adam(0.1), "epochs": 2, "checkpoint": tmp_path / "run.json", "resume": True}
        return fit(Counting(2, [1], seed=0), texts, [1.0, 0.0, 1.0, 0.0], **given).losses

    assert go(texts) == go(texts)
    with pytest.raises(ModelFileError, match="rows"):
        go(["banane", *texts[1:]])


def test_rows_are_things_of_any_kind(tmp_path):
    class Thing:
        def __init__(self, size):
            self.size = size

    class Looking(MLP):
        def __call__(self, thing):
            return super().__call__([thing.size])

    def go(*sizes):
        given = {"optimizer": Adam(0.1), "epochs": 2, "checkpoint": tmp_path / "run.json", "resume": True}
        return fit(Looking(1, [1], seed=0), [Thing(size) for size in sizes], [1.0, 0.0], **given).losses

    assert go(0.5, 0.25) == go(0.5, 0.25)


def test_ten_thousand_steps_with_checkpoints_need_no_more_memory(tmp_path):
    model, optimizer = MLP(2, [1], "tanh", seed=0), Adam(0.01)
    given = {"optimizer": optimizer, "batch_size": 4, "seed": 0}
    data, kept = DATA[:8], Checkpoint(tmp_path / "run.json", steps=1_000)
    sizes, objects = [], []

    class Weighing(Callback):
        def on_batch_end(self, training):
            if training.epoch % 1_000 == 999 and training.batch == 1:
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0] - 32 * len(training.history.losses))
                objects.append(len(gc.get_objects()))

    tracemalloc.start()
    try:
        epochs = how_many(2_000, exhaustive=5_000)
        fit(model, data, epochs=epochs, callbacks=[Weighing()], checkpoint=kept, **given)
    finally:
        tracemalloc.stop()
    assert max(sizes[1:]) - sizes[0] < 50_000
    assert max(objects[1:]) - objects[0] < 50
