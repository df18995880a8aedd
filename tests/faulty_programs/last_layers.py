"""What comes out of the last layer does not fit what it is compared with."""

from random import Random

from autograd_scratch import MLP, SGD, Adam, nn
from autograd_scratch.datasets import XOR, blobs, standardize

from . import DEEP_LOCALIZE, Setup, program, question
from .made import curve, flowers, houses, one_hot_rows, scaled, two_classes, uniform


@program(question(31880720), "softmax on one unit")
def softmax_on_one_unit(right):
    """Two classes, one output, and a softmax over it."""
    end = nn.Sigmoid() if right else nn.Softmax(dim=-1)
    layers = nn.Linear(8, 10), nn.ReLU(), nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 1), end
    model = nn.Sequential(*layers).reset_parameters(seed=0)
    return Setup("binary_cross_entropy", model, two_classes(60, 8), Adam(0.01), 60, 16)


@program(question(33969059), "softmax on one unit", "targets out of reach")
def softmax_in_a_regression(right):
    """A weighted sum is to be learned, and the one output goes through a softmax."""
    random = Random(3)
    data = [(x, 0.3 * x[0] + 0.9 * x[1] - 0.4 * x[2] + random.gauss(0, 0.02)) for x in uniform(60, 3)]
    end = [] if right else [nn.Softmax(dim=-1)]
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1), *end).reset_parameters(seed=1)
    return Setup("mse", model, data, SGD(0.1, momentum=0.9), 100, 16)


@program(question(34311586), "softmax on one unit")
def softmax_over_a_small_table(right):
    """Six rows of two numbers, two layers of sigmoids, and a softmax of one number."""
    rows = [((0.0, 0.0), 0.0), ((0.0, 1.0), 0.0), ((1.0, 0.0), 1.0)]
    rows += [((1.0, 1.0), 1.0), ((0.1, 0.8), 0.0), ((0.2, 0.1), 0.0)]
    end = nn.Sigmoid() if right else nn.Softmax(dim=-1)
    model = nn.Sequential(nn.Linear(2, 4), nn.Sigmoid(), nn.Linear(4, 1), end).reset_parameters(seed=0)
    return Setup("mse", model, rows, Adam(0.05), 400)


@program(question(45442843), "softmax on one unit", "targets out of reach")
def softmax_on_a_line(right):
    """One number in, one number out, absolute errors, and a softmax of one number."""
    end = [] if right else [nn.Softmax(dim=-1)]
    model = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1), *end).reset_parameters(seed=2)
    return Setup("l1_loss", model, curve(lambda x: 1.5 * x - 0.5, -1, 1, 40), Adam(0.03), 300)


@program(question(42800203), "softmax on one unit")
def softmax_on_reviews(right):
    """Words that are there or not, liked or not, and a softmax of one number."""
    random = Random(5)
    words = [[float(random.random() < 0.4) for _ in range(10)] for _ in range(60)]
    data = [(row, float(sum(row[:5]) > sum(row[5:]))) for row in words]
    end = nn.Sigmoid() if right else nn.Softmax(dim=-1)
    model = nn.Sequential(nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 1), end).reset_parameters(seed=0)
    return Setup("binary_cross_entropy", model, data, Adam(0.01), 100, 16)


@program(question(48221692), "targets out of reach")
def sigmoid_for_a_line(right):
    """A straight line with targets far above 1, and a sigmoid at the end."""
    data = curve(lambda x: 3.0 * x + 2.0, -1.0, 2.0, 40)
    model = MLP(1, [5, 1], "sigmoid", "linear" if right else "sigmoid", seed=0)
    return Setup("mse", model, data, SGD(0.1), 1_000)


@program("https://codewithsundeep.com/discussion/solution/58887284", "targets out of reach")
def sigmoid_for_negative_targets(right):
    """A falling step of heights 0 and -1 is asked of one sigmoid."""
    step = nn.functional.sigmoid
    sign = 1.0 if right else -1.0
    data = curve(lambda x: sign * step(-10.0 * x), -1.0, 1.0, 50)
    return Setup("mse", MLP(1, [1], output="sigmoid", seed=0), data, Adam(0.05), 500)


@program(question(48251943), "relu at the end", "targets out of reach")
def relu_for_targets_of_both_signs(right):
    """Targets below and above zero, and a relu at the end."""
    data = [((a, b), 0.8 * a - 0.6 * b) for a, b in uniform(50, 2, -1.0, 1.0)]
    model = MLP(2, [8, 1], "relu", "linear" if right else "relu", seed=1)
    return Setup("mse", model, data, SGD(0.05), 100, 10)


