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
from typing import Any, NoReturn

from .errors import OWN_RULE, AttributeNameError, RuleError
from .refusals import refuse_reading
from .scalar import Scalar


class _Elsewhere:
    """A name that other libraries have: whoever reads or writes it is told what to write here."""

    def __init__(self, instead: str) -> None:
        self.instead = instead

    def __set_name__(self, kind: type, name: str) -> None:
        self._name = name

    def __get__(self, node: Any, kind: type) -> NoReturn:
        raise AttributeNameError(f"a Value has no `{self._name}`; {self.instead}")

    def __set__(self, node: Any, thing: Any) -> NoReturn:
        raise AttributeNameError(f"a Value has no `{self._name}`; {self.instead}")


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

    value = _Elsewhere("its number is `.data`")
    val = _Elsewhere("its number is `.data`")
    gradient = _Elsewhere("its gradient is `.grad`")
    grads = _Elsewhere("its gradient is `.grad`")
    children = _Elsewhere("what it was computed from is `.parents`")
    op = _Elsewhere("its operation is `.primitive`, None for a leaf")
    local_grads = _Elsewhere("its local derivatives are `.partials`, one a parent")
    grad_fn = _Elsewhere("its operation is `.primitive`, and what it was computed from `.parents`")
    is_leaf = _Elsewhere("a leaf is what has no `.primitive`")
    requires_grad = _Elsewhere(
        "gradients flow to each of them: write `.detach()` for one that they do not flow through, or "
        "no_grad() around what is not to be recorded"
    )
    numpy = _Elsewhere("its number is `.data`; data(array) takes those of an array")
    tolist = _Elsewhere("its number is `.data`; data(array) takes those of an array")


_MACHINERY = ("connect", "height", "holding", "is_observed", "is_traced", "made", "origin", "record")


def is_public(name: str) -> bool:
    """Say whether an attribute of a node is for those who use it: what tab and dir() show.

    >>> is_public("grad"), is_public("_grad"), is_public("height"), is_public("requires_grad")
    (True, False, False, False)
    """
    hidden = name.startswith("_") or name in _MACHINERY
    return not (hidden or isinstance(vars(Aliased).get(name), _Elsewhere))


def _push(node: Any) -> None:
    """Add what a node's gradient contributes to those of its parents."""
    if node.is_traced():
        refuse_reading("._backward()", "Write grad(f)(x), whose answer is a Value")
    for parent, slope in zip(node.parents, node.partials):
        if isinstance(parent, Scalar):
            parent.grad += slope * node.grad
