"""The world outside a lane: people's calendars at hosts, or the mails that reach them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from services.sandbox.events.times import span
from services.sandbox.serving import Running
from tests.crash.series.judge import About, Deaths, Objects, Seen, ordered
from tests.crash.series.letters import MailRoom, Span, known
from tests.crash.series.semester import GUEST, Semester

ORGANISER = "cora@example.org"
MEMBERS = tuple(f"member{number}@example.org" for number in range(1, 13))
Due = Sequence[Mapping[str, int]]
_YEAR = timedelta(days=366)


class Outside(Protocol):
    """Where a semester arrives.

    objects    how many of them somebody has who comes to all dates
    everybody  who comes to all dates
    due        about how many things each is mailed by each update
    marks      where each update began
    """

    objects: int
    everybody: Sequence[str]
    due: Due
    marks: list[int]

    def begin(self) -> None:
        """Look at what comes from now on."""

    def updated(self) -> None:
        """Take what comes from now on for the next update."""

    def seen(self, semester: Semester, deaths: Deaths) -> tuple[Seen, list[str]]:
        """What there is of a semester, and what is wrong with that alone."""

    def scene(self) -> list[str]:
        """The last things that happened."""


@dataclass
class Hosts:
    """The sandbox, with marks in its history. Whoever organises has the semester as well."""

    running: Running
    due: Due
    objects: int = 1
    everybody: Sequence[str] = (ORGANISER, *MEMBERS)
    marks: list[int] = field(default_factory=list)

    def begin(self) -> None:
        self.marks = [self._end()]

    def updated(self) -> None:
        self.marks.append(self._end())

    def seen(self, semester: Semester, deaths: Deaths) -> tuple[Seen, list[str]]:
        calendars = {email: self._calendar(email, semester) for email in (*self.everybody, GUEST)}
        return Seen(calendars, [list(each) for each in self._updates(semester)]), []

    def scene(self) -> list[str]:
        last = self.running.world.history.entries(self.marks[-1])
        return [_line(each) for each in last if each["kind"] in ("request", "mail")][-40:]

    def _end(self) -> int:
        return max((each["n"] for each in self.running.world.history.entries()), default=0)

    def _calendar(self, email: str, semester: Semester) -> Objects:
        world, zone = self.running.world, self.running.world.calendar(email).timezone
        found: dict[str, list[Span]] = {
            str(each.get("recurringEventId", each["id"])): []
            for each in world.events(email)
            if each.get("summary") == semester.title
        }
        first = semester.dates[0][0] - _YEAR
        for each in world.instances(email, first, first + 2 * _YEAR):
            if each.get("summary") == semester.title:
                name = str(each.get("recurringEventId", each["id"]))
                found.setdefault(name, []).append(span(each, zone))
        return found

    def _updates(self, semester: Semester) -> Iterator[Iterator[About]]:
        ours = self._calendar(ORGANISER, semester)
        entries = self.running.world.history.entries(self.marks[0])
        for begin, end in zip(self.marks, [*self.marks[1:], entries[-1]["n"]], strict=True):
            yield (
                (email, each["event"])
                for each in entries
                if begin < each["n"] <= end and each["kind"] == "mail"
                if each["event"].partition("_")[0] in ours
                for email in each["to"]
            )


@dataclass
class Mails:
    """A mail server. The date that was moved when it was planned is an object of its own."""

    room: MailRoom
    due: Due = (
        dict.fromkeys(MEMBERS, 2),
        {**dict.fromkeys(MEMBERS, 2), GUEST: 1},
    )
    objects: int = 2
    everybody: Sequence[str] = MEMBERS
    marks: list[int] = field(default_factory=list)

    def begin(self) -> None:
        self.marks = [len(self.room.letters)]

    def updated(self) -> None:
        self.marks.append(len(self.room.letters))

    def seen(self, semester: Semester, deaths: Deaths) -> tuple[Seen, list[str]]:
        came = self.room.letters[self.marks[0] :]
        others = {each.title for each in came} - {semester.title}
        strange = [f"a letter about {each!r}" for each in others]
        once, wrong = deaths.told_again(came)
        calendars = {
            email: known([each for each in once if each.to == email])
            for email in (*self.everybody, GUEST)
        }
        updates = []
        for begin, end in zip(self.marks, [*self.marks[1:], None], strict=True):
            new = self.room.letters[begin:end]
            updates.append([(each.to, each.about) for each in once if each in new])
        return Seen(calendars, updates), [*strange, *wrong, *ordered(came)]

    def scene(self) -> list[str]:
        return [str(each) for each in self.room.letters[-20:]]


def _line(entry: Mapping[str, Any]) -> str:
    if entry["kind"] == "mail":
        return f"mail to {len(entry['to'])}: {entry['about']} of {entry['event']}"
    return f"{entry['method']} {entry['path']} {entry['asks']}: {entry['status']}"
