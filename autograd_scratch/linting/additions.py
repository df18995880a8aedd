"""What may be added to a model in a trial: units, biases, and parameters that were left out of training."""

from copy import copy
from typing import Any

from ..nn.activations import Elementwise, Tanh
from ..nn.dense import MLP
from ..nn.dropout import Dropout
from ..nn.linear import Linear
from ..nn.module import Module
from ..nn.parameter import Parameter
from ..nn.search import SLOTS, is_model, models_by_path, models_in, parameters_of
from ..nn.sequences import Flatten, Sequential
from ..optim import Optimizer
from ..optim.groups import Held
from ..value import Value
from .case import Case

WIDER = 8  # times as many units
HIDDEN = 16  # units of a layer that is put in
FEW = 8  # units, from which on a layer is not called narrow


def of_any_model(optimizer: Optimizer | None) -> Optimizer | None:
    """Return an optimizer of the same settings that steps whatever parameters it meets."""
    if optimizer is None:
        return None
    other = copy(optimizer)
    vars(other).update(_groups=[Held(None, {})], _memory={}, _began={})
    return other


def trained_parts(case: Case) -> list[Value]:
    """Return the parameters that training changes: of the model's those that the optimizer was given."""
    return case.parameters if case.optimizer is None else case.optimizer.chosen_among(case.parameters)


def unfrozen(case: Case) -> None:
    """Let all parameters be trained."""
    for part in models_in(case.model):
        if isinstance(part, Module):
            part.unfreeze()


def unbiased(model: Any) -> list[str]:
    """Return the paths of the layers that were made without a bias."""
    return [path.removesuffix(".") for path, part in models_by_path(model) if _is_bare(part)]


def biased(case: Case) -> None:
    """Give a bias of 0 to the layers that have none."""
    for part in models_in(case.model):
        if _is_bare(part):
            vars(part)[SLOTS] = copy(vars(part)[SLOTS])  # which is not to grow
            part.register_parameter("bias", Parameter.zeros(part.out_features))


def _is_bare(part: Any) -> bool:
    return isinstance(part, Linear) and part.bias is None


def narrowest(model: Any) -> int:
    """Return how many units the narrowest layer inside of a plain chain has; 0 where there is none.

    >>> narrowest(MLP(2, [4, 3, 1])), narrowest(MLP(2, [1]))
    (3, 0)
    """
    return min(_widths(model)[:-1], default=0)


def widened(model: Any) -> Any:
    """Return a chain with more units inside, whose weights are drawn anew; None where that says nothing.

    >>> [len(layer.neurons) for layer in widened(MLP(2, [4, 3, 1])).layers]
    [32, 24, 1]
    """
    if not 0 < narrowest(model) < FEW:
        return None
    widths = _widths(model)
    wide = [*(WIDER * width for width in widths[:-1]), widths[-1]]
    if type(model) is MLP:
        inside, last = (model.layers[i].neurons[0].activation for i in (0, -1))
        return MLP(model.layers[0].nin, wide, inside, last, seed=0)
    before = [next(part.in_features for part in model if isinstance(part, Linear)), *wide]
    sizes = iter(zip(before, wide))
    parts = [
        Linear(*next(sizes), bias=part.bias is not None) if isinstance(part, Linear) else part
        for part in model
    ]
    return Sequential(*parts).reset_parameters(seed=0)


def deepened(model: Any) -> Any:
    """Return a chain with a hidden layer before its only one; None where it has others.

    >>> [len(layer.neurons) for layer in deepened(MLP(2, [1])).layers]
    [16, 1]
    """
    widths = _widths(model)
    if len(widths) != 1:
        return None
    if type(model) is MLP:
        (layer,) = model.layers
        return MLP(layer.nin, [HIDDEN, *widths], "tanh", layer.neurons[0].activation, seed=0)
    parts: list[Any] = []
    for part in model:
        if isinstance(part, Linear):
            parts += [Linear(part.in_features, HIDDEN), Tanh(), Linear(HIDDEN, part.out_features)]
        else:
            parts.append(part)
    return Sequential(*parts).reset_parameters(seed=0)


def _widths(model: Any) -> list[int]:
    """Return how many units each layer of a plain chain has, the last one too."""
    if type(model) is MLP:
        return [len(layer.neurons) for layer in model.layers]
    if type(model) is Sequential and all(
        isinstance(part, (Linear, Elementwise, Dropout, Flatten))
        or not (is_model(part) and parameters_of(part, frozen=True))
        for part in model
    ):
        return [part.out_features for part in model if isinstance(part, Linear)]
    return []
