"""What the functions of np.linalg that solve equations do with arrays of Values.

NumPy's own says what is wrong with shapes, and which matrices are singular; a Program has nan there.
Everything here takes and gives arrays of NumPy's own class.
"""

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any, NoReturn

from ..errors import RuleError
from ..primitives import abs_, log, sign, sum_
from ..primitives import prod as product
from ..value import Value
from .elimination import diagonal, least_squares, reflected, root, solved
from .examples import as_numpy_has_it
from .products import matmul


def solve(a: Any, b: Any) -> Any:
    """Return `np.linalg.solve(a, b)`."""
    import numpy

    shape = as_numpy_has_it(numpy.linalg.solve, a, b).shape
    a, b = numpy.asarray(a), numpy.asarray(b)
    return _of_each(solved, a, b[:, None] if b.ndim == 1 else b).reshape(shape)


def inv(a: Any) -> Any:
    """Return `np.linalg.inv(a)`."""
    import numpy

    as_numpy_has_it(numpy.linalg.inv, a)
    a = numpy.asarray(a)
    return _of_each(solved, a, numpy.eye(a.shape[-1]))


def det(a: Any) -> Any:
    """Return `np.linalg.det(a)`; of a singular matrix, too, the gradient is that of the polynomial."""
    import numpy

    as_numpy_has_it(numpy.linalg.det, a)
    return _of_each(lambda matrix: product(diagonal(matrix)), numpy.asarray(a))


def slogdet(a: Any) -> Any:
    """Return `np.linalg.slogdet(a)`."""
    import numpy

    kind = type(as_numpy_has_it(numpy.linalg.slogdet, a))

    def size(matrix: Any) -> Any:
        return sum_([log(abs_(entry)) for entry in diagonal(matrix)])

    def direction(matrix: Any) -> Any:
        return product([sign(entry) for entry in diagonal(matrix)])

    return kind(*(_of_each(part, numpy.asarray(a)) for part in (direction, size)))


def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """Return `np.linalg.cholesky(a)`, which reads one triangle of the matrix."""
    import numpy

    as_numpy_has_it(numpy.linalg.cholesky, a)
    a = numpy.asarray(a)
    if upper:
        return numpy.swapaxes(_of_each(root, numpy.swapaxes(a, -2, -1)), -2, -1)
    return _of_each(root, a)


def qr(a: Any, mode: str = "reduced") -> Any:
    """Return `np.linalg.qr(a, mode)`."""
    import numpy

    if mode not in ("reduced", "complete", "r"):
        raise RuleError(f"np.linalg.qr of Values has no mode {mode!r}; take 'reduced', 'complete' or 'r'")
    kind = type(as_numpy_has_it(numpy.linalg.qr, a))
    a = numpy.asarray(a)
    rows, columns = a.shape[-2:]
    kept = rows if mode == "complete" else min(rows, columns)
    both = _of_each(lambda matrix: reflected(numpy.hstack([matrix, numpy.eye(rows)]), columns)[0], a)
    triangle = both[..., :kept, :columns]
    return (
        triangle if mode == "r" else kind(numpy.swapaxes(both[..., columns:], -2, -1)[..., :kept], triangle)
    )


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Return `np.linalg.lstsq(a, b)` of a matrix of full rank."""
    import numpy

    own = as_numpy_has_it(numpy.linalg.lstsq, a, b, rcond=rcond)
    a, b = numpy.asarray(a), numpy.asarray(b)
    _refuse_lower_rank("lstsq", own[2], a)
    x = matmul(pinv(a), b) if a.shape[0] < a.shape[1] else least_squares(a, b)
    left = b - matmul(a, x)
    rest = numpy.sum(left * left, axis=0, keepdims=b.ndim == 1) if len(own[1]) else own[1]
    return x, rest, own[2], None if Value.is_traced() else own[3]


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, **options: Any) -> Any:
    """Return `np.linalg.pinv(a)` of a matrix of full rank."""
    import numpy

    a = numpy.asarray(a)
    _refuse_lower_rank("pinv", numpy.min(as_numpy_has_it(numpy.linalg.matrix_rank, a)), a)
    if a.shape[-2] < a.shape[-1]:
        return numpy.swapaxes(pinv(numpy.swapaxes(a, -2, -1)), -2, -1)
    return _of_each(least_squares, a, numpy.eye(a.shape[-2]))


def refuse_singular_values(name: str, *_: Any, **__: Any) -> NoReturn:
    """Refuse what needs the singular values of a matrix."""
    _refuse(
        f"{name} needs singular values",
        "With u, s, vt = np.linalg.svd(data(A)), write u[:, 0] @ A @ vt[0] for the largest",
    )


def refuse_eigenvalues(name: str, *_: Any, **__: Any) -> NoReturn:
    """Refuse what needs the eigenvalues of a matrix."""
    _refuse(
        f"{name} needs eigenvalues",
        "With w, v = np.linalg.eigh(data(A)) of a symmetric A, write ((A @ v) * v).sum(axis=0) for them",
    )


def _refuse(need: str, instead: str) -> NoReturn:
    """Refuse what has no derivative; the numbers of a matrix are to be had outside of a trace alone."""
    if Value.is_traced():
        instead = "Call the function with values(A), where their vectors may be taken of data(A)"
    raise RuleError(f"{need}, which have no derivative here. {instead}: the gradient is right")


def _refuse_lower_rank(name: str, rank: int, a: Any) -> None:
    if rank < min(a.shape[-2:]):
        raise RuleError(
            f"np.linalg.{name} of Values needs a matrix of full rank, {min(a.shape[-2:])}, and that of "
            f"this one is {rank}, where the solution jumps. Add a ridge: "
            "np.linalg.solve(A.T @ A + 1e-6 * np.eye(n), A.T @ b)"
        )


def _of_each(function: Callable[..., Any], *stacks: Any) -> Any:
    """Apply a function of matrices to each of the matrices that are stacked on further axes."""
    import numpy

    batch = numpy.broadcast_shapes(*[stack.shape[:-2] for stack in stacks])
    stacks = tuple(numpy.broadcast_to(stack, batch + stack.shape[-2:]) for stack in stacks)
    if not prod(batch):
        stacks = tuple(numpy.zeros(stack.shape[-2:]) + numpy.eye(*stack.shape[-2:]) for stack in stacks)
        return numpy.empty(batch + numpy.shape(function(*stacks)), object)
    found = [function(*(stack[place] for stack in stacks)) for place in numpy.ndindex(batch)]
    out = numpy.empty(batch + numpy.shape(found[0]), object)
    for place, each in zip(numpy.ndindex(batch), found):
        out[place] = each
    return out[()]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{f"linalg.{f.__name__}": f for f in (solve, inv, det, slogdet, cholesky, qr, lstsq, pinv)},
    **{
        f"linalg.{name}": partial(refuse_singular_values, f"np.linalg.{name}")
        for name in ("svd", "svdvals", "cond")
    },
    **{
        f"linalg.{name}": partial(refuse_eigenvalues, f"np.linalg.{name}")
        for name in ("eig", "eigh", "eigvals", "eigvalsh")
    },
}
