"""What a check found, as text, HTML, Markdown, JSON, and in a terminal."""

import base64
import hashlib
import html.parser
import io
import json
import linecache
import math
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
import rich.console

from autograd_scratch import Value, explain
from autograd_scratch.checking.rendering import style
from autograd_scratch.checking.report import (
    KINDS,
    VERDICTS,
    BlockReport,
    Entry,
    Formula,
    Mistake,
    Report,
    Where,
)

INF, NAN = math.inf, math.nan
EVIL = "<b>|*_`[red]x[/red]\x1b[31m\n# &"


def a_wrong_report():
    """A hidden derivative left out: W2 right, W1 wrong, in the order of the backward pass."""
    worst = (Entry((1, 0), 2.0, 0.5, 0.5, 1e-11), Entry((0, 2), -1.0, -0.25))
    return Report(
        "wrong",
        {
            "W2": BlockReport("W2", (3, 1), (3, 1), "right", 2e-16, 1.0, 1.0, 2e-16, measured=3),
            "W1": BlockReport(
                "W1", (2, 3), (2, 3), "wrong", 0.75, 0.912345678, 3.9, 0.4, worst, measured=6
            ),
        },
        (
            Mistake(
                "derivative_missing",
                Where("W1", "a1", 14, "models/net.py", "a1 = sigmoid(z1)"),
                evidence="With the derivative of `sigmoid` left out, both blocks agree to 3e-16.",
                formula=Formula("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1"),
            ),
            Mistake("scale", Where("W1"), 4.0, "dW1 is a multiple of the derived one.", together=("sign",)),
        ),
        loss=0.25,
        method="the complex step",
        measured_error=4e-16,
        coverage=(9, 9),
        first_wrong="W1",
        last_right="W2",
        parting=Where("", "a1", 14, "models/net.py", "a1 = sigmoid(z1)"),
        notes=("The arithmetic is that of float32.",),
    )


def a_block(verdict, name="W", **what):
    return BlockReport(name, (2,), (2,), verdict, **what)


def an_evil_report():
    entry = Entry((0,), 1.0, 2.0)
    return Report(
        "wrong",
        {EVIL: a_block("wrong", EVIL, note=EVIL, worst=(entry,), kinks=2)},
        (Mistake("scale", Where(EVIL, EVIL, 3, EVIL, EVIL), 2.0, EVIL, Formula(EVIL, f"{EVIL}```")),),
        method=EVIL,
        coverage=(1, 2),
        first_wrong=EVIL,
        last_right=EVIL,
        parting=Where(EVIL, EVIL, 3, EVIL, EVIL),
        notes=(EVIL,),
    )


def an_odd_report():
    """Nothing is finite, or there at all."""
    worst = (Entry((), NAN, INF, NAN, INF), Entry((0,), 1.0, 0.0), Entry((1,), INF, -INF, None, None))
    blocks = {
        "s": BlockReport("s", (), (), "wrong", INF, NAN, -INF, NAN, worst),
        "none": BlockReport("none", (0,), (3, 2), "shapes do not match"),
        "": BlockReport("", (1,), (1,), "wrong", NAN, note=" "),
    }
    return Report(
        "shapes do not match",
        blocks,
        (Mistake("a_kind_that_is_new", Where()), Mistake("scale", Where("s"), INF)),
        loss=NAN,
        measured_error=INF,
        coverage=(0, 6),
        first_wrong="unknown",
        last_right="",
        parting=Where(),
    )


REPORTS = {
    "wrong": a_wrong_report(),
    "evil": an_evil_report(),
    "odd": an_odd_report(),
    "empty": Report("right", {}),
    "right": Report("right", {"W": a_block("right", error=0.0)}, coverage=(1, 1), method="m"),
}


def in_a_terminal(report, width=200, **options):
    file = io.StringIO()
    console = rich.console.Console(file=file, force_terminal=True, width=width, **options)
    console.print(report)
    return file.getvalue()


