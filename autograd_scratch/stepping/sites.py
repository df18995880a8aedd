"""Where in a person's program an operation stands.

A line is not enough: two layers may stand on one line, and one line of a helper serves many layers. So a
site is a call stack, the frames of the person's own functions with the instruction that each was at.
"""

import sys
from bisect import bisect
from dataclasses import dataclass
from dis import get_instructions
from functools import cache, lru_cache
from itertools import takewhile
from os.path import dirname
from types import CodeType, FrameType
from typing import NamedTuple

from .. import nn
from ..wording import Line, is_users


class Call(NamedTuple):
    """A frame of a function, and the instruction that it was at."""

    code: CodeType
    instruction: int
    line: int


@dataclass(frozen=True, eq=False)
class Site:
    """The frames of a person's functions at an operation, the outermost first; made once in a run."""

    calls: tuple[Call, ...]

    @property
    def line(self) -> Line | None:
        """The line of the innermost function; None outside of any."""
        return self.line_in(len(self.calls)) if self.calls else None

    def line_in(self, depth: int) -> Line:
        """Return the line of one of the frames, counted from the outermost."""
        call = self.calls[min(depth, len(self.calls) - 1)]
        return Line(call.code.co_filename, call.line)


NOWHERE = Site(())  # of what was computed while nobody looked on

Within = tuple[tuple[int, int], ...]  # instructions of our layers, and which code's, the outermost first


class Sites:
    """The sites of what is computed inside one call of a function, each made once.

    What calls that function itself is no part of a site. Nor are functions of this package; but as `within`
    it is known at which instructions of our own layers the last operation was computed.
    """

    def __init__(self, base: CodeType) -> None:
        self._base = base
        self._known: dict[tuple[int, ...], Site] = {}
        self._begins: dict[tuple[int, int], int] = {}  # of the instruction at a place of some code
        self._are_users: dict[str, bool] = {}  # files
        self.within: Within = ()

    def here(self) -> Site:
        """Return the site of the operation that is being computed.

        Of each call in here, Python tells the profiler that looks for names, so there are few.
        """
        frames: tuple[FrameType, ...] = ()
        key: tuple[int, ...] = ()
        self.within = ()
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code is not self._base:
            file = frame.f_code.co_filename
            try:
                is_own = self._are_users[file]
            except KeyError:
                is_own = self._are_users[file] = is_users(frame)
            if is_own:
                frames += (frame,)
                key += (id(frame.f_code), self._instruction(frame))
            elif not frames and _is_of_layers(file):
                self.within = ((self._instruction(frame), id(frame.f_code)), *self.within)
            frame = frame.f_back
        try:
            return self._known[key]
        except KeyError:
            own = reversed(frames)
            calls = (Call(frame.f_code, self._instruction(frame), frame.f_lineno or 0) for frame in own)
            site = self._known[key] = Site(tuple(calls))
            return site

    def _instruction(self, frame: FrameType) -> int:
        """Return where the instruction begins that a frame is at.

        From Python 3.12 on one that takes from a generator, once it is quick, tells a place in its middle.
        """
        place = id(frame.f_code), frame.f_lasti
        try:
            return self._begins[place]
        except KeyError:
            begins = _instructions(frame.f_code)
            begin = self._begins[place] = begins[bisect(begins, frame.f_lasti) - 1]
            return begin


@lru_cache(maxsize=1_000)
def _instructions(code: CodeType) -> list[int]:
    return [instruction.offset for instruction in get_instructions(code)]


@cache
def _is_of_layers(file: str) -> bool:
    return file.startswith(dirname(nn.__file__))


def line_after(site: Site, before: Site | None) -> Line | None:
    """Return the line where a site parts from that of what came before: where a helper is called."""
    if not site.calls:
        return None
    depth = 0
    if before is not None:
        same = zip(site.calls[:-1], before.calls)
        depth = sum(1 for _ in takewhile(lambda pair: pair[0][:2] == pair[1][:2], same))
    return site.line_in(depth)
