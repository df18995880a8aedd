"""How deep drawings go: at each level they are a quotient of the graph, and by default they can be read."""

import re
from contextlib import suppress
from graphlib import TopologicalSorter

import pytest
from conftest import long
from drawn import GRAPHS, Recurrent, attention_loss, gpt_function, recurrent, recurrent_loss

import autograd_scratch as ag
from autograd_scratch import MLP, Value, draw
from autograd_scratch.drawing.figures import Figures
from autograd_scratch.drawing.folding import by_calls, in_a_row
from autograd_scratch.drawing.given import scene_of
from autograd_scratch.drawing.levels import DEPTHS, MOST_SCALARS, READABLE, Level
from autograd_scratch.drawing.parts import merged
from autograd_scratch.errors import DrawingError

LAYERED = {
    *("neuron", "xor_of_2", "xor_of_4", "xor_on_all", "one_sample", "hundred_samples", "classes", "digit"),
    *("layer_used_again", "residual", "two_models"),
}
NEURON_ALONE = {"neuron"}  # which has no module around it
EVERY = [long(name) if name == "digit" else name for name in GRAPHS]  # by far the largest


def has_level(name, depth):
    return depth in ("arrays", "scalars") or (name in LAYERED - NEURON_ALONE)


def views(name):
    """Yield a graph as it is drawn at each level that it has, and by default."""
    for depth in (None, *DEPTHS):
        if depth is None or has_level(name, depth):
            for unrolled in (False, True):
                with suppress(DrawingError):  # too many boxes for anybody
                    yield depth, draw(*GRAPHS[name](), depth=depth, unrolled=unrolled).contents


@pytest.mark.parametrize("name", EVERY)
def test_all_that_arrows_lead_to_is_there_and_nothing_goes_in_circles(name):
    for _, view in views(name):
        ports = {box.id: {cell.port for cell in (*box.cells, *box.operands)} for box in view.boxes}
        assert len(ports) == len(view.boxes)
        for edge in view.edges:
            assert not edge.tail_port or edge.tail_port in ports[edge.tail]
            assert not edge.head_port or edge.head_port in ports[edge.head]
        below = {box.id: [] for box in view.boxes}
        for edge in view.edges:
            below[edge.head].append(edge.tail)
        assert len([*TopologicalSorter(below).static_order()]) == len(view.boxes)
        assert any(box.kind == "output" for box in view.boxes)


@pytest.mark.parametrize("name", EVERY)
def test_by_default_a_drawing_can_be_read(name):
    drawn = draw(*GRAPHS[name]())
    assert len(drawn.contents.boxes) <= READABLE
    width, height = map(float, re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', drawn.svg).groups())
    assert width * 4 / 3 <= 2_000.5
    assert height * 4 / 3 <= 1_200.5
    scale = float(re.search(r"scale\(([\d.]+)", drawn.svg)[1])
    assert scale >= 0.6, "text of less than 7 points"


@pytest.mark.parametrize("name", EVERY)
def test_equal_graphs_give_equal_bytes(name):
    one, other = draw(*GRAPHS[name]()), draw(*GRAPHS[name]())
    assert (one.source, one.text) == (other.source, other.text)


@pytest.mark.parametrize("name", EVERY)
def test_parts_tell_the_arrows_of_the_graph_and_no_others(name):
    """Every arrow between nodes is one between their parts, and the other way round."""
    scene = scene_of(GRAPHS[name](), {})
    level = Level(scene, Figures(), False, None)
    partitions = [level.parts(depth) for depth in ("arrays", "layers", "model") if has_level(name, depth)]
    partitions += [
        by_calls(partitions[0], 2),
        in_a_row(partitions[0], 6),
        merged(partitions[0], lambda _: 1),
    ]
    for parts in partitions:
        home = {id(x): part for part in parts for step in part.steps for x in step.result.entries}
        found = {part: set() for part in parts}
        for node in scene.order:
            if id(node) in home:
                for parent in node.parents:
                    if isinstance(parent, Value):
                        found[home[id(node)]] |= {home.get(id(parent))} - {None}
        for part in filter(lambda part: part.steps, parts):
            before = {tail for tail in part.tails if any(s.kind == "carried" for s in tail.sources)}
            made = {tail for tail in part.tails if tail.steps}
            computed = {tail for tail in found[part] if tail.steps and tail is not part}
            assert computed <= made or before, "an arrow is left out"
            hidden = any(step.primitive.name == "sum" for step in part.steps)  # the links of a chain
            assert made <= computed or hidden or before, (name, "an arrow is made up", made - computed)


@pytest.mark.parametrize("name", sorted(set(GRAPHS) - LAYERED | NEURON_ALONE))
def test_where_there_are_no_modules_there_are_no_layers(name):
    for depth in ("layers", "model"):
        with pytest.raises(DrawingError, match=f"depth='{depth}' needs a model made of modules"):
            draw(*GRAPHS[name](), depth=depth)


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("square", "scalars"),
        ("neuron", "scalars"),
        ("xor_of_2", "scalars"),
        ("xor_of_4", "scalars"),
        ("one_sample", "layers"),
        ("hundred_samples", "layers"),
        ("digit", "layers"),
        ("two_layers_function", "arrays"),
        ("gpt_loss", "arrays"),
        ("chain", "arrays"),
    ],
)
def test_the_deepest_level_that_can_be_read(name, depth):
    assert draw(*GRAPHS[name]()).contents.depth == depth


