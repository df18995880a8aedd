"""Formulas that are typed: what they give, where they are wrong, and that they are never run."""

import ast
import math
import re
import unicodedata
from itertools import product

import pytest
from conftest import close, saying
from hypothesis import given
from hypothesis import strategies as st

import autograd_scratch as ag
from autograd_scratch import Value
from autograd_scratch.errors import AutogradError, FormulaError
from autograd_scratch.formulas import assigned, check_complete, check_used, read
from autograd_scratch.formulas.habits import ALIASES, NAMES, OF_LISTS, WRITTEN_OUT
from autograd_scratch.formulas.places import pointed, width
from autograd_scratch.formulas.reading import steps_of
from autograd_scratch.formulas.vocabulary import CONSTANTS, FUNCTIONS

AT = {"w": 0.5, "x": 2.0, "y": -3.0, "b": 1.0, "数": 7.0, "x_1": 0.25, "θ": 0.75}

AS_IN_PYTHON = """
1_000 | .5 | 5. | 5.e-1 | 0x10 | 0b101 | 0o17 | 00 | 1e3 | 1E-3 | 1e400 | 3_0.2_5e1_0
x | x+1 | x + w*y | (x + w)*y | x - y - b | x - (y - b) | x/y/w | x/(y/w) | -x | --x | +-x | - + x
2 - -x | -x**2 | (-x)**2 | 2**-x | 2**3**2 | (2**3)**2 | -2**-2 | x**-y | x**0.5 | 2*-x
x**2*3 | 3*x**2 | x*-y**2 | tanh(w*x + b)
exp(-x**2/2)/sqrt(2*pi) | sin(x)**2 + cos(x)**2 | log(x) | log(8, 2) | log10(x) | log1p(w)
atan2(y, x) | hypot(3, 4) | hypot(x, y, b) | pow(x, 3) | fabs(y) | abs(y) | max(x, y, b) | min(x, y)
floor(y/2) | ceil(w) | trunc(y/2) | erf(w) | gamma(x + 1) | lgamma(5) | copysign(x, y) | fmod(7, 3)
degrees(pi) | e**x | max(x, min(y, b), w)*(x + 1)
 tanh(sin(cos(x))) | ((((x)))) | x_1 + 数*θ | sin ( x ) | e | pi | 2*e
"""


@pytest.mark.parametrize("text", re.split(r" \| |\n", AS_IN_PYTHON.strip()))
def test_a_formula_means_what_it_means_in_python(text):
    expected = eval(text, {**vars(math), "abs": abs, "max": max, "min": min}, AT)
    assert close(read(text)(AT), float(expected))
    values = {name: Value(number, name) for name, number in AT.items()}
    of_values = read(text)(values)
    assert close(float(getattr(of_values, "data", of_values)), float(expected))


OURS = [
    ("sigmoid(x)", 1 / (1 + math.exp(-2.0))),
    ("relu(y) + relu(x)", 2.0),
    ("leaky_relu(y, 0.1)", -0.3),
    ("where(step(x - 1), x, y)", 2.0),
    ("where(step(1 - x), x, y)", -3.0),
    ("sum(x, y, b)", 0.0),
    ("mean(x, y, b)", 0.0),
    ("prod(x, y, b)", -6.0),
    ("maximum(x, y)", 2.0),
    ("logsumexp(x, y)", math.log(math.exp(2.0) + math.exp(-3.0))),
    ("softplus(w)", math.log(1 + math.exp(0.5))),
    ("round(2.5)", 2.0),
    ("clamp(y, -1, 1)", -1.0),
    ("square(x) + reciprocal(x)", 4.5),
    ("mse(x, y)", 25.0),
]


@pytest.mark.parametrize(("text", "expected"), OURS)
def test_functions_that_math_does_not_have(text, expected):
    assert close(read(text)(AT), expected)


GRADIENTS = [
    ("w*x + b", {"w": 2.0, "x": 0.5, "b": 1.0}),
    (
        "tanh(w*x + b)",
        {name: s * (1 - math.tanh(2.0) ** 2) for name, s in (("w", 2), ("x", 0.5), ("b", 1))},
    ),
    ("x**3 - 2*x", {"x": 10.0}),
    ("x*x/y", {"x": -4 / 3, "y": -4 / 9}),
    ("e**x", {"x": math.exp(2.0)}),
    ("max(x, y, b)*w", {"x": 0.5, "y": 0.0, "b": 0.0, "w": 2.0}),
]


