"""Members who connected nothing, read through the account of one who coordinates their group."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from struct import pack
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update

from calendar_sync.errors import Unsupported, Wait, broken
from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import CalendarId, Capability, Found, Span
from notifications.memory import MemoryChannel
from notifications.message import Sender
from scheduler.model.busy import BusyInterval, Kind
from services.config import Settings
from services.flow import (
    accounts,
    calendars,
    colleagues,
    coverage,
    doubts,
    groups,
    links,
    members,
    objections,
    people,
    plans,
    proof,
    rests,
    rights,
    sights,
    signin,
    terms,
)
from services.flow.coverage import Coverage, Known
from services.flow.errors import Conflict, Missing, NotAllowed
from services.flow.question import OLDEST, question
from services.flow.sights import Seen
from services.flow.stored import stored as everything
from services.storage import colleagues as stored
from services.storage import members as stored_members
from services.storage import standing
from services.storage.rows.accounts import Host, ProgrammeConsentRow, ReadingObjectionRow
from services.storage.rows.calendars import BusyRow, CalendarKind, CalendarRow, Source
from services.storage.rows.doors import AuditRow
from services.storage.rows.groups import CoordinatorRow
from services.storage.rows.people import Purpose
from services.storage.rows.plans import PlanRow
from services.storage.rows.row import Row
from services.wiring import Runtime
from tests.calendar_sync.builders import a_calendar, an_event
from tests.flow.accounts_town import MAIN, Flat, a_flat
from tests.flow.town import TERM
from tests.runtimes import Jobs, a_person, drained

MONDAY = int(datetime(2027, 1, 4, 7, tzinfo=UTC).timestamp())
HOUR = 3600
EVENING = [{"days": ["fri"], "start": "20:00", "end": "21:00"}]
FILE = a_calendar(an_event("DTSTART:20270220T180000Z", "DURATION:PT1H"))


class Colleagues(MemoryProvider):
    """An account that notes about whom it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []
        self.error: Exception | None = None
        self.odd: dict[str, Wait] = {}

    def colleagues(self, emails: Sequence[str], span: Span) -> dict[str, Found]:
        self.asked.append(list(emails))
        if self.error is not None:
            raise self.error
        found = dict(super().colleagues(emails, span))
        return found | {each: self.odd[each] for each in emails if each in self.odd}


