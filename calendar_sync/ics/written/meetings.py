"""The held dates of a proposal as events: one series with its exceptions, or date by date."""

from collections.abc import Iterator, Sequence

from calendar_sync.ics.written.clock import Clock
from calendar_sync.ics.written.content import Component, component, day, text
from calendar_sync.ics.written.identity import series_uid
from calendar_sync.ics.written.rule import rrule
from scheduler.model.answer import Outcome, PlannedDate, Proposal
from scheduler.model.problem import Problem

_UNTITLED = "Peer mentorship meeting"


def meetings(problem: Problem, proposal: Proposal, clock: Clock) -> list[Component]:
    """Write the VEVENTs (RFC 5545 3.6.1) of every date but those skipped.

    The series runs from the first date held to the last. A skipped date before or after needs
    no EXDATE then, and DTSTART is always a date on which something happens: programs differ
    in whether they hide a DTSTART that EXDATE names (3.8.5.1).
    """
    dates = _from_first_to_last(proposal.dates)
    walls = [clock.wall(_original(each)) for each in dates]
    rule = rrule(proposal.rule, walls)
    # The first date's length is every date's, so it must be plain to read.
    if rule and clock.plain(_original(dates[0]), _original_end(dates[0])):
        return list(_series(problem, proposal, clock, dates, rule))
    return [
        _single(problem, proposal, clock, each)
        for each in dates
        if each.outcome is not Outcome.SKIPPED
    ]


def _from_first_to_last(dates: Sequence[PlannedDate]) -> list[PlannedDate]:
    ordered = sorted(dates, key=_original)
    held = [n for n, each in enumerate(ordered) if each.outcome is not Outcome.SKIPPED]
    return ordered[held[0] : held[-1] + 1] if held else []


def _series(
    problem: Problem, proposal: Proposal, clock: Clock, dates: Sequence[PlannedDate], rule: str
) -> Iterator[Component]:
    uid = series_uid(problem, proposal.rule)
    gone = [each for each in dates if each.outcome is Outcome.SKIPPED]
    yield _event(
        problem,
        uid,
        *clock.times(_original(dates[0]), _original_end(dates[0])),
        f"RRULE:{rule}",
        *(clock.local("EXDATE", _original(each)) for each in gone),
    )
    for each in dates:
        # Not only what was moved: an hour that is not plain to read is told outright.
        apart = each.moved_from is not None or not clock.plain(each.start, each.end)
        if apart and each.outcome is not Outcome.SKIPPED:
            named = clock.local("RECURRENCE-ID", _original(each))
            yield _event(problem, uid, named, *clock.times(each.start, each.end))


def _single(problem: Problem, proposal: Proposal, clock: Clock, each: PlannedDate) -> Component:
    """One date with an identifier of its own; mail programs read RDATE badly, or not at all."""
    uid = series_uid(problem, proposal.rule, clock.wall(_original(each)).isoformat())
    return _event(problem, uid, *clock.times(each.start, each.end))


def _event(problem: Problem, uid: str, *times: str) -> Component:
    stamped = f"DTSTAMP:{day(problem.planning_date)}T000000Z"  # the same answer, the same bytes
    summary = text(problem.title) or _UNTITLED
    about = [f"SUMMARY:{summary}", "SEQUENCE:0", "STATUS:CONFIRMED", "TRANSP:OPAQUE"]
    return component("VEVENT", [f"UID:{uid}", stamped, *times, *about])


def _original(planned: PlannedDate) -> int:
    return planned.start if planned.moved_from is None else planned.moved_from


def _original_end(planned: PlannedDate) -> int:
    return _original(planned) + planned.end - planned.start
