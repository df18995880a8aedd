"""Rows of a table by whole numbers: as they are given, in derived code, and in training, as PyTorch's."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from backends import ENGINES
from layers import assert_close

from autograd_scratch import SGD, Adam, Module, Value, derive, dot, fit, nn
from autograd_scratch.errors import DataError, NonFiniteError, RangeError, ShapeError

TRAINED = json.loads((Path(__file__).parent / "reference" / "embedding.json").read_text())


class Words(Module):
    """The mean of what the words of a row have."""

    def __init__(self, count=5, **options):
        self.table = nn.Embedding(count, 3, seed=0, **options)
        self.head = nn.Linear(3, 1, seed=1)

    def forward(self, x):
        rows = self.table(x)
        return self.head([sum(column) / len(rows) for column in zip(*rows)])


class Word(Module):
    def __init__(self):
        self.emb = nn.Embedding(6, 3, padding_idx=2)
        self.head = nn.Linear(3, 1)

    def forward(self, x):
        return self.head(self.emb(x))


@pytest.mark.parametrize("engine", ENGINES)
def test_all_rows_are_stepped_as_pytorch_steps_an_array(engine):
    """Adam goes on where a batch has no word of a row; a row that is padding stays."""
    model = Word()
    model.load_state_dict(TRAINED["state"])
    fit(model, TRAINED["X"], TRAINED["y"], optimizer=Adam(0.1), epochs=3, batch_size=2, **engine)
    for key, numbers in TRAINED["after"].items():
        assert_close(model.state_dict()[key], numbers)
    assert model.state_dict()["emb.weight"][2] == TRAINED["state"]["emb.weight"][2]


@pytest.mark.parametrize("options", [{}, {"padding_idx": 0}])
def test_whole_numbers_of_rows_are_inputs_of_derived_code(options):
    rows, targets = [[1, 0, 4], [2, 2, 1], [3, 1, 0], [0, 0, 4]], [[1.0], [0.0], [-1.0], [0.5]]
    states = []
    for engine in ENGINES:
        model = Words(**options)
        model.table.weight[0][1].data = 0.25  # a row of padding may be any
        history = fit(model, rows, targets, optimizer=SGD(0.5), epochs=5, **engine)
        states.append([history.losses, *model.state_dict().values()])
    assert_close(states[1], states[0], 1e-12)
    assert_close(states[2], states[0], 1e-12)
    assert (states[0][1][0][1] == 0.25) == bool(options)


def test_a_program_is_for_all_whole_numbers():
    model = Words()
    numbers = [p.data for p in model.parameters()]
    program = derive(lambda x: model(x)[0], inputs=[[1, 2, 3]], wrt=model.parameters())
    value, slopes = program(numbers, [4, 4, 0])
    output = model([4, 4, 0])[0]
    output.backward()
    assert_close([value, *slopes], [output.data, *(p.grad for p in model.parameters())])
    assert math.isnan(program(numbers, [4, 5, 0])[0])


@pytest.mark.parametrize("place", [1, 30])
@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_no_row_is_told_in_training(engine, place):
    rows = [[1, 2]] * 40
    rows[place] = [1, 5]
    with pytest.raises(RangeError, match=r"index 5 of .* at table is none of its rows, .* from 0 to 4"):
        fit(Words(), rows, [[0.0]] * 40, optimizer=SGD(0.1), epochs=2, **engine)


def test_a_row_has_its_gradient_as_often_as_it_is_taken():
    table = nn.Embedding(3, 2, padding_idx=-1, seed=0)
    assert table(2)[0].data == 0.0
    dot([x for row in table([0, 1, 2, 0]) for x in row], [1.0, 2.0] * 4).backward()
    assert table.weight.grad == [[2.0, 4.0], [1.0, 2.0], [0.0, 0.0]]


def test_rows_come_in_the_nesting_of_their_numbers():
    table = nn.Embedding.from_pretrained([[1.0, 2.0], [3.0, 4.0]])
    assert table.parameters() == []
    assert [x.data for x in table(np.int64(1))] == [3.0, 4.0]
    assert [len(row) for row in table([[0], (1, 0), []])] == [1, 2, 0]
    assert table(np.array([[0, 1, 1]])).shape == (1, 3, 2)


def test_other_layers_tell_rows_of_several_lengths():
    with pytest.raises(ShapeError, match="sequences of several lengths, as 2 and 3: fill them up"):
        nn.GRU(2, 2, batch_first=True)(nn.Embedding(3, 2)([[0, 1], [0, 1, 2]]))


def test_what_is_not_finite_is_told_as_without_derived_code():
    model = Words()
    with pytest.raises(NonFiniteError):
        fit(model, [[1, 2]], [[math.inf]], optimizer=SGD(0.1), epochs=1, **ENGINES[2])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Embedding(5, 3)(5), RangeError, "index 5 .* none of its rows, .* from 0 to 4"),
        (lambda: nn.Embedding(5, 3)([0, -1]), RangeError, "index -1 of "),
        (lambda: nn.Embedding(5, 3)(2.0), DataError, r"is a whole number, not 2.0 .*; write int\(i\)"),
        (lambda: nn.Embedding(5, 3)("ab"), DataError, "is a whole number, not 'ab'"),
        (lambda: nn.Embedding(5, 3)(Value(2.0)), DataError, "and no Value, .* write 2 "),
        (lambda: nn.Embedding(5, 3, padding_idx=5), RangeError, "from -5 to 4, not 5"),
        (lambda: nn.Embedding(5, 3, padding_idx="a"), RangeError, "from -5 to 4, not 'a'"),
        (lambda: nn.Embedding(5, 3, max_norm=1.0), DataError, "Embedding has no max_norm; leave it out"),
        (lambda: nn.Embedding(5, 0), ShapeError, "embedding_dim of Embedding must be a whole number"),
        (lambda: nn.Embedding.from_pretrained([1.0]), ShapeError, r"the shape \(rows, width\), not \(1,\)"),
    ],
)
def test_what_does_not_fit_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