@pytest.mark.parametrize(("text", "gradient"), GRADIENTS)
def test_gradients_of_formulas(text, gradient):
    values = {name: Value(AT[name], name) for name in gradient}
    read(text)(values).backward()
    assert {name: value.grad for name, value in values.items()} == pytest.approx(gradient, rel=1e-12)


def test_numbers_are_floats_and_never_whole_numbers():
    assert read("9**9**9**9")({}) == math.inf
    assert read("-9**9**9**9")({}) == -math.inf
    assert math.isnan(read("(-8)**(1/3)")({}))  # and not complex
    assert math.isnan(read("1/0 - 1/0")({}))
    assert read("9" * 400)({}) == math.inf
    assert read(f"0x{'f' * 398}")({}) == math.inf
    assert all(type(step.operand) is float for step in read("1 + 0x10 + 1_000").steps)


def test_variables_are_told_in_their_order_and_constants_are_none():
    assert read("b + w*x + w").variables == ("b", "w", "x")
    assert read("pi*e + inf*nan").variables == ()
    assert read("pi*e*r", known=["e", "r"]).variables == ("e", "r")
    assert read("e*x", known=["e"])({"e": 5.0, "x": 2.0}) == 10.0
    assert read("π*x", known=["π", "x"]).variables == ("π", "x")
    assert read("x + \N{FULLWIDTH LATIN SMALL LETTER X}").variables == ("x",)


def test_blanks_and_lines_do_not_matter():
    assert read("\n\t x  +\n\N{NO-BREAK SPACE}1 ")({"x": 2.0}) == 3.0


def test_long_and_deep_formulas_that_can_be_read():
    assert read("x" + "+x" * 1_000)({"x": 1.0}) == 1_001.0
    assert read("(" * 100 + "x" + ")" * 100)({"x": 1.0}) == 1.0
    assert read("-" * 1_000 + "x")({"x": 1.0}) == 1.0
    assert read("1**" * 1_000 + "x")({"x": 1.0}) == 1.0
    assert read(("(" + "1**-" * 5) * 100 + "x" + ")" * 100)({"x": 1.0}) == 1.0
    assert read(f"max({', '.join(['x'] * 3_000)})")({"x": 1.0}) == 1.0


def scalar_functions():
    """Return the public functions that take numbers one by one, and their least number of arguments."""
    found = {}
    for name in [*ag.__all__, "sum", "max", "min", "abs", "round", "pow"]:
        for count in (1, 2, 3):
            try:
                answer = getattr(ag, name)(*[Value(0.25 * i) for i in range(1, count + 1)])
            except (AutogradError, TypeError, AttributeError):
                continue
            if isinstance(answer, Value):
                found.setdefault(name, count)
    return found


def test_all_public_functions_of_numbers_are_known_and_no_others():
    others = {"mark", "dist", "dot", "sumprod"}  # which gives back what it gets, and those of two lists
    assert {*FUNCTIONS} == {*scalar_functions()} - others


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_the_public_one_and_takes_as_many_arguments(name):
    function = FUNCTIONS[name]
    most = function.fewest + 3 if function.most is None else function.most
    for count in range(function.fewest, most + 1):
        numbers = [0.25, 0.5, 0.75, 1.0][:count]
        values = [Value(number) for number in numbers]
        formula = read(f"{name}({', '.join(map(str, numbers))})")
        expected = getattr(ag, name)(*values).data
        assert close(formula({}), expected)
        assert type(formula({})) is float
        assert close(function.call(*values).data, expected)
    counts = {function.fewest - 1, *([] if function.most is None else [function.most + 1])} - {0}
    for count in counts:
        with saying(FormulaError, f"{name} takes", f"is given {count}"):
            read(f"{name}({', '.join('x' * count)})")


HARD = [0.0, -0.0, 1e308, -1e308, 1e-308, math.inf, -math.inf, math.nan, -1e15, -2.5]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_number_makes_a_function_raise_what_is_no_error_of_ours(name):
    for numbers in product(HARD, repeat=FUNCTIONS[name].fewest):
        try:
            answer = FUNCTIONS[name].call(*numbers)
        except AutogradError:  # as of a target that is no probability
            continue
        assert type(answer) is float


