"""Schedules of learning rates: their numbers against PyTorch, own loops, `fit`, and what is refused."""

import copy
import math
import pickle
from inspect import isabstract, signature

import mpmath
import pytest
from conftest import how_many, load_reference
from test_optimizer_runs import schedule_of
from test_optimizers import surprise

from autograd_scratch import MLP, SGD, Adadelta, Adam, Value, fit, mse, optim
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import (
    AttributeNameError,
    CallError,
    DataError,
    ProgramError,
    RangeError,
    ShapeError,
    UnknownNameError,
)
from autograd_scratch.optim import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from autograd_scratch.optim.lr_scheduler import portable
from autograd_scratch.program.wasm.engine import Instance
from autograd_scratch.training.loops import numbers as training_numbers
from autograd_scratch.training.loops import wasm_loop, wasm_machine

CLASSES = [
    thing
    for thing in vars(optim.lr_scheduler).values()
    if isinstance(thing, type) and issubclass(thing, LRScheduler) and not isabstract(thing)
]
RATES = load_reference("optimizers")["rates"]


def test_there_are_schedules():
    assert {StepLR, OneCycleLR, ReduceLROnPlateau, SequentialLR} <= {*CLASSES}
    assert {run["schedule"][0] for run in RATES} == {kind.__name__ for kind in CLASSES}


@pytest.mark.parametrize("number", range(len(RATES)), ids=lambda i: f"{i}-{RATES[i]['schedule'][0]}")
def test_learning_rates_are_those_of_pytorch(number):
    run = RATES[number]
    kind = getattr(optim, run["optimizer"])
    groups = [{"params": Value(0.0), "lr": rate} for rate in run["rates"]]
    optimizer = kind(groups, lr=0.5, **({"momentum": 0.5} if kind is SGD else {}))
    schedule = schedule_of(run["schedule"], optimizer)
    for step, expected in enumerate(run["seen"]):
        seen = [
            [group["lr"], group["momentum"] if kind is SGD else group["betas"][0]]
            for group in optimizer.param_groups
        ]
        assert schedule.last_epoch == step
        assert schedule.get_last_lr() == [rate for rate, _ in seen]
        for own, other in zip(seen, expected):
            # PyTorch's cosines lose digits near 0, and are right to the last bit of the highest rate
            assert own == pytest.approx(other, rel=1e-12, abs=1e-15 * max(run["rates"]))
        if step + 1 < len(run["seen"]):
            schedule.step(*([float(run["metrics"][step])] if run["metrics"] else []))


OWNERS = {
    "StepLR(3, .1)": lambda o: StepLR(o, 3, 0.1),
    "MultiStepLR([2, 2, 5], .1)": lambda o: MultiStepLR(o, [2, 2, 5], 0.1),
    "ExponentialLR(.5)": lambda o: ExponentialLR(o, 0.5),
    "CosineAnnealingLR(4, eta_min .1)": lambda o: CosineAnnealingLR(o, 4, 0.1),
    "CosineAnnealingWarmRestarts(3, 2)": lambda o: CosineAnnealingWarmRestarts(o, 3, 2),
    "LinearLR(.25, 1, 4)": lambda o: LinearLR(o, 0.25, 1, 4),
    "ConstantLR(.5, 3)": lambda o: ConstantLR(o, 0.5, 3),
    "PolynomialLR(4, power 2)": lambda o: PolynomialLR(o, 4, 2),
    "SequentialLR linear .1 over 3, then cosine 4": lambda o: SequentialLR(
        o, [LinearLR(o, 0.1, total_iters=3), CosineAnnealingLR(o, 4)], [3]
    ),
    "OneCycleLR(1, 8 steps), [lr, momentum]": lambda o: OneCycleLR(o, 1.0, 8),
    "ReduceLROnPlateau(patience 2, cooldown 1) on 1 x8, .99995, .9998, .9998": lambda o: ReduceLROnPlateau(
        o, patience=2, cooldown=1
    ),
}
LOSSES = [1.0] * 8 + [0.99995, 0.9998, 0.9998]


