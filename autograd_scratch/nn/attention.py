"""Attention: each query asks all keys, and gets the mean of their values, weighted by how well they fit."""

import math
from collections.abc import Mapping, Sequence
from operator import mul
from typing import Any

from ..arrays.containers import is_array
from ..errors import RuleError, ShapeError
from ..ieee import real
from ..primitives import is_node
from ..primitives.logits import probabilities
from ..primitives.piecewise import equal, where
from ..primitives.reductions import max_p
from ..signatures import call_form
from ..value import dot_rows
from .masks import added, causal, stretched, together
from .shapes import Shape, as_lists, like

_NAME = "scaled_dot_product_attention"


@call_form()
def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Any = None,
) -> Any:
    """softmax(scale query keyᵀ + mask) value: for each query a weighted mean of the values.

    query (..., L, E), key (..., S, E) and value (..., S, V) give (..., L, V); the axes before, of samples
    and heads, are of one length, or 1. `scale` is 1 / sqrt(E). `attn_mask` fits (..., L, S): True for who
    may look, or numbers that are added. A query that may look at nothing gets 0. With `is_causal` queries
    have the last L of S positions, and look at the keys up to their own, so that keys may be kept from
    before; PyTorch's have the first L positions, which is the same where L = S.

    A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017.

    >>> scaled_dot_product_attention([[0.0]], [[1.0], [2.0]], [[10.0], [30.0]])
    [[20.0]]
    >>> scaled_dot_product_attention([[0.0], [0.0]], [[1.0], [2.0]], [[10.0], [30.0]], is_causal=True)
    [[10.0], [20.0]]
    """
    if dropout_p:
        raise RuleError(f"{_NAME} leaves no weights out: write dropout_p=0.0, not {dropout_p}")
    given = {"query": query, "key": key, "value": value}
    parts = {name: as_lists(x, f"the {name} of {_NAME}") for name, x in given.items()}
    before = _axes_before({name: shape for name, (_, shape) in parts.items()})
    queries, keys = (parts[name][1][-2] for name in ("query", "key"))
    scores = (*before, queries, keys)
    mask = added(attn_mask, f"the attn_mask of {_NAME}", scores)
    if is_causal and queries > 1:
        mask = together(mask, stretched(causal(queries, keys), (queries, keys), scores))
    if scale is None:
        scale = 1.0 / math.sqrt(parts["query"][1][-1])
    factor = scale if is_node(scale) else real(scale, f"the scale of {_NAME}")
    rows = [stretched(x, shape, (*before, *shape[-2:])) for x, shape in parts.values()]
    outputs, _ = attended(rows, mask, factor, None, len(before))
    return like(next(filter(is_array, given.values()), query), outputs)


def attended(rows: Sequence[Any], mask: Any, scale: Any, kept: Any, axes: int) -> tuple[Any, Any]:
    """Return what queries get of keys and values, which are `rows`, and the weights, in nested lists.

    Some axes come before those of rows. The mask, and by what weights are multiplied, have the shape of the
    scores, or are None.
    """
    query, key, value = rows
    if axes:
        masks, all_kept = ([None] * len(query) if part is None else part for part in (mask, kept))
        parts = zip(*rows, masks, all_kept)
        found = [attended(own, own_mask, scale, own_kept, axes - 1) for *own, own_mask, own_kept in parts]
        return [output for output, _ in found], [weights for _, weights in found]
    columns = [(column, None) for column in zip(*value)]
    weights = []
    for i, row in enumerate(query):
        scaled = [scale * entry for entry in row]
        if mask is None:
            weights.append(probabilities(*dot_rows([(each, None) for each in key], scaled)))
        else:
            weights.append(_masked(dot_rows(zip(key, mask[i]), scaled), mask[i]))
    if kept is not None:
        weights = [[*map(mul, row, factors)] for row, factors in zip(weights, kept)]
    return [dot_rows(columns, row) for row in weights], weights


def _masked(scores: Sequence[Any], mask: Sequence[Any]) -> list[Any]:
    """Return the softmax of the scores of a query; 0 where all are hidden."""
    if any(map(is_node, mask)):
        is_hidden = equal(max_p(*mask), -math.inf)
        return [where(is_hidden, 0.0, share) for share in probabilities(*scores)]
    if all(number == -math.inf for number in mask):
        return [0.0] * len(scores)
    return probabilities(*scores)


def _axes_before(shapes: Mapping[str, Shape]) -> Shape:
    """Return the axes before those of rows that all have; or say what does not fit."""
    told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    query, key, value = shapes.values()
    if min(map(len, shapes.values())) < 2 or any(0 in shape for shape in shapes.values()):
        raise ShapeError(
            f"{_NAME} takes rows of numbers, (..., L, E), (..., S, E) and (..., S, V), not {told}"
        )
    if query[-1] != key[-1] or key[-2] != value[-2]:
        raise ShapeError(
            f"{_NAME} takes a query and keys of one width, and a value for each key, not {told}"
        )
    before = [shape[:-2] for shape in shapes.values()]
    axes = max(map(len, before))
    aligned = [(1,) * (axes - len(each)) + each for each in before]
    whole = tuple(map(max, *aligned))
    if not all(size in (1, longest) for each in aligned for size, longest in zip(each, whole)):
        raise ShapeError(f"the axes of {_NAME} before the last two are of one length, or 1, not {told}")
    return whole
