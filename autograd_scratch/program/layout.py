"""How pieces of source are laid out in lines: assignments, tuples, conditional blocks, long expressions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from .expressions import ATOM, Text
from .statements import Guard, Statement
from .variables import Variable

WIDTH = 96
INDENT = "    "


def indented(lines: Iterable[str], depth: int = 1) -> Iterator[str]:
    """Yield lines further to the right."""
    return (INDENT * depth + line if line else "" for line in lines)


def fitted(before: str, inside: str, after: str) -> Iterator[str]:
    """Yield one line, or, where that is too long, `inside` in lines of its own between the other two.

    >>> list(fitted("f(", "x, y", ")"))
    ['f(x, y)']
    """
    line = before + inside + after
    if len(line) <= WIDTH:
        yield line
    else:
        yield before
        yield from indented(wrapped(inside))
        yield after


def wrapped(text: str, width: int = WIDTH) -> Iterator[str]:
    """Yield a text in lines, which end where few brackets are open: at a comma, or before a sum's sign.

    >>> list(wrapped("np.exp(" + "a" * 36 + ", x) + np.exp(" + "b" * 36 + ", y)"))
    ['np.exp(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, x)', '+ np.exp(bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, y)']
    """
    ends = [*_ends(text)]
    start = 0
    while len(text) - start > width:
        fit = [end for end in ends if start < end[-1] <= start + width]
        late = [end for end in fit if end[-1] > start + width // 3]
        *_, place = min(late or fit or [end for end in ends if end[-1] > start] or [(0, 0, 0, len(text))])
        yield text[start:place]
        start = place + 1
    if start < len(text):
        yield text[start:]


def _ends(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield the spaces at which a line may end, those that are better with smaller numbers."""
    depth, quote = 0, ""
    for place, mark in enumerate(text):
        if quote or mark in "'\"":
            quote = "" if mark == quote and text[place - 1] != "\\" else quote or mark
        elif mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif mark == " ":
            after = text[place + 1]
            kind = 0 if text[place - 1] == "," else 1 if after in "+-" else 2 if after in "*/@" else 3
            yield depth, kind, -place, place


def as_tuple(parts: Sequence[str]) -> str:
    """Return the text of a tuple.

    >>> as_tuple(["a", "b"]), as_tuple(["a"])
    ('(a, b)', '(a,)')
    """
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def unpacking(targets: Sequence[str], value: str) -> Iterator[str]:
    """Yield the assignment of the parts of a container to `targets`.

    >>> list(unpacking(["a", "(b, c)"], "x")), list(unpacking(["a"], "x"))
    (['a, (b, c) = x'], ['(a,) = x'])
    """
    joined = ", ".join(targets)
    if len(targets) > 1 and len(joined) + len(value) + 3 <= WIDTH:
        yield f"{joined} = {value}"
    else:
        yield from fitted("(", joined + ",", f") = {value}")


def assigned(name: str, text: str) -> Iterator[str]:
    """Yield the statement that gives `name` the value of an expression."""
    if len(name) + len(text) + 3 <= WIDTH:
        yield f"{name} = {text}"
    else:
        yield from fitted(f"{name} = (", text, ")")


def loop_over(rows: str, targets: str) -> Iterator[str]:
    """Yield the line that begins a loop."""
    line = f"for {targets} in {rows}:"
    if len(line) <= WIDTH:
        yield line
    else:
        yield from fitted("for (", targets, f") in {rows}:")


def returned(parts: Sequence[str]) -> Iterator[str]:
    """Yield the statement that returns one value, or several."""
    joined = ", ".join(parts)
    if len(joined) + 7 <= WIDTH:
        yield f"return {joined}"
        return
    yield "return ("
    for part in parts:
        if len(part) <= WIDTH or part.isidentifier():
            yield f"{INDENT}{part},"
        else:
            yield from indented(fitted(part[0], part[1:-1].rstrip(",") + ",", f"{part[-1]},"))
    yield ")"


def guarded(
    statements: Sequence[Statement],
    texts: Mapping[Variable, Text],
    comment_of: Callable[[Statement], str] | None,
) -> Iterator[str]:
    """Yield statements inside `if` and `else` as their guards say, those of a module under a comment."""
    path: list[Guard] = []
    said = ""
    for statement in statements:
        wanted = [] if statement.guard is None else statement.guard.path()
        shared = 0
        while shared < min(len(path), len(wanted)) and path[shared] is wanted[shared]:
            shared += 1
        comment = comment_of(statement) if comment_of is not None and not shared else ""
        if comment and comment != said:
            if comment.startswith("backward") and not said.startswith("backward"):
                yield ""
            yield f"# {comment}"
            said = comment
        for depth, guard in enumerate(wanted[shared:], shared):
            former = path[depth] if depth == shared and depth < len(path) else None
            is_else = former is not None and former.condition is guard.condition and former.taken
            yield INDENT * depth + ("else:" if is_else else _if(guard, texts[guard.condition]))
        path = wanted
        name = texts[statement.variable].text
        lines = (line for text in statement.texts for line in assigned(name, text))
        yield from indented(lines, len(wanted))


def _if(guard: Guard, condition: Text) -> str:
    return f"if {condition.text}:" if guard.taken else f"if not {condition.inside(ATOM)}:"
