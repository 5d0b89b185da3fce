"""The dates of a series of ours, as Graph writes those that are not as the rule has them. Pure.

Such a date is an exception, and carries marks of its own; Graph may hand it those of its series
as they were when it became one. Whatever it does not say is as we last wrote the series.
"""

from collections.abc import Mapping
from datetime import datetime

from calendar_sync.digests import of_guests
from calendar_sync.errors import broken
from calendar_sync.outlook import drafts, guests, times
from calendar_sync.outlook.marks import Marks, marked
from calendar_sync.outlook.requests import Json
from calendar_sync.provider import SeriesDraft
from scheduler.model.series import Occurrence

Pair = tuple[Json, Occurrence]


def original(instance: Json) -> int:
    """Return where the rule puts an instance, UTC seconds. Raises Wait."""
    said = instance.get("originalStart")
    if said is None:  # of what is no exception, some hosts do not say it
        return _start(instance)
    try:
        return int(datetime.fromisoformat(said).timestamp())
    except (TypeError, ValueError, OverflowError):
        raise broken("a time that cannot be read") from None


def is_exception(instance: Json) -> bool:
    """Whether somebody, or an answer, has made it another than its series has it."""
    return instance.get("type") == "exception"


def skipped(draft: SeriesDraft, instances: Mapping[int, Json]) -> list[Json]:
    """Return those that are there and are not held."""
    return [instances[each] for each in draft.series.skipped if each in instances]


def held(draft: SeriesDraft, instances: Mapping[int, Json]) -> list[Pair]:
    """Return the dates that are there, in an order in which they can be moved.

    No move may meet a neighbour that has still to make way: later ones go last to first, and
    the others first to last. What a person removed is not there, and stays so.
    """
    pairs = [
        (instances[each.original], each)
        for each in draft.series.occurrences
        if each.original in instances
    ]
    return sorted(pairs, key=lambda pair: _turn(*pair))


def patch(draft: SeriesDraft, date: Occurrence, before: Marks, there: Json, shown: str) -> Json:
    """Return what of a date has to change before its guests are invited; nothing if it is right.

    before  the marks of the series when we began
    Whom we invited to it, and who comes no more, is left out; so is whoever leaves the series and
    comes to this date all the same: with the series they lose it, and are invited to it afterwards.
    Raises Superseded.
    """
    check(draft, there)
    own, marks, usual = draft.on(date), Marks.of(there), drafts.digests(draft)
    known = {**usual, **marks.wrote} if is_exception(there) else usual
    wrote = drafts.kept(_digests(draft, date), known, there)
    changed = drafts.stale(drafts.parts(own, shown), wrote, known)
    invited = _invited(there, before)
    staying = invited - (before.invited - of_guests(draft.guests))
    coming = [each for each in own.guests if of_guests([each]) <= staying]
    if invited != of_guests(coming) and (changed or is_exception(there)):
        changed["attendees"] = guests.merged(coming, invited, there)
    return {**changed, **marked("", wrote, coming, draft.revision)} if changed else {}


def invitation(draft: SeriesDraft, date: Occurrence, before: Marks, there: Json) -> Json:
    """Return what invites those who come to a date and lack there; nothing if nobody does.

    before  the marks of the series when we began
    A host may have invited them itself, when we invited them to the series. Raises Superseded.
    """
    check(draft, there)
    coming, alone = draft.on(date).guests, is_exception(there)
    invited = _invited(there, before) if alone else frozenset(of_guests(draft.guests))
    lacking = {each.casefold() for each in coming if not of_guests([each]) <= invited}
    if not lacking:
        return {}
    wrote = {**drafts.digests(draft), **Marks.of(there).wrote}
    marks = marked("", wrote, coming, draft.revision)
    if alone and lacking <= guests.addresses(guests.attendees(there)):
        return marks
    return {"attendees": guests.merged(coming, invited, there), **marks}


def check(draft: SeriesDraft, there: Json) -> None:
    """Raise Superseded if a later revision of a date was written."""
    if is_exception(there):
        Marks.of(there).check(draft.revision)


def uninvited(series: Json, there: Json) -> Json:
    """Return what tells those who come to a date alone that it is called off; nothing if nobody."""
    own, date = guests.addresses(guests.attendees(series)), guests.attendees(there)
    left = [each for each in date if guests.addresses([each]) <= own]
    return {"attendees": left} if is_exception(there) and left != date else {}


def _digests(draft: SeriesDraft, date: Occurrence) -> dict[str, str]:
    """Return the digests of a date's parts: where it is as the rule has it, those of its series."""
    own, usual = drafts.digests(draft.on(date)), draft.series.usual(date.original)
    moved = (date.start, date.minutes) != (usual.start, usual.minutes)
    return own if moved else {**own, "when": drafts.digests(draft)["when"]}


def _invited(there: Json, before: Marks) -> frozenset[str]:
    """Return digests of those whom we invited to a date, or else to its series."""
    said = Marks.of(there).guests if is_exception(there) else None
    return before.invited if said is None else said


def _turn(there: Json, date: Occurrence) -> tuple[bool, int]:
    later = date.start > _start(there)
    return not later, -date.original if later else date.original


def _start(instance: Json) -> int:
    return times.between(instance.get("start"), instance.get("start"))[0]
