"""What notebooks show of each kind of object: whole, harmless, bounded, trusted or not."""

import json
import re
import warnings
from base64 import b64decode
from functools import cache
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert import HTMLExporter

from autograd_scratch import MLP, Layer, Module, Value
from autograd_scratch.fragments import folded_text, html_table, image
from autograd_scratch.training import History
from tests.notebooks.executing import TOUR, executed, notebook_of, tidied, written
from tests.shown import HOSTILE, OBJECTS, Own

# what JupyterLab 4 leaves of HTML that is not trusted, as far as it is used here
TAGS = {
    *("div", "p", "br", "b", "small", "span", "pre", "code", "abbr", "img", "h4", "ol", "ul", "li"),
    *(
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "dl",
        "dt",
        "dd",
    ),
}
ATTRIBUTES = {"img": {"src", "alt"}, "details": {"open"}, "th": {"scope"}}
LENGTH = r"[\d.]+(em|px)?"
COLOUR = r"(#[0-9a-f]{6}|rgba\(\d+, \d+, \d+, [\d.]+\))"
STYLES = {
    "background": COLOUR,
    "border-bottom": f"1px solid {COLOUR}",
    "border-collapse": "collapse",
    "border-radius": LENGTH,
    "border-top": f"1px solid {COLOUR}",
    "color": COLOUR,
    "height": "auto",
    "margin": LENGTH,
    "margin-top": LENGTH,
    "max-height": LENGTH,
    "max-width": "100%",
    "overflow": "auto",
    "overflow-x": "auto",
    "padding": f"{LENGTH}( {LENGTH})?",
    "text-align": "left|right",
    "white-space": "pre-wrap",
}
TEXTS = {
    *("value", "value with a hostile name", "value of 10,000 nodes", "module that tells itself"),
    *("list of drawings", "list of histories", "tuple"),
}
HIGH = 25  # rows or lines that stand without a box
BYTES = 100_000
OF_AN_OUTPUT = 200_000


