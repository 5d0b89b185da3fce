"""One press: a draft becomes a semester on its way into everybody's calendar."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from services.flow import groups, members, plans, purge, terms
from services.flow.errors import Conflict, NotAllowed, Outdated
from services.flow.series import changing, committing, doubts, drafts, preview
from services.flow.stored import stored
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.plans import PlanRow
from services.storage.rows.series import EventRow, Organiser, SeriesRow, SeriesState
from tests.flow.accounts_town import MAIN
from tests.flow.series.house import House


def test_a_committed_series_is_one_object_for_every_member(either_house: House) -> None:
    row = either_house.committed()
    [series] = either_house.events(row)
    assert series is not None
    assert series.rule == "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270208T063000Z"
    assert len(series.occurrences) == 6
    assert {name: each.meeting_id for name, each in either_house.attendees(row).items()} == {
        "Ada": None, "Ben": None, "Eve": None,
    }  # fmt: skip
    found = either_house.row(row)
    assert (found.state, found.revision, found.published) == (SeriesState.COMMITTED, 1, 0)
    assert either_house.facts("SeriesCommitted") == 1


def test_pressing_twice_has_one_effect(house: House) -> None:
    row = house.draft()
    house.commit(row, row.version)
    house.commit(row, row.version)
    assert house.facts("SeriesCommitted") == 1
    assert len(house.events(row)) == 1
    assert len(house.attendees(row)) == 3


def test_a_draft_that_somebody_changed_meanwhile_is_not_committed(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        drafts.edit(work, drafts.one(work, house.group, row.id), None, title="Another")
    with pytest.raises(Outdated):
        house.commit(row, row.version)
    assert house.row(row).state is SeriesState.DRAFT


def test_dates_that_are_over_are_not_written(house: House) -> None:
    row = house.draft()
    house.pass_until(house.dates(row)[1].start_at)
    assert "2 dates are over and will not be written" in house.previewed(row).warnings
    house.commit(row)
    [series] = house.events(row)
    assert series is not None
    assert len(series.occurrences) == len(house.dates(row)) == 4


def test_a_draft_whose_dates_are_all_over_is_refused(house: House) -> None:
    row = house.draft()
    house.pass_until(house.dates(row)[-1].start_at)
    with pytest.raises(Conflict, match=r"All of its dates are over.*plan again"):
        house.commit(row)


def test_guests_of_a_day_on_which_a_date_is_held_are_invited_to_it(house: House) -> None:
    with house.work() as work:
        groups.add_guest(work, house.group, "gus@example.org", "Gus", date(2027, 1, 11))
        groups.add_guest(work, house.group, "una@example.org", "Una", date(2027, 1, 12))
        groups.add_guest(work, house.group, "ben@example.org", "Ben", date(2027, 1, 11))
    row = house.committed()
    found = house.attendees(row)
    assert set(found) == {"Ada", "Ben", "Eve", "Gus"}
    assert found["Gus"].meeting_id == house.dates(row)[1].id
    assert found["Ben"].meeting_id is None


def test_the_owner_of_the_calendar_that_invites_counts_as_coming(house: House) -> None:
    house.flat.connected()
    row = house.committed(house.ada)
    assert house.answers(row, "Ada") == ["accepted"]
    assert house.answers(row, "Ben") == []
    house_by_mail = house.previewed(row)
    assert [each.acceptances for each in house_by_mail.guests if each.name == "Ada"] == [0]


def test_a_series_is_written_to_the_main_calendar_of_who_invites_if_it_counts(
    house: House,
) -> None:
    house.flat.connected_with()
    row = house.row(house.committed(house.ada))
    assert row.calendar is not None
    assert house.flat.runtime.keys.opened(row.calendar, row.id) == MAIN


def test_a_calendar_that_nobody_chose_is_asked_for_as_the_series_is_written(house: House) -> None:
    house.flat.connected()
    with house.work() as work:
        work.session.execute(update(CalendarRow).values(main=False))
    assert house.row(house.committed(house.ada)).calendar is None


def test_an_account_that_was_disconnected_or_lost_does_not_invite(house: House) -> None:
    account = house.flat.connected()
    row = house.draft(house.ada)
    house.flat.host.able = frozenset()
    with pytest.raises(Conflict, match="does not let us add events"):
        house.commit(row)
    from services.flow import accounts  # noqa: PLC0415

    with house.work(house.ada) as work:
        accounts.disconnect(work, account)
    with pytest.raises(Conflict, match="not connected any more"):
        house.commit(row)


def test_the_calendar_of_somebody_who_does_not_coordinate_any_more_does_not_invite(
    house: House,
) -> None:
    house.flat.connected()
    row = house.draft(house.ada)
    with house.work() as work:
        groups.remove_coordinator(work, house.group, house.ada)
    with pytest.raises(Conflict, match="not connected any more"):
        house.commit(row)


def test_dates_that_the_term_has_no_more_are_refused_and_a_changed_term_is_told(
    house: House,
) -> None:
    row = house.draft()
    with house.work() as work:
        terms.change(work, house.group, house.term, None, {"end": "2027-06-29"})
    assert any("The term has changed" in each for each in house.previewed(row).warnings)
    assert house.previewed(row).obstacles == ()
    with house.work() as work:
        terms.change(work, house.group, house.term, None, {"end": "2027-02-01"})
    with pytest.raises(Conflict, match="has no Monday 8 February any more"):
        house.commit(row)


def test_a_new_blackout_on_a_date_is_an_obstacle(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        blackouts = [{"start": "2027-01-18", "end": "2027-01-19"}]
        terms.change(work, house.group, house.term, None, {"blackouts": blackouts})
    with pytest.raises(Conflict, match="has no Monday 18 January any more"):
        house.commit(row)


def test_a_plan_that_calendars_have_overtaken_is_told(house: House) -> None:
    row = house.draft()
    with house.flat.runtime.work() as work:
        work.session.get_one(PlanRow, house.plan).outdated_at = work.now
    assert any("Calendars have changed" in each for each in house.previewed(row).warnings)


def test_a_plan_that_is_gone_leaves_its_draft_with_a_warning(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        plans.drop(work, house.group, house.plan)
    found = house.previewed(row)
    assert any("The plan is gone" in each for each in found.warnings)
    assert {each.expected for each in found.dates} == {(0, 0)}
    assert house.commit(row).state is SeriesState.COMMITTED


def test_a_member_whom_the_plan_does_not_know_is_told(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        entry = members.Entry(name="Zoe", email="zoe@example.org")
        members.add(work, house.group, entry)
    assert any("does not know Zoe" in each for each in house.previewed(row).warnings)
    house.commit(row)
    assert "Zoe" in house.attendees(row)


def test_dates_at_the_time_of_dates_that_are_committed_are_refused(house: House) -> None:
    house.committed()
    again = house.draft()
    with pytest.raises(Conflict, match="at the time of a date of the series Early birds"):
        house.commit(again)


def test_another_series_of_the_term_is_told_and_taken(house: House) -> None:
    house.committed()
    with house.work() as work:
        other = drafts.draft(work, house.group, house.plan, 2, title="Journal club")
    assert house.previewed(other).warnings == ("The term has a series already: Early birds",)
    assert house.commit(other).state is SeriesState.COMMITTED


def test_nobody_is_no_group_to_commit_for(house: House) -> None:
    row = house.draft()
    for name in ("Ada", "Ben", "Eve"):
        with house.work() as work:
            members.remove(work, house.group, house.member(name))
    with pytest.raises(Conflict, match="Nobody would be invited"):
        house.commit(row)


def test_too_many_single_events_of_one_mailbox_are_refused_with_the_arithmetic(
    either_house: House,
) -> None:
    row = either_house.draft()
    other = _crowd(either_house, row, 795)
    with either_house.flat.runtime.work() as work:  # no rule: six single events
        work.session.get_one(SeriesRow, row.id).rule = {
            "kind": "spread", "weekday": None, "time": 390, "every": None, "phase": None,
            "ordinals": None,
        }  # fmt: skip
    with pytest.raises(Conflict, match=r"6 single events, and 795 .* 801 .* 33 minutes"):
        either_house.commit(row)
    with either_house.flat.runtime.work() as work:
        crowd = work.session.get_one(SeriesRow, other)
        crowd.published = crowd.revision
    assert either_house.commit(row).state is SeriesState.COMMITTED


@pytest.mark.parametrize(("rate", "minutes"), [(25, 33), (200, 5), (0, 806)])
def test_the_arithmetic_is_that_of_the_mailbox_that_sends(
    house: House, rate: int, minutes: int
) -> None:
    row = house.draft()
    _crowd(house, row, 800)
    keys, hosts = house.flat.runtime.keys, house.flat.runtime.hosts
    with house.work() as work:
        found = work.session.get_one(SeriesRow, row.id)
        found.rule = {**found.rule, "kind": "spread", "every": None, "phase": None}
        foreseen = preview.preview(work, keys, hosts, found, rate=rate)

    [told] = foreseen.obstacles
    assert f"at {max(rate, 1)} a minute they would take {minutes} minutes" in told


def _crowd(house: House, row: SeriesRow, number: int) -> UUID:
    """A series of so many single events that wait."""
    with house.flat.runtime.work() as work:
        series = SeriesRow(
            group_id=house.group, term_id=row.term_id, state=SeriesState.CONCLUDED,
            title="Crowd", timezone="UTC", minutes=60, rule={}, organiser=Organiser.MAILBOX,
            created_at=work.now, revision=2,
        )  # fmt: skip
        work.add(series)
        work.session.flush()
        single = {"zone": "UTC", "rule": "", "minutes": 60, "occurrences": [], "skipped": []}
        for each in range(number):
            work.add(EventRow(series_id=series.id, place_in=each, wanted=single))
        return series.id


def test_only_coordinators_commit(house: House) -> None:
    row = house.draft()
    runtime = house.flat.runtime
    with house.work(house.person("Ben")) as work, pytest.raises(NotAllowed):
        committing.commit(work, runtime.keys, runtime.hosts, house.group, row.id, None)


def test_a_group_or_term_with_dates_to_come_is_not_deleted(house: House) -> None:
    row = house.committed()
    with house.work() as work, pytest.raises(Conflict, match="6 dates to come"):
        groups.dissolve(work, house.group, None)
    with house.work() as work, pytest.raises(Conflict, match="conclude it first"):
        terms.drop(work, house.group, house.term, None)
    with house.work() as work:
        changing.conclude(work, house.group, row.id)
    with house.work() as work, pytest.raises(Conflict, match="still on their way"):
        groups.dissolve(work, house.group, None)
    house.published(row)
    with house.work() as work:
        groups.dissolve(work, house.group, None)


def test_many_presses_at_once_have_one_effect(either_house: House) -> None:
    row = either_house.draft()

    def press(_: int) -> SeriesState:
        return either_house.commit(row).state

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, range(4))) == {SeriesState.COMMITTED}
    assert either_house.facts("SeriesCommitted") == 1
    assert len(either_house.attendees(row)) == 3


def test_two_series_at_the_same_time_are_not_both_committed_at_once(
    either_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [either_house.draft()]
    either_house.plan = either_house.planned(either_house.term)
    rows.append(either_house.draft())
    looked, both = doubts.obstacles, Barrier(2)

    def looks(*args: Any, **named: Any) -> list[str]:
        found = list(looked(*args, **named))
        with suppress(BrokenBarrierError):  # who is alone here, as it is to be, goes on
            both.wait(1)
        return found

    def press(row: SeriesRow) -> SeriesState:
        try:
            return either_house.commit(row).state
        except Conflict:
            return SeriesState.DRAFT

    monkeypatch.setattr(doubts, "obstacles", looks)
    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(press, rows)) == {SeriesState.COMMITTED, SeriesState.DRAFT}


def test_what_is_kept_of_somebody_names_their_series(house: House) -> None:
    house.committed()
    with house.flat.runtime.reading() as work:
        cora = stored(work, house.flat.cora, house.flat.runtime.keys)
        ben = stored(work, house.person("Ben"), house.flat.runtime.keys)
    assert [each["series"] for each in cora["organises"]] == ["Early birds"]
    [invitation] = ben["invitations"]
    assert (invitation["series"], invitation["date"], invitation["answers"]) == (
        "Early birds", None, [],
    )  # fmt: skip


def test_a_series_goes_a_year_after_its_term(either_house: House) -> None:
    row = either_house.committed()
    either_house.flat.clock.now = datetime(2028, 6, 28, tzinfo=UTC)
    with either_house.work() as work:
        assert purge.purge(work)["series"] == 0
    either_house.flat.clock.now = datetime(2028, 7, 2, tzinfo=UTC)
    with either_house.work() as work:
        assert purge.purge(work)["series"] == 1
    assert either_house.dates(row) == []
