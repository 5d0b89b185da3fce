"""Identifiers that stay the same when the same thing is written again (RFC 7986 5.3)."""

import json
from dataclasses import astuple
from uuid import UUID, uuid5

from scheduler.model.answer import Rule
from scheduler.model.problem import Problem

_OURS = UUID("6f0c7c2e-55d8-4a0b-9d0e-2b6f4b1c9a37")


def series_uid(problem: Problem, rule: Rule, *more: str) -> str:
    """Name a group's series of one rule, or with `more` one date of it.

    Neither calendars nor moves nor the end of the term matter, so that a plan made again takes
    the place of the former one in whoever's calendar. Groups of one title are one group;
    without a title it is the members who tell groups apart.
    """
    return _uid("series", *_group(problem), *astuple(rule), *more)


def notice_uid(problem: Problem, member: str, day: str) -> str:
    """Name the asking for a member's time on a day."""
    return _uid("notice", *_group(problem), member, day)


def _group(problem: Problem) -> list[str]:
    who = [problem.title] if problem.title else sorted(each.name for each in problem.members)
    return [problem.zone, problem.start.isoformat(), *who]


def _uid(*parts: object) -> str:
    return str(uuid5(_OURS, json.dumps(parts)))