@dataclass
class Ward:
    """Ada, who coordinates a group with an account; Bea, Carl and Dan, who connected nothing."""

    flat: Flat
    group: UUID
    account: UUID
    seen: Colleagues
    people: dict[str, UUID]

    def read(self, account: UUID | None = None) -> None:
        """Let the members be read."""
        self.allowed(account)
        drained(self.flat.runtime)

    def allowed(self, account: UUID | None = None, actor: UUID | None = None) -> None:
        runtime = self.flat.runtime
        with runtime.work(actor or self.flat.ada) as work:
            colleagues.allow(work, runtime.keys, runtime.hosts, self.group, account or self.account)

    def add(self, name: str, *, joined: bool = True) -> None:
        with self.flat.runtime.work(self.flat.ada) as work:
            entry = members.Entry(name=name, email=f"{name.lower()}@example.org")
            row, person = members.add(work, self.group, entry)
            row.joined_at = work.now if joined else None
            self.people[name] = person.id

    def busy(self, name: str, *days: int) -> None:
        """Let a colleague be busy on these days from the first Monday on, and on no others."""
        times = [(MONDAY + day * 24 * HOUR, MONDAY + (day * 24 + 12) * HOUR) for day in days]
        self.seen.others[f"{name.lower()}@example.org"] = [
            BusyInterval(start, end, Kind.BUSY) for start, end in times
        ]

    def known(self) -> dict[str, Coverage]:
        with self.flat.runtime.reading(self.flat.ada) as work:
            group = rights.coordinating(work, self.group)
            pairs = members.page(work, self.group, None, 100)[1]
            found = coverage.of_group(work, group, pairs)
            return {member.name: found[member.id] for member, _ in pairs}

    def rows(self) -> list[CalendarRow]:
        with self.flat.runtime.reading() as work:
            return list(stored.of_group(work, self.group))

    def count(self, table: type[Row]) -> int:
        with self.flat.runtime.reading() as work:
            return len(work.session.scalars(select(table)).all())

    def plan(self) -> PlanRow:
        with self.flat.runtime.work(self.flat.ada) as work:
            term = terms.add(work, self.group, TERM).id
            asked = plans.ask(work, self.group, term)
            return plans.keep(work, asked, plans.answered(asked, top=1))

    def is_outdated(self, plan: PlanRow) -> bool:
        with self.flat.runtime.reading() as work:
            return work.session.get_one(PlanRow, plan.id).outdated_at is not None

    def sights(self) -> dict[str, Seen]:
        with self.flat.runtime.reading(self.flat.ada) as work:
            return {each.member.name: each.seen for each in sights.of_group(work, self.group)}

    def withdraws(self) -> None:
        with self.flat.runtime.work(self.flat.ada) as work:
            colleagues.withdraw(work, self.group)

    def disconnects(self) -> None:
        with self.flat.runtime.work(self.flat.ada) as work:
            accounts.disconnect(work, self.account)

    def resign(self) -> None:
        with self.flat.runtime.work(self.flat.ada) as work:
            groups.add_coordinator(work, self.group, "cora@example.org", "Cora")
            groups.remove_coordinator(work, self.group, self.flat.ada)

    def remove(self, name: str) -> None:
        with self.flat.runtime.work(self.flat.ada) as work:
            found = stored_members.person_in(work, self.group, self.people[name])
            assert found is not None
            members.remove(work, self.group, found.id)

    def objects(self, name: str) -> None:
        with self.flat.runtime.work(self.people[name]) as work:
            objections.make(work, self.group)

    def drops(self, name: str) -> None:
        with self.flat.runtime.work(self.people[name]) as work:
            [(row, _)] = calendars.of_own(work)
            calendars.drop_own(work, row.id)

    def deletes_data(self, name: str) -> None:
        with self.flat.runtime.work(self.people[name]) as work:
            people.delete_data(work)

    def adds(self, name: str, kind: CalendarKind = CalendarKind.WORK) -> None:
        """Let somebody show a file of their own."""
        with self.flat.runtime.work(self.people[name]) as work:
            taken = calendars.read_file(FILE, "UTC", work.now)
            calendars.add_read(work, calendars.own(work), kind, taken, None)

    def types(self, name: str) -> None:
        """Let somebody type hours of every week."""
        with self.flat.runtime.work(self.people[name]) as work:
            calendars.add_weekly(work, calendars.own(work), CalendarKind.WORK, EVENING)

    def enters(self, name: str) -> None:
        """Let Ada type hours for somebody who has not joined."""
        with self.flat.runtime.work(self.flat.ada) as work:
            found = stored_members.person_in(work, self.group, self.people[name])
            assert found is not None
            owner = calendars.entered_for(work, self.group, found.id)
            calendars.add_weekly(work, owner, CalendarKind.CLINICAL, EVENING)

    def names(self, name: str) -> UUID:
        """Let somebody name a calendar in an account of theirs, which is not read yet."""
        with self.flat.runtime.work() as work:
            row = CalendarRow(
                person_id=self.people[name],
                kind=CalendarKind.WORK,
                source=Source.ACCOUNT,
                created_at=work.now,
            )
            work.add(row)
            work.session.flush()
            return row.id

    def taken(self, name: str) -> list[int] | None:
        """On which days from the first Monday on somebody is taken, as plans ask; None: unknown."""
        with self.flat.runtime.work(self.flat.ada) as work:
            term = terms.add(work, self.group, TERM)
            asked = question(work, rights.coordinating(work, self.group), term)
            work.session.delete(term)
        place = list(asked.names.values()).index(name)
        if "known_until" in asked.document["members"][place]:
            return None
        events = asked.events[place]
        assert events is not None
        times = [(each.start - MONDAY, each.end - each.start) for each in events.intervals()]
        return [start // (24 * HOUR) for start, length in times if length == 12 * HOUR]

    def keeps(self, times: bytes) -> bool:
        """Whether the files of the database hold these bytes."""
        home = self.flat.runtime.settings.home
        return any(times in each.read_bytes() for each in home.glob("commonhour.db*"))

    def dissolves(self) -> None:
        with self.flat.runtime.work(self.flat.ada) as work:
            groups.dissolve(work, self.group, None)

    def is_read(self, name: str) -> bool:
        return self.people[name] in [row.person_id for row in self.rows()]

    def later(self, **time: float) -> list[list[str]]:
        """About whom the account is asked at its next reading."""
        self.seen.asked.clear()
        self.flat.later(**(time or {"hours": 7}))
        return self.seen.asked


def a_ward(home: Path, url: str | None = None) -> Ward:
    flat = a_flat(home, url)
    seen = Colleagues()
    seen.add("ada@example.org", main=True)
    flat.host.accounts["ada@example.org"] = seen
    with flat.runtime.work(flat.ada) as work:
        group = groups.form(work, "roadmap", "Ward rounds", "UTC").id
    account = flat.connected()
    ward = Ward(flat, group, account, seen, {})
    for name in ("Bea", "Carl"):
        ward.add(name)
    ward.add("Dan", joined=False)
    ward.busy("Bea", 0, 1)
    ward.busy("Dan", 2)
    drained(flat.runtime)
    return ward


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    """A ward to copy."""
    ward = a_ward(tmp_path_factory.mktemp("built"))
    ward.flat.runtime.engine.dispose()
    return ward


@pytest.fixture
def ward(built: Ward, tmp_path: Path) -> Iterator[Ward]:
    """On SQLite, whose clock is ours."""
    home = copytree(built.flat.runtime.settings.home, tmp_path / "home")
    runtime = Runtime.of(Settings(home=home, database_url=f"sqlite:///{home / 'commonhour.db'}"))
    runtime.queues, runtime.channel = Jobs(), MemoryChannel(Sender("commonhour@localhost"))
    host, clock = deepcopy(built.flat.host), deepcopy(built.flat.clock)
    runtime.hosts, runtime.clock = {Host.GOOGLE: host}, clock
    flat = replace(built.flat, runtime=runtime, host=host, clock=clock)
    seen = host.accounts[MAIN]
    assert isinstance(seen, Colleagues)
    yield replace(built, flat=flat, seen=seen, people=dict(built.people))
    runtime.engine.dispose()


@pytest.fixture
def either_ward(tmp_path: Path, database_url: str) -> Iterator[Ward]:
    """Once on each database."""
    ward = a_ward(tmp_path, database_url)
    yield ward
    ward.flat.runtime.engine.dispose()


def test_members_are_known_through_one_account_and_who_cannot_be_seen_is_unknown(
    either_ward: Ward,
) -> None:
    ward = either_ward
    ward.read()

    assert ward.seen.asked == [["bea@example.org", "carl@example.org", "dan@example.org"]]
    known = ward.known()
    assert {name: each.known for name, each in known.items()} == {
        "Bea": Known.KNOWN,
        "Carl": Known.UNREAD,
        "Dan": Known.KNOWN,
    }
    assert known["Carl"].what == "Nobody can be seen there"
    assert {(row.source, row.kind, row.group_id) for row in ward.rows()} == {
        (Source.COLLEAGUE, CalendarKind.WORK, ward.group)
    }


def test_what_colleagues_show_is_planned_with_and_changes_are_found(ward: Ward) -> None:
    ward.read()
    plan = ward.plan()
    assert plan.document is not None
    assert len(ward.later()) == 1  # nothing has changed, so nothing follows
    assert not ward.is_outdated(plan)
    ward.busy("Bea", *range(180))

    ward.later()

    assert ward.is_outdated(plan)
    assert ward.known()["Bea"].known is Known.KNOWN


def test_whoever_is_added_later_is_included_by_themselves(ward: Ward) -> None:
    ward.read()
    ward.flat.clock.forward(minutes=2)
    ward.seen.asked.clear()
    ward.busy("Eve", 3)

    ward.add("Eve")
    drained(ward.flat.runtime)
    asked = ward.later(minutes=1)

    assert "eve@example.org" in asked[-1]
    assert ward.known()["Eve"].known is Known.KNOWN


def test_consent_that_was_withdrawn_before_the_reading_asks_nothing(either_ward: Ward) -> None:
    ward = either_ward
    ward.allowed()
    with ward.flat.runtime.work(ward.flat.ada) as work:
        colleagues.withdraw(work, ward.group)

    drained(ward.flat.runtime)

    assert ward.seen.asked == []
    assert ward.rows() == []
    assert ward.count(ProgrammeConsentRow) == 0


ENDS: dict[str, Callable[[Ward], None]] = {
    "the giver coordinates no longer": lambda ward: ward.resign(),
    "the member is gone": lambda ward: ward.remove("Bea"),
    "the member objects": lambda ward: ward.objects("Bea"),
    "the member deletes it": lambda ward: ward.drops("Bea"),
    "the member wants nothing known": lambda ward: ward.deletes_data("Bea"),
    "the member shows a calendar": lambda ward: ward.adds("Bea"),
}


@pytest.mark.parametrize("how", ENDS)
def test_nobody_is_asked_about_whom_consent_covers_no_more(ward: Ward, how: str) -> None:
    ward.read()
    ward.plan()

    ENDS[how](ward)
    asked = ward.later()

    assert [each for each in asked if "bea@example.org" in each] == []
    bea = ward.people["Bea"]
    assert [row for row in ward.rows() if row.person_id == bea] == []


@pytest.mark.parametrize("flaw", ["objects", "resigned", "owner"])
def test_consent_is_looked_up_when_the_account_is_read(ward: Ward, flaw: str) -> None:
    """Whatever stands in the database by then, and however it came there."""
    ward.read()
    with ward.flat.runtime.work() as work:
        if flaw == "objects":
            for each in ward.people.values():
                work.add(ReadingObjectionRow(person_id=each, made_at=work.now))
        elif flaw == "resigned":
            work.session.execute(delete(CoordinatorRow))
        else:
            work.session.execute(update(ProgrammeConsentRow).values(given_by=ward.flat.cora))

    assert ward.later() == []
    assert ward.rows() == []


def test_what_was_read_goes_with_the_consent_and_with_the_account(ward: Ward) -> None:
    for end in (ward.withdraws, ward.disconnects):
        ward.flat.clock.forward(minutes=2)
        ward.read()
        ward.plan()
        assert ward.count(BusyRow) == 2

        end()

        assert ward.rows() == []
        assert ward.count(PlanRow) == 0
        assert ward.count(ProgrammeConsentRow) == 0
    assert ward.count(BusyRow) == 0


def test_a_plan_stays_when_a_member_shows_a_calendar_instead(ward: Ward) -> None:
    ward.read()
    ward.plan()

    ward.adds("Bea")
    drained(ward.flat.runtime)

    assert ward.count(PlanRow) == 1
    assert ward.known()["Bea"].calendars == 1


def test_own_calendars_count_from_joining_on_and_then_nothing_else(ward: Ward) -> None:
    ward.read()
    ward.adds("Dan")
    assert ward.known()["Dan"].known is Known.KNOWN
    dan = ward.people["Dan"]
    assert [row.person_id for row in ward.rows()].count(dan) == 1  # his own count nowhere yet

    with ward.flat.runtime.work() as work:
        link = signin.invite(work, dan, ward.group, Purpose.INVITATION)
        secret = proof.minted()
        link.secret_hash, link.sent_at = proof.hashed(secret), work.now
    links.follow(ward.flat.runtime, secret, "192.0.2.1")

    assert dan not in [row.person_id for row in ward.rows()]


def test_whoever_objects_can_take_it_back(ward: Ward) -> None:
    ward.read()
    ward.objects("Bea")
    assert ward.sights()["Bea"] is Seen.OBJECTS
    with ward.flat.runtime.work(ward.people["Bea"]) as work:
        assert colleagues.of_own(work) == []
        objections.take_back(work, ward.group)

    drained(ward.flat.runtime)
    ward.later(minutes=1)
    ward.later(minutes=1)

    assert ward.sights() == {"Bea": Seen.VISIBLE, "Carl": Seen.HIDDEN, "Dan": Seen.VISIBLE}
    with ward.flat.runtime.reading(ward.people["Bea"]) as work:
        [(row, coordinator, _, group)] = colleagues.of_own(work)
        assert (row.person_id, coordinator.name, group.id) == (
            ward.people["Bea"], "Ada", ward.group,
        )  # fmt: skip


def test_only_ones_own_capable_account_in_a_group_that_one_coordinates(ward: Ward) -> None:
    runtime = ward.flat.runtime
    with pytest.raises(NotAllowed):
        ward.allowed(actor=ward.people["Bea"])
    with pytest.raises(Missing):
        ward.allowed(actor=a_person(runtime, "otto@example.org"))
    with runtime.work(ward.flat.ada) as work:
        groups.add_coordinator(work, ward.group, "cora@example.org", "Cora")
    with pytest.raises(Missing):
        ward.allowed(actor=ward.flat.cora)
    ward.flat.host.able = frozenset({Capability.CHOOSES})
    with pytest.raises(Conflict, match="does not tell"):
        ward.allowed()
    with runtime.reading(ward.flat.ada) as work:
        assert colleagues.capable(work, runtime.hosts) == []
    assert ward.count(ProgrammeConsentRow) == 0


def test_each_group_is_read_by_its_own_consent(ward: Ward) -> None:
    ward.read()
    with ward.flat.runtime.work(ward.flat.ada) as work:
        other = groups.form(work, "roadmap", "Another", "UTC").id
        members.add(work, other, members.Entry(name="Fay", email="fay@example.org"))
        members.add(work, other, members.Entry(name="Bea", email="bea@example.org"))
    ward.busy("Fay", 1)

    assert "fay@example.org" not in ward.later()[0]

    with ward.flat.runtime.work(ward.flat.ada) as work:
        runtime = ward.flat.runtime
        colleagues.allow(work, runtime.keys, runtime.hosts, other, ward.account)
    drained(ward.flat.runtime)
    assert ward.seen.asked[-1].count("bea@example.org") == 1  # of two groups, and asked once
    with ward.flat.runtime.reading() as work:
        rows = stored.of_account(work, ward.account)
        assert sum(work.session.get(BusyRow, row.id) is not None for row in rows) == 4


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (Unsupported("It tells of nobody", remedy="choose another"), timedelta(hours=6)),
        (Wait("It thinks", remedy="wait", seconds=300), timedelta(minutes=6)),
    ],
    ids=["never", "later"],
)
def test_what_the_host_does_not_tell_is_unknown_and_own_calendars_are_read_all_the_same(
    ward: Ward, error: Exception, again: timedelta
) -> None:
    ward.seen.occupy(MAIN, (MONDAY, MONDAY + HOUR))
    ward.seen.error = error

    ward.read()

    assert {each.known for each in ward.known().values()} == {Known.UNREAD}
    own, _ = ward.flat.calendars()[0]
    assert own.failed_what is None
    due = ward.flat.account(ward.account).due_at
    assert due is not None
    assert due - ward.flat.clock.now <= again


