"""Faulty programs are diagnosed, repaired and healthy ones are not accused, and nothing is changed."""

import importlib.util
import random
from pathlib import Path

import pytest
from conftest import how_many, long, one_of_each, saying
from faulty_programs import Setup, table
from healthy_models import HEALTHY

from autograd_scratch import (
    MLP,
    SGD,
    Adam,
    Module,
    Value,
    binary_cross_entropy,
    cross_entropy,
    datasets,
    exp,
    maximum,
    mse,
    nn,
)
from autograd_scratch.datasets import XOR, blobs
from autograd_scratch.errors import UnknownNameError
from autograd_scratch.linting import NAMES, Finding, LintReport, lint, remedies, trials

PROGRAMS = table()
QUICK = one_of_each(PROGRAMS, lambda program: program.names)


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A machine that is busy tells the same as one that is not."""
    monkeypatch.setattr(trials, "SECONDS", 60.0)
    monkeypatch.setattr(remedies, "SECONDS", 300.0)


def program_called(name):
    return next(program for program in PROGRAMS if program.name == name)


def linted(setup):
    return lint(
        setup.loss,
        setup.model,
        setup.data,
        optimizer=setup.optimizer,
        epochs=setup.epochs,
        batch_size=setup.batch_size,
        seed=setup.seed,
    )


@pytest.mark.parametrize("program", QUICK)
def test_a_faulty_program_is_diagnosed(program):
    report = linted(program.setup(False))
    assert program.names.intersection(report.names), report


@pytest.mark.parametrize("program", QUICK)
def test_a_repaired_program_is_not_accused(program):
    report = linted(program.setup(True))
    assert report.ok, report


@pytest.mark.parametrize(
    "name", [(pytest.param if i % 3 == 0 else long)(name) for i, name in enumerate(HEALTHY)]
)
def test_a_healthy_model_is_told_healthy(name):
    report = linted(HEALTHY[name]())
    assert report.ok, report


def test_the_table_is_what_it_says():
    assert len(PROGRAMS) >= 50
    assert len({program.name for program in PROGRAMS}) == len(PROGRAMS)
    assert {name for program in PROGRAMS for name in program.names} <= {*NAMES}
    assert sum(program.is_first_sight for program in PROGRAMS) >= 15


def test_a_gpt_is_told_healthy():
    path = Path(__file__).parent.parent / "demos" / "gpt.py"
    spec = importlib.util.spec_from_file_location("demo_gpt", path)
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)
    rows = [demo.row(name) for name in datasets.names(how_many(4, exhaustive=40), seed=0)]
    report = lint(demo.loss, demo.GPT(8, 2, 0), rows, optimizer=Adam(0.01), epochs=3, batch_size=1)
    assert report.ok, report


class Remembering(Module):
    """A model that keeps what it is called with, and draws."""

    def __init__(self):
        self.layer = nn.Linear(2, 4, seed=0)
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.5)
        self.last = nn.Linear(4, 1, seed=1)
        self.seen = "nothing"

    def forward(self, x):
        self.seen = x
        random.random()
        return self.last(self.drop(self.norm(self.layer(x))))


class Stop(BaseException):
    """Ctrl-C, say."""


@pytest.mark.parametrize("calls", [None, 1, 3, 40])
def test_all_is_as_before(calls):
    """Also where the loss ends it all in one of its calls."""
    model, optimizer = Remembering(), Adam(0.5)
    data = [(x, float(k)) for x, k in blobs(16, centers=2, seed=0)]
    left = [calls]

    def loss(outputs, targets):
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise Stop
        return mse(outputs, targets)

    mse(model([x for x, _ in data]), [[y] for _, y in data]).backward()
    optimizer.step(model)
    model.norm.eval()
    random.seed(7)

    def state():
        parameters = model.parameters()
        return (
            model.state_dict(),
            [(p.grad, p.is_reached, optimizer.recall(p)) for p in parameters],
            [part.training for part in model.modules()],
            [*map(dict, map(vars, model.modules()))],
            repr(optimizer),
            random.getstate(),
        )

    before = state()
    try:
        lint(loss, model, data, optimizer=optimizer, epochs=20, batch_size=4, seed=random.Random(3))
    except Stop:
        assert calls is not None
    assert state() == before


def test_chance_is_as_before():
    seed = random.Random(3)
    before = seed.getstate()
    lint("mse", MLP(2, [1], seed=0), XOR, optimizer=SGD(0.1), epochs=5, seed=seed)
    assert seed.getstate() == before


class ByHand:
    """A model of operators and functions of a person's own."""

    def __init__(self, end):
        chance = random.Random(0)
        self.w = [[Value(chance.gauss(0, 1)) for _ in range(2)] for _ in range(3)]
        self.end = end

    def parameters(self):
        return [w for row in self.w for w in row]

    def __call__(self, x):
        return self.end([w[0] * x[0] + w[1] * x[1] for w in self.w])


