"""Pages of reports, which tell wrong and right passes as these do; and pages of two graphs in step."""

import pickle
from base64 import b64decode
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from autograd_scratch import MLP, SGD, Value, compare, draw, mark
from autograd_scratch.checking import compare_update
from autograd_scratch.errors import DataError
from tests.browsers import chromium
from tests.wrong_passes import (
    attention,
    convolution,
    deep,
    dense,
    normalization,
    recurrent,
    regularized,
    residual,
    shared,
    simple,
    softmax,
)

MISTAKES = {
    dense: "no 1/n",
    simple: "b forgotten",
    deep: "W1 and W2 exchanged",
    softmax: "no 1/n",
    regularized: "no L2",
    shared: "no decoder use",
    residual: "no skip connection",
    convolution: "k = for += over positions",
    recurrent: "Wh and Wx = for +=",
    normalization: "mean and variance held constant",
    attention: "no 1/sqrt(d)",
}
PUBLIC = ("addmm_dmat2_is_dmat1", "hunkim_xor_back_prop", "dropout_mask_missing", "dW2_for_W2")
ROOMS = pytest.mark.parametrize(("room", "mistake"), MISTAKES.items(), ids=[r.__name__ for r in MISTAKES])

rng = np.random.default_rng(3)
X, Y = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))
AT = {"W1": rng.normal(size=(2, 3)), "b1": rng.normal(size=3), "W2": rng.normal(size=(3, 1))}


def loss(W1, b1, W2):
    z = X @ W1 + b1
    a = np.tanh(z)
    out = a @ W2
    return ((out - Y) ** 2).mean()


def backward(W1, b1, W2, is_right=False):
    z = X @ W1 + b1
    a = np.tanh(z)
    d = 2 * (a @ W2 - Y) / len(Y)
    dz = d @ W2.T * (1 - (a if is_right else z) ** 2)
    return {"W1": X.T @ dz, "b1": dz.sum(0), "W2": a.T @ d}


def relu_loss(W1, b1, W2):
    z = X @ W1 + b1
    a = np.maximum(z, 0)
    out = a @ W2
    return ((out - Y) ** 2).mean()


def other_loss(W1, b1, W2):
    z = X @ W1 + b1
    a = np.tanh(z)
    out = a @ W2
    return ((out - Y) ** 2).sum() + 0.1 * (W1**2).sum()


def page_of(report):
    """Return what a page tells of a report, and the adjoints of the boxes of its graph."""
    content = draw(report).explore().content
    (graph,) = content["graphs"]
    return content["report"], np.frombuffer(b64decode(graph["numbers"]))[-len(graph["titles"]) :]


def numbers_of(block):
    return np.frombuffer(b64decode(block["hand"]))


