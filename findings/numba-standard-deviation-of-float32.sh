#!/usr/bin/env bash
# numba 0.68.1: std and mean of a float32 array in compiled code can be off by factors where NumPy's are
# right.
# Expected: the same digits as from NumPy, or nearly: 100,000 numbers around 10,000 with a deviation of 1.
# Seen: the deviation is 7.49, not 1.00, and the mean 9992.6, not 10000.0: numba adds one number after the
# other in float32, where NumPy adds in pairs of halves, and the mean's error goes squared into the
# deviation. The mean of 2 ** 25 ones is 0.5. Standardized columns come out wrong with no sign of it.
# Instead: x.astype(np.float64) within the compiled function, or mean and std outside of it.
# Public issues: https://github.com/numba/numba/issues/2855 and 3702, which tell of the fifth digit
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check numba==0.68.1 numpy==2.4.6

cat > program.py <<'PYTHON'
import numpy as np
from numba import njit


@njit
def moments(x):
    return x.mean(), x.std()


@njit
def moments_in_double(x):
    return moments(x.astype(np.float64))


x = np.random.default_rng(0).normal(10_000.0, 1.0, size=100_000).astype(np.float32)
ones = np.ones(2**25, np.float32)
print("NumPy:", (x.mean(), x.std()), "of ones:", ones.mean())
print("numba:", moments(x), "of ones:", moments(ones)[0])
print("numba, in float64:", moments_in_double(x))
for mean, deviation in [(x.mean(), x.std()), moments_in_double(x)]:
    if abs(mean - 10_000) > 0.02 or abs(deviation - 1) > 0.01:
        raise SystemExit("Not as stated: NumPy, or numba in float64, is wrong, too.")
if moments(x)[1] < 5 or abs(moments(x)[0] - 10_000) < 5 or moments(ones)[0] != 0.5:
    raise SystemExit("Not as stated: numba's mean and deviation of float32 are near the true ones.")
PYTHON
venv/bin/python -I program.py
