"""Answering on a page of one's own: by link, and signed in (P26-P28)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from calendar_sync.provider import Answer
from services.app import create_app
from services.flow.series import hints
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, MeetingRow, MeetingState, SeriesRow
from tests.flow.accounts_town import Flat, a_flat
from tests.flow.series.answering import ORIGINALS, Semester, a_semester
from tests.web.house import PAGE, House
from tests.web.html import Html
from tests.web.test_links import remembered

YES, NO, OPEN = Answer.ACCEPTED, Answer.DECLINED, Answer.WAITING


@pytest.fixture
def flat(tmp_path: Path) -> Iterator[Flat]:
    flat = a_flat(tmp_path)
    yield flat
    flat.runtime.engine.dispose()


@pytest.fixture
def semester(flat: Flat) -> Semester:
    return a_semester(flat, mailbox=True)


@pytest.fixture
def house(flat: Flat, semester: Semester) -> House:
    house = House(flat.runtime, create_app(flat.runtime), group=semester.group)
    with flat.runtime.reading() as work:
        for name, attendee in semester.attendees.items():
            house.people[name] = work.session.get_one(AttendeeRow, attendee).person_id
    return house


def fields(semester: Semester, answer: str = "accepted", date: int | None = None) -> dict[str, Any]:
    meeting = "" if date is None else str(semester.meetings[date])
    return {"answer": answer, "meeting": meeting, "revision": "1", "series": str(semester.series)}


def test_a_scanner_that_follows_everything_decides_nothing(
    house: House, semester: Semester
) -> None:
    path = f"/l/{semester.secret('ben')}"
    before = remembered(house)
    scanner = house.app.test_client()
    for method in ("HEAD", "OPTIONS", "GET", "GET"):
        assert scanner.open(path, method=method, headers=PAGE).status_code == 200
    page = Html(scanner.get(path, headers=PAGE).text)
    assert page.tags["script"] == 0
    assert ("http-equiv", "refresh") not in page.attributes
    for link in [each for each in page.links if each.startswith("/")]:
        scanner.get(link, headers=PAGE)
    for form in page.forms:
        assert form.method == "post"
        scanner.get(form.action, headers=PAGE)
    assert remembered(house) == before
    house.visitor("nobody").send(f"{path}/dates", **fields(semester))
    assert semester.said("ben") is YES


def test_a_page_shows_the_dates_of_who_has_the_link_and_of_nobody_else(
    house: House, semester: Semester
) -> None:
    page = house.visitor("nobody").get(f"/l/{semester.secret('gus')}").text
    assert "Mon 18 Jan 2027, 15:00" in page
    assert "Mon 11 Jan 2027" not in page
    assert not any(each in page for each in ("Ben", "Dana", "example.org"))


def test_a_page_shows_the_clock_of_its_reader_first_and_the_groups_beside_it(
    flat: Flat, house: House, semester: Semester
) -> None:
    with flat.runtime.work() as work:
        gus = work.session.get_one(AttendeeRow, semester.attendees["gus"])
        work.session.get_one(PersonRow, gus.person_id).timezone = "America/Chicago"
    page = house.visitor("nobody").get(f"/l/{semester.secret('gus')}").text
    assert "Mon 18 Jan 2027, 09:00-10:00 (15:00 UTC)" in page
    assert "Times in America/Chicago, your zone" in page


def test_one_date_is_declined_and_the_others_stay_open(house: House, semester: Semester) -> None:
    path = f"/l/{semester.secret('ben')}"
    visitor = house.visitor("nobody")
    response = visitor.send(f"{path}/dates", **fields(semester, "declined", 1))
    assert response.headers["Location"] == path
    assert [semester.said("ben", each) for each in (0, 1, 2)] == [OPEN, NO, OPEN]
    assert "you do not come to this date" in visitor.get(path).text


def test_the_same_form_twice_is_one_answer(house: House, semester: Semester) -> None:
    path, visitor = f"/l/{semester.secret('ben')}/dates", house.visitor("nobody")
    for _ in range(3):
        visitor.send(path, **fields(semester))
    assert semester.recorded() == 1


def test_a_form_that_is_not_ours_decides_nothing(house: House, semester: Semester) -> None:
    path = f"/l/{semester.secret('ben')}/dates"
    foreign = house.app.test_client().post(path, data=fields(semester), headers=PAGE)
    assert foreign.status_code == 400
    assert semester.said("ben") is OPEN


MISUSES: dict[str, dict[str, str]] = {
    "an answer that is none": {"answer": "needs-action"},
    "no answer": {"answer": ""},
    "no date of theirs": {"meeting": "01a204e9-f34e-7f7a-8dbf-31184f90a253"},
    "no date at all": {"meeting": "x"},
    "an old page": {"revision": "0"},
    "a page without a version": {"revision": ""},
    "another method": {"_method": "GET", "answer": ""},
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_what_is_misused_decides_nothing(house: House, semester: Semester, misuse: str) -> None:
    path = f"/l/{semester.secret('ben')}/dates"
    visitor = house.visitor("nobody")
    data = {"csrf_token": visitor.token(), **fields(semester), **MISUSES[misuse]}
    assert visitor.client.post(path, data=data, headers=PAGE).status_code in (404, 412, 422)
    assert semester.recorded() == 0


@pytest.mark.parametrize("cut", [0, 1, 20, 42])
def test_a_truncated_link_is_nobodys(house: House, semester: Semester, cut: int) -> None:
    secret = semester.secret("ben")[:cut]
    response = house.app.test_client().get(f"/l/{secret}", headers=PAGE)
    assert response.status_code == 404


def test_what_a_mail_says_that_nobody_vouches_for_is_shown_and_decides_nothing(
    house: House, semester: Semester
) -> None:
    with house.runtime.work() as work:
        hints.ask(work.session.get_one(AttendeeRow, semester.attendees["ben"]), None, NO)
    visitor, path = house.visitor("nobody"), f"/l/{semester.secret('ben')}"
    says = "A mail that came in your name says: you do not come."

    assert visitor.get(path).text.count(says) == 1
    assert semester.said("ben") is OPEN
    visitor.send(f"{path}/dates", **fields(semester, "declined"))
    assert says not in visitor.get(path).text
    assert semester.said("ben") is NO


def test_guessing_links_ends_soon(house: House, semester: Semester) -> None:
    visitor = house.visitor("nobody")
    statuses = [
        visitor.client.get(f"/l/{'x' * 41}{each:02}", headers=PAGE).status_code
        for each in range(12)
    ]
    assert statuses == [404] * 10 + [429] * 2
    visitor.get(f"/l/{semester.secret('ben')}")


def test_a_page_of_before_a_change_is_shown_anew_before_it_counts(
    flat: Flat, house: House, semester: Semester
) -> None:
    path, visitor = f"/l/{semester.secret('ben')}", house.visitor("nobody")
    visitor.get(path)
    with flat.runtime.work() as work:
        work.session.get_one(SeriesRow, semester.series).revision = 2
    page = visitor.refused(f"{path}/dates", 412, **fields(semester))
    assert "The dates have changed since you saw them" in page.text
    assert page.typed("revision")[0] == "2"
    assert semester.said("ben") is OPEN


def test_a_cancelled_date_is_shown_and_takes_no_answer(
    flat: Flat, house: House, semester: Semester
) -> None:
    with flat.runtime.work() as work:
        work.session.get_one(MeetingRow, semester.meetings[1]).state = MeetingState.CANCELLED
    path, visitor = f"/l/{semester.secret('ben')}", house.visitor("nobody")
    page = visitor.get(path)
    assert "Cancelled." in page.text
    assert str(semester.meetings[1]) not in page.typed("meeting")
    visitor.refused(f"{path}/dates", 422, **fields(semester, date=1))
    assert semester.recorded() == 0


def test_a_link_dies_when_its_owner_leaves(flat: Flat, house: House, semester: Semester) -> None:
    path, visitor = f"/l/{semester.secret('ben')}", house.visitor("nobody")
    with flat.runtime.work() as work:
        row = work.session.get_one(AttendeeRow, semester.attendees["ben"])
        row.until_at = datetime.fromtimestamp(ORIGINALS[0], UTC)
    assert "Early birds" not in visitor.get(path, 410).text
    visitor.send(f"{path}/dates", 410, **fields(semester))
    assert semester.recorded() == 0


def test_a_link_ends_after_the_last_date(flat: Flat, house: House, semester: Semester) -> None:
    path, visitor = f"/l/{semester.secret('ben')}", house.visitor("nobody")
    flat.clock.forward(days=120)
    visitor.get(path, 410)


def test_whoever_is_signed_in_answers_on_the_page_of_their_dates(
    house: House, semester: Semester
) -> None:
    path, visitor = f"/groups/{semester.group}/dates", house.visitor("ben")
    assert "Fri 12 Feb 2027, 15:00" in visitor.get(path).text
    visitor.send(path, **fields(semester, "tentative", 0))
    assert semester.said("ben", 0) is Answer.TENTATIVE
    assert semester.said("dana", 0) is OPEN


def test_who_is_invited_to_nothing_finds_no_page(house: House, semester: Semester) -> None:
    from tests.runtimes import a_person  # noqa: PLC0415

    house.people["eve"] = a_person(house.runtime, "eve@example.org")
    visitor = house.visitor("eve")
    visitor.get(f"/groups/{semester.group}/dates", 404)
    visitor.send(f"/groups/{semester.group}/dates", 404, **fields(semester))
    assert semester.recorded() == 0


def test_what_somebody_wrote_is_text(flat: Flat, house: House, semester: Semester) -> None:
    with flat.runtime.work() as work:
        work.session.get_one(SeriesRow, semester.series).title = "<script>alert(1)</script>"
    page = house.visitor("nobody").get(f"/l/{semester.secret('ben')}")
    assert page.tags["script"] == 0
