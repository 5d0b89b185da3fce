"""What this installation holds and how it fares, in numbers, for its operator."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.flow.rights import missing
from services.storage import counts as stored
from services.storage import people, tasks
from services.storage import telling as telling_stored
from services.storage.counts import Counts
from services.storage.tasks import Load
from services.storage.telling import Telling
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers alone.

    beats    by part, how long ago a process of that kind last said that it turns
    telling  how hosts tell of changes; None: nobody gave them our address
    """

    counts: Counts
    loads: list[Load]
    beats: dict[str, timedelta]
    telling: Telling | None


def counts(work: Work) -> Counts:
    """Count it. Raises Missing for everybody but operators."""
    operating(work)
    return stored.counts(work)


def loads(work: Work, queues: Sequence[str]) -> list[Load]:
    """What there is to do, by queue. Raises Missing for everybody but operators."""
    operating(work)
    return tasks.loads(work, queues)


def numbers(work: Work, queues: Sequence[str], push_url: str | None) -> Numbers:
    """Take all numbers, for whoever watches over us: rights are the door's.

    push_url  where hosts tell of changes, if they do
    """
    told = None if push_url is None else telling_stored.telling(work, push_url)
    return Numbers(stored.counts(work), tasks.loads(work, queues), stored.beats(work), told)


def operating(work: Work) -> None:
    """Go on for operators alone. Raises Missing: to everybody else there is no such page."""
    if not work.operator:
        raise missing("page")


def looks_after(work: Work, operators: Collection[str]) -> bool:
    """Whether the one who asks has one of these addresses of mail."""
    person = people.by_id(work, work.actor) if work.actor and operators else None
    return person is not None and person.email in operators
