"""What an attendee is told of an object, as the database keeps it, and the letters that say it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from notifications.addresses import Address
from notifications.itip import letters
from notifications.itip.calendar import About
from notifications.itip.changes import Change, Kind, changes
from notifications.itip.letters import Envelope
from notifications.itip.names import Names
from notifications.itip.news import Reader
from notifications.itip.people import Answer, Person
from notifications.itip.pieces import as_ruled
from notifications.message import Channel, Message
from scheduler.model.series import Series


@dataclass(frozen=True, slots=True)
class Said:
    """One telling: fixed before its first letter goes out, so that every try writes the same.

    series     the object as far as it is theirs; None: it is not
    organizer  the name of who invites
    stamp      UTC seconds: when this was fixed
    revision   of the series, as of what is told
    anew       whether all of it is told, and not only what is new
    for_all    see changes.Change
    answer     what they had answered to all of it
    invites    whether it is in their own name: then nobody asks them
    reader     what the words of its letters go by; it matters while they are written
    """

    series: Series | None
    title: str
    place: str
    text: str
    organizer: str
    stamp: int = 0
    revision: int = 0
    anew: bool = False
    for_all: bool = True
    answer: Answer = Answer.WAITING
    invites: bool = False
    reader: Reader = field(default_factory=Reader)

    def followed(self, letters: int) -> "Said":
        """The same, before so many more letters about this object."""
        reader = replace(self.reader, following=self.reader.following + letters)
        return replace(self, reader=reader)

    def like(self, other: "Said") -> bool:
        """Whether it has the same words."""
        return (self.title, self.place, self.text) == (other.title, other.place, other.text)


@dataclass(frozen=True, slots=True)
class Post:
    """What letters need besides what they say.

    address  where people reach us, without a final slash
    derived  the secret of an attendee's page, which nobody can derive who does not have our key
    rate     letters in a minute at most
    by_mail  whether answers count that come by mail
    opened   opens what was sealed for an owner: where a last letter goes, see farewells
    """

    channel: Channel
    names: Names
    address: str
    derived: Callable[[UUID], str] = field(repr=False)
    rate: int = 25
    by_mail: bool = True
    opened: Callable[[bytes, UUID], str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is told.

    link_id  of the link under which they answer
    only     the date of a guest, whose name is its event's; None: they come to all
    """

    attendee_id: UUID
    link_id: UUID
    name: str = field(repr=False)
    email: str = field(repr=False)
    only: int | None


_SAID = TypeAdapter(Said)


def to_kept(said: Said) -> dict[str, Any]:
    """Write what is told."""
    return asdict(said)


def once_told(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what is kept of it once its letters are written."""
    return (
        None if kept is None else {name: value for name, value in kept.items() if name != "reader"}
    )


def from_kept(kept: Mapping[str, Any] | None) -> Said | None:
    """Read what was told; None: nothing."""
    return None if kept is None else _SAID.validate_python(kept)


def perhaps_known(told: Said | None, pending: Said | None) -> Said | None:
    """What somebody may know of whom some letters reached, and some did not: the one and the other.

    Told anew after that they have it right whichever of the letters they have read.
    """
    if told is None or pending is None or told.series is None or pending.series is None:
        return pending if pending is not None and pending.series is not None else told
    before, after = told.series, pending.series
    dates = {each.original: each for each in after.occurrences}
    for each in before.occurrences:  # what was moved is told again, even where it is back now
        if each.original not in dates or as_ruled(dates[each.original], after):
            dates[each.original] = each
    out = {*before.skipped, *after.skipped} - dates.keys()
    held = tuple(dates[original] for original in sorted(dates))
    return replace(pending, series=replace(after, occurrences=held, skipped=tuple(sorted(out))))


def changed(told: Said | None, wanted: Said, apart: list[int]) -> list[Change]:
    """Return the letters, in their order."""
    before = told.series if told else None
    return changes(before, wanted.series, apart, anew=wanted.anew, for_all=wanted.for_all)


def uid(post: Post, event_id: UUID, guest: Guest, change: Change) -> tuple[str, int | None]:
    """Return the UID of what a letter is about, and the date of which it is the event."""
    if guest.only is not None:
        # Theirs alone: as a member, they may be told of the same date once more, from the first.
        return post.names.uid(f"{event_id.hex} {guest.attendee_id.hex}", guest.only), guest.only
    return post.names.uid(event_id.hex, change.piece), change.piece


def letter(  # noqa: PLR0913, PLR0917 -- what a letter is made of
    post: Post,
    envelope: Envelope,
    guest: Guest,
    event_id: UUID,
    sequence: int,
    said: Said,
    change: Change,
) -> Message:
    """Write one letter. Raises Undeliverable."""
    address = Address.parse(guest.email)
    name, _ = uid(post, event_id, guest, change)
    # Whoever has accepted is asked again only about a date that is held at another time.
    asked = bool(change.date) or change.kind is not Kind.CHANGED
    about = About(
        uid=name,
        sequence=sequence,
        stamp=said.stamp,
        organizer=Person(post.names.organizer(name, address), said.organizer),
        guest=Person(address, guest.name),
        title=said.title,
        place=said.place,
        text=said.text,
        answer=said.answer if said.invites or not asked else Answer.WAITING,
    )
    link = f"{post.address}/l/{post.derived(guest.link_id)}"
    return letters.letter(
        replace(envelope, link=link, by_mail=post.by_mail), about, change, said.reader
    )
