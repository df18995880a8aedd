"""Code written for micrograd and for microgpt runs with nothing but its import changed."""

import math
import random

import pytest
from conftest import how_many

from autograd_scratch import MLP, Layer, Neuron, Value
from autograd_scratch.datasets import moons


def test_the_example_of_micrograds_readme():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_micrograds_two_moons():
    points = moons(100, noise=0.1, seed=1)
    X, y = [point for point, _ in points], [target for _, target in points]
    model = MLP(2, [16, 16, 1], seed=1337)
    assert len(model.parameters()) == 337

    def loss():
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]
        return total_loss, sum(accuracy) / len(accuracy)

    for k in range(how_many(10, exhaustive=40)):
        total_loss, acc = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert acc >= how_many(0.8, exhaustive=0.95)


def test_micrograds_modules():
    x = [Value(1.0), Value(-2.0)]
    for make in (Neuron(2), Layer(2, 3), MLP(2, [3, 1])):
        make.zero_grad()
        out = make(x)
        (sum(out) if isinstance(out, list) else out).backward()
        assert all(isinstance(p.data, float) for p in make.parameters())
    for p in make.parameters():
        p.grad = 0
    out.backward()
    assert any(p.grad for p in make.parameters())


def test_a_microgpt():
    rng = random.Random(42)
    docs = ["emma", "olivia", "ava", "mia"]
    uchars = sorted(set("".join(docs)))
    BOS = len(uchars)
    vocab_size, n_embd, n_head, block_size = len(uchars) + 1, 8, 2, 8
    head_dim = n_embd // n_head

    def matrix(nout, nin, std=0.08):
        return [[Value(rng.gauss(0, std)) for _ in range(nin)] for _ in range(nout)]

    state = {
        "wte": matrix(vocab_size, n_embd),
        "wpe": matrix(block_size, n_embd),
        "lm_head": matrix(vocab_size, n_embd),
    }
    for name in ("wq", "wk", "wv", "wo"):
        state[name] = matrix(n_embd, n_embd)
    state["fc1"], state["fc2"] = matrix(4 * n_embd, n_embd), matrix(n_embd, 4 * n_embd)
    params = [p for mat in state.values() for row in mat for p in row]

    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(wo, x)) for wo in w]

    def softmax(logits):
        max_val = max(val.data for val in logits)
        exps = [(val - max_val).exp() for val in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def rmsnorm(x):
        ms = sum(xi * xi for xi in x) / len(x)
        scale = (ms + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def gpt(token_id, pos_id, keys, values):
        x = [t + p for t, p in zip(state["wte"][token_id], state["wpe"][pos_id])]
        x = rmsnorm(x)
        residual = x
        x = rmsnorm(x)
        q, k, v = (linear(x, state[name]) for name in ("wq", "wk", "wv"))
        keys.append(k)
        values.append(v)
        attended = []
        for h in range(n_head):
            hs = slice(h * head_dim, (h + 1) * head_dim)
            logits = [sum(a * b for a, b in zip(q[hs], key[hs])) / head_dim**0.5 for key in keys]
            weights = softmax(logits)
            attended += [sum(w * val[hs][j] for w, val in zip(weights, values)) for j in range(head_dim)]
        x = [a + b for a, b in zip(linear(attended, state["wo"]), residual)]
        residual = x
        x = linear([xi.relu() ** 2 for xi in linear(rmsnorm(x), state["fc1"])], state["fc2"])
        x = [a + b for a, b in zip(x, residual)]
        return linear(x, state["lm_head"])

    m, v = [0.0] * len(params), [0.0] * len(params)
    history = []
    for step in range(12):
        doc = docs[step % len(docs)]
        tokens = [BOS] + [uchars.index(ch) for ch in doc] + [BOS]
        n = min(block_size, len(tokens) - 1)
        keys, values, losses = [], [], []
        for pos_id in range(n):
            probs = softmax(gpt(tokens[pos_id], pos_id, keys, values))
            losses.append(-probs[tokens[pos_id + 1]].log())
        loss = (1 / n) * sum(losses)
        loss.backward()
        for i, p in enumerate(params):
            m[i] = 0.85 * m[i] + 0.15 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad**2
            m_hat, v_hat = m[i] / (1 - 0.85 ** (step + 1)), v[i] / (1 - 0.99 ** (step + 1))
            p.data -= 0.02 * m_hat / (v_hat**0.5 + 1e-8)
            p.grad = 0
        history.append(loss.data)
    assert history[0] == pytest.approx(math.log(vocab_size), rel=0.1)
    assert sum(history[-4:]) < 0.8 * sum(history[:4])
