"""Plans that waited for their calendars, and plans that calendars have overtaken."""

from collections.abc import Iterator
from contextlib import contextmanager

from scheduler.errors import Explained, TryLater
from scheduler.model.answer import Answer
from services.claims import Claim
from services.facts import CalendarsRead
from services.flow import outdated, plans
from services.flow.errors import Busy
from services.flow.question import Question


def make(claim: Claim) -> None:
    """Ask the planner, now that the calendars have been read."""
    asked: Question | None = None
    outcome: Answer | Explained
    try:
        with claim.reading() as work:
            asked = plans.resume(work, claim.subject)
        if asked is None:
            return
        with _in_turn():
            outcome = plans.answered(asked)
    except TryLater:
        raise
    except Explained as error:
        outcome = error
    with claim.work(last=True) as work:
        if asked is not None and plans.is_overtaken(work, asked):
            work.record(CalendarsRead(claim.subject))  # once more, with what has changed meanwhile
        else:
            plans.finish(work, claim.subject, asked, outcome)


def look_again(claim: Claim) -> None:
    """Mark the plans to which a calendar now leads to another answer."""
    with claim.reading() as work:
        waiting = outdated.concerned(work, claim.subject)
    with _in_turn():
        changed = [plan for plan in waiting if outdated.is_answered_otherwise(claim, plan)]
    with claim.work(last=True) as work:
        outdated.mark(work, changed)


@contextmanager
def _in_turn() -> Iterator[None]:
    """Come back later where others are planning. Raises TryLater."""
    try:
        yield
    except Busy as busy:
        raise TryLater(busy.what, remedy=busy.remedy, seconds=busy.seconds) from None
