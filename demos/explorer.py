"""Backprop to step through: the network of exclusive or as a page, which trains it, too.

Run it with `python demos/explorer.py`, and open explorer.html in a browser: step backwards with the keys n
and p, drag a weight, click a box for its ledger, press Play, and see how the boundary bends.
"""

from autograd_scratch import MLP, SGD, draw
from autograd_scratch.datasets import XOR

model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=42)
drawing = draw(model, data=XOR, optimizer=SGD(5.0), title="Exclusive or, learned by four neurons")
path = drawing.save("explorer.html")
print(f"the page: {path}, {path.stat().st_size:,} bytes")
