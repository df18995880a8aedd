"""What a Program is to its user: a function that can be read, run, pickled, and run over many rows."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any, Self

from .. import modes
from ..arrays.containers import arrange
from ..collector import without_collector
from ..errors import NonFiniteError, OutputError, ProgramError
from ..fragments import folded_text
from ..ieee import describe
from ..signatures import call_form, call_forms
from ..tab import hiding
from .calling import Signature, numbers_of
from .compilation import compiled
from .demand import demanded
from .equations import Equations, equations_of
from .forms import is_container, leaves, plain
from .loops import rows_source
from .naming import remark
from .number_types import Arithmetic
from .record import TEXTBOOK, Recording, check_size
from .replay import replayed
from .source import Source, sample_source
from .typeset import Typeset
from .wasm.choice import ChosenRows
from .wasm.saving import wasm_file

LONGEST = 100  # characters of a line of the docstring
FAULTS = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError)  # of plain code on bad input


@hiding("equations", "frozen_branches", "function", "of", "on_values", "signature", "takes_matrix")
@call_forms("save", "sum", "mean", "run")
class Program(Typeset):
    """A loss and its derivatives as a function; made by `derive`.

    Called with numbers, in the containers that it was derived with, it gives the value and the gradient
    (and the Hessian, and further outputs), as `backward()` would, without nodes. A notebook shows
    its source.

    >>> from autograd_scratch import Value, derive
    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> program = derive((w * x - 1.0) ** 2, wrt=w, inputs=[x])
    >>> print(program.source)
    def loss(w, x):
        \"\"\"The loss and its derivative, on the branches taken when it was recorded.\"\"\"
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

    takes_matrix = False  # whether the loop over rows wants these as a matrix

    @call_form("derive(f, inputs=[2.0, 3.0])")
    def __init__(
        self, name: str, equations: Equations, frozen_branches: bool, backend: str | None = None
    ) -> None:
        self.backend = backend
        self.name = name
        self.equations = equations
        self.frozen_branches = frozen_branches
        self.signature = Signature(name, equations)

    @classmethod
    def of(
        cls, recording: Recording, order: int, frozen_branches: bool, backend: str | None = None
    ) -> Self:
        """Return the Program of what was recorded."""
        return cls(recording.name, equations_of(recording, order), frozen_branches, backend)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.equations, self.frozen_branches, self.backend)

    def __repr__(self) -> str:
        arguments = ", ".join(map(remark, self.signature.names))
        count = f"{len(self.equations.equations):,} equations"
        style = ", as textbooks write it" if self.equations.style == TEXTBOOK else ""
        backend = f", {self.backend}" if self.backend not in (None, "python") else ""
        return f"<Program {remark(self.name)}({arguments}) of {count}{style}{backend}>"

    @property
    def source(self) -> str:
        """The derived code as text: a module with one function.

        It imports from `math`, from this package what has no formula of its own, and people's own
        primitives where they can be imported. A call of the Program needs none of these imports.
        """
        return self._sample.text

    @property
    def loop_source(self) -> str:
        """The code of `sum` as text, of arrays for a block of rows; for `mean` that is divided."""
        if self.backend == "wasm":
            return self._chosen.text()
        return self._loop_source(mean=False).text

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the source into a file, and return its path.

        The file imports the primitives that it calls, and a key of a dict stands in it as a literal: where
        one cannot, a ProgramError says so, and nothing is written. That of a Program of arrays needs NumPy
        alone, and looks at shapes. Its arguments are those of the function and the arrays of data at hand,
        by their names; but an array stays what it is where numbers may have been computed from it before.

        What ends in `.wasm` is a module of WebAssembly: `run()` computes the results from the arguments,
        and where these are in its `memory` is said as JSON in a section called `autograd_scratch`.
        """
        file = Path(path)
        if file.suffix.lower() == ".wasm":
            content = wasm_file(self.name, self.equations, self._about())
        elif self._sample.missing:
            raise ProgramError(f"cannot save {remark(self.name)}: {self._sample.missing[0]}")
        else:
            content = self._file_text().encode()
        try:
            file.write_bytes(content)
        except OSError as error:
            raise OutputError(
                f"cannot write the source to {file}: {error.strerror}; give another path"
            ) from error
        return file

    def _repr_html_(self) -> str:
        return folded_text(repr(self), self.source.splitlines(), "print(program.source) shows all")

    def _file_text(self) -> str:
        """Return the text that is saved."""
        return self.source

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        signature = self.signature
        if kwargs or self.equations.labels:
            args = signature.bound(args, kwargs)
        if signature.has_arrays:
            args = tuple(map(plain, args))
        try:
            if signature.are_floats(*args):
                results = self.function(*args)
                total = signature.total(results, *args)
                if total.__class__ is float and total - total == 0.0:
                    return signature.dressed(results)
        except FAULTS:  # of the arguments, or of plain arithmetic: what follows tells them apart
            pass
        if not self.equations.labels:
            args = signature.bound(args, {})
        numbers = signature.numbers(args)
        return signature.arranged(self._exactly(numbers), signature.results)

    def sum(self, *args: Any) -> Any:
        """Return value and derivatives added up over the rows of a data set.

        The arguments are those that hold what is differentiated by, and then the rows: each a tuple of
        the other arguments, or that one itself if there is only one.
        """
        return self._over_rows(args, mean=False)

    def mean(self, *args: Any) -> Any:
        """Return the means of value and derivatives over the rows of a data set; see `sum`."""
        return self._over_rows(args, mean=True)

    def run(self, *args: Any, number: Any = float, functions: Any = None, **kwargs: Any) -> Any:
        """Do as a call does, in another number type: Fraction, Decimal, complex, mpmath.mpf and their like.

        Arguments, and the floats among the equations, are taken exactly. Where the results differ from
        those of a call, that is rounding; where another derivation still differs from both, a mistake.
        Partials with irrational constants, those of `log2` say, have these to a float's precision.
        `functions` is a namespace with the functions of a type that is not known here.

        >>> from fractions import Fraction
        >>> from autograd_scratch import derive
        >>> program = derive(lambda x: (x * x - 1.0) / 3.0, inputs=[0.5])
        >>> program.run(Fraction(1, 7), number=Fraction)
        (Fraction(-16, 49), Fraction(2, 21))
        """
        arithmetic = Arithmetic(number, functions)
        signature, equations = self.signature, self.equations
        given = {index: arithmetic.constant(x) for index, x in equations.frozen.items()}
        for arg, (key, tree) in zip(signature.bound(args, kwargs), equations.arguments.items()):
            given |= zip(leaves(tree), numbers_of(arg, tree, key, arithmetic.convert))
        wanted = leaves(signature.results)
        results = demanded(equations.equations, wanted, given, arithmetic.evaluate, arithmetic.constant)
        return arrange(signature.results, results)

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The compiled code itself: it may raise where Python does, and trusts its arguments."""
        return compiled(self._sample)

    @cached_property
    @without_collector
    def _sample(self) -> Source:
        check_size(len(self.equations.equations))
        return sample_source(self.name, self._in_source, self._about())

    @property
    def _in_source(self) -> Equations:
        """The equations as the source has them."""
        return self.equations

    @cached_property
    def _sum(self) -> Callable[..., Any]:
        return self._compiled_loop(mean=False)

    @cached_property
    def _mean(self) -> Callable[..., Any]:
        return self._compiled_loop(mean=True)

    @cached_property
    def _chosen(self) -> ChosenRows:
        return ChosenRows(self.name, self.equations, self.backend)

    def _compiled_loop(self, mean: bool) -> Callable[..., Any]:
        return compiled(self._loop_source(mean))

    def _loop_source(self, mean: bool) -> Source:
        self._check_rows()
        check_size(len(self.equations.equations))
        return rows_source(self.name, self._in_source, mean, matrix=self.takes_matrix)

    def _check_rows(self) -> None:
        if not self.signature.varying:
            raise ProgramError(f"{self.name} has no argument that could differ from row to row")
        for key in self.equations.labels:
            raise ProgramError(
                f"{key} holds whole numbers that choose entries, and {self.name} is for those that it was "
                "derived with, not for others in each row; give targets as rows of 0 and 1, or derive the "
                "loss of all rows at once, as of arrays X and y"
            )

    def _about(self) -> str:
        """Say what the function returns."""
        order, extras = self.equations.order, self.equations.extras
        many = is_container(self.equations.wrt) or bool(getattr(self.equations.wrt_form, "shape", ()))
        slope = "its gradient" if many else "its derivative"
        parts = ["The loss", slope, "its Hessian"][: 1 + order]
        if extras:
            parts.append("further outputs")
        said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        if self.frozen_branches:
            said += ", on the branches taken when it was recorded"
        if self.equations.style != TEXTBOOK:
            return f"{said}."
        other = 'as textbooks write it; style="exact" keeps all digits far out.'
        said = f"{said}, {other}" if len(said) + len(other) < LONGEST else f"{said},\n{other}"
        assumed = "".join(f"It is assumed that {fact}.\n" for fact in self.equations.assumptions)
        return f"{said}\n\n{assumed}" if assumed else said + "\n" * ("\n" in said)

    def _exactly(self, numbers: Sequence[float]) -> list[float]:
        """Return the results at exact floats, as IEEE 754 and the domains of functions have them."""
        rest = iter(numbers)
        try:
            results = self.function(*(arrange(tree, rest) for tree in self.equations.arguments.values()))
            flat: list[float] = leaves(results)
            if all(map(isfinite, [*flat, *numbers])):
                return flat
        except FAULTS:
            pass
        return self.on_values(numbers)

    def on_values(self, numbers: Sequence[float]) -> list[float]:
        """Return the results at exact floats as `backward()` has them, computed on Values."""
        value, slopes, rows, further = replayed(self.equations, numbers)
        flat = [value, *slopes, *chain(*rows), *further]
        if modes.is_strict() and not all(map(isfinite, flat)) and all(map(isfinite, numbers)):
            raise NonFiniteError(
                f"{self.name} gives a value or derivative that is not finite at {describe(list(numbers))}; "
                "compute it with Values inside strict() to see where that comes from"
            )
        return flat

    def _over_rows(self, args: Sequence[Any], mean: bool) -> Any:
        signature = self.signature
        self._check_rows()
        fixed, rows = signature.fixed_and_rows(args, "mean" if mean else "sum")
        found = self._chosen.sums_of_numbers(fixed, rows, len(rows) if mean else 1)
        if found is not None:
            return signature.arranged(found, signature.sums)
        loop = self._mean if mean else self._sum
        sums = self._in_a_loop(loop, fixed, rows)
        if sums is None:
            rows = [signature.exact_row(fixed, i, row) for i, row in enumerate(rows)]
            sums = self._in_a_loop(loop, fixed, rows)
        if sums is None:
            return signature.arranged(self._row_by_row(fixed, rows, mean), signature.sums)
        return signature.dressed(sums)

    def _in_a_loop(self, loop: Callable[..., Any], fixed: Sequence[Any], rows: Sequence[Any]) -> Any:
        """Return the sums that a loop gives, or None where they are no finite floats."""
        try:
            sums = loop(*fixed, rows)
            total = self.signature.total_of_sums(sums) + self.signature.total_of_rows(*fixed, rows)
        except FAULTS:
            return None
        return sums if total.__class__ is float and isfinite(total) else None

    def _row_by_row(self, fixed: Sequence[Any], rows: Sequence[Any], mean: bool) -> list[float]:
        """Add up the exact results of each row."""
        signature = self.signature
        totals = [0.0] * len(leaves(signature.sums))
        for i, row in enumerate(rows):
            numbers = signature.numbers(signature.of_row(fixed, i, row))
            totals = [total + number for total, number in zip(totals, self._exactly(numbers))]
        return [total / len(rows) for total in totals] if mean else totals
