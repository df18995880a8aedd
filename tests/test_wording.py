"""Nodes in words: formulas with few parentheses, in bounded texts."""

import math
import sys
import types

import pytest

import autograd_scratch as ag
from autograd_scratch import Value, explain
from autograd_scratch.wording import Line, cut, equation, expression

INF, NAN = math.inf, math.nan


def test_formulas_have_the_parentheses_that_python_needs():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    cases = {
        "(a + b) * (a - b)": (a + b) * (a - b),
        "a * b + a": a * b + a,
        "a - (b - a)": a - (b - a),
        "(-a) ** 2": (-a) ** 2,
        "-a ** 2": -(a**2),
        "-3 * a": -3.0 * a,
        "tanh(a / 0.5)": (a / 0.5).tanh(),
        "(a + b) / 2": ag.mean(a, b),
        "a * 1 + b * 2 + a": ag.dot([a, b], [1.0, 2.0], a),
        "sum of 9 operands": ag.sum([a] * 9),
        "h + 1": (a * b).named("h") + 1.0,
    }
    assert {text: expression(node) for text, node in cases.items()} == {text: text for text in cases}
    for text, node in cases.items():
        if "sum" not in text and "tanh" not in text:
            assert eval(text, {"a": a.data, "b": b.data, "h": -6.0}) == pytest.approx(node.data)


def test_every_text_is_bounded_and_on_one_line():
    x = Value(1.0, "x" * 1_000 + "\n")
    node = x
    for _ in range(30):
        node = node * x + x
    wide = ag.dot([x] * 500, [x] * 500)
    for thing in (x, node, wide, node.named("y" * 500)):
        for text in (expression(thing), equation(thing)):
            assert len(text) <= 48
            assert text.isprintable()
    assert len(max(str(explain(node, x)).splitlines(), key=len)) < 400
    assert cut("abc", 3) == "abc"


def test_primitives_of_ones_own_are_told_as_they_are_written():
    odd = ag.primitive(partials=lambda out, x: (1.0,), source="<<{0}>>", name="odd")(lambda x: x)
    assert expression(odd(Value(1.0, "a"))) == "<<a>>"


@pytest.mark.parametrize(
    "name", ["_5_", "_0_", "a\nb", "\x1b[31m", "f(" * 300, "\0", "\ud800", "1 if", "-" * 9_999]
)
def test_a_primitive_of_any_name(name):
    x = Value(2.0, "x")
    node = ag.primitive(partials=lambda out, x: (1.0,), name=name)(lambda x: x)(x)
    for text in (expression(node), equation(node * x), str(explain(node + x, x)).replace("\n", "")):
        assert text.isprintable()
    assert len(expression(node)) <= 48


CELL = "/tmp/ipykernel_71/1122926348.py"


def format_code_name(file):
    """Name files as IPython's own compiler does."""
    return ("Cell", "In[6]") if file == CELL else None


def ipython(**shell):
    """Return what stands in for IPython, with such a shell."""
    return types.SimpleNamespace(get_ipython=lambda: types.SimpleNamespace(**shell))


COMPILER = types.SimpleNamespace(format_code_name=format_code_name)


@pytest.mark.parametrize(
    ("module", "file", "text", "short"),
    [
        (ipython(compile=COMPILER), CELL, None, None),
        (ipython(compile=COMPILER), "a/net.py", "net.py:3", "line 3"),
        (ipython(), CELL, "line 3 of the cell", "line 3 of the cell"),
        (types.SimpleNamespace(get_ipython=lambda: None), CELL, "line 3 of the cell", "line 3 of the cell"),
        (types.ModuleType("IPython"), "<ipython-input-6-9b1f>", None, None),
        (None, "/tmp/ipython-input-6-2390781.py", None, None),
        (None, "a/net.py", "net.py:3", "line 3"),
    ],
)
def test_a_line_in_a_notebook_is_called_as_ipython_calls_it(monkeypatch, module, file, text, short):
    monkeypatch.setitem(sys.modules, "IPython", module)
    line = Line(file, 3)
    assert (str(line), line.short) == (text or "Cell In[6], line 3", short or "Cell In[6], line 3")
