"""Which functions consist of pieces, between which a derivative may jump."""

from ..primitives import Primitive

_NAMES = (  # or begin so
    *("abs", "max", "first_max", "min", "relu", "leaky_relu", "hard_", "clamp", "elu", "celu", "selu"),
)
EXTREMES = ("max", "first_max", "min")  # of which equal terms are pieces


def is_piecewise(primitive: Primitive | None) -> bool:
    """Say whether a node of this primitive, or of none, has chosen one of several formulas.

    >>> from autograd_scratch.primitives import relu, relu6, tanh
    >>> is_piecewise(relu), is_piecewise(relu6), is_piecewise(tanh), is_piecewise(None)
    (True, True, False, False)
    """
    return primitive is not None and primitive.name.startswith(_NAMES)
