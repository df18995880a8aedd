"""Names that other libraries have, and what stands in their place here.

>>> @named_elsewhere("a clock", {"hour": "it is `.time`"})
... class Clock:
...     time = 12
>>> Clock().hour
Traceback (most recent call last):
autograd_scratch.errors.AttributeNameError: a clock has no `hour`; it is `.time`
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from .errors import AttributeNameError
from .tab import Hidden, hiding

ClassT = TypeVar("ClassT", bound=type)


class Elsewhere(Hidden):
    """An attribute that is not there: who reads it is told what is. Who sets it has it, as any other."""

    def __init__(self, what: str, name: str, instead: str) -> None:
        self.__doc__ = f"{what} has no `{name}`; {instead}"

    def __get__(self, thing: object, kind: type | None = None) -> NoReturn:
        raise AttributeNameError(self.__doc__)


class Refused(Elsewhere):
    """One that cannot be set either, since nobody here would look at it."""

    def __set__(self, thing: object, value: Any) -> NoReturn:
        raise AttributeNameError(self.__doc__)


def named_elsewhere(
    what: str, names: Mapping[str, str], kind_of: type[Elsewhere] = Refused
) -> Callable[[ClassT], ClassT]:
    """Answer the `names` of other libraries on the objects of a class, which is called `what`."""

    def decorate(kind: ClassT) -> ClassT:
        for name, instead in names.items():
            setattr(kind, name, kind_of(what, name, instead))
        return hiding()(kind)

    return decorate
