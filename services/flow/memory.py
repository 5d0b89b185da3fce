"""What a use case needs that opens its own units of work. A Runtime is one."""

from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from services.storage.work import Work


class Lost(Exception):
    """The task is no longer ours: nothing that was done for it is kept."""


class Reading(Protocol):
    """Where everything can be looked up."""

    def reading(self) -> AbstractContextManager[Work]:
        """Open a transaction that only reads."""


class Task(Reading, Protocol):
    """Something that is to be done once, by one process at a time."""

    def work(self, *, last: bool = False) -> AbstractContextManager[Work]:
        """Open a unit of work that is kept while the task is ours; with `last` it is done.

        Raises Lost.
        """


class Memory(Protocol):
    """Where everything is remembered."""

    def work(self, actor: UUID | None = None) -> AbstractContextManager[Work]:
        """Open a unit of work."""

    def reading(self, actor: UUID | None = None) -> AbstractContextManager[Work]:
        """Open a transaction that only reads."""
