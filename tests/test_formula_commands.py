"""`autograd-scratch draw`, `grad` and `derive`: what they take, print and write, and their exit status."""

import json
import math
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import autograd_scratch as ag
from autograd_scratch import Value, cli, draw, explain

FORMULA = "tanh(w*x + b)"
VALUES = ["w=0.5", "x=2", "b=1"]
SLOPE = 1 - math.tanh(2.0) ** 2
GRADIENT = {"w": 2 * SLOPE, "x": 0.5 * SLOPE, "b": SLOPE}
COMMANDS = ["draw", "grad", "derive"]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run a command in a folder of its own; return its exit status and what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = cli.main(arguments)
        return status, *capsys.readouterr()

    return run


def numbers(out):
    """Return the numbers at the ends of lines, by what stands before them."""
    return {label: float(x) for label, x in re.findall(r"^(\S.*?) +([-\w.+]+)$", out, re.M)}


def computed():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "b")
    loss = (w * x + b).tanh()
    loss.backward()
    return loss, w, x, b


def test_grad_prints_value_and_gradient_a_line_a_variable(run):
    status, out, err = run("grad", FORMULA, *VALUES)
    assert (status, err) == (0, "")
    assert [line.split("  ")[0] for line in out.splitlines()] == ["value", "d / d w", "d / d x", "d / d b"]
    expected = {"value": math.tanh(2.0), **{f"d / d {name}": slope for name, slope in GRADIENT.items()}}
    assert numbers(out) == pytest.approx(expected, rel=1e-5)
    assert {line.index(".") for line in out.splitlines()} == {10}


def test_columns_are_those_of_a_terminal(run):
    _, out, _ = run("grad", "数*weight + é", "数=1000", "weight=-0.5", "é=2")
    assert out.splitlines() == [
        "value         -498",
        "d / d 数        -0.5",
        "d / d weight  1000",
        "d / d é          1",
    ]


def test_grad_as_json(run):
    status, out, _ = run("grad", FORMULA, *VALUES, "--format", "json")
    told = json.loads(out)
    assert status == 0
    assert told["gradient"] == pytest.approx(GRADIENT, rel=1e-12)
    assert told["value"] == math.tanh(2.0)
    assert told["variables"] == {"w": 0.5, "x": 2.0, "b": 1.0}
    assert (told["formula"], told["nonfinite"]) == (FORMULA, None)
    assert "ledgers" not in told
    _, out, _ = run("grad", FORMULA, *VALUES, "--format", "json", "--explain")
    loss, w, *_ = computed()
    assert json.loads(out)["ledgers"]["w"] == explain(loss, w).to_dict()


def test_json_has_no_numbers_that_json_does_not_have(run):
    _, out, _ = run("grad", "sqrt(x)*log(y)", "x=0", "y=0", "--format", "json")
    told = json.loads(out, parse_constant=pytest.fail)
    assert (told["value"], told["gradient"]) == ("nan", {"x": "-inf", "y": "nan"})
    assert "log(y) is -inf" in told["nonfinite"]


def test_grad_explains(run):
    _, short, _ = run("grad", FORMULA, *VALUES)
    _, out, _ = run("grad", FORMULA, *VALUES, "--explain")
    loss, *leaves = computed()
    assert out == short + "".join(f"\n{explain(loss, leaf)}\n" for leaf in leaves)


@pytest.mark.parametrize(
    ("formula", "values", "value", "words"),
    [
        ("log(x)", ["x=0"], "-inf", "log(x) is -inf, though x = 0.0 is finite"),
        ("x/0", ["x=1"], "inf", "A division by 0"),
        ("1/0", [], "inf", "1 / 0 is inf"),
        ("x + 9**9**9**9", ["x=1"], "inf", "9 ** 9 ** 9 is inf"),
        ("w*x", ["w=inf", "x=2"], "inf", "w came in as inf"),
        ("sqrt(x)", ["x=0"], "0", "the local derivative of sqrt(x) by x is inf"),
        ("x*1e400", ["x=0"], "nan", "a constant came in as inf"),
    ],
)
def test_what_is_not_finite_is_shown_and_explained(run, formula, values, value, words):
    status, out, _ = run("grad", formula, *values)
    assert status == 0
    assert out.splitlines()[0].split() == ["value", value]
    assert words in out.split("\n\n", 1)[1]
    assert "strict()" not in out


def test_values_may_be_formulas_of_numbers_and_stand_anywhere(run):
    _, expected, _ = run("grad", FORMULA, *VALUES)
    assert run("grad", "--format", "text", FORMULA, "w=1/2", "x = 2", "b=e**0") == (0, expected, "")
    assert run("grad", FORMULA, "w=0.5", "--format=text", "x=2", "b=1") == (0, expected, "")
    assert run("grad", FORMULA, "--format", "text", *VALUES) == (0, expected, "")
    assert run("grad", "--", FORMULA, *VALUES) == (0, expected, "")


