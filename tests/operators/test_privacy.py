"""Nothing that an operator is shown holds a name or an address of anybody (P44, P57)."""

import re

import pytest
from sqlalchemy import update

from calendar_sync.errors import Unreadable
from scheduler.errors import Explained
from services import claims
from services.claims import Claim
from services.facts import CalendarConnected, LinkMade, PlanAsked
from services.flow import calendars, groups, members, sessions, signin
from services.flow.members import Entry
from services.storage.ids import new_id
from services.storage.rows.calendars import CalendarKind, CalendarRow
from services.storage.rows.people import Purpose
from services.wiring import now
from tests.operators.installation import Installation
from tests.runtimes import a_person, tasks
from tests.services.commands import Terminal
from tests.web.house import PAGE, TIMES

CANARY = re.compile("zebrafinch", re.IGNORECASE)


def quoting(_claim: Claim) -> None:
    raise ValueError("zebrafinch@example.org has 'Zebrafinch'")


def explaining(_claim: Claim) -> None:
    raise Unreadable('https://zebrafinch.example/x: "Zebrafinch" is away', remedy="ask Zebrafinch")


def planted(here: Installation) -> None:
    """Everybody and everything is called so, and every task has failed about them."""
    olga = a_person(here.runtime, "olga.zebrafinch@example.org", "Olga Zebrafinch")
    with here.runtime.work(olga) as work:
        group = groups.form(work, "roadmap", "Zebrafinch circle", "UTC")
        entry = Entry(name="Mia Zebrafinch", email="mia.zebrafinch@example.org")
        member, _ = members.add(work, group.id, entry)
        owner = calendars.entered_for(work, group.id, member.id)
        calendars.add_weekly(work, owner, CalendarKind.WORK, TIMES)
    with here.runtime.work() as work:
        work.session.execute(
            update(CalendarRow).values(
                failed_what="zebrafinch.example is away", failed_remedy="wait", lost_at=now()
            )
        )
        signin.made(work, Purpose.INVITATION, person_id=olga, group_id=group.id)
        for fact in (CalendarConnected(new_id(), 1), PlanAsked(new_id()), LinkMade(new_id())):
            work.record(fact)
    for row in tasks(here.runtime):
        for _ in range(claims.FAILURES):
            claims.run(here.runtime, row.job, quoting if row.id % 2 else explaining, [row.id])
            here.now_due(row.id)
    here.recorded()


def test_nothing_that_an_operator_reads_names_anybody(
    here: Installation, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    planted(here)
    olga = a_person(here.runtime, "o@example.org")
    client = here.app.test_client()
    with here.runtime.work() as work:
        client.set_cookie("session", sessions.opened(work, olga))

    read = {
        each: client.get(each, headers=PAGE).text for each in ("/metrics", "/readyz", "/operator")
    }
    read["list"] = terminal.run("outbox", "list").out
    read["list --json"] = terminal.run("outbox", "list", "--json").out
    for row in tasks(here.runtime):
        read[f"explain {row.id}"] = terminal.run("outbox", "explain", str(row.id)).out
        read[f"requeue {row.id}"] = terminal.run("outbox", "requeue", str(row.id)).out

    assert "quarantined" in read["list"]
    assert "set aside" in read["/operator"]
    assert len(read) > 10
    assert [name for name, text in read.items() if CANARY.search(text) or "@" in text] == []


def test_the_search_finds_what_is_there() -> None:
    assert CANARY.search(str(Explained("Olga Zebrafinch", remedy="x")))
