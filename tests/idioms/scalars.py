"""Numbers and lists without arrays, with `math`."""

from .definition import idiom

data = [(0.5, 1.2, 1), (-1.0, 0.3, 0), (0.8, -0.6, 1), (-0.2, -0.9, 0)]


@idiom(w=(), b=())
def line_through_points(w, b):
    loss = 0
    for x, y, _ in data:
        loss += (w * x + b - y) ** 2
    return loss / len(data)


@idiom(x=(), needs_branch="max(0, x) takes one arm")
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


@idiom(x=[(), (), ()], needs_branch="min and max by numbers take one arm")
def range_of_a_list(x):
    return (max(x) - min(x)) ** 2


@idiom(x=(), y=())
def rosenbrock(x, y):
    return (1 - x) ** 2 + 2 * (y - x**2) ** 2


@idiom(w=[(), (), ()])
def horner(w):
    total = 0.0
    for x, y, _ in data:
        prediction = 0.0
        for coefficient in reversed(w):
            prediction = prediction * x + coefficient
        total += (prediction - y) ** 2
    return total


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


@idiom(t=(), h=())
def euler_steps(t, h):
    position, velocity = 1.0, 0.0
    for _ in range(4):
        velocity -= 0.3 * (t**2 + 1) * position
        position += 0.3 * velocity + h / 10
    return position**2
