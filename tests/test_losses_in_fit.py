"""Losses in `fit`: by name and as objects, the same on Values, in generated Python and in WebAssembly."""

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, fit, nn
from autograd_scratch.errors import DataError, ProgramError, ShapeError, TracingError, UnknownNameError

X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, -1.0]]
REAL = [0.5, -1.0, 2.0, 0.25, 0.0]
COUNTS = [0.0, 3.0, 1.0, 2.0, 4.0]
BITS = [0, 1, 1, 0, 1]
SIGNS = [-1.0, 1.0, 1.0, -1.0, 1.0]
CLASSES = [0, 1, 2, 1, 0]
SHARES = [[0.5, 0.25, 0.25], [0.0, 0.5, 0.5], [0.1, 0.2, 0.7], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
SEVERAL = [[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0], [0, 0, 1]]
WEIGHT = [0.5, 2.0, 3.0]


def weighted(outputs, targets):
    return ag.cross_entropy(outputs, targets, WEIGHT)


def root(outputs, targets):
    return ag.mse(outputs, targets) ** 0.5


def largest(outputs, targets):
    return ag.max([(p - t) ** 2 for p, t in zip(outputs, targets)])


def growing(outputs, targets):
    return ag.sum([i * (p - t) ** 2 for i, (p, t) in enumerate(zip(outputs, targets))])


REAL_LOSSES = (
    "l1_loss",
    "mae",
    "huber",
    "huber_loss",
    "mse_loss",
    nn.HuberLoss(0.5),
    nn.SmoothL1Loss(0.25, reduction="sum"),
    nn.L1Loss(reduction="sum"),
    nn.MSELoss(),
)
CASES = [  # outputs, what they are passed through, targets, loss
    *((1, "linear", REAL, loss) for loss in REAL_LOSSES),
    *((1, "linear", COUNTS, loss) for loss in ("poisson_nll_loss", nn.PoissonNLLLoss(full=True))),
    *((1, "sigmoid", BITS, loss) for loss in ("binary_cross_entropy", nn.BCELoss(weight=2.5))),
    (1, "linear", BITS, nn.BCEWithLogitsLoss(pos_weight=3.0)),
    (3, "linear", SEVERAL, nn.BCEWithLogitsLoss(pos_weight=WEIGHT)),
    (3, "sigmoid", SEVERAL, nn.BCELoss(WEIGHT)),
    *((1, "linear", SIGNS, loss) for loss in ("hinge", "squared_hinge", "soft_margin_loss")),
    (1, "linear", SIGNS, nn.HingeEmbeddingLoss(0.5)),
    (3, "linear", CLASSES, "cross_entropy"),
    (3, "linear", CLASSES, nn.CrossEntropyLoss()),
    (3, "linear", CLASSES, nn.CrossEntropyLoss(label_smoothing=0.1)),
    (3, "linear", CLASSES, nn.CrossEntropyLoss(WEIGHT, reduction="sum")),
    (3, "linear", CLASSES, nn.CrossEntropyLoss(WEIGHT, reduction="sum", label_smoothing=0.3)),
    (3, "linear", CLASSES, nn.CrossEntropyLoss(ignore_index=1, reduction="sum")),
    (3, "linear", SHARES, nn.CrossEntropyLoss(WEIGHT, label_smoothing=0.2)),
    (3, "linear", CLASSES, nn.MultiMarginLoss(weight=WEIGHT)),
    (3, "linear", CLASSES, nn.MultiMarginLoss(p=2, margin=0.5)),
    (3, "log_sigmoid", CLASSES, "nll_loss"),
    (3, "log_sigmoid", CLASSES, nn.NLLLoss(WEIGHT, reduction="sum")),
    (3, "log_sigmoid", SHARES, nn.KLDivLoss(reduction="batchmean")),
    (3, "log_sigmoid", SHARES, "kl_div"),
    *((3, "linear", CLASSES, loss) for loss in (nn.CrossEntropyLoss(WEIGHT), weighted)),
    (3, "linear", CLASSES, nn.CrossEntropyLoss(WEIGHT, label_smoothing=0.3)),
    (3, "linear", CLASSES, nn.CrossEntropyLoss(ignore_index=2)),
    (3, "linear", [-100, 0, 2, 1, -100], nn.CrossEntropyLoss(WEIGHT, reduction="sum")),
    (3, "log_sigmoid", CLASSES, nn.NLLLoss(WEIGHT, ignore_index=2)),
    *((1, "linear", REAL, loss) for loss in (root, largest, growing)),
]


def called(loss):
    return getattr(loss, "__name__", None) or repr(loss)


def trained(case, **settings):
    outputs, output, targets, loss = case
    model = MLP(2, [4, outputs], "tanh", output, seed=0)
    history = fit(model, X, targets, loss=loss, optimizer=SGD(0.1), epochs=12, **settings)
    return [*history.losses, *(p.data for p in model.parameters())], history


@pytest.mark.parametrize("batches", [{}, {"batch_size": 2, "seed": 0}], ids=str)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[1]}-{called(case[3])}")
def test_every_engine_trains_alike(case, batches):
    pytest.importorskip("wasmtime")
    expected, _ = trained(case, **batches)
    for backend in ("python", "wasm"):
        found, history = trained(case, engine="derived", backend=backend, **batches)
        assert history.backend in (backend, "numpy")
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(WEIGHT), nn.NLLLoss(ignore_index=2), weighted])
def test_derived_code_for_whole_batches_is_not_made_with_numba(loss):
    pytest.importorskip("numba")
    with pytest.raises(ProgramError, match="of at most 2,000 rows, and not with numba: write batch_size"):
        trained((3, "log_sigmoid", CLASSES, loss), engine="derived", backend="numba")


