"""The text of derived code: what it says, and what it must not say; word by word in tests/golden.

The golden files are written anew by `python tests/test_program_source.py`: read what changes in them.
"""

import ast
import math
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from test_conventions import RECORDS, function_called
from test_expressions import one_of_each_expression, run
from test_models import LOSS, MODELS, build
from test_program import FUNCTIONS, agree

import autograd_scratch as ag
from autograd_scratch import MLP, Value, derive, exp, log, mse, where

GOLDEN = Path(__file__).parent / "golden"


def xor():
    model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=42)
    x1, x2, y = Value(1.0, "x1"), Value(0.0, "x2"), Value(1.0, "y")
    loss = mse(model([x1, x2]), y)
    return derive(loss, wrt=model.parameters(), inputs=[x1, x2, y], name="xor")


def logistic(w, b, x, y):
    """Classify by hand, with the sigmoid that never overflows."""
    z = w[0] * x[0] + w[1] * x[1] + b
    e = exp(-abs(z))
    p = where(z >= 0, 1.0, e) / (1.0 + e)
    return where(y == 1, -log(p), -log(1.0 - p))


def logistic_program():
    examples = {"w": [0.5, -0.5], "b": 0.0, "x": (1.0, 2.0), "y": 1.0}
    return derive(logistic, wrt=["w", "b"], inputs=examples)