def test_access_that_ended_is_told_and_what_was_read_grows_old(ward: Ward) -> None:
    ward.read()
    ward.flat.host.over = True
    ward.later()
    assert ward.known()["Bea"].known is Known.PARTLY
    assert ward.known()["Bea"].reconnect is False
    assert ward.known()["Bea"].remedy == "whoever connected it connects it once more on their page"

    ward.later(days=4)

    assert ward.known()["Bea"].known is Known.UNREAD


def test_a_colleague_who_suddenly_shows_nothing_is_a_question_to_them(ward: Ward) -> None:
    ward.busy("Bea", *range(20))
    ward.read()
    ward.busy("Bea")
    ward.later()
    bea = ward.people["Bea"]
    [row] = [row for row in ward.rows() if row.person_id == bea]
    assert row.doubted_at is not None
    assert ward.known()["Bea"].known is Known.PARTLY

    with ward.flat.runtime.work(bea) as work:
        doubts.believe(work, row.id)
    drained(ward.flat.runtime)

    for _ in range(3):  # and it stays so
        assert ward.known()["Bea"].known is Known.KNOWN
        ward.later()


def test_coordinators_cannot_take_it_for_what_they_entered(ward: Ward) -> None:
    ward.read()
    with ward.flat.runtime.work(ward.flat.ada) as work:
        for member in members.page(work, ward.group, None, 9)[1]:
            assert calendars.of_member(work, ward.group, member[0].id) == []
        [row, *_] = ward.rows()
        with pytest.raises(Missing):
            calendars.drop_own(work, row.id)


