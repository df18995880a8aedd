"""Models that are handed over: of each kind of layer one, and some of several."""

from random import Random

from autograd_scratch import MLP, Layer, Module, Neuron, Value, exp, nn, sin, where
from autograd_scratch.nn import ACTIVATIONS, Sequential


def rows_of(*shape, count=3, seed=1):
    """Return random rows of a shape, in nested lists."""
    random = Random(seed)

    def nested(sizes):
        return [nested(sizes[1:]) for _ in range(sizes[0])] if sizes else random.gauss(0.0, 1.0)

    return nested((count, *shape))


def noted(layer, rows):
    """Return a layer that has noted moments of a batch."""
    layer(rows)
    return layer


class Own(Module):
    """A model with branches, layers, and numbers of its own."""

    def __init__(self):
        self.inside = nn.Linear(2, 3, seed=1)
        self.outside = Layer(3, 1, "tanh", seed=2)
        self.scale = Value(0.5)

    def forward(self, x):
        h = self.inside(x)
        bent = [where(each > 0.1, each.exp(), self.scale * each * each) for each in h]
        return self.outside(bent) / (1.0 + sum(each.sigmoid() for each in h))


class Image(Module):
    """A model of somebody's own that takes batches of images."""

    wants_batch = True

    def __init__(self):
        self.convolution = nn.Conv2d(1, 2, 2, seed=1)
        self.last = nn.Linear(8, 2, seed=2)

    def forward(self, x):
        return self.last(nn.Flatten()(nn.functional.relu(self.convolution(x))))


class Both(Module):
    """A model of somebody's own with two answers, of which one is an array."""

    def __init__(self):
        self.table = nn.Embedding(5, 2, seed=1)
        self.layer = nn.Linear(2, 2, seed=2)

    def forward(self, words):
        rows = self.table(words)
        return self.layer(rows), (rows[0][0] - rows[1][1]).abs()


class Curve(Module):
    """A model of a number, which is in no row."""

    def __init__(self):
        self.a, self.b = Value(0.5), Value(-1.5)

    def forward(self, x):
        return self.a * x * x + self.b * sin(x)


class Attending(Module):
    """A model of a row of words, with attention among them, that keeps what it looks at."""

    def __init__(self):
        self.words, self.places = nn.Embedding(5, 4, seed=1), nn.Embedding(3, 4, seed=2)
        self.norm, self.attention = nn.RMSNorm(4), nn.MultiheadAttention(4, 2, seed=3)

    def forward(self, words):
        x = self.norm(self.words(words) + self.places(range(3)))
        y, self.looks = self.attention(x, x, x, is_causal=True)
        return x + y


class Named(nn.Linear):
    """A Linear by another name."""


class Shared(Module):
    """A model whose scale is no layer's."""

    def __init__(self):
        self.table = nn.Parameter([[1.0, -2.0], [0.5, 3.0]])

    def forward(self, x):
        return [self.table[0, i] * sin(z) + self.table[1, i] for i, z in enumerate(x)]


def twice():
    """Return a model with one layer in two places."""
    layer = nn.Linear(2, 2, seed=1)
    return Sequential(layer, nn.Tanh(), layer)