def test_the_text_of_a_report():
    assert str(a_wrong_report()).splitlines() == [
        "WRONG: 1 of 2 blocks, W1, differs from the derived gradient; most likely, the derivative of an "
        "activation is left out.",
        "",
        "How sure: the derived gradient was measured by the complex step at 9 of 9 entries, and differs "
        "by at most 4e-16 of a block's largest entry. The loss is 0.25.",
        "",
        "Going back from the loss, the first wrong block is W1, after W2, which is right.",
        "Derived and hand-written gradients part ways at a1, line 14 of net.py: a1 = sigmoid(z1)",
        "",
        "block  shape   verdict  relative error    cosine  best constant  residual",
        "-----  ------  -------  --------------  --------  -------------  --------",
        "W2     (3, 1)  right             2e-16  1                   1       2e-16",
        "W1     (2, 3)  wrong             0.75   0.912346            3.9     0.4",
        "",
        "What explains it, likeliest first:",
        "  1. derivative_missing: the derivative of an activation is left out",
        "     where: a1, line 14 of net.py: a1 = sigmoid(z1)",
        "     With the derivative of `sigmoid` left out, both blocks agree to 3e-16.",
        "       derived  dz1 = da1 * a1 * (1 - a1)",
        "       by hand  dz1 = da1",
        "  2. scale: the gradient is multiplied by a constant",
        "     where: W1",
        "     dW1 is a multiple of the derived one.",
        "     The factor is 4.",
        "     Together with: sign.",
        "",
        "The worst entries of W1:",
        "index   yours  derived  measured    +/-  yours / derived",
        "------  -----  -------  --------  -----  ---------------",
        "(1, 0)      2     0.5        0.5  1e-11                4",
        "(0, 2)     -1    -0.25       -    -                    4",
        "",
        "Notes:",
        "  - The arithmetic is that of float32.",
    ]
    assert repr(a_wrong_report()).startswith("<report: wrong: 1 of 2 blocks, W1, differs")
    assert "\n" not in repr(an_evil_report())


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        ("right", "both blocks agree with the derived gradient, within 3e-08 of their largest entry."),
        ("right up to rounding", "3e-08 of their largest entry, which is what rounding does."),
        ("kink", "of their largest entry, 3 entries at a kink set apart."),
        ("not checkable", "1 of 2 blocks, W2, cannot be held against a measurement here; that is no pass."),
        ("wrong", "1 of 2 blocks, W2, differs from the derived gradient; no known mistake explains it."),
        ("shapes do not match", "1 of 2 blocks, W2, has another shape than the derived gradient."),
    ],
)
def test_every_verdict_says_why(verdict, why):
    blocks = {"W1": a_block("right", "W1", error=1e-16), "W2": a_block(verdict, "W2", error=3e-8, kinks=3)}
    report = Report(verdict, blocks)
    assert verdict in VERDICTS
    assert str(report).splitlines()[0].startswith(f"{verdict.upper()}: ")
    assert str(report).splitlines()[0].endswith(why)
    assert "At a kink, with a slope on either side and none in between, are 3 entries: 3 of W2." in str(
        report
    )


def test_a_report_is_true_unless_something_is_wrong_or_unknown():
    truth = {verdict: bool(Report(verdict, {})) for verdict in VERDICTS}
    assert [verdict for verdict in VERDICTS if truth[verdict]] == ["right", "right up to rounding", "kink"]
    assert all(Report(verdict, {}).ok == truth[verdict] == a_block(verdict).ok for verdict in VERDICTS)


def test_another_shape_is_shown_beside_the_right_one():
    block = BlockReport("W", (2, 3), (3, 2), "shapes do not match", note="yours is of shape (3, 2)")
    report = Report("shapes do not match", {"W": block}, coverage=(1, 1))
    assert "(2, 3), yours (3, 2)  shapes do not match" in str(report)
    assert "- W: yours is of shape (3, 2)" in str(report)
    assert "at the only entry." in str(report)
    sizes = BlockReport("W", (np.int64(2),), (np.int64(2),), "wrong")
    assert "(2,)" in str(Report("wrong", {"W": sizes}))


