#!/usr/bin/env bash
# torch 2.13.0, CPU: the gradient of hardsigmoid is a number of float32, also in float64.
# Expected: 1/6 inside, to the last digits of float64, as hardsigmoid itself and hardswish have it.
# Seen: 0.1666666716337204, which is 3e-8 off: the kernel of the backward pass has 1.0f / 6.0f for its
# constant. gradcheck with its usual tolerances passes it, and with atol=1e-9 and rtol=1e-9 does not.
# Instead: torch.clamp(x + 3, 0, 6) / 6 where a gradient is compared in float64.
# No public issue of torch is known.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat > program.py <<'PYTHON'
import torch


def slope(function):
    x = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    function(x).sum().backward()
    return x.grad.item()


own = slope(torch.nn.functional.hardsigmoid)
spelled = slope(lambda x: torch.clamp(x + 3, 0, 6) / 6)
value = torch.nn.functional.hardsigmoid(torch.tensor([0.5], dtype=torch.float64)).item()
print(f"hardsigmoid(0.5) is {value!r}, its slope {own!r}, that of its formula {spelled!r}, 1/6 is {1 / 6!r}")
if abs(spelled - 1 / 6) > 1e-15 or abs(value - 3.5 / 6) > 1e-15:
    raise SystemExit("Not as stated: the formula or the value is off, too.")
if abs(own - 1 / 6) < 1e-9:
    raise SystemExit("Not as stated: the slope of hardsigmoid is exact.")
PYTHON
venv/bin/python -I program.py
