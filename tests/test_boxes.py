"""What stands in the boxes of drawings, at which places, and what lines between them tell."""

import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from conftest import every
from drawn import GRAPHS, computed

import autograd_scratch as ag
from autograd_scratch import MLP, Module, Value, draw, mse, values
from autograd_scratch.drawing import NO_GRADIENTS
from autograd_scratch.drawing.dot import LOOKS
from autograd_scratch.drawing.figures import Figures
from autograd_scratch.drawing.finish import COLOURS
from autograd_scratch.drawing.layers import KEPT, MOST_LINES, MOST_ROWS
from autograd_scratch.drawing.tables import table
from autograd_scratch.drawing.view import Box, Cell
from autograd_scratch.errors import DataError, UnknownNameError

SVG = "{http://www.w3.org/2000/svg}"


def example():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    return (a * b + a).tanh().named("c")


def cells(box):
    return [(cell.role, cell.text) for cell in box.cells]


def by_title(drawn):
    return {box.rows[0][0].text: box for box in drawn.contents.boxes if box.rows}


def test_a_value_is_its_name_or_operation_its_number_and_its_gradient():
    out = example()
    out.backward()
    boxes = draw(out).contents.boxes
    assert [box.texts for box in boxes] == [
        ("a", "2", "-0.002682"),
        ("b", "-3", "0.002682"),
        ("*", "-6", "0.001341"),
        ("+", "-4", "0.001341"),
        ("c = tanh", "-0.9993", "1"),
    ]
    assert [box.kind for box in boxes] == ["input", "input", "operation", "operation", "output"]
    assert {tuple(role for role, _ in cells(box)) for box in boxes} == {("name", "data", "grad")}


@pytest.mark.parametrize(
    ("operation", "derivatives"),
    [
        (lambda x, y: x - y, ["1", "-1"]),
        (lambda x, y: y - x, ["1", "-1"]),
        (lambda x, y: x * y, ["4", "3"]),
        (lambda x, y: x / y, ["0.25", "-0.1875"]),
        (lambda x, y: x * x, ["3", "3"]),
        (lambda x, y: x - 1.0, ["1", "."]),
        (lambda x, y: 1.0 - x, [".", "-1"]),
        (lambda x, y: ag.maximum(x, y), ["0", "1"]),
        (lambda x, y: ag.dot([x, y], [y, 2.0], 1.0), ["4", "2", "3", ".", "."]),
        (lambda x, y: x.sqrt(), ["0.2887"]),
    ],
)
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_local_derivatives_stand_in_the_order_of_the_operands(operation, derivatives, direction):
    x, y = Value(3.0, "x"), Value(4.0, "y")
    drawn = draw(operation(x, y), direction=direction)
    box = drawn.contents.boxes[-1]
    assert [cell.text for cell in box.operands] == derivatives
    into = [edge for edge in drawn.contents.edges if edge.head == box.id]
    assert [edge.head_port for edge in into] == [cell.port for cell in box.operands]
    tails = {box.id: box for box in drawn.contents.boxes}
    operands = operation(x, y).parents
    shown = [float(tails[edge.tail].cells[-1].text) for edge in into]
    assert shown == [getattr(operand, "data", operand) for operand in operands]


def test_the_inputs_and_the_target_of_a_sample_are_named_and_drawn_once():
    for name in ("xor_of_2", "xor_of_4"):
        drawn = draw(*GRAPHS[name](), depth="scalars")
        boxes = by_title(drawn)
        assert [boxes[name].texts for name in ("x1", "x2", "y")] == [("x1", "1"), ("x2", "0"), ("y", "1")]
        assert sum(box.kind == "input" for box in drawn.contents.boxes) == 3
        assert boxes["x1"].cluster == ()


def test_samples_are_numbered_where_there_are_several():
    model = MLP(1, [1], "tanh", seed=0)
    drawn = draw(mse([model([x]) for x in (1.0, 2.0)], [0.5, 0.25]), depth="scalars")
    assert {"x1 [0]", "x1 [1]", "y1", "y2"} <= by_title(drawn).keys()


