"""Gradients that are wrong without any nameable mistake: noise, one altered entry, random numbers."""

import numpy as np


def noisy_everywhere(right, rng, size):
    """Noise of this size, relative to each block's largest entry, on every block."""
    return {name: noisy(g, rng, size) for name, g in right.items()}


def noisy_block(right, rng, size):
    """The same on the largest block alone."""
    name = largest(right)
    return {**right, name: noisy(right[name], rng, size)}


def altered_entry(right, rng, size):
    """One entry of the largest block moved by this part of the block's largest entry."""
    name = largest(right)
    g = right[name].copy()
    g.flat[rng.integers(g.size)] += size * np.max(np.abs(g))
    return {**right, name: g}


def random_gradients(right, rng, size):
    """Nothing to do with the right gradient, but of its order of magnitude."""
    return {name: normal_like(g, rng) * size * np.max(np.abs(g)) for name, g in right.items()}


def noisy(g, rng, size):
    return g + size * np.max(np.abs(g)) * normal_like(g, rng)


def normal_like(g, rng):
    return rng.normal(size=g.shape).astype(g.dtype)


def largest(right):
    return max(right, key=lambda name: right[name].size)


def altered(right, rng):
    """Three wrong gradients for one right one: (name, hand), the noise's size drawn from 1e-3 to 1."""
    for alter in rng.permutation([noisy_everywhere, noisy_block, altered_entry, random_gradients])[:3]:
        size = float(10 ** rng.uniform(-3, 0))
        if alter is random_gradients:
            size = 1.0
        yield f"{alter.__name__} {size:.1g}", alter(right, rng, size)
