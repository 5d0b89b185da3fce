"""Old and new code side by side: what we do not know is left alone, and holds up nobody else."""

from typing import Any

import pytest
from sqlalchemy import text

from services import relay
from services.reactions import REACTIONS, Reaction
from services.storage.rows.outbox import OutboxRow, TaskState
from tests.outbox.yard import CARRY, TELL, Changed, Moved, Second, Yard, thing

AGE = 1000  # seconds


def written(yard: Yard, number: int = 1, **other: Any) -> int:
    """A task as other code may have written it; return its id."""
    now = yard.runtime.clock()
    kept: dict[str, Any] = {
        "fact": "Changed",
        "version": 1,
        "job": TELL,
        "queue": "notices",
        "subject": thing(number),
        "ids": {"thing_id": str(thing(number))},
        "revision": 7,
        "waiting_key": f"{TELL}:{thing(number)}",
        "state": TaskState.WAITING,
        "recorded_at": now,
        "due_at": now,
    }
    row = OutboxRow(**{**kept, **other})
    with yard.runtime.work() as work:
        work.add(row)
    return row.id


UNKNOWN: list[dict[str, Any]] = [
    {"fact": "MeetingAccepted"},
    {"job": "notices.sing"},
    {"version": 2},
    {"job": CARRY},  # both are known, but the one does not follow from the other
    {"queue": "songs", "job": "songs.sing"},
]


@pytest.mark.parametrize("other", UNKNOWN, ids=["fact", "job", "version", "pair", "queue"])
def test_what_we_do_not_know_waits_untouched(yard: Yard, other: dict[str, Any]) -> None:
    task = written(yard, **other)
    before = seen(yard)

    yard.work_on()
    begun = yard.begin(task, other.get("job", TELL))

    assert begun is None
    assert seen(yard) == before


def seen(yard: Yard) -> list[object]:
    with yard.runtime.reading() as work:
        return list(work.session.execute(text("select * from outbox order by id")))


def test_what_we_do_not_know_holds_up_nobody_else(yard: Yard) -> None:
    for number, other in enumerate(UNKNOWN, 1):
        written(yard, number, **other, waiting_key=str(number))
    yard.record(Changed(thing(12), 1), Moved(thing(13)))

    yard.work_on()

    assert sorted(line[0] for line in yard.lines()) == [CARRY, TELL]
    assert yard.ids(TaskState.WAITING) == [1, 2, 3, 4, 5]


def test_more_of_it_than_one_turn_takes_holds_up_nobody_else(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "_MOST", 3)
    for number in range(1, 8):
        written(yard, number, fact="Unknown", waiting_key=str(number))
    yard.record(*(Changed(thing(number), 1) for number in range(11, 18)))

    yard.work_on()

    assert len(yard.lines()) == 7
    assert yard.ids(TaskState.WAITING) == [*range(1, 8)]


def test_what_follows_for_the_same_subject_waits_for_who_knows_what_is_before(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(yard, fact="Renamed", job="notices.rename", waiting_key="rename")
    yard.record(Changed(thing(1), 8))

    yard.work_on()
    early = yard.lines()
    renamed = type("Renamed", (Changed,), {"__slots__": ()})
    monkeypatch.setitem(REACTIONS, renamed, (Reaction("notices.rename"),))
    yard.pass_time(AGE)
    yard.work_on()

    assert early == []
    assert yard.lines() == [("notices.rename", thing(), 7), (TELL, thing(), 8)]


def test_what_was_parked_is_done_once_the_code_knows_it(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = written(yard, job="notices.sing")
    yard.work_on()

    monkeypatch.setitem(REACTIONS, Changed, (Reaction("notices.sing"),))
    yard.work_on()

    assert yard.lines() == [("notices.sing", thing(), 7)]
    assert yard.task(task).state is TaskState.DONE


def test_a_task_of_an_earlier_version_is_done(yard: Yard) -> None:
    job = "planning.weigh"
    written(yard, fact="Second", version=1, job=job, queue="planning", waiting_key="other")

    yard.work_on()

    assert yard.lines() == [(job, thing(), 0)]


def test_a_newer_fact_joins_an_earlier_version_that_waits_and_brings_its_own(yard: Yard) -> None:
    job = "planning.weigh"
    key = f"{job}:{thing()}"
    written(yard, fact="Second", version=1, job=job, queue="planning", waiting_key=key)

    yard.record(Second(thing()))

    [row] = yard.tasks()
    assert (row.version, row.revision) == (2, 0)


def test_a_task_of_newer_code_whose_worker_died_waits_again_for_newer_code(yard: Yard) -> None:
    now = yard.runtime.clock()
    task = written(
        yard, version=2, state=TaskState.RUNNING, waiting_key=None, fence=1, lease_until=now,
        holder="newer", ids={"thing_id": str(thing()), "count": 3},
    )  # fmt: skip
    yard.pass_time(AGE)

    yard.work_on()

    row = yard.task(task)
    assert (row.state, row.deaths, row.fence) == (TaskState.WAITING, 1, 1)
    assert yard.lines() == []


def test_rows_of_the_first_release_are_done_to_the_same_end(yard: Yard) -> None:
    for number in range(1, 4):
        written(yard, number, waiting_key=f"{TELL}:{thing(number)}")
    yard.record(Changed(thing(2), 8))

    yard.work_on()

    assert yard.lines() == [(TELL, thing(n), 8 if n == 2 else 7) for n in (1, 2, 3)]
