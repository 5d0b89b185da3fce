"""The order in which tasks are done: what comes first of a subject, and what our code knows."""

from functools import cache

from sqlalchemy import ColumnElement, and_, exists, or_

from services.facts import Fact
from services.reactions import Reaction, known
from services.storage.rows.outbox import OutboxRow, TaskState

OPEN = (TaskState.WAITING, TaskState.RUNNING)
# Every task and every turn asks these questions. A question that is kept, in columns instead of
# attributes of rows, takes a tenth of the time of one that is written anew.
_C = OutboxRow.__table__.c


def is_known() -> ColumnElement[bool]:
    """Whether our code knows what happened and what follows; other tasks are left to other code."""
    return is_one_of(tuple(known()))


@cache  # every beginning asks, and to write it anew takes longer than to ask it
def is_one_of(those: tuple[tuple[type[Fact], Reaction], ...]) -> ColumnElement[bool]:
    """Whether a task is one of these: what happened, and what follows from it."""
    return or_(
        *(
            and_(
                _C.fact == fact.__name__,
                _C.job == reaction.job,
                _C.version <= fact.version,
            )
            for fact, reaction in those
        )
    )


@cache
def comes_first() -> ColumnElement[bool]:
    """Whether nothing of its subject is before it, and nothing is done just now.

    A later one may be running already: it was kept before an earlier one was, or an earlier one
    had been set aside.
    """
    other = OutboxRow.__table__.alias().c
    return ~exists().where(
        other.queue == _C.queue,
        other.subject == _C.subject,
        other.state.in_(OPEN),
        or_(other.id < _C.id, other.state == TaskState.RUNNING),
    )
