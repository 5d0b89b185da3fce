"""From a problem file to the planner's problem: read the file, its calendars, its busy times."""

import json
import math
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo  # noqa: TID251 -- the type alone

from calendar_sync.ics.fetch import Network
from scheduler.errors import BadProblem
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.busytime import BusyTime
from scheduler.model.cadence import Cadence, Monthly, Once, Spread, Weekly
from scheduler.model.problem import (
    Blackout,
    Meeting,
    Member,
    Moves,
    Problem,
    Quorum,
    State,
    Tier,
    Written,
)
from scheduler.model.week import ALWAYS, OFFICE_HOURS, Hours, Week
from scheduler.model.zone import zone
from services.planning import document as written
from services.planning.calendars import read_calendars
from services.planning.document import ProblemDocument, read_document
from services.planning.fields import shown
from services.planning.files import read_file

Today = Callable[[ZoneInfo], date]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def load(path: Path, *, today: Today, network: Network, warn: Callable[[str], None]) -> Problem:
    """Read a problem file and every calendar it names.

    today    the day in a zone, used when the file has no planning_date
    network  what may be reached beside public addresses
    warn     is told of calendars that say nothing about the term

    Raises BadProblem for the file and for a calendar that cannot be read.
    """
    data = parse(path)
    try:
        document = read_document(data)
        events = read_calendars(document, path.parent, network)
        for member, found in zip(document.members, events, strict=True):
            if (member.calendars or member.clinical) and not found:
                warn(f"The calendars of {member.name} hold nothing in the term: are they current?")
        return problem_of(document, busy_times(document, events), today=today)
    except BadProblem as error:
        raise BadProblem(f"{path}: {error.what}", remedy=error.remedy) from None


def parse(path: Path) -> Any:
    """Read TOML or JSON, told apart by how the text begins. Raises BadProblem."""
    try:
        text = read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadProblem(
            f"{path}: this is not text in UTF-8", remedy="write TOML or JSON in UTF-8"
        ) from None
    if not text.strip():
        raise BadProblem(f"{path}: the file is empty", remedy="see examples/ for a problem file")
    try:
        if text.lstrip().startswith("{"):
            return json.loads(
                text,
                parse_float=Decimal,
                parse_constant=_no_number,
                object_pairs_hook=_once_each,
            )
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else "nested too deeply"
        kind = "JSON" if text.lstrip().startswith("{") else "TOML"
        raise BadProblem(
            f"{path}: this is not {kind}, {reason}",
            remedy='correct that place; text stands in straight "quotes"',
        ) from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {shown(twice)} stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number JSON knows")


def problem_of(
    document: ProblemDocument, busy: Sequence[BusyTime | None], *, today: Today
) -> Problem:
    """Turn a checked document into a problem.

    busy  per member; None: nothing is known. What the document itself says of it is not looked at

    Raises BadProblem for what only shows when everything is seen together.
    """
    windows = hours(document.windows)
    _long_enough(windows, document.meeting.minutes)
    _within_group(document)
    tiers = _tiers(document.notice)
    return Problem(
        zone=document.timezone,
        planning_date=document.planning_date or today(zone(document.timezone)),
        start=document.term.start,
        end=document.term.end,
        meeting=Meeting(**document.meeting.model_dump()),
        cadence=_cadence(document.cadence),
        windows=windows,
        members=tuple(
            _member(member, taken, document.timezone, tiers)
            for member, taken in zip(document.members, busy, strict=True)
        ),
        quorum=_quorum(document.quorum),
        moves=Moves() if document.moves is None else Moves(**document.moves.model_dump()),
        blackouts=tuple(Blackout(**each.model_dump()) for each in document.blackouts),
        title=document.title,
        written=Written(
            moves=document.moves is not None,
            quorum="quorum" in document.model_fields_set,
            share=document.quorum.share is not None,
        ),
    )


def _cadence(cadence: written.Cadence) -> Cadence:
    match cadence.kind:
        case "once":
            return Once()
        case "weekly":
            return Weekly(cadence.every, cadence.count)
        case "monthly":
            return Monthly(tuple(tuple(each) for each in cadence.ordinals), cadence.count)
        case _:
            assert cadence.count is not None
            assert cadence.min_gap_days is not None
            return Spread(cadence.count, cadence.min_gap_days)


