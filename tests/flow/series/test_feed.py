"""A private feed: what it holds, for whom, and that it ends at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar

from calendar_sync.provider import Answer
from notifications.addresses import Address
from notifications.itip.people import Person
from services.flow import groups, members, people, secrets, terms
from services.flow.errors import Missing, NotAllowed
from services.flow.members import Entry
from services.flow.series import answers, feed
from services.flow.stored import stored
from services.storage.rows.series import (
    AttendeeRow,
    FeedRow,
    MeetingRow,
    MeetingState,
    Organiser,
    SeriesRow,
    SeriesState,
)
from services.storage.work import Work
from services.wiring import Runtime
from tests.runtimes import a_person, a_runtime

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
FIRST = datetime(2027, 3, 4, 22, tzinfo=UTC)
WEEK = timedelta(weeks=1)
ANSWERING = "https://commonhour.example/groups/1/dates"
SERVICE = Person(Address.parse("commonhour@example.org"), "Common Hour")


@dataclass
class Circle:
    """A group of Cleo's with Mia in it; its series has three dates, and Gus comes to the third."""

    runtime: Runtime
    cleo: UUID
    mia: UUID
    gus: UUID
    group: UUID
    member: UUID
    series: UUID

    def as_(self, person: UUID, act: Callable[[Work], Any]) -> Any:
        with self.runtime.work(person) as work:
            return act(work)

    def made_for(self, person: UUID) -> str:
        secret = self.as_(person, lambda work: feed.make(work, self.runtime.keys, self.group))
        assert isinstance(secret, str)
        return secret

    def read(self, secret: str) -> bytes | None:
        with self.runtime.reading() as work:
            found = feed.find(work, secret)
            return None if found is None else feed.ics(work, found, SERVICE, ANSWERING)

    def starts(self, secret: str) -> list[datetime]:
        return [each["DTSTART"].dt.astimezone(UTC) for each in self.events(secret)]

    def events(self, secret: str) -> list[Any]:
        body = self.read(secret)
        assert body is not None
        return list(Calendar.from_ical(body).events)

    def changed(self, number: int, **values: Any) -> None:
        with self.runtime.work() as work:
            [*rows] = work.session.query(MeetingRow).order_by(MeetingRow.original_at)
            for name, value in values.items():
                setattr(rows[number], name, value)
            work.session.get_one(SeriesRow, self.series).revision += 1


def a_circle(runtime: Runtime) -> Circle:
    runtime.clock = lambda: NOW
    cleo, gus = (a_person(runtime, f"{each}@example.org", each) for each in ("cleo", "gus"))
    with runtime.work(cleo) as work:
        group = groups.form(work, "inter-institution", "Thursday circle", "America/New_York")
        member, mia = members.add(work, group.id, Entry(name="Mia", email="mia@example.org"))
        term = terms.add(work, group.id, {"start": "2027-01-11", "end": "2027-06-30"})
        groups.add_guest(work, group.id, "gus@example.org", "Gus", date(2027, 3, 18))
        row = SeriesRow(
            group_id=group.id, term_id=term.id, state=SeriesState.COMMITTED, title="Mentoring",
            place="Room 4", timezone="America/New_York", minutes=60, rule={},
            organiser=Organiser.MAILBOX, created_at=NOW, committed_at=NOW,
        )  # fmt: skip
        work.add(row)
        work.session.flush()
        starts = [FIRST, FIRST + WEEK, FIRST + 2 * WEEK]
        dates = [
            MeetingRow(series_id=row.id, original_at=each, start_at=each, minutes=60)
            for each in starts
        ]
        work.add(*dates)
        work.session.flush()
        work.add(
            AttendeeRow(
                series_id=row.id, person_id=mia.id, member_id=member.id, name="Mia", created_at=NOW
            ),
            AttendeeRow(
                series_id=row.id, person_id=gus, meeting_id=dates[2].id, name="Gus", created_at=NOW
            ),
        )
    return Circle(runtime, cleo, mia.id, gus, group.id, member.id, row.id)


@pytest.fixture
def circle(tmp_path: Path, database_url: str) -> Iterator[Circle]:
    """Once on each database."""
    runtime = a_runtime(tmp_path, database_url)
    yield a_circle(runtime)
    runtime.engine.dispose()


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Circle]:
    """For what is the same on each."""
    runtime = a_runtime(tmp_path)
    yield a_circle(runtime)
    runtime.engine.dispose()


def test_it_holds_the_dates_one_is_invited_to(circle: Circle) -> None:
    assert circle.starts(circle.made_for(circle.mia)) == [FIRST, FIRST + WEEK, FIRST + 2 * WEEK]


def test_a_guest_finds_their_only_date(circle: Circle) -> None:
    assert circle.starts(circle.made_for(circle.gus)) == [FIRST + 2 * WEEK]


def test_a_moved_date_is_where_it_was_moved_to_and_a_cancelled_one_is_gone(on_file: Circle) -> None:
    secret = on_file.made_for(on_file.mia)
    before = on_file.events(secret)

    on_file.changed(1, start_at=FIRST + WEEK + timedelta(days=1), place="Room 5")
    on_file.changed(2, state=MeetingState.CANCELLED)

    after = on_file.events(secret)
    assert on_file.starts(secret) == [FIRST, FIRST + WEEK + timedelta(days=1)]
    assert [each["UID"] for each in after] == [each["UID"] for each in before[:2]]
    assert after[1]["LOCATION"] == "Room 5"
    assert after[1]["SEQUENCE"] > before[1]["SEQUENCE"]