def test_one_row_of_another_class_is_enough_to_tell_that_weights_differ():
    X = [[i / 1_000.0, 1.0] for i in range(2_001)]
    y = [int(i == 501) for i in range(2_001)]
    with pytest.raises(ProgramError, match="weights of classes"):
        fit(
            MLP(2, [2], seed=0),
            X,
            y,
            loss=nn.CrossEntropyLoss([1.0, 2.0]),
            optimizer=SGD(0.1),
            epochs=1,
            engine="derived",
        )


def alike(outputs, targets):
    """Return what pulls rows of one class together."""
    pairs = [(i, j) for i in range(len(targets)) for j in range(i) if targets[i] == targets[j]]
    return ag.sum([(outputs[i][0] - outputs[j][0]) ** 2 for i, j in pairs])


def balanced(outputs, targets):
    return ag.sum([p[0] ** 2 / targets.count(t) for p, t in zip(outputs, targets)]) ** 0.5


def looked_up(outputs, targets):
    return ag.sum([{0: 1.0, 1: 2.0, 2: 3.0}[t] * p[0] ** 2 for p, t in zip(outputs, targets)])


@pytest.mark.parametrize(
    ("loss", "told"),
    [(alike, "no two are equal"), (balanced, "no two are equal"), (looked_up, "Values for its inputs")],
)
@pytest.mark.parametrize("backend", ["python", "wasm"])
def test_a_loss_that_is_another_one_of_values_is_told(loss, told, backend):
    with pytest.raises(TracingError, match=told):
        trained((3, "linear", CLASSES, loss), engine="derived", backend=backend)


@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_a_wrong_label_is_told_with_its_row(engine):
    X = [[i / 1_000.0, 1.0] for i in range(1_000)]
    y = [3 * (i == 501) for i in range(1_000)]
    with pytest.raises(ShapeError, match="target 3 of row 501 of cross_entropy is none of 2 classes"):
        fit(MLP(2, [2], seed=0), X, y, loss="cross_entropy", optimizer=SGD(0.1), epochs=1, engine=engine)


def test_ignored_rows_train_as_if_they_were_not_there():
    targets = [0, -1, 2, -1, 1]
    kept = [i for i, k in enumerate(targets) if k >= 0]
    ends = []
    for rows in (range(5), kept):
        model = MLP(2, [4, 3], "tanh", seed=0)
        loss = nn.CrossEntropyLoss(ignore_index=-1)
        fit(
            model, [X[i] for i in rows], [targets[i] for i in rows], loss=loss, optimizer=SGD(0.1), epochs=5
        )
        ends.append([p.data for p in model.parameters()])
    assert ends[0] == pytest.approx(ends[1], rel=1e-12)


