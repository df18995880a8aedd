"""Loops over time: each round takes what rounds before it have left."""

import numpy as np

from .definition import program

rng = np.random.default_rng(11)
T = 12
inputs = rng.normal(size=(T, 3))
targets = rng.normal(size=(T, 2))
batch = rng.normal(size=(4, T, 3))
labels = rng.integers(0, 2, T)
signal = rng.normal(size=30)
samples = rng.normal(size=(5, 2))
answers = rng.normal(size=(5, 1))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@program(Wx=(4, 3), Wh=(4, 4), Wy=(2, 4), bh=(4,), by=(2,))
def classes_over_time(Wx, Wh, Wy, bh, by):
    h = np.zeros(4)
    loss = 0.0
    for t in range(T):
        h = np.tanh(Wx @ inputs[t] + Wh @ h + bh)
        y = Wy @ h + by
        p = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(p[labels[t]])
    return loss


@program(Wx=(4, 3), Wh=(4, 4), Wy=(3, 4), bh=(4, 1), by=(3, 1), start=(4, 1))
def one_hot_columns_in_dicts(Wx, Wh, Wy, bh, by, start):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = start
    loss = 0
    for t in range(10):
        xs[t] = np.zeros((3, 1))
        xs[t][t * t % 3] = 1
        hs[t] = np.tanh(np.dot(Wx, xs[t]) + np.dot(Wh, hs[t - 1]) + bh)
        ys[t] = np.dot(Wy, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][(t + 1) % 3, 0])
    return loss


@program(W=(16, 7), b=(16,), Wy=(2, 4), lines=85)
def lstm(W, b, Wy):
    h = np.zeros(4)
    c = np.zeros(4)
    loss = 0.0
    for t in range(T):
        z = W @ np.concatenate([h, inputs[t]]) + b
        i = sigmoid(z[:4])
        f = sigmoid(z[4:8])
        o = sigmoid(z[8:12])
        g = np.tanh(z[12:])
        c = f * c + i * g
        h = o * np.tanh(c)
        loss += np.sum((Wy @ h - targets[t]) ** 2)
    return loss / T


@program(Wz=(4, 3), Uz=(4, 4), Wr=(4, 3), Ur=(4, 4), Wh=(4, 3), Uh=(4, 4), lines=65)
def gru(Wz, Uz, Wr, Ur, Wh, Uh):
    h = np.zeros(4)
    for x in inputs:
        z = sigmoid(Wz @ x + Uz @ h)
        r = sigmoid(Wr @ x + Ur @ h)
        new = np.tanh(Wh @ x + Uh @ (r * h))
        h = (1 - z) * h + z * new
    return np.mean(h**2)


@program(Wx=(3, 4), Wh=(4, 4), b=(4,), Wo=(4, 1))
def batch_of_sequences(Wx, Wh, b, Wo):
    h = np.zeros((len(batch), 4))
    for t in range(T):
        h = np.tanh(batch[:, t] @ Wx + h @ Wh + b)
    return np.mean((h @ Wo - 1.0) ** 2)


@program(W=(10, 3, 3), b=(10, 3), x=(3,))
def many_equal_layers(W, b, x):
    a = x
    for layer in range(10):
        a = np.tanh(W[layer] @ a + b[layer])
    return np.sum(a**2)


@program(W1=(2, 3), W2=(3, 1), lines=70)
def descent_on_a_network(W1, W2):
    for _ in range(10):
        a = np.tanh(samples @ W1)
        e = a @ W2 - answers
        dW2 = a.T @ e / 5
        dW1 = samples.T @ ((e @ W2.T) * (1 - a**2)) / 5
        W1 = W1 - 0.1 * dW1
        W2 = W2 - 0.1 * dW2
    return np.mean((np.tanh(samples @ W1) @ W2 - answers) ** 2)


@program(A=(2, 2), x=(2,))
def steps_of_euler(A, x):
    total = 0.0
    for _ in range(30):
        x = x + 0.1 * np.tanh(A @ x)
        total = total + np.sum(x**2)
    return total


@program(A=(3, 3), v=(3,))
def normalized_each_round(A, v):
    for _ in range(20):
        v = A @ v
        v = v / np.sqrt(np.sum(v**2))
    return v @ A @ v


@program(A=(3, 3), B=(3, 3), first=(3,), second=(3,))
def two_rounds_back(A, B, first, second):
    found = [first, second]
    for _ in range(14):
        found.append(np.tanh(A @ found[-1] + B @ found[-2]))
    return np.mean(np.stack(found) ** 2)


