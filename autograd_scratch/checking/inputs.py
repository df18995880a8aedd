"""What is compared, in one form: a loss, the arrays at which, and hand-written gradients of some of them.

People have arrays, nested lists, numbers, Values or a model; their gradients are such too, or a function
that computes them. A block is one of these arrays, or an intermediate result that the loss marks.
"""

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from ..arrays.containers import arrange, entries, extent
from ..arrays.conversion import number_of
from ..errors import DataError, ShapeError
from ..ieee import describe, is_array_of_one
from ..nn.module import Module
from ..value import Value
from .calls import Calls, as_arguments
from .matching import Matched, matched
from .methods import is_object
from .objects import ObjectCalls
from .parameters import by_path, grouped, of_blocks
from .parts import parts_of, taken_apart
from .precision import is_half, is_single, needs_single
from .rows import Given
from .runs import copied

__tracebackhide__ = True  # pytest shows the lines of people, not these


class Gradient(NamedTuple):
    """A gradient written by hand: its numbers in order, its shape, and whether float32 made them."""

    numbers: list[float]
    shape: tuple[int, ...]
    is_single: bool


@dataclass(frozen=True)
class Problem:
    """A loss as a function of keywords, the numbers at which, and the gradients written by hand.

    `at` are the blocks by which is differentiated, in floats; `others` are handed on as they are. `hand`
    has gradients by block, `by_columns` the same where they came as one vector, which may have matrices
    column by column; `more` is what is of no block, by its key, `beside` the loss that came with them.
    """

    loss: Callable[..., Any]
    at: dict[str, Any]
    others: dict[str, Any]
    hand: dict[str, Gradient]
    by_columns: dict[str, Gradient]
    more: dict[str, Given]
    beside: Any = None
    notes: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return copies of all arguments, of numbers."""
        return {name: copied(tree) for name, tree in (self.at | self.others).items()}


def calls_of(loss: Any, at: Any, inputs: Any) -> Calls:
    """Return a loss and what it is called with, or say what is wrong with these."""
    if isinstance(at, Module):
        return Calls(_function(loss), at)
    if is_object(at):  # a network, with which the loss is called, or which it holds
        takes = callable(loss) and bool(inspect.signature(loss).parameters)
        return ObjectCalls(partial(loss, at) if takes else loss, None, inputs, network=at)
    arguments = _arguments_told(loss, at, inputs)
    if arguments is not None:
        return Calls(loss, arguments)
    if _finds_them(loss, at, inputs):
        return ObjectCalls(loss, at, inputs)
    if is_object(loss) and not callable(loss):
        raise DataError(
            f"at names the arrays of a network, as at=['W1', 'b1'], and is {describe(at)}; what the loss "
            "is called with is inputs=(X, y)"
        )
    _function(loss)
    if not isinstance(at, Mapping) or not at:
        raise DataError(
            f"at says at which arrays, by name, as at={{'W1': W1, 'b1': b1}}; not {describe(at)}"
        )
    if isinstance(inputs, Mapping):
        loss = partial(loss, **inputs)
    elif as_arguments(inputs):
        loss = partial(loss, *as_arguments(inputs))
    _check_call(_function(loss), at)
    return Calls(loss, at)


def _arguments_told(loss: Any, at: Any, inputs: Any) -> dict[str, Any] | None:
    """Return all arguments of a loss by name, where `at` names some of its inputs: these come first."""
    names = [at] if isinstance(at, str) else at
    if not (isinstance(names, (list, tuple)) and names and all(isinstance(name, str) for name in names)):
        return None
    if is_object(loss) or not callable(loss):
        return None
    given: Mapping[str, Any] = inputs if isinstance(inputs, Mapping) else {}
    with suppress(TypeError, ValueError):  # a function without a signature, or one of another
        signature = inspect.signature(loss)
        given = given or signature.bind(*as_arguments(inputs)).arguments
    return {name: given[name] for name in names} | {**given} if {*names} <= {*given} else None


def _function(loss: Any) -> Callable[..., Any]:
    """Return a loss, or say that it has to be a function."""
    if not callable(loss):
        raise DataError(
            f"compare takes the loss as a function, called as loss(**at), not {describe(loss)}; write it "
            "as def loss(W1, b1): ... return a number"
        )
    function: Callable[..., Any] = loss
    return function


def _finds_them(loss: Any, at: Any, inputs: Any) -> bool:
    """Say whether a loss takes none of the arrays as arguments, and so finds them in what it holds."""
    names = at if isinstance(at, Mapping) else ()
    if not (at is None or names or isinstance(at, (str, list, tuple))):
        return False
    if not callable(loss):
        return is_object(loss)
    try:
        parameters = inspect.signature(loss).parameters
    except ValueError:  # a function without a signature
        return False
    if any(name in parameters or _takes_any(parameters) for name in names):
        return False
    needed = any(each.default is each.empty for each in parameters.values())
    return bool(as_arguments(inputs)) or is_object(loss) or not needed


def _takes_any(parameters: Mapping[str, inspect.Parameter]) -> bool:
    return any(each.kind is each.VAR_KEYWORD for each in parameters.values())


def problem_of(calls: Calls, hand: Any) -> Problem:
    """Return what people give `compare` in one form, or say what is wrong with it."""
    hand = copied(calls.gradients(hand))  # for a run of the loss may fill the arrays anew
    loss, at = calls.loss, calls.at
    groups: dict[str, Any] = {}
    if calls.model is not None:
        loss, at, groups = of_blocks(loss, calls.model)
        hand = by_path(hand, [path for path, _ in calls.model.named_parameters()])
    root = parts_of(at)
    found = matched(hand, root)
    _add_groups(found, groups)
    if not found.gradients and not found.others:
        raise DataError(f"hand has no gradient in it: {describe(hand)}; write hand={{'W1': dW1}}")
    names = found.gradients.keys() or {block.name for block in root.blocks() if _is_of_floats(block.tree)}
    loss, blocks = taken_apart(loss, root, names)
    single = is_single([blocks[name] for name in found.gradients])
    hand = {name: gradient_of(each, blocks[name], single) for name, each in found.gradients.items()}
    pieces = {name for name, each in found.gradients.items() if each.is_piece}
    return Problem(
        loss=loss,
        at={name: _numbers(name, tree) for name, tree in blocks.items() if name in names},
        others={name: tree for name, tree in blocks.items() if name not in names},
        hand=hand,
        by_columns={name: _by_columns(hand[name]) if name in pieces else hand[name] for name in hand}
        if pieces
        else {},
        more=found.others,
        beside=found.loss,
        notes=(*calls.notes, *found.notes),
    )


def _add_groups(found: Matched, groups: Mapping[str, Any]) -> None:
    """Put the gradients of a model's parameters, where they came one by one, together to blocks."""
    single = {key: each.tree for key, each in found.others.items()}
    for name, tree in grouped(single, groups).items():
        if name in groups:
            found.gradients[name] = Given(f"hand[{name!r}]", tree)
            for _, path in entries(groups[name]):
                found.others.pop(path, None)


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


