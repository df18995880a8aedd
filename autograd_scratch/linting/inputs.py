"""Whether a model looks at its inputs, and at what else: what its outputs are computed from."""

from typing import Any

from .. import modes
from ..arrays.containers import arrange, entries
from ..errors import AutogradError
from ..nn.batches import mixes_samples, takes_batches, training
from ..value import Value
from .borrowing import borrowed
from .case import Case, numbers_in
from .findings import Finding
from .reading import Look
from .recording import answers, without_dropout

MANY = 4  # different numbers, which are hardly constants of a formula
SHARE = 0.5  # of the inputs that vary, from which on it is told that no path leads to them


def check_inputs(case: Case) -> Finding | None:
    """Say so where outputs are computed from other rows, or not from half of the inputs that vary.

    Only numbers that are floats are looked at: whole ones are perhaps indices.
    """
    columns = [*zip(*map(numbers_in, case.inputs))]
    varying = [i for i, column in enumerate(columns) if len({*column}) > 1]
    is_batch = takes_batches(case.model)
    some = case.rows(2 if is_batch else 1)
    rows = [[entry for _, entry in entries(row)] for row in some.inputs]
    if len(varying) < 2 or any(entry.__class__ is not float for row in rows for entry in row):
        return None
    leaves = [[*map(Value, row)] for row in rows]
    asked = some.but(inputs=[arrange(row, own) for row, own in zip(some.inputs, leaves)])
    try:
        with borrowed(case.model), training(case.model), without_dropout(case.model), modes.recording():
            outputs = answers(asked)
    except (AutogradError, TypeError, ValueError, AttributeError):  # it takes plain numbers only
        return None
    if isinstance(outputs, Finding):
        return None
    if is_batch and not mixes_samples(case.model) and _are_mixed(outputs, leaves):
        return Finding(
            "rows of a batch mixed",
            "the model",
            "Of two rows in a batch, the answer to one is computed from the inputs of the other.",
            "Look at which axis is which: the first is that of the rows, and nn.RNN and its like take it "
            "for time unless they are given batch_first=True.",
        )
    below = _below(outputs)
    missed = [i for i in varying if not any(own[i] in below for own in leaves)]
    if len(missed) < SHARE * len(varying) or len(missed) == len(columns):
        return None
    return Finding(
        "unreached inputs",
        "the model",
        f"The outputs are not computed from {len(missed)} of {len(varying)} inputs that vary, such as "
        f"number {missed[0]} of a row, counted from 0.",
        "Look at which entries forward goes on with: of a recurrent network the last step, output[-1].",
    )


def unlisted_parameters(case: Case, seen: Look) -> Finding | None:
    """Say so where a graph has leaves, with a gradient, that are neither parameters nor data."""
    data = {
        entry
        for row in (*case.inputs, *case.targets)
        for _, entry in entries(row)
        if isinstance(entry, Value)
    }
    leaves = {
        parent: parent.data
        for node in seen.nodes
        for parent in node.parents
        if parent.__class__ is Value and parent.primitive is None and parent not in data
    }
    others = [leaf for leaf in leaves if leaf not in seen.paths and seen.adjoints.get(leaf, 0.0)]
    if len({leaves[leaf] for leaf in others}) < MANY:
        return None
    return Finding(
        "parameters not listed",
        "the model",
        f"{len(others)} numbers that are computed with are neither parameters of the model nor data.",
        "Make layers and Values in the constructor, as attributes, or in lists or dicts of them.",
    )


def _are_mixed(outputs: list[Any], leaves: list[list[Value]]) -> bool:
    """Say whether the output of one of two rows is computed from a leaf of the other."""
    return any(not _below([output]).isdisjoint(of) for output, of in zip(outputs, leaves[::-1]))


def _below(outputs: list[Any]) -> set[Any]:
    """Return all nodes that outputs are computed from."""
    seen: set[Any] = set()
    pending = [entry for output in outputs for _, entry in entries(output) if entry.__class__ is Value]
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending += [parent for parent in node.parents if parent.__class__ is Value]
    return seen
