"""`commonhour outbox`: what there is to do, why it is not done, and what to do about that."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from services.planning.terminal import one_line

if TYPE_CHECKING:
    from services.storage.tasks import Task
    from services.storage.work import Work

_STATES = ("waiting", "running", "done", "quarantined", "parked")  # as in services.storage.tasks
_ID = click.IntRange(1, 2**63 - 1)


@click.group(epilog="Example: commonhour outbox list")
def outbox() -> None:
    """Look after the tasks: what is to be done because something happened."""


@outbox.command("list", epilog="Example: commonhour outbox list --state quarantined")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--state", type=click.Choice(_STATES), help="Only those (all that are not done).")
@click.option("--most", type=click.IntRange(1, 100_000), default=50, help="How many at most (50).")
def list_(*, as_json: bool, state: str | None, most: int) -> None:
    """List the tasks that are not done, those that were set aside first, then the oldest.

    What is parked waits for a version that knows it. Tasks are named by ids alone.
    """
    from services.flow import tasks  # noqa: PLC0415 -- other commands start without
    from services.queue import QUEUES  # noqa: PLC0415
    from services.storage.tasks import Standing, loads  # noqa: PLC0415

    with _reading() as work:
        wanted = tasks.NOT_DONE if state is None else (Standing(state),)
        found, number = tasks.some(work, wanted, most)
        paused = {each.queue: each.paused for each in loads(work, QUEUES) if each.paused}
    if as_json:
        said = {
            "tasks": list(map(_said, found)),
            "more": number - len(found),
            "paused": {queue: _moment(since) for queue, since in paused.items()},
        }
        click.echo(json.dumps(said, indent=1))
        return
    for line in _table(found):
        click.echo(line)
    if number > len(found):
        click.echo(f"{number - len(found)} more: --most {number} shows them.")
    for queue, since in paused.items():
        click.echo(f"Paused: {queue}, since {since:%Y-%m-%d %H:%M} UTC.")


@outbox.command(epilog="Example: commonhour outbox explain 42")
@click.argument("task", metavar="ID", type=_ID)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain(task: int, *, as_json: bool) -> None:
    """Say why a task is not done, and what to do about it."""
    from services.flow import tasks  # noqa: PLC0415 -- other commands start without

    with _reading() as work:
        found, why = tasks.explained(work, task)
    if as_json:
        click.echo(json.dumps({**_said(found), "why": why}, indent=1))
        return
    ids = ", ".join(f"{name} {each}" for name, each in found.ids.items())
    click.echo(f"Task {found.id}, {found.job}, follows from {found.fact} ({one_line(ids)}).")
    for sentence in why:
        click.echo(one_line(sentence))


@outbox.command(epilog="Example: commonhour outbox requeue 42")
@click.argument("task", metavar="ID", type=_ID)
def requeue(task: int) -> None:
    """Begin a task anew that was set aside; one that has to wait is due now."""
    from services.flow import tasks  # noqa: PLC0415 -- other commands start without

    with _working() as work:
        said = tasks.requeue(work, task)
    click.echo(said)


@outbox.command(epilog="Example: commonhour outbox pause notices")
@click.argument("queues", metavar="[QUEUE]...", nargs=-1)
def pause(queues: tuple[str, ...]) -> None:
    """Let the tasks of each QUEUE wait (notices, planning, calendars), of all of them by default.

    What is being done is done to its end. Nothing is lost: it waits until outbox resume.
    """
    from services.flow import tasks  # noqa: PLC0415 -- other commands start without
    from services.queue import QUEUES  # noqa: PLC0415

    with _working() as work:
        changed = tasks.pause(work, queues or QUEUES)
    for each in dict.fromkeys(queues or QUEUES):
        click.echo(f"{each}: paused" if each in changed else f"{each}: was paused already")


@outbox.command(epilog="Example: commonhour outbox resume notices")
@click.argument("queues", metavar="[QUEUE]...", nargs=-1)
def resume(queues: tuple[str, ...]) -> None:
    """Let the tasks of each QUEUE go on that was paused, of all of them by default."""
    from services.flow import tasks  # noqa: PLC0415 -- other commands start without
    from services.queue import QUEUES  # noqa: PLC0415

    with _working() as work:
        changed = tasks.resume(work, queues or QUEUES)
    for each in dict.fromkeys(queues or QUEUES):
        click.echo(f"{each}: goes on" if each in changed else f"{each}: was not paused")


@contextmanager
def _reading() -> Iterator["Work"]:
    """Open a transaction that only reads, for whoever may run commands here."""
    from services.cli.database import opened  # noqa: PLC0415 -- other commands start without

    with opened().reading() as work:
        work.operator = True
        yield work


@contextmanager
def _working() -> Iterator["Work"]:
    from services.cli.database import opened  # noqa: PLC0415 -- other commands start without

    with opened().work() as work:
        work.operator = True
        yield work


def _table(found: list["Task"]) -> Iterator[str]:
    from services.flow.tasks import lasting  # noqa: PLC0415 -- other commands start without

    if not found:
        yield "There is nothing of that."
        return
    yield f"{'ID':>7}  {'STATE':<11}  {'JOB':<19}  {'AGE':>7}  TRIES  REASON"
    for each in found:
        line = (
            f"{each.id:>7}  {each.standing:<11}  {one_line(each.job):<19}  "
            f"{lasting(each.age):>7}  {each.attempts:>5}  {one_line(each.reason or '')}"
        )
        yield line.rstrip()


def _said(task: "Task") -> dict[str, Any]:
    return {
        "id": task.id,
        "state": task.standing.value,
        "job": task.job,
        "queue": task.queue,
        "fact": task.fact,
        "version": task.version,
        "ids": task.ids,
        "revision": task.revision,
        "recorded_at": _moment(task.recorded_at),
        "age_seconds": round(task.age.total_seconds(), 3),
        "due_in_seconds": round(-task.due.total_seconds(), 3),
        "tries": task.attempts,
        "failures": task.failures,
        "deaths": task.deaths,
        "reason": task.reason,
        "holder": task.holder,
        "waits_for": task.before,
    }


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
