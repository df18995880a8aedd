"""Programs in which something stands between the loss and what it is to train, or what it is to see."""

from autograd_scratch import MLP, SGD, Adam, Module, clamp, mean, nn, softmax, step
from autograd_scratch import round as rounded
from autograd_scratch.datasets import blobs, circles

from . import Setup, program
from .made import curve, one_hot_rows, two_classes, uniform

PYTORCH = "https://discuss.pytorch.org/t/"


def sequences(count, of, seed=0):
    """Rows of five numbers, one after the other, and a function of them."""
    rows = uniform(count, 5, -1.0, 1.0, seed)
    return [(tuple((x,) for x in row), of(row)) for row in rows]


@program("http://pullrequest.ru/14899114", "no gradient passes")
def perceptron_of_steps(right):
    """Gradient descent on a neuron that fires or does not."""
    data = [(x, float(label)) for x, label in two_classes(40, seed=2)]
    model = MLP(2, [1], output="sigmoid" if right else step, seed=0)
    return Setup("mse", model, data, SGD(0.5), 150)


@program(PYTORCH + "torch-round-gradient/28628", "no gradient passes")
def share_of_right_answers(right):
    """What is minimized is the share of rounded outputs that are wrong."""
    data = [(x, float(label)) for x, label in two_classes(40, seed=3)]

    def mistakes(outputs, targets):
        return mean([(rounded(p) - t) ** 2 for p, t in zip(outputs, targets)])

    model = MLP(2, [4, 1], "tanh", "sigmoid", seed=1)
    return Setup("mse" if right else mistakes, model, data, SGD(0.5), 150)


@program(PYTORCH + "torch-round-gradient/28628", "no gradient passes")
def outputs_clamped_at_zero(right):
    """Outputs are clamped to 0 to 1, and begin far below."""
    data = curve(lambda x: 0.5 + 0.4 * x, -1.0, 1.0, 40)
    ends = "sigmoid" if right else (lambda z: clamp(z - 5.0, 0.0, 1.0))
    return Setup("mse", MLP(1, [8, 1], "tanh", ends, seed=0), data, Adam(0.02), 200)


class Shares(Module):
    """Shares of three classes, along an axis of a batch."""

    wants_batch = True

    def __init__(self, axis):
        self.body = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 3)).reset_parameters(seed=0)
        self.axis = axis

    def __call__(self, x):
        return softmax(self.body(x), dim=self.axis)


@program("https://runebook.dev/en/docs/pytorch/generated/torch.nn.softmax", "softmax over the rows")
def softmax_of_a_column(right):
    """The softmax goes along the first axis, which is that of the rows."""
    data = one_hot_rows(blobs(60, 3, 0.3, seed=4), 3)
    return Setup("mse", Shares(-1 if right else 0), data, Adam(0.05), 60, 12)


class Batches(Module):
    """A recurrent layer that is given batches."""

    wants_batch = True

    def __init__(self, batch_first):
        self.cells, self.out = nn.GRU(1, 5, batch_first=batch_first, seed=0), nn.Linear(5, 1, seed=1)

    def __call__(self, x):
        outputs, _ = self.cells(x)
        return [self.out(row[-1]) for row in outputs]


@program(PYTORCH + "lstm-change-batch-first-true-loss-does-not-decrease/62364", "rows of a batch mixed")
def rows_taken_for_time(right):
    """A batch of sequences goes into a recurrent layer that takes its first axis for time."""
    data = sequences(48, lambda row: row[0] - row[1] + row[2], seed=1)
    return Setup("mse", Batches(right), data, Adam(0.03), 80, 12)


class Layers(Module):
    """A hidden layer that is the model's, or one that each call makes."""

    def __init__(self, keeps):
        self.out = nn.Linear(10, 1, seed=1)
        if keeps:
            self.hidden = nn.Linear(2, 10, seed=0)

    def __call__(self, x):
        hidden = getattr(self, "hidden", None) or nn.Linear(2, 10, seed=0)
        return self.out([z.tanh() for z in hidden(x)])[0]


@program("https://github.com/pytorch/pytorch/issues/1291", "parameters not listed")
def layer_made_in_each_call(right):
    """The hidden layer is made in forward, and no optimizer ever sees it."""
    data = [(x, float(label)) for x, label in circles(60, 0.08, seed=0)]
    return Setup("binary_cross_entropy_with_logits", Layers(right), data, SGD(0.5), 300, 15)


@program("https://github.com/pytorch/pytorch/issues/108956", "norm of one number")
def one_number_normalized(right):
    """A layer norm takes the one feature's mean, which is the feature, from it."""
    layers = [nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1)]
    model = nn.Sequential(*([] if right else [nn.LayerNorm(1)]), *layers).reset_parameters(seed=0)
    return Setup("mse", model, curve(lambda x: x * abs(x), -2.0, 2.0, 40), Adam(0.03), 200)
