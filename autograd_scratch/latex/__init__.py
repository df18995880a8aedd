"""How Python's formulas are set in LaTeX: the text of derived code as what a teacher writes on a slide.

Whatever is set here is within math mode, and made of what amsmath, KaTeX and MathJax have in common. Names
are anybody's text, and are inert in what comes out.
"""
