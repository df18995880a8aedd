"""Handwritten digits of 8 x 8 pixels, read by an MLP; the images are drawn by this package.

Run it with `python demos/digits.py`: a 64-16-10 network learns from 1,000 images and is asked about 500
others. The picture, some images with what the network reads, is digits.png; it needs Matplotlib.
"""

import sys

from matplotlib.figure import Figure

from autograd_scratch import MLP, Adam, datasets, fit, no_grad

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 40

training, held_out = datasets.digits(1_000, seed=0), datasets.digits(500, seed=1)
model = MLP(64, [16, 10], "tanh", seed=0)
history = fit(
    model,
    training,
    loss="cross_entropy",
    optimizer=Adam(0.01),
    epochs=epochs,
    batch_size=32,
    seed=0,
    engine="derived",
)
print(history)


def read(image):
    """Return the digit whose output is the largest."""
    with no_grad():
        outputs = model(image)
    return max(range(10), key=lambda digit: outputs[digit].data)


answers = [read(image) for image, _ in held_out]
right = sum(answer == digit for answer, (_, digit) in zip(answers, held_out))
print(f"{right / len(held_out):.1%} of {len(held_out)} images that it has not seen are read right.")

figure = Figure(figsize=(9, 5), layout="constrained")
wrong_first = sorted(zip(held_out, answers), key=lambda each: each[0][1] == each[1])
for ax, ((image, digit), answer) in zip(figure.subplots(4, 8).flat, wrong_first):
    ax.imshow([image[row : row + 8] for row in range(0, 64, 8)], cmap="gray_r")
    ax.set_title(f"{digit}" if answer == digit else f"{digit}, read {answer}", fontsize=9)
    ax.axis("off")
figure.savefig("digits.png")
print("some of them, the wrong ones first: digits.png")
