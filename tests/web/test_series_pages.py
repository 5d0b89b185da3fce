"""Pages of a series: what a draft promises, one press, and what becomes of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from calendar_sync.provider import Answer
from services.app import create_app
from services.flow import proof, sessions
from services.flow.series import hints
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.series import (
    MeetingRow,
    MeetingState,
    SeriesRow,
    SeriesState,
    TellingRow,
)
from tests.browser import hindrances
from tests.runtimes import drained, ticked
from tests.web.house import PAGE, ROLES, House, Visitor, furnished, peopled
from tests.web.served import Served, served
from tests.web.test_markup import HOSTILE
from tests.web.test_pages import COORDINATORS, NOBODY


def drafted(house: House, number: int = 1) -> str:
    """Take up a proposal by its button, and return where the draft is."""
    visitor, plan = house.visitor("coordinator"), f"/groups/{house.group}/plans/{house.plan}"
    action = f"{plan}/proposals/{number}/series"
    assert action in [form.action for form in visitor.get(plan).forms]
    return visitor.send(action).headers["Location"]


def committed(house: House) -> str:
    """Press the one button of a draft, and return where the series is."""
    visitor, path = house.visitor("coordinator"), drafted(house)
    press(visitor, path, f"{path}/commit")
    return path


def press(visitor: Visitor, path: str, action: str, /, **fields: str) -> None:
    """Send a form that a page has, with what it holds and what is typed into it."""
    form = next(each for each in visitor.get(path).forms if each.action == action)
    held = {name: values[-1] for name, values in form.fields.items() if values}
    visitor.send(action, **{**held, **fields})


def row_of(house: House, path: str) -> SeriesRow:
    with house.runtime.reading() as work:
        return work.session.get_one(SeriesRow, UUID(path.rpartition("/")[2]))


def dates_of(house: House, path: str) -> list[MeetingRow]:
    with house.runtime.reading() as work:
        return list(stored.meetings(work, row_of(house, path).id))


@pytest.fixture(scope="module")
def there(shown_house: House) -> str:
    """A committed series, for tests that only look."""
    return committed(shown_house)


def test_a_proposal_becomes_a_draft_of_which_nobody_is_told(house: House) -> None:
    path = drafted(house)

    page = house.visitor("coordinator").get(path)

    assert row_of(house, path).state is SeriesState.DRAFT
    assert "What committing does" in page.text
    assert "Commit and invite 2 people" in page.text
    assert "Each once." in page.text
    drained(house.runtime)
    assert not house.mails.messages
    assert drafted(house) == path  # pressed twice, it is one draft


def test_a_draft_can_be_edited_before_it_is_committed(house: House) -> None:
    path, visitor = drafted(house), house.visitor("coordinator")

    press(visitor, f"{path}/edit", f"{path}/edit", title="Circle", place="Room 4", text="Bring tea")

    page = visitor.get(path).text
    assert "Circle" in page
    assert "Room 4" in page
    assert "Bring tea" in page


def test_an_unfit_title_loses_nothing_of_what_was_typed(house: House) -> None:
    path, visitor = drafted(house), house.visitor("coordinator")

    page = visitor.refused(f"{path}/edit", title="", place="Room 4", text="Bring\ntea")

    assert page.alerts == 1
    assert page.typed("place") == ["Room 4"]
    assert page.typed("text") == ["Bring\ntea"]


def test_an_edit_keeps_what_somebody_else_changed_meanwhile(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    form = next(each for each in visitor.get(f"{path}/edit").forms if "/edit" in each.action)
    opened = {name: values[-1] for name, values in form.fields.items() if values}
    press(visitor, f"{path}/edit", f"{path}/edit", place="Room 4", text="Bring tea\nand cups")

    visitor.send(f"{path}/edit", **{**opened, "title": "Circle"})

    row = row_of(house, path)
    assert (row.title, row.place, row.text) == ("Circle", "Room 4", "Bring tea\nand cups")
    press(visitor, f"{path}/edit", f"{path}/edit", place="")
    row = row_of(house, path)
    assert (row.title, row.place, row.text) == ("Circle", "", "Bring tea\nand cups")


def test_a_draft_that_somebody_changed_meanwhile_is_shown_anew_and_not_committed(
    house: House,
) -> None:
    path, visitor = drafted(house), house.visitor("coordinator")
    version = visitor.get(path).typed("version")[0]
    press(visitor, f"{path}/edit", f"{path}/edit", place="Elsewhere")

    page = visitor.refused(f"{path}/commit", 412, version=version)

    assert "Somebody has changed this" in page.text
    assert "Elsewhere" in page.text
    assert row_of(house, path).state is SeriesState.DRAFT


def test_a_draft_is_discarded_and_leads_back_to_its_plan(house: House) -> None:
    path, visitor = drafted(house), house.visitor("coordinator")

    back = visitor.send(f"{path}/discard").headers["Location"]

    assert back == f"/groups/{house.group}/plans/{house.plan}"
    visitor.get(path, 404)


def test_pressing_commit_twice_has_one_effect(house: House) -> None:
    path, visitor = drafted(house), house.visitor("coordinator")
    version = visitor.get(path).typed("version")[0]

    for _ in range(2):
        visitor.send(f"{path}/commit", version=version)

    row = row_of(house, path)
    assert (row.state, row.revision) == (SeriesState.COMMITTED, 1)
    assert "Dates and answers" in visitor.get(f"/groups/{house.group}").text


def test_a_series_shows_its_dates_its_people_and_how_far_invitations_are(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    waiting = visitor.get(path)
    assert "invitations to dates have reached" in waiting.text

    ticked(house.runtime)

    page, many = visitor.get(path), len(dates_of(house, path))
    assert "invitations to dates have reached" not in page.text
    assert page.text.count("needed") >= many
    assert page.text.count("Delivered") == 2
    assert page.text.count(f"{many} of {many}") >= 2


def test_what_has_not_arrived_is_told_with_its_reason_and_sent_again(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    ticked(house.runtime)
    sent = len(house.mails.messages)
    with house.runtime.work() as work:
        row = work.session.query(TellingRow).order_by(TellingRow.id).limit(1).one()
        row.told, row.failed_at, row.revision = None, work.now, 0
        row.failed_what, row.failed_remedy = "Their mailbox is full", "ask them to make room"

    page = visitor.get(path).text
    assert "Their mailbox is full. Ask them to make room." in page
    assert page.count("Not delivered") == 1
    press(visitor, path, f"{path}/resend")
    ticked(house.runtime)

    assert "Their mailbox is full" not in visitor.get(path).text
    assert len(house.mails.messages) == sent + 1  # nobody else hears of it


def test_a_date_is_moved_on_the_clock_of_the_group(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    date = dates_of(house, path)[0]
    there = f"{path}/dates/{date.id}"

    press(visitor, there, f"{there}/move", day="2027-02-12", time="14:30", minutes="45")

    moved = dates_of(house, path)[0]
    assert (moved.start_at.isoformat(), moved.minutes) == ("2027-02-12T19:30:00+00:00", 45)
    page = visitor.get(path).text
    assert "Fri 12 Feb 2027" in page
    assert "14:30-15:15" in page
    assert "Moved from" in page
    assert re.search(r"1 change goes out at \d\d:\d\d", page)


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"day": "2027-13-01"}, "day"), ({"time": "half past"}, "time"), ({"minutes": "x"}, "minutes"),
     ({"day": "2027-03-14", "time": "02:30"}, "time"), ({"time": "12:30+05:00"}, "time")],
)  # fmt: skip
def test_a_time_that_is_none_is_told_at_its_field_and_moves_nothing(
    shown_house: House, there: str, typed: dict[str, str], field: str
) -> None:
    house, path, visitor = shown_house, there, shown_house.visitor("coordinator")
    date = dates_of(house, path)[0]
    whole: dict[str, Any] = {"day": "2027-02-12", "time": "14:30", "minutes": "45", **typed}

    page = visitor.refused(f"{path}/dates/{date.id}/move", **whole)

    assert ("aria-invalid", "true") in page.attributes
    assert f"#{field}" in page.links
    assert page.typed("time") == [whole["time"]]
    assert dates_of(house, path)[0].start_at == date.start_at


def test_all_that_is_wrong_with_a_time_is_told_at_once(shown_house: House, there: str) -> None:
    date = dates_of(shown_house, there)[0]
    typed: dict[str, Any] = {"day": "", "time": "26:00", "minutes": "long"}

    page = shown_house.visitor("coordinator").refused(f"{there}/dates/{date.id}/move", **typed)

    assert {"#day", "#time", "#minutes"} <= set(page.links)


def test_no_date_takes_longer_than_a_day(shown_house: House, there: str) -> None:
    date = dates_of(shown_house, there)[0]
    typed: dict[str, Any] = {"day": "2027-02-12", "time": "14:30", "minutes": "1441"}

    page = shown_house.visitor("coordinator").refused(f"{there}/dates/{date.id}/move", **typed)

    assert "write 1 to 1440 minutes" in page.text


def test_changes_wait_for_each_other_and_go_out_at_once_when_asked(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    ticked(house.runtime)
    first, second, *_ = dates_of(house, path)
    visitor.send(f"{path}/dates/{first.id}/cancel")
    visitor.send(f"{path}/dates/{second.id}/place", place="The garden")

    assert "2 changes go out at" in visitor.get(path).text
    press(visitor, path, f"{path}/send")
    ticked(house.runtime)

    row, page = row_of(house, path), visitor.get(path).text
    assert (row.settle_at, row.published) == (None, row.revision)
    assert "go out at" not in page
    assert "The garden" in page
    assert "1 cancelled" in page


def test_a_date_is_cancelled_only_after_a_question(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    there = f"{path}/dates/{dates_of(house, path)[0].id}"

    asked = visitor.get(f"{there}/cancel")
    assert dates_of(house, path)[0].state is MeetingState.HELD
    visitor.send(asked.forms[-1].action)

    assert dates_of(house, path)[0].state is MeetingState.CANCELLED
    assert visitor.client.get(there, headers=PAGE).headers["Location"] == path
    assert "over or cancelled" in visitor.get(path).text


def test_a_date_that_was_cancelled_by_mistake_is_kept_until_that_goes_out(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    there = f"{path}/dates/{dates_of(house, path)[0].id}"

    visitor.send(f"{there}/cancel")
    assert f"{there}/keep" in {each.action for each in visitor.get(path).forms}
    visitor.send(f"{there}/keep")

    assert dates_of(house, path)[0].state is MeetingState.HELD
    assert "Keep it after all" not in visitor.get(path).text


def test_a_guest_comes_to_one_date_and_goes_again(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    there = f"{path}/dates/{dates_of(house, path)[1].id}"

    visitor.send(f"{there}/guests", name="Gina Guest", email="gina@example.org")
    assert "Guest: Gina Guest" in visitor.get(path).text
    remove = next(form.action for form in visitor.get(there).forms if "/guests/" in form.action)
    another = dates_of(house, path)[2].id
    visitor.send(remove.replace(there.rpartition("/")[2], str(another)), 404)
    assert "Gina Guest" in visitor.get(there).text
    visitor.send(remove)

    assert "Gina Guest" not in visitor.get(there).text


def test_a_member_leaves_from_a_date_on_and_comes_back(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    leaving = next(each for each in visitor.get(path).links if each.endswith("/remove"))

    visitor.send(leaving)
    assert "Delivered" not in visitor.get(path).text
    joining = visitor.get(f"{path}/people")
    assert "Member of the group" in joining.text
    visitor.send(f"{path}/people", member=str(house.mia))

    assert visitor.get(path).text.count("Mia Member") >= 1


def test_whoever_left_from_a_date_on_is_invited_to_it_again_from_the_page(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    leaving = next(each for each in visitor.get(path).links if each.endswith("/remove"))
    everything = f"{path}/people?member={house.mia}"
    assert everything not in visitor.get(path).links
    visitor.send(leaving, since=str(dates_of(house, path)[1].id))

    assert everything in visitor.get(path).links
    page = visitor.get(everything)
    assert "Mia Member (invited to some dates)" in page.text
    [form] = [each for each in page.forms if each.action == f"{path}/people"]
    assert form.fields["member"] == [str(house.mia)]
    visitor.send(f"{path}/people", member=str(house.mia), since="")

    assert everything not in visitor.get(path).links
    assert "Every member of the group is invited already." in visitor.get(f"{path}/people").text


def test_who_is_no_member_cannot_be_added(shown_house: House, there: str) -> None:
    visitor = shown_house.visitor("coordinator")

    page = visitor.refused(f"{there}/people", member="nobody")

    assert page.alerts == 1


def test_a_series_is_concluded_only_after_a_question_that_says_what_follows(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    many = len(dates_of(house, path))

    page = visitor.get(f"{path}/conclude")
    assert f"{many} dates to come are cancelled, and 2 people are told." in page.text
    visitor.send(f"{path}/conclude")

    assert row_of(house, path).state is SeriesState.CONCLUDED
    after = visitor.get(path)
    assert f"{many} cancelled" in after.text
    assert not [each for each in after.links if "/dates/" in each or "/edit" in each]


def test_a_concluded_series_says_that_everybody_knows_and_opens_no_form(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    ticked(house.runtime)
    visitor.send(f"{path}/conclude")
    press(visitor, path, f"{path}/send")
    assert "0 of 12 cancellations of dates have reached" in visitor.get(path).text
    ticked(house.runtime)

    page = visitor.get(path).text
    assert "has reached everybody who was invited" in page
    assert "0 of 0" not in page
    assert visitor.client.get(f"{path}/edit", headers=PAGE).headers["Location"] == path
    assert "every date was cancelled" in visitor.get(f"/groups/{house.group}").text
    own = house.visitor("member").get(f"/groups/{house.group}/dates").text
    assert "This semester was concluded early." in own
    assert own.count("Cancelled.") == 6


def test_a_move_is_said_on_every_page_that_shows_the_date(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    there = f"{path}/dates/{dates_of(house, path)[0].id}"
    assert "is asked again" in visitor.get(there).text

    press(visitor, there, f"{there}/move", day="2027-02-12", time="14:30", minutes="45")

    page = visitor.get(path).text
    assert "is moved to Fri 12 Feb 2027, 14:30-15:15." in page
    assert "Moved from" in house.visitor("member").get(f"/groups/{house.group}/dates").text


def test_pages_around_a_committed_series_say_that_it_is(shown_house: House, there: str) -> None:
    house, visitor = shown_house, shown_house.visitor("coordinator")
    title = row_of(house, there).title

    plan = visitor.get(f"/groups/{house.group}/plans/{house.plan}")
    removing = visitor.get(f"/groups/{house.group}/members/{house.mia}/remove")

    assert "A semester of it is committed" in plan.text
    assert there in plan.links
    assert f"of the committed semester {title}" in removing.text


def test_nobody_is_asked_to_plan_a_term_again_that_is_committed(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    with house.runtime.work() as work:
        work.session.execute(text("update plan set outdated_at = :now"), {"now": work.now})

    page = visitor.get(f"/groups/{house.group}").text

    assert "A calendar has changed since; the dates that are committed stay." in page
    assert "What to do next" not in page
    visitor.send(f"{path}/conclude")
    assert "plan again" in visitor.get(f"/groups/{house.group}").text


def test_an_address_as_place_can_be_followed(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")

    press(visitor, f"{path}/edit", f"{path}/edit", place="https://meet.example.org/a?b=c")
    assert "https://meet.example.org/a?b=c" in visitor.get(path).links
    press(visitor, f"{path}/edit", f"{path}/edit", place="javascript:alert(1)")
    assert not [each for each in visitor.get(path).links if each.startswith("javascript")]


@pytest.mark.parametrize("rest", ["", "/edit", "/conclude", "/people", "/dates/{date}"])
def test_only_coordinators_open_the_pages_of_a_series(
    shown_house: House, there: str, rest: str
) -> None:
    path = there + rest.format(date=dates_of(shown_house, there)[0].id)
    missing = path.replace(there.rpartition("/")[2], NOBODY)

    for role, status in zip(ROLES, COORDINATORS, strict=True):
        client = shown_house.visitor(role).client
        assert client.get(path, headers=PAGE).status_code == status, role
    shown_house.visitor("coordinator").get(missing, 404)


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 6))
def test_hostile_words_change_no_page_of_a_series(
    shown_house: House, there: str, first: int
) -> None:
    house, path, visitor = shown_house, there, shown_house.visitor("coordinator")
    date = f"{path}/dates/{dates_of(house, path)[0].id}"
    paths = (path, f"{path}/edit", f"{path}/conclude", date, f"/groups/{house.group}")
    named(house, "Plain")
    expected = [dict(visitor.get(each).tags) for each in paths]

    named(house, " ".join(HOSTILE[first : first + 6]))

    assert [dict(visitor.get(each).tags) for each in paths] == expected


def named(house: House, words: str) -> None:
    """Let everything of a series that has a name have this one."""
    with house.runtime.work() as work:
        for column in ("title", "place", "text"):
            work.session.execute(text(f"update series set {column} = :words"), {"words": words})
        work.session.execute(text("update meeting set place = :words"), {"words": words})
        work.session.execute(text("update attendee set name = :words"), {"words": words})


@pytest.fixture(scope="module")
def window(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Window"]:
    """A coordinator's browser, in front of a running service."""
    with served(tmp_path_factory.mktemp("served")) as service, opened(browser, service) as window:
        yield window


