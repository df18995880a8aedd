"""A person's functions, run on Values until it is known which arrays Values are written into."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from .. import modes
from ..arrays.buffers import TakesValues
from ..errors import DetachedNumberError
from .replica import Replica, is_of_shared
from .stand_ins import StandIns

T = TypeVar("T")


class Stage:
    """Copies of a person's functions that see stand-ins for NumPy; what these change is theirs.

    >>> import numpy as np
    >>> from autograd_scratch import Value
    >>> def squares(x):
    ...     out = np.zeros(2)
    ...     out[0] = x * x
    ...     return out.sum()
    >>> Stage().staged(squares)(Value(3.0))
    Value(data=9.0)

    With `restores` each run starts from what was there at first, generators of random numbers included.
    """

    def __init__(self, *, restores: bool = False) -> None:
        self._stand_ins = StandIns()
        self._restores, self._copies_all = restores, False
        self.replica = self._fresh()

    def _fresh(self) -> Replica:
        ins = self._stand_ins
        return Replica(
            ins.of,
            ins.dress,
            ins.builtins,
            copies_all=self._copies_all,
            copies_generators=self._restores,
        )

    def of(self, thing: Any) -> Any:
        """Return the copy of a thing, as it is now: another one, once an array is found to take Values."""
        return self.replica.of(thing)

    def close(self) -> None:
        """Let go of all copies and stand-ins."""
        self.replica.close()
        self._stand_ins.close()

    def put_back(self) -> None:
        """Put back what is shared with the person's own program."""
        self.replica.put_back()

    def run(self, function: Callable[[], T]) -> T:
        """Call a function until it is known which arrays take Values; it asks for its copies by `of`.

        Who observes the operations forgets what was told of a call that is not the last.
        """
        while True:
            if self._restores:
                self.replica.restore()
            try:
                return function()
            except TakesValues as told:
                self._stand_ins.take(told.source)
            except ValueError as fault:
                if self._copies_all or not is_of_shared(fault):
                    raise
                self._copies_all = True
            except DetachedNumberError:  # written in a way that does not tell
                if not self._stand_ins.take_all():
                    raise
            observer = modes.observer()
            if observer is not None:
                observer.forget()
            self.replica.put_back()
            self.replica.close()
            self.replica = self._fresh()

    def staged(self, function: Callable[..., T]) -> Callable[..., T]:
        """Return a function as one that runs in its copy."""
        self.of(function)

        @wraps(function)
        def staged(*args: Any, **kwargs: Any) -> T:
            return self.run(lambda: cast(T, self.of(function)(*args, **kwargs)))

        return staged
