"""Attendance of a date: who comes as far as they have answered, and whether that is enough."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from calendar_sync.provider import Answer
from scheduler.model.problem import Quorum
from services.flow.series.views import Attendance
from services.planning.rules import decimals


def of(
    term_rules: Mapping[str, Any],
    members: int,
    answers: Iterable[Answer],
    required: Iterable[tuple[str, Answer]] = (),
) -> Attendance:
    """Count what was answered to one date.

    term_rules  of the term, as it keeps them
    members     how many members the group has: a quorum that is a share is one of all of these
    answers     one of each who is invited to the date
    required    of members without whom no date holds, by name
    """
    said = Counter(answers)
    return Attendance(
        accepted=said[Answer.ACCEPTED],
        tentative=said[Answer.TENTATIVE],
        declined=said[Answer.DECLINED],
        waiting=said[Answer.WAITING],
        needed=_quorum(term_rules).of(members),
        required=tuple(required),
    )


def _quorum(rules: Mapping[str, Any]) -> Quorum:
    said = decimals(rules.get("quorum") or {})
    count, share = said.get("count"), said.get("share")
    if count is None and share is None:
        return Quorum()
    return Quorum(share, count)
