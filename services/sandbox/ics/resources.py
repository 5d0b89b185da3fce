"""One VEVENT, and one period of a VFREEBUSY, as Google's event resource."""

from base64 import b32hexencode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from services.sandbox.ics.moments import DAY, Clock, Moment, moment
from services.sandbox.ics.rules import every

Event: TypeAlias = dict[str, Any]

_FREE = ("FREE", "WORKINGELSEWHERE")
_SHOWN = {
    "FREE": "free", "TENTATIVE": "tentative", "BUSY": "busy", "OOF": "oof",
    "WORKINGELSEWHERE": "workingElsewhere",
}  # fmt: skip
_VISIBILITY = {"PRIVATE": "private", "CONFIDENTIAL": "confidential"}
_TEXTS = {"SUMMARY": "summary", "DESCRIPTION": "description", "LOCATION": "location"}


class Part(NamedTuple):
    """A VEVENT. `named` is the start of the instance that an override stands for."""

    component: Any
    begin: Moment
    length: timedelta
    named: Moment | None

    @property
    def cancelled(self) -> bool:
        """Whether it does not take place."""
        return _word(self.component, "STATUS") == "CANCELLED"

    @property
    def onwards(self) -> bool:
        """Whether it is of all later instances too."""
        named = self.component.get("RECURRENCE-ID")
        return named is not None and named.params.get("RANGE", "").upper() == "THISANDFUTURE"

    @property
    def sequence(self) -> int:
        """How often its organiser changed it."""
        return int(self.component.get("SEQUENCE", 0))

    @property
    def age(self) -> tuple[int, str]:
        """What orders rivals: SEQUENCE, then DTSTAMP."""
        stamp = self.component.get("DTSTAMP")
        return self.sequence, stamp.to_ical().decode() if stamp else ""


def part(component: Any, floating: Clock) -> Part:
    """Read a VEVENT that has a start."""

    def at(name: str) -> Moment | None:
        found = component.get(name)
        return None if found is None else moment(found.dt, found.params, floating)

    begin = at("DTSTART")
    assert begin is not None
    return Part(component, begin, _length(component, begin, at("DTEND")), at("RECURRENCE-ID"))


def identity(*words: str) -> str:
    """Return an event id (the letters a to v and digits) that is always that of these words."""
    return b32hexencode(sha256("\n".join(words).encode()).digest()[:20]).decode().lower()


def resource(own: str, uid: str, part: Part, begin: Moment, **more: Any) -> Event:
    """Return the resource, with the id `own`, of a VEVENT or of its instance that begins there."""
    component, outlook = part.component, _word(part.component, "X-MICROSOFT-CDO-BUSYSTATUS")
    tentative = "TENTATIVE" in (_word(component, "STATUS"), outlook)
    event: Event = {
        "id": own,
        "iCalUID": uid,
        "status": "tentative" if tentative else "confirmed",
        "start": begin.field(),
        "end": begin.later(part.length).field(),
        "sequence": part.sequence,
        **more,
    }
    for name, field in _TEXTS.items():
        if component.get(name):
            event[field] = str(component[name])
    # Outlook's word, where there is one, decides alone.
    if outlook in _FREE or (not outlook and _word(component, "TRANSP") == "TRANSPARENT"):
        event["transparency"] = "transparent"
    if outlook in _SHOWN:
        event["outlook"] = {"showAs": _SHOWN[outlook]}
    if _word(component, "CLASS") in _VISIBILITY:
        event["visibility"] = _VISIBILITY[_word(component, "CLASS")]
    return event


def periods(component: Any, floating: Clock) -> Iterator[Event]:
    """Yield an event for each period of a VFREEBUSY: nothing but the time is known of them."""
    for found in every(component.get("FREEBUSY")):
        kind = found.params.get("FBTYPE", "BUSY").upper()
        if kind == "FREE":
            continue
        first, last = found.dt
        begin = moment(first, {}, floating)
        end = begin.later(last) if isinstance(last, timedelta) else moment(last, {}, floating)
        own = identity(str(component.get("UID")), kind, begin.stamp(), end.stamp())
        yield {
            "id": own,
            "iCalUID": f"{own}@periods",
            "status": "tentative" if kind == "BUSY-TENTATIVE" else "confirmed",
            "summary": "Busy",
            "start": begin.field(),
            "end": end.field(),
        }


def _length(component: Any, begin: Moment, end: Moment | None) -> timedelta:
    """Return what it lasts; what begins on a whole day lasts whole days.

    Otherwise a DURATION is exact: icalendar does not tell P1D from PT24H.
    """
    if end is None:
        usual = DAY if begin.whole_day else timedelta()
        lasting = component["DURATION"].dt if "DURATION" in component else usual
    else:
        lasting = end.wall - begin.wall if begin.whole_day else end.instant - begin.instant
    return max(-(-lasting // DAY), 1) * DAY if begin.whole_day else max(lasting, timedelta())


def _word(component: Any, name: str) -> str:
    return str(component.get(name, "")).strip().upper()
