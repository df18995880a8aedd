"""How gradients that are too long are shortened before a step, together or each."""

import math
from typing import Any

from ..arrays.conversion import number_of
from ..errors import NonFiniteError, RangeError
from ..ieee import real
from ..node import set_grad
from ..primitives import clamp
from ..signatures import call_form
from ..value import Value
from .arguments import Parameters
from .optimizer import reached

LEAST = 1e-6  # that a norm is longer than it is, so that none is divided by 0


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
    limit = limit_of(max_norm, "max_norm")
    found = reached(parameters, "clip_grad_norm")
    numbers = [number_of(p.grad, "a gradient") for p in found]
    norm = math.hypot(*numbers)
    if not math.isfinite(norm):
        raise _not_finite(next((p for p, g in zip(found, numbers) if not math.isfinite(g)), None))
    scale = limit / (norm + LEAST)
    if scale < 1.0:
        shortened = [scale * p.grad for p in found]
        any(map(set_grad, found, shortened))
    return norm


@call_form()
def clip_grad_value(parameters: Parameters, clip_value: Any) -> None:
    """Clip the gradient of each parameter to the range from -clip_value to clip_value.

    Infinities become its bounds, as in PyTorch. Where one is nan, NonFiniteError names the parameter, and
    no gradient is changed.

    >>> from autograd_scratch import Value
    >>> a, b = Value(3.0), Value(0.25)
    >>> (a * a + b * b).backward()
    >>> clip_grad_value([a, b], clip_value=1.0)
    >>> a.grad, b.grad
    (1.0, 0.5)
    """
    limit = limit_of(clip_value, "clip_value")
    found = reached(parameters, "clip_grad_value")
    for p in found:
        if math.isnan(number_of(p.grad, "a gradient")):
            raise _not_finite(p)
    any(map(set_grad, found, [clamp(p.grad, -limit, limit) for p in found]))


def limit_of(given: Any, what: str) -> float:
    """Return what a gradient is to be clipped to, a number from 0 on."""
    limit = real(given, what)
    if not limit >= 0.0:
        raise RangeError(f"{what} must be at least 0, not {limit}")
    return limit


def _not_finite(p: Value | None) -> NonFiniteError:
    what = "the norm of the gradients" if p is None else f"the gradient of {p!r}"
    return NonFiniteError(
        f"{what} is not finite; nothing is clipped. explain_nonfinite(loss) says where it comes from"
    )
