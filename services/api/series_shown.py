"""What a series looks like, and who can invite to it."""

from typing import Any

from typing_extensions import TypedDict

from services.api.responses import moment, moment_or_none
from services.api.words import IdText, Moment
from services.flow.series import organising
from services.flow.series.kept import rule_from_kept
from services.planning.answer import pattern
from services.storage.rows.series import Organiser, SeriesRow, SeriesState


class Series(TypedDict):
    """A series.

    plan_id: null where the plan is gone. pattern: what its dates have in common, as in a proposal.
    changes: how many of them are not written out yet; goes_out_at: when they will be.
    """

    id: IdText
    term_id: IdText
    plan_id: IdText | None
    state: SeriesState
    title: str
    place: str
    text: str
    timezone: str
    minutes: int
    pattern: dict[str, Any]
    organiser: Organiser
    account_id: IdText | None
    changes: int
    goes_out_at: Moment | None
    created_at: Moment
    committed_at: Moment | None
    concluded_at: Moment | None
    version: int


class Organising(TypedDict):
    """Who can invite. account_id: null for this service's mailbox. why_not: "" where it can."""

    account_id: IdText | None
    who: str
    why_not: str


def organising_in_words(found: organising.Organising) -> Organising:
    """Say who can invite."""
    account_id = None if found.account_id is None else str(found.account_id)
    return Organising(account_id=account_id, who=found.in_words, why_not=found.why_not)


def look(row: SeriesRow) -> Series:
    """Say how a series stands."""
    committed = row.state is not SeriesState.DRAFT
    return Series(
        id=str(row.id),
        term_id=str(row.term_id),
        plan_id=None if row.plan_id is None else str(row.plan_id),
        state=row.state,
        title=row.title,
        place=row.place,
        text=row.text,
        timezone=row.timezone,
        minutes=row.minutes,
        pattern=pattern(rule_from_kept(row.rule)),
        organiser=row.organiser,
        account_id=None if row.account_id is None else str(row.account_id),
        changes=row.revision - row.published if committed else 0,
        goes_out_at=moment_or_none(row.settle_at),
        created_at=moment(row.created_at),
        committed_at=moment_or_none(row.committed_at),
        concluded_at=moment_or_none(row.concluded_at),
        version=row.version,
    )
