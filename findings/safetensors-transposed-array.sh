#!/usr/bin/env bash
# safetensors 0.8.0: the NumPy writer puts the entries of a transposed or column-major array elsewhere.
# Expected: what is loaded equals what was saved; 0.7.0 did so.
# Seen: W.T of [[0, 1, 2], [3, 4, 5]] comes back in the right shape as [[0, 1], [2, 3], [4, 5]]: the
# memory as it lies, and no error at saving or loading. A network of PyTorch's layout that is turned for
# NumPy is garbage.
# Instead: numpy.ascontiguousarray for each array, and load and compare at the moment of saving.
# Public issue: https://github.com/safetensors/safetensors/issues/825
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6

cat > program.py <<'PYTHON'
import numpy as np
from safetensors.numpy import load, save

weights = np.arange(6.0).reshape(2, 3)
wrong = 0
for name, array in {"W": weights, "W.T": weights.T, "column-major W": np.asfortranarray(weights)}.items():
    saved = load(save({"W": array}))["W"]
    copied = load(save({"W": np.ascontiguousarray(array)}))["W"]
    print(f"{name}: {array.tolist()} comes back as {saved.tolist()}")
    if saved.shape != array.shape or not np.array_equal(copied, array):
        raise SystemExit("Not as stated: the shape is lost, or a contiguous copy does not help.")
    wrong += not np.array_equal(saved, array)
if wrong != 2:
    raise SystemExit("Not as stated: W.T and the column-major W are saved rightly, or W is not.")
PYTHON
venv/bin/python -I program.py
