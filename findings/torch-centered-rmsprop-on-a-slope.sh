#!/usr/bin/env bash
# torch 2.13.0: RMSprop(centered=True) takes ever longer steps where the gradient does not change.
# Expected: after its first hundred steps those of RMSprop are about lr long, here 0.01.
# Seen: for a gradient of 0.1 in float64 the steps are 0.02 after 100, 1.5 after 1,000 and 231 after
# 2,000, and the weight is nan from step 3,226 on: the square root is of the running variance of the
# gradient, which for a constant gradient goes to 0, and then below it by rounding. A loss linear in a
# weight has such a gradient.
# Instead: centered=False, the default; a larger eps shortens the steps, but the nan comes all the same.
# No public issue of torch is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat > program.py <<'PYTHON'
import torch


def steps(centered):
    weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.RMSprop([weight], lr=0.01, centered=centered)
    lengths = []
    for _ in range(4_000):
        before = weight.item()
        weight.grad = torch.full_like(weight, 0.1)
        optimizer.step()
        lengths.append(abs(weight.item() - before))
    return lengths


plain, centered = steps(False), steps(True)
for step in 1, 10, 100, 1_000, 2_000, 4_000:
    print(f"step {step}: {plain[step - 1]:.4f} long, and centered {centered[step - 1]:.4f}")
if max(plain[100:]) > 0.02:
    raise SystemExit("Not as stated: the steps of the plain one grow, too.")
if centered[1_999] < 100 or centered[-1] == centered[-1]:
    raise SystemExit("Not as stated: the steps of the centered one stay small, or do not end in nan.")
PYTHON
venv/bin/python -I program.py
