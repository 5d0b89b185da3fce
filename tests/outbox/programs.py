"""Programs that end in the middle of a job: `python -m tests.outbox.programs HOW URL HOME`."""

import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from services import claims, leases
from services.claims import Claim
from services.config import Settings
from services.reactions import REACTIONS
from services.wiring import Runtime
from tests.outbox.yard import HASTY, OURS, TELL, tell

TIMES = replace(HASTY, lease=20.0, renew=5.0, grace=0.3)
PATIENT = replace(TIMES, grace=15.0)


def goes_on(claim: Claim) -> None:
    """Say that it has begun, and go on for longer than anybody waits."""
    said("begun")
    time.sleep(60)
    tell(claim)


def ends_in_time(claim: Claim) -> None:
    """Go on for a little longer, after it was asked to end, and then end well."""
    said("begun")
    while not leases.is_ending():
        time.sleep(0.01)
    time.sleep(0.1)
    tell(claim)


def holds_a_transaction(claim: Claim) -> None:
    """Have written something that is not kept yet."""
    with claim.work(last=True) as work:
        work.note("half done", claim.subject)
        work.session.flush()
        said("begun")
        time.sleep(60)


def said(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(how: str, url: str, home: str) -> None:
    REACTIONS.update(OURS)
    signal.signal(signal.SIGTERM, leases.end_soon)
    times = PATIENT if how == ends_in_time.__name__ else TIMES
    runtime = Runtime.of(Settings(home=Path(home), database_url=url, times=times))
    claims.run(runtime, TELL, globals()[how], [1, 2, 3])
    said("ended")


if __name__ == "__main__":
    main(*sys.argv[1:])
