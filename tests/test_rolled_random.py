"""Random programs of arrays, differentiated and lowered, held against Values."""

import math
from math import prod
from random import Random

import numpy as np
import pytest
from conftest import how_many
from rolled import eager, in_floats, of_arrays, of_lowered, of_wasm, traced
from table import TABLE
from test_maps import places_drawn, shape_drawn

from autograd_scratch.program.replay import replayed
from autograd_scratch.program.rolled.scalars import scalar_equations

OF_ONE = [
    *("tanh", "exp", "relu", "sqrt", "log", "square", "abs", "softplus", "sigmoid", "neg", "floor"),
    *("reciprocal", "sin", "gelu", "step"),
]
OF_TWO = ["add", "sub", "mul", "div", "max", "min", "hypot", "atan2", "less", "less_equal", "equal"]
OF_MANY = [
    *("max", "first_max", "min", "logsumexp", "sum", "mean", "prod", "hypot", "fsum", "dot"),
    *("log_softmax[0]", "cross_entropy[0]"),
]
ARMS = ["sqrt", "log", "exp", "neg"]


class Drawn:
    """A program of a few operations on arrays: the same one for Values and for Variables."""

    def __init__(self, seed):
        self.seed = seed

    def __call__(self, ops, *arrays):
        self.random, self.ops, self.pool = Random(self.seed), ops, list(arrays)
        draws = [self.of_one, self.of_one, self.of_two, self.taken, self.put, self.along, self.chosen]
        for _ in range(self.random.randrange(3, 9)):
            self.pool.append(self.random.choice(draws)(self.random.choice(self.pool)))
        return ops.each(TABLE["add"], *map(self.total, self.pool[-2:]))

    def primitive(self, names):
        return TABLE[self.random.choice(names)]

    def of_one(self, x):
        return self.ops.each(self.primitive(OF_ONE), x)

    def of_two(self, x):
        return self.ops.each(self.primitive(OF_TWO), x, self.like(x))

    def like(self, x):
        """Return some array, or entries of one in the shape of `x`, or a number."""
        y = self.random.choice([*self.pool, 1.0, -2.0])
        shape = getattr(y, "shape", ())
        if shape in ((), x.shape):
            return y
        places = np.reshape([self.random.randrange(prod(shape)) for _ in range(prod(x.shape))], x.shape)
        return self.ops.take(y, lambda a: a.ravel()[places.astype(int)])

    def taken(self, x):
        seed = self.random.random()
        return self.ops.take(x, lambda a: places_drawn(Random(seed), a))

    def put(self, x):
        shape = shape_drawn(self.random, 2)
        places = [self.random.randrange(prod(shape)) for _ in range(prod(x.shape))]
        return self.ops.put(x, np.reshape(places, x.shape).astype(int), shape)

    def along(self, x):
        if not x.shape:
            return self.of_one(x)
        return self.ops.along(self.primitive(OF_MANY), x, terms=x.shape[-1:])

    def chosen(self, x):
        condition = self.ops.each(TABLE["less"], self.like(x), x)
        arm = self.ops.each(self.primitive(ARMS), x)
        return self.ops.each(TABLE["select"], condition, arm, self.like(x))

    def total(self, x):
        if not x.shape:
            return x
        weights = self.ops.table(np.cos(np.arange(prod(x.shape))).reshape(x.shape))
        return self.ops.total(self.ops.each(TABLE["mul"], x, weights))


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block):
    alike = all_ = 0
    count = how_many(20, exhaustive=1_000)
    for seed in range(block * count, (block + 1) * count):
        numbers = np.random.default_rng(seed)
        shapes = [shape_drawn(Random(seed)), shape_drawn(Random(-seed - 1)), ()]
        arrays = [np.array(numbers.normal(size=shape).round(1)) for shape in shapes]
        value, slopes = eager(Drawn(seed), arrays)
        expected = [value, *slopes]
        if not all(map(math.isfinite, expected)):
            continue
        equations = traced(Drawn(seed), arrays)
        scalar = scalar_equations(equations)
        flat = [float(x) for array in arrays for x in array.ravel()]
        total, gradient, _, _ = replayed(scalar, flat)
        tolerance = 1e-11 * (1.0 + max(map(abs, expected)))
        assert [total, *gradient] == pytest.approx(expected, rel=1e-9, abs=tolerance), seed
        for found in (in_floats(scalar, flat), of_arrays(equations, arrays), of_lowered(equations, arrays)):
            all_ += 1
            if all(map(math.isfinite, found)):  # else the primitives are asked
                alike += 1
                assert found == pytest.approx(expected, rel=1e-9, abs=tolerance), seed
        found = of_wasm(equations, arrays)
        is_number = found is not None and all(map(math.isfinite, found))
        if is_number and found != pytest.approx(expected, rel=1e-9, abs=tolerance):
            # sums in another order may not tie: beside, nothing does
            arrays = [array + 1e-3 * numbers.normal(size=array.shape) for array in arrays]
            (value, slopes), found = eager(Drawn(seed), arrays), of_wasm(equations, arrays)
            assert found == pytest.approx([value, *slopes], rel=1e-9, abs=tolerance), seed
    assert alike > 0.95 * all_ > 0
