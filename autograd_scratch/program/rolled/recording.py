"""A loss recorded as a trace of arrays.

The arguments of a rolled Program are blocks: arrays, and nested lists of Values that are as regular as one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ...arrays.containers import arrange_blocks
from ...stepping.operands import NotRolledError
from ...stepping.recorder import Recorder
from ...stepping.rolling import Steps
from ...value import Value
from ...wording import apart
from ..forms import Tree
from ..naming import identifier
from ..record import Recording, given_arguments
from .lots import key_of, lots, lots_in
from .nesting import can_be_nested
from .trace import ArrayTrace

_KEY = re.compile(r"\['(\w+)'\]$")  # of a dict, at the end of a place


def argument_names(places: Sequence[str], taken: Iterable[str]) -> Iterable[str]:
    """Return names for arrays by their places, each another one: a key alone, where that tells them apart.

    >>> list(argument_names(["p['W1']", "p['b1']", "x", "q[0]"], ["p", "x", "q"]))
    ['W1', 'b1', 'x', 'q_0']
    """
    keys = [found[1] if (found := _KEY.search(place)) else "" for place in places]
    used = {*taken}
    given: dict[str, None] = {}
    for place, key in zip(places, keys):
        is_clear = key.isidentifier() and keys.count(key) == 1 and key not in used
        given[apart(identifier(key if is_clear else place), given)] = None
    return given


def record_rolled(
    loss: Value,
    wrt: Tree,
    inputs: Mapping[str, Tree],
    extras: Mapping[str, Tree],
    name: str,
    recorder: Recorder,
    has_loops: bool = True,
) -> Recording | None:
    """Write the graph of `loss` into a trace of arrays; None where it cannot be.

    With loops, the rounds of one over time stay one; without, and where it cannot be, they are written out.
    """
    given = {key: lots(tree) for key, tree in given_arguments(wrt, inputs).items()}
    further = {key: lots(tree) for key, tree in extras.items()}
    known = {
        key_of(lot.shape, own)
        for tree, found in given.values()
        for (_, lot), own in zip(lots_in(tree), found)
    }
    wrt_lots, asked = lots(wrt, known)
    if any(key_of(lot.shape, own) not in known for (_, lot), own in zip(lots_in(wrt_lots), asked)):
        return None
    places = [place for key, (tree, _) in given.items() for place, _ in lots_in(tree, key)]
    every = [pair for tree, found in given.values() for pair in zip(lots_in(tree), found)]
    named = {name: (lot.shape, own) for name, ((_, lot), own) in zip(argument_names(places, given), every)}
    others = (x for _, found in further.values() for own in found for x in own)
    roots = [loss, *(x for x in others if isinstance(x, Value))]
    try:
        steps = Steps(roots, named, recorder, has_loops)
        written = ArrayTrace(steps)
        variables = iter([written.argument(source) for source in steps.homes.sources[: len(named)]])
        written.write()
    except NotRolledError:
        return None
    if not can_be_nested(written.trace):
        return record_rolled(loss, wrt, inputs, extras, name, recorder, has_loops=False)

    def located(tree: Tree, found: Sequence[Sequence[Any]]) -> Tree:
        """Return a tree of Variables for one of lots, whose entries are found where they were made."""
        parts = [steps.located(own, lot.shape) for (_, lot), own in zip(lots_in(tree), found)]
        return arrange_blocks(tree, map(written.operand, parts))

    own = {id(x) for entries in asked for x in entries}
    return Recording(
        name=name,
        trace=written.trace,
        arguments={key: arrange_blocks(tree, variables) for key, (tree, _) in given.items()},
        fixed=tuple(key for key, (_, found) in given.items() if not own.isdisjoint(map(id, chain(*found)))),
        wrt=located(wrt_lots, asked),
        value=written.operand(steps.located([loss], ())),
        extras={key: located(*pair) for key, pair in further.items()},
        frozen={},
        forms={key: tree for key, (tree, _) in given.items()},
        wrt_form=wrt_lots,
        extras_forms={key: tree for key, (tree, _) in further.items()},
        integers=recorder.integers,
        mixed=written.singles.mixed,
        own=written.singles.own,
        rolled=steps.share(),
    )
