"""Programs of arrays: losses as people write them in NumPy, and their gradients by an independent way.

    @program(W=(3, 2), b=(2,))     # shapes of the parameters, drawn at random
    def loss(W, b):
        return np.mean((X @ W + b - y) ** 2)

They run on plain NumPy, and import nothing of ours. `golden` are those whose derived source is kept word by
word; `variants` differ in widths, conventions, losses and data; `loops` go over time.
"""

from . import golden, loops, variants
from .definition import PROGRAMS, agree, drawn, gradient_of

__all__ = ["PROGRAMS", "agree", "drawn", "golden", "gradient_of", "loops", "variants"]