@pytest.mark.parametrize("name", surprise("torch.schedules"))
def test_learning_rates_of_the_owner(name):
    expected = surprise("torch.schedules")[name]
    optimizer = SGD(lr=1.0, momentum=0.5)
    schedule = OWNERS[name.split(":")[0]](optimizer)
    seen = []
    for step in range(len(expected)):
        if isinstance(schedule, ReduceLROnPlateau):
            schedule.step(LOSSES[step])
        seen.append([optimizer.lr, optimizer.momentum] if "momentum" in name else optimizer.lr)
        if not isinstance(schedule, ReduceLROnPlateau):
            schedule.step()
    for own, other in zip(seen, expected):
        assert own == pytest.approx(other, rel=1e-12, abs=1e-15)


def ulps(number, exact):
    return abs(mpmath.mpf(number) - exact) / mpmath.mpf(math.ulp(float(exact)) if exact else 5e-324)


def test_cosines_hold_their_digits():
    with mpmath.workprec(200):
        for whole in (*range(1, how_many(40, exhaustive=300)), 997, 10**6 + 3):
            step = max(1, whole // how_many(50, exhaustive=1_000))
            for part in (*range(0, 2 * whole + 1, step), whole - 1, whole, whole + 1):
                exact = (1 + mpmath.cospi(mpmath.mpf(part) / whole)) / 2
                assert ulps(portable.half_cosine(part, whole), exact) <= 2.0, (part, whole)


def test_cosines_and_powers_are_arithmetic_alone():
    """So the bits are those of every machine."""
    code = portable.half_cosine.__code__, portable._squared_sine.__code__, portable.power.__code__
    names = {name for each in code for name in each.co_names}
    assert names <= {"abs", "int", "float", "reversed", "_FIRST", "_REST", "_squared_sine"}


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 10, 100, 1_000])
def test_powers_of_whole_exponents(exponent):
    with mpmath.workprec(200):
        for base in (0.1, 0.5, 0.9, 0.999, 1.0, 1.5, 0.0):
            exact = mpmath.mpf(base) ** exponent
            assert ulps(portable.power(base, exponent), exact) <= 1 + exponent


def made(kind, *optimizer, **changes):
    """Return a schedule of a class with what it needs, for an optimizer or for none."""
    needed = {
        LambdaLR: {"lr_lambda": lambda step: 0.5**step},
        StepLR: {"step_size": 2},
        MultiStepLR: {"milestones": [2]},
        ExponentialLR: {"gamma": 0.5},
        CosineAnnealingLR: {"T_max": 10},
        CosineAnnealingWarmRestarts: {"T_0": 3},
        OneCycleLR: {"max_lr": 1.0, "total_steps": 50},
        SequentialLR: {"schedulers": [StepLR(step_size=2), LinearLR()], "milestones": [3]},
    }.get(kind, {})
    return kind(*optimizer, **(needed | changes))


def steps(schedule, count):
    for _ in range(count):
        schedule.step(*([1.0] if isinstance(schedule, ReduceLROnPlateau) else []))
    return schedule.get_last_lr()


