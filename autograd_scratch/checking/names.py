"""What people call a gradient: dW1, grad_W1, dL_dW1, W1_grad and the like are gradients of W1."""

import re
from collections.abc import Iterator

_LOSSES = ("L", "J", "C", "E", "l", "loss", "Loss", "cost", "Cost", "_loss", "_cost", "_L", "_J", "_C")
_BETWEEN = ("d", "_d", "_d_", "_", "/d", "_wrt_", "_by_")
_WORDS = ("d", "D", "g", "grad", "gradient", "gradients", "delta", "Delta", "nabla", "del", "∂", "∇")
_BEFORE = (
    *(f"{word}{line}" for word in _WORDS for line in ("", "_")),
    *(f"d{loss}{between}" for loss in _LOSSES for between in _BETWEEN),
    *(f"∂{loss}/∂" for loss in _LOSSES),
)
_AFTER = ("_grad", ".grad", "grad", "Grad", "_gradient", "_gradients", "_delta", "_bar")


def plain(name: str) -> str:
    """Return a name in small letters and digits alone, weights and biases being w and b.

    >>> plain("dW_1"), plain("layers[0]['weights']"), plain("bias_2")
    ('dw1', 'layers0w', 'b2')
    """
    return re.sub("weights?", "w", re.sub("bias(es)?", "b", re.sub(r"[\W_]", "", name).lower()))


_PLAIN_BEFORE = tuple(dict.fromkeys(filter(None, map(plain, _BEFORE))))
_PLAIN_AFTER = tuple(dict.fromkeys(map(plain, _AFTER)))


def meant(key: str) -> Iterator[str]:
    """Yield the names whose gradient may be called like that, the likeliest first.

    >>> [*meant("dW1")], [*meant("grad_W1")], [*meant("W1_grad")]
    (['W1'], ['rad_W1', '_W1', 'W1'], ['W1', 'W1_'])
    """
    yield from (key.removeprefix(before) for before in _BEFORE if key.startswith(before))
    yield from (key.removesuffix(after) for after in _AFTER if key.endswith(after))


def meant_plainly(key: str) -> Iterator[str]:
    """Yield plain names of which the gradient may be called like that, or that are called so themselves.

    >>> [*meant_plainly("DW_1")], [*meant_plainly("gradBias2")]
    (['dw1', 'w1'], ['gradb2', 'radb2', 'b2'])
    """
    key = plain(key)
    yield key
    yield from (key.removeprefix(before) for before in _PLAIN_BEFORE if key.startswith(before))
    yield from (key.removesuffix(after) for after in _PLAIN_AFTER if key.endswith(after))
