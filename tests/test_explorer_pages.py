"""Pages that step through graphs, in browsers: by keyboard alone, at each size, light and dark."""

import pytest

from autograd_scratch import Value, draw
from tests.browsers import need, opened
from tests.explored import DRAWINGS, READY, SAID, network, page_of, xor_sample

pytestmark = pytest.mark.browser

SIZES = [(1280, 800), (800, 600), (360, 740)]
FOCUSED = (
    """(({ activeElement: at }) => at.matches(".box") ? Number(at.dataset.id) : at.tagName)(document)"""
)
PLACE = "document.activeElement.closest('.pane, header, footer, aside')?.className || '-'"


def groups_open(tab):
    return tab.evaluate("explorer.views[0].cut.isOpen")


def test_tab_stops_once_at_the_graph(browser, tmp_path):
    with opened(browser, page_of(xor_sample(), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.run("document.activeElement.blur(); scrollTo(0, 0)")
        stops = []
        for _ in range(60):
            tab.press("Tab")
            if tab.evaluate("document.activeElement === document.body"):  # the browser's own bars come next
                break
            stops.append((tab.evaluate(PLACE), tab.evaluate("document.activeElement.matches('.box')")))
        assert 10 < len(stops) < 60
        assert [stop for stop in stops if stop[0] == "pane"] == [("pane", True)]


def test_arrow_keys_go_along_edges(browser, tmp_path):
    """Left goes to an operand, right to a user, and every leaf is reached by left alone."""
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        tab.evaluate(READY)
        parents = tab.evaluate("explorer.graphs[0].parents")
        tab.evaluate("explorer.focus(explorer.views[0], explorer.graphs[0].root)")
        here = tab.evaluate(FOCUSED)
        assert here == len(parents) - 1
        while parents[here]:
            tab.press("ArrowLeft")
            former, here = here, tab.evaluate(FOCUSED)
            assert here in parents[former]
        tab.press("ArrowLeft")
        assert tab.evaluate(FOCUSED) == here
        while here != len(parents) - 1:
            tab.press("ArrowRight")
            former, here = here, tab.evaluate(FOCUSED)
            assert former in parents[here]
        seen = {here}
        for key in ("ArrowLeft", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"):
            tab.press(key)
            seen.add(tab.evaluate(FOCUSED))
        assert len(seen) > 2
        label = tab.evaluate("document.activeElement.getAttribute('aria-label')")
        assert "value" in label
        assert "gradient" in label


def test_enter_opens_the_ledger_and_escape_comes_back(browser, tmp_path):
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.evaluate("explorer.focus(explorer.views[0], 0)")
        tab.press("Enter")
        assert tab.evaluate("document.activeElement === explorer.inspector.title")
        assert "x" in tab.evaluate("explorer.inspector.title.textContent")
        assert "Chain rule: d " in tab.evaluate("explorer.inspector.element.textContent")
        assert tab.evaluate("document.querySelectorAll('.box.lit').length") > 2
        tab.press("Tab", "Tab", "Tab", "Escape")
        assert tab.evaluate(FOCUSED) == 0
        tab.press("Escape")
        assert tab.evaluate("document.querySelectorAll('.box.lit').length") == 0


def test_the_ledger_adds_up(browser, tmp_path):
    rows = """[...document.querySelectorAll("aside table")].at(-1).innerText"""
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.evaluate("explorer.open(explorer.views[0], 0)")
        lines = [line.split("\t") for line in tab.evaluate(rows).splitlines() if "\t" in line]
    _, *parts, total = [line[-1] for line in lines]
    assert len(parts) == 3
    assert sum(map(float, parts)) == pytest.approx(float(total), rel=1e-3)
    assert float(total) == 0.0  # d(x x y + 3 x - y**3)/dx at 3 and -0.5


def test_the_panel_tells_nothing_that_is_not_computed_yet(browser, tmp_path):
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    e = (a * b).named("e")
    cells = """[...document.querySelectorAll("aside tbody tr, aside tfoot tr")].map((row) =>
        [...row.cells].map((cell) => cell.textContent).join("|"))"""
    with opened(browser, page_of(draw((e + a).named("L")), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.evaluate("explorer.open(explorer.views[0], explorer.graphs[0].names.indexOf('e'))")
        shown = []
        for step in range(6):
            tab.evaluate(f"explorer.goTo({step})")
            shown.append(tab.evaluate(cells))
    at_start, forward, later, *_, begun, added = shown
    assert at_start == ["a|2|…", "b|-3|…", "L|…|…|not yet", "sum|||none yet"]
    assert forward == ["a|2|-3", "b|-3|2", "L|…|…|not yet", "sum|||none yet"]
    assert later == ["a|2|-3", "b|-3|2", "L|…|1|not yet", "sum|||none yet"]
    assert begun == added == ["a|2|-3", "b|-3|2", "L|1|1|1", "sum|||1"]


def test_space_opens_and_closes_groups(browser, tmp_path):
    with opened(browser, page_of(network(30, 27, 4), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.evaluate("explorer.change(explorer.views[0], () => explorer.views[0].cut.show('array'))")
        group = tab.evaluate("[...explorer.views[0].elements.keys()].find((id) => id < 0)")
        before = groups_open(tab)
        tab.evaluate(f"explorer.focus(explorer.views[0], {group})")
        assert "closed" in tab.evaluate("document.activeElement.getAttribute('aria-label')")
        tab.press(" ")
        assert groups_open(tab)[~group]
        assert tab.evaluate(f"explorer.views[0].cut.groupsOf({tab.evaluate(FOCUSED)})")[0] == ~group
        tab.press(" ")
        assert tab.evaluate(FOCUSED) == group
        assert groups_open(tab) == before


def test_each_step_is_spoken(browser, tmp_path):
    with opened(browser, page_of(xor_sample(), tmp_path)) as tab:
        tab.evaluate(READY)
        assert tab.evaluate("explorer.status.getAttribute('role')") == "status"
        tab.evaluate("explorer.focus(explorer.views[0], explorer.graphs[0].root)")
        tab.press("Home")
        said = [tab.evaluate(SAID)]
        while tab.evaluate("explorer.steps[0].at < explorer.steps[0].events.length"):
            tab.press("n")
            said.append(tab.evaluate(SAID))
        assert len({*said}) == len(said)
        assert not [text for text in said if "undefined" in text or "[object" in text]
        for text in reversed(said[:-1]):
            tab.press("p")
            assert tab.evaluate(SAID) == text
        tab.press("N", "N", "P")
        assert tab.evaluate("explorer.steps[0].at") > 0


def test_keys_take_steps_before_anything_is_clicked(browser, tmp_path):
    at = "explorer.steps[0].at"
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        tab.evaluate(READY)
        assert tab.evaluate(FOCUSED) == "BODY"
        end = tab.evaluate(at)
        tab.press("ArrowLeft", "p", "p", "ArrowRight")
        assert tab.evaluate(at) == end - 2
        tab.press("Home")
        assert tab.evaluate(at) == 0
        tab.press("n", "n", "ArrowRight", "P")
        assert tab.evaluate(at) == 2
        tab.press("End")
        assert tab.evaluate(at) == end
        tab.press("/", "p")
        assert tab.evaluate(at) == end
        assert tab.evaluate("explorer.controls.search.value") == "p"


def test_sentences_tell_the_chain_rule_with_its_numbers(browser, tmp_path):
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    e = (a * b).named("e")
    with opened(browser, page_of(draw((e + a).named("L")), tmp_path)) as tab:
        tab.evaluate(READY)
        tab.press("Home")
        said = [tab.evaluate(SAID)]
        while tab.evaluate("explorer.steps[0].at < explorer.steps[0].events.length"):
            tab.press("n")
            said.append(tab.evaluate(SAID))
    assert [text.replace("\N{MULTIPLICATION SIGN}", "*") for text in said] == [
        "Only inputs, parameters and constants have values. Next is the forward pass.",
        "Forward, 1 of 2: e = a * b gives -6, from a = 2, b = -3.",
        "Forward, 2 of 2: L = e + a gives -4, from e = -6, a = 2.",
        "Backward, 1 of 5: it begins at L, whose derivative with respect to itself is 1.",
        "Backward, 2 of 5: e gets the gradient of L times the local derivative ∂L/∂e: 1 * 1 = 1.",
        "Backward, 3 of 5: a gets the gradient of L times the local derivative ∂L/∂a: 1 * 1 = 1, "
        "contribution 1 of 2.",
        "Backward, 4 of 5: a gets the gradient of e times the local derivative ∂e/∂a: 1 * -3 = -3, "
        "contribution 2 of 2; added to 1 it makes -2.",
        "Backward, 5 of 5: b gets the gradient of e times the local derivative ∂e/∂b: 1 * 2 = 2.",
        "Update, 1 of 2: SGD(lr=0.1) moves a against its gradient: 2 - 0.1 * -2 = 2.2.",
        "Update, 2 of 2: SGD(lr=0.1) moves b against its gradient: -3 - 0.1 * 2 = -3.2.",
    ]


def test_a_page_begins_with_what_fits(browser, tmp_path):
    """Levels are closed as far as that helps, so that one sees the whole; on a telephone it does not."""
    outside = """[...explorer.views[0].elements.values()].filter((box) => {
        const around = explorer.views[0].pane.getBoundingClientRect();
        const { left, right } = box.getBoundingClientRect();
        return left < around.left || right > around.right;
    }).length"""
    path = page_of(network(30, 27, 4), tmp_path)
    with opened(browser, path) as tab:
        tab.evaluate(READY)
        assert tab.evaluate(outside) == 0
        assert "double frame" in tab.evaluate(SAID)
        assert tab.evaluate("explorer.views[0].place.zoom") >= 0.6
    with opened(browser, path, size=(360, 740)) as tab:
        tab.evaluate(READY)
        assert tab.evaluate(outside) > 0
        assert tab.evaluate("explorer.views[0].place.zoom") == 0.85


def test_what_opens_around_the_output_shows_the_output(browser, tmp_path):
    with opened(browser, page_of(DRAWINGS["numpy_function"](), tmp_path)) as tab:
        tab.evaluate(READY)
        assert tab.evaluate("explorer.inspector.shown[1]") < 0
        tab.run("document.querySelector('button[aria-label=\"Open down to Scalars\"]').click()")
        assert tab.evaluate("explorer.inspector.shown[1] === explorer.graphs[0].root")


def test_paper_shows_the_whole_graph(browser, tmp_path):
    box = """(({ left, top, right, bottom }) => [left, top, right, bottom])(
        [...document.querySelectorAll(".box")].at(-1).getBoundingClientRect())"""
    with opened(browser, page_of(network(6, 5, 3), tmp_path)) as tab:
        tab.evaluate(READY)
        before = tab.evaluate(box)
        tab.run("dispatchEvent(new Event('beforeprint'))")
        view = "explorer.views[0]"
        wide, high = tab.evaluate(
            f"[{view}.drawn.width, {view}.drawn.height].map((one) => one * {view}.place.zoom)"
        )
        assert wide <= 690
        assert tab.evaluate(f"parseFloat({view}.pane.style.height)") >= high
        assert tab.evaluate(box) != before
        tab.run("dispatchEvent(new Event('afterprint'))")
        assert tab.evaluate(box) == before
        assert tab.evaluate(f"{view}.pane.style.height") == ""


STATES = {
    "start": "0",
    "selected": "explorer.open(explorer.views[0], explorer.graphs[0].root)",
    "group open": "explorer.toggle(explorer.views[0], explorer.views[0].cut.isOpen.indexOf(false))",
    "group selected": "explorer.select(explorer.views[0], Math.min(...explorer.views[0].elements.keys()))",
    "in steps": "explorer.goTo(explorer.steps[0].ends[0] + 5)",
    "leaf": "explorer.open(explorer.views[0], explorer.graphs[0].moving[0])",
}
OUTSIDE = """(() => {
    const controls = "header :is(h1, button, input, select), footer :is(button, input), .status";
    const seen = [...document.querySelectorAll(controls)];
    return seen.filter((one) => {
        const { left, top, right, bottom, width } = one.getBoundingClientRect();
        return left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5 || width < 10;
    }).map((one) => one.outerHTML);
})()"""
FITS = """(({ documentElement: page, body }) => [
    page.scrollWidth - innerWidth, page.scrollHeight - innerHeight, body.scrollWidth - innerWidth,
    document.querySelector(".pane").clientHeight, document.querySelector(".pane").clientWidth])(document)"""
VIOLATIONS = """axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]))"""


def axe_core():
    need("axe_playwright_python")
    from importlib.resources import files

    return (files("axe_playwright_python") / "axe.min.js").read_text()


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_everything_is_inside_and_accessible(is_dark, browser, tmp_path):
    path = page_of(network(6, 5, 3), tmp_path)
    for size in SIZES:
        with opened(browser, path, is_dark=is_dark, size=size) as tab:
            tab.evaluate(READY)
            assert tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == is_dark
            tab.run(axe_core())
            for state, script in STATES.items():
                tab.evaluate(f"(() => {{ {script}; }})()")
                wide, high, body, height, width = tab.evaluate(FITS)
                assert max(wide, high, body) <= 0, (size, state)
                assert height >= 140, (size, state)
                assert width >= 300, (size, state)
                assert tab.evaluate(OUTSIDE) == [], (size, state)
                assert tab.evaluate(VIOLATIONS) == [], (size, state)


INSIDE = """(([view]) => {
    const pane = view.pane.getBoundingClientRect();
    return [...view.elements.values()].every((box) => {
        const { left, right, top, bottom } = box.getBoundingClientRect();
        return left >= pane.left && right <= pane.right && top >= pane.top && bottom <= pane.bottom;
    });
})(explorer.views)"""


def test_a_window_of_another_size_is_filled_anew_unless_the_graph_was_moved(browser, tmp_path):
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path), size=(700, 700)) as tab:
        tab.evaluate(READY)
        assert tab.evaluate(INSIDE)
        begun = tab.evaluate("explorer.views[0].place.zoom")
        tab.resize(1400, 900)
        tab.evaluate("new Promise((done) => setTimeout(done, 200))")
        assert tab.evaluate(INSIDE)
        wide = tab.evaluate("explorer.views[0].place.zoom")
        assert wide > begun
        tab.run("explorer.views[0].zoom(0.5)")
        tab.resize(1300, 800)
        tab.evaluate("new Promise((done) => setTimeout(done, 200))")
        assert tab.evaluate("explorer.views[0].place.zoom") == wide / 2
