"""Cells of recurrent networks, a step of time each, in PyTorch's layouts: `RNNCell`, `LSTMCell`, `GRUCell`.

A cell takes an input and its state, of one sample or of a batch of them, and gives the next state. Without
a state it begins with zeros.

    >>> cell = RNNCell(1, 1)
    >>> cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh = [[0.0]], [[1.0]], [0.5], [0.5]
    >>> cell([3.0], [-1.0])
    [Value(data=0.0)]

`weight_ih` is (gates hidden_size, input_size), `weight_hh` (gates hidden_size, hidden_size), and the biases
`bias_ih` and `bias_hh`, which are both added, (gates hidden_size,): the rows of the gates one after the
other; without `bias` these are not there. All are drawn uniformly from ±1 / sqrt(hidden_size).
"""

from typing import Any

from ..errors import look_up
from ..seeds import Seed
from ..value import dot_rows
from .recurrence import Recurrent
from .shapes import as_lists, like
from .steps import GRU, LSTM, RNNS


class Cell(Recurrent):
    """A step of time of some kind."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, *, seed: Seed = None) -> None:
        super().__init__(input_size, hidden_size, bias)
        self.add_weights(self.input_size, self.hidden_size)
        self.reset_parameters(seed)

    def forward(self, x: Any, hx: Any = None) -> Any:
        """Return the next state after an input and a state, or after those of a batch."""
        rows, shape = as_lists(x, f"the input of {type(self).__name__}")
        if len(shape) not in (1, 2) or 0 in shape or shape[-1] != self.input_size:
            raise self.misfit(shape)
        states = self.states(hx, ((*shape[:-1], self.hidden_size),) * self.kind.states)
        if len(shape) == 1:
            rows, states = [rows], [[state] for state in states]
        weights, step = self.weights(), self.kind.step
        given = [dot_rows(weights.inputs, row) for row in rows]
        after = [step(weights, own, *state) for own, state in zip(given, zip(*states))]
        found = tuple(like(x, [*part] if len(shape) == 2 else part[0]) for part in zip(*after))
        return found if len(found) > 1 else found[0]

    def expects(self) -> str:
        return f"({self.input_size},), or a batch of such samples"

    def signature(self) -> str:
        told = f"{type(self).__name__}({self.input_size}, {self.hidden_size}"
        return f"{told}{'' if self.bias else ', bias=False'})"


class RNNCell(Cell):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of it: an Elman network's step.

    >>> RNNCell(3, 2, nonlinearity="relu", seed=0)
    RNNCell(3, 2, nonlinearity=relu)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        seed: Seed = None,
    ) -> None:
        self.kind = look_up(nonlinearity, RNNS, "nonlinearity of RNNCell")
        self.nonlinearity = nonlinearity
        super().__init__(input_size, hidden_size, bias, seed=seed)

    def signature(self) -> str:
        told = "" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}"
        return f"{super().signature()[:-1]}{told})"


class LSTMCell(Cell):
    """c' = f c + i g and h' = o tanh(c'), with the gates i, f, g, o: long short-term memory.

    They are sigmoids of W_ih x + b_ih + W_hh h + b_hh, but for g, its tanh. The state is a pair, (h, c).
    S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", 1997; gate f is of F. Gers and others, 2000.

    >>> h, c = LSTMCell(3, 2, seed=0)([1.0, 2.0, 3.0])
    >>> len(h), len(c)
    (2, 2)
    """

    kind = LSTM


class GRUCell(Cell):
    """h' = (1 - z) n + z h, with n = tanh(W_in x + b_in + r (W_hn h + b_hn)): a gated recurrent unit.

    The gates r and z are sigmoids of W_ih x + b_ih + W_hh h + b_hh; rows of weights are r, z, n. K. Cho
    and others, "Learning Phrase Representations using RNN Encoder-Decoder", 2014.

    >>> len(GRUCell(3, 2, seed=0)([1.0, 2.0, 3.0]))
    2
    """

    kind = GRU
