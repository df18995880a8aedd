"""What is handed to training beside the model: data, optimizer, batches, regularization."""

from math import nan

from autograd_scratch import MLP, SGD, Adam, mse, nn
from autograd_scratch.datasets import blobs, standardize
from autograd_scratch.nn.losses import l2_penalty

from . import Setup, program
from .made import houses, people, scaled, two_classes
from .weights import moons_as_classes


@program("https://github.com/keras-team/keras/issues/1628", "nan in data")
def missing_numbers(right):
    """A table with holes, which are nan."""
    data = standardize(people(60, seed=3))
    if not right:
        data[7] = ((nan, *data[7][0][1:]), data[7][1])
    return Setup(
        "binary_cross_entropy", MLP(3, [8, 1], "relu", "sigmoid", seed=0), data, Adam(0.02), 60, 10
    )


@program("https://manongdao.com/q-1133738.html", "dropout too strong")
def keeping_for_dropping(right):
    """The share to be kept is given as the share to be dropped."""
    layers = nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.05 if right else 0.95, seed=0), nn.Linear(16, 1)
    model = nn.Sequential(*layers).reset_parameters(seed=0)
    return Setup("binary_cross_entropy_with_logits", model, moons_as_classes(), Adam(0.05), 150, 20)


@program("https://duoke360.com/post/34428", "batch of one")
def batch_norm_of_one_row(right):
    """BatchNorm, and one row a batch."""
    model = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1)).reset_parameters(
        seed=0
    )
    data = two_classes(48)
    return Setup("binary_cross_entropy_with_logits", model, data, Adam(0.02), 30, 16 if right else 1)


@program("https://datascience.stackexchange.com/questions/10547", "regularization dominates")
def weight_decay_of_one(right):
    """A weight decay that is stronger than the data."""
    optimizer = SGD(0.1, weight_decay=1e-4 if right else 1.0)
    return Setup("mse", MLP(4, [8, 1], "tanh", seed=0), scaled(houses(50, seed=4)), optimizer, 100, 10)


@program("https://community.deeplearning.ai/t/188908", "regularization dominates")
def penalty_in_the_loss(right):
    """A penalty in the loss that is larger than the rest of it."""
    model = MLP(4, [8, 1], "tanh", seed=0)
    factor = 1e-4 if right else 1.0

    def loss(outputs, targets):
        return mse(outputs, targets) + l2_penalty(model.parameters(), factor)

    return Setup(loss, model, scaled(houses(50, seed=5)), Adam(0.02), 100)


@program(
    "https://dailydoseofds.beehiiv.com/p/why-is-it-important-to-shuffle-your", "sorted rows not shuffled"
)
def rows_in_order_of_classes(right):
    """All rows of a class, then all of the next, in small batches without shuffling."""
    data = sorted(blobs(90, centers=3, noise=0.3, seed=4), key=lambda row: row[1])
    model = MLP(2, [10, 3], "relu", seed=0)
    return Setup("cross_entropy", model, data, SGD(2.0), 30, 5, 0 if right else None)


@program(
    "https://theneuralbase.com/pytorch/learn/intermediate/freezing-base-model-weights/",
    "optimizer of other parameters",
)
def optimizer_of_an_older_model(right):
    """The model was made anew after its optimizer."""
    old, model = MLP(2, [6, 1], "tanh", seed=0), MLP(2, [6, 1], "tanh", seed=1)
    optimizer = Adam((model if right else old).parameters(), lr=0.02)
    return Setup("binary_cross_entropy_with_logits", model, two_classes(), optimizer, 60, 20)


@program(
    "https://runebook.dev/en/docs/pytorch/generated/torch.nn.module/torch.nn.Module.requires_grad_",
    "nothing to train",
)
def all_frozen(right):
    """Everything is frozen, not the first layer alone."""
    model = MLP(2, [6, 1], "tanh", seed=0)
    (model.layers[0] if right else model).freeze()
    return Setup("binary_cross_entropy_with_logits", model, two_classes(), Adam(0.05), 60, 20)
