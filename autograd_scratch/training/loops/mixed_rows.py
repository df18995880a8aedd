"""A training run of single numbers whose batches are mixed: to its code each batch is one long row."""

from collections.abc import Callable, Sequence
from itertools import chain

from .numbers import AT_ONCE, AllOrNothing, Begun, NumberLoop, Trained

Row = tuple[float, ...]


class MixedLoop(AllOrNothing):
    """The loop over epochs as a function of whole batches, and another one for a last, smaller batch.

    `loop_of` makes the loop of so many batches of a size; `widths` are those of the parts of a row.
    """

    def __init__(
        self,
        loop_of: Callable[[int, Sequence[Row]], NumberLoop],
        rows: Sequence[Row],
        widths: Sequence[int],
        batch_size: int,
        per_batch: bool,
    ) -> None:
        self._rows = rows
        self._widths = widths
        self._size = min(batch_size, len(rows))
        self._per_batch = per_batch
        whole, rest = self._batches(range(len(rows)))
        self._whole = loop_of(self._size, whole)
        self._rest = loop_of(len(rows) % self._size, rest) if rest else None
        self.moving = self._whole.moving
        self.backend = self._whole.backend

    def source(self) -> str:
        """Return the text of the loop over batches that are whole."""
        return self._whole.source()

    def at_once(self, is_shuffled: bool) -> int:
        return 1 if is_shuffled else max(1, AT_ONCE // len(self._rows))

    def run(self, epochs: int, orders: Sequence[Sequence[int]] | None, begun: Begun) -> Trained | None:
        """Return what some epochs give, or one in an order of the rows; None where some are not finite."""
        whole, rest = self._batches(range(len(self._rows)) if orders is None else orders[0])
        reached = self._whole.where(begun)
        if self._rest is None:
            return self._whole.trained(whole, epochs, reached, begun.schedule)
        losses = []
        for epoch in range(epochs):
            total = 0.0
            for batch in (*whole, *rest):
                taken = reached.steps - begun.steps if self._per_batch else epoch
                settings = [[each[taken]] for each in begun.schedule]
                found = self._loop(batch).trained([batch], 1, reached, settings)
                if found is None:
                    return None
                total += found.losses[0]
                reached = found
            losses.append(total / (len(whole) + 1))
        return reached._replace(losses=losses)

    def run_step(self, rows: Sequence[int], begun: Begun) -> Trained | None:
        """Return what a step on the rows of a batch gives; None where it is not finite."""
        batch = self._joined([self._rows[i] for i in rows])
        return self._loop(batch).trained([batch], 1, self._whole.where(begun), begun.schedule)

    def _loop(self, batch: Row) -> NumberLoop:
        """Return the loop of a batch, which is whole or the last one."""
        is_whole = len(batch) == self._size * sum(self._widths)
        return self._whole if is_whole or self._rest is None else self._rest

    def _batches(self, order: Sequence[int]) -> tuple[list[Row], list[Row]]:
        """Return the batches that are whole, and the last one if it is smaller, each as one row."""
        lots = [order[start : start + self._size] for start in range(0, len(order), self._size)]
        batches = [self._joined([self._rows[i] for i in lot]) for lot in lots]
        whole = len(order) // self._size
        return batches[:whole], batches[whole:]

    def _joined(self, rows: Sequence[Row]) -> Row:
        """Return rows as one: first a part of all of them, then another."""
        joined: list[float] = []
        start = 0
        for width in self._widths:
            joined += chain.from_iterable(row[start : start + width] for row in rows)
            start += width
        return tuple(joined)
