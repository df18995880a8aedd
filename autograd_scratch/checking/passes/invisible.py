"""Mistakes that would not show at this point, because right and wrong give the same gradient there."""

from collections.abc import Iterator

from .activations import regions
from .forward import Forward


def invisible(forward: Forward) -> Iterator[str]:
    """Yield, in words, which mistakes would go unseen."""
    flat = [r for r in regions(forward) if r.activation and all(slope == 1.0 for slope in r.slopes)]
    for region in flat:
        yield (
            f"Every unit of {forward.steps.told(region.step)} has the slope 1 at this point: its "
            "derivative left out would not show. Check at another point as well."
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


def _is_symmetric(numbers: tuple[float, ...], size: int) -> bool:
    return all(numbers[i * size + j] == numbers[j * size + i] for i in range(size) for j in range(i))