def test_what_is_folded_is_said_and_how_to_see_it():
    loss = GRAPHS["one_sample"]()
    assert "68 operations in 8 boxes, by layers; depth='arrays' shows more." in draw(*loss).contents.notes
    assert draw(*loss, depth="scalars").contents.notes == ()
    notes = draw(*GRAPHS["attention_loss"]()).contents.notes
    assert (
        notes[-1] == "draw(function, at) knows lines and names, and draw(loss, names=locals()) the names."
    )


def titles(drawn):
    return [box.rows[0][0].text for box in drawn.contents.boxes if box.rows]


def test_a_function_is_drawn_by_its_lines_with_its_names():
    drawn = draw(*GRAPHS["two_layers_function"]())
    assert titles(drawn)[:4] == ["X (64, 4)", "W1 (4, 16)", "b1 (16,)", "z1 (64, 16)"]
    assert {"a1 (64, 16)", "z2 (64, 3)", "e (64, 3)", "p (64, 3)"} <= set(titles(drawn))
    written = {
        box.rows[0][0].text: box.rows[1][0].text for box in drawn.contents.boxes if len(box.rows) > 1
    }
    assert written["z1 (64, 16)"] == "X @ W1 + b1"
    assert written["a1 (64, 16)"] == "np.tanh(z1)"
    line = next(box.about for box in drawn.contents.boxes if "z1" in box.rows[0][0].text)
    assert "drawn.py:" in line


def test_names_of_variables_name_arrays():
    at = {name: ag.values(array) for name, array in GRAPHS["attention_function"]()[1].items()}
    tokens = GRAPHS["attention_function"]()[0].__globals__["TOKENS"]
    q, k = tokens @ at["Wq"], tokens @ at["Wk"]
    loss = ((q @ k.T) ** 2).sum()
    drawn = draw(loss, names={**at, "q": q, "k": k}, depth="arrays")
    assert {"Wq (8, 4)", "Wk (8, 4)", "q (6, 4)", "k (6, 4)"} <= set(titles(drawn))


def test_a_loop_over_time_is_one_round_of_it_unless_it_is_unrolled():
    function, at = GRAPHS["recurrent_function"]()
    folded = draw(function, at)
    before = [box for box in folded.contents.boxes if box.kind == "before"]
    assert [box.texts for box in before] == [("h before", "8 rounds")]
    assert sum("h (8, 4)" in title for title in titles(folded)) == 1
    unrolled = draw(function, at, unrolled=True, depth="arrays")
    assert not any(box.kind == "before" for box in unrolled.contents.boxes)
    assert sum(title == "h (4,)" for title in titles(unrolled)) == 8
    assert recurrent is function
    assert recurrent_loss()[0].data == pytest.approx(
        float(folded.contents.boxes[-1].cells[-2].text), rel=1e-3
    )


