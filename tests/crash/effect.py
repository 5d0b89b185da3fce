"""What follows from a change of a calendar in these tests: an object at the recorder.

The object's name is fixed before the first try: that of the task, and the revision.
"""

import json
import os
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from uuid import uuid4

from scheduler.errors import TryLater
from services.claims import Claim
from services.storage import calendars

RECORDER, PLANTED = "CRASH_RECORDER", "CRASH_PLANTED"
_PATIENCE = 30.0  # seconds


def effect(claim: Claim) -> None:
    """Have the object of a revision; where there is a newer one, its own task will."""
    body = _told(claim)
    if body is not None:
        _put(f"{claim.name}-{claim.fact.number}", body)
    with claim.work(last=True):
        pass


def named_by_chance(claim: Claim) -> None:
    """The mistake of making up a name at each try."""
    body = _told(claim)
    if body is not None:
        _put(uuid4().hex, body)
    with claim.work(last=True):
        pass


def ended_first(claim: Claim) -> None:
    """The mistake of ending a task before it is done."""
    body = _told(claim)
    with claim.work(last=True):
        pass
    if body is not None:
        _put(f"{claim.name}-{claim.fact.number}", body)


KINDS: dict[str, Callable[[Claim], None]] = {
    each.__name__: each for each in (effect, named_by_chance, ended_first)
}


def _told(claim: Claim) -> dict[str, object] | None:
    with claim.reading() as work:
        row = calendars.one(work, claim.subject)
        if row is None or row.revision > claim.fact.number:
            return None
        _, busy = calendars.known(work, row)
        events = 0 if busy is None else len(busy.events.rows)
        return {"calendar": str(row.id), "revision": row.revision, "events": events}


def _put(name: str, body: dict[str, object]) -> None:
    connection = HTTPConnection(os.environ[RECORDER], timeout=_PATIENCE)
    try:
        connection.request("PUT", f"/effects/{name}", json.dumps(body).encode())
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise _later() from error
    finally:
        connection.close()
    if status not in (200, 201):
        raise _later()


def _later() -> TryLater:
    return TryLater("The recorder does not answer", remedy="wait", seconds=0.2)
