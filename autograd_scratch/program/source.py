"""The text of a Program: its parts, put together to the function of one sample."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..primitives import Primitive
from ..stepping.maps import Shape
from ..wording import shown
from .equations import Equations, Index
from .expressions import MATH, constant
from .forms import Tree, leaves
from .imports import Imports
from .layout import WIDTH, as_tuple, assigned, fitted, guarded, indented, loop_over, returned, unpacking
from .lowering import Rules, lower
from .naming import RESERVED, Keys, Names, identifier, literal, remark
from .operands import Operand, is_zero
from .statements import Statement, Statements, name_in_source

FEW = 200  # derivatives that have lines of their own; of more, each is written where it is returned

LIMITS = frozenset(("inf", "nan"))
SPACE = "\ue000"  # stands for a space where a line must not be broken; repr escapes it elsewhere


class Table(NamedTuple):
    """An array of numbers that a function takes after the arguments that people give it."""

    name: str
    numbers: tuple[Any, ...]  # in C order: floats, or whole numbers for what is an index
    shape: Shape
    is_persons: bool = True  # by a name that the person gave it


@dataclass(frozen=True)
class Source:
    """The text of a module with one function, and what this is handed when it runs.

    The imports are for who reads it, and for a file; `missing` says what a file could not import. One of
    arrays takes some tables after the arguments, and calls primitives for whole arrays.
    """

    imports: str
    code: str
    function: str
    functions: frozenset[str]  # of math
    primitives: tuple[tuple[str, Primitive], ...]
    constants: tuple[tuple[str, Any], ...]
    missing: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    is_of_arrays: bool = False
    wrt: tuple[str, ...] = ()  # how those are written that derivatives are by

    @property
    def text(self) -> str:
        return self.imports + self.code


class Writer:
    """Writes one function: its names, statements and arguments."""

    reserved: Iterable[str] = (*MATH.values(), *LIMITS)  # names that nothing of people's gets

    rules: Rules = {}  # noqa: RUF012  # of its own, beside those by which all equations are written

    def __init__(self, name: str, equations: Equations, own: Iterable[str] = ()) -> None:
        self.equations = equations
        self.trace, self._at = lower(equations.equations, equations.style, self.rules, equations.frozen)
        self.has_modules = any(equation.place[1] for equation in equations.equations)
        self.name = identifier(name)
        self.names = Names(self.reserved)
        self.keys = Keys(self.names)
        self.own = {wanted: self.names.new(wanted) for wanted in own}
        self._begin()
        self.arguments = {key: self._argument(key, tree) for key, tree in equations.arguments.items()}
        for tree in equations.arguments.values():
            for index in leaves(tree):
                variable = self.operand(index)
                if variable not in self.statements.texts:
                    self.statements.name(variable, variable.name)
        self._freeze()

    def _begin(self) -> None:
        self.statements = Statements(self.names)

    def _freeze(self) -> None:
        for index in self.equations.frozen:
            self.statements.name(self.operand(index), self.operand(index).name or "c")

    def _argument(self, key: str, tree: Tree) -> str:
        """Return the name of an argument, which is that of its Variable if it is one number."""
        is_number = isinstance(tree, int)
        return self.statements.name(self.operand(tree), key) if is_number else self.names.new(key)

    def operand(self, index: Index) -> Operand:
        """Return what became of an equation: a Variable, or a float."""
        return self._at(index)

    def text(self, index: Index) -> str:
        """Return how the value of an equation is written."""
        return self.statements.text(self.operand(index)).text

    def unpacked(self, keys: Iterable[str]) -> Iterator[str]:
        """Yield the statements that take arguments apart."""
        for key in keys:
            tree = self.equations.arguments[key]
            if not isinstance(tree, int) and leaves(tree):
                yield from self._unpack(tree, self.arguments[key])

    def _unpack(self, tree: Tree, name: str) -> Iterator[str]:
        later: list[tuple[Tree, str]] = []
        branches = tree.items() if isinstance(tree, dict) else enumerate(tree)
        targets = [self._pattern(branch, f"{name}_{_called(key)}", later) for key, branch in branches]
        if isinstance(tree, dict):
            parts = [f"{name}[{self._quoted(key)}]" for key in tree]
            yield from _assigned_together(targets, parts)
        else:
            yield from unpacking(targets, name)
        for branch, called in later:
            yield from self._unpack(branch, called)

    def _pattern(self, tree: Tree, name: str, later: list[tuple[Tree, str]]) -> str:
        """Return the target for an entry of a container; what it cannot take apart goes to `later`."""
        if isinstance(tree, int):
            return self.text(tree)
        if isinstance(tree, dict) or not tree or any(isinstance(branch, dict) for branch in tree):
            called = self.names.new(name)
            if leaves(tree):
                later.append((tree, called))
            return called
        return as_tuple([self._pattern(branch, f"{name}_{i}", later) for i, branch in enumerate(tree)])

    def row_loop(self, rows: str, body: Iterable[str]) -> Iterator[str]:
        """Yield the loop over `rows`, each of which is one varying argument, or a tuple of several."""
        later: list[tuple[Tree, str]] = []
        targets = [
            self._pattern(self.equations.arguments[key], self.arguments[key], later)
            for key in self.equations.varying
        ]
        yield from loop_over(rows, ", ".join(targets))
        yield from indented(line for tree, name in later for line in self._unpack(tree, name))
        yield from indented(body)

    def constants(self) -> Iterator[str]:
        """Yield what was frozen."""
        if self.equations.frozen:
            yield "# frozen: leaves that are neither inputs nor asked for"
        for index, number in self.equations.frozen.items():
            yield f"{self.text(index)} = {constant(number).text}"

    def body(self, results: Iterable[Index], comments: bool, with_results: bool = False) -> Iterator[str]:
        """Yield the statements that compute some results, and if asked for the results themselves.

        With `comments`, what has a name has its own line, and comments say where the lines belong.
        """
        operands = [self.operand(result) for result in results]
        self.statements.write(self.trace.variables, operands, named=comments, with_results=with_results)
        comment = self._comment if comments else None
        yield from guarded(self.statements.lines, self.statements.texts, comment)

    def _comment(self, statement: Statement) -> str:
        """Return the comment above the statements of a module, or of the loss."""
        backward, path = statement.variable.place
        if not self.has_modules:
            return "backward" if backward else ""
        where = remark(path) or "the loss"
        return f"backward: {where}" if backward else where

    def display(self, tree: Tree, texts: Iterator[str]) -> str:
        """Return the text of a container like `tree`, with these for its entries."""
        if isinstance(tree, dict):
            items = (
                f"{self._quoted(key)}:{SPACE}{self.display(branch, texts)}" for key, branch in tree.items()
            )
            return f"{{{', '.join(items)}}}"
        if isinstance(tree, list):
            return f"[{', '.join(self.display(branch, texts) for branch in tree)}]"
        if isinstance(tree, tuple):
            return as_tuple([self.display(branch, texts) for branch in tree])
        return next(texts)

    def _quoted(self, key: Any) -> str:
        """Return the text of a key of a dict, in which lines are not broken."""
        return self.keys(key).replace(" ", SPACE)

    def finished(self, arguments: Iterable[str], body: Iterable[str]) -> Source:
        """Return the source: imports, then the function of these arguments."""
        function = self._function()
        head = fitted(f"def {function}(", ", ".join(arguments), "):")
        code = "\n".join([*head, *indented(body)]).replace(SPACE, " ") + "\n"
        called = self.statements.functions
        primitives = {name: primitive for primitive, name in called.items() if primitive not in MATH}
        from_math = {name for primitive, name in called.items() if primitive in MATH}
        from_math |= LIMITS & {*re.findall(r"\w+", code)}
        imports = Imports(self.names, from_math, primitives)
        for name, key in self.keys.constants.items():
            imports.add_key(name, key)
        return Source(
            imports="\n".join([*imports.lines, "", "", ""]) if imports.lines else "",
            code=code,
            function=function,
            functions=frozenset(from_math),
            primitives=tuple(primitives.items()),
            constants=tuple(self.keys.constants.items()),
            missing=tuple(imports.missing),
            wrt=self.texts_of_wrt(),
        )

    def texts_of_wrt(self) -> tuple[str, ...]:
        """Return how those are written that derivatives are by."""
        return tuple(map(self.text, leaves(self.equations.wrt)))

    def _function(self) -> str:
        """Return the name of the function, apart from those that it may call."""
        known = {variable.primitive for variable in self.trace.variables if variable.primitive is not None}
        taken = {identifier(name_in_source(primitive)) for primitive in known}
        taken |= {*MATH.values(), *RESERVED, *LIMITS, *self.statements.functions.values()}
        taken |= self.keys.constants.keys()
        function = self.name
        while function in taken:
            function = f"derived_{function}"
        return function


def sample_source(name: str, equations: Equations, about: str) -> Source:
    """Write the function of one sample: value and derivatives from the arguments."""
    writer = Writer(name, equations)
    body = f'"""{about}"""'.split("\n")
    taken = [*writer.unpacked(equations.arguments), *writer.constants()]
    if taken:
        body += [*taken, ""]
    few = len(equations.gradient) <= FEW
    body += [*writer.body(equations.results(), comments=True, with_results=few), "", *_independent(writer)]
    parts = [writer.text(equations.value)]
    if equations.order >= 1:
        parts.append(writer.display(equations.wrt, map(writer.text, equations.gradient)))
    if equations.order >= 2:
        rows = (writer.display(equations.wrt, map(writer.text, row)) for row in equations.hessian)
        parts.append(writer.display(equations.wrt, rows))
    if equations.extras:
        parts.append(writer.display(equations.extras, map(writer.text, leaves(equations.extras))))
    return writer.finished(writer.arguments.values(), [*body, *returned(parts)])


def _called(key: Any) -> str:
    """Return what the entry of a container is called after it."""
    return key if isinstance(key, str) else literal(key) or shown(key)


def _assigned_together(targets: Sequence[str], parts: Sequence[str]) -> Iterator[str]:
    """Yield the assignment of all parts to their targets, or one for each if that is too long."""
    if sum(map(len, [*targets, *parts])) + 4 * len(parts) > WIDTH:
        for target, part in zip(targets, parts):
            yield from assigned(target, part)
    else:
        comma = "," if len(parts) == 1 else ""
        yield from unpacking(targets, ", ".join(parts) + comma)


def _independent(writer: Writer) -> Iterator[str]:
    """Yield a note on the derivatives that are zero whatever the numbers are."""
    equations = writer.equations
    zeros = [
        writer.text(index)
        for index, slope in zip(leaves(equations.wrt), equations.gradient)
        if is_zero(slope)
    ]
    if zeros:
        more = f" and {len(zeros) - 6} more" if len(zeros) > 6 else ""
        yield f"# {writer.text(equations.value)} does not depend on {', '.join(zeros[:6])}{more}"
