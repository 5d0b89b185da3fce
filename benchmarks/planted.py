"""The real relay and worker, with a reaction of the benchmark's own: one effect in SQL a fact.

Run as `python -m benchmarks.planted relay|worker`, with the settings of the service.
"""

import sys
from uuid import UUID

from sqlalchemy import text

from services import log, relay, worker
from services.claims import Claim
from services.config import Settings
from services.facts import ProposalsReady
from services.reactions import REACTIONS, Reaction
from services.storage.work import Work
from services.wiring import Runtime

BATCH = 100
TABLE = "create table effect (subject varchar(36) primary key, at double precision)"


def effect(claim: Claim) -> None:
    """Write one row, and the end of the task with it."""
    with claim.work(last=True) as work:
        written(work, claim.subject)


def written(work: Work, subject: UUID) -> None:
    """Write the effect."""
    work.session.execute(
        text("insert into effect (subject, at) values (:subject, :at)"),
        {"subject": str(subject), "at": work.now.timestamp()},
    )


def nothing(_claim: Claim) -> None:
    """Do nothing."""


def plant() -> None:
    """Let the effect follow from a fact that nobody else follows."""
    REACTIONS[ProposalsReady] = (Reaction("planning.effect", batch=BATCH),)
    worker.JOBS["services.jobs.planning.effect"] = effect
    worker.JOBS["services.jobs.planning.nothing"] = nothing


def _main(part: str) -> None:
    settings = Settings.from_env()
    log.set_up(settings.log)
    runtime = Runtime.of(settings)
    if part == "relay":
        relay.run(runtime)
    else:
        worker.work(runtime, ["planning"])


if __name__ == "__main__":
    plant()
    _main(sys.argv[1])
