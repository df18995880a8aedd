"""A Program as LaTeX: its source, line by line, with derivatives as derivatives of the loss.

The source is what is set, so that nothing stands there that does not run. Names are looked at by where they
are assigned: `d_z` in the backward part is the derivative by z, where the forward part has a z.
"""

import ast
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from ..latex.formulas import Typesetter
from ..latex.lines import Group, Line, aligned
from ..latex.setting import Shape
from ..latex.statements import Statements
from ..latex.symbols import Derivative, Symbol, symbol, verbatim
from ..latex.tables import Numbers, letters_of, told
from .figures import Figures
from .parts import Parts
from .source import LIMITS, Table

_PARAMETERS = [symbol(name).stem for name in ("parameter", "parameters")]  # that nobody gave a name

Named = Symbol | Derivative
Shapes = Callable[[ast.expr], Shape]


def latex_of(
    parts: Parts,
    wrt: Sequence[str],
    tables: Sequence[Table],
    shape: Shapes,
    figures: Figures | None = None,
) -> str:
    """Return the parts of a source as LaTeX, with figures where these are given.

    `tables` are what it is given besides its arguments; `wrt` are the texts of those that derivatives
    are by.
    """
    loss = _loss(parts)
    given = {table.name: Numbers(table.numbers, table.shape) for table in tables if not table.is_persons}
    above = {name: Numbers.of(entries) for name, entries in parts.tables.items()}
    letters = letters_of({**given, **above})
    names = _symbols(parts, wrt, loss) | letters
    setter = Typesetter(names, shape)
    value = parts.value.id if isinstance(parts.value, ast.Name) else ""

    def left(name: str) -> str:
        text = names[name].text if name in names else symbol(name).text
        return f"{loss} = {text}" if name == value and text != loss else text

    body = [*parts.forward, *parts.backward]
    statements = (
        Statements(setter, left, body)
        if figures is None
        else WithFigures(setter, left, body, figures, names)
    )
    forward: list[Line | Group] = [told(setter, letters[name], table) for name, table in given.items()]
    forward += statements.lines(parts.forward)
    if value not in statements.known:
        forward.append(statements.result(loss, parts.value))
    backward = [*statements.lines(parts.backward), *_results(wrt, parts, statements, names, loss)]
    if backward:
        backward[0].is_apart = bool(forward)
    return aligned([*forward, *backward])


def _loss(parts: Parts) -> str:
    """Return what the loss is called in derivatives: its own name where that is one letter, else L."""
    used = {*_assigned(parts.forward), *_assigned(parts.backward), *parts.arguments}
    if isinstance(parts.value, ast.Name) and parts.value.id not in parts.arguments:
        stem, indices = symbol(parts.value.id)
        if not stem.startswith(r"\mathrm") and not indices:
            return stem
    return r"\mathcal{L}" if "L" in used else "L"


def _symbols(parts: Parts, wrt: Sequence[str], loss: str) -> dict[str, Named]:
    """Return what each name is set as; two names are never the same."""
    made = {*_assigned(parts.forward), *_assigned(parts.backward)}
    results = [
        result.id  # which the forward part may have, too
        for one, result in zip(wrt, parts.derivatives)
        if isinstance(result, ast.Name) and result.id in (f"d_{one}", f"d{one}") and result.id in made
    ]
    forward = [*dict.fromkeys([*parts.arguments, *_names(parts.forward)])]
    taken: dict[str, str] = {}
    found: dict[str, Named] = {}
    stems = {symbol(name).stem for name in forward}
    own = parts.value.id if isinstance(parts.value, ast.Name) else ""
    for name in forward:
        if name in results:
            continue
        wanted = Symbol(loss) if name == own == "loss" else symbol(name)
        if wanted.stem in _PARAMETERS and r"\theta" not in stems:
            wanted = wanted._replace(stem=r"\theta")
        found[name] = _apart(name, wanted, taken)
    for name in dict.fromkeys([*results, *_assigned(parts.backward)]):
        if name not in found:
            found[name] = _apart(name, _derivative(name, found, loss) or symbol(name), taken)
    for name in _names([*parts.forward, *parts.backward]):
        if name not in found:
            found[name] = _apart(name, symbol(name), taken)
    return found


