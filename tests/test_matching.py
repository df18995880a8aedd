"""Gradients as people have them: whatever they are called and put into, each is held against its block."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest
from conftest import every, long, saying

from autograd_scratch import MLP, Value, compare, mse
from autograd_scratch.checking.names import meant
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import UnknownNameError

rng = np.random.default_rng(3)
X, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
AT = {
    "W1": rng.normal(size=(3, 4)),
    "b1": rng.normal(size=(1, 4)),
    "W2": rng.normal(size=(4, 2)),
    "b2": rng.normal(size=(1, 2)),
}
NAMES = [*AT]
W1, b1, W2, b2 = AT.values()


def loss(W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    return ((Z2 - Y) ** 2).mean()


def backward(slope=1.0):
    """Every gradient of the network, by formulas; with `slope`, tanh has another derivative."""
    A1 = np.tanh(X @ W1 + b1)
    Z2 = 2.0 * (A1 @ W2 + b2 - Y) / Y.size
    dA1 = Z2 @ W2.T
    Z1 = slope * dA1 * (1.0 - A1**2)
    blocks = {
        "W1": X.T @ Z1,
        "b1": Z1.sum(0, keepdims=True),
        "W2": A1.T @ Z2,
        "b2": Z2.sum(0, keepdims=True),
    }
    return blocks, {"Z2": Z2, "A1": dA1, "Z1": Z1}


RIGHT, INNER = backward()
LOSS = float(loss(**AT))
PAIR = namedtuple("PAIR", "W1 b1 W2 b2")


def of_dict(params):
    return loss(**params)


def of_list(params):
    return loss(*params)


def of_pair(p):
    return loss(p.W1, p.b1, p.W2, p.b2)


def of_layers(layers):
    return loss(*(layer[name] for layer in layers for name in ("W", "b")))


def of_two_lists(weights, biases):
    return loss(weights[0], biases[0], weights[1], biases[1])


def of_letters(b, W):
    return of_two_lists(W, b)


def with_data(W1, b1, W2, b2, X, y):
    return loss(W1, b1, W2, b2)


def layers_of(blocks, W="W", b="b"):
    return [{W: blocks["W1"], b: blocks["b1"]}, {W: blocks["W2"], b: blocks["b2"]}]


def of_numbers(W, b):
    return loss(W[1], b[1], W[2], b[2])


def of_keys(p):
    return loss(p["W", 1], p["b", 1], p["W", 2], p["b", 2])


def by_number(blocks):
    return {letter: {i: blocks[f"{letter}{i}"] for i in (1, 2)} for letter in "Wb"}


def by_key(blocks):
    return {(name[0], int(name[1])): block for name, block in blocks.items()}


def lists_of(blocks):
    return [blocks["W1"], blocks["W2"]], [blocks["b1"], blocks["b2"]]


def unrolled(blocks, order="C"):
    return np.concatenate([blocks[name].ravel(order) for name in NAMES])


def called(form):
    return lambda g: {form.format(name): gradient for name, gradient in g.items()}


IN_DICT = [f"params['{name}']" for name in NAMES]
IN_PAIR = [f"p.{name}" for name in NAMES]
IN_LIST = [f"params[{i}]" for i in range(4)]
IN_LAYERS = [f"layers[{i}]['{name}']" for i in range(2) for name in ("W", "b")]
IN_LISTS = ["weights[0]", "biases[0]", "weights[1]", "biases[1]"]
IN_LETTERS = ["W[0]", "b[0]", "W[1]", "b[1]"]
PARAMS, ROW, LAYERS = {"params": AT}, {"params": [*AT.values()]}, {"layers": layers_of(AT)}
LISTS = dict(zip(("weights", "biases"), lists_of(AT)))
LETTERS = dict(zip(("b", "W"), lists_of(AT)[::-1]))
NUMBERS = by_number(AT)
IN_NUMBERS = [f"{name[0]}[{name[1]}]" for name in NAMES]
IN_KEYS = [f"p[{key}]" for key in by_key(AT)]
DATA = {**AT, "X": X, "y": Y}

# What is asked for: the loss, at, the names of W1, b1, W2, b2 there, and their gradients in some form.
FORMS = {
    "a dict": (loss, AT, NAMES, lambda g: g),
    "a dict of another kind": (loss, AT, NAMES, OrderedDict),
    "the loss and a dict": (loss, AT, NAMES, lambda g: (LOSS, g)),
    "a dict and the loss": (loss, AT, NAMES, lambda g: (g, LOSS)),
    "the loss, a dict and what was kept": (loss, AT, NAMES, lambda g: (np.float64(LOSS), g, (X, Y))),
    "the loss in a dict": (loss, AT, NAMES, lambda g: {"loss": LOSS, "grads": called("d{}")(g)}),
    "a list": (loss, AT, NAMES, lambda g: [*g.values()]),
    "an array of arrays": (loss, AT, NAMES, lambda g: np.array([*g.values()], dtype=object)),
    "the loss and a list": (loss, AT, NAMES, lambda g: (LOSS, [*g.values()])),
    "the loss and all gradients": (loss, AT, NAMES, lambda g: (LOSS, *g.values())),
    "all gradients and the loss": (loss, AT, NAMES, lambda g: (*g.values(), np.array([[LOSS]]))),
    "a vector": (loss, AT, NAMES, unrolled),
    "a vector by columns": (loss, AT, NAMES, lambda g: unrolled(g, "F")),
    "a column": (loss, AT, NAMES, lambda g: unrolled(g)[:, None]),
    "a list of numbers": (loss, AT, NAMES, lambda g: unrolled(g).tolist()),
    "the loss and a vector": (loss, AT, NAMES, lambda g: (LOSS, unrolled(g))),
    "small letters": (loss, AT, NAMES, lambda g: {f"d{name.lower()}": x for name, x in g.items()}),
    "underscores": (loss, AT, NAMES, lambda g: {f"d{name[0]}_{name[1]}": x for name, x in g.items()}),
    "lists by letter": (loss, AT, NAMES, lambda g: dict(zip(("dW", "db"), lists_of(g)))),
    "numbers by letter": (
        loss,
        AT,
        NAMES,
        lambda g: {"dW": {2: g["W2"], 1: g["W1"]}, "db": {1: g["b1"], 2: g["b2"]}},
    ),
    "beside data, a list": (with_data, DATA, NAMES, lambda g: [*g.values()]),
    "beside data, the loss and a list": (with_data, DATA, NAMES, lambda g: (LOSS, *g.values())),
    "beside data, a vector": (with_data, DATA, NAMES, unrolled),
    "before data, the gradient of this": (
        loss,
        AT,
        NAMES,
        lambda g: [X, *g.values()],
    ),
    "the loss, all gradients and a state": (loss, AT, NAMES, lambda g: (LOSS, *g.values(), g["b2"])),
    "a dict and what was kept": (loss, AT, NAMES, lambda g: (called("d{}")(g), {"A1": X}, (X, Y))),
    "pairs": (loss, AT, NAMES, lambda g: [*zip(*lists_of(g))]),
    "pairs, the last layer first": (loss, AT, NAMES, lambda g: (LOSS, [*zip(*lists_of(g))][::-1])),
    "dicts of layers": (loss, AT, NAMES, lambda g: layers_of(g, "dW", "db")),
    "one key for all": (loss, AT, NAMES, lambda g: {"cost": LOSS, "gradients": unrolled(g)}),
    "values of a dict": (loss, AT, NAMES, lambda g: g.values()),
    "in a dict, alike": (of_dict, PARAMS, IN_DICT, lambda g: {"params": g}),
    "in a dict, by inner names": (of_dict, PARAMS, IN_DICT, lambda g: g),
    "in a dict, by inner names with d": (of_dict, PARAMS, IN_DICT, called("d{}")),
    "in a dict, alike with d": (of_dict, PARAMS, IN_DICT, lambda g: {"grads": called("d{}")(g)}),
    "in a dict, as a list": (of_dict, PARAMS, IN_DICT, lambda g: {"dparams": [*g.values()]}),
    "in a dict, a list alone": (of_dict, PARAMS, IN_DICT, lambda g: [*g.values()]),
    "in a dict, a vector": (of_dict, PARAMS, IN_DICT, lambda g: {"params": unrolled(g)}),
    "in a dict, by full names": (of_dict, PARAMS, IN_DICT, called("params['{}']")),
    "in a list": (of_list, ROW, IN_LIST, lambda g: [*g.values()]),
    "in a list, by its name": (of_list, ROW, IN_LIST, lambda g: {"params": tuple(g.values())}),
    "in a list, by full names": (
        of_list,
        ROW,
        IN_LIST,
        lambda g: {f"dparams[{i}]": x for i, x in enumerate(g.values())},
    ),
    "in a list, by names in the loss": (of_list, ROW, IN_LIST, called("d{}")),
    "in a named tuple": (
        lambda p: loss(p.W1, *p[1:]),
        {"p": PAIR(**AT)},
        [f"p.{n}" for n in NAMES],
        lambda g: {"p": PAIR(**g)},
    ),
    "in layers": (of_layers, LAYERS, IN_LAYERS, lambda g: {"layers": layers_of(g)}),
    "in layers, with d": (of_layers, LAYERS, IN_LAYERS, lambda g: layers_of(g, "dW", "db")),
    "in layers, in pairs": (of_layers, LAYERS, IN_LAYERS, lambda g: [*zip(*lists_of(g))]),
    "in layers, lists by letter": (
        of_layers,
        LAYERS,
        IN_LAYERS,
        lambda g: dict(zip(("dW", "db"), lists_of(g))),
    ),
    "in layers, by names in the loss": (of_layers, LAYERS, IN_LAYERS, called("grad_{}")),
    "in two lists": (of_two_lists, LISTS, IN_LISTS, lists_of),
    "in two lists, in the other order": (of_two_lists, LISTS, IN_LISTS, lambda g: lists_of(g)[::-1]),
    "in two lists, by letter": (
        of_two_lists,
        LISTS,
        IN_LISTS,
        lambda g: dict(zip(("nabla_w", "nabla_b"), lists_of(g))),
    ),
    "in dicts by number": (
        of_numbers,
        NUMBERS,
        IN_NUMBERS,
        lambda g: {"dW": by_number(g)["W"], "b": by_number(g)["b"]},
    ),
    "in a dict by pairs": (of_keys, {"p": by_key(AT)}, IN_KEYS, by_key),
    "in two lists, by numbers": (of_letters, LETTERS, IN_LETTERS, called("d{}")),
}


@pytest.mark.parametrize(
    "turn", [(long if i % 6 else pytest.param)(i, id=name) for i, name in enumerate(FORMS)]
)
def test_every_form_is_held_against_its_blocks(turn):
    function, at, names, form = [*FORMS.values()][turn]

    def report_of(blocks):
        given = form(blocks)
        return compare(function, at, (lambda **_: given) if turn % 2 else given)

    report = report_of(RIGHT)
    assert report.verdict == "right"
    assert {*report.blocks} == {*names}
    name, block = [*zip(NAMES, names)][turn % 4]
    wrong = report_of(RIGHT | {name: -RIGHT[name]})
    assert [key for key, each in wrong.blocks.items() if not each.ok] == [block]


AFFIXES = [
    "d{}",
    "d_{}",
    "D{}",
    "g{}",
    "g_{}",
    "grad{}",
    "grad_{}",
    "gradient_{}",
    "{}_grad",
    "{}_gradient",
    "{}.grad",
    "dLd{}",
    "dL_d{}",
    "dJ_d{}",
    "dJd{}",
    "dC_d{}",
    "dE_d{}",
    "dl_d{}",
    "dloss_d{}",
    "dL/d{}",
    "delta_{}",
    "Delta{}",
    "nabla_{}",
    "del_{}",
    "∂{}",
    "∂L/∂{}",
    "∇{}",
]


@pytest.mark.parametrize("affix", every(6, AFFIXES))
def test_a_gradient_is_known_by_what_stands_before_or_after_its_name(affix):
    for name in ("W1", "w", "beta", "log_sigma"):
        assert name in [*meant(affix.format(name))]
    report = compare(
        lambda W1, b1: loss(W1, b1, W2, b2), {"W1": W1, "b1": b1}, {affix.format("b1"): RIGHT["b1"]}
    )
    assert (report.verdict, [*report.blocks]) == ("right", ["b1"])


def test_an_exact_name_counts_for_more_than_one_with_something_before_it():
    def product(w, dw):
        return 3.0 * w + 5.0 * dw

    assert compare(product, {"w": 1.0, "dw": 2.0}, {"dw": 5.0}).blocks["dw"].verdict == "right"
    assert compare(product, {"w": 1.0, "dw": 2.0}, {"dw": 5.0, "grad_w": 3.0}).verdict == "right"
    nested = {"params": {"dw": 2.0, "w": 1.0}}
    report = compare(lambda params: product(**params), nested, {"dw": 5.0, "grad_w": 3.0})
    assert {name: block.verdict for name, block in report.blocks.items()} == {
        "params['dw']": "right",
        "params['w']": "right",
    }


def test_capitals_count_where_both_letters_are_there():
    def both(w, W):
        return 3.0 * w + 5.0 * W

    assert compare(both, {"w": 1.0, "W": 2.0}, {"dw": 3.0, "dW": 5.0}).verdict == "right"
    with saying(UnknownNameError, "'DW_'", "known: w, W"):
        compare(both, {"w": 1.0, "W": 2.0}, {"DW_": 5.0})


def test_some_gradients_of_a_list_or_dict_are_compared_alone():
    assert [*compare(of_dict, PARAMS, {"params": {"W1": RIGHT["W1"]}}).blocks] == ["params['W1']"]
    assert [*compare(of_layers, LAYERS, {"layers": {1: {"db": RIGHT["b2"]}}}).blocks] == ["layers[1]['b']"]


def test_the_loss_is_called_with_the_persons_own_containers():
    def typed(net, row, options):
        assert (type(net), type(row), len(row[1]), options["power"]) == (OrderedDict, tuple, 1, 2)
        return loss(net["W1"], row[0], net["W2"], row[1][0])

    at = {"net": OrderedDict(W1=W1, W2=W2), "row": (b1, [b2]), "options": {"power": 2, "name": "squares"}}
    hand = {"net": {"W1": RIGHT["W1"], "W2": RIGHT["W2"]}, "row": (RIGHT["b1"], [RIGHT["b2"]])}
    report = compare(typed, at, hand)
    assert report.verdict == "right"
    assert {*report.blocks} == {"net['W1']", "net['W2']", "row[0]", "row[1][0]"}


def test_numbers_in_plain_lists_are_one_block():
    def of_lists(w, net):
        return w[0][0] * w[1][0] + 2.0 * net["v"][1] * net["c"]

    at = {"w": [[2.0, 1.0], [3.0, 5.0]], "net": {"v": [1.0, 4.0], "c": 0.5}}
    hand = {"w": [[3.0, 0.0], [2.0, 0.0]], "v": [0.0, 1.0], "c": 8.0}
    report = compare(of_lists, at, hand)
    assert {name: block.shape for name, block in report.blocks.items()} == {
        "w": (2, 2),
        "net['v']": (2,),
        "net['c']": (),
    }
    assert report.verdict == "right"


def test_a_vector_is_read_in_the_order_that_fits_and_the_note_says_which():
    for order, told in (("C", "row by row"), ("F", "column by column")):
        report = compare(loss, AT, unrolled(RIGHT, order))
        assert [note for note in report.notes if "vector" in note] == [
            f"The one vector in hand is read as the gradients of W1, b1, W2, b2, {told}."
        ]
        wrong = compare(loss, AT, unrolled(RIGHT | {"W2": 2.0 * RIGHT["W2"]}, order))
        assert [name for name, block in wrong.blocks.items() if not block.ok] == ["W2"]


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_is_an_array():
    assert (
        compare(loss, AT, {name: np.matrix(gradient) for name, gradient in RIGHT.items()}).verdict
        == "right"
    )
    assert compare(loss, AT, np.matrix(unrolled(RIGHT))).verdict == "right"


def test_what_no_array_is_of_is_told():
    report = compare(loss, AT, (LOSS, *RIGHT.values(), RIGHT["b2"]))
    assert "What is in hand[5] is left out" in " ".join(report.notes)
    assert "W1, b1, W2, b2, whose shapes they have" in " ".join(report.notes)


def of_model(model):
    return mse([model(x) for x, _ in XOR], [y for _, y in XOR])


def test_the_gradients_of_a_models_parameters_come_in_their_order():
    model = MLP(2, [3, 1], activation="tanh", seed=1)
    value = of_model(model)
    value.backward()
    gradients = [p.grad for p in model.parameters()]
    for hand in ([*map(Value, gradients)], lambda model: (value.data, np.array(gradients))):
        assert compare(of_model, model, hand).verdict == "right"
    assert not compare(of_model, model, gradients[::-1])


def test_a_loss_beside_the_gradients_is_the_loss():
    for hand in ((LOSS, RIGHT), {"cost": LOSS, **RIGHT}):
        assert compare(loss, AT, hand).notes == ()
    for hand in ((2.0 * LOSS, RIGHT), {"cost": 2.0 * LOSS, **RIGHT}):
        report = compare(loss, AT, hand)
        assert report.verdict == "right"
        assert f"{2.0 * LOSS:.6g}, and here it is {LOSS:.6g}" in " ".join(report.notes)


def test_the_gradient_of_one_number_may_come_with_the_loss():
    def square(w, b):
        return np.sum(w * w) + b

    assert compare(lambda w: w * w, {"w": 3.0}, lambda w: (w * w, 2.0 * w)).verdict == "right"
    for at in ({"w": 3.0, "b": 1.0}, {"w": b2, "b": 1.0}):
        assert compare(square, at, lambda w, b: (2.0 * w, 1.0)).verdict == "right"
        assert compare(square, at, lambda w, b: (square(w, b), 2.0 * w, 1.0)).verdict == "right"


EXTRAS = {f"d{name}": gradient for name, gradient in INNER.items()}


def test_gradients_of_what_the_pass_calls_so_are_held_against_it():
    report = compare(loss, AT, called("d{}")(RIGHT) | EXTRAS)
    assert report.verdict == "right"
    assert [*report.blocks] == ["Z2", "b2", "W2", "A1", "Z1", "b1", "W1"]
    blocks, inner = backward(slope=1.5)
    report = compare(loss, AT, blocks | {f"d{name}": g for name, g in inner.items()})
    assert (report.last_right, report.first_wrong) == ("A1", "b1")


def test_one_of_them_that_differs_makes_no_mistake():
    """Some courses divide by the number of samples at the end: dZ2 is so many times the gradient of Z2."""
    report = compare(loss, AT, RIGHT | {name: 5.0 * gradient for name, gradient in EXTRAS.items()})
    assert (report.verdict, {*report.blocks}) == ("right", {*NAMES})
    assert "Z2, A1, Z1 is 5 times the gradient" in " ".join(report.notes)
    report = compare(loss, AT, RIGHT | {"dA1": EXTRAS["dA1"] + 0.1})
    assert (report.verdict, {*report.blocks}) == ("right", {*NAMES})
    assert "A1 is not the gradient" in " ".join(report.notes)
    report = compare(loss, AT, RIGHT | {"dA1": EXTRAS["dA1"] + 0.1, "W2": 2.0 * RIGHT["W2"]})
    assert report.mistakes[0].kind == "scale"
    assert "A1" not in report.blocks


def test_asked_for_alone_it_counts():
    assert compare(loss, AT, {"dZ1": INNER["Z1"]}).verdict == "right"
    report = compare(loss, AT, {"dZ1": INNER["A1"]})
    assert (report.verdict, report.mistakes[0].kind) == ("wrong", "derivative_missing")


def test_what_there_is_nothing_to_hold_against_is_left_out():
    def in_a_loop(w):
        h = 0.5
        for _ in range(3):
            h = h * w
        return h

    assert compare(in_a_loop, {"w": 2.0}, {"w": 6.0, "dh": 4.0}).verdict == "right"  # 1.5 w ** 2 at 2
    extra = {"A1": np.tanh(X @ W1 + b1), "cache": (X, Y), "dZ9": X, "why": "text", "none": None}
    report = compare(loss, AT, RIGHT | extra)
    assert (report.verdict, {*report.blocks}) == ("right", {*NAMES})
    assert "A1, cache, dZ9, why, none are left out" in " ".join(report.notes)


def test_a_misspelt_name_is_refused():
    with saying(UnknownNameError, "'dWW2'", "did you mean 'W2'"):
        compare(loss, AT, {"W1": RIGHT["W1"], "dWW2": RIGHT["W2"]})
    assert compare(loss, AT, RIGHT | {"dWW2": RIGHT["W2"]}).verdict == "right"  # W2 has one


class Network:
    """A network that keeps what it computes."""

    def __init__(self):
        self.W1, self.b1, self.W2, self.b2 = (block.copy() for block in AT.values())

    def loss(self, X, Y):
        self.Z1 = X @ self.W1 + self.b1
        self.A1 = np.tanh(self.Z1)
        self.Z2 = self.A1 @ self.W2 + self.b2
        return ((self.Z2 - Y) ** 2).mean()


@pytest.mark.parametrize("runs", [0, 2])
def test_what_an_object_kept_of_an_earlier_run_is_none_of_its_arrays(runs):
    network = Network()
    for _ in range(runs):
        network.loss(X, Y)
    report = compare(network, hand=called("d{}")(RIGHT) | EXTRAS, inputs=(X, Y))
    assert report.verdict == "right"
    assert [*report.blocks] == ["Z2", "b2", "W2", "A1", "Z1", "b1", "W1"]