@pytest.mark.parametrize("kind", CLASSES)
class TestEach:
    def test_first_comes_the_optimizer(self, kind):
        assert next(iter(signature(kind).parameters)) == "optimizer"

    def test_repr_names_the_settings(self, kind):
        text = repr(made(kind, SGD(lr=0.5)))
        assert text.startswith(f"{kind.__name__}(")
        assert "optimizer" not in text

    def test_it_is_pickled_with_its_optimizer(self, kind):
        if kind is LambdaLR:
            return  # whose function is somebody's
        optimizer = SGD([Value(1.0)], lr=0.5)
        schedule = made(kind, optimizer)
        steps(schedule, 7)
        other, of_other = pickle.loads(pickle.dumps((optimizer, schedule)))
        assert of_other.optimizer is other
        assert steps(schedule, 20) == steps(of_other, 20)
        assert other.lr == optimizer.lr

    def test_many_steps_at_once_are_the_same(self, kind):
        one, other = SGD(lr=0.5), SGD(lr=0.5)
        single, several = made(kind, one), made(kind, other)
        ahead = [column["lr"] for column in several.ahead(0, several.known() or 20)]
        seen = [[single.get_last_lr()[0], steps(single, 1)][0] for _ in ahead[0]]
        assert [seen] == ahead
        several.moved_on(len(seen), [1.0] * len(seen) if kind is ReduceLROnPlateau else ())
        assert other.lr == one.lr

    def test_without_an_optimizer_it_takes_no_step(self, kind):
        schedule = made(kind)
        for doing in (lambda: steps(schedule, 1), schedule.get_last_lr):
            with pytest.raises(
                DataError, match=rf"this {kind.__name__} has no optimizer: write {kind.__name__}\("
            ):
                doing()

    def test_what_is_no_optimizer_is_refused(self, kind):
        for wrong in (0.5, "sgd", MLP(2, [1]), SGD):
            with pytest.raises(DataError, match=r"such as SGD|is a class"):
                made(kind, wrong)

    def test_other_names_are_told(self, kind):
        with pytest.raises(CallError, match=rf"{kind.__name__} has no argument 'verbose'"):
            made(kind, SGD(lr=0.1), verbose=True)
        with pytest.raises(AttributeNameError, match="get_last_lr"):
            made(kind, SGD(lr=0.1)).get_lr  # noqa: B018

    def test_fit_begins_anew_with_one_that_has_no_optimizer(self, kind):
        schedule, optimizer = made(kind), SGD(lr=0.5)
        before = repr(schedule)
        rates = []
        for _ in range(2):
            fit(MLP(2, [1], seed=0), XOR, optimizer=optimizer, schedule=schedule, epochs=4)
            rates.append(optimizer.lr)
        assert rates[0] == rates[1]
        assert schedule.optimizer is None
        assert repr(schedule) == before

    def test_fit_goes_on_with_one_that_has_its_optimizer(self, kind):
        optimizer, other = SGD(lr=0.5), SGD(lr=0.5)
        schedule, whole = made(kind, optimizer), made(kind, other)
        for epochs in (3, 0, 4):
            fit(MLP(2, [1], seed=0), XOR, optimizer=optimizer, schedule=schedule, epochs=epochs)
        assert schedule.last_epoch == 7
        if kind is not ReduceLROnPlateau:
            assert schedule.get_last_lr() == steps(whole, 7)


def test_a_schedule_in_fit_is_that_in_a_loop():
    runs = []
    for is_fit in (True, False):
        model = MLP(2, [3, 1], "tanh", seed=0)
        optimizer = SGD(model, lr=0.5)
        schedule = CosineAnnealingLR(optimizer, T_max=12)
        if is_fit:
            fit(model, XOR, optimizer=optimizer, schedule=schedule, epochs=10)
        else:
            for _ in range(10):
                optimizer.zero_grad()
                mse([model(x) for x, _ in XOR], [y for _, y in XOR]).backward()
                optimizer.step()
                schedule.step()
        runs.append([*model.state_dict().values(), optimizer.lr])
    assert runs[0] == runs[1]


def test_a_schedule_of_epochs_may_go_by_batches():
    rates = {}
    for per in (None, "epoch", "batch"):
        optimizer = SGD(lr=1.0)
        schedule = StepLR(optimizer, step_size=1, gamma=0.5)
        fit(
            MLP(2, [1], seed=0),
            XOR,
            optimizer=optimizer,
            schedule=schedule,
            schedule_per=per,
            epochs=2,
            batch_size=3,
        )
        rates[per] = optimizer.lr, schedule.last_epoch
    assert rates == {None: (0.25, 2), "epoch": (0.25, 2), "batch": (0.0625, 4)}


def test_a_one_cycle_goes_by_batches_and_knows_how_many():
    optimizer, seen = SGD(lr=1.0), []
    schedule = OneCycleLR(max_lr=0.5)
    fit(
        MLP(2, [1], seed=0),
        XOR,
        optimizer=optimizer,
        schedule=schedule,
        epochs=5,
        batch_size=3,
        on_epoch=lambda epoch, loss: seen.append(optimizer.lr),
    )
    by_hand = SGD(lr=1.0)
    other = OneCycleLR(by_hand, max_lr=0.5, epochs=5, steps_per_epoch=2)
    assert seen == [steps(other, 2)[0] for _ in range(5)]
    assert schedule.total_steps is None


