"""The semesters of a group, each with the rules it is planned by."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.flow import rights
from services.flow.errors import Conflict, together
from services.flow.rights import missing, unchanged
from services.flow.series import ending
from services.planning.rules import (
    checked_blackouts,
    checked_planning_date,
    checked_rules,
    checked_term,
)
from services.storage import groups
from services.storage import terms as stored
from services.storage.rows.groups import TermRow
from services.storage.work import Work

MOST = 100  # of a group


def of(work: Work, group_id: UUID) -> Sequence[TermRow]:
    """All terms of a group, the latest first."""
    rights.belonging(work, group_id)
    return stored.of(work, group_id)


def one(work: Work, group_id: UUID, term_id: UUID) -> TermRow:
    """One term, for whoever belongs to the group. Raises Missing."""
    rights.belonging(work, group_id)
    return _found(work, group_id, term_id)


def coordinated(work: Work, group_id: UUID, term_id: UUID) -> TermRow:
    """One term, for a coordinator. Raises Missing or NotAllowed."""
    rights.coordinating(work, group_id)
    return _found(work, group_id, term_id)


def add(work: Work, group_id: UUID, said: dict[str, Any]) -> TermRow:
    """Begin a term. Its rules are the group's of today unless it is given others."""
    group = rights.coordinating(work, group_id)
    if len(stored.of(work, group_id)) >= MOST:
        raise Conflict(f"The group has {MOST} terms already", remedy="delete one first")
    together(
        lambda: checked_term(said["start"], said["end"]),
        lambda: checked_planning_date(said.get("planning_date")),
        lambda: checked_blackouts(said.get("blackouts") or []),
    )
    days = checked_term(said["start"], said["end"])
    term = TermRow(
        group_id=group_id,
        start=days.start,
        end=days.end,
        planning_date=checked_planning_date(said.get("planning_date")),
        rules=checked_rules(said.get("rules") or group.rules),
        blackouts=checked_blackouts(said.get("blackouts") or []),
        created_at=work.now,
    )
    work.add(term)
    work.session.flush()
    work.note("term.added", term.id, term.version)
    return term


def change(
    work: Work, group_id: UUID, term_id: UUID, version: int | None, said: dict[str, Any]
) -> TermRow:
    """Change days, rules or blackouts of a term."""
    term = coordinated(work, group_id, term_id)
    unchanged(term, version)
    if {"start", "end"} & said.keys():
        days = checked_term(
            said.get("start", term.start.isoformat()), said.get("end", term.end.isoformat())
        )
        term.start, term.end = days.start, days.end
    if "planning_date" in said:
        term.planning_date = checked_planning_date(said["planning_date"])
    if "rules" in said:
        term.rules = checked_rules(said["rules"])
    if "blackouts" in said:
        term.blackouts = checked_blackouts(said["blackouts"])
    work.session.flush()
    work.note("term.changed", term.id, term.version)
    return term


def drop(work: Work, group_id: UUID, term_id: UUID, version: int | None) -> None:
    """Delete a term and its plans."""
    term = coordinated(work, group_id, term_id)
    unchanged(term, version)
    groups.locked(work, group_id)  # or a draft could be committed just now
    ending.check_none_of_term(work, group_id, term_id)
    work.session.delete(term)
    work.note("term.dropped", term_id, version)


def _found(work: Work, group_id: UUID, term_id: UUID) -> TermRow:
    term = stored.one(work, group_id, term_id)
    if term is None:
        raise missing("term")
    return term
