"""What is written at the sandbox's Outlook: mailboxes, and what may stand in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.sandbox.outlook_client import WRITING, Client, Outlook, Words, an_outlook

BERLIN = "W. Europe Standard Time"


class Mailbox(Client):
    """Somebody who writes; every exchange is judged."""

    def done(self, method: str, path: str, sent: Words | None = None, **headers: str) -> Words:
        """Ask for what is granted; return the answer."""
        got = self.ask(method, path, sent, **headers)
        assert got.status_code < 300, got.text
        return got.get_json() if got.data else {}

    def make(self, body: Words, **headers: str) -> Words:
        return self.done("POST", "/me/events", body, **headers)

    def change(self, event_id: str, body: Words, **headers: str) -> Words:
        return self.done("PATCH", at(event_id), body, **headers)

    def event(self, event_id: str, **headers: str) -> Words:
        return self.get(at(event_id), **headers)

    def found(self, subject: str = "Lecture") -> list[Words]:
        """The events of that subject: series, and what stands alone."""
        asked = quote(f"subject eq '{subject}'")
        return self.all(f"/me/events?$filter={asked}")[0]

    def seen(self, month: str = "2026-10") -> list[Words]:
        """What happens in a month."""
        ends = f"{month[:5]}{int(month[5:]) + 1:02}"
        asked = f"startDateTime={month}-01T00:00:00Z&endDateTime={ends}-01T00:00:00Z&$top=100"
        return self.all(f"/me/calendarView?{asked}", Prefer=f'outlook.timezone="{BERLIN}"')[0]

    def begins(self) -> list[str]:
        """When something begins in October 2026, by Berlin's clocks: "05 09:00"."""
        there = [each for each in self.seen() if not each["isCancelled"]]
        return [each["start"]["dateTime"][8:16].replace("T", " ") for each in there]


class Writing:
    """A sandbox with a few people at Outlook, and a mailbox for each of them."""

    def __init__(self, there: Outlook) -> None:
        self.there, self.world = there, there.world

    def of(self, email: str, *scopes: str) -> Mailbox:
        return Mailbox(self.there, self.world.entra.give(email, scopes or WRITING).access)

    def mails(self) -> list[tuple[str, list[str]]]:
        """What was mailed so far, and to whom."""
        kept = self.world.history.entries()
        return [(each["about"], each["to"]) for each in kept if each["kind"] == "mail"]


@contextmanager
def a_writing() -> Iterator[Writing]:
    with an_outlook() as there:
        yield Writing(there)


def at(event_id: str, action: str = "") -> str:
    """The address of an event, or of what can be done with it."""
    return f"/me/events/{quote(event_id, safe='')}{action}"


def clock(day: int, hour: int, zone: str = BERLIN) -> Words:
    """A full hour of October 2026."""
    return {"dateTime": f"2026-10-{day:02}T{hour:02}:00:00", "timeZone": zone}


def meeting(day: int = 5, hour: int = 9, **more: Any) -> Words:
    """An hour on a day of October 2026, by Berlin's clocks."""
    return {"subject": "Lecture", "start": clock(day, hour), "end": clock(day, hour + 1), **more}


def guests(*emails: str) -> list[Words]:
    """Attendees, as Graph has them."""
    return [{"type": "required", "emailAddress": {"address": each}} for each in emails]


def weekly(day: int = 5, count: int = 4, *weekdays: str) -> Words:
    """A recurrence from a day of October 2026: on weekdays, its own at first, so many times."""
    begins = datetime(2026, 10, day, tzinfo=UTC)
    return {
        "pattern": {
            "type": "weekly",
            "interval": 1,
            "daysOfWeek": list(weekdays) or [f"{begins:%A}".lower()],
        },
        "range": {
            "type": "numbered",
            "startDate": f"{begins:%Y-%m-%d}",
            "numberOfOccurrences": count,
        },
    }


def in_days(days: float) -> str:
    """A moment from now on, as a subscription's end."""
    return f"{datetime(2026, 10, 1, 8, tzinfo=UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
