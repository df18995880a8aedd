"""`autograd-scratch check FILE`: what it takes from a file, what it prints, and its exit status."""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import long

from autograd_scratch import cli
from autograd_scratch.checking.report import VERDICTS, BlockReport, Report
from autograd_scratch.errors import ShapeError

GOOD = """
at = {"w": [1.0, 2.0]}
hand = {"w": [2.0, 4.0]}
def loss(w):
    return w[0] * w[0] + w[1] * w[1]
"""


NEEDS_NUMPY = pytest.mark.skipif(find_spec("numpy") is None, reason="needs NumPy")


@pytest.fixture
def calls(monkeypatch):
    """Stand in for `compare`: note what it is called with, and find what `calls.verdict` says."""

    class Calls(list):
        verdict = "right"

        def compare(self, loss, *, at, hand, inputs=(), seed=0):
            self.append((loss, at, hand, seed))
            self.inputs = inputs
            return Report(self.verdict, {"w": BlockReport("w", (2,), (2,), self.verdict)})

    calls = Calls()
    monkeypatch.setattr(cli.checks, "compare", calls.compare)
    return calls


@pytest.fixture
def calling(monkeypatch):
    """Stand in for `compare` by a call of the loss."""
    monkeypatch.setattr(cli.checks, "compare", lambda loss, *, at, hand, inputs, seed: loss(**at))


def check(capsys, path, *options):
    status = cli.main(["check", str(path), *options])
    return status, *capsys.readouterr()


def written(folder, text, name="net.py"):
    path = folder / name
    path.write_text(text)
    return path


def refused(capsys, path):
    """Return the message of a check that cannot be done."""
    status, out, err = check(capsys, path)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert err.startswith("autograd-scratch: ")
    return err.removeprefix("autograd-scratch: ")


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_exit_status_is_the_verdict(capsys, tmp_path, calls, verdict):
    calls.verdict = verdict
    status, out, err = check(capsys, written(tmp_path, GOOD))
    expected = {"not checkable": 3, "wrong": 1, "shapes do not match": 1}
    assert status == expected.get(verdict, 0)
    assert out.startswith(f"{verdict.upper()}: ")
    assert err == ""


def test_what_the_file_defines_is_compared(capsys, tmp_path, calls):
    check(capsys, written(tmp_path, GOOD))
    check(capsys, written(tmp_path, GOOD), "--seed", "7")
    [(loss, at, hand, seed), (*_, other)] = calls
    assert loss([3.0, 4.0]) == 25.0
    assert (at, hand, seed, other) == ({"w": [1.0, 2.0]}, {"w": [2.0, 4.0]}, 0, 7)


@pytest.mark.parametrize(
    "definition", ["def backward(w): return [2 * x for x in w]", "backward = {'w': 1}"]
)
def test_backward_is_another_name_for_hand(capsys, tmp_path, calls, definition):
    text = GOOD.replace("hand =", "other =") + definition
    assert check(capsys, written(tmp_path, text))[0] == 0
    hand = calls[0][2]
    assert hand == {"w": 1} or hand([1.0]) == [2.0]
    check(capsys, written(tmp_path, GOOD + definition))  # a dict that backward(**at) gave, say
    assert calls[1][2] == {"w": [2.0, 4.0]}


NET = """
import numpy as np
class Net:
    def __init__(self):
        self.W, self.v = np.array([[0.5, -1.0], [1.5, 0.25]]), np.array([1.0, 2.0])
    def loss(self, X, y):
        self.X, self.error = X, X @ self.W @ self.v - y
        return np.sum(self.error**2)
    def backward(self):
        d = 2 * self.error
        self.dW, self.dv = np.outer(self.X.T @ d, self.v), (self.X @ self.W).T @ d
net = Net()
inputs = (np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 1.0]]), np.array([1.0, 0.0, -1.0]))
"""


