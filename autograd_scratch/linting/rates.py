"""Longer and shorter steps, and more of them, as trials."""

from collections.abc import Iterator, Sequence

from ..optim import SGD, Adam
from .additions import trained_parts
from .case import Case
from .change import Change
from .layers import linear_stacks
from .outputs import last_activation
from .reading import Look

LONGEST = 10_000  # epochs of a trial that goes on beyond what was asked for
FEW = 50  # steps, after which nobody knows what more of them would bring


def of_rates(case: Case, factors: Sequence[float]) -> Iterator[Change]:
    """Yield other learning rates."""
    if case.optimizer is None:
        return
    rate = float(getattr(case.optimizer, "lr", 0.0))
    for factor in factors:
        name = "learning rate too large" if factor < 1.0 else "learning rate too small"
        done, remedy = f"with lr={rate * factor:g}", f"Write lr={rate * factor:g}."
        yield Change(name, "the optimizer", done, remedy, {"factor": factor}, factor > 1.0)


def of_optimizers(case: Case, seen: Look) -> Iterator[Change]:
    """Yield Adam where all are stepped by plain descent, whose steps are as small as the slopes."""
    if last_activation(seen) in ("relu", "relu6") or linear_stacks(seen):
        return
    if isinstance(case.optimizer, SGD) and len(trained_parts(case)) == len(case.parameters):
        changed = case.but(optimizer=Adam(0.01))
        done, remedy = "with Adam(0.01)", "Write Adam(0.01), whose steps do not shrink with the slopes."
        yield Change(
            "learning rate too small", "the optimizer", done, remedy, {"case": changed}, True, True
        )


def of_epochs(case: Case) -> Iterator[Change]:
    """Yield more epochs, and perhaps longer steps as well."""
    if case.epochs is None:
        return
    batches = -(-len(case.inputs) // case.size_of_batch)
    for times in (10, 100):
        if times * case.epochs > LONGEST:
            continue
        done, remedy = f"{times} times as long", f"Write epochs={times * case.epochs}."
        settings = {"epochs": float(times)}
        yield Change("too few epochs", "training", done, remedy, settings, case.epochs * batches >= FEW)
    if case.optimizer is None:
        return
    rate = float(getattr(case.optimizer, "lr", 0.0))
    for factor, times in ((10.0, 10), (100.0, 10), (10.0, 100)):
        if times * case.epochs > LONGEST:
            continue
        both = f"lr={rate * factor:g} and epochs={times * case.epochs}"
        settings = {"factor": factor, "epochs": float(times)}
        yield Change(
            "learning rate too small", "the optimizer", f"with {both}", f"Write {both}.", settings, True
        )
