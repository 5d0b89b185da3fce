"""Small random problems that reach every corner of the contract, the same for the same seed."""

import random
from datetime import date, timedelta
from typing import Any

from tests.judge.people import Scene, conferences, members, tiers

GROUP_ZONES = (
    "America/New_York", "America/New_York", "America/Chicago", "Europe/Berlin", "Europe/London",
    "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC",
)  # fmt: skip
# Sundays of 2027 on which some of the zones above change their clocks.
CLOCK_CHANGES = {
    "America/New_York": (date(2027, 3, 14), date(2027, 11, 7)),
    "America/Chicago": (date(2027, 3, 14), date(2027, 11, 7)),
    "Europe/Berlin": (date(2027, 3, 28), date(2027, 10, 31)),
    "Europe/London": (date(2027, 3, 28), date(2027, 10, 31)),
    "Australia/Sydney": (date(2027, 4, 4), date(2027, 10, 3)),
    "Australia/Lord_Howe": (date(2027, 4, 4), date(2027, 10, 3)),
}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKS = {"weekly": (2, 11), "monthly": (5, 18), "once": (1, 3), "spread": (2, 6)}
ORDINALS: tuple[list[Any], ...] = (
    [1], [2, 4, -1], [4, -1], [-1, 4], [3, 1], [[1, 3], [2, 4]], [[2, 4]], [[4, -1], [1, 2]],
    [[3, 1], [1, 3], [2, -1]],
)  # fmt: skip


def small_problem(seed: int, *, moves: bool = True, spread: bool = True) -> dict[str, Any]:
    """Return a small valid problem as plain JSON values.

    Without `moves` it always says `max_days = 0`; without `spread` it is of another kind.
    """
    rng = random.Random(seed)
    kind = _kind(rng, spread=spread)
    zone = rng.choice(GROUP_ZONES)
    first, last = _term(rng, zone, kind)
    meeting = _meeting(rng)
    calm = rng.random() < 0.42
    windows = _calm_windows(rng, meeting) if calm else _windows(rng, zone, meeting)
    scene = Scene(rng, zone, first, last, meeting, windows, rng.choice((1, 1, 2, 3)), calm, [])
    scene.conferences.extend(conferences(scene))
    group = members(scene)
    problem: dict[str, Any] = {
        "timezone": zone,
        "planning_date": _planning_date(rng, first, last).isoformat(),
        "term": {"start": first.isoformat(), "end": last.isoformat()},
        "meeting": meeting,
        "cadence": _cadence(rng, kind, (last - first).days + 1),
        "windows": windows,
        "members": group,
    }
    problem |= {"notice": tiers(rng)} if rng.random() < 0.75 else {}
    problem |= {"title": f"Group {seed}"} if rng.random() < 0.3 else {}
    problem |= _quorum(rng, len(group), calm=calm)
    problem |= _moves(rng) if moves else {"moves": {"max_days": 0}}
    problem |= _blackouts(rng, first, last)
    return problem


def _kind(rng: random.Random, *, spread: bool) -> str:
    kinds = ["weekly"] * 9 + ["monthly"] * 8 + ["once"] * 2 + ["spread"] * 4
    kind = rng.choice(kinds)
    while kind == "spread" and not spread:
        kind = rng.choice(kinds)
    return kind


def _term(rng: random.Random, zone: str, kind: str) -> tuple[date, date]:
    """Return a term that mostly holds a clock change, of the group's zone or a member's."""
    length = 7 * rng.randint(*WEEKS[kind]) + rng.randint(-2, 3)
    if rng.random() < 0.25:
        first = date(2027, 1, 1) + timedelta(days=rng.randint(0, 330))
    else:
        change = rng.choice(CLOCK_CHANGES.get(zone, CLOCK_CHANGES["America/New_York"]))
        first = change - timedelta(days=rng.randint(0, length - 1))
    return first, first + timedelta(days=length - 1)


def _meeting(rng: random.Random) -> dict[str, Any]:
    meeting: dict[str, Any] = {"minutes": rng.choice((30, 45, 50, 60, 60, 90))}
    meeting |= {"grid": rng.choice((15, 20, 30, 30, 60))} if rng.random() < 0.85 else {}
    meeting |= {"before": rng.choice((5, 10, 15, 30))} if rng.random() < 0.3 else {}
    meeting |= {"after": rng.choice((5, 10, 15, 30))} if rng.random() < 0.3 else {}
    return meeting


def _text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _window(days: list[str], start: int, end: int) -> dict[str, Any]:
    return {"days": days, "start": _text(start), "end": _text(min(end, 1440))}


def _windows(rng: random.Random, zone: str, meeting: dict[str, Any]) -> list[dict[str, Any]]:
    """Return windows with a handful of starts each, by day or in the small hours."""
    if rng.random() < (0.6 if zone in CLOCK_CHANGES else 0.1):
        return _night_windows(rng, meeting["minutes"])
    return _day_windows(rng, meeting)


