"""DOT texts with all that drawings are made of."""

_LAYERS = r"""
    node [shape=record fontname=Courier fontsize=11 style=filled fillcolor="white;0.66:#fde8d0"]
    edge [arrowhead=none]
    x [id=x tooltip="two inputs" label="<0>x1 0|<1>x2 1"]
    h [id=h tooltip="three\nneurons" label="<0>h.0 0.5|<1>h.1 \-2|<2>h.2\ \ 3"]
    x:0:e -> h:0:w [id=w00 color="#2166ac" penwidth=2.5 tooltip="w = 0.42\ngrad \-0.01"]
    x:1:e -> h:0:w [id=w01 color="#b2182b" penwidth=0.4 style=dashed]
    x:0:e -> h:2:w x:1 -> h:1 h:1 -> x:1
"""
TEXTS = {
    "lines between rows": f"digraph layers {{ rankdir=LR splines=line outputorder=edgesfirst {_LAYERS} }}",
    "downwards": f'digraph layers {{ id=top7 rankdir=TB label="below" labelloc=b {_LAYERS} }}',
    "cells in cells": r"""digraph cells {
        a [shape=record label="{<p> a | { b | <q> c } | d \{\<\|\>\}}" fillcolor="red:blue" style=filled]
        b [shape=Mrecord label="\N\l|right\r|two\nlines" gradientangle=270 fillcolor="w:#00f" style=filled]
        a:p -> a:q -> b
    }""",
    "shapes": r"""digraph shapes {
        node [style=filled fontname=Courier fillcolor="#fddcb5" height=0.3 margin="0.08,0.04"]
        a [shape=cds label="x1 = 2"] b [shape=folder label="layer 1\n7"] c [shape=plaintext label=1.5]
        d [shape=plain label=plain width=0.2] e [shape=box label=e penwidth=2.5] f [shape=note label=f]
        g [shape=tab label=g] h [shape=ellipse label=h] i [shape=circle label=i] j [shape=diamond label=j]
        k [shape=record label=""] l [shape=point label=l]
    }""",
    "styles": r"""digraph styles {
        a [shape=box style="rounded,filled,dashed" fillcolor="#eee8aa" penwidth=2.5] b [style=dotted]
        c [style=invis] d [shape=box style=filled fillcolor="red:blue" gradientangle=270]
        e [style=radial fillcolor="white:#0000ff80"] f [style=filled fillcolor=transparent fontcolor=gray]
        a -> b [style=bold arrowhead=dot dir=both] b -> c -> d e -> f [color="red:blue"]
    }""",
    "frames": r"""digraph frames {
        compound=true tooltip="all of it" color=red
        subgraph cluster_a {
            id=frame style="rounded,filled" color="#bbbbbb" fillcolor="#f6f6f6" label="layer 1" labeljust=l
            tooltip="a\nframe" a b
            subgraph cluster_b { label="inner" c }
        }
        a -> c [lhead=cluster_b] d -> b [label="0.25" labeltooltip=l]
    }""",
    "labels on arrows": r"""digraph labels {
        rankdir=LR edge [fontname=Courier fontsize=9 arrowsize=0.6 fontcolor="#444444"]
        a -> b [label=1.5] a -> b [label="-2e-05" color="#666666"] c -> c [label=self]
        b -> c [xlabel=x taillabel=t headlabel=h headtooltip=i] a -> c [tailport=e]
    }""",
    "letters": r"""digraph "é 中" {
        node [fontname=Courier] a [label="é ∂ñ → αβ │ 中 \N"] b [label="<&amp;>\lleft\rright"]
        b [tooltip="é&#10;│"]
        a -> b [label="&#215;" tooltip="1 < 2 & \"3\""] "" [label=""] "a b\\" [label="\N"] "" -> "a b\\"
    }""",
    "a small sheet": r"digraph sheet { size=1 ranksep=1.2 nodesep=0.1 bgcolor=transparent a -> b a -> d }",
    "a large sheet": r'digraph sheet { size="20.83,12.5" bgcolor="#ffeeee" pad=0.5 a -> b }',
    "no arrows": r'graph "computation graph" { ordering=out a -- b c d {rank=same b c} }',
    "nothing": r"digraph nothing {}",
}