@NEEDS_NUMPY
@pytest.mark.parametrize(
    ("change", "checked"),
    [
        ("", {"W", "v"}),
        ("loss = net", {"W", "v"}),
        ("loss = net.loss\nhand = net.backward", {"W", "v"}),
        ("loss = lambda X, y: net.loss(X, y)\nbackward = lambda: net.backward()", {"W", "v"}),
        ("at = ['v']\ndef backward(): net.backward(); return net.dv", {"v"}),
        ("inputs = dict(y=inputs[1], X=inputs[0])", {"W", "v"}),
    ],
)
def test_a_network_that_is_an_object(capsys, tmp_path, change, checked):
    for wrong, expected in (("", (0, "right")), ("self.error *", (1, "wrong"))):
        text = NET.replace("2 * self.error\n", f"2 * {wrong} self.error\n") + change
        status, out, _ = check(capsys, written(tmp_path, text), "--format", "json")
        report = json.loads(out)
        assert (status, report["verdict"]) == expected
        assert {*report["blocks"]} == checked


def test_a_loss_comes_before_a_network_that_it_uses(capsys, tmp_path, calls):
    check(capsys, written(tmp_path, f"{GOOD}\nnet = object()\ninputs = 3.0"))
    loss, at, *_ = calls[0]
    assert loss([3.0, 4.0]) == 25.0
    assert (at, calls.inputs) == ({"w": [1.0, 2.0]}, 3.0)


@NEEDS_NUMPY
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            NET.replace("inputs =", "data ="),
            "is called with inputs, .*missing .*; write inputs=",
        ),
        (NET.replace("def backward", "def back"), "no backward pass .*hand=net.backward"),
        (
            NET.replace("net = Net()", "model = Net()"),
            "define loss, .* or net, .* It defines np, Net, model, inputs",
        ),
        (NET + "loss = net.loss", "net.py does not define hand, .*also called backward."),
        (
            "def loss(w): return w",
            "does not define at, .* or inputs, where the loss finds its arrays itself",
        ),
    ],
)
def test_what_a_network_lacks(capsys, tmp_path, text, message):
    assert re.search(message, refused(capsys, written(tmp_path, text)))


def test_formats(capsys, tmp_path, calls):
    path = written(tmp_path, f"print('Hello')\n{GOOD}")
    outs = {}
    for form in ("text", "markdown", "json", "html"):
        status, outs[form], err = check(capsys, path, "--format", form)
        assert (status, err) == (0, "Hello\n")  # not among what may be piped on
    assert json.loads(outs["json"])["verdict"] == "right"
    assert outs["text"].startswith("RIGHT: ")
    assert outs["markdown"].startswith("**right**: ")
    assert outs["html"].startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("name", "options", "beginning"),
    [
        ("report.html", (), "<!DOCTYPE html>"),
        ("report.HTM", (), "<!DOCTYPE html>"),
        ("report.md", (), "**right**: "),
        ("report.json", (), '{\n  "schema": 1,'),
        ("report.txt", (), "RIGHT: "),
        ("report", (), "RIGHT: "),
        ("report.txt", ("--format", "html"), "<!DOCTYPE html>"),
    ],
)
def test_the_report_goes_into_a_file_whole(capsys, tmp_path, calls, name, options, beginning):
    path, target = written(tmp_path, GOOD), tmp_path / name
    target.write_text("what was there\n" * 9_000)
    target.chmod(0o640)
    status, out, err = check(capsys, path, "--output", str(target), *options)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "RIGHT: one block agrees with the derived gradient.",
        f"The report: {target}",
    ]
    text = target.read_text()
    assert text.startswith(beginning)
    assert text.endswith("\n")
    assert "what was there" not in text
    assert target.stat().st_mode & 0o777 == 0o640
    assert {other.name for other in tmp_path.iterdir()} == {"net.py", name}


