"""Seeded random problems of realistic size to ask a solver about: half a year, up to 40 people.

Most of a group works on the East coast, the rest further west. Clinics, services and standing
meetings thin out every date; conferences that take most people away at once make some fail.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.judge.clock import WEEKDAYS, zone_of

FIRST, LAST = date(2027, 1, 4), date(2027, 6, 30)
DAYS = [FIRST + timedelta(days=passed) for passed in range((LAST - FIRST).days + 1)]
GROUP = "America/New_York"
ZONES = (
    *(GROUP,) * 5, *("America/Chicago",) * 3, *("America/Los_Angeles",) * 2, "America/Denver",
    "America/Phoenix",
)  # fmt: skip
TIERS: tuple[list[dict[str, Any]], ...] = (
    [{"days": 60}, {"days": 30, "approver": "section head"}],
    [{"days": 90}, {"days": 45, "approver": "chair"}, {"days": 14}],
    [{"days": 45}, {"days": 21}],
    [{"days": 30}],
)
WINDOWS = (
    (8, 12), (9, 13), (10, 14), (10, 16), (11, 16), (11, 17), (12, 14), (12, 17), (13, 18),
)  # fmt: skip
ORDINALS: tuple[list[Any], ...] = (
    [1, 2, 3, 4, -1], [1, 2, 3, 4, -1], [2, 3], [[1, 3], [2, 4]], [[1, 3], [2, 4], [2, -1]],
)  # fmt: skip

Event = tuple[datetime, datetime, str]


@dataclass(frozen=True)
class Season:
    """What members share: where meetings may be, how full calendars are, who travels when."""

    rng: random.Random
    weekdays: list[int]
    fullness: float
    conferences: list[date]


def larger_problem(seed: int) -> dict[str, Any]:
    """Return a large valid problem as plain JSON values.

    Of five seeds in a row one is a spread, three are weekly or monthly with dates that have to
    move, and one is of any other kind or may not move.
    """
    rng = random.Random(seed)
    role = seed % 5
    kind = _kind(rng, role)
    windows = _windows(rng)
    weekdays = sorted({WEEKDAYS.index(day) for window in windows for day in window["days"]})
    fullness = rng.uniform(0, 2)
    season = Season(rng, weekdays, fullness, list(_conferences(rng, weekdays, kind)))
    size = rng.randint(6, 12) if kind == "spread" else rng.randint(12, 40)
    return {
        "title": f"Group {seed}",
        "timezone": GROUP,
        "planning_date": str(FIRST - timedelta(days=rng.randint(-20, 70))),
        "notice": list(rng.choice(TIERS)),
        "term": {"start": str(FIRST), "end": str(LAST)},
        "meeting": _meeting(rng),
        "cadence": _cadence(rng, kind),
        "windows": windows,
        "quorum": _quorum(rng, fullness),
        "moves": {"max_days": 0} if role == 3 and rng.random() < 0.6 else _moves(rng),
        "blackouts": _blackouts(rng),
        "members": [_member(season, number) for number in range(size)],
    }


def _kind(rng: random.Random, role: int) -> str:
    if role == 4:
        return "spread"
    kinds = ("weekly", "monthly", "once") if role == 3 else ("weekly", "weekly", "monthly")
    return rng.choice(kinds)


def _windows(rng: random.Random) -> list[dict[str, Any]]:
    windows = [_window(sorted(rng.sample(range(5), rng.choice((3, 3, 4, 5)))), rng.choice(WINDOWS))]
    if rng.random() < 0.4:
        windows.append(_window([rng.randrange(5)], rng.choice(WINDOWS)))
    return windows


def _window(weekdays: list[int], hours: tuple[int, int]) -> dict[str, Any]:
    days = [WEEKDAYS[weekday] for weekday in weekdays]
    return {"days": days, "start": f"{hours[0]:02}:00", "end": f"{hours[1]:02}:00"}


def _conferences(rng: random.Random, weekdays: list[int], kind: str) -> Iterator[date]:
    """Yield days on which most are away: some of each weekday in use, so that no pattern escapes.

    A monthly pattern has few dates, so it takes more of them to hit every pattern.
    """
    share = rng.uniform(0.35, 0.55) if kind == "monthly" else rng.uniform(0.2, 0.45)
    for weekday in weekdays:
        same = [day for day in DAYS if day.weekday() == weekday]
        yield from rng.sample(same, round(share * len(same)))


def _meeting(rng: random.Random) -> dict[str, Any]:
    meeting = {"minutes": rng.choice((45, 60, 60, 90)), "grid": rng.choice((15, 15, 30))}
    return meeting | ({"before": 5, "after": 10} if rng.random() < 0.3 else {})


def _cadence(rng: random.Random, kind: str) -> dict[str, Any]:
    cadence: dict[str, Any] = {"kind": kind}
    if kind == "weekly":
        cadence["every"] = rng.choice((1, 1, 1, 1, 2, 2, 3, 4))
    elif kind == "monthly":
        cadence["ordinals"] = rng.choice(ORDINALS)
    elif kind == "spread":
        count = rng.randint(5, 8)
        cadence |= {"count": count, "min_gap_days": rng.randint(7, len(DAYS) // count - 1)}
    return cadence


def _quorum(rng: random.Random, fullness: float) -> dict[str, Any]:
    """Return a quorum somewhat below the attendance that calendars this full mostly allow."""
    share = 0.88 - 0.13 * fullness - rng.uniform(0.05, 0.3)
    quorum: dict[str, Any] = {"share": max(0.5, round(share, 2))}
    return quorum | ({"counts": ["free", "protectable", "tentative"]} if rng.random() < 0.2 else {})


def _moves(rng: random.Random) -> dict[str, Any]:
    moves: dict[str, Any] = {}
    moves |= {"max_days": rng.choice((1, 2, 3, 7))} if rng.random() < 0.3 else {}
    moves |= {"max_count": rng.choice((3, 6, 8, 10, 12))} if rng.random() < 0.6 else {}
    return moves


def _blackouts(rng: random.Random) -> list[dict[str, Any]]:
    begun = [date(2027, 3, 15), date(2027, 5, 31)][: rng.choice((0, 1, 2))]
    lasts = [timedelta(days=4), timedelta(days=0)]
    return [
        {"start": str(start), "end": str(start + last), "name": f"recess {start:%B}"}
        for start, last in zip(begun, lasts, strict=False)
    ]


def _member(season: Season, number: int) -> dict[str, Any]:
    rng = season.rng
    zone = rng.choice(ZONES)
    member: dict[str, Any] = {"name": f"Member {number + 1}", "timezone": zone}
    if number == 0 and rng.random() < 0.25:
        member["required"] = True
    if rng.random() < 0.5:
        start = rng.choice(("05:00", "05:00", "06:00", "06:30"))
        member["hours"] = [{"days": list(WEEKDAYS[:5]), "start": start, "end": "19:30"}]
    if rng.random() < 0.4:
        start, end = rng.choice((("09:00", "17:00"), ("07:30", "15:30"), ("10:00", "18:00")))
        member["preferred"] = [{"days": list(WEEKDAYS[:5]), "start": start, "end": end}]
    if "required" in member or rng.random() < 0.95:
        events = sorted({*_routine(season, zone), *_journeys(season, zone)})
        member["busy"] = [_written(*event) for event in events]
    if rng.random() < 0.1:
        member["known_until"] = str(rng.choice(DAYS[90:]))
    if rng.random() < 0.2:
        member["notice"] = list(rng.choice(TIERS))
    return member


def _routine(season: Season, zone: str) -> Iterator[Event]:
    """Yield what recurs and what does not: clinics, standing meetings, single appointments."""
    rng = season.rng
    for _ in range(rng.choice((0, 1, 1, 2))):
        weekday, hour = rng.choice(season.weekdays), rng.choice((8, 13))
        kind = rng.choice(("protectable",) * 5 + ("busy",))
        yield from _weekly(weekday, hour, 4, kind, zone)
    for _ in range(rng.choice((0, 0, 1))):
        weekday, hour = rng.randrange(5), rng.randint(7, 17)
        yield from _weekly(weekday, hour, 1, rng.choice(("busy", "busy", "tentative")), zone)
    for day in DAYS:
        if day.weekday() < 5 and rng.random() < 0.6 * season.fullness:
            length = timedelta(minutes=rng.choice((30, 60, 60, 120, 180)))
            start = _at(day, rng.randint(7, 17), zone)
            yield (start, start + length, rng.choice(("busy", "busy", "busy", "tentative")))


def _weekly(weekday: int, hour: int, hours: int, kind: str, zone: str) -> Iterator[Event]:
    for day in DAYS:
        if day.weekday() == weekday:
            yield (_at(day, hour, zone), _at(day, hour + hours, zone), kind)


def _journeys(season: Season, zone: str) -> Iterator[Event]:
    """Yield days away: weeks on an inpatient service, shared conferences, a few days of leave."""
    rng = season.rng
    for first in rng.sample(DAYS[::7], rng.choice((0, 2, 3, 4))):
        for passed in range(7):
            day = first + timedelta(days=passed)
            yield (_at(day, 7, zone), _at(day, 19, zone), "busy")
    away = [(day, 1) for day in season.conferences if rng.random() < 0.7]
    away += [(day, rng.randint(1, 5)) for day in rng.sample(DAYS, 2)]
    for first, length in away:
        end = first + timedelta(days=length)
        yield (_at(first, 0, zone), _at(end, 0, zone), "unavailable")


def _at(day: date, hour: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour), zone_of(zone)).astimezone(UTC)


def _written(start: datetime, end: datetime, kind: str) -> list[str]:
    return [*(moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (start, end)), kind]
