"""Which names of derived code change: their first value, too, is written with an arrow, as no equation."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence


def changing(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names that get a value twice, as a whole or some of their entries; not in two arms.

    >>> sorted(changing(ast.parse("x = 0; y = 1; x += y; z = np.empty(3); z[0] = y; z[1] = x").body))
    ['x']
    """
    starting = {name for statement in body for name in started(statement)}
    wholes, parts, added = _stores(body, starting)
    return {name for name, n in wholes.items() if n > 1 or name in parts} | added


def stores(body: Sequence[ast.stmt]) -> Counter[str]:
    """Return how many statements put something into each name."""
    inner = (found for statement in body for found in ast.walk(statement) if isinstance(found, ast.stmt))
    puts = [found for statement in inner if (found := put(statement)) is not None]
    return Counter(buffer_of(target) for where, _, _ in puts for target in several(where))


def started(statement: ast.AST) -> Iterator[str]:
    """Yield the arrays of which a loop fills the next entry: they begin with a start."""
    for inner in ast.walk(statement):
        match inner:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.BinOp())]):
                yield name


def buffer_of(target: ast.expr) -> str:
    """Return the name of the array in which something is put, which may be seen in another shape."""
    while isinstance(target, (ast.Subscript, ast.Attribute)) or (
        isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute)
    ):
        target = target.func.value if isinstance(target, ast.Call) else target.value  # type: ignore[attr-defined]
    return target.id if isinstance(target, ast.Name) else ""


def several(target: ast.expr) -> list[ast.expr]:
    """Return the targets of an assignment to several at once; of any other the one."""
    return [*target.elts] if isinstance(target, ast.Tuple) else [target]


def put(statement: ast.stmt) -> tuple[ast.expr, str, ast.expr] | None:
    """Return where something is put by a statement, the sign, and what is put there; None of others."""
    match statement:
        case ast.Assign(targets=[target], value=value):
            return target, "", value
        case ast.AugAssign(target=target, op=op, value=value):
            return target, "+" if isinstance(op, ast.Add) else "-", value
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr="at", value=ast.Attribute(attr=kind)), args=[buffer, places, value]
            )
        ):
            target = ast.Subscript(value=buffer, slice=places, ctx=ast.Load())
            return target, "-" if kind == "subtract" else "+", value
    return None


def is_made(value: ast.expr, *names: str) -> bool:
    """Say whether an expression is np.zeros(...) or its like."""
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in names
    )


def _stores(body: Sequence[ast.stmt], starting: set[str]) -> tuple[Counter[str], set[str], set[str]]:
    """Return how often names are assigned, which get entries, and to which something is added."""
    wholes: Counter[str] = Counter()
    parts: set[str] = set()
    added: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.If):
            arms = [_stores(arm, starting) for arm in (statement.body, statement.orelse)]
            wholes += arms[0][0] | arms[1][0]
            parts.update(*(arm[1] for arm in arms))
            added.update(*(arm[2] for arm in arms))
        elif isinstance(statement, ast.For):
            inner = _stores(statement.body, starting)
            wholes += inner[0]
            parts |= inner[1]
            added |= inner[2]
        elif (found := put(statement)) is not None:
            where, sign, value = found
            for target in several(where):
                name = buffer_of(target)
                if sign:
                    added.add(name)
                elif not isinstance(target, ast.Name):
                    parts.add(name)
                elif not (is_made(value, "empty") or (is_made(value, "zeros") and name in starting)):
                    wholes[name] += 1
    return wholes, parts, added