def test_of_many_blocks_the_worst_are_shown_in_their_order():
    verdicts = {f"W{i}": "wrong" if i % 10 == 5 else "right" for i in range(100)}
    report = Report("wrong", {name: a_block(verdict, name) for name, verdict in verdicts.items()})
    names = [line.split()[0] for line in str(report).splitlines() if "(2,)" in line]
    assert len(names) == 30
    assert names == sorted(names, key=[*verdicts].index)
    assert {name for name in verdicts if verdicts[name] == "wrong"} <= {*names}
    assert "And 70 more blocks, none of them worse." in str(report)
    assert "10 of 100 blocks, W5, W15, W25, W35, W45, W55 and 4 more, differ from" in str(report)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where("W1"), "W1"),
        (Where("W1", "a1", 14, "/home/me/net.py", "a1 = f(z1)"), "a1, line 14 of net.py: a1 = f(z1)"),
        (Where("W1", "", 3, "net.py", ""), "W1, line 3 of net.py"),
        (Where(line=3), "line 3"),
        (Where("W", "", 3, "<ipython-input-6-9b1f>", "W = 1"), "W, Cell In[6], line 3: W = 1"),
        (Where(), "the gradient as a whole"),
    ],
)
def test_places(where, text):
    assert str(where) == text


@pytest.mark.parametrize(
    ("yours", "derived", "ratio"),
    [
        (3.0, 2.0, 1.5),
        (0.0, 0.0, NAN),
        (-1.0, 0.0, -INF),
        (0.0, 5.0, 0.0),
        (INF, INF, NAN),
        (1e300, 1e-300, INF),
        (np.float32(1.0), np.float32(0.0), INF),
    ],
)
def test_ratios_never_raise(yours, derived, ratio):
    assert Entry((0,), yours, derived).ratio == pytest.approx(ratio, nan_ok=True)


KINDS_OF_THE_ISSUE = """
factor_twice other_operand
scale sign sum_for_mean transposed permuted bias_forgotten bias_reduction single_sample overwritten
derivative_missing derivative_twice derivative_argument derivative_of_other other_loss path_missing
shared_use_missing regularization_missing regularization_on_bias stale_weights exchanged detached
factor_missing softmax_axis softmax_elementwise
"""


def test_every_kind_of_mistake_has_its_words():
    kinds = KINDS_OF_THE_ISSUE.split()
    assert {*kinds} == {*KINDS}
    assert all(Mistake(kind, Where()).title == KINDS[kind] for kind in kinds)
    assert Mistake("brand_new", Where()).title == "brand new"


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_rendering_of_every_report(report):
    for text in (str(report), repr(report), report.to_markdown(), report._repr_html_(), report.to_html()):
        assert text.strip()
        assert "\x1b" not in text
    assert json.loads(report.to_json()) == report.to_dict()
    assert report.verdict.upper() in in_a_terminal(report)
    for width in (1, 20, 80):
        assert in_a_terminal(report, width)


def test_json_round_trip():
    data = json.loads(a_wrong_report().to_json())
    assert (data["verdict"], data["ok"], data["loss"], data["coverage"]) == ("wrong", False, 0.25, [9, 9])
    assert [*data["blocks"]] == ["W2", "W1"]
    assert data["blocks"]["W1"]["worst"][1] == {
        "index": [0, 2],
        "yours": -1.0,
        "derived": -0.25,
        "measured": None,
        "bar": None,
        "ratio": 4.0,
    }
    mistake = data["mistakes"][0]
    assert mistake["title"] == KINDS["derivative_missing"]
    assert mistake["where"]["line"] == 14
    assert mistake["formula"] == {"derived": "dz1 = da1 * a1 * (1 - a1)", "implied": "dz1 = da1"}
    assert json.loads(an_evil_report().to_json())["notes"] == [EVIL]


