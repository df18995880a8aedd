"""Recurrent networks: what is the same however it is computed, their derived code, and a sine by one."""

import math
import random

import numpy as np
import pytest
from backends import ENGINES
from layers import assert_close, flat

from autograd_scratch import SGD, Adam, Module, derive, fit, mse, nn
from autograd_scratch.errors import CallError, DataError, RangeError, ShapeError, UnknownNameError

KINDS = [nn.RNN, nn.LSTM, nn.GRU]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def sequence(length, width=3, seed=0):
    draw = random.Random(seed).uniform
    return [[draw(-1.0, 1.0) for _ in range(width)] for _ in range(length)]


class Network(Module):
    def __init__(self, kind, inputs=3, units=4, **options):
        self.rnn = kind(inputs, units, seed=1, **options)
        self.head = nn.Linear(units * (2 if options.get("bidirectional") else 1), 1, seed=2)

    def forward(self, x):
        output, _ = self.rnn(x)
        return self.head(output[-1])


@kinds
def test_cells_step_by_step_are_a_layer(kind):
    layer = kind(3, 4, seed=0)
    cell = getattr(nn, f"{kind.__name__}Cell")(3, 4)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        setattr(cell, name, getattr(layer, f"{name}_l0").data)
    state, outputs = None, []
    for x in sequence(5):
        state = cell(x, state)
        outputs.append(state[0] if isinstance(state, tuple) else state)
    output, end = layer(sequence(5))
    assert_close([*outputs, state], [[x.data for x in flat(part)] for part in (output, end)], 1e-15)


@kinds
def test_a_sequence_goes_on_from_a_state(kind):
    layer, x = kind(3, 4, num_layers=2, seed=0), sequence(7)
    output, end = layer(x)
    first, state = layer(x[:3])
    later, last = layer(x[3:], state)
    assert [e.data for e in flat([first, later, last])] == [e.data for e in flat([output, end])]


@kinds
def test_samples_of_a_batch_are_computed_as_each_by_itself(kind):
    layer = kind(3, 4, num_layers=2, bidirectional=True, seed=0)
    samples = [sequence(5, seed=i) for i in range(3)]
    alone = [layer(x)[0] for x in samples]
    together, _ = layer([*zip(*samples)])
    assert [e.data for e in flat([*zip(*together)])] == [e.data for e in flat(alone)]
    turned = kind(3, 4, num_layers=2, bidirectional=True, batch_first=True)
    turned.load_state_dict(layer.state_dict())
    assert [e.data for e in flat(turned(samples)[0])] == [e.data for e in flat(alone)]
    assert turned(np.array(samples))[0].shape == (3, 5, 8)


@kinds
def test_the_way_back_is_that_of_the_turned_sequence(kind):
    layer = kind(3, 4, bidirectional=True, seed=0)
    there, back = kind(3, 4), kind(3, 4)
    state = layer.state_dict()
    there.load_state_dict({key: x for key, x in state.items() if "reverse" not in key})
    back.load_state_dict({key.removesuffix("_reverse"): x for key, x in state.items() if "reverse" in key})
    x = sequence(5)
    joined = [[*a, *b] for a, b in zip(there(x)[0], back(x[::-1])[0][::-1])]
    assert [e.data for e in flat(layer(x)[0])] == [e.data for e in flat(joined)]


def lines_of(kind, rounds, **options):
    model = Network(kind, **options)
    x = sequence(rounds)
    return derive(lambda x: mse(model(x), [0.5]), wrt=model.parameters(), inputs=[x]).source.splitlines()


@kinds
def test_derived_code_is_a_loop_on_and_one_back(kind):
    pytest.importorskip("numpy")
    lines = [line.strip() for line in lines_of(kind, 20)]
    assert lines.count("for t in range(20):") == lines.count("for t in reversed(range(20)):") == 1
    assert len(lines) == len(lines_of(kind, 30)) < 85
    if kind is nn.LSTM:  # as textbooks have it
        assert "c[t + 1] = f[t] * c[t] + i[t] * g[t]" in lines
        assert "dc_next = dc * f[t]" in lines


