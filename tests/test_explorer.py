"""Pages that step through graphs, as files: their policy, sizes, and bytes; their modules; their groups."""

import math
import os
import random
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from graphlib import TopologicalSorter
from hashlib import sha256
from zlib import decompress

import pytest
from conftest import how_many
from table import CASES, TABLE

from autograd_scratch import MLP, SGD, Value, draw, gamma
from autograd_scratch.checking.rules import points_of
from autograd_scratch.errors import DataError, DrawingError, MissingPackageError
from autograd_scratch.program.wasm import engine
from autograd_scratch.program.wasm.engine import Instance
from autograd_scratch.program.wasm.graphs import GraphModule, Operation
from autograd_scratch.program.wasm.operations import NoFormError
from tests.drawn import GRAPHS
from tests.explored import DRAWINGS, LARGE, Known, Machine, differing, graph_in, hostile
from tests.graphs import RISKY_STEPS, random_graph


def page_of(drawn):
    return drawn.explore().html


def block(page, start):
    return re.search(rf"{re.escape(start)}(.*?)</", page, re.S)[1]


@pytest.mark.parametrize("make", [DRAWINGS["xor_sample"], hostile], ids=["xor", "hostile"])
def test_the_policy_lets_in_what_is_there(make):
    page = page_of(make())
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    style = block(page, "<style>")
    scripts = decompress(b64decode(block(page, '<script type="text/plain" id="scripts">'))).decode()
    loader = block(page, "<script>")
    hashes = [
        f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for text in (loader, scripts, style)
    ]
    assert rules == {
        "default-src": "'none'",
        "script-src": f"{hashes[0]} {hashes[1]} 'wasm-unsafe-eval'",
        "style-src": hashes[2],
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert page.index("Content-Security-Policy") < page.index("<style>") < page.index("<script")
    for word in (
        "eval(",
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "fetch(",
        "import(",
        'setAttribute("style',
    ):
        assert word not in scripts + loader
    addresses = re.findall(r"https?://[^\s\"'`)]+", page + scripts)
    assert {*addresses} <= {"http://www.w3.org/2000/svg"}
    assert page.count("<script") == 3
    assert not re.search(r"\s(src|href|style|on\w+)=", page.replace("\\u003c", "<").partition("<body>")[0])


SIZES = {
    "xor_sample": (DRAWINGS["xor_sample"], 60_000),
    **{name: (make, 1_000_000) for name, make in LARGE.items()},
}


@pytest.mark.parametrize("name", SIZES)
def test_a_page_is_small(name):
    make, most = SIZES[name]
    assert len(page_of(make()).encode()) < most


WRITTEN = """
from hashlib import sha256
from tests.explored import DRAWINGS, hostile, network
for make in (DRAWINGS["xor_sample"], DRAWINGS["several_roots"], hostile, lambda: network(6, 5, 3)):
    print(sha256(make().explore().html.encode()).hexdigest())
"""


def test_a_page_has_the_same_bytes_every_time():
    found = set()
    for seed in ("0", "1", "random"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", WRITTEN], env=environment, capture_output=True, text=True, check=True
        )
        found.add(done.stdout)
    (said,) = found
    assert len({*said.split()}) == 4
    drawn = DRAWINGS["xor_sample"]()
    assert page_of(drawn) == page_of(drawn) == page_of(DRAWINGS["xor_sample"]())


def assert_runs_as(graph, known):
    """Run the module of a page from the values of leaves alone, and compare all that it gives."""
    machine = Machine(graph)
    nodes, edges = len(graph["parents"]), sum(map(len, graph["parents"]))
    given = [x if not parents else 12345.0 for x, parents in zip(known.values, graph["parents"])]
    for _ in range(2):  # and it does not matter what was there
        machine.write("values", given)
        machine.run(graph["root"])
        assert differing(machine.read("values", nodes), known.values) == []
        if not all(map(math.isfinite, [*known.values, *known.partials])):
            return  # where inf meets a number that is nearly zero, the last bits decide about nan
        assert differing(machine.read("partials", edges), known.partials) == []
        adjoints = machine.read("adjoints", nodes)
        assert differing([adjoints[i] for i in known.adjoints], [*known.adjoints.values()]) == []
        assert all(adjoints[i] == 0.0 for i in {*known.place.values()} - {*known.adjoints})


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_module_gives_what_the_engine_gives(name):
    pytest.importorskip("wasmtime")
    drawn = DRAWINGS[name]()
    graph = graph_in(page_of(drawn))
    assert graph["lacks"] == ""
    assert_runs_as(graph, Known(drawn))


@pytest.mark.parametrize("seed", range(12))
def test_modules_of_random_graphs(seed):
    pytest.importorskip("wasmtime")
    starts = [None, [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, 5e-324]][seed % 2]
    root, _ = random_graph(seed, size=30, steps=RISKY_STEPS, starts=starts)
    drawn = draw(root)
    graph = graph_in(page_of(drawn))
    assert_runs_as(graph, Known(drawn))


NO_FORM = {  # in WebAssembly, for some numbers of operands at least: such graphs cannot be dragged
    *("celu", "digamma", "exponential_gap", "floordiv", "fmod", "fsum", "gamma", "lgamma", "mod", "norm"),
    *("norm_slope", "polygamma", "remainder", "sinc", "sinc_derivative"),
}


def of_primitive(p, arity):
    """Return the module of two uses of a primitive, of which the second is derived; None without a form."""
    plain = (False,) * arity
    uses = [Operation(node, p, (*range(arity),), plain) for node in (arity, arity + 1)]
    try:
        return GraphModule(arity + 2, uses)
    except NoFormError:
        return None


@pytest.mark.parametrize(("p", "arity"), CASES)
def test_modules_of_each_primitive(p, arity):
    """The value, the partials, and the adjoints at points of the domain."""
    pytest.importorskip("wasmtime")
    module = of_primitive(p, arity)
    if module is None:
        assert p.name.partition("[")[0] in NO_FORM
        return
    instance = Instance(module.text, module.size)
    instance.whole[module.places["root"] // 4] = 8 * (arity + 1)
    for point in points_of(p, arity, how_many(5, exhaustive=40), seed=7):
        if p.name == "cross_entropy":
            point = (float(int(abs(point[0])) % (arity - 1)), *point[1:])  # a class is a whole number
        out, partials = p.linearize(*point)
        instance.write(module.places["values"], point)
        instance.run()
        assert differing(instance.read(module.places["values"], arity + 2), [*point, out, out], 1e-11) == []
        assert differing(instance.read(module.places["partials"], 2 * arity), [*partials] * 2, 1e-11) == []
        assert differing(instance.read(module.places["adjoints"], arity), [*partials], 1e-11) == []


FAR = [-800.0, -400.0, -100.0, -76.66, 100.0, 400.0, 800.0]


@pytest.mark.parametrize("name", ["sigmoid", "silu", "softplus", "tanh", "gelu_tanh", "log_sigmoid"])
def test_modules_do_not_overflow_far_out(name):
    """Of a number and its opposite, the power of one is inf; inf times 0 would be nan."""
    pytest.importorskip("wasmtime")
    module = of_primitive(TABLE[name], 1)
    instance = Instance(module.text, module.size)
    instance.whole[module.places["root"] // 4] = 16
    for x in FAR:
        out, partials = TABLE[name].linearize(x)
        instance.write(module.places["values"], [x])
        instance.run()
        assert differing(instance.read(module.places["values"], 3), [x, out, out]) == []
        assert differing(instance.read(module.places["adjoints"], 1), partials) == []


def test_without_wasmtime_that_is_told(monkeypatch):
    def missing():
        raise MissingPackageError("no wasmtime")

    monkeypatch.setattr(engine, "_wasmtime", missing)
    engine.binary.cache_clear()
    graph = graph_in(page_of(DRAWINGS["quotient"]()))
    assert (graph["module"], graph["places"]) == (None, {})
    assert graph["lacks"] == "the package wasmtime was missing when the page was written"
    with pytest.raises(
        MissingPackageError, match=r"a page that trains .* pip install wasmtime; or draw without"
    ):
        draw(MLP(2, [1], seed=0), data=[([0.0, 1.0], 1.0)], optimizer=SGD(0.1))


def test_names_in_sentences_are_on_one_line_and_turn_nothing():
    evil = "one\ntwo\u202ethree\r\x00"
    models = {f"{evil}{i}": MLP(2, [2, 1], seed=i) for i in range(2)}
    x = Value(2.0, evil)
    outputs = [model([x, 1.0]) for model in models.values()]
    graph = graph_in(page_of(draw(outputs[0] * outputs[1] + x, names={**models, f"{evil}s": outputs[0]})))
    said = [
        *graph["names"],
        *graph["equations"],
        *graph["titles"],
        *(each["title"] for each in graph["group"]),
    ]
    assert any("one two" in text for text in graph["names"])
    assert [text for text in said if not text.isprintable()] == []


def test_what_has_no_form_is_named():
    graph = graph_in(page_of(draw(gamma(Value(2.5, "x")) * 2.0)))
    assert graph["module"] is None
    assert "gamma" in graph["lacks"]


def test_a_leaf_is_a_page_too():
    graph = graph_in(page_of(draw(Value(2.0, "x"))))
    assert graph["lacks"] == "nothing was computed"


def model_graphs():
    small = [name for name in GRAPHS if name not in ("digit", "hundred_samples")]
    return {**{name: lambda name=name: draw(*GRAPHS[name]()) for name in small}, **DRAWINGS}


NESTED = model_graphs()


@pytest.mark.parametrize("name", NESTED)
def test_groups_nest_and_have_no_circles(name):
    graph = graph_in(page_of(NESTED[name]()))
    if "group" not in graph:
        pytest.skip("too large for scalars")
    groups, homes = graph["group"], graph["groups"]
    kinds = ["array", "layer", "model"]
    for i, group in enumerate(groups):
        assert group["outer"] < i
        assert group["outer"] < 0 or kinds.index(groups[group["outer"]]["kind"]) > kinds.index(
            group["kind"]
        )
        assert homes.count(i) + [other["outer"] for other in groups].count(i) > 1
    rng = random.Random(name)
    cuts = [{i for i, group in enumerate(groups) if group["kind"] in kinds[n:]} for n in range(4)]
    cuts += [{i for i in range(len(groups)) if rng.random() < 0.5} for _ in range(5)]
    for is_open in cuts:
        assert_no_circle(graph, is_open)


def assert_no_circle(graph, is_open):
    def box_of(node):
        box, group = node, graph["groups"][node]
        while group >= 0:
            if group not in is_open:
                box = ~group
            group = graph["group"][group]["outer"]
        return box

    boxes = {}
    for node, parents in enumerate(graph["parents"]):
        own = boxes.setdefault(box_of(node), set())
        own |= {box_of(parent) for parent in parents} - {box_of(node)}
    assert len([*TopologicalSorter(boxes).static_order()]) == len(boxes)


def test_parents_come_first():
    for make in DRAWINGS.values():
        graph = graph_in(page_of(make()))
        assert all(parent < node for node, parents in enumerate(graph["parents"]) for parent in parents)


def test_a_page_is_saved_as_html(tmp_path):
    drawn = DRAWINGS["polynomial"]()
    path = drawn.save(tmp_path / "graph.html")
    assert path.read_text(encoding="utf-8") == drawn.explore().html
    with pytest.raises(DrawingError, match=r"\.save\('graph\.html'\)"):
        drawn.explore().save(tmp_path / "graph.svg")
    with pytest.raises(DataError, match="not 3"):
        drawn.explore().save(3)
    assert [*tmp_path.iterdir()] == [path]
