"""How a node is told in words: its formula, its number, and the line of the program that made it.

A node without a name is written as what it was computed from, a few operations deep, in the fewest
parentheses that Python needs. Every text is bounded, whatever the size of the graph and of names.

    >>> from autograd_scratch import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0)
    >>> expression((a + b) * a.tanh())
    '(a + -3) * tanh(a)'
"""

import ast
import linecache
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import accumulate, takewhile
from opcode import opmap
from os import sep
from os.path import basename, dirname
from threading import Lock
from types import FrameType, MappingProxyType
from typing import Any, NamedTuple

WIDTH = 48
NAMELESS: Mapping[Any, str] = MappingProxyType({})

_DEPTHS = (3, 2, 1)
_MANY = 8
_HERE = dirname(__file__) + sep
_PYTHONS = dirname(ast.__file__) + sep

_one_at_a_time = Lock()  # neither `linecache` nor, up to CPython 3.12, `ast` can be used by two threads


def number(x: float) -> str:
    """Write a number in at most six digits.

    >>> number(1 / 3), number(-0.0), number(2e8)
    ('0.333333', '0', '2e+08')
    """
    return f"{x + 0.0:.6g}"


def name_of(node: Any, names: Mapping[Any, str] = NAMELESS) -> str:
    """Return a node's own name, or what it has in `names`; '' if it has none."""
    return str(node.name) if node.name else names.get(node, "")


def expression(thing: Any, width: int = WIDTH, names: Mapping[Any, str] = NAMELESS) -> str:
    """Return a node's name; without one its formula, and its number if it is a leaf or a constant."""
    if thing.__class__ is float:
        return number(thing)
    name = name_of(thing, names)
    if name:
        return cut(name, width)
    return formula(thing, width, names) if thing.primitive is not None else number(thing._data)


def printable(text: object) -> str:
    r"""Return a text on one line, without control characters, which could move a terminal's cursor.

    >>> printable("a\rb")
    'a b'
    """
    told = str(text)
    return told if told.isprintable() else "".join(x if x.isprintable() else " " for x in told)


def formula(node: Any, width: int = WIDTH, names: Mapping[Any, str] = NAMELESS) -> str:
    """Return what an interior node was computed from, under whatever name.

    >>> from autograd_scratch import Value
    >>> x = Value(3.0, "x")
    >>> formula((x * x).named("y"))
    'x * x'
    """
    if not node.parents:
        return cut(f"{node.primitive.name}(...)", width)
    if len(node.parents) <= _MANY:
        for depth in _DEPTHS:
            text = _formula(node, depth, names)
            if len(text) <= width:
                return text
    return _shortened(node, width, names)


