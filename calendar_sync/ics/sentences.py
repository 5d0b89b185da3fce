"""What we say when a calendar cannot be read: what happened, where, and what to do."""

from calendar_sync.errors import Unreadable
from calendar_sync.ics.reasons import Reason, Refused

_EXPORT = "export the calendar again"
_MEND = "mend or remove that event, then export the calendar again"

_SENTENCES = {
    Reason.EMPTY: ("is empty", _EXPORT),
    Reason.NOT_A_CALENDAR: (
        "is not a calendar",
        "give an ICS file, or the secret iCal address of a calendar",
    ),
    Reason.WEB_PAGE: (
        "is a web page, not a calendar",
        "use the calendar's secret iCal address rather than the page that shows it",
    ),
    Reason.CUT_SHORT: ("ends before the calendar does", _EXPORT),
    Reason.DAMAGED: ("is damaged or cut short", _EXPORT),
    Reason.BAD_DATE: ("has a date or time that cannot be read", _MEND),
    Reason.BAD_RULE: ("has a repeating event whose rule cannot be followed", _MEND),
    Reason.CONTRADICTION: ("has an event that gives two different times", _MEND),
    Reason.NO_START: ("has an event without a start", _MEND),
    Reason.UNKNOWN_ZONE: (
        "has a time in a time zone that it does not define and that nobody knows",
        "set that event to a city's time zone, then export the calendar again",
    ),
    Reason.BAD_ZONE: ("defines a time zone that cannot be read", _EXPORT),
    Reason.TOO_MANY: (
        "has more events in this time than can be read",
        "look for an event that repeats too often, or ask for a shorter time",
    ),
    Reason.TOO_MUCH_WORK: (
        "takes too long to read",
        "look for an event that repeats every minute or second, and remove it",
    ),
    Reason.TOO_MUCH_MEMORY: (
        "takes too much memory to read",
        "export a shorter time of the calendar",
    ),
    Reason.BROKEN: (
        "cannot be read: the program that reads calendars failed on it",
        "try again, and report it if it fails again",
    ),
}


def unreadable(place: str, refused: Refused) -> Unreadable:
    """Return the refusal as a sentence about that place."""
    what, remedy = _SENTENCES[refused.reason]
    where = f" (line {refused.line})" if refused.line else ""
    return Unreadable(f"{place} {what}{where}", remedy=remedy)
