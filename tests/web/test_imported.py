"""A group that came from a problem file has no template, and is a group like any other."""

from collections.abc import Iterator

import pytest

from services.flow import calendars, imports, members, plans, terms, tokens
from tests.web.house import House, a_house
from tests.web.test_pages import PAGES, path

FILE = """
title = "From elsewhere"
timezone = "America/New_York"
planning_date = 2026-12-01
term = { start = 2027-01-04, end = 2027-06-30 }
meeting = { minutes = 60 }
cadence = { kind = "weekly" }
windows = [{ days = ["mon"], start = "08:00", end = "10:00" }]
quorum = { share = 0.5 }
blackouts = [{ start = 2027-03-15, end = 2027-03-19, name = "spring break" }]
[[members]]
name = "Ada"
required = true
busy = [["2027-02-08T08:00", "2027-02-08T13:00", "unavailable"]]
[[members]]
name = "Bea"
timezone = "America/Chicago"
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose one group was imported, and planned."""
    home = tmp_path_factory.mktemp("imported")
    house, file = a_house(home), home / "problem.toml"
    file.write_text(FILE)
    with house.runtime.work() as work:
        house.group = imports.group_of(work, file, "coordinator@example.org").id
        _, [(member, _), *_] = members.page(work, house.group, None, members.MOST)
        house.max = member.id
        [(calendar, *_)] = calendars.of_member(work, house.group, house.max)
        house.calendar = calendar.id
        [term] = terms.of(work, house.group)
        house.term = term.id
        asked = plans.ask(work, house.group, term.id)
        house.plan = plans.keep(work, asked, plans.answered(asked)).id
    yield house
    house.runtime.engine.dispose()


@pytest.mark.parametrize("template", PAGES)
def test_every_page_of_an_imported_group_opens(imported: House, template: str) -> None:
    visitor = imported.visitor("coordinator")

    response = visitor.client.get(path(template, imported), headers={"Accept": "text/html"})

    assert response.status_code == 200


def test_an_imported_group_is_called_so(imported: House) -> None:
    visitor = imported.visitor("coordinator")

    for each in ("/", f"/groups/{imported.group}"):
        assert "Imported" in visitor.get(each).text


def test_a_program_reads_an_imported_group(imported: House) -> None:
    with imported.runtime.work() as work:
        _, secret = tokens.create(work, "coordinator@example.org")
    client, headers = imported.app.test_client(), {"Authorization": f"Bearer {secret}"}

    one = client.get(f"/api/v1/groups/{imported.group}", headers=headers)
    every = client.get("/api/v1/groups", headers=headers)

    assert (one.status_code, every.status_code) == (200, 200)
    assert one.json is not None
    assert every.json is not None
    assert one.json["template"] == every.json["items"][0]["template"] == "imported"
