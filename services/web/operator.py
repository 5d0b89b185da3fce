"""The operator's page: how each part fares, what there is to do, and what was set aside."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, abort, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door, health, parts
from services.door import Asking
from services.flow import tasks
from services.flow.tasks import lasting
from services.parts import TURNING, Look
from services.planning.page.words import counted
from services.queue import QUEUES
from services.storage.tasks import Standing, Task
from services.web import render
from services.web.operating import operates

pages = Blueprint("operator", __name__)
_MOST = 50  # tasks that are shown
_UNDONE = (Standing.RUNNING, Standing.WAITING, Standing.PARKED)
_MARKS = {"ok": "known", "starting": "todo", "late": "failing", "paused": "failing"}
_MARKS |= {"behind": "failing", "unknown": "failing", "not set": "failing", "busy": "failing"}
_TITLES = {"degraded": "Something needs a look", "down": "It is down"}
_SAYS = {
    "away": "It cannot be reached.",
    "busy": "All connections to it are in use.",
    "not set": "No Redis is set, so nothing is handed to workers: set COMMONHOUR_REDIS_URL.",
    "unknown": "Nobody can tell while another part is away.",
    "quarantined": "Tasks were set aside: they stand below, each with its reason.",
    "paused": "A queue is paused: its tasks wait until it is resumed.",
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A part as the page shows it: a symbol, a word and a sentence."""

    name: str
    mark: str
    word: str
    says: str


@pages.before_request
def _let_in() -> None:
    """Let operators in; to everybody else there is no such page."""
    if not operates():
        abort(404)
    door.known_as(Asking(door.asking().person_id, operator=True))


@pages.get("/operator")
def show() -> ResponseReturnValue:
    """Show everything at one look."""
    work = door.reading()
    look = parts.look(door.runtime())
    words = look.words(starting=health.is_starting())
    set_aside, number_aside = tasks.some(work, [Standing.QUARANTINED], _MOST)
    undone, number_undone = tasks.some(work, _UNDONE, _MOST)
    relay = tasks.relay(work)
    trouble = _trouble(look)
    return render.page(
        "operator/show.html",
        title=_TITLES.get(parts.status(words)) or ", but ".join(["Everything runs", *trouble]),
        well=parts.status(words) == "ok" and not trouble,
        parts=list(_parts(look, words)),
        loads=look.numbers.loads if look.numbers else [],
        counts=look.numbers.counts if look.numbers else None,
        telling=look.numbers.telling if look.numbers else None,
        set_aside=_why(set_aside),
        more_aside=number_aside - len(set_aside),
        undone=[(each, tasks.why(each, relay)) for each in undone],
        more_undone=number_undone - len(undone),
        lasting=lasting,
        now=work.now,
    )


@pages.post("/operator/tasks/<int(min=1, max=9223372036854775807):task>/requeue")
def requeue(task: int) -> ResponseReturnValue:
    """Begin a task anew that was set aside."""
    try:
        said = tasks.requeue(door.work(), task)
    except Explained as error:  # somebody was quicker, or it was forgotten
        said = str(error)
    return _back(said)


@pages.post("/operator/queues/<queue>/pause")
def pause(queue: str) -> ResponseReturnValue:
    """Let the tasks of a queue wait."""
    tasks.pause(door.work(), [_known(queue)])
    return _back(f"The queue {queue} is paused. What is being done is done to its end.")


@pages.post("/operator/queues/<queue>/resume")
def resume(queue: str) -> ResponseReturnValue:
    """Let them go on."""
    tasks.resume(door.work(), [_known(queue)])
    return _back(f"The queue {queue} goes on.")


def _known(queue: str) -> str:
    if queue not in QUEUES:
        abort(404)
    return queue


def _back(said: str) -> ResponseReturnValue:
    flash(said)
    return render.to(url_for("operator.show"))


def _parts(look: Look, words: dict[str, str]) -> Iterator[_Part]:
    for name, word in words.items():
        yield _Part(name, _MARKS.get(word, "unread"), word, _says(look, name, word))


def _trouble(look: Look) -> list[str]:
    """Say in one sentence what fails though every part runs; nothing, where nothing does."""
    if look.numbers is None:
        return []
    counts, telling = look.numbers.counts, look.numbers.telling
    failing, unopened = counts.failing + counts.lost, telling.unopened if telling else 0
    said = [f"{counted(failing, 'calendar')} cannot be read"] if failing else []
    if unopened:
        said.append(f"hosts do not tell of changes in {counted(unopened, 'account')}")
    return [" and ".join(said)] if said else []


def _says(look: Look, name: str, word: str) -> str:
    """Say what is behind a word."""
    if word in _SAYS:
        return _SAYS[word]
    if name == "workers":
        return _workers(look.workers)
    if look.numbers is None:
        return ""
    if name == "outbox":
        ages = [each.oldest for each in look.numbers.loads if each.oldest is not None]
        if not ages:
            return "Nothing is due."
        return f"The oldest task has been due for {lasting(max(ages))}."
    return _turned(look.numbers.beats.get(name)) if name in TURNING else ""


def _workers(alive: dict[str, int] | None) -> str:
    if alive is None:
        return "There is no Redis from which they would take work."
    return f"Alive: {', '.join(f'{number} {queue}' for queue, number in alive.items())}."


def _turned(age: timedelta | None) -> str:
    return "It has never run." if age is None else f"It turned {lasting(age)} ago."


def _why(found: list[Task]) -> list[tuple[Task, str]]:
    """Say of what was set aside why, and not what to type: there is a button."""
    return [(each, tasks.why(each, None)[0]) for each in found]
