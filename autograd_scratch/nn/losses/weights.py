"""What the size of a model's parameters costs, to be added to a loss."""

from collections.abc import Iterator
from typing import Any

from ...arrays.containers import entries
from ...errors import DataError
from ...ieee import describe
from ...primitives import dot, norm
from ...primitives.arguments import is_several
from ...signatures import call_form
from ..search import is_model, parameters_of
from .entries import numbers


@call_form()
def l1_penalty(parameters: Any, strength: Any) -> Any:
    """`strength` times the sum of |w| over the parameters of a model, or those given; the slope at 0 is 0.

    >>> l1_penalty([1.0, -2.0], 0.1)
    0.30000000000000004
    """
    return strength * norm(_listed(parameters, "l1_penalty"), p=1.0)


@call_form()
def l2_penalty(parameters: Any, strength: Any) -> Any:
    """`strength` times the sum of w² over the parameters of a model, or those given: without a half.

    Its derivative is 2 strength w, which is that of an optimizer with `weight_decay=2 * strength`. The
    biases of a model count too; without them give those that should: `[w for name, w in
    model.named_parameters() if not name.endswith("b")]`.

    >>> l2_penalty([1.0, -2.0], 0.1)
    0.5
    """
    numbers = _listed(parameters, "l2_penalty")
    return strength * dot(numbers, numbers)


def _listed(parameters: Any, name: str) -> list[Any]:
    """Return the parameters of a model that training may change, or the numbers in containers."""
    if is_model(parameters):
        return parameters_of(parameters)
    if not is_several(parameters):
        raise DataError(
            f"{name} takes a model, or parameters in a list or an array, not {describe(parameters)}"
        )
    given = entries([*parameters] if isinstance(parameters, Iterator) else parameters)
    return numbers([entry for _, entry in given], f"parameters of {name}")
