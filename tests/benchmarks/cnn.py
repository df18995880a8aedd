"""A small convolutional network on digits: an epoch, and all that the first one needs."""

from dataclasses import replace
from functools import cache, partial
from typing import Any

from autograd_scratch import nn
from autograd_scratch.datasets import digits, shaped

from . import peers
from .ours import COMPILED, DERIVED, EAGER, PYTHON, WASM, fitting, training
from .timing import Step, Work

IMAGES, BATCH = 500, 20
LR = 0.1
CHECKED = 1  # epochs: on Values they take a second each


def network() -> nn.Sequential:
    layers = (nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(start_dim=0), nn.Linear(36, 10))
    return nn.Sequential(*layers).reset_parameters(seed=0)


@cache
def data() -> list[Any]:
    return shaped(digits(IMAGES, seed=1), (1, 8, 8))


def weights(model: nn.Sequential) -> list[Any]:
    return [*model.state_dict().values()]


def ours(**engine: Any) -> Step:
    return fitting(
        network,
        data(),
        "cross_entropy",
        LR,
        weights,
        CHECKED,
        **{"batch_size": BATCH, "seed": None, **engine},
    )


def numpy_in_loops() -> Step:
    """As from-scratch code is mostly written: image by image, and of each position by position."""
    np = peers.module("numpy")
    X, T = np.array([x for x, _ in data()])[:, 0], [t for _, t in data()]

    def gradients(K: Any, b: Any, W: Any, c: Any, image: Any, target: int) -> Any:
        z, pooled = np.zeros((4, 6, 6)), np.zeros((4, 3, 3))
        for i in range(6):
            for j in range(6):
                z[:, i, j] = np.sum(image[i : i + 3, j : j + 3] * K[:, 0], axis=(1, 2)) + b
        a = np.maximum(z, 0)
        for i in range(3):
            for j in range(3):
                pooled[:, i, j] = np.amax(a[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2], axis=(1, 2))
        scores = W @ pooled.ravel() + c
        e = np.exp(scores - scores.max())
        p = e / e.sum()
        loss = -np.log(p[target])
        p[target] -= 1
        dpooled = (W.T @ p).reshape(pooled.shape)
        da, dK = np.zeros_like(a), np.zeros_like(K)
        for f in range(4):
            for i in range(3):
                for j in range(3):
                    region = a[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                    k, n = np.unravel_index(region.argmax(), region.shape)
                    da[f, 2 * i + k, 2 * j + n] = dpooled[f, i, j]
        dz = da * (z > 0)
        for i in range(6):
            for j in range(6):
                dK[:, 0] += dz[:, i, j][:, None, None] * image[i : i + 3, j : j + 3]
        return loss, (dK, dz.sum(axis=(1, 2)), np.outer(p, pooled.ravel()), p)

    def train(epochs: int) -> Any:
        parameters, losses = [np.array(p) for p in weights(network())], []
        for _ in range(epochs):
            total = 0.0
            for first in range(0, IMAGES, BATCH):
                slopes = [np.zeros_like(p) for p in parameters]
                for n in range(first, first + BATCH):
                    loss, own = gradients(*parameters, X[n], T[n])
                    total += loss / IMAGES
                    for slope, part in zip(slopes, own):
                        slope += part / BATCH
                for p, slope in zip(parameters, slopes):
                    p -= LR * slope
            losses.append(total)
        return losses, parameters

    return training(train, checked=CHECKED)


def numpy_in_batches() -> Step:
    """Windows of whole batches as matrices, derived by hand."""
    np = peers.module("numpy")
    X, T = np.array([x for x, _ in data()])[:, 0], np.array([t for _, t in data()])
    each = np.arange(BATCH)

    def train(epochs: int) -> Any:
        K, b, W, c = map(np.array, weights(network()))
        K, losses = K.reshape(4, 9), []
        for _ in range(epochs):
            total = 0.0
            for first in range(0, IMAGES, BATCH):
                x, t = X[first : first + BATCH], T[first : first + BATCH]
                patches = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
                patches = patches.reshape(BATCH, 36, 9)
                z = (patches @ K.T + b).transpose(0, 2, 1).reshape(BATCH, 4, 3, 2, 3, 2)
                regions = np.maximum(z, 0).transpose(0, 1, 2, 4, 3, 5).reshape(BATCH, 36, 4)
                pooled = regions.max(axis=2)
                scores = pooled @ W.T + c
                e = np.exp(scores - scores.max(axis=1, keepdims=True))
                p = e / e.sum(axis=1, keepdims=True)
                total += -np.log(p[each, t]).sum() / IMAGES
                p[each, t] -= 1
                p /= BATCH
                dregions = np.zeros_like(regions)
                places = regions.argmax(axis=2)[:, :, None]
                np.put_along_axis(dregions, places, (p @ W)[:, :, None], axis=2)
                da = dregions.reshape(BATCH, 4, 3, 3, 2, 2).transpose(0, 1, 2, 4, 3, 5)
                dz = (da * (z > 0)).reshape(BATCH, 4, 36)
                K -= LR * np.tensordot(dz, patches, axes=((0, 2), (0, 1)))
                b -= LR * dz.sum(axis=(0, 2))
                W -= LR * (p.T @ pooled)
                c -= LR * p.sum(axis=0)
            losses.append(total)
        return losses, [K, b, W, c]

    return training(train, checked=CHECKED)


def torch_eager() -> Step:
    torch = peers.torch()
    X = torch.tensor([x for x, _ in data()], dtype=torch.float64)
    T = torch.tensor([t for _, t in data()])

    def train(epochs: int) -> Any:
        layers = torch.nn
        model = layers.Sequential(
            *(layers.Conv2d(1, 4, 3), layers.ReLU(), layers.MaxPool2d(2)),
            *(layers.Flatten(), layers.Linear(36, 10)),
        ).double()
        named = zip(model.state_dict(), weights(network()))
        model.load_state_dict({key: torch.tensor(numbers, dtype=torch.float64) for key, numbers in named})
        optimizer, losses = torch.optim.SGD(model.parameters(), lr=LR), []
        for _ in range(epochs):
            total = 0.0
            for first in range(0, IMAGES, BATCH):
                rows = slice(first, first + BATCH)
                loss = layers.functional.cross_entropy(model(X[rows]), T[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * BATCH / IMAGES
            losses.append(total)
        return losses, [p.tolist() for p in model.parameters()]

    return training(train, checked=CHECKED)


ENGINES = {
    EAGER: ours,
    DERIVED: partial(ours, **PYTHON),
    WASM: partial(ours, **COMPILED),
    "NumPy, loops over images and positions": numpy_in_loops,
    "NumPy, whole batches": numpy_in_batches,
    "PyTorch, eager": torch_eager,
}
TITLE = f"Conv2d(1, 4, 3), ReLU, MaxPool2d(2), Linear(36, 10) on {IMAGES} digits, batches of {BATCH}"


def from_nothing(name: str) -> Step:
    """Return a step in which all is made ready, too: recorded, derived and compiled."""
    return replace(ENGINES[name](), marginal=False, once=True)


WORKS = (
    Work(f"{TITLE}: an epoch", ENGINES),
    Work(
        f"{TITLE}: fit for one epoch, from nothing", {name: partial(from_nothing, name) for name in ENGINES}
    ),
)