def test_before_backward_gradients_are_said_to_be_missing_not_zero():
    out = example()
    assert NO_GRADIENTS in draw(out).contents.notes
    assert all(role != "grad" for box in draw(out).contents.boxes for role, _ in cells(box))
    out.backward()
    assert draw(out).contents.notes == ()
    assert draw(out, gradients=False).contents.notes == ()
    assert all(
        role != "grad" for box in draw(out, gradients=False).contents.boxes for role, _ in cells(box)
    )


def test_what_backward_did_not_reach_shows_no_zero():
    x = Value(1.0, "x")
    reached, other = x * 2.0, x + 1.0
    reached.backward()
    assert ("+", "2", "no grad") in {box.texts for box in draw(reached, other).contents.boxes}


def test_gradients_left_over_from_another_loss_are_not_shown():
    model = MLP(2, [1], seed=0)
    model([1.0, 2.0]).backward()
    assert all(role != "grad" for box in draw(model([3.0, 4.0])).contents.boxes for role, _ in cells(box))


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, -0.0, 1e-300, 123456789.0])
def test_any_number_is_drawn(number):
    leaf = Value(number, "x")
    assert draw(leaf * 1.0).contents.boxes[0].texts == ("x", f"{number + 0.0:.4g}")
    for depth in ("arrays", "scalars"):
        assert draw(values(np.full((4, 4), number)).sum(), depth=depth).svg


@pytest.mark.parametrize(
    ("precision", "text"), [(1, "0.7"), (4, "0.6667"), (6, "0.666667"), (17, "0.66666666666666663")]
)
def test_numbers_have_as_many_digits_as_asked_for(precision, text):
    assert draw(Value(2.0) / 3.0, precision=precision).contents.boxes[-1].texts == ("/", text)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([1.0, 2.0, 6.0], "mean 3, 1 to 6"),
        ([2.0, 2.0], "all 2"),
        ([1.0, math.nan, 3.0], "1 of 3 nan, else 1 to 3"),
        ([math.nan, math.nan], "all nan"),
        ([1.0, math.inf], "mean inf, 1 to inf"),
        ([1e308, 1e308, 0.0], "mean 6.67e+307, 0 to 1e+308"),
        ([], "no numbers"),
    ],
)
def test_what_there_is_to_know_of_many_numbers(numbers, text):
    assert Figures(3).range(numbers) == text


def test_of_a_small_array_all_numbers_are_shown_and_of_a_larger_one_what_there_is_to_know():
    W = np.arange(6.0).reshape(2, 3)
    V = np.arange(64.0).reshape(8, 8)
    loss = computed(lambda W, V: (W**2).sum() + (3.0 * V).sum(), {"W": W, "V": V})
    boxes = by_title(draw(loss, depth="arrays"))
    small, large = boxes["W (2, 3)"], boxes["V (8, 8)"]
    assert [[cell.text for cell in row] for row in small.table] == [["0", "1", "2"], ["3", "4", "5"]]
    assert small.below[0][0].text == f"grad norm {math.sqrt(4 * sum(x * x for x in range(6))):.4g}"
    assert large.texts == ("V (8, 8)", "mean 31.5, 0 to 63", "grad norm 24")


def layer_of(drawn, name):
    return next(box for box in drawn.contents.boxes if box.rows[0][0].text == name)


def network():
    model = MLP(2, [3, 1], "tanh", seed=1)
    loss = (model([0.3, -0.5]) - 1.0) ** 2
    loss.backward()
    return model, loss


