"""Pages that step through graphs, in browsers: the numbers are the engine's, by mouse and by keyboard."""

from functools import partial

import pytest

from autograd_scratch import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, RMSprop, draw
from tests.browsers import opened
from tests.explored import (
    DRAWINGS,
    READY,
    Known,
    close,
    differing,
    graph_in,
    page_of,
    xor_model,
    xor_sample,
)

pytestmark = pytest.mark.browser


NUMBERS = """(() => {
    const [graph] = explorer.graphs;
    const texts = (numbers) => [...numbers].map(String);
    return { values: texts(graph.values), partials: texts(graph.partials),
        contributions: texts(graph.contributions), adjoints: texts(graph.adjoints),
        reached: [...graph.isReached], lacks: graph.lacks };
})()"""
SHOWN = """[...document.querySelectorAll(".box[data-id]")].map(({ dataset, children: [value, slope] }) =>
    [Number(dataset.id), value.textContent, slope?.textContent ?? null]).filter(([id]) => id >= 0)"""
# forwards by steps, and what changes at each; then back by steps: was it the same at each moment?
WALKED = """(() => {
    const [steps] = explorer.steps;
    const slopes = () => steps.soFar.map((x, i) => (steps.hasSlope[i] ? x : NaN));
    const moment = () => [...slopes(), ...steps.isKnown].map(String);
    explorer.goTo(0);
    const moments = [moment()];
    const events = [];
    while (steps.at < steps.ends[1]) {
        explorer.step(1);
        const now = moment();
        const { phase, node } = steps.last;
        const former = moments.at(-1);
        const changed = now.flatMap((text, i) => (text === former[i] ? [] : [i % steps.soFar.length]));
        moments.push(now);
        events.push({ phase, node, soFar: String(steps.soFar[node]), value: String(steps.value(node)),
            others: changed.filter((i) => i !== node) });
    }
    const differing = [];
    for (let at = moments.length - 1; at >= 0; at--) {
        if (steps.at !== at || moment().some((text, i) => text !== moments[at][i])) differing.push(at);
        explorer.step(-1);
    }
    return { events, differing };
})()"""


def ready(tab):
    assert tab.evaluate(READY)
    assert tab.evaluate("explorer.graphs.map(({ lacks }) => lacks)") == [""]
    return tab


def assert_same(tab, known):
    """Compare all numbers of a page with the engine's."""
    found = tab.evaluate(NUMBERS)
    assert differing(found["values"], known.values) == []
    assert differing(found["partials"], known.partials) == []
    assert {i for i, is_reached in enumerate(found["reached"]) if is_reached} == {*known.adjoints}
    own = [found["adjoints"][i] for i in known.adjoints]
    assert differing(own, [*known.adjoints.values()]) == []


@pytest.mark.parametrize("name", DRAWINGS)
def test_stepping_gives_the_sums_of_a_backward_pass(name, browser, tmp_path):
    drawn = DRAWINGS[name]()
    known = Known(drawn)
    with opened(browser, page_of(drawn, tmp_path)) as tab:
        ready(tab)
        assert_same(tab, known)
        walked = tab.evaluate(WALKED)
    forward = [event for event in walked["events"] if event["phase"] == 0]
    backward = [event for event in walked["events"] if event["phase"] == 1]
    assert [event["node"] for event in forward] == known.operations
    assert all(close(event["value"], known.values[event["node"]]) for event in forward)
    sums = [*known.sweep()]
    assert [event["node"] for event in backward] == [node for node, _ in sums]
    assert differing([event["soFar"] for event in backward], [number for _, number in sums]) == []
    assert not any(event["others"] for event in walked["events"])
    last = {event["node"]: event["soFar"] for event in backward}
    assert {*last} == {*known.adjoints}
    assert all(close(text, known.adjoints[node]) for node, text in last.items())
    assert walked["differing"] == []


def is_written(text, number):
    return close(text, number, 1e-3) or abs(float(text)) == abs(number) == 0.0


@pytest.mark.parametrize("name", ["polynomial", "xor_sample", "several_roots"])
def test_boxes_show_the_numbers_of_the_moment(name, browser, tmp_path):
    drawn = DRAWINGS[name]()
    known = Known(drawn)
    with opened(browser, page_of(drawn, tmp_path)) as tab:
        ready(tab)
        tab.evaluate("explorer.change(explorer.views[0], () => explorer.views[0].cut.show('scalar'))")
        whole = tab.evaluate(SHOWN)
        tab.evaluate("explorer.goTo(0)")
        nothing = tab.evaluate(SHOWN)
    assert [i for i, _, _ in whole] == [*range(len(known.values))]
    for i, value, slope in whole:
        assert is_written(value, known.values[i])
        if i in known.adjoints:
            assert is_written(slope, known.adjoints[i])
        else:
            assert slope == ("no grad" if i in known.place.values() else None)
    for i, value, slope in nothing:
        assert (value == "…") == (i in known.operations)
        assert not slope


