"""Recurrent networks over sequences, with PyTorch's arguments, layouts and states: `RNN`, `LSTM`, `GRU`.

A sequence is (L, input_size), L inputs in the order of time, or a batch of N: (L, N, input_size), and with
`batch_first` (N, L, input_size), which is how `fit` then calls a model. The answer is a pair: what the last
layer gives at all times, arranged as the input is, and the state of each layer at the end of its sequence.

    >>> model = RNN(1, 1)
    >>> model.weight_ih_l0, model.weight_hh_l0 = [[1.0]], [[0.0]]
    >>> model.bias_ih_l0, model.bias_hh_l0 = [0.0], [0.0]
    >>> output, h = model([[0.0], [1.0]])
    >>> [[round(y.data, 4) for y in row] for row in output], [[round(y.data, 4) for y in row] for row in h]
    ([[0.0], [0.7616]], [[0.7616]])

With `num_layers` the output of one layer is the input of the next, in training with entries left out as by
`Dropout(dropout)`. With `bidirectional` a second network goes through the sequence from its end, and the
outputs of both stand side by side. A state is (directions num_layers, hidden_size), and for a batch
(directions num_layers, N, hidden_size): of each layer first the one direction, then the other. Without one
all begin with zeros. Weights are called as in PyTorch: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`,
`bias_hh_l0` of the first layer, `weight_ih_l0_reverse` of its way back. All are drawn uniformly from
±1 / sqrt(hidden_size).
"""

from random import Random
from typing import Any

from ..errors import ShapeError, look_up
from ..primitives.arguments import is_row
from ..seeds import Seed
from ..value import dot_rows
from .chance import Draws
from .recurrence import Recurrent
from .shapes import Shape, as_lists, like, nested
from .sizes import flag, share, size
from .steps import GRU as OF_GRU
from .steps import LSTM as OF_LSTM
from .steps import RNNS, Row, State, Weights

Batch = list[Row]  # a row for each sample


class Layers(Recurrent):
    """Layers of steps of some kind, in one direction or both."""

    proj_size = 0

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        seed: Seed = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias)
        name = type(self).__name__
        self.num_layers = size(num_layers, f"num_layers of {name}")
        self.batch_first = flag(batch_first, f"batch_first of {name}")
        self.bidirectional = flag(bidirectional, f"bidirectional of {name}")
        self.dropout = share(dropout, f"dropout of {name}")
        self.has_modes = self.dropout > 0.0
        outputs = self.proj_size or self.hidden_size
        inputs = [self.input_size] + [outputs * (1 + bidirectional)] * (num_layers - 1)
        self._suffixes = [
            [f"_l{layer}", f"_l{layer}_reverse"][: 1 + bidirectional] for layer in range(num_layers)
        ]
        for suffixes, own in zip(self._suffixes, inputs):
            for suffix in suffixes:
                self.add_weights(own, outputs, suffix)
        self.reset_parameters(seed)
        self._draws = Draws(seed)

    def draw(self, random: Random) -> None:
        super().draw(random)
        self._draws = Draws(random)

    def forward(self, x: Any, hx: Any = None) -> Any:
        """Return the outputs at all times, and the states at the end: h, or (h, c)."""
        rows, shape = self._sequences(x)
        is_batch = len(shape) == 3
        is_turned = is_batch and self.batch_first
        times = _turned(rows) if is_turned else rows if is_batch else [[row] for row in rows]
        states = self._begin(hx, len(times[0]), is_batch)
        ends: list[list[State]] = []
        for suffixes in self._suffixes:
            if ends and self.training and self.dropout:
                times = self._thinned(times, is_batch)
            ways = []
            for suffix, order in zip(suffixes, (1, -1)):
                outputs, end = self._through(self.weights(suffix), times[::order], states[len(ends)])
                ways.append(outputs[::order])
                ends.append(end)
            times = ways[0] if len(ways) == 1 else _side_by_side(*ways)
        last = [[[*rows] for rows in zip(*end)] for end in ends]
        if not is_batch:
            times, last = [row for (row,) in times], [[row for (row,) in each] for each in last]
        parts = tuple(like(x, part) for part in _turned(last))
        return like(x, _turned(times) if is_turned else times), parts if len(parts) > 1 else parts[0]

    def _through(self, weights: Weights, times: list[Batch], states: list[State]) -> Any:
        """Return the outputs at all times, in one direction through a layer, and the states at the end."""
        step = self.kind.step
        outputs = []
        for given in [[dot_rows(weights.inputs, x) for x in batch] for batch in times]:
            states = [step(weights, own, *state) for own, state in zip(given, states)]
            outputs.append([state[0] for state in states])
        return outputs, states

    def _thinned(self, times: list[Batch], is_batch: bool) -> list[Batch]:
        """Return the outputs of a layer with entries left out, each with the probability `dropout`."""
        shape = (len(times[0]), len(times), len(times[0][0]))
        masks = nested(self._draws.masks(self.dropout, shape[not is_batch :], self.told), shape)
        return [
            [[x * kept for x, kept in zip(row, mask)] for row, mask in zip(batch, own)]
            for batch, own in zip(times, _turned(masks))
        ]

    def _sequences(self, x: Any) -> tuple[Any, Shape]:
        """Return an input as nested lists, with its shape."""
        what = f"the input of {type(self).__name__}"
        try:
            rows, shape = as_lists(x, what)
        except ShapeError as fault:
            lengths = [len(each) for each in x if is_row(each)] if is_row(x) else []
            if len({*lengths}) < 2:
                raise
            raise ShapeError(
                f"{what} has sequences of several lengths, as {lengths[0]} and "
                f"{next(each for each in lengths if each != lengths[0])}: fill them up with zeros to one "
                "length, or call it with each by itself"
            ) from fault
        if len(shape) not in (2, 3) or 0 in shape or shape[-1] != self.input_size:
            raise self.misfit(shape)
        return rows, shape

    def _begin(self, hx: Any, samples: int, is_batch: bool) -> list[list[State]]:
        """Return for each layer and direction the states at its start, one for each sample."""
        count = sum(map(len, self._suffixes))
        batch = (samples,) if is_batch else ()
        widths = (self.proj_size or self.hidden_size, self.hidden_size)[: self.kind.states]
        parts = self.states(hx, tuple((count, *batch, width) for width in widths))
        if not is_batch:
            parts = [[[row] for row in part] for part in parts]
        return [[*zip(*own)] for own in zip(*parts)]

    def flatten_parameters(self) -> None:
        """Do nothing: PyTorch lays the weights out anew."""

    def expects(self) -> str:
        sequence = f"(L, {self.input_size})"
        batch = f"(N, L, {self.input_size})" if self.batch_first else f"(L, N, {self.input_size})"
        return f"a sequence {sequence}, or a batch {batch} of them"

    def signature(self) -> str:
        usual = {"num_layers": 1, "bias": True}  # else 0, or False
        names = ("proj_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional")
        told = {name: getattr(self, name) for name in names}
        options = "".join(f", {name}={x}" for name, x in told.items() if x != usual.get(name, 0))
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size}{options})"


