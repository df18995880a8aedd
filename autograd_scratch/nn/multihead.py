"""Attention with weights of its own: `MultiheadAttention`."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from random import Random
from typing import Any

from ..arrays.containers import is_array
from ..errors import DataError, RuleError, ShapeError
from ..ieee import describe
from ..primitives import mean
from ..seeds import Seed
from ..value import dot_rows
from .attention import attended
from .chance import Draws
from .initializers import glorot_uniform
from .linear import Linear
from .masks import of_heads
from .parameter import Parameter
from .shapes import Shape, as_lists, like, nested
from .sizes import share, size
from .standard import Standard


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear whose bias begins at 0. PyTorch calls the projection of attention so."""

    def draw(self, random: Random) -> None:
        super().draw(random)
        if self.bias is not None:
            self.bias.fill(lambda: 0.0)

    def signature(self) -> str:
        return f"NonDynamicallyQuantizable{super().signature()}"


class MultiheadAttention(Standard):
    """Attention in several heads, each with its part of the projected queries, keys and values.

    head[h] = softmax(q[h] k[h]ᵀ / sqrt(embed_dim / num_heads) + mask) v[h], where q, k and v are the inputs
    times `in_proj_weight`, (3 embed_dim, embed_dim), plus `in_proj_bias`; all heads in a row go through
    `out_proj`, a Linear. Where `kdim` or `vdim` is another width of keys or values, the weights are
    `q_proj_weight`, `k_proj_weight` and `v_proj_weight`. They are drawn as PyTorch draws them.

    A call takes query (L, embed_dim), key (S, kdim) and value (S, vdim), or batches: (L, N, embed_dim) and
    so on, with `batch_first` (N, L, embed_dim). It gives what comes out, as the query is arranged, and the
    weights: their mean over the heads, (L, S), with `average_attn_weights=False` (num_heads, L, S), and
    None with `need_weights=False`; with N before in a batch. True in `attn_mask`, (L, S) or
    (N num_heads, L, S), and in `key_padding_mask`, (S,) or (N, S), means may *not* look; numbers are added.
    `is_causal` needs no mask: queries have the last positions, and look at the keys up to their own. A
    query that may look at nothing gets weights 0 and the bias of `out_proj`; PyTorch has nan there, and
    the bias with `need_weights=False`.

    In training `dropout` leaves out weights, each with this probability, as Dropout does.

    With `cache`, a list that is empty at first, keys and values are put behind those in it, one pair for a
    position, and queries see all of them. `del cache[:n]` forgets the first n.

    A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017.

    >>> layer = MultiheadAttention(4, 2, seed=0)
    >>> x = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    >>> output, weights = layer(x, x, x, is_causal=True)
    >>> weights[0]
    [Value(data=1.0), Value(data=0.0)]
    >>> cache = []
    >>> one_by_one = [layer([row], [row], [row], cache=cache)[0][0] for row in x]
    >>> [a.data - b.data for a, b in zip(one_by_one[1], output[1])]
    [0.0, 0.0, 0.0, 0.0]
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        *,
        seed: Seed = None,
    ) -> None:
        refused = {"add_bias_kv": add_bias_kv, "add_zero_attn": add_zero_attn}
        for name, given in refused.items():
            if given:
                raise RuleError(f"MultiheadAttention has no {name}: leave it out, or write {name}=False")
        self.embed_dim = size(embed_dim, "embed_dim of MultiheadAttention")
        self.num_heads = size(num_heads, "num_heads of MultiheadAttention")
        self.kdim = size(embed_dim if kdim is None else kdim, "kdim of MultiheadAttention")
        self.vdim = size(embed_dim if vdim is None else vdim, "vdim of MultiheadAttention")
        self.batch_first = batch_first
        self.dropout = share(dropout, "dropout of MultiheadAttention")
        self.has_modes = self.dropout > 0.0
        self.head_dim, rest = divmod(embed_dim, num_heads)
        if rest:
            raise ShapeError(
                "the heads of MultiheadAttention have equal parts, and "
                f"embed_dim={embed_dim} is no multiple of num_heads={num_heads}"
            )
        widths = (self.embed_dim, self.kdim, self.vdim)
        are_equal = {*widths} == {self.embed_dim}
        self.in_proj_weight = Parameter.zeros(3 * embed_dim, embed_dim) if are_equal else None
        self.q_proj_weight, self.k_proj_weight, self.v_proj_weight = (
            None if are_equal else Parameter.zeros(embed_dim, width) for width in widths
        )
        self.in_proj_bias = Parameter.zeros(3 * embed_dim) if bias else None
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias)
        self.reset_parameters(seed)
        self._draws = Draws(seed)

    def draw(self, random: Random) -> None:
        self._draws = Draws(random)
        parts = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        for weight in filter(None, (self.in_proj_weight, *parts)):
            rows, columns = weight.shape
            weight.fill(partial(glorot_uniform, random, columns, rows))
        if self.in_proj_bias is not None:
            self.in_proj_bias.fill(lambda: 0.0)

    def forward(  # type: ignore[override]
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
        cache: list[Any] | None = None,
    ) -> tuple[Any, Any]:
        """Return what comes out, and the weights of the keys, or None."""
        given = {"query": query, "key": key, "value": value}
        parts = {name: as_lists(x, f"the {name} of MultiheadAttention") for name, x in given.items()}
        self._check({name: shape for name, (_, shape) in parts.items()})
        is_batch = len(parts["query"][1]) == 3
        samples = [self._turned(x) if is_batch else [x] for x, _ in parts.values()]
        queries, keys, values = map(self._projected, range(3), samples)
        new = [*zip(zip(*keys), zip(*values))]  # of each position the keys and values of all samples
        if cache is not None:
            self._check_cache(cache, len(keys))
            keys, values = ([*zip(*part)] for part in zip(*cache, *new))
        shape = (len(queries), self.num_heads, len(queries[0]), len(keys[0]))
        mask = of_heads(shape, key_padding_mask, attn_mask, is_causal)
        heads = [[self._parted(rows) for rows in part] for part in (queries, keys, values)]
        kept = self._kept(shape if is_batch else shape[1:], shape)
        found, weights = attended(heads, mask, 1.0 / math.sqrt(self.head_dim), kept, 2)
        outputs = self.out_proj([[[*chain(*row)] for row in zip(*sample)] for sample in found])
        if cache is not None:
            cache += new
        first = next(filter(is_array, given.values()), query)
        output = like(first, self._turned(outputs) if is_batch else outputs[0])
        if not need_weights:
            return output, None
        if average_attn_weights:
            weights = [[[*map(mean, zip(*rows))] for rows in zip(*sample)] for sample in weights]
        return output, like(first, weights if is_batch else weights[0])

    def _projected(self, part: int, samples: Sequence[Any]) -> list[Any]:
        """Return what queries, keys or values, which are parts 0, 1 and 2, are made of samples."""
        own = slice(part * self.embed_dim, (part + 1) * self.embed_dim)
        weight = getattr(self, f"{'qkv'[part]}_proj_weight")
        weight = self.in_proj_weight[own] if self.in_proj_weight is not None else weight
        bias = [None] * self.embed_dim if self.in_proj_bias is None else self.in_proj_bias[own]
        rows = [*zip(weight, bias)]
        return [[dot_rows(rows, x) for x in sample] for sample in samples]

    def _parted(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Return the parts of each head in rows."""
        width = self.head_dim
        return [[row[begin : begin + width] for row in rows] for begin in range(0, self.embed_dim, width)]

    def _kept(self, drawn: Shape, shape: Shape) -> Any:
        """Return by what the weights are multiplied in training, 0 for those left out, or None."""
        if not (self.training and self.dropout):
            return None
        return nested(self._draws.masks(self.dropout, drawn, self.told), shape)

    def _turned(self, batch: Any) -> Any:
        """Return a batch with its samples first, or one of these as people have it."""
        return batch if self.batch_first else [[*rows] for rows in zip(*batch)]

    def _check(self, shapes: Mapping[str, Shape]) -> None:
        query, key, value = shapes.values()
        widths = (self.embed_dim, self.kdim, self.vdim)
        axis = 0 if self.batch_first else 1
        if (
            {*map(len, shapes.values())} not in ({2}, {3})
            or any(0 in shape for shape in shapes.values())
            or (query[-1], key[-1], value[-1]) != widths
            or key[:-1] != value[:-1]
            or (len(query) == 3 and query[axis] != key[axis])
        ):
            told = ("N, L", "N, S") if self.batch_first else ("L, N", "S, N")
            raise ShapeError(
                f"{self.told()} takes a query (L, {widths[0]}), a key (S, {widths[1]}) and a value "
                f"(S, {widths[2]}), or batches ({told[0]}, ...) and ({told[1]}, ...), not "
                + ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            )

    def _check_cache(self, cache: Any, samples: int) -> None:
        if not isinstance(cache, list):
            raise DataError(f"the cache of {self.told()} is a list, empty at first, not {describe(cache)}")
        if cache and len(cache[0][0]) != samples:
            raise ShapeError(
                f"the cache of {self.told()} is of a batch of {len(cache[0][0])}, and this one has "
                f"{samples}; begin with an empty list"
            )

    def signature(self) -> str:
        return f"MultiheadAttention(embed_dim={self.embed_dim}, num_heads={self.num_heads})"