class Window:
    """One reader's browser window."""

    def __init__(self, page: Page, service: Served, house: House) -> None:
        self.page, self.service, self.house = page, service, house

    def open(self, path: str) -> None:
        self.page.goto(self.service.address + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()


@contextmanager
def opened(browser: Browser, service: Served) -> Iterator[Window]:
    house = furnished(peopled(House(service.runtime, create_app(service.runtime))))
    with service.runtime.work() as work:
        secret = sessions.opened(work, house.people["coordinator"])
    context = browser.new_context(java_script_enabled=True)
    context.add_cookies([{"name": "session", "value": secret, "url": service.address}])
    try:
        yield Window(context.new_page(), service, house)
    finally:
        context.close()


def test_a_coordinator_commits_and_moves_a_date_in_a_browser(window: Window) -> None:
    page, house = window.page, window.house
    window.open(f"/groups/{house.group}/plans/{house.plan}")
    window.press("Use this proposal")
    assert whole(page)
    window.press("Commit and invite")
    page.get_by_role("heading", name="Who comes").wait_for()
    page.get_by_text("Delivered").first.wait_for()
    assert whole(page)
    page.get_by_role("link", name=re.compile("^Change")).first.click()
    assert whole(page)
    page.get_by_label("Length").fill("50")
    window.press("Move the date")
    page.get_by_text("1 change goes out at").wait_for()
    assert whole(page)
    page.get_by_role("link", name="Conclude the series").click()
    assert whole(page)
    window.press("Conclude the series")
    page.get_by_text("The series is concluded.").wait_for()
    assert whole(page)


def test_somebody_answers_to_their_dates_in_a_browser(window: Window) -> None:
    page, runtime = window.page, window.service.runtime
    path = committed(window.house)
    with runtime.work() as work:
        [one, *_] = [each for each, _ in stored_attendees.of(work, row_of(window.house, path).id)]
        secret = runtime.keys.derived(one.link_id)
        one.secret_hash = proof.hashed(secret)
        hints.ask(one, None, Answer.DECLINED)
    window.open(f"/l/{secret}")
    page.get_by_text("A mail that came in your name says: you do not come.").wait_for()
    assert whole(page)
    page.get_by_role("button", name="I come: all dates").click()
    page.get_by_text("Kept: you come to all of these dates.").wait_for()
    assert page.get_by_text("A mail that came in your name").count() == 0
    assert whole(page)


def whole(page: Page) -> bool:
    """Whether nothing hinders a reader, and the page is no wider than a phone or a screen."""
    assert hindrances(page) == []
    fits = []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        fits.append(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    return all(fits)