class RNN(Layers):
    """Elman's network: h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of it, at each time.

    Shapes, states and the names of weights are told in `autograd_scratch.nn.recurrent`. J. Elman, "Finding
    Structure in Time", 1990.

    >>> output, h = RNN(1, 2, seed=0)([[0.5], [1.0], [-0.5]])
    >>> len(output), len(output[0]), output[-1] == h[0]
    (3, 2, True)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        seed: Seed = None,
    ) -> None:
        self.kind = look_up(nonlinearity, RNNS, "nonlinearity of RNN")
        self.nonlinearity = nonlinearity
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, seed=seed
        )


class LSTM(Layers):
    """Long short-term memory: c' = f c + i g and h' = o tanh(c') at each time.

    The gates i, f, g, o are those of `LSTMCell`; the state is a pair, (h, c). With a `proj_size` the h' is
    that of weights `weight_hr_l0` times it, and shorter than c. S. Hochreiter, J. Schmidhuber, "Long
    Short-Term Memory", 1997; the projection is of H. Sak and others, 2014.

    >>> model = LSTM(1, 2, num_layers=2, bidirectional=True, seed=0)
    >>> model
    LSTM(1, 2, num_layers=2, bidirectional=True)
    >>> output, (h, c) = model([[0.5], [1.0], [-0.5]])
    >>> len(output), len(output[0]), len(h), len(c)
    (3, 4, 4, 4)
    """

    kind = OF_LSTM

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        *,
        seed: Seed = None,
    ) -> None:
        self.proj_size = size(proj_size, "proj_size of LSTM", 0)
        if proj_size >= size(hidden_size, "hidden_size of LSTM"):
            raise ShapeError(f"proj_size of LSTM must be less than its hidden_size, not {proj_size}")
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, seed=seed
        )


class GRU(Layers):
    """Gated recurrent units: h' = (1 - z) n + z h at each time, with the gates r, z, n of `GRUCell`.

    K. Cho and others, "Learning Phrase Representations using RNN Encoder-Decoder", 2014.

    >>> output, h = GRU(1, 2, seed=0)([[0.5], [1.0], [-0.5]])
    >>> len(output), len(output[0]), output[-1] == h[0]
    (3, 2, True)
    """

    kind = OF_GRU


def _turned(rows: Any) -> Any:
    """Exchange the first two axes."""
    return [[*column] for column in zip(*rows)]


def _side_by_side(there: list[Batch], back: list[Batch]) -> list[Batch]:
    """Join the outputs of two directions at each time and of each sample."""
    return [[[*a, *b] for a, b in zip(*batch)] for batch in zip(there, back)]
