"""Losses: in which forms they take outputs and targets, and what they are in 50-digit arithmetic."""

import inspect
import pickle
from fractions import Fraction
from itertools import product
from random import Random

import mpmath
import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, cross_entropy, derive, fit, grad, hessian, nn, values
from autograd_scratch.errors import CallError, DataError, RangeError, ShapeError, UnknownNameError

ROW = [0.1, 2.0, -1.0]


def exact(logits, target):
    """Return the sum of -log softmax(logits) times the target, its gradients and its Hessian, exactly."""
    with mpmath.workdps(1000):
        z, t = [mpmath.mpf(x) for x in logits], [mpmath.mpf(x) for x in target]
        powers = [mpmath.exp(x) for x in z]
        total, whole = mpmath.fsum(powers), mpmath.fsum(t)
        p = [power / total for power in powers]
        entropies = [mpmath.log(total) - x for x in z]
        value = mpmath.fsum(a * b for a, b in zip(t, entropies) if a)
        by_logits = [whole * q - a for q, a in zip(p, t)]
        hessian = [[whole * q * ((i == j) - r) for j, r in enumerate(p)] for i, q in enumerate(p)]
        return float(value), *([float(x) for x in xs] for xs in (by_logits, entropies)), hessian, p


SAMPLES = [
    (ROW, [0.2, 0.5, 0.3]),
    (ROW, [0.0, 1.0, 0.0]),
    ([0.0, 0.0], [0.25, 0.75]),
    ([5.0, 5.0, 5.0, -30.0], [0.1, 0.2, 0.3, 0.4]),
    ([1000.0, 0.0, -1000.0], [0.5, 0.25, 0.25]),
    ([1000.0, 960.0, 1000.0], [0.0, 1.0, 0.0]),
    ([40.0, 0.0, 1.0], [1.0, 0.0, 0.0]),
    ([-700.0, 1.0, 2.0], [0.9, 0.05, 0.05]),
    ([3.0], [1.0]),
    (ROW, [2.0, -0.5, 0.25]),  # any numbers do, as in PyTorch
    (ROW, [0.0, 0.0, 0.5]),
    *(
        ([random.uniform(-9.0, 9.0) for _ in range(n)], [random.random() for _ in range(n)])
        for n in range(1, 7)
        for random in [Random(n)]
    ),
]


