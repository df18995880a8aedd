"""What a contributor would be told to fix: lint, format, types, and examples that do not run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_scratch import __version__, checking
from autograd_scratch.checking import KINDS, VERDICTS

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
    ],
    ids=" ".join,
)
def test_tool_is_content(command):
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_types_accept_what_people_write(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from autograd_scratch import MLP, SGD, Adam, AdamW, Value, clip_grad_norm\n"
        "from autograd_scratch.optim import Optimizer\n"
        "model, w = MLP(2, [1]), Value(1.0)\n"
        "optimizers: list[Optimizer] = [\n"
        "    SGD(0.1), SGD(0.1, model), SGD(0.1, [w], momentum=0.9), Adam(), Adam(model), Adam(lr=0.1),\n"
        "    SGD(model.parameters(), lr=0.1), SGD(model, 0.1), SGD(params=model.parameters(), lr=0.1),\n"
        "    AdamW((p for p in model.parameters()), lr=1), SGD(w, lr=0.1), SGD(model, 0.1, 0.9),\n"
        "]\n"
        "rate: float = SGD(0.1).lr\n"
        "betas: tuple[float, float] = Adam().betas\n"
        "norm: float = clip_grad_norm((p for p in model.parameters()), 1.0)\n"
        "optimizers[0].zero_grad(set_to_none=True)\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", str(program)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    program.write_text(program.read_text() + 'SGD("0.1", model)\n')
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert 'incompatible type "str"' in run.stdout


@pytest.mark.parametrize("demo", sorted((ROOT / "demos").glob("*.py")), ids=lambda path: path.name)
def test_demo_runs(demo, tmp_path):
    run = subprocess.run(
        [sys.executable, "-W", "error", demo], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_readme_shows_the_file_tree_as_it_is():
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^[ │├└─]*(\w+(?:\.py|/)) ", readme, re.M))
    rooms = {
        path.name + "/" * path.is_dir()
        for path in (ROOT / "autograd_scratch").iterdir()
        if not path.name.startswith("_") and path.suffix in ("", ".py")
    }
    assert rooms == {name for name in named if name != "autograd_scratch/"}


def test_the_readme_counts_the_kinds_of_mistakes():
    assert f" {len(KINDS)} kinds of mistakes " in (ROOT / "README.md").read_text()


def test_the_page_of_checking_explains_every_verdict_once():
    rows = re.findall(r"^\| ([\w ]+) \| .+ \|$", checking.__doc__, re.M)
    assert rows == [*VERDICTS]


def test_the_changelog_begins_with_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    version, *others = re.findall(r"^## \[([\d.]+)\] - \d{4}-\d\d-\d\d$", changelog, re.M)
    assert version == __version__
    assert others == sorted(others, reverse=True)


def test_the_top_level_holds_what_it_should():
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    tracked = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    top = {name.partition("/")[0] for name in tracked.stdout.split()}
    planned = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"}
    planned |= {"autograd_scratch", "tests", "demos", "findings"}
    assert {name for name in top if not name.startswith(".")} <= planned
