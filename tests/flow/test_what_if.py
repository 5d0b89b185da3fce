"""What a coordinator may play with, and what it may not cost or tell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from calendar_sync.errors import Unreadable
from scheduler.errors import BadProblem
from services.flow import calendars, effort, export, groups, members, people, plans, terms
from services.flow.errors import Busy, Unfit
from services.flow.members import Entry
from services.storage import members as stored
from services.storage.rows.calendars import CalendarKind
from services.wiring import Runtime
from tests.runtimes import a_person, a_runtime

MONDAYS = [{"days": ["mon"], "start": "08:00", "end": "12:00"}]
PRIVATE = [{"days": 45, "approver": "Prof. Private"}]


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    made = a_runtime(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def house(runtime: Runtime) -> tuple[UUID, UUID, UUID, UUID]:
    """Cora's group, its term, and Jo, who joined and has said more of her time than Cora wrote."""
    cora, jo = a_person(runtime, "cora@example.org"), a_person(runtime, "jo@example.org")
    with runtime.work(cora) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC")
        member, _ = members.add(work, group.id, Entry(name="Jo", email="jo@example.org"))
        member.joined_at = work.now
        term = terms.add(work, group.id, {"start": "2027-01-04", "end": "2027-06-30"})
    with runtime.work(jo) as work:
        people.change_me(work, None, hours=MONDAYS, notice=PRIVATE)
        calendars.add_weekly(work, calendars.own(work), CalendarKind.WORK, MONDAYS)
    return cora, group.id, term.id, jo


@pytest.mark.parametrize(
    "change",
    [
        {"op": "copy", "from": "/windows", "path": "/windows/-"},
        {"op": "move", "from": "/windows/0", "path": "/windows/0"},
        {"op": "test", "path": "/members/0/notice", "value": 1},
        {"op": "replace", "path": "/members/0/notice", "value": []},
        {"op": "replace", "path": "/members/0/hours", "value": []},
        {"op": "replace", "path": "/members/0/name", "value": "x"},
        {"op": "add", "path": "/members/-", "value": {}},
        {"op": "replace", "path": "", "value": {}},
        {"op": "replace", "path": 7, "value": {}},
        {"op": "add", "path": "/windows/99", "value": {}},
        {"path": "/windows/0"},
    ],
)
def test_what_may_not_be_played_with_is_refused_without_a_word_of_what_is_there(
    runtime: Runtime, house: tuple[UUID, UUID, UUID, UUID], change: dict[str, Any]
) -> None:
    cora, group, term, _ = house
    with runtime.reading(cora) as work, pytest.raises(Unfit) as refused:
        plans.ask(work, group, term, [change])

    assert "Private" not in str(refused.value)


@pytest.mark.parametrize("change", [{"op": "remove"}, {"op": "replace", "value": None}])
def test_a_question_keeps_its_planning_date(
    runtime: Runtime, house: tuple[UUID, UUID, UUID, UUID], change: dict[str, Any]
) -> None:
    cora, group, term, _ = house
    with runtime.reading(cora) as work:
        usual = plans.ask(work, group, term)
        asked = plans.ask(work, group, term, [{**change, "path": "/planning_date"}])

    assert plans.answered(asked) == plans.answered(usual)


def test_what_would_take_too_long_is_refused_with_the_arithmetic(
    runtime: Runtime, house: tuple[UUID, UUID, UUID, UUID]
) -> None:
    cora, group, term, _ = house
    with runtime.work(cora) as work:
        for number in range(200):
            members.add(work, group, Entry(name=f"N{number}", email=f"n{number}@example.org"))
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    always = [{"days": week, "start": "00:00", "end": "24:00"}]
    with runtime.reading(cora) as work:
        asked = plans.ask(
            work,
            group,
            term,
            [
                {"op": "replace", "path": "/windows", "value": always},
                {"op": "replace", "path": "/meeting", "value": {"minutes": 60, "grid": 1}},
            ],
        )

    with pytest.raises(Unfit, match="201 members at 256320 starts are too much") as refused:
        plans.answered(asked)
    assert "52 million, and 20 million are the most" in refused.value.what


def test_only_so_many_plan_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.flow.effort._PATIENCE", 0)
    with effort.in_turn(), effort.in_turn(), pytest.raises(Busy), effort.in_turn():
        pass

    with effort.in_turn():
        pass  # there is room again


def test_an_export_tells_of_those_who_joined_only_what_a_coordinator_wrote(
    runtime: Runtime, house: tuple[UUID, UUID, UUID, UUID]
) -> None:
    cora, group, term, _ = house
    with runtime.reading(cora) as work:
        exported = export.problem_file(work, group, term).decode()

    assert "Private" not in exported
    assert 'start = "08:00"' not in exported


@pytest.mark.parametrize("until", ["0001-01-01", 20270101, "soon"])
def test_a_day_that_no_planner_takes_is_refused_before_a_calendar_is_kept(until: Any) -> None:
    with pytest.raises(BadProblem):
        calendars.completeness(until)


@pytest.mark.parametrize("address", ["/tmp/x:/a.ics", "x://f.ics", "file:///etc/passwd", "ftp://x"])
def test_only_an_address_is_an_address(runtime: Runtime, address: str) -> None:
    network = runtime.settings.network
    with pytest.raises(Unreadable, match=r"no address|https"):
        calendars.read_address(address, "UTC", runtime.clock(), network)


def test_a_calendar_in_which_nothing_is_makes_nobody_free(runtime: Runtime) -> None:
    nothing = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"

    with pytest.raises(Unreadable, match="holds nothing from today on"):
        calendars.read_file(nothing, "UTC", runtime.clock())


def test_a_mistake_names_the_member_and_not_an_id(
    runtime: Runtime, house: tuple[UUID, UUID, UUID, UUID]
) -> None:
    cora, group, term, _ = house
    with runtime.work(cora) as work:
        [(member, _)] = stored.of(work, group)
        member.hours = [{"days": ["mon"], "start": "09:00", "end": "08:00"}]
        member.joined_at = None
    with runtime.reading(cora) as work, pytest.raises(BadProblem) as wrong:
        plans.answered(plans.ask(work, group, term))
    assert "Jo" in str(wrong.value)
