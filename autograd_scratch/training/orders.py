"""The order of the rows in each epoch: a function of a seed and the number of the epoch alone.

So it does not matter in how many parts, or by whom, the epochs are done.

    >>> order_of(7, 0, 5) == order_of(7, 0, 5) != order_of(7, 1, 5)
    True
    >>> sorted(order_of(7, 3, 5))
    [0, 1, 2, 3, 4]
"""

from functools import lru_cache
from random import Random

_DRAWN = 1_024  # rows in the orders that are drawn together: seeding takes longer than a few rows


def order_of(seed: int, epoch: int, count: int) -> list[int]:
    """Return the numbers of so many rows as they come in an epoch."""
    lot, place = divmod(epoch, max(1, _DRAWN // count))
    return [*_orders(seed, lot, count)[place]]


def split_of(seed: int | None, share: float, count: int) -> tuple[list[int], list[int]]:
    """Return the numbers of the rows to train on, and of those held out: the last, or any by a seed.

    >>> split_of(None, 0.25, 8)
    ([0, 1, 2, 3, 4, 5], [6, 7])
    """
    order = [*range(count)] if seed is None else order_of(seed, -1, count)
    kept = count - max(1, round(share * count))
    return sorted(order[:kept]), sorted(order[kept:])


@lru_cache(maxsize=2)
def _orders(seed: int, lot: int, count: int) -> list[list[int]]:
    """Draw the orders of some epochs that follow one another."""
    random, orders = Random(f"{seed} {lot}"), []
    for _ in range(max(1, _DRAWN // count)):
        orders.append([*range(count)])
        random.shuffle(orders[-1])
    return orders
