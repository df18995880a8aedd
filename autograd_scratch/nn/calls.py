"""Which modules were called with what, and gave what: noted while somebody asks for it.

>>> from autograd_scratch.nn import Linear
>>> with noting_calls() as calls:
...     y = Linear(1, 1)([2.0])
>>> [(call.module.signature(), call.output is y) for call in calls]
[('Linear(in_features=1, out_features=1, bias=True)', True)]
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple


class Call(NamedTuple):
    """A call of a module that has returned."""

    module: Any
    inputs: Any
    output: Any


_calls: ContextVar[list[Call] | None] = ContextVar("calls", default=None)


@contextmanager
def noting_calls() -> Iterator[list[Call]]:
    """Note the calls of modules in this block, each when it returns: so the inner ones come first."""
    found: list[Call] = []
    before = _calls.set(found)
    try:
        yield found
    finally:
        _calls.reset(before)


def note_call(module: Any, inputs: Any, output: Any) -> None:
    """Note a call, if anybody asks."""
    calls = _calls.get()
    if calls is not None:
        calls.append(Call(module, inputs, output))
