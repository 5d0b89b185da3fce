"""Mails as they were handed over, and what they hold for a calendar (RFC 5545, 5546, 6047)."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from icalendar import Calendar

BY_MAIL = "mail:"
"""How the history calls whoever changed a calendar by mail."""

_METHODS = ("REQUEST", "CANCEL")
_ONCE = ("UID", "DTSTART", "ORGANIZER")


class NoInvitation(Exception):
    """A mail that no calendar can make anything of."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an organizer tells by mail of one event.

    component  the VEVENT; with RECURRENCE-ID it is about one date alone
    by         who told it, for the history
    """

    method: str
    component: Any
    by: str

    @property
    def uid(self) -> str:
        """The name of the event."""
        return str(self.component["UID"])

    @property
    def age(self) -> tuple[int, str]:
        """What tells an older mail from a newer one: SEQUENCE, then DTSTAMP."""
        stamp = self.component.get("DTSTAMP")
        return int(self.component.get("SEQUENCE", 0)), stamp.to_ical().decode() if stamp else ""


def parsed(raw: bytes) -> EmailMessage:
    """Return the mail of these bytes."""
    return message_from_bytes(raw, EmailMessage, policy=SMTP)


def invitation(mail: EmailMessage) -> Told | None:
    """Return what the mail tells of an event; None where there is nothing. Raises NoInvitation.

    Mail programs read the first event of the first calendar, and so it is here.
    """
    part = next((each for each in mail.walk() if each.get_content_type() == "text/calendar"), None)
    if part is None:
        return None
    try:
        calendar = Calendar.from_ical(part.get_content())
        events: Sequence[Any] = calendar.walk("VEVENT")
    except (ValueError, IndexError, LookupError) as error:
        raise NoInvitation(f"The calendar in it cannot be read ({error})") from None
    method = str(calendar.get("METHOD", "")).upper()
    if method not in _METHODS or method != str(part.get_param("method", "")).upper():
        raise NoInvitation("Its methods are not the same, or none of an organizer")
    if not events or any(isinstance(events[0].get(name, []), list) for name in _ONCE):
        raise NoInvitation("Its event has not one name, one start and one organizer")
    return Told(method, events[0], f"{BY_MAIL}{mail.get('Message-ID', '')}")


def address(property_: Any) -> str:
    """Return the address of an ORGANIZER or ATTENDEE, in small letters."""
    return str(property_).partition(":")[2].strip().lower()
