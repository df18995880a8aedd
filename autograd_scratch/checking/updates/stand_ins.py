"""Objects that stand for a person's layers and parameters, where a step takes these and not arrays."""

from collections.abc import Iterator, Mapping
from typing import Any


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
