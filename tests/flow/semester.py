"""A semester of polling, in numbers: when everybody is read, and how old what is known becomes.

Hosts are asked for answers, too: the first of a group organises, at a host that tells nothing.
Nobody is asked. The times are those of `polling` and of `series.turns`; the workers, the host's
day, the groups that plan and the dates on which they meet are played here.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from services.flow.polling import AWAKE, SOON, between, in_time
from services.flow.series import turns

DAY = 86_400.0
REFRESH = timedelta(hours=6)
GROUP = 8  # members
_ANSWERS = 2  # requests that asking for the answers to a series takes
_CHANGED = 10 * DAY  # before a date something of it changes
_ASKING = 1  # beside a group, in the queue: its host is asked for answers
Moments = Callable[[Random], list[float]]  # of one group, in seconds
_RATE = 25.0  # accounts that the workers read in a second: eight at once, 0.3 seconds each


@dataclass
class Semester:
    """What happened.

    people   how many accounts there are, each with one calendar
    per_day  requests that a host got on each day
    per_minute  of each minute
    answers  how many of all those were for answers
    soon, late  the oldest that anything was of awake people, and of others
    """

    people: int
    chance: Random
    outage: tuple[float, float] = (0.0, 0.0)
    changed: float = 0.1
    per_day: Counter[int] = field(default_factory=Counter)
    per_minute: Counter[int] = field(default_factory=Counter)
    answers: int = 0
    soon: float = 0.0
    late: float = 0.0
    _read: list[float] = field(default_factory=list)
    _next: list[float] = field(default_factory=list)
    _stamp: list[int] = field(default_factory=list)
    _plans: list[list[float]] = field(default_factory=list)
    _dates: list[list[float]] = field(default_factory=list)
    _awake: list[list[float]] = field(default_factory=list)
    _free: float = 0.0

    def lived(self, days: int, plans: Moments, dates: Moments = lambda _: []) -> "Semester":
        """Let so many days pass.

        plans  when a group's plans are made or looked at
        dates  when it meets
        """
        groups = range(-(-self.people // GROUP))
        self._plans = [sorted(plans(self.chance)) for _ in groups]
        self._dates = [sorted(dates(self.chance)) for _ in groups]
        before = AWAKE.total_seconds()
        self._awake = [
            sorted([*looks, *(each - before for each in meets)])
            for looks, meets in zip(self._plans, self._dates, strict=True)
        ]
        self._read = [
            self.chance.uniform(-0.9, 0) * REFRESH.total_seconds() for _ in range(self.people)
        ]
        self._stamp = [0] * self.people
        self._next = [at + 0.9 * REFRESH.total_seconds() for at in self._read]
        wakes = [(at, -1 - group, 0) for group in groups for at in self._plans[group]]
        asks = [(self._plans[each][-1], -1 - each, _ASKING) for each in groups if self._dates[each]]
        queue = [*((at, each, 0) for each, at in enumerate(self._next)), *wakes, *asks]
        heapq.heapify(queue)
        while queue and queue[0][0] < days * DAY:
            at, each, stamp = heapq.heappop(queue)
            if each < 0 and stamp == _ASKING:
                self._asking(queue, at, -1 - each)
            elif each < 0:
                self._wake(queue, at, -1 - each)
            elif stamp == self._stamp[each]:
                self._reading(queue, at, each)
        return self

    def _wake(self, queue: list[tuple[float, int, int]], at: float, group: int) -> None:
        """As `polling.wake`: whoever would be read later than soon is read within that time."""
        first = group * GROUP
        for each in range(first, min(first + GROUP, self.people)):
            if self._next[each] > at + SOON.total_seconds() - 60:
                self._due(queue, each, at + between(SOON, None, self.chance.random).total_seconds())

    def _reading(self, queue: list[tuple[float, int, int]], due: float, each: int) -> None:
        at = self._free = max(due, self._free, self._after_outage(due))
        self._free += 1 / _RATE
        self._note(each, at)
        age, self._read[each] = at - self._read[each], at
        asked = 1 + (self.chance.random() < self.changed)
        self._count(at, asked)
        if asked > 1 and each % GROUP == 0:  # somebody may have answered
            self._ask(at, each // GROUP)
        wait = between(self._usual(each // GROUP, at), timedelta(seconds=age), self.chance.random)
        self._due(queue, each, at + wait.total_seconds())

    def _asking(self, queue: list[tuple[float, int, int]], at: float, group: int) -> None:
        """As `turns.next_at`, from the day on which the series is committed."""
        ahead = self._ahead(group, at)
        self._ask(at, group)
        if ahead is not None:
            sends = [self._plans[group][-1], *(each - _CHANGED for each in self._dates[group])]
            sent = any(each <= at < each + DAY for each in sends)
            wait = turns.apart(SOON, ahead, sent=sent, seen=True, is_told=False)
            later = [each for each in sends if each > at]  # then it is asked soon
            after = at + between(wait, wait, self.chance.random).total_seconds()
            heapq.heappush(queue, (min([after, *later]), -1 - group, _ASKING))

    def _ask(self, at: float, group: int) -> None:
        if self._ahead(group, at) is not None:
            self._count(at, _ANSWERS)
            self.answers += _ANSWERS

    def _count(self, at: float, asked: int) -> None:
        self.per_day[int(at // DAY)] += asked
        self.per_minute[int(at // 60)] += asked

    def _ahead(self, group: int, at: float) -> timedelta | None:
        """How long until a group meets."""
        ahead = next((date - at for date in self._dates[group] if date > at), None)
        return None if ahead is None else timedelta(seconds=ahead)

    def _note(self, each: int, at: float) -> None:
        """Note how old what was known became, but for what an outage explains."""
        began = self._read[each]
        first, last = self.outage
        if last and began <= last and at >= first:
            return
        self.late = max(self.late, at - began)
        awake = self._since(each, at)
        if awake is not None:
            self.soon = max(self.soon, at - max(began, awake))

    def _due(self, queue: list[tuple[float, int, int]], each: int, at: float) -> None:
        self._stamp[each] += 1
        self._next[each] = at
        heapq.heappush(queue, (at, each, self._stamp[each]))

    def _after_outage(self, at: float) -> float:
        first, last = self.outage
        return last if first <= at < last else at

    def _usual(self, group: int, at: float) -> timedelta:
        """As `polling.usual`."""
        if any(look <= at < look + AWAKE.total_seconds() for look in self._plans[group]):
            return SOON
        return in_time(REFRESH, self._ahead(group, at))

    def _since(self, each: int, at: float) -> float | None:
        """Since when somebody is awake without a break; None: they are not."""
        since, until = 0.0, -1.0
        for look in self._awake[each // GROUP]:
            if look > at:
                break
            since, until = (since if look <= until else look), look + AWAKE.total_seconds()
        return since if at < until else None

    @property
    def peak(self) -> int:
        """The most requests that the host got in one minute."""
        return max(self.per_minute.values())
