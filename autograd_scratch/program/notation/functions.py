"""The text of a Program of arrays: one function, of arrays that have the right shapes."""

from collections.abc import Iterable, Iterator, Mapping
from math import isinf, isnan
from typing import Any

from ...primitives.arithmetic import div
from ...primitives.reductions import mean_p
from ...stepping.tables import Integers
from ...wording import apart
from ..equations import Equations, Index
from ..expressions import ATOM, MATH, Text
from ..forms import leaves
from ..imports import Imports
from ..layout import fitted, indented, returned
from ..naming import RESERVED
from ..operands import Operand, is_variable
from ..record import TEXTBOOK
from ..rolled.nesting import nested
from ..rolled.structure import inner_of
from ..source import SPACE, Source, Table, Writer
from ..variables import Variable
from .elementwise import LACKING
from .ordering import in_order_of_lectures
from .reshapes import WINDOWS
from .rules import RULES
from .statements import ArrayStatements
from .tables import Tables


class ArrayWriter(Writer):
    """Writes one function of arrays."""

    reserved = ("np", "math", WINDOWS)
    rules = RULES
    statements: ArrayStatements  # type: ignore[assignment]

    def __init__(
        self, name: str, equations: Equations, integers: Mapping[str, Integers] | None = None
    ) -> None:
        self.integers = integers or {}
        super().__init__(name, equations)

    def _begin(self) -> None:
        tables = Tables(self.names, self.integers)
        self._nested = nested(
            self.trace, map(self._at, self.equations.results()), self.equations.style == TEXTBOOK
        )
        self.statements = ArrayStatements(self.names, tables, means=frozenset(self._means()))
        self.tables: dict[str, Table] = {}
        self._returned: set[Operand] = set()

    def operand(self, index: Index) -> Operand:
        return self._nested.new(super().operand(index))

    def _means(self) -> Iterator[Variable]:
        """Yield what people wrote as means, which textbooks keep."""
        for i, equation in enumerate(self.equations.equations):
            made = self.operand(i)
            is_mean = inner_of(equation.primitive) is mean_p and not equation.place[0]
            if is_mean and self.equations.style == TEXTBOOK and is_variable(made, div):
                yield made

    def _freeze(self) -> None:
        """Give names to arrays of numbers that have one; others are written where they are used."""
        for variable, numbers in self._numbers():
            if variable.name and isinstance(numbers, tuple):
                name = self.statements.name(variable, variable.name)
                self.tables[name] = Table(name, numbers, variable.shape)
            elif variable.name:
                self.statements.name(variable, variable.name)
            else:
                given = numbers if isinstance(numbers, tuple) else (numbers,)
                self.statements.numbers[variable] = given

    def _numbers(self) -> Iterator[tuple[Variable, Any]]:
        for index, numbers in self.equations.frozen.items():
            yield self.operand(index), numbers
        yield from self.trace.tables.items()

    def constants(self) -> Iterator[str]:
        """Yield what was frozen and has a name."""
        for variable, number in self._numbers():
            if variable.name and not isinstance(number, tuple):
                yield f"{self.statements.text(variable).text} = {_number(number)}"

    def lines(self) -> Iterator[str]:
        """Yield the statements that compute the results."""
        operands = [self.operand(result) for result in self.equations.results()]
        needed = self._nested.in_order(self.trace.needed(operands))
        self.statements.write(in_order_of_lectures(needed, operands), operands)
        said = ""
        for statement in self.statements.lines:
            comment = self._comment(statement)  # type: ignore[arg-type]
            if comment and comment != said:
                if comment.startswith("backward") and not said.startswith("backward"):
                    yield ""
                yield f"# {comment}"
                said = comment
            yield from statement.lines

    def _function(self) -> str:
        """Return the name of the function, apart from those that it calls."""
        called = {"np", "math", WINDOWS, *RESERVED, *self.statements.functions.values()}
        return apart(self.name, {*called, *self.keys.constants})

    def result(self, index: Index, like: Index | None = None) -> str:
        """Return the text of a result, in the shape of what it belongs to."""
        operand = self.operand(index)
        shape = operand.shape if operand.__class__ is Variable else ()
        if like is not None:
            shape = self.operand(like).shape
        text = self.statements.whole(operand, shape)
        is_shared = operand.__class__ is Variable and (
            operand.primitive is None or operand in self._returned
        )
        self._returned.add(operand)
        if (
            shape and is_shared and not text.text.endswith(".copy()")
        ):  # nobody who changes a result is to change an argument, or another result
            text = Text(f"{text.inside(ATOM)}.copy()", ATOM)
        return text.text.replace(" ", SPACE)

    def finished(self, arguments: Iterable[str], body: Iterable[str]) -> Source:
        """Return the source: imports, then the function of these arguments and of further tables."""
        body = [*body]
        statements = self.statements
        further = statements.tables.further
        for name in sorted(further, key=lambda name: not further[name].is_persons):
            self.tables[name] = further[name]
        function = self._function()
        head = fitted(f"def {function}(", ", ".join([*arguments, *self.tables]), "):")
        above = statements.tables.above
        code = (
            "\n".join([*above, *(["", ""] if above else []), *head, *indented(body)]).replace(SPACE, " ")
            + "\n"
        )
        known = statements.functions
        lacking = {name: primitive for primitive, name in known.items() if primitive in LACKING}
        primitives = {name: primitive for primitive, name in known.items() if primitive not in LACKING}
        imports = Imports(self.names, (), primitives)
        for name, key in self.keys.constants.items():
            imports.add_key(name, key)
        vectorized = sorted({**lacking, **primitives})
        first = ["import math", ""] if lacking else []
        first += ["import numpy as np"]
        if WINDOWS in code:
            first.append(f"from numpy.lib.stride_tricks import {WINDOWS}")
        made = [f"{name} = np.vectorize({_called(name, lacking)}, otypes=[float])" for name in vectorized]
        return Source(
            imports="\n".join([*first, *imports.lines, *([""] if made else []), *made, "", "", ""]),
            code=code,
            function=function,
            functions=frozenset(),
            primitives=tuple({**lacking, **primitives}.items()),
            constants=tuple(self.keys.constants.items()),
            missing=tuple(imports.missing),
            tables=tuple(self.tables.values()),
            is_of_arrays=True,
            wrt=self.texts_of_wrt(),
        )


