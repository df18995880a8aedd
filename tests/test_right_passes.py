"""A right backward pass is never called wrong: random models, and models of a textbook at every scale."""

import numpy as np
import pytest
from conftest import long, one_of_each
from right_passes import cases, one
from wrong_passes import right_cases

from autograd_scratch import compare


@pytest.mark.parametrize("index", [*range(12), *map(long, range(12, 120))])
def test_random_right_passes_are_not_wrong(index):
    case = one(index)
    with np.errstate(all="ignore"):  # some are careless with large numbers
        report = compare(case.loss, case.at, case.hand)
    assert report.verdict not in ("wrong", "shapes do not match"), f"{case.name}\n{report}"


def scaled(loss, scale):
    return lambda **p: scale * loss(**p)


def type_of(case):
    return {case.at[name].dtype for name in case.at}


@pytest.mark.parametrize("scale", [1e-12, long(1e12)])
@pytest.mark.parametrize("case", one_of_each(right_cases(), type_of, lambda case: case.name))
def test_right_passes_are_right_at_every_scale(case, scale):
    hand = {name: np.asarray(scale * gradient, gradient.dtype) for name, gradient in case.hand.items()}
    report = compare(scaled(case.loss, scale), case.at, hand)
    assert report.ok, report


def test_a_seed_draws_the_same_cases_again():
    for index, case in enumerate(cases(5, seed=3)):
        again = one(index, seed=3)
        assert (again.name, again.kinks) == (case.name, case.kinks)
        assert all(np.array_equal(again.at[name], case.at[name]) for name in case.at)
        assert all(np.array_equal(again.hand[name], case.hand[name]) for name in case.hand)


def test_all_numbers_of_a_case_are_finite_and_of_its_type():
    for case in cases(50, seed=1):
        for name, gradient in case.hand.items():
            assert np.isfinite(gradient).all()
            assert gradient.dtype == case.at[name].dtype == case.dtype
            assert gradient.shape == case.at[name].shape


def test_a_saturated_tanh_in_single_precision_is_not_called_wrong():
    case = one(479, seed=0)
    assert compare(case.loss, case.at, case.hand).verdict not in ("wrong", "shapes do not match")
