"""Pages that step through graphs, in browsers, that are hostile, broken, without WebAssembly, or large."""

import random

import pytest

from tests.browsers import opened
from tests.explored import (
    DRAWINGS,
    HOSTILE,
    LARGE,
    READY,
    SAID,
    broken,
    hostile,
    network,
    page_of,
    xor_sample,
)

pytestmark = pytest.mark.browser


def test_hostile_names_are_text(browser, tmp_path):
    path = page_of(hostile(), tmp_path)
    allowed = ["HTML", "HEAD", "BODY", "SCRIPT", "STYLE", "META", "TITLE"]
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        for node in range(tab.evaluate("explorer.graphs[0].size")):
            tab.evaluate(f"explorer.open(explorer.views[0], {node})")
            assert tab.evaluate("document.querySelectorAll('img, [onerror], b b, template').length") == 0
        tab.evaluate("explorer.goTo(0)")
        for _ in range(20):
            tab.evaluate("explorer.step(1)")
        shown = tab.evaluate("document.querySelector('.pane').textContent")
        assert tab.evaluate("document.title") == tab.evaluate("document.querySelector('h1').textContent")
        assert tab.evaluate("document.title") == HOSTILE["script"]
        assert all(
            HOSTILE[name][:31] in shown for name in ("script", "image", "comment", "entity", "template")
        )
        assert tab.evaluate("document.querySelectorAll('script').length") == 0
        for text in HOSTILE["script"], HOSTILE["image"], "no such name <b>":
            tab.run(f"explorer.controls.search.value = {text!r}; explorer.find();")
            assert text in tab.evaluate(SAID)
        tags = tab.evaluate("[...new Set([...document.querySelectorAll('*')].map((one) => one.tagName))]")
        assert not {*tags} & {"IMG", "IFRAME", "OBJECT", "LINK", "A"}, allowed


def test_what_is_not_finite_is_explained(browser, tmp_path):
    with opened(browser, page_of(broken(), tmp_path)) as tab:
        tab.evaluate(READY)
        assert "huge is the first number that is not finite" in tab.evaluate(SAID)
        shown = tab.evaluate("document.querySelector('.pane').textContent")
        assert "inf" in shown
        assert "nan" in shown
        tab.evaluate("explorer.open(explorer.views[0], explorer.graphs[0].root)")
        told = tab.evaluate("explorer.inspector.element.textContent")
        assert "It comes from huge, the first operation that gives inf, from finite numbers" in told
        tab.evaluate("explorer.open(explorer.views[0], explorer.graphs[0].names.indexOf('huge'))")
        assert "This is the first operation that gives inf" in tab.evaluate(
            "explorer.inspector.element.textContent"
        )
        tab.press("Escape", "Home", "n", "n", "End")


STORED = "[...explorer.graphs[0].values, ...explorer.graphs[0].adjoints].map(String)"


def test_without_webassembly_all_that_is_stored_is_shown(browser, tmp_path):
    path = page_of(DRAWINGS["softmax_loss"](), tmp_path)
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        whole = tab.evaluate(STORED)
        boxes = tab.evaluate("document.querySelector('.world').textContent")
    with opened(browser, path, before=["delete window.WebAssembly;"]) as tab:
        tab.evaluate(READY)
        assert "this browser has no WebAssembly" in tab.evaluate(SAID)
        assert [*map(float, tab.evaluate(STORED))] == pytest.approx([*map(float, whole)], nan_ok=True)
        assert tab.evaluate("document.querySelector('.world').textContent") == boxes
        tab.evaluate("explorer.focus(explorer.views[0], 0)")
        tab.press("]")
        assert "no WebAssembly" in tab.evaluate(SAID)
        tab.press("Enter")
        assert "no WebAssembly" in tab.evaluate("explorer.inspector.element.textContent")
        tab.press("Escape", "Home")
        events = tab.evaluate("explorer.steps[0].events.length")
        tab.press(*"n" * events)
        assert tab.evaluate("explorer.steps[0].at") == events
        assert tab.evaluate(STORED) == tab.evaluate(
            "[...explorer.graphs[0].values, ...explorer.steps[0].soFar.map("
            "(x, i) => explorer.steps[0].hasSlope[i] ? x : NaN)].map(String)"
        )
        tab.press("n", "n")