def test_choosing_calendars_of_the_account_leaves_colleagues_alone(ward: Ward) -> None:
    ward.read()

    ward.flat.choose(ward.account, **{"ada@example.org": "clinical"})

    assert len(ward.rows()) == 3


def test_all_of_it_is_told_to_whom_it_is_about(ward: Ward) -> None:
    ward.read()
    runtime = ward.flat.runtime
    with runtime.reading(ward.people["Bea"]) as work:
        told = everything(work, ward.people["Bea"], runtime.keys)
    [calendar] = told["calendars"]
    assert (calendar["source"], calendar["account"], calendar["host"]) == (
        "colleague",
        None,
        "google",
    )
    assert told["objects_to_being_read"] == []
    with runtime.reading(ward.flat.ada) as work:
        told = everything(work, ward.flat.ada, runtime.keys)
    assert [each["group"] for each in told["lets_members_be_read"]] == ["Ward rounds"]


def test_the_audit_tells_who_allowed_what(ward: Ward) -> None:
    ward.read()
    ward.objects("Bea")
    with ward.flat.runtime.work(ward.people["Bea"]) as work:
        objections.take_back(work, ward.group)
    ward.withdraws()

    with ward.flat.runtime.reading() as work:
        lines = work.session.execute(
            select(AuditRow.actor, AuditRow.action)
            .where(AuditRow.action.startswith("reading."))
            .order_by(AuditRow.number)
        )
        ada, bea = ward.flat.ada, ward.people["Bea"]
        assert [(actor, action) for actor, action in lines] == [
            (ada, "reading.allowed"),
            (bea, "reading.objected"),
            (bea, "reading.permitted"),
            (ada, "reading.withdrawn"),
        ]


