"""Our own events, as Graph writes them. Pure: no network, no clock.

An event is marked as ours (see `marks`), and only what our draft changed since we wrote it is
written again.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from calendar_sync.digests import digest, of_guests
from calendar_sync.outlook import recurrence
from calendar_sync.outlook.guests import attending, merged
from calendar_sync.outlook.marks import Marks, marked
from calendar_sync.outlook.requests import Json
from calendar_sync.provider import Draft, SeriesDraft
from scheduler.model.zone import zone

_TRANSACTIONS = UUID("0c6f2a49-35d1-4c0b-9a27-6be1f4d8a3c5")
_AT_ONCE = timedelta(minutes=2)  # within which two that are alike were made by two of us


def ours(events: list[Json], name: str) -> list[Json]:
    """Return those that are this one of ours, the first of them first.

    More than one are what two of us made at once. What came later is a copy that a person
    made of ours, marks and all: it is theirs.
    """
    found = sorted((each for each in events if _is_ours(each, name)), key=_made)
    return [each for each in found if each is found[0] or _at_once(found[0], each)]


def body(name: str, draft: Draft | SeriesDraft, shown: str, turn: int) -> Json:
    """Return the whole event, as it is first written.

    shown  the zone in which it is written: the draft's own, or one that the host knows
    turn   counts from 0 how often a host answered with an event that it had made before, and
           that is gone; it takes a try for a repetition by the name that we give it
    """
    fields = {
        field: value for part in parts(draft, shown).values() for field, value in part.items()
    }
    guests = {"attendees": attending(draft.guests)} if draft.guests else {}
    transaction = {"transactionId": str(uuid5(_TRANSACTIONS, f"{name} {turn}"))}
    marks = marked(name, digests(draft), draft.guests, draft.revision)
    return {**fields, **guests, **transaction, **marks}


def patch(name: str, draft: Draft | SeriesDraft, there: Json, shown: str) -> Json:
    """Return what of an event that is `there` has to change; nothing if we wrote all of it.

    Only parts that our draft changed since we last wrote them: a person's own changes stay,
    and so do guests whom we did not invite, and what guests answered. Raises Superseded.
    """
    found = Marks.of(there)
    found.check(draft.revision)
    wrote = kept(digests(draft), found.wrote, there)
    changed = stale(parts(draft, shown), wrote, found.wrote)
    if found.invited != of_guests(draft.guests):
        changed["attendees"] = merged(draft.guests, found.invited, there)
    return {**changed, **marked(name, wrote, draft.guests, draft.revision)} if changed else {}


def kept(wrote: Mapping[str, str], before: Mapping[str, str], there: Json) -> dict[str, str]:
    """Return the digests of what we write of an event that is there, all but what we leave alone.

    Of a meeting that a person made an online one, the text stays theirs: it holds the way in.
    """
    alone = {"text": before.get("text", "")} if there.get("isOnlineMeeting") is True else {}
    return {**wrote, **alone}


def stale(written: Mapping[str, Json], wrote: Mapping[str, str], before: Mapping[str, str]) -> Json:
    """Return the fields of the parts that are others than when we last wrote them."""
    changed = [each for each in written if before.get(each) != wrote[each]]
    return {field: value for each in changed for field, value in written[each].items()}


def parts(draft: Draft | SeriesDraft, shown: str) -> dict[str, Json]:
    """Return the parts that are ours, each as the fields that change together."""
    start, end = (_clock(each, shown) for each in draft.when)
    when = {"start": start, "end": end, "isAllDay": False}  # a person may have made it so
    return {
        "title": {"subject": draft.title},
        "when": {**when, **recurrence.fields(draft)},
        "place": {"location": {"displayName": draft.place}},
        "text": {"body": {"contentType": "text", "content": draft.text}},
    }


def digests(draft: Draft | SeriesDraft) -> dict[str, str]:
    """Return the digests of the same parts, as the draft has them."""
    when = (*draft.when, draft.zone, *recurrence.rule(draft))
    said = {"title": draft.title, "when": when, "place": draft.place, "text": draft.text}
    return {each: digest(value) for each, value in said.items()}


def _clock(seconds: int, name: str) -> Json:
    """Return an instant by the clock of a zone; by UTC where that clock shows an hour twice."""
    shown = datetime.fromtimestamp(seconds, zone(name))
    if shown.utcoffset() != shown.replace(fold=1 - shown.fold).utcoffset():
        shown, name = datetime.fromtimestamp(seconds, UTC), "UTC"
    return {"dateTime": shown.replace(tzinfo=None).isoformat(), "timeZone": name}


def _is_ours(event: Json, name: str) -> bool:
    return event.get("isCancelled") is not True and Marks.of(event).name == name


def _made(event: Json) -> tuple[str, str]:
    return str(event.get("createdDateTime")), str(event.get("id"))


def _at_once(first: Json, other: Json) -> bool:
    try:
        one, two = (datetime.fromisoformat(_made(each)[0]) for each in (first, other))
        return two - one < _AT_ONCE
    except (ValueError, TypeError):
        return False
