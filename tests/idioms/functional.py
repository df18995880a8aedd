"""Functions of functions: functools, itertools, comprehensions, generators, lambdas, decorators."""

import functools
import itertools
import operator
from collections import defaultdict, deque
from functools import partial, reduce, wraps

import numpy as np

from .definition import idiom
from .samples import X, y


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def timed(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def scaled(factor):
    def decorator(function):
        return lambda *args: factor * function(*args)

    return decorator


@idiom(W=(3, 2), V=(2, 2))
def reduce_over_layers(W, V):
    return reduce(lambda a, M: np.tanh(a @ M), [W, V], X).sum()


@idiom(w=(4,))
def reduce_by_operators(w):
    return reduce(operator.mul, w) + functools.reduce(operator.add, w**2)


@idiom(W=(3, 2))
def partial_application(W):
    leaky = partial(lambda slope, z: np.maximum(z, slope * z), 0.1)
    return leaky(X @ W).sum()


@idiom(W=(3, 2), V=(2, 1))
def composed_lambdas(W, V):
    layers = [lambda a: a @ W, np.tanh, lambda a: a @ V, sigmoid]
    out = X
    for layer in layers:
        out = layer(out)
    return -np.log(out).sum()


@idiom(W=(3, 2))
@timed
def decorated(W):
    return np.sum(sigmoid(X @ W) ** 2)


@idiom(w=(3,))
def decorated_helpers(w):
    @scaled(0.5)
    def loss(prediction, target):
        return np.mean((prediction - target) ** 2)

    return loss(X @ w, y)


@idiom(w=(5,))
def pairs_by_itertools(w):
    return sum((a - b) ** 2 for a, b in itertools.combinations(w, 2))


@idiom(w=(3,), v=(2,))
def product_by_itertools(w, v):
    return sum(np.tanh(a * b) for a, b in itertools.product(w, v))


@idiom(w=(5,))
def accumulated(w):
    return sum(total**2 for total in itertools.accumulate(w))


@idiom(w=(4,))
def accumulated_products(w):
    *_, last = itertools.accumulate(w, lambda a, b: a * b + 1)
    return last**2


@idiom(w=(5,))
def neighbours_by_pairwise(w):
    return sum((b - a) ** 2 for a, b in itertools.pairwise(w)) + sum(itertools.chain(w[:2], w[3:]))


@idiom(w=(3,))
def generator_of_losses(w):
    def losses():
        for x, target in zip(X, y):
            yield (x @ w - target) ** 2

    return sum(losses()) / len(X)


@idiom(w=(3,))
def comprehension_into_an_array(w):
    z = np.array([np.dot(w, x) for x in X])
    return np.mean(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))


@idiom(W=(3, 2))
def nested_comprehension(W):
    Z = [[sum(x[k] * W[k][j] for k in range(3)) for j in range(2)] for x in X]
    return sum(v**2 for row in Z for v in row)


@idiom(w=(3,))
def vectorized(w):
    f = np.vectorize(lambda z: z**2 if z is not None else 0.0)
    return np.sum(f(X @ w))


@idiom(w=(3,))
def vectorized_by_decorator(w):
    @np.vectorize
    def softplus(z):
        return np.log(1 + np.exp(z))

    return softplus(X @ w).mean()


@idiom(w=(3,))
def map_and_filter(w):
    return sum(map(lambda pair: (pair[0] @ w - pair[1]) ** 2, filter(lambda p: p[1] > 0, zip(X, y))))


@idiom(w=(3,))
def map_of_several(w):
    return sum(map(operator.mul, w, [1.0, 2.0, 3.0])) ** 2


@idiom(W=(3, 2))
def table_of_functions(W):
    activations = {"relu": lambda z: np.maximum(0, z), "sigmoid": sigmoid, "tanh": np.tanh}
    return sum(activations[name](X @ W).mean() for name in activations)


@idiom(w=(3,))
def recursion(w):
    def power(z, n):
        return 1 if n == 0 else z * power(z, n - 1)

    return np.sum(power(X @ w, 3))


@idiom(w=(3,))
def cached_results(w):
    cache = {}

    def prediction(i):
        if i not in cache:
            cache[i] = X[i] @ w
        return cache[i]

    return sum(prediction(i) * prediction((i + 1) % 4) for i in range(4))


@idiom(w=(4,))
def sums_in_a_default_dict(w):
    groups = defaultdict(float)
    for key, value in zip("abab", w):
        groups[key] += value
    return groups["a"] ** 2 * groups["b"]


@idiom(w=(4,))
def queue_of_states(w):
    queue, total = deque([0.0, 0.0], maxlen=2), 0.0
    for value in w:
        queue.append(np.tanh(value + sum(queue)))
        total += queue[-1]
    return total


@idiom(w=(3,))
def while_loop(w):
    i, loss = 0, 0.0
    while i < len(X):
        loss = loss + np.square(X[i] @ w - y[i])
        i += 1
    return loss / i


@idiom(w=(3,))
def walrus(w):
    return (e := X @ w - y) @ e


@idiom(W=(3, 2), b=(2,))
def keyword_arguments(W, b):
    def forward(x, *, weight, bias=0.0, **options):
        return options.get("activation", np.tanh)(x @ weight + bias)

    return forward(X, **{"weight": W, "bias": b}, activation=np.exp).mean()


@idiom(W=(3, 2), b=(2,))
def star_arguments(W, b):
    def loss(*params):
        weight, bias = params
        return np.sum((X @ weight + bias) ** 2)

    return loss(*[W, b])


@idiom(w=(3,))
def match_statement(w):
    total = 0.0
    for kind in ("square", "exp", "other"):
        match kind:
            case "square":
                total += np.sum(w**2)
            case "exp":
                total += np.exp(w).sum()
            case _:
                total += w[0]
    return total


@idiom(w=(3,))
def try_and_finally(w):
    with np.errstate(over="ignore", divide="ignore"):
        try:
            return np.sum(np.exp(X @ w))
        finally:
            del w


@idiom(w=(3,))
def starmap_and_count(w):
    terms = itertools.starmap(lambda i, v: v**i, zip(itertools.count(1), w))
    return sum(terms)


@idiom(w=(3,))
def buffer_in_a_decorated_helper(w):
    @timed
    def forward(w):
        out = np.zeros(4)
        for i in range(4):
            out[i] = X[i] @ w
        return out

    return np.sum(forward(w) ** 2)


@idiom(w=(3,))
def generator_into_an_array(w):
    return np.sum(np.array(list(x @ w for x in X)) ** 2)


@idiom(w=(4,))
def entries_by_nditer(w):
    return sum(float(t) * v**2 for t, v in zip(np.nditer(y), w))
