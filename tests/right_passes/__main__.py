"""Ask `compare` about random right backward passes, and list those that it calls wrong."""

import argparse
import sys
import time
import traceback
from collections import Counter

import numpy as np

from autograd_scratch import compare

from . import cases

BAD = ("wrong", "shapes do not match", "raised")


def judged(case):
    """Return the verdict on a case, and what more there is to say if that is bad."""
    try:
        with np.errstate(all="ignore"):
            report = compare(case.loss, case.at, case.hand)
    except Exception:
        return "raised", traceback.format_exc()
    return report.verdict, str(report) if report.verdict in BAD else ""


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.right_passes", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("seed", nargs="?", type=int, default=0)
    asked = parser.parse_args()
    start = time.perf_counter()
    verdicts, groups, bad = Counter(), Counter(), []
    for case in cases(asked.count, asked.seed):
        verdict, why = judged(case)
        verdicts[verdict] += 1
        groups[verdict, f"{np.dtype(case.dtype).name} {'with' if case.kinks else 'without'} kinks"] += 1
        if verdict in BAD:
            bad.append((verdict, case, why))
    print(f"{asked.count} right backward passes of seed {asked.seed}, {time.perf_counter() - start:.0f} s")
    for verdict, times in verdicts.most_common():
        parts = [f"{group} {n}" for (found, group), n in sorted(groups.items()) if found == verdict]
        print(f"{times:6}  {verdict} ({', '.join(parts)})")
    for verdict, case, why in bad:
        print(f"\n{verdict.upper()}: {case.name}")
        if case.kinks:
            print(f"kinks: {'; '.join(case.kinks)}")
        print(why)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
