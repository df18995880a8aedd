"""Numbers in a few signs of text."""

import io
import math
import os
import subprocess
import sys

import pytest

from autograd_scratch import MLP, SGD, fit
from autograd_scratch.datasets import XOR
from autograd_scratch.sparklines import ASCII, BLOCKS, NOT_FINITE, WIDTH, signs_for, sparkline, suits_log
from autograd_scratch.training import History

INF, NAN = math.inf, math.nan
LINES = {  # written down from the definition: a range in eight equal parts
    "empty": ([], ""),
    "one": ([0.3], "▄"),
    "constant": ([2.0] * 5, "▄▄▄▄▄"),
    "zero": ([0.0, 0.0], "▄▄"),
    "linear": ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "▁▂▃▄▅▆▇█"),
    "negative": ([-1.0, -4.5, -8.0], "█▅▁"),
    "both signs": ([-1.0, 1.0], "▁█"),
    "decades": ([1e3, 1e2, 1e1, 1e0], "█▆▃▁"),
    "decades and 0": ([1e3, 1e2, 1e1, 0.0], "█▁▁▁"),
    "nan": ([1.0, NAN, 0.0], "█!▁"),
    "infinities": ([INF, 1.0, 0.0, -INF], "!█▁!"),
    "nan alone": ([NAN], "!"),
    "nan beside a constant": ([NAN, 1.0, 1.0], "!▄▄"),
    "diverging": ([1.0, 1e100, 1e200, INF], "▁▅█!"),
    "the largest": ([-1.7e308, 1.7e308], "▁█"),
    "the smallest": ([5e-324, 5e-324], "▄▄"),
    "whole numbers": ([3, 2, 1], "█▅▁"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_sign_is_as_high_as_its_number(name):
    numbers, line = LINES[name]
    assert sparkline(numbers) == line
    assert sparkline(tuple(numbers)) == line
    assert sparkline(numbers, signs=ASCII) == line.translate(str.maketrans(BLOCKS, ASCII))


@pytest.mark.parametrize("count", [1, 23, 24, 25, 47, 1_000, 10_007])
@pytest.mark.parametrize("width", [1, 8, WIDTH])
def test_a_line_is_bounded_and_no_number_is_left_out(count, width):
    numbers = [float(i) for i in range(count)]
    line = sparkline(numbers, width)
    assert len(line) == min(count, width)
    assert list(line) == sorted(line)
    for i in {0, count // 2, count - 1}:
        spoilt = sparkline([*numbers[:i], NAN, *numbers[i + 1 :]], width)
        assert spoilt.count(NOT_FINITE) == 1


def test_a_part_is_its_mean():
    assert sparkline([0.0, 2.0, 4.0, 4.0, 7.0, 9.0], 3) == sparkline([1.0, 4.0, 8.0])
    assert sparkline([1.0, 1e4, 1.0, 1.0, 1e4, 1e4], 3) == sparkline([1e2, 1.0, 1e4])


@pytest.mark.parametrize(
    ("numbers", "suits"),
    [
        ([], False),
        ([1.0], False),
        ([1.0, 100.0], False),
        ([1.0, 100.1], True),
        ([100.1, 1.0, INF, NAN], True),
        ([-1.0, 1000.0], False),
        ([0.0, 1000.0], False),
        ([INF, NAN], False),
        ([5e-324, 1.7e308], True),
    ],
)
def test_more_than_two_decades_are_for_a_logarithm(numbers, suits):
    assert suits_log(numbers) is suits


@pytest.mark.parametrize(
    ("encoding", "signs"),
    [("utf-8", BLOCKS), ("utf-16", BLOCKS), ("cp437", ASCII), ("cp1252", ASCII), ("ascii", ASCII)],
)
def test_signs_are_those_that_a_stream_can_write(encoding, signs):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    stream.write(signs_for(stream))
    assert signs_for(stream) == signs


@pytest.mark.parametrize("stream", [None, io.StringIO(), object()])
def test_a_stream_without_an_encoding_takes_all_signs(stream):
    assert signs_for(stream) == BLOCKS


HISTORIES = {
    "0 epochs": History(),
    "1 epoch, loss 0.5 to 0.5  ▄": History([0.5]),
    "3 epochs, loss 0.5 to nan, wasm  █▁!": History([0.5, 0.25, NAN], backend="wasm"),
}


@pytest.mark.parametrize("told", HISTORIES)
def test_a_history_is_printed_with_its_curve(told):
    assert str(HISTORIES[told]) == told
    assert repr(HISTORIES[told]) == f"<history of {told.partition('  ')[0]}>"


def test_a_printed_history_is_a_short_line():
    model = MLP(2, [4, 1], "sigmoid", "sigmoid", seed=42)
    history = fit(model, XOR, optimizer=SGD(5.0), epochs=10_000, engine="derived", backend="python")
    line = str(history)
    assert len(line) < 80
    assert line.startswith("10,000 epochs, loss 0.2882 to 3.901e-05, python  █")
    assert line.endswith("▁")
    assert line.partition("  ")[2] == sparkline(history.losses)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_history_can_be_printed_whatever_the_encoding(encoding):
    program = "from autograd_scratch.training import History; print(History([2.0, 1.0]))"
    run = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", program],
        env={"PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
    )
    curve = "█▁" if encoding == "utf-8" else "#_"
    assert run.stdout.decode(encoding).rstrip() == f"2 epochs, loss 2 to 1  {curve}", run.stderr
