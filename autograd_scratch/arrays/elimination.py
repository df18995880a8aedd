"""A matrix taken apart into triangles, as on paper: each of their numbers is one node.

Which row and which column elimination divides by next is for the numbers to say, and a function that is
traced must not ask them. There the columns are reflected onto the axes one after the other, which is right
for all numbers without an order, at the price of more nodes: in proportion to the cube of the size, and not
to its square.
"""

from typing import Any

from ..primitives import copysign, dot, norm, sqrt
from ..primitives.arithmetic import div
from ..value import Value
from .ufuncs import numbers

Matrix = list[list[Any]]


def solved(a: Any, b: Any) -> Any:
    """Return the solution of a @ x = b, for each column of b."""
    import numpy

    if Value.is_traced():
        return least_squares(a, b)
    rows, columns, _ = _order(a)
    triangles = _eliminated(a[rows][:, columns].tolist(), len(a))
    found = []
    for column in b[rows].T.tolist():
        for i, row in enumerate(triangles):
            column[i] = _with_products(column[i], row[:i], column[:i])
        found.append(_backwards(triangles, column))
    out = numpy.empty(b.shape, object)
    out[columns] = _array(found).reshape(b.T.shape).T
    return out


def _order(a: Any) -> tuple[list[int], list[int], int]:
    """Return the orders of rows and columns in which the largest number is next, and how many are not 0."""
    import numpy

    rest = numpy.array(numbers(a), float)
    rows, columns = [*range(len(a))], [*range(len(a))]
    for k in range(len(a)):
        place = numpy.unravel_index(numpy.abs(rest[k:, k:]).argmax(), rest[k:, k:].shape)
        i, j = (k + int(step) for step in place)
        if not rest[i, j]:
            return rows, columns, k
        rest[[k, i]], rows[k], rows[i] = rest[[i, k]], rows[i], rows[k]
        rest[:, [k, j]], columns[k], columns[j] = rest[:, [j, k]], columns[j], columns[k]
        rest[k + 1 :] -= numpy.outer(rest[k + 1 :, k] / rest[k, k], rest[k])
    return rows, columns, len(a)


def _eliminated(a: Matrix, rank: int) -> Matrix:
    """Return the two triangles whose product a matrix is, in one: the lower one with the other sign."""
    for i, row in enumerate(a):
        for j in range(len(a)):
            k = min(i, j, rank)
            row[j] = _with_products(row[j], row[:k], [above[j] for above in a[:k]])
            if k == j < i:
                row[j] = div(-row[j], a[j][j])
    return a


def _with_products(number: Any, row: list[Any], column: list[Any]) -> Any:
    return dot(row, column, number) if row else number


def substituted(a: Any, b: Any) -> Any:
    """Return the solution of a @ x = b, for each column of b, where `a` is an upper triangle."""
    return _array([_backwards(a.tolist(), column) for column in b.T.tolist()]).T


def _backwards(triangle: Matrix, column: list[Any]) -> list[Any]:
    """Return the solution x of `triangle @ x = column`, from the last row of an upper triangle up."""
    x: list[Any] = []
    for i in reversed(range(len(column))):
        rest = column[i] - dot(triangle[i][i + 1 : len(column)], x) if x else column[i]
        x.insert(0, div(rest, triangle[i][i]))
    return x


def diagonal(a: Any) -> list[Any]:
    """Return numbers whose product is the determinant of a matrix."""
    import numpy

    size = len(a)
    if Value.is_traced():
        triangle, turns = reflected(a, size)
        return [(-1.0) ** turns, *(triangle[i][i] for i in range(size))]
    rows, columns, rank = _order(a)
    triangles = _eliminated(a[rows][:, columns].tolist(), rank)
    unit = numpy.eye(size)
    swaps = float(round(numpy.linalg.det(unit[rows]) * numpy.linalg.det(unit[columns])))
    return [swaps, *(triangles[i][i] for i in range(size))]


def reflected(a: Any, count: int) -> tuple[Any, int]:
    """Return a matrix whose first columns reflections made an upper triangle, and how many these are."""
    columns = a.T.tolist()
    turns = range(min(count, len(a) - 1))
    for k in turns:
        first, *others = columns[k][k:]
        length = copysign(norm(first, *others), first)
        mirror = [first + length, *others]
        half = length * mirror[0]
        columns[k][k:] = [-length, *[0.0] * len(others)]
        for column in columns[k + 1 :]:
            share = div(dot(mirror, column[k:]), half)
            column[k:] = [entry - share * part for entry, part in zip(column[k:], mirror)]
    return _array(columns).T, len(turns)


def least_squares(a: Any, b: Any) -> Any:
    """Return the x for which the columns of a @ x - b are shortest, of a matrix that is not wide."""
    import numpy

    count = a.shape[1]
    rows = reflected(numpy.hstack([a, b.reshape(len(b), -1)]), count)[0][:count]
    found = [_backwards(rows.tolist(), column) for column in rows[:, count:].T.tolist()]
    return _array(found).T.reshape(count, *b.shape[1:])


def root(a: Any) -> Any:
    """Return the lower triangle whose product with its transpose a matrix is."""
    rows: Matrix = []
    for given in a.tolist():
        row: list[Any] = []
        for above in rows:
            k = len(row)
            rest = given[k] - dot(row, above[:k]) if k else given[k]
            row.append(div(rest, above[k]))
        rest = given[len(row)] - dot(row, row) if row else given[0]
        row.append(sqrt(rest))
        rows.append(row + [0.0] * (len(a) - len(row)))
    return _array(rows)


def _array(rows: Matrix) -> Any:
    import numpy

    return numpy.array(rows, object)