def equation(node: Any, width: int = WIDTH, names: Mapping[Any, str] = NAMELESS) -> str:
    """Return `name = formula` of an interior node, and of any other its expression."""
    name = cut(name_of(node, names), width // 2)
    if name and node.parents:
        return f"{name} = {formula(node, width - len(name) - 3, names)}"
    return expression(node, width, names)


def in_parentheses(text: str) -> str:
    """Return what stands in a formula, in parentheses if it is no name, entry, call or number.

    >>> [*map(in_parentheses, ["W[0, 1]", "`a - y`", "exp(a)", "(a)", "(a) + (b)"])]
    ['W[0, 1]', '(a - y)', 'exp(a)', '(a)', '((a) + (b))']
    """
    text = text.replace("`", "")
    is_whole = re.fullmatch(r"[\w.]+(\[[\w, :-]*\])*", text) or _is_enclosed(re.sub(r"^[\w.]+", "", text))
    return text if is_whole else f"({text})"


def _is_enclosed(text: str) -> bool:
    """Say whether the parenthesis that a text begins with is closed at its very end."""
    depths = [*accumulate((sign == "(") - (sign == ")") for sign in text)]
    return text.startswith("(") and text.endswith(")") and all(depths[:-1]) and not depths[-1]


def cut(text: str, width: int) -> str:
    """Return `text` on one line and in at most `width` characters, its middle left out if need be.

    >>> cut("layers.0.neurons.12.w.3", 15)
    'layers...12.w.3'
    """
    text = printable(text)
    if len(text) <= width:
        return text
    room = max(width - 3, 0)
    return f"{text[: room - room // 2]}...{text[len(text) - room // 2 :]}"


def shown(thing: object) -> str:
    """Return the text of a thing in Python; of one that its class cannot write, the class.

    >>> shown("w"), shown(10**5000)
    ("'w'", '<int>')
    """
    try:
        return repr(thing)
    except Exception:  # of somebody's own class, or of a whole number with too many digits
        return f"<{type(thing).__name__}>"


def apart(name: str, taken: Iterable[str]) -> str:
    """Return a name that is not taken.

    >>> apart("x", ["x", "x_"])
    'x__'
    """
    known = {*taken}
    while name in known:
        name += "_"
    return name


def _shortened(node: Any, width: int, called: Mapping[Any, str]) -> str:
    """Write a formula that is too long: once what its parameters' names begin with, then the rest."""
    names = [str(parent.name) for parent in node.parents if parent.__class__ is not float and parent.name]
    places = zip(*(name.split(".")[:-1] for name in names if "." in name))
    module = ".".join(place[0] for place in takewhile(lambda place: len(set(place)) == 1, places))
    if not module and len(node.parents) <= 2:
        return cut(_formula(node, 1, called), width)
    before = f"{module}: " if module else ""
    if len(node.parents) <= _MANY:
        text = before + _formula(node, 1, called, f"{module}.")
        if len(text) <= width:
            return text
    text = printable(f"{before}{node.primitive.name} of {len(node.parents):,} operands")
    return text if len(text) <= width else cut(before + str(node.primitive.name), width)


def _formula(node: Any, depth: int, called: Mapping[Any, str], prefix: str = "") -> str:
    """Write a node and the operations above its operands, with as few parentheses as Python needs."""
    names: list[str] = []
    text = _source(node, depth, names, called)
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # of somebody's own writing
        text = ast.unparse(parsed(text, "eval"))
    text = re.sub(r"\b(\d+)\.0\b", r"\1", text)

    def name(mark: re.Match[str]) -> str:
        i = int(mark[1])  # a primitive may be called like a mark
        written = names[i].removeprefix(prefix) if i < len(names) else mark[0]
        is_argument = text[: mark.start()].endswith("(") and text[mark.end() :].startswith(")")
        return written[1:-1] if is_argument and _is_enclosed(written) else written

    return printable(re.sub(r"\b_(\d{1,9})_\b", name, text))


def marked(node: Any, depth: int, called: Mapping[Any, str] = NAMELESS) -> tuple[str, list[str]]:
    """Return what a node was computed from in Python, with marks for names: the first is _0_; and these.

    >>> from autograd_scratch import Value
    >>> marked(Value(2.0, "my weight") * 3.0, depth=1)
    ('_0_ * (3)', ['my weight'])
    """
    names: list[str] = []
    return _source(node, depth, names, called), names


def _source(node: Any, depth: int, names: list[str], called: Mapping[Any, str]) -> str:
    """Write a node as its primitive's source; what has no text in Python is a mark, _0_, in `names`."""
    texts = []
    for parent in node.parents:
        name = "" if parent.__class__ is float else name_of(parent, called)
        if parent.__class__ is float or (parent.primitive is None and not name):
            texts.append(f"({number(parent if parent.__class__ is float else parent._data)})")
        elif not name and depth > 1 and 0 < len(parent.parents) <= _MANY:
            texts.append(f"({_source(parent, depth - 1, names, called)})")
        else:
            names.append(cut(name, WIDTH) or "...")
            texts.append(f"_{len(names) - 1}_")
    source = node.primitive.source
    return str(source(*texts) if callable(source) else source.format(*texts))


def place(file: str, line: int) -> str:
    """Return how people call a line: by its file, or by the cell of a notebook as IPython does.

    >>> place("models/net.py", 6), place("<ipython-input-4-9b1f>", 6)
    ('line 6 of net.py', 'Cell In[4], line 6')
    """
    cell = _cell(file)
    return f"{cell}, line {line}" if cell.startswith("Cell") else f"line {line} of {cell or basename(file)}"


def _cell(file: str) -> str:
    """Return which cell was written into a file, by IPython's own list where that runs; or ''."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    with suppress(AttributeError, TypeError, ValueError):  # no shell, another version, or not its file
        kind, name = shell.compile.format_code_name(file)
        return f"{kind} {name}"
    number = re.match(r"<?ipython-input-(\d+)-", basename(file))
    if number:
        return f"Cell In[{number[1]}]"
    return "the cell" if basename(dirname(file)).startswith("ipykernel_") else ""


class Line(NamedTuple):
    """A line of the user's program."""

    file: str
    number: int

    def __str__(self) -> str:
        return place(self.file, self.number) if _cell(self.file) else f"{basename(self.file)}:{self.number}"

    @property
    def short(self) -> str:
        """The line without its file, but with the cell of a notebook, of which there are many."""
        return place(self.file, self.number) if _cell(self.file) else f"line {self.number}"

    @property
    def source(self) -> str:
        """The text of the line; '' where it is not to be had."""
        lines = lines_of(self.file)
        return lines[self.number - 1].strip() if 0 < self.number <= len(lines) else ""


def lines_of(file: str) -> list[str]:
    """Return the lines of a file; none where they are not to be had. Two threads may ask at once."""
    with _one_at_a_time:
        return linecache.getlines(file)


def parsed(text: str, mode: str = "exec") -> Any:
    """Return the tree of a text in Python. Two threads may ask at once."""
    with _one_at_a_time:
        return ast.parse(text, mode=mode)


def users_line() -> Line:
    """Return the line that is being executed outside of this package, and of NumPy, which calls it back."""
    frame = sys._getframe()
    while frame.f_back is not None and not is_users(frame):
        frame = frame.f_back
    return Line(frame.f_code.co_filename, frame.f_lineno)


def line_of(fault: BaseException) -> Line | None:
    """Return the innermost line of a person's own program at which an exception passed."""
    found, passed = None, fault.__traceback__
    while passed is not None:
        if is_users(passed.tb_frame):
            found = Line(passed.tb_frame.f_code.co_filename, passed.tb_lineno)
        passed = passed.tb_next
    return found


def library_calls() -> Iterator[str]:
    """Yield the names of the functions of other libraries that are being executed, innermost first."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if "site-packages" in file and not file.startswith(_HERE):
            yield frame.f_code.co_name
        frame = frame.f_back


def is_formatting(frame: FrameType) -> bool:
    """Say whether a frame is at an operator %: what it asks for a float or an int goes into a text."""
    last = frame.f_lasti
    return frame.f_code.co_code[last : last + 2] in _percent_signs()


@cache
def _percent_signs() -> tuple[bytes, ...]:
    """Return the instructions, with their argument, of `x % y` and `x %= y`."""
    operator = opmap.get("BINARY_OP")
    codes = (compile(text, "", "exec").co_code for text in ("x % y", "x %= y"))
    return tuple(code[i : i + 2] for code in codes for i in range(0, len(code), 2) if code[i] == operator)


def is_users(frame: FrameType) -> bool:
    """Say whether a frame is of a person's own function: not of this package, NumPy, SciPy or Python."""
    return is_users_file(frame.f_code.co_filename)


@cache
def is_users_file(file: str) -> bool:
    """Say whether a file is not of this package, NumPy, SciPy or Python."""
    if file.startswith((_HERE, "<frozen")) or f"{sep}numpy{sep}" in file or f"{sep}scipy{sep}" in file:
        return False
    return not file.startswith(_PYTHONS) or "site-packages" in file
