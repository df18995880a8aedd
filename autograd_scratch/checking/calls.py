"""A person's functions, called as that person calls them: on plain numbers, at the point itself.

A class that keeps its intermediate results needs that: its backward pass uses what the forward pass right
before it left there, and a check runs the forward pass on Values, complex numbers and other weights too.
"""

import inspect
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import wraps
from numbers import Number
from typing import Any

from .. import modes
from ..arrays import values
from ..arrays.buffers import holds_values
from ..arrays.containers import arrange, entries, is_array
from ..arrays.conversion import data
from ..errors import AutogradError, DataError
from ..nn.module import Module
from ..nn.search import models_in, places
from ..replicas import Doubles, Replica, Stage, holdings, holds_complex, is_of_shared
from ..value import Value
from ..wording import place
from .runs import copied

__tracebackhide__ = True  # pytest shows the lines of people, not these


class Calls:
    """A loss and what it is called with: arrays by name, or a model alone."""

    def __init__(self, loss: Callable[..., Any], at: Mapping[str, Any] | Module) -> None:
        self.model = at if isinstance(at, Module) else None
        self.at: Mapping[str, Any] = {} if isinstance(at, Module) else at
        self._values = Stage(restores=True)
        self._home: Replica | Stage | None = None  # of the call that is running, if that is known
        self._person = loss
        self.notes: list[str] = []
        self._begin(copies_all=False)
        self.loss = self._copied(loss)

    def _begin(self, *, copies_all: bool) -> None:
        """Make the copies in which the loss runs on numbers."""
        self._copies_all = copies_all
        self._doubles: Doubles | None = None
        self._analytic = Doubles(complex)
        self._numbers = self._complex = self._before = self._ready(Replica(copies_all=copies_all))

    def _ready(self, replica: Replica) -> Replica:
        """Copy the loss at once, while random numbers stand where they stood at first."""
        replica.of(self._person)
        if self.model is not None:
            replica.share(self.model)
        return replica

    def begin_anew(self, fault: ValueError) -> bool:
        """Copy large arrays, too, if a fault says that the program writes to one; say whether it does."""
        if self._copies_all or not is_of_shared(fault):
            return False
        self._numbers.put_back()
        self.notes.clear()
        self._begin(copies_all=True)
        return True

    def _copied(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a person's function as one that runs in a copy: on Values in one that has stand-ins."""
        self._numbers.of(function)
        self._values.of(function)

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            return alone(self.home(args, kwargs).of(function)(*args, **kwargs))

        return run

    def home(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Replica | Stage:
        """Return the copies in which a call with such arguments runs."""
        if self._home is not None:
            return self._home
        if modes.observer() is not None or holds_values((args, *kwargs.values())):
            return self._values
        return self._complex if holds_complex((*args, *kwargs.values())) else self._numbers

    def from_one_state(self, loss: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that calls the loss as one each call of which starts from what was there."""

        def run(*args: Any, **kwargs: Any) -> Any:
            home = self.home(args, kwargs)
            if isinstance(home, Stage):
                return home.run(lambda: self._at_home(home, loss, args, kwargs))
            home.restore()
            if home is self._complex is not self._numbers:
                return self._by_complex_numbers(loss, args, self._analytic.given(kwargs))
            if self._doubles is not None:
                kwargs = self._doubles.given(kwargs)
            return self._at_home(home, loss, args, kwargs)

        return run

    def _at_home(self, home: Replica | Stage, loss: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run the loss in copies that are known, so that nothing inside of it asks for them."""
        self._home, before = home, self._home
        try:
            return loss(*args, **kwargs)
        finally:
            self._home = before

    def _by_complex_numbers(self, loss: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run the loss on complex numbers; if it takes no held arrays of such, with these as they are."""
        try:
            return self._at_home(self._complex, loss, args, kwargs)
        except (TypeError, ValueError):  # of a generator that is told probabilities, say
            if not self._analytic.held_too:
                raise
        self._complex.put_back()
        self._complex.close()
        self._analytic = Doubles(complex, held_too=False)
        self._complex = self._wide(self._analytic)
        return self._at_home(self._complex, loss, args, kwargs)

    def widen(self) -> None:
        """From now on run the loss on numbers in copies whose arrays keep all digits."""
        self._numbers.put_back()  # random numbers start anew in the new copies
        self._doubles, self._before = Doubles(float), self._numbers
        self._numbers = self._wide(self._doubles)
        self._complex = self._wide(self._analytic)

    def narrow(self) -> None:
        """Run the loss on numbers in copies whose arrays are as they were made."""
        self._numbers.put_back()
        self._numbers.close()
        self._doubles, self._numbers = None, self._before

    def single_arrays(self) -> list[str]:
        """Return which arrays were met that are of float32, in words."""
        if self._doubles is None:
            return []
        held = holdings(self._person).items() if self._doubles.held else ()
        names = [name for name, holding in held if id(holding.value) in self._doubles.held]
        return [*names, *(f"that in {place(*line)}" for line in self._doubles.lines)]

    def _wide(self, doubles: Doubles) -> Replica:
        return self._ready(
            Replica(doubles.of, doubles.dress, doubles.builtins, copies_all=self._copies_all)
        )

    def gradients(self, hand: Any) -> Any:
        """Return gradients by hand as data: what the backward pass returns, if that is a function.

        A loss may give them itself, beside its number.
        """
        if hand is None:
            given = self.backward(self._person)
            return given if given is not alone(given) else None
        return self.backward(hand) if callable(hand) and not isinstance(hand, Mapping) else hand

    def backward(self, backward: Callable[..., Any]) -> Any:
        """Return what a backward function gives right after the loss has run on the same numbers."""
        models = () if self.model is None else (_copy(self.model),)
        arguments = self._copies()
        try:
            inspect.signature(backward).bind(*models, **arguments)
        except TypeError as fault:
            how = f"{', '.join(self.at)} by name" if self.model is None else "the model alone"
            raise DataError(
                f"hand is a function, and is called as the loss is, with {how}: {fault}"
            ) from None
        except ValueError:  # a function without a signature
            pass
        self._numbers.of(backward)
        self._values.of(backward)
        self._numbers.restore()
        home, lacking = self._run(models)
        home.replica.rewind()  # a backward pass may run the loss again, and draw what that drew
        try:
            return home.of(backward)(*models, **arguments)
        except Exception:
            if lacking is not None:
                raise lacking from None
            raise

    def leave(self) -> None:
        """Put back what no copy was made of, and let go of the copies."""
        homes: list[Replica | Stage] = [self._before, self._complex, self._values, self._numbers]
        for home in homes:
            home.put_back()
        for home in homes:
            home.close()
        for doubles in filter(None, (self._analytic, self._doubles)):
            doubles.close()
        vars(self).pop("loss", None)  # which refers to this

    def _run(self, models: tuple[Any, ...]) -> tuple[Replica | Stage, Exception | None]:
        """Run the loss on copies, or on Values if it calls methods of these.

        Return where what it keeps is now, and why it took neither if it did not.
        """
        arguments = self._copies()
        try:
            self.loss(*models, **arguments)
        except (AttributeError, TypeError) as fault:
            if isinstance(fault, AutogradError) or models:
                raise
            leaves = {name: on_values(name, tree) for name, tree in self._copies().items()}
            try:
                with modes.no_grad():
                    self._values.run(lambda: self.loss(**leaves))
                return self._values, None
            except (AttributeError, TypeError):
                return self._numbers, fault
        else:
            for name, tree in self.at.items():
                check_unchanged(name, _plain(tree), arguments[name])
        return self._numbers, None

    def _copies(self) -> dict[str, Any]:
        return {name: copied(_plain(tree)) for name, tree in self.at.items()}


def alone(result: Any) -> Any:
    """Return the number of a loss that gives its gradients beside it, and anything else as it is.

    >>> alone((0.5, {"W": [1.0]})), alone((0.5, 0.25))
    (0.5, (0.5, 0.25))
    """
    is_pair = isinstance(result, tuple) and len(result) > 1 and _is_number(result[0])
    return result[0] if is_pair and not all(map(_is_number, result)) else result


def _is_number(thing: Any) -> bool:
    return isinstance(thing, (Number, Value)) or getattr(thing, "shape", None) == ()


def as_arguments(inputs: Any) -> tuple[Any, ...]:
    """Return inputs in order; one may be given alone."""
    return tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)


def _copy(model: Module) -> Module:
    """Return a copy of a model; what it keeps of a graph is a number there, until the loss runs on it."""
    held = [thing for part in models_in(model) for *_, thing in places(part)]
    known = {id(thing): thing.detach() for thing in held if isinstance(thing, Value) and thing.parents}
    return deepcopy(model, known)


def on_values(name: str, tree: Any) -> Any:
    """Return floats as fresh Values, in an array where they are an array; anything else as it is."""
    found = [*entries(tree, name)]
    if not all(isinstance(x, float) for _, x in found):
        return tree
    return values(tree, name) if is_array(tree) else arrange(tree, [Value(x, place) for place, x in found])


def check_unchanged(name: str, before: Any, after: Any) -> None:
    """Refuse a loss that changes what it is given."""
    if is_array(before) and before.shape == after.shape and before.tobytes() == after.tobytes():
        return
    old, new = [x for _, x in entries(before)], [x for _, x in entries(after)]
    changed = [not (x is y or x == y or (x != x and y != y)) for x, y in zip(old, new)]
    if any(changed) or len(old) != len(new):
        where = next((place for (place, _), c in zip(entries(before, name), changed) if c), name)
        raise DataError(
            f"the loss changes what it is given: {where} is another number after the call. Write "
            f"{name} = {name} - step, which makes a new array, and not {name} -= step"
        )


def _plain(tree: Any) -> Any:
    """Return the numbers of Values; anything else as it is."""
    if is_array(tree) and tree.dtype != object:
        return tree
    return data(tree) if any(isinstance(entry, Value) for _, entry in entries(tree)) else tree
