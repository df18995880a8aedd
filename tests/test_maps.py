"""Index maps against lists of positions: random ones, affine and by tables, small and large."""

import subprocess
import sys
from math import prod
from random import Random

import numpy as np
import pytest

from autograd_scratch.program.rolled.structure import Put, Take, inverse, summed, taken
from autograd_scratch.program.variables import Trace
from autograd_scratch.stepping import maps
from autograd_scratch.stepping.maps import Map, fitted, identity_map, places, spread, strides_of, unraveled

CASES = range(60)


@pytest.fixture(params=["lists", "arrays"], autouse=True)
def large(request, monkeypatch):
    """Everything goes both ways: through Python's lists, and through NumPy."""
    monkeypatch.setattr(maps, "LARGE", 1_000_000 if request.param == "lists" else 0)


def shape_drawn(random, axes=3):
    return tuple(random.choice((1, 2, 3, 4)) for _ in range(random.randrange(axes + 1)))


def places_drawn(random, array):
    """Return entries of an array of places, as one may take them: an array of any shape."""
    for _ in range(random.randrange(4)):
        kind = random.randrange(6)
        if kind == 0:
            array = array.transpose(random.sample(range(array.ndim), array.ndim))
        elif kind == 1 and array.ndim:
            steps = [slice(None, None, random.choice((1, -1, 2))) for _ in array.shape]
            array = array[tuple(steps)]
        elif kind == 2 and array.ndim:
            array = array[1:] if len(array) > 1 else array
        elif kind == 3:
            array = np.broadcast_to(array, (random.choice((1, 2)), *array.shape))
        elif kind == 4:
            array = array.reshape(-1)
        elif array.size:
            array = array.reshape(-1)[[random.randrange(array.size) for _ in range(random.randrange(1, 6))]]
    return array


def map_drawn(random, source):
    array = places_drawn(random, np.arange(prod(source)).reshape(source))
    return fitted(array.shape, source, array.ravel().tolist()), array


def is_plain(map_):
    numbers = (*map_.space, *map_.source, map_.offset, *map_.strides, *(map_.table or ()))
    return all(type(number) is int for number in numbers)


@pytest.mark.parametrize("seed", CASES)
def test_fitted_takes_the_entries_that_it_was_made_of(seed):
    random = Random(seed)
    map_, array = map_drawn(random, shape_drawn(random))
    assert map_.positions() == array.ravel().tolist()
    assert map_ == fitted(array.shape, map_.source, array.ravel())
    assert is_plain(map_)
    assert map_.size == array.size
    assert all(stride == 0 for size, stride in zip(map_.space, map_.strides) if size == 1)


