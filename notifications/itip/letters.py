"""The mails that carry invitations: in words what is new and what holds, and for calendars."""

from dataclasses import dataclass, field

from notifications import compose
from notifications.enclosed import Enclosed
from notifications.itip import calendar, spoken
from notifications.itip.calendar import About
from notifications.itip.changes import Change, Kind
from notifications.itip.news import New, Reader, news, to_come
from notifications.itip.people import Answer
from notifications.itip.spoken import Clock
from notifications.lines import one_line
from notifications.message import Message

_WORDS = 80  # characters of a title or a place


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a letter needs besides what it is about.

    key     the message's, see `message.Message`
    thread  the key of the first letter about the same series; "": this is it
    link    where the guest can answer on a page; it may let somebody in
    by_mail  whether an answer by mail counts: else only one on that page does
    """

    key: str
    thread: str = ""
    link: str = field(default="", repr=False)
    by_mail: bool = True


def letter(
    envelope: Envelope, about: About, change: Change, reader: Reader | None = None
) -> Message:
    """Write the letter about one change, to the guest.

    Its words say what is new to them, and all of their dates as they are held now. They go by
    that and not by what the object does: a date that leaves one object for another has moved.
    """
    reader = reader or Reader()
    found = news(change, reader)
    clock = Clock(change.series.zone, reader.zone)
    dates = to_come(change, reader, about.stamp)
    held = [clock.when(each) for each in dates]
    words = _words(about, reader) if change.date is None else ()
    kind = _kind(change, found, words, reader)
    organizer = about.organizer
    lines = [clock.when(each.known) for each in found]
    if kind == "changed":
        lines = [spoken.line(clock, each, reader.without) for each in found]
    return compose.written(
        f"dates_{kind}",
        envelope.key,
        about.guest.name,
        str(about.guest.address),
        "" if reader.now is not None and not held else envelope.link,  # it has come to its end
        Enclosed(*_object(about, change), organizer.address, organizer.name, envelope.thread),
        by_mail=envelope.by_mail,
        asks=about.answer is Answer.WAITING,
        title=about.title,
        organizer=organizer.name,
        place="" if all(each.place for each in dates) else about.place,
        dates=(*lines, *words),
        held=() if held == lines else tuple(held),
        moved=len(found) == 1 and found[0].moved and not words,
        alone=all(each.known.original in reader.without for each in found),
        named=spoken.subject(clock, found),
        following=reader.following,
    )


def _kind(change: Change, found: list[New], words: tuple[str, ...], reader: Reader) -> str:
    """Say what the letter is for its reader."""
    if change.kind is not Kind.CHANGED:
        words = ()
    if not found and not words:
        return "again"
    gone = [each.now is None for each in found]
    if words or not (all(gone) or all(each.was is None for each in found)):
        return "changed"
    if not all(gone):
        return "invited"
    alone = {each.known.original in reader.without for each in found}
    return "cancelled" if len(alone) == 1 else "changed"


def _words(about: About, reader: Reader) -> tuple[str, ...]:
    """Say which words are new."""
    if reader.was is None:
        return ()
    title, place, text = reader.was
    said = (
        _new("title", title, about.title),
        _new("place", place, about.place),
        "" if text == about.text else "Another description, which your calendar shows",
    )
    return tuple(each for each in said if each)


def _new(what: str, was: str, now: str) -> str:
    if was == now:
        return ""
    was, now = (one_line(each, _WORDS) or "none" for each in (was, now))
    return f"Another {what}: {now}; it was {was}"


def _object(about: About, change: Change) -> tuple[str, str]:
    """Return the method and the object."""
    series, date = change.series, change.date
    if change.kind is Kind.CANCELLED:
        for_all = change.for_all
        if date:
            return "CANCEL", calendar.cancel_date(about, series, date, for_all=for_all)
        return "CANCEL", calendar.cancel(about, series, for_all=for_all)
    if date:
        return "REQUEST", calendar.request_date(about, series, date)
    return "REQUEST", calendar.request(about, series)
