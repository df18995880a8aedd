"""Losses against PyTorch: value, gradients and second derivatives, on every kind of number."""

import math
from itertools import chain

import numpy as np
import pytest
from conftest import close, load_reference, one_of_each

import autograd_scratch as ag
from autograd_scratch import Value, nn
from autograd_scratch.arrays.containers import entries, extent
from autograd_scratch.errors import RangeError
from autograd_scratch.nn.losses.samples import IGNORED

INF, NAN = math.inf, math.nan
CASES = load_reference("losses")["cases"]


def numbers(tree):
    """Return nested lists with floats for the texts of what is not finite."""
    if isinstance(tree, list):
        return [numbers(each) for each in tree]
    return float(tree) if tree in ("inf", "-inf", "nan") else tree


def called(case, arguments, convert=lambda tree: tree):
    options = {
        key: convert(each) if isinstance(each, list) else each for key, each in case["options"].items()
    }
    return getattr(nn, case["loss"])(*arguments, **options)


def flat(tree):
    return [entry for _, entry in entries(tree)]


def weighted(out):
    return ag.sum([(i + 1) * each for i, each in enumerate(flat(out))])


def leaves_of(tree):
    return [leaves_of(each) for each in tree] if isinstance(tree, list) else Value(tree)


def assert_close(actual, expected, tolerance=1e-12):
    """Compare numbers, relative to each, or to a thousandth of the largest of them."""
    expected = flat(numbers(expected))
    floor = 1e-3 * max((abs(x) for x in expected if math.isfinite(x)), default=0.0)
    for a, e in zip(actual, expected, strict=True):
        assert close(a, e, tolerance) or abs(a - e) <= tolerance * floor, (actual, expected)


def name(case):
    options = (f"{key}={value}" for key, value in case["options"].items())
    return f"{case['loss']}({','.join(options)})".replace(" ", "")


@pytest.mark.parametrize("case", CASES, ids=name)
def test_value_and_gradients(case):
    given, places = numbers(case["arguments"]), [int(i) for i in case["gradients"]]
    arguments = [leaves_of(each) if i in places else each for i, each in enumerate(given)]
    leaves = {i: flat(arguments[i]) for i in places}
    out = called(case, arguments)
    assert extent(out) == extent(case["value"])
    assert {*map(type, flat(out))} == {Value}
    assert_close(ag.data(flat(out)), case["value"])
    weighted(out).backward(create_graph="second" in case)
    gradients = {i: [leaf.grad for leaf in leaves[i]] for i in places}
    for i in places:
        assert_close(ag.data(gradients[i]), case["gradients"][str(i)])
    if "second" in case:
        along = weighted([1.0 * g for g in gradients[places[0]]])
        for i in places[1:]:
            along += weighted(gradients[i])
        any(map(Value.zero_grad, chain.from_iterable(leaves.values())))
        along.backward()
        tolerance = 1e-9 if case["loss"] == "binary_cross_entropy" else 1e-11  # PyTorch's adds 1e-12
        for i in places:
            assert_close([leaf.grad for leaf in leaves[i]], case["second"][str(i)], tolerance)


def facets(case):
    """Return what tells a case from others: the loss with each of its settings, and the form of targets."""
    form = extent(case["arguments"][-1])
    return [(case["loss"], form, key, str(each)) for key, each in case["options"].items()]


@pytest.mark.parametrize("case", one_of_each(CASES, facets, name))
def test_numbers_and_arrays(case):
    given = numbers(case["arguments"])
    out = called(case, given)
    assert extent(out) == extent(case["value"])
    assert {*map(type, flat(out))} == {float}
    assert_close(flat(out), case["value"])
    arrays = [np.array(each) for each in given]
    again = called(case, arrays, np.array)
    assert type(again) is (np.ndarray if isinstance(case["value"], list) else float)
    assert np.shape(again) == extent(case["value"])
    assert_close(flat(again), case["value"])
    assert_close(ag.data(flat(called(case, [ag.values(arrays[0]), *arrays[1:]]))), case["value"])


KNOWN = [case for case in CASES if IGNORED not in flat(case["arguments"])]


@pytest.mark.parametrize("case", one_of_each(KNOWN, facets, name))
def test_programs_of_all_arguments(case):
    """Targets are inputs too; so there is no case with -100 among them."""
    given, places = numbers(case["arguments"]), [int(i) for i in case["gradients"]]
    program = ag.derive(lambda *arguments: weighted(called(case, arguments)), places, inputs=given)
    value, gradients = program(*given)
    assert_close([value], weighted(numbers(case["value"])))
    for i, gradient in zip(places, gradients):
        assert_close(flat(gradient), case["gradients"][str(i)])


