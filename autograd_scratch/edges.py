"""What a node was computed from: its parents, and the local derivative by each.

Nearly all nodes have one parent or two. These are kept in slots, with their partials beside them, where
tuples would be two more objects a node: that makes a large graph, over which Python's garbage collector
goes again and again, half as expensive. What has more parents than that keeps tuples in the same slots.

    >>> node = Edges()
    >>> node.connect((2.0, 3.0), (0.5, 0.25))
    >>> node.parents, node.partials
    ((2.0, 3.0), (0.5, 0.25))
"""

from typing import Any


class Edges:
    """The base of all nodes: what `graph` walks.

    A node without parents is a leaf. Walks that are in a hurry read the slots: `_first` is a parent (a
    node, or a float for a constant), None for a leaf, or the tuple of more than two parents, and then
    `_first_partial` is that of their partials; `_second` is a parent or None.
    """

    __slots__ = ("_first", "_first_partial", "_second", "_second_partial")

    _first: Any
    _first_partial: Any
    _second: Any
    _second_partial: Any

    @property
    def parents(self) -> tuple[Any, ...]:
        """What this was computed from, in order; what occurs twice is there twice."""
        second = self._second
        if second is not None:
            return self._first, second
        first = self._first
        if first is None:
            return ()
        return first if isinstance(first, tuple) else (first,)

    @property
    def partials(self) -> tuple[Any, ...]:
        """The local derivative by each of the parents, as it was when this was computed."""
        if self._second is not None:
            return self._first_partial, self._second_partial
        partials = self._first_partial
        if partials is None:
            return ()
        return partials if isinstance(partials, tuple) else (partials,)

    def connect(self, parents: tuple[Any, ...], partials: tuple[Any, ...]) -> None:
        """Set the parents, and a partial for each."""
        self._second = None
        if len(parents) > 2 or parents.__class__ is not tuple:  # a landing stays in one piece
            self._first, self._first_partial = parents, partials
        elif len(parents) == 2:
            self._first, self._second = parents
            self._first_partial, self._second_partial = partials
        elif parents:
            (self._first,), (self._first_partial,) = parents, partials
        else:
            self._first = self._first_partial = None
