"""Which parts of a graph are drawn as one: lines of a program, layers, models, and what comes in a row."""

from collections.abc import Hashable, Mapping, Sequence
from types import CodeType
from typing import NamedTuple

from ..primitives.arithmetic import add
from ..primitives.reductions import dot_p
from ..stepping.sites import Site
from ..value import Value
from ..wording import Line
from .parts import Part, heads_of, merged
from .scene import Scene

FEW_GIVEN, MOST_GIVEN = 6, 24  # arrays


def by_lines(parts: Sequence[Part], scene: Scene) -> list[Part]:
    """Put together what one line computes on the way to what has a name: `X @ W` in `z = X @ W + b`.

    Where no lines are known, a weighted sum and the bias that is added to it in the same layer.
    """
    heads = heads_of(parts)
    key_of: dict[Part, Part] = {}
    for part in reversed(parts):
        own = {key_of[head] for head in heads[part]}
        (head,) = own if len(own) == 1 else (part,)
        is_inner = part.steps and head.steps and _are_one(part, head, scene)
        key_of[part] = head if is_inner else part
    return merged(parts, key_of.get, is_safe=True)


def _are_one(part: Part, head: Part, scene: Scene) -> bool:
    """Say whether a line computes both, of which the inner has no name, or a weighted sum and its bias."""
    inner, outer = part.steps[-1], head.steps[-1]
    if inner.result.name:
        return False
    if inner.site is not None and outer.site is not None:
        return inner.site.calls[:-1] == outer.site.calls[:-1] and inner.site.line == outer.site.line
    is_bias = inner.primitive is dot_p and outer.primitive is add
    return is_bias and scene.layer(inner.result.entries) == scene.layer(outer.result.entries)


def by_layers(parts: Sequence[Part], scene: Scene, rounds: Mapping[Value, int]) -> list[Part]:
    """Put together what belongs to one layer, with its parameters; its `rounds` stay apart."""
    keys: dict[Part, Hashable] = {}
    for part in parts:
        module = _module(part, scene)
        number = rounds.get(part.steps[-1].result.entries[0]) if part.steps else None
        keys[part] = f"{module}{f' ({number})' if number else ''}" if module else None
    return merged(parts, _with_parameters(parts, keys, scene).get)


def by_models(parts: Sequence[Part], scene: Scene) -> list[Part]:
    """Put together what belongs to one model, and what lies between its layers."""
    keys: dict[Part, Hashable] = {part: _model(part, scene) or None for part in parts}
    heads = heads_of(parts)
    above: dict[Part, set[Hashable]] = {}
    for part in parts:
        above[part] = {keys[part]}.union(*(above[tail] for tail in part.tails)) - {None}
    below: dict[Part, set[Hashable]] = {}
    for part in reversed(parts):
        below[part] = {keys[part]}.union(*(below[head] for head in heads[part])) - {None}
    for part in parts:
        between = above[part] & below[part]
        if keys[part] is None and part.steps and len(between) == 1:
            (keys[part],) = between
    return merged(parts, _with_parameters(parts, keys, scene).get)


def _module(part: Part, scene: Scene) -> str:
    return scene.layer(part.steps[-1].result.entries) if part.steps else ""


def _model(part: Part, scene: Scene) -> str:
    """Return the model of a part; of several each has a name."""
    module = _module(part, scene)
    return module and (module.partition(".")[0] if scene.has_several_models else "model")


def _with_parameters(
    parts: Sequence[Part], keys: Mapping[Part, Hashable], scene: Scene
) -> dict[Part, Hashable]:
    """Return keys with those of parameters that one key alone takes."""
    heads = heads_of(parts)
    found = {**keys}
    for part in parts:
        own = {keys[head] for head in heads[part]}
        if not part.steps and len(own) == 1 and scene.holds_parameters(part.sources[0].entries):
            (found[part],) = own
    return found


def by_calls(parts: Sequence[Part], depth: int) -> list[Part]:
    """Put together what the same line computes, calls of other functions included, so many calls deep."""

    def key_of(part: Part) -> Hashable:
        site = part.steps[-1].site if part.steps else None
        return _calls(site, depth) if site is not None and site.calls else None

    return merged(parts, key_of)


def deepest_call(parts: Sequence[Part]) -> int:
    """Return how many calls deep lines are at most."""
    sites = (step.site for part in parts for step in part.steps)
    return max((len(site.calls) for site in sites if site is not None), default=0)


class Calls(NamedTuple):
    """Where an operation stands, so many calls deep: their instructions, and the line of the last."""

    outer: tuple[tuple[CodeType, int], ...]
    line: Line

    def is_inside(self, site: Site) -> bool:
        """Say whether an operation stands in a function that the line calls."""
        # of a comprehension the line tells more
        is_short = site.calls[-1].code.co_name.startswith("<")
        return is_short or len(site.calls) > len(self.outer) + 1


def _calls(site: Site, depth: int) -> Calls:
    *outer, last = site.calls[:depth]
    line = Line(last.code.co_filename, last.line)
    return Calls(tuple((call.code, call.instruction) for call in outer), line)


def in_a_row(parts: Sequence[Part], count: int) -> list[Part]:
    """Put together what is computed one after the other, so that so many parts are left at most.

    Arrays that were given stay as they are; of many only those that have a name.
    """
    steps = [part for part in parts if part.steps]
    given = [part for part in parts if not part.steps]
    kept = [part for part in given if part.sources[0].name] if len(given) > FEW_GIVEN else given
    kept = kept if len(kept) <= MOST_GIVEN else []
    size = -(-len(steps) // max(count - min(len(kept), count // 2), 2))
    # in the order of the parts, so that no circle can come of it
    keys: dict[Part, Hashable] = {part: i // size for i, part in enumerate(steps)} if size > 1 else {}
    heads = heads_of(parts)
    for part in given:
        own = {keys.get(head) for head in heads[part]}
        if part not in kept and all(source.kind != "carried" for source in part.sources):
            keys[part] = ("given", own.pop() if len(own) == 1 else None)
    return merged(parts, keys.get)
