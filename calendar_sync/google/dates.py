"""The dates of a series of ours that differ from its rule, as Google writes them. Pure.

A date is an instance of its series, with the series' fields and private properties, until it is
changed alone: from then on it has its own, and does not follow the series any more.
"""

from dataclasses import astuple, replace
from datetime import UTC, datetime

from calendar_sync.digests import check_latest, digest, of_guests, read, written
from calendar_sync.errors import broken
from calendar_sync.google import drafts
from calendar_sync.google.wire import Json
from calendar_sync.provider import SeriesDraft
from scheduler.model.series import Occurrence
from scheduler.model.zone import zone

_DATE = "commonHourDate"  # of each of a date's fields, a digest of what we last wrote
_OWN = "own"  # among them: when and where it is held
_GUESTS = "guests"  # and who comes to it alone


def original(instance: Json) -> int:
    """Return where the rule puts an instance, in UTC seconds. Raises Wait."""
    try:
        said = instance["originalStartTime"]
        found = datetime.fromisoformat(said["dateTime"])
        place = found.tzinfo or zone(said["timeZone"])
    except (KeyError, TypeError, ValueError):
        raise broken("a date without its beginning") from None
    return int(found.replace(tzinfo=place).astimezone(UTC).timestamp())


def patch(
    name: str, draft: SeriesDraft, date: Occurrence, there: Json, guests: tuple[str, ...]
) -> Json:
    """Return what of a date that is `there` has to change; nothing if it is as it should be.

    guests  those who are to be on it by now
    As of an event, a person's own changes stay. A date that was removed is restored whole.
    Whoever comes to it and no longer to all of its series is named on it, or would leave it with
    the series.
    """
    gone = there.get("status") == "cancelled"
    usual = date == draft.series.usual(date.original)
    if usual and not gone and not _is_apart(there):
        return {}  # it follows its series
    wanted = drafts.fields(draft.on(date))
    names = list(wanted) if gone else drafts.stale(wanted, _wrote(draft, date, there))
    changed = {each: drafts.over(wanted[each]) for each in names}
    follows = bool(date.guests) and not _is_apart(there)
    if follows or drafts.invited(there) != of_guests(guests):
        changed["attendees"] = drafts.merged(guests, there)
    if not changed:
        return {}
    status = {"status": "confirmed"} if gone else {}
    return {**changed, **status, **_properties(name, draft, date, there, guests)}


def check(draft: SeriesDraft, there: Json) -> None:
    """Raise Superseded if a later revision of a date was written."""
    check_latest(read(drafts.private(there).get(_DATE, "")), draft.revision)


def newcomers(date: Occurrence, there: Json) -> bool:
    """Whether a date has guests of its own who were not told of it yet."""
    return bool(of_guests(date.guests) - drafts.invited(there))


def is_news(draft: SeriesDraft, date: Occurrence, there: Json) -> bool:
    """Whether what sets a date apart changed, so that its guests have to hear of it."""
    wrote, usual = _wrote(draft, date, there), draft.series.usual(date.original)
    if wrote.get(_OWN, _own(usual)) != _own(date):
        return True
    others = drafts.invited(there) ^ of_guests((*draft.guests, *date.guests))
    return wrote.get(_GUESTS, _alone(usual)) != _alone(date) and bool(others)


def adopted(draft: SeriesDraft, date: Occurrence, there: Json) -> Json:
    """Return a date that was changed alone, by whomever, as one that we changed alone."""
    before = drafts.private(there)
    line = written(_wrote(draft, date, there))
    return {**there, "extendedProperties": {"private": {**before, _DATE: line}}}


def _is_apart(there: Json) -> bool:
    """Whether we changed a date alone before."""
    return _DATE in drafts.private(there)


def _wrote(draft: SeriesDraft, date: Occurrence, there: Json) -> dict[str, str]:
    """Return digests of what we last wrote of a date: at first, of what its series says of it."""
    if _is_apart(there):
        return read(drafts.private(there)[_DATE])
    when = read(_line(draft, draft.series.usual(date.original)))
    return {**when, **drafts.wrote(there, "summary", "location", "description")}


def _line(draft: SeriesDraft, date: Occurrence) -> str:
    digests = {name: digest(value) for name, value in drafts.fields(draft.on(date)).items()}
    own = {_OWN: _own(date), _GUESTS: _alone(date)}
    return written({**digests, **own}, draft.revision)


def _own(date: Occurrence) -> str:
    return digest(astuple(replace(date, guests=())))


def _alone(date: Occurrence) -> str:
    return digest(sorted(of_guests(date.guests)))


def _properties(
    name: str, draft: SeriesDraft, date: Occurrence, there: Json, guests: tuple[str, ...]
) -> Json:
    ours = {
        drafts.MARK: name,
        _DATE: _line(draft, date),
        drafts.GUESTS: drafts.addresses(guests),
    }
    return {"extendedProperties": {"private": {**drafts.private(there), **ours}}}