@pytest.mark.parametrize("seed", CASES)
def test_what_views_take_is_affine(seed):
    random = Random(seed)
    shape = shape_drawn(random)
    array = np.arange(prod(shape)).reshape(shape)
    array = array.transpose(random.sample(range(array.ndim), array.ndim))
    array = array[tuple(slice(None, None, random.choice((1, -1, 2))) for _ in array.shape)]
    array = np.broadcast_to(array, (2, *array.shape))
    map_ = fitted(array.shape, shape, array.ravel().tolist())
    assert map_.table is None
    expected = [0 if size == 1 else step // 8 for size, step in zip(array.shape, array.strides)]
    assert list(map_.strides) == expected


@pytest.mark.parametrize("seed", range(200))
def test_one_map_then_another(seed):
    random = Random(seed)
    outer, taken_first = map_drawn(random, shape_drawn(random))
    inner, array = map_drawn(random, outer.space)
    both = outer.then(inner)
    assert both.positions() == [taken_first.ravel()[place] for place in array.ravel()]
    assert (both.space, both.source) == (inner.space, outer.source)
    assert both == fitted(inner.space, outer.source, both.positions())
    assert is_plain(both)


@pytest.mark.parametrize("seed", CASES)
def test_indices(seed):
    random = Random(seed)
    map_, array = map_drawn(random, shape_drawn(random))
    found = map_.indices()
    if found is not None:
        origin, steps = found
        for place, position in zip(places(map_.space), array.ravel(), strict=True):
            index = np.array(origin) + sum(i * np.array(step) for i, step in zip(place, steps))
            assert (
                tuple(index) == np.unravel_index(position, map_.source) == unraveled(position, map_.source)
            )


def test_indices_are_there_for_slices_and_not_where_rows_go_on():
    assert Map((2, 2), (3, 4), 5, (4, 1)).indices() == ((1, 1), [(1, 0), (0, 1)])
    assert Map((2, 2), (3, 4), 10, (-4, -2)).indices() == ((2, 2), [(-1, 0), (0, -2)])
    assert Map((6,), (3, 4), 0, (1,)).indices() is None
    assert Map((3,), (3, 4), 0, (5,)).indices() == ((0, 0), [(1, 1)])
    assert fitted((3,), (4,), [0, 3, 3]).indices() is None


@pytest.mark.parametrize("seed", CASES)
def test_what_maps_say_of_themselves(seed):
    random = Random(seed)
    map_, array = map_drawn(random, shape_drawn(random))
    found = array.ravel().tolist()
    count = prod(map_.source)
    assert map_.is_permuted == (sorted(found) == list(range(count)) and not _is_turned(map_))
    assert map_.is_identity == (found == list(range(count)) and map_.space == map_.source)
    assert map_.is_whole == (found == list(range(count)))
    if map_.is_spread:
        assert sorted(found) == sorted([*range(count)] * (len(found) // count))
        assert Put(map_).count == len(found) / count


def _is_turned(map_):
    """Say whether a map goes backwards along some axis."""
    return map_.table is None and any(stride < 0 for stride in map_.strides)


@pytest.mark.parametrize("seed", CASES)
def test_inverse(seed):
    random = Random(seed)
    source = shape_drawn(random)
    array = np.arange(prod(source)).reshape(source)
    array = array.transpose(random.sample(range(array.ndim), array.ndim))
    shape = random.choice((array.shape, (array.size,), (1, *array.shape)))
    map_ = fitted(shape, source, array.ravel().tolist())
    if not map_.is_permuted or map_.table is not None:
        assert shape == (array.size,)
        return
    back = inverse(map_)
    assert map_.then(back).is_identity
    assert back.positions() == np.argsort(array.ravel()).tolist()
    assert (back.space, back.source) == (map_.source, map_.space)


def chain(x):
    """Return the primitives from a Variable down to the leaf."""
    found = []
    while x.primitive is not None:
        found.append(x.primitive)
        (x,) = x.parents
    return found


def put_by(positions, entries, size):
    out = [0.0] * size
    for place, entry in zip(positions, entries, strict=True):
        out[place] += entry
    return out


@pytest.mark.parametrize("seed", range(100))
def test_taken_and_summed_do_what_their_maps_say(seed):
    random = Random(seed)
    shape = shape_drawn(random)
    trace = Trace()
    x = leaf = trace.leaf("x", shape)
    numbers = expected = [float(random.randrange(100)) for _ in range(prod(shape))]
    for _ in range(3):
        map_, _ = map_drawn(random, x.shape)
        x = taken(map_, x)
        expected = [expected[place] for place in map_.positions()]
        shape = shape_drawn(random)
        there = [random.randrange(prod(shape)) for _ in expected]
        if random.random() < 0.5 and prod(shape) == len(expected):
            there = np.arange(prod(shape)).reshape(x.shape).T.ravel().tolist()
        back = fitted(x.shape, shape, there)
        x = summed(back, x)
        expected = put_by(back.positions(), expected, prod(shape))
        assert x.shape == shape
    for primitive in reversed(chain(x)):
        positions = primitive.map.positions()
        if isinstance(primitive, Take):
            numbers = [numbers[place] for place in positions]
        else:
            numbers = put_by(positions, numbers, prod(primitive.map.source))
    assert numbers == expected
    assert chain(leaf) == []


def test_what_undoes_itself_is_not_written():
    trace = Trace()
    x = trace.leaf("x", (2, 3))
    transposed = Map((3, 2), (2, 3), 0, (1, 3))
    back = Map((2, 3), (3, 2), 0, (1, 2))
    assert taken(back, taken(transposed, x)) is x
    assert summed(transposed, taken(transposed, x)) is x
    assert taken(identity_map((2, 3)), x) is summed(identity_map((2, 3)), x) is x
    total = summed(Map((2, 3), (), 0, (0, 0)), x)
    assert summed(Map((2,), (), 0, (0,)), summed(Map((2, 3), (2,), 0, (1, 0)), x)) is total


def test_single_numbers_stand_for_each_entry():
    trace = Trace()
    s = trace.leaf("s")
    rows = spread((3,), (2, 3), [1])
    assert taken(rows, s) is s
    assert taken(rows, 2.5) == 2.5
    assert summed(rows, 2.5) == 5.0
    assert summed(rows, s) is 2.0 * s
    uneven = summed(fitted((3,), (2,), [0, 1, 1]), s)
    assert [primitive.name for primitive in chain(uneven)] == ["put", "take"]
    with pytest.raises(TypeError, match="gives an array"):
        summed(fitted((3,), (2,), [0, 1, 1]), 2.5)


def test_arrays_without_entries():
    empty = fitted((0, 3), (2, 3), [])
    assert empty.positions() == []
    assert empty.then(fitted((3, 0), (0, 3), [])).positions() == []
    assert empty.indices() is None
    assert identity_map((0, 3)).positions() == []
    assert fitted((0,), (0, 3), []).then(fitted((2, 0), (0,), [])).space == (2, 0)


def test_strides_are_those_of_numpy():
    for shape in ((), (3,), (2, 3, 4), (2, 1, 3), (1, 1)):
        expected = [
            0 if n == 1 else step // 8 for n, step in zip(shape, np.zeros(shape).strides, strict=True)
        ]
        assert list(strides_of(shape)) == expected


def test_maps_need_no_numpy():
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from autograd_scratch.stepping.maps import Map, fitted\n"
        "positions = [*range(3000), 0]\n"
        "map_ = fitted((3001,), (3000,), positions)\n"
        "assert map_.positions() == positions\n"
        "assert map_.then(Map((3001,), (3001,), 3000, (-1,))).positions() == positions[::-1]\n"
        "assert Map((60, 60), (60, 60), 0, (1, 60)).positions()[1] == 60\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
