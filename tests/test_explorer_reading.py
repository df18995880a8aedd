"""Pages of graphs in browsers: what can be read, what is told apart, and what a frame has time for."""

import math

import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, draw
from autograd_scratch.datasets import XOR
from tests.browsers import opened
from tests.explored import DRAWINGS, LARGE, READY, SAID, Known, broken, page_of
from tests.test_explorer_pages import VIOLATIONS, axe_core

pytestmark = pytest.mark.browser


OVERLAPPING = """explorer.views.flatMap((view) => [...view.elements.values()]).filter((box) => {
    const [title, value, slope] = [...box.childNodes].map((part) => {
        const range = document.createRange();
        range.selectNodeContents(part);
        return range.getBoundingClientRect();
    });
    const { left, right } = box.getBoundingClientRect();
    const isBeside = slope && value.right > slope.left && value.bottom > slope.top + 3;
    return isBeside || value.left < left || Math.max(title.right, value.right, slope?.right ?? 0) > right;
}).map((box) => box.textContent)"""


LONGEST = "Math.max(...[...document.querySelectorAll('.box b')].map((value) => value.textContent.length))"


def long_numbers(names):
    """Return a drawing of numbers that are as long as numbers are written."""
    leaves = [Value(-1.2345e-5 * (i + 1), name) for i, name in enumerate(names)]
    return draw(ag.sum([leaf * -2.3456e-5 + leaf for leaf in leaves]))


def test_numbers_of_a_box_leave_each_other_room(browser, tmp_path):
    for drawn, level in [(long_numbers("abc"), "scalar"), (long_numbers(["w.0", "w.1"]), "array")]:
        with opened(browser, page_of(drawn, tmp_path)) as tab:
            tab.evaluate(READY)
            tab.evaluate(f"explorer.change(explorer.views[0], () => explorer.views[0].cut.show('{level}'))")
            assert tab.evaluate(LONGEST) >= 10
            assert tab.evaluate(OVERLAPPING) == []


@pytest.mark.parametrize(("depth", "boxes"), [("model", 2), ("layers", 3), ("scalars", None)])
def test_a_page_begins_at_the_depth_that_was_asked_for(depth, boxes, browser, tmp_path):
    model = MLP(3, [12, 12], "tanh", seed=0)
    path = draw(model, [0.5, -1.0, 2.0], depth=depth).save(tmp_path / "graph.html")
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        shown, numbers = tab.evaluate("[explorer.views[0].elements.size, explorer.graphs[0].size]")
        assert shown == (boxes or numbers)


def test_the_keys_are_told(browser, tmp_path):
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.press("?")
        told = tab.evaluate(SAID)
        assert all(f" {key} " in told for key in ("[", "]", *"npNPf", "Enter", "Space", "Escape"))
        tab.press("n")
        assert tab.evaluate(SAID) != told


def test_results_that_are_called_alike_are_told_apart(browser, tmp_path):
    drawn = draw(MLP(2, [4], "tanh", seed=0), [0.5, -1.0])
    with opened(browser, page_of(drawn, tmp_path)) as tab:
        tab.evaluate(READY)
        options = tab.evaluate("[...explorer.controls.roots.options].map((option) => option.text)")
    assert len({*options}) == len(options) == 4


def test_two_graphs_are_accessible(browser, tmp_path):
    pair = draw(Value(2.0, "x").tanh()).explore(beside=draw(Value(2.0, "x").sin()))
    with opened(browser, pair.save(tmp_path / "pair.html")) as tab:
        tab.evaluate(READY)
        tab.run(axe_core())
        assert tab.evaluate(VIOLATIONS) == []


STARVED = """(() => {
    const [view] = explorer.views;
    const { written } = view.marks;
    const leaf = view.graph.moving[0];
    const [before, rounds] = [new Map(written), Math.ceil(view.elements.size / AT_ONCE) + 1];
    for (let i = 1; i <= rounds; i++) explorer.set(view, leaf, 0.5 + i / 64);
    const isOld = (id) => before.get(id) === written.get(id);
    const { waiting } = view.marks;
    return [rounds, waiting.length, waiting.filter(([id]) => view.isInSight(id) && isOld(id)).length];
})()"""


def test_while_a_number_is_dragged_every_box_has_its_turn(browser, tmp_path):
    """What one frame has no time for is not put off again by the next."""
    with opened(browser, page_of(LARGE["network"](), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.evaluate("explorer.change(explorer.views[0], () => explorer.views[0].cut.show('scalar'))")
        tab.evaluate("explorer.views[0].fit()")
        tab.evaluate("new Promise((done) => setTimeout(done, 1000))")
        rounds, waiting, old = tab.evaluate(STARVED)
    assert rounds > 10
    assert waiting > 100
    assert old == 0


def test_a_search_moves_the_one_tab_stop(browser, tmp_path):
    stops = "[...document.querySelectorAll('.pane [tabindex=\"0\"]')].map((box) => Number(box.dataset.id))"
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.press("/", "y")
        found = tab.evaluate("explorer.graphs[0].names.indexOf('y')")
        assert tab.evaluate(stops) == [found]
        tab.evaluate("explorer.focus(explorer.views[0], explorer.graphs[0].root)")
        assert tab.evaluate(stops) == [tab.evaluate("explorer.graphs[0].root")]


def test_a_training_is_heard_when_it_pauses(browser, tmp_path):
    path = draw(MLP(2, [4, 1], "tanh", seed=0), data=XOR, optimizer=SGD(0.1)).save(tmp_path / "graph.html")
    live = "document.querySelector('.training .told').getAttribute('aria-live')"
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        tab.evaluate(UNTIL % "!document.querySelector('.training .play').disabled")
        tab.run("document.querySelector('.training .play').focus()")
        tab.press("Enter")
        tab.evaluate(UNTIL % f"{live} === 'off'")
        tab.press("Enter")
        tab.evaluate(UNTIL % f"{live} === 'polite'")
        assert tab.evaluate("document.querySelector('.training .told').role") == "status"


UNTIL = """new Promise((done) => {
    const look = () => (%s ? done(true) : setTimeout(look, 10));
    look();
})"""


def test_the_first_number_that_is_not_finite_is_marked(browser, tmp_path):
    drawn = broken(x=1.0)
    marked = "[...document.querySelectorAll('.box.broken')].map((box) => Number(box.dataset.id))"
    with opened(browser, page_of(drawn, tmp_path)) as tab:
        tab.evaluate(READY)
        values = Known(drawn).values
        first = next(i for i, value in enumerate(values) if not math.isfinite(value))
        assert tab.evaluate(marked) == [first]
        tab.evaluate("explorer.goTo(0)")
        assert tab.evaluate(marked) == []
