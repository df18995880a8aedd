"""How arguments come into a Program, by position or by name, and how results go out.

Both keep the arrangement that the Program was derived with: nested lists, tuples and dicts, and arrays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any

from ..arrays.containers import arrange, entries, paths
from ..errors import AutogradError, DataError, DetachedNumberError, ShapeError
from ..ieee import describe, real
from ..refusals import refuse_reading
from ..value import Value
from ..wording import apart, shown
from .equations import Equations
from .exactness import gives_floats
from .forms import (
    Tree,
    adding,
    all_floats,
    all_keys,
    dressed,
    dressed_rows,
    has_arrays,
    is_container,
    is_row,
    leaves,
    plain,
)
from .hiding import shows_all
from .naming import Keys


class Signature:
    """The arguments and results of a Program's functions."""

    def __init__(self, name: str, equations: Equations) -> None:
        self.name = name
        self.equations = equations
        self.varying = equations.varying

    @cached_property
    def has_arrays(self) -> bool:
        """Whether arguments or results are arrays."""
        return has_arrays([*self.equations.forms.values(), self.equations.wrt_form])

    @cached_property
    def sums(self) -> Any:
        """The value and the derivatives, arranged: what may be added up over rows."""
        eq = self.equations
        parts: list[Any] = [eq.value]
        if eq.order >= 1:
            parts.append(arrange(eq.wrt, eq.gradient))
        if eq.order >= 2:
            parts.append(arrange(eq.wrt, [arrange(eq.wrt, row) for row in eq.hessian]))
        return tuple(parts) if eq.order else eq.value

    @cached_property
    def results(self) -> Any:
        """All results, arranged."""
        extras = self.equations.extras
        if not extras:
            return self.sums
        return (*self.sums, extras) if self.equations.order else (self.sums, extras)

    @cached_property
    def shows_all(self) -> bool:
        """Whether arguments that are not finite need no look."""
        return shows_all(self.equations.equations)

    @cached_property
    def total(self) -> Callable[..., Any]:
        """The function that adds up all numbers of results, and of arguments that need a look."""
        arguments = {f"a{i}": tree for i, tree in enumerate(self.equations.arguments.values())}
        seen = {"r": self.results} | ({} if self.shows_all else arguments)
        keys = Keys()
        parts = [adding(tree, name, keys) for name, tree in seen.items()]
        return _function(", ".join(["r", *arguments]), " + ".join(parts), keys)

    @cached_property
    def total_of_rows(self) -> Callable[..., Any]:
        """The function that adds up all numbers of fixed arguments and rows, if they need a look."""
        if self.shows_all:
            return lambda *arguments: 0.0
        fixed = {f"a{i}": self.equations.arguments[key] for i, key in enumerate(self.equations.fixed)}
        varying = [self.equations.arguments[key] for key in self.varying]
        keys = Keys()
        row = adding(varying[0] if len(varying) == 1 else varying, "row", keys)
        parts = [
            *(adding(tree, name, keys) for name, tree in fixed.items()),
            f"sum([{row} for row in rows])",
        ]
        return _function(", ".join([*fixed, "rows"]), " + ".join(parts), keys)

    @cached_property
    def total_of_sums(self) -> Callable[[Any], Any]:
        """The function that adds up all numbers of sums over rows."""
        keys = Keys()
        return _function("r", adding(self.sums, "r", keys), keys)

    @cached_property
    def are_floats(self) -> Callable[..., Any]:
        """The function that says whether arguments are such that plain code gives floats."""
        names = [f"a{i}" for i in range(len(self.equations.arguments))]
        test = all_keys if gives_floats(self.equations) else all_floats
        keys = Keys()
        tests = filter(None, map(test, self.equations.arguments.values(), names, repeat(keys)))
        return _function(", ".join(names), " and ".join(tests) or "True", keys)

    @cached_property
    def names(self) -> list[str]:
        """The names of all arguments, labels among them."""
        equations = self.equations
        return list(equations.given) if equations.labels else list(equations.arguments)

    def bound(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the arguments in their order, given by position or by name; labels are looked at."""
        given = dict(zip(self.names, _bound(self.name, self.names, args, kwargs)))
        for key, labels in self.equations.labels.items():
            if plain(given[key]) != labels:
                raise DataError(
                    f"{key} holds whole numbers that choose entries, and {self.name} is for those that it "
                    "was derived with; derive it once more for others"
                )
        return tuple(given[key] for key in self.equations.arguments)

    def fixed_and_rows(self, args: Sequence[Any], doing: str) -> tuple[list[Any], list[Any]]:
        """Return the fixed arguments, with exact floats, and the rows."""
        given, rows = self.given_and_rows(args, doing)
        return [self._exact(key, argument) for key, argument in zip(self.equations.fixed, given)], rows

    def given_and_rows(self, args: Sequence[Any], doing: str) -> tuple[list[Any], list[Any]]:
        """Return the fixed arguments as they are given, and the rows."""
        fixed = self.equations.fixed
        names = [*fixed, apart("rows", fixed)]
        *given, rows = _bound(f"{self.name}.{doing}", names, args, {})
        if not isinstance(rows, Iterable) or isinstance(rows, (str, Mapping)):
            raise ShapeError(f"rows are a list with a tuple for each row, not {describe(rows)}")
        rows = rows.tolist() if hasattr(rows, "tolist") else list(rows)
        if not rows:
            raise ShapeError("there are no rows to add up")
        return given, rows

    def of_row(self, fixed: Sequence[Any], i: int, row: Any) -> tuple[Any, ...]:
        """Return all arguments for one row."""
        parts = [row] if len(self.varying) == 1 else plain(row)
        if not isinstance(parts, (list, tuple)) or len(parts) != len(self.varying):
            raise ShapeError(
                f"row {i} must be a tuple of {', '.join(self.varying)}, not {describe(row)}; "
                "from several lists write zip(X, y)"
            )
        given = dict(zip((*self.equations.fixed, *self.varying), (*fixed, *parts)))
        return tuple(given[key] for key in self.equations.arguments)

    def exact_row(self, fixed: Sequence[Any], i: int, row: Any) -> Any:
        """Return a row with exact floats."""
        given = dict(zip(self.equations.arguments, self.of_row(fixed, i, row)))
        try:
            parts = [self._exact(key, given[key]) for key in self.varying]
        except AutogradError as error:
            raise type(error)(f"row {i}: {error}") from None
        return parts[0] if len(parts) == 1 else tuple(parts)

    def _exact(self, key: str, argument: Any) -> Any:
        """Return an argument with exact floats, or say what is wrong with it."""
        tree = self.equations.arguments[key]
        return arrange(tree, numbers_of(argument, tree, key))

    def numbers(self, args: Sequence[Any]) -> list[float]:
        """Return the numbers of all arguments, or say what is wrong with them."""
        trees = zip(args, self.equations.arguments.items())
        return [number for arg, (key, tree) in trees for number in numbers_of(arg, tree, key)]

    def arranged(self, results: Sequence[Any], like: Any) -> Any:
        """Return results, or sums, as people want them."""
        return self.dressed(arrange(like, results))

    def dressed(self, results: Any) -> Any:
        """Return results with arrays where people have them."""
        if not self.has_arrays or not isinstance(results, tuple):
            return results
        order, form = self.equations.order, self.equations.wrt_form
        value, *further = results
        slopes = [dressed(gradient, form) for gradient in further[: min(order, 1)]]
        rows = [dressed_rows(hessian, form) for hessian in further[1:order]]
        return (value, *slopes, *rows, *further[order:])


def numbers_of(argument: Any, like: Tree, name: str, convert: Callable[..., Any] = real) -> list[Any]:
    """Return the numbers of an argument, arranged as `like`; a Value would lose its graph here."""
    tree = plain(argument)
    found, places = [*entries(tree, name)], [place for place, _ in entries(like, name)]
    given: dict[Any, Any] = dict(zip(paths(tree), (entry for _, entry in found)))
    wanted: list[Any] = [*paths(like)]
    if given.keys() != {*wanted}:  # a nan that was pickled is another nan: keys of the same text will do
        given, wanted = dict(found), places
    if given.keys() != {*wanted} or len(given) < len(wanted):
        missing = [f": {place} is missing" for place in places if place not in given]
        extra = [f": {place} is too much" for place in given if place not in {*places}]
        what = [*missing, *extra, ": its keys cannot be told apart"][0] if is_container(like) else ""
        raise ShapeError(f"the argument {name} must be {_told(like)}, not {describe(argument)}{what}")
    return [convert(_no_value(given[key], place), place) for key, place in zip(wanted, places)]


def _no_value(entry: Any, place: str) -> Any:
    if not isinstance(entry, Value):
        return entry
    if entry.is_traced():
        refuse_reading("a Program")
    raise DetachedNumberError(
        f"{place} is {entry!r}, whose graph would end here silently. For its number write .data, for those "
        "of a model data(model.parameters()); to go on differentiating call the function itself"
    )


def _told(like: Tree) -> str:
    if not is_container(like):
        return "one number"
    if isinstance(like, dict):
        return f"a dict with {', '.join(map(shown, like))}"
    inside = "" if is_row(like) else f" with {len(leaves(like))} numbers in all"
    return f"a {type(like).__name__} of {len(like)}{inside}"


def _bound(called: str, names: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
    """Return the arguments in the order of `names`."""
    signature = f"{called}({', '.join(names)})"
    if len(args) > len(names):
        raise ShapeError(f"{signature} takes {len(names)} arguments, and was given {len(args)}")
    given = dict(zip(names, args))
    for key, argument in kwargs.items():
        if key not in names:
            raise ShapeError(f"{signature} has no argument {key!r}")
        if key in given:
            raise ShapeError(f"{signature} was given {key!r} twice, by position and by name")
        given[key] = argument
    missing = [name for name in names if name not in given]
    if missing:
        raise ShapeError(f"{signature} was not given {', '.join(missing)}")
    return [given[name] for name in names]


def _function(arguments: str, text: str, keys: Keys) -> Callable[..., Any]:
    function: Callable[..., Any] = eval(f"lambda {arguments}: {text}", keys.constants)
    return function
