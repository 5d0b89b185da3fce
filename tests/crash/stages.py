"""The stages of the story: who is looked at, and from which place on.

Each process stands at a gate, or waits for a job, while strace is attached to it: so the n-th call
is the same one each time the story is told.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path

from tests.crash import story
from tests.crash.gates import is_stopped
from tests.crash.system import Lane
from tests.crash.tracing import Strace
from tests.crash.waiting import until

Kill = tuple[str, int]  # the system call, and which of them
_RENEWALS = 2.5  # how many fit into the time for which the recorder's answer is held back
_numbers = count(1)


class Stage(StrEnum):
    """Who, and doing what."""

    CLOCK = "clock: records what is due"
    RELAY_READ = "relay: hands on what is to be read"
    CALENDARS = "worker of calendars: takes the job"
    CALENDARS_JOB = "job: reads the calendar"
    RELAY_EFFECT = "relay: hands on what follows"
    PLANNING = "worker of planning: takes the job"
    PLANNING_JOB = "job: has the effect"
    RENEWAL = "job: renews its lease"


ALL_AT_ONCE = tuple(each for each in Stage if each is not Stage.RENEWAL)
_IDLE = {Stage.CALENDARS: "calendars", Stage.PLANNING: "planning"}
_GATES = {
    Stage.CLOCK: "clock",
    Stage.RELAY_READ: "relay",
    Stage.CALENDARS_JOB: "calendars.job",
    Stage.RELAY_EFFECT: "calendars.job",  # the relay's own is shut while that job waits
    Stage.PLANNING_JOB: "planning.job",
    Stage.RENEWAL: "planning.job",
}


@dataclass
class Told:
    """The story, told once, with strace at these stages; one of them may be killed."""

    lane: Lane
    stages: Collection[Stage]
    kill: Kill | None = None
    traces: dict[Stage, Strace] = field(default_factory=dict)

    def tell(self) -> None:
        """Make a change, and attach to each stage as it comes."""
        for stage, name in _IDLE.items():
            self._attach(stage, self.lane.parts[name].pid)
        for stage in self.stages:
            if stage in _GATES:
                self.lane.gates.shut(_GATES[stage])
        for stage in (Stage.CLOCK, Stage.RELAY_READ):
            if stage in self.stages:
                self._standing(_GATES[stage])
        self.lane.change()
        self._clock()
        self._relay_reads()
        self._job_of_calendars()
        self._relay_goes_on()
        self._job_of_planning()

    def end(self) -> None:
        """Let everybody go on alone."""
        self.lane.recorder.answer()
        for each in self.traces.values():
            if not each.ended:
                each.detach()

    def _attach(self, stage: Stage, thread: int) -> None:
        if stage in self.stages:
            output = self.lane.folder / f"trace-{next(_numbers)}.txt"
            self.traces[stage] = Strace(thread, output, self.kill)

    def _standing(self, part: str) -> int:
        """Wait until this process stands at its gate."""
        parts = self.lane.parts
        return until(
            lambda: parts[part].pid if is_stopped(parts[part].pid) else None,
            f"a {part} at its gate",
        )

    def _clock(self) -> None:
        if Stage.CLOCK in self.stages:
            clock = self.lane.parts["clock"].pid
            self._attach(Stage.CLOCK, clock)
            self.lane.gates.open("clock", clock)

    def _relay_reads(self) -> None:
        if Stage.RELAY_READ in self.stages:
            self._await_task("calendars.read")
            relay = self.lane.parts["relay"].pid
            self._attach(Stage.RELAY_READ, relay)
            self.lane.gates.open("relay", relay)

    def _job_of_calendars(self) -> None:
        if not {Stage.CALENDARS_JOB, Stage.RELAY_EFFECT} & set(self.stages):
            return
        job = self._standing_job("calendars")
        self._attach(Stage.CALENDARS_JOB, job)
        if Stage.RELAY_EFFECT in self.stages:
            self.lane.gates.shut("relay")
            self._standing("relay")
        self.lane.gates.open("calendars.job", job)

    def _relay_goes_on(self) -> None:
        if Stage.RELAY_EFFECT in self.stages:
            self._await_task("planning.effect")
            relay = self.lane.parts["relay"].pid
            if Stage.RELAY_READ in self.traces:
                self.traces[Stage.RELAY_READ].detach()
            self._attach(Stage.RELAY_EFFECT, relay)
            self.lane.gates.open("relay", relay)

    def _job_of_planning(self) -> None:
        if not {Stage.PLANNING_JOB, Stage.RENEWAL} & set(self.stages):
            return
        job = self._standing_job("planning")
        self._attach(Stage.PLANNING_JOB, job)
        if Stage.RENEWAL in self.stages:
            self.lane.recorder.hold()
        self.lane.gates.open("planning.job", job)
        if Stage.RENEWAL in self.stages:
            self._renewal(job)

    def _renewal(self, job: int) -> None:
        """Hold the recorder's answer back, so that the job has to renew its lease."""
        until(self.lane.recorder.held.is_set, "a request to the recorder")
        (thread,) = (int(each.name) for each in _threads(job) if each.name != str(job))
        self._attach(Stage.RENEWAL, thread)
        end = time.monotonic() + _RENEWALS * self.lane.renew
        while time.monotonic() < end and not self.traces[Stage.RENEWAL].ended:
            time.sleep(0.02)
        self.lane.recorder.answer()

    def _standing_job(self, worker: str) -> int:
        part = self.lane.parts[worker]
        return until(
            lambda: next((each for each in part.children() if is_stopped(each)), None),
            f"a job of {worker} at its gate",
        )

    def _await_task(self, job: str) -> None:
        until(lambda: story.waits(self.lane.runtime, job), f"a task {job}")


def _threads(process: int) -> list[Path]:
    return list(Path(f"/proc/{process}/task").iterdir())
