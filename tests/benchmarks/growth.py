"""What depends on size: time and memory a node, and from which size on a peer is faster."""

import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

from autograd_scratch import Value, derive

from . import networks, peers
from .former import Former
from .ours import DERIVED, EAGER, OURS
from .report import crossing, table
from .timing import Step, Times, Work, measure, prepared, ratio, repeated

NODES = (100, 1_000, 10_000, 100_000, 1_000_000)
COMPILED = 100_000  # the largest graph that is derived here
POINTS = (1, 4, 16, 64, 256)
HIDDEN = (1, 4, 16, 64, 256)


def chain(x: Any, nodes: int) -> Any:
    """Return a chain of products and sums, in turn: as many nodes, each with two parents."""
    node = x
    for _ in range(nodes // 2):
        node = node * x
        node = node + x
    return node


def built(value: Callable[[float], Any], nodes: int) -> Step:
    def step() -> Any:
        x = value(0.5)
        out = chain(x, nodes)
        out.backward()
        return out.data, x.grad

    return repeated(step)


def micrograd(nodes: int) -> Step:
    if nodes >= sys.getrecursionlimit():
        raise peers.NotHereError(
            f"micrograd beyond {sys.getrecursionlimit():,} nodes in a row (it recurses)"
        )
    return built(peers.micrograd().Value, nodes)


def derived(nodes: int) -> Step:
    if nodes > COMPILED:
        raise peers.NotHereError(f"derive beyond {COMPILED:,} nodes")
    x = Value(0.5, "x")
    out = chain(x, nodes)

    def step() -> Any:
        return derive(out, wrt=[x])

    return repeated(step, lambda program: program([0.5]))


def bytes_a_node(value: Callable[[float], Any], nodes: int) -> float:
    """Return the bytes that a node takes before backward.

    Short chains are counted together: a few nodes would fit into what Python keeps in reserve.
    """
    x = value(0.5)
    chains = max(1, 20_000 // nodes)
    tracemalloc.start()
    try:
        outs = [chain(x, nodes) for _ in range(chains)]
        size = tracemalloc.get_traced_memory()[0]
        del outs
    finally:
        tracemalloc.stop()
    return size / (chains * nodes)


ENGINES: dict[str, Callable[[int], Step]] = {
    f"{EAGER}: build and backward": partial(built, Value),
    "micrograd: build and backward": micrograd,
    f"{DERIVED}: derive and compile": derived,
}


WORKS = tuple(
    Work(f"a chain of {nodes:,}", {name: partial(make, nodes) for name, make in ENGINES.items()})
    for nodes in NODES
)


def show_nodes(former: Former | None) -> list[str]:
    print("### A chain of products and sums: time and memory a node\n")
    columns, missing = [], []
    for work in WORKS:
        work = former.beside(work) if former else work
        steps, absent = prepared(work)
        missing += absent
        columns.append(measure(steps))
    names = [name for name in work.engines if any(name in times for times in columns)]
    rows = [
        [name, *(_a_node(times.get(name), nodes) for times, nodes in zip(columns, NODES))] for name in names
    ]
    values = {OURS: Value}
    try:
        values["micrograd"] = peers.micrograd().Value
    except peers.NotHereError as what:
        missing.append(str(what))
    for name, value in values.items():
        largest = NODES[-1] if value is Value else NODES[2]  # freeing what micrograd leaves takes recursion
        sizes = [f"{bytes_a_node(value, nodes):.0f}" if nodes <= largest else "" for nodes in NODES]
        rows.append([f"{name}: bytes", *sizes])
    table(["nodes", *(f"{nodes:,}" for nodes in NODES)], rows)
    return missing


def _a_node(times: Times | None, nodes: int) -> str:
    return "" if times is None else str(Times(second / nodes for second in times))


def show_crossings() -> list[str]:
    """Print how peers that work on arrays come up with ours as arrays grow."""
    slow = "micrograd", "numba"  # to run, and to compile
    moons = {name: make for name, make in networks.MOONS.items() if not any(word in name for word in slow)}
    return [
        *_show_growth("Points in a batch: an epoch of the moons network", moons, POINTS, lambda n: n),
        *_show_growth(
            "Parameters: value and gradient of one sample, MLP 64-n-10",
            networks.CLASSIFIER,
            HIDDEN,
            lambda hidden: 75 * hidden + 10,
        ),
    ]


def _show_growth(
    title: str,
    engines: dict[str, Callable[[int], Step]],
    sizes: tuple[int, ...],
    counted: Callable[[int], int],
) -> list[str]:
    print(f"### {title}\n")
    columns, missing = [], []
    for size in sizes:
        steps, absent = prepared(Work(title, {name: partial(make, size) for name, make in engines.items()}))
        missing += absent
        columns.append(measure(steps))
    counts = list(map(counted, sizes))
    names = list(columns[0])
    table(
        ["engine", *(f"{count:,}" for count in counts)],
        [[name, *(str(times[name]) for times in columns)] for name in names],
    )
    ours = [name for name in names if name.startswith(OURS)]
    for peer in names:
        if peer not in ours:
            told = (
                f"{crossing(counts, [ratio(times[peer], times[own]) for times in columns])} against {own}"
                for own in ours
            )
            print(f"- {peer}: {'; '.join(told)}.")
    print(flush=True)
    return missing


def show(former: Former | None = None) -> list[str]:
    return show_nodes(former) + show_crossings()
