#!/usr/bin/env bash
# casadi 3.8.2: an SX symbol turns into the float nan where plain Python asks for a number.
# Expected: float(x) of a symbol without a value raises, as it does for casadi's MX and in SymPy and JAX.
# Seen: math.exp(x), math.hypot(x, 1), numpy.array([x], dtype=float) and math.fsum take nan and go on,
# without a word. The function of x ** 2 + math.exp(x) is built and answers nan for each input; its
# gradient is no nan but 2 at 1, where 4.72 is right: who looks at gradients alone sees a wrong number
# that looks healthy.
# Instead: casadi.exp or numpy.exp, which know symbols; try a model with MX once, which refuses.
# No public issue is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check casadi==3.8.2 numpy==2.4.6

cat > program.py <<'PYTHON'
import math

import casadi
import numpy as np

x, y = casadi.SX.sym("x"), casadi.MX.sym("y")
taken = {
    "float(x)": float(x),
    "math.exp(x)": math.exp(x),
    "math.hypot(x, 1)": math.hypot(x, 1),
    "math.fsum([x, 1])": math.fsum([x, 1]),
    "np.array([x], dtype=float)": np.array([x], dtype=float).item(),
}
print(taken)
wrong, right = x**2 + math.exp(x), x**2 + casadi.exp(x)
f = casadi.Function("f", [x], [wrong, casadi.gradient(wrong, x), right, casadi.gradient(right, x)])
print("x ** 2 + exp(x) and its slope at 1, by math.exp and by casadi.exp:", f(1.0))
try:
    refused = math.exp(y) and False
except RuntimeError as error:
    refused = True
    print("MX:", str(error).splitlines()[0][:100])
if not all(type(value) is float and math.isnan(value) for value in taken.values()) or not refused:
    raise SystemExit("Not as stated: a symbol is refused, or MX is not.")
value, slope, right_value, right_slope = (float(number) for number in f(1.0))
if abs(right_value - 1 - math.e) > 1e-12 or abs(right_slope - 2 - math.e) > 1e-12:
    raise SystemExit("Not as stated: casadi.exp is not right.")
if not math.isnan(value) or slope != 2:
    raise SystemExit("Not as stated: by math.exp the value is not nan, or the slope not 2.")
PYTHON
venv/bin/python -I program.py
