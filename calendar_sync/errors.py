"""The one way in which reading a calendar fails."""

from scheduler.errors import Explained


class Unreadable(Explained):
    """A calendar that could not be read as a whole, and so says nothing about anybody's time.

    Half a calendar would offer taken hours as free; there is no partial answer. Where several
    were to be read, `source` says which, counted from 0. Where a host asks us to wait before we
    ask again, `seconds` says how long: from 0 to a day.
    """

    source = 0
    seconds: float | None = None
