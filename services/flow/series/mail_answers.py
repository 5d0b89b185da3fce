"""Answers that come by mail. Such a mail is a hint: it changes what one guest said, or nothing.

It counts if it came to the address that this guest was given for this event, if our own mail
server vouches for its sender, and if it answers the last letter about what it answers to. Where
there is no such server it counts for nothing until the guest confirms it on their page.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from calendar_sync.provider import Answer
from notifications.addresses import Address
from notifications.errors import Undeliverable
from notifications.itip import replies as mails
from notifications.itip.names import Names
from notifications.itip.reasons import NoReply
from notifications.itip.replies import ReplyMail
from services.flow import proof
from services.flow.memory import Memory
from services.flow.series import answers, asking, hints
from services.flow.series.invited import is_invited, is_to_come
from services.flow.series.kept import from_kept
from services.flow.series.whole import whole
from services.storage import attendees as stored_attendees
from services.storage import replies, series
from services.storage.rows.series import AttendeeRow, EventRow, MeetingRow
from services.storage.work import Work

KEPT = "it is kept"
ASKED = "it counts once the guest confirms it on their page"
OVER = "it is about dates that are over, cancelled, or not theirs"
_UNKNOWN = "it is about an event that we do not know, or not any more"
_STRANGER = "it is of somebody who is not invited"
_EARLIER = "it answers an earlier invitation, or something later was answered already"
_MAIL = "mail"


def from_mail(memory: Memory, names: Names, authserv_id: str, raw: bytes) -> str:
    """Take in a mail, and say what became of it; nothing of the mail stands in that.

    authserv_id  how our mail server calls itself in Authentication-Results; "": nobody vouches for
                 a sender, so no mail counts before the guest confirms it
    """
    try:
        reply = mails.read(raw, names, authserv_id)
    except NoReply as error:
        return error.reason.value
    with memory.work() as work:
        try:
            return _taken(work, reply)
        except NoReply as error:
            return error.reason.value


def _taken(work: Work, reply: ReplyMail) -> str:
    found = replies.by_uid(work, proof.hashed(reply.uid))
    if found is None:
        return _UNKNOWN
    event, original_at = found
    if series.locked(work, event.series_id) is None or event.wanted is None:
        return _UNKNOWN
    attendee = _attendee(work, event, reply.email)
    if attendee is None:
        return _STRANGER
    piece = None if original_at is None else int(original_at.timestamp())
    date = None if piece is not None else mails.date_meant(reply, from_kept(event.wanted))
    meetings = _meetings(work, event, attendee, date if piece is None else piece)
    if not meetings:
        return OVER
    telling = replies.telling(work, event.id, attendee.id)
    assert telling is not None  # or they would not be found
    if asking.is_known(telling.asked, piece, date, reply.stamp):
        return _EARLIER
    to_all = piece is None and date is None and attendee.meeting_id is None
    everything = to_all and event.id == whole(series.events(work, event.series_id))
    dates = [None] if everything else [each.id for each in meetings]
    said = _kept(work, attendee, dates, reply, asking.asked_by(telling.asked, piece, date))
    if said != _EARLIER and reply.stamp > work.now.timestamp():
        telling.asked = asking.ahead(telling.asked, piece, date, reply.stamp)
    return said


def _attendee(work: Work, event: EventRow, email: str) -> AttendeeRow | None:
    """Who was told of an object at this address."""
    for attendee, person in stored_attendees.of(work, event.series_id):
        same = _identity(person.email) == _identity(email)
        if same and replies.telling(work, event.id, attendee.id) is not None:
            return attendee
    return None


def _identity(email: str) -> str:
    try:
        return Address.parse(email).identity
    except Undeliverable:
        return email


def _meetings(
    work: Work, event: EventRow, attendee: AttendeeRow, original: int | None
) -> list[MeetingRow]:
    """The dates to come of an object that are theirs: one of them, or (None) all."""
    assert event.wanted is not None
    held = {each.original for each in from_kept(event.wanted).occurrences}
    return [
        each
        for each in series.meetings(work, event.series_id)
        if (at := int(each.original_at.timestamp())) in held
        and original in (None, at)
        and is_invited(attendee, each)
        and is_to_come(each, work.now)
    ]


def _kept(
    work: Work,
    attendee: AttendeeRow,
    meetings: Sequence[UUID | None],
    reply: ReplyMail,
    sequence: int,
) -> str:
    """Keep an answer where it is later than what is known."""
    known = {each.meeting_id: each for each in replies.of_attendee(work, attendee.id)}
    said_at = min(datetime.fromtimestamp(reply.stamp, UTC), work.now)
    work.actor = attendee.person_id
    kept = False
    for each in meetings:
        row = known.get(each)
        last = None if row is None else int(row.said_at.timestamp())
        if not reply.counts(sequence, last):
            continue
        said, kept = Answer(reply.answer.value.lower()), True
        if reply.vouched:
            answers.answer(work, attendee, each, said, _MAIL, said_at)
        else:
            hints.ask(attendee, each, said)
    if not kept:
        return _EARLIER
    return KEPT if reply.vouched else ASKED
