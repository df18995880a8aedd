"""What can go wrong, by name.

Every error of this package is an `AutogradError`, and also an error of the built-in kind that a
reader of Python expects (`TypeError` for something of the wrong type, `ValueError` for a wrong
shape or name, `OSError` for a file), so that both `except AutogradError` and `except TypeError`
catch it. A message says what happened, where, and what to write instead.

    >>> from autograd_scratch import Value
    >>> try:
    ...     Value("a")
    ... except AutogradError as error:
    ...     print(type(error).__name__, isinstance(error, TypeError))
    DataError True
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

T = TypeVar("T")

OWN_RULE = (
    "a derivative of your own is written beside its function, once for all readers: "
    "@primitive(partials=lambda out, x: (1 - out * out,)) above def my_tanh(x): return math.tanh(x)"
)


class AutogradError(Exception):
    """The base of every error that this package raises."""


class DataError(AutogradError, TypeError):
    """Something that is not a real number was given as data, as in `Value("a")` or `sin(None)`."""


class CallError(AutogradError, TypeError):
    """A function or class of this package is called with arguments that it does not have, or lacks some."""


class RangeError(DataError, ValueError):
    """A number is outside of the range in which it has a meaning, as in `norm(v, p=-1)` or `SGD(-0.1)`."""


class DetachedNumberError(AutogradError, TypeError):
    """A Value was about to become a plain number and lose its graph: `float(v)`, `math.exp(v)`."""


class GraphError(AutogradError, RuntimeError):
    """The computation graph cannot answer: `backward()` of what `no_grad()` computed, a step before it."""


class RuleError(AutogradError, TypeError):
    """A function cannot be differentiated in this way: its rule is wrong, or it has none."""


class TracingError(AutogradError, TypeError):
    """A function does something that `derive` cannot keep, such as `if` on a number that it is given."""


class ProgramError(AutogradError, RuntimeError):
    """A Program cannot be made or run as it was asked to, as with `order=3`."""


class ModelError(AutogradError, TypeError):
    """A model lacks what models have: a way to be called, or parameters that are Values."""


class ShapeError(AutogradError, ValueError):
    """A length or shape does not fit: outputs and targets, inputs of a model, `grad` of several outputs."""


class StateError(AutogradError, ValueError):
    """A saved state does not fit the module that should load it; nothing has been loaded."""


class ModelFileError(AutogradError, ValueError):
    """A file of weights or of a training run cannot be used; model, optimizer and file are as they were."""


class UnknownNameError(AutogradError, ValueError):
    """A name that is not among the known ones, of an activation or a loss, say."""


class FormulaError(AutogradError, ValueError):
    """A formula that was typed cannot be read or computed, as `2x`; `column` says where, counted from 0."""

    column: int | None = None


class AttributeNameError(AutogradError, AttributeError):
    """An attribute that other libraries have, and that is something else here."""


class ImportNameError(AutogradError, ImportError):
    """A name of other libraries is imported from here, where something else stands in its place."""


class GradientError(AutogradError, AssertionError):
    """A derivative does not agree with the slope that is measured: `gradcheck`, `assert_gradients`."""


class NonFiniteError(AutogradError, ArithmeticError):
    """A number became infinite or nan: in `fit`, in a step of an optimizer, inside `strict()`."""


class DrawingError(AutogradError, RuntimeError):
    """A graph cannot be drawn in the form that was asked for, or not on this machine."""


class MissingPackageError(AutogradError, ImportError):
    """Something needs a package that is not installed, as `backend="numba"` needs numba."""


class OutputError(AutogradError, OSError):
    """A file or folder cannot be written."""


class ExecutorError(AutogradError, RuntimeError):
    """An executor could not do all that it was given: it is shut down, or its workers died.

    `finished` is what is done nevertheless: of a sweep the Sweep of its finished runs. `lost` has the
    numbers of the calls that are not done, from 0 on.
    """

    finished: Any = None
    lost: Sequence[int] = ()


class ExecutorTimeoutError(ExecutorError, TimeoutError):
    """The time that an executor was given is over."""


def refuse_class(thing: object, arguments: str = "...") -> None:
    """Refuse a class where one of its objects is wanted: `arguments` are some to make it with.

    >>> refuse_class(3)
    >>> refuse_class(dict)
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: dict is a class, of which one is to be made first: write dict(...)
    """
    if isinstance(thing, type):
        name = thing.__name__
        raise DataError(f"{name} is a class, of which one is to be made first: write {name}({arguments})")


def look_up(name: str, known: Mapping[str, T], what: str) -> T:
    """Return `known[name]`, or say which names are known and which one was perhaps meant.

    >>> look_up("sigmoit", {"relu": 1, "sigmoid": 2}, "activation")
    Traceback (most recent call last):
    autograd_scratch.errors.UnknownNameError: no activation is called 'sigmoit'; \
did you mean 'sigmoid'? Known: relu, sigmoid
    """
    if isinstance(name, str) and name in known:
        return known[name]
    alike = {each.lower(): each for each in known}
    close = [alike[near] for near in get_close_matches(str(name).lower(), alike, n=1)]
    meant = f"; did you mean {close[0]!r}? Known" if close else "; known"
    raise UnknownNameError(f"no {what} is called {name!r}{meant}: {', '.join(known)}")
