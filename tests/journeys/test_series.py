"""A semester from its plan on: previewed, committed, answered by its people, and moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.journeys.test_google import plan
from tests.journeys.town import COORDINATOR, Group, Somebody, Town, until
from tests.journeys.window import CONNECT, OUTLOOK, Window

pytestmark = pytest.mark.xdist_group("google")  # one service for all of them
INVITES = "Connect Google Calendar to invite"


@dataclass(frozen=True)
class Semester:
    """The only series of a group, as a program sees it from outside."""

    town: Town
    group: Group

    @property
    def home(self) -> str:
        [row] = self.town.cora.get(f"{self.group.home}/series")["items"]
        return f"{self.group.home}/series/{row['id']}"

    @property
    def title(self) -> str:
        return str(self.town.cora.get(self.home)["title"])

    def dates(self) -> list[dict[str, Any]]:
        return list(self.town.cora.get(f"{self.home}/meetings")["items"])

    def days(self) -> list[date]:
        return [datetime.fromisoformat(each["start"]).date() for each in self.dates()]

    def arrives(self) -> None:
        """Wait until every date has reached everybody."""
        until(
            lambda: {each["delivery"] for day in self.dates() for each in day["invited"]},
            lambda found: found == {"there"},
        )

    def says(self, who: Somebody, answers: list[str]) -> None:
        """Wait until the group knows that somebody answered so, date by date."""
        until(
            lambda: [
                each["answer"]
                for day in self.dates()
                for each in day["invited"]
                if each["name"] == who.name
            ],
            lambda found: found == answers,
        )

    def answer(self, who: Somebody, answer: str, day: date | None = None) -> None:
        """Answer in one's own calendar, at the sandbox."""
        said = {"person": who.email, "title": self.title, "answer": answer}
        self.town.control("answers", said if day is None else {**said, "date": str(day)})

    def mailed(self) -> list[str]:
        """Whom hosts have written to, each as often as they did."""
        entries = self.town.sandbox.get("/_sandbox/history?kind=mail").json()["entries"]
        return [to for each in entries for to in each["to"]]


@pytest.fixture
def two(town: Town) -> tuple[Somebody, Somebody]:
    """Somebody at Google and somebody at Outlook."""
    ada, odile = (
        Somebody("Ada Brandt", "ada.brandt@example.org"),
        Somebody("Odile Brandt", "odile.brandt@example.org", "work"),
    )
    town.let_in(ada, town.busy())
    town.let_in(odile, town.busy())
    return ada, odile


def a_group(town: Town, ada: Somebody, odile: Somebody) -> Group:
    """Form a group of both, and of Ben, who has no account anywhere."""
    group = town.group(ada)
    said = {"name": odile.name, "email": odile.email}
    member = town.cora.post(f"{group.home}/members", said)
    town.cora.ask("POST", f"{group.home}/members/{member['id']}/invitation")
    for who, button in ((ada, CONNECT), (odile, OUTLOOK)):
        with town.joined(who) as window:
            window.open("/me")
            window.consents(button, who.email)
            window.chooses()
    return group


def drafts(cora: Window, group: Group) -> None:
    """Plan, and take the best proposal up."""
    plan(cora, group.home)
    cora.page.get_by_role("button", name="Use this proposal").first.click()
    cora.sees("What committing does")
    cora.reads()


def lets_google_invite(cora: Window) -> None:
    """Consent at Google, and come back to the draft, to which that calendar invites then."""
    cora.consents(INVITES, COORDINATOR)
    cora.press("Let these calendars count")
    cora.page.get_by_role("button", name=INVITES).wait_for(state="detached")
    cora.sees("What committing does")


def commits(cora: Window, semester: Semester) -> None:
    """Press once, and wait until everybody has it."""
    cora.page.get_by_role("button", name="Commit and invite 3 people").click()
    cora.sees("The semester is committed.")
    semester.arrives()
    cora.open(semester.home)
    cora.reads()


@contextmanager
def signed_in(town: Town, who: Somebody) -> Iterator[Window]:
    """A browser in which somebody has signed in by mail."""
    before = len(town.mails(who.email))
    with town.window() as window:
        window.open("/sign-in")
        window.page.get_by_label("Your address of mail").fill(who.email)
        window.press("Send me a link")
        window.open(town.mails(who.email, before + 1)[-1].links[0])
        window.press("Sign in")
        yield window


def moves(cora: Window, semester: Semester, number: int, to: date) -> None:
    """Hold a date on another day, and let that go out at once."""
    cora.open(semester.home)
    cora.page.get_by_role("link", name="Change ").nth(number).click()
    cora.reads()
    cora.page.get_by_label("Day").fill(str(to))
    cora.press("Move the date")
    cora.press("Move it all the same")  # too few of these three are free then, and it says so
    cora.press("Send now")
    until(semester.days, lambda days: to in days)
    semester.arrives()


def test_google_invites_everybody_accepts_once_and_a_day_is_declined_and_moved(
    town: Town, cora: Window, two: tuple[Somebody, Somebody]
) -> None:
    ada, odile = two
    town.let_in(Somebody("Cora", COORDINATOR))
    group = a_group(town, ada, odile)
    semester = Semester(town, group)
    drafts(cora, group)
    lets_google_invite(cora)
    before = len(semester.mailed())
    commits(cora, semester)
    assert sorted(semester.mailed()[before:]) == sorted([ada.email, odile.email, "ben@example.org"])
    before, days = len(semester.mailed()), semester.days()

    semester.answer(ada, "accepted")
    semester.answer(odile, "declined", days[2])

    semester.says(ada, ["accepted"] * 6)
    semester.says(odile, ["waiting"] * 2 + ["declined"] + ["waiting"] * 3)
    assert set(semester.mailed()[before:]) <= {COORDINATOR}  # nobody else is told

    with signed_in(town, odile) as window:
        window.open(f"{group.home}/dates")
        window.meets("Your dates")
        window.page.get_by_role("button", name="I cannot").nth(2).click()
    semester.says(odile, ["waiting", "declined", "declined"] + ["waiting"] * 3)
    assert set(semester.mailed()[before:]) <= {COORDINATOR}

    moves(cora, semester, 4, days[4] + timedelta(days=1))

    assert set(semester.mailed()[before:]) >= {ada.email, odile.email}
