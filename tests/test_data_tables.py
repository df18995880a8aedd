"""What files, tables of others and the functions that get data ready give, and what they refuse."""

import math
import pickle
import sys
from io import StringIO
from itertools import chain
from random import Random
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from autograd_scratch.datasets import (
    batches,
    digits,
    from_sklearn,
    moons,
    one_hot,
    read_csv,
    shaped,
    split,
    standardize,
)
from autograd_scratch.errors import AutogradError, DataError, MissingPackageError

FLOWERS = "width,length,kind\n1.5,2,rose\n3,4e1,aster\n-1,0,rose\n"
POINTS = [((1.5, 2.0), 1), ((3.0, 40.0), 0), ((-1.0, 0.0), 1)]
NAMES = ("width", "length"), ("aster", "rose")


@pytest.mark.parametrize(
    ("text", "settings", "expected", "columns", "classes"),
    [
        (FLOWERS, {}, POINTS, *NAMES),
        (FLOWERS, {"target": "kind"}, POINTS, *NAMES),
        (FLOWERS, {"target": 2, "header": True}, POINTS, *NAMES),
        (FLOWERS, {"inputs": ["length"]}, [(x[1:], t) for x, t in POINTS], ("length",), NAMES[1]),
        (FLOWERS, {"inputs": [1, -3]}, [(x[::-1], t) for x, t in POINTS], NAMES[0][::-1], NAMES[1]),
        (
            FLOWERS,
            {"target": "width", "inputs": ["length"]},
            [((2.0,), 1.5), ((40.0,), 3.0), ((0.0,), -1.0)],
            ("length",),
            (),
        ),
        (
            FLOWERS,
            {"classes": ["rose", "tulip", "aster"]},
            [(x, 2 - 2 * t) for x, t in POINTS],
            NAMES[0],
            ("rose", "tulip", "aster"),
        ),
        ("﻿" + FLOWERS.replace("\n", "\r\n\r\n"), {}, POINTS, *NAMES),
        (FLOWERS.replace(",", " ; "), {"delimiter": ";"}, POINTS, *NAMES),
        (FLOWERS.replace("rose", '"ro,\n""se"'), {}, POINTS, NAMES[0], ("aster", 'ro,\n"se')),
        ("1,2,0\n3,4,1", {}, [((1.0, 2.0), 0), ((3.0, 4.0), 1)], ("0", "1"), ()),
        ("1,2,0\n3,4,1", {"header": True}, [((3.0, 4.0), 1)], ("1", "2"), ()),
        ("1,2,0\n3,4,1.5", {"target": -1}, [((1.0, 2.0), 0.0), ((3.0, 4.0), 1.5)], ("0", "1"), ()),
        ("1,2,b\n3,4,a", {}, [((1.0, 2.0), 1), ((3.0, 4.0), 0)], ("0", "1"), ("a", "b")),
        ("1,2\n3,1", {"classes": ["1", "2"]}, [((1.0,), 1), ((3.0,), 0)], ("0",), ("1", "2")),
        (",x,y\n0,1,2", {"inputs": ["x"]}, [((1.0,), 2)], ("x",), ()),
    ],
)
def test_a_csv_file_is_read(tmp_path, text, settings, expected, columns, classes):
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode())
    for source in (path, str(path)):
        data = read_csv(source, **settings)
        assert data == expected
        assert (data.columns, data.classes) == (columns, classes)
        assert [type(target) for _, target in data] == [type(target) for _, target in expected]
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert read_csv(file, **settings) == expected
        assert not file.closed


