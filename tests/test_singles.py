"""Single numbers of arrays of data: they are entries, or the array is no argument of a saved function."""

import inspect
import runpy

import numpy as np
import pytest

from autograd_scratch import derive, steps, value_and_grad

rng = np.random.default_rng(4)
T = 12
X, y = rng.normal(size=(T, 3)), rng.normal(size=T)
tags = np.array([0.0, 1.0, 1.0, 0.0, 2.0, 1.0, 0.0, 2.0, 1.0, 1.0, 0.0, 2.0])
chosen = np.array([4, 2, 7])


def error(w):
    return np.sum((X @ w - y) ** 2)


def one_entry(w):
    return error(w) + w[0] * X[2, 1]


def one_entry_at_another(w):
    return error(w) + w[0] * y[chosen[0]]


def entries_in_a_loop(w):
    h = 0.0
    for t in range(1, T):
        h = np.tanh(w[0] * h + w[1] * y[t - 1] + w[2] * X[t, 0])
    return (h - y[T - 1]) ** 2


def entries_over_samples(w):
    loss = 0.0
    for t in range(1, T):
        loss += (X[t] @ w - tags[t]) ** 2
    return loss + np.sum(w[0] * tags)


def iterated(w):
    h = 0.0
    for before, after, _ in zip(y[:-1], y[1:], tags):
        h = np.tanh(w[0] * h + w[1] * before - w[2] * after)
    return h + error(w)


def lengths(w):
    return error(w) / len(X) / y.size / X.shape[0]


class Net:
    def __init__(self):
        self.inputs, self.answers = X, y

    def loss(self, w):
        total = 0.0
        for t in range(2, T):
            total += (w[0] * self.inputs[t, 2] + w[1] * self.answers[t - 2] - self.answers[t]) ** 2
        return total


def a_multiple(w):
    return error(w) + 2 * X[0, 0] * w[0]


def a_maximum(w):
    return error(w / X.max())


def a_variable(w):
    first = X[0, 0]
    return error(w) + first * w[0]


def a_sum(w):
    return error(w) / np.sum(y**2)


def centered_in_between(w):
    return np.sum(((X - X.mean(axis=0)) @ w - y) ** 2) + np.sum((X @ w) ** 2)


def centered_in_a_call(w):
    return np.sum((np.dot(X - X.mean(axis=0), w) - y) ** 2) + np.sum(np.dot(X, w) ** 2)


def error_of_a_start(w):
    h = [0.0]
    for t in range(1, T):
        h.append(np.tanh(w[0] * h[t - 1] + w[1] * X[t, 0]))
    return np.sum((np.array(h) - y) ** 2)


def literals_and_names(w):
    share, root = 1 / 3, 0.7071067811865476
    return error(w) * share + np.sum(np.maximum(0.123456789, root * w)) * 0.333333333333


def one_of_many_alike(w):
    return np.sum((X @ w - tags) ** 2) + w[0] * tags[2]


def a_number_by_name(w):
    n = np.abs(y).sum()
    return error(w) / n


def a_number_of_a_number(w):
    largest = np.abs(X).max()
    scale = 1 + int(largest)
    return error(w) * scale


def a_mask(w):
    positive = y > 0
    return np.sum(((X @ w - y) ** 2)[positive])


def made_inside(w):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    return np.sum((Z @ w - y) ** 2)


def a_view(w):
    columns = X.T
    return np.sum((w @ columns - y) ** 2)


def an_order(w):
    return np.sum(((X @ w)[np.argsort(y)] - y) ** 2)


def a_branch(w):
    return error(w) * (2 if y[0] > 0.0 else 3)


def a_count(w):
    total = error(w)
    for _ in range(int(np.abs(X[:, 0]).max())):
        total = total + w[0]
    return total


def enumerated(w):
    total = 0.0
    for i, (x, target) in enumerate(zip(X, y)):
        total = total + (i + 1) * (x @ w - target) ** 2
    return total


CASES = {  # what stands in the source, and which arrays are arguments of a saved function
    one_entry: ("X[2, 1]", {"X", "y"}),
    one_entry_at_another: ("y[4]", {"X", "y"}),
    entries_in_a_loop: ("X[1:, 0]", {"X", "y"}),
    entries_over_samples: ("tags[1:]", {"X", "tags"}),
    iterated: ("y[:-1]", {"X", "y"}),
    lengths: ("/ 12.0", {"X", "y"}),
    Net().loss: ("answers[2:]", {"inputs", "answers"}),
    a_multiple: ("* w[0]", {"y"}),
    a_maximum: ("w / ", {"y"}),
    a_variable: ("* w[0]", {"y"}),
    a_sum: ("t1 @ t1 / ", {"X"}),
    centered_in_between: ("X @ w", {"y", "c1"}),
    centered_in_a_call: ("X @ w", {"y", "c1"}),
    error_of_a_start: (" + ", set()),
    literals_and_names: ("* share", {"X", "y"}),
    a_number_by_name: ("t1 @ t1 / ", {"X"}),
    a_number_of_a_number: ("t1 @ t1 * ", {"y"}),
    a_mask: ("X", {"X"}),
    made_inside: ("Z @ w", {"y", "Z"}),
    a_view: ("X", {"X", "y"}),
    an_order: ("- y", {"X"}),
    a_branch: ("t1 @ t1 * ", {"X"}),
    a_count: ("w[0]", {"y"}),
    enumerated: ("X @ w - y", {"X", "y"}),
    one_of_many_alike: ("+ w[0]", {"X"}),
}


@pytest.mark.parametrize("loss", CASES, ids=lambda loss: loss.__name__)
def test_arrays_are_arguments_if_all_that_comes_of_them_is_known(loss, tmp_path, monkeypatch):
    text, wanted = CASES[loss]
    w = rng.normal(size=3)
    program = derive(loss, inputs=[w])
    assert text in program.source
    program.save(tmp_path / "saved.py")
    saved = runpy.run_path(str(tmp_path / "saved.py"))[program.name]
    names = [*inspect.signature(saved).parameters][1:]
    assert {*names} == wanted
    given = {"X": X, "y": y, "tags": tags, "inputs": X, "answers": y}
    given["c1"] = X - X.mean(axis=0)
    given["Z"] = given["c1"] / X.std(axis=0)
    assert saved(w, *(given[name] for name in names))[1] == pytest.approx(program(w)[1], rel=1e-15)

    others = {name: rng.permutation(array.ravel()).reshape(array.shape) for name, array in given.items()}
    for name in wanted - {"inputs", "answers"}:
        monkeypatch.setitem(globals(), name, others[name])
    if loss.__name__ == "loss":
        monkeypatch.setattr(loss.__self__, "inputs", others["inputs"])
        monkeypatch.setattr(loss.__self__, "answers", others["answers"])
    if not {"c1", "Z"} & {*names}:
        value, gradient = saved(w, *(others[name] for name in names))
        expected, slopes = value_and_grad(loss)(w)
        assert value == pytest.approx(float(expected), rel=1e-12)
        assert gradient == pytest.approx(slopes, rel=1e-12)


def test_steps_tell_of_which_array_numbers_are_entries():
    text = str(steps(entries_in_a_loop, [rng.normal(size=3)]))
    assert "w[1] * y[:11]" in text
    assert "w[2] * X[1:, 0]" in text