@program(A=(2, 2), B=(2, 2), C=(2, 2), b=(2,))
def three_rounds_back_from_zeros(A, B, C, b):
    x, y, z = np.zeros(2), np.zeros(2), np.zeros(2)
    total = 0.0
    for _ in range(11):
        x, y, z = np.tanh(A @ x + B @ y + C @ z + b), x, y
        total = total + np.sum(x**3)
    return total


@program(a=(3,), lines=70)
def filtered(a):
    y = [signal[0], signal[1]]
    for t in range(2, 30):
        y.append(0.3 * a[0] * y[t - 1] + 0.3 * a[1] * np.tanh(y[t - 2]) + a[2] * signal[t])
    return sum(v * v for v in y)


@program(w=(3,))
def average_that_decays(w):
    s, total = 0.0, 0.0
    for t in range(30):
        s = 0.9 * s + 0.1 * np.tanh(w[0] * signal[t] + w[1])
        total += (s - w[2]) ** 2
    return total


@program(w=(2,))
def weights_of_their_own_each_round(w):
    h = 0.5
    for t in range(T):
        h = np.tanh(0.9**t * w[0] * h + w[1] * float(t % 3))
    return h


@program(Wx=(4, 3), Wh=(4, 4), Wo=(2, 4), lines=65)
def both_directions(Wx, Wh, Wo):
    forward, backward = np.zeros(4), np.zeros(4)
    fs, bs = [], []
    for t in range(T):
        forward = np.tanh(Wx @ inputs[t] + Wh @ forward)
        fs.append(forward)
    for t in reversed(range(T)):
        backward = np.tanh(Wx @ inputs[t] + Wh @ backward)
        bs.append(backward)
    return sum(np.sum((Wo @ (f + b)) ** 2) for f, b in zip(fs, bs[::-1]))


@program(W1=(4, 3), U1=(4, 4), W2=(4, 4), U2=(4, 4))
def two_layers_over_time(W1, U1, W2, U2):
    h1, h2 = np.zeros(4), np.zeros(4)
    loss = 0.0
    for t in range(T):
        h1 = np.tanh(W1 @ inputs[t] + U1 @ h1)
        h2 = np.tanh(W2 @ h1 + U2 @ h2)
        loss += h2 @ h2
    return loss


@program(W=(4, 3), U=(4, 4), between=(-0.5, 0.5))
def relu_over_time(W, U):
    h = np.zeros(4)
    for t in range(T):
        h = np.maximum(W @ inputs[t] + U @ h, 0)
    return np.sum(h)


@program(W=(4, 3), U=(4, 4), q=(4,))
def attention_over_states(W, U, q):
    hs = []
    h = np.zeros(4)
    for t in range(T):
        h = np.tanh(W @ inputs[t] + U @ h)
        hs.append(h)
    states = np.stack(hs)
    scores = states @ q
    weights = np.exp(scores - np.max(scores))
    weights = weights / np.sum(weights)
    return np.sum((weights @ states) ** 2)


@program(logits=(4, 4), emission=(4,), start=(4,), lines=65)
def forward_algorithm(logits, emission, start):
    rows = np.exp(logits)
    rows = rows / rows.sum(axis=1, keepdims=True)
    a = np.exp(start) / np.sum(np.exp(start))
    log_likelihood = 0.0
    for _ in range(15):
        a = (a @ rows) * np.exp(emission)
        total = a.sum()
        a = a / total
        log_likelihood = log_likelihood + np.log(total)
    return -log_likelihood


@program(U=(4, 4), b=(4,))
def nothing_before_the_first(U, b):
    h, total = None, 0.0
    for row in np.tile(inputs, 2)[:, :4]:
        h = np.tanh(row + b if h is None else row + U @ h + b)
        total = total + np.sum(h)
    return total


@program(x=(3,), between=(0.5, 1.5))
def rational_over_time(x):
    state = x
    for _ in range(9):
        state = (state * x[0] + 1.0) / (state + x[1])
    return np.sum(state * x)


@program(r=(2,), between=(0.2, 0.8))
def returns_from_the_end(r):
    total, loss = 0.0, 0.0
    for t in reversed(range(T)):
        total = signal[t] * r[0] + r[1] * total
        loss = loss + total**2
    return loss


