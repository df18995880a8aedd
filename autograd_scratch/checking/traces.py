"""Tracebacks that show a person's own lines, and none of this package."""

import contextlib
from collections.abc import Iterator
from os.path import dirname
from traceback import walk_tb
from types import CodeType, TracebackType

from ..errors import AutogradError

_HERE = dirname(dirname(__file__))


class OwnLines:
    """A block out of which errors come without the lines of this package on their way.

    What says itself what is wrong, or comes out of a person's code, needs none of them; a fault of the
    package keeps all, or nobody could mend it.
    """

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        for each in _chain(fault):
            codes = [frame.f_code for frame, _ in walk_tb(each.__traceback__)]
            if codes and (isinstance(each, AutogradError) or not _is_ours(codes[-1])):
                each.__traceback__ = _of_others(each.__traceback__)


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, what it comes from, and so on."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def _of_others(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of this package, which may be none at all."""
    kept = []
    while trace is not None:
        if not _is_ours(trace.tb_frame.f_code):
            kept.append(trace)
        trace = trace.tb_next
    following: TracebackType | None = None
    for each in reversed(kept):
        line = each.tb_lineno or each.tb_frame.f_code.co_firstlineno  # Ctrl-C may come on no line
        following = TracebackType(following, each.tb_frame, each.tb_lasti, line)
    return following


def _is_ours(code: CodeType) -> bool:
    """Say whether code is of this package, or of the `with` statements in it."""
    return code.co_filename.startswith((_HERE, contextlib.__file__))
