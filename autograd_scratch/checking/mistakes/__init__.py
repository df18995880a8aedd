"""The mistakes that people make in a backward pass, a family a file.

A `Suspect` is the backward pass with one deliberate mistake: other edges for some nodes of the graph, or
fixed adjoints. A `Rewrite` is one block's gradient with a mistake that touches no other block.
"""
