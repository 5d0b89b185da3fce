"""Our own events, as Graph writes them. Pure: no network, no clock.

An event of ours carries, in extended properties that only its own mailbox has, which event it
is and digests of what we wrote. By the first it is found, as Graph names events by itself; by
the others we know what we would change ourselves, and leave alone what only a person did.
"""

from base64 import b32hexencode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from calendar_sync.digests import digest, of_guests, read, written
from calendar_sync.errors import broken
from calendar_sync.outlook.requests import Json
from calendar_sync.provider import Answer, CalendarId, Draft, Reply
from scheduler.model.zone import zone

_OURS = "String {5d0f3c1e-8b7a-4e62-9c41-2f6a7d90b3e8} Name"
MARK = f"{_OURS} commonHour"  # the property that says which of our events it is
_WROTE = f"{_OURS} commonHourWrote"  # of each part of our draft, a digest of what we last wrote
_GUESTS = f"{_OURS} commonHourGuests"  # digests of the addresses that we invited
PROPERTIES = (MARK, _WROTE, _GUESTS)

_TRANSACTIONS = UUID("0c6f2a49-35d1-4c0b-9a27-6be1f4d8a3c5")
_AT_ONCE = timedelta(minutes=2)  # within which two that are alike were made by two of us
_ANSWERS = {
    "accepted": Answer.ACCEPTED,
    "tentativelyAccepted": Answer.TENTATIVE,
    "declined": Answer.DECLINED,
}


def event_name(calendar: CalendarId, key: str) -> str:
    """Return how an event is marked: the same for the same key, and small letters only."""
    found = sha256(f"{calendar}\n{key}".encode()).digest()
    return b32hexencode(found).decode().rstrip("=").lower()


def ours(events: list[Json], name: str) -> list[Json]:
    """Return those that are this one of ours, the first of them first.

    More than one are what two of us made at once. What came later is a copy that a person
    made of ours, marks and all: it is theirs.
    """
    found = sorted((each for each in events if _marked(each, name)), key=_made)
    return [each for each in found if each is found[0] or _at_once(found[0], each)]


def body(name: str, draft: Draft, shown: str, turn: int) -> Json:
    """Return the whole event, as it is first written.

    shown  the zone in which it is written: the draft's own, or one that the host knows
    turn   counts from 0 how often a host answered with an event that it had made before, and
           that is gone; it takes a try for a repetition by the name that we give it
    """
    parts = _parts(draft, shown)
    fields = {field: value for part in parts.values() for field, value in part.items()}
    guests = {"attendees": [_guest(each) for each in draft.guests]} if draft.guests else {}
    transaction = {"transactionId": str(uuid5(_TRANSACTIONS, f"{name} {turn}"))}
    return {**fields, **guests, **transaction, **_properties(name, _wrote(draft), draft)}


def patch(name: str, draft: Draft, there: Json, shown: str) -> Json:
    """Return what of an event that is `there` has to change; nothing if we wrote all of it.

    Only parts that our draft changed since we last wrote them: a person's own changes stay,
    and so do guests whom we did not invite, and what guests answered. Of a meeting that a
    person made an online one, the text stays theirs: it holds the way in.
    """
    found = _found(there)
    before, wrote = read(found.get(_WROTE.casefold(), "")), _wrote(draft)
    if there.get("isOnlineMeeting") is True:
        wrote["text"] = before.get("text", "")
    parts = _parts(draft, shown)
    stale = [each for each in parts if before.get(each) != wrote[each]]
    changed = {field: value for each in stale for field, value in parts[each].items()}
    if _invited(found) != of_guests(draft.guests):
        changed["attendees"] = _merged(draft, there)
    return {**changed, **_properties(name, wrote, draft)} if changed else {}


def replies(event: Json) -> list[Reply]:
    """Return what the guests of an event answered; rooms and the organiser are no guests."""
    organiser = _address(event.get("organizer"))
    return [
        Reply(_address(each), _answer(each))
        for each in _attendees(event)
        if each.get("type") != "resource" and _address(each).casefold() != organiser.casefold()
    ]


