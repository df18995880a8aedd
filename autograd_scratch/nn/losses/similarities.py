"""How near vectors are to each other, and losses of that."""

from typing import Any

from ...arrays.containers import is_array
from ...errors import ShapeError
from ...primitives import dot, minimum, norm, relu, sqrt
from ...primitives.arithmetic import div
from ...primitives.penalties import TRILLIONTH
from ...signatures import call_form
from ..shapes import nested
from .entries import Entries, at_least, entries_of
from .margins import by_sign, refuse_no_signs

Vector = list[Any]


@call_form()
def cosine_similarity(x1: Any, x2: Any, dim: int = -1, eps: Any = 1e-8) -> Any:
    """The cosine of the angle between two vectors, or between rows of two matrices, a list of them.

    That is their dot product over their lengths, each of which counts at least `eps`, though its derivative
    goes through that bound, as in PyTorch. With `dim=0` it is between the columns of matrices.

    >>> cosine_similarity([1.0, 0.0], [3.0, 4.0]), cosine_similarity([[1.0, 0.0]], [[-2.0, 0.0]])
    (0.6, [-1.0])
    """

    def cosine(x: Vector, y: Vector) -> Any:
        return div(dot(x, y), at_least(norm(x), eps) * at_least(norm(y), eps))

    entries, vectors = _vectors("cosine_similarity", (x1, x2), dim)
    return entries.like([cosine(*pair) for pair in vectors])


@call_form()
def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: Any = 1e-6) -> Any:
    """The p-norm of x1 - x2 + eps, for two vectors, or for the rows of two matrices, a list of them.

    >>> pairwise_distance([1.0, 2.0], [1.0, 0.0], eps=0.0)
    2.0
    """
    entries, vectors = _vectors("pairwise_distance", (x1, x2))
    return entries.like([_distance(x, y, p, eps) for x, y in vectors])


@call_form()
def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: Any = 0.0, *, reduction: str = "mean"
) -> Any:
    """The mean of 1 - cosine of pairs with the target 1, and of max(0, cosine - margin) of those with -1.

    Pairs are two vectors, or the rows of two matrices with a target each.

    >>> cosine_embedding_loss([[1.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [3.0, 0.0]], [1, -1])
    0.9999999999997222
    """

    def cosine(x: Vector, y: Vector) -> Any:
        return div(dot(x, y), sqrt((dot(x, x) + TRILLIONTH) * (dot(y, y) + TRILLIONTH)))

    entries, vectors = _vectors("cosine_embedding_loss", (input1, input2))
    signs = entries_of(target, "target of cosine_embedding_loss").flat
    refuse_no_signs(signs, "cosine_embedding_loss")
    if len(signs) != len(vectors):
        raise ShapeError(
            f"cosine_embedding_loss takes a target for each pair: there are {len(vectors)} and {len(signs)}"
        )
    found = [cosine(*pair) for pair in vectors]
    costs = [by_sign(sign, 1.0 - each, relu(each - margin)) for sign, each in zip(signs, found)]
    return entries.reduced(costs, reduction)


@call_form()
def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: Any = 1.0,
    p: float = 2.0,
    eps: Any = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Any:
    """The mean of max(0, margin + distance of anchor and positive - distance of anchor and negative).

    They are vectors, or matrices with a vector in each row, and distances those of `pairwise_distance`.
    With `swap` that of positive and negative counts for the second one, if it is smaller. Schroff et al.,
    FaceNet, 2015; Balntas et al., Learning local feature descriptors with triplets and shallow
    convolutional neural networks, 2016.

    >>> triplet_margin_loss([0.0], [1.0], [3.0], margin=2.5, eps=0.0)
    0.5
    """

    def cost(x: Vector, near: Vector, far: Vector) -> Any:
        other = _distance(x, far, p, eps)
        if swap:
            other = minimum(other, _distance(near, far, p, eps))
        return relu(margin + _distance(x, near, p, eps) - other)

    entries, vectors = _vectors("triplet_margin_loss", (anchor, positive, negative))
    return entries.reduced([cost(*each) for each in vectors], reduction)


def _distance(x: Vector, y: Vector, p: float, eps: Any) -> Any:
    return norm([one - other + eps for one, other in zip(x, y)], p=p)


def _vectors(name: str, given: tuple[Any, ...], dim: int = -1) -> tuple[Entries, list[tuple[Vector, ...]]]:
    """Return what has an entry for each vector of the given ones, and the vectors that belong together."""
    found = [entries_of(each, f"vectors of {name}") for each in given]
    shape = found[0].shape
    if len(shape) not in (1, 2) or any(each.shape != shape for each in found):
        shapes = " and ".join(str(each.shape) for each in found)
        raise ShapeError(f"{name} takes vectors of one length, or as many rows of each, not of {shapes}")
    if not found[0].flat:
        raise ShapeError(f"{name} of nothing: there are no numbers")
    if dim not in range(-len(shape), len(shape)):
        raise ShapeError(
            f"there is no dim {dim!r} of {name} here: the axes of shape {shape} are 0 to {len(shape) - 1}"
        )
    matrices = [nested(each.flat, shape if len(shape) == 2 else (1, *shape)) for each in found]
    if len(shape) == 2 and dim in (0, -2):
        matrices = [[*map(list, zip(*rows))] for rows in matrices]
    together = [*zip(*matrices)]
    return Entries((len(together),) if len(shape) == 2 else (), [], is_array(given[0])), together
