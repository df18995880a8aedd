"""Training where the rows of a batch are mixed: whole batches are recorded, and statistics carried."""

from math import sin
from random import Random

import pytest
from backends import ENGINES
from conftest import long

from autograd_scratch import SGD, Adam, Module, fit, mean, nn
from autograd_scratch.errors import ProgramError, TracingError
from autograd_scratch.optim import ReduceLROnPlateau, StepLR


def rows(count):
    random = Random(0)
    inputs = [[random.gauss(0.0, 1.0) for _ in range(3)] for _ in range(count)]
    return inputs, [[sin(sum(x)), x[0] * x[1]] for x in inputs]


def network(dropout=0.0, momentum=0.1):
    return nn.Sequential(
        nn.Linear(3, 5, bias=False),
        nn.BatchNorm1d(5, momentum=momentum),
        nn.Tanh(),
        *([nn.Dropout(dropout)] if dropout else []),
        nn.Linear(5, 2),
    ).reset_parameters(0)


def flat(tree):
    return [x for part in tree for x in flat(part)] if isinstance(tree, list) else [float(tree)]


def results(model, count, ran, **options):
    """Train, and return the losses and the state."""
    history = fit(model, *rows(count), **options)
    assert history.backend == ran
    return history.losses + [x for entry in model.state_dict().values() for x in flat(entry)]


CASES = {
    "all rows": (12, {"epochs": 20}),
    "batches": (12, {"epochs": 10, "batch_size": 4}),
    "shuffled": (12, {"epochs": 10, "batch_size": 4, "seed": 0}),
    "a smaller last one": (15, {"epochs": 10, "batch_size": 4}),
    "a smaller last one, shuffled": (15, {"epochs": 10, "batch_size": 4, "seed": 0}),
    "a schedule": (15, {"epochs": 10, "batch_size": 4, "schedule": lambda: StepLR(step_size=3)}),
    "a schedule of batches": (
        15,
        {"epochs": 4, "batch_size": 4, "schedule": lambda: StepLR(step_size=3), "schedule_per": "batch"},
    ),
    "looking at losses": (10, {"epochs": 6, "schedule": lambda: ReduceLROnPlateau(patience=0)}),
}


