"""Plans that waited for their calendars."""

from uuid import UUID

from scheduler.errors import Explained
from scheduler.model.answer import Answer
from services import wiring
from services.flow import plans
from services.flow.question import Question
from services.storage import plans as stored


def make(plan_id: str) -> None:
    """Ask the planner, now that the calendars have been read. Safe to run twice."""
    runtime = wiring.runtime()
    asked: Question | None = None
    outcome: Answer | Explained
    try:
        with runtime.reading() as work:
            asked = plans.resume(work, UUID(plan_id))
        if asked is None:
            return
        outcome = plans.answered(asked)
    except Explained as error:
        outcome = error
    with runtime.work() as work:
        plans.finish(work, UUID(plan_id), asked, outcome)


def sweep(_subject: str = "") -> None:
    """Begin again with every plan that waits: its job may have been lost with the queue."""
    runtime = wiring.runtime()
    with runtime.reading() as work:
        waiting = list(stored.waiting(work))
    for each in waiting:
        runtime.enqueue("calendars.read_for", each)
