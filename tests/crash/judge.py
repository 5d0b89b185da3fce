"""What a history outside says of the service: whether anything was lost, or done twice."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.crash.recorder import MADE, Put


def faults(changes: Sequence[int], history: Sequence[Put], *, each: bool = True) -> list[str]:
    """Return what is wrong, in sentences; nothing is wrong where there are none.

    changes  the changes of one calendar by their numbers, in order
    each     whether every change has an object of its own; else the last one is enough, because
             changes came faster than they could be followed
    """
    made = [put for put in history if put.status == MADE]
    due = changes if each else changes[-1:]
    return [*_lost(due, made), *_twice(made), *_backwards(made), *_renamed(history)]


def _lost(changes: Iterable[int], made: Sequence[Put]) -> list[str]:
    there = {put.events for put in made}
    return [f"lost: change {number} has no object" for number in changes if number not in there]


def _twice(made: Sequence[Put]) -> list[str]:
    revisions = Counter((put.calendar, put.revision) for put in made)
    numbers = Counter((put.calendar, put.events) for put in made)
    return [
        *(
            f"twice: revision {revision} has {count} objects"
            for (_, revision), count in revisions.items()
            if count > 1
        ),
        *(
            f"twice: change {number} has {count} objects"
            for (_, number), count in numbers.items()
            if count > 1
        ),
    ]


def _backwards(made: Sequence[Put]) -> list[str]:
    newest: dict[str, Put] = {}
    found = []
    for put in made:
        before = newest.setdefault(put.calendar, put)
        if put.revision < before.revision or put.events < before.events:
            found.append(f"backwards: revision {put.revision} came after {before.revision}")
        else:
            newest[put.calendar] = put
    return found


def _renamed(history: Sequence[Put]) -> list[str]:
    first: dict[str, Put] = {}
    found = []
    for put in history:
        before = first.setdefault(put.name, put)
        if (put.calendar, put.revision) != (before.calendar, before.revision):
            found.append(f"renamed: {put.name} was told of two revisions")
    return found