def test_settings_are_those_after_the_last_step_at_the_end():
    """A schedule says what comes next: after an epoch that is the rate of the next one."""
    for engine in ("eager", "derived"):
        optimizer, seen = SGD(lr=1.0), []
        fit(
            MLP(2, [1], seed=0),
            XOR,
            optimizer=optimizer,
            schedule=ExponentialLR(gamma=0.5),
            epochs=3,
            engine=engine,
            on_epoch=lambda epoch, loss, seen=seen, optimizer=optimizer: seen.append(optimizer.lr),
        )
        assert seen == [0.5, 0.25, 0.125]


def test_a_learning_rate_that_somebody_sets_is_told_and_begins_anew():
    optimizer = SGD(lr=1.0)
    schedule = StepLR(optimizer, step_size=1, gamma=0.5)
    schedule.step()
    assert StepLR(optimizer, step_size=9).base_lrs == [1.0]  # what a schedule has set is not the beginning
    optimizer.lr = 0.3
    with pytest.raises(
        DataError, match=r"'lr' was set to 0\.3 after this StepLR had set it to 0\.5, which"
    ):
        schedule.step()
    assert (optimizer.lr, schedule.last_epoch) == (0.3, 1)
    other = StepLR(optimizer, step_size=1, gamma=0.5)
    other.step()
    assert (other.base_lrs, optimizer.lr) == ([0.3], 0.15)


def test_two_schedules_of_one_optimizer_are_told():
    optimizer = SGD(lr=1.0)
    schedules = ExponentialLR(optimizer, gamma=0.5), ConstantLR(optimizer, factor=0.5)
    schedules[1].step()
    with pytest.raises(DataError, match="one of several, SequentialLR"):
        schedules[0].step()


def test_a_schedule_of_ones_own():
    class Sawtooth(LRScheduler):
        """Half the rate at each second step."""

        def __init__(self, optimizer=None, depth=0.5):
            self.depth = depth
            super().__init__(optimizer)

        def rate(self, base, step, group):
            return base * self.depth if step % 2 else base

    runs = []
    for engine in ("eager", "derived"):
        model, optimizer = MLP(2, [2, 1], "tanh", seed=0), SGD(lr=0.5)
        given = {"optimizer": optimizer, "schedule": Sawtooth(depth=0.25), "epochs": 5}
        history = fit(model, XOR, engine=engine, **given)
        runs.append([*history.losses, optimizer.lr])
    assert runs[0] == pytest.approx(runs[1], rel=1e-12)
    assert runs[0][-1] == 0.125


class Thresholded(optim.Optimizer):
    """An optimizer with an `if` on the learning rate."""

    def __init__(self, params=None, lr=0.1):
        self.lr = lr
        super().__init__(params)

    def init(self, p):
        return ()

    def update(self, p, g, state, step):
        return p - (self.lr if self.lr > 0.2 else 0.5 * self.lr) * g, state


class WithoutRate(optim.Optimizer):
    """An optimizer that calls it otherwise."""

    def __init__(self, params=None):
        self.length = 0.1
        super().__init__(params)

    def init(self, p):
        return ()

    def update(self, p, g, state, step):
        return p - self.length * g, state


def fitted(**given):
    settings = {"optimizer": SGD(lr=0.1), "epochs": 4, "batch_size": 3}
    return fit(MLP(2, [1], seed=0), XOR, **settings | given)


