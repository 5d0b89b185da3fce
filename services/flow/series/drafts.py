"""Drafts: a proposal that was taken up, and may still be left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from scheduler.model.answer import Proposal
from scheduler.series import held
from services.flow import plans, rights
from services.flow.errors import Conflict, Outdated, Unfit
from services.flow.rights import missing
from services.flow.series import organising, words
from services.flow.series.arranging import moment
from services.flow.series.kept import rule_to_kept
from services.flow.series.organising import Hosts, Organising
from services.keys import Keys
from services.storage import groups
from services.storage import series as stored
from services.storage.ids import new_id
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.rows.series import MeetingRow, Organiser, SeriesRow, SeriesState
from services.storage.work import Work

MOST = 100  # series of a group


def draft(  # noqa: PLR0913 -- what is said of it, each by its name
    work: Work,
    group_id: UUID,
    plan_id: UUID,
    number: int,
    *,
    title: str | None = None,
    place: str = "",
    text: str = "",
    organiser: Organiser | None = None,
    account_id: UUID | None = None,
    hosts: Hosts | None = None,
) -> SeriesRow:
    """Take up proposal `number` (from 1) of a plan; nobody but coordinators knows of it.

    organiser  None: an account of one's own that can invite, where `hosts` tell of one; else the
               service's mailbox

    The same proposal taken up twice is one draft. Raises Missing, NotAllowed, Conflict or Unfit.
    """
    group = rights.coordinating(work, group_id)
    groups.locked(work, group_id)
    plan = plans.one(work, group_id, plan_id)
    shown, proposal = _proposal(work, plan, number)
    same = _same(work, plan, proposal)
    if same is not None:
        return same
    if stored.count(work, group_id) >= MOST:
        raise Conflict(f"The group has {MOST} series already", remedy="drop a draft first")
    row = SeriesRow(
        id=new_id(),
        group_id=group_id,
        term_id=plan.term_id,
        plan_id=plan.id,
        state=SeriesState.DRAFT,
        title=words.title(group.title if title is None else title),
        place=words.place(place),
        text=words.text(text),
        timezone=shown.problem.zone,
        minutes=shown.problem.meeting.minutes,
        rule=rule_to_kept(proposal.rule),
        organiser=Organiser.MAILBOX,
        organiser_id=rights.actor(work),
        created_at=work.now,
    )
    if organiser is None and account_id is None:
        account_id = organising.default(work, hosts or {})
    organising.choose(work, row, organiser, account_id)
    work.add(row)
    work.session.flush()
    for each in held(proposal.dates):
        work.add(
            MeetingRow(
                series_id=row.id,
                original_at=moment(each.original),
                start_at=moment(each.start),
                minutes=each.minutes,
            )
        )
    work.session.flush()
    work.note("series.drafted", row.id, row.version)
    return row


def edit(  # noqa: PLR0913 -- what is said of it, each by its name
    work: Work,
    row: SeriesRow,
    version: int | None,
    *,
    title: str | None = None,
    place: str | None = None,
    text: str | None = None,
    organiser: Organiser | None = None,
    account_id: UUID | None = None,
) -> SeriesRow:
    """Change a draft. None: as it was. Raises Outdated, Conflict or Unfit."""
    rights.coordinating(work, row.group_id)
    _a_draft(row)
    check_version(row, version)
    row.title = row.title if title is None else words.title(title)
    row.place = row.place if place is None else words.place(place)
    row.text = row.text if text is None else words.text(text)
    organising.choose(work, row, organiser, account_id)
    work.session.flush()
    work.note("series.edited", row.id, row.version)
    return row


def drop(work: Work, group_id: UUID, series_id: UUID) -> None:
    """Leave a draft. Raises Conflict when it was committed."""
    rights.coordinating(work, group_id)
    row = stored.locked(work, series_id)
    if row is None or row.group_id != group_id:
        raise missing("series")
    _a_draft(row)
    work.session.delete(row)
    work.note("series.dropped", series_id)


def page(work: Work, group_id: UUID, before: UUID | None, most: int) -> list[SeriesRow]:
    """Series of a group, the latest first."""
    rights.coordinating(work, group_id)
    return list(stored.page(work, group_id, before, most))


def own(work: Work) -> list[SeriesRow]:
    """The latest drafts of the one who asks, in groups that they coordinate."""
    actor = rights.actor(work)
    return [
        each
        for each in stored.drafts_by(work, actor)
        if actor in {person.id for _, person in groups.coordinators(work, each.group_id)}
    ]


def one(work: Work, group_id: UUID, series_id: UUID) -> SeriesRow:
    """One series. Raises Missing or NotAllowed."""
    rights.coordinating(work, group_id)
    row = stored.one(work, group_id, series_id)
    if row is None:
        raise missing("series")
    return row


def organisers(
    work: Work, hosts: Hosts, group_id: UUID, keys: Keys | None = None
) -> list[Organising]:
    """What the one who asks can let invite, the best first; the service's mailbox is the last."""
    return organising.choices(work, hosts, group_id, keys)


def check_version(row: SeriesRow, version: int | None) -> None:
    """Refuse what is said of another version than there is. Raises Outdated."""
    if version is not None and row.version != version:
        raise Outdated(
            "Somebody has changed this since you read it", remedy="read it again, then change it"
        )


def proposal_of(work: Work, row: SeriesRow, meetings: Sequence[MeetingRow]) -> Proposal | None:
    """The proposal that a draft comes from; None: its plan is gone."""
    plan = plans.one(work, row.group_id, row.plan_id) if row.plan_id is not None else None
    if plan is None or plan.state is not PlanState.READY:
        return None
    ours = row.rule, {(each.original_at, each.start_at) for each in meetings}
    found = plans.shown(work, plan).answer.proposals
    return next((each for each in found if _likeness(each) == ours), None)


def _likeness(proposal: Proposal) -> tuple[dict[str, object], set[tuple[datetime, datetime]]]:
    dates = {(moment(each.original), moment(each.start)) for each in held(proposal.dates)}
    return rule_to_kept(proposal.rule), dates


def _proposal(work: Work, plan: PlanRow, number: int) -> tuple[plans.Shown, Proposal]:
    if plan.state is not PlanState.READY:
        raise Conflict("The plan is not ready", remedy="wait until it is")
    shown = plans.shown(work, plan)
    found = shown.answer.proposals
    if not 1 <= number <= len(found):
        raise Unfit(f"There is no proposal {number}", remedy=f"there are {len(found)}")
    return shown, found[number - 1]


def _same(work: Work, plan: PlanRow, proposal: Proposal) -> SeriesRow | None:
    """The draft of this proposal that there is already."""
    ours = _likeness(proposal)
    for row in stored.drafts_of(work, plan.id):
        dates = {(each.original_at, each.start_at) for each in stored.meetings(work, row.id)}
        if (row.rule, dates) == ours:
            return row
    return None


def _a_draft(row: SeriesRow) -> None:
    if row.state is not SeriesState.DRAFT:
        raise Conflict(
            "The series was committed already", remedy="change it date by date, or conclude it"
        )
