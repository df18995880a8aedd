"""Programs and ledgers as LaTeX: by hand, and by what holds of every one."""

import ast
import json
import linecache
import math
import re
import shutil
import subprocess

import numpy as np
import pytest
from array_programs import PROGRAMS, drawn
from conftest import every
from drawn import OF_RECURRENT, recurrent
from latex_reader import computed
from test_expressions import one_of_each_expression, relative_to_largest, run
from test_program import FUNCTIONS
from test_program_source import logistic_program, xor
from textbook_programs import LESSONS

import autograd_scratch as ag
from autograd_scratch import Value, derive, exp, explain, log, sigmoid, sqrt, tanh, where
from autograd_scratch.errors import DataError, ProgramError, ShapeError
from autograd_scratch.latex.formulas import Typesetter
from autograd_scratch.latex.lines import aligned
from autograd_scratch.latex.statements import Statements
from autograd_scratch.latex.symbols import symbol
from autograd_scratch.program.rolled.shapes import Shapes
from autograd_scratch.wording import parsed

INF, NAN = math.inf, math.nan

# the body of a function of numbers, and the lines of its forward part
NUMBERS = {
    "the example": ("z = w * x + b\n    return z", [r"z &= w x + b"]),
    "a sum of squares": ("z = w * w + x * x\n    return z", [r"z &= w^{2} + x^{2}"]),
    "a difference": ("z = w - (x - b)\n    return z", [r"z &= w - (x - b)"]),
    "a product of sums": ("z = (w + x) * (b - w)\n    return z", [r"z &= (w + x) (b - w)"]),
    "a minus": ("z = -w * x\n    return z", [r"z &= -w x"]),
    "the minus of a sum": ("z = -(w + x)\n    return z", [r"z &= -(w + x)"]),
    "one half": ("z = 0.5 * w\n    return z", [r"z &= 0.5 w"]),
    "a small number": ("z = w + 1e-12\n    return z", [r"z &= w + 10^{-12}"]),
    "a small number with digits": ("z = w + 2.5e-7\n    return z", [r"z &= w + 2.5 \cdot 10^{-7}"]),
    "a power": ("z = (w + x) ** 3\n    return z", [r"z &= (w + x)^{3}"]),
    "a power by a variable": ("z = w ** x\n    return z", [r"z &= w^{x}"]),
    "a quotient": ("z = (w + 1) / (x * b)\n    return z", [r"z &= \frac{w + 1}{x b}"]),
    "a root": ("z = sqrt(w + x)\n    return z", [r"z &= \sqrt{w + x}"]),
    "functions": ("z = exp(w) + log(x)\n    return z", [r"z &= \exp(w) + \log(x)"]),
    "a function of a quotient": ("z = tanh(w / x)\n    return z", [r"z &= \tanh\left(\frac{w}{x}\right)"]),
    "a sigmoid": ("z = sigmoid(w)\n    return z", [r"z &= \frac{1}{1 + \exp(-w)}"]),
    "a size": ("z = abs(w - x)\n    return z", [r"z &= |w - x|"]),
    "a choice": (
        "z = where(w > 0, x, -b)\n    return z",
        [r"z &= \begin{cases} x & \text{if } w > 0 \\ -b & \text{otherwise} \end{cases}"],
    ),
    "long names": ("loss = w * x + b\n    return loss", [r"L &= w x + b"]),
    "greek": ("theta = w * x\n    return theta * theta", [r"\theta &= w x", r"L &= \theta^{2}"]),
    "a loss of one letter": ("J = w * x\n    return J", [r"J &= w x"]),
    "an L that is not the loss": (
        "L = w * x\n    return L * L",
        [r"L &= w x", r"\mathcal{L} &= L^{2}"],
    ),
    "a condition with a name": (
        "positive = w > x\n    z = where(positive, w, b)\n    return z",
        [r"z &= \begin{cases} w & \text{if } x < w \\ b & \text{otherwise} \end{cases}"],
    ),
    "another name of the loss": (
        "total_cost = w * x\n    return total_cost",
        [r"L = \mathrm{total\_cost} &= w x"],
    ),
    "the larger of two": ("z = largest(w, x)\n    return z", [r"z &= \max(w, x)"]),
    "the larger of three": (
        "z = largest(w, x, b)\n    return z",
        [r"\mathrm{chosen}_{1} &= \max(w, x)", r"z &= \max(\mathrm{chosen}_{1}, b)"],
    ),
    "zero times a weight": ("z = w * x + b * 0.0 + b\n    return z", [r"z &= w x + b"]),
    "names that look alike": (
        "z1 = w * x\n    z_1 = exp(z1)\n    return z_1 * z1",
        [r"z_{1} &= w x", r"\mathrm{z\_1} &= \exp(z_{1})", r"L &= \mathrm{z\_1}\,z_{1}"],
    ),
}


def rows(latex):
    first, *inner, last = latex.split("\n")
    assert (first, last) == (r"\begin{aligned}", r"\end{aligned}")
    return [re.sub(r" \\\\(\[2ex\])?$", "", row) for row in inner]


def traced(body):
    """Make a function whose variables are seen: it needs a file."""
    text = f"def f(w, x, b):\n    {body}\n"
    file = f"<latex {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    scope = {"exp": exp, "log": log, "sqrt": sqrt, "tanh": tanh, "sigmoid": sigmoid, "where": where}
    scope["largest"] = ag.max
    exec(compile(text, file, "exec"), scope)
    return scope["f"]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_function_of_numbers(name):
    body, lines = NUMBERS[name]
    program = derive(traced(body), inputs=[0.5, 2.0, 1.0], order=0)
    assert rows(program.to_latex()) == lines


