"""Objects that stand for a person's layers and parameters, where a step takes these and not arrays."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy, deepcopy
from functools import cache
from typing import Any

from ...nn.search import is_model, parameters_of
from ...value import Value


class Parameter:
    """A parameter as most autograd engines have it: `data` and `grad`."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.grad: Any = None
        self.requires_grad = True

    @property
    def shape(self) -> Any:
        """The shape of the data."""
        return getattr(self.data, "shape", ())


class Layer:
    """A layer, or a whole network: arrays by their names, and their gradients with a d before them.

    >>> layer = Layer({"weights": [1.0]})
    >>> layer.receive({"weights": [0.5]})
    >>> layer.weights, layer.dweights, layer.grads
    ([1.0], [0.5], {'weights': [0.5]})
    """

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self.__dict__.update(arrays)
        self.params = dict(arrays)
        self.grads: dict[str, Any] = {}
        self._before = dict(arrays)

    def receive(self, gradients: Mapping[str, Any]) -> None:
        """Take gradients, as a backward pass leaves them."""
        self.grads = dict(gradients)
        self.__dict__.update({f"d{name}": gradient for name, gradient in gradients.items()})
        self._before = {name: getattr(self, name) for name in self._before}

    def arrays(self) -> dict[str, Any]:
        """Return the arrays: those of the dict where they were put there, else those of attributes."""
        found = {}
        for name, before in self._before.items():
            own, other = getattr(self, name), self.params.get(name, before)
            found[name] = other if own is before and other is not before else own
        self.params.update(found)
        self.__dict__.update(found)
        return found

    def params_and_grads(self) -> Iterator[tuple[Any, Any]]:
        """Yield each array with its gradient."""
        return ((self.params[name], gradient) for name, gradient in self.grads.items())

    def parameters(self) -> list[Any]:
        """Return the arrays."""
        return [*self.params.values()]


@cache
def _kind_of_tensor() -> Any:
    import numpy

    class Tensor(numpy.ndarray[Any, Any]):
        """An array with a gradient, as the tensors of some libraries are."""

        grad: Any = None

        @property
        def data(self) -> Any:
            """The numbers."""
            return self.view(numpy.ndarray)

        @data.setter
        def data(self, new: Any) -> None:
            self[...] = new

        def __iter__(self) -> Any:
            raise TypeError("a tensor is no pair of a parameter and its gradient")

        def zero_(self) -> Any:
            """Set all entries to 0."""
            self[...] = 0.0
            return self

    return Tensor


def tensor(array: Any) -> Any:
    """Return an array of NumPy as a tensor, which is indexed, and has `data` and `grad`."""
    return array.view(_kind_of_tensor())


class Twins:
    """Values in the place of a person's, which stay as they are; `at` has these in a list, dict or model.

    `numbers` are those of the originals, by name.

    >>> w = Value(0.5, "w")
    >>> twins = Twins([w])
    >>> twins.of(w).data = 1.0
    >>> w.data, twins.of(w) is twins.values[0]
    (0.5, True)
    """

    def __init__(self, at: Any) -> None:
        self.at = at
        self.values: list[Value]
        self.parameters: Any
        if is_model(at):
            self.whole = deepcopy(at)
            self.originals: Sequence[Value] = parameters_of(at)
            self.parameters = self.values = parameters_of(self.whole)
        else:
            things = [at] if isinstance(at, Value) else at.values() if isinstance(at, dict) else at
            self.originals = [*things]
            self.values = [*map(copy, self.originals)]
            self.parameters = dict(zip(at, self.values)) if isinstance(at, dict) else self.values
            self.whole = self.parameters
        named = [*at] if isinstance(at, dict) else [each.name for each in self.originals]
        pairs = enumerate(zip(named, self.originals))
        self.numbers = {str(name or f"p[{i}]"): each.data for i, (name, each) in pairs}
        self._known = {id(at): self.whole} if is_model(at) else {}
        self._known |= {id(each): twin for each, twin in zip(self.originals, self.values)}
        self._kept = [dict(vars(each)) for each in self.originals]

    def of(self, thing: Any) -> Any:
        """Return what stands for a thing: of what is none of these, the thing itself."""
        return self._known.get(id(thing), thing)

    def begin(self) -> None:
        """Begin anew, with the numbers of the originals."""
        for original, twin, kept in zip(self.originals, self.values, self._kept):
            twin.data, twin.grad = original.data, 0.0
            vars(twin).clear()
            vars(twin).update(kept)
