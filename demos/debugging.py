"""A backward pass by hand, debugged: the checker says which line is wrong, and what the mistake is.

Run it with `python demos/debugging.py`: a network of two classes in NumPy, as one writes it, with three
mistakes. The report names them, and is asked again when one is mended. The first is written as a page, too,
debugging.html; debugging.svg shows how training goes with the wrong gradients and with the right ones (that
needs Matplotlib).
"""

from functools import partial
from pathlib import Path

import numpy as np

from autograd_scratch import compare
from autograd_scratch.datasets import moons
from autograd_scratch.training import History

points, sides = zip(*moons(60, noise=0.1, seed=0))
X, labels = np.array(points), (np.array(sides) > 0).astype(int)
rng = np.random.default_rng(0)
at = {
    "W1": rng.normal(size=(2, 8)),
    "b1": np.zeros(8),
    "W2": rng.normal(size=(8, 2)) * 0.5,
    "b2": np.zeros(2),
}
strength = 0.01  # of the penalty


def forward(W1, b1, W2, b2):
    """Return the hidden activations and the probabilities of both classes."""
    h = np.tanh(X @ W1 + b1)
    e = np.exp(h @ W2 + b2)
    return h, e / e.sum(axis=1, keepdims=True)


def loss(W1, b1, W2, b2):
    """The cross-entropy, and a penalty on the weights."""
    _, p = forward(W1, b1, W2, b2)
    return -np.log(p[np.arange(len(X)), labels]).mean() + strength * ((W1**2).sum() + (W2**2).sum())


def backward(W1, b1, W2, b2, mended=()):
    """Its gradient by hand. Each line that is wrong has the right one beside it, for when it is mended."""
    h, p = forward(W1, b1, W2, b2)
    dz2 = p.copy()
    dz2[np.arange(len(X)), labels] -= 1
    if "mean" in mended:
        dz2 /= len(X)
    dW2 = h.T @ dz2 + (2 if "penalty" in mended else 1) * strength * W2
    dh = dz2 @ W2.T
    dz1 = dh * (1 - h**2) if "tanh" in mended else dh * h * (1 - h)
    dW1 = X.T @ dz1 + 2 * strength * W1
    return {"W1": dW1, "b1": dz1.sum(axis=0), "W2": dW2, "b2": dz2.sum(axis=0)}


def trained(mended):
    """Return the losses of a descent by the gradient as it is now."""
    weights, losses = dict(at), []
    for _ in range(100):
        losses.append(loss(**weights))
        slopes = backward(**weights, mended=mended)
        weights = {name: w - 0.5 * slopes[name] for name, w in weights.items()}
    return losses


if __name__ == "__main__":
    for mended in ((), ("mean",), ("mean", "penalty"), ("mean", "penalty", "tanh")):
        report = compare(loss, at, partial(backward, mended=mended))
        print(f"With {' and '.join(mended) or 'nothing'} mended:\n{str(report).splitlines()[0]}")
        print(f"{report.mistakes[0].evidence}\n" if report.mistakes else "")
        if not mended:
            Path("debugging.html").write_text(report.to_html(), encoding="utf-8")
    ax = History(trained(())).plot(label="three mistakes")
    History(trained(("mean", "penalty", "tanh"))).plot(label="mended", ax=ax)
    ax.figure.savefig("debugging.svg")
    print("The first report as a page: debugging.html. How both train: debugging.svg")
