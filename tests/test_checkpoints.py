"""A training run that was stopped goes on from its file to the very bits of the run that never was.

Here are all models, optimizers, schedules and backends.
"""

import pytest
from conftest import every, long
from resumed import BACKENDS, EPOCHS, MODELS, STEPS, Run, in_backends, prepared
from test_optimizers import CLASSES
from test_optimizers import VARIANTS as OPTIMIZERS
from test_schedules import RATES
from test_schedules import schedule_of as schedule_of_reference

from autograd_scratch import SGD, Adam, Value, optim
from autograd_scratch.optim import ExponentialLR, OneCycleLR


@pytest.fixture
def given(backend, monkeypatch):
    return prepared(backend, monkeypatch)


@pytest.mark.parametrize(("backend", "model"), in_backends(MODELS))
def test_every_model(model, given, tmp_path):
    Run(model, **given).check(tmp_path, 6)


@pytest.mark.parametrize(
    ("backend", "optimizer"),
    [
        (long if "numba" in name or (name != "eager" and i % 3) else pytest.param)(
            name, cls, id=f"{name}-{cls.__name__}"
        )
        for name in BACKENDS
        for i, cls in enumerate(CLASSES)
    ],
)
def test_every_optimizer(optimizer, given, tmp_path):
    Run(optimizer=lambda model: optimizer(lr=0.05), **given).check(tmp_path, 7)


@pytest.mark.parametrize("optimizer", every(4, OPTIMIZERS))
def test_every_variant_of_an_optimizer(optimizer, tmp_path):
    settings = optimizer.scopes()[0]
    given = {name: settings[name] for name in optimizer.setting_names if name in settings}
    Run(optimizer=lambda model: type(optimizer)(**given), epochs=2).check(tmp_path, 3)


def in_groups(model):
    first, *others = model.parameters()
    return SGD([{"params": [first], "lr": 0.3}, {"params": others}], lr=0.1, momentum=0.9)


OWN_PARAMETERS = {
    "groups": in_groups,
    "parameters": lambda model: Adam(model.parameters(), lr=0.05),
    "model": lambda model: Adam(model, lr=0.05),
    "some parameters": lambda model: Adam(model.parameters()[:2], lr=0.05),
    "others too": lambda model: Adam([*model.parameters(), Value(0.5)], lr=0.05),
}


@pytest.mark.parametrize(
    ("backend", "optimizer", "model"), in_backends(OWN_PARAMETERS, ["network", "frozen"])
)
def test_an_optimizer_of_its_own_parameters(optimizer, model, given, tmp_path):
    Run(model, OWN_PARAMETERS[optimizer], **given).check(tmp_path, 5)


@pytest.mark.parametrize(
    ("number", "is_own", "per"),
    [
        (pytest.param if (i + 2 * is_own + len(per)) % 4 == 0 else long)(
            i,
            is_own,
            per,
            id=f"{i}-{RATES[i]['schedule'][0]}-{'its own' if is_own else 'no'} optimizer-{per}",
        )
        for i in range(len(RATES))
        for is_own in (False, True)
        for per in ("epoch", "by batch")
    ],
)
def test_every_schedule(number, is_own, per, tmp_path):
    described = RATES[number]["schedule"]
    given = {"schedule_per": None if described[0] == "ReduceLROnPlateau" else per.removeprefix("by ")}

    def optimizer(model):
        groups = [
            {"params": [p], "lr": rate} for p, rate in zip(model.parameters(), RATES[number]["rates"])
        ]
        rest = model.parameters()[len(groups) :]
        groups[-1]["params"] += rest
        kind = getattr(optim, RATES[number]["optimizer"])
        return kind(groups, lr=0.5, **({"momentum": 0.5} if kind is SGD else {}))

    def schedule(optimizer):
        return schedule_of_reference(described, *([optimizer] if is_own else []))

    Run(optimizer=optimizer, schedule=schedule, epochs=2, **given).check(tmp_path, 3)


SCHEDULES = {
    "ExponentialLR": lambda *given: ExponentialLR(*given, gamma=0.8),
    "OneCycleLR": lambda *given: OneCycleLR(*given, max_lr=0.2, total_steps=EPOCHS * STEPS),
    "OneCycleLR of fit": lambda *given: OneCycleLR(max_lr=0.2),
    "ReduceLROnPlateau": lambda *given: optim.ReduceLROnPlateau(*given, patience=0, threshold=0.1),
}


@pytest.mark.parametrize(("backend", "schedule", "is_own"), in_backends(SCHEDULES, [False, True]))
def test_schedules_in_every_backend(schedule, is_own, given, tmp_path):
    made = SCHEDULES[schedule]
    given = {"schedule": lambda optimizer: made(*([optimizer] if is_own else [])), **given}
    Run(optimizer=lambda model: SGD(0.5, momentum=0.9), **given).check(tmp_path, 2, 7)
