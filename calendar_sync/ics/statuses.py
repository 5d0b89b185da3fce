"""What a host means that answers, but not with a calendar."""

from calendar_sync.errors import Unreadable
from calendar_sync.ics.link import Link

_GONE = ("no longer has this calendar", "copy its address once more from the calendar's settings")
_LOCKED = (
    "asks for a password or does not admit us",
    "use the calendar's secret iCal address, which needs none",
)
_SAID = {401: _LOCKED, 403: _LOCKED, 404: _GONE, 410: _GONE}
_BUSY = ("has a problem of its own just now", "try again later")
_OTHER = ("does not answer with a calendar", "copy its address once more")


def refusal(link: Link, status: int) -> Unreadable:
    """Return the sentence for an HTTP status other than 200."""
    troubled = status == 429 or status >= 500
    what, remedy = _SAID.get(status, _BUSY if troubled else _OTHER)
    return Unreadable(f"{link} {what} (HTTP {status})", remedy=remedy)
