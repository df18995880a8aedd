"""Which mistake is named: wrong backward passes of many models, each with errors put in by hand."""

from itertools import groupby

import pytest
from wrong_passes import cases, right_cases

from autograd_scratch import compare
from autograd_scratch.checking.findings import KINDS

# What is called wrong and not named as it was meant: steps that are taken inside of a loop over time, or
# along one use of a weight alone; and pairs for which another pair, or one mistake, gives the same.
OTHERWISE = {
    "JacobianLoop(n=5, float64): no outer product",
    "TiedAutoencoder(n=7, float64): W already updated",
    "LastOutput(n=6, float64): Wh already updated",
    "LastOutput(n=16, float32): Wh already updated",
}
PAIRS_OTHERWISE = {
    "ColumnRelu(n=11, float64): no 1/m and A3 - Y",
    "ColumnRelu(n=16, float32): no 1/m and A3 - Y",
    "RegularizedLogistic(n=5, float64): no L2 and squared error",
    "ResidualBlock(n=5, float64): no residual scale and no relu'",
    "ResidualBlock(n=12, float32): no residual scale and no relu'",
    "Images(n=3, float64): tanh' missing and kernels transposed",
    "LayerNorm(n=6, float64): mean held constant and squared error",
    "BatchedAttention(n=4, float64): no mean over time and b mean",
    "BatchedAttention(n=8, float32): no mean over time and b mean",
}

CASES = {name: list(group) for name, group in groupby(cases(), lambda case: case.name.partition(":")[0])}


def named(report):
    """Return the kinds of the likeliest explanation."""
    if not report.mistakes:
        return ()
    first = report.mistakes[0]
    return first.kind, *first.together


def is_named(case, report):
    if case.double:
        return set(case.kinds) <= set(named(report))
    return len(named(report)) == 1 and named(report)[0] in case.kinds


@pytest.mark.parametrize("model", CASES)
def test_the_mistake_is_named_first(model):
    for case in CASES[model]:
        report = compare(case.loss, case.at, case.hand)
        assert report.verdict in ("wrong", "shapes do not match"), case.name
        assert not report, case.name
        if not case.kinds:
            assert report.mistakes == (), case.name
        elif case.name in OTHERWISE | PAIRS_OTHERWISE:
            assert not is_named(case, report), f"{case.name} is named now; strike it from the list"
        else:
            assert is_named(case, report), f"{case.name}: {case.kinds}, and named is {named(report)}"
        assert all(mistake.kind in KINDS for mistake in report.mistakes)
        assert all(mistake.evidence for mistake in report.mistakes)


def test_all_kinds_are_tried():
    assert {kind for group in CASES.values() for case in group for kind in case.kinds} == set(KINDS)


@pytest.mark.parametrize("case", list(right_cases()), ids=lambda case: case.name)
def test_what_is_right_is_not_called_wrong(case):
    report = compare(case.loss, case.at, case.hand)
    assert report.ok
    assert report.mistakes == ()