def test_json_of_what_json_does_not_know():
    data = json.loads(an_odd_report().to_json(indent=None))
    assert (data["loss"], data["measured_error"], data["parting"]["line"]) == ("nan", "inf", None)
    assert data["blocks"]["s"]["factor"] == "-inf"
    block = a_block("right", error=np.float32(0.5), measured=np.int64(3))
    data = json.loads(Report("right", {"W": block}, loss=np.float64(NAN)).to_json())
    assert (data["blocks"]["W"]["error"], data["blocks"]["W"]["measured"], data["loss"]) == (0.5, 3, "nan")


def test_the_keys_of_json_are_those_that_are_documented():
    data = a_wrong_report().to_dict()
    block, mistake = data["blocks"]["W1"], data["mistakes"][0]
    keys = {
        Report: [*data],
        BlockReport: [*block],
        Entry: [*block["worst"][0]],
        Mistake: [*mistake],
        Where: [*mistake["where"]],
        Formula: [*mistake["formula"]],
    }
    besides = {Report: ["ok"], BlockReport: ["ok"], Entry: ["ratio"]}
    before = {Report: ["schema"]}
    for kind, found in keys.items():
        fields = getattr(kind, "_fields", None) or kind.__dataclass_fields__
        assert found == [*before.get(kind, ()), *fields, *besides.get(kind, ())]
    assert data["schema"] == 1
    assert "`schema` is 1" in Report.to_dict.__doc__
    assert [*json.loads(a_wrong_report().to_json())] == keys[Report]


class Tags(html.parser.HTMLParser):
    """Collects elements with their attributes, texts, and what is left open."""

    EMPTY = ("br", "meta")

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs))
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    @property
    def tags(self):
        return [tag for tag, _, _ in self.elements]

    def found(self, tag):
        return [attributes for name, attributes, _ in self.elements if name == tag]


def in_a_file(tmp_path):
    """Return a report of a mistake in a file that is there."""
    path = tmp_path / "net.py"
    path.write_text("import numpy\n\ndef loss(W):\n\tz1 = X @ W\n    a1 = sigmoid(z1)\n    # <i>\n")
    where = Where("", "z1", 5, str(path), "a1 = sigmoid(z1)")
    mistake = replace(a_wrong_report().mistakes[0], where=where)
    return replace(a_wrong_report(), parting=where, mistakes=(mistake,))


def test_html_in_a_notebook():
    page = Tags(a_wrong_report()._repr_html_())
    assert page.open == []
    assert (page.tags.count("table"), page.tags.count("ol")) == (3, 1)
    assert page.tags.count("tr") == 3 + 2 + 3
    for text in ("WRONG", "W1", "0.912346", "a1, line 14 of net.py: a1 = sigmoid(z1)"):
        assert any(text in found for _, found in page.texts)


PLAIN = {"p", "b", "br", "small", "pre", "code", "span", "div", "ol", "ul", "li", "h4", "dl", "dt", "dd"}
TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "abbr", "details", "summary"}


