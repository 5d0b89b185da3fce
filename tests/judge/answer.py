"""The answer of the contract: a plan as a proposal, its alternatives, notices and last days."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.judge.clock import WEEKDAYS, hhmm, stamp
from tests.judge.patterns import Pattern, spread_starts
from tests.judge.patterns import patterns as all_patterns
from tests.judge.search import Plan
from tests.judge.states import STATES, Case, Member, Slot

ALTERNATIVES = 3
ALTERNATIVE_DAYS = 14


def problem_part(case: Case) -> dict[str, Any]:
    """Return what the answer repeats of the problem."""
    found = spread_starts(case) if case.kind == "spread" else all_patterns(case)
    return {
        "title": case.problem.get("title", ""),
        "planning_date": case.planning.isoformat(),
        "members": len(case.members),
        "quorum": case.quorum,
        "patterns": len(found),
    }


def too_alike(case: Case, one: Pattern, other: Pattern) -> bool:
    """Return whether two patterns are not distinct enough to be proposed both."""
    near = abs(one.minute - other.minute) < max(60, case.minutes)
    if case.kind == "once":
        return near and one.days == other.days
    if case.kind == "spread":
        return near and 2 * len(set(one.days) & set(other.days)) >= len(one.days)
    same = (one.phase, one.ordinals, one.weekday) == (other.phase, other.ordinals, other.weekday)
    return near and same


def proposal(case: Case, plan: Plan, rank: int) -> dict[str, Any]:
    """Return a plan as the answer lists it."""
    pairs = sorted(
        zip(plan.pattern.slots, plan.places, strict=True), key=lambda pair: case.start(pair[0])
    )
    score = plan.score._asdict()
    return {
        "rank": rank,
        "label": "",
        "why": "",
        "proven": True,
        "pattern": _pattern(plan.pattern),
        "score": {**score, "burden": list(score["burden"])},
        "hour_changes": list(_hour_changes(case, plan.pattern)),
        "dates": [_date(case, plan, original, place) for original, place in pairs],
    }


def _pattern(pattern: Pattern) -> dict[str, Any]:
    return {
        "kind": pattern.kind,
        "weekday": None if pattern.weekday is None else WEEKDAYS[pattern.weekday],
        "ordinals": None if pattern.ordinals is None else list(pattern.ordinals),
        "time": hhmm(pattern.minute),
        "every": pattern.every,
        "phase": pattern.phase,
    }


def _hour_changes(case: Case, pattern: Pattern) -> Iterator[dict[str, Any]]:
    for before, after in pairwise(pattern.slots):
        for member in case.members:
            shown = [_shown(case.start(slot), member) for slot in (before, after)]
            if shown[0] != shown[1]:
                yield {
                    "member": member.name,
                    "from": after.day.isoformat(),
                    "before": shown[0],
                    "after": shown[1],
                }


def _shown(moment: datetime, member: Member) -> str:
    return moment.astimezone(member.zone).strftime("%H:%M")


def _date(case: Case, plan: Plan, original: Slot, place: Slot | None) -> dict[str, Any]:
    if place is None:
        state = "skipped"
    elif place != original:
        state = "moved"
    else:
        state = "short" if case.fails(place) else "kept"
    start = case.start(place or original)
    return {
        "start": stamp(start),
        "end": stamp(start + timedelta(minutes=case.minutes)),
        "state": state,
        "moved_from": stamp(case.start(original)) if state == "moved" else None,
        "quorum_met": place is not None and case.quorum_met(place),
        "expected": _expected(case, place) if place else [0, 0],
        "why": "",
        "attendance": _attendance(case, place),
        "alternatives": _alternatives(case, plan, original) if state == "short" else [],
    }


def _expected(case: Case, slot: Slot) -> list[int]:
    lower = case.expected(slot)
    unknown = 0 if "unknown" in case.counts else case.states(slot).count("unknown")
    return [lower, lower + unknown]


def _attendance(case: Case, place: Slot | None) -> dict[str, list[str]]:
    states = case.states(place) if place else ()
    names = [member.name for member in case.members]
    return {
        state: [name for name, its in zip(names, states, strict=False) if its == state]
        for state in STATES
    }


def _alternatives(case: Case, plan: Plan, original: Slot) -> list[dict[str, Any]]:
    others = [slot.day for slot in plan.held if slot != original]
    gap = case.cadence["min_gap_days"] if case.kind == "spread" else 0
    origin = case.start(original)
    by_start = {
        case.start(slot): slot
        for slot in case.open_slots(original.day, ALTERNATIVE_DAYS)
        if case.start(slot) != origin and _keeps_away(slot.day, others, gap)
    }
    best = sorted(
        by_start,
        key=lambda start: (
            not case.quorum_met(by_start[start]),
            -case.expected(by_start[start]),
            abs(start - origin),
            start,
        ),
    )
    return [
        {"start": stamp(start), "expected": _expected(case, by_start[start])}
        for start in best[:ALTERNATIVES]
    ]


def _keeps_away(day: date, others: list[date], gap: int) -> bool:
    return all(day != other and abs((day - other).days) >= gap for other in others)


def notices(case: Case, plan: Plan) -> list[dict[str, Any]]:
    """Return every protection a plan asks for, the most urgent first."""
    asked = [
        (_longest_before(member, slot), case.start(slot), case.members.index(member), slot)
        for slot in plan.held
        for member in case.protected(slot)
    ]
    return [_notice(case, slot, case.members[index]) for _, _, index, slot in sorted(asked)]


def _notice(case: Case, slot: Slot, member: Member) -> dict[str, Any]:
    days = (slot.day - case.planning).days
    met = [tier for tier in member.tiers if days >= tier.days]
    approver = None
    if met[0] == member.tiers[0]:
        status = "routine"
    else:
        approver = met[0].approver
        status = "late" if approver is None else "approver"
    return {
        "member": member.name,
        "start": stamp(case.start(slot)),
        "ask_by": _longest_before(member, slot).isoformat(),
        "status": status,
        "approver": approver,
    }


def _longest_before(member: Member, slot: Slot) -> date:
    return slot.day - timedelta(days=max(tier.days for tier in member.tiers))


def plan_by(case: Case, plan: Plan) -> dict[str, Any]:
    """Return the last planning dates for no late protection, and for some tier met by each."""
    asked = [(slot, member) for slot in plan.held for member in case.protected(slot)]
    routine = [_longest_before(member, slot) for slot, member in asked]
    any_tier = [
        slot.day - timedelta(days=min(tier.days for tier in member.tiers)) for slot, member in asked
    ]
    return {
        "routine": min(routine).isoformat() if asked else None,
        "any_tier": min(any_tier).isoformat() if asked else None,
    }
