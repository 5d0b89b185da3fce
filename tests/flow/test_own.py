"""Our own meetings keep nobody from being planned with, and nothing else is lost."""

from datetime import timedelta
from uuid import UUID

import pytest

from calendar_sync.provider import Answer
from scheduler.model.events import Events
from services.facts import AccountDue
from services.flow import groups, plans, terms
from services.flow.question import Question
from services.flow.series import answers
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.groups import MemberRow
from services.storage.rows.series import AttendeeRow, EventRow, MeetingRow, MeetingState, SeriesRow
from tests.flow.accounts_town import MAIN, Flat
from tests.flow.series.rows import FIRST, WEEK, a_committed
from tests.flow.town import TERM
from tests.runtimes import drained

HOUR = 3600
START = int(FIRST.timestamp())
OURS = START, START + HOUR


def a_series(flat: Flat, *, written: bool = True, email: str = "ada@example.org") -> UUID:
    """A series of two dates, as if it stood in the calendars already."""
    with flat.runtime.work(flat.cora) as work:
        term = terms.add(work, flat.group, TERM).id
    found = a_committed(flat.runtime, flat.group, term, [email], dates=2)
    with flat.runtime.work() as work:
        work.session.get_one(SeriesRow, found).published = int(written)
    return found


def sees_events(flat: Flat, *, host: Host = Host.GOOGLE) -> None:
    """Let the account tell events one by one, as far as anybody knows."""
    with flat.runtime.work() as work:
        row = work.session.query(AccountRow).one()
        row.host, row.scopes = host, ["calendar.readonly"]


def asked(flat: Flat) -> Question:
    with flat.runtime.work(flat.cora) as work:
        term = work.session.query(SeriesRow).first()
        assert term is not None
        return plans.ask(work, flat.group, term.term_id)


def busy(flat: Flat) -> list[tuple[int, int]]:
    """What Ada's calendars take for the planner."""
    [events] = asked(flat).events
    assert isinstance(events, Events)
    return sorted((each.start, each.end) for each in events.intervals())


@pytest.mark.parametrize("joined", [True, False])
def test_a_meeting_of_ours_is_no_conflict_for_its_own_group(
    either_flat: Flat, *, joined: bool
) -> None:
    flat = either_flat
    flat.connected_with(OURS, (START + 3 * HOUR, START + 4 * HOUR))
    a_series(flat)
    if not joined:
        sees_events(flat)

    assert busy(flat) == [(START + 3 * HOUR, START + 4 * HOUR)]


def test_before_it_is_written_what_is_there_is_theirs(flat: Flat) -> None:
    flat.connected_with(OURS)
    a_series(flat, written=False)
    assert busy(flat) == [OURS]

    with flat.runtime.work() as work:
        work.session.query(EventRow).one().written_revision = 1

    assert busy(flat) == []


def test_of_time_that_is_joined_the_rest_stays(flat: Flat) -> None:
    flat.connected_with((START - HOUR, START + 2 * HOUR))
    a_series(flat)

    assert busy(flat) == [(START - HOUR, START), (START + HOUR, START + 2 * HOUR)]


def test_where_events_are_told_apart_another_one_over_its_time_stays(flat: Flat) -> None:
    flat.connected_with((START - HOUR, START + 2 * HOUR))
    a_series(flat)
    sees_events(flat)

    assert busy(flat) == [(START - HOUR, START + 2 * HOUR)]


def test_an_event_beside_it_that_is_alike_stays(flat: Flat) -> None:
    flat.connected_with(OURS)
    a_series(flat)
    sees_events(flat)
    with flat.runtime.work() as work:  # as a host that tells events apart has it read
        [(_, known)] = flat.calendars()
        assert known is not None
        kept = work.session.merge(known)
        kept.events = Events.joined([known.events, known.events])

    assert busy(flat) == [OURS]


def test_beside_the_main_calendar_joined_time_is_left_alone(flat: Flat) -> None:
    flat.connected_with((START - HOUR, START + 2 * HOUR))
    a_series(flat)
    with flat.runtime.work() as work:
        [(row, _)] = flat.calendars()
        work.session.merge(row).main = False

    assert busy(flat) == [(START - HOUR, START + 2 * HOUR)]


@pytest.mark.parametrize("declined", ["all", "date"])
def test_what_somebody_declined_counts_as_theirs(flat: Flat, declined: str) -> None:
    flat.connected_with(OURS)
    a_series(flat)
    with flat.runtime.work() as work:
        attendee = work.session.query(AttendeeRow).one()
        first = work.session.query(MeetingRow).order_by(MeetingRow.start_at).first()
        assert first is not None
        which = None if declined == "all" else first.id
        answers.answer(work, attendee, which, Answer.DECLINED, "page", work.now)

    assert busy(flat) == [OURS]


