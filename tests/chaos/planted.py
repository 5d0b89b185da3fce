"""The real `commonhour`, in which one effect more follows from a fact: an object at a recorder.

Run as `python -m tests.chaos.planted relay`, or any other command, with the settings of the
service and `PLANTED_RECORDER`. How the effect goes stands at the end of the id of what the fact
is about.
"""

import json
import os
import signal
import sys
import time
from datetime import timedelta
from enum import IntEnum
from http.client import HTTPConnection, HTTPException
from uuid import UUID, uuid4

from services import worker
from services.claims import Claim
from services.cli.main import main
from services.facts import ProposalsReady
from services.flow import answers
from services.reactions import REACTIONS, Reaction
from services.storage import audit
from services.storage.audit import Line
from services.storage.outbox import holding

JOB = "notices.put"
_OURS = 0xC0A5_0000  # the last 32 bits of the ids of these tests, and a kind


REACTION = (Reaction(JOB, batch=20),)


class Kind(IntEnum):
    """How an effect goes."""

    PLAIN = 0
    RAISES = 1
    DIES = 2  # whoever does it, each time
    SLOW = 3  # the first time, it takes PLANTED_SLOW seconds before it is there
    HOLDS = 4  # when it is there, the transaction of its end stays open for so long


def a_fact(kind: Kind = Kind.PLAIN) -> ProposalsReady:
    """A fact from which such an effect follows."""
    return ProposalsReady(UUID(int=uuid4().int & ~0xFFFF_FFFF | _OURS | kind))


def put(claim: Claim) -> None:
    """Send one object, and end the task; the recorder hears of each step."""
    kind = _kind(claim.subject)
    if kind is not Kind.PLAIN:
        _say("begun", claim)
    if kind is Kind.RAISES:
        raise ValueError("it is poison")
    if kind is Kind.DIES:
        os.kill(os.getpid(), signal.SIGKILL)
    if kind is Kind.SLOW and claim.task.fence == 1:
        time.sleep(float(os.environ["PLANTED_SLOW"]))
    _say("put", claim)
    with claim.work(last=True) as work:
        if kind is Kind.HOLDS:
            holding.is_held(work.session, claim.task.id, claim.task.fence)
            audit.append(work.session, [Line(work.now, None, "planted.held", claim.subject, None)])
            _say("holds", claim)
            time.sleep(float(os.environ["PLANTED_SLOW"]))
        if kind is not Kind.PLAIN:
            work.then(lambda: _say("kept", claim))


def plant() -> None:
    """Let it follow from a fact that nobody else follows."""
    REACTIONS[ProposalsReady] = REACTION
    worker.JOBS[f"services.jobs.{JOB}"] = put
    if patience := os.environ.get("PLANTED_PATIENCE"):
        answers._PATIENCE = timedelta(seconds=float(patience))  # noqa: SLF001


def _kind(subject: UUID) -> Kind:
    """How the effect of this fact goes; that of a real plan, as it should."""
    last = subject.int & 0xFFFF_FFFF
    return Kind(last - _OURS) if last - _OURS in tuple(Kind) else Kind.PLAIN


def _say(what: str, claim: Claim) -> None:
    said = {"subject": str(claim.subject), "pid": os.getpid(), "attempt": claim.task.fence}
    while not _is_said(f"/{what}/{claim.name}", json.dumps(said)):
        time.sleep(0.2)


def _is_said(path: str, said: str) -> bool:
    """Say it; whether it was heard. Who was cut off goes on trying."""
    connection = HTTPConnection(os.environ["PLANTED_RECORDER"], timeout=5)
    try:
        connection.request("PUT", path, said)
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


if __name__ == "__main__":
    plant()
    sys.argv[0] = "commonhour"
    main()
