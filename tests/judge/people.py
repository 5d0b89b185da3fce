"""Random members for small problems: zones, hours, calendars, and how early to ask clinics."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import Any

from tests.judge.clock import zone_of

MEMBER_ZONES = (
    "America/New_York", "America/Phoenix", "America/Los_Angeles", "America/Sao_Paulo", "UTC",
    "Europe/London", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Sydney",
    "Australia/Lord_Howe", "Pacific/Chatham",
)  # fmt: skip
NAMES = ("Ada", "Bela", "Chidi", "Dana", "Eeva", "Femi")
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TIERS: tuple[list[dict[str, Any]], ...] = (
    [{"days": 60}, {"days": 30, "approver": "section head"}],
    [{"days": 45}, {"days": 20}],
    [{"days": 30}],
    [{"days": 21, "approver": "chair"}],
    [
        {"days": 90},
        {"days": 45, "approver": "chair"},
        {"days": 14, "approver": "dean"},
        {"days": 7},
    ],
    [{"days": 14, "approver": "head"}, {"days": 0}],
)
KINDS = ("busy", "busy", "unavailable", "tentative", "tentative", "protectable", "protectable")


def tiers(rng: random.Random) -> list[dict[str, Any]]:
    """Return notice tiers, the longest first."""
    return [dict(tier) for tier in rng.choice(TIERS)]


@dataclass(frozen=True)
class Scene:
    """What members are drawn around: where and when meetings may be.

    `density` says how full calendars are, 1 to 3. `conferences`, a start and a number of hours
    each, keep most members away together, so that dates fail and want to be moved; in a `calm`
    scene little else is in the way, so that they can be.
    """

    rng: random.Random
    zone: str
    first: date
    last: date
    meeting: dict[str, Any]
    windows: list[dict[str, Any]]
    density: int
    calm: bool
    conferences: list[tuple[datetime, int]]

    def start(self) -> datetime:
        """Return a random moment of the term at which a meeting might start, in UTC."""
        window = self.rng.choice(self.windows)
        day = self.first + timedelta(days=self.rng.randint(0, (self.last - self.first).days))
        while WEEK[day.weekday()] not in window["days"]:
            day += timedelta(days=1)
        return self.at(day, window["start"], self.meeting.get("grid", 15) * self.rng.randint(0, 2))

    def at(self, day: date, text: str, later: int) -> datetime:
        """Return the moment `later` minutes after a wall-clock time of a day, in UTC."""
        minute = int(text[:2]) * 60 + int(text[3:]) + later
        midnight = datetime.combine(day, time(), zone_of(self.zone))
        return (midnight + timedelta(minutes=minute)).astimezone(UTC)


def conferences(scene: Scene) -> list[tuple[datetime, int]]:
    """Return some conferences of the term; in a calm one whole days, of each weekday in use."""
    rng = scene.rng
    if scene.calm:
        used = sorted({WEEK.index(day) for window in scene.windows for day in window["days"]})
        terms = (scene.last - scene.first).days
        days = [scene.first + timedelta(days=passed) for passed in range(terms + 1)]
        share = rng.choice((0.2, 0.3, 0.4))
        same = ([day for day in days if day.weekday() == weekday] for weekday in used)
        hit = [day for some in same for day in rng.sample(some, ceil(share * len(some)))]
        return [(scene.at(day, "00:00", 0), 24) for day in hit]
    return [
        (scene.start() - timedelta(hours=rng.randint(0, 3)), rng.choice((3, 24, 24, 30)))
        for _ in range(rng.choice((0, 1, 2, 4)))
    ]


def members(scene: Scene) -> list[dict[str, Any]]:
    """Return two to six members."""
    return [_member(scene, name) for name in NAMES[: scene.rng.choice((2, 3, 3, 4, 4, 5, 6))]]


def _member(scene: Scene, name: str) -> dict[str, Any]:
    rng = scene.rng
    member: dict[str, Any] = {"name": name}
    if rng.random() < 0.55:
        member["timezone"] = rng.choice(MEMBER_ZONES)
    if rng.random() < 0.12:
        member["required"] = rng.random() < 0.8
    zone = zone_of(member.get("timezone", scene.zone))
    if rng.random() < (0.1 if scene.calm else 0.35):
        member["hours"] = _ranges(scene, zone, rng.choice((0, 120, 240, 360)))
    if rng.random() < 0.4:
        member["preferred"] = _ranges(scene, zone, rng.choice((-30, 0, 30)))
    if rng.random() < (0.98 if "required" in member else 0.88):
        member["busy"] = _busy(scene, zone)
    if rng.random() < 0.15:
        known = scene.start().astimezone(zone_of(scene.zone)).date()
        member["known_until"] = (known + timedelta(days=rng.randint(-1, 1))).isoformat()
    if rng.random() < 0.35:
        member["notice"] = tiers(rng)
    return member


def _ranges(scene: Scene, zone: tzinfo, slack: int) -> list[dict[str, Any]]:
    """Return daily ranges around a window, as the member's clock shows it, split at midnight."""
    rng = scene.rng
    local = scene.start().astimezone(zone)
    shown = local.hour * 60 + local.minute
    start = shown - slack - 15 * rng.randint(0, 6)
    end = max(start + 30, shown + scene.meeting["minutes"] + slack + 15 * rng.randint(-1, 6))
    end = min(end, start + 1440)
    days = WEEK if rng.random() < 0.6 else sorted(rng.sample(WEEK, 5), key=WEEK.index)
    pieces = [(start, end)]
    if rng.random() < 0.3:  # pieces that touch must be joined again
        middle = rng.randint(start + 1, end - 1)
        pieces = [(middle, end), (start, middle)]
    return [
        {"days": list(days), "start": _text(begin), "end": _text(until)}
        for piece in pieces
        for begin, until in _within_days(*piece)
    ]