def neuron(w, b, x, y):
    z = w * x + b
    p = sigmoid(z)
    return (p - y) ** 2


def test_forward_and_backward():
    program = derive(neuron, wrt=["w", "b"], inputs=[0.5, 0.0, 1.0, 1.0], style="textbook")
    assert program.to_latex().split("\n") == [
        r"\begin{aligned}",
        r"z &= w x + b \\",
        r"p &= \frac{1}{1 + \exp(-z)} \\",
        r"t_{1} &= p - y \\",
        r"L &= t_{1}^{2} \\[2ex]",
        r"\frac{\partial L}{\partial p} &= 2 t_{1} \\",
        r"\frac{\partial L}{\partial z} &= \frac{\partial L}{\partial p} p (1 - p) \\",
        r"\frac{\partial L}{\partial w} &= \frac{\partial L}{\partial z} x \\",
        r"\frac{\partial L}{\partial b} &= \frac{\partial L}{\partial z}",
        r"\end{aligned}",
    ]


def test_numbers_follow_each_line():
    program = derive(lambda w, x, b: (w * x + b) ** 2, wrt=["w", "b"], inputs=[1.0, 1.0, 1.0])
    expected = [
        r"t_{1} &= w x + b = 0.5 \cdot 2 + (-3) = -2",
        r"L &= t_{1}^{2} = (-2)^{2} = 4",
        r"\frac{\partial L}{\partial b} &= 2 t_{1} = 2 \cdot (-2) = -4",
        r"\frac{\partial L}{\partial w} &= \frac{\partial L}{\partial b} x = (-4) \cdot 2 = -8",
    ]
    at = (0.5, 2, -3)
    assert sorted(rows(program.to_latex(at=at))) == sorted(expected)
    assert program.to_latex(at=dict(zip("wxb", at))) == program.to_latex(at=[*at])


def test_second_derivatives():
    program = derive(lambda x, y: x * x * y, inputs=[2.0, 3.0], wrt=[0, 1], order=2)
    told = rows(program.to_latex(at=[2.0, 3.0]))
    ends = {row.split(" &= ")[0]: row.split(" = ")[-1].split("&= ")[-1] for row in told}
    assert ends[r"\frac{\partial^{2} L}{\partial x^{2}}"] == "6"
    assert ends[r"\frac{\partial^{2} L}{\partial x \partial y}"] == "4"
    assert ends[r"\frac{\partial^{2} L}{\partial y^{2}}"] == "0"


def test_what_is_rounded_is_about_equal():
    program = derive(lambda w: w / 3.0, inputs=[1.0], order=0)
    assert rows(program.to_latex(at=[1.0])) == [r"L &= \frac{w}{3} = \frac{1}{3} \approx 0.3333"]
    assert rows(program.to_latex(at=[1.5])) == [r"L &= \frac{w}{3} = \frac{1.5}{3} = 0.5"]
    assert rows(program.to_latex(at=[INF])) == [r"L &= \frac{w}{3} = \frac{\infty}{3} = \infty"]
    assert rows(program.to_latex(at=[NAN]))[0].endswith(r"= \mathrm{nan}")


def test_an_arm_that_is_not_taken_has_no_numbers():
    told = rows(logistic_program().to_latex(at={"w": [0.5, -0.5], "b": 0.25, "x": (1, 2), "y": 1}))
    (untaken,) = [row for row in told if r"&& \text{if } y \ne 1" in row]
    assert untaken == r"t_{4} &= 1 - p && \text{if } y \ne 1"


def lines_of(latex):
    """The equations, each whole and without its remark, by their left sides."""
    lines = []
    for row in rows(latex):
        row = row.partition(" && ")[0]
        if row.startswith("&"):
            lines[-1] += " " + row.removeprefix(r"&\quad {}").removeprefix("&")
        else:
            lines.append(row)
    return {line.partition(" &")[0]: line for line in lines}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_last_number_is_that_of_the_source(name):
    function, points = FUNCTIONS[name]
    program = derive(function, inputs=list(points[0]), wrt=[*range(len(points[0]))])
    for point in points:
        try:
            value, slopes = program.function(*map(float, point))
        except (ArithmeticError, ValueError):  # what is printed is plain code
            continue
        if not all(map(math.isfinite, (value, *slopes))):
            continue
        lines = lines_of(program.to_latex(at=point))
        slopes_told = {
            x: line for left, line in lines.items() for x in "xy" if left.endswith(rf"\partial {x}}}")
        }
        losses = [
            line for left, line in lines.items() if left.partition(" = ")[0] in ("L", "y", r"\mathcal{L}")
        ]
        assert read(losses[-1]) == pytest.approx(value, rel=1e-3), point
        for x, slope in zip("xy", slopes):
            assert read(slopes_told[x]) == pytest.approx(slope, rel=1e-3), point


def read(line):
    """Read the number at the end of a line."""
    text = re.split(r"= |\\approx ", line)[-1].strip()
    text = re.sub(r"( \\cdot )?10\^{(-?\d+)}", lambda m: f"{'' if m[1] else '1'}e{m[2]}", text)
    return float(text)


rng = np.random.default_rng(0)
X, y, labels = rng.normal(size=(4, 3)), rng.normal(size=4), np.array([0, 2, 1, 1])
xs = rng.normal(size=(12, 3))
A = {"W": rng.normal(size=(3, 3)), "b": rng.normal(size=3), "v": rng.normal(size=3)}


