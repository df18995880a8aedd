"""How a model or a loss is varied in a trial: other activations or weights, no dropout, no penalty."""

from collections.abc import Callable, Sequence
from math import prod, sqrt
from random import Random
from typing import Any

from .. import modes
from ..arrays.containers import arrange, entries
from ..nn.activations import Elementwise, Identity, Softmax
from ..nn.batches import outputs_of, takes_batches
from ..nn.calls import noting_calls
from ..nn.dense import Neuron, linear
from ..nn.dropout import Dropout
from ..nn.linear import Linear
from ..nn.losses import binary_cross_entropy_with_logits, cross_entropy
from ..nn.parameter import Parameter
from ..nn.search import models_by_path, models_in, parameters_of
from ..nn.states import entries_of
from ..primitives import leaky_relu, tanh
from ..value import Value
from .case import Case, deviation_of, mean_of
from .reading import layer_of, name_of, source_of


class Uncovered:
    """A model without the activation of its outputs."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, x: Any) -> Any:
        """Return what the activation of each output was applied to."""
        with modes.recording():
            output = self.model(x)
            return arrange(output, [source_of(entry) for _, entry in entries(output)])

    def parameters(self) -> list[Value]:
        """Return the parameters of the model."""
        return parameters_of(self.model)


def without_penalty(loss_of: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a loss without the terms that do not depend on the outputs."""

    def loss(outputs: Any, targets: Any) -> Any:
        with modes.recording():
            flat = [entry if entry.__class__ is Value else Value(entry) for _, entry in entries(outputs)]
            outputs = arrange(outputs, flat)
            whole = loss_of(outputs, targets)
            kept = [term for term in addends(whole) if depends(term, outputs)]
            total = kept[0]
            for term in kept[1:]:
                total = total + term
            return total

    return loss


def addends(whole: Any) -> list[Any]:
    """Return the terms that a loss is the sum of."""
    if whole.__class__ is Value and whole.primitive is not None and whole.primitive.name == "add":
        return [term for parent in whole.parents for term in addends(parent)]
    return [whole]


def depends(term: Any, outputs: Any) -> bool:
    """Say whether a term is computed from outputs."""
    wanted = {entry for _, entry in entries(outputs) if entry.__class__ is Value}
    seen: set[Any] = set()
    pending = [term]
    while pending:
        node = pending.pop()
        if node in wanted:
            return True
        if node.__class__ is Value and node not in seen:
            seen.add(node)
            pending += node.parents
    return False


def redrawn(case: Case) -> None:
    """Draw all weights anew, by Glorot's rule, and let biases be 0."""
    random = Random(0)
    trained = {*case.parameters}
    for part in models_in(case.model):
        if isinstance(part, Neuron):
            _draw(random, [weight for weight in part.w if weight in trained], len(part.w), len(part.w))
            if part.b in trained:
                part.b.data = 0.0
    for entry in entries_of(case.model).values():
        if isinstance(entry, Parameter) and trained.issuperset(entry.leaves):
            shape = entry.shape
            size = prod(shape[1:]) if len(shape) > 1 else 0
            _draw(random, entry.leaves, size, shape[0])


def _draw(random: Random, leaves: Sequence[Value], fan_in: int, fan_out: int) -> None:
    limit = sqrt(6.0 / (fan_in + fan_out)) if fan_in else 0.0
    for leaf in leaves:
        leaf.data = random.uniform(-limit, limit)


def undropped(case: Case) -> None:
    """Let dropout keep everything."""
    for part in models_in(case.model):
        if isinstance(part, Dropout):
            vars(part)["p"] = 0.0


def leaky(case: Case) -> None:
    """Take leaky relus in the place of relus."""
    _exchange(case, {"relu": lambda x: leaky_relu(x, 0.1), "relu6": lambda x: leaky_relu(x, 0.1)})


def steeper(case: Case) -> None:
    """Take tanh in the place of sigmoids inside, and draw the weights anew."""
    _exchange(case, dict.fromkeys(("sigmoid", "hard_sigmoid"), tanh))
    redrawn(case)


def unsoftened(case: Case) -> None:
    """Take tanh in the place of softmaxes inside."""
    _exchange(case, {"softmax": tanh})


def bent(layers: Sequence[str]) -> Callable[[Case], None]:
    """Return what puts a tanh behind some layers."""

    def prepare(case: Case) -> None:
        for path, part in models_by_path(case.model):
            if isinstance(part, Neuron) and layer_of(f"{path}w.0") in layers and part.activation is linear:
                vars(part)["activation"] = tanh
            elif isinstance(part, Linear) and path.removesuffix(".") in layers:
                vars(part)["forward"] = _followed(part.forward, tanh)

    return prepare


def _followed(forward: Callable[[Any], Any], function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def both(x: Any) -> Any:
        output = forward(x)
        return arrange(output, [function(entry) for _, entry in entries(output)])

    return both


def _exchange(case: Case, functions: dict[str, Callable[[Any], Any]]) -> None:
    """Exchange the activations of a name in neurons and modules, but for those of the outputs."""
    some = case.rows(2)
    with noting_calls() as calls:
        outputs = outputs_of(case.model, some.inputs, takes_batches(case.model))
    made = [entry for _, entry in entries(outputs) if entry.__class__ is Value]
    shown = {id(entry) for entry in made}
    last = {id(call.module) for call in calls if shown & {id(entry) for _, entry in entries(call.output)}}
    behind = {id(parent) for entry in made for parent in source_of(entry).parents}
    for part in models_in(case.model):
        if isinstance(part, Neuron):
            function = functions.get(name_of(part.activation(Value(0.5))))
            if function is not None and id(part.w[0]) not in behind:
                vars(part)["activation"] = function
        elif id(part) not in last and _module_name(part) in functions:
            vars(part)["forward"] = _followed(lambda x: x, functions[_module_name(part)])


def _module_name(part: Any) -> str:
    """Return which activation a module is."""
    if isinstance(part, Softmax):
        return "softmax"
    is_one = isinstance(part, Elementwise) and not isinstance(part, Identity)
    return name_of(type(part).function(Value(0.5))) if is_one else ""


def standardized(rows: Sequence[Any]) -> list[list[float]] | None:
    """Return flat rows of numbers, each column with the mean 0 and the deviation 1; else None."""
    flat = [[float(x) for _, x in entries(row)] for row in rows]
    if len({*map(len, flat)}) != 1:
        return None
    columns = []
    for column in zip(*flat):
        mean, deviation = mean_of(column), deviation_of(column) or 1.0
        columns.append([(x - mean) / deviation for x in column])
    return [arrange(row, new) for row, new in zip(rows, zip(*columns))]


def classifying(model_gives: str, loss: str) -> Callable[[Any, Any], Any] | None:
    """Return the loss for classes that goes with the activation of the outputs of a model."""
    if loss not in ("mse", "MSELoss", "mae", "l1_loss", "half_sum_of_squares"):
        return None
    if model_gives == "sigmoid":
        return binary_cross_entropy_with_logits
    return cross_entropy if model_gives == "softmax" else None
