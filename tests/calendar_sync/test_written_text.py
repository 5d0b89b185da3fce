"""The text of the calendars that we write: titles, names, identifiers, days to ask by."""

from datetime import date, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendar_sync.ics.written.calendars import protections, series
from scheduler.model.answer import Notice, Proposal, Status
from scheduler.model.problem import Problem
from tests.calendar_sync.test_written import (
    NEW_YORK,
    a_problem,
    a_proposal,
    events,
    instant,
    ours,
    weekly,
)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
@example("Group\r\nATTENDEE:mailto:eve@example.org\nEND:VEVENT\u2028BEGIN:VEVENT\x85\x0b\x00x")
@example('"Ada"; Lee, \\n & \ud83e <b>\U0001f469\u200d\U0001f52c</b>\ufeff' + "\U0001f642" * 300)
def test_a_title_changes_no_structure(title: str) -> None:
    data = series(*small(title))

    plain = series(*small("x"))
    names = [line.partition(b":")[0] for line in unfolded(data)]
    assert names == [line.partition(b":")[0] for line in unfolded(plain)]
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert not {b"\r", b"\n"} & {bytes([each]) for each in data.replace(b"\r\n", b"")}
    assert data.decode().splitlines() == data.decode().split("\r\n")[:-1]
    assert ours(data) == ours(plain)


def small(title: str) -> tuple[Problem, Proposal]:
    problem, rule = a_problem(title=title), weekly(2, 7 * 60)
    return problem, a_proposal(problem, rule, [date(2027, 1, 6), date(2027, 1, 13)])


def unfolded(data: bytes) -> list[bytes]:
    return data.replace(b"\r\n ", b"").split(b"\r\n")


def test_a_title_comes_back_as_one_line() -> None:
    data = series(*small("Road; map,\r\n \\group\u2028\U0001f642 \x00"))

    assert str(events(data)[0]["SUMMARY"]) == "Road; map, \\group \U0001f642"


def test_no_title_has_a_name_all_the_same() -> None:
    assert str(events(series(*small(" \r\n")))[0]["SUMMARY"]) == "Peer mentorship meeting"


def test_the_same_answer_gives_the_same_bytes_and_a_new_plan_the_same_series() -> None:
    assert series(*small("A")) == series(*small("A"))

    problem, rule = a_problem(title="A", planning_date=date(2027, 1, 2)), weekly(2, 7 * 60)
    again = series(problem, a_proposal(problem, rule, [date(2027, 1, 6 + 7 * n) for n in range(3)]))
    assert b"DTSTAMP:20270102T000000Z\r\n" in again
    assert events(again)[0]["UID"] == events(series(*small("A")))[0]["UID"]
    assert events(again)[0]["UID"] != events(series(*small("B")))[0]["UID"]


def test_a_notice_is_a_whole_day_that_takes_no_time() -> None:
    problem = a_problem(planning_date=date(2027, 3, 1))
    start = instant(datetime.fromisoformat("2027-04-14T07:00"), NEW_YORK)
    notices = [
        Notice(0, start, date(2027, 2, 13), Status.APPROVER, "section; head,\r\nEND:VEVENT"),
        Notice(1, start, date(2027, 3, 31), Status.ROUTINE),
    ]

    data = protections(problem, notices)

    first, second = events(data)
    assert str(first["SUMMARY"]) == "Ask for Ada's clinic time on Wed 14 Apr 2027"
    assert "section; head, END:VEVENT has to approve" in str(first["DESCRIPTION"])
    assert (first["DTSTART"].dt, second["DTSTART"].dt) == (date(2027, 2, 13), date(2027, 3, 31))
    assert first["UID"] != second["UID"]
    assert ours(data) == []
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