@pytest.mark.parametrize(
    ("make", "optimizer"),
    [
        (network, lambda: SGD(0.1, momentum=0.9)),
        (lambda: network(dropout=0.3), lambda: Adam(0.01)),
        (lambda: network(momentum=None), lambda: SGD(0.1)),
    ],
    ids=["plain", "with dropout", "average"],
)
@pytest.mark.parametrize("case", CASES)
def test_engines_agree(case, make, optimizer):
    count, options = CASES[case]
    found = []
    for engine, backend in zip(ENGINES, (None, "python", "wasm"), strict=True):
        own = {key: value() if key == "schedule" else value for key, value in options.items()}
        found.append(results(make(), count, backend, optimizer=optimizer(), **own, **engine))
    for other in found[1:]:
        assert other == pytest.approx(found[0], rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("seed", [None, 0])
def test_arrays_agree(dropout, seed):
    pytest.importorskip("numpy")
    options = {"optimizer": SGD(0.1), "epochs": 2, "batch_size": 100, "seed": seed}
    eager = results(network(dropout), 130, None, **options)
    options["optimizer"] = SGD(0.1)
    derived = results(network(dropout), 130, "numpy", engine="derived", backend="python", **options)
    assert derived == pytest.approx(eager, rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("size", [long((10, 4)), long((130, 100))], ids=["numbers", "arrays"])
def test_machine_code_agrees(size):
    pytest.importorskip("numba")
    count, batch_size = size
    options = {"epochs": 2, "batch_size": batch_size, "seed": 0}
    eager = results(network(0.3), count, None, optimizer=SGD(0.1), **options)
    engine = {"engine": "derived", "backend": "numba"}
    found = results(network(0.3), count, "numba", optimizer=SGD(0.1), **engine, **options)
    assert found == pytest.approx(eager, rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("engine", ENGINES[1:], ids=["python", "wasm"])
def test_running_statistics_are_numbers_and_counts_whole(engine):
    model = network()
    fit(model, *rows(12), optimizer=SGD(0.1), epochs=3, batch_size=4, **engine)
    assert model[1].num_batches_tracked == 9
    assert type(model[1].num_batches_tracked) is int
    assert {type(x) for x in model[1].running_mean} == {float}


@pytest.mark.parametrize("engine", ENGINES, ids=["eager", "python", "wasm"])
def test_any_loss_of_a_batch_will_do(engine):
    """A loss that is neither the mean nor the sum of those of rows."""

    def worst(outputs, targets):
        return mean([(p[0] - t[0]) ** 2 for p, t in zip(outputs, targets)]) ** 0.5

    options = {"loss": worst, "optimizer": SGD(0.1), "epochs": 5}
    eager = results(network(), 12, None, **options)
    options["optimizer"] = SGD(0.1)
    found = results(network(), 12, engine.get("backend"), **options, **engine)
    assert found == pytest.approx(eager, rel=1e-11, abs=1e-14)


class Centred(Module):
    """Mixes rows, and says nothing of it."""

    wants_batch = True

    def __init__(self):
        self.linear = nn.Linear(3, 2, seed=0)

    def forward(self, x):
        outputs = self.linear(x)
        centres = [mean(column) for column in zip(*outputs)]
        return [[entry - centre for entry, centre in zip(row, centres)] for row in outputs]


def test_rows_that_are_mixed_are_found_out():
    found = [
        results(Centred(), 15, engine.get("backend"), optimizer=SGD(0.1), epochs=5, batch_size=4, **engine)
        for engine in ENGINES
    ]
    for other in found[1:]:
        assert other == pytest.approx(found[0], rel=1e-11, abs=1e-14)


def test_what_is_no_array_runs_in_python():
    """Inputs in dicts."""

    class Named(Module):
        wants_batch = True

        def __init__(self):
            self.norm = nn.BatchNorm1d(2)

        def forward(self, x):
            return self.norm([[row["a"], row["b"][0]] for row in x])

    inputs, targets = rows(6)
    data = [({"a": x[0], "b": [x[1]]}, y) for x, y in zip(inputs, targets)]
    states = []
    for engine in ({}, {"engine": "derived"}):
        model = Named()
        fit(model, data, optimizer=SGD(0.1), epochs=3, batch_size=3, **engine)
        states.append([x for entry in model.state_dict().values() for x in flat(entry)])
    assert states[1] == pytest.approx(states[0], rel=1e-12)
    with pytest.raises(ProgramError, match="their inputs or targets are no arrays"):
        fit(Named(), data, optimizer=SGD(0.1), epochs=3, engine="derived", backend="wasm")


def test_overflows_are_left_to_values():
    """With a rate that is too large both engines stop in the same epoch."""
    losses = []
    for engine in ENGINES:
        model = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2, seed=0))
        with pytest.raises(ArithmeticError) as caught:
            fit(model, *rows(12), optimizer=SGD(1e60), epochs=50, **engine)
        losses.append((str(caught.value).partition("\n")[0], model[0].num_batches_tracked))
    assert losses[0] == losses[1] == losses[2]


class Remembers(Module):
    """Carries a number from row to row, and does not say so."""

    def __init__(self):
        self.linear = nn.Linear(3, 2, seed=0)
        self.register_buffer("total", [0.0])

    def forward(self, x):
        outputs = self.linear(x)
        self.total = [self.total[0] + outputs[0].detach()]
        return outputs


def test_what_rows_carry_on_is_found_out():
    totals = []
    for engine in ENGINES:
        model = Remembers()
        fit(model, *rows(10), optimizer=SGD(0.1), epochs=3, batch_size=4, **engine)
        totals.append(float(getattr(model.total[0], "data", model.total[0])))
    assert totals[1:] == pytest.approx([totals[0]] * 2, rel=1e-11)


def test_what_cannot_be_recorded_leaves_what_is_carried_as_it_was():
    class Reads(Remembers):
        def forward(self, x):
            outputs = self.linear(x)
            self.total = [self.total[0] + outputs[0].data]
            return outputs

    model = Reads()
    with pytest.raises(TracingError, match="reads the number of a Value"):
        fit(model, *rows(6), optimizer=SGD(0.1), epochs=1, engine="derived")
    assert model.total == [0.0]


def test_what_a_batch_cannot_be_recorded_with_is_told():
    class Branching(Module):
        def __init__(self):
            self.norm = nn.BatchNorm1d(3)

        def forward(self, x):
            return [row[:2] for row in self.norm(x) if row[0] > 0.0 or True]

    with pytest.raises(TracingError):
        fit(Branching(), *rows(6), optimizer=SGD(0.1), epochs=1, engine="derived")
