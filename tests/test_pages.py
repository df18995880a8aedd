"""The pages of the API: built as anyone builds them, and read for what nobody should have to read."""

import re
import subprocess
import sys
from inspect import ismodule
from pathlib import Path

import pytest

import autograd_scratch
from autograd_scratch import Module
from autograd_scratch.elsewhere import Elsewhere
from autograd_scratch.optim import Optimizer

ROOT = Path(__file__).parent.parent
PUBLIC = {
    name: thing
    for name in dir(autograd_scratch)
    if not name.startswith("_") and not ismodule(thing := getattr(autograd_scratch, name))
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    run = subprocess.run(
        [sys.executable, "-m", "tests.pages", folder], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")}


def test_every_public_name_is_on_the_front_page(pages):
    assert {*PUBLIC} <= {*re.findall(r'<section id="(\w+)">', pages["autograd_scratch.html"])}


def test_every_section_says_something(pages):
    for page, text in pages.items():
        for section in re.findall(r"<section id=.*?</section>", text, re.S):
            assert 'class="docstring"' in section, f"{page}: {section[:60]}"


def test_the_lists_of_the_front_page_name_what_is_public():
    listed = re.findall(r"^(?:- .+|  .+)$", autograd_scratch.__doc__.split("## ", 1)[1], re.M)
    assert {name for line in listed for name in re.findall(r"`(\w+)`", line)} == {*PUBLIC}


def test_a_reference_that_leads_nowhere_is_an_error(tmp_path):
    program = f"""
import runpy, sys, autograd_scratch
autograd_scratch.__doc__ += " `autograd_scratch.nowhere`"
sys.argv[1:] = [{str(tmp_path)!r}]
runpy.run_module("tests.pages", run_name="__main__")
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert "names autograd_scratch.nowhere" in run.stderr


def test_every_link_leads_somewhere(pages):
    ids = {page: {*re.findall(r'id="([^"]+)"', text)} for page, text in pages.items()}
    for page, text in pages.items():
        written = re.sub("<script.*?</script>", "", text, flags=re.S)
        for target, place in re.findall(r'<a [^>]*href="(?!https?:)([^"#]*)(?:#([^"]*))?"', written):
            parts = page.split("/")[:-1]
            for step in target.split("/"):
                parts = parts[:-1] if step == ".." else parts if step in ("", ".") else [*parts, step]
            other = "/".join(parts) if target else page
            assert other in pages, f"{page}: {target}"
            assert not place or place in ids[other], f"{page}: {target}#{place}"


@pytest.mark.parametrize("kind", [Module, Optimizer, autograd_scratch.Value, autograd_scratch.Drawing])
def test_names_of_other_libraries_are_on_no_page(pages, kind):
    names = {name for base in kind.__mro__ for name, x in vars(base).items() if isinstance(x, Elsewhere)}
    assert names
    for text in pages.values():
        shown = re.findall(rf'(?:id|href)="[^"]*?\b{kind.__name__}\.(\w+)"', text)
        assert not names & {*shown}


def test_signatures_are_to_be_read(pages):
    for page, text in pages.items():
        for signature in re.findall(
            r'<span class="(?:signature|annotation|default_value).*?</div>', text, re.S
        ):
            shown = re.sub(r"<[^>]+>", "", signature)
            assert not re.search(r"&lt;|0x[0-9a-f]{6}|typing\.|autograd_scratch\.\w+\.\w+\.", shown), (
                f"{page}: {shown}"
            )


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_documented_with_an_example(name):
    assert ">>> " in PUBLIC[name].__doc__
