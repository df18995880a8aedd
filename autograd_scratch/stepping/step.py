"""A step: what one instruction, or one layer, computed as an array."""

from dataclasses import dataclass

from ..primitives import Primitive
from .operands import Operand
from .sites import Site
from .sources import Source


@dataclass(eq=False)
class Step:
    """Nodes that were made alike: a primitive, and what each takes of which array."""

    primitive: Primitive
    operands: tuple[Operand, ...]
    result: Source
    site: Site | None
    module: str = ""  # of a model, by its path

    @property
    def size(self) -> int:
        """How many nodes of the graph it is: what was put into a round in which it was missing is none."""
        return sum(1 for entry in self.result.entries if hasattr(entry, "parents"))

    @property
    def is_rolled(self) -> bool:
        """Whether the step is an array, or does not single out an entry of one."""
        return len(self.result.entries) > 1 or not any(
            operand.source is not None and not operand.terms and len(operand.source.entries) > 1
            for operand in self.operands
        )
