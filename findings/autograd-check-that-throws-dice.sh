#!/usr/bin/env bash
# autograd 1.9.1 (HIPS): check_grads passes a gradient of the wrong sign, or not, by a throw of dice.
# Expected: a gradient check finds a wrong sign; and if it does not, then at least each time.
# Seen: for 1e-5 * sin(x) at 0.3 with the sign of its derivative turned, 31 of 200 seeds of numpy.random
# pass. The derivative is held against a difference along one direction from NumPy's global generator,
# with a tolerance of 1e-6 that is absolute; short directions hide everything below it. So what ran before
# decides what a test says.
# Instead: scale the function so that its gradient is near 1 before checking, and seed NumPy in the test.
# No public issue is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check autograd==1.9.1 numpy==2.4.6

cat > program.py <<'PYTHON'
import numpy as np
from autograd.extend import defvjp, primitive
from autograd.test_util import check_grads


def wrong(scale):
    @primitive
    def sine(x):
        return scale * np.sin(x)

    defvjp(sine, lambda out, x: lambda g: -g * scale * np.cos(x))  # the minus is the mistake
    return sine


def passes(function):
    count = 0
    for seed in range(200):
        np.random.seed(seed)
        try:
            check_grads(function, modes=["rev"], order=1)(0.3)
        except AssertionError:
            continue
        count += 1
    return count


small, scaled = passes(wrong(1e-5)), passes(wrong(1.0))
print(f"1e-5 * sin with the wrong sign passes with {small} of 200 seeds, sin with {scaled}")
if not 10 <= small <= 190 or scaled > 1:
    raise SystemExit("Not as stated: it passes always or never, or a scaled one passes, too.")
PYTHON
venv/bin/python -I program.py