@pytest.mark.parametrize("formula", ["-x**2", "-(x**2)", "-h", "- x**2"])
def test_a_formula_may_begin_with_a_minus(run, formula):
    if formula == "-h":  # which is an option
        with pytest.raises(SystemExit) as stop:
            run("grad", formula)
        assert stop.value.code == 0
    else:
        assert run("grad", formula, "x=3") == (0, "value    -9\nd / d x  -6\n", "")


def test_a_name_that_is_a_constant_may_be_given_a_value(run):
    assert numbers(run("grad", "e*pi", "e=2", "pi=3")[1]) == {"value": 6.0, "d / d e": 3.0, "d / d pi": 2.0}
    assert numbers(run("grad", "e*x", "x=2")[1])["value"] == pytest.approx(2 * math.e, rel=1e-5)


def test_draw_writes_the_graph_and_prints_the_gradient(run, tmp_path):
    _, gradient, _ = run("grad", FORMULA, *VALUES)
    status, out, err = run("draw", FORMULA, *VALUES)
    assert (status, err) == (0, "")
    path = tmp_path / "graph.svg"
    assert out == f"{gradient}The graph, with values and gradients: {path}\n"
    shown = " ".join(ElementTree.parse(path).getroot().itertext())
    assert all(name in shown for name in ("w", "x", "b", "tanh", "0.964"))


def test_draw_draws_what_draw_draws(run, tmp_path):
    run("draw", FORMULA, *VALUES, "--output", "f.dot")
    assert (tmp_path / "f.dot").read_text() == draw(computed()[0]).source


@pytest.mark.parametrize("name", ["f.svg", "f.png", "f.PDF", "f.dot", "f.gv"])
def test_the_suffix_decides(run, tmp_path, monkeypatch, name):
    monkeypatch.setattr(
        "autograd_scratch.drawing.picture.lay_out", lambda source, form, *dpi: form.encode()
    )
    assert run("draw", FORMULA, *VALUES, "--output", name)[0] == 0
    form = Path(name).suffix[1:].lower()
    content = (tmp_path / name).read_bytes()
    assert content.startswith(b"digraph") if form in ("dot", "gv") else content == form.encode()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("f.gif", "write --output f.svg"),
        ("f", "write --output f.svg"),
        ("", "--output"),
        ("none/f.svg", "cannot write none/f.svg"),
    ],
)
def test_a_file_that_cannot_be_written(run, tmp_path, output, words):
    status, out, err = run("draw", FORMULA, *VALUES, "--output", output)
    assert status == 2
    assert err.startswith("autograd-scratch: ")
    assert words in err
    assert bool(out) == output.startswith("none")  # what was computed is not lost
    assert not [*tmp_path.iterdir()]


def test_draw_prints_the_graph_as_text(run):
    status, out, _ = run("draw", FORMULA, "--text", *VALUES)
    assert status == 0
    assert out.endswith(f"graph.svg\n\n{draw(computed()[0]).text.rstrip()}\n")


@pytest.mark.parametrize("command", ["draw", "derive"])
def test_a_formula_without_variables(run, command):
    status, out, err = run(command, "2 + 3")
    assert (status, out) == (2, "")
    assert "there is no variable in the formula" in err
    assert "it is 5" in err


def test_a_formula_of_numbers_has_a_value(run):
    assert run("grad", "2 + 3") == (0, "value  5\n", "")


def program(source):
    space = {}
    exec(source, space)
    return space["loss"]


@pytest.mark.parametrize("style", ["exact", "textbook"])
def test_derive_prints_a_program(run, style):
    status, out, err = run("derive", FORMULA, "--style", style)
    assert (status, err) == (0, "")
    value, slopes = program(out)(0.5, 2.0, 1.0)
    assert value == pytest.approx(math.tanh(2.0), rel=1e-14)
    assert dict(zip("wxb", slopes)) == pytest.approx(GRADIENT, rel=1e-12)
    assert ("1.0 - loss ** 2" in out) == (style == "textbook")


def test_derive_by_some_variables(run):
    _, out, _ = run("derive", FORMULA, "--wrt", "b, w")
    assert program(out)(0.5, 2.0, 1.0)[1] == pytest.approx((GRADIENT["b"], GRADIENT["w"]), rel=1e-12)
    assert run("derive", FORMULA, "--wrt", "b,w,b", "x=7")[1] == out
    assert run("derive", FORMULA, *VALUES, "--wrt=b,w")[1] == out


def test_derive_where_values_are_needed(run):
    status, _, err = run("derive", "binary_cross_entropy(p, 3)", "p=0.25")
    assert status == 2
    assert "must be from 0 to 1, not 3.0" in err
    assert run("derive", "binary_cross_entropy(p, y)")[0] == 0
    assert "e, x" in run("derive", "e**x", "--wrt", "e")[1]


