"""Losses as objects that keep their settings, as torch.nn has them: a class for each function."""

import reprlib
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from types import new_class
from typing import Any, ClassVar

from ...signatures import wrong_call
from ..module import Module
from . import classes, margins, probabilities, regression, similarities
from .classes import OF_SAMPLES, share_of
from .entries import reduction_of
from .samples import ignored_class, refuse_single

Loss = Callable[..., Any]
Check = Callable[[Any], Any]

CHECKS: dict[str, Check] = {
    "reduction": reduction_of,
    "label_smoothing": share_of,
    "ignore_index": ignored_class,
}


class Criterion(Module):
    """The base of losses that keep their settings: made with these, called with outputs and targets.

    What an object computes is what its `function` does, whose settings are attributes of it.

    >>> criterion = CrossEntropyLoss(label_smoothing=0.5)
    >>> criterion, criterion([[0.0, 1000.0]], [1])
    (CrossEntropyLoss(label_smoothing=0.5), 250.0)
    """

    function: ClassVar[Loss]
    settings: ClassVar[dict[str, Any]]  # the defaults

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function gives for outputs and targets, with the settings."""
        settings = {name: getattr(self, name) for name in self.settings}
        return self.function(*args, **kwargs, **settings)

    def signature(self) -> str:
        given = [(name, getattr(self, name), default) for name, default in self.settings.items()]
        told = [f"{name}={reprlib.repr(now)}" for name, now, usual in given if not _is_same(now, usual)]
        return f"{type(self).__name__}({', '.join(told)})"

    def __repr__(self) -> str:
        return self.signature()


def _is_same(setting: Any, default: Any) -> bool:
    return setting is default or (type(setting) is type(default) and bool(setting == default))


def _as_it_is(setting: Any) -> Any:
    return setting


def criterion(name: str, function: Loss, **checks: Check) -> type[Criterion]:
    """Make the class of a loss, whose settings are the arguments of the function that have defaults."""
    parameters = signature(function).parameters.values()
    settings = [p for p in parameters if p.default is not p.empty]
    form = Signature(settings)
    checks = {**CHECKS, **checks}
    call = f"{name}()({', '.join(p.name for p in parameters if p.default is p.empty)})"
    formula = (function.__doc__ or "").partition("\n")[0]

    def init(self: Criterion, *args: Any, **kwargs: Any) -> None:
        try:
            bound = form.bind(*args, **kwargs)
        except TypeError:
            raise wrong_call(type(self), call, args, kwargs) from None
        bound.apply_defaults()
        for key, setting in bound.arguments.items():
            checks.get(key, _as_it_is)(setting)
            setattr(self, key, setting)

    own = Parameter("self", Parameter.POSITIONAL_ONLY)
    init.__signature__ = form.replace(parameters=[own, *settings])  # type: ignore[attr-defined]
    scope = {
        "__init__": init,
        "__module__": __name__,
        "__doc__": f"{formula}\n\nThat is `{function.__name__}`, whose settings are kept: `{call}`.",
        "function": staticmethod(function),
        "settings": {p.name: p.default for p in settings},
    }
    return new_class(name, (Criterion,), exec_body=lambda body: body.update(scope))


def of_batches(loss: Loss) -> Loss:
    """Return a loss as `fit` calls it, with a list of samples: single outputs are no row of classes."""
    kind = OF_SAMPLES.get(loss.function if isinstance(loss, Criterion) else loss)
    if kind is None:
        return loss

    def called(outputs: Any, targets: Any) -> Any:
        for row in outputs:
            refuse_single(kind, row)
        return loss(outputs, targets)

    return called


L1Loss = criterion("L1Loss", regression.l1_loss)
MSELoss = criterion("MSELoss", regression.mse)
HuberLoss = criterion("HuberLoss", regression.huber)
SmoothL1Loss = criterion("SmoothL1Loss", regression.smooth_l1)
PoissonNLLLoss = criterion("PoissonNLLLoss", regression.poisson_nll_loss)
GaussianNLLLoss = criterion("GaussianNLLLoss", regression.gaussian_nll_loss)
BCELoss = criterion("BCELoss", probabilities.binary_cross_entropy)
BCEWithLogitsLoss = criterion("BCEWithLogitsLoss", probabilities.binary_cross_entropy_with_logits)
KLDivLoss = criterion("KLDivLoss", probabilities.kl_div, reduction=probabilities.divided)
SoftMarginLoss = criterion("SoftMarginLoss", margins.soft_margin_loss)
HingeEmbeddingLoss = criterion("HingeEmbeddingLoss", margins.hinge_embedding_loss)
MarginRankingLoss = criterion("MarginRankingLoss", margins.margin_ranking_loss)
CrossEntropyLoss = criterion("CrossEntropyLoss", classes.cross_entropy)
NLLLoss = criterion("NLLLoss", classes.nll_loss)
MultiMarginLoss = criterion("MultiMarginLoss", classes.multi_margin_loss)
CosineEmbeddingLoss = criterion("CosineEmbeddingLoss", similarities.cosine_embedding_loss)
TripletMarginLoss = criterion("TripletMarginLoss", similarities.triplet_margin_loss)
CosineSimilarity = criterion("CosineSimilarity", similarities.cosine_similarity)
PairwiseDistance = criterion("PairwiseDistance", similarities.pairwise_distance)
