"""Losses: in which forms they take outputs and targets, and what they are in 50-digit arithmetic."""

from fractions import Fraction
from random import Random

import mpmath
import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, cross_entropy, derive, fit, grad, hessian, values
from autograd_scratch.errors import DataError, RangeError, ShapeError

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
    for target in ([0.0, 1.0, 0.0], [0.2, 0.5, 0.3], values([0.2, 0.5, 0.3])):
        loss = cross_entropy([Value(x) for x in ROW], target)
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
        "target 3 of cross_entropy is none of 3 logits",
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
