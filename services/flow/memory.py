"""What a use case needs that opens its own units of work. A Runtime is one."""

from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from services.storage.work import Work


class Memory(Protocol):
    """Where everything is remembered."""

    def work(self, actor: UUID | None = None) -> AbstractContextManager[Work]:
        """Open a unit of work."""

    def reading(self, actor: UUID | None = None) -> AbstractContextManager[Work]:
        """Open a transaction that only reads."""
