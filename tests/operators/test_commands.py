"""The commands for tasks, one each (P58), on either database."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.facts import CalendarDue, LinkMade
from services.relay import Relay
from services.storage.ids import new_id
from services.storage.rows.doors import AuditRow
from services.storage.rows.outbox import TaskState
from services.wiring import now
from tests.operators.installation import READ, Installation
from tests.runtimes import Jobs, drained
from tests.services.commands import Terminal

COMMANDS = ("list", "explain", "requeue", "pause", "resume")


def audited(here: Installation) -> list[str]:
    with here.runtime.reading() as work:
        return list(work.session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does_with_an_example(terminal: Terminal, command: str) -> None:
    outcome = terminal.run("outbox", command, "--help")

    assert outcome.status == 0
    assert f"Example: commonhour outbox {command}" in outcome.out


def test_the_list_begins_with_what_was_set_aside_then_the_oldest(
    here: Installation, terminal: Terminal
) -> None:
    waiting, running, parked = here.recorded(), here.running(), here.parked()
    done, aside = here.done(), here.set_aside()

    outcome = terminal.run("outbox", "list")

    lines = [line.split() for line in outcome.out.splitlines()]
    assert lines[0] == ["ID", "STATE", "JOB", "AGE", "TRIES", "REASON"]
    assert [line[0] for line in lines[1:]] == [
        str(each) for each in (aside, waiting, running, parked)
    ]
    assert lines[1][1:3] == ["quarantined", READ]
    assert lines[1][5:7] == ["5", "ValueError"]
    assert [line[1] for line in lines[2:]] == ["waiting", "running", "parked"]
    assert str(done) not in [line[0] for line in lines]


def test_the_list_may_be_of_one_state_and_short(here: Installation, terminal: Terminal) -> None:
    waiting, done, parked = [here.recorded() for _ in range(3)], here.done(), here.parked()

    by_state = {
        state: [
            each["id"]
            for each in terminal.run("outbox", "list", "--state", state, "--json").answer["tasks"]
        ]
        for state in ("waiting", "done", "parked", "running")
    }
    short = terminal.run("outbox", "list", "--state", "waiting", "--most", "2")

    assert by_state == {"waiting": waiting, "done": [done], "parked": [parked], "running": []}
    assert "1 more: --most 3 shows them." in short.out
    assert terminal.run("outbox", "list", "--state", "running").out == "There is nothing of that.\n"


def test_the_list_as_json_holds_what_the_lines_say(here: Installation, terminal: Terminal) -> None:
    aside = here.set_aside()
    terminal.run("outbox", "pause", "notices")

    said = terminal.run("outbox", "list", "--json").answer

    [task] = said["tasks"]
    assert (task["id"], task["state"], task["job"]) == (aside, "quarantined", READ)
    assert (task["tries"], task["failures"], task["deaths"]) == (5, 5, 0)
    assert task["reason"].startswith("ValueError")
    assert list(task["ids"]) == ["calendar_id"]
    assert list(said["paused"]) == ["notices"]
    assert said["more"] == 0


def test_the_list_ends_with_the_queues_that_are_paused(
    here: Installation, terminal: Terminal
) -> None:
    terminal.run("outbox", "pause", "notices", "planning")

    lines = terminal.run("outbox", "list").out.splitlines()

    assert lines[0] == "There is nothing of that."
    assert [line.partition(",")[0] for line in lines[1:]] == ["Paused: planning", "Paused: notices"]


def test_explain_says_why_a_task_is_not_done(here: Installation, terminal: Terminal) -> None:
    """Every reason there is, in the words of a person."""

    def why(task: int) -> str:
        return terminal.run("outbox", "explain", str(task)).out

    waiting = here.recorded()
    assert "It is due, but no relay has ever run: commonhour relay runs one" in why(waiting)
    here.beat("relay", 90)
    assert "no relay has turned for 90 s" in why(waiting)
    here.beat("relay")
    assert "the relay hands it to the workers once they have room" in why(waiting)

    here.changed(waiting, handed_at=now() - timedelta(seconds=3))
    assert "handed to the workers 3 s ago and is not begun" in why(waiting)
    assert "is a worker of the queue calendars running?" in why(waiting)

    here.changed(
        waiting, due_at=now() + timedelta(seconds=41), failures=2, reason="the host is away"
    )
    assert "It is due in 40 s." in why(waiting)
    assert "So far it had 2 failures, the last: the host is away." in why(waiting)

    terminal.run("outbox", "pause", "calendars")
    assert "The queue calendars is paused since" in why(waiting)
    terminal.run("outbox", "resume", "calendars")

    later = here.recorded()
    here.changed(later, subject=here.row(waiting).subject)
    assert f"It waits for the earlier task {waiting} of the same subject." in why(later)


def test_explain_says_how_far_a_task_has_come(here: Installation, terminal: Terminal) -> None:
    running, parked, done, aside = here.running(), here.parked(), here.done(), here.set_aside()

    said = {
        each: terminal.run("outbox", "explain", str(each)).out
        for each in (running, parked, done, aside)
    }

    assert "It is being done by elsewhere/7, attempt 1" in said[running]
    assert "Its lease lasts another 1" in said[running]
    assert "This version does not know CalendarDue version 99 with calendars.read" in said[parked]
    assert "It was done, by attempt 1." in said[done]
    assert "It was set aside after 5 failures: ValueError" in said[aside]
    assert f"commonhour outbox requeue {aside} begins it anew." in said[aside]


def test_explain_says_that_whoever_did_it_has_died(here: Installation, terminal: Terminal) -> None:
    task = here.running()
    here.changed(task, lease_until=now() - timedelta(seconds=9))

    said = terminal.run("outbox", "explain", str(task)).out

    assert "Whoever did it has died: the lease of elsewhere/7 ended 9 s ago" in said


def test_explain_as_json_holds_the_sentences(here: Installation, terminal: Terminal) -> None:
    task = here.set_aside()

    said = terminal.run("outbox", "explain", str(task), "--json").answer

    assert said["id"] == task
    assert len(said["why"]) == 2


def test_what_was_set_aside_begins_anew_and_is_done(here: Installation, terminal: Terminal) -> None:
    task = here.set_aside()

    outcome = terminal.run("outbox", "requeue", str(task))

    row = here.row(task)
    assert (outcome.status, outcome.out) == (0, f"Task {task} begins anew.\n")
    assert (row.state, row.failures, row.deaths) == (TaskState.WAITING, 0, 0)
    assert (row.handed_at, row.ended_at, row.reason) == (None, None, None)
    assert row.waiting_key is not None
    assert drained(here.runtime) == [READ]
    assert here.row(task).state is TaskState.DONE
    assert audited(here)[-1] == "task.requeued"


def test_what_was_set_aside_goes_on_with_the_newer_task_for_the_same(
    here: Installation, terminal: Terminal
) -> None:
    task = here.set_aside()
    newer = here.recorded(CalendarDue(here.row(task).subject))

    outcome = terminal.run("outbox", "requeue", str(task))

    assert f"goes on with the newer task {newer}" in outcome.out
    assert here.row(task).state is TaskState.DONE
    assert f"joined the newer task {newer}" in terminal.run("outbox", "explain", str(task)).out
    assert here.row(newer).state is TaskState.WAITING
    assert drained(here.runtime) == [READ]


def test_what_has_to_wait_after_a_failure_is_due_now(
    here: Installation, terminal: Terminal
) -> None:
    task = here.recorded()
    here.changed(task, due_at=now() + timedelta(hours=1), failures=3)

    outcome = terminal.run("outbox", "requeue", str(task))

    assert outcome.out == f"Task {task} is due now.\n"
    assert drained(here.runtime) == [READ]


def test_what_needs_no_requeueing_is_refused_with_a_reason(
    here: Installation, terminal: Terminal
) -> None:
    waiting, running, parked, done = here.recorded(), here.running(), here.parked(), here.done()

    outcomes = {
        each: terminal.run("outbox", "requeue", str(each))
        for each in (waiting, running, parked, done)
    }

    assert {each.status for each in outcomes.values()} == {2}
    assert f"Task {waiting} waits already, and is due: see what it waits" in outcomes[waiting].err
    assert f"Task {running} is being done: wait" in outcomes[running].err
    assert f"Task {parked} is nothing that this version knows: upgrade." in outcomes[parked].err
    assert f"Task {done} is done" in outcomes[done].err
    assert "task.requeued" not in audited(here)


def test_a_paused_queue_is_not_handed_on_and_the_others_are(
    here: Installation, terminal: Terminal
) -> None:
    here.recorded()
    here.recorded(LinkMade(new_id()))
    terminal.run("outbox", "pause", "calendars")

    paused = drained(here.runtime)
    again = terminal.run("outbox", "pause", "calendars")
    terminal.run("outbox", "resume", "calendars")

    assert paused == ["notices.send_link"]
    assert again.out == "calendars: was paused already\n"
    assert drained(here.runtime) == [READ]
    assert [each for each in audited(here) if each.startswith("queue")] == [
        "queue.paused", "queue.resumed",
    ]  # fmt: skip


def test_what_the_workers_refused_while_paused_is_handed_on_at_once(
    here: Installation, terminal: Terminal
) -> None:
    """Not only once they would have been told again anyway."""
    task = here.recorded()
    here.runtime.queues = Jobs()
    Relay(here.runtime).turn()
    assert here.row(task).handed_at is not None

    terminal.run("outbox", "pause")
    terminal.run("outbox", "resume")

    assert drained(here.runtime) == [READ]


def test_no_queue_named_is_all_of_them(here: Installation, terminal: Terminal) -> None:
    paused, resumed = terminal.run("outbox", "pause"), terminal.run("outbox", "resume")
    again = terminal.run("outbox", "resume")

    assert paused.out == "calendars: paused\nplanning: paused\nnotices: paused\n"
    assert resumed.out == "calendars: goes on\nplanning: goes on\nnotices: goes on\n"
    assert again.out.splitlines()[0] == "calendars: was not paused"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "7"], "There is no task 7"),
        (["requeue", "7"], "There is no task 7"),
        (["explain", "x"], "is not a valid integer"),
        (["requeue", "0"], "is not in the range"),
        (["explain", str(2**63)], "is not in the range"),
        (["explain"], "Missing argument 'ID'"),
        (
            ["pause", "mails"],
            "There is no queue 'mails': name some of calendars, notices, planning",
        ),
        (["resume", "notices", "x y"], "There is no queue 'x y'"),
        (["list", "--state", "lost"], "Invalid value for '--state'"),
        (["list", "--most", "0"], "is not in the range"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    here: Installation, terminal: Terminal, words: list[str], said: str
) -> None:
    outcome = terminal.run("outbox", *words)

    assert outcome.status == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    with here.runtime.reading() as work:
        assert work.session.execute(select(AuditRow)).first() is None  # nothing was half done