def _apart(name: str, wanted: Named, taken: dict[str, str]) -> Named:
    if taken.setdefault(wanted.text, name) != name:
        wanted = verbatim(name)
        taken[wanted.text] = name
    return wanted


def _derivative(name: str, forward: Mapping[str, Named], loss: str) -> Derivative | None:
    """Return the derivative that a name of the backward part stands for; None where that is not certain."""
    for split in re.finditer("_d_", name):
        one, other = name[: split.start()].removeprefix("d_"), name[split.end() :]
        if name.startswith("d_") and one in forward and other in forward:
            return Derivative(loss, (_plain(forward[one]), _plain(forward[other])))
    for prefix in ("d_", "d"):
        of = name.removeprefix(prefix)
        if of == name:
            continue
        meant = [one for one in (of, _unnumbered(name, forward).removeprefix(prefix)) if one in forward]
        if len({*meant}) == 1:
            return Derivative(loss, (_plain(forward[meant[0]]),))
        before = of.removesuffix("_next")
        if before != of and before in forward:
            return Derivative(loss, (_plain(forward[before]).at(r"\mathrm{next}"),))
    return None


def _unnumbered(name: str, taken: Container[str]) -> str:
    """Return the name that something wanted: without the number that it got where that was taken.

    >>> _unnumbered("d_h_2", {"d_h"}), _unnumbered("d_h_2", {"h"})
    ('d_h', 'd_h_2')
    """
    wanted = re.sub(r"_\d+$", "", name)
    return wanted if wanted in taken else name


def _plain(named: Named) -> Symbol:
    return named if isinstance(named, Symbol) else Symbol(named.text)


def _names(statements: Iterable[ast.stmt]) -> list[str]:
    """Return the names of numbers and arrays that statements have."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    others = {
        node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    others |= {"np", "float", *LIMITS}
    return [node.id for node in nodes if isinstance(node, ast.Name) and node.id not in others]


def _assigned(statements: Iterable[ast.stmt]) -> list[str]:
    """Return the names that statements assign, in order."""
    return [
        node.id
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]


class WithFigures(Statements):
    """Makes lines with the numbers of names, and the result."""

    def __init__(
        self,
        setter: Typesetter,
        left: Callable[[str], str],
        body: Sequence[ast.stmt],
        figures: Figures,
        names: Mapping[str, Named],
    ) -> None:
        super().__init__(setter, left, body)
        self._figures = figures
        self._numbers = figures.setter(names)
        self._is_taken = True

    def more(self, name: str, value: ast.expr) -> Sequence[tuple[str, str]]:
        return self._figures.compute(name, value, self._numbers) if self._is_taken else ()

    def branches(self, statement: ast.If) -> Iterator[tuple[str, list[ast.stmt]]]:
        was_taken, holds = self._is_taken, self._figures.holds(statement.test)
        for remark, body in super().branches(statement):
            self._is_taken = was_taken and holds == (body is statement.body)
            yield remark, body
            self._is_taken = was_taken


def _results(
    wrt: Sequence[str], parts: Parts, statements: Statements, names: Mapping[str, Named], loss: str
) -> Iterator[Line]:
    """Yield the derivatives that have no line of their own, and further outputs."""
    symbols = [_plain(names.get(text) or symbol(text)) for text in wrt]
    width = len(wrt)
    pairs: list[tuple[tuple[Symbol, ...], ast.expr]] = [
        ((one,), result) for one, result in zip(symbols, parts.derivatives)
    ]
    pairs += [
        ((symbols[place // width], symbols[place % width]), result)
        for place, result in enumerate(parts.second)
        if place // width <= place % width
    ]
    for by, result in pairs:
        line = Derivative(loss, by).text
        if not (isinstance(result, ast.Name) and names[result.id].text == line):
            yield statements.result(line, result)
    for key, result in parts.extras:
        if not (isinstance(result, ast.Name) and result.id == key):
            yield statements.result(symbol(key).text, result)