def void(_: object) -> None:
    """What is of no use here."""


MORE: dict[str, Callable[[Ward], None]] = {
    "hours that Ada enters": lambda ward: ward.enters("Dan"),
    "hours of one's own": lambda ward: ward.types("Bea"),
    "a private file": lambda ward: ward.adds("Bea", CalendarKind.PERSONAL),
    "a file that counts nowhere yet": lambda ward: ward.adds("Dan"),
    "an account that is not read": lambda ward: void(ward.names("Bea")),
}


@pytest.mark.parametrize("how", MORE)
def test_what_is_known_to_be_taken_does_not_become_free_by_what_is_added(
    ward: Ward, how: str
) -> None:
    ward.read()
    before = ward.taken("Bea"), ward.taken("Dan")
    assert before == ([0, 1], [2])

    MORE[how](ward)
    after = [(ward.taken("Bea"), ward.taken("Dan"))]
    ward.later()
    after.append((ward.taken("Bea"), ward.taken("Dan")))

    for bea, dan in after:
        assert bea in (None, before[0])  # unknown while her own calendar is not read
        assert dan == before[1]
    assert ward.is_read("Bea")
    assert ward.is_read("Dan")


def test_what_is_read_gives_way_once_a_calendar_of_ones_own_is_read_well(
    either_ward: Ward,
) -> None:
    ward = either_ward
    ward.read()
    ward.plan()
    own = ward.names("Bea")
    assert "bea@example.org" in ward.later()[0]
    with ward.flat.runtime.work() as work:
        row = work.session.get_one(CalendarRow, own)
        row.read_at = row.tried_at = ward.flat.clock.now

    asked = ward.later()

    assert "bea@example.org" not in asked[0]
    assert not ward.is_read("Bea")
    assert ward.count(PlanRow) == 1


