"""Networks that are objects: what is called, and where the gradients are that a backward pass leaves.

A person's class has its weights for attributes, or layers in a list with `params` and `grads`. Its loss is
a method, and its backward pass returns the gradients, or leaves them in attributes.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

from ..arrays.containers import is_array
from ..errors import AutogradError, DataError, UnknownNameError
from ..ieee import describe
from ..replicas import Holding, holdings
from ..replicas.arrays import root_of
from ..watching import watched
from ..wording import is_users
from .calls import Calls, as_arguments
from .matching import matched
from .parts import parts_of
from .paths import Ways, leaves
from .runs import quiet_floats
from .telling import Told

__tracebackhide__ = True  # pytest shows the lines of people, not these

_LOSSES = (
    *("loss", "compute_loss", "calculate_loss", "loss_fn", "get_loss", "cost", "compute_cost"),
    *("cost_function", "objective", "forward", "__call__"),
)
_BACKWARDS = (
    *("backward", "backprop", "back_prop", "back_propagation", "backpropagation", "backpropagate"),
    *("backward_pass", "compute_gradients", "compute_gradient", "gradients", "gradient", "grad"),
)


def is_object(thing: Any) -> bool:
    """Say whether a thing is an object of a person's class, which has methods to call.

    The class is asked, for an attribute may be called `func` or `dtype`, too, or be made when asked for.
    """
    kind = type(thing)
    is_function = inspect.isroutine(thing) or hasattr(kind, "func")
    is_data = isinstance(thing, (Mapping, list, tuple, type)) or hasattr(kind, "dtype")
    return not is_function and not is_data and (hasattr(kind, "__slots__") or kind.__dictoffset__ != 0)


class ObjectCalls(Calls):
    """A loss that finds its arrays in objects, closures or globals: it is called with `inputs` alone."""

    def __init__(self, loss: Any, at: Any, inputs: Any) -> None:
        self._owner = loss if is_object(loss) else None
        self._method = loss if self._owner is None else _method_of(loss, _LOSSES, "loss")
        given = _bound(self._method, inputs)
        self._args, self._kwargs, self._arguments_by_name = given.args, given.kwargs, given.arguments
        self._told = Told(at, holdings(self._method))
        self._held = self._told.held
        self._ways = Ways({name: [(name,), *each.paths] for name, each in self._held.items()})
        super().__init__(self._method, {})
        self.loss = self._with_blocks
        self.at = self._told.at

    def _with_blocks(self, **blocks: Any) -> Any:
        """Call the loss with other arrays, or Values, in the places of those that are held."""
        home = self.home((), blocks)
        for name, block in blocks.items():
            self._held[name].put(home.replica, block)
        return home.of(self._method)(*home.of(self._args), **home.of(self._kwargs))

    def gradients(self, hand: Any) -> Any:
        """Return gradients by hand as data: what the backward pass gives or leaves, if that is a function.

        Without `at`, the arrays that it has gradients of are those by which is differentiated.
        """
        if hand is None and self._owner is not None:
            hand = _method_of(self._owner, _BACKWARDS, "backward pass")
        elif is_object(hand):
            hand = _method_of(hand, _BACKWARDS, "backward pass")
        arrays = {} if self._told.rows else self._lasting()
        found = self.backward(hand) if callable(hand) else self._by_way(hand)
        if self._told.rows:
            return self._told.in_order(found)
        self.at = {name: arrays[name] for name in matched(found, parts_of(arrays)).gradients}
        if not self.at:
            raise UnknownNameError(
                f"hand has gradients called {_names(found)}, and the loss holds {_names(arrays)}; say "
                "which are meant, as at=['W1', 'b1'], in the order of the gradients"
            )
        return self._apart(found)

    def backward(self, backward: Callable[..., Any]) -> Any:
        """Return what a backward function gives, or leaves, right after the loss has run."""
        args, kwargs = self._arguments(backward)
        for home in (self._numbers, self._values):
            home.of(backward)
        home, lacking = self._started()
        frames = _Frames()
        try:
            result = watched(frames.watch, home.of(backward), *home.of(args), **home.of(kwargs))
        except Exception:
            if lacking is not None:
                raise lacking from None
            raise
        left = holdings(home.of(self._method), home.of(backward))
        return self._found(result, frames, left, backward)

    def _found(
        self, result: Any, frames: "_Frames", left: Mapping[str, Holding], backward: Callable[..., Any]
    ) -> Any:
        """Return the gradients among what a backward function gives, leaves, or has in its variables."""
        if isinstance(result, Mapping) and result:
            return self._by_way(result)
        if result is not None:
            named = self._by_way(frames.names(result))
            if self._are_known(named):
                return named
        kept = self._of_gradients(
            (path, holding.value) for holding in left.values() for path in holding.paths
        )
        if kept:
            return kept
        if result is not None:
            return self._by_way(result)
        variables = self._of_gradients(((name,), part) for name, part in frames.variables.items())
        if variables:
            return variables
        raise DataError(
            f"{getattr(backward, '__name__', 'hand')} returns nothing, and leaves nothing that is "
            "called like the gradient of an array that the loss holds, as self.dW1 is for self.W1, or "
            "grads['W1']; return the gradients by name, as {'W1': dW1}"
        )

    def _lasting(self) -> dict[str, Any]:
        """Return what is held, but for arrays that the loss replaces or fills: what it kept of a run."""
        given = {
            name: _moved(holding.value) for name, holding in self._held.items() if is_array(holding.value)
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
            self.at = {name: array for name, array in self.at.items() if name not in views}
        return found

    def _of_gradients(self, found: Any) -> dict[str, Any]:
        """Return, by the arrays that they are of, what is called like their gradients."""
        named: dict[str, Any] = {}
        for path, part in found:
            name = self._ways.to(path, is_gradient=True)
            if name is not None:
                named.setdefault(name, part)
        return named

    def _by_way(self, hand: Any) -> Any:
        """Return gradients by the arrays that they are of, if the ways to all tell; else as given."""
        if not isinstance(hand, (Mapping, list)):
            return hand
        named: dict[str, Any] = {}
        for path, part in leaves(hand):
            name = self._ways.to(path, is_gradient=False)
            if name is None or name in named:
                return hand
            named[name] = part
        return named

    def _are_known(self, named: Any) -> bool:
        return isinstance(named, Mapping) and bool(named) and named.keys() <= self._held.keys()

    def _started(self) -> Any:
        """Run the loss; return where, and why on neither numbers nor Values if it took neither."""
        self._numbers.restore()
        try:
            self._with_blocks()
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
        needed = [name for name, each in parameters.items() if _is_needed(each)]
        if {*needed} <= {*given}:
            return (), {name: given[name] for name in parameters if name in given}
        if len(needed) == len(self._args):
            return self._args, {}
        raise DataError(
            f"hand is called right after the loss, and takes {', '.join(needed)}, where the loss is called "
            f"with {', '.join(given) or 'nothing'}; write hand=lambda: net.backward(...)"
        )


class _Frames:
    """What functions have in their variables when they return."""

    def __init__(self) -> None:
        self._returned: list[tuple[Any, dict[str, Any]]] = []
        self.variables: dict[str, Any] = {}

    def watch(self, frame: FrameType, event: str, result: Any) -> None:
        """Note the variables of a person's function that returns."""
        if event == "return" and is_users(frame):
            self._returned.append((result, dict(frame.f_locals)))
            self.variables.update(frame.f_locals)

    def names(self, result: Any) -> Any:
        """Return results by the variables that they were in, if the function that returned them had such.

        That is what `return dW1, db1` says.
        """
        parts = [*result] if isinstance(result, (tuple, list)) else [result]
        for returned, variables in self._returned:
            if returned is result:
                by_id = {id(part): name for name, part in variables.items() if part is not result}
                if parts == [result]:
                    by_id = {id(part): name for name, part in variables.items()}
                names = [by_id.get(id(part)) for part in parts]
                if None not in names and len({*names}) == len(names):
                    return dict(zip(names, parts))
        return result


