"""What is compared, in one form: a loss, the arrays at which, and hand-written gradients of some of them.

People have arrays, nested lists, numbers, Values or a model; their gradients are such too, or a function
that computes them. A block is one of these arrays, or an intermediate result that the loss marks.
"""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..arrays.containers import arrange, entries, extent
from ..arrays.conversion import data, number_of
from ..errors import DataError, ShapeError, UnknownNameError, look_up
from ..ieee import describe
from ..nn.module import Module
from ..nn.substitution import substituted
from ..value import Value

_AFFIXES = ("d{}", "d_{}", "grad_{}", "{}_grad", "g{}", "D{}")


class Gradient(NamedTuple):
    """A gradient written by hand: its numbers in order, its shape, and whether float32 can hold them."""

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
        return deepcopy(self.at) | self.others


def problem_of(loss: Any, at: Any, hand: Any) -> Problem:
    """Return what people give `compare` in one form, or say what is wrong with it."""
    if not callable(loss):
        raise DataError(
            f"compare takes the loss as a function, called as loss(**at), not {describe(loss)}; write it "
            "as def loss(W1, b1): ... return a number"
        )
    groups: dict[str, Any] = {}
    if isinstance(at, Module):
        loss, at, groups = _of_model(loss, at)
    if not isinstance(at, Mapping) or not at:
        raise DataError(
            f"at says at which arrays, by name, as at={{'W1': W1, 'b1': b1}}; not {describe(at)}"
        )
    _check_call(loss, at)
    if callable(hand) and not isinstance(hand, Mapping):
        hand = _computed(hand, at)
    if not isinstance(hand, Mapping) or not hand:
        raise DataError(
            "hand has the gradients written by hand, by name, as hand={'W1': dW1, 'b1': db1}, or is a "
            f"function that is called as backward(**at) and returns them; not {describe(hand)}"
        )
    hand = _grouped(hand, groups)
    gradients = {name: _gradient(name, tree) for name, tree in hand.items()}
    named = {_name_of(key, at): gradient for key, gradient in gradients.items()}
    if len(named) < len(gradients):
        raise UnknownNameError(f"hand has two gradients for one array: {', '.join(map(repr, hand))}")
    compared = {name: _numbers(name, tree) for name, tree in at.items() if name in named}
    return Problem(loss, compared, {k: v for k, v in at.items() if k not in named}, named)


def check_names(problem: Problem, marked: Collection[str]) -> dict[str, Gradient]:
    """Return the gradients by the names of arguments and of what the loss marked; refuse unknown ones."""
    known = {**problem.at, **dict.fromkeys(marked)}
    found = {}
    for key, gradient in problem.hand.items():
        name = _name_of(key, known)
        if name not in known:
            look_up(key, known, "array of `at`, or result that the loss marks,")
        found[name] = gradient
    return found


def _name_of(key: str, known: Collection[str]) -> str:
    """Return the array that a gradient is of: dW1 is of W1, unless there is an array called dW1."""
    if key in known:
        return key
    return next((name for name in known for affix in _AFFIXES if affix.format(name) == key), key)


def _check_call(loss: Callable[..., Any], at: Mapping[str, Any]) -> None:
    for key in at:
        if not isinstance(key, str):
            raise DataError(
                f"the arrays of at have names, and {describe(key)} is none; write at={{'W1': W1}}"
            )
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


def _computed(backward: Callable[..., Any], at: Mapping[str, Any]) -> Any:
    """Return the gradients that a person's own backward function gives."""
    try:
        inspect.signature(backward).bind(**at)
    except TypeError as fault:
        raise DataError(
            f"hand is a function, and is called as the loss is, with {', '.join(at)} by name: {fault}"
        ) from None
    except ValueError:
        pass
    found = backward(**deepcopy({key: _plain(tree) for key, tree in at.items()}))
    if isinstance(found, (tuple, list)) and len(found) == len(at):
        return dict(zip(at, found))
    if not isinstance(found, Mapping):
        raise DataError(
            f"a backward function returns a dict of gradients by name, or all of {', '.join(at)} in this "
            f"order, not {describe(found)}"
        )
    return found


def _plain(tree: Any) -> Any:
    """Return the numbers of Values; anything else as it is."""
    return data(tree) if any(isinstance(entry, Value) for _, entry in entries(tree)) else tree


def _numbers(name: str, tree: Any) -> Any:
    """Return a block as floats, in arrays or lists as it was given."""
    numbers = [number_of(entry, place) for place, entry in entries(tree, f"at[{name!r}]")]
    if not numbers:
        raise ShapeError(f"at[{name!r}] is empty: {describe(tree)}")
    return arrange(tree, numbers)


def _gradient(name: str, tree: Any) -> Gradient:
    if not isinstance(name, str):
        raise DataError(f"the gradients have names, and {describe(name)} is none; write hand={{'W1': dW1}}")
    numbers = [number_of(entry, place) for place, entry in entries(tree, f"hand[{name!r}]")]
    dtype = str(getattr(tree, "dtype", ""))
    return Gradient(numbers, extent(tree), dtype in ("float32", "float16"))


def _of_model(
    loss: Callable[..., Any], model: Module
) -> tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]:
    """Return the loss of a model as a function of its blocks, these, and the paths that they consist of.

    The weights of the neurons of one layer are one block: layers.0.neurons.2.w.1 is entry [2][1] of
    layers.0.w.
    """
    try:
        inspect.signature(loss).bind(model)
    except TypeError as fault:
        raise DataError(f"with a model for at, the loss is called as loss(model): {fault}") from None
    groups: dict[str, dict[tuple[int, ...], str]] = defaultdict(dict)
    for path, _ in model.named_parameters():
        name, index = _block_and_index(path)
        groups[name][index] = path
    parameters = dict(model.named_parameters())
    paths = {name: _nested(found) for name, found in groups.items()}
    at = {
        name: arrange(tree, [parameters[path].data for _, path in entries(tree)])
        for name, tree in paths.items()
    }

    def of_blocks(**blocks: Any) -> Any:
        state: dict[str, Any] = {}
        for name, tree in blocks.items():
            state |= dict(zip((path for _, path in entries(paths[name])), (x for _, x in entries(tree))))
        with substituted(model, state):
            return loss(model)

    return of_blocks, at, paths


def _block_and_index(path: str) -> tuple[str, tuple[int, ...]]:
    """Return the block of a parameter, and its place there.

    >>> _block_and_index("layers.0.neurons.2.w.1"), _block_and_index("scale")
    (('layers.0.w', (2, 1)), ('scale', ()))
    """
    first = [int(i) for i in re.findall(r"\.neurons\.(\d+)", f".{path}")]
    name = re.sub(r"\.neurons\.\d+", "", f".{path}")[1:]
    stem = re.sub(r"(\.\d+)+$", "", name)
    return stem, (*first, *map(int, re.findall(r"\d+", name[len(stem) :])))


def _nested(found: Mapping[tuple[int, ...], str]) -> Any:
    """Return paths in nested lists by their indices."""
    if list(found) == [()]:
        return found[()]
    tree: dict[int, dict[tuple[int, ...], str]] = defaultdict(dict)
    for (i, *rest), path in found.items():
        tree[i][tuple(rest)] = path
    return [_nested(tree[i]) for i in sorted(tree)]


def _grouped(hand: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gradients of a model's parameters by block, where they are given one by one."""
    rest = dict(hand)
    for name, tree in groups.items():
        paths = [path for _, path in entries(tree)]
        if name not in rest and all(path in rest for path in paths):
            rest[name] = arrange(tree, [number_of(rest.pop(path), path) for path in paths])
    return rest
