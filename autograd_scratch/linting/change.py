"""One thing that is different in a trial."""

from typing import Any, NamedTuple


class Change(NamedTuple):
    """One thing that is different in a trial, and what it would mean if that helps."""

    name: str
    place: str
    done: str
    remedy: str
    settings: dict[str, Any]
    only_if_poor: bool = False
    only_if_alone: bool = False  # where nothing that was tried before it helps

    @property
    def is_of_rate(self) -> bool:
        """Whether the length of steps is all that changes."""
        return self.settings.keys() == {"factor"}