def rosenbrock(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


def oscillator(start, spring, times):
    """Move a body on a spring by Euler's method, and look at where it ends."""
    place, speed = start["place"], start["speed"]
    for step in times:
        place, speed = place + step * speed, speed - step * spring * place
    return (place - 1.0) ** 2, {"speed": speed}


GOLDEN_SOURCES = {
    "xor": lambda: xor().source,
    "xor_rows": lambda: xor().loop_source,
    "logistic": lambda: logistic_program().source,
    "logistic_rows": lambda: logistic_program().loop_source,
    "rosenbrock": lambda: derive(rosenbrock, wrt=["x", "y"], inputs=[-1.0, 2.0], order=2).source,
    "oscillator": lambda: (
        derive(
            oscillator, wrt=["start", "spring"], inputs=[{"place": 0.0, "speed": 1.0}, 2.0, (0.1, 0.1, 0.1)]
        ).source
    ),
}


@pytest.mark.parametrize("name", GOLDEN_SOURCES)
def test_golden_source(name):
    expected = (GOLDEN / f"{name}.py.txt").read_text(encoding="utf-8")
    assert GOLDEN_SOURCES[name]() == expected, "is it better? Then run python tests/test_program_source.py"


def test_the_same_text_in_every_process():
    script = "import test_program_source as t; print({n: s() for n, s in t.GOLDEN_SOURCES.items()})"
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert texts == {f"{ {name: source() for name, source in GOLDEN_SOURCES.items()} }\n"}


def is_number(node, number):
    """Whether an expression is this number, written with its sign or without."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, number = node.operand, -number
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value == number


def problems(text):
    """Yield what is wrong with the text of a Program."""
    tree = ast.parse(text)
    (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    assigned, values, used = Counter(), Counter(), set()
    nodes = [*ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned[node.targets[0].id] += 1
            if not isinstance(node.value, (ast.Constant, ast.UnaryOp)):
                values[ast.unparse(node.value)] += 1
        elif isinstance(node, ast.ImportFrom):
            assigned.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.add(node.id)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
            sides = (node.left, node.right) if isinstance(node.op, ast.Mult) else (node.right,)
            if any(is_number(side, 1.0) or is_number(side, -1.0) for side in sides):
                yield f"times one: {ast.unparse(node)}"
        elif isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.UnaryOp):
            if not isinstance(node.op, ast.Not):
                yield f"twice minus: {ast.unparse(node)}"
        elif isinstance(node, ast.IfExp) and ast.unparse(node.body) == ast.unparse(node.orelse):
            yield f"no choice: {ast.unparse(node)}"
    yield from (f"computed twice: {value}" for value, count in values.items() if count > 1)
    yield from (f"assigned {count} times: {name}" for name, count in assigned.items() if count > 1)
    yield from (f"never used: {name}" for name in assigned if name not in used)
    arguments = {argument.arg for argument in function.args.args}
    yield from (f"an argument: {name}" for name in assigned if name in arguments)
    start = text.partition("# backward")[0].count("\n")
    sums = (n for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, (ast.Add, ast.Sub)))
    for node in sums:
        if node.lineno > start and (is_number(node.left, 0.0) or is_number(node.right, 0.0)):
            yield f"adds nothing: {ast.unparse(node)}"
    lines = text.splitlines()
    yield from (f"space at the end: {line!r}" for line in lines if line != line.rstrip())
    yield from (f"too long: {line}" for line in lines if len(line) > 120)
    if "\n\n\n" in text.partition("def ")[2] or not text.endswith("\n") or text.endswith("\n\n"):
        yield "empty lines"


def check(program):
    assert list(problems(program.source)) == []


@pytest.mark.parametrize("name", sorted(RECORDS.keys() - {"mul_zero"}))
def test_source_of_a_function(name):
    count = len(RECORDS[name][0]["args"])
    for order in (0, 1, 2):
        check(
            derive(function_called(name), wrt=[*range(count)], inputs=[0.7, 0.4, 0.3][:count], order=order)
        )


@pytest.mark.parametrize("order", [1, 2])
@one_of_each_expression
def test_source_of_expressions(case, order):
    check(derive(lambda x: run(case["prog"], x), inputs=[case["x"]], order=order))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_source_of_a_traced_function(name):
    function, points = FUNCTIONS[name]
    check(derive(function, wrt=[*range(len(points[0]))], inputs=[0.7, 0.3][: len(points[0])]))


@pytest.mark.parametrize("reference", MODELS, ids=lambda m: m["name"])
def test_source_of_a_model(reference):
    model = build(reference)
    inputs = [[Value(x) for x in row] for row in reference["X"]]
    check(
        derive(LOSS[reference["loss"]]([model(x) for x in inputs], reference["Y"]), wrt=model.parameters())
    )


@pytest.mark.parametrize("name", GOLDEN_SOURCES)
def test_golden_sources_are_as_good_as_others(name):
    found = [found for found in problems(GOLDEN_SOURCES[name]()) if "assigned" not in found]
    assert found == []


NASTY = [
    *(("lambda", "x y"), ("x-1", "exp"), ("sum", "1a"), ("ä", "ß"), ("__", "_"), ("x", "x")),
    *(("d_x", "x"), ("t1", "t2"), ("z1", "total"), ("rows", "step"), ("inf", "nan"), ("", "  ")),
    *(("True", "match"), ("self", "x'\"\n#"), ("ﬁ", "fi"), ("x", "x_2"), ("x_2", "x"), ("def", "def_")),
    *(("len", "range"), ("a.b.c", "layers.0.w"), ("max_p", "power"), ("parameters", "parameters_1")),
    *(("tanh", "is_less1"), ("math", "from"), ("x" * 200, "y" * 200), ("__debug__", "__name__")),
    *(("½", "x²"), ("abs", "e1"), ("loss", "loss"), ("print", "None")),
]  # fmt: skip


@pytest.mark.parametrize("names", NASTY, ids=str)
def test_any_names_will_do(names):
    a, b = Value(0.5, names[0]), Value(2.0, names[1])
    inner = ((a * b).exp() * a.tanh()).named(names[0])
    loss = (inner + a**0.3 * b**a + ag.max(a, b, 1.0) + ag.where(a > 0, a**3.5, -a) + inner * inner).named(
        names[1]
    )
    loss.backward()
    for name in (*names, "exp", "max_p"):
        both = derive(loss, wrt=[a, b], name=name)
        one = derive(loss, wrt=a, inputs=[b], name=name)
        assert agree(both([0.5, 2.0]), (loss.data, [a.grad, b.grad]))
        assert agree(one(0.5, 2.0), (loss.data, a.grad))
        assert agree(one.sum(0.5, [2.0, 2.0]), (2.0 * loss.data, 2.0 * a.grad))
        for text in (both.source, one.source, one.loop_source):
            ast.parse(text)
        assert not [p for p in problems(both.source) if not p.startswith(("an argument", "too long"))]


@pytest.mark.parametrize(
    "name", ["exp", "sum", "abs", "loss", "lambda", "x", "inf", "rows", "len", "", "a b"]
)
def test_any_name_of_the_function_will_do(name):
    program = derive(lambda x: abs(exp(x)) * ag.sum(x, x), inputs=[1.0], name=name)
    assert agree(program(0.5), ag.value_and_grad(lambda x: exp(x) * 2.0 * x)(0.5))


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x**math.inf, "x ** inf"),
        (lambda x: x**-math.inf, "x ** (-inf)"),
        (lambda x: x**math.nan, "x ** nan"),
        (lambda x: where(x > 0, x, math.nan), "nan"),
        (lambda x: x * -math.inf, "-inf"),
        (lambda x: x + 1e400, "inf"),
        (lambda x: x - -2.0, "x + 2.0"),
        (lambda x: x * -2.0, "x * -2.0"),
        (lambda x: 5e-324 * x, "5e-324"),
        (lambda x: x + 0.1, "x + 0.1"),
        (lambda x: x + np.float32(0.1), "0.10000000149011612"),
    ],
)
def test_constants(function, expected):
    for order in (0, 1, 2):
        program = derive(function, inputs=[0.5], order=order)
        assert expected in program.source
        scope = {}
        exec(program.source, scope)
        result = scope["loss"](0.5)
        assert agree(result if order else [result], program(0.5) if order else [program(0.5)])


def test_long_keys_with_spaces():
    example = {f"the  weight number {i} 'of' \"x\"": [1.0, {"its own bias": 2.0}] for i in range(12)}

    def function(p, x):
        return ag.sum([w * x + b["its own bias"] for w, b in p.values()])

    program = derive(function, wrt=[0, 1], inputs=[example, 3.0])
    for given in (3.0, 3):
        value, (slopes, by_x) = program(example, given)
        assert (value, by_x) == (60.0, 12.0)
        assert slopes == {key: [3.0, {"its own bias": 1.0}] for key in example}
    assert list(problems(program.source)) == []


def test_a_condition_that_is_turned_round_is_written_with_not():
    text = derive(lambda x: where(((x > 1) | (x < -1)) == 0, x, 2.0), inputs=[0.5], order=0).source
    assert "x if not (x > 1.0 or x < -1.0) else 2.0" in text


def test_what_is_frozen_and_what_does_not_depend_is_said():
    c = Value(3.0, "c")
    text = derive(lambda x, y, z: x * c, wrt=["x", "y", "z"], inputs=[1.0, 2.0, 3.0]).source
    assert "# frozen: leaves that are neither inputs nor asked for\n    c = 3.0\n" in text
    assert "# loss does not depend on y, z\n" in text
    recorded = derive(c * c).source
    assert "branches" in recorded
    assert "branches" not in text


def test_adjoints_are_called_after_what_they_belong_to():
    text = xor().source
    names = set(re.findall(r"^    (\w+) = ", text, re.M))
    arguments = set(re.findall(r"\w+", text.partition("# layers")[0]))
    assert {name.removeprefix("d_") for name in names if name.startswith("d_")} <= names | arguments
    for layer, neurons, inputs in ((0, 4, 2), (1, 1, 4)):
        for i in range(neurons):
            assert {f"z_{layer}_{i}", f"a_{layer}_{i}", f"d_z_{layer}_{i}"} <= names
            assert {f"d_w_{layer}_{i}_{j}" for j in range(inputs)} <= names
    comments = re.findall(r"^ *# (.*)", text, re.M)
    assert len(comments) == len(set(comments)) == 12
    assert len(text.splitlines()) < 80


def write():
    for name, source in GOLDEN_SOURCES.items():
        (GOLDEN / f"{name}.py.txt").write_text(source(), encoding="utf-8")


if __name__ == "__main__":
    write()
