"""Faults that somebody asked for: what goes wrong, how often, and for whom.

A rule says which requests it is about and what happens to them. Besides rules there are the
fortunes of notifications, and a delay of everything.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import count
from random import Random
from threading import Lock
from typing import Any, TypeGuard, TypeVar

from scheduler.errors import Explained

JSON = dict[str, Any]
Types = Mapping[str, type | tuple[type, ...]]
_T = TypeVar("_T")
_MATCH: Types = {"path": str, "method": str, "person": str}
_DO: Types = {
    "status": int,
    "reason": str,
    "message": str,
    "headers": dict,
    "delay": (int, float),
    "cut": int,
    "commit_then_drop": bool,
    "drop": bool,
    "inside": str,
}
_RULE = {"match", "do", "nth", "times"}
_WHOLE = {"rules", "notifications", "delay_all", "clear"}
_LONGEST = 600.0  # seconds of a delay


class BadFault(Explained):
    """A fault that cannot be brought about as it is written."""


@dataclass(slots=True)
class Rule:
    """What happens to some requests.

    path    a regular expression, searched in the path; person: an e-mail address
    nth     the first request it befalls, counted from when the rule was posted
    times   how many it befalls from there on; None: all
    do      status, reason, message and headers of a refusal; delay in seconds; cut after so many
            bytes of the answer; drop before, or commit_then_drop after it was done, unanswered;
            inside: the error that stands in the place of everybody in an answer of getSchedule
    """

    number: int
    do: JSON
    path: re.Pattern[str]
    method: str = ""
    person: str = ""
    nth: int = 1
    times: int | None = 1
    seen: int = 0

    def befalls(self, method: str, path: str, person: str | None) -> bool:
        """Whether this request is hit. A request that matches is counted."""
        if self.person and self.person != person:
            return False
        if (self.method and self.method != method) or not self.path.search(path):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)

    def told(self) -> JSON:
        """Itself, as whoever looks sees it."""
        match = {"path": self.path.pattern, "method": self.method, "person": self.person}
        return {
            "number": self.number,
            "match": {key: value for key, value in match.items() if value},
            "nth": self.nth,
            "times": self.times,
            "do": self.do,
            "seen": self.seen,
        }


@dataclass(slots=True)
class Notifications:
    """The fortunes of what is sent to those who watch a calendar; each number counts down.

    lose       so many are not sent; lose_share: besides, that share of all (0 to 1), by chance
    duplicate  so many are sent twice
    forge      so many are accompanied by one with a wrong secret
    reorder    whether those that wait are sent in another order
    """

    lose: int = 0
    lose_share: float = 0.0
    duplicate: int = 0
    forge: int = 0
    reorder: bool = False


@dataclass(frozen=True, slots=True)
class Fortune:
    """What befalls one notification."""

    lost: bool = False
    twice: bool = False
    forged: bool = False


@dataclass(slots=True)
class Faults:
    """All faults there are. The chance in them is seeded, so that a run can be repeated."""

    notifications: Notifications = field(default_factory=Notifications)
    delay_all: float = 0.0
    _rules: list[Rule] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _random: Random = field(default_factory=lambda: Random(7))  # noqa: S311 -- no secret
    _lock: Lock = field(default_factory=Lock)

    def take(self, body: JSON) -> None:
        """Do as a posted body says: one rule; or `rules`, `notifications`, `delay_all`, `clear`.

        Raises BadFault, and then nothing has changed.
        """
        alone = bool({"match", "do"} & set(body))
        allowed = _RULE if alone else _WHOLE
        if not body or set(body) - allowed:
            raise BadFault("This is no fault", remedy=f"give some of {', '.join(sorted(allowed))}")
        rules = [body] if alone else body.get("rules", [])
        if not isinstance(rules, list) or not all(isinstance(each, dict) for each in rules):
            raise BadFault('"rules" cannot be read', remedy="give a list of rules")
        delay = body.get("delay_all", self.delay_all)
        if not _is_number(delay) or not 0 <= delay <= _LONGEST:
            raise BadFault(f"Nothing is delayed by {delay!r}", remedy="give seconds, 0 to 600")
        fortunes = _fortunes(body.get("notifications", {}))
        made = [_read(each, next(self._numbers)) for each in rules]
        with self._lock:
            if body.get("clear"):
                self._rules, self.notifications, self.delay_all = [], Notifications(), 0.0
            self.delay_all = delay if "delay_all" in body else self.delay_all
            self.notifications = replace(self.notifications, **fortunes)
            self._rules += made

    def told(self) -> JSON:
        """All of them, as whoever looks sees them."""
        with self._lock:
            return {
                "rules": [each.told() for each in self._rules],
                "notifications": asdict(self.notifications),
                "delay_all": self.delay_all,
            }

    def of(self, method: str, path: str, person: str | None) -> list[JSON]:
        """What is done to a request, by the rules that befall it, oldest first."""
        with self._lock:
            return [each.do for each in self._rules if each.befalls(method, path, person)]

    def notification(self) -> Fortune:
        """What befalls the next notification. Ask once for each."""
        with self._lock:
            told = self.notifications
            if told.lose > 0 or (told.lose_share and self._random.random() < told.lose_share):
                told.lose = max(0, told.lose - 1)
                return Fortune(lost=True)
            twice, forged = told.duplicate > 0, told.forge > 0
            told.duplicate -= twice
            told.forge -= forged
            return Fortune(twice=twice, forged=forged)

    def order(self, waiting: Sequence[_T]) -> list[_T]:
        """The notifications that wait, in the order in which they are sent."""
        with self._lock:
            told = list(waiting)
            if self.notifications.reorder:
                told.reverse()
            return told


def _read(rule: JSON, number: int) -> Rule:
    """A rule as it was posted. Raises BadFault."""
    match, do = _part(rule, "match", _MATCH), _part(rule, "do", _DO)
    if not do:
        raise BadFault("A rule does nothing", remedy=f'give "do" one of {_words(_DO)}')
    nth, times = rule.get("nth", 1), rule.get("times", 1)
    if not _counts(nth) or not (times is None or _counts(times)):
        raise BadFault(
            '"nth" and "times" count requests', remedy="write 1 or more; times: null, all"
        )
    try:
        path = re.compile(match.get("path", ""))
    except re.error as error:
        raise BadFault(f'"path" is no regular expression ({error})', remedy="correct it") from None
    method, person = match.get("method", "").upper(), match.get("person", "").lower()
    return Rule(number, do, path, method, person, nth, times)


def _fortunes(said: object) -> JSON:
    """The fortunes of notifications, as changes. "lose" may be a share: 0.2 is every fifth."""
    if not isinstance(said, dict) or set(said) - {each.name for each in fields(Notifications)}:
        names = ", ".join(each.name for each in fields(Notifications))
        raise BadFault('"notifications" cannot be read', remedy=f"give some of {names}")
    for key, value in said.items():
        if key == "reorder":
            good = isinstance(value, bool)
        elif key in ("lose", "lose_share"):
            good = _is_number(value) and value >= 0
        else:
            good = isinstance(value, int) and value is not True and value >= 0
        if not good:
            raise BadFault(f'"{key}" cannot be {value!r}', remedy="give how many")
    lose = said.get("lose", 0)
    return said | {"lose": 0, "lose_share": lose} if 0 < lose < 1 else said


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _part(rule: JSON, name: str, types: Types) -> JSON:
    part = rule.get(name, {})
    if not isinstance(part, dict) or set(part) - set(types):
        raise BadFault(f'"{name}" cannot be read', remedy=f"give it some of {_words(types)}")
    for key, value in part.items():
        if not isinstance(value, types[key]) or (value is True and types[key] is not bool):
            raise BadFault(f'"{key}" of "{name}" cannot be {value!r}', remedy="see the README")
    return part


def _counts(value: object) -> bool:
    return isinstance(value, int) and value is not True and value >= 1


def _words(types: Types) -> str:
    return ", ".join(f'"{each}"' for each in types)