def test_a_layer_has_a_row_a_neuron_with_its_output_and_gradient():
    model, loss = network()
    box = layer_of(draw(loss, depth="layers"), "layers.0")
    assert box.rows[1][0].text == "2 to 3, tanh"
    outputs = model.layers[0]([0.3, -0.5])
    assert [row[0].text for row in box.table] == ["0", "1", "2"]
    assert [row[1].text for row in box.table] == [f"{out.data:.4g}" for out in outputs]
    slope = 2 * (model([0.3, -0.5]).data - 1.0)
    expected = [slope * weight.data for weight in model.layers[1].neurons[0].w]
    assert [row[2].text for row in box.table] == [f"{x:.4g}" for x in expected]


def test_a_line_tells_the_sign_and_the_size_of_a_weight():
    model, loss = network()
    drawn = draw(loss, depth="layers")
    ids = {box.id: box.rows[0][0].text for box in drawn.contents.boxes}
    lines = {
        (ids[edge.tail], edge.tail_port, ids[edge.head], edge.head_port): edge
        for edge in drawn.contents.edges
        if edge.weight is not None
    }
    assert len(lines) == 2 * 3 + 3 * 1
    largest = max(abs(weight.data) for neuron in model.layers[0].neurons for weight in neuron.w)
    for i, neuron in enumerate(model.layers[0].neurons):
        for j, weight in enumerate(neuron.w):
            line = lines["x", f"o{j}", "layers.0", f"i{i}"]
            assert line.weight == weight.data / largest
            assert line.about.splitlines()[0] == f"layers.0.neurons.{i}.w.{j} = {weight.data!r}"
            assert line.about.splitlines()[1] == f"gradient {weight.grad:.4g}"
    for edge in re.findall(r"v\d+:o\d:e -> v\d+:i\d:w \[.*\]", drawn.source):
        assert ("style=dashed" in edge) == ("#b8321f" in edge)
    negative = sum(edge.weight < 0 for edge in lines.values())
    assert drawn.source.count("style=dashed") == negative


class Plain(Module):
    """A neuron of products and sums, as people write it by hand."""

    def __init__(self, size, shift):
        self.w = [Value(0.5 + i + shift) for i in range(size)]
        self.b = Value(0.1)

    def __call__(self, x):
        return (sum((w * v for w, v in zip(self.w, x)), 0.0) + self.b).tanh()


class Hidden(Module):
    def __init__(self):
        self.neurons = [Plain(2, i) for i in range(3)]


class OfPlain(Module):
    def __init__(self):
        self.hidden, self.out = Hidden(), MLP(3, [1], seed=0)

    def __call__(self, x):
        return self.out([neuron(x) for neuron in self.hidden.neurons])


def test_neurons_of_products_and_sums_are_rows_with_weights_too():
    drawn = draw(OfPlain(), [1.0, 2.0], depth="layers")
    box = layer_of(drawn, "hidden")
    assert [row[1].text for row in box.table] == [
        f"{n([1.0, 2.0]).data:.4g}" for n in OfPlain().hidden.neurons
    ]
    assert sum(edge.weight is not None for edge in drawn.contents.edges) == 2 * 3 + 3


@pytest.mark.parametrize("count", [MOST_ROWS - 1, MOST_ROWS, 100])
def test_the_middle_of_many_rows_is_folded(count):
    model = MLP(2, [count, 1], "tanh", seed=0)
    drawn = draw(model, [1.0, 2.0], depth="layers")
    table = layer_of(drawn, "layers.0").table
    lines = sum(edge.weight is not None for edge in drawn.contents.edges)
    if count < MOST_ROWS:
        assert [row[0].text for row in table] == [str(i) for i in range(count)]
        assert lines == 3 * count
    else:
        assert [row[0].text for row in table] == [
            *map(str, range(KEPT)),
            f"... {count - 2 * KEPT} more",
            *map(str, range(count - KEPT, count)),
        ]
        assert lines == 3 * 2 * KEPT


@pytest.mark.parametrize(("sizes", "has_lines"), [((63, 63), True), ((64, 63), False)])
def test_above_so_many_weights_one_arrow_has_their_number(sizes, has_lines):
    inputs, units = sizes
    assert (inputs * units <= MOST_LINES) == has_lines
    drawn = draw(MLP(inputs, [units, 1], seed=0), [0.5] * inputs, depth="layers")
    counts = [box.texts for box in drawn.contents.boxes if box.kind == "count"]
    assert counts == ([] if has_lines else [("4,032 weights",)])


