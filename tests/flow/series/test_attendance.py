"""Attendance of a date: who comes as far as they have answered, and whether that is enough."""

from decimal import Decimal
from typing import Any

import pytest

from calendar_sync.provider import Answer
from services.flow.series import attendance
from services.flow.series.views import Attendance

YES, MAYBE, NO, OPEN = Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED, Answer.WAITING


def of(quorum: dict[str, Any] | None, members: int, *answers: Answer) -> Attendance:
    return attendance.of({} if quorum is None else {"quorum": quorum}, members, answers)


def test_everybody_counts_as_what_they_said() -> None:
    found = of(None, 6, YES, YES, MAYBE, NO, OPEN, OPEN)
    assert (found.accepted, found.tentative, found.declined, found.waiting) == (2, 1, 1, 2)


@pytest.mark.parametrize(
    ("quorum", "members", "needed"),
    [
        (None, 12, 6), (None, 7, 4), ({"share": 0.6}, 12, 8), ({"share": Decimal("0.6")}, 5, 3),
        ({"share": 0.1}, 30, 3), ({"count": 4}, 12, 4), ({"share": 1}, 3, 3), ({}, 5, 3),
        ({"counts": ["free"]}, 4, 2), (None, 0, 1),
    ],
)  # fmt: skip
def test_the_quorum_is_the_one_of_the_plan(
    quorum: dict[str, Any] | None, members: int, needed: int
) -> None:
    assert of(quorum, members).needed == needed


def test_a_date_is_certain_once_enough_accepted() -> None:
    assert of({"count": 2}, 3, YES, YES, OPEN).certain
    assert not of({"count": 2}, 3, YES, MAYBE, OPEN).certain


def test_a_date_is_possible_while_enough_can_still_come() -> None:
    assert of({"count": 2}, 3, NO, MAYBE, OPEN).possible
    assert not of({"count": 2}, 3, NO, NO, YES).possible
