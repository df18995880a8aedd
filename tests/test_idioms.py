"""Forward passes as people write them: gradients are right, altered ones wrong, Programs agree."""

from functools import cache

import numpy as np
import pytest
from conftest import one_of_each
from idioms import IDIOMS, agree, altered

from autograd_scratch import compare, derive
from autograd_scratch.errors import TracingError

FUNCTIONS = {*dir(np)} - {"mean", "sum"}


def kind(idiom):
    return {(idiom.family, not idiom.needs_branch)}


def function(idiom):
    """Say which function of NumPy an idiom calls first."""
    return {idiom.family, *[name for name in idiom.loss.__code__.co_names if name in FUNCTIONS][:1]}


def parametrized(idioms, facets):
    return pytest.mark.parametrize("idiom", one_of_each(idioms, facets, lambda idiom: idiom.name))


@cache
def points_of(name):
    return IDIOMS[name].two_points()


@parametrized(IDIOMS.values(), kind)
def test_a_measured_gradient_is_right_and_an_altered_one_wrong(idiom):
    point, _ = points_of(idiom.name)
    assert compare(idiom.loss, point.at, point.gradient).ok
    assert compare(idiom.loss, point.at, altered(point.gradient)).verdict == "wrong"


@parametrized([idiom for idiom in IDIOMS.values() if not idiom.needs_branch], function)
def test_a_program_agrees_where_it_was_derived_and_elsewhere(idiom):
    points = points_of(idiom.name)
    program = derive(idiom.loss, inputs=points[0].at, wrt=[*idiom.shapes])
    for point in points:
        value, gradient = program(**point.at)
        assert abs(value - point.value) <= 1e-12 * max(1.0, abs(point.value))
        assert agree(gradient, point.gradient)


@parametrized([idiom for idiom in IDIOMS.values() if idiom.needs_branch], kind)
def test_what_is_said_to_need_a_branch_has_no_program(idiom):
    point, _ = points_of(idiom.name)
    with pytest.raises(TracingError):
        derive(idiom.loss, inputs=point.at, wrt=[*idiom.shapes])


def test_no_idiom_knows_this_package():
    assert not any("autograd_scratch" in idiom.loss.__globals__ for idiom in IDIOMS.values())