SGD_OF_ONE = SGD([Value(1.0)], lr=0.1)
GROUPS = [{"params": Value(0.0)}, {"params": Value(1.0), "lr": 0.2}]
REFUSED = {
    "positions without an optimizer": (
        lambda: StepLR(30),
        DataError,
        r"the optimizer of StepLR is one such as .*, not 30 .*; for fit, .* write StepLR\(step_size=",
    ),
    "nothing needed": (lambda: StepLR(SGD_OF_ONE), DataError, "step_size of StepLR must be a whole number"),
    "no gamma": (
        lambda: ExponentialLR(SGD_OF_ONE),
        DataError,
        "gamma of ExponentialLR must be a real number",
    ),
    "a negative gamma": (
        lambda: StepLR(step_size=1, gamma=-0.1),
        RangeError,
        "gamma of StepLR must be at least 0",
    ),
    "half a step": (lambda: StepLR(step_size=0.5), DataError, "must be a whole number from 1 on, not 0.5"),
    "no milestones": (
        lambda: MultiStepLR(SGD_OF_ONE),
        DataError,
        r"are counts of steps, such as \[30, 80\]",
    ),
    "milestones of floats": (
        lambda: MultiStepLR(milestones=[0.5]),
        DataError,
        "a milestone of MultiStepLR must",
    ),
    "a factor above 1": (
        lambda: ConstantLR(factor=2.0),
        RangeError,
        "the factor of ConstantLR must be at most 1",
    ),
    "no function": (
        lambda: LambdaLR(lr_lambda=0.5),
        DataError,
        r"such as lambda step: 0\.95\*\*step, .* not 0\.5",
    ),
    "no number": (
        lambda: LambdaLR(SGD_OF_ONE, lambda step: None),
        DataError,
        "what lr_lambda gives for step 0",
    ),
    "below 0": (
        lambda: LambdaLR(SGD_OF_ONE, lambda step: -1.0),
        RangeError,
        "must be at least 0 and finite",
    ),
    "nan": (
        lambda: LambdaLR(SGD_OF_ONE, lambda step: math.nan),
        RangeError,
        "must be at least 0 and finite",
    ),
    "functions for other groups": (
        lambda: LambdaLR(SGD(GROUPS, lr=0.1), [abs]),
        ShapeError,
        "the lr_lambda of LambdaLR is for 1 groups; the optimizer has 2",
    ),
    "no total": (
        lambda: OneCycleLR(SGD_OF_ONE, max_lr=1.0),
        DataError,
        r"needs to know how many steps .* total_steps=epochs \* batches",
    ),
    "no peak": (
        lambda: OneCycleLR(SGD_OF_ONE, total_steps=9),
        DataError,
        "the max_lr of OneCycleLR must be",
    ),
    "too many steps": (
        lambda: steps(OneCycleLR(SGD(lr=0.1), max_lr=1.0, total_steps=9), 10),
        RangeError,
        "step 10 is too much for a OneCycleLR of total_steps=9",
    ),
    "too many steps in fit": (
        lambda: fitted(schedule=OneCycleLR(max_lr=1.0, total_steps=7)),
        RangeError,
        "step 8 is too much for a OneCycleLR of total_steps=7",
    ),
    "no momentum": (
        lambda: OneCycleLR(Adadelta([Value(1.0)]), max_lr=1.0, total_steps=9),
        DataError,
        "Adadelta has no momentum .* cycle_momentum=False",
    ),
    "a beta of 1": (
        lambda: OneCycleLR(Adam([Value(1.0)]), max_lr=1.0, total_steps=9, max_momentum=1.0),
        RangeError,
        "the first beta of Adam must be at least 0 and below 1",
    ),
    "a beta of 1, later": (
        lambda: OneCycleLR(Adam([Value(1.0)]), max_lr=1.0, total_steps=9, base_momentum=1.0),
        RangeError,
        "the first beta of Adam must be at least 0 and below 1",
    ),
    "a share above 1": (
        lambda: OneCycleLR(max_lr=1.0, pct_start=30),
        RangeError,
        "is a share of 1, not 30",
    ),
    "another shape": (
        lambda: OneCycleLR(max_lr=1.0, anneal_strategy="cosine"),
        UnknownNameError,
        "did you mean 'cos'",
    ),
    "a divisor of 0": (
        lambda: OneCycleLR(max_lr=1.0, div_factor=0),
        RangeError,
        "div_factor .* must be above 0",
    ),
    "a plateau without a metric": (
        lambda: ReduceLROnPlateau(SGD_OF_ONE).step(),
        CallError,
        r"ReduceLROnPlateau\.step lacks 'metrics'",
    ),
    "a step with a loss": (lambda: StepLR(SGD_OF_ONE, 3).step(0.5), CallError, "takes no arguments"),
    "a metric of text": (lambda: ReduceLROnPlateau(SGD_OF_ONE).step("0.1"), DataError, "a metric must be"),
    "a factor that does not fall": (
        lambda: ReduceLROnPlateau(factor=1),
        RangeError,
        "must be below 1, not 1.0",
    ),
    "another mode": (lambda: ReduceLROnPlateau(mode="mim"), UnknownNameError, "did you mean 'min'"),
    "no parts": (lambda: SequentialLR(SGD_OF_ONE, [], []), ShapeError, "at least one schedule"),
    "too few milestones": (
        lambda: SequentialLR(schedulers=[StepLR(step_size=1), LinearLR()], milestones=[]),
        ShapeError,
        "here are 2, and 0 milestones",
    ),
    "milestones back": (
        lambda: SequentialLR(schedulers=[LinearLR(), LinearLR(), LinearLR()], milestones=[5, 5]),
        RangeError,
        r"increase, from 1 on; \[5, 5\] do not",
    ),
    "a plateau in a sequence": (
        lambda: SequentialLR(schedulers=[LinearLR(), ReduceLROnPlateau()], milestones=[5]),
        DataError,
        r"such as StepLR\(step_size=30\), .* not ReduceLROnPlateau",
    ),
    "a cycle of momenta in a sequence": (
        lambda: SequentialLR(schedulers=[LinearLR(), OneCycleLR(max_lr=1.0)], milestones=[5]),
        DataError,
        r"write OneCycleLR\(\.\.\., cycle_momentum=False\)",
    ),
    "parts of another": (
        lambda: SequentialLR(SGD(lr=0.1), [LinearLR(SGD(lr=0.1))], []),
        DataError,
        r"LinearLR\(\) has another optimizer than the SequentialLR",
    ),
    "no rate": (
        lambda: StepLR(WithoutRate(), 3),
        DataError,
        "WithoutRate has no `lr` that a schedule could set",
    ),
    "a class": (lambda: fitted(schedule=StepLR), DataError, r"StepLR is a class, .* write StepLR"),
    "a function": (
        lambda: fitted(schedule=lambda epoch: 0.1),
        DataError,
        r"such as StepLR\(step_size=30\), not the function",
    ),
    "an optimizer": (
        lambda: fitted(schedule=SGD(lr=0.1)),
        DataError,
        r"such as StepLR\(step_size=30\), not SGD",
    ),
    "of another optimizer": (
        lambda: fitted(schedule=StepLR(SGD(lr=0.1), 3)),
        DataError,
        r"has another optimizer than fit: .* schedule=StepLR\(optimizer, \.\.\.\)\), or",
    ),
    "another pace": (
        lambda: fitted(schedule=StepLR(step_size=3), schedule_per="step"),
        UnknownNameError,
        "no schedule_per is called 'step'.*epoch, batch",
    ),
    "a pace of nothing": (
        lambda: fitted(schedule_per="batch"),
        DataError,
        r"write schedule=StepLR\(step_size=30\)",
    ),
    "a plateau in batches": (
        lambda: fitted(schedule=ReduceLROnPlateau(), schedule_per="batch"),
        DataError,
        "looks at the loss of each epoch",
    ),
    "an `if` on the rate": (
        lambda: fitted(optimizer=Thresholded(), schedule=StepLR(step_size=3), engine="derived"),
        ProgramError,
        r"Thresholded\.update uses 'lr' .* write engine=\"eager\"",
    ),
}