@program(W=(3, 3), v=(3,))
def first_and_last_rounds_of_their_own(W, v):
    h = v
    for t in range(T):
        if t == 0:
            h = np.sin(h)
        z = W @ h
        h = np.tanh(z) if t < T - 1 else z * v
    return np.sum(h * h)


@program(W=(4, 4), v=(4,))
def descent_with_momentum(W, v):
    x, m = v, np.zeros(4)
    for _ in range(10):
        m = 0.9 * m + W @ np.tanh(x)
        x = x - 0.1 * m
    return np.sum(x**2)


@program(W=(4, 4), v=(4,))
def adam_on_a_quadratic(W, v):
    x, m, s = v, np.zeros(4), np.zeros(4)
    for t in range(1, 12):
        g = W.T @ (W @ x)
        m = 0.9 * m + 0.1 * g
        s = 0.99 * s + 0.01 * g**2
        x = x - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
    return np.sum(x**2)


@program(w=(4,))
def a_loop_in_a_loop(w):
    total = 0.0
    for row in range(3):
        h = 0.0
        for t in range(T):
            h = np.tanh(w[0] * inputs[t, row] + w[1] * h + w[2])
        total = total + (w[3] * h - 1.0) ** 2
    return total


@program(W=(3, 3), v=(3,), between=(-0.5, 0.5))
def last_round_that_leaves_less(W, v):
    h, total = v, 0.0
    for _ in range(T):
        z = W @ h
        total = total + np.sum(z * z)
        h = np.exp(-z)
    return total


@program(w=(2,), between=(-0.8, 0.8))
def three_starts(w):
    h = [1.0, 2.0, 5.0]
    for _ in range(T):
        h.append(np.tanh(w * h[-1] + h[-3]))
    return np.sum(h[-1])


@program(W=(2, 2), h=(2,))
def loss_of_the_first_rounds(W, h):
    states = []
    for _ in range(T):
        h = W @ h
        states.append(h)
    return np.sum(states[-1]) + sum(np.sum(state) for state in states[:5])


@program(a=(3,), S=(3, 3), P=(13, 3), b=(3,), lines=80)
def rows_of_a_state(a, S, P, b):
    for t in range(13):
        e = np.exp(S)
        S = 0.3 * np.stack([b, (e / e.sum(axis=1, keepdims=True)) @ a, P[t]])
    return np.sum(S)


@program(W=(3, 3), U=(3, 3), h=(3,))
def last_round_that_begins_with_less(W, U, h):
    s = 0.0
    for t in range(T):
        new = np.tanh(W @ inputs[t] + U @ h)
        s = 0.9 * s + np.sum(h**2)
        h = new
    return s


@program(W=(4, 3), U=(4, 4), b=(4,), q=(4,))
def sequences_one_by_one(W, U, b, q):
    loss = 0.0
    for sequence in batch:
        h = np.zeros(4)
        for x in sequence:
            h = np.tanh(W @ x + U @ h + b)
        loss += (h @ q) ** 2
    return loss / len(batch)


@program(w=(), W=(2, 2))
def one_number_of_all_entries(w, W):
    h, total = w, 0.0
    for _ in range(T):
        h = np.tanh(h / (1 + W.sum() ** 2))
        total = 0.9 * total + h * np.max(W)
    return total


@program(W=(3, 3), v=(3,))
def three_loops_from_state_to_state(W, v):
    h = v
    for _ in range(T):
        h = sigmoid(W @ h)
    g = h
    for _ in range(T):
        g = sigmoid(W @ g)
    f = g
    for _ in range(T):
        f = sigmoid(W @ f)
    return np.sum(f)


@program(p=(2,))
def sums_alone(p):
    h, total = 0.0, 0.0
    for _ in range(T):
        h = p[0] + h
        total = total + h * p[1]
    return total


@program(p=(1,), h=(3,))
def larger_of_itself(p, h):
    for _ in range(T):
        h = np.tanh(h + np.maximum(p, 0.5 * p)[0])
    return np.sum(h) * np.maximum(p[0], p[0])


@program(W=(2, 2))
def backwards_in_a_round(W):
    h, total = np.ones(2), 1.0
    for _ in range(T):
        h = 0.5 * (W @ h[::-1]) + 0.5 * h
        total += np.sum(h**2)
    return total


@program(W=(4, 3), h=(3,))
def chosen_entries_of_each_sample(W, h):
    total = 0.0
    for _ in range(3):
        state = h
        for _ in range(T):
            state = np.tanh((W @ state)[[0, 1, 3]])
            total += np.sum(state**2)
    return total
