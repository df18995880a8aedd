"""A shift that cancels in a quotient of exponentials has no part in the derivative; any other one has."""

import pytest

from autograd_scratch import derive

np = pytest.importorskip("numpy")

Z = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [3.0, 2.5, -2.0]])
Y = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def by_rows(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return -(Y * np.log(e / e.sum(axis=1, keepdims=True))).sum()


def by_columns(z):
    e = np.exp(z - z.max(axis=0))
    return (Y * e / e.sum(axis=0)).sum()


def by_another_order(z):
    e = np.exp(z - z.max(axis=0))
    return (Y * (e / e.sum(axis=0))).sum()


def by_one_number(z):
    e = np.exp(z - np.max(z))
    p = e / np.sum(e, axis=1, keepdims=True)
    return ((p - Y) ** 2).sum()


def by_the_mean(z):
    e = np.exp(z - z.mean(axis=1, keepdims=True))
    return (Y * (e / e.sum(axis=1, keepdims=True))).sum()


def of_a_vector(z):
    e = np.exp(z[0] - z[0].max())
    return (Y[0] * (e / e.sum())).sum()


def across(z):
    """What is taken off along rows is added up along columns."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (Y * (e / e.sum(axis=0))).sum()


def divided_across(z):
    """Each row is divided by the sum of another one."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (Y * (e / e.sum(axis=1))).sum()


def read_twice(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (Y * (e / e.sum(axis=1, keepdims=True))).sum() + (Y * e).sum()


def total_read_twice(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    total = e.sum(axis=1, keepdims=True)
    return (Y * (e / total)).sum() + np.log(total).sum()


def difference_read_twice(z):
    shifted = z - z.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    return (Y * (e / e.sum(axis=1, keepdims=True))).sum() + (Y * shifted).sum()


def never_divided(z):
    return (Y * np.exp(z - z.max(axis=1, keepdims=True))).sum()


def divided_by_a_constant(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (Y * (e / 3.0)).sum()


def upside_down(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (Y * (e.sum(axis=1, keepdims=True) / e)).sum() + (Y * (e / e.sum(axis=1, keepdims=True))).sum()


CANCELLED = [by_rows, by_another_order, by_one_number, of_a_vector]
OTHERS = [across, divided_across, read_twice, total_read_twice, difference_read_twice, never_divided]
OTHERS += [divided_by_a_constant, upside_down, by_columns]


def slopes(function, z, h=1e-6):
    """Return central differences."""
    found = np.zeros_like(z)
    for place in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[place] = h
        found[place] = (function(z + step) - function(z - step)) / (2 * h)
    return found


@pytest.mark.parametrize("function", [*CANCELLED, by_the_mean, *OTHERS])
def test_slopes_are_right(function):
    loss, gradient = derive(function, inputs=[Z])(Z)
    assert loss == pytest.approx(function(Z), rel=1e-13)
    np.testing.assert_allclose(gradient, slopes(function, Z), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("function", CANCELLED)
def test_a_shift_that_cancels_has_no_derivative(function):
    assert "==" not in derive(function, inputs=[Z]).source


@pytest.mark.parametrize("function", OTHERS)
def test_any_other_shift_has_one(function):
    assert "==" in derive(function, inputs=[Z]).source
