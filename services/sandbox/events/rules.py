"""Recurrence lines as clients write them: what of RFC 5545 an event may carry."""

import re

from dateutil.rrule import rrulestr

from scheduler.errors import UnknownZone
from services.sandbox.events.expansion import occurrences
from services.sandbox.events.shapes import Unfit
from services.sandbox.events.times import Event, is_all_day

_LINE = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)((?:;[A-Z-]+=[^:;]+)*):(\S+)", re.IGNORECASE)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY", "SECONDLY")


def check_recurrence(event: Event, zone_name: str) -> None:
    """Refuse lines that say nothing, or what belongs into `start` and `end`. Raises Unfit."""
    all_day = is_all_day(event)
    for line in event["recurrence"]:
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise _bad(line)
        kind, text = found[1].upper(), found[3]
        if kind.endswith("RULE"):
            _check_rule(line, text.upper(), all_day=all_day)
        elif not re.fullmatch(r"[0-9TZPHMSDW/,+-]+", text, re.IGNORECASE):
            raise _bad(line)
    try:
        next(occurrences(event, zone_name), None)
    except (ValueError, UnknownZone, OverflowError):
        raise _bad("; ".join(event["recurrence"])) from None


def _check_rule(line: str, text: str, *, all_day: bool) -> None:
    pairs = [part.partition("=") for part in text.split(";") if part]
    parts = {name: value for name, _, value in pairs}
    counts = [parts.get(name, "1") for name in ("INTERVAL", "COUNT")]
    if len(parts) != len(pairs) or parts.get("FREQ") not in _FREQUENCIES:
        raise _bad(line)
    if "COUNT" in parts and "UNTIL" in parts:
        raise _bad(line)
    if not all(re.fullmatch(r"0*[1-9]\d{0,5}", each) for each in counts):
        raise _bad(line)
    until = parts.pop("UNTIL", None)
    if until is not None and not re.fullmatch(_until(all_day=all_day), until):
        raise _bad(line)
    try:
        rrulestr(";".join(f"{name}={value}" for name, value in parts.items()))
    except (ValueError, KeyError, AttributeError, TypeError):
        raise _bad(line) from None


def _until(*, all_day: bool) -> str:
    # A rule of days may end by a day; one of times ends at a moment, in UTC.
    return r"\d{8}(T\d{6}Z)?" if all_day else r"\d{8}T\d{6}Z"


def _bad(line: str) -> Unfit:
    return Unfit("invalid", f"Invalid recurrence rule: {line}", "recurrence")
