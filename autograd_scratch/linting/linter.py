"""All checks, one after the other: data, setup, outputs, layers, and training itself."""

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import DataError, look_up, refuse_class
from ..ieee import describe
from ..nn.search import is_model
from ..optim import Optimizer
from ..seeds import Seed
from ..signatures import call_form
from ..value import Value
from .case import Case, case_of
from .data import check_data
from .findings import NAMES, Finding, in_order
from .layers import check_layers
from .loops import check_loss
from .outputs import check_outputs
from .recording import look, operands
from .remedies import Tried, check_training, confirmed
from .report import LintReport
from .settings import check_setup
from .trials import HUGE


@call_form('lint("mse", model, data, optimizer=SGD(0.1), epochs=100)')
def lint(
    loss: Any,
    model: Any,
    data: Iterable[Any] | None = None,
    y: Iterable[Any] | None = None,
    *,
    optimizer: Optimizer | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    seed: Seed = None,
    ignore: Sequence[str] = (),
) -> LintReport:
    """Find mistakes in how a small network is set up and trained; each with evidence and what to write.

    Arguments are those of `fit`, the loss first. The graph of the loss tells what does not fit: the last
    activation and the loss, units that are dead or all the same, parameters that no path reaches. Then the
    model is trained for a trial; where that learns little, one thing at a time is changed (the learning
    rate, the scale of the data, an activation, ...), and what makes it learn is told, with both losses.
    Model and optimizer are as before afterwards: weights, gradients, modes, buffers, memory, chance.

    A loss that a loop of your own has computed, a Value, is looked at without `data`: for what does not fit
    it, parameters that are not in its graph or not the optimizer's, units that are dead or saturated, and
    gradients that were added up.

    `ignore` has names of findings that are not to be told, as in `ignore=("dead relu",)`. The report prints
    as text, and is true if nothing was found. Large models are not trained.

    >>> from autograd_scratch import MLP, SGD
    >>> from autograd_scratch.datasets import XOR
    >>> model = MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
    >>> report = lint("binary_cross_entropy_with_logits", model, XOR, optimizer=SGD(0.5), epochs=500)
    >>> print(report["sigmoid before logits"].remedy)
    Leave the sigmoid out: the loss takes numbers of any size.
    >>> lint("binary_cross_entropy", model, XOR, optimizer=SGD(0.5), epochs=500).ok
    True
    """
    silenced = {look_up(name, dict.fromkeys(NAMES, name), "finding") for name in _names(ignore)}
    if not is_model(model):
        raise DataError(f"lint looks at a model, as an MLP or a Module of your own, not {model!r}")
    refuse_class(optimizer, "lr=0.1")
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise DataError(f"the optimizer must be one such as Adam(lr=0.1), not {describe(optimizer)}")
    if isinstance(loss, Value):
        found = Tried(check_loss(loss, model, optimizer), ["Only the graph of this loss was looked at."])
    elif data is None:
        raise DataError("lint(loss, model, data) needs the rows that fit is given")
    else:
        case = case_of(loss, model, data, y, optimizer, epochs, batch_size, seed)
        found = _checked(case)
    told = in_order([finding for finding in found.findings if finding.name not in silenced])
    return LintReport(told, tuple(found.notes), found.is_sure)


def _names(ignore: Any) -> Iterable[str]:
    if isinstance(ignore, str):
        return (ignore,)
    if not isinstance(ignore, Iterable):
        raise DataError(f'ignore has names of findings, as ("dead relu",), and is not {describe(ignore)}')
    return ignore


def _checked(case: Case) -> Tried:
    """Return the findings, and what was done; what makes others meaningless ends the checks."""
    case.loss_of  # noqa: B018 (which refuses what is no loss)
    findings = [*check_data(case), *check_setup(case)]
    if findings:
        return Tried(findings, ["Nothing was trained."])
    seen = look(case)
    if isinstance(seen, Finding):
        return Tried([seen], ["Nothing was trained."])
    findings = [*check_outputs(case, seen), *check_layers(case, seen)]
    size = operands(list(seen.outputs)) // len(seen.outputs)
    if findings:
        findings = findings if size > HUGE else confirmed(case, findings, max(1, size))
        return Tried(findings, ["Nothing else was tried: mend this first."])
    if size > HUGE:
        told = f"Nothing was trained: a row has {size:,} operands, and more than {HUGE:,} take too long."
        return Tried([], [told])
    return check_training(case, seen, max(1, size))