def test_a_calendar_of_ones_own_that_fails_does_not_have_one_read_by_others(ward: Ward) -> None:
    own = ward.names("Bea")
    ward.read()
    with ward.flat.runtime.work() as work:
        work.session.get_one(CalendarRow, own).failed_what = "It is away"

    assert "bea@example.org" not in ward.later()[0]


def test_a_reading_is_believed_as_long_here_as_in_plans() -> None:
    assert standing.LATELY == OLDEST


def test_hours_that_are_known_stay_known_where_the_account_sees_nobody(ward: Ward) -> None:
    ward.types("Carl")
    assert ward.taken("Carl") == []

    ward.read()

    assert ward.sights()["Carl"] is Seen.HIDDEN
    assert ward.taken("Carl") == []
    ward.busy("Carl", 4)
    ward.later()
    assert ward.taken("Carl") == [4]
    del ward.seen.others["carl@example.org"]
    ward.later()
    ward.later(days=4)
    assert ward.taken("Carl") is None


def test_an_own_calendar_counts_alone_when_the_reading_account_was_lost_for_long(
    ward: Ward,
) -> None:
    ward.read()
    ward.flat.host.over = True
    ward.later()
    own = ward.names("Bea")
    ward.later(days=4)
    assert ward.is_read("Bea")
    with ward.flat.runtime.work() as work:
        row = work.session.get_one(CalendarRow, own)
        row.read_at = row.tried_at = ward.flat.clock.now

    ward.later(days=2)

    assert not ward.is_read("Bea")


