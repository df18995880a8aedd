"""The XOR network: its backprop is derived, not written by hand.

Run it with `python demos/xor.py`; it draws the graph of one sample into xor.svg.
"""

from autograd_scratch import MLP, SGD, Value, draw, fit, mse, no_grad
from autograd_scratch.datasets import XOR

inputs, targets = zip(*XOR)

# Two inputs, four hidden sigmoids, one sigmoid output: 17 parameters.
model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=0)
print(model)


def loss_of_all() -> Value:
    """The mean squared error over the four samples: one graph."""
    return mse([model(x) for x in inputs], targets)


# One call derives all 17 gradients. Moving a weight a little up and down says the same.
loss = loss_of_all()
loss.backward()
print(f"\nbefore training: loss {loss:.6f}")
for name, weight in list(model.named_parameters())[:3]:
    here, step = weight.data, 1e-5
    with no_grad():
        weight.data = here + step
        above = loss_of_all().data
        weight.data = here - step
        below = loss_of_all().data
    weight.data = here
    print(f"  d loss / d {name}: {weight.grad:+.9f} derived, {(above - below) / (2 * step):+.9f} measured")

# Gradient descent on that graph, 2,000 times.
history = fit(model, XOR, loss="mse", optimizer=SGD(5.0), epochs=2_000)
print("\ntraining:")
for epoch in (0, 10, 100, 1_000, 1_999):
    print(f"  epoch {epoch:5,}: loss {history.losses[epoch]:.6f}")
for x, y in XOR:
    print(f"  {x[0]:.0f} xor {x[1]:.0f} = {model(x):.4f}, should be {y:.0f}")
learnt = all(abs(model(x).data - y) < 0.1 for x, y in XOR)
print("XOR is learnt." if learnt else "XOR is not learnt.")

# One sample's graph, with values, gradients and local derivatives.
model.zero_grad()
prediction = model([Value(1.0, "x1"), Value(0.0, "x2")])
loss = mse(prediction, Value(1.0, "y"))
loss.backward()
print(f"\nits graph: {draw(loss, names=locals()).save('xor.svg')}")
