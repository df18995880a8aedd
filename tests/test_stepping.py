"""What a recorder notes of a function that runs on Values, with nothing of the checker's."""

import operator

import numpy as np
import pytest

from autograd_scratch import Value, modes, values
from autograd_scratch.stepping.recorder import Recorder

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def twice(h):
    return h + h


def network(w, X):
    z = X @ w
    return twice(z).sum()


@pytest.fixture
def recorded():
    recorder = Recorder()
    arguments = {"w": values([1.0, -1.0, 2.0]), "X": X}
    return recorder, recorder.run(network, arguments)


def test_each_node_has_its_site(recorded):
    recorder, loss = recorded
    called = {
        node.primitive.name: [call.code.co_name for call in site.calls]
        for node, site in recorder.sites.items()
    }
    assert [call.code.co_name for call in recorder.sites[loss].calls] == ["network"]
    assert called["add"] == ["network", "twice"]
    lines = {site.line.number - network.__code__.co_firstlineno for site in recorder.sites.values()}
    assert {1, 2} <= lines


def test_each_round_of_a_generator_has_the_same_site():
    def rounds(w):
        products = (w * x for x in range(1, 9))
        total = 0.0
        for product in products:
            total = total + product
        return total

    recorder = Recorder()
    loss = recorder.run(rounds, {"w": Value(2.0)})
    assert loss.data == 72.0
    assert len({*recorder.sites.values()}) == 2


def test_arrays_variables_and_lengths_are_noted(recorded):
    recorder, _ = recorded
    assert [array.shape for array in recorder.arrays[:2]] == [(2,), (2,)]
    assert [entry.data for entry in recorder.arrays[0].entries] == [5.0, 11.0]
    assert {"w", "z", "h"} == set(recorder.variables)
    assert recorder.names[recorder.arrays[0].entries] == {twice.__code__: "h", network.__code__: "z"}
    assert recorder.lengths == {2: "the rows of X", 3: "the columns of X"}


def test_a_name_that_was_given_by_hand_belongs_to_no_function(recorded):
    recorder, _ = recorded
    found = recorder.arrays[0].entries
    recorder.named("logits", list(found))
    assert recorder.names[found][None] == "logits"


def test_nothing_is_left_after_forgetting(recorded):
    recorder, _ = recorded
    recorder.forget()
    held = [value for name, value in vars(recorder).items() if not name.startswith("_")]
    assert len(held) == 13
    assert not any(held)


@pytest.mark.parametrize(
    ("compare", "x", "y", "expected"),
    [
        (operator.lt, Value(1.0), Value(2.0), True),
        (operator.gt, Value(1.0), 2.0, False),
        (operator.ge, values([1.0, 3.0]), Value(2.0), [False, True]),
        (np.less, 2.0, values([1.0, 3.0]), [False, True]),
    ],
)
def test_comparisons_go_by_the_numbers(compare, x, y, expected):
    recorder = Recorder()
    with modes.observing(recorder):
        assert np.array_equal(compare(x, y), expected)
    assert not recorder.sites
