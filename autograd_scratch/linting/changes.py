"""What may be different in a trial, and what it would mean if that helped."""

from collections.abc import Iterator
from typing import Any

from ..nn.activations import Softmax
from ..nn.dropout import Dropout
from ..nn.search import models_in, parameters_of
from .additions import (
    HIDDEN,
    WIDER,
    biased,
    deepened,
    narrowest,
    of_any_model,
    trained_parts,
    unbiased,
    unfrozen,
    widened,
)
from .case import Case, numbers_in
from .change import Change
from .data import scale_of
from .layers import dead_relus, linear_stacks, mostly_flat, slope_of_depth
from .outputs import LAST, last_activation, takes_classes
from .rates import of_epochs, of_optimizers, of_rates
from .reading import Look
from .settings import is_sorted_by_class
from .trials import Trial
from .variations import (
    Uncovered,
    addends,
    bent,
    classifying,
    depends,
    leaky,
    redrawn,
    standardized,
    steeper,
    undropped,
    unsoftened,
    without_penalty,
)

WILD = 1.5  # times what a constant answer costs, after training
NARROW = 2  # units of a layer, which is likely the fault
HUGE = 30.0  # times what a constant answer costs


def after(seen: Look, base: Trial) -> Look:
    """Return the graph of the trained model, if there is one."""
    return base.seen if isinstance(base.seen, Look) else seen


def groups(case: Case, seen: Look, base: Trial) -> list[list[Change]]:
    """Return what is worth a trial, in groups: the likelier one first, as training went.

    Other changes are not tried where one of an earlier group is enough.
    """
    scales = [*_of_scales(case, seen), *_of_parts(case)]
    program = [
        *_of_layers(case, seen, base),
        *_of_outputs(case, seen),
        *_of_settings(case, seen),
    ]
    weights = [*_of_weights(seen, base)]
    smaller = [*of_rates(case, (0.1, 0.01, 0.001))]
    larger = [*of_rates(case, (10.0, 100.0, 1e3, 1e4, 1e6, 1e8))]
    epochs = [*of_epochs(case)]
    deep, other = [*_of_depth(case)], [*of_optimizers(case, seen)]
    narrow, likely = [*_of_widths(case)], list[Change]()
    if narrow and narrowest(case.model) <= NARROW:
        likely, narrow = narrow, []
    if base.fault or base.score > WILD:
        return [scales, weights, smaller, program, likely, deep, larger, other, epochs, narrow]
    first = [*scales, *program, *weights]
    if base.is_jumping:
        return [first, smaller, likely, deep, larger, other, epochs, narrow]
    return [first, likely, deep, larger, other, epochs, smaller, narrow]


def _of_scales(case: Case, seen: Look) -> Iterator[Change]:
    inputs, targets = [*map(numbers_in, case.inputs)], [*map(numbers_in, case.targets)]
    scale, wanted = scale_of(inputs), scale_of(targets)
    other_inputs = standardized(case.inputs) if scale is not None and scale.is_odd else None
    is_odd = wanted is not None and (wanted.largest > 8.0 or wanted.widest < 0.02)
    other_targets = standardized(case.targets) if is_odd and not takes_classes(seen) else None
    told = scale.told if scale is not None else ""
    if other_inputs is not None:
        remedy = f"{told} Write data = datasets.standardize(data); test data like=data."
        changed = case.but(inputs=other_inputs)
        yield Change(
            "inputs not scaled",
            "the inputs",
            "with standardized inputs",
            remedy,
            {"case": changed},
            scale is not None and scale.is_mild,
        )
    if other_targets is not None and wanted is not None:
        remedy = (
            f"{wanted.told} Subtract their mean, divide by their deviation, and undo it in predictions."
        )
        changed = case.but(targets=other_targets)
        yield Change(
            "targets not scaled",
            "the targets",
            "with standardized targets",
            remedy,
            {"case": changed},
            wanted.is_mild,
        )
        if other_inputs is not None:
            both = {"case": changed.but(inputs=other_inputs)}
            done = "with inputs and targets standardized"
            yield Change("inputs not scaled", "the inputs", done, f"{told} Standardize both.", both)
            yield Change(
                "targets not scaled", "the targets", done, f"{wanted.told} Standardize both.", both
            )


def _of_layers(case: Case, seen: Look, base: Trial) -> Iterator[Change]:
    trained = base.seen if isinstance(base.seen, Look) else None
    stacks = linear_stacks(seen)
    if stacks:
        first, second = stacks[0]
        yield Change(
            "no activation between layers",
            f"{first} and {second}",
            "with a tanh between them",
            'Put an activation behind each layer but the last: activation="tanh", or nn.ReLU() in between.',
            {"prepare": bent([one for one, _ in stacks])},
        )
    dead = [idle for each in (seen, trained) if each is not None for idle in dead_relus(each)]
    for idle in dead[:1]:
        share = f"{max(each.share for each in dead):.0%} of the units of {idle.layer} are 0 for all rows."
        remedy = f"{share} {idle.finding.remedy}"
        yield Change("dead relu", idle.layer, "with leaky relus", remedy, {"prepare": leaky})
        yield Change("dead relu", idle.layer, "with weights drawn anew", remedy, {"prepare": redrawn})
    softmaxes = sum(isinstance(part, Softmax) for part in models_in(case.model))
    if softmaxes > (last_activation(seen) == "softmax"):
        remedy = "Take nn.Tanh() or nn.ReLU() between layers: the units of a softmax add up to 1."
        done = "with tanh in its place"
        yield Change("softmax inside", "Softmax", done, remedy, {"prepare": unsoftened}, True)
    depth = slope_of_depth(seen)
    if depth is not None and depth[1] < 0.1 * depth[3]:
        first, small, last, large = depth
        yield Change(
            "vanishing gradients",
            first,
            "with tanh in the place of sigmoids, and weights drawn anew",
            f"The mean size of gradients is {small:.2g} in {first}, and {large:.2g} in {last}. Take fewer "
            'layers, activation="tanh" or "relu", and weights drawn for it.',
            {"prepare": steeper},
            True,
        )
    strong = [part.p for part in models_in(case.model) if isinstance(part, Dropout) and part.p >= 0.5]
    if strong:
        remedy = (
            f"It drops a share of {max(strong):g}, not keeps it: write Dropout({1.0 - max(strong):.2g})."
        )
        yield Change("dropout too strong", "Dropout", "without dropout", remedy, {"prepare": undropped})


