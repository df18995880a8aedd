"""Numbers and lists without arrays, with `math`."""

import math
from math import cos, exp, sqrt

from .definition import idiom

data = [(0.5, 1.2, 1), (-1.0, 0.3, 0), (0.8, -0.6, 1), (-0.2, -0.9, 0)]
rows = [[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8]]


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


@idiom(w=(), b=())
def line_through_points(w, b):
    loss = 0
    for x, y, _ in data:
        loss += (w * x + b - y) ** 2
    return loss / len(data)


@idiom(w1=(), w2=(), b=())
def logistic_by_math(w1, w2, b):
    loss = 0.0
    for x1, x2, t in data:
        p = sigmoid(w1 * x1 + w2 * x2 + b)
        loss -= t * math.log(p) + (1 - t) * math.log(1 - p)
    return loss


@idiom(w=[(), ()], b=())
def list_of_weights(w, b):
    return sum((math.tanh(dot(w, row) + b) - 0.5) ** 2 for row in rows)


@idiom(W=[[(), ()], [(), ()]], b=[(), ()])
def lists_of_lists(W, b):
    total = 0.0
    for row in rows:
        h = [math.tanh(dot(weights, row) + bias) for weights, bias in zip(W, b)]
        total += sum(h) ** 2
    return total / len(rows)


@idiom(w1=(), w2=(), w3=(), b1=(), b2=(), b3=())
def two_hidden_neurons(w1, w2, w3, b1, b2, b3):
    x, target = 0.7, 1.0
    h1 = sigmoid(w1 * x + b1)
    h2 = sigmoid(w2 * h1 + b2)
    out = sigmoid(w3 * h2 + b3)
    return 0.5 * (target - out) ** 2


@idiom(z=[(), (), ()])
def softmax_of_a_list(z):
    top = max(z)
    e = [math.exp(v - top) for v in z]
    return -math.log(e[0] / sum(e))


@idiom(z=[(), (), ()])
def softmax_without_shift(z):
    e = [exp(v) for v in z]
    total = sum(e)
    return -math.log([v / total for v in e][2])


@idiom(x=())
def relu_by_max(x):
    return max(0, 3 * x + 0.5) ** 2 + x


@idiom(x=[(), (), ()], needs_branch="x if x > 0 else 0 takes one arm")
def relu_by_conditional(x):
    return sum((v if v > 0 else 0) * (i + 1) for i, v in enumerate(x)) + x[0] ** 2


@idiom(x=(), needs_branch="an if takes one arm")
def leaky_by_if(x):
    z = 2 * x - 0.3
    if z > 0:
        return z**2
    return -0.1 * z


@idiom(x=(), needs_branch="abs(error) > delta takes one arm")
def huber_by_if(x):
    error, delta = 3 * x - 0.5, 1.0
    if abs(error) > delta:
        return delta * (abs(error) - 0.5 * delta)
    return 0.5 * error**2


@idiom(x=[(), (), (), ()], needs_branch="sorting goes by the numbers")
def sorted_weights(x):
    return sum(rank * v for rank, v in enumerate(sorted(x)))


@idiom(x=[(), (), ()])
def range_of_a_list(x):
    return (max(x) - min(x)) ** 2


@idiom(x=(), y=())
def distance_by_sqrt(x, y):
    return sqrt((x - 2) ** 2 + (y + 1.5) ** 2) * cos(x)


@idiom(x=(), y=(), between=(0.3, 1.5))
def powers(x, y):
    return x**y + pow(y, 3) + math.pow(x, 0.5)


@idiom(x=(), y=())
def rosenbrock(x, y):
    return (1 - x) ** 2 + 2 * (y - x**2) ** 2


@idiom(mu=(), sigma=(), between=(0.4, 1.5))
def gaussian_density(mu, sigma):
    total = 0.0
    for x, _, _ in data:
        density = math.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
        total += math.log(density)
    return -total


@idiom(a=(), b=(), between=(0.2, 0.9))
def other_functions_of_math(a, b):
    return math.sin(a) * math.atan(b) + math.asin(a * b) + math.sinh(b) + math.log1p(a) + math.expm1(b)


@idiom(w=[(), (), ()])
def horner(w):
    total = 0.0
    for x, y, _ in data:
        prediction = 0.0
        for coefficient in reversed(w):
            prediction = prediction * x + coefficient
        total += (prediction - y) ** 2
    return total


@idiom(w=[(), ()])
def product_in_a_loop(w):
    likelihood = 1.0
    for row in rows:
        likelihood *= sigmoid(dot(w, row))
    return -math.log(likelihood)


@idiom(w=[(), ()])
def sum_by_fsum(w):
    return math.fsum((dot(w, row) - 1) ** 2 for row in rows)


@idiom(x=(), y=())
def length_by_hypot(x, y):
    return math.hypot(x - 1.5, y + 2) + math.fabs(x - 4)


@idiom(w=[(), ()])
def table_of_activations(w):
    activations = {"tanh": math.tanh, "sigmoid": sigmoid, "softplus": lambda z: math.log(1 + math.exp(z))}
    return sum(activation(dot(w, rows[0])) for activation in activations.values())


@idiom(a=(), b=(), c=())
def expression_graph(a, b, c):
    d = a * b
    e = d + c
    f = e * -2.0
    return f * f + d / (1 + e**2)


@idiom(alpha=(), between=(0.1, 0.9))
def exponential_smoothing(alpha):
    level, loss = data[0][0], 0.0
    for x, _, _ in data[1:]:
        loss += (x - level) ** 2
        level = alpha * x + (1 - alpha) * level
    return loss


@idiom(p=(), between=(0.2, 0.8))
def likelihood_of_coins(p):
    flips = [1, 0, 1, 1]
    return -sum(math.log(p if flip else 1 - p) for flip in flips)


@idiom(W=[[(), ()], [(), ()]], x=[(), ()])
def matrix_product_of_lists(W, x):
    out = [0.0] * len(W)
    for i in range(len(W)):
        for j in range(len(x)):
            out[i] += W[i][j] * x[j]
    return out[0] ** 2 + math.sin(out[1])


@idiom(t=(), h=())
def euler_steps(t, h):
    position, velocity = 1.0, 0.0
    for _ in range(4):
        velocity -= 0.3 * (t**2 + 1) * position
        position += 0.3 * velocity + h / 10
    return position**2