@pytest.mark.parametrize("verdict", ["wrong", "not checkable"])
def test_a_report_in_a_file_leaves_the_exit_status_as_it_is(capsys, tmp_path, calls, verdict):
    calls.verdict = verdict
    status, out, _ = check(capsys, written(tmp_path, GOOD), "--output", str(tmp_path / "new.html"))
    assert status == {"wrong": 1, "not checkable": 3}[verdict]
    assert out.startswith(f"{verdict.upper()}: ")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("", "{} is a folder; give --output the file in it that is to be written\n"),
        ("no/r.html", "there is no folder {}/no for r.html; make it first\n"),
        ("net.py/r.html", "there is no folder {}/net.py for r.html; make it first\n"),
        ("net.py", "{}/net.py is what is checked, and would be lost; give another --output\n"),
        ("again.py", "{}/again.py is what is checked, and would be lost; give another --output\n"),
    ],
)
def test_a_target_that_cannot_be_is_refused_before_anything_runs(capsys, tmp_path, calls, target, message):
    path = written(tmp_path, GOOD)
    (tmp_path / "again.py").symlink_to(path)
    status, out, err = check(capsys, path, "--output", f"{tmp_path / target}")
    assert (status, out, err) == (2, "", f"autograd-scratch: {message.format(tmp_path)}")
    assert path.read_text() == GOOD
    assert not calls


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_target_that_cannot_be_written_keeps_what_was_there(capsys, tmp_path, calls, monkeypatch, step):
    def full(*_):
        raise OSError(28, "No space left on device")

    path, target = written(tmp_path, GOOD), written(tmp_path, "what was there", "report.html")
    monkeypatch.setattr(Path, step, full)
    status, out, err = check(capsys, path, "--output", str(target))
    assert (status, out) == (2, "")
    assert err == (
        f"autograd-scratch: cannot write {target}: No space left on device; name a file in a folder that "
        "exists and may be written\n"
    )
    assert target.read_text() == "what was there"
    assert {other.name for other in tmp_path.iterdir()} == {"net.py", "report.html"}


def test_a_link_and_a_pipe_stay_what_they_are(capsys, tmp_path, calls):
    path, target = written(tmp_path, GOOD), written(tmp_path, "", "there.html")
    link = tmp_path / "report.html"
    link.symlink_to(target)
    assert check(capsys, path, "--output", str(link))[0] == 0
    assert link.is_symlink()
    assert target.read_text().startswith("<!DOCTYPE html>")
    assert check(capsys, path, "--output", os.devnull)[0] == 0
    assert Path(os.devnull).is_char_device()


def test_a_file_imports_those_beside_it_and_leaves_no_trace(capsys, tmp_path, calling):
    before, modules = [*sys.path], {*sys.modules}
    for i in range(2):  # each folder has its own helper
        folder = tmp_path / str(i)
        folder.mkdir()
        written(folder, f"number = {i}", "helper_of_the_checked.py")
        path = written(
            folder,
            "from dataclasses import dataclass\nimport helper_of_the_checked\nhand = {}\nat = {}\n"
            "@dataclass\nclass Layer:\n    w: 'list[float]'\n"
            "def loss():\n    from helper_of_the_checked import number\n    raise ValueError(number)\n",
        )
        assert f"raises ValueError: {i}, in line 10" in refused(capsys, path)
        assert not [other for other in folder.iterdir() if "net" in other.name and other != path]
    assert sys.path == before
    assert not {name for name in {*sys.modules} - modules if "checked" in name}


def test_a_file_is_read_anew_each_time(capsys, tmp_path, calls):
    for seed in ("1", "2"):  # of one size, in one second
        check(capsys, written(tmp_path, GOOD.replace("2.0", f"{seed}.0")))
    assert [at for _, at, _, _ in calls] == [{"w": [1.0, 1.0]}, {"w": [1.0, 2.0]}]


def test_a_file_may_be_named_like_a_module(capsys, tmp_path, calls):
    assert check(capsys, written(tmp_path, GOOD, "json.py"))[0] == 0
    assert json.loads("[1]") == [1]
    assert sys.modules["json"] is json


