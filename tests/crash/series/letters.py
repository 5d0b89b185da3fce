"""A mail server that forgets nothing, and the calendar of somebody whose program reads its mails.

What RFC 5546 has a program do with an invitation is done here by a few lines of their own.
"""

import asyncio
import email
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

from tests.notifications.mail_servers import MailServer, a_mail_server

_LOOK = 0.01  # seconds
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation as the server took it.

    at        seconds, of the clock that only goes forward: when all of it was there
    date      the RECURRENCE-ID; None: it is about the whole object
    """

    at: float
    to: str
    message_id: str
    method: str
    uid: str
    sequence: int
    date: datetime | None
    title: str
    event: Any = field(repr=False)

    @property
    def about(self) -> tuple[str, datetime | None]:
        """What it is about, whatever it says of that."""
        return self.uid, self.date

    @property
    def said(self) -> tuple[object, ...]:
        """What has to be the same where the same letter comes twice."""
        return self.to, self.method, self.uid, self.sequence, self.date, self.event.to_ical()


@dataclass
class MailRoom(MailServer):
    """Every mail that was taken to its end, in that order.

    holds  the number of the letter that is not answered; None: all are
    held   whether that one is there
    """

    letters: list[Letter] = field(default_factory=list)
    holds: int | None = None
    held: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        [to] = envelope.rcpt_tos
        self.letters += _letters(time.monotonic(), to, envelope.original_content)
        while len(self.letters) == self.holds:
            self.held = True
            await asyncio.sleep(_LOOK)
        return "250 OK"


@contextmanager
def a_mail_room() -> Iterator[MailRoom]:
    room = MailRoom()
    with a_mail_server(mails=room):
        yield room


def _letters(at: float, to: str, data: bytes) -> Iterator[Letter]:
    mail = email.message_from_bytes(data, policy=policy.default)
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            calendar: Any = Calendar.from_ical(part.get_content())
            for each in calendar.walk("VEVENT"):
                date = each.get("RECURRENCE-ID")
                yield Letter(
                    at,
                    to.lower(),
                    str(mail["Message-ID"]),
                    str(calendar["METHOD"]),
                    str(each["UID"]),
                    int(each.get("SEQUENCE", 0)),
                    date and date.dt,
                    str(each.get("SUMMARY", "")),
                    each,
                )
            return  # a second part of it, as a file, says the same


@dataclass
class _Kept:
    """One object of a calendar. None stands for what was cancelled."""

    sequence: int
    master: Any
    dates: dict[datetime, Any] = field(default_factory=dict)


def known(letters: Iterable[Letter]) -> dict[str, list[Span]]:
    """Return when, by their UIDs, the objects of somebody are held who got these letters."""
    objects: dict[str, _Kept] = {}
    for each in letters:
        _take(objects, each)
    return {uid: sorted(_spans(kept)) for uid, kept in objects.items()}


def _take(objects: dict[str, _Kept], letter: Letter) -> None:
    kept = objects.setdefault(letter.uid, _Kept(letter.sequence, None))
    if letter.sequence < kept.sequence:
        return  # it is older than what is known
    kept.sequence = letter.sequence
    event = None if letter.method == "CANCEL" else letter.event
    if letter.date is not None:
        kept.dates[letter.date] = event
    elif event is not None or kept.master is not None:
        kept.master, kept.dates = event, {}


def _spans(kept: _Kept) -> Iterator[Span]:
    if kept.master is not None:
        start, end = _span(kept.master)
        out = {each.dt for each in _listed(kept.master.get("EXDATE"))}
        for original in _starts(kept.master, start):
            if original not in out and original not in kept.dates:
                yield original, original + (end - start)
    yield from (_span(each) for each in kept.dates.values() if each is not None)


def _starts(master: Any, start: datetime) -> list[datetime]:
    if "RRULE" not in master:
        return [start]
    return list(rrulestr(master["RRULE"].to_ical().decode(), dtstart=start))


def _listed(found: Any) -> list[Any]:
    lists = found if isinstance(found, list) else [found] if found else []
    return [date for each in lists for date in each.dts]


def _span(event: Any) -> Span:
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start + event["DURATION"].dt
    return start, end