def own_softmax(z):
    powers = [exp(each) for each in z]
    total = 0.0
    for power in powers:
        total = total + power
    return [power / total for power in powers]


OWN = {
    "softmax before cross_entropy": (own_softmax, cross_entropy, int),
    "relu at the end": (lambda z: [maximum(0.0, each) for each in z], cross_entropy, int),
    "sigmoid before logits": (lambda z: [each.sigmoid() for each in z], cross_entropy, int),
    "doubled activation": (lambda z: z[0].sigmoid().sigmoid(), mse, lambda k: float(k > 0)),
    "raw outputs in binary_cross_entropy": (
        lambda z: z[0].tanh() ** 2 + 0.0 * z[1],
        binary_cross_entropy,
        lambda k: float(k > 0),
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_what_people_write_themselves_is_read(name):
    end, loss, label = OWN[name]
    data = [(x, label(k)) for x, k in blobs(12, seed=0)]
    report = lint(loss, ByHand(end), data, optimizer=SGD(0.1), epochs=20)
    assert report.names == (name,), report


def test_squares_of_saturated_probabilities():
    """All outputs begin at the wrong end of the sigmoid, where its slope is next to nothing."""
    data = [(x, float(k)) for x, k in blobs(30, centers=[[1.0, 1.0], [-1.0, -1.0]], seed=0)]
    model = MLP(2, [1], output="sigmoid", weights=[[[12.0, 12.0]]], biases=[[0.0]])
    report = linted(Setup("mse", model, data, SGD(0.5), 100))
    assert "regression loss for classes" in report.names, report


def test_weights_that_are_far_too_large():
    data = [(x, float(k)) for x, k in blobs(30, centers=2, seed=0)]
    model = MLP(2, [8, 8, 8, 8, 1], "relu", init=lambda chance, *sizes: chance.gauss(0.0, 5.0), seed=0)
    report = linted(Setup("mse", model, data, SGD(0.05), 100))
    assert "exploding gradients" in report.names, report


def test_what_is_ignored_is_not_told():
    setup = program_called("tanh_in_binary_cross_entropy").setup(False)
    name = "raw outputs in binary_cross_entropy"
    asked = {"optimizer": setup.optimizer, "epochs": setup.epochs}
    assert lint(setup.loss, setup.model, setup.data, **asked).names == (name,)
    assert lint(setup.loss, setup.model, setup.data, ignore=(name,), **asked).ok
    assert lint(setup.loss, setup.model, setup.data, ignore=name, **asked).ok
    with saying(UnknownNameError, "finding", "dead relu"):
        lint(setup.loss, setup.model, setup.data, ignore=("dead relus",), **asked)


def test_little_that_was_learned_is_not_called_healthy():
    data = datasets.line(40, slope=1.0, intercept=0.0, noise=1.0, seed=0)
    report = lint("mse", MLP(1, [1], seed=0), data, optimizer=SGD(0.1), epochs=100)
    assert report.ok
    assert "healthy" not in str(report)


def test_labels_that_are_texts():
    report = lint("cross_entropy", MLP(2, [2], seed=0), [(x, "red") for x, _ in XOR], optimizer=SGD(0.1))
    assert report.names == ("labels do not fit outputs",)


def test_arrays():
    np = pytest.importorskip("numpy")
    X, y = np.array([x for x, _ in XOR]), np.array([y for _, y in XOR])
    model = MLP(2, [4, 1], "tanh", "sigmoid", seed=1)
    asked = {"optimizer": SGD(1.0), "epochs": 1_000}
    before = np.random.get_state()[1].tolist()
    assert lint("binary_cross_entropy", model, X, y, **asked).ok
    assert lint("binary_cross_entropy_with_logits", model, X, y, **asked).names == (
        "sigmoid before logits",
    )
    assert np.random.get_state()[1].tolist() == before


def test_inputs_of_another_size():
    report = lint("mse", MLP(3, [1], seed=0), XOR, optimizer=SGD(0.1))
    assert report.names == ("does not run",)
    assert "expected 3 inputs" in report["does not run"].evidence


def test_how_it_shows_itself():
    finding = Finding("one class", "the <targets>", "All 20 are 1.", "Add rows of other classes.")
    report = LintReport((finding,), ("Nothing was trained.",))
    assert not report
    assert str(report).splitlines()[0] == "one class, in the <targets>"
    assert "Add rows" in str(report)
    assert "the &lt;targets&gt;" in report._repr_html_()
    assert repr(report) == "<lint report: one class; print it>"
    assert "healthy" in LintReport()._repr_html_()


def test_two_classes_and_one_output_are_told_what_goes_together():
    model, data = MLP(2, [4, 1], "tanh", "sigmoid", seed=0), [(x, int(y)) for x, y in XOR]
    (finding,) = lint("cross_entropy", model, data).findings
    assert finding.name == "labels do not fit outputs"
    assert "an output for each" in finding.remedy
    (finding,) = lint("hinge", model, data).findings
    assert "2 * t - 1 makes -1 and 1" in finding.remedy
