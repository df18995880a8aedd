#!/usr/bin/env bash
# joblib 1.6.0 with its default processes: random.random, numpy.random.normal or rng.normal, handed over
# as the function to call, return the same number in every call.
# Expected: four calls, four numbers; no seed was set, and a second call in one worker would not repeat
# the first.
# Seen: one number, four times, and the parent draws it next: these functions are methods of a generator,
# and pickle packs its whole state with each of them. So it is with whatever pickles a function, as
# concurrent.futures.ProcessPoolExecutor does; not with backend="threading".
# Instead: send a function of your own that makes its generator from a seed, and hand each call its seed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check joblib==1.6.0 numpy==2.4.6

cat > program.py <<'PYTHON'
import random

import numpy as np
from joblib import Parallel, delayed


def own(seed):
    return np.random.default_rng(seed).normal()


if __name__ == "__main__":
    generator = np.random.default_rng()
    draws = {"random.random": random.random, "np.random.normal": np.random.normal, "rng.normal": generator.normal}
    for name, draw in draws.items():
        numbers = Parallel(n_jobs=2)(delayed(draw)() for _ in range(4))
        following = draw()
        print(f"{name}: {numbers}, and then here {following}")
        if {*numbers} != {following}:
            raise SystemExit(f"Not as stated: {name} gives several numbers.")
    threads = Parallel(n_jobs=2, backend="threading")(delayed(random.random)() for _ in range(4))
    seeded = Parallel(n_jobs=2)(delayed(own)(seed) for seed in range(4))
    print("in threads:", threads)
    print("from seeds:", seeded)
    if len({*threads}) < 4 or len({*seeded}) < 4:
        raise SystemExit("Not as stated: in threads or from seeds the numbers repeat as well.")
PYTHON
venv/bin/python -I program.py
