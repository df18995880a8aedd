"""How statements of derived code become lines: equations, loops as what t runs through, buffers left out.

What is assigned a second time is written with an arrow, as what changes.
"""

import ast
from collections.abc import Callable, Iterator, Sequence

from .formulas import Typesetter
from .lines import Line
from .places import counted_axis
from .setting import Index, whole_index


class Statements:
    """Makes lines of statements; it remembers which names have been assigned."""

    def __init__(self, setter: Typesetter, left: Callable[[str], str]) -> None:
        self.setter = setter
        self.known: set[str] = set()
        self._left = left

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

    def lines(self, body: Sequence[ast.stmt], remarks: tuple[str, ...] = ()) -> Iterator[Line]:
        """Yield the lines of statements; `remarks` say what all of them are under."""
        started = {
            name for statement in body if isinstance(statement, ast.For) for name in _started(statement)
        }
        for statement in body:
            match statement:
                case ast.For(target=target, iter=counted, body=inner):
                    run = f"{self.setter.whole(target).text} = {_run(counted)}"
                    yield from self.lines(inner, (*remarks, run))
                case ast.If():
                    for remark, inner in self.branches(statement):
                        yield from self.lines(inner, (*remarks, remark))
                case ast.Assign(targets=[target], value=value):
                    yield from self._assigned(target, value, remarks, started)
                case ast.AugAssign(target=target, op=op, value=value):
                    yield self._added("+" if isinstance(op, ast.Add) else "-", target, value, remarks)
                case ast.Expr(
                    value=ast.Call(func=ast.Attribute(attr="at", value=ast.Attribute(attr=kind)))
                ):
                    buffer, places, value = statement.value.args  # type: ignore[attr-defined]
                    target = ast.Subscript(value=buffer, slice=places, ctx=ast.Load())
                    yield self._added("-" if kind == "subtract" else "+", target, value, remarks)

    def _assigned(
        self, target: ast.expr, value: ast.expr, remarks: tuple[str, ...], started: set[str]
    ) -> Iterator[Line]:
        if isinstance(target, ast.Tuple):
            sides = [self.setter.whole(side).text for side in (target, value)]
            yield Line(sides[0], r"\leftarrow", [sides[1]], _remark(remarks))
            return
        name = _name(target)
        if isinstance(target, ast.Name) and _is_buffer(value):
            self.known.add(name)
            if _is_function(value, "zeros"):
                index: Index = ("0",) if name in started else ()
                yield Line(self.setter.piece(_loaded(name), index).text, "=", ["0"])
            return
        sign = r"\leftarrow" if isinstance(target, ast.Name) and name in self.known else "="
        self.known.add(name)
        yield self._equation(target, sign, value, remarks)

    def _added(self, sign: str, target: ast.expr, value: ast.expr, remarks: tuple[str, ...]) -> Line:
        return self._equation(target, rf"\mathrel{{{sign}}}=", value, remarks)

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
        return Line(left, sign, terms, _remark(remarks), self.more(_name(target), value))

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


def _started(loop: ast.For) -> Iterator[str]:
    """Yield the arrays of which a loop fills the next entry: they begin with a start."""
    for statement in ast.walk(loop):
        match statement:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=place)]):
                if isinstance(place, ast.BinOp):
                    yield name


def _name(target: ast.expr) -> str:
    while isinstance(target, (ast.Subscript, ast.Attribute)) or (
        isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute)
    ):
        target = target.func.value if isinstance(target, ast.Call) else target.value  # type: ignore[attr-defined]
    return target.id if isinstance(target, ast.Name) else ""


def _loaded(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def _is_buffer(value: ast.expr) -> bool:
    return _is_function(value, "empty") or _is_function(value, "zeros")


def _is_function(value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == name