@kinds
@pytest.mark.parametrize("options", [{"num_layers": 2}, {"bidirectional": True}], ids=str)
def test_each_layer_and_direction_is_a_loop_of_its_own(kind, options):
    model = Network(kind, **options)

    def loss(x):
        output, _ = model.rnn(x)
        return sum(entry * entry for entry in flat(output))

    source = derive(loss, wrt=model.rnn.parameters(), inputs=[sequence(20)]).source
    assert source.count("for t in range(20):") == source.count("for t in reversed(range(20)):") == 2


@kinds
def test_machine_code_is_as_long_for_all_sequences(kind):
    pytest.importorskip("wasmtime")
    short, long = (
        fit(
            Network(kind),
            [sequence(rounds)] * 4,
            [[0.5]] * 4,
            optimizer=SGD(0.1),
            epochs=1,
            engine="derived",
            backend="wasm",
        ).source.splitlines()
        for rounds in (10, 30)
    )
    assert len(long) == len(short)


def sine(count=24, length=12):
    """Return windows of a sine, and the number that follows each."""
    wave = [math.sin(0.35 * i) for i in range(count + length)]
    windows = [[[x] for x in wave[i : i + length]] for i in range(count)]
    return windows, [[wave[i + length]] for i in range(count)]


@kinds
def test_a_sine_is_learned_and_all_engines_agree(kind):
    X, y = sine()
    runs = []
    for engine in ENGINES:
        model = Network(kind, 1, 5)
        history = fit(model, X, y, optimizer=Adam(0.02), epochs=15, batch_size=8, seed=3, **engine)
        runs.append([history.losses, *model.state_dict().values()])
    assert_close(runs[1], runs[0], 1e-9)
    assert_close(runs[2], runs[0], 1e-9)
    assert runs[0][0][-1] < 0.2 * runs[0][0][0]


class OfBatches(Module):
    """As people write it who come from PyTorch."""

    def __init__(self, end):
        self.emb = nn.Embedding(5, 3, seed=0)
        self.rnn = nn.LSTM(3, 4, batch_first=True, seed=1)
        self.fc = nn.Linear(4, 5, seed=2)
        self.end = end

    def forward(self, x):
        output, (h, _) = self.rnn(self.emb(x))
        return self.fc(output[:, -1, :] if self.end == "output" else h[-1])


@pytest.mark.parametrize("end", ["output", "state"])
@pytest.mark.parametrize("make", [np.array, list])
def test_batches_with_their_rows_first_are_what_fit_gives_a_model(end, make):
    X = [[(3 * i + j * j) % 5 for j in range(6)] for i in range(7)]
    y = [row[0] for row in X]
    runs = []
    for engine in ENGINES:
        model = OfBatches(end)
        optimizer = Adam(0.05)
        fit(model, make(X), y, loss="cross_entropy", optimizer=optimizer, epochs=3, batch_size=3, **engine)
        runs.append([*model.state_dict().values()])
    assert_close(runs[1], runs[0], 1e-10)
    assert_close(runs[2], runs[0], 1e-10)


def test_entries_are_left_out_between_layers_alone():
    layer = nn.LSTM(3, 4, num_layers=2, dropout=0.5, seed=0)
    x = sequence(5)
    (_, (h, _)), (_, (other, _)) = layer(x), layer(x)
    assert [e.data for e in h[0]] == [e.data for e in other[0]]
    assert [e.data for e in h[1]] != [e.data for e in other[1]]
    whole = nn.LSTM(3, 4, num_layers=2)
    whole.load_state_dict(layer.eval().state_dict())
    assert [e.data for e in flat(layer(x))] == [e.data for e in flat(whole(x))]


@pytest.mark.parametrize("options", [{}, {"bidirectional": True}], ids=str)
def test_what_is_left_out_in_training_is_the_same_in_derived_code(options):
    X, y = [sequence(6, seed=i) for i in range(4)], [[0.5], [0.0], [-0.5], [1.0]]
    runs = []
    for engine in ENGINES:
        model = Network(nn.GRU, num_layers=2, dropout=0.4, **options)
        history = fit(model, X, y, optimizer=SGD(0.1), epochs=3, batch_size=2, seed=0, **engine)
        runs.append([history.losses, *model.state_dict().values()])
    assert_close(runs[1], runs[0], 1e-10)
    assert_close(runs[2], runs[0], 1e-10)


