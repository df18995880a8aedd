"""Steps of optimizers as people write them: right ones are right, of wrong ones the mistake is named."""

import subprocess
import sys

import pytest
from hand_steps import classes as classes
from hand_steps import kin as kin
from hand_steps import objects as objects
from hand_steps.functions import RIGHT
from hand_steps.wrong import WRONG, CountFromZero

from autograd_scratch.checking.updates import compare_update
from autograd_scratch.checking.updates.kinds import FORMS
from autograd_scratch.optim import SGD, Adam, RMSprop


def names(rows):
    """Return what the steps of a table are called."""
    return [f"{getattr(row[0], '__qualname__', type(row[0]).__name__)}-{i}" for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("step", "at", "optimizer", "options"),
    RIGHT,
    ids=names(RIGHT),
)
def test_right_steps_are_right(step, at, optimizer, options):
    report = compare_update(step, at, optimizer, **options)
    assert report.verdict == "right", str(report)
    assert report.ok
    assert not report.mistakes


@pytest.mark.parametrize(
    ("step", "at", "optimizer", "kinds"),
    WRONG,
    ids=names(WRONG),
)
def test_the_mistake_of_wrong_steps_is_named(step, at, optimizer, kinds):
    report = compare_update(step, at, optimizer)
    assert report.verdict == ("another form" if {*kinds} <= FORMS else "wrong"), str(report)
    assert report.mistakes, str(report)
    first = report.mistakes[0]
    assert {first.kind, *first.together} == {*kinds}, str(report)


FOLDED = "Your velocity has the learning rate in it."


class Folded:
    """Momentum whose velocity has the learning rate in it."""

    def __init__(self, lr, momentum=0.9, nesterov=False):
        self.lr, self.momentum, self.nesterov, self.v = lr, momentum, nesterov, 0.0

    def update(self, w, g):
        self.v = self.momentum * self.v - self.lr * g
        return w + (self.momentum * self.v - self.lr * g if self.nesterov else self.v)


class Following(Folded):
    """Momentum that is multiplied by the learning rate of each step."""

    def update(self, w, g):
        self.v = self.momentum * self.v + g
        return w - self.lr * (g + self.momentum * self.v if self.nesterov else self.v)


def folded_in_arguments(w, g, v, learning_rate):
    v = 0.9 * v + learning_rate * g
    return w - v, v


def rms_with_folded_momentum(w, g, s, u, lr):
    s = 0.99 * s + 0.01 * g * g
    u = 0.9 * u + lr * g / (s**0.5 + 1e-8)
    return w - u, s, u


def with_a_constant(w, g, v):
    v = 0.9 * v + 0.1 * g
    return w - v, v


@pytest.mark.parametrize(
    ("step", "optimizer", "is_folded"),
    [
        (Folded(0.1), SGD(lr=0.1, momentum=0.9), True),
        (Folded(0.1, nesterov=True), SGD(lr=0.1, momentum=0.9, nesterov=True), True),
        (Following(0.1), SGD(lr=0.1, momentum=0.9), False),
        (Following(0.1, nesterov=True), SGD(lr=0.1, momentum=0.9, nesterov=True), False),
        (folded_in_arguments, SGD(lr=0.1, momentum=0.9), True),
        (rms_with_folded_momentum, RMSprop(lr=0.01, momentum=0.9), True),
        (with_a_constant, SGD(lr=0.1, momentum=0.9), False),  # there is no lr to change
    ],
)
def test_a_learning_rate_inside_of_the_velocity_is_told(step, optimizer, is_folded):
    report = compare_update(step, {"w": 0.5}, optimizer)
    assert report.verdict == "right"
    assert any(note.startswith(FOLDED) for note in report.notes) == is_folded


@pytest.mark.parametrize(("step", "at", "optimizer", "options"), RIGHT, ids=names(RIGHT))
def test_the_optimizer_is_found_that_a_step_is(step, at, optimizer, options):
    report = compare_update(step, at, **options)
    assert report.verdict == "right", str(report)
    own = type(optimizer).__name__
    is_adam_without_decay = own == "AdamW" and report.optimizer.startswith("Adam(")
    assert report.optimizer.partition("(")[0] == own or is_adam_without_decay, report.optimizer


def of_numbers(w, g, m, v, t):
    m = 0.8 * m + 0.2 * g
    v = 0.99 * v + 0.01 * g**2
    return w - 0.003 * (m / (1 - 0.8**t)) / ((v / (1 - 0.99**t)) ** 0.5 + 1e-7), m, v


def with_defaults(w, g, v, lr=0.02, mu=0.7):
    v = mu * v + g
    return w - lr * v, v


def decayed_by_numbers(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w * (1 - 0.01 * 0.2) - 0.01 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8), m, v


