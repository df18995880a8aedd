"""Attention: masks, positions that were kept from before, the code that is derived, what is refused."""

import math
import re
from functools import partial
from random import Random

import numpy as np
import pytest
from layers import assert_close, flat, gradients, values

from autograd_scratch import SGD, Value, derive, dot, fit, grad, no_grad
from autograd_scratch.errors import (
    DataError,
    RangeError,
    RuleError,
    ShapeError,
    TracingError,
    UnknownNameError,
)
from autograd_scratch.nn import (
    Linear,
    MultiheadAttention,
    Sequential,
    TransformerEncoderLayer,
    scaled_dot_product_attention,
)

NEVER = -math.inf


def drawn(*shape, seed=0):
    numbers = Random(seed)
    whole = np.array([numbers.gauss(0.0, 1.0) for _ in range(math.prod(shape))])
    return whole.reshape(shape).tolist()


@pytest.fixture
def layer():
    return MultiheadAttention(4, 2, seed=0)


def test_causal_queries_have_the_last_positions():
    parts = [values(drawn(4, 2, seed=seed)) for seed in range(3)]
    query, key, value = parts
    whole = scaled_dot_product_attention(*parts, is_causal=True)
    last = scaled_dot_product_attention(query[2:], key, value, is_causal=True)
    assert_close(last, [[x.data for x in row] for row in whole[2:]], 0.0)
    for i, row in enumerate(whole):
        for entry in flat(parts):
            entry.zero_grad()
        dot(row, [1.0, 2.0]).backward()
        assert [any(gradients(each)) for each in value] == [k <= i for k in range(4)]


def test_more_queries_than_keys_leave_the_first_without_any():
    outputs = scaled_dot_product_attention([[0.0]] * 3, [[0.0]] * 2, [[1.0], [3.0]], is_causal=True)
    assert outputs == [[0.0], [1.0], [2.0]]


def test_masks_of_truth_and_of_numbers_agree():
    told = partial(scaled_dot_product_attention, drawn(2, 3), drawn(3, 3, seed=1), drawn(3, 2, seed=2))
    truth = told([[True, False, False], [True, True, False]])
    assert told([[0.0, NEVER, NEVER], [0.0, 0.0, NEVER]]) == truth
    assert told(np.array([[True, False, False], [True, True, False]])) == truth
    assert told([True, True, False], is_causal=True) == told([[True, True, False]] * 2)


@pytest.mark.parametrize("hidden", [False, NEVER, Value(NEVER)], ids=["truth", "number", "Value"])
def test_a_query_without_keys_gets_nothing_and_gives_no_gradient(hidden):
    parts = query, key, value = (
        values([[1.0, 2.0]]),
        values([[0.5, 1.0], [1.0, 0.0]]),
        values([[1.0], [2.0]]),
    )
    ((output,),) = scaled_dot_product_attention(query, key, value, [[hidden, hidden]])
    assert output.data == 0.0
    output.backward()
    assert {x.grad for x in flat([*parts])} == {0.0}


def test_a_mask_and_a_scale_are_differentiated():
    query, key, value, mask = (drawn(3, 3, seed=seed) for seed in range(4))
    cotangent = np.array(drawn(3, 3, seed=4))

    def loss(mask, scale):
        return dot(
            flat(scaled_dot_product_attention(query, key, value, mask, scale=scale)), cotangent.ravel()
        )

    scores = np.array(query) @ np.array(key).T
    powers = np.exp(0.7 * scores + mask)
    shares = powers / powers.sum(axis=1, keepdims=True)
    slopes = cotangent @ np.array(value).T
    by_mask = shares * (slopes - (shares * slopes).sum(axis=1, keepdims=True))
    found = grad(loss, argnums=(0, 1))(mask, 0.7)
    assert_close(found[0], by_mask.tolist())
    assert found[1] == pytest.approx((by_mask * scores).sum(), rel=1e-11)
    program = derive(loss, inputs=[mask, 0.7], wrt=["mask", "scale"])
    _, derived = program(mask, 0.7)
    assert_close(derived[0], by_mask.tolist())


def test_conditions_are_a_mask_in_derived_code():
    key, value = drawn(3, 2), drawn(3, 2, seed=1)

    def attended(query, tokens):
        rows = scaled_dot_product_attention(query, key, value, [[token > 0.5 for token in tokens]])
        return dot(flat(rows), [1.0, 2.0, 3.0, 4.0])

    query = drawn(2, 2, seed=2)
    program = derive(attended, inputs=[query, [1.0, 1.0, 0.0]], wrt="query")
    for tokens in ([1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]):
        loss, slopes = program(query, tokens)
        assert loss == pytest.approx(attended(query, tokens), rel=1e-12)
        assert_close(slopes, grad(attended)(query, tokens))