def test_an_objection_outlives_the_membership(either_ward: Ward) -> None:
    ward = either_ward
    ward.read()
    ward.objects("Bea")

    ward.remove("Bea")
    ward.add("Bea")
    drained(ward.flat.runtime)

    assert not [each for each in ward.later() if "bea@example.org" in each]
    assert not ward.is_read("Bea")
    assert ward.sights()["Bea"] is Seen.OBJECTS


def test_whoever_deletes_their_data_is_read_for_no_other_group_until_they_say_so(
    ward: Ward,
) -> None:
    ward.read()
    ward.deletes_data("Bea")
    runtime = ward.flat.runtime
    with runtime.work(ward.flat.ada) as work:
        other = groups.form(work, "roadmap", "Another", "UTC").id
        members.add(work, other, members.Entry(name="Bea", email="bea@example.org"))
        colleagues.allow(work, runtime.keys, runtime.hosts, other, ward.account)

    assert not [each for each in ward.later() if "bea@example.org" in each]

    with runtime.work(ward.people["Bea"]) as work:
        [(_, group)] = objections.of_own(work)
        assert group is None
        objections.take_back(work, None)
    ward.later()
    assert ward.later()[0].count("bea@example.org") == 1


def test_consent_that_ends_while_the_account_is_read_asks_nothing_more(ward: Ward) -> None:
    """Before the colleagues' turn, and between some of them and the next."""
    for number in range(25):
        ward.add(f"Eve{number}")
    ward.read()
    own, colleague = ward.seen.busy, ward.seen.colleagues

    def withdrawn(emails: Sequence[str], span: Span) -> dict[str, Found]:
        ward.withdraws()
        return colleague(emails, span)

    ward.seen.colleagues = withdrawn  # type: ignore[method-assign]
    assert [len(each) for each in ward.later()] == [20]
    assert ward.rows() == []

    ward.seen.colleagues = colleague  # type: ignore[method-assign]
    ward.read()
    assert [len(each) for each in ward.later()] == [20, 8]

    def withdrawn_before(calendars: Sequence[CalendarId], span: Span) -> Mapping[CalendarId, Found]:
        ward.withdraws()
        return own(calendars, span)

    ward.seen.busy = withdrawn_before  # type: ignore[method-assign]
    ward.seen.occupy(MAIN, (MONDAY, MONDAY + HOUR))
    assert ward.later() == []


