"""Builds the pages of the API: `python -m tests.pages`, into build/api, or into the FOLDER given.

What pdoc cannot resolve is an error, and so is a dotted name of this package that leads nowhere.
"""

import re
import sys
import warnings
from pathlib import Path

import pdoc.render
from pdoc.render_helpers import relative_link

from .pages import PACKAGE, pages

DOT = r'</span><span class="o">\.</span><span class="n">'
ANNOTATION = re.compile(rf'(?<=<span class="n">)(autograd_scratch|typing)(?:{DOT}\w+)*{DOT}(\w+)(?!</a>)')
PLAIN = re.compile(
    r"&lt;class &#\w+;(\w+)&#\w+;&gt;|typing\.([A-Z]\w+)|autograd_scratch(?:\.\w+){2,}\.(\w+)"
)
LINK = r'<span class="(?:n|annotation|base)">(?:: )?<a href="[^"]*">'
FULL = re.compile(rf"({LINK})autograd_scratch\.(?:\w+\.)*(\w+)(?=</a>)")
NAMED = re.compile(r"<code>(\w+)</code>")


def link(page: str, name: str, text: str) -> str:
    """Return `text`, as a link where `name` is public."""
    for other, names in pages().items():
        if name in names.names:
            return f'<a href="{relative_link(page, other)}#{name}">{text}</a>'
    return text


def finished(page: str, text: str) -> str:
    """Link what is on other pages, as pdoc does on the same one, and shorten what is written in full."""
    text = ANNOTATION.sub(lambda m: link(page, m[2], m[2]), text)
    text = FULL.sub(r"\1\2", text)
    text = NAMED.sub(lambda m: link(page, m[1], m[0]), text)
    text = PLAIN.sub(lambda m: link(page, m[m.lastindex], m[m.lastindex]), text)
    if lost := re.search(r"<code>(autograd_scratch\.[\w.]+)</code>", text):
        raise LookupError(f"the page of {page} names {lost[1]}, which is nowhere")
    return text


def build(folder: Path) -> Path:
    """Write all pages into `folder`; return the path of the first."""
    warnings.simplefilter("error", UserWarning)
    warnings.simplefilter("error", RuntimeWarning)
    pdoc.render.configure(
        docformat="markdown",
        footer_text=f"autograd_scratch {PACKAGE.__version__}",
        template_directory=Path(__file__).parent,
    )
    for name, page in pages().items():
        file = folder / f"{name.replace('.', '/')}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(finished(name, pdoc.render.html_module(page, pages())), encoding="utf-8")
    (folder / "index.html").write_text(pdoc.render.html_index(pages()), encoding="utf-8")
    (folder / "search.js").write_text(pdoc.render.search_index(pages()), encoding="utf-8")
    return folder / "index.html"


if __name__ == "__main__":
    print(build(Path(sys.argv[1] if len(sys.argv) > 1 else "build/api")).resolve())