def test_a_date_that_is_cancelled_or_moved_away_is_ours_no_more(flat: Flat) -> None:
    second = OURS[0] + 7 * 24 * HOUR, OURS[1] + 7 * 24 * HOUR
    flat.connected_with(OURS, second)
    a_series(flat)
    with flat.runtime.work() as work:
        first, other = work.session.query(MeetingRow).order_by(MeetingRow.start_at)
        first.state, other.start_at = MeetingState.CANCELLED, FIRST + 2 * WEEK

    assert busy(flat) == [OURS, second]


def test_who_is_not_invited_has_no_meeting_of_ours(flat: Flat) -> None:
    flat.connected_with(OURS)
    a_series(flat, email="somebody@example.org")

    assert busy(flat) == [OURS]


def test_it_stands_in_the_calendar_of_whose_account_invites(flat: Flat) -> None:
    account = flat.connected_with(OURS)
    found = a_series(flat, email="somebody@example.org")
    with flat.runtime.work() as work:
        work.session.get_one(SeriesRow, found).account_id = account

    assert busy(flat) == []


def test_a_meeting_of_another_group_is_a_conflict(flat: Flat) -> None:
    flat.connected_with(OURS)
    other, term = another_group(flat)
    found = a_committed(flat.runtime, other, term, ["ada@example.org"], dates=2)
    with flat.runtime.work(flat.cora) as work:
        work.session.get_one(SeriesRow, found).published = 1
        own_term = terms.add(work, flat.group, TERM).id
        [events] = plans.ask(work, flat.group, own_term).events

    assert isinstance(events, Events)
    assert [(each.start, each.end) for each in events.intervals()] == [OURS]


def test_that_our_meetings_appear_is_no_change_of_anybodys_time(either_flat: Flat) -> None:
    flat = either_flat
    account = flat.connected_with((START + 3 * HOUR, START + 4 * HOUR))
    a_series(flat)

    assert news(flat, account) == 0


def test_for_another_group_in_which_they_are_it_is_one(flat: Flat) -> None:
    account = flat.connected_with((START + 3 * HOUR, START + 4 * HOUR))
    a_series(flat)
    another_group(flat)

    assert news(flat, account) == 1


def news(flat: Flat, account: UUID) -> int:
    """Let our first meeting appear in Ada's calendar; how often it was found to be news."""
    drained(flat.runtime)
    [(before, _)] = flat.calendars()
    flat.host.accounts[MAIN].occupy(MAIN, OURS)
    flat.clock.forward(hours=1)
    with flat.runtime.work() as work:
        work.record(AccountDue(account))
    drained(flat.runtime)
    [(after, _)] = flat.calendars()
    assert OURS in flat.busy()
    return after.revision - before.revision


def another_group(flat: Flat) -> tuple[UUID, UUID]:
    """Another group of Cora's with Ada in it, and its term."""
    with flat.runtime.work(flat.cora) as work:
        group = groups.form(work, "roadmap", "Night owls", "UTC").id
        term = terms.add(work, group, TERM).id
        member = MemberRow(
            group_id=group, person_id=flat.ada, name="Ada", joined_at=work.now, created_at=work.now
        )
        work.add(member)
    return group, term


def test_what_was_declined_on_our_page_stands_where_it_stood(flat: Flat) -> None:
    flat.connected_with(OURS)
    a_series(flat)
    sees_events(flat)
    with flat.runtime.work() as work:
        attendee = work.session.query(AttendeeRow).one()
        answers.answer(work, attendee, None, Answer.DECLINED, answers.PAGE, work.now)

    assert busy(flat) == []


def test_where_a_date_stood_is_ours_until_calendars_were_read_again(flat: Flat) -> None:
    flat.connected_with(OURS)
    a_series(flat)
    with flat.runtime.work() as work:
        first = work.session.query(MeetingRow).order_by(MeetingRow.start_at).first()
        assert first is not None
        first.start_at = FIRST + 2 * WEEK
        first.stood = [[*OURS, int(work.now.timestamp())]]

    assert busy(flat) == []

    with flat.runtime.work() as work:
        [(row, _)] = flat.calendars()
        work.session.merge(row).read_at = work.now + timedelta(hours=1)

    assert busy(flat) == [OURS]