MOVED = {
    "polynomial": ("x", DRAWINGS["polynomial"]),
    "xor_sample": ("layers.0.neurons.0.w.0", xor_sample),
    "softmax_loss": ("b", DRAWINGS["softmax_loss"]),
    "branch": ("z", DRAWINGS["branch"]),
    "mean_of_seven": ("x", DRAWINGS["mean_of_seven"]),
}


def middle_of(tab, node):
    return tab.evaluate(f"""(() => {{
        const [view] = explorer.views;
        view.show({node});
        const {{ left, top, width, height }} = view.elements.get({node}).getBoundingClientRect();
        return [Math.floor(left + width / 2), Math.floor(top + height / 2)];
    }})()""")


@pytest.mark.parametrize("name", MOVED)
def test_all_numbers_follow_a_leaf_that_is_moved(name, browser, tmp_path):
    leaf, make = MOVED[name]
    path = page_of(make(), tmp_path)
    graph = graph_in(path.read_text())
    node = next(i for i, names in enumerate(zip(graph["names"], graph["titles"])) if leaf in names)
    number = f"explorer.graphs[0].values[{node}]"
    with opened(browser, path) as tab:
        ready(tab)
        tab.evaluate("explorer.change(explorer.views[0], () => explorer.views[0].cut.show('scalar'))")
        former = tab.evaluate(number)
        x, y = middle_of(tab, node)
        tab.drag((x, y), (x + 10, y), (x + 30, y), (x + 27, y))
        dragged = tab.evaluate(number)
        assert close(dragged, former + 0.27 * max(abs(former), 1.0), 1e-9)
        assert_same(tab, Known(make(**{leaf: dragged})))
        tab.evaluate(f"explorer.focus(explorer.views[0], {node})")
        tab.press("]", "]", "[", "]")
        nudged = tab.evaluate(number)
        assert nudged > dragged
        assert_same(tab, Known(make(**{leaf: nudged})))
        assert tab.evaluate("explorer.steps[0].at === explorer.steps[0].ends[1]")


def test_only_leaves_can_be_moved(browser, tmp_path):
    with opened(browser, page_of(DRAWINGS["polynomial"](), tmp_path)) as tab:
        ready(tab)
        before = tab.evaluate(NUMBERS)
        for node in range(2, tab.evaluate("explorer.graphs[0].size")):
            tab.evaluate(f"explorer.focus(explorer.views[0], {node})")
            if tab.evaluate(f"explorer.graphs[0].parents[{node}].length > 0"):
                tab.press("]")
                assert "stays as it is" in tab.evaluate("explorer.status.textContent")
        assert tab.evaluate(NUMBERS) == before


OPTIMIZERS = {
    "SGD": partial(SGD, 0.5),
    "momentum": partial(SGD, 0.1, momentum=0.9),
    "Adam": partial(Adam, 0.05),
    "AdamW": partial(AdamW, 0.05, weight_decay=0.1),
    "NAdam": partial(NAdam, 0.05),
    "RMSprop": partial(RMSprop, 0.05),
    "Adagrad": partial(Adagrad, 0.05, initial_accumulator_value=0.1),
    "Adadelta": partial(Adadelta, 0.5),
}
NOW = "explorer.graphs[0].moving.map((node) => String(explorer.steps[0].value(node)))"
AFTER = """(() => {
    const [steps] = explorer.steps;
    explorer.goTo(steps.events.length);
    return [steps.round, ...steps.graph.moving.map((node) => String(steps.value(node)))];
})()"""


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_are_those_of_the_optimizer(name, browser, tmp_path):
    model, optimizer = xor_model({}), OPTIMIZERS[name]()

    def loss_of():
        return (model([1.0, 0.0]) - 1.0) ** 2

    drawn = draw(loss_of())
    path = page_of(drawn, tmp_path, OPTIMIZERS[name]())
    known = Known(drawn)
    moving = [known.things[i] for i in graph_in(path.read_text())["moving"]]
    assert {*moving} == {*model.parameters()}
    rounds = [[p.data for p in moving]]
    for _ in range(3):
        model.zero_grad()
        loss_of().backward()
        optimizer.step(model.parameters())
        rounds.append([p.data for p in moving])
    with opened(browser, path) as tab:
        ready(tab)
        for i, numbers in enumerate(rounds[1:]):
            number, *found = tab.evaluate(AFTER)
            assert number == i
            assert differing(found, numbers) == []
            if i < 2:
                tab.evaluate("explorer.step(1)")
        assert "moves" in tab.evaluate("explorer.status.textContent")
        for i in (2, 1, 0):
            _, *found = tab.evaluate(AFTER)
            assert differing(found, rounds[i + 1]) == []
            tab.evaluate("explorer.goTo(0)")
            values = tab.evaluate(
                "explorer.graphs[0].moving.map((n) => String(explorer.steps[0].value(n)))"
            )
            assert differing(values, rounds[i]) == []
            tab.evaluate("explorer.step(-1)")
