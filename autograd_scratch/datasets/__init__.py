"""Which small data things can be tried on: a family a file.

A data set is a list of pairs of inputs and a target, as `fit(model, data)` takes it; `X, y = zip(*data)`
are both apart. Inputs are a row of numbers, or for a sequence a row of rows, one for each step. A target is
a number, or the number of a class, from 0 on (those of `moons` are -1 and 1), or a row with a number for
each step. With the same int as `seed` the data are the same, those of `digits` and `names` bit for bit on
every machine.

    >>> from autograd_scratch import MLP, Adam, fit
    >>> from autograd_scratch.datasets import spirals, split
    >>> train, held_out = split(spirals(300, arms=3, seed=0), 0.8, seed=0)
    >>> model = MLP(2, [16, 3], activation="tanh", seed=0)
    >>> optimizer = Adam(0.02)
    >>> history = fit(model, train, loss="cross_entropy", optimizer=optimizer, epochs=500, engine="derived")
    >>> right = [max(range(3), key=lambda k: model(x)[k]) == label for x, label in held_out]
    >>> sum(right) / len(right) > 0.9
    True
"""

from ..elsewhere import tell_elsewhere
from .curves import friedman as friedman
from .curves import line as line
from .curves import polynomial as polynomial
from .curves import sine_wave as sine_wave
from .images import digits as digits
from .logic import AND as AND
from .logic import NAND as NAND
from .logic import NOR as NOR
from .logic import OR as OR
from .logic import XNOR as XNOR
from .logic import XOR as XOR
from .logic import parity as parity
from .points import blobs as blobs
from .points import circles as circles
from .points import moons as moons
from .points import spirals as spirals
from .preparing import batches as batches
from .preparing import one_hot as one_hot
from .preparing import shaped as shaped
from .preparing import split as split
from .preparing import standardize as standardize
from .series import adding as adding
from .series import echo as echo
from .series import windows as windows
from .tables import Table as Table
from .tables import from_sklearn as from_sklearn
from .tables import read_csv as read_csv
from .words import names as names

tell_elsewhere(__name__)
