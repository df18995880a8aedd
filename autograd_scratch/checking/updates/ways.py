"""How a person's step may be called: what is handed in for parameters, and for what it remembers."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .blocks import Blocks, Parameters
from .person import Person
from .roles import PLURAL, Role

WHOLE, LISTED, APART, BY_NAME = "whole", "listed", "apart", "by name"
LAYER, OBJECTS, TENSORS, INSIDE = "layer", "objects", "tensors", "inside"
PAIRED = "paired"  # with their gradients


class Blank(NamedTuple):
    """What is handed for what a step remembers, before the first step.

    It is `bare` of everything, or a list of `many` that are as the parameters are, where one stands alone,
    or a list with so many arrays for each parameter, in `rows`; else it has names of the step's own.
    """

    bare: bool = False
    many: int = 0
    rows: bool = False


_ANY = (Blank(), Blank(bare=True), Blank(many=2), Blank(many=3))
_ROWS = (Blank(many=2, rows=True), Blank(many=3, rows=True), Blank(many=1, rows=True))


class Way(NamedTuple):
    """A way of calling: what parameters are handed in, and what may be one way or another beside that.

    `prefix` is before the keys of gradients; `first` what t is at first; `own` that each parameter has an
    object of its own; `moves` that what is returned is by how much parameters change, and not these.
    """

    vessel: str
    prefix: str = ""
    first: int = 1
    own: bool = True
    moves: bool = False
    blank: Blank = Blank()


def ways(person: Person, blocks: Parameters) -> Iterator[Way]:
    """Yield the ways in which a step may be called, the likeliest first."""
    roles = {role: name for name, role in person.roles.items()}
    own = person.is_method and Role.NAME not in roles
    for vessel in _vessels(roles, person, blocks) if isinstance(blocks, Blocks) else (OBJECTS,):
        for blank in _blanks(person, blocks, vessel):
            yield Way(vessel, own=own, blank=blank)
            if vessel == WHOLE and blocks.is_named:
                yield Way(vessel, "d", own=own, blank=blank)


def _blanks(person: Person, blocks: Parameters, vessel: str) -> Iterator[Blank]:
    """Yield what may be handed for what a step remembers, the likeliest first."""
    states = [name for name, role in person.roles.items() if role is Role.STATE]
    if any(name.endswith("s") for name in states) and vessel not in (APART, BY_NAME):
        yield from _ROWS
    yield from _ANY if len(person.remembered) == 1 else _ANY[: 2 if person.remembered else 1]
    whole = blocks.whole(blocks.arrays(blocks.starts))
    if states and vessel != APART and isinstance(whole, (Mapping, list, tuple)):  # no array, which has rows
        yield Blank(many=1)


def _vessels(roles: Mapping[Role, str], person: Person, blocks: Blocks) -> Iterator[str]:
    """Yield what parameters may be handed in, the likeliest first."""
    if blocks.twins is not None:
        yield OBJECTS
        return
    if person.inside and roles.keys().isdisjoint((Role.PARAMETERS, Role.LAYER)):
        yield INSIDE
    if [*person.roles.values()].count(Role.PARAMETERS) > 1:
        yield BY_NAME
    elif Role.PAIRS in roles:
        yield LISTED
    elif Role.LAYER in roles:
        yield from (WHOLE, LISTED, LAYER) if Role.GRADIENTS in roles else (LAYER,)
    elif roles.keys().isdisjoint((Role.GRADIENTS, Role.FUNCTION)):
        yield from (OBJECTS, PAIRED, TENSORS, LAYER)
    elif Role.NAME in roles:
        yield APART
    else:
        name = roles.get(Role.PARAMETERS, roles.get(Role.GRADIENTS, ""))
        is_one = blocks.is_named and not person.holds
        is_several = name.lower() in PLURAL or name.endswith("s")
        yield from (APART,) if is_one and not is_several else ()
        yield from (WHOLE, LISTED)
        yield from (APART,) if is_one and is_several else ()
