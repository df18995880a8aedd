"""The XOR network: its backprop is derived, not written by hand.

Run it with `python demos/xor.py`; it draws the graph of one sample into xor.svg.
"""

from autograd_scratch import MLP, SGD, Value, draw, fit, mse
from autograd_scratch.datasets import XOR

# Two inputs, four hidden sigmoids, one sigmoid output: 17 parameters.
model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=0)
print(model)

# The loss of all four samples is one graph, and one call derives all 17 gradients.
loss = mse([model(x) for x, _ in XOR], [y for _, y in XOR])
loss.backward()
print(f"\nbefore training: loss {loss:.6f}")
for name, parameter in list(model.named_parameters())[:3]:
    print(f"  d loss / d {name} = {parameter.grad:+.6f}")

# Gradient descent on that graph, 2,000 times.
history = fit(model, XOR, loss="mse", optimizer=SGD(5.0), epochs=2_000)
print(f"\nafter training: loss {history.losses[-1]:.6f}")
for x, y in XOR:
    print(f"  {x[0]:.0f} xor {x[1]:.0f} = {model(x):.4f}, should be {y:.0f}")

# One sample's graph, with values, gradients and local derivatives.
model.zero_grad()
prediction = model([Value(1.0, "x1"), Value(0.0, "x2")])
loss = mse(prediction, Value(1.0, "y"))
loss.backward()
print(f"\nits graph: {draw(loss, names=locals()).save('xor.svg')}")
