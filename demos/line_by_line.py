"""The backward pass of XOR, derived, and told line by line.

Run it with `python demos/line_by_line.py`: each line of the code that `derive` writes is run by itself, its
numbers for the four samples are printed, and what it does. line_by_line.svg has the same as a picture.
"""

import re

import numpy as np

from autograd_scratch import derive, draw

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = np.array([[0.0], [1.0], [1.0], [0.0]])
at = {
    "W1": np.array([[1.5, -1.0], [-1.0, 1.5]]),
    "b1": np.array([-0.5, -0.5]),
    "W2": np.array([[2.0], [2.0]]),
    "b2": np.array([-1.5]),
}


def sigmoid(z):
    """The activation of both layers."""
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2):
    """The mean squared error of a 2-2-1 network: a forward pass, and nothing else."""
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    return np.mean((a2 - y) ** 2)


# What a line of the backward pass does, by what stands on its right side; the first that fits is told.
KINDS = (
    (r"\.T @ ", "inputs times blame: a weight is blamed for what went through it"),
    (r"@ \w+\.T", "back through the weights: a unit is blamed for what it passed on"),
    (r"\.sum\(axis=0\)", "a bias is blamed by every sample: the sum over these"),
    (r"\(1\.0 - a\d\)", "through the sigmoid, whose slope is a (1 - a)"),
    (r"2\.0 \*", "the slope of the mean of squares: twice the error, by their number"),
)


def told(line):
    """Return what a line of the backward pass does, in words."""
    return next(text for pattern, text in KINDS if re.search(pattern, line))


program = derive(loss, wrt=[*at], inputs=at, style="textbook")
forward, _, backward = program.source.partition("    # backward\n")
names = {"np": np, "X": X, "y": y, **at}


def run(code, tells):
    """Run the lines of some code one by one, and print what each of them gives."""
    for line in re.findall(r"^    (\w+ = .*)$", code, re.M):
        exec(line, names)
        given = np.asarray(names[line.partition(" = ")[0]])
        print(f"{line:30}{'  ' + told(line) if tells else ''}".rstrip())
        print(f"    {np.array2string(given, precision=4, prefix='    ')}")


print("Forward:\n")
run(forward, tells=False)
print("\nBackward. Each d... says how the loss changes with what it is named after:\n")
run(backward, tells=True)

# The program as a whole says the same, and so does the slope that is measured at a weight.
_, (first, *_) = program(*at.values())
step = np.array([[1e-6, 0.0], [0.0, 0.0]])
measured = (loss(**{**at, "W1": at["W1"] + step}) - loss(**{**at, "W1": at["W1"] - step})) / 2e-6
print(f"\nd loss / d W1[0, 0]: {names['dW1'][0, 0]:+.9f} line by line, {first[0, 0]:+.9f} by the program,")
print(f"and {measured:+.9f} measured. In a picture: {draw(loss, at).save('line_by_line.svg')}")
