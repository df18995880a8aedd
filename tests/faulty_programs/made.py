"""Data that the programs are trained on, made up."""

import math
from random import Random

from autograd_scratch.datasets import blobs, standardize


def uniform(count, width, low=0.0, high=1.0, seed=0):
    """Rows of numbers."""
    random = Random(seed)
    return [tuple(random.uniform(low, high) for _ in range(width)) for _ in range(count)]


def flowers(count=60, seed=0):
    """Four lengths in centimetres, of three kinds of flowers."""
    centers = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]]
    return blobs(count, centers=centers, noise=0.3, seed=seed)


def two_classes(count=60, width=2, seed=0, noise=0.35):
    """Points around two places, of class 0 and 1."""
    return blobs(count, centers=[[0.8] * width, [-0.8] * width], noise=noise, seed=seed)


def people(count=60, seed=0):
    """Age, income and hours, as they come in a table, and whether something is bought."""
    random = Random(seed)
    rows = []
    for _ in range(count):
        age, income, hours = random.uniform(18, 70), random.uniform(10_000, 90_000), random.uniform(5, 60)
        score = (age - 44) / 15 + (income - 50_000) / 23_000 - (hours - 32) / 16
        rows.append(((age, income, hours), 1 if score + random.gauss(0, 0.3) > 0 else 0))
    return rows


def houses(count=60, seed=0):
    """Rooms, area, age and distance, standardized, and a price in thousands."""
    random = Random(seed)
    rows = []
    for _ in range(count):
        rooms, area, age, far = (random.gauss(0, 1) for _ in range(4))
        rows.append(((rooms, area, age, far), 300 + 80 * area + 30 * rooms - 20 * far + 25 * area * rooms))
    return rows


def curve(function, low, high, count):
    """Points of a curve."""
    xs = [low + (high - low) * i / (count - 1) for i in range(count)]
    return [((x,), function(x)) for x in xs]


def scaled(data):
    """Inputs and targets of mean 0 and deviation 1."""
    targets = [target for _, target in data]
    mean = math.fsum(targets) / len(targets)
    deviation = math.sqrt(math.fsum((t - mean) ** 2 for t in targets) / len(targets))
    return [(x, (target - mean) / deviation) for x, target in standardize(data)]


def one_hot_rows(data, classes):
    """The same rows with a number for each class as a target."""
    return [(x, [float(k == label) for k in range(classes)]) for x, label in data]


def constant(number):
    """An initializer that gives all weights one number."""
    return lambda random, fan_in, fan_out: number