def test_a_batch_of_one_sequence_is_a_block_of_one_row():
    pytest.importorskip("wasmtime")
    model = Network(nn.LSTM)
    runs = []
    for size in (1, 2, 4):
        X, y = [sequence(6, seed=i) for i in range(4)], [[0.5], [0.0], [-0.5], [1.0]]
        model = Network(nn.LSTM)
        fit(model, X, y, optimizer=SGD(0.1), epochs=2, batch_size=size, **ENGINES[2])
        other = Network(nn.LSTM)
        fit(other, X, y, optimizer=SGD(0.1), epochs=2, batch_size=size)
        runs.append((model.state_dict().values(), other.state_dict().values()))
    for own, eager in runs:
        assert_close([*own], [*eager], 1e-11)


def test_rows_of_several_lengths_are_trained_one_by_one_or_told():
    rows, targets = [sequence(4), sequence(6)], [[0.5], [1.0]]
    history = fit(Network(nn.GRU), rows, targets, optimizer=SGD(0.1), epochs=2)
    assert history.losses[1] < history.losses[0]
    with pytest.raises(ShapeError, match="row 1 is not") as told:
        fit(Network(nn.GRU), rows, targets, optimizer=SGD(0.1), epochs=2, engine="derived")
    assert 'engine="eager"' in told.value.__notes__[-1]


def test_a_pair_among_modules_is_told():
    model = nn.Sequential(nn.LSTM(3, 4), nn.Linear(4, 1))
    with pytest.raises(ShapeError) as told:
        model(sequence(5))
    assert "put lambda pair: pair[0] after it" in told.value.__notes__[-1]
    chosen = nn.Sequential(nn.LSTM(3, 4, seed=0), lambda pair: pair[0], nn.Linear(4, 1, seed=0))
    assert len(chosen(sequence(5))) == 5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: nn.LSTM(3, 4)([1.0, 2.0, 3.0]),
            ShapeError,
            r"takes a sequence \(L, 3\), or a batch \(L, N",
        ),
        (
            lambda: nn.LSTM(3, 4, batch_first=True)([[1.0]]),
            ShapeError,
            r"or a batch \(N, L, 3\) of them, not",
        ),
        (lambda: nn.GRU(3, 4)([]), ShapeError, "not an empty batch"),
        (
            lambda: nn.GRU(3, 4, batch_first=True)([sequence(5), sequence(3)]),
            ShapeError,
            "the input of GRU has sequences of several lengths, as 5 and 3: fill them up with zeros",
        ),
        (
            lambda: nn.RNN(3, 4)([["a", 1.0, 2.0]]),
            DataError,
            "the input of RNN must be a real number, not 'a'",
        ),
        (lambda: nn.LSTM(3, 4)(sequence(5), [[0.0] * 4]), DataError, r"is two arrays, \(h, c\), not \[\["),
        (
            lambda: nn.GRU(3, 4, num_layers=2)(sequence(5), [[0.0] * 4]),
            ShapeError,
            r"h of GRU\(3, 4, num_layers=2\) must have the shape \(2, 4\) here, not \(1, 4\)",
        ),
        (lambda: nn.GRUCell(3, 4)([1.0]), ShapeError, r"GRUCell\(3, 4\) takes \(3,\), or a batch"),
        (lambda: nn.RNN(3, 4, nonlinearity="rleu"), UnknownNameError, "did you mean 'relu'"),
        (lambda: nn.LSTM(3, 4, proj_size=4), ShapeError, "must be less than its hidden_size, not 4"),
        (lambda: nn.LSTM(3, 4, dropout=2.0), RangeError, "dropout of LSTM must be from 0 to 1, not 2.0"),
        (lambda: nn.LSTM(3, 4, batch_first=1), DataError, "batch_first of LSTM is True or False, not 1"),
        (lambda: nn.GRU(3, 4, proj_size=2), CallError, "GRU has no argument 'proj_size'"),
    ],
)
def test_what_does_not_fit_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
