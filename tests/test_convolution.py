"""Convolutions and pools: what is derived of them and of people's own loops, and what is refused."""

import re
from random import Random

import numpy as np
import pytest

from autograd_scratch import Adam, compare, cross_entropy, derive, fit, functional_call, nn
from autograd_scratch.errors import CallError, DataError, RangeError, ShapeError, UnknownNameError
from autograd_scratch.primitives import dot, sum_, tanh
from autograd_scratch.program.nests.loops import statements
from autograd_scratch.program.nests.tracing import nests_of_equations


def flat(rows):
    return [entry for row in rows for entry in (flat(row) if isinstance(row, list) else [row])]


def network():
    layers = (
        *(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1)),
        *(nn.Flatten(start_dim=0), nn.Linear(24, 3)),
    )
    return nn.Sequential(*layers).reset_parameters(seed=0)


def derived(model, x):
    def loss(x, state):
        return sum_([tanh(entry) for entry in flat(functional_call(model, state, x))])

    return derive(loss, wrt=["x", "state"], inputs=[x, model.state_dict()])


def image(*shape):
    return np.random.default_rng(0).normal(size=shape).tolist()


def test_derived_code_slides_windows_over_whole_arrays():
    source = derived(nn.Conv2d(2, 3, 3, padding=1, seed=0), image(2, 8, 8)).source
    assert "padded[:, 1:9, 1:9] = x\n" in source
    assert "sliding_window_view(padded, (3, 3), axis=(1, 2))" in source
    assert re.search(r"dpadded\[:, i:i \+ 8, j:j \+ 8\] \+=", source)
    assert "dx = dpadded[:, 1:9, 1:9].copy()\n" in source


def test_a_network_is_rolled_whole_without_tables_and_scatters():
    program = derived(network(), image(1, 8, 8))
    assert re.search(r"(\d[\d,]*) of \1 nodes rolled in 9 steps", repr(program))
    assert "add.at" not in program.source
    assert not re.search(r"\[[^]]*\bc\d+\b", program.source)
    nests, _ = nests_of_equations(program.equations)
    assert not any(s.place.table for s in statements(nests.body) if hasattr(s, "place"))


def test_loops_over_lists_with_zeros_around_are_the_same():
    def convolved(x, w):
        rows = [[0.0] * 7, *([0.0, *row, 0.0] for row in x), [0.0] * 7]
        out = []
        for i in range(4):
            for j in range(5):
                window = [rows[i + k][j + n] for k in range(3) for n in range(3)]
                out.append(tanh(dot(w, window)))
        return sum_(out)

    x, w = image(4, 5), image(9)
    program = derive(convolved, wrt=["x", "w"], inputs=[x, w])
    assert "add.at" not in program.source
    layer = nn.Conv2d(1, 1, 3, padding=1, bias=False)
    layer.weight = [[np.reshape(w, (3, 3)).tolist()]]
    x_leaves = [[[nn.Parameter([[entry]])[0][0] for entry in row] for row in x]]
    loss = sum_([tanh(entry) for entry in flat(layer(x_leaves))])
    loss.backward()
    value, (dx, dw) = program(x, w)
    assert value == pytest.approx(loss.data, rel=1e-12)
    np.testing.assert_allclose(dx, [[leaf.grad for leaf in row] for row in x_leaves[0]], rtol=1e-11)
    np.testing.assert_allclose(dw, flat(layer.weight.grad), rtol=1e-11)


def test_training_in_blocks_of_rows_is_that_on_values():
    random = Random(0)
    x = [[[[random.random() for _ in range(8)] for _ in range(8)]] for _ in range(12)]
    y = [random.randrange(3) for _ in range(12)]
    runs = []
    for engine, backend in (("eager", None), ("derived", "wasm")):
        model = network()
        history = fit(
            model, x, y, loss=cross_entropy, optimizer=Adam(0.01), epochs=3, batch_size=4, seed=0,
            engine=engine, backend=backend,
        )  # fmt: skip
        runs.append((history.losses, flat([*model.state_dict().values()])))
    np.testing.assert_allclose(runs[1][0], runs[0][0], rtol=1e-10)
    np.testing.assert_allclose(runs[1][1], runs[0][1], rtol=1e-8, atol=1e-10)


def test_numbers_give_numbers_and_shapes_are_kept():
    assert nn.MaxPool1d(2)([[1, 3, 2, 0]]) == [[3.0, 2.0]]
    assert nn.AvgPool2d(2)(np.ones((3, 1, 4, 4))).shape == (3, 1, 2, 2)
    assert nn.Conv2d(3, 8, 5, padding="same")(np.zeros((2, 3, 7, 6))).shape == (2, 8, 7, 6)
    assert nn.ZeroPad2d(1)([[[5.0]]]) == [[[0.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 0.0]]]


