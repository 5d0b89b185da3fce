"""An answer as the JSON object of `commonhour plan --json`. Format: docs/planner.md."""

import json
from datetime import UTC, date, datetime
from typing import Any

from scheduler.model.answer import (
    Answer,
    Change,
    HourChange,
    Notice,
    PlannedDate,
    Proposal,
    Relaxation,
    Rule,
    Score,
)
from scheduler.model.problem import Problem, State
from scheduler.model.week import DAY_NAMES
from scheduler.reasons import hhmm

# Best first, as a reader looks for them.
_LISTED = (
    State.FREE,
    State.TENTATIVE,
    State.PROTECTABLE,
    State.BUSY,
    State.OFF_HOURS,
    State.UNKNOWN,
)


def to_json(problem: Problem, answer: Answer) -> bytes:
    """Write the answer; the same answer gives the same bytes."""
    # On one line: the encoder that can indent takes longer than the planner.
    text = json.dumps(as_object(problem, answer), ensure_ascii=False)
    return f"{text}\n".encode()


def as_object(problem: Problem, answer: Answer) -> dict[str, Any]:
    """Put the answer into the keys of the contract."""
    names = [member.name for member in problem.members]
    return {
        "problem": {
            "title": problem.title,
            "planning_date": problem.planning_date.isoformat(),
            "members": len(names),
            "quorum": answer.quorum,
            "patterns": answer.patterns,
        },
        "proposals": [
            _proposal(rank, each, names) for rank, each in enumerate(answer.proposals, start=1)
        ],
        "relaxations": [_relaxation(each) for each in answer.relaxations],
        "notices": [_notice(each, names) for each in answer.notices],
        "plan_by": {
            "routine": _day(answer.plan_by.routine),
            "any_tier": _day(answer.plan_by.any_tier),
        },
    }


def _proposal(rank: int, proposal: Proposal, names: list[str]) -> dict[str, Any]:
    return {
        "rank": rank,
        "label": proposal.label,
        "why": proposal.why,
        "proven": proposal.proven,
        "pattern": pattern(proposal.rule),
        "score": _score(proposal.score),
        "hour_changes": [_hour_change(each, names) for each in proposal.hour_changes],
        "dates": [_date(each, names) for each in proposal.dates],
    }


def pattern(rule: Rule) -> dict[str, Any]:
    """Write what dates have in common."""
    return {
        "kind": rule.kind,
        "weekday": None if rule.weekday is None else DAY_NAMES[rule.weekday],
        "ordinals": None if rule.ordinals is None else list(rule.ordinals),
        "time": hhmm(rule.time),
        "every": rule.every,
        "phase": rule.phase,
    }


def _score(score: Score) -> dict[str, Any]:
    return {**score._asdict(), "burden": list(score.burden)}


def _hour_change(change: HourChange, names: list[str]) -> dict[str, Any]:
    return {
        "member": names[change.member],
        "from": change.day.isoformat(),
        "before": hhmm(change.before),
        "after": hhmm(change.after),
    }


def _date(planned: PlannedDate, names: list[str]) -> dict[str, Any]:
    return {
        "start": iso(planned.start),
        "end": iso(planned.end),
        "state": planned.outcome.value,
        "moved_from": None if planned.moved_from is None else iso(planned.moved_from),
        "quorum_met": planned.quorum_met,
        "expected": list(planned.expected),
        "why": planned.why,
        "attendance": {
            state.value: [names[each] for each in planned.attendance[state]] for state in _LISTED
        },
        "alternatives": [
            {"start": iso(each.start), "expected": list(each.expected)}
            for each in planned.alternatives
        ],
    }


def _relaxation(relaxation: Relaxation) -> dict[str, Any]:
    return {
        "change": relaxation.change,
        "patch": [_operation(each) for each in relaxation.patch],
        "lost_dates": relaxation.lost_dates,
        "gains": relaxation.gains,
    }


def _operation(change: Change) -> dict[str, Any]:
    operation = {"op": change.op, "path": change.path}
    return operation if change.op == "remove" else {**operation, "value": change.value}


def _notice(notice: Notice, names: list[str]) -> dict[str, Any]:
    return {
        "member": names[notice.member],
        "start": iso(notice.start),
        "ask_by": notice.ask_by.isoformat(),
        "status": notice.status.value,
        "approver": notice.approver,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def iso(instant: int) -> str:
    """UTC seconds as 2027-01-13T12:00:00Z."""
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%dT%H:%M:%SZ}"