def public(name):
    path = Path(__file__).parent / "public_mistakes" / f"{name}.py"
    spec = spec_from_file_location(name, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def model_of(room):
    return next(room.models())


def check_told(report, right, hand):
    """Check what a page tells of a report against gradients that are right, and those by hand."""
    told, adjoints = page_of(report)
    assert [block["name"] for block in told["blocks"]] == [*report.blocks]
    for block in told["blocks"]:
        own = report.blocks[block["name"]]
        assert block["verdict"] == own.verdict
        derived = [adjoints[node] for node in block["nodes"]]
        expected = np.ravel(right[block["name"]])
        assert np.allclose(derived, expected, rtol=1e-6, atol=1e-6 * abs(expected).max())
        assert (block["mood"] == "bad") == bool(block["hand"]) == (not own.ok)
        if block["hand"]:
            assert np.array_equal(numbers_of(block), np.ravel(hand[block["name"]]).astype(float))
    text = str(report)
    assert told["why"] in text
    assert all(line in text for said in told["said"] for line in said.split("\n"))
    formulas = [f for part in told["lists"] for item in part["items"] for _, f in item["formulas"]]
    assert all(formula in text for formula in formulas)
    named = [mistake.formula for mistake in report.mistakes if mistake.formula]
    assert {f for formula in named for f in (formula.derived, formula.implied)} == {*formulas}
    return told


@ROOMS
def test_a_page_tells_a_wrong_pass_as_its_report_does(room, mistake):
    model = model_of(room)
    hand = model.backward(model.at, mistake)
    report = compare(model.loss, model.at, hand)
    told = check_told(report, model.backward(model.at), hand)
    assert told["mood"] == "bad"
    assert told["first"]
    assert [block["name"] for block in told["blocks"] if block["isFirst"]] == [report.first_wrong]
    assert told["entries"][0]["title"] == f"The worst entries of {report.first_wrong}"


@pytest.mark.parametrize("room", MISTAKES, ids=[room.__name__ for room in MISTAKES])
def test_a_page_tells_a_right_pass_right(room):
    model = model_of(room)
    hand = model.backward(model.at)
    told = check_told(compare(model.loss, model.at, hand), hand, hand)
    assert told["mood"] == "good"
    assert not told["first"]
    assert not told["entries"]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_tells_mistakes_that_people_made(name):
    module = public(name)
    hand = module.backward(**module.at)
    told = check_told(
        compare(module.loss, module.at, module.backward), module.right_backward(**module.at), hand
    )
    assert told["first"]
    assert any(item["formulas"] for part in told["lists"] for item in part["items"])


def test_the_first_wrong_step_is_where_the_gradients_part_ways():
    report = compare(loss, AT, backward)
    content = draw(report).explore().content
    (graph,) = content["graphs"]
    first = {graph["titles"][node] for node in content["report"]["first"]}
    assert report.parting.layer == "z"
    assert first == {f"z[{i}, {j}] = +" for i in range(4) for j in range(3)}


class Net:
    def __init__(self):
        self.W, self.grads = AT["W1"][:, :1].copy(), {}

    def loss(self, x, y):
        self.x, self.error = x, x @ self.W - y
        return (self.error**2).mean()

    def backward(self):
        self.grads["W"] = self.x.T @ self.error


def by_dict(params):
    z = mark(X @ params["<b>W"], "z")
    return ((z - Y) ** 2).mean()


def line(w, b):
    return (w * 2.0 + b) ** 2


W = AT["W1"][:, :1]
ERROR = 2 * (X @ W - Y) / 4
FORMS = {
    "an object": (lambda: compare(Net(), inputs=(X, Y)), {"W"}),
    "dicts": (
        lambda: compare(by_dict, {"params": {"<b>W": W}}, {"<b>W": -X.T @ ERROR}),
        {"params['<b>W']"},
    ),
    "marks": (
        lambda: compare(by_dict, {"params": {"<b>W": W}}, {"<b>W": X.T @ ERROR, "z": 3 * ERROR}),
        {"z"},
    ),
    "numbers": (lambda: compare(line, {"w": 0.5, "b": 0.25}, {"w": 5.0, "b": 5.0}), {"b"}),
    "shapes": (lambda: compare(by_dict, {"params": {"<b>W": W}}, {"<b>W": [1.0]}), {"params['<b>W']"}),
    "nan": (lambda: compare(line, {"w": 0.5, "b": 0.25}, {"w": 5.0, "b": float("nan")}), {"b"}),
    "unused": (lambda: compare(lambda w, v: w * w, {"w": 3.0, "v": 1.0}, {"w": 6.0, "v": 1.0}), {"v"}),
}


@pytest.mark.parametrize("form", FORMS)
def test_all_that_compare_takes_has_a_page(form):
    make, bad = FORMS[form]
    report = make()
    told, _ = page_of(report)
    assert {block["name"] for block in told["blocks"] if block["mood"] == "bad"} == bad
    assert told["verdict"] == report.verdict


def test_a_model_is_drawn_with_its_layers():
    model = MLP(2, [3, 1], "tanh", seed=0)

    def error(model):
        total = 0.0
        for x, y in zip(X.tolist(), Y.ravel().tolist()):
            out = model(x)
            total = total + (out - y) ** 2
        return total

    found = error(model)
    found.backward()
    hand = [parameter.grad for parameter in model.parameters()]
    hand[0] *= -1.0
    content = draw(compare(error, model, hand)).explore().content
    groups = {(group["title"], group["kind"]) for group in content["graphs"][0]["group"]}
    assert {("model", "model"), ("layers.0", "layer"), ("layers.1", "layer")} <= groups
    (wrong,) = [block for block in content["report"]["blocks"] if block["mood"] == "bad"]
    assert wrong["name"] == "layers.0.w"
    assert numbers_of(wrong)[0] == hand[0]


def test_a_report_is_a_picture_too():
    drawing = draw(compare(loss, AT, backward), depth="arrays")
    names = {row[0].text for box in drawing.contents.boxes for row in box.rows[:1]}
    assert any(name.startswith("W1") for name in names)
    assert any(name.startswith("a") for name in names)


def test_what_a_report_keeps_is_no_finding_and_in_no_pickle():
    report = compare(loss, AT, backward)
    again = pickle.loads(pickle.dumps(report))
    assert again == report
    assert again.kept is None
    assert report.kept is not None
    assert "kept" not in report.to_dict()
    assert "kept" not in repr(report)
    assert compare(loss, AT, backward) == report


def wide(w):
    return (np.tanh(np.linspace(-1, 1, 80)[:, None] * w) ** 2).mean()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: draw(pickle.loads(pickle.dumps(compare(loss, AT, backward)))), "has no graph to draw"),
        (lambda: draw(compare(wide, {"w": np.ones(60)}, {"w": np.ones(60)})), "up to 5,000"),
        (lambda: draw(compare(loss, AT, backward), AT), "draw(report)"),
        (
            lambda: draw(compare_update(lambda w, g: w - 0.1 * g, {"w": 1.0}, SGD(0.1))),
            "compare_update has no graph",
        ),
        (
            lambda: draw(Value(1.0) * 2.0).explore(beside=compare(line, {"w": 1.0, "b": 1.0}, [0.0, 0.0])),
            "beside",
        ),
    ],
)
def test_what_cannot_be_drawn_says_why(make, says):
    with pytest.raises(DataError) as caught:
        make()
    assert says in str(caught.value)