FACTS = {each["id"]: each for each in load_reference("surprises-frameworks")["entries"]}
LOSSES, ORIGIN = FACTS["torch.losses"]["value"], FACTS["torch.at_the_origin"]["value"]
LATER = {key: each["2.14.1"] for key, each in FACTS["torch.losses"]["changed_between_versions"].items()}
ROWS, OPEN = [[1.0, 2.0, 3.0], [0.5, 0.5, 0.5], [0.0, 1.0, 0.0]], [-INF, 0.0, 1.0]
FEWER = {"ignore_index": -1, "label_smoothing": 0.1}
AT = {  # the function, and arguments, by all of which, or the first, the gradients are
    "smoothing 0.1, ignore_index row, no weights": (
        lambda z: nn.cross_entropy(z, [0, -1, 2], **FEWER),
        ROWS,
    ),
    "smoothing 0.1, ignore_index row, weights 1 2 3": (
        lambda z: nn.cross_entropy(z, [0, -1, 2], [1.0, 2.0, 3.0], **FEWER),
        ROWS,
    ),
    "all rows ignored": (lambda z: nn.cross_entropy(z, [-100]), [[1.0, 2.0, 3.0]]),
    "-inf off target": (lambda z: nn.cross_entropy(z, 1), OPEN),
    "-inf on target": (lambda z: nn.cross_entropy(z, 0), OPEN),
    "-inf and smoothing": (lambda z: nn.cross_entropy(z, 1, label_smoothing=0.1), OPEN),
    "-inf and probability targets 0 .5 .5": (lambda z: nn.cross_entropy(z, [0.0, 0.5, 0.5]), OPEN),
    "weighted mean divides by the weights met": (
        lambda z: nn.cross_entropy(z, [0, 2], [1.0, 2.0, 3.0]),
        ROWS[::2],
    ),
    "nll_loss, 2 rows": (lambda x: nn.nll_loss(x, [0, 1]), [[-1.0, -2.0], [-3.0, -4.0]]),
    "kl_div mean (over all entries)": (lambda x: nn.kl_div(x, [[0.5, 0.5]]), [[-0.7, -0.7]]),
    "kl_div batchmean": (lambda x: nn.kl_div(x, [[0.5, 0.5]], reduction="batchmean"), [[-0.7, -0.7]]),
    "kl_div target 0 at input -inf": (lambda x: nn.kl_div(x, [0.0, 1.0], reduction="sum"), [-INF, 0.0]),
    "huber delta 2 at 2 -2 0 3": (
        lambda x: nn.huber(x, [0.0] * 4, delta=2.0, reduction="sum"),
        [2.0, -2.0, 0.0, 3.0],
    ),
    "smooth_l1 beta 0 at 0 2 -2": (
        lambda x: nn.smooth_l1(x, [0.0] * 3, beta=0.0, reduction="sum"),
        [0.0, 2.0, -2.0],
    ),
    "l1 at 0": (lambda x: nn.l1_loss(x, [0.0]), [0.0]),
    "bce p=0 t=1, gradients by p and t": (nn.binary_cross_entropy, [0.0], [1.0]),
    "bce p=0.3 t=0.6, gradients by p and t": (nn.binary_cross_entropy, [0.3], [0.6]),
    "bce with logits, pos_weight 3, x 0.5 -0.5, t 1 0.3": (
        lambda x: nn.binary_cross_entropy_with_logits(x, [1.0, 0.3], pos_weight=3.0),
        [0.5, -0.5],
    ),
    "multi_margin of 0 -1 1, class 0 (margin met exactly at -1)": (
        lambda x: nn.multi_margin_loss(x, [0]),
        [[0.0, -1.0, 1.0]],
    ),
    "soft_margin": (lambda x: nn.soft_margin_loss(x, [1, -1]), [0.5, 0.5]),
    "gaussian_nll var clamp": (lambda x: nn.gaussian_nll_loss(x, [0.0], [0.0]), [1e-4]),
    "poisson_nll": (lambda x: nn.poisson_nll_loss(x, [2.0]), [0.5]),
    "triplet equal points": (
        lambda x: nn.triplet_margin_loss(x, [[1.0, 2.0]], [[1.0, 2.0]], margin=0.0),
        [[1.0, 2.0]],
    ),
    "hinge_embedding at the margin, t=-1": (lambda x: nn.hinge_embedding_loss(x, [-1]), [1.0]),
    "cosine_embedding t=-1 margin 0": (
        lambda x: nn.cosine_embedding_loss(x, [[1.0, 0.0]], [-1]),
        [[0.0, 1.0]],
    ),
    "pairwise_distance of equal points": (
        lambda x: nn.pairwise_distance(x, [[1.0, 2.0]]),
        [[1.0, 2.0]],
    ),
    "cosine_similarity with 0": (lambda x: nn.cosine_similarity(x, [[1.0, 1.0]]), [[0.0, 0.0]]),
}
HERE = {  # what else happens here, where PyTorch has nan, or inf
    "-inf and probability targets 0 .5 .5": {"out": 0.5 * (math.log1p(math.e) + math.log1p(1 / math.e))},
    "kl_div target 0 at input -inf": {"out": 0.0},  # what has probability 0 costs nothing
    # its slope by the target has the bound that the value has
    "bce p=0 t=1, gradients by p and t": {"grad": [[-1000000003995.8029], [100.0]]},
}
REFUSED = {
    "smooth_l1 beta -1": lambda: nn.smooth_l1([0.0], [1.0], beta=-1.0),
    "huber delta 0": lambda: nn.huber([0.0], [1.0], delta=0.0),
    "bce p=1.5": lambda: nn.binary_cross_entropy([1.5], [1.0]),
}


def test_no_fact_is_left_out():
    assert LOSSES.keys() | LATER.keys() <= AT.keys() | REFUSED.keys()


@pytest.mark.parametrize("fact", AT)
def test_facts_about_pytorch(fact):
    function, *at = AT[fact]
    expected = {**(LOSSES | LATER | ORIGIN)[fact], **HERE.get(fact, {})}
    arguments = [leaves_of(each) for each in at]
    out = function(*arguments)
    assert_close(ag.data(flat(out)), expected["out"])
    weighted(out).backward()
    assert_close([leaf.grad for leaf in flat(arguments)], expected["grad"])


@pytest.mark.parametrize("fact", REFUSED)
def test_what_pytorch_refuses_is_refused(fact):
    assert LOSSES[fact].startswith("RuntimeError")
    with pytest.raises(RangeError):
        REFUSED[fact]()
