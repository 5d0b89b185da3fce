"""A semester of four Mondays and a Friday that cora's calendar, or the service, invites to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import Answer, CalendarId, SeriesDraft
from scheduler.model.answer import Rule
from scheduler.model.series import Occurrence, Series
from services.flow import persons, proof, terms
from services.flow.series import answers, turns
from services.flow.series.kept import rule_to_kept, to_kept
from services.storage import series as stored
from services.storage.ids import new_id
from services.storage.rows.doors import AuditRow
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    MeetingRow,
    Organiser,
    SeriesRow,
    SeriesState,
)
from services.storage.work import Work
from services.wiring import Runtime
from tests.flow.accounts_town import MAIN, Flat
from tests.flow.series.rows import its_owner_coordinates
from tests.flow.town import TERM

FIRST = datetime(2027, 1, 11, 15, tzinfo=UTC)  # a Monday
ORIGINALS = [int((FIRST + timedelta(weeks=n)).timestamp()) for n in range(4)]
EXTRA = int(datetime(2027, 2, 12, 15, tzinfo=UTC).timestamp())
RULE = "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270201T150000Z"


@dataclass
class Semester:
    """The series, its dates in their order, its two objects, and who is invited."""

    runtime: Runtime
    group: UUID
    series: UUID
    meetings: list[UUID]
    events: list[UUID]
    attendees: dict[str, UUID]

    def row(self, work: Work) -> SeriesRow:
        found = stored.by_id(work, self.series)
        assert found is not None
        return found

    def said(self, name: str, date: int | None = None) -> Answer:
        """What somebody's answers mean for a date."""
        with self.runtime.reading() as work:
            found = answers.of(work, self.row(work)).get(self.attendees[name], [])
            return answers.effective(found, None if date is None else self.meetings[date])

    def recorded(self) -> int:
        """How often an answer was found to be another than before."""
        with self.runtime.reading() as work:
            return len([each for each in lines(work) if each.action == "reply.changed"])

    def secret(self, name: str) -> str:
        """Give an attendee a link."""
        secret = proof.minted()
        with self.runtime.work() as work:
            row = work.session.get_one(AttendeeRow, self.attendees[name])
            row.secret_hash = proof.hashed(secret)
        return secret


def a_semester(flat: Flat, *, mailbox: bool = False) -> Semester:
    """Ben and Dana are invited to everything, Gus (a guest) to the second Monday alone."""
    runtime = flat.runtime
    account = None if mailbox else flat.connected()
    with runtime.work(flat.cora) as work:
        if account is not None:
            its_owner_coordinates(work, flat.group, account)
        term = terms.add(work, flat.group, TERM).id
        row = SeriesRow(
            id=new_id(),
            group_id=flat.group,
            term_id=term,
            state=SeriesState.COMMITTED,
            title="Early birds",
            timezone="UTC",
            minutes=60,
            rule=rule_to_kept(Rule("weekly", 0, 15 * 60)),
            organiser=Organiser.MAILBOX if mailbox else Organiser.ACCOUNT,
            account_id=account,
            created_at=work.now,
            committed_at=work.now,
            replies_at=None if mailbox else work.now,
        )
        row.calendar = None if mailbox else runtime.keys.sealed(MAIN, row.id)
        work.add(row)
        work.session.flush()
        meetings = [
            MeetingRow(id=new_id(), series_id=row.id, original_at=at, start_at=at, minutes=60)
            for at in (datetime.fromtimestamp(each, UTC) for each in (*ORIGINALS, EXTRA))
        ]
        work.add(*meetings)
        work.session.flush()
        events = [_event(row, place, each) for place, each in enumerate(objects())]
        work.add(*events)
        guest = meetings[1].id
        people = {"ben": None, "dana": None, "gus": guest}
        attendees = {}
        for name, only in people.items():
            person = persons.found_or_made(work, f"{name}@example.org", name.title())
            attendees[name] = AttendeeRow(
                id=new_id(), series_id=row.id, person_id=person.id, name=name.title(),
                meeting_id=only, created_at=work.now,
            )  # fmt: skip
        work.add(*attendees.values())
        found = Semester(
            runtime, flat.group, row.id, [each.id for each in meetings],
            [each.id for each in events], {name: each.id for name, each in attendees.items()},
        )  # fmt: skip
        if not mailbox:
            turns.sent(work, row.id)
    if not mailbox:
        put(found, flat.host.accounts[MAIN], MAIN)
    return found


def lines(work: Work) -> Sequence[AuditRow]:
    """The audit."""
    return work.session.scalars(select(AuditRow)).all()


def objects() -> list[Series]:
    """The rule, and the date that stands beside it."""
    mondays = tuple(Occurrence(each, each, 60) for each in ORIGINALS)
    return [
        Series("UTC", RULE, 60, mondays),
        Series("UTC", "", 60, (Occurrence(EXTRA, EXTRA, 60),)),
    ]


def put(semester: Semester, provider: MemoryProvider, calendar: CalendarId) -> None:
    """Write the objects to the organiser's calendar."""
    rule, single = objects()
    guests = tuple(
        Occurrence(each.original, each.start, 60, guests=("gus@example.org",))
        if place == 1
        else each
        for place, each in enumerate(rule.occurrences)
    )
    rule = Series("UTC", RULE, 60, guests)
    for event, each in zip(semester.events, (rule, single), strict=True):
        both = ("ben@example.org", "dana@example.org")
        provider.put_series(calendar, SeriesDraft(event.hex, "Early birds", each, guests=both))


def _event(row: SeriesRow, place: int, series: Series) -> EventRow:
    return EventRow(
        id=new_id(), series_id=row.id, place_in=place, wanted=to_kept(series), written_revision=1
    )
