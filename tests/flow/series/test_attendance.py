"""Attendance of a date: who comes as far as they have answered, and whether that is enough."""

from decimal import Decimal
from typing import Any

import pytest

from calendar_sync.provider import Answer
from services.flow.series import answers, attendance, showing
from services.flow.series.views import Attendance
from services.storage.rows.groups import MemberRow
from services.storage.rows.series import AttendeeRow
from services.web import semester
from tests.flow.series.house import House

YES, MAYBE, NO, OPEN = Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED, Answer.WAITING


def of(quorum: dict[str, Any] | None, members: int, *answers: Answer) -> Attendance:
    return attendance.of({} if quorum is None else {"quorum": quorum}, members, answers)


def needing(**required: Answer) -> Attendance:
    """Of a date that three of four accepted, with what those say who are required."""
    return attendance.of({}, 4, [YES, YES, YES, NO], required.items())


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


def test_no_date_holds_without_those_who_are_required() -> None:
    found = needing(Ben=NO, Eve=YES)
    assert (found.certain, found.possible, found.without) == (False, False, ("Ben",))


@pytest.mark.parametrize("said", [OPEN, MAYBE])
def test_a_date_stays_open_until_those_who_are_required_have_accepted(said: Answer) -> None:
    found = needing(Ben=said, Eve=YES)
    assert (found.certain, found.possible, found.without) == (False, True, ())


def test_a_date_is_certain_once_those_who_are_required_come_as_well() -> None:
    assert needing(Ben=YES, Eve=YES).certain


def test_a_date_says_who_is_required_and_declined(house: House) -> None:
    row = house.committed()
    invited, date = house.attendees(row), house.dates(row)[1].id
    needed = [house.member(name) for name in ("Ben", "Eve")]
    with house.work() as work:
        for each in needed:
            work.session.get_one(MemberRow, each).required = True
        for name, said in (("Ada", YES), ("Eve", YES), ("Ben", NO)):
            who = work.session.get_one(AttendeeRow, invited[name].id)
            answers.answer(work, who, date, said, answers.PAGE, work.now)
    with house.work() as work:
        first, second, *_ = showing.shown(work, house.row(row)).dates
    assert first.attendance.possible
    standing = semester.standing(second, house.flat.runtime.clock())
    assert standing is semester.SHORT
    told = semester.coming(second.attendance)
    assert told == "2 accepted, 1 declined; 2 needed; Ben, who is required, declined"