def _is_of_floats(tree: Any) -> bool:
    """Say whether something consists of floats or Values: ints may be counts and places."""
    return all(isinstance(entry, (float, Value)) for _, entry in entries(tree))


def _numbers(name: str, tree: Any) -> Any:
    """Return a block as floats, in arrays or lists as it was given."""
    numbers = [number_of(entry, place) for place, entry in entries(tree, f"at[{name!r}]")]
    if not numbers:
        raise ShapeError(f"at[{name!r}] is empty: {describe(tree)}; there is nothing to differentiate by")
    if is_array_of_one(tree):
        import numpy

        return numpy.float64(numbers[0])
    return arrange(tree, numbers)


def gradient_of(given: Given, block: Any = None, single: bool = False) -> Gradient:
    """Return a gradient as numbers; `single` says that what it is by is of float32."""
    place, tree, is_piece, _ = given
    if is_half(tree):
        raise DataError(
            f"{place} is of float16, which keeps three digits: too few to tell right from wrong; "
            "compute it in float32 or float64"
        )
    numbers = [number_of(entry, where) for where, entry in entries(tree, place)]
    shape = extent(block if is_piece else tree)
    return Gradient(numbers, shape, single or is_single(tree) or needs_single(numbers))


def _by_columns(gradient: Gradient) -> Gradient:
    """Return a gradient whose numbers came column by column: the first index is the one that runs."""
    places, step = [0], 1
    for size in gradient.shape:
        places = [place + i * step for place in places for i in range(size)]
        step *= size
    return gradient._replace(numbers=[gradient.numbers[place] for place in places])
