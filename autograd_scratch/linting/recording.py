"""How the graph of a case is recorded: some rows, once, without dropout."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from numbers import Real
from typing import Any

from .. import modes
from ..arrays.containers import entries
from ..errors import AutogradError, RangeError
from ..nn.batches import mixes_samples, outputs_of, takes_batches, training
from ..nn.chance import Moment, at
from ..nn.dropout import Dropout
from ..nn.search import found, models_in
from ..value import Value
from .borrowing import borrowed
from .case import Case, numbers_in
from .findings import Finding
from .outputs import no_log_probabilities
from .reading import Look, look_at

MUCH = 200_000  # operands that are recorded


def look(case: Case) -> Look | Finding:
    """Return what the graph of a case tells, of as many rows as are quickly done; or why there is none."""
    with borrowed(case.model), training(case.model), without_dropout(case.model), modes.recording():
        few = case.rows(2 if mixes_samples(case.model) else 1)
        outputs = answers(few)
        if isinstance(outputs, Finding):
            return outputs
        count = max(2, MUCH // max(1, operands(outputs) // len(outputs)))
        some = case.rows(count)
        outputs = answers(some)
        if isinstance(outputs, Finding):
            return outputs
        return _loss(some, outputs)


def answers(case: Case) -> list[Any] | Finding:
    """Return what the model answers to all rows of a case, or why it does not."""
    is_batch = takes_batches(case.model)
    try:
        with at(Moment(0, 1, range(len(case.inputs)), is_batch=is_batch)):
            return outputs_of(case.model, case.inputs, is_batch)
    except AutogradError as fault:
        return Finding(
            "does not run",
            "the model",
            f"Called with the inputs it says: {_first_line(fault)}.",
            "Give it inputs of the form that it takes.",
        )


def operands(outputs: list[Any]) -> int:
    """Count the operands of all nodes below some outputs."""
    seen: set[Any] = set()
    pending = [entry for output in outputs for _, entry in entries(output) if entry.__class__ is Value]
    count = 0
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            count += len(node.parents)
            pending += [parent for parent in node.parents if parent.__class__ is Value]
    return count


def _loss(case: Case, outputs: list[Any]) -> Look | Finding:
    numbers = [[entry for _, entry in entries(output)] for output in outputs]
    try:
        loss = case.loss_of(outputs, case.targets)
    except RangeError as fault:
        return _out_of_range(case, numbers, fault)
    except AutogradError as fault:
        if not all(map(_is_number, chain(*numbers))) or any(isinstance(each, Mapping) for each in outputs):
            return _no_numbers(fault)
        if case.has_own_loss and all(map(numbers_in, case.targets)):
            return _own_fails(case, fault)
        return Finding(
            "labels do not fit outputs",
            case.loss_name,
            f"The loss says: {_first_line(fault)}.",
            _remedy_for_labels(case, numbers, _first_line(fault)),
        )
    paths = found(case.model, frozen=True)
    if not isinstance(loss, Value):
        return Finding(
            "does not run",
            case.loss_name,
            f"The loss gives {type(loss).__name__}, not a Value.",
            "Compute it from the outputs, and take the mean of several numbers.",
        )
    return look_at(loss, outputs, numbers, paths)


def _is_number(entry: Any) -> bool:
    return isinstance(entry, (Value, Real))


def _no_numbers(fault: AutogradError) -> Finding:
    return Finding(
        "does not run",
        "the model",
        f"Its outputs are no numbers; the loss says: {_first_line(fault)}.",
        "Return a Value for one output, or a list of Values.",
    )


def _own_fails(case: Case, fault: AutogradError) -> Finding:
    return Finding(
        "does not run",
        case.loss_name,
        f"The loss says: {_first_line(fault)}.",
        "It is called with two lists, the outputs of the rows and their targets: return "
        "mean([(p - t) ** 2 for p, t in zip(outputs, targets)]), say.",
    )


def _out_of_range(case: Case, numbers: list[list[Any]], fault: RangeError) -> Finding:
    said = _first_line(fault)
    if said.startswith("the outputs of nll_loss"):
        return no_log_probabilities(f"The loss says: {said}.")
    if said.startswith("an output of"):
        flat = [entry.data for row in numbers for entry in row if isinstance(entry, Value)]
        outside = sum(not 0.0 <= x <= 1.0 for x in flat)
        return Finding(
            "raw outputs in binary_cross_entropy",
            "the last layer",
            f"{outside} of {len(flat)} outputs are outside of 0 to 1, from {min(flat):.4g} to "
            f"{max(flat):.4g}.",
            "End the model with a sigmoid, or take loss='binary_cross_entropy_with_logits' of outputs "
            "without an activation.",
        )
    return Finding(
        "labels do not fit outputs",
        "the targets",
        f"The loss says: {said}.",
        _remedy_for_labels(case, numbers, said),
    )


def _remedy_for_labels(case: Case, numbers: list[list[Any]], said: str) -> str:
    flat = [x for target in case.targets for x in numbers_in(target)]
    if not flat:
        return "Give targets that are numbers: for classes, from 0 on."
    if not all(x.is_integer() for x in flat):
        return "For numbers take loss='mse'; labels of classes are whole numbers, which are not scaled."
    if any(len([*entries(target)]) > 1 for target in case.targets):
        return "Where several classes may be right at once, take loss='binary_cross_entropy_with_logits'."
    kinds = sorted({*flat})
    if len(numbers[0]) == 1 and len(kinds) <= 2 and not said.startswith(("cross_entropy", "nll_loss")):
        return (
            "Write them as the loss takes them: 2 * t - 1 makes -1 and 1 of 0 and 1, (t + 1) / 2 undoes it."
        )
    return (
        f"The labels are {int(kinds[0])} to {int(kinds[-1])}, and each row has {len(numbers[0])} outputs: "
        "count classes from 0, give the last layer an output for each, and take loss='cross_entropy'."
    )


def _first_line(fault: BaseException) -> str:
    return str(fault).partition("\n")[0].rstrip(".?")


@contextmanager
def without_dropout(model: Any) -> Iterator[None]:
    """Let layers that drop entries pass all of them on; inside of `borrowed`, which puts it back."""
    for part in models_in(model):
        if isinstance(part, Dropout):
            vars(part)["training"] = False
    yield
