"""What a check of gradients found, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import NamedTuple

from ..ieee import divide
from ..wording import cut, place

RIGHT, ROUNDING, KINK, NOT_CHECKABLE, WRONG, SHAPES = VERDICTS = (
    "right",
    "right up to rounding",
    "kink",
    "not checkable",
    "wrong",
    "shapes do not match",
)  # from best to worst

OK = frozenset((RIGHT, ROUNDING, KINK))

KINDS: Mapping[str, str] = {
    "scale": "the gradient is multiplied by a constant",
    "sign": "the sign is turned round",
    "sum_for_mean": "a sum stands for a mean, or a mean for a sum",
    "transposed": "a matrix is transposed",
    "permuted": "the entries are right, and in another order",
    "bias_forgotten": "the gradient of a bias is left at zero",
    "bias_reduction": "the gradient of a bias is added up over the wrong axis, averaged, or not added up",
    "single_sample": "one sample alone counts",
    "overwritten": "a gradient is overwritten where it should be added to: = instead of +=",
    "derivative_missing": "the derivative of an activation is left out",
    "derivative_twice": "the derivative of an activation is applied twice",
    "derivative_argument": "the derivative of an activation is taken at another place",
    "derivative_of_other": "the derivative of another function is used",
    "other_loss": "it is the gradient of another loss than the one given",
    "path_missing": "a path from the loss is forgotten",
    "shared_use_missing": "a weight is used more than once, and not every use counts",
    "regularization_missing": "the gradient of a regularization term is left out",
    "regularization_on_bias": "a regularization term is counted on a bias, and the loss has none there",
    "stale_weights": "weights are used that were already updated, or not yet",
    "exchanged": "the gradients of two blocks are exchanged",
    "detached": "something that depends on the weights is treated as a constant",
    "factor_missing": "a factor of the forward pass is left out",
    "factor_twice": "a factor of the forward pass is applied twice",
    "other_operand": "another array stands where one of the forward pass belongs",
    "softmax_axis": "a softmax is taken along another axis",
    "softmax_elementwise": "the derivative of a softmax is taken entry by entry, without its cross terms",
}

_SOURCE = 100


@dataclass(frozen=True)
class Entry:
    """The entry of a block at `index`: `yours`, `derived`, and `measured` with its error `bar`."""

    index: tuple[int, ...]
    yours: float
    derived: float
    measured: float | None = None
    bar: float | None = None

    @property
    def ratio(self) -> float:
        """`yours / derived`, as IEEE 754 has it: infinite where only `derived` is 0, nan where both are."""
        return divide(float(self.yours), float(self.derived))


@dataclass(frozen=True)
class BlockReport:
    """What is known about the hand-written gradient of one block.

    `error` is the largest difference over the largest entry; `factor` the constant c for which c times the
    derived gradient comes nearest to yours, and `residual` the relative size of what that leaves. `kinks`
    entries are set apart, `measured` entries were measured, and `worst` are at most three. `shape` is that
    of the block and `hand_shape` that of yours; `verdict`, `cosine` and `note` are those of the report.
    """

    name: str
    shape: tuple[int, ...]
    hand_shape: tuple[int, ...]
    verdict: str
    error: float = nan
    cosine: float = nan
    factor: float = nan
    residual: float = nan
    worst: tuple[Entry, ...] = ()
    kinks: int = 0
    measured: int = 0
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the block is right, as far as rounding and kinks let it be."""
        return self.verdict in OK


class Where(NamedTuple):
    """A place in the forward pass: a `block`, a `layer`, a `line` of a `file` and the `source` there.

    The layer is an array, by the variable or the expression that stands for it in the program.

    >>> print(Where("W1", "a1", 14, "models/net.py", "a1 = sigmoid(z1)"))
    a1, line 14 of net.py: a1 = sigmoid(z1)
    >>> print(Where("W1"))
    W1
    """

    block: str = ""
    layer: str = ""
    line: int | None = None
    file: str = ""
    source: str = ""

    def __str__(self) -> str:
        source = cut(self.source, _SOURCE)
        return f"{self.short}: {source}" if source else self.short

    @property
    def short(self) -> str:
        """The place without the source."""
        file, number = self.file, self.line
        line = "" if number is None else place(file, number) if file else f"line {number}"
        return ", ".join(filter(None, (self.layer or self.block, line))) or "the gradient as a whole"


@dataclass(frozen=True)
class Formula:
    """A step of the backward pass: as it is `derived`, and as the hand-written gradient `implied` it."""

    derived: str
    implied: str


@dataclass(frozen=True)
class Mistake:
    """A mistake that explains the gradient, alone or `together` with mistakes of other kinds.

    `kind` is one of `KINDS`, `where` its place; `factor` is that of a constant. `evidence` says how well
    the gradient agrees once the mistake is made on purpose, and `formula` shows the step. `title` says what
    the mistake is, in words.
    """

    kind: str
    where: Where
    factor: float | None = None
    evidence: str = ""
    formula: Formula | None = None
    together: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        """Tell a mistake of which nothing more is known by its kind."""
        if not self.title:
            object.__setattr__(self, "title", KINDS.get(self.kind, self.kind.replace("_", " ")))


@dataclass(frozen=True)
class Findings:
    """All that a check found: `blocks` in the order of the backward pass, `mistakes` likeliest first.

    `method` is how slopes were measured, `measured_error` the largest difference between derived and
    measured, relative to its block, and `coverage` how many entries were measured, of how many.
    `parting` is where derived and hand-written gradients part ways.
    """

    verdict: str
    blocks: dict[str, BlockReport]
    mistakes: tuple[Mistake, ...] = ()
    loss: float = nan
    method: str = ""
    measured_error: float = nan
    coverage: tuple[int, int] = (0, 0)
    first_wrong: str | None = None
    last_right: str | None = None
    parting: Where | None = None
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every block is right, as far as rounding and kinks let it be."""
        return self.verdict in OK
