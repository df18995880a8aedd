"""How shards come to those who compute them: with the work that is needed once, and then without it."""

from concurrent.futures import Executor
from itertools import count
from os import urandom
from time import monotonic

from ...errors import ExecutorError
from ..executing import execute
from .work import Shard, Slopes, Work, let_go, slopes_of

RETRIES = 2  # of a call that is lost with its worker
_FEW = 3  # rounds in which no more calls are made with the work than there are workers that lack it


class Workers:
    """An executor's workers and their work. A step may take `timeout` seconds."""

    def __init__(self, executor: Executor, timeout: float | None, work: Work) -> None:
        self._executor = executor
        self._timeout = timeout
        self._work = work
        self._key = urandom(16).hex()  # other ones may hold other works in the same workers

    def close(self) -> None:
        """Let go of the work, if it is held in this process; others do so when they hold some more."""
        let_go(self._key)

    def slopes(self, shards: list[Shard]) -> list[Slopes]:
        """Return what shards of a step give, in their order."""
        end = None if self._timeout is None else monotonic() + self._timeout
        found: dict[int, Slopes] = {}
        sent = 0  # calls that are made with the work
        for tried in count():
            left = [i for i in range(len(shards)) if i not in found]
            answers = self._answers([(i, shards[i]) for i in left], sent, end)
            lacking = {answer for answer in answers if isinstance(answer, int)}
            found.update((i, each) for i, each in zip(left, answers) if isinstance(each, Slopes))
            if not lacking:
                break
            sent = len(lacking) if tried < _FEW else len(shards)
        return [found[i] for i in range(len(shards))]

    def _answers(self, shards: list[tuple[int, Shard]], sent: int, end: float | None) -> list[Slopes | int]:
        """Make the calls of some shards, by their numbers, and the first few with the work."""
        try:
            return execute(
                self._executor,
                slopes_of,
                [
                    (self._key, self._work if place < sent else None, shard)
                    for place, (_, shard) in enumerate(shards)
                ],
                timeout=None if end is None else max(end - monotonic(), 1e-3),
                retries=RETRIES,
                names=[f"shard {i + 1} of step {shard.step:,}" for i, shard in shards],
            )
        except ExecutorError as fault:
            fault.add_note(
                "model and optimizer are as the last step left them, and the error has the history"
            )
            raise
