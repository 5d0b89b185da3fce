"""The points of a sweep: every call of undisturbed tellings, and what may be left out."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from tests.crash.stages import ALL_AT_ONCE, Stage, Told
from tests.crash.system import Lane
from tests.crash.tracing import Call

_MORE = 2  # calls of a kind that are tried beyond the last one seen
_STILL_RUN = 0.05  # of what may be left out
_COMMAND = re.compile(r'"\*\d+\\r\\n\$\d+\\r\\n([A-Z]+)')
_ASKS = re.compile("PING|HELLO|CLIENT|LLEN|BLMOVE|H?GET|HGETALL|EXISTS|SMEMBERS|ZRANGE|WATCH")
_BEGINNINGS = {
    ('"PUT /effects', '"{'): "the effect",
    tuple(f'"\\2{each}\\3' for each in range(4, 8)): "the host",  # a record of TLS
    ('"Q\\0\\0\\0\\6;',): "sql ping?",
    ('"Q\\', '"P\\', '"B\\', '"\\0\\0\\0'): "sql",
}
Telling = Mapping[Stage, Sequence[Call]]
S = TypeVar("S", bound=StrEnum)
"""Stages: those of a story."""


@dataclass(frozen=True, slots=True, order=True)
class Point(Generic[S]):
    """A place to die: the n-th call of a kind in a stage.

    about    what is sent there, or "beyond" where nothing was sent when nobody died
    certain  whether every telling came by there
    """

    stage: S
    syscall: str
    n: int
    about: str
    certain: bool

    @property
    def key(self) -> str:
        return f"{self.stage.name.lower()} {self.syscall} {self.n}"


@dataclass(frozen=True, slots=True)
class Points(Generic[S]):
    """Those to go through, and those that may be left out: logs, pipes, idle looks at the end."""

    due: Sequence[Point[S]]
    left_out: Sequence[Point[S]]

    def still_run(self, seed: int) -> list[Point[S]]:
        """A few of those that may be left out."""
        count = round(len(self.left_out) * _STILL_RUN) or min(1, len(self.left_out))
        return random.Random(seed).sample(list(self.left_out), count)

    def sample(self, seed: int, size: int) -> list[Point[S]]:
        """So many of those to go through, one of each stage at least."""
        chance = random.Random(seed)
        certain = [each for each in self.due if each.certain]
        one_each = [
            chance.choice([each for each in certain if each.stage is stage])
            for stage in dict.fromkeys(each.stage for each in certain)
        ]
        rest = [each for each in certain if each not in one_each]
        return one_each + chance.sample(rest, size - len(one_each))


class Incomplete(AssertionError):
    """The list of calls misses some that the world outside has seen."""


def listed(lane: Lane, tellings: int) -> Points[Stage]:
    """Tell the story undisturbed so often, and list its calls. Raises Incomplete."""
    return points(list(_tellings(lane, tellings)))


def points(tellings: Sequence[Telling]) -> Points[Stage]:
    """Put the calls of several tellings together."""
    return points_of(Stage, tellings)


def points_of(stages: Iterable[S], tellings: Sequence[Mapping[S, Sequence[Call]]]) -> Points[S]:
    """Put the calls of several tellings of a story together, stage by stage."""
    due, left_out = list[Point[S]](), list[Point[S]]()
    for stage in stages:
        seen = [telling[stage] for telling in tellings]
        for syscall in sorted({call.syscall for calls in seen for call in calls}):
            one, other = _of_kind(stage, syscall, seen)
            due += one
            left_out += other
    return Points(due, left_out)


def _tellings(lane: Lane, count: int) -> Iterator[Telling]:
    for _ in range(count):
        asked, recorded = len(lane.host.asked), len(lane.recorder.history)
        found: dict[Stage, Sequence[Call]] = {}
        for stages in (ALL_AT_ONCE, (Stage.RENEWAL,)):
            told = Told(lane, stages)
            try:
                told.tell()
                lane.rest()
            finally:
                told.end()
            found |= {stage: trace.calls() for stage, trace in told.traces.items()}
        questions = [headers for _, headers in lane.host.asked[asked:]]
        check(found, questions, len(lane.recorder.history) - recorded)
        yield found


def check(telling: Telling, questions: Sequence[Mapping[str, str]], recorded: int) -> None:
    """Compare the calls of two stories, a quick and a slow one, with what was seen outside.

    questions  the headers of each request to the calendar's host
    recorded   how many requests the recorder had
    Raises Incomplete.
    """
    about = [what for calls in telling.values() for what in kinds(calls)]
    if not all(telling.get(stage) for stage in Stage) or len(about) < len(questions) + recorded:
        raise Incomplete(f"there is a stage without calls: {telling}")
    if len(questions) != 2 or not all("If-None-Match" in each for each in questions):
        raise Incomplete(f"the host was not asked twice whether anything has changed: {questions}")
    # The slow story is only looked at in its stage, which has nothing to do with either.
    if recorded != 2 or about.count("the effect") != 2 or "the host" not in about:
        raise Incomplete(f"{recorded} requests were recorded, and the list has {about}")


def _of_kind(
    stage: S, syscall: str, seen: Sequence[Sequence[Call]]
) -> tuple[list[Point[S]], list[Point[S]]]:
    """The points of one system call in a stage: up to the last that does something, and a few."""
    about: dict[int, str] = {}
    last, counts = 0, []
    for calls in seen:
        told = zip(calls, kinds(calls), strict=True)
        mine = {call.n: what for call, what in told if call.syscall == syscall}
        about = mine | about
        counts.append(len(mine))
        last = max(last, *(n for n, what in mine.items() if not _is_idle(what)), 0)
    end = last + _MORE if last else 0
    made = [
        Point(stage, syscall, n, about.get(n, "beyond"), certain=n <= min(counts))
        for n in range(1, max(end, *counts) + 1)
    ]
    due = [each for each in made if each.n <= end and not _is_aside(each.about)]
    return due, [each for each in made if each not in due]


def kinds(calls: Iterable[Call]) -> list[str]:
    """What each call of a thread is about; what only asks ends with a question mark."""
    found: list[str] = []
    open_at: dict[str, int] = {}  # by connection, where its transaction began
    for place, call in enumerate(calls):
        what = _kind(call)
        found.append(what)
        if what != "sql":
            continue
        begun = open_at.setdefault(call.place, place)
        if "ROLLBACK" in call.text:
            _turn_to_asking(found, begun)
        if "ROLLBACK" in call.text or "COMMIT" in call.text:
            del open_at[call.place]
    for begun in open_at.values():  # we looked away in the middle of a look at what is due
        _turn_to_asking(found, begun)
    return found


def _turn_to_asking(found: list[str], begun: int) -> None:
    for place in range(begun, len(found)):
        if found[place] == "sql":
            found[place] = "sql?"


def _kind(call: Call) -> str:
    if call.syscall in ("fsync", "fdatasync"):
        return "disk"
    if not call.place.startswith(("socket:", "TCP", "UNIX")):
        return "log or pipe"
    if command := _COMMAND.match(call.text):
        return "redis?" if _ASKS.fullmatch(command[1]) else "redis"
    return next(
        (what for begin, what in _BEGINNINGS.items() if call.text.startswith(begin)), "other"
    )


def _is_idle(what: str) -> bool:
    return what.endswith("?") or _is_aside(what)


def _is_aside(what: str) -> bool:
    return what == "log or pipe"
