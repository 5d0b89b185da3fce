"""A database that fails at a chosen statement, or when it is to keep everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event


class Fault(Exception):
    """What happens at the chosen statement."""


@dataclass
class Counter:
    """Counts statements, COMMIT among them, and fails at the chosen one."""

    chosen: int
    count: int = 0

    def one_more(self, *_: object) -> None:
        self.count += 1
        if self.count == self.chosen:
            raise Fault


@contextmanager
def failing_at(engine: Engine, chosen: int) -> Iterator[Counter]:
    """Let the statement with this number fail, from 1 on."""
    counter = Counter(chosen)
    for each in ("before_cursor_execute", "commit"):
        event.listen(engine, each, counter.one_more)
    try:
        yield counter
    finally:
        for each in ("before_cursor_execute", "commit"):
            event.remove(engine, each, counter.one_more)
