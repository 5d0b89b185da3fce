"""From what is remembered of a group to a question the planner understands.

In a question members are called by the id of their membership: what is kept of it, and of the
answer, names nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from scheduler.errors import BadProblem
from scheduler.model.events import Events
from scheduler.model.problem import Problem
from scheduler.model.zone import zone
from services.flow import ages, own
from services.flow.ages import Age
from services.flow.calendars import FRESH, stale
from services.flow.effort import bounded
from services.flow.taken import Calendars, taken
from services.planning.calendars import span_of
from services.planning.document import ProblemDocument, Term, read_document
from services.planning.kept import named
from services.planning.problem import problem_of
from services.storage import calendars, members
from services.storage.calendars import Seen, seen_in
from services.storage.members import Pair
from services.storage.rows.calendars import READ_AGAIN, BusyRow, CalendarRow, Source
from services.storage.rows.groups import GroupRow, MemberRow, TermRow
from services.storage.rows.people import PersonRow
from services.storage.work import Work

TRUSTED = timedelta(days=3)  # how long the last good reading counts while newer ones fail
OLDEST = timedelta(days=10)  # how long it counts while there is none: the longest refresh and that
ToRead = Callable[[Sequence[CalendarRow]], list[UUID]]
Alter = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """A problem file without anybody's time, and the time apart.

    document  as it would stand in a problem file; members are called by their ids
    events    per member, as they were read; None: nothing is known
    names     by id of membership, in the order of the members
    stale     calendars that should be read before the answer is believed
    seen      the members and calendars that were looked at, each at its version
    age       how old what is known is
    """

    group_id: UUID
    term_id: UUID
    term_version: int
    document: dict[str, Any]
    events: list[Events | None]
    names: dict[str, str]
    stale: list[UUID]
    seen: Seen
    age: Age

    def problem(self) -> Problem:
        """The planner's problem. Raises BadProblem, or Unfit where it asks for too much."""
        busy = [None if each is None else each.busy_time() for each in self.events]
        try:
            return bounded(problem_of(read_document(self.document), busy, today=no_today))
        except BadProblem as error:
            what = named(error.what, self.names)
            raise BadProblem(what, remedy=named(error.remedy, self.names)) from None


def question(
    work: Work,
    group: GroupRow,
    term: TermRow,
    altered: Alter | None = None,
    to_read: ToRead | None = None,
) -> Question:
    """Put the question of a term together. Raises BadProblem when nothing can be planned.

    altered  makes another document of it, before it is asked what is known of its days
    to_read  chooses the calendars to be read first; None: those that were not read lately
    """
    pairs = members.of(work, group.id)
    if not pairs:
        raise BadProblem("The group has no members", remedy="add them first")
    today = work.now.astimezone(zone(group.timezone)).date()
    if term.end < today:
        raise BadProblem("The term is over", remedy="choose or add a later one")
    known = _by_member(calendars.of_group(work, group.id))
    document = _document(group, term, today)
    document["members"] = [_member(pair, term) for pair in pairs]
    shape = _shape(document)
    if altered is not None:
        document = altered(document)
        shape = read_document(document)
        if shape.term.start < today:  # what is over is kept for days only
            raise BadProblem("The term begins in the past", remedy="begin it today or later")
    stated, rows = document["members"], [row for each in known.values() for row, _ in each]
    ours = own.of_groups(work, [group.id], rows)[group.id]
    for (member, _), said in zip(pairs, stated, strict=True):
        tz = said.get("timezone") or group.timezone
        _limit(said, known_until(known[member.id], tz, work.now, shape.term.start), shape.term)
    return Question(
        group.id,
        term.id,
        term.version,
        document,
        [
            taken(known[member.id], said.get("timezone") or group.timezone, span_of(shape), ours)
            for (member, _), said in zip(pairs, stated, strict=True)
        ],
        {str(member.id): member.name for member, _ in pairs},
        stale(rows, work.now - FRESH) if to_read is None else to_read(rows),
        seen_in(pairs, rows),
        ages.age([_aged(each, work.now) for each in known.values()]),
    )


def said_by(member: MemberRow, person: PersonRow) -> dict[str, Any]:
    """Zone, hours and notice of a member: what the person says counts before the coordinator."""
    theirs = person if member.joined_at is not None else None
    return {
        each: _first(getattr(theirs, each, None), getattr(member, each))
        for each in ("timezone", "hours", "preferred", "notice")
    }


def known_until(rows: Calendars, tz: str, now: datetime, first: date) -> date | None:
    """The last day of which a person's calendars tell everything; None: there is no such end.

    One calendar that was not read makes the person unknown, however much the others say.
    """
    ends = [_end(row, busy, tz, now, first) for row, busy in rows]
    return min((end for end in ends if end is not None), default=None)


def _end(
    row: CalendarRow, busy: BusyRow | None, tz: str, now: datetime, first: date
) -> date | None:
    if row.source is Source.WEEKLY:
        return row.complete_until
    if busy is None or not is_trusted(row, now):
        return first - timedelta(days=1)
    read = busy.last.astimezone(zone(tz)).date() - timedelta(days=1)
    return read if row.complete_until is None else min(read, row.complete_until)


def is_trusted(row: CalendarRow, now: datetime) -> bool:
    """Whether what was read of a calendar still counts.

    Not if newer readings fail for long; nor if there were none, whatever kept us from reading.
    """
    if row.read_at is None:
        return False
    if row.failed_what is not None:
        return row.read_at >= now - TRUSTED
    return row.source not in READ_AGAIN or row.read_at >= now - OLDEST


def _aged(rows: Calendars, now: datetime) -> ages.Member:
    again = [row for row, _ in rows if row.source in READ_AGAIN]
    return ages.Member(again, [row for row in again if is_trusted(row, now)])


def _by_member(
    rows: Sequence[tuple[UUID, CalendarRow, BusyRow | None]],
) -> dict[UUID, list[tuple[CalendarRow, BusyRow | None]]]:
    found = defaultdict(list)
    for member, row, busy in rows:
        found[member].append((row, busy))
    return found


def _document(group: GroupRow, term: TermRow, today: date) -> dict[str, Any]:
    rules = {key: value for key, value in term.rules.items() if key != "hours"}
    return {
        "title": group.title,
        "timezone": group.timezone,
        "planning_date": (term.planning_date or today).isoformat(),
        # Of a term that has begun, what is left of it.
        "term": {"start": max(term.start, today).isoformat(), "end": term.end.isoformat()},
        **rules,
        "blackouts": term.blackouts,
    }


def _shape(document: Mapping[str, Any]) -> ProblemDocument:
    """Check the document before its members are known: its span is needed to state them."""
    return read_document({**document, "members": [{"name": "nobody"}]})


def _member(pair: Pair, term: TermRow) -> dict[str, Any]:
    member, person = pair
    said = said_by(member, person)
    stated = {"name": str(member.id), "required": member.required, **said}
    if stated["hours"] is None:
        stated["hours"] = term.rules.get("hours")
    return stated


def _limit(stated: dict[str, Any], until: date | None, term: Term) -> None:
    """Say until when a member is known, where that is within the term."""
    if until is not None and until < term.end:
        stated["known_until"] = until.isoformat()


def _first(*choices: Any) -> Any:
    return next((each for each in choices if each is not None), None)


def no_today(_tz: object) -> date:
    """A question always says its planning date."""
    raise AssertionError("a question always says its planning date")
