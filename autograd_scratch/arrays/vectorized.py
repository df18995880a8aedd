"""What `np.vectorize` gives, for Values.

NumPy's own takes the type of all results from the first, as int for 0, and turns the others into that.
"""

from functools import cache
from typing import Any

from .buffers import holds_values
from .subclass import array_type


@cache
def vectorized_type() -> Any:
    """Return a class that does as `np.vectorize`, and gives Values where it is given some."""
    import numpy

    class Vectorized(numpy.vectorize):
        def __call__(self, *args: Any, **options: Any) -> Any:
            if self.signature is not None or not (holds_values(args) or holds_values(options)):
                return super().__call__(*args, **options)
            found = numpy.vectorize(self.pyfunc, "O", excluded=self.excluded)(*args, **options)
            first = next(numpy.asarray(found, object).flat, None)
            if not isinstance(first, tuple):
                return _dressed(found)
            return tuple(
                _dressed(numpy.frompyfunc(lambda each, i=i: each[i], 1, 1)(found))
                for i in range(len(first))
            )

    Vectorized.__name__ = Vectorized.__qualname__ = "vectorize"  # as it shows itself
    return Vectorized


def _dressed(found: Any) -> Any:
    import numpy

    array = numpy.asarray(found, object)
    return array.view(array_type()) if array.shape else array[()]