def test_what_is_kept_from_before_is_looked_at(layer):
    x = drawn(5, 4)
    output, weights = layer(x, x, x, is_causal=True)
    cache = []
    for part in (x[:2], x[2:3], x[3:]):  # a text that is given, a position alone, and two more
        found, own = layer(part, part, part, is_causal=True, cache=cache)
        seen = len(cache)
        assert_close(found, [[y.data for y in row] for row in output[seen - len(part) : seen]], 1e-13)
        assert [len(row) for row in own] == [seen] * len(part)
    assert_close(own, [[w.data for w in row] for row in weights[3:]], 1e-13)
    loss = dot(found[1], [1.0, 2.0, 3.0, 4.0])
    loss.backward()
    kept = layer.in_proj_weight.grad
    layer.zero_grad()
    dot(output[4], [1.0, 2.0, 3.0, 4.0]).backward()
    assert_close(layer.in_proj_weight.grad, kept, 1e-12)


def test_a_batch_has_its_own_cache(layer):
    layer.batch_first = True
    x = drawn(3, 2, 4)
    cache = []
    for i in range(2):
        found, _ = layer(*([[row[i : i + 1] for row in x]] * 3), cache=cache)
    output, _ = layer(x, x, x, is_causal=True)
    assert_close(found, [[[y.data for y in row[1]]] for row in output], 1e-13)
    del cache[0]
    found, weights = layer(*([[row[:1] for row in x]] * 3), cache=cache)
    assert np.shape(weights) == (3, 1, 2)
    with pytest.raises(ShapeError, match=r"of a batch of 3, and this one has 1; begin with an empty list"):
        layer(x[:1], x[:1], x[:1], cache=cache)
    assert len(cache) == 2


@pytest.mark.parametrize("need_weights", [True, False])
def test_where_all_keys_are_hidden_there_is_the_bias_alone(layer, need_weights):
    layer.out_proj.bias = [1.0, 2.0, 3.0, 4.0]
    x = values(drawn(2, 4))
    output, weights = layer(x, x, x, key_padding_mask=[True, True], need_weights=need_weights)
    assert_close(output, [[1.0, 2.0, 3.0, 4.0]] * 2, 0.0)
    assert weights == ([[0.0, 0.0]] * 2 if need_weights else None)
    dot(flat(output), [1.0] * 8).backward()
    assert {*flat(layer.in_proj_weight.grad), *flat(gradients(x))} == {0.0}
    assert layer.out_proj.bias.grad == [2.0] * 4


def test_weights_are_left_out_in_training():
    layer, x = MultiheadAttention(4, 2, dropout=0.5, seed=0), drawn(6, 4)
    _, left = layer(x, x, x, average_attn_weights=False)
    _, whole = layer.eval()(x, x, x, average_attn_weights=False)
    shares = [y.data / x.data for x, y in zip(whole.leaves, left.leaves)]
    assert {round(share, 12) for share in shares} == {0.0, 2.0}
    assert 0.25 < sum(shares) / 2 / len(shares) < 0.75
    assert layer.train()(x, x, x, average_attn_weights=False)[1].data != left.data


def test_what_is_left_out_is_the_same_in_all_engines():
    rows = [(drawn(3, 4, seed=i), float(i % 2)) for i in range(4)]

    def made():
        block = TransformerEncoderLayer(4, 2, 3, dropout=0.3)
        return Sequential(block, lambda x: x[-1], Linear(4, 1))

    start = made().state_dict()

    def trained(seed, **engine):
        model = made()
        model.load_state_dict(start)
        fit(model, rows, optimizer=SGD(0.1), epochs=3, batch_size=2, seed=seed, **engine)
        return [*model.state_dict().values()]

    eager = trained(3)
    assert_close(trained(3, engine="derived", backend="python"), eager, 1e-10)
    assert_close(trained(3, engine="derived", backend="wasm"), eager, 1e-10)
    assert trained(4) != eager


def test_numbers_alone_are_the_same_without_a_graph(layer):
    x = drawn(3, 4)
    with no_grad():
        output, weights = layer(x, x, x, is_causal=True)
    assert {entry.parents for entry in flat([output, weights])} == {()}
    recorded = layer(x, x, x, is_causal=True)
    assert [x.data for x in flat([output, weights])] == [x.data for x in flat([*recorded])]


