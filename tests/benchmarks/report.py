"""How measurements become Markdown, and sentences about who is faster."""

import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import floor, log, log10

from .former import Former
from .ours import OURS
from .timing import Times, Work, measure, prepared, ratio


def machine() -> str:
    """Return in a line on what is measured."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{python}, {sys.platform} {platform.machine()}, {cores}, {date.today()}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"| {' | '.join(head)} |")
    print("|---" * len(head) + "|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(flush=True)


def show(works: Iterable[Work], former: Former | None = None) -> list[str]:
    """Measure and print a table for each workload; return what was missing.

    The engines of a former build are measured beside ours.
    """
    missing = []
    for work in works:
        work = former.beside(work) if former else work
        steps, absent = prepared(work)
        missing += absent
        times = measure(steps)
        ours = [name for name in times if name.startswith(OURS)]
        print(f"### {work.title}\n")
        head = [
            "engine",
            "time (middle half)",
            *(f"/ {name.removeprefix(OURS).strip(', ')}" for name in ours),
        ]
        rows = [
            [name, str(each), *(_times(ratio(each, times[own])) for own in ours)]
            for name, each in times.items()
        ]
        table(head, rows)
        print(who_is_faster({name: times[name] for name in times if steps[name].answer}))
        if work.remark:
            print(work.remark(times))
        print(flush=True)
    return missing


def who_is_faster(times: Mapping[str, Times]) -> str:
    """Say which peers are faster than the fastest of ours."""
    ours = [name for name in times if name.startswith(OURS)]
    if not ours:
        return "Nothing of ours is here."
    fastest = min(ours, key=lambda name: times[name].middle)
    speeds = {name: ratio(times[fastest], times[name]) for name in times if name not in ours}
    winners = sorted(((speed, name) for name, speed in speeds.items() if speed > 1.0), reverse=True)
    if not winners:
        return f"Nothing here is faster than {fastest}."
    listed = "; ".join(f"{name}, {_times(speed)} times" for speed, name in winners)
    return f"Faster than {fastest}: {listed}."


def crossing(sizes: Sequence[float], ratios: Sequence[float]) -> str:
    """Say from which size on a peer is faster, its ratio peer / ours being known at some sizes."""
    faster = [ratio < 1.0 for ratio in ratios]
    if all(faster):
        return "faster at every size"
    if not any(faster):
        return f"slower up to {sizes[-1]:,}"
    first = faster.index(True)
    if first == 0 or not all(faster[first:]):
        return f"faster at {', '.join(f'{size:,}' for size, wins in zip(sizes, faster) if wins)}"
    (size, larger), (above, below) = sizes[first - 1 : first + 1], ratios[first - 1 : first + 1]
    between = size * (larger / size) ** (log(above) / log(above / below))
    return f"faster from about {round(between, 1 - floor(log10(between))):,.0f} on"


def _times(number: float) -> str:
    return f"{number:.2g}" if number < 10.0 else f"{number:,.0f}"
