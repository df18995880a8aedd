"""What boxes are called in sentences, and how they are computed, in words that follow one another.

A name is a person's own, or that of a module. A short formula stands for itself; what is longer has a
number, by which others tell it.
"""

from typing import Any

from ...nn.clusters import Cluster
from ...value import Value
from ...wording import formula, in_parentheses
from ..scalars import Sketch
from ..scene import Scene
from ..view import fitting

_PATH, _NAME, _ROOT = 80, 48, 24  # signs of what stands for a name


def sentences(scene: Scene, sketch: Sketch) -> tuple[list[str], list[str]]:
    """Return what each box is called in a sentence, and how it is computed; '' where its title says it."""
    called: dict[Any, str] = {}
    names: list[str] = []
    equations: list[str] = []
    places = {id(thing): i for i, thing in enumerate(sketch.things)}
    for i, (thing, box) in enumerate(zip(sketch.things, sketch.boxes)):
        name = written = ""
        if isinstance(thing, Value):
            written = formula(thing, names=called) if thing.parents else ""
            if "..." in written:  # too deep: what it is computed from is told by number
                for parent in thing.parents:
                    if isinstance(parent, Value) and parent.parents and parent not in called:
                        place = places[id(parent)]
                        names[place] = called[parent] = f"{sketch.boxes[place].texts[0]} #{place}"
                written = formula(thing, names=called)
            name = fitting(scene.path(thing), _PATH) or _home(thing, box.cluster)
            if name:
                called[thing] = in_parentheses(name)
            elif scene.roots == [thing]:
                name = written if written and _is_short(written, _ROOT) else "output"
            elif not written:
                name = f"leaf #{i}"
            elif _is_short(written, _NAME):
                name = written
            else:
                name = called[thing] = f"{box.texts[0]} #{i}"
        names.append(name)
        equations.append(written)
    return names, equations


def _home(value: Value, home: Cluster) -> str:
    """Return what an operation of a module is called."""
    return (
        f"{value.primitive.label} of {fitting('.'.join(home), _PATH)}"
        if home and value.primitive is not None
        else ""
    )


def _is_short(written: str, width: int) -> bool:
    return "..." not in written and len(written) <= width