def test_it_is_written_as_textbooks_write_it(layer):
    def loss(x):
        output, _ = layer(x, x, x, is_causal=True, need_weights=False)
        return dot(flat(output), flat(output))

    program = derive(loss, inputs=[drawn(5, 4)], wrt=layer.parameters())
    rolled, nodes = re.search(r"([\d,]+) of ([\d,]+) nodes rolled", repr(program)).groups()
    assert rolled == nodes
    assert re.search(r" = np\.exp\((t\d) - \1\.max\(axis=-1, keepdims=True\)\)", program.source)
    assert " @ " in program.source
    assert " for " not in program.source


def test_weights_begin_as_pytorchs():
    layer = MultiheadAttention(64, 2, seed=0)
    for numbers, bound in (
        (layer.in_proj_weight.data, math.sqrt(6 / 256)),
        (layer.out_proj.weight.data, 1 / 8),
    ):
        assert bound * 0.99 < max(map(abs, flat(numbers))) <= bound
    assert {*layer.in_proj_bias.data, *layer.out_proj.bias.data} == {0.0}
    assert MultiheadAttention(64, 2, seed=0).state_dict() == layer.state_dict()


X = [[1.0, 2.0, 3.0, 4.0]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: scaled_dot_product_attention([[1.0]], [[1.0, 2.0]], [[1.0]]),
            ShapeError,
            r"a query and keys of one width, and a value for each key, not query \(1, 1\), key \(1, 2\)",
        ),
        (lambda: scaled_dot_product_attention([1.0], [1.0], [1.0]), ShapeError, r"not query \(1,\)"),
        (lambda: scaled_dot_product_attention([[1.0]], [[]], [[]]), ShapeError, r"key \(1, 0\)"),
        (
            lambda: scaled_dot_product_attention([[[1.0]]] * 2, [[[1.0]]] * 3, [[[1.0]]] * 3),
            ShapeError,
            "the axes of scaled_dot_product_attention before the last two are of one length, or 1",
        ),
        (
            lambda: scaled_dot_product_attention(X, X, X, [[True, False]]),
            ShapeError,
            r"attn_mask of scaled_dot_product_attention must fit the shape \(1, 1\), and has",
        ),
        (
            lambda: scaled_dot_product_attention(X, X, X, [[1]]),
            DataError,
            r"and not 1 \(int\); write True or False",
        ),
        (
            lambda: scaled_dot_product_attention(X, [*X, *X], [*X, *X], [[True, 0.0]]),
            DataError,
            "mixes truth values and numbers",
        ),
        (lambda: scaled_dot_product_attention(X, X, X, dropout_p=0.1), RuleError, "write dropout_p=0.0"),
        (lambda: scaled_dot_product_attention(X, X, X, scale="a"), DataError, "the scale of scaled_dot"),
        (
            lambda: derive(lambda m: scaled_dot_product_attention(X, X, X, m)[0][0], inputs=[[[1.0]]]),
            TracingError,
            "write mask > 0.5 for each of them, or 1.0 \\* mask",
        ),
        (lambda: MultiheadAttention(4, 3), ShapeError, "embed_dim=4 is no multiple of num_heads=3"),
        (lambda: MultiheadAttention(4, 2, 1.5), RangeError, "dropout of MultiheadAttention must be from 0"),
        (lambda: MultiheadAttention(4, 2, add_bias_kv=True), RuleError, "has no add_bias_kv: leave it out"),
        (lambda: MultiheadAttention(4, 2, add_zero_attn=True), RuleError, "or write add_zero_attn=False"),
        (lambda: TransformerEncoderLayer(4, 2, activation="swash"), UnknownNameError, "relu, gelu|gelu"),
        (
            lambda: MultiheadAttention(4, 2)([[1.0]], X, X),
            ShapeError,
            r"takes a query \(L, 4\), a key \(S, 4\) and a value \(S, 4\), or batches \(L, N, ...\)",
        ),
        (
            lambda: MultiheadAttention(4, 2)(X, X, X, cache=()),
            DataError,
            r"the cache of MultiheadAttention\(.*\) is a list, empty at first, not \(\) \(tuple\)",
        ),
        (
            lambda: MultiheadAttention(4, 2)(X, X, X, attn_mask=[[[False]]] * 3),
            ShapeError,
            r"of MultiheadAttention must fit the shape \(2, 1, 1\), and has the shape \(3, 1, 1\)",
        ),
    ],
)
def test_what_does_not_fit_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
