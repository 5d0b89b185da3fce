"""How reading and writing calendars fails, by what we do next."""

from scheduler.errors import Explained, TryLater


class Unreadable(Explained):
    """A calendar that could not be read as a whole, and so says nothing about anybody's time.

    Half a calendar would offer taken hours as free; there is no partial answer. Where several
    were to be read, `source` says which, counted from 0. Where a host asks us to wait before we
    ask again, `seconds` says how long: from 0 to a day.
    """

    source = 0
    seconds: float | None = None


class ReconnectNeeded(Explained):
    """The account's owner has to give consent once more; nothing else helps."""


class NotAllowed(Explained):
    """A permission lacks that the owner could give: consent to more, or share the calendar."""


class NotThere(Explained):
    """The calendar or event is gone, or cannot be seen."""


class CursorExpired(Explained):
    """The host forgot our place: read afresh, and keep what is known until that is done."""


class ChangedMeanwhile(Explained):
    """Somebody else was quicker: read again, and apply only what is ours."""


class Superseded(Explained):
    """A later revision than ours was written: that stays."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            "The calendar has a later state of the event than was to be written",
            remedy="write the latest",
        )
        self.revision = revision


class Refused(Explained):
    """The host will never take this request as it is."""


class Unsupported(Explained):
    """The host does not know this at all; what its capabilities promised was too much."""


class Wait(TryLater):
    """The host asks us to wait, is in trouble, or our own share of requests is used up.

    whole  whether it concerns everybody at this host, not this account alone
    """

    def __init__(self, what: str, *, remedy: str, seconds: float, whole: bool = False) -> None:
        super().__init__(what, remedy=remedy, seconds=seconds)
        self.whole = whole


class Trouble(Wait):
    """The host failed at one thing, and did not ask us to leave the rest alone."""


class Silence(Trouble):
    """To one thing, no answer came in time, or none that was whole."""


def reconnect() -> ReconnectNeeded:
    """Return the error of an account whose consent is gone."""
    return ReconnectNeeded("The account no longer admits us", remedy="connect it again")


def broken(what: str = "an answer that is not what was asked for") -> Trouble:
    """Return the error of an answer that cannot be believed: it says nothing, and never "free"."""
    return Trouble(f"The calendar host sent {what}", remedy="try again later", seconds=30.0)


SyncError = (
    ReconnectNeeded
    | NotAllowed
    | NotThere
    | CursorExpired
    | ChangedMeanwhile
    | Refused
    | Unsupported
    | Wait
)
