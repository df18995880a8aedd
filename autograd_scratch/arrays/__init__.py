"""How Values live in NumPy arrays and nested lists.

`values` makes an array of Values on which NumPy code runs, `data` and `gradients` take the numbers and
the gradients out again. NumPy is imported where an array is met, and needed nowhere else.
"""

from .conversion import data as data
from .conversion import gradients as gradients
from .conversion import values as values
from .rows import log_softmax as log_softmax
from .rows import logsumexp as logsumexp
from .rows import softmax as softmax