NAMED = unicodedata.lookup
WRONG = [  # a formula, the column of its fault, and what is said
    ("tanhh(w*x + b)", 0, ["there is no function `tanhh`; did you mean tanh?"]),
    ("1 + Tanh(x)", 4, ["`Tanh`; did you mean tanh?"]),
    ("qqq(x)", 0, ["no function `qqq`", "autograd_scratch"]),
    # products
    ("2x", 1, ["missing between `2` and `x`: write 2*x"]),
    ("1 + 2 x", 6, ["missing between `2` and `x`: write 2*x"]),
    ("2(x + 1)", 1, ["write 2*(x + 1)"]),
    ("2sin(x)", 1, ["write 2*sin(x)"]),
    ("x y", 2, ["write x*y"]),
    ("(x)(y)", 3, ["missing before `(`", "write *(y)"]),
    ("(x)y", 3, ["write *y"]),
    ("x(x + 3)", 0, ["`x` is no function: for a product write x*(x + 3)"]),
    ("weight + weight(x)", 9, ["write weight*(x)"]),
    ("pi(x)", 0, ["write pi*(x)"]),
    ("xln(x)", 0, ["did you mean x*log(x)?"]),
    ("1.2.3", 3, ["between `1.2` and `.3`", "one point"]),
    ("1 000", 2, ["no blanks"]),
    ("1j", 1, ["write 1*j"]),
    (NAMED("MIDDLE DOT").join("2x"), 1, ["is written *"]),
    (NAMED("MULTIPLICATION SIGN").join("2x"), 1, ["U+00D7, multiplication sign", "is written *"]),
    # powers
    ("x^2", 1, ["a power is written `**`: write x**2"]),
    ("(x + 1)^2", 7, ["write **2"]),
    ("e^x", 1, ["write exp(x)"]),
    ("e^(x + 1)", 1, ["write exp(x + 1)"]),
    ("sin^2(x)", 3, ["write sin(x)**2"]),
    ("x²", 1, ["write x**2"]),
    ("x⁻¹", 1, ["write x**-1"]),
    ("xⁿ", 1, ["write x**n"]),
    # functions and constants
    ("sin x", 0, ["`sin` is a function: write sin(x)"]),
    ("2*sqrt 2", 2, ["write sqrt(2)"]),
    ("tanh", 0, ["`tanh` is a function"]),
    ("tanh + 1", 0, ["`tanh` is a function"]),
    ("1 + ln(x)", 4, ["write log(x)"]),
    ("ln x", 3, ["`ln` is written log(x)"]),
    ("sigma(x)", 0, ["write sigmoid(x)"]),
    ("\N{GREEK SMALL LETTER SIGMA}(x)", 0, ["write sigmoid(x)"]),
    ("arctan(x)", 0, ["write atan(x)"]),
    ("cot(x)", 0, ["write 1/tan(x)"]),
    ("softmax(x, y)", 0, ["function of lists"]),
    ("|x|", 0, ["is written abs(x)"]),
    ("1 - |x + 1|", 4, ["is written abs(x + 1)"]),
    ("√x", 0, ["sqrt(x)"]),
    ("2*√(x + 1)", 2, ["sqrt(x + 1)"]),
    ("π*x", 0, ["`π` is written pi"]),
    ("∞", 0, ["is written inf"]),
    ("½*x", 0, ["`½` is written 0.5"]),
    ("x!", 1, ["gamma(x + 1)"]),
    ("np.tanh(x)", 2, ["write tanh for np.tanh"]),
    ("2*math.pi", 6, ["write pi for math.pi"]),
    (f"x {NAMED('MINUS SIGN')} 1", 2, ["U+2212, minus sign", "is written -"]),
    (f"x {NAMED('EN DASH')} 1", 2, ["is written -"]),
    (f"x {NAMED('DIVISION SIGN')} 2", 2, ["is written /"]),
    ("x₁", 1, ["write x1"]),
    (NAMED("FULLWIDTH DIGIT ONE"), 0, ["is written 1"]),
    ("x" + NAMED("ZERO WIDTH SPACE"), 1, ["cannot be seen", "U+200B"]),
    ("x\ud800", 1, ["U+D800"]),
    ("x\0", 1, ["U+0000"]),
    # Python
    ("x if y else z", 2, ["`if` is a word", "where(step(x), a, b)"]),
    ("lambda: 1", 0, ["`lambda` is a word"]),
    ("x and y", 2, ["`and` is a word"]),
    ("True", 0, ["write 1"]),
    ("None", 0, ["`None` is a word"]),
    ("sum(x for x in y)", 6, ["`for` is a word"]),
    ("__import__('os').system('true')", 0, ["no function `__import__`"]),
    ("().__class__", 1, ["nothing between the parentheses"]),
    ("x.__class__", 1, ["`x` is one number"]),
    ("1..real", 2, ["a point stands in numbers alone"]),
    ("eval(x)", 0, ["no function `eval`"]),
    ("'x'", 0, ["no texts"]),
    ('"x"', 0, ["no texts"]),
    ("x[0]", 1, ["has no entries"]),
    ("[x]", 0, ["parentheses are round"]),
    ("{x}", 0, ["parentheses are round"]),
    ("x := 1", 2, ["`:=` has no meaning"]),
    ("y = x", 2, ["has no `=`", "w=0.5"]),
    ("leaky_relu(x, negative_slope=0.1)", 28, ["arguments have no names"]),
    ("x < 1", 2, ["step(x - y)"]),
    ("where(x >= 0, x, 0)", 8, ["step(x - y)"]),
    ("x == 1", 2, ["step(x - y)"]),
    ("x % 2", 2, ["x - y*floor(x / y)"]),
    ("x // 2", 2, ["floor(x / y)"]),
    ("x @ y", 2, ["x*y"]),
    ("x & y", 2, ["`&` has no meaning"]),
    ("$x", 0, ["`$` has no meaning"]),
    ("x # twice", 2, ["`#` has no meaning"]),
    ("\\frac{1}{2}", 0, ["no LaTeX"]),
    ("max(*x)", 4, ["missing after `(`"]),
    ("007", 0, ["leading zeros"]),
    # what is missing, and what is too much
    ("", 0, ["empty"]),
    ("   ", 0, ["empty"]),
    ("x +", 3, ["missing after `+`"]),
    ("* x", 0, ["missing before `*`"]),
    ("x ** ** y", 5, ["missing after `**`"]),
    ("()", 1, ["nothing between"]),
    ("sum()", 4, ["nothing between"]),
    ("sum(x,)", 6, ["missing after `,`"]),
    ("((x)", 0, ["never closed"]),
    ("1 + tanh(x", 8, ["never closed"]),
    ("x)", 1, ["closes none"]),
    ("1,5", 1, ["a comma", "0.5"]),
    ("1 + tanh(x, y)", 4, ["tanh takes 1 argument, and is given 2"]),
    ("log(1, 2, 3)", 0, ["log takes 1 or 2 arguments, and is given 3"]),
    # sizes
    ("(" * 10_000 + "x" + ")" * 10_000, 10_000, ["at most 10,000 characters", "20,001"]),
    ("x" + "+x" * 50_000, 10_000, ["at most 10,000 characters", "100,001"]),
    ("(" * 101 + "x" + ")" * 101, 100, ["more than 100 parentheses"]),
    ("tanh(" * 101 + "x" + ")" * 101, 504, ["more than 100 parentheses"]),
    ("x" + "+x" * 1_001, 2_001, ["more than 1,000 operations", "sum(...)"]),
    ("-" * 1_001 + "x", 1_000, ["more than 1,000 operations"]),
    ("x + " + "9" * 5_000, 4, ["a number of 5,000 characters"]),
]