LEAVES: dict[str, Callable[[Ward], None]] = {
    "shows a calendar": lambda ward: ward.adds("Bea"),
    "is removed": lambda ward: ward.remove("Bea"),
    "objects": lambda ward: ward.objects("Bea"),
    "has no group any more": lambda ward: ward.dissolves(),
}


@pytest.mark.parametrize("how", LEAVES)
def test_what_was_read_is_gone_from_the_disk_as_well(ward: Ward, how: str) -> None:
    ward.read()
    ward.busy("Bea", *range(9))
    ward.later()
    times = pack("<qq", MONDAY + 8 * 24 * HOUR, MONDAY + (8 * 24 + 12) * HOUR)
    assert ward.keeps(times)

    LEAVES[how](ward)

    assert not ward.keeps(times)


def test_one_colleagues_odd_answer_keeps_nobody_waiting(ward: Ward) -> None:
    ward.seen.occupy(MAIN, (MONDAY, MONDAY + HOUR))
    ward.seen.odd["carl@example.org"] = broken("Nothing about this person")
    ward.read()
    due = ward.flat.account(ward.account).due_at

    assert ward.known()["Carl"].known is Known.UNREAD
    assert due is not None
    usual = timedelta(seconds=ward.flat.runtime.settings.times.refresh)
    assert due - ward.flat.clock.now >= usual * 0.9
    with ward.flat.runtime.reading() as work:
        assert rests.until(work, ward.account) is None


def test_nobody_has_an_account_read_more_than_once_a_minute(ward: Ward) -> None:
    ward.read()
    ward.seen.asked.clear()

    for _ in range(5):
        ward.allowed()
        with ward.flat.runtime.work(ward.people["Bea"]) as work:
            objections.take_back(work, ward.group)
        ward.objects("Bea")
        with ward.flat.runtime.work(ward.people["Bea"]) as work:
            objections.take_back(work, ward.group)
        drained(ward.flat.runtime)

    assert ward.seen.asked == []
    assert len(ward.later(minutes=1)) == 1
    drained(ward.flat.runtime)
    ward.later(minutes=1)
    assert ward.is_read("Bea")


def test_who_would_be_read_without_a_calendar_is_told(ward: Ward) -> None:
    ward.adds("Bea")
    ward.read()
    with ward.flat.runtime.reading(ward.people["Bea"]) as work:
        [(own, _)] = calendars.of_own(work)
        [(coordinator, account, group)] = colleagues.without(work, [own.id])
        assert (coordinator.name, account.id, group.id) == ("Ada", ward.account, ward.group)
        assert colleagues.without(work, []) == []
        assert colleagues.without(work, [own.id], ward.account) == []
    ward.objects("Bea")
    with ward.flat.runtime.reading(ward.people["Bea"]) as work:
        assert colleagues.without(work, [own.id]) == []


def test_nobody_is_told_of_a_reading_that_ended(ward: Ward) -> None:
    ward.read()
    with ward.flat.runtime.work() as work:
        work.session.execute(delete(ProgrammeConsentRow))

    with ward.flat.runtime.reading(ward.people["Bea"]) as work:
        assert colleagues.of_own(work) == []


def test_nobody_is_added_to_what_is_read_while_consent_is_withdrawn(
    tmp_path: Path, postgres_url: str
) -> None:
    """The one waits for the other, on a database that does several things at once."""
    ward = a_ward(tmp_path, postgres_url)
    ward.allowed()
    ward.add("Eve")
    runtime = ward.flat.runtime
    with ThreadPoolExecutor(1) as pool:
        with runtime.work(ward.flat.ada) as work:
            colleagues.withdraw(work, ward.group)
            reading = pool.submit(drained, runtime)
            while not waits(runtime):
                assert not reading.done()
        reading.result()

    assert ward.rows() == []
    ward.flat.runtime.engine.dispose()


def waits(runtime: Runtime) -> bool:
    """Whether somebody waits for somebody else in the database."""
    with runtime.reading() as work:
        asked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        asked += " and datname = current_database()"
        return bool(work.session.execute(text(asked)).scalar_one())
