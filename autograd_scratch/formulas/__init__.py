"""What a formula means that somebody typed: from its text to a function of Values.

    >>> from autograd_scratch import Value
    >>> formula = read("tanh(w*x + b)")
    >>> formula.variables
    ('w', 'x', 'b')
    >>> formula({"w": Value(0.5, "w"), "x": 2.0, "b": -1.0})
    Value(data=0.0)

A text is read, and never run: it may hold numbers, all of which are floats, names, `+ - * / **`,
parentheses, and calls of this package's functions of numbers. First it is gone through from left to right,
and what cannot stand where it does is told with its place, and with what to write instead; then Python's
own parser says what belongs together; then its tree becomes a list of steps for a stack.

    >>> read("2x + 1")
    Traceback (most recent call last):
    autograd_scratch.errors.FormulaError: an operation is missing between `2` and `x`: write 2*x
      2x + 1
       ^
"""

from .assignments import assigned as assigned
from .assignments import check_complete as check_complete
from .assignments import check_used as check_used
from .reading import Formula as Formula
from .reading import read as read
