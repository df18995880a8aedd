"""A Program of arrays: its code is NumPy, and arrays come and go as people have them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import islice
from math import prod
from typing import Any

from ...arrays.containers import blocks, replaced
from ...errors import AutogradError, ProgramError, ShapeError
from ...ieee import describe
from ...tab import hiding
from ...wording import parsed
from ..calling import numbers_of
from ..compilation import compiled
from ..naming import Keys, remark
from ..notation import array_source
from ..parts import Parts
from ..program import FAULTS, LONGEST, Program
from ..record import TEXTBOOK
from ..source import Source
from ..textbook import in_other_words
from .lots import Lot, as_form, as_lot, fitting, given, in_lists, lots_in, squaring, taking
from .rows import RowBlocks
from .saving import text_for_file
from .scalars import scalar_equations
from .shapes import Shapes


@hiding("scalar")
class RolledProgram(Program):
    """A loss and its derivatives as a function of arrays.

    Called, it gives what a Program gives. `scalar` is the same with one equation for each number: that is
    what other number types run on, and what answers where the code of arrays gives no finite numbers.
    """

    @cached_property
    def scalar(self) -> Program:
        """The same Program with an equation for each number."""
        equations = scalar_equations(self.equations)
        forms = {key: as_form(tree) for key, tree in equations.forms.items()}
        equations = replace(equations, forms=forms, wrt_form=as_form(equations.wrt_form))
        return Program(self.name, equations, self.frozen_branches)

    def __repr__(self) -> str:
        rolled = self.equations.rolled
        assert rolled is not None  # else it were a Program of numbers
        share = f"{rolled.rolled:,} of {rolled.nodes:,} nodes rolled in {rolled.steps:,} steps"
        return f"{super().__repr__()[:-1]}, {share}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs or self.equations.labels or len(args) != len(self.equations.forms):
            args = self.signature.bound(args, kwargs)
        try:
            fit = self._fits(*args)
        except FAULTS:
            fit = False
        arrays = args if fit else self._converted(args)
        results = self._computed(arrays)
        return self._replayed(arrays) if results is None else results

    def _shapes(self) -> Shapes:
        import numpy

        function = parsed(self._sample.code).body[-1]
        trees = self.equations.forms.values()
        given_ = [replaced(tree, lambda lot: numpy.ones(lot.shape)) for tree in trees]
        names = [argument.arg for argument in function.args.args]
        scope = {**self.function.__globals__, **dict(zip(names, [*given_, *self._tables]))}
        return Shapes(function.body, scope)

    def _figures(self, parts: Parts, at: Any) -> None:
        if at is not None:
            raise ProgramError(
                f"numbers are for Programs of single numbers, and {remark(self.name)} is one of arrays; "
                "write to_latex(), or derive the loss of few numbers in lists"
            )

    def _file_text(self) -> str:
        equations = self.equations
        return text_for_file(self._sample, self.function, equations.forms, equations.mixed, equations.own)

    def _over_rows(self, args: Sequence[Any], mean: bool) -> Any:
        self._check_rows()
        signature = self.signature
        fixed, rows = signature.given_and_rows(args, "mean" if mean else "sum")
        sums = self._by_machine_code(fixed, rows) or self._by_blocks(fixed, rows)
        if mean:
            sums = [total / len(rows) for total in sums]
        if not self.equations.order:
            return float(sums[0])
        rest = iter(sums[1:])
        return float(sums[0]), replaced(self.equations.wrt_form, lambda lot: lot.handed(next(rest)))

    def _by_machine_code(self, fixed: Sequence[Any], rows: Sequence[Any]) -> list[Any] | None:
        """Return the sums as machine code has them, in their shapes; None where it does not."""
        import numpy

        equations = self.equations
        try:
            given_ = [given(equations.forms[key], arg) for key, arg in zip(equations.fixed, fixed)]
        except FAULTS:
            return None
        numbers = [numpy.ravel(block).tolist() for block in _blocks(given_)]
        examples = {key: in_lists(equations.forms[key]) for key in equations.varying}
        found = self._chosen.sums(numbers, rows, examples)
        if found is None:
            return None
        shapes = [(), *(lot.shape for _, lot in lots_in(equations.wrt_form))] if equations.order else [()]
        return [numpy.reshape(entries, shape) for entries, shape in zip(found, shapes)]

    def _by_blocks(self, fixed: Sequence[Any], rows: Sequence[Any]) -> list[Any]:
        """Return the sums as NumPy has them, or row by row where these are not finite."""
        signature = self.signature
        whole = [signature.of_row(fixed, i, row) for i, row in enumerate(rows)]
        places = [i for i, key in enumerate(self.equations.arguments) if key in signature.varying]
        with suppress(*FAULTS):
            sums = self._row_blocks.sums(fixed, [[row[place] for place in places] for row in whole])
            if all(map(_is_finite, sums)):
                return sums
        return self._row_by_row_of(whole)

    def _row_by_row_of(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Add up the results of each row, called by itself."""
        totals: list[Any] = []
        for i, row in enumerate(rows):
            try:
                found = self(*row)
            except AutogradError as error:
                raise type(error)(f"row {i}: {error}") from None
            flat = [found[0]] if isinstance(found, tuple) else [found]
            if self.equations.order:
                flat += _blocks(given(self.equations.wrt_form, found[1]))
            totals = [one + other for one, other in zip(totals, flat)] if totals else flat
        return totals

    @cached_property
    def _row_blocks(self) -> RowBlocks:
        return RowBlocks(self.name, self.equations)

    def _loop_source(self, mean: bool) -> Source:
        """Return what runs for a block of rows."""
        self._check_rows()
        return self._row_blocks.source()

    def run(self, *args: Any, **options: Any) -> Any:
        return self.scalar.run(*args, **options)

    def _converted(self, args: Sequence[Any]) -> list[Any]:
        """Return arguments as arrays of floats, or say what is wrong with them."""
        trees = self.equations.forms
        try:
            return list(map(given, trees.values(), args))
        except FAULTS:  # numbers of another type, or what is wrong with them is told
            for (key, tree), arg in zip(trees.items(), args):
                _refuse_shape(key, tree, arg)
            exact = [numbers_of(arg, in_lists(tree), key) for arg, (key, tree) in zip(args, trees.items())]
            return [given(tree, _arranged(tree, numbers)) for tree, numbers in zip(trees.values(), exact)]

    def _computed(self, arrays: Sequence[Any]) -> Any:
        """Return the results of the code; None where they are no finite numbers."""
        import numpy

        try:
            with numpy.errstate(all="ignore", over="raise"):  # as Python does: then Values answer
                results = self.function(*arrays, *self._tables)
                total = float(self._total(results, *arrays))
        except FAULTS:
            return None
        return self._dressed(results) if total - total == 0.0 else None

    @cached_property
    def _fits(self) -> Callable[..., Any]:
        """The function that says whether arguments are arrays of floats of the right shapes."""
        keys = Keys()
        return self._written(fitting([*self.equations.forms.values()], keys), keys)

    @cached_property
    def _total(self) -> Callable[..., Any]:
        """The function that adds up the squares of all results, and of arguments that need a look."""
        keys = Keys()
        trees = {"r": self._form} | ({} if self.signature.shows_all else self._named_forms())
        parts = [part for name, tree in trees.items() for part in squaring(tree, name, keys)]
        return self._written(" + ".join(parts), keys, "r")

    @cached_property
    def _dressed(self) -> Callable[[Any], Any]:
        """The function that hands results out, none of them a view of another array or an argument."""
        keys = Keys()
        return self._written(taking(self._form, "r", keys), keys, "r", of_arguments=False)

    def _about(self) -> str:
        said = super()._about()
        primitives = [equation.primitive for equation in self.equations.equations]
        if self.equations.style == TEXTBOOK or not self.equations.order or not in_other_words(primitives):
            return said
        other = 'style="textbook" writes it shorter.'
        is_short = len(said) + len(other) < LONGEST
        return f"{said[:-1]}; {other}" if is_short else f"{said[:-1]};\n{other}\n"

    def _named_forms(self) -> dict[str, Any]:
        return {f"a{i}": tree for i, tree in enumerate(self.equations.forms.values())}

    @property
    def _form(self) -> Any:
        """The tree of lots of all results."""
        equations = self.equations
        parts: list[Any] = [Lot(())]
        if equations.order:
            parts.append(equations.wrt_form)
        if equations.extras:
            parts.append(dict(equations.extras_forms))
        return tuple(parts) if len(parts) > 1 else parts[0]

    def _written(self, text: str, keys: Keys, *first: str, of_arguments: bool = True) -> Callable[..., Any]:
        """Return the function of results, and of all arguments, that a text computes."""
        import numpy

        names = [*first, *(self._named_forms() if of_arguments else ())]
        scope = {
            "ndarray": numpy.ndarray,
            "FLOAT": numpy.dtype(float),
            "vdot": numpy.vdot,
            "float64": numpy.float64,
            "lot": as_lot,
            **keys.constants,
        }
        function: Callable[..., Any] = eval(f"lambda {', '.join(names)}: {text}", scope)
        return function

    def _replayed(self, arrays: Sequence[Any]) -> Any:
        """Return the results as `backward()` has them."""
        import numpy

        numbers = [x for block in _blocks(arrays) for x in numpy.ravel(block).tolist()]
        signature = self.scalar.signature
        return signature.arranged(self.scalar.on_values(numbers), signature.results)

    @cached_property
    def _tables(self) -> Sequence[Any]:
        """The arrays of plain numbers that the code is given after the arguments."""
        import numpy

        return [numpy.array(table.numbers).reshape(table.shape) for table in self._sample.tables]

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The compiled code itself: it takes arrays of floats, and trusts them."""
        return compiled(self._sample)

    @cached_property
    def _sample(self) -> Source:
        return array_source(self.name, self.equations, self._about(), self.equations.integers)


def _blocks(tree: Any) -> list[Any]:
    """Return the arrays of a tree, in order."""
    return [block for _, block in blocks(tree)]


def _is_finite(thing: Any) -> bool:
    import numpy

    return bool(numpy.isfinite(thing).all())


def _refuse_shape(key: str, tree: Any, arg: Any) -> None:
    """Say where an array of another shape is given, or something else in the place of one."""
    if isinstance(tree, dict) and isinstance(arg, Mapping) and tree.keys() == arg.keys():
        for name, branch in tree.items():
            _refuse_shape(f"{key}[{name!r}]", branch, arg[name])
    elif isinstance(tree, (list, tuple)) and isinstance(arg, (list, tuple)) and len(tree) == len(arg):
        for i, branch in enumerate(tree):
            _refuse_shape(f"{key}[{i}]", branch, arg[i])
    elif isinstance(tree, Lot) and tree.in_array and not isinstance(arg, (list, tuple)):
        shape = getattr(arg, "shape", ())
        if isinstance(shape, tuple) and shape != tree.shape:
            wanted = f"an array of shape {tree.shape}" if tree.shape else "one number"
            given = f"an array of shape {shape}" if shape else describe(arg)
            advice = ": a Program is for the shapes that it was derived with; derive another one for others"
            raise ShapeError(f"the argument {key} must be {wanted}, not {given}{advice if shape else ''}")


def _arranged(tree: Any, numbers: Sequence[float]) -> Any:
    """Return numbers as arrays, arranged as a tree of lots."""
    import numpy

    rest = iter(numbers)
    return replaced(tree, lambda lot: numpy.array([*islice(rest, prod(lot.shape))]).reshape(lot.shape))
