"""Where chance comes from: a whole number that seeds it, a `random.Random`, or Python's `random`."""

from operator import index
from random import Random, getrandbits

from .errors import DataError
from .ieee import describe

Seed = int | Random | None


def random_from(seed: Seed) -> Random:
    """Return the generator that a seed stands for; a Random stands for itself.

    None takes a seed from the module `random`: after `random.seed(1337)` all is the same again.

    >>> random_from(0).random() == Random(0).random()
    True
    """
    if seed is None:
        return Random(getrandbits(64))
    if isinstance(seed, Random):
        return seed
    try:
        return Random(index(seed))
    except TypeError:
        raise DataError(f"a seed must be a whole number or a random.Random, not {describe(seed)}") from None