@pytest.mark.parametrize("name", LARGE)
def test_a_thousand_values(name, browser, tmp_path):
    path = page_of(LARGE[name](), tmp_path)
    assert path.stat().st_size <= 1_000_000
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        assert tab.evaluate("explorer.graphs[0].size") >= 900
        count = "document.querySelectorAll('*').length"
        assert tab.evaluate(count) <= 5_000
        assert tab.evaluate("explorer.views[0].cut.show('scalar')")
        tab.evaluate("explorer.change(explorer.views[0], () => true, true)")
        tab.evaluate("explorer.select(explorer.views[0], 0)")
        assert tab.evaluate("explorer.views[0].elements.size") == tab.evaluate("explorer.graphs[0].size")
        assert tab.evaluate(count) <= 5_000
        assert_nothing_is_laid_out_by_a_pan(tab)


WATCHED = """
    window.changes = [];
    new MutationObserver((found) => changes.push(...found.map(({ target, attributeName, type }) =>
        `${target.className} ${type} ${attributeName}`))).observe(document.body,
        { subtree: true, attributes: true, childList: true, characterData: true });
    window.measured = 0;
    const { getBoundingClientRect } = Element.prototype;
    Element.prototype.getBoundingClientRect = function () {
        measured++;
        return getBoundingClientRect.call(this);
    };
"""


GROUND = """(() => {
    const { left, top, width, height } = explorer.views[0].pane.getBoundingClientRect();
    const all = Array.from({ length: 2500 }, (_, i) => i);
    const places = all.map((i) => [left + ((i % 50) * width) / 50, top + (i * height) / 2500]);
    return places.map((place) => place.map(Math.ceil)).find((place) => {
        const found = document.elementFromPoint(...place);
        return found.closest(".pane") && !found.closest("[data-id]");
    });
})()"""


def assert_nothing_is_laid_out_by_a_pan(tab):
    """Drag empty ground: the transform of the world changes, which is composed, and nothing is measured."""
    left, top = tab.evaluate(GROUND)
    tab.run(WATCHED)
    before = tab.evaluate("explorer.views[0].world.style.transform")
    tab.drag((left, top), *((left + 9 * i, top + 5 * i) for i in range(1, 30)))
    changes = tab.evaluate("new Promise((done) => setTimeout(() => done(changes), 50))")
    moves = [change for change in changes if change == "world attributes style"]
    assert tab.evaluate("explorer.views[0].world.style.transform") != before
    assert len(moves) >= 5
    assert tab.evaluate("getComputedStyle(explorer.views[0].world).willChange") == "transform"
    assert tab.evaluate("measured") == 0
    return changes


def test_a_pan_changes_one_transform(browser, tmp_path):
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        tab.evaluate(READY)
        assert {*assert_nothing_is_laid_out_by_a_pan(tab)} == {"world attributes style"}


def test_a_hundred_thousand_values_are_closed(browser, tmp_path):
    path = page_of(network(784, 127, 10), tmp_path)
    assert path.stat().st_size <= 1_000_000
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        assert tab.evaluate("document.querySelectorAll('*').length") <= 1_000
        assert "too many numbers" in tab.evaluate(SAID)
        assert tab.evaluate("explorer.views[0].elements.size") >= 2
        tab.evaluate("explorer.focus(explorer.views[0], 0)")
        tab.press("ArrowRight", "Enter", "Escape", "n", "p", "N", "P", "Home", "End", "]", " ", "Escape")


