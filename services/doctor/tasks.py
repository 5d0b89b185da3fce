"""What there is to do: whether it is done, and whether those run who see to that."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from services.config import Settings
from services.doctor.finding import Finding, failing, missing, ok, weak
from services.flow import installation
from services.flow.installation import Numbers
from services.flow.tasks import lasting
from services.parts import BEHIND, SILENT, TURNING
from services.planning.page.words import counted
from services.queue import QUEUES
from services.storage import migrate, work
from services.storage.engine import engine_for, url_of
from services.storage.tasks import Load
from services.storage.work import InTrouble, NotThere


def tasks(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at the outbox; nothing is said where the database does not answer, or is not there."""
    numbers = _numbers(make_url(url_of(settings)), settings.push_url, now)
    if numbers is None:
        return
    yield _outbox(numbers.loads)
    for load in numbers.loads:
        if load.paused is not None:
            what = f"{load.queue} is paused since {load.paused:%Y-%m-%d %H:%M} UTC"
            yield weak("queue", what, f"commonhour outbox resume {load.queue} lets it go on")
    for part in TURNING:
        yield _turning(part, numbers.beats.get(part))
    if numbers.telling is not None and numbers.telling.unopened:
        what = f"channels cannot be opened in {counted(numbers.telling.unopened, 'account')}"
        yield weak(
            "channels", what, "see below whether hosts reach us; each is tried again by itself"
        )


def _numbers(url: URL, push_url: str | None, now: datetime) -> Numbers | None:
    if url.get_backend_name() != "sqlite":
        url = url.update_query_dict({"connect_timeout": "5"})
    elif not Path(url.database or "").exists():
        return None
    engine = engine_for(url.render_as_string(hide_password=False))
    try:
        if not migrate.is_current(engine):
            return None
        with work.reading(engine, now) as reading:
            return installation.numbers(reading, QUEUES, push_url)
    except (InTrouble, NotThere, OSError):
        return None  # the line about the database says why
    finally:
        engine.dispose()


def _outbox(loads: list[Load]) -> Finding:
    aside = sum(each.quarantined for each in loads)
    parked = sum(each.parked for each in loads)
    oldest = max((each.oldest for each in loads if each.oldest is not None), default=timedelta())
    if aside:
        what = f"{aside} {'task was' if aside == 1 else 'tasks were'} set aside"
        return failing("outbox", what, "see why: commonhour outbox list --state quarantined")
    if parked:
        what = f"{parked} {'task waits' if parked == 1 else 'tasks wait'} for a newer version"
        return weak("outbox", what, "upgrade, or see them: commonhour outbox list --state parked")
    if oldest > BEHIND:
        what = f"a task has been due for {lasting(oldest)}"
        return weak("outbox", what, "see what it waits for: commonhour outbox list and explain")
    waiting = sum(each.waiting for each in loads)
    return ok("outbox", f"{waiting} waiting, none for long" if waiting else "nothing waits")


def _turning(part: str, age: timedelta | None) -> Finding:
    if age is not None and age <= SILENT:
        return ok(part, f"turned {lasting(age)} ago")
    what = "has never run" if age is None else f"does not run; it turned {lasting(age)} ago"
    return missing(part, what, f"commonhour {part} runs it, and so does commonhour up")
