"""Our own events, as Google writes them. Pure: no network, no clock.

An event of ours carries, in private properties that only its own calendar has, which event it
is and digests of what we wrote. By the first it is found at hosts that give events names of
their own; by the others we know which fields we would change ourselves, and leave alone what
only a person did.
"""

from base64 import b32hexencode
from collections.abc import Mapping
from dataclasses import astuple, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias

from calendar_sync.digests import check_latest, digest, of_guests, read, written
from calendar_sync.google.wire import Json, attendees
from calendar_sync.provider import CalendarId, Draft, SeriesDraft
from scheduler.model.zone import zone

Own: TypeAlias = Draft | SeriesDraft

MARK = "commonHour"  # the property that says which of our events it is
_WROTE = "commonHourWrote"  # of each of our fields, a digest of what we last wrote
GUESTS = "commonHourGuests"  # digests of the addresses that we invited
_DATES = "commonHourDates"  # of a series, a digest of what we last wrote of its dates
_BEGUN = "begun"  # in its place: nobody was told of the series yet


def event_id(calendar: CalendarId, key: str) -> str:
    """Return an event's name at Google: small base32hex, the same for the same key."""
    found = sha256(f"{calendar}\n{key}".encode()).digest()
    return b32hexencode(found).decode().rstrip("=").lower()


def search(name: str) -> str:
    """Return what finds an event of ours by its private property."""
    return f"{MARK}={name}"


def is_ours(event: Json, name: str) -> bool:
    """Whether an event that was listed is this one of ours, and has not been removed."""
    return event.get("status") != "cancelled" and name in (
        event.get("id"),
        private(event).get(MARK),
    )


def body(name: str, draft: Own) -> Json:
    """Return the whole event, as it is first written."""
    guests = {"attendees": [{"email": each} for each in draft.guests]} if draft.guests else {}
    return {"id": name, **_whole(draft), **guests, **_properties(name, draft, {})}


def begun(name: str, draft: SeriesDraft) -> Json:
    """Return a series of which nobody is told yet: its dates will be put in place first."""
    found = body(name, replace(draft, guests=()))
    return {**found, "extendedProperties": {"private": {**private(found), _DATES: _BEGUN}}}


def patch(name: str, draft: Own, there: Json) -> Json:
    """Return what of an event that is `there` has to change; nothing if we wrote all of it.

    Only fields that our draft changed since we last wrote them: a person's own changes stay,
    and so do guests whom we did not invite, and what guests answered.
    """
    before = private(there)
    known, whole = read(before.get(_WROTE, "")), _whole(draft)
    changed = {each: over(whole[each]) for each in stale(fields(draft), known)}
    if invited(there) != of_guests(draft.guests):
        changed["attendees"] = merged(draft.guests, there)
    if not changed and not is_stale(draft, there):
        return {}
    return {**changed, **_properties(name, draft, before)}


def replacement(name: str, draft: Own, there: Json) -> Json:
    """Return the event that takes the place of the one `there`, at hosts that cannot change it."""
    found = merged(draft.guests, there)
    guests = {"attendees": found} if found else {}
    return {"id": name, **_whole(draft), **guests, **_properties(name, draft, private(there))}


def revived(body: Json) -> Json:
    """Return the whole event, as it is written over one that was removed."""
    return {**body, "status": "confirmed"}


def mails(event: Json) -> dict[str, str]:
    """Return the parameter that has guests told; nothing where we invite none."""
    return {"sendUpdates": "all"} if event.get("attendees") or invited(event) else {}


def mails_of(change: Json, there: Json) -> dict[str, str]:
    """Return the parameter that has guests told of a change; not of what only we can see."""
    seen = set(change) - {"extendedProperties"}
    return mails({**there, **change}) if seen else {"sendUpdates": "none"}


def check(draft: Own, there: Json) -> None:
    """Raise Superseded if a later revision was written."""
    check_latest(read(private(there).get(_WROTE, "")), draft.revision)


