"""Right backward passes, written by hand as students write them, for models that are drawn at random.

Nothing is wrong in any of them, so whoever calls one wrong is wrong himself. A model is a list of layers
and a loss; each of them is written in one of several ways, some of them careless with large numbers.

    for case in cases(1000, seed=0):
        case.loss(**case.at)        # one number; also runs on arrays of Values
        case.hand["W1"]             # the gradient of W1

`python -m tests.right_passes [COUNT] [SEED]` goes through COUNT of them and lists those that `compare`
calls wrong. A case's name tells how it was drawn. At its end is its number: `one(17, seed=3)` draws #3.17
again. Draws whose loss or gradient is not finite are left out.

    activations.py, dense.py, normalization.py, convolution.py, pooling.py, recurrent.py     the layers
    losses.py, targets.py     what stands at the end, and what it is compared with
    kinks.py      where a kink is met
    draw.py       the choices that a whole model shares
    families.py   which layers follow one another
    model.py      the layers and the loss as one model, and as a case
    __main__.py   what `compare` says of them
"""

from .model import Case, drawn

__all__ = ["Case", "cases", "one"]


def cases(count, seed=0):
    """Yield `count` right cases; a case does not depend on how many there are."""
    for index in range(count):
        yield one(index, seed)


def one(index, seed=0):
    """Return the case of this number."""
    return drawn(seed, index)
