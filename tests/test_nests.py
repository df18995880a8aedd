"""Loop nests give what their equations say, entry by entry, in Python and compiled."""

import pytest
from array_traces import CASES

from autograd_scratch.program.compilation import compiled
from autograd_scratch.program.loop_code import compiled_loops, index_tables
from autograd_scratch.program.loop_source import laid_out, loop_source
from autograd_scratch.program.nests.building import nests_of


def compare(case, run):
    nests = nests_of(*case.lowered())
    layout = laid_out(nests)
    memory = [float("nan")] * layout.size
    numbers = dict(zip(nests.arguments, case.numbers.values()))
    for array, entries in {**nests.tables, **numbers}.items():
        memory[layout.offsets[array] : layout.offsets[array] + array.size] = entries
    memory = run(nests, layout, memory)
    for n, (result, (entries, sizes)) in enumerate(zip(nests.results, case.expected(), strict=True)):
        if result.__class__ is float:
            found = [result] * len(entries)
        else:
            found = memory[layout.offsets[result] : layout.offsets[result] + result.size]
        assert len(found) == len(entries)
        for i, (number, entry, size) in enumerate(zip(found, entries, sizes)):
            assert abs(number - entry) <= 1e-13 * size, (n, i, number, entry, size)


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
def test_compiled(name):
    pytest.importorskip("numba")
    compare(CASES[name](), by_numba)
