"""What can be found, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..wording import printable

NAMES: Mapping[str, str] = {  # in the order in which findings are told
    "does not run": "the model or the loss cannot be computed",
    "nan in data": "a number of the data is nan or infinite",
    "all-zero inputs": "all inputs are zero",
    "one class": "all targets are the same",
    "contradictory rows": "equal inputs have different targets",
    "nothing to train": "all parameters are frozen, or there are none",
    "optimizer of other parameters": "the optimizer steps parameters that the model does not have",
    "loss made larger": "the optimizer looks for the largest loss",
    "batch of one": "BatchNorm is trained on a batch of one row",
    "norm of one number": "one number less its mean is 0, whatever it was",
    "labels do not fit outputs": "the loss cannot pair the outputs with the targets",
    "softmax on one unit": "a softmax over one number is always 1",
    "softmax before cross_entropy": "the loss takes logits, and is given probabilities",
    "sigmoid before logits": "the loss takes logits, and is given what a sigmoid or tanh has squeezed",
    "raw outputs in binary_cross_entropy": "the loss takes probabilities, and is given any numbers",
    "raw outputs in nll_loss": "the loss takes log-probabilities, and is given other numbers",
    "arguments of the loss swapped": "outputs and targets have changed places in the loss",
    "softmax over the rows": "a softmax takes the rows of a batch together, not the outputs of a row",
    "loss without a least value": "the loss falls without end, however wrong the outputs are",
    "constant answer for nothing": "the loss of the best constant answer is 0",
    "right answers cost more": "a constant answer costs less than the targets themselves",
    "targets out of reach": "the last activation cannot give what the targets ask for",
    "relu at the end": "a relu cuts the outputs off",
    "doubled activation": "an activation is applied to what another one has squeezed already",
    "gradients added up": "the gradients are sums of those of several backward passes",
    "unreached parameters": "no path leads from the loss to some parameters",
    "parameters not listed": "what is computed with is not among the parameters",
    "unreached inputs": "no path leads from the outputs to most of the inputs",
    "no gradient passes": "what is computed on the way to the loss has a slope of 0",
    "rows of a batch mixed": "what a row is answered depends on the other rows of its batch",
    "parts not trained": "what is left out of training would be needed",
    "equal weights": "all units of a layer are the same, and stay so",
    "no hidden layer": "the model is linear, and what it is to learn is not",
    "no activation between layers": "two layers without an activation between them are one linear layer",
    "softmax inside": "a softmax between layers makes all units small",
    "dead relu": "units of a relu are zero for all rows, and get no gradient",
    "saturated units": "units are at the flat ends of their activation for all rows",
    "inputs not scaled": "the inputs are too large or too small for the weights",
    "targets not scaled": "the targets are too large or too small for the weights",
    "no bias": "a layer without a bias cannot move what it gives",
    "too few units": "the layers inside are too narrow",
    "dropout too strong": "so much is dropped that little is learned",
    "regularization dominates": "small weights count more than small errors",
    "sorted rows not shuffled": "batches have rows of one class each",
    "learning rate too large": "the steps jump over what they look for",
    "learning rate too small": "the steps are too short to get anywhere",
    "too few epochs": "training ends long before the loss does",
    "regression loss for classes": "squared errors of wrong probabilities have slopes near 0",
    "vanishing gradients": "the gradients of the first layers are next to nothing",
    "exploding gradients": "the gradients of the first layers are huge",
    "inputs tell nothing": "targets do not go with the inputs of their rows",
    "loss stands still": "training does not make the loss smaller",
    "loss not finite": "the loss becomes infinite or nan",
}


@dataclass(frozen=True)
class Finding:
    """A mistake: its `name`, the `place` in model or data, the `evidence` in numbers, and the `remedy`.

    `name` is one of `NAMES`, by which `lint(..., ignore=(name,))` silences it.

    >>> print(Finding("one class", "the targets", "All 20 are 1.", "Add rows of other classes."))
    one class (the targets): all targets are the same. All 20 are 1. Add rows of other classes.
    """

    name: str
    place: str
    evidence: str
    remedy: str

    @property
    def meaning(self) -> str:
        """What the mistake is, in words."""
        return NAMES[self.name]

    def __str__(self) -> str:
        return printable(f"{self.name} ({self.place}): {self.meaning}. {self.evidence} {self.remedy}")


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order in which they are told, each name and place once."""
    ranks = {name: rank for rank, name in enumerate(NAMES)}
    seen = {(finding.name, finding.place): finding for finding in findings[::-1]}
    return tuple(sorted(seen.values(), key=lambda finding: ranks[finding.name]))