KEYS = (
    *("Tab", "Shift+Tab", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", " ", "Escape"),
    *("Home", "End", "Backspace", *"npNPf+-[]/a"),
)
FAULTS = """(() => {
    const [view] = explorer.views;
    const [steps] = explorer.steps;
    const { documentElement: page } = document;
    const text = document.body.textContent.match(/.{0,40}(undefined|\\[object|NaN).{0,20}/);
    return Object.entries({
        "the current box is not there": !view.elements.has(view.current),
        "tab stops": document.querySelectorAll('.pane [tabindex="0"]').length !== 1,
        "the place is no number": !Object.values(view.place).every(Number.isFinite),
        "no such step": steps.at < 0 || steps.at > steps.events.length,
        "something scrolled": view.pane.scrollLeft || view.pane.scrollTop || scrollX || scrollY,
        "wide": page.scrollWidth > innerWidth,
        [`a text: ${text}`]: text !== null,
    }).flatMap(([name, is]) => (is ? [name] : []));
})()"""
PRESSED = """((all) => all[%d %% all.length].click())([...document.querySelectorAll("button")])"""
ENTERED = """(([view]) => {
    const all = [...view.elements.keys()];
    explorer.focus(view, all[%d %% all.length]);
})(explorer.views)"""
PLAYED = {
    "xor": xor_sample,
    "network": lambda: network(6, 5, 3),
    "roots": DRAWINGS["several_roots"],
    "nan": broken,
}


def act(tab, rng):
    """Do something at random, and return what."""
    width, height = tab.evaluate("[innerWidth, innerHeight]")
    places = [(rng.randrange(width), rng.randrange(height)) for _ in range(4)]
    number = rng.randrange(10_000)
    done = rng.choice(["press", "press", "press", "drag", "click", "wheel", "resize", "button", "enter"])
    if done == "press":
        key = rng.choice(KEYS)
        tab.press(key)
        return key
    {
        "drag": lambda: tab.drag(*places),
        "click": lambda: tab.drag(places[0]),
        "wheel": lambda: tab.wheel(places[0], rng.choice([-300, 300, 5000])),
        "resize": lambda: tab.resize(*rng.choice([(1280, 800), (360, 740), (800, 600)])),
        "button": lambda: tab.evaluate(PRESSED % number),
        "enter": lambda: tab.evaluate(ENTERED % number),
    }[done]()
    return done, number, places


@pytest.mark.parametrize("name", PLAYED)
def test_nothing_that_is_done_at_random_breaks_a_page(name, browser, tmp_path):
    rng = random.Random(name)
    with opened(browser, page_of(PLAYED[name](), tmp_path)) as tab:
        tab.evaluate(READY)
        done = []
        for _ in range(150):
            done.append(act(tab, rng))
            assert tab.evaluate(FAULTS) == [], done[-5:]


def test_what_speaks_can_click(browser, tmp_path):
    """A click without a pointer, as a screen reader makes it, opens and closes groups and selects boxes."""
    with opened(browser, page_of(xor_sample(), tmp_path)) as tab:
        tab.evaluate(READY)
        count = tab.evaluate("document.querySelectorAll('.box').length")
        tab.evaluate("document.querySelector('.frame button').click()")
        assert tab.evaluate("document.querySelectorAll('.box').length") < count
        tab.evaluate("document.querySelector('.box.group').click()")
        assert tab.evaluate("document.querySelectorAll('.box').length") == count
        tab.evaluate("document.querySelector('.box.output').click()")
        assert tab.evaluate("document.querySelectorAll('.box.selected').length") == 1


def test_a_group_is_not_nudged(browser, tmp_path):
    with opened(browser, page_of(network(6, 5, 3), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.evaluate("explorer.focus(explorer.views[0], Math.min(...explorer.views[0].elements.keys()))")
        tab.press("]")
        assert "stays as it is" in tab.evaluate(SAID)
