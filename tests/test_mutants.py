"""Every small change of a right backward pass is called wrong, and three of four are named.

That is OVERALL percent. Half of all mutants have one variable in the place of another, of which somewhat
more than half are named; of the rest it is four of five.
"""

import random
import re

import pytest
from mutants import all_mutants, short
from mutated import NETWORKS, lstm

from autograd_scratch import compare
from autograd_scratch.checking.findings import KINDS

OVERALL = 74
# Kind of mutation: how many percent are named, rounded down, of how many mutants; and of the plain sample.
NAMED = {
    ".T dropped": (100, 5, 100),
    "= for +=": (90, 20, 75),
    "another axis": (90, 11, 100),
    "another constant": (6, 16, 0),
    "another power": (100, 7, 100),
    "another variable": (62, 291, 50),
    "division dropped": (100, 22, 100),
    "factor dropped": (95, 100, 100),
    "index moved": (27, 11, 0),
    "matrix left out": (100, 10, 100),
    "sign turned": (92, 57, 75),
    "term dropped": (82, 57, 75),
}
SAMPLE = 4

# What a line and the line with the mutation look like, and the kinds that are right names for that.
CERTAIN = {
    r"(.+) \* \(1 - \S+ \*\* 2\) -> \1": "derivative_missing",
    r"(.+ \* )\(1 - (\S+ \*\* 2)\) -> \1\(1 \+ \2\)": "derivative_of_other derivative_argument",
    r"(.+\(1 - \S+) \*\* 2\) -> \1 \*\* 1\)": "derivative_of_other derivative_argument",
    r"(.+) \* (\w+) (\* \(1 - \2\)) -> \1 \3": "derivative_of_other",
    r"(.+ \* (\w+)) \* \(1 - \2\) -> \1": "derivative_of_other",
    r"(.+) / (?:n|m|len\(\w+\))(.*) -> \1\2": "sum_for_mean bias_reduction scale",
    r"(.+) \+= (.+) -> \1 -= \2": "sign",
    r"(.+) \+= (.+) -> \1 = \2": "overwritten shared_use_missing single_sample bias_reduction",
    r"(.+)\.T( .*|) -> \1\2": "transposed",
    r"(.+) @ \w+\.T -> \1": "factor_missing",
    r"(\w+ = )\w+\.T @ (d\w+) -> \1\2": "factor_missing",
    r"(.+) \+ 2 \* decay \* \w+ -> \1": "regularization_missing",
    r"(.+) \+ dhnext -> \1": "detached path_missing",
    r"(.+) = 2 \* \(?(.+?)\)?( / .+|) -> \1 = \(?\2\)?\3": "scale factor_missing",
    r"(db\S* = .+axis=)\d(.*) -> \1\d\2": "bias_reduction",
    r"(dS = A \* )\((dA) - .+\) -> \1\2": "softmax_elementwise",
}


def acceptable(mutant):
    """Return the kinds that may be named, where that is certain."""
    change = f"{mutant.before} -> {mutant.after}"
    return {kind for form, kinds in CERTAIN.items() if re.fullmatch(form, change) for kind in kinds.split()}


def percent_named(mutants):
    """Return for how many percent a mistake is named, and hold all reports against what is certain."""
    named = 0
    for mutant in mutants:
        report = compare(mutant.network.loss, mutant.network.at, mutant.hand)
        assert report.verdict in ("wrong", "shapes do not match"), mutant.name
        if not report.mistakes:
            continue
        named += 1
        certain, first = acceptable(mutant), report.mistakes[0].kind
        assert first in (certain or KINDS), f"{mutant.name}: {first}, not {certain}"
    return 100 * named // len(mutants)


def of_kind(kind):
    return [mutant for mutant in all_mutants() if mutant.kind == kind]


@pytest.mark.parametrize("network", NETWORKS, ids=short)
def test_the_backward_pass_that_is_mutated_is_right(network):
    assert compare(network.loss, network.at, network.backward).verdict == "right"


@pytest.mark.parametrize("kind", NAMED)
def test_as_many_of_a_sample_are_named_as_ever(kind):
    quick = [mutant for mutant in of_kind(kind) if mutant.network is not lstm]  # whose takes the longest
    sample = random.Random(kind).sample(quick, min(SAMPLE, len(quick)))
    assert percent_named(sample) >= NAMED[kind][2]


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", NAMED)
def test_as_many_are_named_as_ever(kind):
    assert percent_named(of_kind(kind)) >= NAMED[kind][0]


def test_the_table_counts_all_mutants():
    kinds = [mutant.kind for mutant in all_mutants()]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        kind: count for kind, (_, count, _) in NAMED.items()
    }
    least = sum(percent * count for percent, count, _ in NAMED.values()) / len(kinds)
    assert least <= OVERALL + 1 <= least + 2


def test_all_that_is_certain_is_there():
    changes = [f"{mutant.before} -> {mutant.after}" for mutant in all_mutants()]
    assert all(any(re.fullmatch(form, change) for change in changes) for form in CERTAIN)