def test_samples_are_one_box_a_layer_unless_they_are_unrolled():
    loss = GRAPHS["xor_on_all"]()
    layers = [box for box in draw(*loss).contents.boxes if box.kind == "layer"]
    assert [box.texts[:3] for box in layers] == [
        ("layers.0", "2 to 4, sigmoid", "x 4"),
        ("layers.1", "4 to 1, sigmoid", "x 4"),
    ]
    apart = draw(*loss, depth="layers", unrolled=True)
    assert titles(apart).count("layers.0 (3)") == 1
    inputs = [box.table for box in apart.contents.boxes if box.rows[0][0].text == "x"]
    shown = sorted(tuple(row[1].text for row in table) for table in inputs)
    assert shown == [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")]


def test_a_layer_that_is_used_again_makes_no_circle():
    drawn = draw(Recurrent(), [0.5, -1.0, 2.0], depth="layers")
    (cell,) = (box for box in drawn.contents.boxes if box.rows[0][0].text == "cell")
    assert cell.rows[2][0].text == "x 3"
    apart = draw(Recurrent(), [0.5, -1.0, 2.0], depth="layers", unrolled=True)
    assert [title for title in titles(apart) if "cell" in title] == ["cell (1)", "cell (2)", "cell (3)"]
    whole = draw(Recurrent(), [0.5, -1.0, 2.0], depth="model")
    assert titles(whole).count("model") == 1


def test_two_models_are_a_box_each():
    drawn = draw(*GRAPHS["two_models"](), depth="model")
    assert {"model 1", "model 2"} <= set(titles(drawn))


def test_what_lies_between_layers_belongs_to_the_model():
    drawn = draw(*GRAPHS["residual"](), depth="model")
    assert [box.kind for box in drawn.contents.boxes].count("output") == 1
    assert len(drawn.contents.boxes) == 2  # x, and the model


def test_a_language_model_is_drawn_by_its_lines():
    text = draw(*gpt_function()).text
    for line in (
        "mean = sum(xi * ...",
        "hidden = ",
        "weights['wte'] (7, 4)",
        "weights['head'] (7, 4)",
    ):
        assert line in text
    assert len(draw(*gpt_function()).contents.boxes) <= READABLE


def test_too_many_boxes_are_refused_with_the_way_out():
    x = Value(1.0, "x")
    total = ag.sum(x * float(i) for i in range(MOST_SCALARS))
    with pytest.raises(DrawingError, match=r"depth='scalars' would be [\d,]+ boxes, .*; leave depth out"):
        draw(total, depth="scalars")
    assert len(draw(total).contents.boxes) <= READABLE


def test_a_graph_too_large_for_arrays_is_counted(monkeypatch):
    monkeypatch.setattr("autograd_scratch.drawing.levels.MOST_NODES", 1_000)
    (loss,) = GRAPHS["chain"]()
    drawn = draw(loss)
    assert sum(int(box.texts[0].split()[0].replace(",", "")) for box in drawn.contents.boxes) == 4_000
    assert drawn.contents.boxes[-1].kind == "output"
    assert "too many to look for arrays in" in drawn.contents.notes[0]
    for depth in ("arrays", "layers", "model"):
        with pytest.raises(DrawingError, match="too many to look for arrays or layers in; leave depth out"):
            draw(loss, depth=depth)


def test_an_unknown_depth_is_told_which_there_are():
    with pytest.raises(ag.errors.UnknownNameError, match="no depth is called 'deep'; known: model, layers"):
        draw(Value(1.0) * 2.0, depth="deep")


def test_a_small_graph_has_all_levels():
    model = MLP(2, [2, 1], seed=0)
    for depth in DEPTHS:
        assert draw(model, [1.0, 2.0], depth=depth).contents.depth == depth
    assert attention_loss()[0].is_reached
