"""What the arrays of steps are called, each by a name of its own: names, or expressions, or numbers."""

from collections import defaultdict
from collections.abc import Mapping

from ..wording import cut
from .literals import Literals
from .phrases import part_text
from .rolling import Steps
from .singles import Singles
from .sources import Source
from .step import Step

_FEW = 24  # signs of an expression that stands for a name


class Names:
    """What arrays are called: each by a name of its own."""

    def __init__(self, names: Mapping[Source, str], parts: Mapping[Source, str] | None = None) -> None:
        self._base = {**(parts or {}), **names}
        counts: dict[str, int] = defaultdict(lambda: 1)
        taken: set[str] = set()
        names_given = {*names.values()}
        self._own: dict[Source, str] = {}
        for source, name in names.items():
            is_name = all(part.isidentifier() for part in name.split("."))
            own = name
            while own in taken or (own != name and own in names_given):
                counts[name] += 1
                own = f"{name}_{counts[name]}" if is_name else f"{name} ({counts[name]})"
            taken.add(own)
            self._own[source] = own

    def of(self, source: Source) -> str:
        """Return the label of a source."""
        return self._own.get(source) or self.base(source)

    def base(self, source: Source) -> str:
        """Return the label without a number."""
        if source.kind == "carried":
            back = 1
            while (made := source.pieces[-1][0]).kind == "carried":
                source, back = made, back + 1
            return f"{self.of(made)}{f' {back}' if back > 1 else ''} before"
        known = self._base.get(source) or source.name
        if known:
            return known
        if source.kind == "arrangement":
            parts = [
                self.of(piece) if piece.kind == "carried" else part_text(self.of(piece), take)
                for piece, take, _ in source.pieces
            ]
            if len(parts) == 1 and source.pieces[0][2].is_identity:
                return parts[0]
            filled = sum(put.size for _, _, put in source.pieces)
            zero = ["0"] if filled < len(source.entries) else []
            return f"[{', '.join(dict.fromkeys([*parts, *zero]))}]"
        return "numbers"


def names_of(found: Steps) -> Names:
    """Return labels of arguments and of all steps: names, or else expressions, or else numbers."""
    names = {source: source.name for source in found.homes.sources if source.kind == "argument"}
    for i, step in enumerate(found.all, 1):
        names[step.result] = step.result.name or _expression(found, step) or f"step {i}"
    return Names(names, _parts(found))


def _parts(found: Steps) -> dict[Source, str]:
    """Return of which arrays of data plain numbers are entries."""
    singles = Singles(found.recorder, Literals(found.recorder))
    texts: dict[Source, str] = {}
    for step in found.all:
        for i, operand in enumerate(step.operands):
            source = operand.source
            if source is not None and source.kind == "constants" and not source.name:
                part = singles.part(source.entries, source.shape, step.site, i)
                if part is not None:
                    texts[source] = part_text(part.name, part.map)
    return texts


def _expression(found: Steps, step: Step) -> str:
    """Return the expression that stands for a name; with a primitive, if that is one of several in it."""
    text = cut(found.expression(step), _FEW)
    return f"{step.primitive.name} in {text}" if text and found.is_inner(step) else text