@pytest.mark.parametrize(("logits", "target"), SAMPLES)
def test_probabilities_as_targets_are_exact(logits, target):
    value, by_logits, by_target, second, p = exact(logits, target)
    # a slope p sum(t) - t is p times the other targets less t times the other probabilities
    sizes = [
        float(q * sum(abs(t) for j, t in enumerate(target) if j != i) + abs(target[i]) * (1 - q))
        for i, q in enumerate(p)
    ]
    leaves = [Value(x) for x in logits], [Value(x) for x in target]
    loss = cross_entropy(*leaves)
    loss.backward()
    program = derive(cross_entropy, wrt=["logits", "target"], inputs=[logits, target])
    results = [
        (loss.data, [z.grad for z in leaves[0]], [t.grad for t in leaves[1]]),
        (program(logits, target)[0], *program(logits, target)[1]),
        (cross_entropy(logits, target), grad(cross_entropy)(logits, target), by_target),
    ]
    for found, slopes, entropies in results:
        assert found == pytest.approx(value, rel=1e-14, abs=0.0)
        assert entropies == pytest.approx(by_target, rel=1e-14, abs=0.0)
        for slope, expected, size in zip(slopes, by_logits, sizes):
            assert abs(slope - expected) <= 1e-14 * size
    for found, expected in zip(hessian(cross_entropy)(logits, target), second):
        assert found == pytest.approx(
            [float(x) for x in expected], rel=1e-12, abs=1e-13 * sum(map(abs, target))
        )
    mixed = ag.jacobian(lambda t: grad(cross_entropy)(logits, t))(target)
    for i, row in enumerate(mixed):
        assert row == pytest.approx([float(p[i]) - (i == j) for j in range(len(row))], rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("logits", [ROW, [1e3, -1e3, 0.0], [0.0, 50.0, 0.0], [700.0, 699.0, -20.0]])
def test_a_one_hot_target_is_the_class(logits):
    for k in range(3):
        hot = [float(j == k) for j in range(3)]
        for target in (
            hot,
            [*map(int, hot)],
            [*map(bool, hot)],
            tuple(hot),
            np.array(hot),
            np.eye(3, dtype=bool)[k],
        ):
            assert cross_entropy(logits, target) == cross_entropy(logits, k)
            assert grad(cross_entropy)(logits, target) == grad(cross_entropy)(logits, k)
        leaves = [Value(x) for x in logits]
        soft = cross_entropy(leaves, [Value(t) for t in hot])
        soft.backward()
        assert soft.data == cross_entropy(logits, k)
        by_class = grad(cross_entropy)(logits, k)
        assert [z.grad for z in leaves] == pytest.approx(by_class, rel=1e-15, abs=0.0)


def test_a_sample_is_one_node():
    settings = ({}, {"label_smoothing": 0.1}, {"weight": [1.0, 2.0, 0.5], "label_smoothing": 0.1})
    targets = (2, [0.0, 1.0, 0.0], [0.2, 0.5, 0.3], values([0.2, 0.5, 0.3]))
    for target, options in [*product(targets[:3], settings), (targets[3], {})]:
        loss = cross_entropy([Value(x) for x in ROW], target, reduction="sum", **options)
        assert all(not isinstance(parent, Value) or parent.primitive is None for parent in loss.parents)


CLASSES = {  # the same two samples, of classes 2 and 0
    "ints": [2, 0],
    "floats": [2.0, 0.0],
    "fractions": [Fraction(2), Fraction(0)],
    "Values": [Value(2.0), Value(0.0)],
    "an array": np.array([2, 0]),
    "a float array": np.array([2.0, 0.0], np.float32),
    "a column": [[2], [0]],
    "an array's column": np.array([[2], [0]], np.uint8),
    "a generator": (2, 0),
    "one-hot": [[0, 0, 1], [1, 0, 0]],
    "a one-hot array": np.eye(3)[[2, 0]],
    "a one-hot array of Values": values(np.eye(3)[[2, 0]]),
    "mixed": [[0, 0, 1], 0],
}
LOGITS = {
    "lists": [ROW, ROW[::-1]],
    "Values": [[Value(x) for x in ROW], [Value(x) for x in ROW[::-1]]],
    "an array": np.array([ROW, ROW[::-1]]),
    "an array of Values": values([ROW, ROW[::-1]]),
    "arrays": [np.array(ROW), values(ROW[::-1])],
}


@pytest.mark.parametrize("target", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("logits", LOGITS.values(), ids=LOGITS)
def test_forms_of_logits_and_targets(logits, target):
    expected = (exact(ROW, [0, 0, 1])[0] + exact(ROW[::-1], [1, 0, 0])[0]) / 2.0
    if isinstance(target, tuple):
        logits, target = (row for row in logits), (k for k in target)
    loss = cross_entropy(logits, target)
    assert (loss.data if isinstance(loss, Value) else loss) == pytest.approx(expected, rel=1e-15)


FORMS = "takes a row of logits with the number of its class or a probability for each, or several rows"
WRONG = {
    "too few classes": (
        lambda z: cross_entropy(z, [0, 1]),
        ShapeError,
        rf"{FORMS}.* shape \(3,\) .* shape \(2,\)",
    ),
    "more targets": (lambda z: cross_entropy([z], [0, 1]), ShapeError, r"shape \(1, 3\) .* shape \(2,\)"),
    "one target": (
        lambda z: cross_entropy([z, z], 1),
        ShapeError,
        r"shape \(2, 3\) with a target of shape \(\)",
    ),
    "deep": (lambda z: cross_entropy([[z]], [[1]]), ShapeError, FORMS),
    "several hot": (lambda z: cross_entropy(z, [1, 1, 0]), RangeError, "one 1, .* has 2; .*with_logits"),
    "none hot": (lambda z: cross_entropy(z, [0, 0, 0]), RangeError, "one 1, .* has 0"),
    "one logit": (
        lambda z: cross_entropy(z[0], 1),
        ShapeError,
        "a row of logits, .*take binary_cross_entropy_w",
    ),
    "half a class": (lambda z: cross_entropy(z, 0.5), DataError, "a whole number, .* not 0.5"),
    "no class": (
        lambda z: cross_entropy(z, 3.0),
        ShapeError,
        "target 3 of cross_entropy is none of 3 classes",
    ),
    "negative": (lambda z: cross_entropy(z, -1), ShapeError, "target -1 .* counted from 0 to 2"),
    "text": (lambda z: cross_entropy(z, "1"), DataError, r"not '1' \(str\)"),
    "text inside": (
        lambda z: cross_entropy(z, ["a", 0, 1]),
        DataError,
        "a probability in a target of cross_entropy",
    ),
    "a dict": (lambda z: cross_entropy({"a": 1.0}, 0), ShapeError, "a row of logits"),
    "nothing": (lambda z: cross_entropy([], []), ShapeError, "cross_entropy of nothing"),
    "mse of a model": (
        lambda z: ag.mse(MLP(2, [1]), z),
        DataError,
        "each of the outputs of mse must be .* not MLP",
    ),
    "mse of a dict": (lambda z: ag.mse({"a": z[0]}, [1.0]), DataError, r"each of the outputs .*\(dict\)"),
    "mse of a set": (lambda z: ag.mse([1.0, 2.0], {1.0, 2.0}), DataError, r"each of the targets .*\(set\)"),
    "mse of bytes": (lambda z: ag.mse(b"ab", [1.0, 2.0]), DataError, r"each of the outputs .*\(bytes\)"),
    "mse of text": (
        lambda z: ag.mse(z[0], "1"),
        DataError,
        r"each of the targets of mse must be a real number, not '1'",
    ),
}


BATCH = [ROW, ROW[::-1]]
SUMMING_TO_ONE = [[0.25, 0.5, 0.25], [0.125, 0.75, 0.125]]
WRONG |= {
    "a class of a batch": (
        lambda z: cross_entropy([z, z], [2, 3]),
        ShapeError,
        "target 3 of row 1 of cross_entropy is none of 3 classes, which are counted from 0 to 2$",
    ),
    "an ignored class": (
        lambda z: nn.nll_loss(BATCH, [1, -1]),
        ShapeError,
        "target -1 of row 1 of nll_loss is none .* write ignore_index=-1",
    ),
    "no class to ignore": (lambda z: cross_entropy(z, 0, ignore_index=None), DataError, "whole number"),
    "a class to ignore as text": (lambda z: cross_entropy(z, 0, ignore_index="0"), DataError, "not '0'"),
    "probabilities to ignore": (
        lambda z: cross_entropy(z, [0.5, 0.5, 0.0], ignore_index=0),
        DataError,
        "ignore_index",
    ),
    "weights too few": (lambda z: cross_entropy(z, 0, [1.0, 2.0]), ShapeError, "each of 3 classes"),
    "one weight": (lambda z: nn.multi_margin_loss(z, 0, weight=2.0), ShapeError, "each of 3 classes"),
    "a weight of text": (
        lambda z: cross_entropy(z, 0, [1.0, "2", 3.0]),
        DataError,
        "weights of cross_entr",
    ),
    "smoothing above 1": (
        lambda z: cross_entropy(z, 0, label_smoothing=1.5),
        RangeError,
        "from 0 to 1, not",
    ),
    "smoothing below 0": (lambda z: cross_entropy(z, 0, label_smoothing=-0.1), RangeError, "from 0 to"),
    "no such reduction": (
        lambda z: ag.mse(z, ROW, reduction="avg"),
        UnknownNameError,
        "no reduction is called 'avg'; known: mean, sum, none",
    ),
    "no reduction": (lambda z: ag.mse(z, ROW, reduction=None), UnknownNameError, "did you mean 'none'"),
    "batchmean elsewhere": (lambda z: ag.mse(z, ROW, reduction="batchmean"), UnknownNameError, "'mean'"),
    "no such reduction of kl_div": (
        lambda z: nn.kl_div(z, SUMMING_TO_ONE[0], reduction="batch"),
        UnknownNameError,
        "did you mean 'batchmean'",
    ),
    "PyTorch's former settings": (
        lambda z: ag.mse(z, ROW, size_average=True),
        CallError,
        'reduction="mean"',
    ),
    "classes for probabilities": (
        lambda z: nn.binary_cross_entropy([0.5, 0.5], [0, 2]),
        RangeError,
        "for the number of a class take cross_entropy",
    ),
    "classes for rows of probabilities": (
        lambda z: nn.binary_cross_entropy_with_logits(BATCH, [0, 1]),
        ShapeError,
        r"not shapes \(2, 3\) and \(2,\); where a target is the number of one class .* cross_entropy",
    ),
    "weights that do not fit": (
        lambda z: nn.binary_cross_entropy(SUMMING_TO_ONE, [[1] * 3] * 2, [1.0, 2.0]),
        ShapeError,
        r"the weight is one number, .* of shape \(2,\) for entries of shape \(2, 3\)",
    ),
    "a pos_weight below 0": (
        lambda z: nn.binary_cross_entropy_with_logits(ROW, [0, 1, 1], pos_weight=-1.0),
        RangeError,
        "a pos_weight must be at least 0, not -1.0",
    ),
    "one-hot": (
        lambda z: nn.nll_loss(BATCH, [[0, 1, 0], [1, 0, 0]]),
        DataError,
        "nll_loss is the number of the right class, .* probabilities take cross_entropy",
    ),
    "probabilities for nll_loss": (
        lambda z: nn.nll_loss(SUMMING_TO_ONE, [0, 1]),
        RangeError,
        "log_softmax",
    ),
    "probabilities for kl_div": (
        lambda z: nn.kl_div(SUMMING_TO_ONE, SUMMING_TO_ONE),
        RangeError,
        "the outputs of kl_div are log-probabilities",
    ),
    "log-probabilities as targets": (
        lambda z: nn.kl_div([-0.5, -1.0], [-0.5, -1.0]),
        RangeError,
        "log_target=True",
    ),
    "probabilities as log-targets": (
        lambda z: nn.kl_div([[-0.5] * 3] * 2, SUMMING_TO_ONE, log_target=True),
        RangeError,
        "targets of kl_div with log_target=True are log-probabilities",
    ),
    "classes for signs": (
        lambda z: nn.hinge(ROW, [0, 1, 1]),
        RangeError,
        r"-1 or 1, not 0.0; .* 2 \* t - 1",
    ),
    "a power of 3": (lambda z: nn.multi_margin_loss(z, 0, p=3), RangeError, "is 1 or 2, not 3"),
    "a negative variance": (lambda z: nn.gaussian_nll_loss(z, ROW, -1.0), RangeError, "must be at least 0"),
    "variances that do not fit": (
        lambda z: nn.gaussian_nll_loss(BATCH, BATCH, ROW),
        ShapeError,
        "one for each row of them",
    ),
    "a negative count": (lambda z: nn.poisson_nll_loss(z, [1, 2, -1]), RangeError, "it is a count"),
    "vectors of two lengths": (
        lambda z: nn.cosine_similarity(ROW, [1.0, 2.0]),
        ShapeError,
        r"not of \(3,\) and \(2,\)",
    ),
    "no such axis": (lambda z: nn.cosine_similarity(ROW, ROW, dim=1), ShapeError, "no dim 1 of cosine_sim"),
    "no vectors": (lambda z: nn.pairwise_distance([], []), ShapeError, "pairwise_distance of nothing"),
    "a target for each pair": (
        lambda z: nn.cosine_embedding_loss(BATCH, BATCH, [1]),
        ShapeError,
        "there are 2 and 1",
    ),
    "nothing in an array": (lambda z: cross_entropy(np.zeros((0, 3)), []), ShapeError, "of nothing"),
    "no entries": (lambda z: nn.l1_loss(np.zeros(0), []), ShapeError, "l1_loss of nothing"),
    "no parameters": (lambda z: nn.l2_penalty(0.1, z), DataError, "takes a model, or parameters in a list"),
    "a method": (
        lambda z: nn.l1_penalty(MLP(2, [1]).parameters, 0.1),
        DataError,
        "not the method parameters",
    ),
}


@pytest.mark.parametrize(("wrong", "error", "message"), WRONG.values(), ids=WRONG)
def test_what_losses_refuse(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong([Value(x) for x in ROW])


@pytest.mark.parametrize("loss", ["cross_entropy", cross_entropy], ids=["name", "function"])
@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_one_logit_a_row_is_not_taken_for_a_row(engine, loss):
    model = MLP(2, [3, 1], seed=0)
    before = model.state_dict()
    with pytest.raises(ShapeError, match="binary_cross_entropy_with_logits"):
        fit(model, [[0.0, 1.0], [1.0, 0.0]], [1, 0], loss=loss, optimizer=SGD(0.1), epochs=1, engine=engine)
    assert model.state_dict() == before


SOFT = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.0, 0.0, 1.0], [0.25, 0.25, 0.5]]


@pytest.mark.parametrize("settings", [{}, {"batch_size": 3, "seed": 1}], ids=str)
def test_both_engines_train_on_probabilities(settings):
    X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    for targets in (SOFT, np.array(SOFT), np.eye(3)[[0, 1, 2, 1]], [0, 1, 2, 1], [[0], [1], [2], [1]]):
        models = [MLP(2, [4, 3], "tanh", seed=0), MLP(2, [4, 3], "tanh", seed=0)]
        eager, derived = (
            fit(
                model,
                X,
                targets,
                loss="cross_entropy",
                optimizer=SGD(0.1),
                epochs=20,
                engine=engine,
                **settings,
            )
            for model, engine in zip(models, ("eager", "derived"))
        )
        assert derived.losses == pytest.approx(eager.losses, rel=1e-12)
        assert [*models[1].state_dict().values()] == pytest.approx(
            [*models[0].state_dict().values()], rel=1e-11
        )
        assert eager.losses[-1] < eager.losses[0]


@pytest.mark.parametrize("loss", ["mse", "smooth_l1", "binary_cross_entropy"])
def test_an_error_inside_of_a_generator_of_outputs_passes(loss):
    def outputs():
        yield Value(0.5)
        yield len(0.5)

    with pytest.raises(TypeError, match="has no len"):
        getattr(ag, loss)(outputs(), [0.0, 1.0])
    with pytest.raises(TypeError, match="has no len"):
        getattr(ag, loss)([0.5, 0.5], outputs())


CRITERIA = {name: thing for name, thing in vars(nn).items() if thing in nn.Criterion.__subclasses__()}


def test_there_are_the_classes_of_pytorch():
    assert CRITERIA.keys() >= {"MSELoss", "L1Loss", "CrossEntropyLoss", "BCEWithLogitsLoss", "HuberLoss"}


@pytest.mark.parametrize("name", CRITERIA)
def test_a_loss_as_an_object_is_the_function_with_its_settings(name):
    kind = CRITERIA[name]
    criterion = kind()
    assert repr(criterion) == f"{name}()"
    assert isinstance(criterion, ag.Module)
    assert criterion.parameters() == []
    assert kind.function.__name__ in kind.__doc__
    options = [p for p in inspect.signature(kind.function).parameters.values() if p.default is not p.empty]
    assert [*inspect.signature(kind).parameters.values()] == options
    assert repr(pickle.loads(pickle.dumps(criterion))) == repr(criterion)
    with pytest.raises(CallError, match=rf"{name} has no argument 'lr'. It is called as {name}\(.*as in"):
        kind(lr=0.1)


def test_losses_of_classes_go_through_generators_once():
    logs = [[-0.5, -1.5], [-2.0, -0.25]]
    for loss in (nn.nll_loss, cross_entropy, nn.multi_margin_loss):
        assert loss((row for row in logs), (k for k in (1, 0))) == loss(logs, [1, 0])
    assert nn.kl_div((row for row in logs), ((0.5, 0.5) for _ in logs)) == nn.kl_div(logs, [[0.5, 0.5]] * 2)


def test_settings_are_attributes_and_are_shown():
    criterion = nn.HuberLoss(delta=2.0)
    assert (repr(criterion), criterion.delta, criterion.reduction) == ("HuberLoss(delta=2.0)", 2.0, "mean")
    assert criterion([0.5, 3.0], [0.0, 0.0]) == nn.huber([0.5, 3.0], [0.0, 0.0], 2.0)
    criterion.reduction = "sum"
    assert criterion([0.5, 3.0], [0.0, 0.0]) == 2.0 * nn.huber([0.5, 3.0], [0.0, 0.0], 2.0)
    assert repr(nn.CrossEntropyLoss([1.0, 2.0])) == "CrossEntropyLoss(weight=[1.0, 2.0])"
    assert repr(nn.CrossEntropyLoss(np.ones(2))) == "CrossEntropyLoss(weight=array([1., 1.]))"


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"reduction": "average"}, UnknownNameError),
        ({"label_smoothing": 2.0}, RangeError),
        ({"ignore_index": "pad"}, DataError),
    ],
)
def test_settings_are_looked_at_when_they_are_given(settings, error):
    with pytest.raises(error):
        nn.CrossEntropyLoss(**settings)


