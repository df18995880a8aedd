"""Invented names, for models of characters: a small grammar, and chance.

What there is to learn: a name is bright or dark, and all its vowels and its ending are of that kind. The
letter before does not tell which, so that a model which looks further back finds more.
"""

from random import Random

from ..errors import RangeError
from ..ieee import whole
from ..seeds import Seed, random_from
from ..signatures import call_form

_MOST = 2_000  # of more than ten times as many that the grammar has

# what stands there twice is twice as frequent
_STARTS = "b br d d f g h j kr l l m m n n r r s s t t th v w y z"
_MIDDLES = "b d l l ll m m n n nd nn r r rl rv s st th v z"
_VOWELS_AND_ENDINGS = (
    ("e e e i i i ei", "e el eli en erin eth ie iel in ine ith"),
    ("a a a o o u au", "a a ado an ar as o ola on or ora oth un"),
)


@call_form("names(1_000, seed=0)")
def names(count: int, *, seed: Seed = None) -> list[str]:
    """Return `count` different names, at most 2,000, each of 4 to 14 small letters from a to z.

    They are made up by a grammar of syllables, and taken from no list of names.

    >>> names(5, seed=0)
    ['brastola', 'ravan', 'feiline', 'vauzanda', 'litherie']
    """
    count, random = whole(count, "the count of names"), random_from(seed)
    if count > _MOST:
        raise RangeError(f"there are at most {_MOST:,} names, not {count:,}")
    found: dict[str, None] = {}
    while len(found) < count:
        found[_name(random)] = None
    return list(found)


def _name(random: Random) -> str:
    vowels, endings = random.choice(_VOWELS_AND_ENDINGS)
    parts = [_STARTS, *[vowels, _MIDDLES] * random.choice((1, 1, 2)), endings]
    return "".join(random.choice(part.split()) for part in parts)
