"""Pictures of layers of PyTorch's names: each module that is called is one box, with its path and kind."""

import re

import pytest

from autograd_scratch import draw, nn


class Sequence(nn.Module):
    def __init__(self, cell):
        self.rnn = cell
        self.head = nn.Linear(3, 1, seed=1)

    def forward(self, x):
        output, _ = self.rnn(x)
        return self.head(output[-1])


class Looking(nn.Module):
    def __init__(self):
        self.norm = nn.LayerNorm(4)
        self.attention = nn.MultiheadAttention(4, 2, seed=0)
        self.head = nn.Linear(4, 2, seed=0)

    def forward(self, x):
        y = self.norm(x)
        looked, _ = self.attention(y, y, y)
        return self.head((x + looked)[-1])


IMAGE = [[[0.1 * i - 0.05 * j for i in range(6)] for j in range(6)]]
STEPS = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]
PICTURES = {
    "convolution": (
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(0), nn.Linear(8, 3)),
        IMAGE,
        {"0": "Conv2d(1, 2", "2": "MaxPool2d(", "4": "8 to 3"},
    ),
    "recurrent": (Sequence(nn.LSTM(2, 3, seed=0)), STEPS, {"rnn": "LSTM(2, 3)", "head": "3 to 1"}),
    "gated": (Sequence(nn.GRU(2, 3, seed=0)), STEPS, {"rnn": "GRU(2, 3)", "head": "3 to 1"}),
    "attention": (
        Looking(),
        [[0.1, 0.2, 0.3, -0.4], [0.5, -0.6, 0.7, 0.8]],
        {"norm": "LayerNorm((4,)", "attention": "MultiheadAttention", "head": "4 to 2"},
    ),
    "norms": (
        nn.Sequential(nn.Linear(3, 4, seed=0), nn.RMSNorm(4), nn.Tanh(), nn.Linear(4, 2, seed=1)),
        [0.1, 0.2, 0.3],
        {"0": "3 to 4", "1": "RMSNorm((4,)", "3": "4 to 2"},
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_each_layer_is_one_box(name):
    model, x, layers = PICTURES[name]
    boxes = dict(re.findall(r"^[ |`-]*([\w.]+): (.*)$", draw(model, x, depth="layers").text, re.M))
    told = {path: text for path, text in boxes.items() if path in layers}
    assert told.keys() == layers.keys()
    for path, kind in layers.items():
        assert told[path].startswith(kind[:12]), told[path]
    paths = re.findall(r"^[ |`-]*([\w.]+): ", draw(model, x, depth="layers").text, re.M)
    assert all(paths.count(path) == 1 for path in layers)
    assert not any(path.startswith(f"{layer}.") for path in paths for layer in layers)


def test_units_of_linear_layers_are_rows():
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.Tanh(), nn.Linear(3, 1, seed=1))
    text = draw(model, [0.5, -0.5], depth="layers").text
    hidden = model[1](model[0]([0.5, -0.5]))
    for i, unit in enumerate(hidden):
        assert re.search(rf"{i}  +{unit.data:.4g}\b", text)
    assert "0: 2 to 3, tanh" in text


def test_numbers_among_the_answers_of_a_layer_are_no_boxes():
    assert draw(nn.ZeroPad2d(1), [[[0.5]]]).text.splitlines()[0] == "x111: 0.5, grad 1"
