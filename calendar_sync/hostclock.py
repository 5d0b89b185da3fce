"""What a host says about time in its headers (RFC 9110 5.6.7 and 10.2.3)."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

_MOST = 86_400.0  # seconds; a calendar that rests for longer would be forgotten


def moment(text: str) -> float | None:
    """Return the instant (UTC seconds) of an HTTP-date in any of its three forms, or None."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).timestamp()


def wait(text: str, now: float) -> float | None:
    """Return the seconds, at most a day, that a Retry-After asks for; None if it makes no sense.

    now  UTC seconds by the clock of the host, which is also the one its date is told by
    """
    if text.isascii() and text.isdigit():
        return min(float(text), _MOST)
    until = moment(text)
    return min(until - now, _MOST) if until is not None and until >= now else None


def asked(headers: Mapping[str, str], now: float) -> float | None:
    """Return the wait that a host asks for, by its own clock where it tells the time.

    headers  by their names in small letters
    now      UTC seconds, by our own clock
    """
    told = moment(str(headers.get("date", "")))
    return wait(str(headers.get("retry-after", "")).strip(), now if told is None else told)
