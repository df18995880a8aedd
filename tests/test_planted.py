"""General edits of a backward pass, planted at every step of ten networks: each is found.

What is handed back along one use of one array, in all rounds of its line, is left out, multiplied,
transposed, computed from another array, or from what flows back to another one. The edited gradients come
from arrays of this folder that record their own backward pass, not from the checker.
"""

from collections import Counter

import pytest
from mutants import flat, near, short
from planted import NETWORKS, edits
from taped import Tape

from autograd_scratch import compare

_LEFT_OUT = {"path_missing", "detached", "bias_forgotten", "regularization_missing", "overwritten"}
_COUNTED = {"scale", "sum_for_mean", "bias_reduction"}
_FACTOR = {"factor_missing", "derivative_missing"}
_FLOW = {"factor_missing", "derivative_missing", "other_operand", "exchanged"}
_FORMULA = {"derivative_of_other", "derivative_argument"}

# Kind of edit: what it may rightly be called, and how many percent are, rounded down. The others are called
# something else that gives the same numbers.
RIGHTLY = {
    "left out": (_LEFT_OUT, 90),
    "sign": ({"sign", "regularization_missing"}, 100),
    "half": (_COUNTED, 95),
    "twice": (_COUNTED, 95),
    "N times": (_COUNTED, 100),
    "1/N times": (_COUNTED, 100),
    "factor left out": (_FACTOR, 90),
    "factor twice": ({"factor_twice", "derivative_twice", "factor_missing"}, 80),
    "transposed": ({"transposed"}, 100),
    "reversed": ({"permuted"}, 95),
    "another array": ({"other_operand"}, 95),
    "its gradient": ({"other_operand"}, 100),
    "updated": ({"stale_weights"}, 100),
    "1 for the flow": (_FACTOR, 85),
    "itself for the flow": ({"other_operand", "scale"}, 95),
    "another flow": (_FLOW, 90),
    "another derivative": (_FORMULA, 100),
}
UNNAMED = {
    ("classifier", "its gradient"): 2,  # for one of the factors of W * W alone
    ("lstm", "another flow"): 5,  # that of a gate beside it, of which less is computed before
}
PLAIN = 3  # edits of a kind that are tried each time


@pytest.mark.parametrize("network", NETWORKS, ids=short)
def test_the_backward_pass_that_is_edited_is_right(network):
    found, right = (
        flat(g, network.at) for g in (Tape(network).gradients(), network.backward(**network.at))
    )
    assert all(near(found[name], right[name]) for name in right)


def first_kinds(planted):
    """Return the first kinds of mistakes that are named, None for nothing; each edit must be noticed."""
    found = []
    for network, _, hand in planted:
        report = compare(network.loss, network.at, hand)
        assert report.verdict == "wrong"
        found.append(report.mistakes[0].kind if report.mistakes else None)
    return found


def of_kind(kind):
    return [
        (network, edit, hand) for network in NETWORKS for edit, hand in edits(network) if edit.kind == kind
    ]


@pytest.mark.parametrize("kind", RIGHTLY)
def test_some_edits_of_each_kind_are_found(kind):
    quick = [each for each in of_kind(kind) if short(each[0]) not in ("lstm", "classifier")]
    some = quick[:: max(1, len(quick) // PLAIN)][:PLAIN]
    assert None not in first_kinds(some)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", RIGHTLY)
def test_all_edits_are_found_and_called_what_they_are(kind):
    planted, (fitting, percent) = of_kind(kind), RIGHTLY[kind]
    kinds = first_kinds(planted)
    unnamed = Counter(short(network) for (network, _, _), kind in zip(planted, kinds) if kind is None)
    assert unnamed == {network: count for (network, of), count in UNNAMED.items() if of == kind}
    named = [each for each in kinds if each]
    assert 100 * sum(each in fitting for each in named) // len(named) >= percent


def test_every_network_has_edits_of_most_kinds():
    assert len(NETWORKS) == 10
    for network in NETWORKS:
        assert len({edit.kind for edit, _ in edits(network)}) >= 9
    assert {edit.kind for network in NETWORKS for edit, _ in edits(network)} == {*RIGHTLY}
