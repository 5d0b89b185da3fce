"""Why a draft cannot be committed as it is, and what its coordinators should know first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil

from scheduler.model.series import Series
from scheduler.model.zone import zone
from services.flow import persons
from services.flow.series import arranging, coming, invited, organising
from services.flow.series.organising import Hosts
from services.keys import Keys
from services.storage import members, plans, tellings, terms
from services.storage import series as stored
from services.storage.rows.groups import TermRow
from services.storage.rows.series import MeetingRow, Organiser, SeriesRow
from services.storage.work import Work

MOST_SINGLE = 800  # single events that one mailbox sends out at a time
MAILS_A_MINUTE = 25  # that a mailbox sends without being slowed down
_SHOWN = 5  # dates or names in one sentence


def obstacles(  # noqa: PLR0913 -- what decides, each by its name
    work: Work,
    keys: Keys,
    hosts: Hosts,
    row: SeriesRow,
    meetings: Sequence[MeetingRow],
    *,
    rate: int = MAILS_A_MINUTE,
) -> Iterator[str]:
    """Sentences: why it cannot be committed.

    rate  how many letters one mailbox sends in a minute
    """
    dates = invited.to_come(meetings, work.now)
    if not dates:
        yield "All of its dates are over: plan again, for a term that is to come"
    if not members.count(work, row.group_id) and not coming.to(work, row, dates):
        yield "Nobody would be invited: the group has no members"
    term = terms.one(work, row.group_id, row.term_id)
    if term is not None:
        yield from _outside(row, term, dates)
    yield from _twice(work, row, dates)
    if row.organiser is Organiser.ACCOUNT:
        yield from _account(work, keys, hosts, row)
    a_minute = messages(work, hosts, row, rate)
    yield from _too_many(work, row, arranging.objects_of(row, dates), a_minute)


def warnings(
    work: Work, row: SeriesRow, meetings: Sequence[MeetingRow], *, rate: int = MAILS_A_MINUTE
) -> Iterator[str]:
    """Sentences: what is to be known before; `rate` as of `obstacles`."""
    dates = invited.to_come(meetings, work.now)
    over = len(invited.held(meetings)) - len(dates)
    if over:
        yield f"{_number(over, 'date is', 'dates are')} over and will not be written"
    yield from _of_plan(work, row)
    lost = [each.name for each in coming.to(work, row, dates) if not persons.reachable(each.email)]
    if lost:
        yield f"{_some(lost)} cannot be invited: there is no address of mail"
    for other in stored.live_of_term(work, row.term_id):
        yield f"The term has a series already: {other.title}"
    before = letters_before(work, row)
    if before > rate:
        yield f"{before} letters about other dates wait to be sent, and leave first"


def letters_before(work: Work, row: SeriesRow) -> int:
    """How many letters wait to be sent from the mailbox that invites; of hosts nobody knows."""
    return tellings.letters_waiting(work) if row.organiser is Organiser.MAILBOX else 0


def _of_plan(work: Work, row: SeriesRow) -> Iterator[str]:
    plan = None if row.plan_id is None else plans.one(work, row.group_id, row.plan_id)
    if plan is None:
        yield "The plan is gone, because its members or what is known of them have changed"
        return
    if plan.outdated_at is not None:
        yield "Calendars have changed since the plan was made: plan again to see if it still fits"
    term = terms.one(work, row.group_id, row.term_id)
    if term is not None and term.version != plan.term_version:
        yield "The term has changed since the plan was made: plan again to see if it still fits"
    known = set(plan.members)
    new = [each.name for each, _ in members.of(work, row.group_id) if str(each.id) not in known]
    if new:
        yield f"The plan does not know {_some(new)}: plan again to see if it still fits"


def _outside(row: SeriesRow, term: TermRow, dates: Sequence[MeetingRow]) -> Iterator[str]:
    clock = zone(row.timezone)
    days = [each.start_at.astimezone(clock).date() for each in dates]
    out = [each for each in days if not _has(term, each)]
    if out:
        told = _some([day_in_words(each) for each in out])
        yield f"The term has changed since, and has no {told} any more: plan again"


def _has(term: TermRow, day: date) -> bool:
    """Whether a term has a day on which it could be met."""
    without = (_days(each) for each in term.blackouts)
    return term.start <= day <= term.end and not any(a <= day <= b for a, b in without)


def _days(blackout: Mapping[str, str]) -> tuple[date, date]:
    return date.fromisoformat(blackout["start"]), date.fromisoformat(blackout["end"])


def _twice(work: Work, row: SeriesRow, dates: Sequence[MeetingRow]) -> Iterator[str]:
    """Dates at the time of other dates of the same group."""
    for other in stored.live_of_group(work, row.group_id):
        theirs = invited.to_come(stored.meetings(work, other.id), work.now)
        same = [each for each in dates if any(overlap(each, one) for one in theirs)]
        if same:
            clock = zone(row.timezone)
            days = [day_in_words(each.start_at.astimezone(clock).date()) for each in same]
            yield (
                f"{_some(days)} would be held at the time of a date of the series {other.title}: "
                "conclude that one first, or cancel its dates"
            )


def overlap(one: MeetingRow, other: MeetingRow) -> bool:
    """Whether two dates take the same time."""
    return one.start_at < ends(other) and other.start_at < ends(one)


def ends(meeting: MeetingRow) -> datetime:
    """When a date is over."""
    return meeting.start_at + timedelta(minutes=meeting.minutes)


def _account(work: Work, keys: Keys, hosts: Hosts, row: SeriesRow) -> Iterator[str]:
    account = organising.account_of(work, row)
    if account is None:
        yield "The calendar that was to invite is not connected any more: choose who invites"
        return
    why = organising.why_not(account, hosts, keys)
    if why:
        yield f"The calendar that is to invite cannot: {why}"


def messages(work: Work, hosts: Hosts, row: SeriesRow, rate: int) -> int | None:
    """How many messages leave in a minute the mailbox that invites; None: no more than requests.

    rate  how many letters one mailbox sends in a minute
    """
    account = organising.account_of(work, row)
    host = None if account is None else hosts.get(account.host)
    by_letters = row.organiser is Organiser.MAILBOX or (host is not None and host.limits.sends)
    return max(1, rate) if by_letters else None


def _too_many(
    work: Work, row: SeriesRow, objects: Sequence[Series], a_minute: int | None
) -> Iterator[str]:
    own = sum(not each.rule for each in objects)
    waiting = stored.single_events_waiting(work, row.organiser, row.account_id) if own else 0
    if own + waiting > MOST_SINGLE:
        minutes = 0 if a_minute is None else ceil((own + waiting) / a_minute)
        lasting = f", and at {a_minute} a minute they would take {minutes} minutes"
        yield (
            f"It is {_number(own, 'single event', 'single events')}, and {waiting} of other series "
            f"wait to be sent from the same mailbox: {own + waiting} are more than "
            f"{MOST_SINGLE}{lasting if minutes else ''}; choose another organiser, wait until the "
            "others are sent, or plan a regular pattern, which is one event"
        )


def _some(words: Sequence[str]) -> str:
    more = len(words) - _SHOWN
    shown = ", ".join(words[:_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def day_in_words(day: date) -> str:
    """A day as people say it."""
    return f"{day:%A} {day.day} {day:%B}"


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