def regression(W, b, v):
    z = X @ W + b
    h = np.tanh(z)
    r = h @ v - y
    return np.mean(r**2)


def classes(W, b):
    z = X @ W + b
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.sum(np.log(p[np.arange(4), labels]))


def over_time(W, b):
    h = np.zeros(3)
    for x in xs:
        h = np.tanh(W @ h + b + x)
    return np.sum(h**2)


def rectified(W, v):
    z = np.maximum(0.0, W @ v)
    return np.sum(np.where(z > 1.0, z, z**2))


ARRAYS = {  # by a person who knows the rules, style="textbook"
    regression: [
        r"z &= X W + b",
        r"h &= \tanh(z)",
        r"r &= h v - y",
        r"L &= \operatorname*{mean}_{i} r_{i}^{2}",
        r"\frac{\partial L}{\partial r} &= \frac{r}{2}",
        r"\frac{\partial L}{\partial v} &= h^{\top} \frac{\partial L}{\partial r}",
        r"\frac{\partial L}{\partial h} &= \frac{\partial L}{\partial r} v^{\top}",
        r"\frac{\partial L}{\partial z} &= \frac{\partial L}{\partial h} \odot (1 - h^{\odot 2})",
        r"\frac{\partial L}{\partial W} &= X^{\top} \frac{\partial L}{\partial z}",
        r"\frac{\partial L}{\partial b} &= \sum_{i} \frac{\partial L}{\partial z_{i}}",
    ],
    classes: [
        r"z &= X W + b",
        r"e &= \exp(z)",
        r"p &= \frac{e}{\sum_{j} e_{:,j}}",
        r"L &= -\sum_{i} \log(p_{i,\mathrm{labels}_{i}})",
        r"\frac{\partial L}{\partial z_{ij}} &= p_{ij} - \mathbf{1}[j = \mathrm{labels}_{i}]",
        r"\frac{\partial L}{\partial W} &= X^{\top} \frac{\partial L}{\partial z}",
        r"\frac{\partial L}{\partial b} &= \sum_{i} \frac{\partial L}{\partial z_{i}}",
    ],
    over_time: [
        r"h_{0} &= 0",
        r"h_{t + 1} &= \tanh(W h_{t} + b + \mathrm{xs}_{t}) && t = 0, \dots, 11",
        r"L &= \sum_{i} h_{12,i}^{2}",
        r"\frac{\partial L}{\partial h_{\mathrm{next}}} &\leftarrow 2 h_{12}",
        r"&\left.\begin{aligned}",
        r"t_{1,t} &= \frac{\partial L}{\partial h_{\mathrm{next}}} \odot (1 - h_{t + 1}^{\odot 2})",
        r"\frac{\partial L}{\partial h_{\mathrm{next}}} &\leftarrow W^{\top} t_{1,t}",
        r"\end{aligned}\;\right\}\; t = 11, \dots, 0",
        r"\frac{\partial L}{\partial W} &= t_{1}^{\top} h_{0 \dots 11}",
        r"\frac{\partial L}{\partial b} &= \sum_{i} t_{1,i}",
    ],
}


@pytest.mark.parametrize("loss", ARRAYS, ids=lambda loss: loss.__name__)
def test_a_function_of_arrays(loss):
    names = loss.__code__.co_varnames[: loss.__code__.co_argcount]
    at = {name: A[name] for name in names}
    program = derive(loss, inputs=at, wrt=[*at], style="textbook")
    assert rows(program.to_latex()) == ARRAYS[loss]


tokens = rng.normal(size=(5, 3))
images = rng.normal(size=(2, 6, 6))


def masked(W, c):
    scores = tokens @ W @ tokens.T
    scores = np.where(np.tril(np.ones((5, 5))) == 0.0, -1e9, scores)
    e = np.exp(scores)
    return np.sum((e / e.sum(axis=1, keepdims=True) @ tokens + c) ** 2)


def convolved(K, c):
    total = 0.0
    for image in images:
        patches = np.array([image[i : i + 3, j : j + 3].ravel() for i in range(4) for j in range(4)])
        total = total + np.sum(np.tanh(patches @ K + c) ** 2)
    return total


def one_class(v):
    e = np.exp(v)
    p = e / e.sum()
    return -np.log(p[1])