def test_functions_are_the_layers():
    x, F = image(2, 4, 6, 5), nn.functional
    layer = nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2, seed=0)
    found = F.conv2d(x, layer.weight, layer.bias, stride=2, padding=1, groups=2)
    np.testing.assert_array_equal(found.data, layer(x).data)
    numbers = F.conv1d([[1.0, 4.0, 9.0]], [[[1.0, 1.0]]], padding="same")
    assert numbers == [[5.0, 13.0, 9.0]]
    np.testing.assert_array_equal(F.max_pool2d(x, 2), nn.MaxPool2d(2)(x))
    np.testing.assert_array_equal(F.avg_pool2d(x, 3, stride=1), nn.AvgPool2d(3, 1)(x))
    np.testing.assert_array_equal(F.adaptive_avg_pool2d(x, (1, 2)), nn.AdaptiveAvgPool2d((1, 2))(x))
    with pytest.raises(
        ShapeError, match=r"weight of conv2d is \(out_channels, in_channels / groups, height"
    ):
        F.conv2d(x, layer.bias)
    with pytest.raises(ShapeError, match=r"bias of conv2d has one entry for each of 6 outputs, not \(1,\)"):
        F.conv2d(x, layer.weight, [0.5], groups=2)


@pytest.mark.parametrize(("hand", "verdict"), [([1.0, 0.0], "right"), ([0.0, 1.0], "kink")])
def test_equal_entries_of_a_window_are_a_kink_for_the_checker(hand, verdict):
    def loss(x):
        return 2.0 * nn.functional.max_pool1d([x], 2)[0][0]

    report = compare(loss, at={"x": [1.0, 1.0]}, hand={"x": [2.0 * slope for slope in hand]})
    assert report.verdict == verdict


def test_equal_seeds_draw_equal_kernels():
    assert nn.Conv1d(2, 3, 4, seed=1).state_dict() == nn.Conv1d(2, 3, 4, seed=1).state_dict()
    assert nn.Conv1d(2, 3, 4, seed=1).state_dict() != nn.Conv1d(2, 3, 4, seed=2).state_dict()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: nn.Conv2d(1, 2, 3)(image(8, 8)),
            ShapeError,
            r"takes \(1, height, width\) with a height from 3 on and a width from 3 on, or a batch of such "
            r"samples, not the shape \(8, 8\); with one channel it is \[x\]",
        ),
        (
            lambda: nn.Conv2d(1, 2, 3)(image(5, 8, 8)),
            ShapeError,
            r"the shape \(5, 8, 8\); with one channel each it is \[\[x\] for x in xs\], or X\[:, None\]",
        ),
        (lambda: nn.Conv2d(3, 2, 3)(image(8, 8, 3)), ShapeError, r"\(8, 8, 3\); channels come first"),
        (lambda: nn.Conv2d(1, 2, 5)(image(1, 4, 4)), ShapeError, r"a height from 5 .* \(1, 4, 4\)$"),
        (lambda: nn.Conv1d(2, 2, 1)(image(3, 4)), ShapeError, r"takes \(2, length\), or a batch"),
        (
            lambda: nn.MaxPool2d(2)(image(4, 4)),
            ShapeError,
            r"\(channels, height, width\) .* it is \[x\], or x\[None\]",
        ),
        (lambda: nn.Conv2d(1, 2, 3)([]), ShapeError, "not an empty batch"),
        (
            lambda: nn.Conv1d(1, 1, 2, padding=3, padding_mode="reflect")(image(1, 3)),
            ShapeError,
            "a length from 4 on",
        ),
        (lambda: nn.Conv2d(0, 2, 3), ShapeError, "in_channels of Conv2d must be a whole number from 1"),
        (lambda: nn.Conv2d(1, 2, 0), ShapeError, "kernel_size of Conv2d must be a whole number from 1"),
        (lambda: nn.Conv2d(1, 2, (3, 3, 3)), ShapeError, "kernel_size of Conv2d is one number, or 2"),
        (lambda: nn.Conv2d(1, 2, 3, padding=-1), ShapeError, "padding of Conv2d must be .* from 0 on"),
        (lambda: nn.Conv2d(3, 2, 3, groups=2), ShapeError, "in_channels .* a multiple of groups=2, not 3"),
        (lambda: nn.Conv2d(1, 2, 3, bias=0), DataError, "bias of Conv2d is True or False, not 0"),
        (lambda: nn.Conv2d(1, 2, 3, padding="full"), UnknownNameError, "no padding is called 'full'"),
        (lambda: nn.Conv2d(1, 2, 3, padding_mode="zero"), UnknownNameError, "did you mean 'zeros'"),
        (
            lambda: nn.ConvTranspose1d(1, 2, 3, padding_mode="reflect"),
            UnknownNameError,
            "no padding_mode of ConvTranspose1d is called 'reflect'; known: zeros",
        ),
        (lambda: nn.MaxPool2d(2, padding=2), RangeError, "at most half of a window, not 2 of 2"),
        (lambda: nn.MaxPool2d(2, return_indices=True), RangeError, "leave return_indices out"),
        (lambda: nn.AvgPool2d(2, divisor_override=0), RangeError, "a number to divide by, not 0"),
        (lambda: nn.AdaptiveAvgPool2d(0), ShapeError, "output_size of AdaptiveAvgPool2d must be"),
        (lambda: nn.Conv2d(1, 2), CallError, "kernel_size"),
    ],
)
def test_what_does_not_fit_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()
