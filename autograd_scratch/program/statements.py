"""Which equations get a line of their own, in which order, and under which condition.

An equation that is used once is written into the line that uses it, as long as that stays readable. One
that only arms of a `where` use is computed only where such an arm is taken: its guard is the conditions
that all its uses have in common.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..primitives import Primitive
from ..primitives.piecewise import select
from ..primitives.reductions import dot_p, mean_p, prod_p, sum_p
from .expressions import ATOM, MATH, PRODUCT, SIGN, Text, constant, dot_terms, written
from .naming import Names
from .operands import Operand
from .variables import Variable

PLACEHOLDER = "\0"  # for the name of the variable that a part of a long sum goes on with

LONGEST = 72  # characters of an equation that is written into another one
DEEPEST = 6
NESTED = 8  # conditions inside each other
MANY = 200  # terms in a line

STEMS = {"dot": "z", "exp": "e", "select": "chosen", "sum": "total", "less": "is_less"}


@dataclass(frozen=True)
class Guard:
    """A condition under which an equation is needed, inside another guard."""

    outer: "Guard | None"
    condition: Variable
    taken: bool
    depth: int

    def path(self) -> list["Guard"]:
        """Return the guards from the outermost to this one."""
        outer = self.outer.path() if self.outer is not None else []
        return [*outer, self]


@dataclass
class Statement:
    """The lines of source that give a variable its value, mostly one, and where they stand."""

    variable: Variable
    texts: list[str]
    guard: Guard | None


@dataclass
class Statements:
    """The lines that compute `results`, and the texts of these."""

    names: Names
    functions: dict[Primitive, str] = field(default_factory=dict)
    lines: list[Statement] = field(default_factory=list)
    texts: dict[Variable, Text] = field(default_factory=dict)

    def name(self, variable: Variable, wanted: str | None) -> str:
        """Give a variable the name it wants, or the next one of its kind, and return it."""
        if wanted:
            name = self.names.new(wanted)
        else:
            primitive = variable.primitive.name if variable.primitive is not None else "x"
            indices = "".join(f"_{part}" for part in variable.place[1].split(".") if part.isdigit())
            stem = STEMS.get(primitive, "t")
            name = self.names.new(stem + indices) if indices else self.names.numbered(stem)
        self.texts[variable] = Text(name, ATOM)
        return name

    def text(self, operand: Operand) -> Text:
        """Return how an operand is written."""
        return self.texts[operand] if operand.__class__ is Variable else constant(operand)

    def write(
        self, variables: Sequence[Variable], results: Iterable[Operand], named: bool, with_results: bool
    ) -> None:
        """Write what `results` need. What is used once goes into the line that uses it, if it fits there.

        With `named`, what has a name has a line of its own; `with_results` says whether results have one.
        """
        results = [result for result in results if result.__class__ is Variable]
        uses = _uses(variables, results)
        guards = _guards(variables, results, uses)
        wanted = set(results)
        for condition in _guarding(guards, uses):
            uses[condition] += 1
        for variable in _scheduled([v for v in variables if v in uses], guards):
            if not variable.parents:
                continue
            parts = self._parts(variable)
            text = parts[-1] if len(parts) == 1 else None
            own_line = with_results if variable in wanted else named and variable.name is not None
            if text is not None and uses[variable] == 1 and not own_line and _fits(text):
                self.texts[variable] = text
                continue
            name = self.name(variable, variable.name)
            self.lines.append(
                Statement(
                    variable, [part.text.replace(PLACEHOLDER, name) for part in parts], guards.get(variable)
                )
            )

    def _parts(self, variable: Variable) -> list[Text]:
        """Return the text of an equation: in several parts if it is a sum of very many terms.

        Each part but the first begins with the variable itself.
        """
        primitive = variable.primitive
        assert primitive is not None
        args = [self.text(parent) for parent in variable.parents]
        if primitive in _LONG and len(args) > MANY:
            return _LONG[primitive](args)
        return [written(primitive, args, self._function)]

    def _function(self, primitive: Primitive) -> str:
        """Return what a primitive is called that is neither an operator nor a comparison."""
        if primitive not in self.functions:
            self.functions[primitive] = MATH.get(primitive) or self.names.new(name_in_source(primitive))
        return self.functions[primitive]


def name_in_source(primitive: Primitive) -> str:
    """Return the name by which a primitive is called, where that is free."""
    return str(
        primitive.name if primitive.family else getattr(primitive.forward, "__name__", primitive.name)
    )


def _fits(text: Text) -> bool:
    return len(text.text) <= LONGEST and text.depth <= DEEPEST


def _uses(variables: Sequence[Variable], results: Sequence[Variable]) -> dict[Variable, int]:
    """Count how often each variable that is needed is used."""
    uses: dict[Variable, int] = {}
    for result in results:
        uses[result] = uses.get(result, 0) + 1
    for variable in reversed(variables):
        if variable in uses:
            for parent in variable.parents:
                if parent.__class__ is Variable:
                    uses[parent] = uses.get(parent, 0) + 1
    return uses


def _guards(
    variables: Sequence[Variable], results: Sequence[Variable], uses: dict[Variable, int]
) -> dict[Variable, Guard | None]:
    """Return the conditions under which each variable is needed, if there are any."""
    if not any(variable.primitive is select for variable in variables):
        return {}
    guards: dict[Variable, Guard | None] = dict.fromkeys(results, None)
    arms: dict[tuple[Guard | None, Variable, bool], Guard] = {}
    for variable in reversed(variables):
        if variable not in uses:
            continue
        here = guards[variable]
        contexts = [here] * len(variable.parents)
        condition = variable.parents[0] if variable.primitive is select else None
        if condition.__class__ is Variable and (here is None or here.depth < NESTED):
            depth = 1 if here is None else here.depth + 1
            for i, taken in ((1, True), (2, False)):
                guard = Guard(here, condition, taken, depth)
                contexts[i] = arms.setdefault((here, condition, taken), guard)
        for parent, context in zip(variable.parents, contexts):
            if parent.__class__ is Variable:
                guards[parent] = _common(guards[parent], context) if parent in guards else context
    return guards


def _guarding(guards: dict[Variable, Guard | None], uses: dict[Variable, int]) -> set[Variable]:
    """Return the conditions that stand in an `if` as well, around variables used more than once."""
    return {
        outer.condition
        for variable, guard in guards.items()
        if guard is not None and variable.parents and uses[variable] > 1
        for outer in guard.path()
    }


def _common(one: Guard | None, other: Guard | None) -> Guard | None:
    """Return the innermost guard around both."""
    while one is not other:
        if one is None or other is None:
            return None
        if one.depth >= other.depth:
            one, other = one.outer, other
        else:
            other = other.outer
    return one


def _scheduled(variables: Sequence[Variable], guards: dict[Variable, Guard | None]) -> list[Variable]:
    """Return the variables in an order in which each comes after the conditions of its guard."""
    if not guards:
        return list(variables)
    order: dict[Variable, None] = {}
    for root in variables:
        pending = [root]
        while pending:
            variable = pending[-1]
            if variable in order:
                pending.pop()
                continue
            guard = guards.get(variable)
            needed = [parent for parent in variable.parents if parent.__class__ is Variable]
            needed += [outer.condition for outer in guard.path()] if guard is not None else []
            missing = [other for other in needed if other not in order]
            if missing:
                pending += missing
            else:
                order[pending.pop()] = None
    return list(order)


def _chunks(terms: Sequence[str], sign: str) -> list[Text]:
    """Return a long sum or product in parts."""
    chunks = [terms[i : i + MANY] for i in range(0, len(terms), MANY)]
    first, *others = [f" {sign} ".join(chunk) for chunk in chunks]
    return [Text(text, ATOM) for text in (first, *(f"{PLACEHOLDER} {sign} {other}" for other in others))]


_LONG: dict[Primitive, Callable[[Sequence[Text]], list[Text]]] = {
    sum_p: lambda args: _chunks([arg.inside(PRODUCT) for arg in args], "+"),
    mean_p: lambda args: [
        *_chunks([arg.inside(PRODUCT) for arg in args], "+"),
        Text(f"{PLACEHOLDER} / {float(len(args))!r}", ATOM),
    ],
    prod_p: lambda args: _chunks([arg.inside(SIGN) for arg in args], "*"),
    dot_p: lambda args: _chunks(dot_terms(args), "+"),
}
