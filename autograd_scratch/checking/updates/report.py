"""The report of a check of a step: what was found, and how it shows itself."""

from dataclasses import dataclass
from typing import Any

from ...wording import printable
from ..rendering import to_plain
from ..rendering.document import Document
from ..shown import Shown
from .contents import headline, written
from .findings import ParameterReport as ParameterReport
from .findings import Parting as Parting
from .findings import UpdateFindings

SCHEMA = 1


@dataclass(frozen=True, repr=False)
class UpdateReport(UpdateFindings, Shown):
    """All that a check of a step found: prints as text, and is true if nothing is wrong.

    `verdict` is the worst of those of the `parameters`, which are a dict; `optimizer` is what the step was
    held against, `formula` that in lines. `mistakes` has the likeliest first; their `formula` has the lines
    of the reference and of yours. `parting` is where both first part. `steps` were made, and `coverage`
    says how many entries were held, of how many. `called` is how the step was called, `is_given` whether
    the optimizer was given, and not looked for; `notes` are for you.

    >>> w = ParameterReport("w", (), "wrong", error=2.0, parting=1)
    >>> print(UpdateReport("wrong", "SGD(lr=0.1)", {"w": w}, steps=1, coverage=(1, 1), called="step(w, g)"))
    WRONG: the step is not that of SGD(lr=0.1); no known mistake explains it.
    <BLANKLINE>
    How sure: your step was called as step(w, g), and held against SGD(lr=0.1) at the only entry, over 1 \
step with the same gradients.
    <BLANKLINE>
    parameter  shape  verdict  first differs at step  relative error
    ---------  -----  -------  ---------------------  --------------
    w          ()     wrong                        1               2
    """

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return f"<report: {printable(headline(self))}; print it>"

    def _written(self) -> Document:
        return written(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dicts, lists, texts and numbers; nan and infinities are texts.

        `schema` is 1: a number that grows when a key goes or means something else. The other keys are the
        fields of this class and `ok`.
        """
        return {"schema": SCHEMA, **to_plain(self), "ok": self.ok}