@pytest.mark.parametrize(("text", "column", "words"), WRONG, ids=[ascii(text)[:40] for text, _, _ in WRONG])
def test_a_wrong_formula_is_told_its_place_and_what_to_write(text, column, words):
    with saying(FormulaError, *words) as told:
        read(text)
    assert told.value.column == column
    why, line, caret = str(told.value).split("\n")
    assert not why.endswith(".")
    assert re.fullmatch(r"  .*", line)
    assert re.fullmatch(r"  +\^", caret)
    assert width(line) <= 80
    assert len(why) <= 160


@pytest.mark.parametrize("fault", [RecursionError, MemoryError])
def test_what_the_parser_cannot_hold_is_told(monkeypatch, fault):
    def parsed(text, mode):
        raise fault

    monkeypatch.setattr("autograd_scratch.formulas.reading.parsed", parsed)
    with saying(FormulaError, "no room for x + 1"):
        read("x + 1")


def test_what_a_function_refuses_is_told_with_its_place():
    with saying(FormulaError, "must be from 0 to 1, not 2.0") as told:
        read("x + binary_cross_entropy(x, 2)")({"x": 0.5})
    assert told.value.column == 4
    assert isinstance(told.value, ValueError)


PYTHON = """
x.y | x[0] | x[1:2] | lambda: x | [x] | (x, y) | {x} | {x: y} | [x for x in y] | {x for x in y}
{x: x for x in y} | (x for x in y) | 'x' | b'x' | f'{x}' | 1j | True | None | ... | x < y | x == y
x and y | not x | ~x | (x := y) | x if y else z | x % y | x // y | x @ y
x << y | x | y | x & y | x ^ y | max(*x) | relu(x=y)
relu(x)(y) | (yield) | (yield from x) | await x | no_such(x) | x.y(z)
"""


