"""What is said of an XOR network that was trained: its curve, its predictions, and its gradients."""

import textwrap
from collections.abc import Iterable, Iterator

from .datasets import XOR
from .xor import LEARNT_WITHIN, MILESTONES, Gradient, Result, Witnesses


def report(result: Result, seconds: float) -> str:
    """Return what came of a training, in lines: the network, its curve, its predictions, the check."""
    network = result.network
    lines = [
        f"XOR, 2-{network.hidden}-1, {len(result.witnesses.derived)} parameters: {network.epochs:,} epochs",
        f"of gradient descent on {network.descends}, learning rate {network.lr:g}, in {seconds:.2f} s.",
        *textwrap.wrap(network.note, 100, break_on_hyphens=False),
        "",
        *_milestones(result),
        "",
        "   input  target  prediction",
        *(f"{x[0]:4.0f} {x[1]:.0f} {y:8.0f} {p:13.6f}" for (x, y), p in zip(XOR, result.predictions)),
        "",
        *check(result.witnesses, network.descends),
        "",
    ]
    return "\n".join(lines)


def _milestones(result: Result) -> Iterator[str]:
    """Yield the loss curve: before the step of some epochs, and after the last."""
    descends = result.network.descends
    curves = {"mse": result.mse}
    if descends != "mse":
        curves[descends] = result.history.losses

    def row(title: str, numbers: Iterable[float]) -> str:
        widths = (max(12, len(name)) for name in curves)
        return f"{title:>7}" + "".join(f"  {x:{width}.6f}" for x, width in zip(numbers, widths))

    yield "  epoch" + "".join(f"  {name:>12}" for name in curves)
    for epoch in sorted({*MILESTONES, result.network.epochs - 1}):
        if 0 <= epoch < result.network.epochs:
            yield row(f"{epoch:,}", (curve[epoch] for curve in curves.values()))
    yield row("after", map(result.loss, curves))


def check(witnesses: Witnesses, descends: str) -> Iterator[str]:
    """Yield the three-way check, block by block, and what the reported loss has to do with it."""
    yield f"The gradient of {descends} at the start, three ways, and how far they are apart,"
    yield "relative to the largest entry of each block:"
    yield "  block  largest entry  derived - by hand  derived - central differences"
    by_hand, numeric = 0.0, 0.0
    for block, paths in _blocks(witnesses.derived).items():
        scale = max(abs(witnesses.derived[path]) for path in paths) or 1.0
        errors = [
            max(abs(witnesses.derived[path] - other[path]) for path in paths) / scale
            for other in (witnesses.by_hand, witnesses.differences)
        ]
        by_hand, numeric = max(by_hand, errors[0]), max(numeric, errors[1])
        yield f"  {block:5}  {scale:13.6f}  {errors[0]:17.1e}  {errors[1]:29.1e}"
    agree = by_hand < 1e-12 and numeric < 1e-6
    yield "The three agree." if agree else "THE THREE DISAGREE: one of these gradients is wrong."
    if descends != "mse":
        yield _other_loss(witnesses, descends)


def _other_loss(witnesses: Witnesses, descends: str) -> str:
    """Say how the gradient that a tutorial derives is related to that of the MSE which it reports."""
    ours, reported = [*witnesses.by_hand.values()], [*witnesses.of_mse.values()]
    factor = sum(a * b for a, b in zip(ours, reported)) / sum(b * b for b in reported)
    rest = sum((a - factor * b) ** 2 for a, b in zip(ours, reported)) / sum(a * a for a in ours)
    begin = f"It reports mse, yet its backward pass is the gradient of {descends}: "
    if rest < 1e-24:
        return f"{begin}{factor:g} times that of mse, in every entry."
    return f"{begin}no multiple of that of mse comes nearer than {rest**0.5:.0%}."


def _blocks(gradient: Gradient) -> dict[str, list[str]]:
    """Group paths as the tutorials do: W1, b1, W2, b2."""
    blocks: dict[str, list[str]] = {"W1": [], "b1": [], "W2": [], "b2": []}
    for path in gradient:
        layer = int(path.split(".")[1]) + 1
        blocks[f"b{layer}" if path.endswith(".b") else f"W{layer}"].append(path)
    return blocks


def verdict(result: Result) -> str:
    """Say in a line whether XOR is learnt."""
    if result.learnt:
        return f"XOR is learnt: every prediction is within {LEARNT_WITHIN} of its target."
    far = (
        f"({x1:.0f}, {x2:.0f}) gives {p:.3f} instead of {y:.0f}"
        for ((x1, x2), y), p in zip(XOR, result.predictions)
        if abs(p - y) >= LEARNT_WITHIN
    )
    return f"XOR is not learnt: {', '.join(far)}."
