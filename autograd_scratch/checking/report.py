"""The report of a check: what was found, and how it shows itself."""

from dataclasses import dataclass
from typing import Any

from ..wording import printable
from . import rendering
from .findings import KINDS as KINDS
from .findings import VERDICTS as VERDICTS
from .findings import BlockReport as BlockReport
from .findings import Entry as Entry
from .findings import Findings
from .findings import Formula as Formula
from .findings import Mistake as Mistake
from .findings import Where as Where
from .kept import Kept
from .rendering.document import Document
from .shown import Shown

SCHEMA = 1  # of what `to_dict` and `to_json` give


@dataclass(frozen=True, repr=False)
class Report(Findings, Shown):
    """All that a check found: prints as text, shows itself in notebooks, and is true if nothing is wrong.

    `verdict` is the worst of those of the `blocks`, which are a dict in the order of the backward pass;
    `first_wrong` and `last_right` are names of blocks in it. `mistakes` has the likeliest one first, and
    `parting` is where derived and hand-written gradients part ways. `loss` is its value, `method` how
    slopes were measured, `measured_error` the largest difference between derived and measured ones,
    relative to its block, `coverage` how many entries were measured, of how many; `notes` are for you.
    For `draw(report)` it keeps the graph of the loss, if that is small, in no copy and no pickle.

    >>> w = BlockReport("w", (2,), (2,), "wrong", error=0.5, cosine=1.0, factor=2.0, residual=0.0)
    >>> sign = Mistake("scale", Where("w"), 2.0, "With dw multiplied by 2, the block agrees to 0.")
    >>> report = Report("wrong", {"w": w}, (sign,), loss=1.5, coverage=(0, 2), first_wrong="w")
    >>> print(report)
    WRONG: w differs from the derived gradient; most likely, the gradient is multiplied by a constant.
    <BLANKLINE>
    How sure: no entry was measured, yours is held against derived alone. The loss is 1.5.
    <BLANKLINE>
    Going back from the loss, the first wrong block is w.
    <BLANKLINE>
    block  shape  verdict  relative error  cosine  best constant  residual
    -----  -----  -------  --------------  ------  -------------  --------
    w      (2,)   wrong               0.5       1              2         0
    <BLANKLINE>
    The mistake:
      - scale: the gradient is multiplied by a constant
        where: w
        With dw multiplied by 2, the block agrees to 0.
    """

    @property
    def kept(self) -> Kept | None:
        """The forward pass that the report is about, for `draw`; it is none of the findings."""
        return vars(self).get("_kept")

    def keeping(self, kept: Kept) -> "Report":
        """Return the same report, which keeps a forward pass from now on."""
        vars(self)["_kept"] = kept
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_kept"}

    def __bool__(self) -> bool:
        return self.ok

    def _written(self) -> Document:
        return rendering.written(self)

    def __repr__(self) -> str:
        place = f", at {printable(self.parting.short)}" if self.parting else ""
        return f"<report: {rendering.headline(self)}{place}; print it>"

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dicts, lists, texts and numbers; nan and infinities are texts.

        `schema` is 1: a number that grows when a key goes or means something else. The other keys are
        the fields of this class and `ok`; blocks have those of `BlockReport` and `ok`, entries those of
        `Entry` and `ratio`, mistakes, places and formulas those of `Mistake`, `Where` and `Formula`.

        >>> data = Report("right", {"w": BlockReport("w", (), (), "right", error=0.0)}).to_dict()
        >>> data["schema"], data["ok"], data["blocks"]["w"]["verdict"]
        (1, True, 'right')
        """
        return {"schema": SCHEMA, **rendering.to_plain(self)}
