"""Answers to a series: what somebody says of a date counts more than what they say of it all.

An answer that changes nothing is no news. Nobody but coordinators hears of one, and they see it
on their page: nothing is mailed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from calendar_sync.provider import Answer
from services.facts import ReplyChanged
from services.flow import limits, proof, rights
from services.flow.errors import Gone, Missing, Outdated, Unfit
from services.flow.memory import Memory
from services.flow.series import clocks, hints
from services.flow.series.invited import is_invited, is_to_come
from services.flow.series.views import OwnDate, OwnDates
from services.storage import attendees as stored_attendees
from services.storage import replies, series
from services.storage.rows.groups import GroupRow
from services.storage.rows.series import (
    AttendeeRow,
    MeetingRow,
    Organiser,
    ReplyRow,
    SeriesRow,
    SeriesState,
)
from services.storage.work import Work

PAGE = "page"
INVITES = "mailbox"  # of who has the service invite in their name
_CHANGE = "change"  # of the date: what was said of it before is no answer any more


def of(work: Work, row: SeriesRow) -> Mapping[UUID, list[ReplyRow]]:
    """What was answered to a series, by the id of the attendee."""
    found: dict[UUID, list[ReplyRow]] = defaultdict(list)
    for each in replies.of_series(work, row.id):
        found[each.attendee_id].append(each)
    return found


def effective(said: Iterable[ReplyRow], meeting_id: UUID | None) -> Answer:
    """What somebody's answers mean for one date; None: for all of the series."""
    row = deciding(said, meeting_id)
    return Answer.WAITING if row is None else Answer(row.answer)


def deciding(said: Iterable[ReplyRow], meeting_id: UUID | None) -> ReplyRow | None:
    """The answer that counts for one date, or (None) for all of the series."""
    by_date = {each.meeting_id: each for each in said}
    return by_date.get(meeting_id) or by_date.get(None)


def answer(  # noqa: PLR0913, PLR0917 -- who says what of which, where and when
    work: Work,
    attendee: AttendeeRow,
    meeting_id: UUID | None,
    said: Answer,
    source: str,
    said_at: datetime,
) -> ReplyRow:
    """Keep an answer, unless a later one is known; record whether it is another than before."""
    series.locked(work, attendee.series_id)  # of two at once, the second sees the first
    known = replies.of_attendee(work, attendee.id)
    before = effective(known, meeting_id)
    row = next((each for each in known if each.meeting_id == meeting_id), None)
    if row is None:
        row = ReplyRow(attendee_id=attendee.id, meeting_id=meeting_id)
        work.add(row)
    elif row.said_at > said_at:
        return row
    row.answer, row.source, row.said_at = said.value, source, said_at
    hints.answered(attendee, meeting_id)
    work.session.flush()
    if before is not said:
        work.note("reply.changed", attendee.id)
        work.record(ReplyChanged(attendee.id))
    return row


def ask_anew(work: Work, row: SeriesRow, meeting: MeetingRow) -> None:
    """Let nobody have answered to a date that is held at another time now.

    What was answered at the host that invites stands: it decides so itself, and tells what
    counts. So does the answer of who invites, whom nobody asks.
    """
    said = of(work, row)
    for attendee, _ in stored_attendees.of(work, row.id):
        known = deciding(said.get(attendee.id, ()), meeting.id)
        theirs = known is not None and known.source == INVITES
        hosted = row.organiser is Organiser.ACCOUNT and known is not None and known.source != PAGE
        if theirs or hosted or not is_invited(attendee, meeting):
            continue
        if known is not None or row.organiser is Organiser.MAILBOX:  # an answer may be on its way
            answer(work, attendee, meeting.id, Answer.WAITING, _CHANGE, work.now)


def look(memory: Memory, secret: str, remote: str) -> OwnDates:
    """Return what the link of an attendee is for, and change nothing.

    Raises Missing, TooMany, or Gone once there is nothing to answer any more.
    """
    _counted(memory, secret, remote)
    with memory.reading() as work:
        return _by_link(work, secret)


def say(  # noqa: PLR0913 -- by which link, from where, what to which
    memory: Memory,
    secret: str,
    remote: str,
    meeting_id: UUID | None,
    said: Answer,
    *,
    revision: int | None = None,
) -> OwnDates:
    """Answer by link, to one date or (None) to all that are to come.

    revision  of the series, as the page showed it

    Raises Missing, TooMany, Gone, Outdated or Unfit.
    """
    _counted(memory, secret, remote)
    with memory.work() as work:
        own = _by_link(work, secret, alone=True)
        work.actor = own.attendee.person_id
        _say(work, own, meeting_id, said, revision)
    return look(memory, secret, remote)


