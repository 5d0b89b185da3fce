"""Somebody who changes their calendar at a host, and a judge of what is known of it here.

The judge knows what the owner did and when, and nothing of how calendars are read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from threading import Event, Thread
from typing import Any, Protocol

from calendar_sync.google.wire import stamp
from tests.flow.google_town import DAY, HOUR, Span

_FIRST = int(datetime(2028, 1, 3, tzinfo=UTC).timestamp())  # never over while it is looked at
_DAYS = 60
_LOOKS = 20  # in a second
Taken = dict[str, tuple[Span, datetime]]


class Place(Protocol):
    """Where somebody's calendar stands, and is known."""

    def put(self, event: dict[str, Any]) -> None:
        """Write an event at the host, in place of the one with its id."""

    def now(self) -> datetime:
        """The time by which readings are told."""

    def known(self) -> tuple[datetime | None, list[Span]]:
        """When the last whole reading began, and what is taken as of then."""


@dataclass
class Owner:
    """Somebody, and what stands in their calendar by name: when it is, and since when it is so.

    wrong  what was ever shown free though it was taken, and had been at the last whole reading
    """

    place: Place
    chance: Random
    taken: Taken = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    number: int = 0

    def moves_in(self) -> None:
        """Have more in the calendar than is ever cancelled: nobody doubts that it is the same."""
        for number in range(15):
            self.puts(f"always{number:05}")

    def changes(self) -> None:
        """Add something, move something, or cancel something."""
        names = [name for name in self.taken if not name.startswith("always")]
        what = self.chance.choice(["adds", "adds", "moves", "cancels"])
        if what == "adds" or not names:
            self.number += 1
            self.puts(f"once{self.number:05}")
        else:
            self.puts(self.chance.choice(names), cancelled=what == "cancels")

    def puts(self, name: str, *, cancelled: bool = False) -> None:
        """Take an hour or two by an event of that name, wherever it was before; or cancel it."""
        self.taken = {key: each for key, each in self.taken.items() if key != name}
        start = _FIRST + self.chance.randrange(_DAYS) * DAY + self.chance.randrange(20) * HOUR
        span = start, start + self.chance.choice([HOUR, 2 * HOUR])
        times = {key: {"dateTime": stamp(at)} for key, at in zip(_ENDS, span, strict=True)}
        self.place.put({"id": name, **times} | ({"status": "cancelled"} if cancelled else {}))
        if not cancelled:
            self.taken = {**self.taken, name: (span, self.place.now())}

    def is_known(self) -> bool:
        """Whether exactly that is known here which stands in the calendar."""
        _, known = self.place.known()
        return _minutes(known) == _minutes([span for span, _ in self.taken.values()])

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Look all the time whether anything is shown free that is taken; tell at the end."""
        ended = Event()

        def look() -> None:
            while not ended.wait(1 / _LOOKS):
                self.look()

        thread = Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
        self.look()
        assert self.wrong == [], self.wrong[:3]

    def look(self) -> None:
        """Note what is shown free though it has been taken since before the last whole reading."""
        before = self.taken
        read_at, spans = self.place.known()
        after, known = self.taken, _minutes(spans)
        for name, (span, since) in before.items():
            same = after.get(name) == (span, since)
            if same and read_at and since < read_at and not _minutes([span]) <= known:
                self.wrong.append(f"{name} {span}, taken since {since}, read {read_at}")


_ENDS = "start", "end"


def _minutes(spans: list[Span]) -> set[int]:
    return {minute for start, end in spans for minute in range(start // 60, end // 60)}
