"""What a Program is to its user: a function that can be read, run, pickled, and run over many rows."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any

from .. import modes
from ..arrays.containers import arrange
from ..errors import NonFiniteError, OutputError, ProgramError, ShapeError
from ..ieee import describe
from .calling import bound, numbers_of
from .compilation import compiled
from .equations import Equations, equations_of
from .exactness import gives_floats
from .forms import adding, all_floats, all_keys, dressed, has_arrays, leaves, plain
from .loops import rows_source
from .record import Recording
from .replay import replayed
from .source import Source, sample_source

LARGEST = 250_000

FAULTS = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError)  # of plain code on bad input


class Program:
    """A loss and its derivatives as a function; made by `derive`.

    Called with numbers, in the containers that it was derived with, it gives the value and the gradient
    (and the Hessian, and further outputs), as `backward()` would, without nodes.

    >>> from autograd_scratch import Value, derive
    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> program = derive((w * x - 1.0) ** 2, wrt=w, inputs=[x])
    >>> print(program.source)
    def loss(w, x):
        \"\"\"The loss and its derivative.\"\"\"
        t1 = w * x - 1.0
        loss = t1 * t1
    <BLANKLINE>
        # backward
        d_w = 2.0 * t1 * x
    <BLANKLINE>
        return loss, d_w
    <BLANKLINE>
    >>> program(2.0, 3.0), program.sum(2.0, [3.0, 4.0])
    ((25.0, 30.0), (74.0, 86.0))
    """

    def __init__(self, name: str, equations: Equations, frozen_branches: bool) -> None:
        self.name = name
        self.equations = equations
        self.frozen_branches = frozen_branches

    @classmethod
    def of(cls, recording: Recording, order: int, frozen_branches: bool) -> "Program":
        """Return the Program of what was recorded."""
        return cls(recording.name, equations_of(recording, order), frozen_branches)

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.name, self.equations, self.frozen_branches)

    def __repr__(self) -> str:
        arguments = ", ".join(self.equations.arguments)
        return f"<Program {self.name}({arguments}) of {len(self.equations.equations):,} equations>"

    @property
    def source(self) -> str:
        """The derived code as text: a module with one function, which needs nothing else."""
        return self._sample.text

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the source into a file, and return its path."""
        file = Path(path)
        try:
            file.write_text(self.source, encoding="utf-8")
        except OSError as error:
            raise OutputError(
                f"cannot write the source to {file}: {error.strerror}; give another path"
            ) from error
        return file

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args = tuple(bound([*self.equations.arguments], args, kwargs, self.name))
        if self._has_arrays:
            args = tuple(map(plain, args))
        try:
            if self._are_floats(*args):
                result = self.function(*args)
                total = self._total(result)
                if total.__class__ is float and total - total == 0.0:
                    return dressed(result, self._form) if self._has_arrays else result
        except FAULTS:  # of the arguments, or of plain arithmetic: what follows tells them apart
            pass
        args = tuple(bound([*self.equations.arguments], args, {}, self.name))
        return dressed(self._arranged(self._exactly(self._numbers(args))), self._form)

    def sum(self, *args: Any) -> Any:
        """Return value and derivatives added up over the rows of a data set.

        The arguments are those that hold what is differentiated by, and then the rows: each a tuple of
        the other arguments, or that one itself if there is only one.
        """
        return self._over_rows(args, mean=False)

    def mean(self, *args: Any) -> Any:
        """Return the means of value and derivatives over the rows of a data set; see `sum`."""
        return self._over_rows(args, mean=True)

    @property
    def loop_source(self) -> str:
        """The code of `sum` as text; that of `mean` differs by a division."""
        return self._loop_source(False).text

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The compiled code itself: it may raise where Python does, and trusts its arguments."""
        return compiled(self._sample)

    @cached_property
    def _sample(self) -> Source:
        self._check_size()
        return sample_source(self.name, self.equations, self._about())

    def _loop_source(self, mean: bool) -> Source:
        self._check_size()
        return rows_source(self.name, self.equations, mean)

    @cached_property
    def _loops(self) -> dict[bool, Callable[..., Any]]:
        return {}

    def _loop(self, mean: bool) -> Callable[..., Any]:
        if mean not in self._loops:
            self._loops[mean] = compiled(self._loop_source(mean))
        return self._loops[mean]

    @cached_property
    def _results(self) -> Any:
        """The results in their arrangement, extras last."""
        eq = self.equations
        parts: list[Any] = [eq.value]
        if eq.order >= 1:
            parts.append(arrange(eq.wrt, eq.gradient))
        if eq.order >= 2:
            parts.append(arrange(eq.wrt, [arrange(eq.wrt, row) for row in eq.hessian]))
        if eq.extras:
            parts.append(eq.extras)
        return tuple(parts) if len(parts) > 1 else parts[0]

    @cached_property
    def _form(self) -> Any:
        eq = self.equations
        forms: list[Any] = [None, *[eq.wrt_form] * eq.order]
        return (*forms, eq.extras) if eq.extras else tuple(forms) if eq.order else None

    @cached_property
    def _has_arrays(self) -> bool:
        return has_arrays([*self.equations.forms.values(), self.equations.wrt_form])

    @cached_property
    def _total(self) -> Callable[..., Any]:
        """The function that adds up the numbers of a result."""
        return eval(f"lambda r: {adding(self._results, 'r')}")  # type: ignore[no-any-return]

    @cached_property
    def _are_floats(self) -> Callable[..., Any]:
        """The function that says whether arguments are such that the code gives floats."""
        names = [f"a{i}" for i in range(len(self.equations.arguments))]
        test = all_keys if gives_floats(self.equations) else all_floats
        tests = filter(None, map(test, self.equations.arguments.values(), names))
        return eval(f"lambda {', '.join(names)}: {' and '.join(tests) or True}")  # type: ignore[no-any-return]

    def _check_size(self) -> None:
        count = len(self.equations.equations)
        if count > LARGEST:
            raise ProgramError(
                f"this Program has {count:,} equations, {count / LARGEST:.1f} times as many as are worth "
                f"compiling ({LARGEST:,}). Derive the loss of one row of the data and sum it over the "
                "rows, or use backward(), which compiles nothing"
            )

    def _about(self) -> str:
        """Say what the function returns."""
        eq = self.equations
        parts = ["its gradient" if isinstance(eq.wrt, (list, tuple, dict)) else "its derivative"] * (
            eq.order > 0
        )
        parts += ["its Hessian"] * (eq.order > 1) + ["further outputs"] * bool(eq.extras)
        said = " and ".join(filter(None, [", ".join(["The loss", *parts[:-1]]), *parts[-1:]]))
        frozen = " The branches are those that were taken when it was recorded."
        return f"{said}.{frozen * self.frozen_branches}"

    def _numbers(self, args: Sequence[Any]) -> list[float]:
        """Return the numbers of all arguments, or say what is wrong with them."""
        trees = zip(args, self.equations.arguments.items())
        return [number for arg, (key, tree) in trees for number in numbers_of(arg, tree, key)]

    def _exactly(self, numbers: Sequence[float]) -> list[float]:
        """Return the results at exact floats, as IEEE 754 and the domains of functions have them."""
        rest = iter(numbers)
        trees = self.equations.arguments.values()
        try:
            result = self.function(*(arrange(tree, rest) for tree in trees))
            flat: list[float] = leaves(result)
            if all(isfinite(number) for number in flat):
                return flat
        except FAULTS:
            pass
        value, slopes, rows, further = replayed(self.equations, numbers)
        flat = [value, *slopes, *chain(*rows), *further]
        if modes.is_strict() and not all(map(isfinite, flat)) and all(map(isfinite, numbers)):
            raise NonFiniteError(
                f"{self.name} gives a value or derivative that is not finite at {describe(list(numbers))}; "
                "compute it with Values inside strict() to see where that comes from"
            )
        return flat

    def _arranged(self, flat: Sequence[float]) -> Any:
        return arrange(self._results, flat)

    def _over_rows(self, args: Sequence[Any], mean: bool) -> Any:
        eq = self.equations
        varying = [key for key in eq.arguments if key not in eq.fixed]
        if not varying:
            raise ProgramError(f"{self.name} has no argument that could differ from row to row")
        names = [*eq.fixed, "rows" + "_" * ("rows" in eq.fixed)]
        *given, rows = bound(names, args, {}, f"{self.name}.{'mean' if mean else 'sum'}")
        fixed = [
            arrange(eq.arguments[k], numbers_of(a, eq.arguments[k], k)) for k, a in zip(eq.fixed, given)
        ]
        rows = _listed(rows)
        try:
            result = self._loop(mean)(*fixed, rows)
            total = self._total(result)
            if total.__class__ is float and total - total == 0.0:
                return dressed(result, self._form)
        except FAULTS:
            pass
        return dressed(self._row_by_row(fixed, rows, varying, mean), self._form)

    def _row_by_row(
        self, fixed: Sequence[Any], rows: Iterable[Any], varying: Sequence[str], mean: bool
    ) -> Any:
        """Add up the exact results of each row."""
        eq = self.equations
        totals: list[float] = []
        count = 0
        for i, row in enumerate(rows):
            entries = [row] if len(varying) == 1 else list(row) if isinstance(row, (list, tuple)) else None
            if entries is None or len(entries) != len(varying):
                raise ShapeError(
                    f"row {i} must be a tuple of {', '.join(varying)}, not {describe(row)}; "
                    "from several lists write zip(X, y)"
                )
            given = {**dict(zip(eq.fixed, fixed)), **dict(zip(varying, entries))}
            flat = self._exactly(self._numbers([given[key] for key in eq.arguments]))
            totals = [a + b for a, b in zip(totals, flat)] if totals else flat
            count += 1
        if not totals:
            raise ShapeError("there are no rows to add up")
        return self._arranged([total / count for total in totals] if mean else totals)


def _listed(rows: Any) -> list[Any]:
    """Return rows that can be gone through twice, arrays as lists."""
    rows = plain(rows)
    if not isinstance(rows, Iterable):
        raise ShapeError(f"rows are a list of tuples, not {describe(rows)}")
    return [plain(row) for row in rows]
