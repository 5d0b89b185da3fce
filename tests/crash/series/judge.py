"""What the world outside says of a semester: whether anything was lost, stale, or done twice.

It knows calendars and mails as they are out there, and nothing of the service.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.crash.series.letters import Letter, Span

Objects = Mapping[str, Sequence[Span]]
"""The objects of somebody's calendar by their names, and when each is held. One that was cancelled
is among them, and is never held."""

About = tuple[str, object]
"""Whom a mail went to, and about what."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A semester as it should be out there.

    dates    by whom it is attended
    objects  how many of them whoever comes to more than one date has for it
    """

    dates: Mapping[str, Sequence[Span]]
    objects: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A semester as it is out there.

    calendars  by their owners
    updates    the mails of each update in turn
    """

    calendars: Mapping[str, Objects]
    updates: Sequence[Sequence[About]]


def faults(wanted: Wanted, seen: Seen, due: Sequence[Mapping[str, int]]) -> list[str]:
    """Return what is wrong, in sentences; nothing is wrong where there are none.

    due  for each update, about how many things each is mailed; about each of them once
    """
    found = list[str]()
    for email, dates in wanted.dates.items():
        most = wanted.objects if len(dates) > 1 else 1
        found += _held(email, seen.calendars.get(email, {}), dates, most)
    for number, (update, one) in enumerate(zip(seen.updates, due, strict=True), start=1):
        found += [f"update {number}: {each}" for each in _mailed(update, one)]
    return found


def _held(email: str, objects: Objects, dates: Sequence[Span], most: int) -> Iterator[str]:
    there = Counter(date for spans in objects.values() for date in spans)
    due = Counter(dates)
    for (start, _), count in (due - there).items():
        yield f"lost: {email} lacks the date at {start:%d %B %H:%M}{_times(count)}"
    for date, count in (there - due).items():
        what = "twice" if date in due else "stale"
        yield f"{what}: {email} has a date at {date[0]:%d %B %H:%M} too many{_times(count)}"
    if len(objects) > most:
        yield f"twice: {email} had {len(objects)} objects where {most} were due"


def _mailed(update: Sequence[About], due: Mapping[str, int]) -> Iterator[str]:
    for (email, about), count in Counter(update).items():
        if count > 1:
            yield f"twice: {email} had {count} mails about {about}"
    got = Counter(email for email, _ in dict.fromkeys(update))
    for email in {**due, **got}:
        if got[email] != due.get(email, 0):
            yield f"{email} was mailed about {got[email]} things, not {due.get(email, 0)}"


def _times(count: int) -> str:
    return f" {count} times" if count > 1 else ""


@dataclass
class Deaths:
    """When processes died that write letters, and how many letters one writes at a time.

    total  how many there were, also of those whose time does not matter any more
    """

    at_once: int = 1
    times: list[float] = field(default_factory=list)
    total: int = 0

    def note(self, at: float) -> None:
        """One more died, at this moment of the clock that only goes forward."""
        self.times.append(at)
        self.total += 1

    def told_again(self, letters: Sequence[Letter]) -> tuple[list[Letter], list[str]]:
        """Return letters without those that came again because of a death, and what is wrong.

        Somebody who dies after the end of a mail, and before it is kept that it was taken, leaves
        it untold whether it was. Whoever goes on writes the same letter once more: that one alone,
        and it is the last thing that the dead one said.
        """
        once: dict[tuple[str, object], Letter] = {}
        explained = Counter[float]()
        found = []
        for each in letters:
            before = once.get((each.message_id, each.about))
            if before is None:
                once[each.message_id, each.about] = each
                continue
            if each.said != before.said:
                found.append(f"otherwise: {each.to} was told two things by {each.message_id}")
            if not self._explain(before, each, letters, explained):
                found.append(f"twice: {each.to} got {each.message_id} again for no reason")
            once[each.message_id, each.about] = each
        return [each for each in letters if each in once.values()], found

    def _explain(
        self, one: Letter, again: Letter, letters: Sequence[Letter], explained: Counter[float]
    ) -> bool:
        for death in self.times:
            if one.at < death < again.at and explained[death] < self.at_once:
                between = [each for each in letters if one.at < each.at < death]
                if self.at_once > 1:  # only letters to the same person go one after the other
                    between = [each for each in between if each.to == one.to]
                if not between:
                    explained[death] += 1
                    return True
        return False


def ordered(letters: Sequence[Letter]) -> list[str]:
    """Return what was told to somebody in the wrong order."""
    newest: dict[tuple[str, str], int] = {}
    found = []
    for each in letters:
        if each.sequence < newest.setdefault((each.to, each.uid), each.sequence):
            found.append(f"stale: {each.to} was told {each.sequence} of {each.uid} too late")
        newest[each.to, each.uid] = max(each.sequence, newest[each.to, each.uid])
    return found
