"""The plans of a term beside one another: which is newer, and whether the latest still holds."""

from collections.abc import Sequence
from datetime import datetime

from scheduler.model.answer import Answer
from scheduler.model.zone import zone
from services.flow import polling
from services.flow.ages import Unread
from services.flow.question import Question
from services.planning.kept import from_kept, to_kept
from services.storage import members
from services.storage import plans as stored
from services.storage.rows.groups import GroupRow, TermRow
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.work import Work

_MOST = 50


def others(work: Work, row: PlanRow) -> Sequence[PlanRow]:
    """The other plans of a plan's term, the latest first."""
    return [each for each in stored.of_term(work, row.term_id, _MOST) if each.id != row.id]


def newer(row: PlanRow, beside: Sequence[PlanRow]) -> PlanRow | None:
    """The latest of these plans that is ready, if it is newer than a plan."""
    ready = [each for each in beside if each.state is PlanState.READY and each.id > row.id]
    return next(iter(ready), None)


def best(row: PlanRow) -> str | None:
    """What a plan proposes first, as "4th Wednesday, 11:00-12:00"; None: it is not ready."""
    if row.state is not PlanState.READY or row.answer is None:
        return None
    return from_kept(row.answer, {}).proposals[0].label


def same(work: Work, asked: Question, answer: Answer) -> PlanRow | None:
    """The latest plan of a question's term, if it would be the very same once more."""
    row = next(iter(stored.of_term(work, asked.term_id, 1)), None)
    if row is None or row.state is not PlanState.READY or row.outdated_at is not None:
        return None
    said = (row.term_version, row.members, row.document, row.answer)
    now = (asked.term_version, list(asked.names), asked.document, to_kept(answer))
    known = (row.oldest_reading_at, Unread.of_kept(row.unread))
    return row if said == now and known == (asked.age.oldest, asked.age.unread) else None


def confirmed(work: Work, row: PlanRow, group: GroupRow, term: TermRow) -> datetime | None:
    """Up to when readings since a plan was made lead to no other answer; None: that is not known.

    Only the latest plan of a term is looked at again, and only while its members and rules are
    the same and none of its days is over.
    """
    today = work.now.astimezone(zone(group.timezone)).date()
    looked_at = row.id in stored.latest_of(work, [group.id], today)
    ours = [str(member.id) for member, _ in members.of(work, group.id)]
    alike = (term.version, ours) == (row.term_version, row.members)
    if not looked_at or not alike or term.start < today or polling.has_news(work, group.id):
        return None
    found = polling.oldest(work, group.id)
    before = row.oldest_reading_at
    return found if found is not None and before is not None and found > before else None