def test_a_page_has_scripts_only_for_what_is_in_it():
    alone, told = draw(loss, AT).explore(), draw(compare(loss, AT, backward)).explore()
    assert alone.content["report"] is None
    assert ".badge" not in alone.html
    assert ".badge" in told.html
    both = draw(loss, AT).explore(beside=draw(relu_loss, AT))
    assert ".differs" in both.html
    assert ".differs" not in told.html


@pytest.fixture(scope="module")
def browser():
    with chromium() as driven:
        yield driven


@pytest.fixture
def opened(browser, tmp_path):
    """Return what opens a page from a folder; in the end nothing may have been asked for, or gone wrong."""
    faults, context = [], browser.new_context(viewport={"width": 1280, "height": 800})

    def open_page(explorer):
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(f"{error} {error.stack}"))
        page.on(
            "request", lambda request: faults.extend([request.url] if "file:" not in request.url else [])
        )
        page.goto(explorer.save(tmp_path / "page.html").as_uri())
        page.locator(".status", has_text="pass are done").wait_for()
        return page

    context.set_default_timeout(10_000)
    yield open_page
    context.close()
    assert not faults


def status(page):
    return page.inner_text(".status")


@pytest.mark.browser
def test_the_panel_leads_to_the_boxes_and_steps_tell_what_is_by_hand(opened):
    page = opened(draw(compare(loss, AT, backward)).explore())
    assert page.inner_text(".report .verdict").lower() == "✗ wrong"
    assert page.inner_text(".badge.first") == "first wrong step"
    assert page.locator(".box.first").inner_text().startswith("z (4, 3)")
    bad = page.locator(".box.bad").all_inner_texts()
    assert sorted(text.split()[0] for text in bad) == ["W1", "b1"]
    assert "✗" in page.inner_text(".formulas .wrong")
    assert "z ** 2" in page.inner_text(".formulas .wrong")
    assert "✓" in page.inner_text(".formulas .right")
    assert "a ** 2" in page.inner_text(".formulas .right")
    page.click("text=Show the first wrong step")
    assert page.locator(".box.selected").inner_text().startswith("z (4, 3)")
    page.click("header button:has-text('Scalars')")
    page.locator(".report").get_by_role("button", name="W1", exact=True).click()
    page.locator(".box.selected").press("Enter")
    wrong, right = backward(**AT), backward(**AT, is_right=True)
    shown = page.inner_text("aside > section:last-child")
    assert repr(float(wrong["W1"][0, 0])) in shown
    assert "wrong" in shown
    page.click("button[aria-label='To the end of the backward pass']")
    said = set()
    for _ in range(60):
        page.click("button[aria-label='Previous step']")
        said.add(status(page))
    told = [text for text in said if "By hand" in text]
    assert any(f"{wrong['b1'][0]:.4g}" in text and f"{right['b1'][0]:.4g}" in text for text in told)