def test_a_program_below_main_does_not_run(capsys, tmp_path, calls):
    text = GOOD + "if __name__ == '__main__':\n    raise SystemExit\n"
    assert check(capsys, written(tmp_path, text))[0] == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "net.py does not define loss, a function of the blocks, or net, .*; at, a dict of the blocks, ",
        ),
        ("", "also called backward. It defines nothing."),
        (GOOD.replace("loss", "Loss"), "Is Loss what should be called loss?"),
        (GOOD.replace("hand", "dW"), "hand, a dict of gradients by hand, .* It defines at, dW, loss."),
    ],
)
def test_what_a_file_lacks(capsys, tmp_path, calls, text, message):
    assert re.search(message, refused(capsys, written(tmp_path, text)))
    assert not calls


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = x / 0\n", "net.py raises ZeroDivisionError: division by zero, in line 2: y = x / 0\n"),
        ("def f():\n    raise KeyError\nf()", "net.py raises KeyError, in line 2: raise KeyError\n"),
        ("import json\njson.loads('[')", "in line 2: json.loads('[')\n"),
        ("x = (1,\n", "net.py is not valid Python: '(' was never closed, in line 1: x = (1,\n"),
        ("x = 1\n  y = 2\n", "net.py is not valid Python: unexpected indent, in line 2: y = 2\n"),
        ("import sys\nsys.exit(0)", "net.py ends the program in line 2: sys.exit(0)\nWhat only a program "),
        ("import no_such_module", "No module named 'no_such_module', in line 1: import no_such_module\n"),
        ("import no_such_module", f"beside the file, and for what is installed in {sys.prefix}\n"),
        ("from autograd_scratch import Value\nValue('1')", "raises DataError: data must be a real number"),
        ("x = 1\x00", "net.py is not valid Python: "),
        (f"x = {'-' * 100_000}1", "net.py is not valid Python: "),
        (
            "class Stop(BaseException): pass\nraise Stop('here')",
            "net.py raises Stop: here, in line 2: raise ",
        ),
        ("raise GeneratorExit", "net.py raises GeneratorExit, in line 1: raise GeneratorExit\n"),
        ("raise KeyboardInterrupt", "interrupted\n"),
        ("raise MemoryError", "net.py raises MemoryError, in line 1: raise MemoryError\n"),
        ("def f(): return f()\nf()", "net.py raises RecursionError: maximum recursion depth exceeded"),
        (
            "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
            "net.py raises E, in line 3: raise E\n",
        ),
    ],
)
def test_a_file_that_cannot_be_run_is_told_with_the_line(capsys, tmp_path, calls, text, message):
    assert message in refused(capsys, written(tmp_path, text))
    assert not calls


def test_a_file_whose_helper_cannot_be_read(capsys, tmp_path, calls):
    written(tmp_path, "x = = 1", "broken_helper.py")
    message = refused(capsys, written(tmp_path, "import broken_helper"))
    assert "SyntaxError: invalid syntax (broken_helper.py, line 1), in line 1: import broken" in message


def test_an_error_in_the_loss_is_told_with_its_line(capsys, tmp_path, calling):
    message = refused(capsys, written(tmp_path, GOOD.replace("w[0] *", "w[9] *")))
    assert message == (
        "net.py raises IndexError: list index out of range, in line 5: return w[9] * w[0] + w[1] * w[1]\n"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("raise SystemExit(0)", "net.py ends the program in line 5: raise SystemExit(0)\n"),
        ("raise type('Stop', (BaseException,), {})", "net.py raises Stop, in line 5: raise type('Stop'"),
        ("f = lambda: f(); return f()", "net.py raises RecursionError: maximum recursion depth exceeded"),
        ("raise StopIteration", "net.py raises StopIteration, in line 5: raise StopIteration\n"),
        ("raise KeyboardInterrupt", "interrupted\n"),
        (
            "return eval('w[9]')",
            "net.py raises IndexError: list index out of range, in line 5: return eval(",
        ),
    ],
)
@pytest.mark.parametrize("function", ["loss", "backward"])
def test_what_the_loss_and_the_backward_function_raise(capsys, tmp_path, function, line, message):
    text = GOOD.replace("return w[0] * w[0] + w[1] * w[1]", line)
    if function == "backward":
        text = text.replace("loss", "backward").replace("hand =", "other =")
        text += "def loss(w):\n    return w[0] * w[0] + w[1] * w[1]\n"
    assert refused(capsys, written(tmp_path, text)).startswith(message)


