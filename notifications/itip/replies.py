"""What a guest answered, from a mail (RFC 5546, 3.2.3; RFC 6047).

Such a mail is a hint and no more: it says what one guest answered to one event, and whoever
reads it lets it change nothing else. All that does not hold together is no answer, with a reason.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from notifications.addresses import Address
from notifications.errors import Undeliverable
from notifications.itip import properties
from notifications.itip.letterbox import Letter, opened
from notifications.itip.moments import instant_of, there
from notifications.itip.names import Names
from notifications.itip.people import Answer
from notifications.itip.properties import Property
from notifications.itip.reasons import NoReply, Reason
from notifications.itip.vouching import vouched
from notifications.itip.windows import iana
from scheduler.errors import UnknownZone
from scheduler.model.series import Series

_GIVEN = {Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED}
_LARGEST = 2**31 - 1  # RFC 5545, 3.3.8


@dataclass(frozen=True, slots=True)
class ReplyMail:
    """One guest's answer to one event.

    recurrence  UTC seconds: the original of the one date that is meant; None: all of them
    email       the guest's, as it was invited; the tag is theirs
    sequence    of the invitation that was answered: an older one than the present is no answer
    stamp       UTC seconds: when it was given; of two answers the later one counts
    vouched     whether our mail server found the mail genuine; False: nobody was asked
    """

    uid: str = field(repr=False)
    recurrence: int | None
    email: str = field(repr=False)
    answer: Answer
    sequence: int
    stamp: int
    tag: str = field(repr=False)
    vouched: bool = True

    def counts(self, sequence: int, last: int | None) -> bool:
        """Say whether it answers the present invitation, and is news.

        sequence  of the last request about the event
        last      the stamp of what this guest last answered to the same; None: nothing
        """
        return self.sequence >= sequence and (last is None or self.stamp > last)


def read(raw: bytes, names: Names, authserv_id: str) -> ReplyMail:
    """Return the answer that a mail holds. Raises NoReply.

    authserv_id  how our own mail server calls itself in Authentication-Results, see `vouching`;
                 "": there is none that we could ask
    """
    letter = opened(raw)
    event = _event(letter)
    reply = _reply(event, _tag(letter, event, names))
    guest = _address(reply.email)
    if not names.fits(reply.tag, reply.uid, guest):
        raise NoReply(Reason.FOREIGN_TAG)
    if authserv_id and not vouched(letter, authserv_id, guest):
        raise NoReply(Reason.NOT_VOUCHED)
    return replace(reply, vouched=bool(authserv_id))


def date_meant(reply: ReplyMail, series: Series) -> int | None:
    """Return the original that the answer names; None: it is to the whole series.

    Outlook knows a date of a series by its day, so the only date of that day is meant as well.
    Raises NoReply if there is no such date.
    """
    originals = [each.original for each in series.occurrences]
    if reply.recurrence is None or reply.recurrence in originals:
        return reply.recurrence
    day = there(reply.recurrence, series.zone).date()
    that_day = [each for each in originals if there(each, series.zone).date() == day]
    if len(that_day) != 1:
        raise NoReply(Reason.NO_SUCH_DATE)
    return that_day[0]


def _event(letter: Letter) -> list[Property]:
    """Return the only event of the only object."""
    try:
        method, events = properties.read(letter.calendar)
    except ValueError:
        raise NoReply(Reason.DAMAGED) from None
    if not method:
        raise NoReply(Reason.NO_METHOD)
    if method != "REPLY" or letter.method not in ("", "REPLY"):
        raise NoReply(Reason.ANOTHER_METHOD)
    if len(events) != 1:
        raise NoReply(Reason.NOT_ONE_EVENT)
    return events[0]


def _tag(letter: Letter, event: list[Property], names: Names) -> str:
    """Return the tag of the address that was written to."""
    written_to = [*letter.to, *(_mailto(each) for each in event if each.name == "ORGANIZER")]
    tags = {tag for each in written_to if (tag := _tag_of(each, names))}
    if len(tags) != 1:
        raise NoReply(Reason.FOREIGN_TAG if tags else Reason.NO_TAG)
    return tags.pop()


def _tag_of(address: str, names: Names) -> str | None:
    try:
        return names.tag_of(Address.parse(address))
    except Undeliverable:
        return None  # there are stranger things in To


def _reply(event: list[Property], tag: str) -> ReplyMail:
    guests = [each for each in event if each.name == "ATTENDEE"]
    if len(guests) != 1:
        raise NoReply(Reason.NOT_ONE_GUEST)
    answer = guests[0].params.get("PARTSTAT", "").upper()
    if answer not in _GIVEN:
        raise NoReply(Reason.NO_ANSWER)
    stamp = _only(event, "DTSTAMP")
    named = _only(event, "RECURRENCE-ID", needed=False)
    return ReplyMail(
        uid=_only(event, "UID").value,
        recurrence=_instant(named) if named.value else None,
        email=str(_address(_mailto(guests[0]))),
        answer=Answer(answer),
        sequence=_sequence(_only(event, "SEQUENCE", needed=False).value or "0"),
        stamp=_instant(stamp),
        tag=tag,
    )


def _only(event: list[Property], name: str, *, needed: bool = True) -> Property:
    found = [each for each in event if each.name == name]
    if len(found) > 1 or (needed and not found):
        raise NoReply(Reason.DAMAGED)
    return found[0] if found else Property(name, {}, "")


def _sequence(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 10 and int(value) <= _LARGEST):
        raise NoReply(Reason.DAMAGED)
    return int(value)


def _instant(when: Property) -> int:
    zone = when.params.get("TZID")
    try:
        return instant_of(when.value, iana(zone) if zone else None)
    except UnknownZone:
        raise NoReply(Reason.UNKNOWN_ZONE) from None
    except (ValueError, OverflowError):
        raise NoReply(Reason.DAMAGED) from None


def _mailto(property_: Property) -> str:
    scheme, _, address = property_.value.partition(":")
    return unquote(address) if scheme.lower() == "mailto" else ""


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except Undeliverable:
        raise NoReply(Reason.DAMAGED) from None
