"""Loop nests give what their equations say, entry by entry, in Python and compiled."""

import re

import pytest
from array_traces import CASES, Case, everywhere, network
from conftest import long
from wasm import run_nests

from autograd_scratch import MLP, Adam, derive, fit
from autograd_scratch.datasets import moons
from autograd_scratch.program.compilation import compiled
from autograd_scratch.program.machine.code import Loops, compiled_loops, index_tables
from autograd_scratch.program.machine.source import epochs_source, laid_out, loop_source
from autograd_scratch.program.nests import tiling
from autograd_scratch.program.nests.building import nests_of
from autograd_scratch.program.nests.loops import Loop, statements
from autograd_scratch.program.nests.repeating import epochs_of
from autograd_scratch.program.wasm.formulas import MORE
from autograd_scratch.program.wasm.lanes import in_pairs


def filled(nests, layout, numbers):
    """Return a memory with the entries of arguments and tables."""
    memory = [float("nan")] * layout.size
    for array, entries in [*nests.tables.items(), *zip(nests.arguments, numbers, strict=True)]:
        memory[layout.offsets[array] : layout.offsets[array] + array.size] = entries
    return memory


def results(nests, layout, memory):
    return [
        [r] if r.__class__ is float else memory[layout.offsets[r] : layout.offsets[r] + r.size]
        for r in nests.results
    ]


def compare(case, run):
    nests = nests_of(*case.lowered())
    layout = laid_out(nests)
    memory = run(nests, layout, filled(nests, layout, case.numbers.values()))
    for found, (entries, sizes) in zip(results(nests, layout, memory), case.expected(), strict=True):
        same = found * len(entries) if len(found) == 1 else found
        assert len(same) == len(entries)
        for number, entry, size in zip(same, entries, sizes):
            assert abs(number - entry) <= 1e-13 * size


def in_python(nests, layout, memory):
    compiled(loop_source("loss", nests, layout, plus=None))(memory, layout.tables)
    return memory


def by_numba(nests, layout, memory):
    numpy = pytest.importorskip("numpy")
    memory = numpy.array(memory)
    compiled_loops(loop_source("loss", nests, layout))(memory, index_tables(layout.tables))
    return memory.tolist()


@pytest.mark.parametrize("name", CASES)
def test_in_python(name):
    compare(CASES[name](), in_python)


@pytest.mark.parametrize("name", CASES)
def test_rounds_side_by_side(name, monkeypatch):
    monkeypatch.setattr(tiling, "LEAST", 2)
    compare(CASES[name](), in_python)


def in_wasm(case):
    nests = nests_of(*case.lowered(MORE), way=in_pairs)
    found = run_nests(nests, case.numbers.values())
    for own, (entries, sizes) in zip(found, case.expected(), strict=True):
        same = own * len(entries) if len(own) == 1 else own
        assert len(same) == len(entries)
        for number, entry, size in zip(same, entries, sizes):
            assert abs(number - entry) <= 1e-13 * size


@pytest.mark.parametrize("name", CASES)
def test_in_wasm(name):
    pytest.importorskip("wasmtime")
    in_wasm(CASES[name]())


COMPILED = [
    "long product 01",
    "network",
    *("entropy", "convolution", "scattered", "slices", "max", "logsumexp", "numbers", "at random 4"),
    "two states",
]


@pytest.mark.parametrize("name", [name if name in COMPILED else long(name) for name in CASES])
def test_compiled(name):
    pytest.importorskip("numba")
    compare(CASES[name](), by_numba)


def test_nothing_is_larger_than_it_must_be():
    nests = nests_of(*network(100, (2, 16, 16, 1)).lowered())
    rows = [array.size for array in nests.buffers]
    assert max(rows) == 1600  # of the rows of a layer: no product of a sum is kept
    assert len([size for size in rows if size == 1600]) <= 6


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("windows")])
def test_windows_are_strides_along_axes_of_their_own(name):
    body = nests_of(*CASES[name]().lowered()).body
    places = [statement.place for statement in statements(body) if hasattr(statement, "place")]
    assert places
    assert not any(place.table for place in places)


def test_the_text_is_loops():
    nests = nests_of(*network(100, (2, 16, 1)).lowered())
    text = loop_source("loss", nests, laid_out(nests)).text
    assert text.startswith("from math import exp, tanh\n\n\ndef loss(memory, tables):\n")
    assert re.search(r"memory\[\d+ \+ i\d+\] \+= \w+ \* memory\[2 \* i\d+ \+ i\d+\]\n", text)
    assert len([s for s in statements(nests.body) if isinstance(s, Loop)]) < 30


