"""Invented names, letter by letter, by a small GPT whose backward pass is derived.

Run it with `python demos/gpt.py`, or `python demos/gpt.py 1` for one epoch alone. The architecture is that
of A. Karpathy's microgpt (2026): a letter and its position are a vector, which attention in four heads and
a network of two layers add to, each after an RMSNorm; nothing has biases. One name is a step, and each of
its letters is predicted from those before. The picture, the graph of a name's loss, is gpt.svg.
"""

import sys
from random import Random

from autograd_scratch import Adam, Module, cross_entropy, datasets, draw, fit, mean, no_grad, softmax
from autograd_scratch.nn import Embedding, Linear, MultiheadAttention, ReLU, RMSNorm, Sequential
from autograd_scratch.optim.lr_scheduler import PolynomialLR

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # a name begins and ends with the point
LONGEST = 16  # letters that the model sees
NONE = -1  # in the place of a target: behind the end of a name


class GPT(Module):
    """Logits of the next letter at each position, for letters by their numbers."""

    def __init__(self, width, heads, seed):
        self.letters = Embedding(len(LETTERS), width)
        self.positions = Embedding(LONGEST, width)
        self.norm = RMSNorm(width, eps=1e-5, elementwise_affine=False)
        self.attention = MultiheadAttention(width, heads, bias=False)
        self.network = Sequential(
            Linear(width, 4 * width, bias=False), ReLU(), Linear(4 * width, width, bias=False)
        )
        self.logits = Linear(width, len(LETTERS), bias=False)
        random = Random(seed)
        for weight in self.parameters():
            weight.data = random.gauss(0.0, 0.08)

    def forward(self, letters, cache=None):
        """Go on from the positions that are in the cache, if there are any."""
        begin = len(cache or ())
        x = self.letters(letters) + self.positions(range(begin, begin + len(letters)))
        x = self.norm(x)
        y = self.norm(x)
        looked, self.looks = self.attention(
            y, y, y, average_attn_weights=False, is_causal=True, cache=cache
        )
        x = x + looked
        x = x + self.network(self.norm(x))
        return self.logits(x)


def row(name):
    """Return the letters of a name, and for each the one after it, as rows of one length."""
    numbers = [LETTERS.index(letter) for letter in f".{name}."]
    free = LONGEST + 1 - len(numbers)
    return numbers[:-1] + [0] * free, numbers[1:] + [NONE] * free


def loss(outputs, targets):
    """The mean over names of the mean over their letters."""
    return mean([cross_entropy(*each, ignore_index=NONE) for each in zip(outputs, targets)])


def trained(model, names, epochs):
    """Train a model, one name a step, by ever smaller steps; return the history."""
    return fit(
        model,
        [row(name) for name in names],
        loss=loss,
        optimizer=Adam(0.01, betas=(0.85, 0.99)),
        schedule=PolynomialLR(total_iters=epochs * len(names)),
        schedule_per="batch",
        epochs=epochs,
        batch_size=1,
        engine="derived",
    )


def invented(model, random, temperature=0.5):
    """Return a name: letters are drawn one after the other, and what was computed of them is kept."""
    name, letter, cache = "", 0, []
    with no_grad():
        while len(cache) < LONGEST:
            (logits,) = model([letter], cache)
            shares = softmax([z / temperature for z in logits])
            (letter,) = random.choices(range(len(LETTERS)), [share.data for share in shares])
            if not letter:
                break
            name += LETTERS[letter]
    return name


def is_of_one_kind(name):
    """Say whether all vowels are bright, or all dark: so are those of the names that it learns from."""
    return {*name}.isdisjoint("ei") or {*name}.isdisjoint("aou")


def looked_at(model, name):
    """Yield for each head the letters that it looks at most, after each letter."""
    letters = f".{name}"[:LONGEST]
    with no_grad():
        model([LETTERS.index(letter) for letter in letters])
    for head in model.looks:
        numbers = [[share.data for share in row] for row in head]
        yield [letters[row.index(max(row))] for row in numbers]


def main(epochs):
    """Train a model, let it invent names, look at what it looks at, and draw the graph of a loss."""
    names = datasets.names(1_000, seed=0)
    model, random = GPT(width=16, heads=4, seed=0), Random(0)
    print(f"{len(model.parameters()):,} parameters, {epochs * len(names):,} steps")
    print(trained(model, names, epochs))

    found = [invented(model, random) for _ in range(40)]
    print("\n" + "\n".join(" ".join(f"{name:12}" for name in found[i::8]) for i in range(8)))
    print(f"\n{len({*found} - {*names})} of {len(found)} are new; {sum(map(is_of_one_kind, found))} have")
    print("bright vowels alone or dark ones alone, as all names that it has read.")

    longest = max(found, key=len)
    print(f"\nafter   {' '.join(f'.{longest}')}\nit looks most at")
    for i, letters in enumerate(looked_at(model, longest)):
        print(f"head {i}  {' '.join(letters)}")

    numbers, following = row(min(names, key=len))
    length = following.index(NONE)
    error = cross_entropy(model(numbers[:length]), following[:length])
    error.backward()
    print(f"\nthe graph of the loss of one name: {draw(error, names={'loss': error}).save('gpt.svg')}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
