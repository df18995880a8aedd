"""What is wrong with how the outputs meet the loss, as the graph tells."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ..value import Value
from .borrowing import borrowed
from .case import Case, deviation_of, numbers_in
from .findings import Finding
from .reading import CLOSED, SQUEEZING, Look, logits_of, name_of, source_of
from .trials import constant_loss

_LOGITS = ("cross_entropy", "soft_cross_entropy", "binary_cross_entropy_with_logits", "multi_margin")
_RAW = frozenset(("dot", "add", "sub", "sum", "relu", "tanh", "leaky_relu", "elu", "selu", "silu", "gelu"))
LAST = "the last layer"


def check_outputs(case: Case, look: Look) -> Iterator[Finding]:
    """Yield what does not fit between the last layer, the loss and the targets."""
    found = check_terms(look) or [*_over_rows(look), *_log_probabilities(case, look), *_doubled(look)]
    yield from found or _out_of_reach(case, look)


def check_terms(look: Look) -> list[Finding]:
    """Return what does not fit between the terms of a loss and what they are of, as the graph tells."""
    found = [*_swapped(look), *_single_softmax(look), *_before_logits(look)]
    return found or [*_shares(look), *_probabilities(look)]


def last_activation(look: Look) -> str:
    """Return what made all outputs, if it is one kind of operation; else nothing."""
    names = {name_of(entry) for row in look.entries for entry in row}
    return names.pop() if len(names) == 1 else ""


def loss_nodes(look: Look) -> Iterator[tuple[str, list[Any]]]:
    """Yield the terms of known losses: what they are called, and what they are of."""
    for node in look.nodes:
        name, count = _term(node)
        if name:
            yield name, [parent for parent in islice(node.parents, count) if parent.__class__ is Value]


def _term(node: Any) -> tuple[str, int]:
    """Return the known loss that a node is a term of, if any, and how many of its parents are outputs."""
    name = str(node.primitive.name).partition("[")[0]
    if name not in _LOGITS and name != "binary_cross_entropy":
        return "", 0
    count = len(node.parents)
    if name == "soft_cross_entropy":
        return name, count // 2
    return name, 1 if name.startswith("binary") else count


def takes_classes(look: Look) -> bool:
    """Say whether the loss is one of classes or probabilities, not of numbers."""
    return any(True for _ in loss_nodes(look)) or any(
        name_of(node) in ("log_softmax", "logsumexp") for node in look.nodes
    )


def _swapped(look: Look) -> Iterator[Finding]:
    """Say so where known losses are given plain numbers as outputs, and what was computed as targets."""
    swapped = []
    for node in look.nodes:
        name, count = _term(node)
        given = [parent.__class__ is Value for parent in node.parents]
        if name and not any(given[:count]) and any(given[count:]):
            swapped.append(name)
    if swapped:
        name = swapped[0].removeprefix("soft_")
        yield Finding(
            "arguments of the loss swapped",
            name,
            f"In {len(swapped)} terms of {name} the outputs are plain numbers, and the targets are "
            "computed by the model.",
            f"Write {name}(outputs, targets).",
        )


def _single_softmax(look: Look) -> Iterator[Finding]:
    entries = [entry for row in look.entries for entry in row if entry.__class__ is Value]
    single = [entry for entry in entries or look.nodes if len(logits_of(entry)) == 1]
    terms = [name for name, of in loss_nodes(look) if name.endswith("cross_entropy") and len(of) == 1]
    alone = [name for name in terms if not name.startswith("binary")]
    if single:
        evidence = f"All {len(single)} outputs are {single[0].data:g}, and no gradient passes."
    elif alone:
        evidence = f"The loss of {len(alone)} rows is a cross-entropy over one output, which is always 0."
    else:
        return
    yield Finding(
        "softmax on one unit",
        LAST,
        evidence,
        "For two classes end with one output without an activation and loss='binary_cross_entropy_with_"
        "logits', or two outputs and loss='cross_entropy'; for numbers leave the softmax out.",
    )


def _over_rows(look: Look) -> Iterator[Finding]:
    """Say so where the logits of a softmax are those of other rows, and not those of its own."""
    if len(look.entries) < 2 or len(look.entries[0]) < 2 or last_activation(look) != "softmax":
        return
    (first, second, *_), (other, *_) = look.entries[:2]
    logits = {id(logit) for logit in logits_of(first)}
    if id(source_of(other)) in logits and id(source_of(second)) not in logits:
        own = math.fsum(entry.data for entry in look.entries[0])
        yield Finding(
            "softmax over the rows",
            LAST,
            f"The outputs of the first row add up to {own:.4g}, and those of a column of the batch to 1.",
            "Write softmax(z, dim=-1), or nn.Softmax(-1): the first axis of a batch is that of the rows.",
        )


def _shares(look: Look) -> Iterator[Finding]:
    """Say so where a cross-entropy is given targets that are no shares of classes."""
    sums = []
    for node in look.nodes:
        if str(node.primitive.name).startswith("soft_cross_entropy"):
            shares = node.parents[len(node.parents) // 2 :]
            if not any(share.__class__ is Value for share in shares):
                sums.append(math.inf if min(shares) < 0.0 else math.fsum(shares))
    off = [total for total in sums if abs(total - 1.0) > 0.01]
    if 2 * len(off) > len(sums):
        yield Finding(
            "labels do not fit outputs",
            "the targets",
            f"A cross-entropy takes the probability of each class, which add up to 1; in {len(off)} of "
            f"{len(sums)} rows the targets do not.",
            "For numbers take loss='mse'; for classes give the number of the right one.",
        )


def _before_logits(look: Look) -> Iterator[Finding]:
    seen: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], list[float]] = {}
    for loss, of in loss_nodes(look):
        if loss not in _LOGITS:
            continue
        names = {name_of(each) for each in of}
        if len(names) == 1:
            key = names.pop(), loss.removeprefix("soft_")
            seen[key] += 1
            example.setdefault(key, [each.data for each in of])
    for (name, loss), count in seen.items():
        told = ", ".join(f"{x:.3g}" for x in example[name, loss][:4])
        evidence = (
            f"What {loss} of {count} rows takes comes out of a {name}; of the first row it is {told}."
        )
        if name == "softmax":
            remedy = "Leave the softmax out: the loss has one in it. Take softmax(model(x)) to predict."
            yield Finding("softmax before cross_entropy", LAST, evidence, remedy)
        elif name in SQUEEZING:
            remedy = f"Leave the {name} out: the loss takes numbers of any size."
            yield Finding("sigmoid before logits", LAST, evidence, remedy)
        elif name in ("relu", "relu6", "softplus"):
            remedy = f"Leave the {name} out: logits are negative, too."
            yield Finding("relu at the end", LAST, evidence, remedy)


def _probabilities(look: Look) -> Iterator[Finding]:
    of = [each for loss, parts in loss_nodes(look) if loss == "binary_cross_entropy" for each in parts]
    names = {name_of(each) for each in of}
    if of and names <= _RAW:
        yield Finding(
            "raw outputs in binary_cross_entropy",
            LAST,
            f"What the loss takes comes out of {' and '.join(sorted(names))}, now from "
            f"{min(each.data for each in of):.4g} to {max(each.data for each in of):.4g}; nothing keeps it "
            "between 0 and 1.",
            "End the model with a sigmoid, or take loss='binary_cross_entropy_with_logits' of outputs "
            "without an activation.",
        )


def _log_probabilities(case: Case, look: Look) -> Iterator[Finding]:
    """Say so where the loss takes log-probabilities, and the outputs of most rows are none."""
    if case.loss_name not in ("nll_loss", "NLLLoss") or any(
        len(numbers_in(target)) != 1 for target in case.targets
    ):
        return
    sums = [math.fsum(math.exp(min(float(x.data), 700.0)) for x in row) for row in look.entries]
    off = [total for total in sums if abs(total - 1.0) > 0.01]
    if len(off) > len(sums) // 2:
        yield no_log_probabilities(
            f"The exps of the outputs of a row are to add up to 1; in {len(off)} of {len(sums)} rows they "
            f"do not, and give {off[0]:.4g}, say."
        )


def no_log_probabilities(evidence: str) -> Finding:
    """Return that outputs are not what nll_loss takes."""
    return Finding(
        "raw outputs in nll_loss",
        LAST,
        evidence,
        "End the model with nn.LogSoftmax(), or take loss='cross_entropy' of outputs without an "
        "activation.",
    )


def _doubled(look: Look) -> Iterator[Finding]:
    last = last_activation(look)
    if last not in (*SQUEEZING, "softmax"):
        return
    before = {name_of(source_of(entry)) for row in look.entries for entry in row}
    squeezed = before & {*SQUEEZING, "softmax", "relu"}
    if len(before) == 1 and squeezed:
        name = squeezed.pop()
        yield Finding(
            "doubled activation",
            LAST,
            f"All outputs are a {last} of a {name}: from {_least(look):.4g} to {_most(look):.4g}.",
            f"Leave the {name} out.",
        )


def _out_of_reach(case: Case, look: Look) -> Iterator[Finding]:
    """Say so where the targets are beyond what the last activation gives, and that costs."""
    last = last_activation(look)
    if last not in CLOSED or takes_classes(look):
        return
    low, high = CLOSED[last]
    targets = [numbers_in(target) for target in case.targets]
    if {*map(len, targets)} != {len(look.entries[0])}:
        return
    flat = [x for target in targets for x in target]
    outside = sum(not low <= x <= high for x in flat)
    beyond = math.hypot(*(x - min(max(x, low), high) for x in flat)) / math.sqrt(len(flat))
    if not outside or beyond < 0.14 * deviation_of(flat):
        return
    with borrowed(case.model):
        base = constant_loss(case)
    span = f"at least {low:g}" if high == float("inf") else f"from {low:g} to {high:g}"
    yield Finding(
        "relu at the end" if last == "relu" else "targets out of reach",
        LAST,
        f"A {last} gives numbers {span}, and {outside} of {len(flat)} targets are outside of that, from "
        f"{min(flat):.4g} to {max(flat):.4g}; a constant answer costs {base:.4g}.",
        f"Leave the {last} of the last layer out, or scale the targets.",
    )


def _least(look: Look) -> float:
    return min(float(entry.data) for row in look.entries for entry in row)


def _most(look: Look) -> float:
    return max(float(entry.data) for row in look.entries for entry in row)