def test_a_tree_of_anything_else_is_refused():
    seen = set()
    for text in re.split(r" \| (?=\S)|\n", PYTHON.strip().replace("x | y |", "x|y |")):
        tree = ast.parse(f"({text})", mode="eval").body
        seen |= {type(node) for node in ast.walk(tree)}
        with saying(FormulaError, "this is none"):
            steps_of(tree, text)
    elsewhere = {ast.expr, ast.Slice, ast.NamedExpr}  # inside of others
    newer = {
        kind for kind in ast.expr.__subclasses__() if kind.__name__ in ("TemplateStr", "Interpolation")
    }
    deprecated = {kind for kind in ast.expr.__subclasses__() if issubclass(kind, ast.Constant)}
    assert {*ast.expr.__subclasses__()} - seen - elsewhere - newer - deprecated == set()


@given(
    st.lists(
        st.sampled_from([*"xyπ2.5+-*/(),^| =", "**", "sin(", "max(", "1e", "ln", "if", "é"]), max_size=12
    )
)
def test_any_text_is_read_or_told_and_what_is_read_is_python(pieces):
    text = "".join(pieces)
    error = None
    try:
        names = {*read(text).variables}
    except FormulaError as raised:
        error = raised
    if error is None:
        tree = ast.parse(text.strip(), mode="eval")
        found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert names == found - {*FUNCTIONS} - {*CONSTANTS}
    else:
        assert 0 <= error.column <= len(text)


SHOWN = [  # a text, a column in it, and the lines that show it
    ("2x", 1, "  2x\n   ^"),
    ("数 + 2x", 5, "  数 + 2x\n        ^"),
    ("e\N{COMBINING ACUTE ACCENT} + 2x", 6, "  e\N{COMBINING ACUTE ACCENT} + 2x\n       ^"),
    ("éé*2x", 4, "  éé*2x\n      ^"),
    ("x\t+\n2y", 5, "  x + 2y\n       ^"),
    ("\x1b[31m2x", 6, "   [31m2x\n        ^"),
    ("", 0, "  \n  ^"),
    ("a" * 100, 0, "  " + "a" * 33 + "...\n  ^"),
    ("a" * 99 + "b", 99, "  ..." + "a" * 33 + "b\n" + " " * 38 + "^"),
    ("a" * 100 + "b" + "c" * 100, 100, "  ..." + "a" * 33 + "b" + "c" * 32 + "...\n" + " " * 38 + "^"),
    ("数" * 100, 50, "  ..." + "数" * 16 + "数" * 16 + "...\n" + " " * 37 + "^"),
    ("a" * 20 + "b" + "c" * 90, 20, "  " + "a" * 20 + "b" + "c" * 32 + "...\n" + " " * 22 + "^"),
]


@pytest.mark.parametrize(("text", "column", "lines"), SHOWN, ids=[ascii(text)[:30] for text, _, _ in SHOWN])
def test_the_caret_stands_below_the_place(text, column, lines):
    assert pointed(text, column) == lines


