"""What is measured side by side is the same work. How long it takes, no test asks."""

import pytest
from conftest import long

from tests.benchmarks import (
    cnn,
    epochs,
    gpt,
    hessians,
    microgpt,
    networks,
    peers,
    ready,
    report,
    tiny,
    two_layers,
    xor,
)
from tests.benchmarks.former import HERE, Former
from tests.benchmarks.ours import DERIVED
from tests.benchmarks.timing import Step, Times, Work, flat, measure, prepared, repeated

WORKS = [
    *map(long, xor.WORKS),
    *map(long, networks.MOONS_WORKS),
    *networks.DIGITS_WORKS,
    *tiny.WORKS,
    *microgpt.WORKS,
    *gpt.WORKS,
    *hessians.WORKS,
    *map(long, epochs.WORKS),
    *map(long, cnn.WORKS),
    *(two_layers.work(loss, 4) for loss in two_layers.LOSSES),
]


@pytest.fixture(autouse=True)
def numpy_alone(monkeypatch):
    """The peers take seconds to import."""
    module = peers.module

    def found(name):
        if name not in ("numpy", "numba"):
            raise peers.NotHereError(name)
        try:
            return module(name)
        except peers.NotHereError:
            pytest.skip(f"needs {name}")

    monkeypatch.setattr(peers, "module", found)


@pytest.fixture(autouse=True)
def fewer_neurons(monkeypatch):
    """The whole of the demo takes numba half a minute."""
    monkeypatch.setattr(networks, "HIDDEN", [8, 8])


@pytest.fixture(scope="module")
def itself():
    """This build, as the one before."""
    former = Former(HERE)
    yield former
    former.close()


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.title)
def test_engines_do_the_same_work(work):
    steps, _ = prepared(work)
    assert steps


def test_a_former_build_does_the_same_work_and_takes_its_turns(itself):
    work = itself.beside(tiny.WORKS[0])
    steps, _ = prepared(work)
    assert {"before, eager", "before, derived"} <= {*steps}
    assert flat(steps["before, derived"].answer()) == flat(steps["autograd_scratch, derived"].answer())
    assert steps["before, eager"].seconds(100) > 0.0


def test_what_a_former_build_cannot_do_is_left_out_and_named(itself):
    work = Work("work that nobody knows", {"autograd_scratch, eager": tiny.WORKS[0].engines[DERIVED]})
    steps, missing = prepared(itself.beside(work))
    assert [*steps] == ["autograd_scratch, eager"]
    assert "in the build before (KeyError" in missing[0]


def test_a_former_build_must_be_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="--former is the folder of a checkout"):
        Former(str(tmp_path))


@pytest.mark.parametrize("name", ["one sample of 2-16-16-1"])
def test_a_process_tells_what_being_ready_took(name, monkeypatch):
    pytest.importorskip("numpy")
    monkeypatch.setattr(ready, "ROUNDS", 1)
    (cpu, seconds, megabytes), *_ = ready.measured(name, HERE)
    assert cpu > 0.0
    assert seconds > 0.0
    assert megabytes >= 0.0


def test_different_work_is_not_compared():
    engines = {"one": lambda: repeated(lambda: [1.0, 2.0]), "other": lambda: repeated(lambda: [1.0, 2.1])}
    with pytest.raises(AssertionError, match="other and one do different things"):
        prepared(Work("a sum", engines))


def test_a_missing_peer_is_left_out_and_named():
    def make():
        peers.module("micrograd.engine")

    assert prepared(Work("a sum", {"micrograd": make})) == ({}, ["micrograd.engine"])


def test_preparations_of_marginal_steps_are_not_counted(monkeypatch):
    clock = [0.0]

    def run(n):
        clock[0] += 10.0 + 0.5 * n  # seconds

    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    assert set(measure({"step": Step(run, None, marginal=True)})["step"]) == {0.5}


def test_numbers_of_all_kinds_are_compared():
    np = pytest.importorskip("numpy")
    assert flat([1, (2.0, np.array([[3.0], [4.0]])), np.float64(5.0)]) == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_times_are_written_with_their_unit():
    assert str(Times([1.2e-6] * 4)) == "1.20 µs (1.20 to 1.20)"
    assert str(Times([0.5, 1.0, 2.0])) == "1.00 s (0.750 to 1.50)"
    assert str(Times([0.1234] * 3)) == "123 ms (123 to 123)"


@pytest.mark.parametrize(
    ("ratios", "said"),
    [
        ([4.0, 1.0, 0.25], "faster from about 10 on"),
        ([2.0, 0.5, 0.25], "faster from about 3 on"),
        ([0.5, 0.4, 0.3], "faster at every size"),
        ([5.0, 4.0, 3.0], "slower up to 100"),
        ([0.5, 2.0, 0.5], "faster at 1, 100"),
    ],
)
def test_from_which_size_on_a_peer_is_faster(ratios, said):
    assert report.crossing([1, 10, 100], ratios) == said


def test_who_is_faster():
    times = {report.OURS: Times([2.0] * 3), "A": Times([1.0] * 3), "B": Times([3.0] * 3)}
    assert report.who_is_faster(times) == f"Faster than {report.OURS}: A, 2 times."
    del times["A"]
    assert report.who_is_faster(times) == f"Nothing here is faster than {report.OURS}."
