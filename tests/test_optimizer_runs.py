"""Training by optimizers with groups and schedules, in every engine, against PyTorch."""

import pytest
from conftest import load_reference, long
from test_models import assert_close
from test_optimizers import CLASSES

from autograd_scratch import MLP, fit, optim
from autograd_scratch.program.wasm import engine
from autograd_scratch.training.loops import derived

REFERENCE = load_reference("optimizers")
META, RUNS = REFERENCE["meta"], REFERENCE["runs"]
DATA = list(zip(META["X"], META["Y"]))
FACTORS = {
    "1 / (1 + step)": lambda step: 1 / (1 + step),
    "step / 4, at most 1": lambda step: min(step / 4, 1),
}
ENGINES = {
    "eager": {"engine": "eager"},
    "Python": {"engine": "derived", "backend": "python"},
    "NumPy": {"engine": "derived", "backend": "python"},
    "WebAssembly": {"engine": "derived", "backend": "wasm"},
    "numba": {"engine": "derived", "backend": "numba"},
    "numba with arrays": {"engine": "derived", "backend": "numba"},
}
RAN = {"Python": "python", "NumPy": "numpy", "WebAssembly": "wasm", "numba with arrays": "numba"}


def schedule_of(described, *optimizer):
    """Return a schedule as the reference describes it, for an optimizer or for none."""
    if described is None:
        return None
    name, settings = described
    settings = dict(settings)
    if "schedulers" in settings:
        settings["schedulers"] = [schedule_of(part, *optimizer) for part in settings["schedulers"]]
    if "lr_lambda" in settings:
        each = settings["lr_lambda"]
        settings["lr_lambda"] = [FACTORS[x] for x in each] if isinstance(each, list) else FACTORS[each]
    return getattr(optim, name)(*optimizer, **settings)


def network():
    return MLP(2, [3, 1], "tanh", weights=META["W"], biases=META["b"])


def optimizer_of(run, model):
    kind, settings = getattr(optim, run["optimizer"]), run["settings"]
    if run["groups"] is None:
        return kind(model.parameters(), **settings)
    groups = [{"params": layer.parameters()} | own for layer, own in zip(model.layers, run["groups"])]
    return kind(groups, **settings)


def called(run):
    schedule = run["schedule"][0] if run["schedule"] else ""
    return "-".join(filter(None, (run["optimizer"], "groups" if run["groups"] else "", schedule)))


def cases():
    """Yield each run in each engine; those that numba compiles are long."""
    for name in ENGINES:
        for i, run in enumerate(RUNS):
            case = long if name.startswith("numba") and i % 100 else pytest.param
            yield case(name, run, id=f"{name}-{i}-{called(run)}")


@pytest.mark.parametrize(("engine_", "run"), [*cases()])
def test_runs(engine_, run, monkeypatch):
    if engine_ == "WebAssembly":
        pytest.importorskip("wasmtime")
    if engine_.startswith("numba"):
        pytest.importorskip("numba")
    if engine_ in ("NumPy", "numba with arrays"):
        pytest.importorskip("numpy")
        monkeypatch.setattr(derived, "LARGE", 0)
    is_own = RUNS.index(run) % 2  # whether the schedule is made for the optimizer, or for none
    model = network()
    optimizer = optimizer_of(run, model)
    schedule = schedule_of(run["schedule"], *([optimizer] if is_own else []))
    losses, seen, settings = [], [], {"schedule": schedule, "schedule_per": run["schedule_per"]}
    if run["schedule"] and run["schedule"][0] == "ReduceLROnPlateau":
        settings["schedule_per"] = None
    given = ENGINES[engine_] | {"optimizer": optimizer, "batch_size": run["batch_size"], **settings}
    steps = [1, 4, 25] if is_own or schedule is None else [30]  # one with an optimizer goes on
    for epochs in steps:
        history = fit(model, DATA, epochs=epochs, **given)
        assert history.backend == RAN.get(engine_, history.backend)
        losses += history.losses
        seen.append([p.data for p in model.parameters()])
    expected = [run["after"][str(sum(steps[: i + 1]))] for i in range(len(steps))]
    # where OneCycleLR is highest, what is rounded grows from step to step
    tolerance = 1e-9 if schedule.__class__ is optim.OneCycleLR else 1e-11
    for numbers, after in zip(seen, expected):
        assert_close(numbers, after, tolerance)
    assert losses == pytest.approx(run["losses"], rel=tolerance)
    rates = [group["lr"] for group in optimizer.param_groups]
    assert rates == pytest.approx(rates_at_the_end(run), rel=1e-12, abs=1e-15)


def rates_at_the_end(run):
    """Return PyTorch's learning rates; by hand where a OneCycleLR is through, since there it goes on."""
    name, settings = run["schedule"] or ("", {})
    if name != "OneCycleLR" or settings.get("total_steps") == 40:
        return run["rates_at_the_end"]
    peaks = settings["max_lr"]
    each = peaks if isinstance(peaks, list) else [peaks] * len(run["rates_at_the_end"])
    return [peak / 25.0 / 1e4 for peak in each]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_optimizer_in_arrays(cls, monkeypatch):
    pytest.importorskip("numpy")
    monkeypatch.setattr(derived, "LARGE", 0)
    runs = []
    for given in (ENGINES["eager"], ENGINES["NumPy"]):
        model = network()
        groups = [{"params": model.layers[1], "lr": 0.01, "maximize": True}, {"params": model.layers[0]}]
        optimizer = cls(groups, lr=0.05)
        history = fit(
            model, DATA, optimizer=optimizer, schedule=optim.LinearLR(), epochs=9, batch_size=2, **given
        )
        runs.append([*history.losses, *model.state_dict().values()])
    assert history.backend == "numpy"
    assert_close(runs[1], runs[0], 1e-11)


@pytest.mark.parametrize("run", [run for run in RUNS if run["schedule"]][::5], ids=called)
def test_a_schedule_compiles_nothing_anew(run):
    pytest.importorskip("wasmtime")
    sources, misses = set(), []
    for _ in range(2):
        model = network()
        given = {"schedule": schedule_of(run["schedule"]), "batch_size": run["batch_size"]}
        given |= {"optimizer": optimizer_of(run, model), **ENGINES["WebAssembly"]}
        sources.add(fit(model, DATA, epochs=30, **given).source)
        misses.append(engine._compiled.cache_info().misses)
    assert len(sources) == 1
    assert misses[0] == misses[1]


def test_what_changes_by_hand_is_written_once():
    """A learning rate that is set after each epoch is an argument of the loop of numbers."""
    texts, model, optimizer = set(), network(), optim.SGD(lr=0.1, momentum=0.5)

    def look(epoch, loss):
        optimizer.lr = 0.1 / (2 + epoch)
        optimizer.momentum = 0.5 / (1 + epoch)

    real = derived.NumberLoop._loop

    class Noted(derived.NumberLoop):
        def _loop(self, tuning):
            source = real(self, tuning)
            texts.add(source.text)
            return source

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derived, "NumberLoop", Noted)
        fit(model, DATA, optimizer=optimizer, epochs=9, on_epoch=look, **ENGINES["Python"])
    assert len(texts) == 1