def test_who_comes_from_one_date_on_until_another_finds_those(circle: Circle) -> None:
    with circle.runtime.work() as work:
        attendee = work.session.query(AttendeeRow).filter_by(person_id=circle.mia).one()
        attendee.since_at, attendee.until_at = FIRST + WEEK, FIRST + 2 * WEEK

    assert circle.starts(circle.made_for(circle.mia)) == [FIRST + WEEK]


def test_a_date_that_one_declined_takes_none_of_ones_time(on_file: Circle) -> None:
    with on_file.runtime.work() as work:
        attendee = work.session.query(AttendeeRow).filter_by(person_id=on_file.mia).one()
        dates = work.session.query(MeetingRow).order_by(MeetingRow.original_at).all()
        answers.answer(work, attendee, None, Answer.TENTATIVE, "page", NOW)
        answers.answer(work, attendee, dates[1].id, Answer.DECLINED, "page", NOW)

    events = on_file.events(on_file.made_for(on_file.mia))

    assert [each["TRANSP"] for each in events] == ["OPAQUE", "TRANSPARENT", "OPAQUE"]
    assert [each["STATUS"] for each in events] == ["TENTATIVE", "CONFIRMED", "TENTATIVE"]


def test_nobody_sees_a_draft(on_file: Circle) -> None:
    with on_file.runtime.work() as work:
        work.session.get_one(SeriesRow, on_file.series).state = SeriesState.DRAFT

    assert on_file.starts(on_file.made_for(on_file.mia)) == []


def test_while_nothing_changes_it_stays_the_same_octet_by_octet(on_file: Circle) -> None:
    secret = on_file.made_for(on_file.mia)
    before = on_file.read(secret)

    on_file.runtime.clock = lambda: NOW + timedelta(days=3)

    assert on_file.read(secret) == before


def test_nobody_but_its_reader_is_named(on_file: Circle) -> None:
    body = on_file.read(on_file.made_for(on_file.mia))

    assert body is not None
    assert not any(name in body.lower() for name in (b"gus", b"cleo", b"mia", b"attendee"))


def test_making_it_twice_is_making_it_once(circle: Circle) -> None:
    assert circle.made_for(circle.mia) == circle.made_for(circle.mia)


def test_only_a_hash_and_a_seal_are_kept(circle: Circle) -> None:
    secret = circle.made_for(circle.mia)

    with circle.runtime.reading() as work:
        kept = work.session.query(FeedRow).one()
    assert secret.encode() not in kept.secret_hash + kept.sealed
    assert circle.as_(circle.mia, lambda work: feed.mine(work, circle.runtime.keys, circle.group))


@pytest.mark.parametrize(
    "end",
    [
        lambda circle: circle.as_(circle.mia, lambda work: feed.revoke(work, circle.group)),
        lambda circle: circle.as_(circle.mia, lambda work: members.leave(work, circle.group)),
        lambda circle: circle.as_(
            circle.cleo, lambda work: members.remove(work, circle.group, circle.member)
        ),
        lambda circle: circle.as_(circle.cleo, secrets.revoke_all),
        lambda circle: circle.as_(
            circle.cleo, lambda work: people.forget(work, circle.mia, mails=lambda *_: 0)
        ),
    ],
    ids=["revoked", "left", "removed", "all revoked", "forgotten"],
)
def test_it_ends_at_once(circle: Circle, end: Callable[[Circle], None]) -> None:
    secret = circle.made_for(circle.mia)
    assert circle.read(secret)

    end(circle)

    assert circle.read(secret) is None


def test_whoever_is_a_guest_no_more_reads_nothing(circle: Circle) -> None:
    secret = circle.made_for(circle.gus)
    assert circle.starts(secret) == [FIRST + 2 * WEEK]
    with circle.runtime.work(circle.cleo) as work:
        [(guest, _)] = groups.guests(work, circle.group)
        groups.remove_guest(work, circle.group, guest.id)

    assert circle.read(secret) is None


def test_who_comes_back_gets_another_address(circle: Circle) -> None:
    old = circle.made_for(circle.mia)
    circle.as_(circle.mia, lambda work: feed.revoke(work, circle.group))

    assert circle.made_for(circle.mia) != old
    assert circle.read(old) is None


def test_coordinators_and_strangers_have_none(on_file: Circle) -> None:
    stranger = a_person(on_file.runtime, "stranger@example.org")

    with pytest.raises(NotAllowed):
        on_file.made_for(on_file.cleo)
    with pytest.raises(Missing):
        on_file.made_for(stranger)


def test_a_person_reads_that_it_is_kept(circle: Circle) -> None:
    circle.made_for(circle.mia)

    with circle.runtime.reading(circle.mia) as work:
        [kept] = stored(work, circle.mia, circle.runtime.keys)["feeds"]
    assert kept == {
        "group": "Thursday circle", "created_at": "2027-01-10T12:00:00Z", "fetched_at": None
    }  # fmt: skip