def _called(name: str, lacking: Mapping[str, Any]) -> str:
    return f"math.{MATH[lacking[name]]}" if name in lacking else name


def array_source(
    name: str, equations: Equations, about: str, integers: Mapping[str, Integers] | None = None
) -> Source:
    """Write the function of arrays: value and gradient from the arguments and tables.

    `integers` are arrays of whole numbers that have names; what is taken at their numbers says so.
    """
    writer = ArrayWriter(name, equations, integers)
    body = f'"""{about}"""'.split("\n")
    taken = [*writer.unpacked(equations.arguments), *writer.constants()]
    if taken:
        body += [*taken, ""]
    body += [*writer.lines(), ""]
    parts = [writer.result(equations.value)]
    if equations.order >= 1:
        pairs = zip(equations.gradient, leaves(equations.wrt))
        parts.append(writer.display(equations.wrt, (writer.result(g, like) for g, like in pairs)))
    if equations.order >= 2:
        rows = (writer.display(equations.wrt, map(writer.result, row)) for row in equations.hessian)
        parts.append(writer.display(equations.wrt, rows))
    if equations.extras:
        texts = map(writer.result, leaves(equations.extras))
        parts.append(writer.display(equations.extras, texts))
    return writer.finished(writer.arguments.values(), [*body, *returned(parts)])


def _number(number: float) -> str:
    if isnan(number):
        return "np.nan"
    return f"{'-' if number < 0.0 else ''}np.inf" if isinf(number) else repr(number)
