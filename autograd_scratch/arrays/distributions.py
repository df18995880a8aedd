"""The normal distribution of scipy.stats, for arrays of Values."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

from .buffers import holds_values


@dataclass(frozen=True)
class Normal:
    """What stands in for `scipy.stats.norm`, and for `norm(loc, scale)`; of plain numbers it is SciPy's."""

    given: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, *given: Any, **named: Any) -> "Normal":
        return type(self)(given, named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _AT_PLACES:
            return partial(self._at, name)
        own = import_module("scipy.stats").norm
        return getattr(own(*self.given, **self.named) if self.given or self.named else own, name)

    def _at(self, name: str, x: Any, *given: Any, **named: Any) -> Any:
        """Return a function of the distribution at some places."""
        import numpy

        given, named = self.given or given, {**self.named, **named}
        if not holds_values((x, *given, *named.values())):
            return getattr(import_module("scipy.stats").norm, name)(x, *given, **named)
        loc, scale = _parameters(*given, **named)
        return _AT_PLACES[name]((numpy.asanyarray(x) - loc) / scale, scale)


def _parameters(loc: Any = 0.0, scale: Any = 1.0) -> tuple[Any, Any]:
    return loc, scale


def _log_density(z: Any, scale: Any) -> Any:
    import numpy

    return -0.5 * z * z - numpy.log(scale) - 0.5 * math.log(2.0 * math.pi)


def _density(z: Any, scale: Any) -> Any:
    import numpy

    return numpy.exp(-0.5 * z * z) / (scale * math.sqrt(2.0 * math.pi))


def _share(name: str, side: float) -> Callable[[Any, Any], Any]:
    return lambda z, _: getattr(import_module("scipy.special"), name)(side * z)


_AT_PLACES: dict[str, Callable[[Any, Any], Any]] = {
    "pdf": _density,
    "logpdf": _log_density,
    "cdf": _share("ndtr", 1.0),
    "logcdf": _share("log_ndtr", 1.0),
    "sf": _share("ndtr", -1.0),
    "logsf": _share("log_ndtr", -1.0),
}
