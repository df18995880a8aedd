"""Loops over time: as steps, over many rows, and what cannot be one."""

import numpy as np
import pytest
from array_programs import agree

from autograd_scratch import MLP, Value, derive, steps, value_and_grad

rng = np.random.default_rng(7)
T = 12
X, Y = rng.normal(size=(T, 3)), rng.normal(size=(T, 2))
ORDERS = [rng.permutation(4) for _ in range(T)]


def recurrent(Wx, Wh, b, v, x, y):
    h = np.zeros(4)
    for t in range(T):
        h = np.tanh(Wx @ x[t] + Wh @ h + b)
    return (v @ h - y) ** 2


def gated(W, b, v, x, y):
    h, c = np.zeros(2), np.zeros(2)
    total = 0.0
    for t in range(T):
        z = W @ np.concatenate([h, x[t]]) + b
        f = 1 / (1 + np.exp(-z[:2]))
        c = f * c + (1 - f) * np.tanh(z[2:4])
        h = np.tanh(c) / (1 + np.exp(-z[4:]))
        total = total + (v @ h - y[t]) ** 2
    return total


def from_a_start(U, start, y):
    h = start
    for t in range(T):
        h = np.tanh(U @ h + 0.1 * t)
    return np.sum((h - y) ** 2)


def weights_alone(U, y):
    h = np.ones(3)
    for _ in range(T):
        h = np.tanh(U @ h)
    return np.sum((h - y) ** 2)


ROWS = {  # shapes of what stays, and of what each row has
    recurrent: ([(4, 2), (4, 4), (4,), (4,)], [(T, 2), ()]),
    gated: ([(6, 4), (6,), (2,)], [(T, 2), (T,)]),
    from_a_start: ([(3, 3)], [(3,), (3,)]),
    weights_alone: ([(3, 3)], [(3,)]),
}


def drawn(shapes):
    return [rng.normal(size=shape) if shape else float(rng.normal()) for shape in shapes]


@pytest.mark.parametrize("backend", ["python", "wasm"])
@pytest.mark.parametrize("count", [1, 7, 300])
@pytest.mark.parametrize("loss", ROWS)
def test_rows_are_an_axis_of_loops_too(loss, count, backend):
    if backend == "wasm":
        pytest.importorskip("wasmtime")
    fixed, row = ROWS[loss]
    given, rows = drawn(fixed), [drawn(row) for _ in range(count)]
    program = derive(loss, inputs=[*given, *rows[0]], wrt=[*range(len(fixed))], backend=backend)
    assert "for t in range(12):" in program.source
    found, slopes = program.sum(*given, rows if len(row) > 1 else [one for (one,) in rows])
    each = [program(*given, *own) for own in rows]
    assert found == pytest.approx(sum(value for value, _ in each), rel=1e-12)
    assert agree(slopes, [sum(parts) for parts in zip(*(gradient for _, gradient in each))])
    assert bool(program._row_blocks._functions) == (backend == "python")


def other_entries_each_round(W):
    h = W[0]
    for order in ORDERS:
        h = np.tanh(W @ h[order])
    return h @ h


def too_far_back(W):
    found = [W[0] * 0.1 * k for k in range(6)]
    for _ in range(T):
        found.append(np.tanh(W @ found[-1] + found[-6]))
    return np.sum(found[-1])


def weights_in_a_list(*layers):
    a = X[0]
    for W in layers:
        a = np.tanh(W @ a)
    return a @ a


def few_rounds(W):
    h = W[0]
    for _ in range(5):
        h = np.tanh(W @ h)
    return h @ h


@pytest.mark.parametrize(
    ("loss", "shapes"),
    [
        (other_entries_each_round, [(4, 4)]),
        (too_far_back, [(3, 3)]),
        (weights_in_a_list, [(3, 3)] * 10),
        (few_rounds, [(3, 3)]),
    ],
)
def test_what_is_no_loop_is_written_out(loss, shapes):
    at = drawn(shapes)
    program = derive(loss, inputs=at, wrt=[*range(len(at))])
    assert "for t in" not in program.source
    value, slopes = program(*at)
    expected, gradient = value_and_grad(loss, tuple(range(len(at))))(*at)
    assert value == pytest.approx(float(expected), rel=1e-13)
    assert agree(slopes, gradient)


def classifier(Wx, Wh, Wy):
    h, loss = np.zeros(4), 0.0
    for t in range(T):
        h = np.tanh(Wx @ X[t] + Wh @ h)
        loss += np.sum((Wy @ h - Y[t]) ** 2)
    return loss


def test_rounds_are_the_first_axis_of_steps():
    table = steps(classifier, drawn([(4, 3), (4, 4), (2, 4)]))
    assert len(table) == 9
    assert [(row.shape, row.computed) for row in table][:4] == [
        ((T, 4), "dot(Wx, X) over 3 terms"),
        ((T, 4), "dot(Wh, h before) over 4 terms"),
        ((T, 4), "(Wx @ X[t]) + (Wh @ h)"),
        ((T, 4), "tanh(Wx @ X[t] + Wh @ h)"),
    ]
    assert table["h"].shape == (T, 4)
    assert table["loss"].computed.endswith("over 12 terms")
    assert "h before, say, is h as the round before left it" in str(table)


def test_a_map_tells_what_a_round_takes_of_the_round_before():
    row = steps(classifier, drawn([(4, 3), (4, 4), (2, 4)]))[1]
    taken = row.operands[1]
    assert (taken.name, taken.shape) == ("h before", (T + 1, 4))
    assert np.reshape(taken.map.positions(), taken.map.space)[5, 2].tolist() == [20, 21, 22, 23]


def test_equal_layers_of_a_model_are_a_loop():
    model = MLP(3, [6] * 12, "tanh", seed=0)
    x = [Value(0.5), Value(-1.0), Value(2.0)]
    out = model(x)
    loss = out[0] * out[0] + out[1] * out[5]
    program = derive(loss, wrt=model.parameters(), inputs={"x": x})
    value, slopes = program([p.data for p in model.parameters()], [0.5, -1.0, 2.0])
    loss.backward()
    assert value == pytest.approx(loss.data, rel=1e-13)
    assert agree([slopes], [[p.grad for p in model.parameters()]])