@pytest.mark.parametrize(
    ("text", "settings", "says"),
    [
        ("", {}, "data.csv is empty"),
        ("\n \n", {}, "data.csv is empty"),
        ("x,y\n", {}, "data.csv has a header, and no row below it"),
        ("x,y\n1,2\n\n3\n", {}, "line 4 of .*data.csv has 1 fields, and line 1 .* has 2"),
        ("x,y\n1,2,3\n", {}, "line 2 of .*data.csv has 3 fields"),
        ("x,y\n1,2\n,3\n", {}, "line 3 of .*data.csv, column 'x': nothing is there"),
        ("x,y\n1,2\n1, \n", {}, "line 3 of .*data.csv, column 'y': nothing is there"),
        ("x,y\n1,a\n1,\n", {}, "line 3 of .*data.csv, column 'y': nothing is there"),
        ("x,y\n1,2\n1_,3\n", {}, "line 3 of .*data.csv, column 'x': '1_' is no finite number"),
        ("x,y\nnan,3\n", {}, "line 2 of .*data.csv, column 'x': 'nan' is no finite number"),
        ("x,y\n3,inf\n", {}, "line 2 of .*data.csv, column 'y': 'inf' is no finite number"),
        ("x,y\n1,2\n1,a\n", {}, "line 3 of .*, column 'y': 'a' is no number, and other targets are"),
        ("a,b,1\n1,2,1\n", {}, "line 1 of .*, column '0': 'a' is no finite number"),
        ('x,y\n"1,5",2\n', {}, "'1,5' is no finite number; write decimals with a point"),
        ("x;y\n1;2\n", {}, "line 1 of .*data.csv has no ',': write delimiter=';'"),
        ("x\ty\n1\t2\n", {}, r"write delimiter='\\t'"),
        ("x\n1\n", {}, "data.csv has a target, and no column of inputs"),
        ('x,y\n1,"2\n', {}, "line 2 of .*data.csv is no CSV"),
        ("x,y\n1,2\n", {"target": "z"}, "no column of .*data.csv is called 'z'.*: x, y"),
        ("width,y\n1,2\n", {"target": "widht"}, "did you mean 'width'"),
        ("x,y\n1,2\n", {"target": 2}, "data.csv has 2 columns, from 0 on: none has the number 2"),
        ("x,y\n1,2\n", {"target": -3}, "a column, if it has no name, must be a whole number from -2 on"),
        ("x,y\n1,2\n", {"target": 1.0}, "a column, if it has no name, must be a whole number"),
        ("x,y\n1,2\n", {"inputs": "x"}, "the inputs of read_csv are a list of columns"),
        ("x,y\n1,2\n", {"inputs": []}, "no column of inputs"),
        ("x,x,y\n1,2,3\n", {"inputs": ["x"]}, "several columns of .* are called 'x'"),
        ("x,y\n1,a\n", {"classes": "a"}, "classes are a list of labels, each once"),
        ("x,y\n1,a\n", {"classes": ["a", "a"]}, "classes are a list of labels, each once"),
        ("x,y\n1,a\n", {"classes": []}, "classes are a list of labels, each once"),
        ("x,y\n1,a\n", {"classes": 3}, "classes are a list of labels, each once"),
        ("x,y\n1,a\n2,roze\n", {"classes": ["a", "rose"]}, "no class in line 3 of .* 'roze'; did you mean"),
        ("x,y\n1,2\n", {"delimiter": ";;"}, "the delimiter of read_csv is one sign"),
        ("x,y\n1,2\n", {"sep": ";"}, "did you mean delimiter=';'"),
        ("x,y\n1,2\n", {"labels": "y"}, "did you mean target='y'"),
    ],
)
def test_a_fault_in_a_csv_file_is_told_with_its_line(tmp_path, text, settings, says):
    path = tmp_path / "data.csv"
    path.write_text(text)
    with pytest.raises(AutogradError, match=says):
        read_csv(path, **settings)


def test_bytes_that_are_no_text_and_a_file_that_is_not_there_are_told(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(b"x,y\n1,\xff\n")
    with pytest.raises(DataError, match=r"data\.csv is no text in UTF-8"):
        read_csv(path)
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(DataError, match="read_csv takes the path of a file, or an open one, not 3"):
        read_csv(3)


def test_a_table_is_a_list_that_is_kept_whole():
    table = read_csv(StringIO(FLOWERS))
    again = pickle.loads(pickle.dumps(table))
    assert (again, again.columns, again.classes) == (table, table.columns, table.classes)
    assert isinstance(table, list)


def test_scikit_learns_data_need_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingPackageError, match="pip install scikit-learn"):
        from_sklearn("iris")
    with pytest.raises(AutogradError, match="did you mean 'digits'"):
        from_sklearn("digit")


