"""A process that is asked to end begins nothing more, and gives back what it cannot end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from services import leases
from services.claims import Claim, Job
from services.storage.rows.outbox import TaskState
from tests.outbox.programs import TIMES, ends_in_time, goes_on, holds_a_transaction
from tests.outbox.yard import TELL, Changed, Yard, tell, thing
from tests.up.running import ROOT, clean_environment

_SLACK = 20.0  # seconds that a loaded machine may take in addition


@contextmanager
def a_program(yard: Yard, job: Job) -> Iterator[subprocess.Popen[str]]:
    """A process that has begun the first of three tasks."""
    yard.record(*(Changed(thing(number), 1) for number in (1, 2, 3)))
    url = yard.runtime.engine.url.render_as_string(hide_password=False)
    words = [job.__name__, url, str(yard.runtime.settings.home)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.programs", *words],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            yield process
        finally:
            process.kill()


def test_what_goes_on_past_the_grace_is_given_back_in_sql(yard: Yard) -> None:
    given_back(yard, goes_on)


def test_what_is_half_written_past_the_grace_is_given_back_in_sql(postgres_yard: Yard) -> None:
    given_back(postgres_yard, holds_a_transaction)


def given_back(yard: Yard, job: Job) -> None:
    with a_program(yard, job) as process:
        asked = time.monotonic()
        process.terminate()
        code = process.wait(90)
        took = time.monotonic() - asked
    rows = yard.tasks()

    assert code == 1
    assert TIMES.grace <= took <= TIMES.grace + _SLACK
    assert {row.state for row in rows} == {TaskState.WAITING}
    assert [row.fence for row in rows] == [1, 0, 0]
    assert [(row.failures, row.deaths, row.reason) for row in rows] == [(0, 0, None)] * 3
    assert (rows[0].holder, rows[0].lease_until, rows[0].handed_at) == (None, None, None)
    assert yard.lines() == []
    yard.work_on()  # another begins with it at once
    assert [row.fence for row in yard.tasks()] == [2, 1, 1]
    assert len(yard.lines()) == 3


def test_what_ends_within_the_grace_is_kept_and_nothing_more_is_begun(
    postgres_yard: Yard,
) -> None:
    yard = postgres_yard
    with a_program(yard, ends_in_time) as process:
        process.terminate()
        code, rest = process.wait(90), process.communicate()[0]

    assert (code, rest) == (0, "ended\n")
    assert [row.state for row in yard.tasks()] == ["done", "waiting", "waiting"]
    assert yard.lines() == [(TELL, thing(1), 1)]


def test_what_belongs_to_a_process_that_was_killed_is_taken_after_its_lease(
    sqlite_yard: Yard,
) -> None:
    yard = sqlite_yard
    with a_program(yard, goes_on) as process:
        process.kill()
        process.wait(90)

    early = yard.begin(1)
    yard.pass_time(TIMES.lease + 1)
    yard.work_on()

    assert early is None
    assert len(yard.lines()) == 3
    assert [row.deaths for row in yard.tasks()] == [1, 0, 0]


def test_once_it_was_asked_to_end_a_process_begins_nothing(yard: Yard) -> None:
    yard.record(Changed(thing(1), 1), Changed(thing(2), 1))

    def job(claim: Claim) -> None:
        leases.end_soon()
        tell(claim)

    yard.doing[TELL] = job
    yard.do(TELL, [1, 2])

    assert [row.state for row in yard.tasks()] == [TaskState.DONE, TaskState.WAITING]
    assert yard.task(2).fence == 0
