"""Which Values of a graph open and close together: models hold layers, these arrays, and these scalars."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...value import Value
from ..levels import MOST_NODES, Level
from ..parts import Part
from ..scalars import Sketch
from ..scene import Scene
from ..view import Box

NOWHERE = -1


@dataclass
class Group:
    """What is drawn as one box, or opened as a frame; `outer` is the number of the group around it."""

    title: str
    kind: str
    outer: int
    about: str


def nested(scene: Scene, sketch: Sketch, level: Level) -> tuple[list[Group], list[int]]:
    """Return the groups of a graph, outer ones first, and the innermost group of each box of a sketch."""
    if not any(scene.order) or len(scene.order) > MOST_NODES:
        return [], [NOWHERE] * len(sketch.things)
    groups, lines = _groups(level.nested(), level)
    of_value = {
        id(entry): lines[part]
        for part in lines
        for entries in (
            *(step.result.entries for step in part.steps),
            *(source.entries for source in part.sources if source.kind != "carried"),
        )
        for entry in entries
        if isinstance(entry, Value)
    }
    homes = [
        of_value.get(id(thing), NOWHERE) if isinstance(thing, Value) else NOWHERE for thing in sketch.things
    ]
    _add_samples(sketch, groups, homes)
    _add_inner(sketch, homes)
    return _without_small(groups, homes)


def _groups(levels: Mapping[str, Sequence[Part]], level: Level) -> tuple[list[Group], dict[Part, int]]:
    """Return a group for each part of each level, and that of each line."""
    lines = levels["array"]
    groups: list[Group] = []
    inner: dict[Part, int] = dict.fromkeys(lines, NOWHERE)
    for kind in ("model", "layer"):
        parts = [part for part in levels.get(kind, ()) if isinstance(part.key, str)]
        held = {part: {inner[line] for line in part.members} for part in parts}
        if any(len(outer) > 1 for outer in held.values()):  # what crosses models holds none of them
            groups, inner, held = [], dict.fromkeys(lines, NOWHERE), {part: {NOWHERE} for part in parts}
        boxes = level.boxes(parts)
        for part in parts:
            groups.append(_group(boxes.of(part, ""), kind, held[part].pop()))
            inner |= dict.fromkeys(part.members, len(groups) - 1)
    boxes = level.boxes(lines)
    for part in filter(_is_several, lines):
        groups.append(_group(boxes.of(part, ""), "array", inner[part]))
        inner[part] = len(groups) - 1
    return groups, inner


def _is_several(part: Part) -> bool:
    """Say whether a part has several numbers, or what leads to one."""
    arrays = [*(step.result for step in part.steps), *part.sources]
    return len(arrays) > 1 or any(len(array.entries) > 1 for array in arrays)


def _group(box: Box, kind: str, outer: int) -> Group:
    first, *others = (*box.rows, *box.table[:1])
    told = "\n".join(cell.text for row in others for cell in row if cell.role == "text")
    title = " ".join(cell.text for cell in first)
    return Group(title, kind, outer, told if kind != "array" else box.about)


def _add_samples(sketch: Sketch, groups: list[Group], homes: list[int]) -> None:
    """Add a group for the numbers of several samples that are called x1, x2, ..., and one for y."""
    stems: defaultdict[str, list[int]] = defaultdict(list)
    for i, (box, thing) in enumerate(zip(sketch.boxes, sketch.things)):
        if box.kind == "input" and not isinstance(thing, Value):
            stems[box.rows[0][0].text[0]].append(i)
    for stem, places in stems.items():
        groups.append(
            Group(f"{stem} ({len(places)})", "array", NOWHERE, f"{len(places)} numbers of the data")
        )
        for place in places:
            homes[place] = len(groups) - 1


def _add_inner(sketch: Sketch, homes: list[int]) -> None:
    """Give what lies inside one group alone, as the terms of a sum do, its group."""
    users: defaultdict[int, set[int]] = defaultdict(set)
    number = {box.id: i for i, box in enumerate(sketch.boxes)}
    for edge in sketch.edges:
        users[number[edge.tail]].add(number[edge.head])
    for i in reversed(range(len(homes))):
        own = {homes[user] for user in users[i]}
        is_given = sketch.boxes[i].kind in ("input", "parameter", "output")
        if homes[i] == NOWHERE and len(own) == 1 and not is_given:
            (homes[i],) = own


def _without_small(groups: Sequence[Group], homes: Sequence[int]) -> tuple[list[Group], list[int]]:
    """Leave out groups of one thing, from the innermost on."""
    outer = [group.outer for group in groups]
    counts = Counter(homes)
    moved = {NOWHERE: NOWHERE}
    for i in reversed(range(len(groups))):
        if counts[i]:
            counts[outer[i]] += 1 if counts[i] > 1 else counts[i]
    kept = [i for i in range(len(groups)) if counts[i] > 1]
    place = {i: number for number, i in enumerate(kept)}
    for i in range(len(groups)):
        moved[i] = place[i] if i in place else moved[outer[i]]
    found = [Group(groups[i].title, groups[i].kind, moved[outer[i]], groups[i].about) for i in kept]
    return found, [moved[home] for home in homes]
