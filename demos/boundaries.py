"""Decision boundaries: how small networks divide the plane.

Run it with `python demos/boundaries.py`: four data sets, a network each, trained by derived code, and the
picture, boundaries.png. It needs Matplotlib.
"""

import sys

from matplotlib.figure import Figure

from autograd_scratch import MLP, Adam, datasets, fit, plot_boundary

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000

TWO, SEVERAL = "binary_cross_entropy_with_logits", "cross_entropy"
moons = [(x, (side + 1) / 2) for x, side in datasets.moons(100, noise=0.15, seed=0)]
DATA = {  # of each the data, the layers, and the loss
    "exclusive or": (datasets.XOR, [4, 1], TWO),
    "moons": (moons, [8, 8, 1], TWO),
    "circles": (datasets.circles(100, noise=0.1, seed=0), [8, 1], TWO),
    "three spirals": (datasets.spirals(150, arms=3, noise=0.05, seed=0), [24, 24, 3], SEVERAL),
}

figure = Figure(figsize=(10, 10), layout="constrained")
for ax, (name, (data, sizes, loss)) in zip(figure.subplots(2, 2).flat, DATA.items()):
    model = MLP(2, sizes, "tanh", seed=1)
    history = fit(model, data, loss=loss, optimizer=Adam(0.02), epochs=epochs, engine="derived")
    plot_boundary(model, data, level=0 if loss == TWO else None, ax=ax)
    ax.set_title(f"{name}: {sizes}")
    print(f"{name:14} {history}")
figure.savefig("boundaries.png")
print("the picture: boundaries.png")
