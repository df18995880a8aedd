"""What is compared, in one form: a loss, the arrays at which, and hand-written gradients of some of them.

People have arrays, nested lists, numbers, Values or a model; their gradients are such too, or a function
that computes them. A block is one of these arrays, or an intermediate result that the loss marks.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..arrays.containers import arrange, entries, extent
from ..arrays.conversion import number_of
from ..errors import DataError, ShapeError, UnknownNameError, look_up
from ..ieee import describe, is_array_of_one
from ..nn.module import Module
from .calls import Calls
from .parameters import grouped, of_blocks
from .precision import is_half, is_single, needs_single
from .runs import copied

__tracebackhide__ = True  # pytest shows the lines of people, not these

_AFFIXES = ("d{}", "d_{}", "grad_{}", "{}_grad", "g{}", "D{}")


class Gradient(NamedTuple):
    """A gradient written by hand: its numbers in order, its shape, and whether float32 made them."""

    numbers: list[float]
    shape: tuple[int, ...]
    is_single: bool


@dataclass(frozen=True)
class Problem:
    """A loss as a function of keywords, the numbers at which, and the gradients written by hand.

    `at` are the arguments by which is differentiated, in floats; `others` are handed on as they are.
    """

    loss: Callable[..., Any]
    at: dict[str, Any]
    others: dict[str, Any]
    hand: dict[str, Gradient]

    def arguments(self) -> dict[str, Any]:
        """Return copies of all arguments, of numbers."""
        return {name: copied(tree) for name, tree in (self.at | self.others).items()}


def calls_of(loss: Any, at: Any) -> Calls:
    """Return a loss and what it is called with, or say what is wrong with these."""
    if not callable(loss):
        raise DataError(
            f"compare takes the loss as a function, called as loss(**at), not {describe(loss)}; write it "
            "as def loss(W1, b1): ... return a number"
        )
    is_model = isinstance(at, Module)
    if not is_model and not (isinstance(at, Mapping) and at):
        raise DataError(
            f"at says at which arrays, by name, as at={{'W1': W1, 'b1': b1}}; not {describe(at)}"
        )
    if not is_model:
        _check_call(loss, at)
    return Calls(loss, at)


def problem_of(calls: Calls, hand: Any) -> Problem:
    """Return what people give `compare` in one form, or say what is wrong with it."""
    loss, at = calls.loss, calls.at
    groups: dict[str, Any] = {}
    if calls.model is not None:
        loss, at, groups = of_blocks(loss, calls.model)
    if callable(hand) and not isinstance(hand, Mapping):
        hand = _by_name(calls.backward(hand), at)
    if not isinstance(hand, Mapping) or not hand:
        raise DataError(
            "hand has the gradients written by hand, by name, as hand={'W1': dW1, 'b1': db1}, or is a "
            f"function that is called as backward(**at) and returns them; not {describe(hand)}"
        )
    hand = grouped(hand, groups)
    _check_keys(hand, "the gradients have names", "hand={'W1': dW1}")
    named = _by_block(hand, at)
    compared = {name: _numbers(name, tree) for name, tree in at.items() if name in named}
    return Problem(loss, compared, {k: v for k, v in at.items() if k not in named}, named)


def _by_block(hand: Mapping[str, Any], at: Mapping[str, Any]) -> dict[str, Gradient]:
    """Return the gradients by the names of what they are by."""
    by_name = {name: (key, hand[key]) for name, key in _one_each(hand, at).items()}
    single = is_single({name: tree for name, tree in at.items() if name in by_name})
    return {
        name: _gradient(key, _like(tree, at.get(name), f"hand[{key!r}]"), single)
        for name, (key, tree) in by_name.items()
    }


def check_names(problem: Problem, marks: Mapping[str, int]) -> dict[str, Gradient]:
    """Return the gradients by the names of arguments and of what the loss marked; refuse unknown ones.

    `marks` says how often the loss marked each name; a gradient of more than one result is refused.
    """
    known = {**problem.at, **problem.others, **marks}
    found = _one_each(problem.hand, known)
    for name, key in found.items():
        if name not in known:
            look_up(key, known, "array of `at`, or result that the loss marks,")
        if marks.get(name, 1) > 1:
            raise UnknownNameError(
                f"the loss marks {marks[name]} results as {name!r}, and hand has one gradient for them; "
                f"give each a name and a gradient of its own, in a loop as mark(..., f'{name}{{t}}')"
            )
    return {name: problem.hand[key] for name, key in found.items()}


def _one_each(keys: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Return the keys of gradients by the names of what they are by; refuse two for one."""
    found: dict[str, str] = {}
    for key in keys:
        name = _name_of(key, known)
        if name in found:
            raise UnknownNameError(
                f"hand has two gradients for {name}: {found[name]!r}, {key!r}; leave one of them out"
            )
        found[name] = key
    return found