AT = {
    masked: {"W": A["W"], "c": A["v"]},
    convolved: {"K": rng.normal(size=(9, 2)), "c": np.array([0.5, 0.25])},
    one_class: {"v": A["v"]},
    classes: {"W": A["W"], "b": A["b"]},
    recurrent: OF_RECURRENT,
}
SAID = {  # lines among those of a function of arrays in some style, by a person
    "a mask without a name is told by its rule": (
        masked,
        "textbook",
        [r"\mathcal{M}_{ij} &= \mathbf{1}[j > i] && \text{a mask}"],
    ),
    "another table is told by its size": (
        convolved,
        "exact",
        [r"\mathcal{C} &\in \mathbb{R}^{16 \times 9} && \text{a table of numbers}"],
    ),
    "one entry less": (
        one_class,
        "textbook",
        [r"\frac{\partial L}{\partial v_{i}} &= p_{i} - \mathbf{1}[i = 1]"],
    ),
    "one entry of each row": (
        classes,
        "exact",
        [
            r"\frac{\partial L}{\partial p_{ij}} &= \begin{cases} -\frac{1}{t_{1,i}} &"
            r" \text{if } j = \mathrm{labels}_{i} \\ 0 & \text{otherwise} \end{cases}"
        ],
    ),
    "what changes has arrows from the first line on": (
        recurrent,
        "exact",
        [r"h &\leftarrow 0", r"h &\leftarrow \tanh(t_{1,t})"],
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_of_arrays(name):
    loss, style, lines = SAID[name]
    told = rows(derive(loss, inputs=AT[loss], style=style).to_latex())
    assert [line for line in lines if line not in told] == [], told


def test_a_choice_of_arrays():
    told = "\n".join(
        rows(derive(rectified, inputs={"W": A["W"], "v": A["v"]}, wrt=["W"], order=0).to_latex())
    )
    assert r"\max(0, W v)" in told
    assert r"\begin{cases} z_{i} & \text{if } z_{i} > 1 \\ z_{i}^{2} & \text{otherwise} \end{cases}" in told


KNOWN = """
aligned alpha approx arccos arcsin arctan ast backslash begin beta bmatrix bmod cases cdot cdots cos
cosh delta dots end epsilon exp frac gamma ge infty lambda land langle lceil in le left leftarrow
lfloor lnot log lor mathbb mathbf mathcal mathrel mathrm mathtt max min mu ne odot operatorname otimes
partial pmatrix prime prod quad rangle rceil rfloor right sigma sim sin sinh sqrt sum tan tanh text theta
times top wedge
"""


def check(latex):
    """Look at what holds of any LaTeX of ours."""
    lines = rows(latex)
    plain = re.sub(r"\\[{}]", "", latex)
    assert plain.isascii()
    assert {*re.findall(r"\\([a-zA-Z]+)", plain)} <= {*KNOWN.split()}
    assert {*re.findall(r"\\(?:begin|end)\{(\w+)\}", plain)} <= {*KNOWN.split()}
    assert not re.search(r"(?<!\\)[$%#~]|(?<!\\)_[^{]|\^[^{]", plain)
    assert plain.count(r"\begin") == plain.count(r"\end")
    depth_of_groups = 0
    for line in lines:
        if re.fullmatch(
            r"&\\left\.\\begin\{aligned\}|\\end\{aligned\}\\;\\right\\\}\\; .*\\dots, \d+", line
        ):
            depth_of_groups += 1 if "left" in line else -1
            assert depth_of_groups >= 0
            continue
        line = re.sub(r"\\[{}&]", "", line)
        depth = 0
        for sign in re.findall(r"[{}]", line):
            depth += 1 if sign == "{" else -1
            assert depth >= 0, line
        assert depth == 0, line
        assert len(re.findall(r"\\left\b", line)) == len(re.findall(r"\\right\b", line)), line
        outside = re.sub(r"\\begin\{(\w+)\}.*\\end\{\1\}", "", line)
        assert re.match(r"[^&]*&(=|\\in|\\approx|\\leftarrow|\\mathrel\{[-+]\}=|\\quad \{\})", outside), (
            line
        )
        assert r"\\" not in outside, line
    assert depth_of_groups == 0


def assigned(program):
    """The names that the source assigns, but for arguments that are taken apart, buffers and conditions."""
    function = parsed(program.source).body[-1]
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if "np.empty" not in ast.unparse(value) and not isinstance(value, ast.Compare):
                    yield name


def check_program(program):
    latex = program.to_latex()
    check(latex)
    returned = ast.unparse(parsed(program.source).body[-1].body[-1])
    for name in assigned(program):
        of = re.sub("^d_?|_next$", "", name)
        told = {symbol(one).stem for one in (name, of)} | {rf"\mathrm{{{name}}}".replace("_", r"\_")}
        if name != "loss" and not re.match(rf"return \(?{name}\b", returned):
            assert any(one in latex for one in told), name


@pytest.mark.parametrize("style", ["textbook", "exact"])
@pytest.mark.parametrize("name", every(6, PROGRAMS))
def test_programs_of_arrays(name, style):
    own = PROGRAMS[name]
    at = drawn(own, seed=0)
    check_program(derive(own.loss, inputs=at, wrt=[*at], style=style))


@pytest.mark.parametrize("name", every(4, LESSONS))
def test_lessons(name):
    function, arguments, _ = LESSONS[name]
    wrt = [*range(len(arguments))]
    check_program(derive(function, inputs=[*arguments], wrt=wrt, style="textbook"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_programs_of_numbers(name):
    function, points = FUNCTIONS[name]
    for order in (0, 1):
        program = derive(function, inputs=[*points[0]], wrt=[*range(len(points[0]))], order=order)
        check_program(program)
        for point in points:
            check(program.to_latex(at=point))


@one_of_each_expression
def test_the_formulas_compute_value_and_gradient(case):
    names = [f"x{i}" for i in range(len(case["x"]))]
    program = derive(lambda *x: run(case["prog"], x), inputs=case["x"], wrt=[*range(len(names))])
    check_program(program)
    values = {symbol(name).text: x for name, x in zip(program.signature.names, case["x"])}
    for left, line in lines_of(program.to_latex()).items():
        for name in left.split(" = "):
            values[name] = computed(line.split("&= ")[1], values)
    x = [symbol(name).text for name in program.signature.names]
    found = [
        values.get("L", values[x[0]]),
        *(values[rf"\frac{{\partial L}}{{\partial {one}}}"] for one in x),
    ]
    assert relative_to_largest(found, [case["f"], *case["g"]], 1e-3)  # constants have six digits


def test_models():
    check_program(xor())
    told = xor().to_latex()
    assert r"\frac{\partial L}{\partial w_{0,3,1}} &= \frac{\partial L}{\partial z_{0,3}} x_{2}" in told
    check_program(logistic_program())


def test_a_sum_of_many_terms_is_broken():
    weights = [Value(0.1 * i, f"w{i}") for i in range(30)]
    loss = ag.sum([w * w * 0.5 for w in weights])
    told = derive(loss, wrt=weights).to_latex()
    check(told)
    assert max(map(len, rows(told))) < 200
    assert sum(row.startswith(r"&\quad {}+") for row in rows(told)) >= 2


def test_a_derivative_is_never_taken_for_another_one():
    def f(w, x):
        h = w * x
        h_2 = exp(h)
        d_h = h_2 * h * w
        return d_h * d_h * h

    told = derive(f, wrt=["w"], inputs=[1.0, 2.0]).to_latex()
    check(told)
    source = derive(f, wrt=["w"], inputs=[1.0, 2.0]).source
    assert "d_h_2_2 =" in source or "d_h_2 =" in source
    assert r"\frac{\partial L}{\partial h_{2}}" not in told


def test_bad_arguments_are_told():
    program = derive(neuron, inputs=[0.5, 0.0, 1.0, 1.0])
    for at in (0.5, "w", Value(1.0)):
        with pytest.raises(DataError, match="at is a tuple or list of the arguments of a call"):
            program.to_latex(at=at)
    with pytest.raises(ShapeError):
        program.to_latex(at=[1.0])
    with pytest.raises(DataError):
        program.to_latex(at={"w": 1.0, "b": 0.0, "x": "one", "y": 1.0})
    arrays = derive(regression, inputs=A, wrt=["W"])
    with pytest.raises(ProgramError, match="numbers are for Programs of single numbers"):
        arrays.to_latex(at=[*A.values()])


HOSTILE = [
    *[
        "}",
        "{",
        "\\",
        "$",
        "%",
        "_",
        "^",
        "&",
        "#",
        "~",
        "\n",
        "\r\n\r\n",
        "\u202e",
        "\u2028",
        "\x00",
        "\x1b[2J",
        '"',
        "'",
    ],
    *[
        "}\\end{aligned}$$<script>alert(1)</script>",
        "\\input{/etc/passwd}",
        "\\",
        "a\\",
        "x_{",
        "a^b^c",
        "%",
        "[",
        "\\\\[",
    ],
    *[
        "w_",
        "_",
        "__",
        "é",
        "中",
        "\U0001f600",
        "א",
        "\N{GREEK SMALL LETTER ALPHA}",
        "x" * 1000,
        "a b",
        "f(x)",
        "1",
        "-",
        "=",
        "&&",
        "\\begin{cases}",
    ],
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_inert(name):
    w, x = Value(0.5, name), Value(2.0, "x")
    z = (w * w + x * w.tanh()).named(name + name)
    for numbers in (False, True):
        told = explain(z * w, w).to_latex(numbers=numbers)
        check(re.sub(r"\\text\{[^\W\d_]\}", "a", told))
        assert not re.search("<(?!})", told)
    program = derive(z * w, wrt=[w], inputs=[x], name=name)
    check(
        re.sub(
            r"\\(?:text|mathrm)\{\\text\{\w\}\}",
            "a",
            re.sub(r"\\text\{[^\W\d_]\}", "a", program.to_latex()),
        )
    )


BY_W = (
    r"\frac{\partial L}{\partial w} &= \sum_{u} \frac{\partial L}{\partial u} \frac{\partial u}{\partial w}"
)
LEDGERS = {
    "two uses": (
        lambda w, x: (w * x).named("h") * x + w,
        [
            BY_W,
            r"&= \frac{\partial L}{\partial u_{1}} \frac{\partial u_{1}}{\partial w} && 1 \cdot 1 = 1"
            r" && u_{1} = L = h x + w && \frac{\partial u_{1}}{\partial w} = 1",
            r"&\quad {}+ \frac{\partial L}{\partial h} \frac{\partial h}{\partial w} && 3 \cdot 3 = 9"
            r" && h = w x && \frac{\partial h}{\partial w} = x",
            r"&= 1 + 9 = 10",
        ],
    ),
    "a square": (
        lambda w, x: (w * w).named("s") * 2.0,
        [
            BY_W,
            r"&= \frac{\partial L}{\partial s} \frac{\partial s}{\partial {w}^{(1)}}"
            r" && 2 \cdot 0.5 = 1 && s = w^{2} && \frac{\partial s}{\partial {w}^{(1)}} = w",
            r"&\quad {}+ \frac{\partial L}{\partial s} \frac{\partial s}{\partial {w}^{(2)}}"
            r" && 2 \cdot 0.5 = 1 && s = w^{2} && \frac{\partial s}{\partial {w}^{(2)}} = w",
            r"&= 1 + 1 = 2",
        ],
    ),
    "uses in each other": (
        lambda w, x: (w * w.exp() * w).sin(),
        [
            BY_W,
            r"&= \frac{\partial L}{\partial u_{1}} \frac{\partial u_{1}}{\partial w} && 0.9162 \cdot 0.8244"
            r" \approx 0.7553 && u_{1} = u_{2} w && \frac{\partial u_{1}}{\partial w} = u_{2}",
            r"&\quad {}+ \frac{\partial L}{\partial u_{2}} \frac{\partial u_{2}}{\partial w}"
            r" && 0.4581 \cdot 1.649 \approx 0.7553 && u_{2} = w u_{3}"
            r" && \frac{\partial u_{2}}{\partial w} = u_{3}",
            r"&\quad {}+ \frac{\partial L}{\partial u_{3}} \frac{\partial u_{3}}{\partial w}"
            r" && 0.2291 \cdot 1.649 \approx 0.3777 && u_{3} = \exp(w)"
            r" && \frac{\partial u_{3}}{\partial w} = u_{3}",
            r"&\approx 0.7553 + 0.7553 + 0.3777 \approx 1.888",
        ],
    ),
    "none": (lambda w, x: (x * x).named("s"), [r"\frac{\partial s}{\partial w} &= 0"]),
    "itself": (lambda w, x: w, [r"\frac{\partial w}{\partial w} &= 1"]),
    "infinite": (
        lambda w, x: ((w - 0.5).named("p").log() * 2.0).named("J"),
        [
            r"\frac{\partial J}{\partial w} &= \frac{\partial J}{\partial p} \frac{\partial p}{\partial w}"
            r" && \infty \cdot 1 = \infty && p = w - 0.5 && \frac{\partial p}{\partial w} = 1"
        ],
    ),
}

SLOPES = {  # the only use of w, by names, what is said of it, and its local derivative
    "a product": (lambda w, x: w * x, "w x", "x"),
    "a quotient": (lambda w, x: x / w, r"\frac{x}{w}", r"-\frac{u_{1}}{w}"),
    "a power": (lambda w, x: w**3, "w^{3}", "3 w^{2}"),
    "an exponential": (lambda w, x: w.exp(), r"\exp(w)", "u_{1}"),
    "a hyperbolic tangent": (lambda w, x: w.tanh(), r"\tanh(w)", r"1 - \tanh^{2}(w)"),
    "a root": (lambda w, x: w.sqrt(), r"\sqrt{w}", r"\frac{1}{2 u_{1}}"),
    "of what has no name": (lambda w, x: w * (x * x + 1.0), "w (x^{2} + 1)", "x^{2} + 1"),
}


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("are_own", [True, False])
def test_the_local_derivative_is_a_formula(name, are_own):
    function, formula, slope = SLOPES[name]
    w, x = (Value(0.5, "w"), Value(3.0, "x")) if are_own else (Value(0.5), Value(3.0))
    ledger = explain(function(w, x).sin(), w, names=None if are_own else {"w": w, "x": x})
    (line,) = rows(ledger.to_latex())
    assert line.split(" && ")[1:] == [
        f"u_{{1}} = {formula}",
        rf"\frac{{\partial u_{{1}}}}{{\partial w}} = {slope}",
    ]


def test_a_long_local_derivative_is_left_out():
    w = Value(0.5, "w")
    (line,) = rows(explain(ag.logsumexp([w, Value(1.0, "x"), Value(2.0, "y")]).sin(), w).to_latex())
    assert line.split(" && ")[1:] == [r"u_{1} = \operatorname{logsumexp}(w, x, y)"]


def test_variables_name_what_has_no_name():
    W, x = [Value(2.0), Value(-3.0)], Value(0.5)
    h = W[0] * x + W[1]
    (line,) = rows(explain(h.tanh(), W[1], names=locals()).to_latex())
    assert r"\frac{\partial h}{\partial W_{1}} && h = W_{0} x + W_{1}" in line
    (line,) = rows(explain(h.tanh(), W[1]).to_latex())
    assert r"u_{1} = 2 \cdot 0.5 + w" in line


@pytest.mark.parametrize("name", LEDGERS)
def test_a_ledger(name):
    function, lines = LEDGERS[name]
    w, x = Value(0.5, "w"), Value(3.0, "x")
    ledger = explain(function(w, x), w)
    assert rows(ledger.to_latex(numbers=True)) == lines
    check(ledger.to_latex())
    without = [re.sub(r"^([^&]*&[^&]*) && [^&]*(?= && )", r"\1", line) for line in lines]
    assert rows(ledger.to_latex()) == (without[:-1] if len(lines) > 1 else without)


def test_nan_is_shown():
    p = Value(0.0, "p")
    told = explain(p * p.log(), p).to_latex(numbers=True)
    assert r"0 \cdot \infty = \mathrm{nan}" in told
    assert told.split("\n")[-2] == r"&= -\infty + \mathrm{nan} = \mathrm{nan}"


def test_many_uses_are_told_together():
    w = Value(2.0, "w")
    loss = sum((w * float(i)).named(f"h{i}") for i in range(1, 31))
    told = explain(loss, w).to_latex(numbers=True)
    check(told)
    assert told.count(r"\frac{\partial L}{\partial h_{") == 20
    assert r"10 \text{ smaller ones}" in told
    assert told.split("\n")[-2].endswith("= 465")


def katex(items):
    """Have KaTeX read formulas, and return what it says of those that it does not like."""
    program = (
        "const katex = require('katex'); const items = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const options = {throwOnError: true, displayMode: true, strict: 'ignore'};"
        "for (const item of items) {"
        "try { katex.renderToString(item, options) } catch (e) { console.log(item, e.message) } }"
    )
    return subprocess.run(["node", "-e", program], input=json.dumps(items), capture_output=True, text=True)


def has_katex():
    return shutil.which("node") is not None and katex([]).returncode == 0


@pytest.mark.skipif(not has_katex(), reason="KaTeX is not there: NODE_PATH tells Node where it is")
def test_katex_reads_it():
    items = [
        explain(w * w.tanh(), w).to_latex(numbers=True) for w in (Value(0.5, name) for name in HOSTILE)
    ]
    for own in [*PROGRAMS.values()][:20]:
        at = drawn(own, seed=0)
        items.append(derive(own.loss, inputs=at, wrt=[*at], style="textbook").to_latex())
    items += [xor().to_latex(), logistic_program().to_latex(at=[[0.5, -0.5], 0.0, (1.0, 2.0), 1.0])]
    said = katex(items)
    assert said.returncode == 0
    assert said.stdout == ""


ROOM = {
    "A": np.ones((3, 4)),
    "B": np.ones((3, 4)),
    "C": np.ones((4, 3)),
    "T": np.ones((2, 3, 4)),
    "u": np.ones(3),
    "v": np.ones(4),
    "c": np.ones((3, 1)),
    "q": np.array([0, 2, 1]),
    "s": 2.0,
    "t": 1,
}
EXPRESSIONS = {  # by hand
    "A * B": r"A \odot B",
    "s * A": r"s A",
    "A * s * B": r"A s \odot B",
    "A / B": r"\frac{A}{B}",
    "A @ C": r"A C",
    "(A * B) @ C": r"(A \odot B) C",
    "A @ C * (A @ C)": r"(A C)^{\odot 2}",
    "A @ v": r"A v",
    "u @ A": r"A^{\top} u",
    "u @ C.T": r"C u",
    "u @ u": r"u^{\top} u",
    "(A + B).T @ u": r"(A + B)^{\top} u",
    "u[:, None] * v": r"u v^{\top}",
    "u[:, None] * A": r"u_{:,\ast} \odot A",
    "A ** 2": r"A^{\odot 2}",
    "(A ** 2).sum()": r"\sum_{i,j} A_{ij}^{2}",
    "(A * B).sum(axis=0)": r"\sum_{i} A_{i} \odot B_{i}",
    "(A * B).sum(axis=1, keepdims=True)": r"\sum_{j} A_{:,j} \odot B_{:,j}",
    "(A * c).sum()": r"\sum_{i,j} A_{ij} c_{i}",
    "(A * v).sum()": r"\sum_{i,j} A_{ij} v_{j}",
    "A.T.sum()": r"\sum_{i,j} A_{ji}",
    "(A @ C).sum()": r"\sum_{i,j} (A C)_{ij}",
    "A.max(axis=1)": r"\max_{j} A_{:,j}",
    "T.sum(axis=(0, 2))": r"\sum_{i,k} T_{i,:,k}",
    "np.log(A[np.arange(3), q]).sum()": r"\sum_{i} \log(A_{i,q_{i}})",
    "A[np.arange(3), q]": r"(A_{i,q_{i}})_{i}",
    "A[t]": r"A_{t}",
    "A[t + 1]": r"A_{t + 1}",
    "u[-1]": "u_{2}",
    "A[:, -2]": r"A_{:,2}",
    "A[:, 1:]": r"A_{:,1 \dots 3}",
    "A[:-1]": r"A_{0 \dots 1}",
    "A[1:2]": r"A_{1}",
    "A[:t]": r"A_{0 \dots t - 1}",
    "A[:t + 1]": r"A_{0 \dots t}",
    "A[t:]": r"A_{t \dots 2}",
    "v[::2]": r"v_{\{0, 2\}}",
    "v[::-1]": r"v_{3 \dots 0}",
    "T[:, :, 1:]": r"T_{:,:,1 \dots 3}",
    "(A[1:] * B[1:]).sum()": r"\sum_{i,j} A_{i + 1,j} B_{i + 1,j}",
    "A * (B > 0.0)": r"A \odot \mathbf{1}[B > 0]",
    "np.where(A > 0.0, A, s)": r"\begin{cases} A & \text{if } A > 0 \\ s & \text{otherwise} \end{cases}",
    "-A.sum() / 3.0": r"-\frac{1}{3} \sum_{i,j} A_{ij}",
    "s - (s - t)": r"s - (s - t)",
    "-(s + t) * s": r"-(s + t) s",
    "s / (t / s)": r"\frac{s}{\frac{t}{s}}",
    "2.0 * s / 20.0": r"\frac{s}{10}",
    "3.0 * s / 3.0": "s",
    "-0.015625 / s": r"-\frac{1}{64 s}",
    "0.5 * s / t": r"\frac{s}{2 t}",
    "0.3 * s / 6.0": r"\frac{0.3 s}{6}",
    "0.3333333333333333 * s": r"\frac{s}{3}",
    "0.5 * s": "0.5 s",
    "0.0 * s + t": "t",
    "t - s * 0.0": "t",
    "s * 0.0": "0",
    "s + 0.0": "s",
    "s / 1.7320508075688772": r"\frac{s}{\sqrt{3}}",
    "s / 1.4": r"\frac{s}{1.4}",
    "np.tensordot(c, A, axes=([0], [0]))": r"\sum_{i} c_{i} A_{i}",
    "np.tensordot(T, A, axes=2)": r"\sum_{j,k} T_{:,j,k} A_{jk}",
    "np.tensordot(T, T, axes=([2, 0], [2, 0]))": r"\sum_{i,k} T_{i,:,k} \otimes T_{i,:,k}",
    "np.tensordot(T, A, axes=(1, 0))": r"\sum_{j} T_{:,j} \otimes A_{j}",
    "np.tensordot(A, B, axes=([0], [0]))": r"\sum_{i} A_{i} \otimes B_{i}",
    "np.tensordot(T, T, axes=([0, 1, 2], [0, 1, 2])) * s": r"\left(\sum_{i,j,k} T_{ijk} T_{ijk}\right) s",
    "np.tensordot(T, A, axes=([1, 2], [0, 1])).sum()": r"\sum_{i} \sum_{j,k} T_{ijk} A_{jk}",
    "T.transpose(2, 0, 1)": r"\operatorname{transpose}_{2, 0, 1}(T)",
    "s + 0.0 / t": r"s + \frac{0}{t}",
    "0.0 * np.log(s) + t": r"0 \log(s) + t",
    "s if t <= s else t if s <= t else s + t": r"\max(s, t)",
    "s if s <= t else t if t <= s else s + t": r"\min(s, t)",
    "s if s < t else t if s == t else s * t if s > t else s + t": r"\begin{cases} s & \text{if } s < t \\"
    r" t & \text{if } s = t \\ s t & \text{otherwise} \end{cases}",
    "s if s < t else t if s > t else s + t": r"\begin{cases} s & \text{if } s < t \\"
    r" t & \text{if } s > t \\ s + t & \text{otherwise} \end{cases}",
    "np.where(A, B, s)": r"\begin{cases} B & \text{if } A \ne 0 \\ s & \text{otherwise} \end{cases}",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_of_arrays(text):
    scope = {"np": np, **ROOM}
    names = {name: symbol(name) for name in ROOM}
    setter = Typesetter(names, Shapes([], scope))
    assert setter.whole(parsed(text, "eval").body).text == EXPRESSIONS[text]


BODIES = {  # what is put into arrays, by hand
    "an entry": (
        "d = np.zeros(3); d[1] = s",
        [r"d_{i} &= \begin{cases} s & \text{if } i = 1 \\ 0 & \text{otherwise} \end{cases}"],
    ),
    "the last entry": ("d = u.copy(); d[-1] -= s", [r"d_{i} &= u_{i} - s \mathbf{1}[i = 2]"]),
    "two entries": (
        "d = u.copy(); d[0] += 1.0; d[2] -= s",
        [r"d_{i} &= u_{i} + \mathbf{1}[i = 0] - s \mathbf{1}[i = 2]"],
    ),
    "a row": (
        "d = np.zeros((3, 4)); d[t] = v",
        [r"d_{ij} &= \begin{cases} v_{j} & \text{if } i = t \\ 0 & \text{otherwise} \end{cases}"],
    ),
    "a column": ("d = A.copy(); d[:, 2] += u", [r"d_{ij} &= A_{ij} + u_{i} \mathbf{1}[j = 2]"]),
    "an entry of each row": (
        "d = A.copy(); d[np.arange(3), q] -= u",
        [r"d_{ij} &= A_{ij} - u_{i} \mathbf{1}[j = q_{i}]"],
    ),
    "an entry by another one": (
        "d = u.copy(); d[0] += d[1]",
        [r"d &\leftarrow u", r"d_{0} &\mathrel{+}= d_{1}"],
    ),
    "an entry of some rows": (
        "d = A.copy(); d[np.arange(2), q[:2]] -= 1.0",
        [r"d &\leftarrow A", r"d_{i,q_{i}} &\mathrel{-}= 1"],
    ),
    "some rows": (
        "d = A.copy(); d[1:] += 1.0",
        [r"d &\leftarrow A", r"d_{1 \dots 2} &\mathrel{+}= 1"],
    ),
    "what changes later": (
        "d = u.copy(); d[0] -= 1.0; e = d * s; d[1] -= 1.0",
        [r"d_{i} &\leftarrow u_{i} - \mathbf{1}[i = 0]", r"e &= d s", r"d_{1} &\mathrel{-}= 1"],
    ),
    "what a loop changes": (
        "h = u\nfor t in range(3):\n    h = h * s",
        [r"h &\leftarrow u", r"h &\leftarrow h s && t = 0, \dots, 2"],
    ),
    "what a loop fills": (
        "h = np.empty(3)\nfor t in range(3):\n    h[t] = u[t] * s",
        [r"h_{t} &= u_{t} s && t = 0, \dots, 2"],
    ),
    "loops in a loop": (
        "for t in range(2):\n    e = s\n    for k in range(3):\n        d = k\n        f = t",
        [
            *(r"&\left.\begin{aligned}", "e &= s", r"&\left.\begin{aligned}", "d &= k", "f &= t"),
            *(r"\end{aligned}\;\right\}\; k = 0, \dots, 2", r"\end{aligned}\;\right\}\; t = 0, \dots, 1"),
        ],
    ),
    "two at once": ("d, e = s, t", [r"(d,\, e) &= (s,\, t)"]),
    "two that change": (
        "d = s; e = t; d, e = e, d",
        [r"d &\leftarrow s", r"e &\leftarrow t", r"(d,\, e) &\leftarrow (e,\, d)"],
    ),
    "one in two arms": (
        "if s > t:\n    d = s\nelse:\n    d = t",
        [r"d &= s && \text{if } s > t", r"d &= t && \text{unless } s > t"],
    ),
    "a condition of what changes": (
        "d = s; c_ = d > t; d = t",
        [r"d &\leftarrow s", r"\mathrm{c\_} &= \mathbf{1}[d > t]", r"d &\leftarrow t"],
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_what_is_put_into_arrays(name):
    text, lines = BODIES[name]
    body = parsed(text).body
    names = {name: symbol(name) for name in (*ROOM, *"defhk")}
    setter = Typesetter(names, Shapes(body, {"np": np, **ROOM}))
    told = Statements(setter, lambda name: symbol(name).text, body).lines(body)
    assert rows(aligned(told)) == lines
