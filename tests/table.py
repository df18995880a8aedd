"""Every primitive there is, found by looking into the rooms of the table."""

import math
from importlib import import_module
from pkgutil import iter_modules

import pytest
from conftest import long

from autograd_scratch import primitives
from autograd_scratch.checking.rules import arities_of
from autograd_scratch.primitives import Family, Primitive


def all_primitives():
    """Return the primitives of the package, of each family its examples, by name."""
    found = {}
    for room in iter_modules(primitives.__path__):
        for thing in vars(import_module(f"{primitives.__name__}.{room.name}")).values():
            if isinstance(thing, Primitive):
                found[thing.name] = thing
            elif isinstance(thing, Family):
                found |= {thing(*parameters).name: thing(*parameters) for parameters in thing.examples}
    return found


TABLE = all_primitives()
# each primitive with each number of arguments: three show most of what a rule can do
CASES = [
    (pytest.param if arity <= max(3, arities_of(p)[0]) else long)(p, arity, id=f"{name}/{arity}")
    for name, p in sorted(TABLE.items())
    for arity in arities_of(p)
]


def slope(function, x):
    """Differentiate by Ridders' method: central differences, extrapolated to step zero.

    W. H. Press et al., Numerical Recipes, 3rd ed., section 5.7; good to about 1e-10 here.
    """
    best, error = math.nan, math.inf
    for start in (0.1 * max(abs(x), 0.1), 0.01, 1e-4):
        previous = []
        for k in range(8):
            step = start / 1.4**k
            row = [(function(x + step) - function(x - step)) / (2.0 * step)]
            for j, earlier in enumerate(previous):
                factor = 1.96 ** (j + 1)
                row.append((factor * row[j] - earlier) / (factor - 1.0))
                doubt = max(abs(row[-1] - row[j]), abs(row[-1] - earlier))
                if doubt <= error:
                    best, error = row[-1], doubt
            previous = row
    return best