def _name_of(key: str, known: Collection[str]) -> str:
    """Return the name of the array that a gradient is of: dW1 is of W1, unless there is one called dW1."""
    if key in known:
        return key
    return next((name for name in known for affix in _AFFIXES if affix.format(name) == key), key)


def _check_keys(mapping: Mapping[Any, Any], rule: str, example: str) -> None:
    """Refuse what is not called by a name."""
    for key in mapping:
        if not isinstance(key, str):
            raise DataError(f"{rule}, and {describe(key)} is none; write {example}")


def _check_call(loss: Callable[..., Any], at: Mapping[str, Any]) -> None:
    """Refuse arrays with which the loss cannot be called."""
    _check_keys(at, "the arrays of at have names", "at={'W1': W1}")
    try:
        inspect.signature(loss).bind(**at)
    except TypeError as fault:
        raise DataError(
            f"the loss is called as loss({', '.join(f'{key}=...' for key in at)}), by the names in at, and "
            f"its signature is {inspect.signature(loss)}: {fault}; what else it needs is taken from its "
            "closure"
        ) from None
    except ValueError:  # a function without a signature
        return


def _by_name(found: Any, at: Mapping[str, Any]) -> Mapping[Any, Any]:
    """Return by name the gradients that a person's own backward function gives."""
    names = ", ".join(at)
    if isinstance(found, Mapping):
        return found
    if isinstance(found, (tuple, list)) and len(found) == len(at):
        return dict(zip(at, found))
    if len(at) == 1 and found is not None:
        return dict.fromkeys(at, found)
    if isinstance(found, tuple) and isinstance(found[-1], Mapping):
        raise DataError(
            "the backward function returns the gradients and more; give compare the gradients alone, as "
            "hand=lambda **at: backward(**at)[-1]"
        )
    raise DataError(
        f"a backward function returns a dict of gradients by name, or all of {names} in this order, "
        f"not {describe(found)}"
    )


def _numbers(name: str, tree: Any) -> Any:
    """Return a block as floats, in arrays or lists as it was given."""
    numbers = [number_of(entry, place) for place, entry in entries(tree, f"at[{name!r}]")]
    if not numbers:
        raise ShapeError(f"at[{name!r}] is empty: {describe(tree)}; there is nothing to differentiate by")
    if is_array_of_one(tree):
        import numpy

        return numpy.float64(numbers[0])
    return arrange(tree, numbers)


def _like(tree: Any, like: Any, place: str) -> Any:
    """Return a tree with the branches of its dicts in the order in which another has them."""
    if isinstance(tree, Mapping) and isinstance(like, Mapping):
        if set(tree) != set(like):
            raise UnknownNameError(
                f"{place} has gradients for {', '.join(map(repr, tree)) or 'nothing'}, and what it is the "
                f"gradient by consists of {', '.join(map(repr, like))}"
            )
        return {key: _like(tree[key], like[key], f"{place}[{key!r}]") for key in like}
    if isinstance(tree, (list, tuple)) and isinstance(like, (list, tuple)) and len(tree) == len(like):
        return [_like(part, other, f"{place}[{i}]") for i, (part, other) in enumerate(zip(tree, like))]
    return tree


def _gradient(key: str, tree: Any, single: bool) -> Gradient:
    """Return a gradient as numbers; `single` says that what it is by is of float32."""
    if is_half(tree):
        raise DataError(
            f"hand[{key!r}] is of float16, which keeps three digits: too few to tell right from wrong; "
            "compute it in float32 or float64"
        )
    numbers = [number_of(entry, place) for place, entry in entries(tree, f"hand[{key!r}]")]
    return Gradient(numbers, extent(tree), single or is_single(tree) or needs_single(numbers))