@pytest.mark.parametrize("where", ["", "数 + ", "é*", "e\N{COMBINING ACUTE ACCENT} - "])
def test_places_are_characters_also_where_the_parser_counts_bytes(where):
    with pytest.raises(FormulaError) as told:
        read(f"{where}tanh(x, y)")
    assert told.value.column == len(where)
    *_, caret = str(told.value).split("\n")
    assert len(caret) - 1 == 2 + width(where)


def test_values_are_assigned():
    texts = [
        "w=0.5",
        " x = -1_000 ",
        "b=-pi/2",
        "θ=1e400",
        "\N{FULLWIDTH LATIN SMALL LETTER Y}=nan",
        "e=.5",
    ]
    given_values = assigned(texts)
    assert [*given_values] == ["w", "x", "b", "θ", "y", "e"]
    assert [*given_values.values()][:4] == [0.5, -1_000.0, -math.pi / 2, math.inf]
    assert math.isnan(given_values["y"])
    assert assigned([]) == {}


NOT_ASSIGNED = [
    (["w"], 1, ["`w` has no value: write w=0.5"]),
    (["w="], 2, ["`w` has no value"]),
    (["=0.5"], 0, ["`=0.5` is no value of a variable: write w=0.5"]),
    (["README.md"], 0, ["`README.md` is no value", "the formula in quotes"]),
    (["2w=1"], 0, ["no value of a variable"]),
    (["w=two"], 2, ["`two` is no number: write w=0.5"]),
    (["w = 2*y"], 6, ["`y` is no number"]),
    (["w=2x"], 3, ["missing between `2` and `x`"]),
    (["w=0,5"], 3, ["write 0.5"]),
    (["w==1"], 2, ["`=`"]),
    (["w=1", "x=2", "w=3"], 0, ["`w` is given twice"]),
    (["exp=1"], 0, ["`exp` is a function: give the variable another name"]),
    (["lambda=1"], 0, ["`lambda` is a word of Python's"]),
    (["w=__import__('os')"], 2, ["no function"]),
    (["w=9" + "9" * 20_000], 10_002, ["at most 10,000"]),
]


@pytest.mark.parametrize(("texts", "column", "words"), NOT_ASSIGNED, ids=lambda case: ascii(case)[:30])
def test_a_wrong_value_is_told(texts, column, words):
    with saying(FormulaError, *words) as told:
        assigned(texts)
    assert told.value.column == column
    assert str(told.value).split("\n")[1].strip()[:2] == texts[-1].strip()[:2] or column > 100


def test_values_that_are_missing_and_those_that_are_not_used():
    formula = read("w*x + b")
    check_complete(formula, ["w", "x", "b", "c"])
    check_used(formula, ["w"])
    with saying(FormulaError, "`x` has no value: write x=0.5") as told:
        check_complete(formula, ["w", "b"])
    assert told.value.column == 2
    with saying(FormulaError, "`w`, `x` and `b` have no value: write w=0.5 x=0.5 b=0.5"):
        check_complete(formula, [])
    with saying(FormulaError, "`w` has no value", "`W` is not in the formula"):
        check_complete(formula, ["W", "x", "b"])
    with saying(FormulaError, "`c` is given, and not in the formula, which has w, x, b"):
        check_used(formula, ["w", "c"])
    with saying(FormulaError, "which has no variables"):
        check_used(read("1 + 2"), ["c"])


def test_what_is_advised_can_be_read():
    for other, ours in ALIASES.items():
        assert other not in FUNCTIONS
        with saying(FormulaError, f"write {ours}(x)"):
            read(f"{other}(x)")
        read(f"{ours}(x)" if FUNCTIONS[ours].fewest == 1 else f"{ours}(x, x)")
    for other, written in WRITTEN_OUT.items():
        with saying(FormulaError, f"`{other}`; write {written}"):
            read(f"{other}(x)")
        read(written)
    assert all(callable(getattr(ag, name)) and name not in FUNCTIONS for name in OF_LISTS)
    assert {*NAMES.values()} <= {*CONSTANTS}


def test_constants_are_those_of_math():
    assert {name: getattr(math, name) for name in ("pi", "e", "inf")}.items() <= CONSTANTS.items()
    assert math.isnan(CONSTANTS["nan"])