def test_names_from_variables():
    a, weights = Value(1.0), [[Value(2.0)], [Value(3.0)]]
    total = a * weights[0][0] + weights[1][0]
    named = [box.texts[0] for box in draw(total, names=locals()).contents.boxes]
    assert named == ["a", "weights[0][0]", "*", "weights[1][0]", "total = +"]
    assert draw(Value(1.0, "own"), names={"other": a}).contents.boxes[0].texts[0] == "own"


def test_in_a_notebook_variables_are_named_by_the_person_not_by_ipython():
    a = Value(1.0)
    loss = a * 2.0
    cells = {3: loss, 4: a}
    shell = {"In": ["", "a"], "Out": cells, "_oh": cells, "_ih": [], "_3": loss, "_": a, "__": loss}
    assert [box.texts[0] for box in draw(loss, names=shell | {"a": a, "loss": loss}).contents.boxes] == [
        *("a", "2", "loss = *")
    ]
    assert [box.texts[0] for box in draw(loss, names=shell).contents.boxes] == ["1", "2", "*"]


def test_tooltips_have_all_digits_the_derivatives_and_the_line():
    def formula(w, x):
        z = w * x
        return z.tanh()

    drawn = draw(formula, {"w": 0.1, "x": 3.0}, depth="scalars")
    told = by_title(drawn)["z = *"].about.splitlines() if "z = *" in by_title(drawn) else None
    told = told or next(box.about.splitlines() for box in drawn.contents.boxes if "w * x" in box.about)
    assert told[1] == f"data {0.1 * 3.0!r}"
    assert told[2].startswith("gradient 0.91")
    assert "derivative by w: 3.0" in told
    assert re.search(r"test_boxes\.py:\d+  z = w \* x", told[-1])
    titles = {text.get("{http://www.w3.org/1999/xlink}title", "") for text in tags(drawn.svg, "a")}
    assert any("derivative by w: 3.0" in title for title in titles)


def tags(svg, name):
    return ElementTree.fromstring(svg).iter(f"{SVG}{name}")


def test_data_gradients_and_derivatives_differ_in_colour_and_place():
    x = Value(3.0, "x")
    out = (x * 5.0).sqrt()
    out.backward()
    coloured = {text.text: text.get("fill") for text in tags(draw(out, legend=False).svg, "text")}
    assert coloured["15"] is None
    assert coloured[f"{x.grad:.4g}"] == COLOURS["grad"] != COLOURS["local"]
    assert coloured["5"] == COLOURS["local"]


@pytest.mark.parametrize("name", GRAPHS)
def test_every_text_of_a_box_is_coloured_by_its_role(name):
    drawn = draw(*GRAPHS[name](), legend=False)
    expected = {"grad": 0, "local": 0}
    for box in drawn.contents.boxes:
        for cell in (*box.cells, *box.operands):
            if cell.role in expected:
                expected[cell.role] += 1
    found = [text.get("fill") for text in tags(drawn.svg, "text")]
    assert {role: found.count(colour) for role, colour in COLOURS.items()} == expected


@pytest.mark.parametrize("name", every(4, GRAPHS))
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_png_and_pdf_have_the_same_cells_and_ports_in_tables(name, direction):
    drawn = draw(*GRAPHS[name](), direction=direction)
    for box in drawn.contents.boxes:
        if LOOKS[box.kind]["shape"] in ("plaintext", "box"):
            continue
        root = ElementTree.fromstring(table(box, LOOKS[box.kind], direction)[1:-1])
        found = [("".join(cell.itertext()).strip(), cell.get("port") or "") for cell in root.iter("td")]
        expected = [(cell.text.strip(), cell.port) for cell in (*box.operands, *box.cells)]
        assert sorted(found) == sorted(expected)
        grads = [font for font in root.iter("font") if font.get("color") == COLOURS["grad"]]
        assert len(grads) == sum(cell.role == "grad" for cell in box.cells)


