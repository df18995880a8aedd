"""General edits of a backward pass, planted at each use of each array of a network.

`edits(tape)` are those whose gradients are others than the right ones, finite, and none twice.
"""

from collections.abc import Iterator
from functools import cache

import mutated
import numpy as np
from mutants import flat, key, near
from taped import LINEAR, Edit, Tape

NETWORKS = [network for network in mutated.NETWORKS if network is not mutated.convolution]
RATE = 0.1
FORMULAS = {  # what people take for a derivative, by the function's name: of input and output
    "sigmoid": [
        lambda z, a: a,
        lambda z, a: 1 - a,
        lambda z, a: z * (1 - z),
        lambda z, a: a * (1 + a),
        lambda z, a: 1 - a**2,
    ],
    "tanh": [
        lambda z, a: 1 - a,
        lambda z, a: 1 + a**2,
        lambda z, a: 1 - z**2,
        lambda z, a: a * (1 - a),
        lambda z, a: a > 0,
    ],
    "maximum": [lambda z, a: a, lambda z, a: 1 - np.tanh(z) ** 2],
}
VIEWS = ("getitem", "T", "concatenate")  # arrays whose entries are those of others
LINEAR_NAMES = {function.__name__ for function in LINEAR}


def samples(network):
    """Return how many samples there are, or rounds."""
    return len(next(vars(network)[name] for name in ("X", "xs", "texts") if hasattr(network, name)))


def planted(tape: Tape) -> Iterator[Edit]:
    """Yield an edit of each kind at each use of the arrays of each line, and at all of its uses."""
    size = samples(tape.network)
    constants = {"left out": 0, "sign": -1, "half": 0.5, "twice": 2, "N times": size, "1/N times": 1 / size}
    for site, arrays in tape.by_site.items():
        first = arrays[0]
        if not first.uses:
            continue
        for place in (*sorted({use.place for use in first.uses}), None):
            for kind, constant in constants.items():
                yield Edit(site, place, kind, lambda u, d, a, f, c=constant: c * u.back(d, u.other))
            if first.made_by in VIEWS:
                continue
            yield Edit(site, place, "1 for the flow", lambda u, d, a, f: u.back(np.ones_like(d), u.other))
            yield Edit(site, place, "itself for the flow", lambda u, d, a, f: u.back(a.value, u.other))
            yield from moved(tape, site, place)
        for use in first.uses:
            if use.other is not None and first.made_by not in LINEAR_NAMES:
                yield from of_factors(tape, site, use)


def moved(tape, site, place):
    """Yield the edits in which what flows back to another array of the same shape is taken."""
    arrays = tape.by_site[site]
    for other, there in tape.by_site.items():
        if len(there) != len(arrays) or other == site or there[0].shape != arrays[0].shape or not other:
            continue
        pairs = {id(a): b for a, b in zip(arrays, there)}
        order = {id(array): i for i, array in enumerate(tape.arrays)}
        if all(order[a] < order[id(b)] for a, b in pairs.items()):
            yield Edit(
                site, place, "another flow", lambda u, d, a, f, p=pairs: u.back(f[id(p[id(a)])], u.other)
            )


def of_factors(tape, site, use):
    """Yield the edits in which a factor is another one."""

    def edit(kind, change):
        return Edit(site, use.place, kind, lambda u, d, a, f: u.back(d, change(u, a)))

    arrays = tape.by_site[site]
    if use.form == "entries":
        yield edit("factor left out", left_out)
        yield edit("factor twice", twice)
        for formula in FORMULAS.get(arrays[0].made_by, ()):
            yield edit(
                "another derivative", lambda u, a, formula=formula: formula(u.operand.value, a.value)
            )
    factor = use.factor
    if factor is None or not np.ndim(factor):
        return
    if np.ndim(factor) == 2 and factor.shape[0] == factor.shape[1]:
        yield edit("transposed", lambda u, a: u.factor.T)
        if use.form == "matrix":
            yield edit("factor left out", lambda u, a: np.eye(len(u.factor)))
    if len(factor) > 1:
        yield edit("reversed", lambda u, a: u.factor[::-1])
    factors = [next(u for u in a.uses if u.place == use.place).factor for a in arrays]
    rounds = {id(array): k for k, array in enumerate(arrays)}
    for others in others_of(tape, factors):
        yield edit("another array", lambda u, a, o=others: o[rounds[id(a)]])
    names = {id(block.value): name for name, block in flat_blocks(tape).items()}
    if id(factor) in names and all(each is factor for each in factors):
        right = flat(tape.gradients(), tape.network.at)
        gradient = right[names[id(factor)]]
        yield edit("updated", lambda u, a: u.factor - RATE * gradient)
        yield edit("its gradient", lambda u, a: gradient)


def left_out(use, array):
    """Return a local derivative without what is multiplied by: 1, or of a divisor 1 / x^2."""
    is_divisor = array.made_by == "divide" and use.place
    return -1 / use.operand.value**2 + 0 * use.other if is_divisor else np.ones_like(use.other)


def twice(use, array):
    """Return a local derivative with what is multiplied by squared; by a divisor is divided once only."""
    is_divisor = array.made_by == "divide" and use.place
    return use.other * use.operand.value if is_divisor else use.other**2


def flat_blocks(tape):
    found = {}
    for name, block in tape.at.items():
        many = isinstance(block, list)
        found |= {f"{name}[{i}]": each for i, each in enumerate(block)} if many else {name: block}
    return found


def others_of(tape, factors):
    """Yield the arrays that have the shapes of others, by rounds."""
    for arrays in tape.by_site.values():
        groups = [[each] * len(factors) for each in arrays] if arrays[0].made_by == "block" else [arrays]
        for group in groups:
            values = [array.value for array in group]
            if len(values) == len(factors) and all(
                a.shape == b.shape and not np.array_equal(a, b) for a, b in zip(values, factors)
            ):
                yield values


@cache
def edits(network):
    """Return the edits that make other gradients than the right ones, with them, none twice."""
    tape = Tape(network)
    right = flat(tape.gradients(), network.at)
    seen, found = {key(right, right)}, []
    with np.errstate(all="ignore"):
        for edit in planted(tape):
            hand = tape.gradients(edit)
            parts = flat(hand, network.at)
            is_finite = all(np.isfinite(g).all() for g in parts.values())
            if is_finite and not all(near(parts[name], g) for name, g in right.items()):
                mark = key(parts, right)
                if mark not in seen:
                    seen.add(mark)
                    found.append((edit, hand))
    return found
