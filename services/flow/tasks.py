"""What there is to do, for the operator: why a task is not done, and having it begun anew."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from services.flow.errors import Conflict, Missing, Unfit
from services.flow.installation import operating
from services.reactions import known
from services.storage import counts
from services.storage import tasks as stored
from services.storage.tasks import Standing, Task
from services.storage.work import Work

NOT_DONE = tuple(each for each in Standing if each is not Standing.DONE)
_SILENT = timedelta(seconds=30)  # after which nobody believes that a relay turns
_UNITS = (("days", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def some(work: Work, standings: Sequence[Standing], most: int) -> tuple[list[Task], int]:
    """Tasks of these standings, those that were set aside first; and how many there are at all."""
    operating(work)
    return stored.some(work, standings, most), stored.count(work, standings)


def explained(work: Work, task_id: int) -> tuple[Task, list[str]]:
    """A task, and why it is not done. Raises Missing."""
    operating(work)
    task = _found(stored.one(work, task_id), task_id)
    return task, why(task, relay(work))


def relay(work: Work) -> timedelta | None:
    """How long ago a relay said that it turns; None: none ever did."""
    return counts.beats(work).get("relay")


def why(task: Task, relay: timedelta | None) -> list[str]:
    """Say why a task is not done, in sentences without anybody's name.

    relay  how long ago one turned
    """
    match task.standing:
        case Standing.DONE:
            return [_done(task)]
        case Standing.QUARANTINED:
            return [_set_aside(task), f"commonhour outbox requeue {task.id} begins it anew."]
        case Standing.RUNNING:
            return list(_running(task))
        case Standing.PARKED:
            said = f"This version does not know {task.fact} version {task.version}"
            return [f"{said} with {task.job}: upgrade, or let the newer version do it.", *_so(task)]
        case _:
            return list(_waiting(task, relay))


def requeue(work: Work, task_id: int) -> str:
    """Begin anew what was set aside, or hasten what has to wait; what became of it.

    Raises Missing or Conflict.
    """
    operating(work)
    task = _found(stored.one(work, task_id, locked=True), task_id)
    if task.standing is Standing.QUARANTINED:
        newer = stored.requeue(work, task_id)
        said = f"Task {task_id} begins anew."
        if newer is not None:
            said = f"Task {task_id} goes on with the newer task {newer}, which waits for the same."
    elif task.standing is Standing.WAITING and task.due < timedelta():
        stored.hasten(work, task_id)
        said = f"Task {task_id} is due now."
    else:
        raise _refused(task)
    work.note("task.requeued", task.subject)
    return said


def pause(work: Work, queues: Sequence[str]) -> list[str]:
    """Let the tasks of these queues wait; which did not yet. Raises Unfit."""
    operating(work)
    changed = [each for each in _checked(queues) if stored.pause(work, each)]
    for _ in changed:
        work.note("queue.paused")
    return changed


def resume(work: Work, queues: Sequence[str]) -> list[str]:
    """Let the tasks of these queues go on; which waited. Raises Unfit."""
    operating(work)
    changed = [each for each in _checked(queues) if stored.resume(work, each)]
    for _ in changed:
        work.note("queue.resumed")
    return changed


def lasting(time: timedelta) -> str:
    """Write "40 s", "5 min" or "3 days"."""
    seconds = int(abs(time.total_seconds()))
    word, size = next((each for each in _UNITS if seconds >= 2 * each[1]), _UNITS[-1])
    return f"{seconds // size} {word}"


def _done(task: Task) -> str:
    if (task.reason or "").startswith("joined"):
        return f"It {task.reason}, which is done in its place."
    return f"It was done, by attempt {task.attempts}."


def _set_aside(task: Task) -> str:
    after = []
    if task.failures:
        after.append(_times(task.failures, "failure"))
    if task.deaths:
        after.append(f"{_times(task.deaths, 'death')} of whoever did it")
    said = f"It was set aside after {' and '.join(after)}" if after else "It was set aside"
    return f"{said}: {task.reason or 'nobody said why'}."


def _running(task: Task) -> Iterator[str]:
    if task.lease is None or task.lease > timedelta():
        handed = "" if task.handed is None else f", handed on {lasting(task.handed)} ago"
        yield f"It is being done by {task.holder}, attempt {task.attempts}{handed}."
        if task.lease is not None:
            yield f"Its lease lasts another {lasting(task.lease)}, and is renewed meanwhile."
    else:
        ended = f"the lease of {task.holder} ended {lasting(task.lease)} ago"
        yield f"Whoever did it has died: {ended}. A relay takes it back; is one running?"
    yield from _so(task)


def _waiting(task: Task, relay: timedelta | None) -> Iterator[str]:
    if task.paused is not None:
        since = f"{task.paused:%Y-%m-%d %H:%M} UTC"
        goes_on = f"commonhour outbox resume {task.queue} lets it go on"
        yield f"The queue {task.queue} is paused since {since}: {goes_on}."
    if task.before is not None:
        yield f"It waits for the earlier task {task.before} of the same subject."
    if task.due < timedelta():
        yield f"It is due in {lasting(task.due)}."
    elif task.paused is None and task.before is None:
        yield _due(task, relay)
    yield from _so(task)


def _due(task: Task, relay: timedelta | None) -> str:
    if task.handed is not None:
        told = f"It was handed to the workers {lasting(task.handed)} ago and is not begun"
        return f"{told}: is a worker of the queue {task.queue} running?"
    if relay is None or relay > _SILENT:
        since = (
            "no relay has ever run"
            if relay is None
            else f"no relay has turned for {lasting(relay)}"
        )
        return f"It is due, but {since}: commonhour relay runs one, and so does commonhour up."
    return "It is due: the relay hands it to the workers once they have room."


def _so(task: Task) -> Iterator[str]:
    """How it went so far."""
    if task.failures:
        yield f"So far it had {_times(task.failures, 'failure')}, the last: {task.reason}."
    elif task.deaths:
        yield f"So far it had {_times(task.deaths, 'death')} of whoever did it."


def _times(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _refused(task: Task) -> Conflict:
    what, remedy = {
        Standing.RUNNING: ("is being done", "wait: should its worker die, it is taken back"),
        Standing.DONE: ("is done", "there is nothing to begin anew"),
        Standing.PARKED: ("is nothing that this version knows", "upgrade"),
    }.get(
        task.standing,
        (
            "waits already, and is due",
            f"see what it waits for: commonhour outbox explain {task.id}",
        ),
    )
    return Conflict(f"Task {task.id} {what}", remedy=remedy)


def _found(task: Task | None, task_id: int) -> Task:
    if task is None:
        raise Missing(
            f"There is no task {task_id}",
            remedy="look at commonhour outbox list; what was done is forgotten after a day",
        )
    return task


def _checked(queues: Sequence[str]) -> Sequence[str]:
    there = list(dict.fromkeys(each.queue for _, each in known()))
    for each in queues:
        if each not in there:
            raise Unfit(f"There is no queue {each!r}", remedy=f"name some of {', '.join(there)}")
    return queues