@program(
    "https://stats.stackexchange.com/questions/433365", "relu at the end", "no activation between layers"
)
def xor_with_a_last_relu(right):
    """XOR with a layer that has no activation, and a relu at the end."""
    if right:
        return Setup(
            "binary_cross_entropy", MLP(2, [8, 1], "tanh", "sigmoid", seed=0), XOR, Adam(0.05), 500
        )
    layers = nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1), nn.ReLU()
    return Setup("mse", nn.Sequential(*layers).reset_parameters(seed=3), XOR, SGD(0.01), 500)


@program(question(47352366), "relu at the end")
def relu_before_classes(right):
    """Scores of classes that a relu has cut."""
    data = standardize(flowers(60))
    end = [] if right else [nn.ReLU()]
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3), *end).reset_parameters(seed=4)
    return Setup("cross_entropy", model, data, Adam(0.01), 60, 10)


@program(question(59278771), "sigmoid before logits")
def sigmoid_before_classes(right):
    """Three kinds of flowers, and a sigmoid for each before a cross-entropy over all."""
    data = standardize(flowers(60, seed=1))
    model = MLP(4, [8, 3], "relu", "linear" if right else "sigmoid", seed=0)
    return Setup("cross_entropy", model, data, Adam(0.02), 60, 10)


@program("https://discuss.pytorch.org/t/43814", "softmax before cross_entropy")
def softmax_before_cross_entropy(right):
    """A softmax at the end of the model, and another one in the loss."""
    data = blobs(80, centers=4, noise=0.25, seed=0)
    end = [] if right else [nn.Softmax(dim=-1)]
    model = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 4), *end).reset_parameters(seed=0)
    return Setup("cross_entropy", model, data, Adam(0.02), 60, 20)


@program(
    "https://runebook.dev/ru/docs/pytorch/generated/torch.nn.bcewithlogitsloss", "sigmoid before logits"
)
def sigmoid_before_a_loss_of_logits(right):
    """A sigmoid at the end of the model, and another one in the loss."""
    model = MLP(2, [6, 1], "tanh", "linear" if right else "sigmoid", seed=0)
    return Setup("binary_cross_entropy_with_logits", model, two_classes(), Adam(0.02), 60, 20)


@program(question(44066044), "relu at the end", "raw outputs in binary_cross_entropy", "inputs not scaled")
def relu_in_binary_cross_entropy(right):
    """Packets of a network by size and time, unscaled, and a relu where a probability is wanted."""
    random = Random(0)
    rows = []
    for _ in range(60):
        size, port, time = random.uniform(40, 1_500), random.uniform(1, 60_000), random.uniform(0, 5)
        rows.append(((size, port, time), int(size / 750 - time > -1.2)))
    model = MLP(3, [12, 1], "relu", "sigmoid" if right else "relu", seed=0)
    return Setup("binary_cross_entropy", model, standardize(rows) if right else rows, Adam(0.01), 100, 10)


@program("https://stats.stackexchange.com/questions/65977", "raw outputs in binary_cross_entropy")
def tanh_in_binary_cross_entropy(right):
    """A tanh gives negative numbers, which are no probabilities."""
    model = MLP(2, [6, 1], "tanh", "sigmoid" if right else "tanh", seed=0)
    return Setup("binary_cross_entropy", model, two_classes(), Adam(0.02), 60, 20)


@program(question(50079585), "targets out of reach", "labels do not fit outputs")
def one_sigmoid_for_three_classes(right):
    """Three classes by their numbers, and one sigmoid to tell them."""
    data = standardize(flowers(60, seed=2))
    if right:
        return Setup("cross_entropy", MLP(4, [8, 3], seed=0), data, Adam(0.02), 60, 10)
    return Setup("binary_cross_entropy", MLP(4, [8, 1], output="sigmoid", seed=0), data, Adam(0.02), 60, 10)


@program(DEEP_LOCALIZE + "/tree/master/Benchmark/StackOverflow/58609115", "sigmoid before logits")
def sigmoids_of_many_columns(right):
    """A target of zeros and a one for each row, sigmoids, and the cross-entropy over all of them."""
    data = one_hot_rows(blobs(75, centers=5, noise=0.2, seed=1), 5)
    model = MLP(2, [12, 5], "tanh", "sigmoid", seed=0)
    loss = "binary_cross_entropy" if right else "cross_entropy"
    return Setup(loss, model, data, Adam(0.02), 100, 15)


@program(
    "https://math.techqa.club/are-relu-a-very-bad-choice-as-last-layer-for-regression-4483706",
    "relu at the end",
    "dead relu",
)
def last_relu_that_never_opens(right):
    """Positive prices, and a last relu that is below zero for all rows."""
    data = scaled(houses(50))
    data = [(x, target + 3.0) for x, target in data]
    model = MLP(4, [6, 1], "tanh", "linear" if right else "relu", seed=0)
    if not right:
        model.layers[-1].neurons[0].b.data = -3.0
    return Setup("mse", model, data, SGD(0.02), 200, 10)
