"""The numeric witness: what the gradient of a loss is, measured on the person's own code, and how surely.

Two methods. The complex step runs the code on complex numbers and is exact to rounding, where every
function on the way extends to them. Many do not, and few of those say so: `np.abs` drops the imaginary
part, an array of floats that was made beforehand loses it. So it is believed of a block only if it gives
the slopes in random directions that Ridders' method measures with real numbers. Otherwise Ridders' method
measures the entries as well, fewer of them because each takes many runs.

A slope comes with its error bar, and a slope in a random direction through all entries of its block tells
of those that were not sampled. An entry at a kink has no slope: it gets those on both sides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from .progress import tell
from .runs import Runs, quiet_floats
from .survey import Direction as Direction
from .survey import Measured as Measured
from .survey import Survey, surveys_of

_BY_COMPLEX_STEP = 512  # entries that are measured, in all blocks together
_BY_RIDDERS = 96
_FEW = 24  # of large blocks, all of which each run copies: that many, at least
_COPIED = 6_000_000  # numbers that are copied for all entries together
_NODES = 20_000  # on Values, which take a hundred times as long: nodes that one run for each entry makes
_REPLAYS = 4  # entries whose branches are compared, by two slow runs on Values each


@dataclass(frozen=True)
class Witness:
    """What was measured: of each block, by its name, some entries by their flat index, and directions."""

    methods: dict[str, str]
    blocks: dict[str, dict[int, Measured]]
    directions: dict[str, tuple[Direction, ...]]
    coverage: tuple[int, int]  # entries that were measured, and all

    @property
    def method(self) -> str:
        """The methods that were used, in words."""
        return " and ".join(dict.fromkeys(self.methods.values()))


def measure(
    loss: Callable[..., Any],
    at: Mapping[str, Any],
    others: Mapping[str, Any],
    names: Iterable[str],
    *,
    seed: int = 0,
    limit: int | None = None,
    ties: bool = False,
) -> Witness:
    """Measure the slopes of `loss(**at, **others)` by the entries of the blocks that are named.

    A block is an array, nested list or number in `at`, or an intermediate result that the loss marks. At
    most `limit` entries are measured, drawn with the seed. `ties` says that the point is known to lie on a
    kink; otherwise one is believed only if other branches are taken on its other side.

    >>> witness = measure(lambda w, b: sum(w) ** 2 + abs(b), {"w": [1.0, 2.0], "b": -3.0}, {}, ["w", "b"])
    >>> witness.methods
    {'w': 'complex step', 'b': "Ridders' method"}
    >>> round(witness.blocks["w"][0].slope, 12), round(witness.blocks["b"][0].slope, 6)
    (6.0, -1.0)
    """
    with quiet_floats():
        runs = Runs(loss, at, others)
        surveys = surveys_of(runs, names, seed)
        sizes = _sample_sizes(surveys, limit, _most(runs))
        asked = count()
        blocks: dict[str, dict[int, Measured]] = {}
        for name, survey in surveys.items():
            is_kink = _judge(survey, asked, ties)
            chosen = sorted(survey.random.sample(range(len(survey.numbers)), sizes[name]))
            blocks[name] = {}
            for done, i in enumerate(chosen):
                tell("measuring {}: {:,} of {:,} entries", name, done, len(chosen))
                blocks[name][i] = survey.entry(i, is_kink)
        return Witness(
            {name: survey.method for name, survey in surveys.items()},
            blocks,
            {name: survey.directions for name, survey in surveys.items()},
            (sum(sizes.values()), sum(len(survey.numbers) for survey in surveys.values())),
        )


def _judge(survey: Survey, asked: Iterator[int], ties: bool) -> Callable[[int, float], bool]:
    """Return what says whether there is a kink where the slopes on both sides of an entry differ."""
    return lambda i, step: ties or (next(asked) < _REPLAYS and survey.branches_differ(i, step))


def _sample_sizes(surveys: Mapping[str, Survey], limit: int | None, most: int) -> dict[str, int]:
    """Return how many entries of each block are measured."""
    sizes = {name: len(survey.numbers) for name, survey in surveys.items()}
    if limit is not None:
        sizes = _shared(limit, sizes)
    exact = {name: size for name, size in sizes.items() if surveys[name].is_complex}
    others = {name: size for name, size in sizes.items() if name not in exact}
    affordable = max(_FEW, _COPIED // max(sum(sizes.values()), 1))
    return _shared(min(_BY_COMPLEX_STEP, affordable), exact) | _shared(min(most, affordable), others)


def _most(runs: Runs) -> int:
    """Return how many entries Ridders' method measures at most."""
    return min(_BY_RIDDERS, 1 + _NODES // max(runs.nodes(), 1)) if runs.on_values else _BY_RIDDERS


def _shared(limit: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Share a limit among blocks: what the small ones do not need goes to the large ones.

    >>> _shared(10, {"W1": 100, "b1": 2, "W2": 50})
    {'b1': 2, 'W2': 4, 'W1': 4}
    """
    shares = {}
    for done, (name, size) in enumerate(sorted(sizes.items(), key=lambda item: item[1])):
        shares[name] = min(size, limit // (len(sizes) - done))
        limit -= shares[name]
    return shares
