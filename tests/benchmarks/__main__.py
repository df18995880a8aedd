"""Print the tables: all, or those of the sections that are named."""

import argparse
import time
from collections.abc import Callable
from functools import partial

from . import growth, hessians, microgpt, networks, startup, tiny, xor
from .report import machine, show

SECTIONS: dict[str, Callable[[], list[str]]] = {
    "xor": partial(show, xor.WORKS),
    "moons": partial(show, networks.MOONS_WORKS),
    "digits": partial(show, networks.DIGITS_WORKS),
    "tiny": partial(show, tiny.WORKS),
    "microgpt": partial(show, microgpt.WORKS),
    "hessian": partial(show, hessians.WORKS),
    "growth": growth.show,
    "startup": startup.show,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    chosen = parser.parse_args().sections or list(SECTIONS)
    unknown = sorted(set(chosen) - set(SECTIONS))
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    start = time.perf_counter()
    print(f"{machine()}. Medians, and the middle half of the rounds; ratios are peer / ours.\n")
    missing = [name for section in chosen for name in SECTIONS[section]()]
    if missing:
        print(f"Not measured, because not there: {', '.join(dict.fromkeys(missing))}.")
    print(f"This took {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main()
