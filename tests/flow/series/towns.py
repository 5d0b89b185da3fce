"""Towns in which Ines lets the service write into her calendar and invite from there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from calendar_sync.host import Asked, Grant
from calendar_sync.outlook import consent
from services.sandbox.events.times import span
from services.sandbox.google.identity import number
from services.storage.rows.outbox import TaskState
from services.wiring import Runtime
from tests.flow.google_town import GoogleTown, a_town
from tests.flow.outlook_town import RETURN, OutlookTown
from tests.flow.series.rows import a_cancellation, a_committed
from tests.runtimes import tasks, ticked
from tests.sandbox.running import a_client

INES, BO, CLEO = "ines@town.test", "bo@town.test", "cleo@town.test"
GUS = "gus@town.test"
EVERYBODY = (INES, BO, CLEO)


class Writing(GoogleTown):
    """At Google."""

    asked_for: ClassVar[tuple[str, ...]] = (
        "openid", "email", "calendar.calendarlist.readonly", "calendar.events",
    )  # fmt: skip
    scopes: ClassVar[frozenset[str]] = frozenset(asked_for)

    def grant(self, email: str) -> Grant:
        given = self.running.world.grants.give(email, self.asked_for)
        until = self.clock() + timedelta(seconds=given.seconds)
        return Grant(given.access, until, given.refresh, self.scopes, number(email), email)


class WritingAtOutlook(OutlookTown):
    """At Outlook."""

    scopes: ClassVar[frozenset[str]] = frozenset({"Calendars.ReadWrite"})

    def grant(self, email: str) -> Grant:
        asked = Asked(RETURN, "state", "verifier" * 8, "nonce")
        question = consent.question(self.host.where, asked, email, self.scopes)
        who = self.running.world.person(email).id
        with a_client(self.running) as person:
            back = person.post(f"{question}&as={who}", data={"decision": "accept"})
        [code] = parse_qs(urlsplit(back.headers["Location"]).query)["code"]
        grant: Grant = self.host.redeem(asked, code, self.clock())
        return grant


@dataclass
class Semester:
    """A town with a series that is committed and not yet written."""

    town: GoogleTown
    series: UUID = field(init=False)

    @property
    def runtime(self) -> Runtime:
        """What the service runs on."""
        return self.town.runtime

    def begins(self, **series: Any) -> UUID:
        """Let Ines commit another series; nothing is done for it yet."""
        town, ines = self.town, self.town.accounts[INES]
        self.series = a_committed(
            town.runtime, town.group, town.term, EVERYBODY, account=ines, **series
        )
        return self.series

    def done(self) -> list[str]:
        """Let everything be done that is due now."""
        return ticked(self.town.runtime)

    def later(self, **time: float) -> list[str]:
        """Let time pass, and everything be done that is due then."""
        return self.town.later(**time)

    def settled(self) -> None:
        """Let time pass until nothing waits to be written any more: at most ten minutes."""
        self.done()
        for _ in range(20):
            open_tasks = tasks(self.runtime, TaskState.WAITING, TaskState.RUNNING)
            if not any(each.job == "calendars.publish" for each in open_tasks):
                return
            self.later(seconds=31)
        raise AssertionError("it does not come to rest")

    def taken_back(self) -> None:
        """Cancel the series, and see that nothing of it stays anywhere."""
        a_cancellation(self.runtime, self.series, *range(6))
        self.settled()
        assert [self.held(each) for each in (*EVERYBODY, GUS)] == [[], [], [], []]

    def held(self, email: str) -> list[dict[str, Any]]:
        """The objects in somebody's calendar: series and single events, in order of creation."""
        found = self.town.running.world.events(email)
        return [each for each in found if "recurringEventId" not in each and is_there(each)]

    def dates(self, email: str) -> list[str]:
        """When the dates in somebody's calendar begin, UTC: "2027-01-11 15:00"."""
        world, clock = self.town.running.world, self.town.clock()
        found = world.instances(email, clock, clock + timedelta(days=300))
        starts = [span(each, "UTC")[0].astimezone(UTC) for each in found]
        return sorted(f"{each:%Y-%m-%d %H:%M}" for each in starts)


def is_there(event: dict[str, Any]) -> bool:
    return bool(event["status"] != "cancelled")


TOWNS: dict[str, type[GoogleTown]] = {"google": Writing, "outlook": WritingAtOutlook}


@contextmanager
def a_semester(
    home: Path, at: str, url: str | None = None, letters: int = 100_000
) -> Iterator[Semester]:
    """A town where Ines can organise series at that host; the others have calendars there."""
    with a_town(TOWNS[at], home, url, letters) as town:
        town.moves_in(INES)
        for email in (BO, CLEO, GUS):
            town.running.world.add_person(email, email[:2], "UTC", host=town.kind)
        yield Semester(town)
