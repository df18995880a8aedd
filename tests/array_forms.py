"""A function of an array of Values, held against floats and slopes: eagerly, in compare and in derive."""

import numpy as np
from table import slope

from autograd_scratch import compare, data, derive, gradients, values


def weighted(function, point):
    """Return the loss that adds up all that a function gives, each number with a weight of its own."""
    weights = np.cos(np.arange(np.size(function(point)))).reshape(np.shape(function(point)))
    return lambda x: np.sum(function(x) * weights)


def slopes(loss, point):
    """Return the gradient of a function of floats."""

    def along(place, t):
        moved = point.copy()
        moved[place] = t
        return float(loss(moved))

    places = np.ndindex(point.shape)
    found = [slope(lambda t, place=place: along(place, t), float(point[place])) for place in places]
    return np.reshape(found, point.shape)


def check_everywhere(function, point, *, tolerance=1e-12, other=None):
    """Hold value and gradient against floats; `other` is where the Program of `point` is run."""
    loss = weighted(function, point)
    expected, measured = function(point), slopes(loss, point)
    x = values(point, "x")
    out, total = function(x), loss(x)
    total.backward()
    assert np.shape(out) == np.shape(expected)
    np.testing.assert_allclose(np.array(data(out)), expected, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(
        gradients(x), measured, rtol=1e-6, atol=1e-7 * (1.0 + np.abs(measured).max())
    )
    report = compare(loss, {"x": point}, {"x": gradients(x)})
    assert report.verdict == "right", report
    program = derive(loss, inputs=[point])
    elsewhere = (
        point + 0.03 * np.sin(np.arange(point.size)).reshape(point.shape) if other is None else other
    )
    for place in (point, elsewhere):
        x = values(place)
        total = loss(x)
        total.backward()
        value, gradient = program(place)
        np.testing.assert_allclose(value, float(loss(place)), rtol=10.0 * tolerance, atol=tolerance)
        np.testing.assert_allclose(gradient, gradients(x), rtol=1e-10, atol=1e-10)