ONE = {  # layer by layer: what makes a model, and rows for it unless it tells their size
    "Linear": (lambda: nn.Linear(3, 2, seed=1), None),
    "Linear without bias": (lambda: nn.Linear(3, 2, bias=False, seed=1), None),
    "Linear in rows": (lambda: nn.Linear(3, 2, seed=1), rows_of(4, 3)),
    "Linear of one": (lambda: nn.Linear(1, 2, seed=1), [0.5, -1.0, 2.0]),
    "a Linear by another name": (lambda: Named(2, 2, seed=1), None),
    "Neuron": (lambda: Neuron(3, "tanh", seed=1), None),
    "Layer": (lambda: Layer(3, 2, "sigmoid", seed=1), None),
    **{f"MLP with {name}": (lambda name=name: MLP(2, [4, 2], name, seed=1), None) for name in ACTIVATIONS},
    "MLP with an own function": (lambda: MLP(2, [3, 1], lambda z: z * z.sigmoid() + 1.0, seed=1), None),
    "MLP of whole numbers": (lambda: MLP(2, [3, 1], "tanh", seed=1), [[0, 0], [0, 1], [1, 1]]),
    **{
        f"{kind.__name__} {options}": (
            lambda kind=kind, options=options: kind(2, 4, **options, seed=1),
            rows_of(2, *([5] if "1d" in kind.__name__ else [5, 6])),
        )
        for kind in (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)
        for options in (
            {"kernel_size": 2},
            {"kernel_size": 3, "stride": 2, "padding": 1, "groups": 2, "bias": False},
            {"kernel_size": 2, "dilation": 2},
        )
    },
    **{
        f"Conv2d {options}": (
            lambda options=options: nn.Conv2d(1, 2, 3, **options, seed=1),
            rows_of(1, 4, 5),
        )
        for options in ({"padding": "same"}, {"padding": (1, 2), "padding_mode": "reflect"})
    },
    "ConvTranspose2d with more": (
        lambda: nn.ConvTranspose2d(2, 2, 3, stride=2, output_padding=1, seed=1),
        rows_of(2, 3, 3),
    ),
    **{
        f"{name} {arguments}": (
            lambda name=name, arguments=arguments: getattr(nn, name)(*arguments),
            rows_of(2, *([7] if "1d" in name else [7, 5])),
        )
        for name, arguments in (
            ("MaxPool1d", (3,)),
            ("MaxPool1d", (3, 2, 1, 1, False, True)),
            ("MaxPool2d", (2,)),
            ("MaxPool2d", (2, 1, 1, 2)),
            ("AvgPool1d", (3, 2, 1)),
            ("AvgPool1d", (3, 2, 1, True, False)),
            ("AvgPool2d", (2, 2, 1, True)),
            ("AvgPool2d", (2, 2, 0, False, True, 3)),
            ("LPPool1d", (2, 2)),
            ("LPPool2d", (4.0, 2)),
            ("AdaptiveAvgPool1d", (3,)),
            ("AdaptiveAvgPool2d", ((3, None),)),
            ("AdaptiveMaxPool1d", (3,)),
            ("AdaptiveMaxPool2d", (2,)),
            ("Unfold", (2,)),
            ("ZeroPad1d", ((1, 2),)),
            ("ZeroPad2d", ((1, 0, 2, 1),)),
            ("InstanceNorm1d", (2,)),
            ("InstanceNorm2d", (2, 1e-5, 0.1, True)),
        )
        if not (name == "Unfold" and arguments == ())
    },
    "BatchNorm1d": (lambda: noted(nn.BatchNorm1d(2), rows_of(2, seed=2)), rows_of(2)),
    "BatchNorm2d": (lambda: noted(nn.BatchNorm2d(2), rows_of(2, 2, 3, seed=2)), rows_of(2, 2, 3)),
    "InstanceNorm1d with running moments": (
        lambda: noted(nn.InstanceNorm1d(2, track_running_stats=True), rows_of(2, 4, seed=2)),
        rows_of(2, 4),
    ),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), rows_of(4, 3)),
    "LayerNorm": (lambda: nn.LayerNorm(4), None),
    "LayerNorm of two axes": (lambda: nn.LayerNorm((2, 3), bias=False), None),
    "RMSNorm": (lambda: nn.RMSNorm(4), None),
    "Embedding": (lambda: nn.Embedding(4, 3, padding_idx=1, seed=1), None),
    "Embedding of words": (lambda: nn.Embedding(4, 3, seed=1), [[0, 3, 1], [2, 2, 0]]),
    "Dropout": (lambda: nn.Dropout(0.5), rows_of(3)),
    "PReLU": (lambda: nn.PReLU(), rows_of(3)),
    "PReLU of channels": (lambda: nn.PReLU(2), rows_of(2, 3)),
    "Softmax of a row": (lambda: nn.Softmax(dim=0), rows_of(3)),
    "Softmax of a batch": (lambda: nn.Softmax(dim=1), rows_of(3, 2)),
    "LogSoftmax": (lambda: nn.LogSoftmax(), rows_of(3)),
    "Flatten": (lambda: nn.Flatten(), rows_of(3, 2)),
    "Flatten of a row": (lambda: nn.Flatten(start_dim=0), rows_of(3, 2)),
    "Softplus": (lambda: nn.Softplus(2.0, 1.0), rows_of(3)),
    "GELU by tanh": (lambda: nn.GELU("tanh"), rows_of(3)),
    "RNN": (lambda: nn.RNN(2, 3, seed=1), None),
    "RNN with relu": (lambda: nn.RNN(2, 3, nonlinearity="relu", bias=False, seed=1), None),
    "LSTM": (lambda: nn.LSTM(2, 3, num_layers=2, bidirectional=True, seed=1), None),
    "LSTM with batch_first": (lambda: nn.LSTM(2, 3, batch_first=True, seed=1), None),
    "LSTM with a projection": (lambda: nn.LSTM(2, 3, proj_size=2, bidirectional=True, seed=1), None),
    "GRU": (lambda: nn.GRU(2, 3, bidirectional=True, seed=1), None),
    "GRU with batch_first": (lambda: nn.GRU(2, 3, num_layers=2, batch_first=True, seed=1), None),
    "RNNCell": (lambda: nn.RNNCell(2, 3, seed=1), None),
    "LSTMCell": (lambda: nn.LSTMCell(2, 3, seed=1), None),
    "GRUCell": (lambda: nn.GRUCell(2, 3, bias=False, seed=1), None),
    "MultiheadAttention": (lambda: nn.MultiheadAttention(4, 2, seed=1), None),
    "MultiheadAttention of widths": (
        lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=5, bias=False, batch_first=True, seed=1),
        None,
    ),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(4, 2, 6, seed=1), None),
    "TransformerEncoderLayer first": (
        lambda: nn.TransformerEncoderLayer(
            4, 2, 6, activation="gelu", batch_first=True, norm_first=True, seed=1
        ),
        None,
    ),
}
SEVERAL = {
    "Sequential": (
        lambda: Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Dropout(), nn.Linear(3, 1)).reset_parameters(
            seed=1
        ),
        None,
    ),
    "Residual": (
        lambda: Sequential(nn.Residual(nn.Linear(2, 2), nn.SiLU()), nn.Linear(2, 1)).reset_parameters(
            seed=1
        ),
        None,
    ),
    "names of parts": (
        lambda: Sequential({"first": nn.Linear(2, 2, seed=1), "then": Sequential(nn.ReLU())}),
        None,
    ),
    "an image": (
        lambda: Sequential(
            nn.Conv2d(1, 2, 3, padding=1),
            nn.BatchNorm2d(2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(8, 3),
            nn.LogSoftmax(-1),
        ).reset_parameters(seed=1),
        rows_of(1, 4, 4),
    ),
    "a layer twice": (twice, None),
    "an MLP among layers": (lambda: Sequential(MLP(2, [3, 1], seed=1), nn.Sigmoid()), None),
    "words": (
        lambda: Sequential(
            nn.Embedding(5, 4, seed=1), nn.TransformerEncoderLayer(4, 2, 3, seed=2), nn.Linear(4, 5, seed=3)
        ),
        [[0, 1, 4], [2, 2, 3], [1, 0, 0]],
    ),
}
OWN = {  # with a forward, or a function, of somebody's own: handed over by their equations
    "an own model": (Own, rows_of(2)),
    "an own model of images": (Image, rows_of(1, 3, 3)),
    "an own model of words": (Both, [[0, 1], [4, 2], [3, 3]]),
    "an own model of attention": (Attending, [[0, 1, 4], [2, 2, 3]]),
    "an own array": (Shared, rows_of(2)),
    "an own model of numbers": (Curve, [0.5, -1.0, 2.0]),
    "an own model among layers": (lambda: Sequential(nn.Linear(3, 2, seed=1), Own(), nn.Tanh()), None),
    "the last of a sequence": (
        lambda: Sequential(nn.GRU(2, 3, seed=1), lambda pair: pair[0][-1], nn.Linear(3, 1, seed=2)),
        None,
    ),
    "the last of sequences": (
        lambda: Sequential(
            nn.LSTM(2, 3, batch_first=True, seed=1),
            lambda pair: [row[-1] for row in pair[0]],
            nn.Linear(3, 1, seed=2),
        ),
        None,
    ),
    "softmax by hand": (
        lambda: Sequential(
            nn.Linear(2, 3, seed=1), nn.functional.log_softmax, lambda x: [exp(z) for z in x]
        ),
        None,
    ),
}
