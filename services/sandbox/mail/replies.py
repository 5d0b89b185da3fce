"""A person's answer as the mail that goes to an organizer elsewhere (RFC 5546, 3.2.3).

Google tells times in UTC; Outlook on the clocks of the event, in Windows' names.
"""

from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from icalendar import Calendar, Timezone, vCalAddress
from icalendar import Event as Component

from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event, moment, wall_at
from services.sandbox.mail.answers import answer_of
from services.sandbox.mail.letters import BY_MAIL
from services.sandbox.outlook.zones import windows_name

if TYPE_CHECKING:
    from services.sandbox.world import Person, World

SERVER = "mail.sandbox.example"
"""How the server of the people here calls itself where it vouches for them."""

_WORDS = {"accepted": "Accepted", "tentative": "Tentative", "declined": "Declined"}
_MAKERS = {"google": "-//Google Inc//Google Calendar 70.9054//EN"}
_OUTLOOK = "Microsoft Exchange Server 2010"


def tell(world: "World", email: str, before: Event | None, after: Event, by: str) -> None:
    """Mail a changed answer to an organizer who is not here, if that is what changed."""
    organizer = after["organizer"].get("email", "").lower()
    told = _told(world, email, after)
    if told is None or by.startswith(BY_MAIL) or organizer in world.people:
        return
    if organizes(after, email) or after.get("outlook", {}).get("silent"):
        return
    known = before or world.shelf(email).get(after.get("recurringEventId", "")) or after
    answer = _answer(after, email)
    if answer == _answer(known, email) or answer not in _WORDS:
        return
    person = world.person(email)
    mail = _mail(person, after, answer, organizer, _ics(world, person, after, answer, told))
    about = {"uid": after["iCalUID"], "event": after["id"], "answer": answer}
    world.post.send(mail, email, organizer, **about)


def _told(world: "World", email: str, event: Event) -> dict[str, Any] | None:
    """Return what was last told of it by mail: of the date itself, or of its series."""
    keys = (event["id"], event.get("recurringEventId", ""))
    found = (world.store.get("told", f"{email}/{key}") for key in keys)
    return next((each for each in found if each), None)


def _answer(event: Event, email: str) -> str:
    return "declined" if event["status"] == "cancelled" else answer_of(event, email)


def _mail(person: "Person", event: Event, answer: str, organizer: str, ics: bytes) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    domain = person.email.rpartition("@")[2]
    # What the organizer's own server would write above it.
    mail["Authentication-Results"] = f"{SERVER}; dkim=pass header.d={domain}"
    mail["From"] = Address(person.name, addr_spec=person.email)
    mail["To"] = organizer
    mail["Subject"] = f"{_WORDS[answer]}: {event.get('summary', '')}"
    mail["Message-ID"] = f"<{uuid4().hex}@{domain}>"
    mail["Date"] = format_datetime(datetime.fromisoformat(event["updated"]))
    mail.set_content(f"{person.name}: {_WORDS[answer]}\n")
    mail.add_alternative(
        ics, maintype="text", subtype="calendar", params={"method": "REPLY", "charset": "utf-8"}
    )
    return mail


def _ics(
    world: "World", person: "Person", event: Event, answer: str, told: dict[str, Any]
) -> bytes:
    at_google = person.host == "google"
    calendar = Calendar()
    calendar.add("prodid", _MAKERS.get(person.host, _OUTLOOK))
    calendar.add("version", "2.0")
    calendar.add("method", "REPLY")
    own_zone = None if at_google else event["start"].get("timeZone") or person.timezone
    if own_zone is not None:
        calendar.add_component(_timezone(event, own_zone))
    component = Component()
    component.add("uid", event["iCalUID"])
    component.add("sequence", told["sequence"])
    component.add("dtstamp", _stamp(world, person.email, event))
    component.add("summary", event.get("summary", ""))
    fields = {"dtstart": "start", "dtend": "end", "recurrence-id": "originalStartTime"}
    for name, field in fields.items():
        if field in event:
            _add(component, name, moment(event[field], person.timezone), own_zone)
    component.add("organizer", vCalAddress(f"mailto:{event['organizer']['email']}"))
    guest = vCalAddress(f"mailto:{person.email}")
    guest.params["PARTSTAT"], guest.params["CN"] = answer.upper(), person.name
    component.add("attendee", guest)
    calendar.add_component(component)
    return bytes(calendar.to_ical())


def _stamp(world: "World", email: str, event: Event) -> datetime:
    """Return when it was answered: of two answers to the same, the later one says so."""
    key, now = f"{email}/{event['id']}", world.clock.now().astimezone(UTC).replace(microsecond=0)
    kept = world.store.get("answered", key)
    if kept is not None:
        now = max(now, datetime.fromisoformat(kept["at"]) + timedelta(seconds=1))
    world.store.put("answered", key, {"at": now.isoformat()})
    return now


def _add(component: Component, name: str, at: datetime, own_zone: str | None) -> None:
    if own_zone is None:
        component.add(name, at)
    else:
        named = {"TZID": windows_name(own_zone)}
        component.add(name, wall_at(at, own_zone), parameters=named)


def _timezone(event: Event, own_zone: str) -> Timezone:
    at = moment(event["start"], own_zone)
    found = Timezone.from_tzid(
        own_zone, first_date=at.date(), last_date=(at + timedelta(days=366)).date()
    )
    found["TZID"] = windows_name(own_zone)
    return found
