"""The main job: the XOR network with derived backprop, and the tutorials' networks beside it.

Each network has one hidden layer of sigmoids and a sigmoid output. It is trained by gradients that
the engine derives, and those are held against two other witnesses: central differences, and a
derivation by hand in plain Python, as the tutorials write it. A tutorial that reports one loss and
descends another is told so, with numbers.

    >>> result = train(NETWORKS["default"], epochs=500)
    >>> result.learnt, [round(p) for p in result.predictions]
    (True, [0, 1, 1, 0])
"""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .datasets import XOR
from .drawing import Drawing, draw
from .modes import no_grad
from .nn import LOSSES, MLP
from .optim import SGD
from .training import History, fit
from .value import Value

LEARNT_WITHIN = 0.1
MILESTONES = (0, 1, 10, 100, 1_000, 10_000)

Matrix = tuple[tuple[float, ...], ...]
Gradient = dict[str, float]


@dataclass(frozen=True)
class Network:
    """A 2-`hidden`-1 network and how it is trained; `start` holds the tutorials' W1 and W2, [in][out].

    Training descends the loss `descends`, and reports the mean squared error.
    """

    name: str
    hidden: int
    descends: str
    lr: float
    epochs: int
    note: str
    start: tuple[Matrix, Matrix] | None = None

    def model(self, seed: int = 0) -> MLP:
        """Return the untrained network; `seed` counts only where there are no weights to start from."""
        weights = None if self.start is None else [list(zip(*matrix)) for matrix in self.start]
        return MLP(2, [self.hidden, 1], "sigmoid", "sigmoid", weights=weights, seed=seed)


_START_OF_2_AND_3: tuple[Matrix, Matrix] = (
    (
        (1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458),
        (1.8675579901499675, -0.977277879876411, 0.9500884175255894, -0.1513572082976979),
    ),
    ((-0.10321885179355784,), (0.41059850193837233,), (0.144043571160878,), (1.454273506962975,)),
)

NETWORKS: dict[str, Network] = {
    network.name: network
    for network in (
        Network(
            "default",
            4,
            "mse",
            5.0,
            2_000,
            "Glorot's initialization, gradient descent on all four samples at once.",
        ),
        Network(
            "tutorial-1",
            2,
            "half_sum_of_squares",
            0.1,
            10_000,
            "As published, with seed 42, the first tutorial's backward pass is minus the gradient of half "
            "the summed squared error, added to the weights; it ends in a local minimum, where two of the "
            "four predictions stay near 0.5.",
            (
                ((0.4967141530112327, -0.13826430117118466), (0.6476885381006925, 1.5230298564080254)),
                ((-0.23415337472333597,), (-0.23413695694918055,)),
            ),
        ),
        Network(
            "tutorial-2",
            4,
            "binary_cross_entropy",
            0.1,
            10_000,
            "As published, without a seed (0 here), the second tutorial's backward pass starts from "
            "a2 - y, over the number of samples: that belongs to the mean binary cross-entropy, though its "
            "text and its print-outs say MSE.",
            _START_OF_2_AND_3,
        ),
        Network(
            "tutorial-3",
            4,
            "half_sum_of_squares",
            0.1,
            1_000,
            "As published, without a seed (0 here), the third tutorial stops too early: its 1,000 epochs "
            "do not teach it XOR.",
            _START_OF_2_AND_3,
        ),
    )
}


@dataclass(frozen=True)
class Witnesses:
    """The gradient at the start, entry by entry and three ways, and that of the reported MSE."""

    derived: Gradient
    by_hand: Gradient
    differences: Gradient
    of_mse: Gradient


@dataclass(frozen=True)
class Result:
    """A finished training: the network and the model, what was seen, and the three witnesses."""

    network: Network
    model: MLP
    history: History
    predictions: list[float]
    witnesses: Witnesses

    @property
    def mse(self) -> list[float]:
        """The mean squared error that is reported, before each epoch."""
        return self.history.metrics.get("mse", self.history.losses)

    @property
    def learnt(self) -> bool:
        """Whether every prediction is near its target."""
        return all(abs(p - y) < LEARNT_WITHIN for p, (_, y) in zip(self.predictions, XOR))

    def loss(self, name: str) -> float:
        """Return the loss of that name of the predictions."""
        loss: float = LOSSES[name](self.predictions, [y for _, y in XOR])
        return loss

    def draw_sample(self, sample: int = 2) -> Drawing:
        """Draw the graph of one sample's loss, with values and gradients."""
        (x1, x2), y = XOR[sample]
        self.model.zero_grad()
        prediction = self.model([Value(x1, "x1"), Value(x2, "x2")]).named("prediction")
        loss = LOSSES[self.network.descends](prediction, Value(y, "y")).named("loss")
        loss.backward()
        return draw(loss)


