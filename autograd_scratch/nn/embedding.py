"""Rows of a table, chosen by whole numbers: `Embedding`."""

import math
from operator import index
from random import Random
from typing import Any, Self

from ..errors import DataError, RangeError, ShapeError
from ..ieee import describe
from ..node import set_data
from ..primitives import sum_, where
from ..primitives.arguments import is_node, is_row, is_unknown
from ..primitives.piecewise import equal
from ..seeds import Seed
from ..value import dot_rows
from .parameter import Parameter
from .shapes import like
from .sizes import size
from .standard import Standard


class Embedding(Standard):
    """The rows of `weight` whose numbers, counted from 0, are given, in any nesting: i -> weight[i].

    `weight` is (num_embeddings, embedding_dim), drawn from the standard normal distribution. The row
    `padding_idx` begins as zeros and is not trained; a number below 0 counts it from the end. Whole numbers
    that differ from row to row of a data set may be inputs of derived code: there it is the product of the
    table with a row of zeros and a one.

    >>> table = Embedding(3, 2)
    >>> table.weight = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    >>> table(2)
    [Value(data=5.0, name='weight.2.0'), Value(data=6.0, name='weight.2.1')]
    >>> rows = table([[0, 0], [2, 1]])
    >>> len(rows), len(rows[0]), rows[1][0][1].data
    (2, 2, 6.0)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        *,
        seed: Seed = None,
    ) -> None:
        self.num_embeddings = size(num_embeddings, "num_embeddings of Embedding")
        self.embedding_dim = size(embedding_dim, "embedding_dim of Embedding")
        refused = {"max_norm": max_norm, "scale_grad_by_freq": scale_grad_by_freq, "sparse": sparse}
        for name, given in refused.items():
            if given not in (None, False):
                raise DataError(f"Embedding has no {name}; leave it out")
        self.padding_idx = None if padding_idx is None else self._of_padding(padding_idx)
        self.weight = Parameter.zeros(num_embeddings, embedding_dim)
        self.reset_parameters(seed)

    def draw(self, random: Random) -> None:
        self.weight.fill(lambda: random.gauss(0.0, 1.0))
        if self.padding_idx is not None:
            any(map(set_data, self.weight[self.padding_idx], [0.0] * self.embedding_dim))

    def forward(self, x: Any) -> Any:
        """Return the row of each number."""
        return like(x, self._rows(x.tolist() if hasattr(x, "tolist") and not is_node(x) else x))

    def _rows(self, x: Any) -> Any:
        if is_row(x):
            return [self._rows(each) for each in x]
        if is_unknown(x):
            return self._found(x)
        row = self._place(x)
        leaves = self.weight[row]
        return [leaf.detach() for leaf in leaves] if row == self.padding_idx else [*leaves]

    def _place(self, number: Any) -> int:
        """Return the number of a row."""
        if is_node(number):
            raise DataError(
                f"an index of {self.told()} is a whole number, and no Value, which steps may change; write "
                f"{int(number.data)} or the numbers themselves"
            )
        try:
            place = index(number)
        except TypeError:
            raise DataError(
                f"an index of {self.told()} is a whole number, not {describe(number)}; write int(i)"
            ) from None
        if not 0 <= place < self.num_embeddings:
            raise RangeError(
                f"index {place} of {self.told()} is none of its rows, which are counted from 0 to "
                f"{self.num_embeddings - 1}"
            )
        return place

    def _found(self, number: Any) -> list[Any]:
        """Return the row whose number is known when a Program is called; one of nan where there is none."""
        hits = [equal(number, float(k)) for k in range(self.num_embeddings)]
        outside = where(sum_(hits), 0.0, math.nan)
        rows = {k: row for k, row in enumerate(self.weight) if k != self.padding_idx}
        found = dot_rows(((column, outside) for column in zip(*rows.values())), [hits[k] for k in rows])
        if self.padding_idx is None:
            return found
        fixed, hit = self.weight[self.padding_idx], hits[self.padding_idx]
        return [entry + leaf.detach() * hit for entry, leaf in zip(found, fixed)]

    def _of_padding(self, given: Any) -> int:
        count = self.num_embeddings
        place = index(given) if hasattr(type(given), "__index__") else None
        if place is None or not -count <= place < count:
            raise RangeError(
                f"padding_idx of Embedding is that of one of its rows, from {-count} to {count - 1}, not "
                f"{describe(given)}"
            )
        return place % count

    def signature(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"Embedding({self.num_embeddings}, {self.embedding_dim}{padding})"

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None) -> Self:
        """Return a layer with these rows, which is not trained with `freeze`.

        >>> Embedding.from_pretrained([[1.0, 2.0], [3.0, 4.0]])(1)
        [Value(data=3.0, name='weight.1.0'), Value(data=4.0, name='weight.1.1')]
        """
        rows = Parameter(embeddings)
        if len(rows.shape) != 2:
            raise ShapeError(f"the rows of an Embedding have the shape (rows, width), not {rows.shape}")
        made = cls(*rows.shape, padding_idx)
        made.weight = rows.data
        return made.freeze(freeze)