def _quorum(quorum: written.Quorum) -> Quorum:
    share = Decimal("0.5") if quorum.share is None and quorum.count is None else quorum.share
    return Quorum(share, quorum.count, frozenset(State(each) for each in quorum.counts))


def busy_times(
    document: ProblemDocument, events: Sequence[Sequence[BusyInterval]]
) -> list[BusyTime | None]:
    """Join, per member, what the calendars hold with what the file says itself."""
    return [_busy_time(document, index, found) for index, found in enumerate(events)]


def _busy_time(
    document: ProblemDocument, index: int, found: Sequence[BusyInterval]
) -> BusyTime | None:
    member = document.members[index]
    if all(each is None for each in (member.calendars, member.clinical, member.busy)):
        return None
    return BusyTime.of([*found, *typed_busy(document, index)])


def typed_busy(document: ProblemDocument, index: int) -> list[BusyInterval]:
    """What the file itself says of a member's busy time. Raises BadProblem."""
    member = document.members[index]
    tz = zone(member.timezone or document.timezone)
    return [
        _busy(item, tz, f"members[{index}].busy[{place}]")
        for place, item in enumerate(member.busy or ())
    ]


def _member(
    member: written.Member,
    busy: BusyTime | None,
    group_zone: str,
    group_notice: tuple[Tier, ...],
) -> Member:
    return Member(
        name=member.name,
        zone=member.timezone or group_zone,
        required=member.required,
        hours=ALWAYS if member.hours is None else Week.of(hours(member.hours)),
        preferred=OFFICE_HOURS if member.preferred is None else Week.of(hours(member.preferred)),
        busy=busy,
        known_until=member.known_until,
        notice=group_notice if member.notice is None else _tiers(member.notice),
    )


def hours(ranges: Sequence[written.Range]) -> tuple[Hours, ...]:
    """Ranges of the week as the planner knows them."""
    return tuple(Hours(tuple(each.days), each.start, each.end) for each in ranges)


def _tiers(tiers: Sequence[written.Tier]) -> tuple[Tier, ...]:
    return tuple(Tier(each.days, each.approver) for each in tiers)


def _busy(item: Any, tz: ZoneInfo, place: str) -> BusyInterval:
    """Read [start, end] or [start, end, kind]."""
    if not isinstance(item, list) or len(item) not in (2, 3):
        raise BadProblem(
            f"{place}: this is no interval", remedy="write [start, end] or [start, end, kind]"
        )
    kind = item[2] if len(item) == 3 else "busy"
    if kind not in list(Kind):
        known = ", ".join(Kind)
        raise BadProblem(f"{place}: the kind {kind!r} is not known", remedy=f"write one of {known}")
    start, end = (_moment(each, tz, place) for each in item[:2])
    if end <= start:
        raise BadProblem(
            f"{place}: the end is not after the start", remedy="exchange or correct them"
        )
    # Parts of a second count as busy.
    return BusyInterval(math.floor(start), math.ceil(end), Kind(kind))


def _moment(value: Any, tz: ZoneInfo, place: str) -> Fraction:
    """UTC seconds of a date-time; without an offset it is a wall clock in `tz`."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(moment, datetime) or (isinstance(value, str) and len(value) <= 10):
            raise ValueError(value)  # noqa: TRY301 -- told below, with what fromisoformat refuses
        aware = moment if moment.tzinfo else moment.replace(tzinfo=tz)
        return Fraction((aware - _EPOCH) // timedelta(microseconds=1), 1_000_000)
    except (ValueError, OverflowError):
        raise BadProblem(
            f"{place}: {shown(value)} is not a date-time",
            remedy="write one such as 2027-01-06T14:00:00Z",
        ) from None


def _long_enough(windows: Sequence[Hours], minutes: int) -> None:
    longest = Week.of(windows).longest
    if longest < minutes:
        raise BadProblem(
            f"windows: the longest is {longest} minutes and the meeting {minutes}",
            remedy="widen a window or shorten the meeting",
        )


def _within_group(document: ProblemDocument) -> None:
    wanted, size = document.quorum.count, len(document.members)
    if wanted is not None and wanted > size:
        raise BadProblem(
            f"quorum.count: {wanted} are asked of a group of {size}",
            remedy=f"write {size} or less",
        )