def _calm_windows(rng: random.Random, meeting: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a window on neighbouring days, to move within a week, and now and then another."""
    first, extent = rng.randint(0, 4), rng.choice((2, 2, 3))
    grid = meeting.get("grid", 15)
    start = 15 * rng.choice((26, 32, 46, 50)) // grid * grid
    end = start + meeting["minutes"] + grid * rng.choice((0, 1, 2))
    windows = [_window(WEEKDAYS[first : first + extent], start, end)]
    return windows if rng.random() < 0.8 else [*windows, *_day_windows(rng, meeting)[:1]]


def _day_windows(rng: random.Random, meeting: dict[str, Any]) -> list[dict[str, Any]]:
    minutes, grid = meeting["minutes"], meeting.get("grid", 15)
    days = sorted(rng.sample(WEEKDAYS[:6], rng.choice((1, 2, 2, 3, 4))), key=WEEKDAYS.index)
    start = 15 * rng.choice((24, 26, 28, 32, 34, 46, 48, 50, 68))
    end = start + minutes + grid * rng.choice((0, 1, 1, 2, 2, 3))
    windows = [_window(days, start, end)]
    if rng.random() < 0.3:  # touching or overlapping the first, on some of its days or others
        some = rng.sample(days, rng.randint(1, len(days)))
        begin = end - rng.choice((0, 0, 15))
        windows.append(_window(some, begin, begin + rng.choice((20, 30, 60))))
    if rng.random() < 0.3:
        others = rng.sample(WEEKDAYS, rng.randint(1, 2))
        begin = 15 * rng.randint(28, 72)
        windows.append(_window(others, begin, begin + minutes + grid * rng.choice((0, 0, 1))))
    rng.shuffle(windows)
    return windows


def _night_windows(rng: random.Random, minutes: int) -> list[dict[str, Any]]:
    days = rng.choice((["sun"], ["sat", "sun"], ["sun", "mon"], ["sun", "wed"]))
    if rng.random() < 0.35:  # over midnight: only together as long as the meeting
        late = 1440 - rng.choice((15, 30, 60))
        eve = {"sun": "sat", "sat": "fri", "mon": "sun", "wed": "tue"}
        until = max(30, minutes - (1440 - late) + rng.choice((0, 15, 45, 90)))
        return [_window(days, 0, until), _window([eve[day] for day in days], late, 1440)]
    if rng.random() < 0.2:  # up to the midnight that known_until may name
        return [_window(days, 1440 - minutes - rng.choice((0, 30)), 1440)]
    start = rng.choice((0, 60, 75, 90, 105, 120, 120, 135, 150))
    return [_window(days, start, start + minutes + rng.choice((30, 45, 60, 90)))]


def _planning_date(rng: random.Random, first: date, last: date) -> date:
    when = rng.random()
    if when < 0.7:
        return first - timedelta(days=rng.randint(0, 75))
    if when < 0.92:
        return first + timedelta(days=rng.randint(0, (last - first).days))
    return last + timedelta(days=rng.randint(1, 20))


def _cadence(rng: random.Random, kind: str, days: int) -> dict[str, Any]:
    cadence: dict[str, Any] = {"kind": kind}
    if kind == "weekly":
        every = rng.choice((1, 1, 2, 2, 3))
        cadence |= {"every": every} if every > 1 or rng.random() < 0.3 else {}
        fit = max(1, days // (7 * every))
        cadence |= {"count": max(1, fit + rng.randint(-2, 2))} if rng.random() < 0.35 else {}
    elif kind == "monthly":
        cadence |= {"ordinals": rng.choice(ORDINALS)} if rng.random() < 0.65 else {}
        cadence |= {"count": max(1, days // 30 + rng.randint(-1, 2))} if rng.random() < 0.3 else {}
    elif kind == "spread":
        count = rng.randint(1, 4)
        gap = rng.choice((1, 2, 5, 7, 10, max(1, days // (count + 1))))
        cadence |= {"count": count, "min_gap_days": gap}
    elif rng.random() < 0.3:
        cadence |= {"count": 3, "ordinals": [2], "min_gap_days": 9, "every": 1}  # all ignored
    return cadence


def _quorum(rng: random.Random, size: int, *, calm: bool) -> dict[str, Any]:
    quorum: dict[str, Any] = {}
    how = rng.random()
    if calm and how < 0.5:
        quorum["share"] = rng.choice((0.45, 0.5, 0.51, 0.6))
    elif how < 0.55:
        quorum["share"] = rng.choice((0.2, 0.3, 0.3333, 0.5, 0.5, 0.6, 0.67, 0.75, 1))
    elif how < 0.8:
        quorum["count"] = rng.choice((size // 2, size // 2, size - 1, size)) or 1
    if rng.random() < 0.5:
        others = rng.choice(([], ["tentative"], ["protectable"], ["protectable", "tentative"]))
        quorum["counts"] = rng.choice((["free", *others], [*others, "free"]))
    return {"quorum": quorum} if quorum or rng.random() < 0.2 else {}


def _moves(rng: random.Random) -> dict[str, Any]:
    moves: dict[str, Any] = {}
    if rng.random() < 0.4:
        moves["max_days"] = rng.choice((0, 1, 1, 2, 3, 5, 9))
    if rng.random() < 0.4:
        moves["max_count"] = rng.choice((0, 1, 1, 2, 2, 3))
    return {"moves": moves} if moves or rng.random() < 0.2 else {}


def _blackouts(rng: random.Random, first: date, last: date) -> dict[str, Any]:
    blackouts = []
    for number in range(rng.choice((0, 0, 1, 2, 4))):
        start = first + timedelta(days=rng.randint(-2, (last - first).days))
        end = start + timedelta(days=rng.choice((0, 0, 0, 1, 4, 6)))
        blackouts.append(
            {"start": start.isoformat(), "end": end.isoformat(), "name": f"break {number + 1}"}
        )
    return {"blackouts": blackouts} if blackouts or rng.random() < 0.1 else {}
