#!/usr/bin/env bash
# scipy 1.17.1: a complex step of 1e-20 gives 0 or nonsense through some of scipy.special.
# Expected: Im f(x + ih) / h is f'(x) to the last digit, as it is for erf and digamma: the method is known
# for having no step size to choose.
# Seen: expi at 1 gives 0.0 for 2.718, and gamma at -0.4 gives -45593 for -3.57; neither warns. Their
# imaginary parts carry rounding errors of the size of the whole value, which a step of 1e-20 divides by
# 1e-20.
# Instead: a step of 1e-8 is right here to seven digits; better, check each function that a complex step
# goes through against its derivative in known places.
# No public issue is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check scipy==1.17.1 numpy==2.4.6

cat > program.py <<'PYTHON'
from math import exp, pi, sqrt

from scipy.special import digamma, erf, expi, gamma, polygamma


def slope(function, x, step):
    return float(function(complex(x, step)).imag / step)


cases = {
    "erf": (erf, 0.5, 2 / sqrt(pi) * exp(-0.25)),
    "digamma": (digamma, 1.5, float(polygamma(1, 1.5))),
    "expi": (expi, 1.0, exp(1.0)),
    "gamma": (gamma, -0.4, float(gamma(-0.4) * digamma(-0.4))),
}
errors = {}
for name, (function, x, true) in cases.items():
    tiny, small = slope(function, x, 1e-20), slope(function, x, 1e-8)
    errors[name] = abs(tiny / true - 1), abs(small / true - 1)
    print(f"{name}' at {x}: true {true:.9f}, step 1e-20 {tiny:.9f}, step 1e-8 {small:.9f}")

if max(errors["erf"][0], errors["digamma"][0]) > 1e-12:
    raise SystemExit("Not as stated: erf and digamma are not exact with a step of 1e-20.")
if min(errors["expi"][0], errors["gamma"][0]) < 0.5:
    raise SystemExit("Not as stated: expi or gamma is right with a step of 1e-20.")
if max(small for _, small in errors.values()) > 1e-6:
    raise SystemExit("Not as stated: a step of 1e-8 is not right to six digits.")
PYTHON
venv/bin/python -I program.py
