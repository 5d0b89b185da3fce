"""The door of this package: a proposal and its notices, to the bytes of calendar files.

The same answer gives the same bytes. Every line ends with CRLF and has at most 75 octets.
"""

from collections.abc import Iterable

from calendar_sync.ics.written.asking import asking
from calendar_sync.ics.written.clock import Clock
from calendar_sync.ics.written.content import calendar
from calendar_sync.ics.written.meetings import meetings
from calendar_sync.ics.written.observances import vtimezone
from scheduler.model.answer import Notice, Proposal
from scheduler.model.problem import Problem


def series(problem: Problem, proposal: Proposal) -> bytes:
    """Write the held dates: the group's zone (RFC 5545 3.6.5), then its events (3.6.1)."""
    clock = Clock(problem.zone)
    instants = [each.start for each in proposal.dates]
    first, last = (clock.wall(each).date() for each in (min(instants), max(instants)))
    zone = vtimezone(problem.zone, first, last)
    return calendar([zone, *meetings(problem, proposal, clock)])


def protections(problem: Problem, notices: Iterable[Notice]) -> bytes:
    """Write a whole day for every notice, on the day by which to ask."""
    clock = Clock(problem.zone)
    return calendar(asking(problem, each, clock) for each in notices)