@pytest.mark.parametrize("shown", [a_wrong_report, lambda: explain((x := Value(3.0, "x")) * x, x)])
def test_a_notebook_that_is_not_trusted_keeps_all_of_it(shown):
    page = Tags(shown()._repr_html_())
    assert set(page.tags) <= PLAIN | TABLES
    names = {name for _, attributes, _ in page.elements for name in attributes}
    assert names <= {"style", "scope", "title"}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_html_says_the_same_without_any_attribute(report):
    """GitHub takes styles and classes away: what is told by colour is told in words."""
    text = report._repr_html_()
    page, bare = Tags(text), Tags(re.sub(r"<(\w+)[^<>]*>", r"<\1>", text))
    assert "".join(data for _, data in bare.texts) == "".join(data for _, data in page.texts)
    verdicts = {block.verdict for block in report.blocks.values()}
    assert verdicts <= {data for _, data in bare.texts} | {""}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_page_is_whole_and_can_be_read_aloud(report):
    text = report.to_html()
    page = Tags(text)
    assert text.startswith("<!DOCTYPE html>")
    assert page.open == []
    assert page.found("html") == [{"lang": "en"}]
    assert page.found("meta")[0] == {"charset": "utf-8"}
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.found("meta")
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    headings = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert set(headings[1:]) <= {2}
    assert page.tags.count("caption") == page.tags.count("table")
    assert text.count('<caption class="words"><span>') == page.tags.count(
        "caption"
    )  # stays while a wide table scrolls
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.found("th"))
    regions = [each for each in page.found("div") if each.get("role") == "region"]
    assert len(regions) >= page.tags.count("table")
    assert all(each["aria-label"] and each["tabindex"] == "0" for each in regions)
    assert page.tags.count("abbr") == page.tags.count("dt") == page.tags.count("dd")
    assert all(each["title"].strip() for each in page.found("abbr"))
    assert all("open" in each for each in page.found("details"))


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_page_asks_for_nothing_and_runs_nothing(report):
    page = Tags(report.to_html())
    assert not {"script", "link", "img", "iframe", "object", "base", "form", "a"} & set(page.tags)
    names = {name for _, attributes, _ in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")} | ({"src", "href", "style"} & names)
    policy = next(each["content"] for each in page.found("meta") if "http-equiv" in each)
    (sheet,) = (data for opened, data in page.texts if "style" in opened)
    hashed = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{hashed}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"url\(|@import|https?:", sheet)
    kinds = {kind for _, attributes, _ in page.elements for kind in attributes.get("class", "").split()}
    assert all(f".{kind}" in sheet for kind in kinds)


