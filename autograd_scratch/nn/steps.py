"""What recurrent networks compute in a step of time: from an input and a state to the next state.

A step takes the weights, `given` = W_ih x + b_ih for all gates, which does not depend on the state and so
may be computed for a whole sequence beforehand, and the state: rows of numbers or Values.
"""

from collections.abc import Callable
from functools import partial
from operator import add
from typing import Any, NamedTuple

from ..value import Value, dot_rows
from ..watching import tells

Row = list[Any]
State = tuple[Row, ...]  # h, and of an LSTM its memory c
Rows = list[tuple[Row, Any]]  # of weights, each with its bias or None

_sigmoid, _tanh, _relu = Value.sigmoid, Value.tanh, Value.relu


class Weights(NamedTuple):
    """The weights of a step, for the gates one after the other; no `projection` where there is none."""

    inputs: Rows
    state: Rows
    projection: Rows


class Kind(NamedTuple):
    """A kind of recurrent network: how many gates it has, how many rows of state, and its step."""

    gates: int
    states: int
    step: Callable[..., State]  # of weights, of what is given, and of the rows of state


@tells
def _rnn(squash: Callable[[Any], Any], weights: Weights, given: Row, h: Row) -> State:
    """Return h' = squash(given + W_hh h + b_hh)."""
    z = [*map(add, given, dot_rows(weights.state, h))]
    h = [*map(squash, z)]
    return (h,)


@tells
def _lstm(weights: Weights, given: Row, h: Row, c: Row) -> State:
    """Return h' = o tanh(c') and c' = f c + i g, with the gates i, f, g, o of given + W_hh h + b_hh."""
    z, units = [*map(add, given, dot_rows(weights.state, h))], len(c)
    i = [*map(_sigmoid, z[:units])]
    f = [*map(_sigmoid, z[units : 2 * units])]
    g = [*map(_tanh, z[2 * units : 3 * units])]
    o = [*map(_sigmoid, z[3 * units :])]
    c = [keep * own + take * new for keep, own, take, new in zip(f, c, i, g)]
    h = [out * _tanh(own) for out, own in zip(o, c)]
    return dot_rows(weights.projection, h) if weights.projection else h, c


@tells
def _gru(weights: Weights, given: Row, h: Row) -> State:
    """Return h' = n + z (h - n), n = tanh(given + r u) and u = W_hh h + b_hh, and the gates r, z."""
    u, units = dot_rows(weights.state, h), len(h)
    r = [*map(_sigmoid, map(add, given[:units], u))]
    z = [*map(_sigmoid, map(add, given[units : 2 * units], u[units:]))]
    n = [_tanh(x + gate * y) for x, gate, y in zip(given[2 * units :], r, u[2 * units :])]
    h = [new + keep * (old - new) for new, keep, old in zip(n, z, h)]
    return (h,)


LSTM, GRU = Kind(4, 2, _lstm), Kind(3, 1, _gru)
RNNS = {"tanh": Kind(1, 1, partial(_rnn, _tanh)), "relu": Kind(1, 1, partial(_rnn, _relu))}
