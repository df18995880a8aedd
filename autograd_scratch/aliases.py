"""What the parts of a node are called in other engines.

Code written for micrograd, its author's lectures or microgpt reads and writes some names of a node that
are called otherwise here, or do not exist. They work, or say what stands in their place.

    >>> from autograd_scratch import Value
    >>> a = Value(2.0, label="a")
    >>> e = a * -3.0
    >>> e.label = "e"
    >>> e.name, e._op, e._prev == {a}
    ('e', '*', True)
    >>> a.value
    Traceback (most recent call last):
    autograd_scratch.errors.AttributeNameError: a Value has no `value`; its number is `.data`
"""

from functools import partial
from typing import Any

from .elsewhere import named_elsewhere
from .errors import OWN_RULE, RuleError
from .refusals import refuse_reading
from .scalar import Scalar
from .tab import hiding

_NUMBER = "its number is `.data`"
_NUMBERS = "its number is `.data`; data(array) takes those of an array"
_GRADIENT = "its gradient is `.grad`"
_OPERATOR = "write the operator: a + b, a - b, a * b, a / b, a ** b"
_OF_SEVERAL = "it is one number; of several write softmax([...]), dot([...], [...]), max(...) and the like"
_COPY = "a new leaf of its number is Value(a.data); one that gradients do not flow through is `.detach()`"
_NOWHERE = "it is a number of Python, and lives where Python does: leave it out"
_FLOWS = (
    "gradients flow to each of them: write `.detach()` for one that they do not flow through, or no_grad() "
    "around what is not to be recorded; of a model model.layers[0].freeze() keeps a part as it is"
)
INSTEAD = {
    **dict.fromkeys(("value", "val"), _NUMBER),
    "numpy": _NUMBERS,
    **dict.fromkeys(("gradient", "grads", "gard"), _GRADIENT),
    **dict.fromkeys(("cpu", "cuda", "to"), _NOWHERE),
    **dict.fromkeys(("requires_grad", "requires_grad_"), _FLOWS),
    **dict.fromkeys(("add", "sub", "mul", "div"), _OPERATOR),
    **dict.fromkeys(("softmax", "log_softmax", "logsumexp", "dot", "norm"), _OF_SEVERAL),
    "clone": _COPY,
    **dict.fromkeys(("backwards", "backprop"), "write .backward()"),
    "children": "what it was computed from is `.parents`",
    "op": "its operation is `.primitive`, None for a leaf",
    "local_grads": "its local derivatives are `.partials`, one a parent",
    "grad_fn": "its operation is `.primitive`, and what it was computed from `.parents`",
    "is_leaf": "a leaf is what has no `.primitive`",
}
MACHINERY = (
    *("connect", "height", "holding", "is_observed", "is_traced", "is_watched", "made", "origin", "record"),
    *("_call", "_data", "_first", "_first_partial", "_grad", "_refuse", "_second", "_second_partial"),
)


@named_elsewhere("a Value", INSTEAD)
@hiding(*MACHINERY)
class Aliased(Scalar):
    """A node that also answers to the names of other engines; a base of `Value`."""

    __slots__ = ()

    @property
    def label(self) -> str:
        """The name, or '' where there is none: the lecture's word for it."""
        return self.name or ""

    @label.setter
    def label(self, label: str) -> None:
        self.named(label or None)

    @property
    def _prev(self) -> set[Any]:
        """The parents that are nodes, each once, as in micrograd."""
        return set(self._children)

    @property
    def _children(self) -> tuple[Any, ...]:
        """The parents that are nodes, as in microgpt."""
        return tuple(parent for parent in self.parents if isinstance(parent, Scalar))

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """The partials by the parents that are nodes, as in microgpt."""
        pairs = zip(self.parents, self.partials)
        return tuple(partial for parent, partial in pairs if isinstance(parent, Scalar))

    @property
    def _op(self) -> str:
        """The sign of the operation, and '' for a leaf, as in micrograd."""
        return "" if self.primitive is None else self.primitive.label

    @property
    def _backward(self) -> Any:
        """A function that adds this node's share to the gradients of its parents, as in micrograd."""
        return partial(_push, self)

    @_backward.setter
    def _backward(self, rule: Any) -> None:
        raise RuleError(f"the derivative of a Value is not hung on it; {OWN_RULE}")


def _push(node: Any) -> None:
    """Add what a node's gradient contributes to those of its parents."""
    if node.is_traced():
        refuse_reading("._backward()", "Write grad(f)(x), whose answer is a Value")
    for parent, slope in zip(node.parents, node.partials):
        if isinstance(parent, Scalar):
            parent.grad += slope * node.grad