class Page(HTMLParser):
    """The elements of some HTML, with what they are in, its text, and the texts of its tables."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.inside, self.texts, self.tables = [], [], [], []
        self.feed(text)
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag, attributes):
        assert len(attributes) == len(dict(attributes))
        self.elements.append((tag, dict(attributes), tuple(self.inside)))
        if tag not in ("br", "img"):
            self.inside.append((tag, dict(attributes)))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        assert self.inside.pop()[0] == tag

    def handle_data(self, data):
        self.texts.append(data)
        if {"th", "td"} & {tag for tag, _ in self.inside}:
            self.tables[-1][-1][-1] += data

    @property
    def text(self):
        return "".join(self.texts)

    @property
    def rows(self):
        return self.tables[0]


def shown(thing):
    return Page(thing._repr_html_())


@cache
def fragment(name):
    show = getattr(OBJECTS[name].make(), "_repr_html_", lambda: None)
    return show()


def styles_of(attributes):
    entries = [entry.partition(":") for entry in attributes.get("style", "").split(";")]
    return {name.strip(): value.strip() for name, _, value in entries if name.strip()}


def keeps_what_cleaning_leaves(page):
    for tag, attributes, _ in page.elements:
        assert tag in TAGS
        assert attributes.keys() <= {"style", "title"} | ATTRIBUTES.get(tag, set())
        for name, value in styles_of(attributes).items():
            assert re.fullmatch(STYLES[name], value), (name, value)


def gives_no_colour_without_ground(page):
    for _, attributes, _ in page.elements:
        assert ("color" in styles_of(attributes)) == ("background" in styles_of(attributes))


def loads_nothing(page):
    for _, attributes, _ in page.elements:
        assert attributes.get("src", "data:image/svg+xml;base64,").startswith("data:image/svg+xml;base64,")


def has_words_for_pictures(page):
    for tag, attributes, _ in page.elements:
        assert tag != "img" or len(attributes["alt"]) > 20
        assert tag != "img" or styles_of(attributes)["max-width"] == "100%"


def can_be_read_on_each_line(page):
    assert all(sign.isprintable() or sign == "\n" for sign in page.text)


def has_boxes_for_what_is_high(page):
    tables = iter(page.tables)
    for tag, _, inside in page.elements:
        is_boxed = any("max-height" in styles_of(attributes) for _, attributes in inside)
        if tag == "table":
            assert len(next(tables)) <= HIGH or is_boxed
        if tag == "pre" and not is_boxed:
            assert page.text.count("\n") <= HIGH


CHECKS = (
    keeps_what_cleaning_leaves,
    gives_no_colour_without_ground,
    loads_nothing,
    has_words_for_pictures,
    can_be_read_on_each_line,
    has_boxes_for_what_is_high,
)


@pytest.mark.parametrize("name", OBJECTS)
def test_what_an_object_shows(name):
    text = fragment(name)
    if name in TEXTS:
        assert text is None
        return
    page = Page(text)
    for check in CHECKS:
        check(page)
    assert len(text.encode()) <= BYTES
    assert OBJECTS[name].says in page.text
    if OBJECTS[name].is_hostile:
        words = [attributes["alt"] for tag, attributes, _ in page.elements if tag == "img"]
        assert HOSTILE[:10] in page.text + "".join(words)


@pytest.mark.parametrize(
    "sign", ["</script>", '"', "'", "&amp;", "|{}<>", "\u202e", "\x1b[31m", "a\nb", "\ud800"]
)
def test_signs_of_texts_mean_nothing(sign):
    plain = "".join(c if c.isprintable() else " " for c in sign)
    for text in (html_table(sign, [sign], [[sign]], [sign], 1), folded_text(sign, [sign], sign)):
        page = Page(text)
        assert {tag for tag, _, _ in page.elements} <= TAGS
        assert page.text.count(plain) in (4, 2)
    [(_, attributes, _)] = Page(image("<svg/>", sign)).elements
    assert attributes["alt"] == plain


def test_a_short_text_is_open_and_of_a_long_one_the_first_lines_are_shown():
    assert "<details open>" in folded_text("title", ["line"] * 40, "")
    page = Page(folded_text("title", [f"line {i}" for i in range(1_000)], "print it"))
    assert page.text.startswith("title, 1,000 linesline 0\nline 1\n")
    assert page.text.endswith("\nline 399... 600 more lines; print it")
    assert ("details", {}, ()) in page.elements
    assert "a" * 200 + " ..." in folded_text("", ["a" * 201], "")


def test_the_table_of_a_module():
    assert shown(MLP(2, [4, 1], seed=0)).rows == [
        ["path", "module", "arrays", "parameters"],
        ["layers.0", "Layer(2, 4, 'relu')", "neurons.w (4, 2), neurons.b (4,)", "12"],
        ["    neurons.0 to 3", "Neuron(2, 'relu')", "w (2,), b", "3 each"],
        ["layers.1", "Layer(4, 1, 'linear')", "neurons.w (1, 4), neurons.b (1,)", "5"],
        ["    neurons.0", "Neuron(4, 'linear')", "w (4,), b", "5"],
        ["total", "MLP(2, [4, 1])", "", "17"],
    ]


def test_the_table_of_a_module_of_ones_own_tells_its_own_parameters_and_what_is_frozen():
    rows = shown(Own()).rows
    assert rows[0] == ["path", "module", "arrays", "parameters", "frozen"]
    assert rows[1] == ["its own", "", "W (3, 2), scale", "7", ""]
    assert rows[2] == [
        "layer",
        "MLP(2, [1])",
        "layers.neurons.w (1, 1, 2), layers.neurons.b (1, 1)",
        "3",
        "yes",
    ]
    assert rows[-1] == ["total", "Own", "", "12", "3"]
    assert shown(Layer(2, 1, seed=0).freeze()).rows[-1] == ["total", "Layer(2, 1, 'relu')", "", "3", "3"]


def test_a_module_without_parameters():
    assert shown(Module()).rows == [
        ["path", "module", "arrays", "parameters"],
        ["total", "Module", "", "0"],
    ]


def test_parameters_whose_rows_differ_in_length_are_counted():
    class Ragged(Module):
        def __init__(self):
            self.rows = [[Value(0.0)], [Value(0.0), Value(0.0)]]
            self.named = {f"p{i}": Value(0.0) for i in range(9)}

    assert shown(Ragged()).rows[1][2:] == ["rows of 3, named.p0, named.p1, named.p2, 6 more", "12"]


HISTORIES = [
    ([3.0, 1.0, 2.0], ["3", "2", "1", "1"], "M4.0 4.0L200.0 116.0L396.0 60.0"),
    ([5.0, 5.0], ["5", "5", "5", "0"], "M4.0 60.0L396.0 60.0"),
    ([5.0], ["5", "5", "5", "0"], "M4.0 60.0h3"),
    ([1.0, 0.1, 0.001], ["1", "0.001", "0.001", "2"], "M4.0 4.0L200.0 41.3L396.0 116.0"),
    ([1.0, 0.1, 0.0], ["1", "0", "0", "2"], "M4.0 4.0L200.0 104.8L396.0 116.0"),
    ([1.0, float("nan"), 2.0], ["1", "2", "1", "0"], "M4.0 116.0h3M396.0 4.0h3"),
    ([1.0, 2.0, float("inf")], ["1", "inf", "1", "0"], "M4.0 116.0L200.0 4.0"),
    ([1e308, -1e308], ["1e+308", "-1e+308", "-1e+308", "1"], "M4.0 4.0L396.0 116.0"),
    ([5e-324, 0.0], ["4.94066e-324", "0", "0", "1"], None),  # half of the smallest number is zero
]


@pytest.mark.parametrize(("losses", "told", "path"), HISTORIES)
def test_the_curve_and_the_table_of_a_history(losses, told, path):
    page = shown(History(losses))
    assert page.rows[1] == ["loss", *told]
    [svg] = pictures(page)
    assert path is None or f'd="{path}"' in svg


def pictures(page):
    sources = [attributes["src"].partition(",")[2] for tag, attributes, _ in page.elements if tag == "img"]
    return [b64decode(source).decode() for source in sources]


def test_of_many_losses_the_extremes_are_drawn():
    losses = [1.0] * 10_000
    losses[5_000], losses[7_777] = 2.0, 0.0
    losses[1_234] = float("nan")
    [svg] = pictures(shown(History(losses)))
    [path] = re.findall(r'd="(M4.0 [^"]*)"', svg)
    points = [tuple(map(float, point.split(" "))) for point in re.findall(r"[\d.]+ [\d.]+", path)]
    assert len(points) <= 200
    assert min(y for _, y in points) == 4.0
    assert max(y for _, y in points) == 116.0
    assert path.count("M") == 2
    at = {y: x for x, y in points if y in (4.0, 116.0)}
    assert at == pytest.approx({4.0: 4 + 392 * 5_000 / 9_999, 116.0: 4 + 392 * 7_777 / 9_999}, abs=0.05)


def test_of_many_metrics_the_first_are_told():
    history = History([1.0], {f"m{i}": [2.0] for i in range(30)})
    assert shown(history).rows[-1][0] == "... 10 more"
    assert len(shown(history).rows) == 1 + 1 + 20 + 1


def outputs_of(cell):
    [output] = cell.outputs
    assert output.output_type == "execute_result"
    return output.data


def as_page(notebook, sanitize):
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # what is deprecated in the exporter is not ours
        text, _ = HTMLExporter(sanitize_html=sanitize).from_notebook_node(notebook)
    return text


class Words(HTMLParser):
    """The text of a whole page, and the words of its pictures."""

    def __init__(self, text):
        super().__init__()
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.words += dict(attributes).get("alt") or ""

    def handle_data(self, data):
        self.words += data


def test_a_notebook_shows_an_object_of_each_kind():
    cells = [f"OBJECTS[{name!r}].make()" for name in OBJECTS]
    notebook = executed(notebook_of(["from tests.shown import OBJECTS", *cells]))
    assert notebook.cells[0].outputs == []  # no warning either
    for name, cell in zip(OBJECTS, notebook.cells[1:]):
        data = outputs_of(cell)
        more = set() if name in TEXTS else {"text/html", *(["image/svg+xml"] if name == "drawing" else [])}
        assert data.keys() == {"text/plain"} | more
        assert len(json.dumps(data)) <= OF_AN_OUTPUT
    for sanitize in (False, True):
        words = Words(as_page(nbformat.from_dict(notebook), sanitize)).words
        for name, thing in OBJECTS.items():
            assert thing.says in words, (sanitize, name)
        assert words.count("Computation graph of ") == 1


def plain(text):
    """Return a text without what differs from machine to machine: what is left of rounding."""
    return re.sub(r"\d(\.\d+)?e-1\d\b|to the last bit", "~", text)


def same(kept, found):
    """Say whether two pieces of HTML have the same elements and words, whatever their numbers."""
    pages = [Page(kept), Page(found)]
    elements, words = zip(
        *(
            (
                [
                    (tag, attributes.get("alt"), attributes.get("style"))
                    for tag, attributes, _ in page.elements
                ],
                re.sub(r"-?\d[\d.]*(e-?\d+)?|to the last bit", "~", page.text),
            )
            for page in pages
        )
    )
    return elements[0] == elements[1] and words[0] == words[1]


def test_the_tour_shows_what_it_says():
    kept = nbformat.read(TOUR, as_version=4)
    found = executed(nbformat.read(TOUR, as_version=4))
    assert TOUR.read_text() == written(tidied(nbformat.read(TOUR, as_version=4)))
    assert [cell.source for cell in found.cells] == [cell.source for cell in kept.cells]
    for before, after in zip(kept.cells, found.cells):
        if before.cell_type == "code":
            old, new = outputs_of(before), outputs_of(after)
            assert old.keys() == new.keys()
            assert plain(new["text/plain"]) == plain(old["text/plain"])
            assert "text/html" not in old or same(old["text/html"], new["text/html"]), (
                "python -m tests.notebooks"
            )