@pytest.mark.parametrize("engine", ["eager", "derived"])
def test_a_class_is_no_loss_yet(engine):
    with pytest.raises(DataError, match=r"write MSELoss\(\)"):
        fit(MLP(2, [1]), [([0.0, 1.0], 1.0)], loss=nn.MSELoss, optimizer=SGD(0.1), epochs=1, engine=engine)


def test_what_each_entry_costs_computes_as_an_array_does():
    costs = nn.functional.mse_loss([[Value(1.0), 2.0], [3.0, 4.0]], [[0.0] * 2] * 2, reduction="none")
    assert (costs * [[1.0, 0.0], [0.0, 1.0]]).data == [[1.0, 0.0], [0.0, 16.0]]


def test_penalties_of_models_and_of_parameters():
    model = MLP(2, [2, 1], seed=0)
    numbers = [p.data for p in model.parameters()]
    forms = (lambda: model, model.parameters, lambda: iter(numbers), lambda: np.array(numbers))
    for form in forms:
        found = ag.data([nn.l1_penalty(form(), 0.5), nn.l2_penalty(form(), 0.5)])
        expected = [0.5 * sum(map(abs, numbers)), 0.5 * sum(x * x for x in numbers)]
        assert found == pytest.approx(expected, rel=1e-14)
    model.layers[0].freeze()
    loss = nn.l2_penalty(model, 0.5)
    loss.backward()
    assert loss.data == pytest.approx(0.5 * sum(p.data**2 for p in model.layers[1].parameters()), rel=1e-14)
    assert [p.grad for p in model.layers[1].parameters()] == [p.data for p in model.layers[1].parameters()]
    assert nn.l1_penalty([], 0.5) == nn.l2_penalty([], 0.5) == 0.0
