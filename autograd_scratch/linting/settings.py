"""What is wrong with the optimizer and the batches, before anything is trained."""

from collections.abc import Iterator
from itertools import pairwise
from math import prod

from ..nn.batches import mixes_samples
from ..nn.normalization import LayerNorm
from ..nn.search import found, models_by_path, parameters_of
from .borrowing import held_by
from .case import Case
from .findings import Finding


def check_setup(case: Case) -> Iterator[Finding]:
    """Yield what is wrong with what is to be trained, and by whom."""
    trained = case.parameters
    if not trained:
        frozen = len(parameters_of(case.model, frozen=True))
        yield Finding(
            "nothing to train",
            "the model",
            f"All {frozen} parameters are frozen." if frozen else "It has no parameters.",
            "Write model.unfreeze(), or freeze the parts alone that should stay as they are."
            if frozen
            else "Make Values in its constructor, self.w = Value(0.5), or return them from parameters().",
        )
        return
    held = held_by(case.optimizer)
    foreign = [p for p in held if p not in found(case.model, frozen=True)]
    if foreign:
        yield Finding(
            "optimizer of other parameters",
            "the optimizer",
            f"{len(foreign)} of its {len(held)} parameters are none of the model's {len(trained)}.",
            "Make the optimizer after the model, from model.parameters(), and anew with each new model.",
        )
    if getattr(case.optimizer, "maximize", False) and not case.has_own_loss:
        yield Finding(
            "loss made larger",
            "the optimizer",
            f"It steps up the slope of {case.loss_name}, which is 0 or least for the right outputs.",
            "Leave maximize=True out.",
        )
    for path, part in models_by_path(case.model):
        if isinstance(part, LayerNorm) and prod(part.normalized_shape) == 1:
            yield Finding(
                "norm of one number",
                path.removesuffix("."),
                "It takes the mean of one number from it, and gives the same for all rows.",
                "Leave LayerNorm(1) out; datasets.standardize(data) scales a column by all its rows.",
            )
    if (
        case.inputs
        and mixes_samples(case.model)
        and 1 in (case.size_of_batch, len(case.inputs) % case.size_of_batch)
    ):
        yield Finding(
            "batch of one",
            "BatchNorm",
            f"{len(case.inputs)} rows in batches of {case.size_of_batch} make a batch of one row, whose "
            "deviation is 0.",
            "Write a batch_size of 8 or more that leaves no single row, or take LayerNorm.",
        )


def is_sorted_by_class(case: Case) -> bool:
    """Say whether rows of the same target are next to each other, so that batches have one class each."""
    if case.seed is not None or case.size_of_batch >= len(case.inputs):
        return False
    targets = [repr(target) for target in case.targets]
    kinds = len({*targets})
    changes = sum(one != other for one, other in pairwise(targets))
    return 1 < kinds <= len(targets) // 4 and changes == kinds - 1
