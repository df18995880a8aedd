"""How statements of derived code become lines: equations, loops as what t runs through, buffers left out.

What changes is written with an arrow, from its first value on: an equation holds wherever it stands.
"""

import ast
from collections.abc import Callable, Iterator, Sequence

from .changes import buffer_of, changing, is_made, put, started, stores
from .fills import filled
from .formulas import Typesetter
from .lines import Group, Line
from .pieces import signed_terms
from .places import counted_axis
from .setting import Index, whole_index

SHORT = 40  # signs of a condition that stands wherever its name does


class Statements:
    """Makes lines of the statements of `body`; it remembers which names have been assigned."""

    def __init__(self, setter: Typesetter, left: Callable[[str], str], body: Sequence[ast.stmt]) -> None:
        self.setter = setter
        self.known: set[str] = set()
        self._left = left
        self._changing = changing(body)
        self._stores = stores(body)

    def more(self, name: str, value: ast.expr) -> Sequence[tuple[str, str]]:
        """Return what an equation is equal to further, of what is assigned to a name."""
        return ()

    def result(self, left: str, value: ast.expr) -> Line:
        """Return the line of a result that is not assigned."""
        terms = self.setter.signed(value, whole_index(self.setter.shape(value)))
        return Line(left, "=", terms, more=self.more("", value))

    def branches(self, statement: ast.If) -> Iterator[tuple[str, list[ast.stmt]]]:
        """Yield the parts of a choice, each with its remark."""
        condition = self.setter.condition(statement.test, ())
        yield rf"\text{{if }} {condition}", statement.body
        if statement.orelse:
            yield rf"\text{{unless }} {condition}", statement.orelse

    def lines(self, body: Sequence[ast.stmt], remarks: tuple[str, ...] = ()) -> Iterator[Line | Group]:
        """Yield the lines of statements; `remarks` say what all of them are under."""
        starting = {
            name for statement in body if isinstance(statement, ast.For) for name in started(statement)
        }
        rest = [*reversed(body)]
        while rest:
            statement = rest.pop()
            match statement:
                case ast.For(target=target, iter=counted, body=inner):
                    run = f"{self.setter.whole(target).text} = {_run(counted)}"
                    several = [*self.lines(inner)]
                    if len(several) == 1:
                        several[0].remark = _remark((*filter(None, [several[0].remark]), *remarks, run))
                        yield several[0]
                    elif several:
                        yield Group(several, _remark((*remarks, run)))
                case ast.If():
                    for remark, inner in self.branches(statement):
                        yield from self.lines(inner, (*remarks, remark))
                case ast.Assign(targets=[ast.Name(id=name)]) if name in self._changing:
                    others = _put_next(name, rest)
                    line = self._filled(statement, others, remarks) if others else None
                    if line is None:
                        yield from self._assigned(statement.targets[0], statement.value, remarks, starting)
                    else:
                        yield line
                        del rest[len(rest) - len(others) :]
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Compare() as condition) if (
                    self._is_told_in_place(name, condition)
                ):
                    self.known.add(name)
                    self.more(name, condition)
                    self.setter.define(name, condition)
                case ast.Assign(targets=[target], value=value):
                    yield from self._assigned(target, value, remarks, starting)
                case _ if (found := put(statement)) is not None:
                    target, sign, value = found
                    yield self._equation(target, rf"\mathrel{{{sign}}}=", value, remarks)

    def _is_told_in_place(self, name: str, condition: ast.Compare) -> bool:
        """Say whether a condition is short, and the same wherever its name stands."""
        names = {name, *(node.id for node in ast.walk(condition) if isinstance(node, ast.Name))}
        return len(ast.unparse(condition)) < SHORT and names.isdisjoint(self._changing)

    def _filled(
        self, first: ast.Assign, others: Sequence[ast.stmt], remarks: tuple[str, ...]
    ) -> Line | None:
        """Return the one equation of what is made and gets entries then; None where there is none."""
        found = filled(self.setter, first, others)
        if found is None:
            return None
        (target,) = first.targets
        name = buffer_of(target)
        self.known.add(name)
        is_all = self._stores[name] == 1 + len(others)
        sign = "=" if is_all else r"\leftarrow"
        return Line(
            self.setter.piece(target, found.places).text, sign, signed_terms(found.terms), _remark(remarks)
        )

    def _assigned(
        self, target: ast.expr, value: ast.expr, remarks: tuple[str, ...], starting: set[str]
    ) -> Iterator[Line]:
        if isinstance(target, ast.Tuple):
            sides = [self.setter.whole(side).text for side in (target, value)]
            names = {buffer_of(one) for one in target.elts}
            sign = r"\leftarrow" if names & self._changing else "="
            yield Line(sides[0], sign, [sides[1]], _remark(remarks))
            return
        name = buffer_of(target)
        sign = r"\leftarrow" if name in self._changing else "="
        self.known.add(name)
        if isinstance(target, ast.Name) and is_made(value, "zeros", "empty"):
            if is_made(value, "zeros"):
                index: Index = ("0",) if name in starting else ()
                yield Line(self.setter.piece(_loaded(name), index).text, sign, ["0"], _remark(remarks))
            return
        yield self._equation(target, sign, value, remarks)

    def _equation(self, target: ast.expr, sign: str, value: ast.expr, remarks: tuple[str, ...]) -> Line:
        shape = self.setter.shape(target)
        index = whole_index(shape)
        axis = next((a for node in (target, value) if (a := self._counted(node)) is not None), None)
        letters = self.setter.fresh([axis]) if axis is not None and axis < len(index) else []
        if letters:
            assert axis is not None
            index = (*index[:axis], letters[0], *index[axis + 1 :])
        terms = self.setter.signed(value, index)
        left = self.setter.piece(target, index).text
        if isinstance(target, ast.Name) and not letters:
            left = self._left(target.id)
        self.setter.release(letters)
        return Line(left, sign, terms, _remark(remarks), self.more(buffer_of(target), value))

    def _counted(self, node: ast.expr) -> int | None:
        """Return the axis along which what is assigned is taken entry by entry."""
        shape = self.setter.shape(node)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Subscript) and self.setter.shape(inner) == shape:
                axis = counted_axis(self.setter, inner)
                if axis is not None:
                    return axis
        return None


def _remark(remarks: tuple[str, ...]) -> str:
    return r",\; ".join(remarks)


def _run(counted: ast.expr) -> str:
    r"""Return what the index of a loop runs through.

    >>> _run(ast.parse("reversed(range(3))", mode="eval").body)
    '2, \\dots, 0'
    """
    match counted:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as count)]):
            return rf"0, \dots, {count - 1}"
        case ast.Call(args=[ast.Call(args=[ast.Constant(value=int() as count)])]):
            return rf"{count - 1}, \dots, 0"
    return ast.unparse(counted)


def _loaded(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def _put_next(name: str, rest: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that come next, of those in reverse, and put something into an array."""
    found: list[ast.stmt] = []
    for statement in reversed(rest):
        where = put(statement)
        if where is None or isinstance(where[0], ast.Name) or buffer_of(where[0]) != name:
            break
        found.append(statement)
    return found