def test_scikit_learns_data_are_pairs(monkeypatch):
    loaded = {
        "iris": {"data": np.eye(2), "target": np.array([1, 0]), "feature_names": ["a", "b"]}
        | {"target_names": np.array(["x", "y"])},
        "diabetes": {"data": np.eye(2), "target": np.array([0.5, 2.0]), "feature_names": ["a", "b"]},
    }

    class Bunch(dict):
        __getattr__ = dict.__getitem__

    fake = ModuleType("sklearn")
    fake.datasets = SimpleNamespace(
        load_iris=lambda: Bunch(loaded["iris"]), load_diabetes=lambda: Bunch(loaded["diabetes"])
    )
    monkeypatch.setitem(sys.modules, "sklearn", fake)
    iris = from_sklearn("iris")
    assert iris == [((1.0, 0.0), 1), ((0.0, 1.0), 0)]
    assert (iris.columns, iris.classes) == (("a", "b"), ("x", "y"))
    diabetes = from_sklearn("diabetes")
    assert ([target for _, target in diabetes], diabetes.classes) == ([0.5, 2.0], ())
    assert {type(x) for row, target in iris for x in row} == {float}


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("digits", (1_797, 64), 10),
        ("iris", (150, 4), 3),
        ("wine", (178, 13), 3),
        ("breast_cancer", (569, 30), 2),
        ("diabetes", (442, 10), 0),
    ],
)
def test_scikit_learn_as_it_is_installed(name, shape, classes):
    pytest.importorskip("sklearn")
    data = from_sklearn(name)
    assert np.array([x for x, _ in data]).shape == shape
    assert len(data.classes) == classes
    assert len(data.columns) == shape[1]
    if classes:
        assert {target for _, target in data} == {*range(classes)}


@pytest.mark.parametrize(("share", "count"), [(0.8, 8), (0.25, 2), (0.5, 5), (np.float64(0.9), 9)])
def test_a_split_loses_nothing_and_shuffles(share, count):
    data = [*range(10)]
    train, held_out = split(data, share, seed=1)
    assert (len(train), sorted(train + held_out)) == (count, data)
    assert train + held_out != data
    assert split(data, share, seed=1) == (train, held_out) == split(data, share, seed=Random(1))
    assert data == [*range(10)]


def test_batches_have_each_row_once():
    data = [*range(10)]
    assert batches(data, 4) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches(data, 10) == batches(data, 99) == [data]
    random = Random(0)
    first, second = batches(data, 4, seed=random), batches(data, 4, seed=random)
    assert first != second
    assert sorted(chain(*first)) == sorted(chain(*second)) == data
    assert [*map(len, first)] == [4, 4, 2]
    assert batches(data, 4, seed=0) == first
    assert batches([], 4) == []


def test_standardized_inputs_have_mean_0_and_deviation_1():
    data = [((x, 5.0 * y, 0.1), i) for i, ((x, y), _) in enumerate(moons(100, seed=0))]
    X = np.array([x for x, _ in data])
    scaled = standardize(data)
    Z = np.array([x for x, _ in scaled])
    assert Z.mean(axis=0) == pytest.approx([0.0] * 3, abs=1e-14)
    assert Z.std(axis=0) == pytest.approx([1.0, 1.0, 0.0])
    assert [target for _, target in scaled] == [*range(100)]
    ((new, _),) = standardize([((3.0, 4.0, 5.0), 0)], like=data)
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    assert new[:2] == pytest.approx((np.array([3.0, 4.0]) - mean[:2]) / deviation[:2])
    assert new[2] == pytest.approx(4.9)
    assert standardize([], like=data) == []
    assert standardize([((), 1)]) == [((), 1)]
    assert standardize([([1e200], 0), ([3e200], 1)]) == [((-1.0,), 0), ((1.0,), 1)]
    assert standardize([(1.0, "a"), (3.0, "b")]) == [((-1.0,), "a"), ((1.0,), "b")]


