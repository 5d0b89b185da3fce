"""A group as a problem file, and back: what `commonhour plan` reads."""

from typing import Any
from uuid import UUID

import tomli_w

from scheduler.model.busy import Kind
from scheduler.model.events import Events
from services.flow import rights, terms
from services.flow.question import question
from services.planning.answer import iso
from services.planning.kept import named_document
from services.storage import members
from services.storage.rows.groups import GroupRow, MemberRow, TermRow
from services.storage.work import Work

_WITHOUT = """\
# Written by Common Hour for a coordinator of the group.
# Busy time is left out: nobody's calendar leaves the service. Planned from this file every member
# is unknown; name calendars of your own to plan with them. Hours and notice are as coordinators
# entered them: what members have said themselves is theirs.
"""
_WITH = """\
# Written by Common Hour for its operator. It holds members' busy times: keep it confidential.
"""


def problem_file(work: Work, group_id: UUID, term_id: UUID) -> bytes:
    """A term as a problem file without anybody's time, for a coordinator. Raises BadProblem."""
    term = terms.coordinated(work, group_id, term_id)
    return problem_without_busy(work, rights.coordinating(work, group_id), term)


def problem_without_busy(work: Work, group: GroupRow, term: TermRow) -> bytes:
    """The same, for a group that is known to be ours."""
    asked = question(work, group, term)
    document = named_document(asked.document, asked.names)
    pairs = members.of(work, group.id)
    for said, (member, _) in zip(document["members"], pairs, strict=True):
        said.pop("known_until", None)
        if member.joined_at is not None:
            said.update(_entered(member))
    return _written(_WITHOUT, document)


def problem_with_busy(work: Work, group: GroupRow, term: TermRow) -> bytes:
    """A term as a problem file with everybody's time, for the operator; the audit tells of it."""
    asked = question(work, group, term)
    document = named_document(asked.document, asked.names)
    for member, events in zip(document["members"], asked.events, strict=True):
        if events is not None:
            member["busy"] = _rows(events)
    work.note("group.exported_with_busy", term.id, term.version)
    return _written(_WITH, document)


def _entered(member: MemberRow) -> dict[str, Any]:
    """What a coordinator knows of a member, because a coordinator wrote it."""
    return {each: getattr(member, each) for each in ("timezone", "hours", "preferred", "notice")}


def _rows(events: Events) -> list[list[str]]:
    """Intervals as they were read, unmerged, so that they come back to the same answer."""
    return [
        [iso(each.start), iso(each.end)] + ([] if each.kind is Kind.BUSY else [each.kind.value])
        for each in events.intervals()
    ]


def _written(heading: str, document: dict[str, Any]) -> bytes:
    return heading.encode() + b"\n" + tomli_w.dumps(_without_none(document)).encode()


def _without_none(value: Any) -> Any:
    """TOML has no word for nothing: such a key is left out."""
    match value:
        case dict():
            return {key: _without_none(each) for key, each in value.items() if each is not None}
        case list():
            return [_without_none(each) for each in value]
        case _:
            return value
