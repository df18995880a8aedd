"""Which piecewise functions are met at their kinks, or within rounding of them, and how often."""

from collections import Counter

import numpy as np


class Kinks:
    def __init__(self, dtype):
        self.rounding = 64 * np.finfo(dtype).eps
        self.seen = Counter()

    def see(self, what, distance, size=0.0):
        """Note the kinks of a function: where `distance` is zero, or rounding of numbers of this `size`."""
        distance = np.abs(distance)
        if distance.size:
            near = distance <= self.rounding * max(distance.max(), size)
            self.seen[f"{what} at 0"] += int((distance == 0).sum())
            self.seen[f"{what} within rounding of 0"] += int((near & (distance != 0)).sum())

    def told(self):
        return tuple(f"{what} x{times}" for what, times in self.seen.items() if times)