def test_shaped_inputs_are_the_same_numbers_in_rows():
    data = digits(3, seed=0)
    for shape in [(8, 8), (1, 8, 8), (2, 4, 2, 4), (64,)]:
        images = shaped(data, shape)
        for (image, label), (numbers, digit) in zip(images, data, strict=True):
            assert np.array(image).tolist() == np.reshape(numbers, shape).tolist()
            assert label == digit
        assert shaped(images, [64]) == data
    assert shaped([(np.eye(2), 0)], (4,)) == [((1.0, 0.0, 0.0, 1.0), 0)]


def test_one_hot_is_a_unit_vector():
    for label in range(4):
        assert one_hot(label, 4) == np.eye(4)[label].tolist()
    assert one_hot(np.int64(1), classes=np.int64(2)) == [0.0, 1.0]


PAIRS = [((0.0, 1.0), 0), ((2.0, 3.0), 1)]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: split(PAIRS, 1.0), "between 0 and 1, not 1.0"),
        (lambda: split(PAIRS, -0.5), "between 0 and 1"),
        (lambda: split(PAIRS, math.nan), "between 0 and 1"),
        (lambda: split(PAIRS, 2), "between 0 and 1"),
        (lambda: split(PAIRS, "a"), "the share of split must be a real number"),
        (lambda: split(PAIRS, 0.1), "split of 2 rows by 0.1 leaves one of the two parts empty"),
        (lambda: split([], 0.5), "split of 0 rows"),
        (lambda: split(3), "data are rows"),
        (lambda: split("abc"), "data are rows"),
        (lambda: split(PAIRS, 0.5, seed="a"), "a seed must be"),
        (lambda: split([[0.0], [1.0]], [0, 1], 0.5), r"with data=list\(zip\(X, y\)\)"),
        (lambda: split(PAIRS, train_size=0.5), "did you mean share=0.5"),
        (lambda: split(PAIRS, test_size=0.5), "the share is that to learn from"),
        (lambda: batches(PAIRS, 0), "the size of batches must be a whole number from 1 on, not 0"),
        (lambda: batches(PAIRS, 1.5), "the size of batches"),
        (lambda: batches(None, 1), "data are rows"),
        (lambda: batches(PAIRS, batch_size=2), "did you mean size=2"),
        (lambda: standardize([]), "nothing to standardize by"),
        (lambda: standardize(PAIRS, like=[]), "nothing to standardize by"),
        (lambda: standardize([1.0, 2.0]), "no pairs of inputs and a target"),
        (lambda: standardize([((1.0,), 0), ((1.0, 2.0), 0)]), "different lengths"),
        (lambda: standardize(PAIRS, like=[((1.0,), 0)]), "rows of 2 inputs are not like rows of 1"),
        (lambda: standardize([((math.inf,), 0)]), "must be finite"),
        (lambda: standardize([(((1.0,),), 0)]), "each input that is standardized"),
        (lambda: shaped(PAIRS, (3,)), r"2 numbers have no shape \(3,\)"),
        (lambda: shaped(PAIRS, (0, 2)), "each length of a shape"),
        (lambda: shaped(PAIRS, 2), "a shape is a row of lengths"),
        (lambda: shaped(PAIRS, ()), r"2 numbers have no shape \(\)"),
        (lambda: shaped([1.0], (1,)), "no pairs of inputs and a target"),
        (lambda: one_hot(4, 4), "the label 4 is none of 4 classes, which are 0 to 3"),
        (lambda: one_hot(-1, 4), "a label must be a whole number from 0 on"),
        (lambda: one_hot([1, 0], 4), "write .one_hot.label, classes=10. for label in labels"),
        (lambda: one_hot(1.0, 4), "a label must be a whole number"),
        (lambda: one_hot(0, 0), "the classes of one_hot"),
        (lambda: one_hot(0, num_classes=3), "did you mean classes=3"),
    ],
)
def test_what_cannot_be_got_ready_is_told(call, says):
    with pytest.raises(AutogradError, match=says):
        call()
