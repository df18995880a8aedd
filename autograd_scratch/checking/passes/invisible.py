"""Mistakes that would not show at this point, because right and wrong give the same gradient there."""

from collections.abc import Iterator

from ...stepping.groups import Step
from ...wording import place
from .forward import Forward

_BENT = ("relu", "abs", "max", "select")  # of one piece with the slope 1, and another one


def invisible(forward: Forward) -> Iterator[str]:
    """Yield, in words, which mistakes would go unseen."""
    for steps in forward.steps.at.values():
        nodes = [i for step in steps for i in step.alive if i in forward.reached]
        if nodes and steps[0].primitive in _BENT and all(_is_kept(forward, i) for i in nodes):
            yield (
                f"Every unit of {_told(forward, steps[0])} has the slope 1 at this point: its derivative "
                "left out would not show. Check at another point as well."
            )
    for block in forward.blocks.values():
        if not block.is_parameter:
            continue
        if (
            len(block.shape) == 2
            and block.shape[0] == block.shape[1] > 1
            and _is_symmetric(block.numbers, block.shape[0])
        ):
            name = block.name
            yield f"{name} is symmetric at this point: {name} for {name}.T would not show."
        elif not any(block.numbers) and sum(size > 1 for size in block.shape) > 1:
            yield f"{block.name} is zero at this point: what flows back through it is zero, right or wrong."


def _told(forward: Forward, step: Step) -> str:
    """Name a step, with its line and file."""
    where = f" in {place(step.line.file, step.line.number)}" if step.line else ""
    return f"`{forward.steps.called(step) or step.primitive}`{where}"


def _is_kept(forward: Forward, i: int) -> bool:
    """Say whether a unit is its argument, where it is less, or nothing, on the other side of 0."""
    if len(forward.edges[i]) != 1 or forward.edges[i][0][1] != 1.0:
        return False
    if forward.name_of(i) != "select":
        return True
    other = forward.nodes[i].parents[2]
    return other.__class__ is float or forward.edges[i][0][0] in forward.local(forward.numbers[other])


def _is_symmetric(numbers: tuple[float, ...], size: int) -> bool:
    return all(numbers[i * size + j] == numbers[j * size + i] for i in range(size) for j in range(i))