def is_link(work: Work, secret: str) -> bool:
    """Whether this is the secret in an attendee's link: one question, and none for no secret."""
    if not proof.well_formed(secret):
        return False
    return replies.by_secret(work, proof.hashed(secret)) is not None


def mine(work: Work, group_id: UUID, *, cancelled: bool = False) -> list[OwnDates]:
    """The dates of a group to which the one who asks is invited, and has something to answer.

    cancelled  with the series of which every date to come was cancelled

    Raises SignInNeeded or Missing.
    """
    invited = replies.of_person(work, group_id, rights.actor(work))
    if not invited:
        rights.standing(work, group_id)
    own = [_own(work, attendee, row) for attendee, row in invited]
    return [each for each in own if each.open or (cancelled and each.dates)]


def say_mine(  # noqa: PLR0913 -- what to which, as of when
    work: Work,
    group_id: UUID,
    series_id: UUID,
    meeting_id: UUID | None,
    said: Answer,
    *,
    revision: int | None = None,
) -> None:
    """Answer for oneself. Raises SignInNeeded, Missing, Gone, Outdated or Unfit."""
    series.locked(work, series_id)
    own = [each for each in mine(work, group_id) if each.series.id == series_id]
    if meeting_id is not None:
        own = [each for each in own if any(one.meeting.id == meeting_id for one in each.dates)]
    if not own:
        raise rights.missing("date")
    for each in own:
        _say(work, each, meeting_id, said, revision)


def _say(
    work: Work, own: OwnDates, meeting_id: UUID | None, said: Answer, revision: int | None
) -> None:
    if said is Answer.WAITING:
        raise Unfit("That is no answer", remedy="accept, decline, or say that you may come")
    if revision is not None and revision != own.series.revision:
        raise Outdated("The dates have changed since you saw them", remedy="look, then answer")
    if meeting_id is None:
        # Whoever says it of all of them means those as well of which they said otherwise.
        apart = {each.meeting_id for each in replies.of_attendee(work, own.attendee.id)}
        for each in (None, *(one.meeting.id for one in own.open if one.meeting.id in apart)):
            answer(work, own.attendee, each, said, PAGE, work.now)
        return
    date = next((each for each in own.dates if each.meeting.id == meeting_id), None)
    if date is None:
        raise rights.missing("date")
    if not date.open:
        raise Gone("This date is over or cancelled", remedy="answer to one that is to come")
    answer(work, own.attendee, meeting_id, said, PAGE, work.now)


def _counted(memory: Memory, secret: str, remote: str) -> None:
    """Count a look-up that finds nothing as a guess. Raises Missing or TooMany."""

    def known() -> bool | None:
        with memory.reading() as work:
            return is_link(work, secret) or None

    if limits.guessed(memory, remote, known) is None:
        raise Missing("There is no such link", remedy="copy the whole address out of the mail")


def _by_link(work: Work, secret: str, *, alone: bool = False) -> OwnDates:
    """Find what a link is for; `alone`: once nobody else is changing it. Raises Gone."""
    found = series.locked if alone else series.by_id
    attendee = replies.by_secret(work, proof.hashed(secret))
    row = None if attendee is None else found(work, attendee.series_id)
    own = None if attendee is None or row is None else _own(work, attendee, row)
    if own is None or not own.open:
        raise Gone(
            "There is nothing to answer: the dates are over, or you are not invited any more",
            remedy="ask a coordinator of the group",
        )
    return own


def _own(work: Work, attendee: AttendeeRow, row: SeriesRow) -> OwnDates:
    said = replies.of_attendee(work, attendee.id)
    known, zone = row.state is not SeriesState.DRAFT, clocks.own(work, attendee) or row.timezone
    dates = [
        OwnDate(
            each,
            effective(said, each.id),
            known and is_to_come(each, work.now),
            hints.of(attendee, each.id),
        )
        for each in series.meetings(work, row.id)
        if is_invited(attendee, each) and each.start_at > work.now
    ]
    group = work.session.get(GroupRow, row.group_id)
    dates.sort(key=lambda each: each.meeting.start_at)
    title = "" if group is None else group.title
    to_all = effective(said, None)
    return OwnDates(row, attendee, title, to_all, tuple(dates), zone, hints.of(attendee, None))
