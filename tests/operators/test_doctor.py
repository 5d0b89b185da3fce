"""What the doctor finds of tasks and of those who see to them."""

from datetime import timedelta

import pytest

from services.doctor.examine import examine
from services.doctor.finding import Finding
from services.storage import tasks
from services.wiring import now
from tests.operators.installation import Installation


def found(here: Installation) -> dict[str, Finding]:
    settings = here.runtime.settings
    env = {"COMMONHOUR_HOME": str(settings.home), "COMMONHOUR_DATABASE_URL": settings.database_url}
    return {each.part: each for each in examine({k: str(v) for k, v in env.items()}, now())}


def test_all_is_well_where_parts_turn_and_nothing_waits(here: Installation) -> None:
    for part in ("relay", "clock"):
        here.beat(part)

    findings = found(here)

    assert [findings[each].state for each in ("outbox", "relay", "clock")] == ["ok"] * 3
    assert "queue" not in findings


def test_tasks_that_were_set_aside_fail(here: Installation) -> None:
    here.set_aside()

    finding = found(here)["outbox"]

    assert (finding.state, finding.what) == ("failing", "1 task was set aside")
    assert "commonhour outbox list --state quarantined" in finding.remedy


def test_what_is_late_or_waits_for_others_is_weak(here: Installation) -> None:
    task = here.recorded()
    here.changed(task, due_at=now() - timedelta(seconds=200))

    late = found(here)["outbox"]
    here.changed(task, version=99)
    parked = found(here)["outbox"]

    assert (late.state, late.what) == ("weak", "a task has been due for 3 min")
    assert (parked.state, parked.what) == ("weak", "1 task waits for a newer version")


def test_a_paused_queue_is_weak(here: Installation) -> None:
    with here.runtime.work() as work:
        tasks.pause(work, "notices")

    finding = found(here)["queue"]

    assert finding.state == "weak"
    assert "notices is paused since" in finding.what


@pytest.mark.parametrize("part", ["relay", "clock"])
def test_parts_that_do_not_turn_are_missing(here: Installation, part: str) -> None:
    never = found(here)[part]
    here.beat(part, 7200)
    stopped = found(here)[part]

    assert (never.state, never.what) == ("missing", "has never run")
    assert (stopped.state, stopped.what) == ("missing", "does not run; it turned 2 h ago")
    assert f"commonhour {part} runs it" in stopped.remedy