def test_a_batch_of_ignored_rows_has_derivatives_of_zero():
    model = MLP(2, [4, 3], "tanh", seed=0)
    before = model.state_dict()
    loss = nn.CrossEntropyLoss(ignore_index=0, reduction="sum")
    history = fit(model, X, [0] * 5, loss=loss, optimizer=SGD(0.1), epochs=2)
    assert history.losses == [0.0, 0.0]
    assert model.state_dict() == before


@pytest.mark.parametrize("engine", ["eager", "derived"])
@pytest.mark.parametrize("penalty", [ag.nn.l1_penalty, ag.nn.l2_penalty])
def test_a_penalty_pulls_the_parameters_towards_zero(penalty, engine):
    sizes = []
    for strength in (0.0, 0.1):
        model = MLP(2, [4, 1], "tanh", seed=0)

        def loss(outputs, targets, model=model, strength=strength):
            return nn.huber(outputs, targets) + penalty(model, strength)

        fit(model, X, REAL, loss=loss, optimizer=SGD(0.1), epochs=30, engine=engine)
        sizes.append(sum(abs(p.data) for p in model.parameters()))
    assert sizes[1] < sizes[0]


def test_a_penalty_of_squares_is_weight_decay_of_twice_the_strength():
    ends = []
    for strength, weight_decay in ((0.05, 0.0), (0.0, 0.1)):
        model = MLP(2, [4, 1], "tanh", seed=0)

        def loss(outputs, targets, model=model, strength=strength):
            return ag.mse(outputs, targets) + nn.l2_penalty(model.parameters(), strength)

        fit(model, X, REAL, loss=loss, optimizer=SGD(0.1, weight_decay=weight_decay), epochs=30)
        ends.append([p.data for p in model.parameters()])
    assert ends[0] == pytest.approx(ends[1], rel=1e-12)


@pytest.mark.parametrize("loss", ["nll_loss", nn.CrossEntropyLoss(), nn.MultiMarginLoss()])
@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_one_output_a_row_is_no_row_of_classes(engine, loss):
    with pytest.raises(ShapeError, match="one for each class"):
        trained((1, "linear", [0, 0, 0, 0, 0], loss), engine=engine)


@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_what_each_row_costs_is_no_loss_to_minimize(engine):
    with pytest.raises(DataError, match="loss"):
        trained((1, "linear", REAL, nn.MSELoss(reduction="none")), engine=engine)


def test_names_that_are_nearly_right():
    with pytest.raises(UnknownNameError, match="did you mean 'huber'"):
        trained((1, "linear", REAL, "hubber"))


def test_losses_as_objects_are_metrics_and_name_themselves():
    model = MLP(2, [3], seed=0)
    history = fit(
        model,
        X,
        np.array(CLASSES),
        loss=nn.CrossEntropyLoss(label_smoothing=0.1),
        optimizer=SGD(0.1),
        epochs=2,
        metrics={"plain": nn.CrossEntropyLoss()},
    )
    assert history.settings.startswith("CrossEntropyLoss(label_smoothing=0.1), SGD")
    assert history.metrics["plain"][1] < history.metrics["plain"][0]


@pytest.mark.parametrize(
    "settings", [{"backend": "python"}, {"backend": "wasm"}, {"batch_size": 2}], ids=str
)
def test_models_that_answer_in_arrays_train_in_derived_code_too(settings):
    pytest.importorskip("wasmtime")
    rows, ends = np.array(X), []
    for engine in ({"batch_size": settings.get("batch_size")}, {"engine": "derived", **settings}):
        model = nn.Sequential(nn.Linear(2, 4, seed=0), nn.Tanh(), nn.Linear(4, 3, seed=1))
        history = fit(model, rows, CLASSES, loss="cross_entropy", optimizer=SGD(0.1), epochs=9, **engine)
        ends.append([*history.losses, *(p.data for p in model.parameters())])
    assert ends[1] == pytest.approx(ends[0], rel=1e-11, abs=1e-13)