def _parts(draft: Draft, shown: str) -> dict[str, Json]:
    """Return the parts that are ours, each as the fields that change together."""
    start, end = (_clock(each, shown) for each in draft.when)
    return {
        "title": {"subject": draft.title},
        "when": {"start": start, "end": end, "isAllDay": False},  # a person may have made it so
        "place": {"location": {"displayName": draft.place}},
        "text": {"body": {"contentType": "text", "content": draft.text}},
    }


def _wrote(draft: Draft) -> dict[str, str]:
    """Return the digests of the same parts, as the draft has them."""
    when = (*draft.when, draft.zone)
    said = {"title": draft.title, "when": when, "place": draft.place, "text": draft.text}
    return {each: digest(value) for each, value in said.items()}


def _clock(seconds: int, name: str) -> Json:
    """Return an instant by the clock of a zone; by UTC where that clock shows an hour twice."""
    shown = datetime.fromtimestamp(seconds, zone(name))
    if shown.utcoffset() != shown.replace(fold=1 - shown.fold).utcoffset():
        shown, name = datetime.fromtimestamp(seconds, UTC), "UTC"
    return {"dateTime": shown.replace(tzinfo=None).isoformat(), "timeZone": name}


def _merged(draft: Draft, there: Json) -> list[Json]:
    """Return the guests of the draft, as they are there, and those that others invited."""
    known = {_address(each).casefold(): each for each in _attendees(there)}
    mine = [known.get(each.casefold(), _guest(each)) for each in draft.guests]
    names = {each.casefold() for each in draft.guests}
    invited = _invited(_found(there))
    theirs = [
        each for name, each in known.items() if name not in names and digest(name) not in invited
    ]
    return mine + theirs


def _guest(email: str) -> Json:
    return {"emailAddress": {"address": email}, "type": "required"}


def _attendees(event: Json) -> list[Json]:
    """Return an event's attendees that have an address."""
    found = event.get("attendees") or []
    if not isinstance(found, list):
        raise broken()
    return [each for each in found if isinstance(each, dict) and _address(each)]


def _address(person: object) -> str:
    inner = person.get("emailAddress") if isinstance(person, dict) else None
    return str(inner.get("address") or "") if isinstance(inner, dict) else ""


def _answer(attendee: Json) -> Answer:
    status = attendee.get("status")
    said = status.get("response") if isinstance(status, dict) else None
    return _ANSWERS.get(str(said), Answer.WAITING)


def _marked(event: Json, name: str) -> bool:
    return event.get("isCancelled") is not True and _found(event).get(MARK.casefold()) == name


def _made(event: Json) -> tuple[str, str]:
    return str(event.get("createdDateTime")), str(event.get("id"))


def _at_once(first: Json, other: Json) -> bool:
    try:
        one, two = (datetime.fromisoformat(_made(each)[0]) for each in (first, other))
        return two - one < _AT_ONCE
    except (ValueError, TypeError):
        return False


def _properties(name: str, wrote: Mapping[str, str], draft: Draft) -> Json:
    values = (name, written(wrote), " ".join(sorted(of_guests(draft.guests))))
    pairs = zip(PROPERTIES, values, strict=True)
    return {"singleValueExtendedProperties": [{"id": i, "value": v} for i, v in pairs]}


def _found(event: Json) -> dict[str, str]:
    """Return an event's extended properties. A host may write their names otherwise than we."""
    found = event.get("singleValueExtendedProperties")
    each_of = found if isinstance(found, list) else []
    return {
        str(each.get("id")).casefold(): str(each.get("value"))
        for each in each_of
        if isinstance(each, dict)
    }


def _invited(found: Mapping[str, str]) -> set[str]:
    return set(found.get(_GUESTS.casefold(), "").split())