def _within_days(start: int, end: int) -> list[tuple[int, int]]:
    parts = []
    for midnight in (-2880, -1440, 0, 1440, 2880):
        begin, until = max(start, midnight), min(end, midnight + 1440)
        if begin < until:
            parts.append((begin - midnight, until - midnight))
    return parts


def _text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _busy(scene: Scene, zone: tzinfo) -> list[list[str]]:
    """Return a calendar: single events, weekly ones, clinics that also stand in it as ordinary."""
    rng = scene.rng
    events: list[tuple[datetime, datetime, str]] = []
    for _ in range(rng.randint(0, 2 if scene.calm else 3 * scene.density)):
        events += _around(scene, scene.start(), rng.choice(KINDS))
    if rng.random() < (0.3 if scene.calm else 0.3 + 0.1 * scene.density):
        events += _weekly(scene, rng.choice(("busy", "protectable", "protectable", "tentative")))
    for start, hours in scene.conferences:
        if rng.random() < 0.8:
            events.append(
                (start, start + timedelta(hours=hours), rng.choice(("busy", "tentative")))
            )
    for _ in range(rng.choice((0, 0, 0, scene.density))):  # days on which nothing is possible
        away = scene.start() - timedelta(hours=rng.randint(0, 20))
        kind = rng.choice(("unavailable", "unavailable", "busy", "protectable", "tentative"))
        events.append((away, away + timedelta(days=rng.choice((1, 1, 2, 4))), kind))
    rng.shuffle(events)
    return [_written(rng, zone, *event) for event in events]


def _around(scene: Scene, start: datetime, kind: str) -> list[tuple[datetime, datetime, str]]:
    """Return an event that overlaps, fills, or just touches a meeting, and maybe its shadow."""
    rng = scene.rng
    begin = start - timedelta(minutes=scene.meeting.get("before", 0))
    end = start + timedelta(minutes=scene.meeting["minutes"] + scene.meeting.get("after", 0))
    second = timedelta(seconds=rng.choice((0, 0, 0, 1, -1)))
    hour = timedelta(minutes=15 * rng.randint(1, 8))
    event = rng.choice(
        (
            (begin - hour, begin + second),
            (end + second, end + hour),
            (start, start + hour),
            (begin + second, end),
            (start - hour, start + hour),
        )
    )
    return [(*event, kind), *_shadows(rng, event, kind)]


def _shadows(
    rng: random.Random, event: tuple[datetime, datetime], kind: str
) -> list[tuple[datetime, datetime, str]]:
    if kind != "protectable" or rng.random() < 0.5:
        return []
    other = rng.choice(("busy", "unavailable", "tentative", "tentative"))
    start, end = event
    if rng.random() < 0.4:  # not quite the same session, so not the same event
        end += timedelta(seconds=rng.choice((1, 60, 1800)))
    return [(start, end, other)]


def _weekly(scene: Scene, kind: str) -> list[tuple[datetime, datetime, str]]:
    """Return the same hours on some of the windows' days of every week of the term."""
    rng = scene.rng
    window = rng.choice(scene.windows)
    days = rng.sample(window["days"], rng.randint(1, len(window["days"])))
    early, length = rng.choice(((0, 30), (0, 60), (15, 60), (60, 240), (60, 240)))
    if kind == "protectable" and rng.random() < 0.6:  # a clinic no start of the window escapes
        days, early, length = window["days"], 60, 360
    doubled = kind == "protectable" and rng.random() < 0.4
    events = []
    for step in range((scene.last - scene.first).days + 1):
        day = scene.first + timedelta(days=step)
        if WEEK[day.weekday()] in days:
            start = scene.at(day, window["start"], -early)
            end = start + timedelta(minutes=length)
            events.append((start, end, kind))
            events += [(start, end, rng.choice(("busy", "tentative")))] if doubled else []
    return events


def _written(
    rng: random.Random, zone: tzinfo, start: datetime, end: datetime, kind: str
) -> list[str]:
    item = [_moment(rng, zone, start), _moment(rng, zone, end)]
    return item if kind == "busy" and rng.random() < 0.5 else [*item, kind]


def _moment(rng: random.Random, zone: tzinfo, moment: datetime) -> str:
    local = moment.astimezone(zone)
    how = rng.random()
    naive = local.replace(tzinfo=None, fold=0)  # text has no fold
    if how < 0.35 and naive.replace(tzinfo=zone).astimezone(UTC) == moment:
        return naive.isoformat()  # said in the member's zone, where that is not ambiguous
    return local.isoformat() if how < 0.6 else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
