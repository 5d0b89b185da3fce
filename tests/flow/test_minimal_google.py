"""A host that speaks the least of Google Calendar, through the whole service."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from calendar_sync.google.where import Where
from calendar_sync.google.wire import stamp
from calendar_sync.host import Asked as Question
from calendar_sync.host import Grant
from calendar_sync.provider import CalendarId, Draft
from services.flow import accounts, consent, groups, listing, members, sessions, terms
from services.flow.consent import Answer
from services.storage import calendars
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.outbox import TaskState
from services.wiring import Runtime
from tests.calendar_sync.minimal_google import TOKEN, Asked, Said, a_minimal_google
from tests.calendar_sync.minimal_google import Host as Minimal
from tests.flow.google_town import DAY, HOUR, WEEK, Span, Timely
from tests.flow.town import TERM, Hands
from tests.runtimes import a_person, a_runtime, tasks, ticked

ADA, CLINIC = "ada@example.org", "clinic@example.org"
TITLE = "A name that nobody may know"
SCOPES = frozenset({"calendar.calendarlist.readonly", "calendar.events.freebusy"})


@dataclass
class Hamlet:
    """Ada, whose account is at a host of few words."""

    runtime: Runtime
    host: Minimal
    clock: Hands
    ada: UUID
    account: UUID

    def occupy(self, calendar: str, *times: Span) -> None:
        for each in times:
            start, end = ({"dateTime": stamp(moment)} for moment in each)
            self.host.insert(calendar, {"summary": TITLE, "start": start, "end": end})

    def polled(self) -> list[str]:
        """Let the next reading come; return the jobs that it took."""
        self.host.asked.clear()
        self.clock.forward(hours=7)
        return ticked(self.runtime)

    def read(self) -> dict[bool, tuple[list[Span], str | None]]:
        """What is known of the main calendar, and of the other one."""
        with self.runtime.reading() as work:
            return {
                row.main: (
                    [(each.start, each.end) for each in busy.events.intervals()] if busy else [],
                    row.failed_what,
                )
                for row, busy in calendars.of_person(work, self.ada)
            }

    def chooses(self) -> None:
        offered = listing.offered(self.runtime, self.runtime.opening, self.ada, self.account)
        with self.runtime.work(self.ada) as work:
            row = accounts.own(work, self.account)
            mains = [replace(each, main=each.calendar == ADA) for each in offered]
            said = {each.mark: "work" for each in mains}
            accounts.choose(work, self.runtime.keys, row, mains, said)
        ticked(self.runtime)


@pytest.fixture
def hamlet(tmp_path: Path) -> Iterator[Hamlet]:
    with a_minimal_google() as host:
        host.add(ADA, "Ada")
        host.add(CLINIC, "Clinic")
        runtime = a_runtime(tmp_path)
        clock = runtime.clock = Hands()
        runtime.hosts = {Host.GOOGLE: Timely(Where(client_id="us", api_url=host.url), clock=clock)}
        hamlet = Hamlet(runtime, host, clock, *connected(runtime))
        hamlet.occupy(ADA, *WEEK)
        hamlet.occupy(CLINIC, *WEEK[:2])
        hamlet.chooses()
        yield hamlet
        runtime.engine.dispose()


def connected(runtime: Runtime) -> tuple[UUID, UUID]:
    """Ada and her account, as consent leaves it."""
    cora = a_person(runtime, "cora@example.org", "Cora")
    with runtime.work(cora) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC").id
        terms.add(work, group, TERM)
        row, person = members.add(work, group, members.Entry(name="Ada", email=ADA))
        row.joined_at, ada = work.now, person.id
    until = runtime.clock() + timedelta(days=400)
    with runtime.work() as work:
        secret = sessions.opened(work, ada)
    with runtime.reading() as work:
        session = sessions.current(work, secret)
    assert session is not None
    with runtime.work(ada) as work:
        answer = Answer(Host.GOOGLE, Question("", "", "", ""), None)
        grant = Grant(TOKEN, until, "renewal", SCOPES, "1", ADA)
        found = consent.granted(work, runtime.keys, answer, grant, session.id)
        assert isinstance(found, AccountRow)
        return ada, found.id


def test_it_is_read_by_asking_again_and_again(hamlet: Hamlet, tmp_path: Path) -> None:
    assert hamlet.read() == {True: (WEEK, None), False: (WEEK[:2], None)}

    hamlet.occupy(CLINIC, WEEK[2])
    assert "planning.look_again" in hamlet.polled()

    assert hamlet.read() == {True: (WEEK, None), False: (WEEK[:3], None)}
    kept = b"".join(each.read_bytes() for each in tmp_path.iterdir() if each.is_file())
    assert TITLE.encode() not in kept


def test_ten_looks_in_a_row_ask_the_same_and_tell_nobody(hamlet: Hamlet) -> None:
    hamlet.polled()
    asked = [(each.method, each.path) for each in hamlet.host.asked]

    for _ in range(10):
        assert set(hamlet.polled()) <= {"calendars.read_account", "notices.purge"}
        assert [(each.method, each.path) for each in hamlet.host.asked] == asked
    assert hamlet.read() == {True: (WEEK, None), False: (WEEK[:2], None)}
    assert tasks(hamlet.runtime, TaskState.QUARANTINED) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"errors": [{"domain": "global", "reason": "internalError"}]},
        {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []},
        {"busy": "none"},
        None,
    ],
    ids=["internal error", "not found", "nonsense", "left out"],
)
def test_one_calendar_in_trouble_is_unknown_alone(hamlet: Hamlet, entry: object) -> None:
    def spoiled(asked: Asked) -> Said:
        said = hamlet.host.done(asked)
        if asked.path.endswith("freeBusy"):
            said.body["calendars"][CLINIC] = entry
        return said

    hamlet.occupy(ADA, (WEEK[0][0] - 2 * HOUR, WEEK[0][0] - HOUR))
    hamlet.host.script = [spoiled] * 40
    hamlet.polled()

    read = hamlet.read()
    assert (len(read[True][0]), read[True][1]) == (8, None)
    assert (read[False][0], bool(read[False][1])) == (WEEK[:2], True)


@pytest.mark.parametrize("page", [Said(b"<html>All is well</html>"), Said({}), Said([])])
def test_a_page_in_place_of_an_answer_frees_no_time(hamlet: Hamlet, page: Said) -> None:
    hamlet.host.script = [page] * 40
    hamlet.polled()

    assert {main: busy for main, (busy, _) in hamlet.read().items()} == {
        True: WEEK,
        False: WEEK[:2],
    }


def test_what_is_emptied_is_asked_about_first(hamlet: Hamlet) -> None:
    hamlet.host.calendars[ADA].clear()
    hamlet.polled()

    busy, trouble = hamlet.read()[True]
    assert busy == WEEK
    assert "holds nothing" in str(trouble)


def test_what_is_written_twice_is_there_once(hamlet: Hamlet) -> None:
    writing = SCOPES | {"calendar.events"}
    hour = (WEEK[0][0] + 30 * DAY, WEEK[0][0] + 30 * DAY + HOUR)
    draft = Draft("series/1", "Group", hour, "UTC")

    with hamlet.runtime.opening.provider(Host.GOOGLE, hamlet.account, writing) as provider:
        for _ in range(2):
            provider.put(CalendarId(ADA), draft)
    hamlet.polled()

    assert hamlet.read()[True][0] == [*WEEK, hour]
