"""Handwritten digits, read by a convolutional network; what its filters look for, and where they find it.

Run it with `python demos/cnn.py`: it learns from 1,000 images of 8 x 8 pixels, which this package draws.
The pictures are cnn.png, the filters and what they make of an image, and cnn.svg, the network's layers. The
first needs Matplotlib.
"""

import sys

from matplotlib.figure import Figure

from autograd_scratch import Adam, datasets, draw, fit, nn, no_grad

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 30

training = datasets.shaped(datasets.digits(1_000, seed=0), (1, 8, 8))
held_out = datasets.shaped(datasets.digits(500, seed=1), (1, 8, 8))
model = nn.Sequential(
    nn.Conv2d(1, 8, kernel_size=3),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(8 * 3 * 3, 10),
).reset_parameters(seed=0)
print(model)
history = fit(
    model,
    training,
    loss="cross_entropy",
    optimizer=Adam(0.01),
    epochs=epochs,
    batch_size=25,
    seed=0,
    engine="derived",
)
print(history)

with no_grad():
    answers = model([image for image, _ in held_out]).data
read = [max(range(10), key=row.__getitem__) for row in answers]
right = sum(answer == digit for answer, (_, digit) in zip(read, held_out))
print(f"{right / len(held_out):.1%} of {len(held_out)} images that it has not seen are read right.")

image = held_out[3][0]
with no_grad():
    maps = model[1](model[0](image)).data
figure = Figure(figsize=(9, 3), layout="constrained")
axes = figure.subplots(2, 9)
axes[0, 0].imshow(image[0], cmap="gray_r")
axes[0, 0].set_title("image", fontsize=9)
axes[1, 0].axis("off")
for ax, below, kernel, found in zip(axes[0, 1:], axes[1, 1:], model[0].weight.data, maps):
    ax.imshow(kernel[0], cmap="RdBu", vmin=-1, vmax=1)
    below.imshow(found, cmap="gray_r")
for ax in axes.flat:
    ax.set_xticks([])
    ax.set_yticks([])
figure.savefig("cnn.png")
print("the filters, and what they find: cnn.png")

print(f"its layers: {draw(model, [image]).save('cnn.svg')}")