@pytest.mark.parametrize(("wrong", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


def of_all(outputs, targets):
    return mse(outputs, targets) ** 0.5


def test_a_refusal_changes_nothing():
    optimizer = Adam([Value(1.0)], lr=0.5)
    for wrong in ("too many steps in fit", "a plateau in batches"):
        with pytest.raises(DataError):
            REFUSED[wrong][0]()
    with pytest.raises(RangeError):
        OneCycleLR(optimizer, max_lr=1.0, total_steps=9, max_momentum=1.0)
    assert (optimizer.lr, optimizer.betas) == (0.5, (0.9, 0.999))
    model = MLP(2, [1], seed=0)
    for optimizer in (Adam(lr=0.5), Adam([{"params": layer, "lr": 0.5} for layer in model.layers])):
        given = {"schedule": OneCycleLR(max_lr=1.0), "epochs": 3, "engine": "derived"}
        with pytest.raises(ProgramError, match="neither the mean nor the sum"):
            fit(model, [*XOR] * 501, loss=of_all, optimizer=optimizer, **given)
        assert [(g["lr"], g["betas"]) for g in optimizer.param_groups] == [(0.5, (0.9, 0.999))]


def test_groups_after_a_schedule_are_told():
    optimizer = SGD([Value(1.0)], lr=0.1)
    schedule = StepLR(optimizer, step_size=3)
    optimizer.add_param_group({"params": Value(1.0)})
    with pytest.raises(DataError, match="has 2 groups, and had 1 when this StepLR began; make a new"):
        schedule.step()


@pytest.mark.parametrize("engine", [{}, {"engine": "derived"}, {"engine": "derived", "backend": "wasm"}])
def test_a_momentum_of_zero_is_as_eagerly(engine):
    """Which switches it off: derived code does not, and leaves those epochs to Values."""
    if "backend" in engine:
        pytest.importorskip("wasmtime")
    runs = []
    for given in ({}, engine):
        model = MLP(2, [2, 1], "tanh", seed=0)
        schedule = OneCycleLR(max_lr=1.0, base_momentum=0.0, pct_start=0.5, total_steps=20)
        fit(model, XOR, optimizer=SGD(lr=0.1), schedule=schedule, epochs=20, **given)
        runs.append([*model.state_dict().values()])
    assert runs[0] == pytest.approx(runs[1], rel=1e-11)


def test_a_copy_is_a_schedule_of_its_own():
    optimizer = SGD([Value(1.0)], lr=1.0)
    schedule = ExponentialLR(optimizer, gamma=0.5)
    other = copy.deepcopy(schedule)
    steps(schedule, 2)
    assert (optimizer.lr, other.get_last_lr()) == (0.25, [1.0])


@pytest.mark.parametrize("per", ["epoch", "batch"])
def test_a_schedule_counts_what_is_done_at_an_interrupt(per, monkeypatch):
    pytest.importorskip("wasmtime")
    calls = []

    class Interrupted(Instance):
        def run(self):
            calls.append(None)
            if len(calls) == 8:
                raise KeyboardInterrupt
            super().run()

    monkeypatch.setattr(wasm_machine, "Instance", Interrupted)
    monkeypatch.setattr(wasm_machine, "SLICE", 1.0)  # a call for each block
    model, optimizer = MLP(2, [2, 1], "tanh", seed=0), SGD(lr=1.0)
    schedule = ExponentialLR(optimizer, gamma=0.5)
    given = {"optimizer": optimizer, "schedule": schedule, "schedule_per": per, "batch_size": 2}
    history = fit(model, XOR, epochs=20, engine="derived", backend="wasm", **given)
    assert history.stopped == "interrupted in epoch 3, after 1 of its steps"
    assert len(history.losses) == 3
    taken, _ = optimizer.recall(model.parameters()[0])
    assert taken == 7
    assert schedule.last_epoch == (taken if per == "batch" else taken // 2)
    assert optimizer.lr == 0.5**schedule.last_epoch


@pytest.mark.parametrize("backend", ["python", "wasm"])
@pytest.mark.parametrize("settings", [{}, {"seed": 0}])
def test_many_calls_of_code_are_one_schedule(backend, settings, monkeypatch):
    if backend == "wasm":
        pytest.importorskip("wasmtime")
    monkeypatch.setattr(training_numbers, "AT_ONCE", 20)
    monkeypatch.setattr(wasm_machine, "SCHEDULED", 12)
    monkeypatch.setattr(wasm_loop, "SHUFFLED", 20)
    runs = []
    for engine_ in ({}, {"engine": "derived", "backend": backend}):
        model, optimizer = MLP(2, [2, 1], "tanh", seed=0), Adam(lr=1.0)
        given = {"optimizer": optimizer, "schedule": OneCycleLR(max_lr=0.1), "batch_size": 3}
        history = fit(model, XOR, epochs=30, **given, **settings, **engine_)
        runs.append([*history.losses, *model.state_dict().values(), optimizer.lr])
    assert runs[0] == pytest.approx(runs[1], rel=1e-9)