def luminance(colour):
    """Return the relative luminance of a colour, by WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [style.DAY, style.NIGHT], ids=["day", "night"])
def test_texts_stand_out_by_night_and_by_day(colours):
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    pairs = [(text, ground) for text in ("text", "quiet") for ground in ("page", "panel")]
    for text, ground in [*pairs, ("text", "marked")]:
        assert contrast(colours[text], colours[ground]) >= 4.5
    assert all(contrast(style.BADGE, badge) >= 4.5 for badge in style.BADGES.values())
    assert "prefers-color-scheme: dark" in style.SHEET


def test_the_source_around_the_mistake_is_shown_with_its_line_marked(tmp_path):
    report = in_a_file(tmp_path)
    for text in (report.to_html(), report._repr_html_()):
        page = Tags(text)
        lines = [data.rstrip("\n") for opened, data in page.texts if "pre" in opened]
        assert lines == [
            "  2  ",
            "  3  def loss(W):",
            "  4      z1 = X @ W",
            "\N{RIGHTWARDS ARROW} 5      a1 = sigmoid(z1)",
            "  6      # <i>",
        ]
        marked = [data for opened, data in page.texts if "pre" in opened and "b" in opened]
        assert marked == ["\N{RIGHTWARDS ARROW} 5      a1 = sigmoid(z1)\n"]
        assert any(data == "The source: line 5 of net.py" for _, data in page.texts)
    (tmp_path / "net.py").write_text("a1 = another(z1)\n" * 9)
    linecache.checkcache()
    assert "<pre" not in report.to_html()  # the file is another one now


def test_formulas_stand_side_by_side():
    page = Tags(a_wrong_report().to_html())
    codes = [data for opened, data in page.texts if "td" in opened and "code" in opened]
    assert codes == ["dz1 = da1 * a1 * (1 - a1)", "dz1 = da1"]
    heads = [data for opened, data in page.texts if "th" in opened and "ol" in opened]
    assert heads == ["derived", "by hand"]
    assert [data for opened, data in page.texts if opened[-2:] == ("li", "code")] == ["sigmoid"]


def test_html_is_escaped():
    page = Tags(an_evil_report().to_html())
    assert "i" not in page.tags
    assert page.open == []
    assert sum("<b>|" in text for _, text in page.texts) > 8


def unescaped_pipes(line):
    return line.replace("\\\\", "").replace("\\|", "").count("|")


def test_markdown_tables_have_as_many_cells_as_columns():
    for report in REPORTS.values():
        tables = [line for line in report.to_markdown().splitlines() if line.startswith("|")]
        assert {unescaped_pipes(line) for line in tables} <= {7 + 1, 6 + 1}
    text = a_wrong_report().to_markdown()
    assert text.startswith("**wrong**: 1 of 2 blocks, W1, differs")
    assert "| W1 | (2, 3) | wrong | 0.75 | 0.912346 | 3.9 | 0.4 |" in text
    assert "\n1. derivative\\_missing: " in text
    assert "\n   ```\n   derived  dz1 = da1 * a1 * (1 - a1)\n   by hand  dz1 = da1\n   ```\n2. " in text


def test_markdown_is_escaped():
    text = an_evil_report().to_markdown()
    fence = "````"  # longer than the three in the formula
    assert text.count(fence) == 2
    for outside in (text.split(fence)[0], text.split(fence)[2]):
        assert "<b>" not in outside
        assert "[red]" not in outside.replace("\\[red\\]", "")
        assert not any(line.lstrip(" -").startswith("#") for line in outside.splitlines())
    assert "&lt;b&gt;\\|\\*\\_\\`\\[red\\]x\\[/red\\]" in text


def test_a_terminal_shows_colour_and_reads_no_markup():
    shown = in_a_terminal(a_wrong_report(), color_system="standard")
    assert "\x1b[1;31mWRONG\x1b[0m" in shown
    assert "[red]x[/red]" in in_a_terminal(an_evil_report(), color_system=None)
    plain = in_a_terminal(a_wrong_report(), color_system=None)
    right, wrong = (line for line in plain.splitlines() if line.startswith(("W2", "W1")))
    assert right.index("2e-16") == wrong.index("0.75")  # points below one another
    for text in ("derivative_missing", "by hand  dz1 = da1", "0.912346", "(1, 0)", "float32"):
        assert text in plain


def test_a_narrow_terminal_loses_nothing():
    name = "a_rather_long_name_of_a_block"
    report = Report("right", {name: a_block("right", name)})
    _, _, rows = in_a_terminal(report, 40, color_system=None).rpartition("─")
    assert "".join(row.partition(" ")[0] for row in rows.splitlines()) == name


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_printing_is_coloured_in_a_terminal_alone(monkeypatch, capsys):
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    report = a_wrong_report()
    terminal, file = Terminal(), io.StringIO()
    report.print(terminal)
    report.print(file)
    report.print()
    assert "\x1b[" in terminal.getvalue()
    assert file.getvalue() == capsys.readouterr().out == f"{report}\n"
    monkeypatch.setitem(sys.modules, "rich.console", None)  # as if it were not installed
    terminal = Terminal()
    report.print(terminal)
    assert terminal.getvalue() == f"{report}\n"


def test_printing_to_a_file_that_knows_few_signs():
    sigma = "\N{GREEK SMALL LETTER SIGMA}"
    report = Report("right", {sigma: a_block("right", sigma)})
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, "ascii")
    report.print(file)
    file.flush()
    assert b"\\u03c3" in raw.getvalue()
    assert str(a_wrong_report()).isascii()
    assert report.to_json().isascii()


def test_all_numbers_are_short():
    third = 1 / 3
    entry = Entry((0,), third, third, third, third)
    block = a_block("wrong", error=third, cosine=third, factor=third, residual=third, worst=(entry,))
    report = Report(
        "wrong", {"W": block}, loss=third, measured_error=third, coverage=(1, 2), first_wrong="W"
    )
    for text in (str(report), report.to_markdown(), report._repr_html_(), in_a_terminal(report)):
        assert "0.333333" in text
        assert "0.3333333" not in text


def test_eighty_columns_are_enough_for_numbers_as_they_are():
    block = a_block("wrong", "hidden_W", error=5.7e-16, cosine=0.949481, factor=-1.42484, residual=5.1e-16)
    other = a_block("right", "b1", error=0.25, cosine=1.0, factor=1.0, residual=0.5)
    shown = in_a_terminal(Report("wrong", {"hidden_W": block, "b1": other}), 80, color_system=None)
    for text in ("5.7e-16", "0.949481", "-1.42484", "5.1e-16", "relative error", "best constant"):
        assert text in shown
