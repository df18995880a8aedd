"""Where chance comes from: a whole number that seeds it, or a `random.Random`, is accepted in one way."""

from operator import index
from random import Random

from .errors import DataError
from .ieee import describe

Seed = int | Random | None


def random_from(seed: Seed) -> Random:
    """Return the generator that a seed stands for: None for a fresh one, a Random for itself.

    >>> random_from(0).random() == Random(0).random()
    True
    """
    if seed is None or isinstance(seed, Random):
        return seed or Random()
    try:
        return Random(index(seed))
    except TypeError:
        raise DataError(f"a seed must be a whole number or a random.Random, not {describe(seed)}") from None
