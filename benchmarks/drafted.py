"""Groups that have drafted a series, planted where the service keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from services.flow import tokens
from services.storage.rows.groups import CoordinatorRow, GroupRow, MemberRow, TermRow
from services.storage.rows.people import PersonRow
from services.storage.rows.series import MeetingRow, Organiser, SeriesRow, SeriesState
from services.storage.work import Work
from services.wiring import Runtime
from tests.flow import crowd
from tests.flow.crowd import Member
from tests.sandbox.crowded import Crowded

GUESTS, DATES = 11, 6
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Draft:
    """A series that waits to be committed, and whose it is."""

    id: UUID
    group: UUID
    member: Member
    secret: str = field(repr=False)


def planted(runtime: Runtime, host: Crowded, size: int, owners: int | None = None) -> list[Draft]:
    """Let groups be there, each with a draft: everybody coordinates some, and is in others.

    owners  how many coordinate; None: everybody does
    """
    members = crowd.planted(runtime, host)
    with runtime.work() as work:
        people = {row.email: row for row in work.session.scalars(select(PersonRow))}
        secrets = {
            each.email: tokens.create(work, each.email, name="Member")[1] for each in members
        }
        found = []
        for number in range(size):
            first = number % (owners or len(members))
            around = [members[(first + step) % len(members)] for step in range(1 + GUESTS)]
            own = around[0]
            row = _draft(work, [people[each.email] for each in around], own, number)
            found.append(Draft(row.id, row.group_id, own, secrets[own.email]))
        return found


def _draft(work: Work, people: Sequence[PersonRow], own: Member, number: int) -> SeriesRow:
    now = work.now
    zone, first = "UTC", _monday(now, number)
    group = GroupRow(
        template="inter-institution", title=f"Group {number}", timezone=zone, rules={},
        created_at=now,
    )  # fmt: skip
    work.add(group)
    work.session.flush()
    term = TermRow(
        group_id=group.id, start=first.date(), end=(first + (DATES + 1) * _WEEK).date(),
        rules={}, blackouts=[], created_at=now,
    )  # fmt: skip
    coordinator = CoordinatorRow(
        group_id=group.id, person_id=people[0].id, name="Member 0", since=now
    )
    work.add(term, coordinator)
    for place, each in enumerate(people):
        work.add(
            MemberRow(
                group_id=group.id, person_id=each.id, name=f"Member {place}", created_at=now,
                joined_at=now,
            )
        )  # fmt: skip
    work.session.flush()
    row = SeriesRow(
        group_id=group.id, term_id=term.id, state=SeriesState.DRAFT, title=f"Group {number}",
        timezone=zone, minutes=60, organiser=Organiser.ACCOUNT, organiser_id=people[0].id,
        account_id=own.account, created_at=now,
        rule={"kind": "weekly", "weekday": 0, "time": first.hour * 60, "every": 1},
    )  # fmt: skip
    work.add(row)
    work.session.flush()
    for place in range(DATES):
        at = first + place * _WEEK
        start = at + timedelta(hours=1 if place == 2 else 0)
        work.add(MeetingRow(series_id=row.id, original_at=at, start_at=start, minutes=60))
    return row


def _monday(now: datetime, number: int) -> datetime:
    day = now + timedelta(days=21 - now.weekday())
    return datetime(day.year, day.month, day.day, 8 + number % 8, tzinfo=UTC)