def training(rows=12, batches=3):
    """Return nests of a loss and of steps with momentum, and the same as a Case for one batch."""
    case = network(rows // batches, (2, 3, 1))
    loss, *slopes = case.results
    lr, steps = case.argument("lr"), case.argument("steps")
    case.numbers |= {lr: [0.05], steps: [0.0]}
    pairs = [(steps, steps + 1.0)]
    for p, slope in zip(list(case.numbers)[2:-2], slopes):
        v = case.argument(f"v_{p.name}", *p.shape)
        moved = v * 0.9 + slope
        pairs += [(p, p - moved * everywhere(lr, p.shape)), (v, moved)]
    case.results = [loss, *(after for _, after in pairs)]
    return case, [before for before, _ in pairs]


def trained(run, epochs=4, rows=12, batches=3):
    """Hold a loop over epochs and batches against one batch after the other."""
    case, before = training(rows, batches)
    trace, arguments, found, tables = case.lowered()
    places = dict(zip(case.numbers, arguments))
    carried = [(places[x], after) for x, after in zip(before, found[1:])]
    loop = epochs_of(nests_of(trace, arguments, found, tables, carried), (0, 1), batches)
    layout = laid_out(loop.nests)
    data = [[case.random.uniform(-1.0, 1.0) for _ in range(n * rows)] for n in (2, 1)]
    memory = filled(loop.nests, layout, [*data, *list(case.numbers.values())[2:]])
    memory, losses = run(loop, layout, memory, [0.0] * epochs)

    expected = []
    for _ in range(epochs):
        total = 0.0
        for batch in range(batches):
            for x, entries in zip(list(case.numbers), data):
                size = len(entries) // batches
                case.numbers[x] = entries[batch * size : (batch + 1) * size]
            (loss, _), *after = case.expected()
            total += loss[0]
            case.numbers |= {x: entries for x, (entries, _) in zip(before, after)}
        expected.append(total)
    assert losses == pytest.approx(expected, rel=1e-12)
    arrays = dict(zip(case.numbers, loop.nests.arguments))
    for x in before:
        offset = layout.offsets[arrays[x]]
        assert memory[offset : offset + arrays[x].size] == pytest.approx(case.numbers[x], rel=1e-11)


def test_training_in_python():
    def run(loop, layout, memory, losses):
        compiled(epochs_source("train", loop, layout, plus=None))(memory, layout.tables, losses)
        return memory, losses

    trained(run)
    trained(run, rows=5, batches=1)


def test_training_compiled():
    numpy = pytest.importorskip("numpy")
    pytest.importorskip("numba")

    def run(loop, layout, memory, losses):
        memory, losses = numpy.array(memory), numpy.array(losses)
        function = compiled_loops(epochs_source("train", loop, layout), trains=True)
        function(memory, index_tables(layout.tables), losses)
        return memory.tolist(), losses.tolist()

    trained(run)


def test_a_program_of_arrays_by_numba():
    numpy = pytest.importorskip("numpy")
    pytest.importorskip("numba")
    chance = numpy.random.default_rng(0)
    x, y = chance.normal(size=(40, 3)), chance.normal(size=40)
    weights = [chance.normal(size=(3, 4)), chance.normal(size=4), chance.normal(size=(4, 1))]

    def loss(weights, x, y):
        w, b, v = weights
        return ((numpy.tanh(x @ w + b) @ v - y[:, None]) ** 2).mean()

    one, other = (
        derive(loss, wrt=["weights"], inputs=[weights, x, y], backend=backend)(weights, x, y)
        for backend in ("python", "numba")
    )
    assert one[0] == pytest.approx(other[0], rel=1e-12)
    for a, b in zip(one[1][0], other[1][0], strict=True):
        assert a.shape == b.shape
        assert a == pytest.approx(b, rel=1e-11, abs=1e-13)


def test_calls_have_memories_of_their_own():
    pytest.importorskip("numba")
    case = CASES["product 00"]()
    loops = Loops("product", nests_of(*case.lowered()))
    numbers = list(case.numbers.values())
    first = loops(*numbers)
    second = loops(*([2.0 * x for x in entries] for entries in numbers))
    assert first[0] * 4.0 == pytest.approx(second[0])


@pytest.mark.parametrize("shape", [(), (3,)])
def test_arguments_may_change_places(shape):
    case = Case()
    x, y, _ = (case.argument(name, *shape) for name in "xyz")
    case.want(x * y, x, 0.5)
    trace, arguments, found, tables = case.lowered()
    nests = nests_of(trace, arguments, found, tables, list(zip(arguments, found)))
    layout = laid_out(nests)
    numbers = list(case.numbers.values())
    memory = in_python(nests, layout, filled(nests, layout, numbers))
    first, second, third = (memory[layout.offsets[a] : layout.offsets[a] + a.size] for a in nests.arguments)
    assert first == [a * b for a, b in zip(*numbers[:2])]
    assert second == numbers[0]
    assert third == [0.5] * len(numbers[0])


@pytest.mark.parametrize("options", [long({}), {"batch_size": 32, "seed": 1}], ids=str)
def test_fit(options):
    pytest.importorskip("numba")
    found = []
    for backend in ("python", "numba"):
        model = MLP(2, [16, 1], activation="tanh", seed=0)
        data = moons(100, seed=0)
        history = fit(
            model, data, optimizer=Adam(0.02), epochs=5, engine="derived", backend=backend, **options
        )
        found.append([*history.losses, *(p.data for p in model.parameters())])
    assert found[0] == pytest.approx(found[1], rel=1e-9)
