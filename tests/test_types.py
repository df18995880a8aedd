"""Types, strict: those of the package, and those that people meet who check their own code."""

import re
import subprocess
import sys
from pathlib import Path

ACCEPTED = """\
import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Adam, AdamW, Value, clip_grad_norm
from autograd_scratch import abs, max, min, pow, round, sum
from autograd_scratch.optim import Optimizer

model, w = MLP(2, [1]), Value(1.0)
optimizers: list[Optimizer] = [
    SGD(0.1), SGD(0.1, model), SGD(0.1, [w], momentum=0.9), Adam(), Adam(model), Adam(lr=0.1),
    SGD(model.parameters(), lr=0.1), SGD(model, 0.1), SGD(params=model.parameters(), lr=0.1),
    AdamW((p for p in model.parameters()), lr=1), SGD(w, lr=0.1), SGD(model, 0.1, 0.9),
]
rate: float = SGD(0.1).lr
betas: tuple[float, float] = Adam().betas
norm: float = clip_grad_norm((p for p in model.parameters()), 1.0)
optimizers[0].zero_grad(set_to_none=True)
print(ag.sum([ag.Value(1.0), 2.0]), sum([1, 2]), max(1, 2, key=abs), min([], default=None))
print(round(2.5), pow(2, 10, 7), abs(-3))
"""
REFUSED = """\
from autograd_scratch import MLP, SGD
SGD("0.1", MLP(2, [1]))
from autograd_scratch import compere
"""


def test_types(tmp_path):
    (tmp_path / "accepted.py").write_text(ACCEPTED)
    (tmp_path / "refused.py").write_text(REFUSED)
    command = [sys.executable, "-m", "mypy", "autograd_scratch", tmp_path]
    root = Path(__file__).parent.parent
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    complaints = re.findall("^.*: error: .*$", run.stdout, re.M)
    assert [line for line in complaints if "refused.py:" not in line] == [], run.stdout
    for line, words in [(2, 'incompatible type "str"'), (3, 'no attribute "compere"')]:
        assert any(f"refused.py:{line}: " in each and words in each for each in complaints), run.stdout
