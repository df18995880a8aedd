"""What losses multiply through a network: their slopes by the prediction a, for the target y."""

from collections.abc import Callable, Sequence
from math import exp, tanh


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


SLOPES: dict[str, tuple[str, Callable[[float, float], float]]] = {
    "a squared error": ("{a} - y", lambda a, y: a - y),
    "binary cross-entropy": ("({a} - y) / ({a} * (1 - {a}))", lambda a, y: (a - y) / (a * (1.0 - a))),
    "binary cross-entropy on logits": ("sigmoid({a}) - y", lambda a, y: _sigmoid(a) - y),
    "cross-entropy": ("-y / {a}", lambda a, y: -y / a if y else 0.0),
    "an absolute error": ("sign({a} - y)", lambda a, y: float(a > y) - float(a < y)),
    "the hinge loss": ("-y * (y * {a} < 1)", lambda a, y: -y if y * a < 1.0 else 0.0),
    "the squared hinge loss": ("-y * max(0, 1 - y * {a})", lambda a, y: -y * max(0.0, 1.0 - y * a)),
    "the exponential loss": ("-y * exp(-y * {a})", lambda a, y: -y * exp(-y * a)),
    "the logistic loss": ("-y * sigmoid(-y * {a})", lambda a, y: -y * _sigmoid(-y * a)),
    "a squared error of exp": ("(exp({a}) - y) * exp({a})", lambda a, y: (exp(a) - y) * exp(a)),
    "a squared error of sigmoid": (
        "(s - y) * s * (1 - s), with s = sigmoid({a})",
        lambda a, y: (_sigmoid(a) - y) * _sigmoid(a) * (1.0 - _sigmoid(a)),
    ),
    "log-cosh": ("tanh({a} - y)", lambda a, y: tanh(a - y)),
    "the Huber loss": ("clip({a} - y, -1, 1)", lambda a, y: max(-1.0, min(1.0, a - y))),
}

OF_PROBABILITIES = ("binary cross-entropy", "cross-entropy")
OF_SIGNS = ("the hinge loss", "the squared hinge loss", "the exponential loss", "the logistic loss")
# what stands for the error a - y: the kind of mistake, the words, the formula, the rule
ERRORS: Sequence[tuple[str, str, str, Callable[[float, float], float]]] = (
    ("sign", "the target added where it is subtracted", "{a} + y", lambda a, y: a + y),
    ("path_missing", "the target left out of the error", "{a}", lambda a, y: a),
    ("path_missing", "the prediction left out of the error", "-y", lambda a, y: -y),
)
