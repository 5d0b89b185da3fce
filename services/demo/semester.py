"""The end of the story: a semester is committed, and stands in everybody's calendar."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from scheduler.errors import Explained
from services.demo.browser import Browser
from services.demo.group import Example
from services.demo.members import connect
from services.demo.service import Service
from services.demo.story import Api, Tell

_PATIENCE = 60.0  # seconds for invitations to go out, and answers to come back
_PLACE = "https://meet.example.org/common-hour"
_KEY = "the-semester-of-the-demo"
_ACCEPTS, _DECLINES = "Jamal Petrossian", "Noor Halvorsen"


@dataclass(frozen=True, slots=True)
class Semester:
    """What the coordinator and two members do, each told as it is done.

    told  what the story said so far: the group, the plan
    """

    api: Api
    service: Service
    example: Example
    told: dict[str, Any]
    tell: Tell

    def commit(self, link: str) -> dict[str, Any]:
        """Connect the coordinator's calendar, look at the preview, press once. Raises Explained.

        link  by which the coordinator's browser signs in
        """
        self._organise(link)
        home = f"/groups/{self.told['group']['id']}"
        plan = self.told["plan"]["id"]
        draft = self.api.post(f"{home}/plans/{plan}/proposals/1/series", json={"place": _PLACE})
        address = f"{home}/series/{draft['id']}"
        self.tell(_promised(self.api.get(f"{address}/preview")))
        self.api.post(f"{address}/commit", headers={"Idempotency-Key": _KEY})
        _until(lambda: self._is_there(address), "The invitations do not arrive")
        self.tell(f"Committed: it stands in {self.counted()} calendars, as one event in each")
        self._answer(address, draft["title"])
        self.tell(
            f"{_ACCEPTS} accepted all of it at Google, {_DECLINES} declined one date at Outlook"
        )
        return dict(draft)

    def dates(self, series_id: str) -> list[dict[str, Any]]:
        """The dates that stand in calendars, with who comes."""
        return self._meetings(f"/groups/{self.told['group']['id']}/series/{series_id}")

    def _organise(self, link: str) -> None:
        """Let the coordinator's account invite: its owner consents to that, besides reading."""
        with Browser(self.service.ca_file) as browser:
            browser.open(link)
            browser.send("")
            connect(browser, self.service, "google", self.example.coordinator, inviting=True)
        self.tell("Your own Google calendar, at the sandbox, may invite from now on")

    def _meetings(self, address: str) -> list[dict[str, Any]]:
        return list(self.api.get(f"{address}/meetings")["items"])

    def _is_there(self, address: str) -> bool:
        found = [each["delivery"] for date in self._meetings(address) for each in date["invited"]]
        return bool(found) and set(found) == {"there"}

    def counted(self) -> int:
        """How many members' calendars hold what the coordinator's does, as the sandbox says."""
        entries = self._sandbox("GET", "history?kind=event")["entries"]
        ours = {each["id"] for each in entries if each["calendar"] == self.example.coordinator}
        members = set(self.example.emails.values())
        return len({each["calendar"] for each in entries if each["id"] in ours} & members)

    def _answer(self, address: str, title: str) -> None:
        """Let two members answer in their own calendars, and wait until the group knows."""
        accepts, declines = (self.example.emails[each] for each in (_ACCEPTS, _DECLINES))
        day = self._meetings(address)[1]["start"][:10]
        self._sandbox("POST", "answers", person=accepts, title=title, answer="accepted")
        self._sandbox("POST", "answers", person=declines, title=title, date=day, answer="declined")

        def known() -> bool:
            second = self._meetings(address)[1]["invited"]
            said = {each["name"]: each["answer"] for each in second}
            return (said[_ACCEPTS], said[_DECLINES]) == ("accepted", "declined")

        _until(known, "The answers do not come back")

    def _sandbox(self, method: str, path: str, **body: Any) -> Any:
        answer = httpx.request(
            method,
            f"{self.service.sandbox}/_sandbox/{path}",
            json=body or None,
            verify=str(self.service.ca_file),
            trust_env=False,
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()


def _promised(preview: dict[str, Any]) -> str:
    most = max(each["acceptances"] for each in preview["guests"])
    times = "once" if most == 1 else f"{most} times at most"
    dates, moved = preview["dates"], sum(each["held"] == "moved" for each in preview["dates"])
    where, guests = preview["where"], len(preview["guests"])
    return (
        f"The preview: {len(dates)} dates, {moved} of them moved, go into {where}; "
        f"{guests} members are invited, and each accepts {times}"
    )


def _until(there: Callable[[], bool], trouble: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not there():
        if time.monotonic() > end:
            raise Explained(trouble, remedy="read the log")
        time.sleep(0.3)
