"""Networks that are objects: what is called, and where the gradients are that a backward pass leaves.

A person's class has its weights for attributes, or layers in a list with `params` and `grads`. Its loss is
a method, and its backward pass returns the gradients, or leaves them in attributes.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import prod
from typing import Any

from ..arrays.containers import extent, is_array
from ..errors import AutogradError, DataError, ShapeError, UnknownNameError
from ..ieee import describe
from ..replicas import Holding, holdings
from ..replicas.arrays import LARGE, copy_view, root_of
from ..watching import watched
from .calls import Calls, alone
from .leavings import Frames, Gradients
from .matching import matched
from .methods import BACKWARDS, LOSSES, bound, is_needed, is_object, method_of, name_of
from .parts import parts_of
from .runs import copied, quiet_floats
from .telling import Told

__tracebackhide__ = True  # pytest shows the lines of people, not these

_SMALL = 100_000  # entries: larger arrays are data
_DATA = frozenset(("x", "X", "y", "Y", "t", "T", "inputs", "targets", "data", "labels", "input", "target"))


class ObjectCalls(Calls):
    """A loss that finds its arrays in objects, closures or globals: it is called with `inputs` alone."""

    def __init__(self, loss: Any, at: Any, inputs: Any, network: Any = None) -> None:
        self._network = network  # with which the loss was called, and a backward pass may be
        if isinstance(loss, type):
            raise DataError(
                f"{loss.__name__} is a class, and compare takes an object of it, as {loss.__name__}(...)"
            )
        owner = loss if is_object(loss) else getattr(loss, "__self__", None)
        self._owner = owner if is_object(owner) else None
        self._method = method_of(loss, LOSSES, "loss") if is_object(loss) else loss
        given = bound(self._method, inputs)
        self._args, self._kwargs, self._arguments_by_name = given.args, given.kwargs, given.arguments
        known = holdings(self._method)
        if not known:
            raise DataError(
                f"{name_of(self._method)} holds no array of floats, nor a float, in an attribute, closure "
                "or global variable; give the arrays that it takes, as at={'W1': W1, 'b1': b1}"
            )
        self._told = Told(at, known)
        self._held = self._told.held
        told = {*map(id, self._held.values())}
        ways = {name: each for name, each in known.items() if id(each) not in told} | self._held
        super().__init__(self._method, {})
        self._gradients = Gradients(self._held, ways, holdings(self._method, whole=True), self.notes)
        self.loss = self._with_blocks
        self.at = self._told.at

    def _with_blocks(self, **blocks: Any) -> Any:
        """Call the loss with other arrays, or Values, in the places of those that are held."""
        home = self.home((), blocks)
        for name, block in blocks.items():
            self._held[name].put(home.replica, block)
        return alone(home.of(self._method)(*home.of(self._args), **home.of(self._kwargs)))

    def gradients(self, hand: Any) -> Any:
        """Return gradients by hand as data: what the backward pass gives or leaves, if that is a function.

        Without `at`, the arrays that it has gradients of are those by which is differentiated.
        """
        if hand is None:
            hand = self._own_backward()
        elif is_object(hand):
            hand = method_of(hand, BACKWARDS, "backward pass")
        arrays = {} if self._told.rows else self._lasting()  # before: this runs the loss
        found = self.backward(hand) if callable(hand) else self._gradients.by_way(hand)
        if self._told.rows:
            return self._told.in_order(found)
        self.at = self._meant(found, arrays)
        found = copied(self._apart(found))
        self._note_what_is_left_out(arrays)
        return found

    def _meant(self, found: Any, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arrays that gradients are of; those without names are of what objects hold."""
        if not isinstance(found, Mapping):
            inside = {name: array for name, array in arrays.items() if len(self._held[name].paths[0]) > 1}
            arrays = inside or arrays
        told = matched(found, parts_of(arrays)) if arrays else None
        named = told.gradients if told else {}
        if not named or (not isinstance(found, Mapping) and told and told.others):
            raise UnknownNameError(
                f"hand has gradients called {_names(found)}, and the loss holds {_names(arrays)}; say "
                "which are meant, as at=['W1', 'b1'], in the order of the gradients"
            )
        if not isinstance(found, Mapping) and len(named) > 1 and told and not told.notes:
            self.notes.append(f"The gradients without names are taken for those of {', '.join(named)}.")
        return {name: arrays[name] for name in named}

    def _note_what_is_left_out(self, arrays: Mapping[str, Any]) -> None:
        """Note which arrays beside those with gradients the loss depends on: nothing is said of these."""
        owners = {_kind_of_owner(self._held[name]) for name in self.at}
        beside = [name for name in arrays if name not in self.at and self._is_beside(name, owners)]
        self._numbers.restore()
        with suppress(Exception), quiet_floats():  # of numbers that it does not take
            value = self._with_blocks()
            left = []
            for name in beside:
                self._numbers.restore()
                if self._with_blocks(**{name: _moved(arrays[name])}) != value:
                    left.append(name)
            if left:
                self.notes.append(
                    f"The loss depends on {', '.join(left)}, too, and hand has no gradient of "
                    f"{'it' if len(left) == 1 else 'these'}: of that nothing is said."
                )

    def _is_beside(self, name: str, owners: set[Any]) -> bool:
        """Say whether an array stands beside one that has a gradient, and is no input of the loss."""
        holding = self._held[name]
        checked = [self._held[each] for each in self.at]
        if any(each in holding.views or holding in each.views for each in checked):
            return False
        given = (*self._args, *self._kwargs.values())
        is_small = is_array(holding.value) and holding.value.size <= _SMALL
        is_input = any(holding.value is each for each in given) or name.rpartition(".")[2] in _DATA
        return is_small and not is_input and _kind_of_owner(holding) in owners

    def _own_backward(self) -> Callable[..., Any]:
        """Return the backward pass of the network: a method, or its loss, if that gives gradients, too."""
        self._numbers.restore()
        args, kwargs = self._numbers.of(self._args), self._numbers.of(self._kwargs)
        given = self._numbers.of(self._method)(*args, **kwargs)
        if alone(given) is not given:
            return self._method
        if self._owner is None:
            raise DataError(
                "hand has the gradients by name, as hand={'W1': dW1, 'b1': db1}, or is the function that "
                "computes them"
            )
        return method_of(self._owner, BACKWARDS, "backward pass")

    def backward(self, backward: Callable[..., Any]) -> Any:
        """Return what a backward function gives, or leaves, right after the loss has run."""
        args, kwargs = self._arguments(backward)
        for home in (self._numbers, self._values):
            home.of(backward)
        home, lacking = self._started()
        frames = Frames()
        home.replica.rewind()  # a backward pass may run the loss again, and draw what that drew
        try:
            result = watched(frames.watch, home.of(backward), *home.of(args), **home.of(kwargs))
        except Exception:
            if lacking is not None:
                raise lacking from None
            raise
        left = holdings(home.of(self._method), home.of(backward))
        return self._gradients.found(result, frames, left, name_of(backward))

    def _lasting(self) -> dict[str, Any]:
        """Return what is held, but for arrays that the loss replaces or fills: what it kept of a run."""
        given = {
            name: _moved(holding.value)
            for name, holding in self._held.items()
            if is_array(holding.value) and root_of(holding.value).size <= LARGE
        }
        before = {name: array.copy() for name, array in given.items()}
        self._numbers.restore()
        with suppress(Exception), quiet_floats():  # of numbers that it does not take
            self._with_blocks(**given)
        after = holdings(self._numbers.of(self._method))
        return {
            name: holding.value
            for name, holding in self._held.items()
            if name not in given
            or name not in after
            or (after[name].value is given[name] and given[name].tobytes() == before[name].tobytes())
        }

    def _apart(self, found: Any) -> Any:
        """Return gradients without that of an array of which others are views, or leave out those views."""
        if not isinstance(found, Mapping):
            return found
        for whole in [name for name in self.at if name in found]:
            inside = {*map(id, self._held[whole].views)}
            views = [name for name in self.at if name in found and id(self._held[name]) in inside]
            if views and all(_memory(found[name]) is _memory(found[whole]) for name in views):
                found = {name: part for name, part in found.items() if name != whole}
                views = [whole]
            elif views:
                found = {**found, whole: self._of_all_uses(found, whole, views)}
            self.at = {name: array for name, array in self.at.items() if name not in views}
            found = {name: part for name, part in found.items() if name not in views}
        return found

    def _of_all_uses(self, found: Mapping[str, Any], whole: str, views: Sequence[str]) -> Any:
        """Return the gradient of an array with those of views of all of it, as of tied W and W.T."""
        total, array = found[whole], self._held[whole].value
        for name in views:
            view = self._held[name].value
            if is_array(total) and view.size == array.size and found[name].shape == view.shape:
                total = total.astype(float)
                copy_view(total, view, array)[...] += found[name]
                self.notes.append(f"The gradient of {whole} is the sum of its own and that of {name}.")
        return total

    def _started(self) -> Any:
        """Run the loss; return where, and why on neither numbers nor Values if it took neither."""
        self._numbers.restore()
        try:
            _check_one(self._with_blocks(), name_of(self._method))
            return self._numbers, None
        except (AttributeError, TypeError) as fault:
            if isinstance(fault, AutogradError):
                raise
            return self._numbers, fault

    def _arguments(self, backward: Callable[..., Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return what a backward function is called with: those of the loss's inputs that it takes."""
        given = self._arguments_by_name
        try:
            parameters = inspect.signature(backward).parameters
        except ValueError:  # a function without a signature
            return (), {}
        needed = [name for name, each in parameters.items() if is_needed(each)]
        if {*needed} <= {*given}:
            return (), {name: given[name] for name in parameters if name in given}
        if len(needed) == len(self._args):
            return self._args, {}
        if self._network is not None and len(needed) == len(self._args) + 1:
            return (self._network, *self._args), {}
        raise DataError(
            f"hand is called right after the loss, and takes {', '.join(needed)}, where the loss is called "
            f"with {', '.join(given) or 'nothing'}; write hand=lambda: net.backward(...)"
        )


def _check_one(result: Any, name: str) -> None:
    """Refuse a loss of several numbers, before a backward pass stumbles over them."""
    shape = extent(result)
    if prod(shape) != 1 or isinstance(result, Mapping):
        raise ShapeError(
            f"{name} gives {describe(result)}, and the loss is one number; end it in loss.mean(), or write "
            "compare(lambda: ((net.forward(X) - y) ** 2).mean(), hand=lambda: net.backward(...))"
        )


def _kind_of_owner(holding: Holding) -> tuple[Any, ...]:
    """Return the way to what has an array, the same for all layers of a list."""
    return tuple("[]" if isinstance(key, int) else key for key in holding.paths[0][:-1])


def _memory(thing: Any) -> Any:
    """Return the array whose memory another one uses, or itself."""
    return root_of(thing) if is_array(thing) else thing


def _moved(array: Any) -> Any:
    """Return an array with other numbers, hardly so."""
    moved = array.copy(order="K")
    moved += 2.0**-20 * (1 + abs(moved))
    return moved


def _names(found: Any) -> str:
    return ", ".join(map(str, [*found][:8])) if isinstance(found, Mapping) and found else describe(found)
