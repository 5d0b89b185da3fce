"""Our own meetings in calendars: when a group is planned anew, they keep nobody from it.

Those of another group do, for they are held. What somebody has declined may be taken by what they
declined it for, so it counts as theirs; but what they declined on our page stands in their
calendar as it did. A date that was moved or cancelled stands there for a while, too.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from calendar_sync.google import scopes as google
from calendar_sync.provider import Answer
from scheduler.model.events import Events
from scheduler.model.own import Span, without
from services.flow.series.answers import PAGE, deciding
from services.flow.series.invited import is_invited
from services.storage import own as stored
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.series import MeetingRow, MeetingState, ReplyRow
from services.storage.work import Work

Earlier = tuple[int, int, int]

_SEEN = 20 * 60  # seconds after which no calendar shows a date where it was
_RECENT = timedelta(days=1)  # what began before that is nowhere asked for


@dataclass(frozen=True, slots=True)
class Own:
    """What stands in the calendars of a group's people because we wrote it there.

    meetings  per person; of two at the same time there are two
    joining   the accounts whose host joins what touches
    earlier   where meetings stood, and when that was given up, UTC seconds
    declined  where meetings stand that somebody declined on our page
    """

    meetings: Mapping[UUID, Sequence[Span]]
    joining: Collection[UUID]
    earlier: Mapping[UUID, Collection[Earlier]] = field(default_factory=dict)
    declined: Mapping[UUID, Sequence[Span]] = field(default_factory=dict)

    def without(self, row: CalendarRow, events: Events) -> Events:
        """What a calendar takes besides.

        In time that is joined, a meeting is looked for in the main calendar alone: an invitation
        reaches no other, and what covers its time there would be taken for it.
        """
        joined = row.source is Source.ACCOUNT and row.account_id in self.joining
        spans = [*self.meetings.get(row.person_id, ()), *self._stale(row)]
        if not joined:
            spans += self.declined.get(row.person_id, ())
        if not spans or (joined and not row.main):
            return events
        return without(events, spans, apart=not joined)

    def _stale(self, row: CalendarRow) -> list[Span]:
        """Where a calendar may show meetings that are elsewhere since, or cancelled."""
        read = 0 if row.read_at is None else int(row.read_at.timestamp())
        found = {
            (start, end)
            for start, end, left in self.earlier.get(row.person_id, ())
            if read < left + _SEEN
        }
        return sorted(found.difference(self.meetings.get(row.person_id, ())))


def of_groups(
    work: Work, groups: Collection[UUID], rows: Sequence[CalendarRow]
) -> Mapping[UUID, Own]:
    """What of ours stands in these calendars, per group that may be planned."""
    found = _meetings(work, groups)
    ids = {each.account_id for each in rows if each.account_id is not None}
    known = stored.accounts(work, ids) if found and ids else ()
    joining = {each.id for each in known if not _tells_apart(each)}
    return {group: found[group].own(joining) for group in groups}


@dataclass
class _Found:
    """What is found of one group: per person, by the ids of the dates."""

    meetings: dict[UUID, dict[UUID, Span]] = field(default_factory=lambda: defaultdict(dict))
    earlier: dict[UUID, set[Earlier]] = field(default_factory=lambda: defaultdict(set))
    declined: dict[UUID, list[Span]] = field(default_factory=lambda: defaultdict(list))

    def own(self, joining: Collection[UUID]) -> Own:
        meetings = {who: list(dates.values()) for who, dates in self.meetings.items()}
        return Own(meetings, joining, self.earlier, self.declined)

    def add(self, person: UUID, meeting: MeetingRow) -> None:
        self.earlier[person].update((start, end, left) for start, end, left, *_ in meeting.stood)
        if meeting.state is MeetingState.HELD:
            self.meetings[person][meeting.id] = _span(meeting)


def _meetings(work: Work, groups: Collection[UUID]) -> Mapping[UUID, _Found]:
    """Per group what stands in the calendars of its people."""
    since = work.now - _RECENT
    found: dict[UUID, _Found] = defaultdict(_Found)
    invited = stored.invitations(work, groups, since)
    said = _said(work, groups) if invited else {}
    for group, attendee, meeting in invited:
        if not is_invited(attendee, meeting):
            continue
        answer = deciding(said.get(attendee.id, ()), meeting.id)
        if answer is None or answer.answer != Answer.DECLINED:
            found[group].add(attendee.person_id, meeting)
        elif answer.source == PAGE and meeting.state is MeetingState.HELD:
            found[group].declined[attendee.person_id].append(_span(meeting))
    for group, person, meeting in stored.organised(work, groups, since):
        found[group].add(person, meeting)
    return found


def _said(work: Work, groups: Collection[UUID]) -> Mapping[UUID, list[ReplyRow]]:
    found: dict[UUID, list[ReplyRow]] = defaultdict(list)
    for each in stored.replies(work, groups):
        found[each.attendee_id].append(each)
    return found


def _span(meeting: MeetingRow) -> Span:
    start = int(meeting.start_at.timestamp())
    return start, start + meeting.minutes * 60


def _tells_apart(row: AccountRow) -> bool:
    """Whether events of an account are told one by one, as far as its owner lets us see."""
    if row.host is Host.GOOGLE:
        return bool(google.FOLLOWING.intersection(row.scopes))
    return row.host is not Host.CALDAV