def _memory(thing: Any) -> Any:
    """Return the array whose memory another one uses, or itself."""
    return root_of(thing) if is_array(thing) else thing


def _moved(array: Any) -> Any:
    """Return an array with other numbers, hardly so."""
    moved = array.copy(order="K")
    moved += 2.0**-20 * (1 + abs(moved))
    return moved


def _method_of(thing: Any, names: Sequence[str], what: str) -> Callable[..., Any]:
    """Return the method of an object that is called like what is looked for."""
    for name in names:
        method = getattr(thing, name, None)
        if callable(method) and inspect.isroutine(getattr(type(thing), name, method)):
            found: Callable[..., Any] = method
            return found
    raise DataError(
        f"compare found no {what} in {describe(thing)}: no method is called {', '.join(names[:4])} or the "
        f"like; give it the method, as {'net.loss' if what == 'loss' else 'hand=net.backward'}"
    )


def _bound(method: Callable[..., Any], inputs: Any) -> inspect.BoundArguments:
    """Return what the loss is called with: inputs in order, in a dict by name, or one alone."""
    signature = inspect.signature(method)
    try:
        if isinstance(inputs, Mapping):
            return signature.bind(**inputs)
        return signature.bind(*as_arguments(inputs))
    except TypeError as fault:
        name = getattr(method, "__name__", "the loss")
        raise DataError(
            f"{name}{signature} is called with inputs, and here: {fault}; write inputs=(X, y), say"
        ) from None


def _is_needed(parameter: inspect.Parameter) -> bool:
    is_one = parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return is_one and parameter.default is parameter.empty


def _names(found: Any) -> str:
    return ", ".join(map(str, [*found][:8])) if isinstance(found, Mapping) and found else describe(found)
