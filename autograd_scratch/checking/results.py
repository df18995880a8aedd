"""Gradients in `hand` of what is no argument: of marked results, and of what the pass calls so.

A backward pass often returns dZ2 and dA1 beside the gradients that are asked for. What it calls dZ2 need
not be the gradient of Z2: a factor may wait for the end, and Z2 may be another array by then. So such
entries locate a mistake, and do not make one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import prod
from typing import Any

from ..arrays.containers import entries, extent
from ..arrays.conversion import data
from ..errors import AutogradError, UnknownNameError, look_up
from ..value import Value
from ..wording import number
from .explaining import BAD
from .findings import OK
from .inputs import Gradient, Problem, gradient_of
from .judgement import Comparison
from .mistakes.constant_factors import multiple
from .names import meant, plain
from .passes.forward import Forward
from .passes.observer import Observer
from .rows import Given

_LOSSES = ("loss", "cost", "j", "l", "error", "objective")
_WHAT = "array of `at`, or result that the loss marks,"
_ALIKE = 1e-6  # relative: numbers that are the same


def results_of(problem: Problem, observer: Observer) -> dict[str, Any]:
    """Return the results of the pass of which `hand` has gradients, by the names of its variables."""
    found: dict[str, Any] = {}
    taken = {*problem.at, *problem.others, *observer.marks}
    for key, given in problem.more.items():
        gradient = _read(given) if _among(key, observer.marks) is None else None
        if gradient is not None:
            name, result = _result(key, gradient, observer, taken)
            found |= {name: result} if name else {}
            taken.add(name)
    return found


def _result(key: str, gradient: Gradient, observer: Observer, taken: Collection[str]) -> tuple[str, Any]:
    """Return the variable whose gradient a key has, by name and value; no name if there is none.

    What has the numbers of the variable is this itself, which backward passes hand on as well.
    """
    for name in (key, *meant(key)):
        result = _variable(observer, name, gradient.shape) if name not in taken else None
        if result is not None and not _is_near(gradient.numbers, [*map(data, _entries(result))]):
            return name, result
    return "", None


class More:
    """The entries of `hand` that are of no argument: by marks, by results of the pass, and what is left."""

    def __init__(self, problem: Problem, observer: Observer, forward: Forward) -> None:
        self._problem, self._observer = problem, observer
        names = [name for name in forward.blocks if name not in {*problem.at, *observer.marks}]
        self._marked = _by_name(problem.more, observer.marks)
        self._results = _by_name(problem.more, names)
        nodes = {forward.blocks[name].nodes: name for name in problem.at if name not in problem.hand}
        self._arguments = {
            name: nodes[forward.blocks[name].nodes]
            for name in self._results
            if forward.blocks[name].nodes in nodes
        }

    def of_blocks(self) -> dict[str, Gradient]:
        """Return the gradients of what the loss marks, and of arguments by the names of its variables.

        Two for one mark are refused, and one for two.
        """
        more, marks = self._problem.more, self._observer.marks
        for name, keys in self._marked.items():
            if len(keys) > 1:
                raise UnknownNameError(
                    f"hand has two gradients for {name}, {more[keys[0]].place} and {more[keys[1]].place}; "
                    "leave one of them out"
                )
            if marks[name] > 1:
                raise UnknownNameError(
                    f"the loss marks {marks[name]} results as {name!r}, and hand has one gradient for "
                    f"them; give each a name and a gradient of its own, in a loop as "
                    f"mark(..., f'{name}{{t}}')"
                )
        marked = {name: gradient_of(more[keys[0]]) for name, keys in self._marked.items()}
        return marked | {
            block: gradient_of(more[self._results[name][0]]) for name, block in self._arguments.items()
        }

    def of_results(self) -> dict[str, Gradient]:
        """Return the gradients of results of the pass."""
        return {
            name: gradient_of(self._problem.more[keys[0]])
            for name, keys in self._results.items()
            if name not in self._arguments
        }

    def notes(self, value: float) -> Iterator[str]:
        """Yield what is to be said of the rest, and of a loss beside gradients; refuse misspelt names."""
        problem = self._problem
        used = {keys[0] for keys in (*self._marked.values(), *self._results.values())}
        left = {key: given for key, given in problem.more.items() if key not in used}
        losses = [problem.beside] + [given.tree for key, given in left.items() if plain(key) in _LOSSES]
        left = {key: given for key, given in left.items() if plain(key) not in _LOSSES}
        for key, given in left.items():
            self._check_spelling(key, given)
        if not used and not problem.hand:
            look_up(next(iter(problem.more)), self._known(), _WHAT)
        if left:
            yield (
                f"{', '.join(left)} {'is' if len(left) == 1 else 'are'} left out: the forward pass has no "
                "single result of this name and shape to hold against."
            )
        for loss in (loss for each in losses for loss in _numbers(each)):
            if abs(loss - value) > _ALIKE * max(abs(loss), abs(value)):
                yield (
                    f"The loss that comes with your gradients is {number(loss)}, and here it is "
                    f"{number(value)}: is it another loss, or another point?"
                )

    def _known(self) -> dict[str, Any]:
        """Return what a gradient may be of, by name."""
        return {**self._problem.at, **self._problem.others, **self._observer.marked}

    def _check_spelling(self, key: str, given: Given) -> None:
        """Refuse a name that is near one without a gradient, if it may be the gradient of that."""
        known = self._known()
        free = {
            name.lower(): name
            for name, tree in known.items()
            if name not in {*self._problem.hand, *self._marked, *self._results}
            and _size(tree) == _size(given.tree)
        }
        if any(get_close_matches(name.lower(), free, n=1) for name in (key, *meant(key))):
            look_up(key, known, _WHAT)


def _variable(observer: Observer, name: str, shape: tuple[int, ...]) -> Any:
    """Return the one result that a pass calls so, of this shape; None if there are several.

    What was computed in a loop is several, though the variable has only the last one.
    """
    found = [
        thing
        for thing in observer.variables.get(name, {}).values()
        if extent(thing) == shape and _size(thing) == prod(shape)
    ]
    if len(found) != 1:
        return None
    site = observer.sites.get(next(entry for entry in _entries(found[0]) if isinstance(entry, Value)))
    if shape:
        rounds = sum(array.site is site and array.shape == shape for array in observer.arrays)
    else:
        rounds = sum(other is site for other in observer.sites.values())
    return found[0] if rounds <= 1 else None


def _by_name(keys: Collection[str], known: Collection[str]) -> dict[str, list[str]]:
    """Return keys by the name among the known ones that each means."""
    found: dict[str, list[str]] = {}
    for key in keys:
        name = _among(key, known)
        if name is not None:
            found.setdefault(name, []).append(key)
    return found


def _among(key: str, known: Collection[str]) -> str | None:
    """Return which of the known names a key is, or means."""
    return next((name for name in (key, *meant(key)) if name in known), None)


def _read(given: Given) -> Gradient | None:
    """Return a gradient as numbers, or nothing of what is none."""
    try:
        return gradient_of(given)
    except AutogradError:
        return None


def _numbers(tree: Any) -> list[float]:
    """Return the number of a loss, if it is one."""
    gradient = None if tree is None else _read(Given("the loss", tree))
    return gradient.numbers if gradient is not None and len(gradient.numbers) == 1 else []


def _is_near(numbers: Sequence[float], others: Sequence[float]) -> bool:
    """Say whether numbers are the same but for their rounding."""
    size = _ALIKE * max(map(abs, others), default=0.0)
    return all(abs(x - y) <= size for x, y in zip(numbers, others))


def _entries(tree: Any) -> Iterator[Any]:
    return (entry for _, entry in entries(tree))


def _size(tree: Any) -> int:
    return sum(1 for _ in entries(tree))


@dataclass(frozen=True)
class Weighed:
    """Gradients of results that take part: with their verdicts, and those of which it is in doubt."""

    compared: dict[str, Comparison]
    verdicts: dict[str, str]
    doubtful: frozenset[str]
    factors: Mapping[str, float]  # of those that are multiples of what is derived
    different: frozenset[str]  # that are something else

    def notes(self, dropped: Collection[str]) -> list[str]:
        """Return what is to be said of gradients that are left out."""
        said = []
        for factor in dict.fromkeys(map(number, self.factors.values())):
            names = [name for name, own in self.factors.items() if number(own) == factor]
            said.append(
                f"What hand has for {', '.join(names)} is {factor} times the gradient, and is left out: a "
                "factor may wait for later."
            )
        others = sorted({*self.different, *dropped})
        if others:
            said.append(
                f"What hand has for {', '.join(others)} is not the gradient of the forward pass's variable "
                "of that name, and is left out; in a backward pass it may stand for something else."
            )
        return said


def weighed(
    results: Mapping[str, Comparison], compared: Mapping[str, Comparison], verdicts: Mapping[str, str]
) -> Weighed:
    """Return which gradients of results take part beside the blocks that were asked for.

    What is right, does. What differs is in doubt where a block is wrong too, and left out where none is;
    asked for alone, it counts.
    """
    single = any(each.is_single for each in compared.values())
    results = {name: each.in_precision(each.is_single or single) for name, each in results.items()}
    found = {name: each.verdict() for name, each in results.items()}
    wrong = [name for name in results if found[name] not in OK] if compared else []
    factors = {name: multiple(results[name].numbers, results[name].derived) for name in wrong}
    constants = {name: factor for name, factor in factors.items() if factor}
    rest = frozenset(name for name in wrong if name not in constants and found[name] in BAD)
    doubtful = rest if BAD & {*verdicts.values()} else frozenset[str]()
    kept = {name: each for name, each in results.items() if name not in wrong or name in doubtful}
    return Weighed(kept, {name: found[name] for name in kept}, doubtful, constants, rest - doubtful)
