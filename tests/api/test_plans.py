"""Plans: at once, after reading, never where nobody can read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from calendar_sync.errors import Unreadable
from calendar_sync.ics.source import Reading
from scheduler.model.answer import Answer
from scheduler.model.problem import Problem
from services.api.planners import Planners
from services.flow import readings
from services.flow.question import Question
from services.queue import NoQueue, queues_at
from services.relay import Relay
from services.storage.rows.calendars import CalendarRow
from tests.api.group import RANGES, AGroup
from tests.api.house import House
from tests.api.test_calendars import SECRET, reads
from tests.runtimes import drained, waiting_jobs

__all__ = ["reads"]


def an_old_address(house: House, group: AGroup) -> None:
    """Let a calendar be there that was not read for long."""
    path = group.of("members", "max", "calendars")
    made = group.cora.made(path, {"kind": "work", "address": SECRET})
    with house.runtime.work() as work:
        row = work.session.get_one(CalendarRow, UUID(made["id"]))
        row.tried_at = work.now - timedelta(days=1)


def everybody_must_come_but_nobody_can(group: AGroup) -> None:
    def taken(*days: str) -> dict[str, Any]:
        return {"kind": "work", "weekly": [{"days": days, "start": "00:00", "end": "24:00"}]}

    group.mia.made("/me/calendars", taken("sat"))
    group.cora.made(group.of("members", "max", "calendars"), taken("mon", "tue", "wed"))
    group.cora.made(group.of("members", "cora", "calendars"), taken("thu", "fri"))
    term = group.of("terms", "term")
    rules = group.cora.got(term)["rules"]
    group.cora.patch(term, {"rules": {**rules, "quorum": {"share": 1}}})


def test_a_plan_is_made_in_the_request_when_calendars_are_fresh(group: AGroup) -> None:
    response = group.cora.post(group.of("terms", "term", "plans"), {"top": 3})

    plan = response.json
    assert (response.status_code, plan["state"]) == (201, "ready")
    assert len(plan["answer"]["proposals"]) == 3
    assert group.cora.got(response.headers["Location"].removeprefix("/api/v1")) == plan


def test_people_are_called_by_their_names(group: AGroup) -> None:
    plan = group.cora.got(group.of("plans", "plan"))

    first = plan["answer"]["proposals"][0]["dates"][0]
    assert set(first["attendance"]["unknown"]) == {"Mia", "Cora"}
    assert group.ids["mia"] not in str(plan["answer"])


def test_a_list_of_plans_leaves_their_answers_out(group: AGroup) -> None:
    [plan] = group.cora.got(group.of("plans"))["items"]

    assert plan["id"] == group.ids["plan"]
    assert "answer" not in plan


def test_a_what_if_stores_nothing(house: House, group: AGroup) -> None:
    before = house.everything()
    changes = [{"op": "replace", "path": "/meeting/minutes", "value": 30}]

    response = group.cora.post(group.of("terms", "term", "plans"), {"what_if": changes})

    assert response.status_code == 200
    assert set(response.json) == {"answer"}
    assert "answer" in response.json
    assert house.everything() == before


def test_a_what_if_of_other_days_knows_who_is_taken_then(group: AGroup) -> None:
    mondays = [{"days": ["mon"], "start": "08:00", "end": "12:00"}]
    changes = [
        {"op": "replace", "path": "/term/end", "value": "2028-01-31"},
        {"op": "replace", "path": "/windows", "value": mondays},
    ]

    found = group.cora.post(group.of("terms", "term", "plans"), {"what_if": changes}).json

    dates = found["answer"]["proposals"][0]["dates"]
    assert dates[-1]["start"] > "2028-01"
    assert not any("Max" in each["attendance"]["free"] for each in dates)


def test_a_what_if_does_not_go_back_to_what_is_over(group: AGroup) -> None:
    changes = [{"op": "replace", "path": "/term/start", "value": "2026-06-01"}]

    response = group.cora.post(group.of("terms", "term", "plans"), {"what_if": changes})

    assert (response.status_code, response.json["what"]) == (422, "The term begins in the past")


@pytest.mark.parametrize("what", ["/me/data", "/me"])
def test_time_that_is_deleted_while_it_is_planned_shows_in_no_plan(
    group: AGroup, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    answered = Planners.answered

    def slowly(planners: Planners, asked: Question, top: int) -> tuple[Problem, Answer]:
        answer = answered(planners, asked, top)
        with ThreadPoolExecutor(1) as somebody:
            assert somebody.submit(group.mia.delete, what).result().status_code == 204
        return answer

    group.mia.made("/me/calendars", {"kind": "work", "weekly": RANGES})
    monkeypatch.setattr(Planners, "answered", slowly)

    response = group.cora.post(group.of("terms", "term", "plans"), {})

    assert (response.status_code, response.json["remedy"]) == (409, "plan again")
    assert group.cora.got(group.of("plans"))["items"] == []


def test_a_what_if_changes_only_what_may_be_played_with(group: AGroup) -> None:
    for change in (
        {"op": "replace", "path": "/members/0/name", "value": "x"},
        {"op": "add", "path": "/members/0/busy", "value": []},
        {"op": "remove", "path": "/members/0"},
        {"op": "copy", "from": "/members/0/name", "path": "/meeting/minutes"},
        {"op": "sing", "path": "/meeting/minutes"},
        {"path": "/meeting/minutes"},
    ):
        response = group.cora.post(group.of("terms", "term", "plans"), {"what_if": [change]})
        assert response.status_code == 422, change


@pytest.mark.usefixtures("reads")
def test_calendars_are_read_first_where_they_were_not_read_lately(
    house: House, group: AGroup
) -> None:
    an_old_address(house, group)
    drained(house.runtime)

    response = group.cora.post(group.of("terms", "term", "plans"), {})

    plan = response.json
    assert response.status_code == 202
    assert (plan["state"], plan["progress"]) == ("reading", {"read": 0, "of": 1, "failed": 0})
    assert waiting_jobs(house.runtime) == ["calendars.read_for"]
    assert drained(house.runtime) == ["calendars.read_for", "planning.make"]
    done = group.cora.got(response.headers["Location"].removeprefix("/api/v1"))
    assert (done["state"], done["progress"]) == ("ready", {"read": 1, "of": 1, "failed": 0})
    assert done["answer"]["proposals"]


@pytest.mark.usefixtures("reads")
def test_a_plan_counts_the_calendars_that_told_nothing(
    house: House, group: AGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_there(*_asked: object, **_more: object) -> Reading:
        raise Unreadable("There is nobody", remedy="check the address")

    an_old_address(house, group)
    monkeypatch.setattr(readings, "read_again", nobody_there)

    made = group.cora.post(group.of("terms", "term", "plans"), {}).json
    drained(house.runtime)

    [listed, *_] = group.cora.got(group.of("plans"))["items"]
    assert (listed["id"], listed["state"]) == (made["id"], "ready")
    assert listed["progress"] == {"read": 1, "of": 1, "failed": 1}
    assert listed["oldest_reading"] is not None, "what was known before counts on"


@pytest.mark.usefixtures("reads")
def test_calendars_need_not_be_read(house: House, group: AGroup) -> None:
    an_old_address(house, group)

    response = group.cora.post(group.of("terms", "term", "plans"), {"read": False})

    assert (response.status_code, response.json["state"]) == (201, "ready")


@pytest.mark.usefixtures("reads")
def test_a_plan_waits_while_nobody_can_be_reached_who_reads_its_calendars(
    house: House, group: AGroup
) -> None:
    an_old_address(house, group)
    house.runtime.queues = queues_at(None)
    path, key = group.of("terms", "term", "plans"), {"Idempotency-Key": "once"}

    taken, again = (group.cora.post(path, {}, headers=key) for _ in range(2))
    with pytest.raises(NoQueue):
        Relay(house.runtime).turn()
    waiting = group.cora.got(group.of("plans", taken.json["id"]))
    drained(house.runtime)

    assert (taken.status_code, again.status_code, again.data) == (202, 202, taken.data)
    assert waiting["state"] == "reading"
    assert group.cora.got(group.of("plans", taken.json["id"]))["state"] == "ready"


def test_a_relaxation_is_applied_by_its_number(group: AGroup) -> None:
    everybody_must_come_but_nobody_can(group)
    term = group.of("terms", "term")
    plan = group.cora.made(f"{term}/plans", {})
    offered = plan["answer"]["relaxations"]
    assert offered

    applied = group.cora.post(group.of("plans", plan["id"], "relaxations", "1"))

    assert applied.status_code == 200, applied.text
    assert applied.headers["ETag"] == '"3"'
    again = group.cora.post(group.of("plans", plan["id"], "relaxations", "1"))
    assert again.status_code == 412
    lost = group.cora.made(f"{term}/plans", {})["answer"]["proposals"][0]["score"]["lost_dates"]
    assert lost <= offered[0]["lost_dates"]


def test_there_is_no_relaxation_beyond_the_last(group: AGroup) -> None:
    path = group.of("plans", "plan", "relaxations")

    assert group.cora.post(f"{path}/9999").status_code == 422
    assert group.cora.post(f"{path}/0").status_code == 404
    assert group.cora.post(f"{path}/{'9' * 5000}").status_code == 404


def test_a_term_that_cannot_be_planned_is_told_in_a_sentence(group: AGroup) -> None:
    changes = [{"op": "replace", "path": "/windows", "value": []}]

    response = group.cora.post(group.of("terms", "term", "plans"), {"what_if": changes})

    assert (response.status_code, response.json["remedy"]) == (422, "give at least one")
