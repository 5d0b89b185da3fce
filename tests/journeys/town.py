"""The service beside a Google of its own, groups in it, and the windows of its people."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import Browser

from notifications import outbox
from notifications.outbox import Kept
from tests.journeys.service import Api, Service
from tests.journeys.window import Window

COORDINATOR = "cora@example.org"
ZONE, CLINIC = "America/New_York", "Clinic on the hill"
TITLE = "What nobody is to know"
NOTHING = (0, 0, 0)  # is attached
# There is one hour at which a group can meet, and so one proposal.
_RULES = {
    "meeting": {"minutes": 60},
    "cadence": {"kind": "weekly"},
    "windows": [{"days": ["thu"], "start": "10:00", "end": "11:00"}],
    "hours": [{"days": ["thu"], "start": "08:00", "end": "18:00"}],
    "quorum": {"count": 1},
    "moves": {"max_count": 0},
    "notice": [{"days": 7}],
}
_ATTACHED = """
    select count(distinct account.id), count(calendar.id), count(busy.calendar_id)
    from person join account on account.person_id = person.id
    left join calendar on calendar.account_id = account.id
    left join busy on busy.calendar_id = calendar.id
    where person.email = ?
"""
_PATIENCE = 60.0  # seconds; a busy machine is no failure


class Somebody(NamedTuple):
    """A person of ours who has an account: at "google", or at Outlook, "work" or "personal"."""

    name: str
    email: str
    host: str = "google"


@dataclass(frozen=True)
class Group:
    """A group of somebody and of Ben, who shows no more than hours of every week.

    member     who somebody is in it
    thursdays  its dates; on the second somebody is busy, on the fourth they are in the clinic
    """

    home: str
    member: str
    term: str
    thursdays: list[date]


@dataclass
class Town:
    """A running service, the sandbox beside it, and who coordinates."""

    service: Service
    browser: Browser
    cora: Api
    sandbox: httpx.Client

    def control(self, path: str, said: dict[str, Any]) -> Any:
        """Change something in the sandbox."""
        answer = self.sandbox.post(f"/_sandbox/{path}", json=said)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def let_in(self, who: Somebody, *calendars: dict[str, Any]) -> str:
        """Give somebody an account; return the address of their calendars there."""
        person = {**who._asdict(), "timezone": ZONE, "calendars": calendars}
        [told] = self.control("people", {"people": [person]})["people"]
        return str(told["page"])

    def group(self, who: Somebody) -> Group:
        """Form a group with a term, in which Ben has time, and invite somebody."""
        said = {"template": "co-chiefs", "title": f"The circle of {who.name}", "timezone": ZONE}
        group = self.cora.post("/groups", {**said, "rules": _RULES})
        home = f"/groups/{group['id']}"
        ben = self.cora.post(f"{home}/members", {"name": "Ben Bench", "email": "ben@example.org"})
        weekly = [{"days": ["mon"], "start": "09:00", "end": "12:00"}]
        taken = {"kind": "work", "weekly": weekly}
        self.cora.post(f"{home}/members/{ben['id']}/calendars", taken)
        member = self.cora.post(f"{home}/members", {"name": who.name, "email": who.email})
        self.cora.ask("POST", f"{home}/members/{member['id']}/invitation")
        thursdays = self.thursdays()
        start, end = thursdays[0] - timedelta(days=3), thursdays[-1] + timedelta(days=3)
        term = self.cora.post(f"{home}/terms", {"start": str(start), "end": str(end)})
        return Group(home, member["id"], term["id"], thursdays)

    def thursdays(self) -> list[date]:
        """Six of them, none of which comes within the notice of a clinic."""
        today = datetime.fromisoformat(self.sandbox.get("/_sandbox/clock").json()["now"]).date()
        first = today + timedelta(days=14 + (3 - today.weekday()) % 7)
        return [first + timedelta(weeks=week) for week in range(6)]

    def busy(self) -> dict[str, Any]:
        """The own calendar of somebody."""
        return {"main": True, "events": [_event(self.thursdays()[1])]}

    def clinic(self) -> dict[str, Any]:
        """A calendar of a clinic."""
        return {"name": CLINIC, "clinical": True, "events": [_event(self.thursdays()[3])]}

    @contextmanager
    def window(self) -> Iterator[Window]:
        """A browser in which nobody is signed in."""
        context = self.browser.new_context(ignore_https_errors=True, reduced_motion="reduce")
        context.set_default_timeout(_PATIENCE * 1000)
        window = Window(context.new_page(), self.service.address)
        yield window
        context.close()
        assert window.troubles == []

    @contextmanager
    def joined(self, who: Somebody) -> Iterator[Window]:
        """A browser in which somebody has followed their invitation."""
        with self.window() as window:
            window.open(self.mails(who.email)[-1].links[0])
            window.press("Join the group")
            yield window

    def mails(self, email: str, least: int = 1) -> list[Kept]:
        """The mails to somebody, newest last, once there are so many."""

        def found() -> list[Kept]:
            kept = outbox.read(self.service.home / "mails")[::-1]
            return [mail for mail in kept if mail.to == email]

        until(found, lambda mails: len(mails) >= least)
        return found()

    def attached(self, who: Somebody) -> tuple[int, ...]:
        """How many accounts somebody has connected, calendars of them, and readings of those."""
        file = f"file:{self.service.home / 'commonhour.db'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as database:
            return tuple(database.execute(_ATTACHED, [who.email]).fetchone())

    def revoked(self, email: str) -> int:
        """How often the service has given back what this account allowed it."""
        entries = self.sandbox.get("/_sandbox/history?kind=revoked").json()["entries"]
        return sum(each["person"] == email and each["by"] == "client" for each in entries)

    def has_revoked(self, email: str, often: int = 1) -> None:
        """Wait until the service has given it back so often."""
        until(lambda: self.revoked(email), lambda found: found == often)

    def states(self, group: Group, name: str) -> list[str]:
        """Where a member stands at each date, by a plan that is made now."""
        asked = self.cora.post(f"{group.home}/terms/{group.term}/plans", {})
        plan = until(
            lambda: self.cora.get(f"{group.home}/plans/{asked['id']}"),
            lambda each: each["state"] == "ready",
        )
        dates = plan["answer"]["proposals"][0]["dates"]
        return [
            next(state for state, names in each["attendance"].items() if name in names)
            for each in dates
        ]

    def needs_consent(self, group: Group) -> bool:
        """Whether a coordinator is told that somebody has to connect once more."""
        told = self.cora.get(f"{group.home}/members/{group.member}")["coverage"]
        return bool(told["reconnect"])


def until(look: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    """Look until it is as it should be."""
    end = time.monotonic() + _PATIENCE
    while not good(found := look()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def _event(day: date) -> dict[str, Any]:
    """The hour of the group, and half an hour on either side."""
    at = {name: {"dateTime": f"{day}T{hour}:30:00", "timeZone": ZONE}
          for name, hour in (("start", "09"), ("end", "11"))}  # fmt: skip
    return {"summary": TITLE, **at}
