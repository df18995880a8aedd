"""The plan of the house: arrows of import point to lower floors only, and nothing goes in circles."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import autograd_scratch

PACKAGE = Path(autograd_scratch.__file__).parent
HOUSE = (  # from the ground floor up
    ("edges", "errors"),
    ("signatures", "tab"),
    ("elsewhere",),
    (
        "collector",
        "files",
        "freeing",
        "graph",
        "ieee",
        "modes",
        "sparklines",
        "tabular",
        "watching",
        "wording",
    ),
    ("fragments", "latex", "machine_code", "primitives", "seeds"),
    ("anomalies", "namesakes", "refusals", "rows"),
    ("adjoints", "guards", "node"),
    ("scalar",),
    ("aliases",),
    ("comparisons",),
    ("single",),
    ("value",),
    ("arrays",),
    ("transforms",),
    ("nn", "datasets", "replicas"),
    ("formulas", "optim", "stepping", "weights"),
    ("ledger", "program"),
    ("plotting",),
    ("training", "checking"),
    ("handover", "linting"),
    ("drawing",),
    ("xor",),
    ("xor_report",),
    ("cli",),
    ("__main__",),
)
FLOORS = {room: floor for floor, rooms in enumerate(HOUSE) for room in rooms}
FILES = sorted(PACKAGE.rglob("*.py"))


def dotted(path):
    """Return the name of a file inside the package: `nn.dense`, and `nn` for its __init__."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def is_for_types(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "_typing.TYPE_CHECKING"


def imports(path):
    """Yield each import of a file: the module's name inside the package or outside, and how deep."""
    tree = ast.parse(path.read_text())
    nested = {
        id(inner)
        for outer in ast.walk(tree)
        if isinstance(outer, (ast.FunctionDef, ast.If)) and not is_for_types(outer)
        for inner in ast.walk(outer)
    }
    here = (PACKAGE.name, *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in nested) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            if node.module is None:  # from . import graph
                yield from ((f"{module}.{alias.name}", id(node) in nested) for alias in node.names)
            else:
                yield module, id(node) in nested


def inside(path):
    prefix = PACKAGE.name + "."
    return [name.removeprefix(prefix) for name, _ in imports(path) if name.startswith(prefix)]


def test_imports_go_down():
    for path in FILES:
        room = dotted(path).partition(".")[0]
        for imported in inside(path) if room != "__init__" else ():  # which hands the public names on
            other = imported.partition(".")[0]
            assert other == room or FLOORS[other] < FLOORS[room], f"{dotted(path)} imports {imported}"


def test_every_room_has_its_floor():
    assert {dotted(path).partition(".")[0] for path in FILES} == {*FLOORS, "__init__"}


def test_there_is_no_circle():
    files = {dotted(path) for path in FILES}
    graph = {dotted(path): {name for name in inside(path) if name in files} for path in FILES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(files)


def test_other_packages_are_imported_where_they_are_used():
    for path in FILES:
        for name, nested in imports(path):
            package = name.partition(".")[0]
            if package != PACKAGE.name and package not in sys.stdlib_module_names:
                assert nested, f"{dotted(path)} imports {package} at its top"
            if package == PACKAGE.name:
                assert not nested, f"{dotted(path)} imports {name} inside a function"


def test_a_room_answers_one_question_in_few_lines():
    for path in FILES:
        text = path.read_text()
        assert text.startswith('"""'), path
        assert len(text.splitlines()) <= 320, path


def test_no_room_is_named_like_a_public_function():
    rooms = {name for name in FLOORS if not name.startswith("_")}
    assert rooms.isdisjoint(set(autograd_scratch.__all__))


def modules_after(statement):
    """Return the top-level modules that a fresh Python has loaded after `statement`."""
    program = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_importing_the_package_needs_the_standard_library_alone():
    loaded = modules_after("import autograd_scratch") - modules_after("pass")
    assert loaded <= {*sys.stdlib_module_names, "autograd_scratch"}


def test_what_is_imported_later_is_what_types_are_told():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    (block,) = filter(is_for_types, tree.body)
    told = dict.fromkeys(autograd_scratch._LATER, ())
    for node in block.body:
        if node.module:
            told[node.module] = tuple(alias.name for alias in node.names)
    assert told == autograd_scratch._LATER


def test_rooms_that_few_programs_need_are_imported_when_they_are_asked_for():
    later = {f"autograd_scratch.{room}" for room in autograd_scratch._LATER}
    program = "import sys, autograd_scratch as ag; {}; print(*sys.modules)"

    def loaded(asked):
        run = subprocess.run(
            [sys.executable, "-c", program.format(asked)], capture_output=True, check=True, text=True
        )
        return later & {*run.stdout.split()}

    assert loaded("ag.Value, ag.MLP, ag.fit, dir(ag)") == set()
    assert loaded("from autograd_scratch import *") == later - {"autograd_scratch.datasets"}
    for room in autograd_scratch._LATER:
        assert f"autograd_scratch.{room}" in loaded(f"ag.{room}")


def test_rooms_that_threads_ask_for_at_once_are_imported_whole():
    program = (
        "from concurrent.futures import ThreadPoolExecutor as Threads; from functools import partial; "
        "import autograd_scratch as ag; names = [*ag._LATER, *ag.__all__]; "
        "print({*names} == {name for name, _ in zip(names, Threads(16).map(partial(getattr, ag), names))})"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("True", "")


def test_public_names_are_documented():
    for name in autograd_scratch.__all__:
        assert getattr(autograd_scratch, name).__doc__, name
