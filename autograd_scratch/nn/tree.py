"""What a module holds: other modules, which are walked through, set and frozen together."""

from collections.abc import Callable, Iterator
from itertools import repeat
from operator import setitem
from typing import Any, Self

from ..errors import DataError
from ..ieee import describe
from ..signatures import call_forms
from .outline import children_of
from .search import is_module, models_by_path


@call_forms("train", "freeze", "apply")
class Tree:
    """A module as the first of those that it holds, in its attributes, lists and dicts there."""

    training = True
    frozen = False
    wants_batch: bool | None = None  # as the modules in it do
    has_modes: bool  # training mode counts for what it answers; not there where nobody has said so

    @property
    def mixes_samples(self) -> bool:
        """Whether what the module itself answers to a sample depends on the other ones of a batch."""
        return False

    def modules(self) -> Iterator[Any]:
        """Yield this module and all modules below it, each once."""
        return iter(_modules_in(self))

    def named_modules(self) -> Iterator[tuple[str, Any]]:
        """Yield the path and the module, '' for this one, for it and all modules below it."""
        return ((path.rstrip("."), each) for path, each in models_by_path(self) if is_module(each))

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """Yield the path and the module of those that this one holds itself.

        >>> from autograd_scratch.nn import Linear, Sequential, Tanh
        >>> [name for name, _ in Sequential(Linear(2, 1), Tanh()).named_children()]
        ['0', '1']
        """
        return children_of(self)

    def children(self) -> Iterator[Any]:
        """Yield the modules that this one holds itself."""
        return (child for _, child in children_of(self))

    def add_module(self, name: str, module: Any) -> None:
        """Hold a module as attribute `name`."""
        setattr(self, name, module)

    def apply(self, fn: Callable[[Any], object]) -> Self:
        """Call a function of a module with each of those below, and at last with this one; returns it.

        >>> from autograd_scratch.nn import Linear, init
        >>> Linear(2, 1).apply(lambda module: init.ones_(module.weight)).weight
        Parameter([[1.0, 1.0]])
        """
        if not callable(fn):
            raise DataError(
                f"apply takes a function of a module, not {describe(fn)}; for an answer write model(x)"
            )
        for module in _modules_in(self)[::-1]:
            fn(module)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set `training`, here and below; layers like dropout differ by it. Returns this module."""
        any(map(setitem, _attributes(self), repeat("training"), repeat(mode)))
        return self

    def eval(self) -> Self:
        """Set `training` to False, here and below."""
        return self.train(False)

    def freeze(self, frozen: bool = True) -> Self:
        """Take the parameters below out of `parameters()`, so that no optimizer changes them.

        >>> from autograd_scratch import MLP
        >>> model = MLP(2, [4, 1], seed=0)
        >>> model.layers[0].freeze()
        Layer(2, 4, 'relu'), 12 parameters, frozen
          neurons.0 to 3: Neuron(2, 'relu'), 3 parameters, frozen each
        >>> len(model.parameters()), len(model.state_dict())
        (5, 17)
        """
        any(map(setitem, _attributes(self), repeat("frozen"), repeat(frozen)))
        return self

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze the parameters below where False, as `freeze` does."""
        return self.freeze(not requires_grad)

    def unfreeze(self) -> Self:
        """Undo `freeze`."""
        return self.freeze(False)


def _modules_in(module: Any) -> list[Any]:
    """Return a module and all below it, also where an attribute of the user's is called `modules`."""
    return [model for _, model in models_by_path(module) if is_module(model)]


def _attributes(module: Any) -> list[dict[str, Any]]:
    return [each.__dict__ for each in _modules_in(module)]
