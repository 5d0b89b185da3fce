"""From what somebody typed to an event, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from scheduler.errors import Explained
from scheduler.model.zone import zone
from services.sandbox.events.times import Event, at_wall, is_all_day, moment, timed, whole_day

DAY = timedelta(days=1)
_WEEKLY = "RRULE:FREQ=WEEKLY"


class Mistyped(Explained):
    """A field that cannot be read."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of an event as they stand in the form. No times: whole days.

    until  last day of something that comes back every week; empty: it happens once
    keeps  says how it comes back where that is not every week: then it stays so
    """

    title: str = ""
    day: str = ""
    start: str = ""
    end: str = ""
    until: str = ""
    busy: str = "busy"
    keeps: str = ""

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> Self:
        """Read what was sent."""
        names = ("title", "day", "start", "end", "until", "busy")
        return cls(**{name: form.get(name, "").strip() for name in names})

    @classmethod
    def of(cls, event: Event, zone_name: str) -> Self:
        """Show an event that there is, by the clocks of its calendar."""
        lines = event.get("recurrence", [])
        simple = _weekly_until(lines, zone_name)
        whole = is_all_day(event)
        begin, end = (
            moment(event[name], zone_name).astimezone(zone(zone_name)) for name in ("start", "end")
        )
        return cls(
            title=event.get("summary", ""),
            day=begin.date().isoformat(),
            start="" if whole else f"{begin:%H:%M}",
            end="" if whole else f"{end:%H:%M}",
            until=simple or "",
            busy="free" if event.get("transparency") == "transparent" else "busy",
            keeps="" if simple is not None else "; ".join(lines),
        )

    def onto(self, event: Event, zone_name: str) -> Event:
        """Return the event as the form wants it, the rest of it as it was. Raises Mistyped."""
        if not self.title:
            raise Mistyped("The event has no title", remedy="say what it is")
        changed = {**event, "summary": self.title, **self._times(event, zone_name)}
        changed["transparency"] = "transparent" if self.busy == "free" else "opaque"
        if self.until and "recurringEventId" not in event:
            changed["recurrence"] = self._repetition(event, changed, zone_name)
        elif not self.until and _weekly_until(event.get("recurrence", []), zone_name) is not None:
            changed.pop("recurrence", None)
        return changed

    def _times(self, event: Event, zone_name: str) -> Event:
        day = _day(self.day, "day")
        if not self.start and not self.end:
            return {"start": whole_day(day), "end": whole_day(day + _days(event))}
        start, end = _time(self.start, "from"), _time(self.end, "to")
        last = day if end > start else day + DAY  # past midnight
        return {
            "start": timed(at_wall(datetime.combine(day, start), zone_name), zone_name),
            "end": timed(at_wall(datetime.combine(last, end), zone_name), zone_name),
        }

    def _repetition(self, event: Event, changed: Event, zone_name: str) -> list[str]:
        last = _day(self.until, "last day")
        if last < _day(self.day, "day"):
            raise Mistyped(
                "It would end before it begins", remedy="choose a last day after the first"
            )
        over = at_wall(datetime.combine(last, time(23, 59, 59)), zone_name)
        until = f"{last:%Y%m%d}" if is_all_day(changed) else f"{over:%Y%m%dT%H%M%SZ}"
        others = [line for line in event.get("recurrence", []) if not line.startswith("RRULE")]
        return [f"{_WEEKLY};UNTIL={until}", *others]


def _weekly_until(lines: list[str], zone_name: str) -> str | None:
    """Return the last day of a plain weekly rule; "" of no rule at all; None of any other."""
    rules = [line for line in lines if not line.startswith("EXDATE")]
    if not rules:
        return ""
    head, _, until = rules[0].partition(";UNTIL=")
    if len(rules) > 1 or head != _WEEKLY or not until:
        return None
    at = datetime.fromisoformat(until)
    return (at.astimezone(zone(zone_name)) if at.tzinfo else at).date().isoformat()


def _days(event: Event) -> timedelta:
    """Return how many days an event of whole days lasts already."""
    if "date" not in event.get("start", {}):
        return DAY
    begin, end = (date.fromisoformat(event[name]["date"]) for name in ("start", "end"))
    return end - begin


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistyped(f"The {name} is no date", remedy="write it like 2027-03-15") from None


def _time(text: str, name: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Mistyped(
            f"The time under {name!r} is none",
            remedy="write it like 09:30, or leave both empty for whole days",
        ) from None
