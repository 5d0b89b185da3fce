"""The stages of a semester: who is looked at, and from which place on.

Each process stands at a gate, or waits for a job, while strace is attached to it: so the n-th call
is the same one each time the story is told.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from tests.crash import story
from tests.crash.gates import is_stopped
from tests.crash.series.lane import Lane
from tests.crash.tracing import Strace
from tests.crash.waiting import until

Kill = tuple[str, int]  # the system call, and which of them
PUBLISH, TELL = "calendars.publish", "notices.tell_dates"
_numbers = count(1)


class Stage(StrEnum):
    """Who, and doing what; first as a semester is committed, then as it is changed."""

    COMMIT_RELAY = "commit, relay: hands on what is to be written"
    COMMIT_CALENDARS = "commit, worker of calendars: takes the job"
    COMMIT_PUBLISH = "commit, job: writes the series"
    COMMIT_POST = "commit, relay: hands on whom to tell"
    COMMIT_NOTICES = "commit, worker of notices: takes the job"
    COMMIT_LETTERS = "commit, job: writes the letters"
    CHANGE_CLOCK = "change, clock: records that it is due"
    CHANGE_RELAY = "change, relay: hands on what is to be written"
    CHANGE_CALENDARS = "change, worker of calendars: takes the job"
    CHANGE_PUBLISH = "change, job: writes the series"
    CHANGE_POST = "change, relay: hands on whom to tell"
    CHANGE_NOTICES = "change, worker of notices: takes the job"
    CHANGE_LETTERS = "change, job: writes the letters"

    @property
    def update(self) -> str:
        """In which of both updates."""
        return self.name.partition("_")[0]

    @property
    def who(self) -> str:
        """Who is looked at."""
        return self.name.partition("_")[2]


UPDATES = ("COMMIT", "CHANGE")
BY_LETTER = ("POST", "NOTICES", "LETTERS")
OWNERS = {
    "CLOCK": "clock",
    "RELAY": "relay",
    "POST": "relay",
    "CALENDARS": "calendars",
    "NOTICES": "notices",
}
_IDLE = {"CALENDARS": "calendars", "NOTICES": "notices"}
_GATES = {
    "CLOCK": "clock",
    "RELAY": "relay",
    "PUBLISH": "calendars.job",
    "POST": "calendars.job",  # the relay's own is shut while that job waits
    "LETTERS": "notices.job",
}


def stages_of(*, by_mail: bool) -> list[Stage]:
    """The stages that a semester goes through."""
    return [each for each in Stage if by_mail or each.who not in BY_LETTER]


@dataclass
class Told:
    """One update, told once, with strace at these of its stages; one of them may be killed."""

    lane: Lane
    stages: Collection[Stage]
    kill: Kill | None = None
    traces: dict[Stage, Strace] = field(default_factory=dict)

    def tell(self, update: str) -> None:
        """Make the update, and attach to each stage as it comes."""
        mine = {each.who: each for each in self.stages if each.update == update}
        self._make_ready(mine)
        self.lane.update(update)
        if "CLOCK" in mine:
            self._go_on(mine["CLOCK"], "clock")
        if "RELAY" in mine:
            self._await_task(PUBLISH)
            self._go_on(mine["RELAY"], "relay")
        if "PUBLISH" in mine or "POST" in mine:
            self._publish(mine)
        if "POST" in mine:
            self._post(mine)
        if "LETTERS" in mine:
            job = self._standing_job("notices")
            self._attach(mine["LETTERS"], job)
            self.lane.gates.open("notices.job", job)

    def end(self) -> None:
        """Let everybody go on alone."""
        for each in self.traces.values():
            if not each.ended:
                each.detach()

    def _make_ready(self, mine: dict[str, Stage]) -> None:
        for who, name in _IDLE.items():
            self._attach(mine.get(who), self.lane.parts[name].pid)
        for who in mine:
            if who in _GATES:
                self.lane.gates.shut(_GATES[who])
        for who in ("CLOCK", "RELAY"):
            if who in mine:
                self._standing(_GATES[who])

    def _publish(self, mine: dict[str, Stage]) -> None:
        job = self._standing_job("calendars")
        self._attach(mine.get("PUBLISH"), job)
        if "POST" in mine:
            self.lane.gates.shut("relay")
            self._standing("relay")
        self.lane.gates.open("calendars.job", job)

    def _post(self, mine: dict[str, Stage]) -> None:
        self._await_task(TELL)
        if "RELAY" in mine:
            self.traces[mine["RELAY"]].detach()
        self._go_on(mine["POST"], "relay")

    def _go_on(self, stage: Stage, part: str) -> None:
        """Let a process that stands at its gate go on, while it is looked at."""
        pid = self.lane.parts[part].pid
        self._attach(stage, pid)
        self.lane.gates.open(part, pid)

    def _attach(self, stage: Stage | None, thread: int) -> None:
        if stage is not None:
            output = self.lane.folder / f"trace-{next(_numbers)}.txt"
            self.traces[stage] = Strace(thread, output, self.kill)

    def _standing(self, part: str) -> int:
        """Wait until this process stands at its gate."""
        parts = self.lane.parts
        return until(
            lambda: parts[part].pid if is_stopped(parts[part].pid) else None,
            f"a {part} at its gate",
        )

    def _standing_job(self, worker: str) -> int:
        part = self.lane.parts[worker]
        return until(
            lambda: next((each for each in part.children() if is_stopped(each)), None),
            f"a job of {worker} at its gate",
        )

    def _await_task(self, job: str) -> None:
        until(lambda: story.waits(self.lane.runtime, job), f"a task {job}")
