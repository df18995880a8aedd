"""A page as one file: its data, style and scripts in it, and nothing that it asks for from elsewhere.

A policy lets these very scripts run, and modules of WebAssembly, and nothing else. The scripts are packed,
and a small one unpacks them, so that a page is a third as large. What comes from a person stands in a block
of data, which is no HTML, and is put into the page as text alone.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any
from zlib import compress

SCRIPTS = (
    *("dom", "graph", "steps", "layout", "layout_layers", "cut", "view", "marks"),
    *("pointer", "keys", "inspector", "controls", "explorer"),
)
OF_PARTS = {  # what pages have which have such a part
    "training": ("trainer.js", "training.js", "training.css"),
    "report": ("report.js", "report.css"),
    "pair": ("pair.js", "pair_steps.js", "pair.css"),
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<noscript><p>{words}</p></noscript>
<script type="application/json" id="data">{data}</script>
<script type="text/plain" id="scripts">{scripts}</script>
<script>{loader}</script>
</body>
</html>
"""


def page(content: Mapping[str, Any]) -> str:
    """Return a page of some content: its title, the words for it, graphs, and what else there is."""
    parts = {**content, "pair": len(content["graphs"]) > 1}
    more = [name for part, names in OF_PARTS.items() if parts.get(part) for name in names]
    files = [*(f"{name}.js" for name in SCRIPTS), "page.css", *more, "main.js"]
    scripts, style = (
        "\n".join(_text(name) for name in files if name.endswith(kind)) for kind in (".js", ".css")
    )
    loader = _text("loader.js")
    policy = (
        f"default-src 'none'; script-src '{_hash(loader)}' '{_hash(scripts)}' 'wasm-unsafe-eval'; "
        f"style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    )
    data = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return _PAGE.format(
        policy=policy,
        title=as_html(content["title"]),
        words=as_html(content["words"]),
        style=style,
        data=data.replace("<", "\\u003c"),
        scripts=b64encode(compress(scripts.encode(), 9)).decode(),
        loader=loader,
    )


def as_html(text: str) -> str:
    """Return text for HTML; half of a character, as Python may have in a text, is none."""
    return escape(text).encode("utf-8", "replace").decode()


@cache
def _text(name: str) -> str:
    return (resources.files(__package__) / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