def train(
    network: Network,
    *,
    epochs: int | None = None,
    lr: float | None = None,
    seed: int = 0,
    on_epoch: Callable[[int, float], None] | None = None,
) -> Result:
    """Train `network`, as it is or with other `epochs` and `lr`, and check its gradients at the start."""
    network = replace(
        network,
        epochs=network.epochs if epochs is None else epochs,
        lr=network.lr if lr is None else lr,
    )
    optimizer = SGD(network.lr)
    model = network.model(seed)
    witnesses = Witnesses(
        derived=derived_gradient(model, network.descends),
        by_hand=gradient_by_hand(model.state_dict(), network.hidden, OUTPUT_ERRORS[network.descends]),
        differences=central_differences(model, network.descends),
        of_mse=derived_gradient(model, "mse"),
    )
    history = fit(
        model,
        XOR,
        loss=network.descends,
        optimizer=optimizer,
        epochs=network.epochs,
        metrics=None if network.descends == "mse" else {"mse": "mse"},
        on_epoch=on_epoch,
    )
    with no_grad():
        predictions = [model(x).data for x, _ in XOR]
    return Result(network, model, history, predictions, witnesses)


def derived_gradient(model: MLP, loss: str) -> Gradient:
    """Return the gradient of a loss over all samples, by the engine."""
    model.zero_grad()
    _loss(model, loss).backward()
    return {path: parameter.grad for path, parameter in model.named_parameters()}


def central_differences(model: MLP, loss: str) -> Gradient:
    """Return the gradient of a loss over all samples, by moving each parameter up and down.

    The step is the cube root of the machine epsilon, relative to the parameter where that is large.
    """
    gradient = {}
    with no_grad():
        for path, parameter in model.named_parameters():
            here = parameter.data
            step = sys.float_info.epsilon ** (1 / 3) * max(1.0, abs(here))
            parameter.data = here + step
            above = _loss(model, loss).data
            parameter.data = here - step
            below = _loss(model, loss).data
            parameter.data = here
            gradient[path] = (above - below) / (2.0 * step)
    return gradient


def _loss(model: MLP, loss: str) -> Value:
    value: Value = LOSSES[loss]([model(x) for x, _ in XOR], [y for _, y in XOR])
    return value


# What a tutorial multiplies through its layers: d loss / d z of the output neuron, for one sample,
# from its activation a and its target y. The losses are over all four samples.
OUTPUT_ERRORS: Mapping[str, Callable[[float, float], float]] = {
    "mse": lambda a, y: 2.0 * (a - y) / 4.0 * a * (1.0 - a),
    "half_sum_of_squares": lambda a, y: (a - y) * a * (1.0 - a),
    "binary_cross_entropy": lambda a, y: (a - y) / 4.0,
}


def gradient_by_hand(
    state: Mapping[str, float], hidden: int, output_error: Callable[[float, float], float]
) -> Gradient:
    """Return the gradient over all samples as the tutorials derive it: by hand, layer by layer."""
    W1 = [[state[f"layers.0.neurons.{j}.w.{i}"] for j in range(hidden)] for i in range(2)]
    b1 = [state[f"layers.0.neurons.{j}.b"] for j in range(hidden)]
    W2 = [state[f"layers.1.neurons.0.w.{j}"] for j in range(hidden)]
    b2 = state["layers.1.neurons.0.b"]
    gradient = dict.fromkeys(state, 0.0)
    for x, y in XOR:
        z1 = [x[0] * W1[0][j] + x[1] * W1[1][j] + b1[j] for j in range(hidden)]
        a1 = [1.0 / (1.0 + math.exp(-z)) for z in z1]
        z2 = sum(a1[j] * W2[j] for j in range(hidden)) + b2
        a2 = 1.0 / (1.0 + math.exp(-z2))
        delta2 = output_error(a2, y)
        gradient["layers.1.neurons.0.b"] += delta2
        for j in range(hidden):
            delta1 = delta2 * W2[j] * a1[j] * (1.0 - a1[j])
            gradient[f"layers.1.neurons.0.w.{j}"] += delta2 * a1[j]
            gradient[f"layers.0.neurons.{j}.b"] += delta1
            for i in range(2):
                gradient[f"layers.0.neurons.{j}.w.{i}"] += delta1 * x[i]
    return gradient