@pytest.mark.browser
def test_a_right_report_is_told_right_in_the_page(opened):
    page = opened(draw(compare(loss, AT, backward(**AT, is_right=True))).explore())
    assert page.inner_text(".report .verdict").lower().startswith("✓ right")
    assert page.locator(".box.bad, .badge").count() == 0
    assert page.locator(".box.good").count() == 3


@pytest.mark.browser
def test_two_graphs_go_in_step(opened):
    after = {name: array - 0.1 * backward(**AT, is_right=True)[name] for name, array in AT.items()}
    page = opened(draw(loss, AT, title="before").explore(beside=draw(loss, after, title="after")))
    assert "the same operations" in page.inner_text(".pair")
    assert page.locator("figcaption").all_inner_texts() == ["before", "after"]
    page.click("header button:has-text('Scalars')")
    page.click("button[aria-label='To the start']")
    at = """[...document.querySelectorAll(".pane")].map(
        (pane) => [...pane.querySelectorAll(".at")].map((box) => box.dataset.id).sort())"""
    seen = 0
    for _ in range(40):
        page.click("button[aria-label='Next step']")
        one, other = page.evaluate(at)
        assert one == other
        assert one
        seen += 1
    assert seen == 40
    assert page.locator(".differs").count() > 0
    assert page.locator(".alone").count() == 0


@pytest.mark.browser
def test_a_number_moves_in_both_graphs_where_it_was_the_same(opened):
    page = opened(
        draw(loss, AT, title="tanh").explore(
            beside=draw(relu_loss, AT | {"b1": AT["b1"] + 1}, title="relu")
        )
    )
    assert "“tanh” in tanh, “max” in relu" in page.inner_text(".pair")
    page.click("header button:has-text('Scalars')")
    for name, is_both in (("W1[0, 0]", True), ("b1[0]", False)):
        page.fill("input[type=search]", name)
        selected = page.locator(".box.selected")
        assert selected.count() == 2
        page.fill("aside input[type=number]", "0.625")
        texts = selected.locator("b").all_inner_texts()
        assert (texts[0], texts[1] == "0.625") == ("0.625", is_both)
    assert "difference" in page.inner_text("aside > section:last-child")


@pytest.mark.browser
def test_graphs_that_part_go_together_as_far_as_they_match(opened):
    page = opened(draw(loss, AT, title="mean").explore(beside=draw(other_loss, AT, title="sum")))
    assert "They part at" in page.inner_text(".pair")
    assert "in sum alone" in page.inner_text(".pair")
    group = page.locator(".pane").first.locator(".box.group", has_text="z (4, 3)")
    before = page.locator(".frame").count()
    group.click()
    assert page.locator(".frame").count() == before + 2
    page.click("header button:has-text('Scalars')")
    assert page.locator(".alone").count() > 0
    page.click("button[aria-label='To the end of the backward pass']")
    slopes = [
        [text for text in pane.locator(".box:has-text('W1[0, 0]') i").all_inner_texts() if text]
        for pane in page.locator(".pane").all()
    ]
    first = backward(**AT, is_right=True)["W1"][0, 0]
    assert slopes == [[f"{first:.4g}"], [f"{4 * first + 0.2 * AT['W1'][0, 0]:.4g}"]]
