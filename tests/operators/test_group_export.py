"""The command that prints what a group has committed."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.flow import groups, terms
from services.storage.rows.doors import AuditRow
from tests.flow.series.rows import FIRST, a_committed
from tests.operators.installation import Installation
from tests.runtimes import a_person
from tests.services.commands import Terminal

INVITED = ["ada@example.org", "ben@example.org"]


def committed(here: Installation) -> UUID:
    """A group whose series has six dates; its id."""
    cora = a_person(here.runtime, "cora@example.org", "Cora")
    with here.runtime.work(cora) as work:
        group = groups.form(work, "inter-institution", "Nine universities", "UTC")
        term = terms.add(work, group.id, {"start": date(2027, 1, 4), "end": date(2027, 6, 30)})
    a_committed(here.runtime, group.id, term.id, INVITED)
    return group.id


def test_the_dates_who_is_invited_and_the_answers_are_printed(
    here: Installation, terminal: Terminal
) -> None:
    group = committed(here)

    outcome = terminal.run("group", "export", str(group), "--series")

    assert outcome.status == 0
    [series] = outcome.answer["series"]
    assert (outcome.answer["title"], series["state"]) == ("Nine universities", "committed")
    assert len(series["dates"]) == 6
    first = series["dates"][0]
    assert first["start"] == f"{FIRST:%Y-%m-%dT%H:%M:%SZ}" == first["planned"]
    assert [each["email"] for each in first["invited"]] == INVITED
    assert {each["answer"] for each in first["invited"]} == {"needs-action"}
    with here.runtime.reading() as work:
        told = work.session.scalars(select(AuditRow.action).order_by(AuditRow.number)).all()
    assert told[-1] == "group.series_exported"  # names left the installation


def test_what_it_cannot_do_is_said(here: Installation, terminal: Terminal) -> None:
    nowhere = str(UUID(int=7))

    both = terminal.run("group", "export", nowhere, "--series", "--with-busy")
    missing = terminal.run("group", "export", nowhere, "--series")

    assert (both.status, missing.status) == (2, 2)
    assert "leave the others out" in both.err
    assert "There is no such group" in missing.err
