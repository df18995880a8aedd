"""A sine, read by a recurrent network: what comes next, and then what comes after that.

Run it with `python demos/sine.py`: an RNN learns to go on from 20 points of a sine, and then goes on from
its own answers. The picture is sine.png; it needs Matplotlib.
"""

import sys

from matplotlib.figure import Figure

from autograd_scratch import Adam, Module, datasets, fit, nn, no_grad

LENGTH, PERIOD = 20, 25
epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 200


class Forecast(Module):
    """The next number of a sequence of rows of one number."""

    def __init__(self):
        self.rnn = nn.RNN(1, 12, seed=0)
        self.head = nn.Linear(12, 1, seed=1)

    def forward(self, x):
        output, _ = self.rnn(x)
        return self.head(output[-1])


points = [y for _, y in datasets.sine_wave(8 * PERIOD, noise=0.05, periods=8, seed=0)]
data = datasets.windows(points, LENGTH)
model = Forecast()
history = fit(
    model,
    data,
    loss="mse",
    optimizer=Adam(0.005),
    epochs=epochs,
    batch_size=15,
    seed=0,
    engine="derived",
)
print(history)

seen = points[:LENGTH]
for _ in range(3 * PERIOD):
    with no_grad():
        (following,) = model([[y] for y in seen[-LENGTH:]])
    seen.append(following.data)

figure = Figure(figsize=(9, 4), layout="constrained")
ax = figure.subplots()
ax.plot(points[: LENGTH + 3 * PERIOD], ".", label="the sine, with noise")
ax.plot(range(LENGTH, LENGTH + 3 * PERIOD), seen[LENGTH:], label="what the network goes on with")
ax.axvline(LENGTH, color="grey", linestyle=":")
ax.legend()
figure.savefig("sine.png")
print("how it goes on by itself: sine.png")