def is_begun(there: Json) -> bool:
    """Whether nobody was told of this series yet."""
    return private(there).get(_DATES) == _BEGUN


def is_stale(draft: Own, there: Json) -> bool:
    """Whether the dates of a series may be otherwise than the draft has them."""
    return isinstance(draft, SeriesDraft) and private(there).get(_DATES) != _dates(draft)


def wrote(event: Json, *names: str) -> dict[str, str]:
    """Return digests of what we last wrote of these fields."""
    found = read(private(event).get(_WROTE, ""))
    return {each: found[each] for each in names if each in found}


def stale(wanted: Json, wrote: Mapping[str, str]) -> list[str]:
    """Return which of these fields are not as we last wrote them."""
    return [each for each, value in wanted.items() if wrote.get(each) != digest(value)]


def _dates(draft: SeriesDraft) -> str:
    """Return a digest of where and how a series differs from its rule."""
    series = draft.series
    return digest(([astuple(each) for each in series.exceptions], series.skipped))


def fields(draft: Own) -> Json:
    """Return the fields that are ours, as Google names them."""
    rule = {"recurrence": [f"RRULE:{draft.series.rule}"]} if isinstance(draft, SeriesDraft) else {}
    return {
        "summary": draft.title,
        "start": _clock(draft.when[0], draft.zone),
        "end": _clock(draft.when[1], draft.zone),
        "location": draft.place,
        "description": draft.text,
        **rule,
    }


def _whole(draft: Own) -> Json:
    """Return the fields as they are written: a series without the dates that it leaves out.

    Those it leaves out later are removed one by one, so they do not count as a change of it.
    """
    found = fields(draft)
    if isinstance(draft, SeriesDraft) and draft.series.skipped:
        clock = zone(draft.zone)
        out = [datetime.fromtimestamp(each, clock) for each in draft.series.skipped]
        days = ",".join(f"{each:%Y%m%dT%H%M%S}" for each in out)
        found["recurrence"] = [*found["recurrence"], f"EXDATE;TZID={draft.zone}:{days}"]
    return found


def _clock(seconds: int, name: str) -> Json:
    return {"dateTime": datetime.fromtimestamp(seconds, zone(name)).isoformat(), "timeZone": name}


def over(value: Any) -> Any:
    """Return a field as it is written over another: a person may have made it a whole day."""
    return {**value, "date": None} if isinstance(value, dict) else value


def merged(guests: tuple[str, ...], there: Json) -> list[Json]:
    """Return these guests, as they are there, and those that others invited."""
    known = {str(each["email"]).casefold(): each for each in attendees(there)}
    ours = [known.get(each.casefold(), {"email": each}) for each in guests]
    names = {each.casefold() for each in guests}
    before = invited(there)
    theirs = [
        each for name, each in known.items() if name not in names and digest(name) not in before
    ]
    return ours + theirs


def _properties(name: str, draft: Own, before: Mapping[str, str]) -> Json:
    digests = {each: digest(value) for each, value in fields(draft).items()}
    line = written(digests, draft.revision)
    dates = {_DATES: _dates(draft)} if isinstance(draft, SeriesDraft) else {}
    ours = {MARK: name, _WROTE: line, GUESTS: addresses(draft.guests), **dates}
    return {"extendedProperties": {"private": {**before, **ours}}}


def addresses(guests: tuple[str, ...]) -> str:
    """Return digests of addresses as one line."""
    return " ".join(sorted(of_guests(guests)))


def private(event: Json) -> dict[str, str]:
    """Return the private properties of an event."""
    properties = event.get("extendedProperties")
    found = properties.get("private") if isinstance(properties, dict) else None
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value) for name, value in found.items()}


def invited(event: Json) -> set[str]:
    """Return digests of the addresses that we invited to an event."""
    return set(private(event).get(GUESTS, "").split())


def alone(date: Json, series: Json) -> list[Json]:
    """Return those guests, as they are there, whom we invited to that date of a series alone."""
    ours = invited(date) - invited(series)
    return [each for each in attendees(date) if digest(str(each["email"]).casefold()) in ours]
