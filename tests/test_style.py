"""What a contributor would be told to fix: lint, format, and examples that do not run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_scratch import __version__, checking
from autograd_scratch.checking import KINDS, VERDICTS

ROOT = Path(__file__).parent.parent
REDUCED = {
    "boundaries.py": ["20"],
    "digits.py": ["2"],
    "cnn.py": ["1"],
    "sine.py": ["2"],
    "gpt.py": ["1"],
}  # demos that take their length


@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."]], ids=" ".join
)
def test_tool_is_content(command):
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("demo", sorted((ROOT / "demos").glob("*.py")), ids=lambda path: path.name)
def test_demo_runs(demo, tmp_path):
    run = subprocess.run(
        [sys.executable, "-W", "error", demo, *REDUCED.get(demo.name, ())],
        cwd=tmp_path,
        capture_output=True,
        text=True,
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


def test_every_finding_is_listed_once():
    listed = re.findall(
        r"^- \[[\w-]+\]\(([\w-]+\.sh)\): ", (ROOT / "findings" / "README.md").read_text(), re.M
    )
    assert listed == sorted(path.name for path in (ROOT / "findings").glob("*.sh"))
