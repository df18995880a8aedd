"""What surprises people who come from other frameworks: `tests/reference/surprises-frameworks.json`.

A table of tests by the name of an entry; each is given what was measured.
"""

import json
from math import nan
from pathlib import Path

import numpy as np
import pytest
from layers import assert_close, flat, gradients, values

from autograd_scratch import nn
from autograd_scratch.errors import RangeError
from autograd_scratch.primitives import sum_

ENTRIES = json.loads((Path(__file__).parent / "reference" / "surprises-frameworks.json").read_text())
MEASURED = {entry["id"]: entry["value"] for entry in ENTRIES["entries"]}


def of_kernel(layer, *kernels):
    """Return a layer with a weight for all channels, and no bias."""
    layer.weight = [[[*kernel] for kernel in kernels]]
    return layer


def slopes(layer, x):
    """Return the gradient of the sum of a layer's outputs by a sample of one channel."""
    leaves = values([x])
    sum_(flat(layer(leaves))).backward()
    return gradients(leaves)[0]


def conv_same_even(value):
    x = [[1.0, 2.0, 3.0, 4.0, 5.0]]
    for kernel, dilation, expected in (
        ([1.0, 10.0], 1, value["k=2"]),
        ([1.0] * 4, 1, value["k=4, ones"]),
        ([1.0, 10.0], 3, value["k=2, dilation 3"]),
    ):
        layer = nn.Conv1d(1, 1, len(kernel), padding="same", dilation=dilation, bias=False)
        assert_close(of_kernel(layer, kernel)([x]), expected)
    with pytest.raises(RangeError, match="padding='same' goes with stride=1"):
        nn.Conv1d(1, 1, 3, stride=2, padding="same")
    layer = of_kernel(nn.Conv1d(1, 1, 2, padding="same", bias=False), [1.0, 10.0])
    assert_close(slopes(layer, x[0]), [1.0, 11.0, 11.0, 11.0, 11.0])  # its place in two windows


def conv_transpose(value):
    x = [[[1.0, 2.0, 3.0]]]
    layer = nn.ConvTranspose1d(1, 1, 1, stride=2, output_padding=1, bias=False)
    assert_close(of_kernel(layer, [1.0])(x), value["x 1 2 3, k=1, s=2, output_padding 1"])
    layer = nn.ConvTranspose1d(1, 1, 3, stride=2, padding=1, output_padding=1, bias=False)
    of_kernel(layer, [1.0, 10.0, 100.0])
    assert_close(layer(x), value["x 1 2 3, w 1 10 100, s=2, p=1, output_padding=1"])
    assert_close(slopes(layer, x[0][0]), [110.0, 111.0, 111.0])  # the sum of the weights that stay inside
    shape = nn.ConvTranspose2d(3, 5, 2).weight.shape
    assert [*shape] == value["weight of ConvTranspose2d(3, 5, 2)"]
    with pytest.raises(RangeError, match="output_padding of ConvTranspose1d must be below stride"):
        nn.ConvTranspose1d(1, 1, 3, stride=2, output_padding=2)


def init_bounds(value):
    bound = value["all three first bounds"]
    for layer in (  # with fewer outputs than those that were measured, which the bound does not count
        nn.Linear(16, 400, seed=0),
        nn.Conv2d(4, 100, 2, seed=0),
        nn.ConvTranspose2d(100, 4, 2, seed=0),
    ):
        assert 0.99 * bound < np.abs(layer.weight.data).max() <= bound
        assert np.abs(layer.bias.data).max() <= bound


def max_pool(value):
    assert_close(slopes(nn.MaxPool1d(3, 1), [1.0, 1.0, 1.0, 0.0]), value["ties 1 1 1 0, k=3, s=1"][0][0])
    assert_close(nn.MaxPool1d(3)([[[1.0, nan, 3.0]]]), value["1 nan 3"])
    assert_close(slopes(nn.MaxPool1d(3), [1.0, nan, 3.0]), [0.0, 1.0, 0.0])
    assert_close(nn.MaxPool1d(2, 1, 1)([[[-5.0, -6.0]]]), value["-5 -6, k=2, s=1, p=1"])
    assert_close(slopes(nn.MaxPool1d(2, 1, 1), [-5.0, -6.0]), [2.0, 1.0])
    counted = [float(i) for i in range(1, 6)]
    assert_close(nn.MaxPool1d(2, 2, ceil_mode=True)([[counted]]), value["1..5, k=2, s=2, ceil"])
    last_begins_in_the_padding = nn.MaxPool1d(2, 3, 1, ceil_mode=True)
    assert_close(last_begins_in_the_padding([[counted[:4]]]), value["1..4, k=2, s=3, p=1, ceil"])
    with pytest.raises(RangeError, match="padding of MaxPool1d must be at most half of a window"):
        nn.MaxPool1d(2, padding=2)


def avg_pool(value):
    assert_close(nn.AvgPool1d(2, 1, 1)([[[2.0, 4.0]]]), value["2 4, k=2, s=1, p=1"])
    assert_close(slopes(nn.AvgPool1d(2, 1, 1), [2.0, 4.0]), [1.0, 1.0])
    without = nn.AvgPool1d(2, 1, 1, count_include_pad=False)
    assert_close(without([[[2.0, 4.0]]]), value["count_include_pad=False"])
    assert_close(slopes(without, [2.0, 4.0]), [1.5, 1.5])
    x = [[[2.0, 4.0, 6.0]]]
    assert_close(nn.AvgPool1d(2, 2, ceil_mode=True)(x), value["2 4 6, k=2, s=2, ceil"])
    assert_close(slopes(nn.AvgPool1d(2, 2, ceil_mode=True), x[0][0]), [0.5, 0.5, 1.0])
    assert_close(nn.AvgPool1d(2, 2, 1, ceil_mode=True)(x), value["2 4 6, k=2, s=2, p=1, ceil"])


def adaptive_pool(value):
    counted = [float(i) for i in range(5)]
    assert_close(nn.AdaptiveAvgPool1d(3)([[counted]]), value["avg 0..4 to 3"])
    assert_close(slopes(nn.AdaptiveAvgPool1d(3), counted), np.array([3, 5, 2, 5, 3]) / 6.0)
    x = [0.0, 1.0, 5.0, 1.0, 0.0]
    measured = value["max of 0 1 5 1 0 to 2"]
    assert_close(nn.AdaptiveMaxPool1d(2)([[x]]), measured["out"])
    assert_close(slopes(nn.AdaptiveMaxPool1d(2), x), measured["grad"])


def lp_pool(value):
    for p in (1, 2):
        assert_close(nn.LPPool1d(p, 3)([[[-1.0, -1.0, 2.0]]]), value[f"p={p}"])
    assert_close(slopes(nn.LPPool1d(1, 3), [-1.0, -1.0, 2.0]), [0.0, 0.0, 0.0])


def unfold(value):
    x = np.arange(8.0).reshape(1, 2, 2, 2)
    assert_close(nn.Unfold((1, 2))(x), value)


CONVOLUTION = {
    "torch.conv_same_even": conv_same_even,
    "torch.conv_transpose": conv_transpose,
    "torch.init_bounds": init_bounds,
    "torch.max_pool": max_pool,
    "torch.avg_pool": avg_pool,
    "torch.adaptive_pool": adaptive_pool,
    "torch.lp_pool": lp_pool,
    "torch.unfold": unfold,
}
TESTS = CONVOLUTION


@pytest.mark.parametrize("name", TESTS)
def test_what_surprises_is_as_measured(name):
    TESTS[name](MEASURED[name])
