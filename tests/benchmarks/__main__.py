"""Print the tables: all, or those of the sections that are named."""

import argparse
import os
import sys
import time

from .former import Former
from .peers import ONE_THREAD
from .report import machine
from .sections import SECTIONS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument(
        "--former", metavar="PATH", help="a checkout of the build before, measured beside this one"
    )
    given = parser.parse_args()
    chosen = given.sections or list(SECTIONS)
    unknown = sorted(set(chosen) - set(SECTIONS))
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    assert "numpy" not in sys.modules, "NumPy reads the number of its threads when it is imported"
    os.environ.update(ONE_THREAD)
    start = time.perf_counter()
    print(f"{machine()}, one thread for linear algebra.")
    print("Medians, and the middle half of the rounds; ratios are peer / ours.\n")
    former = Former(given.former) if given.former else None
    try:
        missing = [name for section in chosen for name in SECTIONS[section](former)]
    finally:
        if former:
            former.close()
    if missing:
        print(f"Not measured, because not there: {', '.join(dict.fromkeys(missing))}.")
    print(f"This took {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main()