@pytest.mark.parametrize("formula", ["max(x, y)*abs(x) - relu(y)", "where(step(x - y), x**2, y)", "x**y"])
def test_derived_programs_choose_at_every_point(run, formula):
    derived = program(run("derive", formula)[1])
    for x, y in ((0.5, 2.0), (3.0, 1.0), (2.0, -1.5)):
        _, out, _ = run("grad", formula, f"x={x}", f"y={y}", "--format", "json")
        told = json.loads(out)
        value, slopes = derived(x, y)
        if told["gradient"]["y"] != "nan":
            assert (value, *slopes) == pytest.approx((told["value"], *told["gradient"].values()), rel=1e-12)


WRONG = [
    (
        ["grad", "tanhh(w*x + b)"],
        "error: there is no function `tanhh`; did you mean tanh?\n  tanhh(w*x + b)\n  ^\n",
    ),
    (["draw", "2x", "x=1"], "error: an operation is missing between `2` and `x`: write 2*x\n  2x\n   ^\n"),
    (["derive", "x^2"], "error: a power is written `**`: write x**2\n  x^2\n   ^\n"),
    (["grad", "w*x", "x=1"], "error: `w` has no value: write w=0.5\n  w*x\n  ^\n"),
    (["grad", "x", "x=1", "y=2"], "error: `y` is given, and not in the formula, which has x\n"),
    (["derive", "x", "y=2"], "error: `y` is given, and not in the formula, which has x\n"),
    (
        ["derive", "x", "--wrt", "y"],
        "error: `y` is asked for by --wrt, and not in the formula, which has x\n",
    ),
    (
        ["derive", "x", "--wrt", ""],
        "error: `` is asked for by --wrt, and not in the formula, which has x\n",
    ),
    (["grad", "x", "x=1", "x=2"], "error: `x` is given twice: leave one out\n  x=2\n  ^\n"),
    (["grad", "x", "x=two"], "error: `two` is no number: write x=0.5\n  x=two\n    ^\n"),
    (["grad", "x", "tanh=2"], "error: `tanh` is a function: "),
    (["grad", "x", "if=2"], "error: `if` is a word of Python's: "),
    (["grad", "x", "*", "2"], "error: `*` is no value of a variable: "),
    (["grad", "__import__('os').system('true')"], "error: there is no function `__import__`"),
    (["grad", "(" * 10_000 + "1" + ")" * 10_000], "error: a formula has at most 10,000 characters"),
    (["grad", "x" + "+x" * 4_999], "error: there are more than 1,000 operations"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=lambda case: ascii(case)[:40])
def test_what_is_wrong_is_told_in_a_few_lines(run, tmp_path, arguments, message):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert len(err.splitlines()) <= 3
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "arguments", [["grad", "x", "x=1", "--foo"], ["check", "a.py", "x=1"], ["xor", "x=1"]]
)
def test_arguments_that_a_command_does_not_have(run, capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        run(*arguments)
    assert stop.value.code == 2
    assert f"unrecognized arguments: {arguments[-1]}" in capsys.readouterr().err


def test_alone_it_shows_the_help(run, capsys):
    status, out, err = run()
    assert (status, err) == (0, "")
    with pytest.raises(SystemExit):
        run("--help")
    assert out == capsys.readouterr().out
    assert all(f"    {command} " in out for command in ("xor", "check", *COMMANDS))


@pytest.mark.parametrize("command", ["xor", "check", *COMMANDS])
def test_the_help_of_each_command_has_an_example(run, capsys, tmp_path, command):
    with pytest.raises(SystemExit) as stop:
        run(command, "--help")
    assert stop.value.code == 0
    out = capsys.readouterr().out
    example = re.search(r"Example:\s+(autograd-scratch .+)", out)[1]
    if command in COMMANDS:
        assert all(len(line) < 80 for line in out.splitlines())
        assert run(*shlex.split(example)[1:])[0] == 0


def test_in_a_process_of_its_own():
    command = [sys.executable, "-m", "autograd_scratch", "grad", "π*r**2", "r=1"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii", **environment()})
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(rb"error: `\u03c0` is written pi")


def environment():
    from os import environ

    return {name: text for name, text in environ.items() if name != "PYTHONIOENCODING"}


def test_long_sums_are_derived_and_drawn(run):
    formula = "x" + "+x" * 1_000
    assert numbers(run("grad", formula, "x=2")[1]) == {"value": 2002.0, "d / d x": 1001.0}
    assert run("draw", formula, "x=2", "--output", "f.dot")[0] == 0
    assert program(run("derive", formula)[1])(2.0) == (2002.0, (1001.0,))


def test_the_version_is_still_told(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert ag.__version__ in capsys.readouterr().out
