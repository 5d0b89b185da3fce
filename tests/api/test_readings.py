"""What programs see of calendars that are read again by themselves, and what they can ask for."""

from typing import Any
from uuid import UUID

import pytest

from scheduler.model.events import Events
from services.flow import calendars, outdated
from services.flow.calendars import Taken
from services.storage.rows.outbox import TaskState
from tests.api.group import RANGES, AGroup
from tests.api.house import House
from tests.runtimes import tasks

AT_ADDRESS = {"kind": "work", "address": "https://calendar.example.org/secret.ics"}


@pytest.fixture(autouse=True)
def _reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let addresses be read without a network."""

    def read(_address: str, _zone: str, now: Any, _network: Any) -> Taken:
        return Taken(Events.of([]), now - calendars.PAST, now + calendars.AHEAD)

    monkeypatch.setattr(calendars, "read_address", read)


def due(house: House) -> list[str]:
    """The calendars that are to be read now."""
    waiting = tasks(house.runtime, TaskState.WAITING)
    return [str(each.subject) for each in waiting if each.job == "calendars.read"]


def test_a_calendar_says_when_it_is_read_next(group: AGroup) -> None:
    made = group.mia.made("/me/calendars", AT_ADDRESS)
    weekly = group.mia.made("/me/calendars", {"kind": "work", "weekly": RANGES})

    listed = group.mia.got("/me/calendars")["items"]

    assert made["read_at"] < made["next_reading"]
    assert weekly["next_reading"] is None
    assert listed == [made, weekly]


def test_a_calendar_can_be_read_at_once_but_not_twice_in_a_minute(
    house: House, group: AGroup
) -> None:
    own = group.mia.made("/me/calendars", AT_ADDRESS)
    entered = group.cora.made(group.of("members", "max", "calendars"), AT_ADDRESS)
    ways = [
        (group.mia, f"/me/calendars/{own['id']}/readings", own),
        (group.cora, group.of("members", "max", "calendars", entered["id"], "readings"), entered),
    ]

    for caller, path, calendar in ways:
        first, second = caller.post(path), caller.post(path)

        assert (first.status_code, first.json) == (202, calendar)
        assert second.status_code == 429
        assert 1 <= int(second.headers["Retry-After"]) <= 60
        assert second.json["what"] == "A calendar is read at most once a minute"
    assert sorted(due(house)) == sorted([own["id"], entered["id"]])


def test_the_same_request_twice_is_one_reading(house: House, group: AGroup) -> None:
    own = group.mia.made("/me/calendars", AT_ADDRESS)["id"]
    key = {"Idempotency-Key": "read-it"}

    answers = [group.mia.post(f"/me/calendars/{own}/readings", headers=key) for _ in range(2)]

    assert [each.status_code for each in answers] == [202, 202]
    assert due(house) == [own]


def test_what_is_not_at_an_address_is_not_read(group: AGroup) -> None:
    weekly = group.mia.made("/me/calendars", {"kind": "work", "weekly": RANGES})["id"]

    response = group.mia.post(f"/me/calendars/{weekly}/readings")

    assert response.status_code == 409
    assert response.json["what"] == "This calendar is not read from an address"


def test_nobody_has_the_calendar_of_somebody_else_read(house: House, group: AGroup) -> None:
    own = group.mia.made("/me/calendars", AT_ADDRESS)["id"]

    assert group.cora.post(f"/me/calendars/{own}/readings").status_code == 404
    path = group.of("members", "mia", "calendars", own, "readings")
    assert (group.cora.post(path).status_code, group.mia.post(path).status_code) == (404, 403)
    assert due(house) == []


def test_a_plan_says_when_the_oldest_of_its_calendars_was_read_and_stays_with_it(
    group: AGroup,
) -> None:
    path = group.of("plans", "plan")
    older = group.mia.made("/me/calendars", AT_ADDRESS)
    newer = group.cora.made(group.of("members", "max", "calendars"), AT_ADDRESS)
    assert older["read_at"] <= newer["read_at"]

    made = group.cora.post(group.of("terms", "term", "plans"), {}).json

    assert made["oldest_reading"] == older["read_at"]
    assert group.cora.got(group.of("plans", made["id"]))["oldest_reading"] == older["read_at"]
    assert group.cora.got(path)["oldest_reading"] is None, "it was made before"


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("Plan", "oldest_reading"),
        ("Account", "next_reading"),
        ("Account", "told"),
        ("Calendar", "next_reading"),
    ],
)
def test_the_document_says_of_each_what_it_means(group: AGroup, shape: str, name: str) -> None:
    schemas = group.cora.got("/openapi.json")["components"]["schemas"]

    assert schemas[shape]["properties"][name]["description"].endswith(".")


def test_a_plan_says_since_when_calendars_have_overtaken_it(house: House, group: AGroup) -> None:
    path = group.of("plans", "plan")
    assert group.cora.got(path)["outdated_at"] is None
    with house.runtime.work() as work:
        outdated.mark(work, [UUID(group.ids["plan"])])
        now = work.now

    shown, [listed] = group.cora.got(path), group.cora.got(group.of("plans"))["items"]

    assert shown["outdated_at"] == listed["outdated_at"]
    assert shown["outdated_at"] == now.isoformat().replace("+00:00", "Z")