@pytest.mark.parametrize("unbuffered", ["", long("1")])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="streams are closed and filled as on Linux")
def test_a_stream_that_takes_nothing_is_no_verdict(tmp_path, monkeypatch, stream, redirection, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    path = written(tmp_path, GOOD if stream == "stdout" else "raise ValueError")
    number = {"stdout": 1, "stderr": 2}[stream]
    command = shlex.join([sys.executable, "-m", "autograd_scratch", "check", str(path)])
    run = subprocess.run(f"{command} {number}{redirection}", shell=True, capture_output=True)
    assert run.returncode == 2


@pytest.mark.parametrize(
    "line", ["sys.stdout.close()", "sys.stdout = io.TextIOWrapper(sys.stdout.buffer); del sys.stdout"]
)
def test_a_file_that_closes_a_stream_is_still_told_what_it_raises(tmp_path, line):
    path = written(tmp_path, f"import io, sys\n{line}\nraise ValueError('here')\n")
    command = [sys.executable, "-m", "autograd_scratch", "check", path]
    run = subprocess.run(command, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert "net.py raises ValueError: here, in line 3" in run.stderr


def test_an_error_of_compare_stays_as_it_is(capsys, tmp_path, monkeypatch):
    def compare(loss, *, at, hand, inputs, seed):
        raise ShapeError("the block w has another shape")

    monkeypatch.setattr(cli.checks, "compare", compare)
    assert refused(capsys, written(tmp_path, GOOD)) == "the block w has another shape\n"


def test_a_fault_of_ours_is_not_put_on_the_file_and_is_no_verdict(capsys, tmp_path, monkeypatch):
    def compare(loss, *, at, hand, inputs, seed):
        raise ZeroDivisionError

    monkeypatch.setattr(cli.checks, "compare", compare)
    line = compare.__code__.co_firstlineno + 1
    message = refused(capsys, written(tmp_path, GOOD))
    assert message == f"cannot go on: ZeroDivisionError, in line {line} of {__file__}\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nett.py", "there is no file {}/nett.py; did you mean net.py?\n"),
        ("missing/other.py", "there is no file {}/missing/other.py\n"),
        ("net.txt", "{}/net.txt is not a Python file; its name must end in .py\n"),
        (
            "",
            "{} is a folder; give the Python file in it that defines loss, at and hand, or net\n",
        ),
    ],
)
def test_a_file_that_is_not_there(capsys, tmp_path, calls, name, message):
    written(tmp_path, GOOD)
    written(tmp_path, GOOD, "net.txt")
    assert refused(capsys, tmp_path / name) == message.format(tmp_path)


def test_help_says_what_a_file_defines(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["check", "--help"])
    assert stop.value.code == 0
    out = " ".join(capsys.readouterr().out.split())
    for text in (
        "`loss`, a function",
        "`at`, a dict",
        "`hand` or `backward`",
        "`net`, an object",
        "`inputs`",
        "3 where that cannot",
    ):
        assert text in out
    with pytest.raises(SystemExit):
        cli.main(["check"])
    assert "FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "status", "verdict"),
    [
        ("", 0, "RIGHT: "),
        ("hand = {'w': [2.0, -4.0]}", 1, "WRONG: "),
        ("hand['w'] = [[2.0]]", 1, "SHAPES "),
    ],
)
def test_the_whole_way(capsys, tmp_path, change, status, verdict):
    found, out, _ = check(capsys, written(tmp_path, GOOD + change))
    assert found == status
    assert out.startswith(verdict)


@pytest.mark.parametrize(
    "change", ["at = [1.0]", "loss = 1.0", "hand = None", "at = {}", "hand = {'v': 1.0}"]
)
def test_what_compare_refuses_is_an_error(capsys, tmp_path, change):
    assert refused(capsys, written(tmp_path, GOOD + change))


def test_in_a_process_of_its_own(tmp_path):
    """From another folder, and without what the tests stand in for."""
    written(tmp_path, "raise RuntimeError('stop here')")
    run = subprocess.run(
        [sys.executable, "-m", "autograd_scratch", "check", "net.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("autograd-scratch: net.py raises RuntimeError: stop here, in line 1:")


def test_a_primitive_of_the_file_in_derived_code(tmp_path, capsys):
    file = tmp_path / "own.py"
    file.write_text(
        """
from autograd_scratch import SGD, Neuron, derive, fit, primitive

@primitive(partials=lambda out, x: (3.0 * x * x,))
def cube(x):
    return x * x * x

class Cubed(Neuron):
    def __call__(self, x):
        return cube(super().__call__(x))

fit(Cubed(1, weights=[0.5]), [([1.0], 1.0)], optimizer=SGD(0.1), epochs=2, engine="derived")
program = derive(cube, inputs=[2.0])
at = {"w": 2.0}

def loss(w):
    return cube(w)

def backward(w):
    return {"w": program(w)[1]}
"""
    )
    assert cli.main(["check", str(file)]) == 0
    assert capsys.readouterr().out.startswith("RIGHT")
