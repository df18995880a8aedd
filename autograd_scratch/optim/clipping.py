"""How gradients that are too long are shortened before a step."""

import math
from typing import Any

from ..arrays.conversion import number_of
from ..errors import NonFiniteError, RangeError
from ..ieee import real
from ..node import set_grad
from ..signatures import call_form
from .arguments import Parameters
from .optimizer import reached


@call_form()
def clip_grad_norm(parameters: Parameters, max_norm: Any) -> float:
    """Shorten the gradient of all parameters together to at most `max_norm`; return how long it was.

    All are multiplied by min(1, max_norm / (norm + 1e-6)), as in PyTorch. Where the norm is not finite,
    NonFiniteError names the parameter, and no gradient is changed.

    >>> from autograd_scratch import Value
    >>> a, b = Value(3.0), Value(4.0)
    >>> (a * a + b * b).backward()
    >>> clip_grad_norm([a, b], max_norm=1.0)
    10.0
    >>> round(a.grad, 6), round(b.grad, 6)
    (0.6, 0.8)
    """
    limit = real(max_norm, "max_norm")
    if not limit >= 0.0:
        raise RangeError(f"max_norm must be at least 0, not {limit}")
    found = reached(parameters, "clip_grad_norm")
    numbers = [number_of(p.grad, "a gradient") for p in found]
    norm = math.hypot(*numbers)
    if not math.isfinite(norm):
        worst = next((p for p, g in zip(found, numbers) if not math.isfinite(g)), None)
        what = "the norm of the gradients" if worst is None else f"the gradient of {worst!r}"
        raise NonFiniteError(
            f"{what} is not finite; nothing is clipped. explain_nonfinite(loss) says where it comes from"
        )
    scale = limit / (norm + 1e-6)
    if scale < 1.0:
        shortened = [scale * p.grad for p in found]
        any(map(set_grad, found, shortened))
    return norm