def _of_weights(seen: Look, base: Trial) -> Iterator[Change]:
    """Yield other weights to begin with, where those that are there are too large."""
    done: dict[str, Any] = {"prepare": redrawn}
    for idle in mostly_flat(seen)[:1]:
        remedy = (
            f"{idle.share:.0%} of the slopes of the {idle.activation}s of {idle.layer} are nearly 0. "
            f"{idle.finding.remedy}"
        )
        yield Change("saturated units", idle.layer, "with weights drawn anew", remedy, done)
        return
    if base.first > HUGE * base.base and not base.last < base.base:
        remedy = (
            f"It begins at {base.first / base.base:.2g} times what the best constant answer costs: draw "
            "smaller weights, by He's rule or Glorot's, which layers do when no weights are given."
        )
        yield Change("exploding gradients", "the weights", "with weights drawn anew", remedy, done)


def _of_outputs(case: Case, seen: Look) -> Iterator[Change]:
    last = last_activation(seen)
    if last in ("relu", "relu6"):
        changed = {"case": case.but(model=Uncovered(case.model))}
        remedy = f'Leave the {last} of the last layer out: output="linear".'
        yield Change("relu at the end", LAST, "without it", remedy, changed)
    loss = classifying(last, case.loss_name)
    kinds = {x for target in case.targets for x in numbers_in(target)}
    if loss is not None and kinds == {0.0, 1.0}:
        changed = {"case": case.but(model=Uncovered(case.model), loss=loss), "judged": case}
        name = getattr(loss, "__name__", "")
        remedy = f"Leave the {last} out, and take loss='{name}'."
        yield Change("regression loss for classes", case.loss_name, f"trained by {name}", remedy, changed)


def _of_widths(case: Case) -> Iterator[Change]:
    """Yield wider layers inside."""
    wide = widened(case.model)
    if wide is not None:
        least = narrowest(case.model)
        done = f"with {WIDER} times as many units inside"
        remedy = f"The narrowest layer has {least} unit{'s' * (least != 1)}: take {WIDER * least}, say."
        changed = case.but(model=wide, optimizer=of_any_model(case.optimizer))
        yield Change("too few units", "the layers inside", done, remedy, {"case": changed}, True, True)


def _of_depth(case: Case) -> Iterator[Change]:
    """Yield a hidden layer where there is none."""
    deep = deepened(case.model)
    if deep is not None:
        remedy = (
            f"Write MLP(nin, [{HIDDEN}, ...]), say, or put nn.Linear and nn.Tanh() before the last layer."
        )
        changed = case.but(model=deep, optimizer=of_any_model(case.optimizer))
        done = f"with a hidden layer of {HIDDEN} units"
        yield Change("no hidden layer", "the model", done, remedy, {"case": changed}, True, True)


def _of_parts(case: Case) -> Iterator[Change]:
    """Yield training of what is left out of it, and biases."""
    trained = trained_parts(case)
    every = parameters_of(case.model, frozen=True)
    if len(trained) < len(every):
        remedy = (
            f"{len(trained)} of {len(every)} parameters are trained: write model.unfreeze(), and give the "
            "optimizer all of model.parameters()."
        )
        changed = {"case": case.but(optimizer=of_any_model(case.optimizer)), "prepare": unfrozen}
        done = "with all of them trained"
        yield Change("parts not trained", "the optimizer", done, remedy, changed, True)
    bare = unbiased(case.model)
    if bare:
        remedy = "Leave bias=False out, at least in the last layer."
        yield Change("no bias", ", ".join(bare[:4]), "with biases", remedy, {"prepare": biased})


def _of_settings(case: Case, seen: Look) -> Iterator[Change]:
    if is_sorted_by_class(case):
        yield Change(
            "sorted rows not shuffled",
            "the batches",
            "shuffled in each epoch",
            "Write fit(..., seed=0), which shuffles the rows in each epoch.",
            {"case": case.but(seed=0)},
        )
    terms = addends(seen.loss)
    penalty = [term.data for term in terms if not depends(term, seen.outputs)]
    if penalty and len(penalty) < len(terms):
        free = case.but(loss=without_penalty(case.loss_of))
        remedy = f"It is {penalty[0]:.3g} of a loss of {seen.loss.data:.3g}. Take a hundredth of it."
        yield Change(
            "regularization dominates", "the penalty in the loss", "without it", remedy, {"case": free}
        )
    decay = float(getattr(case.optimizer, "weight_decay", 0.0) or 0.0)
    if decay:
        remedy = f"Write weight_decay={decay / 1000:g}, or leave it out."
        done = "without weight decay"
        yield Change("regularization dominates", "the optimizer", done, remedy, {"prepare": _undecayed})


def _undecayed(case: Case) -> None:
    if case.optimizer is not None:
        for own in (vars(case.optimizer), *(held.own for held in case.optimizer._groups)):
            if "weight_decay" in own:
                own["weight_decay"] = 0.0