def test_a_backslash_in_a_table_is_one():
    box = Box("v0", "input", ((Cell("\\N \\\\", "name"),),))
    assert "&#92;N &#92;&#92;" in table(box, LOOKS["input"], "LR")


def test_the_legend_shows_what_occurs_and_can_be_left_out():
    out = example()
    shown = draw(out)
    assert "legend_input" in shown.source
    assert "legend_parameter" not in shown.source
    assert "|gradient" not in shown.source
    out.backward()
    assert "|gradient" in draw(out).source
    assert "legend" not in draw(out, legend=False).source


@pytest.mark.parametrize(
    ("options", "pattern"),
    [
        ({"direction": "TB"}, "rankdir=TB"),
        ({"direction": "LR"}, "rankdir=LR"),
        ({"font_size": 20}, "fontsize=20"),
        ({"title": "XOR & more"}, "XOR &amp; more"),
        ({"title": "a\nb"}, r'label="a\\nb"'),
    ],
)
def test_switches(options, pattern):
    assert re.search(pattern, draw(example(), **options).source)


def test_a_title_is_told_to_who_cannot_see_the_picture():
    assert 'alt="XOR: computation graph of c = tanh' in draw(example(), title="XOR")._repr_html_()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": 0}, "precision is so many digits, from 1 to 17, not 0"),
        ({"precision": 2.5}, "precision is so many digits, from 1 to 17, not 2.5"),
        ({"precision": True}, "precision is so many digits, from 1 to 17, not True"),
        ({"font_size": 100}, "font_size is points, from 4 to 72, not 100"),
        ({"dpi": -1}, "dpi is dots to the inch, from 10 to 2,400, not -1"),
        ({"dpi": "high"}, "dpi is dots to the inch, from 10 to 2,400, not 'high'"),
    ],
)
def test_switches_out_of_range(options, message):
    with pytest.raises(DataError, match=re.escape(message)):
        draw(example(), **options)


def test_an_unknown_direction():
    with pytest.raises(UnknownNameError, match="no direction is called 'up'; known: LR, TB"):
        draw(example(), direction="up")


def test_ids_are_stable_and_those_of_no_other_drawing():
    def ids(drawn):
        return {tag.get("id") for tag in ElementTree.fromstring(drawn.svg).iter() if tag.get("id")}

    one, same, other = draw(example()), draw(example()), draw(example() * 2.0)
    assert ids(one) == ids(same)
    assert ids(one).isdisjoint(ids(other))
    assert all(re.fullmatch(r"(a_)?g[0-9a-f]{8}(_\w+)?", name) for name in ids(one))


NASTY = [
    "</script>",
    'a"b',
    "a'b",
    "{a|b}",
    "<b>",
    "a & b",
    "\u202eright",
    "two\nlines",
    "\\N",
    "-->",
    "]]>",
]


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("depth", ["arrays", "scalars"])
def test_hostile_names_do_nothing_in_any_format(name, depth):
    w = values(np.ones((2, 2)), name)
    loss = (w**2).sum().named(name)
    loss.backward()
    drawn = draw(loss, names={name: w}, depth=depth, title=name)
    root = ElementTree.fromstring(drawn.svg)
    allowed = {"svg", "g", "title", "polygon", "polyline", "path", "text", "a"}
    assert {tag.tag.removeprefix(SVG) for tag in root.iter()} <= allowed
    assert "\u202e" not in drawn.svg + drawn.text + drawn.source
    assert "<script" not in drawn._repr_html_()
    shown = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    visible = "".join(
        c if c.isprintable() else " " if c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in name
    )
    assert visible in shown
    assert len(drawn.text.splitlines()) >= len(drawn.contents.boxes)