FOUND = [
    (of_numbers, "Adam(lr=0.003, betas=(0.8, 0.99), eps=1e-07)"),
    (with_defaults, "SGD(lr=0.02, momentum=0.7)"),
    (decayed_by_numbers, "AdamW(lr=0.01, weight_decay=0.2)"),
    (Folded(0.03, momentum=0.6), "SGD(lr=0.03, momentum=0.6)"),
    (Folded(0.03, nesterov=True), "SGD(lr=0.03, momentum=0.9, nesterov=True)"),
]


@pytest.mark.parametrize(("step", "optimizer"), FOUND, ids=names(FOUND))
def test_settings_are_read_from_the_step(step, optimizer):
    report = compare_update(step, {"w": 0.5, "u": -2.0})
    assert (report.verdict, report.optimizer) == ("right", optimizer)
    assert not report.is_given


def test_a_reference_is_given_by_its_name_or_class():
    for reference in ("adam", "Adam", Adam):
        assert compare_update(of_numbers, 0.5, reference).verdict == "right"
    assert compare_update(of_numbers, 0.5, "rmsprop").verdict == "wrong"


def test_without_numpy():
    program = (
        "import sys; sys.modules['numpy'] = None\n"
        "from autograd_scratch.checking.updates import compare_update\n"
        "from autograd_scratch.optim import Adam\n"
        "def step(w, g, state):\n"
        "    t = state['t'] = state.get('t', 0) + 1\n"
        "    state['m'] = 0.9 * state.get('m', 0.0) + 0.1 * g\n"
        "    state['v'] = 0.999 * state.get('v', 0.0) + 0.001 * g * g\n"
        "    return w - 0.01 * state['m'] / (1 - 0.9**t) / ((state['v'] / (1 - 0.999**t)) ** 0.5 + 1e-8)\n"
        "print(compare_update(step, {'w': 0.5, 'b': 2.0}, Adam(lr=0.01)).verdict)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "right\n"


@pytest.mark.parametrize("seed", range(4))
def test_nan_is_explained_by_what_makes_it_of_all_gradients(seed):
    """Of one entry whose first gradient is below 0 a root of g makes nan, too."""
    report = compare_update(CountFromZero(), 0.5, Adam(lr=0.01), seed=seed)
    assert [mistake.kind for mistake in report.mistakes] == ["t_from_zero"]


def test_a_rate_that_is_not_the_one_of_the_code_is_told():
    class Momentum:
        def __init__(self, lr=0.1, momentum=0.9):
            self.lr, self.momentum, self.v = lr, momentum, 0.0

        def update(self, w, g):
            self.v = self.momentum * self.v + (1 - self.momentum) * g
            return w - self.lr * self.v

    report = compare_update(Momentum(), 0.5)
    assert report.ok
    (note,) = [note for note in report.notes if "your code has 0.1" in note]
    assert "compare_update(step, at, SGD(lr=0.1, momentum=0.9))" in note
    assert compare_update(Momentum(), 0.5, SGD(lr=0.1, momentum=0.9)).verdict == "wrong"


def test_of_parameters_in_another_form_only_that_one_is_blamed_that_has_the_mistake():
    def step(w, b, dw, db, vw, vb):
        vw, vb = 0.9 * vw + 0.1 * dw, 0.9 * vb + 0.1 * db
        return w - 0.1 * vw, b + 0.1 * vb, vw, vb

    report = compare_update(step, {"w": 0.5, "b": -2.0}, SGD(lr=0.1, momentum=0.9, dampening=0.9))
    assert {name: each.verdict for name, each in report.parameters.items()} == {
        "w": "another form",
        "b": "wrong",
    }
    first = report.mistakes[0]
    assert (first.kind, first.together, first.where.block) == (
        "step_sign",
        ("damped_at_first",),
        "the step of b",
    )


def test_settings_of_float32_are_told_by_six_digits():
    numpy = pytest.importorskip("numpy")

    class Momentum:
        def __init__(self, lr, momentum):
            self.lr, self.momentum, self.v = numpy.float32(lr), numpy.asarray(momentum, "float32"), 0.0

        def update(self, w, g):
            self.v = self.momentum * self.v + g
            return w - self.lr * self.v

    at = {"w": numpy.array([0.5, -1.0])}
    report = compare_update(Momentum(0.1, 0.9), at, SGD(lr=0.1, momentum=0.9))
    assert report.verdict == "right up to rounding", str(report)
    assert any("float32" in note for note in report.notes)
    assert compare_update(Momentum(0.1, 0.9), at, SGD(lr=0.101, momentum=0.9)).verdict == "wrong"


def test_settings_of_the_reference_are_in_what_a_step_remembers():
    def step(w, g, config):
        assert "learning_rate" in config
        assert "v" not in config
        return w - config["learning_rate"] * g

    assert compare_update(step, 0.5, SGD(lr=0.3)).verdict == "right"
