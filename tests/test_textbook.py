"""style="textbook": the lectures' forms stand in the source, and give what the exact forms give."""

import pickle
from math import tanh

import numpy as np
import pytest
import textbook_programs as programs
from textbook_programs import LESSONS, V, W, X, Y, b, c, d, labels, w, y

from autograd_scratch import MLP, cross_entropy, derive, mean
from autograd_scratch.errors import UnknownNameError
from autograd_scratch.program.forms import leaves


def both(function, arguments, **options):
    """The Programs of a function in both styles."""
    chosen = {"inputs": list(arguments), "wrt": list(range(len(arguments)))} | options
    return [derive(function, **chosen, style=style) for style in ("textbook", "exact")]


def numbers(results):
    return np.array([float(number) for number in leaves(results)])


def gradients_alike(one, other):
    assert abs(numbers(one) - numbers(other)).max() < 1e-12


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson(name):
    function, arguments, lines = LESSONS[name]
    textbook, exact = both(function, arguments)
    for line in lines:
        assert line in textbook.source, textbook.source
    gradients_alike(textbook(*arguments), exact(*arguments))
    own = textbook.function(*arguments, *getattr(textbook, "_tables", ()))  # what is printed, by itself
    gradients_alike(own, exact(*arguments))


ALIKE = (
    "np.where",
    "our relu",
    "mean_of_squares",
    "means_along_axes",
    "sum_over_a_count",
)  # in both styles


@pytest.mark.parametrize("name", LESSONS)
def test_each_style_names_the_other(name):
    function, arguments, _ = LESSONS[name]
    textbook, exact = both(function, arguments)
    assert 'style="exact" keeps all digits far out' in textbook.source
    assert "as textbooks write it" in repr(textbook)
    assert "textbook" not in repr(exact)
    if isinstance(arguments[0], np.ndarray) and name not in ALIKE:
        assert 'style="textbook" writes it shorter' in exact.source
    assert len(textbook.source) < len(exact.source) + 250


def softmax_of(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def lecture_on_classifier(W1, b1, W2, b2):
    a1 = np.tanh(X @ W1 + b1)
    p = softmax_of(a1 @ W2 + b2)
    dz2 = (p - Y) / len(X)
    dz1 = dz2 @ W2.T * (1 - a1**2)
    return X.T @ dz1, dz1.sum(axis=0, keepdims=True), a1.T @ dz2, dz2.sum(axis=0, keepdims=True)


def lecture_on_softmax(W, b):
    dz = softmax_of(X @ W + b)
    dz[np.arange(len(X)), labels] -= 1
    dz /= len(X)
    return X.T @ dz, dz.sum(axis=0, keepdims=True)


def lecture_on_logistic(w, d):
    a = 1 / (1 + np.exp(-(X @ w + d)))
    dz = (a - y) / len(X)
    return X.T @ dz, dz.sum(axis=0, keepdims=True)


LECTURES = [
    ("classifier", (W, b, V, c), lecture_on_classifier),
    *((name, (W, b), lecture_on_softmax) for name in ("one_hot", "labels_by_index", "our_cross_entropy")),
    *((name, (w, d), lecture_on_logistic) for name in ("logistic", "our_binary_cross_entropy")),
]


@pytest.mark.parametrize(("name", "arguments", "lecture"), LECTURES)
def test_the_backward_pass_of_a_lecture(name, arguments, lecture):
    textbook, _ = both(getattr(programs, name), arguments)
    _, found = textbook(*arguments)
    for one, other in zip(found, lecture(*arguments), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


def test_what_is_assumed_is_true_of_the_table():
    uneven = Y * 2.0

    def loss(W, b):
        p = softmax_of(X @ W + b)
        return -np.sum(uneven * np.log(p))

    textbook, exact = both(loss, (W, b))
    assert "assumed" not in textbook.source
    assert "uneven.sum(axis=1, keepdims=True)" in textbook.source
    gradients_alike(textbook(W, b), exact(W, b))


def test_nothing_is_assumed_without_need():
    textbook, _ = both(LESSONS["squared_error_of_a_sigmoid"].function, (w, d))
    assert "assumed" not in textbook.source


def test_far_out_they_differ():
    for far in (20.0, 40.0):
        textbook, exact = both(lambda z: z.tanh(), (far,))
        assert textbook(far) == (tanh(far), (0.0,))
        (slope,) = exact(far)[1]
        assert slope == pytest.approx(4.0 * np.exp(-2.0 * far), rel=1e-12)

    def saturated(z):
        return np.sum(1 / (1 + np.exp(-z)))

    z = np.array([40.0, -40.0])
    textbook, exact = both(saturated, (z,))
    assert textbook(z)[1][0].tolist() == [0.0, pytest.approx(np.exp(-40.0), rel=1e-12)]
    assert exact(z)[1][0].tolist() == pytest.approx([np.exp(-40.0)] * 2, rel=1e-12)


@pytest.mark.parametrize("of_value", [False, True])
def test_a_model_of_ours(of_value):
    model = MLP(4, [5, 3], activation="tanh", seed=1)
    rows, classes = X.tolist(), labels.tolist()

    def loss():
        return mean([cross_entropy(model(x), k) for x, k in zip(rows, classes)])

    textbook, exact = (
        derive(loss() if of_value else loss, wrt=model.parameters(), style=style)
        for style in ("textbook", "exact")
    )
    for line in ("1.0 - a_0 ** 2", "-= 1.0"):
        assert line in textbook.source
    start = [parameter.data for parameter in model.parameters()]
    gradients_alike(textbook(start), exact(start))


def test_a_model_rolled():
    model = MLP(4, [5, 1], activation="sigmoid", output="sigmoid", seed=1)
    rows, targets = (X.tolist() * 8), y.ravel().tolist() * 8
    loss = mean([(model(x) - t) ** 2 for x, t in zip(rows, targets)])
    textbook, exact = (derive(loss, wrt=model.parameters(), style=style) for style in ("textbook", "exact"))
    assert "nodes rolled" in repr(textbook)
    for line in ("dz_1 = da_1 * a_1 * (1.0 - a_1)", "dz_0 = da_0 * a_0 * (1.0 - a_0)"):
        assert line in textbook.source, textbook.source
    start = [parameter.data for parameter in model.parameters()]
    gradients_alike(textbook(start), exact(start))


@pytest.mark.parametrize("name", ["classifier", "number_logistic"])
def test_pickling_keeps_the_style(name):
    function, arguments, _ = LESSONS[name]
    textbook, _ = both(function, arguments)
    again = pickle.loads(pickle.dumps(textbook))
    assert repr(again) == repr(textbook)
    assert again.source == textbook.source
    assert numbers(again(*arguments)).tolist() == numbers(textbook(*arguments)).tolist()


def test_other_number_types_run_the_same_forms():
    from fractions import Fraction

    def loss(x, y):
        a = x / (x + y)
        return (a - 0.5) ** 2

    textbook, exact = both(loss, (1.0, 2.0))
    at = Fraction(1, 3), Fraction(2, 7)
    assert textbook.run(*at, number=Fraction) == exact.run(*at, number=Fraction)


def test_second_derivatives():
    textbook, exact = both(lambda x, y: (x * y).tanh(), (0.5, 0.7), order=2)
    gradients_alike(textbook(0.5, 0.7), exact(0.5, 0.7))


def test_a_style_that_is_not_known():
    with pytest.raises(UnknownNameError, match="no style is called 'textbok'; did you mean 'textbook'"):
        derive(lambda x: x * x, inputs=[1.0], style="textbok")
