"""Traces of arrays, written by hand, and their results by index maps, entry by entry."""

import random
from itertools import pairwise
from math import fsum, prod

from autograd_scratch.primitives import where
from autograd_scratch.primitives.exponential import exp, sigmoid
from autograd_scratch.primitives.exponential import tanh as tanh_p
from autograd_scratch.primitives.logits import cross_entropy_p, logsumexp_p
from autograd_scratch.primitives.norms import hypot_p
from autograd_scratch.primitives.piecewise import less
from autograd_scratch.primitives.reductions import dot_p, first_max_p, max_p, mean_p, min_p, prod_p, sum_p
from autograd_scratch.program.equations import flat
from autograd_scratch.program.gradients import gradient
from autograd_scratch.program.lowering import lower
from autograd_scratch.program.rolled.carried import begun, close
from autograd_scratch.program.rolled.structure import Along, Put, Take, over_terms, summed, taken
from autograd_scratch.program.variables import Trace, Variable
from autograd_scratch.stepping.maps import Map, fitted, spread, strides_of


class Case:
    """A trace, its arguments with numbers, and what is wanted of it."""

    def __init__(self, seed=0):
        self.trace = Trace()
        self.random = random.Random(seed)
        self.numbers = {}
        self.results = []

    def argument(self, name, *shape):
        variable = self.trace.leaf(name, shape)
        self.numbers[variable] = [self.random.uniform(-1.5, 1.5) for _ in range(prod(shape))]
        return variable

    def want(self, *results):
        self.results += results
        return self

    def with_gradient(self, output, wrt=None):
        """Ask for a number and its gradient; arrays are added up with weights that differ."""
        if output.shape:
            weights = [0.5 + 0.25 * (i % 7) for i in range(prod(output.shape))]
            weighted = output * self.trace.table(weights, output.shape)
            total = summed(spread((), output.shape, []), weighted)
            self.want(output)
        else:
            total = output
        wrt = list(self.numbers) if wrt is None else wrt
        return self.want(total, *gradient(self.trace, total, wrt))

    def lowered(self, more=None):
        """Return the trace written for speed, its arguments and results."""
        equations, at = flat(self.trace, [*self.numbers, *self.results])
        trace, lowered_at = lower(equations, more=more)
        operands = [lowered_at(at(x)) for x in [*self.numbers, *self.results]]
        tables = {lowered_at(at(x)): n for x, n in self.trace.tables.items() if at(x) is not None}
        return trace, operands[: len(self.numbers)], operands[len(self.numbers) :], tables

    def expected(self):
        """Return the entries of each result, and for each how large what it was added up from is."""
        known = {**self.numbers, **{v: list(n) for v, n in self.trace.tables.items()}}
        sizes = {variable: list(map(abs, entries)) for variable, entries in known.items()}
        needed = self.trace.needed(self.results)
        rounds = sum(x.primitive.count for x in needed if x in self.trace.loops)
        for _ in range(1 + rounds):  # after so many times all of what rounds carry on has arrived
            for variable in needed:
                if variable in self.trace.loops:
                    known[variable], sizes[variable] = self.carried(variable, known, sizes)
                elif variable.primitive is not None:
                    known[variable], sizes[variable] = computed(variable, known, sizes)
        return [(known[r], sizes[r]) if r.__class__ is Variable else ([r], [abs(r)]) for r in self.results]

    def carried(self, loop, known, sizes):
        """Return what is carried on, as far as it is known what rounds make."""
        carried, (start,), made = loop.primitive, loop.parents, self.trace.loops[loop]
        found = []
        for entries, least in ((known, float), (sizes, abs)):
            first = entries[start] if start.__class__ is Variable else [least(start)]
            first = first * (prod(carried.shape) // len(first))
            later = entries.get(made, [0.0] * prod(carried.made.space))
            later = later * (prod(carried.made.space) // len(later))
            found.append([*later, *first] if carried.is_reversed else [*first, *later])
        return found


def computed(variable, known, sizes):
    """Return the entries of a Variable, and how large each with all that went into it is."""
    primitive, parents = variable.primitive, variable.parents
    if primitive.__class__ is Take:
        (x,) = parents
        places = primitive.map.positions()
        return [known[x][p] for p in places], [sizes[x][p] for p in places]
    if primitive.__class__ is Put:
        (x,) = parents
        terms = [[] for _ in range(prod(variable.shape))]
        for i, place in enumerate(primitive.map.positions()):
            terms[place].append(i)
        return [fsum(known[x][i] for i in own) for own in terms], [
            fsum(sizes[x][i] for i in own) for own in terms
        ]
    entries, own_sizes = [], []
    for place in range(prod(variable.shape)):
        args, arg_sizes = [], []
        for n, parent in enumerate(parents):
            count = primitive.terms[n] if primitive.__class__ is Along else 0
            for k in range(count or 1):
                if parent.__class__ is float:
                    args.append(parent)
                    arg_sizes.append(abs(parent))
                else:
                    i = place * (count or 1) + k if parent.shape else 0
                    args.append(float(known[parent][i]))
                    arg_sizes.append(sizes[parent][i])
        inner = primitive.inner if primitive.__class__ is Along else primitive
        out = float(inner(*args))
        partials = inner.partials(out, *args)
        entries.append(out)
        own_sizes.append(abs(out) + sum(abs(p) * s for p, s in zip(partials, arg_sizes) if p))
    return entries, own_sizes


def transposed(x):
    rows, columns = x.shape
    return taken(Map((columns, rows), x.shape, 0, (1, columns)), x)


def product_of(trace, x, w):
    """Return x @ w."""
    (rows, inner), (_, columns) = x.shape, w.shape
    space = (rows, columns, inner)
    one = taken(spread(x.shape, space, [0, 2]), x)
    other = taken(Map(space, w.shape, 0, (0, *reversed(strides_of(w.shape)))), w)
    return trace.apply(Along(dot_p, (inner, inner)), (one, other))


def dense(trace, x, w, b):
    """Return x @ w.T + b."""
    (rows, inner), (units, _) = x.shape, w.shape
    space = (rows, units, inner)
    args = (taken(spread(w.shape, space, [1, 2]), w), taken(spread(x.shape, space, [0, 2]), x))
    return trace.apply(
        Along(dot_p, (inner, inner, 0)), (*args, taken(spread(b.shape, (rows, units), [1]), b))
    )


def everywhere(x, shape):
    """Return one number at all places of a shape."""
    return x if x.shape == shape else taken(spread((), shape, []), x)


def mean_of(x):
    return x.trace.apply(Along(mean_p, x.shape), (x,))


def network(rows=100, sizes=(2, 16, 16, 1)):
    """Return a network of tanh layers with a squared error, and the gradient by its parameters."""
    case = Case()
    h = case.argument("X", rows, sizes[0])
    y = case.argument("y", rows)
    for n, (ins, outs) in enumerate(pairwise(sizes)):
        if n:
            h = case.trace.apply(tanh_p, (h,))
        h = dense(case.trace, h, case.argument(f"w{n}", outs, ins), case.argument(f"b{n}", outs))
    error = taken(Map((rows,), h.shape, 0, (1,)), h) - y
    return case.with_gradient(mean_of(error * error), list(case.numbers)[2:])


def products(one, other, rows=5, inner=3, columns=4):
    case = Case()
    x = case.argument("x", *((inner, rows) if one else (rows, inner)))
    w = case.argument("w", *((columns, inner) if other else (inner, columns)))
    x, w = transposed(x) if one else x, transposed(w) if other else w
    return case.with_gradient(product_of(case.trace, x, w))


def reduction(axes, shape=(4, 3, 5)):
    case = Case()
    x = case.argument("x", *shape)
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    out = tuple(shape[axis] for axis in kept)
    return case.with_gradient(summed(spread(out, shape, kept), x * x))


def entropy():
    case = Case()
    w, b, x = case.argument("w", 3, 2), case.argument("b", 3), case.argument("x", 6, 2)
    labels = case.trace.table([0.0, 1.0, 2.0, 1.0, 1.0, 0.0], (6,), "labels")
    logits = dense(case.trace, x, w, b)
    return case.with_gradient(mean_of(case.trace.apply(Along(cross_entropy_p, (0, 3)), (labels, logits))))


def convolution(step=1):
    case = Case()
    images, kernels = case.argument("images", 2, 7, 6), case.argument("kernels", 3, 3, 2)
    high, wide = (7 - 3) // step + 1, (6 - 2) // step + 1
    space = (2, 3, high, wide, 3, 2)
    windows = taken(Map(space, (2, 7, 6), 0, (42, 0, 6 * step, step, 6, 1)), images)
    terms = windows * taken(spread((3, 3, 2), space, [1, 4, 5]), kernels)
    sums = summed(spread((2, 3, high, wide), space, [0, 1, 2, 3]), terms)
    return case.with_gradient(case.trace.apply(tanh_p, (sums,)))


def windows(inner, step=1):
    """Windows of images, whose entries are one axis: of terms, or of products with kernels."""
    case = Case()
    images = case.argument("images", 2, 6, 5)
    high, wide = (6 - 3) // step + 1, (5 - 2) // step + 1
    places = Map((2, high, wide, 3, 2), (2, 6, 5), 0, (30, 5 * step, step, 5, 1)).positions()
    entries = taken(fitted((2, high, wide, 6), (2, 6, 5), places), case.trace.apply(tanh_p, (images,)))
    if inner is not dot_p:
        return case.with_gradient(case.trace.apply(Along(inner, (6,)), (entries,)))
    space = (2, 4, high, wide, 6)
    kernels = taken(spread((4, 6), space, [1, 4]), case.argument("kernels", 4, 6))
    entries = taken(spread(entries.shape, space, [0, 2, 3, 4]), entries)
    return case.with_gradient(case.trace.apply(Along(dot_p, (6, 6)), (kernels, entries)))


def embedding():
    case = Case()
    vectors = case.argument("vectors", 5, 3)
    words = [4, 0, 0, 2, 4, 4]
    rows = taken(fitted((6, 3), (5, 3), [3 * word + d for word in words for d in range(3)]), vectors)
    return case.with_gradient(case.trace.apply(exp, (rows,)))


def scattered():
    case = Case()
    x = case.argument("x", 7)
    return case.with_gradient(
        summed(fitted((7,), (4,), [3, 0, 3, 3, 1, 0, 3]), case.trace.apply(exp, (x,)))
    )


def scattered_beside():
    """Sums that are put among zeros, along one axis more, of length 1."""
    case = Case()
    x = case.argument("x", 4, 2, 5)
    sums = summed(spread((4, 2), (4, 2, 5), [0, 1]), x * x)
    row = taken(Map((4, 1, 2), (4, 2), 0, (2, 0, 1)), sums)
    return case.with_gradient(summed(Map((4, 1, 2), (4, 3, 2), 0, (6, 0, 1)), row))


def moved(*maps):
    """Return what takes by several maps of one space, multiplied."""
    case = Case()
    x = case.argument("x", *maps[0].source)
    out = 1.0
    for map_ in maps:
        out = taken(map_, x) * out
    return case.with_gradient(out)


def chosen():
    case = Case()
    x, y = case.argument("x", 4, 3), case.argument("y", 3)
    other = taken(spread((3,), (4, 3), [1]), y)
    return case.with_gradient(where(less(x, other), x * other, case.trace.apply(sigmoid, (x,))))


def along(inner, shape=(4, 3)):
    case = Case()
    x = case.argument("x", *shape)
    return case.with_gradient(case.trace.apply(Along(inner, shape[-1:]), (x * x + 0.5,)))


def in_two_nests():
    """A product that several sums need, and a sum that others begin with."""
    case = Case()
    x, w = case.argument("x", 6, 4), case.argument("w", 4)
    both = x * taken(spread((4,), (6, 4), [1]), w)
    totals = summed(spread((6,), (6, 4), [0]), both)
    shares = both * over_terms(1.0 / (totals * totals + 1.0), (6, 4))
    columns = summed(spread((4,), (6, 4), [1]), shares)
    return case.with_gradient(columns * w)


def of_numbers():
    case = Case()
    x, scale = case.argument("x", 3), case.argument("scale")
    one = case.argument("one", 1)
    out = x * everywhere(scale, (3,)) + everywhere(taken(Map((), (1,), 0, ()), one), (3,))
    last = taken(Map((), (3,), 2, ()), x)
    return case.with_gradient(out * everywhere(last, (3,))).want(
        3.0, scale, x, last, taken(Map((3,), (3,), 2, (-1,)), x)
    )


def flattened():
    """Rows of images as rows of pixels: axes that go on from one to the next."""
    case = Case()
    images, w, b = case.argument("images", 9, 2, 3), case.argument("w", 2, 6), case.argument("b", 2)
    x = taken(Map((9, 6), (9, 2, 3), 0, (6, 1)), case.trace.apply(tanh_p, (images,)))
    return case.with_gradient(dense(case.trace, x, w, b))


def recurrent(count=7, units=3, is_reversed=False, wanted="last", rows=None):
    """A network over time, of one sequence or of some, of which the last state is wanted, or all are."""
    case = Case()
    shape = (units,) if rows is None else (rows, units)
    x, w = case.argument("x", count, *shape), case.argument("w", units, units)
    h = begun(case.trace, case.argument("start", *shape), count, shape, is_reversed)
    before = taken(h.primitive.found, h)
    space = (*before.shape, units)
    last = len(before.shape)
    one = taken(spread(before.shape, space, [*range(last - 1), last]), before)
    other = taken(spread((units, units), space, [last - 1, last]), w)
    z = case.trace.apply(Along(dot_p, (units, units)), (one, other))
    made = case.trace.apply(tanh_p, (z + x,))
    close(h, made)
    if wanted == "all":
        return case.with_gradient(taken(h.primitive.found, h) * made)
    if wanted == "inside":
        return case.with_gradient(z * made)
    row = 0 if is_reversed else count - 1
    return case.with_gradient(taken(Map(shape, made.shape, row * prod(shape), strides_of(shape)), made))


def two_states(is_reversed=False):
    """Numbers and arrays that rounds carry on, one of them what another was in the round before."""
    case = Case()
    x, rate = case.argument("x", 8, 2), case.argument("rate")
    h, former = (begun(case.trace, start, 8, (2,), is_reversed) for start in (0.5, case.argument("s", 2)))
    total = begun(case.trace, 1.0, 8, (), is_reversed)
    before = [taken(each.primitive.found, each) for each in (h, former, total)]
    shared = [taken(spread((8,), (8, 2), [0]), before[2]), taken(spread((), (8, 2), []), rate)]
    made = case.trace.apply(tanh_p, (before[0] * x - shared[1] * before[1] * shared[0],))
    close(h, made)
    close(former, before[0])
    more = 0.5 * before[2] + summed(spread((8,), (8, 2), [0]), made * x)
    close(total, more)
    last = 0 if is_reversed else 7
    ends = [taken(Map((2,), (8, 2), 2 * last, (1,)), each) for each in (made, before[1])]
    scale = taken(Map((), (8,), last, ()), more)
    out = ends[0] * ends[1] + summed(spread((2,), (8, 2), [1]), made)
    return case.want(taken(former.primitive.made, former)).with_gradient(out * everywhere(scale, (2,)))


def one_after_the_other():
    """A loop over what another one has left, and what is added up of both."""
    case = Case()
    x, w = case.argument("x", 6, 4), case.argument("w", 4)
    found = []
    for is_reversed in (False, True, False):
        h = begun(case.trace, 0.0, 6, (4,), is_reversed)
        scale = taken(spread((4,), (6, 4), [1]), w)
        x = case.trace.apply(tanh_p, (taken(h.primitive.found, h) * scale + x,))
        close(h, x)
        found.append(summed(spread((4,), (6, 4), [1]), x))
    return case.with_gradient(found[0] * found[1] + found[2])


def at_random(seed):
    """Equations of all kinds, on arrays of few shapes."""
    case = Case(seed)
    chance = case.random
    known = [
        case.argument(f"x{i}", *shape)
        for i, shape in enumerate([(4, 3), (8, 3), (3,), (), (1, 3), (2, 4, 3)])
    ]
    for _ in range(chance.randrange(4, 16)):
        x = chance.choice(known)
        kind = chance.randrange(7)
        shape = x.shape
        if kind == 0:
            new = case.trace.apply(chance.choice([tanh_p, sigmoid]), (x,))
        elif kind == 1:
            other = everywhere(chance.choice([o for o in known if o.shape in (shape, ())]), shape)
            new = case.trace.apply(tanh_p, (x * other - chance.choice([0.5, x]),))
        elif kind == 2:
            space = chance.choice([(4, 3), (8, 3), (3,), (2, 4, 3), (4, 8)])
            positions = [chance.randrange(prod(shape)) for _ in range(prod(space))]
            new = taken(fitted(space, shape, positions), x)
        elif kind == 3:
            target = chance.choice([(4, 3), (3,), (), (8, 3)])
            positions = [chance.randrange(prod(target)) for _ in range(prod(shape))]
            new = case.trace.apply(tanh_p, (summed(fitted(shape, target, positions), x),))
        elif kind == 4:
            kept = [axis for axis in range(len(shape)) if chance.random() < 0.5]
            new = summed(spread(tuple(shape[axis] for axis in kept), shape, kept), x * x)
            new = case.trace.apply(tanh_p, (new,))
        elif kind == 5:
            space = (*shape, chance.choice([2, 5]))
            new = taken(spread(shape, space, range(len(shape))), x)
            new = case.trace.apply(tanh_p, (summed(spread(space[-1:], space, [len(shape)]), new * new),))
        elif shape:
            inner = chance.choice([max_p, prod_p, logsumexp_p, sum_p])
            new = case.trace.apply(tanh_p, (case.trace.apply(Along(inner, shape[-1:]), (x,)),))
        else:
            continue
        if new.__class__ is Variable:
            known.append(new)
    case.want(*(chance.sample(known, 3)))
    total = 0.0
    for x in known[-4:]:
        total = total + summed(spread((), x.shape, []), x * x)
    return case.with_gradient(total)


CASES = {
    **{f"product {a}{b}": lambda a=a, b=b: products(a, b) for a in (0, 1) for b in (0, 1)},
    **{f"long product {a}{b}": lambda a=a, b=b: products(a, b, 33, 9, 7) for a in (0, 1) for b in (0, 1)},
    "wide product": lambda: products(0, 1, 4, 40, 6),
    "network": lambda: network(13, (3, 5, 4, 2, 1)),
    "network of one row": lambda: network(1, (2, 3, 1)),
    **{
        f"sum over {axes}": lambda axes=axes: reduction(axes)
        for axes in [(0,), (1,), (2,), (0, 2), (0, 1, 2), ()]
    },
    "entropy": entropy,
    "convolution": convolution,
    "convolution in steps": lambda: convolution(2),
    "embedding": embedding,
    "scattered": scattered,
    "scattered beside": scattered_beside,
    "slices": lambda: moved(Map((3,), (8,), 1, (2,)), Map((3,), (8,), 5, (-1,))),
    "diagonal": lambda: moved(Map((4,), (4, 4), 0, (5,)), Map((4,), (4, 4), 3, (3,))),
    "chosen": chosen,
    **{
        f"windows {p.name} {step}": lambda p=p, step=step: windows(p, step)
        for p in (dot_p, first_max_p, mean_p)
        for step in (1, 2, 3)
    },
    **{
        p.name: lambda p=p: along(p)
        for p in (max_p, first_max_p, min_p, prod_p, logsumexp_p, mean_p, sum_p, hypot_p)
    },
    "max of long rows": lambda: along(max_p, (40, 3)),
    "in two nests": in_two_nests,
    "numbers": of_numbers,
    "flattened": flattened,
    **{
        f"recurrent, {wanted}, {'back' if back else 'on'}, {rows} rows": lambda args=(back, wanted, rows): (
            recurrent(7, 3, *args)
        )
        for back in (False, True)
        for wanted in ("last", "all", "inside")
        for rows in (None, 5)
    },
    "a long loop": lambda: recurrent(9, 4, rows=8),
    "two states": two_states,
    "two states back": lambda: two_states(True),
    "one loop after the other": one_after_the_other,
    **{f"at random {seed}": lambda seed=seed: at_random(seed) for seed in range(40)},
}
