"""`MLP`, `Layer` and `Neuron` as layers of matrices: which weights belong together, and what follows."""

from collections.abc import Callable
from typing import Any

from ..nn.dense import MLP, Layer, Neuron
from .layers import MODULES, like


def layers_of(part: Any) -> list[Layer | Neuron] | None:
    """Return the layers that a part consists of, each with one activation; None for what is no such part.

    >>> len(layers_of(MLP(2, [3, 1]))), layers_of(len)
    (2, None)
    """
    if like(part, (Neuron,)):
        return [part]
    if like(part, (Layer,)):
        kinds = [like(neuron, (Neuron,)) for neuron in part.neurons]
        functions = {id(neuron.activation) for neuron in part.neurons}
        return [part] if all(kinds) and len(functions) == 1 else None
    if not like(part, (MLP,)):
        return None
    found = [layers_of(layer) for layer in part.layers]
    return None if None in found else [each for own in found for each in own or ()]


def activation_of(function: Callable[..., Any]) -> Any:
    """Return the module of this package that an activation is, or None.

    >>> activation_of(abs) is None
    True
    """
    kind = MODULES.get(function)
    return None if kind is None else kind()
