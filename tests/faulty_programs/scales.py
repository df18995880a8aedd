"""Numbers that are far too large or too small for the weights that they meet."""

from random import Random

from autograd_scratch import MLP, SGD, Adam, RMSprop, nn
from autograd_scratch.datasets import digits, standardize

from . import DEEP_LOCALIZE, Setup, program, question
from .made import curve, houses, people, scaled


@program(question(39525358), "inputs not scaled")
def three_columns_of_a_table(right):
    """Age, income and hours as they are."""
    data = people()
    model = MLP(3, [12, 3, 1], "relu", "sigmoid", seed=1)
    return Setup("binary_cross_entropy", model, standardize(data) if right else data, Adam(0.01), 100, 10)


@program(question(52800582), "inputs not scaled", "targets not scaled")
def fourth_powers(right):
    """The fourth power of numbers from -100 to 100."""
    data = curve(lambda x: x**4, -100.0, 100.0, 60)
    layers = (
        nn.Linear(1, 16),
        nn.Tanh() if right else nn.Sigmoid(),
        nn.Linear(16, 16),
        nn.ELU(),
        nn.Linear(16, 1),
    )
    model = nn.Sequential(*layers).reset_parameters(seed=0)
    return Setup("mse", model, scaled(data) if right else data, Adam(0.01), 400)


@program(question(47724077), "inputs not scaled")
def census(right):
    """The same columns for two classes by logits."""
    data = people(80, seed=1)
    model = MLP(3, [12, 2], "relu", seed=2)
    return Setup("cross_entropy", model, standardize(data) if right else data, Adam(0.01), 60, 20)


@program(question(47932589), "inputs not scaled", "targets not scaled", "learning rate too large")
def heights_and_weights(right):
    """Centimetres in, grams out."""
    random = Random(2)
    data = [
        ((h,), 900.0 * (h - 100.0) + random.gauss(0, 3_000))
        for h in (random.uniform(150, 200) for _ in range(50))
    ]
    return Setup("mse", MLP(1, [8, 1], "relu", seed=0), scaled(data) if right else data, SGD(0.01), 200, 10)


@program(question(46995209), "inputs not scaled", "saturated units")
def tanh_of_large_numbers(right):
    """Inputs in the hundreds, and units that are always at their ends."""
    random = Random(3)
    data = []
    for _ in range(60):
        row = [random.uniform(100, 900) for _ in range(4)]
        data.append((row, float(row[0] + row[1] > row[2] + row[3])))
    model = MLP(4, [10, 1], "tanh", "sigmoid", seed=0)
    return Setup("binary_cross_entropy", model, standardize(data) if right else data, Adam(0.01), 100, 10)


@program(question(55328966), "inputs not scaled", "sigmoid before logits")
def pixels_up_to_255(right):
    """Pixels from 0 to 255, and sigmoids before the cross-entropy."""
    data = digits(100, seed=0)
    if not right:
        data = [([255.0 * pixel for pixel in x], label) for x, label in data]
    model = MLP(64, [12, 10], "relu", "linear" if right else "sigmoid", seed=0)
    return Setup("cross_entropy", model, data, Adam(0.02) if right else SGD(0.5), 30, 20)


@program(
    "https://thinbug.com/q/49867234",
    "targets not scaled",
    "learning rate too small",
    "too few epochs",
    "all-zero inputs",
)
def far_off_answer(right):
    """One row of zero, whose answer is 42, by steps of a thousandth."""
    data = [([0.0], 1.0 if right else 42.0)]
    model = MLP(1, [1], "linear", seed=0)
    return Setup("l1_loss", model, data, RMSprop(0.01 if right else 0.001), 1_000)


@program(
    "https://stats.stackexchange.com/questions/418955", "targets not scaled", "learning rate too large"
)
def squares_up_to_ten_thousand(right):
    """Targets up to 10,000, and two layers that diverge."""
    data = standardize(curve(lambda x: x**2 + 3.0, 0.0, 99.0, 50))
    data = scaled(data) if right else data
    return Setup(
        "mse", MLP(1, [8, 1], "tanh" if right else "linear", seed=0), data, SGD(0.1 if right else 0.3), 300
    )


@program(
    question(42514960),
    "inputs not scaled",
    "relu at the end",
    "targets out of reach",
    "targets not scaled",
    "learning rate too large",
)
def autoencoder(right):
    """Columns of several sizes are to be told again through two numbers."""
    random = Random(4)
    rows = []
    for _ in range(60):
        a, b = random.gauss(0, 1), random.gauss(0, 1)
        rows.append([500 * a + 900, 3 * b, 40 * (a + b), 7 * (a - b)])
    columns = [*zip(*(x for x, _ in standardize([(row, 0) for row in rows])))]
    if right:
        rows = [list(row) for row in zip(*columns)]
    layers = nn.Linear(4, 8), nn.Tanh() if right else nn.ReLU(), nn.Linear(8, 2), nn.Tanh(), nn.Linear(2, 4)
    model = nn.Sequential(*layers).reset_parameters(seed=0)
    return Setup("mse", model, list(zip(rows, rows)), Adam(0.02), 200, 20)


@program(DEEP_LOCALIZE + "/tree/master/Benchmark/GitHub", "targets not scaled")
def prices_in_full(right):
    """Prices of properties in full, hyperbolic tangents, and small steps."""
    data = scaled(houses(60, seed=1)) if right else [(x, 1_000.0 * y) for x, y in houses(60, seed=1)]
    return Setup("mae", MLP(4, [20, 20, 1], "tanh", seed=0), data, Adam(0.01), 100, 20)
