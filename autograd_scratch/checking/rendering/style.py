"""How a report looks as HTML: colours, by night and by day, and a style sheet for its page."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from ...fragments import CELL
from .document import BAD, DOUBTFUL, GOOD

DAY = {
    "text": "#1f2328",
    "page": "#ffffff",
    "panel": "#f3f5f8",
    "quiet": "#4d5761",
    "line": "#c8ced5",
    "marked": "#fff3c4",
}
NIGHT = {
    "text": "#e6edf3",
    "page": "#0d1117",
    "panel": "#1b222b",
    "quiet": "#a9b4c0",
    "line": "#3d4652",
    "marked": "#4a3b00",
}
BADGE = "#ffffff"  # on these, by night and by day
BADGES = {GOOD: "#1a7034", DOUBTFUL: "#875a00", BAD: "#b42025"}

_BADGE = f"color: {BADGE}; padding: 0 0.4em; border-radius: 0.3em; background: "
INLINE = {mood: f"{_BADGE}{colour}" for mood, colour in BADGES.items()} | {
    "number": f"{CELL}; text-align: right",
    "words": f"{CELL}; text-align: left",
    "formula": f"{CELL}; text-align: left",
}


def _variables(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}: {colour}; " for name, colour in colours.items())


_BADGE_RULES = "\n".join(f".{mood} {{ background: {colour}; }}" for mood, colour in BADGES.items())
SHEET = f"""
:root {{ color-scheme: light dark; {_variables(DAY)}}}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(NIGHT)}}} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; color: var(--text); background: var(--page); line-height: 1.5;
  font-family: system-ui, sans-serif; overflow-wrap: anywhere; }}
main {{ max-width: 60rem; margin: 0 auto; padding: 1rem; }}
h1 {{ font-size: 1.5rem; margin: 0.5rem 0; }}
h2 {{ font-size: 1.2rem; margin: 2rem 0 0.5rem; }}
b.{GOOD}, b.{DOUBTFUL}, b.{BAD} {{ color: {BADGE}; padding: 0.1em 0.5em; border-radius: 0.3em;
  white-space: nowrap; }}
{_BADGE_RULES}
.scroll {{ overflow-x: auto; margin: 0.5rem 0; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; color: var(--quiet); padding-bottom: 0.3rem; }}
caption span {{ display: block; position: sticky; left: 0; width: max-content;
  max-width: calc(100vw - 5rem); }}
th, td {{ padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); white-space: nowrap; }}
.words {{ text-align: left; }}
.number {{ text-align: right; }}
.formula {{ text-align: left; white-space: normal; min-width: 9rem; }}
abbr {{ text-decoration: underline dotted; text-underline-offset: 0.2em; }}
pre, code {{ font-family: ui-monospace, monospace; font-size: 0.9em; }}
pre {{ background: var(--panel); padding: 0.6rem 0; border-radius: 0.3rem; margin: 0;
  min-width: max-content; }}
pre span, pre b {{ display: block; padding: 0 0.8rem; }}
pre b {{ background: var(--marked); }}
li {{ margin: 0.5rem 0; }}
dl {{ color: var(--quiet); font-size: 0.9rem; margin: 0.3rem 0 0 1rem; }}
@media (min-width: 40rem) {{ dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }} }}
dt {{ font-weight: 600; }}
dd {{ margin: 0 0 0.3rem; }}
@media print {{ table {{ font-size: 0.7em; }} pre {{ min-width: 0; white-space: pre-wrap; }} }}
footer {{ color: var(--quiet); font-size: 0.9rem; margin-top: 2rem; border-top: 1px solid var(--line); }}
"""
_HASH = b64encode(sha256(SHEET.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
