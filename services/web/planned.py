"""Terms of a group with their latest plans, as its page lists them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from scheduler.model.zone import zone
from services.flow import plans, terms
from services.planning.page.strip import holding
from services.storage.rows.groups import GroupRow, TermRow
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.work import Work

_PLANS = 50  # the latest, among which those of each term are found


@dataclass(frozen=True, slots=True)
class Planned:
    """A term, its latest plan, and of a plan that is ready how many dates hold, of how many.

    committed  whether a series of the term is, so that nobody has to plan it again
    """

    term: TermRow
    over: bool
    committed: bool
    plan: PlanRow | None
    label: str
    good: int
    of: int

    @property
    def outdated(self) -> bool:
        """Whether the term has changed since it was planned."""
        return self.plan is not None and self.plan.term_version != self.term.version

    @property
    def overtaken(self) -> bool:
        """Whether calendars lead to another answer since."""
        return self.plan is not None and self.plan.outdated_at is not None

    @property
    def is_planned(self) -> bool:
        """Whether it was planned, and nothing has changed since."""
        return self.plan is not None and not self.outdated and not self.overtaken


def of_group(work: Work, group: GroupRow, committed: Collection[UUID]) -> list[Planned]:
    """List the terms of a group.

    committed  the terms of which a series is
    """
    today = work.now.astimezone(zone(group.timezone)).date()
    newest = _latest(work, group.id)
    return [
        Planned(each, each.end < today, each.id in committed, plan, *_holding(work, plan))
        for each in terms.of(work, group.id)
        for plan in [newest.get(each.id)]
    ]


def _latest(work: Work, group_id: UUID) -> dict[UUID, PlanRow]:
    """The latest plan of each term."""
    found: dict[UUID, PlanRow] = {}
    for row in plans.page(work, group_id, None, _PLANS):
        found.setdefault(row.term_id, row)
    return found


def _holding(work: Work, plan: PlanRow | None) -> tuple[str, int, int]:
    if plan is None or plan.state is not PlanState.READY:
        return "", 0, 0
    best = plans.shown(work, plan).answer.proposals[0]
    return best.label, *holding(best)
