"""Relaxations: small changes of a problem, each tried by planning the changed problem again."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.judge.clock import DAY, WEEKDAYS, hhmm, minute_of
from tests.judge.patterns import move_limits
from tests.judge.search import Plan
from tests.judge.states import Case

RELAXATIONS = 3

Patch = list[dict[str, Any]]


def patched(problem: dict[str, Any], patch: Patch) -> dict[str, Any]:
    """Return a copy of the problem with a JSON Patch of add, replace and remove applied."""
    changed = deepcopy(problem)
    for step in patch:
        *parents, last = step["path"].split("/")[1:]
        place: Any = changed
        for name in parents:
            place = place[int(name)] if isinstance(place, list) else place[name]
        if step["op"] == "remove":
            del place[last]
        elif last == "-":
            place.append(step["value"])
        else:
            place[last] = step["value"]
    return changed


def relaxations(
    case: Case, plan: Plan, lost_of: Callable[[dict[str, Any]], int | None]
) -> list[dict[str, Any]]:
    """Return up to three changes that lower the lost dates of a plan, at most one of each kind.

    `lost_of` gives the lost dates of the best proposal of a problem, None when it has none.
    """
    kinds = (
        _shorter(case),
        _longer_window(case),
        _another_move(case, plan),
        _another_day(case),
        _smaller_quorum(case),
        _one_optional(case),
    )
    found = (_first_that_helps(case, patches, plan, lost_of) for patches in kinds)
    return [relaxation for relaxation in found if relaxation][:RELAXATIONS]


def _first_that_helps(
    case: Case,
    patches: Iterator[Patch],
    plan: Plan,
    lost_of: Callable[[dict[str, Any]], int | None],
) -> dict[str, Any] | None:
    for patch in patches:
        lost = lost_of(patched(case.problem, patch))
        if lost is not None and lost < plan.score.lost_dates:
            return {"change": "", "patch": patch, "lost_dates": lost, "gains": ""}
    return None


def _replace(path: str, value: Any) -> Patch:
    return [{"op": "replace", "path": path, "value": value}]


def _set(problem: dict[str, Any], table: str, key: str, value: Any) -> Patch:
    if table not in problem:
        return [{"op": "add", "path": f"/{table}", "value": {key: value}}]
    op = "replace" if key in problem[table] else "add"
    return [{"op": op, "path": f"/{table}/{key}", "value": value}]


def _shorter(case: Case) -> Iterator[Patch]:
    for less in (5, 10, 15):
        if case.minutes > less:
            yield _replace("/meeting/minutes", case.minutes - less)


def _longer_window(case: Case) -> Iterator[Patch]:
    for index, window in enumerate(case.problem["windows"]):
        start, end = minute_of(window["start"]) - 30, minute_of(window["end"]) + 30
        if start >= 0:
            yield _replace(f"/windows/{index}/start", hhmm(start))
        if end <= DAY:
            yield _replace(f"/windows/{index}/end", hhmm(end))


def _another_move(case: Case, plan: Plan) -> Iterator[Patch]:
    if case.kind in {"weekly", "monthly"}:
        yield _set(case.problem, "moves", "max_count", move_limits(case, plan.pattern)[1] + 1)


def _another_day(case: Case) -> Iterator[Patch]:
    for day in WEEKDAYS:
        if day not in case.problem["windows"][0]["days"]:
            yield [{"op": "add", "path": "/windows/0/days/-", "value": day}]


def _smaller_quorum(case: Case) -> Iterator[Patch]:
    if case.quorum > 1:
        patch = _set(case.problem, "quorum", "count", case.quorum - 1)
        if "share" in case.problem.get("quorum", {}):
            patch.append({"op": "remove", "path": "/quorum/share"})
        yield patch


def _one_optional(case: Case) -> Iterator[Patch]:
    for index, member in enumerate(case.members):
        if member.required:
            yield _replace(f"/members/{index}/required", False)
