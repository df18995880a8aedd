"""What a person's own test suite shows where a derivative is wrong: the verdict, and no line of ours."""

import os
import subprocess
import sys

import pytest

SUITE = """
from autograd_scratch import assert_gradients, check_primitive, compare, gradcheck, primitive

@primitive(partials=lambda out, x: (2.0 * x * x,))
def cube(x):
    return x * x * x

def test_by_hand():
    assert_gradients(lambda w, b: (w * 3.0 + b) ** 2, {"w": 0.5, "b": 2.0}, {"w": 10.5, "b": 7.0})

def test_measured():
    gradcheck(cube, 2.0)

def test_rule():
    check_primitive(cube)

def test_call():
    gradcheck(cube)

def test_nothing_returned():
    assert_gradients(lambda w: w * w, {"w": 0.5}, lambda w: None)

def test_own_fault():
    assert_gradients(lambda w: w * w, {"w": 0.5}, lambda w: {"w": w.T})

def half(w):
    return (w * 3.0) ** 2

def test_compared():
    assert compare(half, {"w": 0.5}, {"w": 4.5})

def test_report():
    report = compare(half, {"w": 0.5}, {"w": 4.5})
    assert report

def test_refused():
    def picky(w):
        if type(w).__name__ != "float":
            raise ValueError("numbers only")
        return w

    assert_gradients(picky, {"w": 0.5}, {"w": 1.0})

def test_two_losses():
    assert_gradients(lambda w: [w, w], {"w": 0.5}, {"w": 1.0})
"""
SUMMARY = {
    "test_by_hand": "GradientError: WRONG: 1 of 2 blocks, w, differs from the derived gradient",
    "test_measured": "GradientError: the derivative of output 0 by inputs[0], in reverse mode",
    "test_rule": "RuleError: partial 1 of cube at (-0.8725,) is 1.52251, but the slope is 2.28377",
    "test_compared": "assert <report: wrong: w differs from the derived gradient; most likely, a factor of",
    "test_report": "assert <report: wrong: w differs from the derived gradient; most likely, a factor of",
    "test_refused": "RuleError: the loss runs on numbers and not on Values, with which its gradient is",
    "test_nothing_returned": "DataError: hand has the gradients by name, as {",
    "test_own_fault": "AttributeError: 'float' object has no attribute 'T'",
    "test_two_losses": "ShapeError: ",
    "test_call": "CallError: gradcheck lacks 'inputs'. It is called as gradcheck(f, inputs, ",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suite")
    (folder / "test_of_a_person.py").write_text(SUITE)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder],
        cwd=folder,
        env={**os.environ, "COLUMNS": "250"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout


@pytest.mark.parametrize("name", SUMMARY)
def test_the_verdict_stands_in_the_one_line_of_a_test(shown, name):
    (line,) = [line for line in shown.splitlines() if line.startswith("FAILED") and f"::{name} " in line]
    assert SUMMARY[name] in line


def test_the_whole_report_is_shown_and_no_line_of_the_package(shown):
    assert "E       block  shape  verdict  relative error" in shown
    assert "With" in shown.partition("The mistake:")[2]
    assert ">       assert_gradients(" in shown
    assert '>           raise ValueError("numbers only")' in shown
    assert "contextlib" not in shown
    assert "autograd_scratch/" not in shown.replace("\\", "/")


def test_a_report_in_an_assertion_says_where(shown):
    (line,) = [line for line in shown.splitlines() if line.startswith("E       assert <report")]
    assert "at w * 3.0, line 27 of test_of_a_person.py; print it>" in line
